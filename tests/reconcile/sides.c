#include "sides.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

two_sides sides_new(void)
{
  return (two_sides){.options = {.from = RL_DATE_MIN, .to = RL_DATE_MAX}};
}

void sides_add(two_sides *sides, rl_side_of side, int day, int64_t minor, const char *currency,
               const char *references)
{
  rl_item item = {.value_date = {day}, .booked = {day}, .place = sides->items[side].count};
  cr_assert_eq(rl_currency_find(currency, 3, &item.amount.currency), RL_OK);
  item.amount.minor = minor;
  cr_assert_eq(rl_items_add(&sides->items[side], &item), RL_OK);
  for (size_t length; references[0]; references += length + (references[length] != '\0')) {
    length = strcspn(references, " ");
    cr_assert_eq(rl_items_refer(&sides->items[side], references, length), RL_OK);
  }
}

void sides_statement(two_sides *sides, int day, int64_t minor, const char *references)
{
  sides_add(sides, RL_OF_STATEMENT, day, minor, "EUR", references);
}

void sides_ledger(two_sides *sides, int day, int64_t minor, const char *references)
{
  sides_add(sides, RL_OF_LEDGER, day, minor, "EUR", references);
}

void sides_reconcile(two_sides *sides)
{
  rl_reconciliation_free(&sides->result);
  cr_assert_eq(rl_reconcile(&sides->items[0], &sides->items[1], &sides->options, &sides->result),
               RL_OK);
}

static void put_finding(FILE *out, const rl_reconciliation *result, const rl_finding *finding)
{
  for (const char *name = rl_finding_kind_name(finding->kind); *name; name++)
    fputc(finding->by_reference ? toupper(*name) : *name, out);
  fputc(' ', out);
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    for (uint32_t i = 0; i < finding->count[side]; i++)
      fprintf(out, "%s%u", i ? "+" : "", result->members[side][finding->first[side] + i]);
    fputs(side == RL_OF_STATEMENT ? "=" : "", out);
  }
}

void sides_expect(two_sides *sides, const char *wanted)
{
  static char text[65536];
  FILE *out = fmemopen(text, sizeof text, "w");
  sides_reconcile(sides);
  for (uint32_t i = 0; i < sides->result.count; i++) {
    fputs(i ? ", " : "", out);
    put_finding(out, &sides->result, &sides->result.findings[i]);
  }
  fputc('\0', out);
  fclose(out);
  cr_assert_str_eq(text, wanted);
}

void sides_free(two_sides *sides)
{
  for (rl_side_of side = 0; side < RL_SIDES; side++)
    rl_items_free(&sides->items[side]);
  rl_reconciliation_free(&sides->result);
}
