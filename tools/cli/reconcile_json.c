#include "reconcile.h"

#include "balances.h"
#include "wire/json.h"
#include "wire/msgpack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* References of one movement that are listed; how many there are stands beside them. */
#define LISTED_REFERENCES 64u
/* Bytes of msgpack of a movement, or of what surrounds movements, without references. */
#define FIXED_BYTES 512u

/* A value of msgpack that is printed as one line of JSON. */
typedef struct json_line {
  rl_writer writer;
  uint8_t *bytes;
} json_line;

static json_line begin_line(size_t room)
{
  json_line line = {.bytes = malloc(room)};
  RL_ASSERT(line.bytes);
  line.writer = rl_writer_over(line.bytes, room);
  return line;
}

/* Prints and frees it. */
static void end_line(json_line *line, const char *before)
{
  /* The longest a byte becomes is six characters, "\u0001", and a number of one byte is twenty. */
  size_t room = 24 * line->writer.used + 64, length;
  char *text = malloc(room);
  RL_ASSERT(text && !line->writer.failed);
  rl_status status =
    rl_json_from_msgpack(line->bytes, line->writer.used, 0, text, room, &length);
  RL_ASSERT(status == RL_OK);
  printf("%s%s", before, text);
  free(text);
  free(line->bytes);
}

static void put_text(rl_writer *writer, const char *key, const char *text)
{
  rl_pack_text(writer, key);
  rl_pack_text(writer, text);
}

static void put_number(rl_writer *writer, const char *key, int64_t number)
{
  rl_pack_text(writer, key);
  rl_pack_i64(writer, number);
}

static void put_date(rl_writer *writer, const char *key, rl_date date)
{
  char text[RL_DATE_TEXT_SIZE];
  rl_date_format(date, text);
  put_text(writer, key, text);
}

/* --- movements --- */

static uint32_t listed_references(const rl_item *item)
{
  return item->reference_count < LISTED_REFERENCES ? item->reference_count : LISTED_REFERENCES;
}

static size_t bytes_of(const rl_items *items, const rl_item *item)
{
  size_t bytes = FIXED_BYTES;
  for (uint32_t i = 0; i < listed_references(item); i++)
    bytes += strlen(rl_items_reference(items, item, i)) + 8;
  return bytes;
}

static void put_item(rl_writer *writer, const rl_items *items, const rl_item *item,
                     rl_side_of side)
{
  char value[RL_AMOUNT_TEXT_SIZE];
  rl_amount_format(item->amount, value);
  rl_pack_map(writer, 7);
  put_number(writer, side == RL_OF_STATEMENT ? "line" : "transaction", (int64_t)item->place);
  put_date(writer, "value_date", item->value_date);
  put_number(writer, "amount", item->amount.minor);
  put_text(writer, "value", value);
  put_text(writer, "currency", rl_currency_code(item->amount.currency));
  put_number(writer, "reference_count", item->reference_count);
  rl_pack_text(writer, "references");
  rl_pack_array(writer, listed_references(item));
  for (uint32_t i = 0; i < listed_references(item); i++)
    rl_pack_text(writer, rl_items_reference(items, item, i));
}

/* --- findings --- */

static size_t bytes_of_finding(const rl_reconcile_page *page, const rl_finding *finding)
{
  size_t bytes = FIXED_BYTES;
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    for (uint32_t i = 0; i < finding->count[side]; i++) {
      uint32_t index = page->result->members[side][finding->first[side] + i];
      bytes += bytes_of(page->items[side], &page->items[side]->items[index]);
    }
  }
  return bytes;
}

static void put_side(rl_writer *writer, const rl_reconcile_page *page, const rl_finding *finding,
                     rl_side_of side)
{
  rl_pack_text(writer, side == RL_OF_STATEMENT ? "statement" : "ledger");
  rl_pack_array(writer, finding->count[side]);
  for (uint32_t i = 0; i < finding->count[side]; i++) {
    uint32_t index = page->result->members[side][finding->first[side] + i];
    put_item(writer, page->items[side], &page->items[side]->items[index], side);
  }
}

static void print_finding(const rl_reconcile_page *page, const rl_finding *finding, bool first)
{
  bool repeated = finding->kind == RL_DUPLICATE;
  rl_side_of side = finding->count[0] > 0 ? RL_OF_STATEMENT : RL_OF_LEDGER;
  json_line line = begin_line(bytes_of_finding(page, finding));
  rl_writer *writer = &line.writer;
  rl_pack_map(writer, repeated ? 5 : 4);
  put_text(writer, "finding", rl_finding_kind_name(finding->kind));
  rl_pack_text(writer, "by_reference");
  rl_pack_bool(writer, finding->by_reference);
  if (repeated)
    put_number(writer, "of", (int64_t)page->items[side]->items[finding->twin].place);
  put_side(writer, page, finding, RL_OF_STATEMENT);
  put_side(writer, page, finding, RL_OF_LEDGER);
  end_line(&line, first ? "\n  " : ",\n  ");
}

static void print_findings(const rl_reconcile_page *page)
{
  bool first = true;
  printf(",\n \"findings\": [");
  for (uint32_t i = 0; i < page->result->count; i++) {
    const rl_finding *finding = &page->result->findings[i];
    if (finding->kind == RL_MATCHED && !page->all)
      continue;
    print_finding(page, finding, first);
    first = false;
  }
  printf("%s]", first ? "" : "\n ");
}

static void print_pending(const rl_reconcile_page *page)
{
  const rl_items *items = page->items[RL_OF_STATEMENT];
  bool first = true;
  printf(",\n \"pending\": [");
  for (uint32_t i = 0; i < items->count; i++) {
    if (!items->items[i].pending)
      continue;
    json_line line = begin_line(bytes_of(items, &items->items[i]));
    put_item(&line.writer, items, &items->items[i], RL_OF_STATEMENT);
    end_line(&line, first ? "\n  " : ",\n  ");
    first = false;
  }
  printf("%s]", first ? "" : "\n ");
}

/* --- totals --- */

static void put_sums(rl_writer *writer, const uint32_t count[], const rl_i128 sum[],
                     rl_currency currency)
{
  static const char *const names[RL_SIDES] = {"statement", "ledger"};
  char text[RL_SUM_TEXT_SIZE];
  rl_pack_map(writer, RL_SIDES);
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    rl_sum_format(sum[side], currency, text);
    rl_pack_text(writer, names[side]);
    rl_pack_map(writer, 2);
    put_number(writer, "count", count[side]);
    put_text(writer, "value", text);
  }
}

static void print_total(const rl_reconcile_total *total, bool first)
{
  json_line line = begin_line((RL_FINDING_KINDS + 2) * FIXED_BYTES);
  rl_writer *writer = &line.writer;
  rl_pack_map(writer, 2 + RL_FINDING_KINDS);
  put_text(writer, "currency", rl_currency_code(total->currency));
  rl_pack_text(writer, "all");
  put_sums(writer, total->count, total->sum, total->currency);
  for (rl_finding_kind kind = 0; kind < RL_FINDING_KINDS; kind++) {
    rl_pack_text(writer, rl_finding_kind_name(kind));
    put_sums(writer, total->kind_count[kind], total->kind_sum[kind], total->currency);
  }
  end_line(&line, first ? "\n  " : ",\n  ");
}

static void print_totals(const rl_reconcile_page *page)
{
  printf(",\n \"totals\": [");
  for (uint32_t i = 0; i < page->result->total_count; i++)
    print_total(&page->result->totals[i], i == 0);
  printf("%s]", page->result->total_count ? "\n " : "");
}

/* --- the whole --- */

static void put_head(rl_writer *writer, const rl_reconcile_page *page)
{
  const rl_reconciliation *result = page->result;
  rl_pack_map(writer, 13);
  put_text(writer, "file", page->file);
  put_text(writer, "format", rl_statement_format_name(page->format));
  put_text(writer, "bank_account", page->bank_account);
  put_text(writer, "account", page->account);
  put_date(writer, "from", page->options.from);
  put_date(writer, "to", page->options.to);
  put_number(writer, "tolerance_minor", page->options.tolerance_minor);
  put_number(writer, "tolerance_days", page->options.tolerance_days);
  put_number(writer, "open", result->open);
  put_number(writer, "matched", result->count - result->open);
  put_number(writer, "zeros", page->statements->zeros);
  put_number(writer, "outside", (int64_t)result->outside[0] + result->outside[1]);
  rl_pack_text(writer, "sums_cut");
  rl_pack_bool(writer, result->sums_cut);
}

void rl_reconcile_print_json(const rl_reconcile_page *page)
{
  json_line line = begin_line(2 * FIXED_BYTES + strlen(page->file) + strlen(page->account) +
                              strlen(page->bank_account));
  put_head(&line.writer, page);
  end_line(&line, "{\"reconciliation\": ");
  print_findings(page);
  print_pending(page);
  print_totals(page);
  printf(",\n \"ok\": %s}\n", page->result->open ? "false" : "true");
}
