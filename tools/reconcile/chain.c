/* Do the statements of a file follow on one another?
 *
 * Each one is whole by its own balances. That none is missing between two of them is seen where one
 * ends and the next begins: all of one account and currency must be one walk, in which each opens
 * with what another closed with. Banks order the statements of one day, and pages, as they
 * like, so neither their dates nor the file's order are asked. Balances are places and statements
 * are steps between them: one walk takes every step once if, and only if, all steps hang
 * together and at most one place is left once more often than it is reached (Euler). A statement
 * that is in the file twice is one step: its movements are found as duplicates. */
#include "reconcile/sheet.h"

#include <stdlib.h>
#include <string.h>

typedef struct step {
  const rl_statement *statement;
  uint32_t joined; /* another step of the same part, or itself */
} step;

/* One end of a step. */
typedef struct place {
  const rl_statement *statement;
  uint32_t step;
  int64_t minor;
  bool reached; /* closes here, and else opens */
} place;

static int compare_numbers(int64_t left, int64_t right)
{
  return (left > right) - (left < right);
}

static int compare_accounts(const rl_statement *left, const rl_statement *right)
{
  int order = strcmp(left->account, right->account);
  return order ? order : compare_numbers(left->currency.index, right->currency.index);
}

static int compare_contents(const rl_statement *left, const rl_statement *right)
{
  int order = compare_accounts(left, right);
  order = order ? order : compare_numbers(left->opening_minor, right->opening_minor);
  order = order ? order : compare_numbers(left->closing_minor, right->closing_minor);
  order = order ? order : compare_numbers(left->from.day, right->from.day);
  order = order ? order : compare_numbers(left->to.day, right->to.day);
  return order ? order : compare_numbers(left->entries, right->entries);
}

static int compare_steps(const void *left, const void *right)
{
  const rl_statement *one = ((const step *)left)->statement;
  const rl_statement *other = ((const step *)right)->statement;
  int order = compare_contents(one, other);
  return order ? order : compare_numbers(one->line, other->line);
}

static int compare_places(const void *left, const void *right)
{
  const place *one = left, *other = right;
  int order = compare_accounts(one->statement, other->statement);
  order = order ? order : compare_numbers(one->minor, other->minor);
  order = order ? order : compare_numbers(one->reached, other->reached);
  return order ? order : compare_numbers(one->statement->line, other->statement->line);
}

/* The statements that state balances, each once. */
static uint32_t find_steps(const rl_statements *statements, step *out)
{
  uint32_t count = 0, kept = 0;
  for (uint32_t i = 0; i < statements->count; i++) {
    if (statements->statements[i].balanced)
      out[count++].statement = &statements->statements[i];
  }
  qsort(out, count, sizeof *out, compare_steps);
  for (uint32_t i = 0; i < count; i++) {
    if (kept == 0 || compare_contents(out[kept - 1].statement, out[i].statement) != 0)
      out[kept++] = out[i];
  }
  for (uint32_t i = 0; i < kept; i++)
    out[i].joined = i;
  return kept;
}

static void find_places(const step *steps, uint32_t count, place *out)
{
  for (uint32_t i = 0; i < count; i++) {
    const rl_statement *statement = steps[i].statement;
    out[2 * i] = (place){statement, i, statement->opening_minor, false};
    out[2 * i + 1] = (place){statement, i, statement->closing_minor, true};
  }
  qsort(out, 2 * (size_t)count, sizeof *out, compare_places);
}

static uint32_t part_of(step *steps, uint32_t i)
{
  while (steps[i].joined != i)
    i = steps[i].joined = steps[steps[i].joined].joined;
  return i;
}

static rl_status refuse(rl_sheet *sheet, const rl_statement *statement)
{
  char opening[RL_AMOUNT_TEXT_SIZE];
  rl_amount_format((rl_amount){statement->opening_minor, statement->currency}, opening);
  return rl_fail(sheet->error, RL_INVALID, sheet->file, statement->line, "opening balance",
                 "%s %s, and what the file has of the account before does not end with that: a "
                 "statement between is missing; ask the bank for it, or give each file alone",
                 opening, rl_currency_code(statement->currency));
}

/* Joins the steps that meet, and names the statement that opens where no other ends, the second
 * of its account. */
static const rl_statement *follow(step *steps, const place *places, size_t count)
{
  const rl_statement *begin = NULL;
  for (size_t i = 0, next; i < count; i = next) {
    const place *here = &places[i];
    size_t left = 0;
    for (next = i; next < count && compare_accounts(places[next].statement, here->statement) == 0 &&
                   places[next].minor == here->minor; next++) {
      left += !places[next].reached;
      steps[part_of(steps, places[next].step)].joined = part_of(steps, here->step);
    }
    size_t reached = next - i - left;
    bool again = begin && compare_accounts(begin, here->statement) == 0;
    if (left > reached + 1 || (left > reached && again)) {
      const rl_statement *last = places[i + left - 1].statement;
      return again && begin->line > last->line ? begin : last;
    }
    if (left > reached)
      begin = here->statement;
  }
  return NULL;
}

/* The first that hangs together with none before. */
static const rl_statement *find_apart(step *steps, uint32_t count)
{
  for (uint32_t i = 1; i < count; i++) {
    const rl_statement *one = steps[i - 1].statement, *other = steps[i].statement;
    if (compare_accounts(one, other) == 0 && part_of(steps, i - 1) != part_of(steps, i))
      return one->line > other->line ? one : other;
  }
  return NULL;
}

rl_status rl_sheet_chain(rl_sheet *sheet)
{
  uint32_t count = sheet->out->count;
  step *steps = calloc(count + 1, sizeof *steps);
  place *places = calloc(2 * (size_t)count + 1, sizeof *places);
  const rl_statement *missing = NULL;
  if (steps && places) {
    count = find_steps(sheet->out, steps);
    find_places(steps, count, places);
    missing = follow(steps, places, 2 * (size_t)count);
    if (!missing)
      missing = find_apart(steps, count);
  }
  rl_status status = !steps || !places
    ? RL_SHEET_FAIL(sheet, RL_NO_MEMORY, NULL, "not enough memory to read it")
    : missing ? refuse(sheet, missing) : RL_OK;
  free(steps);
  free(places);
  return status;
}
