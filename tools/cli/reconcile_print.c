#include "reconcile.h"

#include "balances.h"
#include "table.h"

#include <inttypes.h>
#include <string.h>

/* References of one movement that are shown; a batch may have thousands. */
#define SHOWN_REFERENCES 2

/* What people see of a text out of a file: cut, and nothing that moves a terminal. */
typedef struct shown_text {
  char text[48];
} shown_text;

static shown_text shown(const char *text)
{
  shown_text out = {""};
  size_t used = 0;
  for (; text[used] && used < sizeof out.text - 1; used++) {
    unsigned char letter = (unsigned char)text[used];
    out.text[used] = (char)(letter < ' ' || letter == 0x7f ? '?' : letter);
  }
  /* A cut within a character of UTF-8 would leave half of it. */
  while (text[used] && used > 0 && (text[used] & 0xc0) == 0x80)
    used--;
  out.text[used] = '\0';
  return out;
}

/* --- the head --- */

static void print_balances(const rl_reconcile_page *page)
{
  for (uint32_t i = 0; i < page->statements->count; i++) {
    const rl_statement *statement = &page->statements->statements[i];
    char opening[RL_AMOUNT_TEXT_SIZE], closing[RL_AMOUNT_TEXT_SIZE];
    if (strcmp(statement->account, page->bank_account) != 0 || !statement->balanced)
      continue;
    rl_amount_format((rl_amount){statement->opening_minor, statement->currency}, opening);
    rl_amount_format((rl_amount){statement->closing_minor, statement->currency}, closing);
    printf("           line %u: %s to %s %s, %u booked\n", statement->line, opening, closing,
           rl_currency_code(statement->currency), statement->entries);
  }
}

static void print_head(const rl_reconcile_page *page)
{
  char from[RL_DATE_TEXT_SIZE], to[RL_DATE_TEXT_SIZE];
  rl_date_format(page->options.from, from);
  rl_date_format(page->options.to, to);
  printf("statement  %s, %s%s%s\n", page->file, rl_statement_format_name(page->format),
         page->bank_account[0] ? ", account " : "", page->bank_account);
  print_balances(page);
  printf("ledger     settlement:%s\n", page->account);
  printf("period     %s to %s, within %" PRId64 " minor units and %d days\n\n", from, to,
         page->options.tolerance_minor, page->options.tolerance_days);
}

/* --- findings --- */

static void reference_cell(rl_table *table, const rl_items *items, const rl_item *item)
{
  char text[128] = "";
  size_t used = 0;
  for (uint32_t i = 0; i < item->reference_count && i < SHOWN_REFERENCES; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "",
                             shown(rl_items_reference(items, item, i)).text);
  if (item->reference_count > SHOWN_REFERENCES)
    snprintf(text + used, sizeof text - used, " +%u", item->reference_count - SHOWN_REFERENCES);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", text);
}

/* A movement of either side; the row goes on behind it. */
static void item_cells(rl_table *table, const rl_reconcile_page *page, rl_side_of side,
                       uint32_t index)
{
  const rl_item *item = &page->items[side]->items[index];
  char date[RL_DATE_TEXT_SIZE], amount[RL_AMOUNT_TEXT_SIZE];
  rl_date_format(item->value_date, date);
  rl_amount_format(item->amount, amount);
  rl_table_cell(table, RL_STYLE_FAINT, "%s %" PRIu64,
                side == RL_OF_STATEMENT ? "statement line" : "ledger", item->place);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", date);
  rl_table_cell(table, RL_STYLE_STRONG, "%s", amount);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", rl_currency_code(item->amount.currency));
  reference_cell(table, page->items[side], item);
}

static void add_finding(rl_table *table, const rl_reconcile_page *page, const rl_finding *finding)
{
  const rl_reconciliation *result = page->result;
  bool first = true;
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    for (uint32_t i = 0; i < finding->count[side]; i++) {
      rl_table_cell(table, finding->kind == RL_MATCHED ? RL_STYLE_GOOD : RL_STYLE_BAD, "%s",
                    first ? rl_finding_kind_name(finding->kind) : "");
      item_cells(table, page, side, result->members[side][finding->first[side] + i]);
      if (finding->kind == RL_DUPLICATE)
        rl_table_cell(table, RL_STYLE_FAINT, "of %s %" PRIu64,
                      side == RL_OF_STATEMENT ? "line" : "ledger",
                      page->items[side]->items[finding->twin].place);
      else if (first && finding->count[0] + finding->count[1] > 1)
        rl_table_cell(table, RL_STYLE_FAINT, "%s",
                      finding->by_reference ? "same reference" : "by amount");
      rl_table_end_row(table);
      first = false;
    }
  }
}

static void add_kind(rl_table *table, const rl_reconcile_page *page, rl_finding_kind kind)
{
  for (uint32_t i = 0; i < page->result->count; i++) {
    if (page->result->findings[i].kind == kind)
      add_finding(table, page, &page->result->findings[i]);
  }
}

static void add_pending(rl_table *table, const rl_reconcile_page *page)
{
  for (uint32_t i = 0; i < page->items[RL_OF_STATEMENT]->count; i++) {
    if (!page->items[RL_OF_STATEMENT]->items[i].pending)
      continue;
    rl_table_cell(table, RL_STYLE_FAINT, "pending");
    item_cells(table, page, RL_OF_STATEMENT, i);
    rl_table_cell(table, RL_STYLE_FAINT, "not booked, not counted");
  }
}

static void print_findings(const rl_reconcile_page *page)
{
  static const rl_column columns[] = {
    {"finding", RL_ALIGN_LEFT}, {"where", RL_ALIGN_LEFT}, {"value date", RL_ALIGN_LEFT},
    {"amount", RL_ALIGN_POINT}, {"", RL_ALIGN_LEFT}, {"reference", RL_ALIGN_LEFT},
    {"", RL_ALIGN_LEFT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (rl_finding_kind kind = RL_MATCHED + 1; kind < RL_FINDING_KINDS; kind++)
    add_kind(&table, page, kind);
  if (page->all)
    add_kind(&table, page, RL_MATCHED);
  add_pending(&table, page);
  bool any = table.cell_count > 0;
  if (any)
    rl_table_print(&table, stdout, 0);
  if (any)
    printf("\n");
}

/* --- totals --- */

static void total_row(rl_table *table, rl_style style, const char *name, const uint32_t count[],
                      const rl_i128 sum[], rl_currency currency)
{
  char text[RL_SUM_TEXT_SIZE];
  rl_table_cell(table, style, "%s", name);
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    rl_table_cell(table, style, "%u", count[side]);
    rl_sum_format(sum[side], currency, text);
    rl_table_cell(table, style, "%s", text);
  }
  rl_sum_format(sum[RL_OF_STATEMENT] - sum[RL_OF_LEDGER], currency, text);
  rl_table_cell(table, style, "%s", text);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", rl_currency_code(currency));
}

static void print_totals(const rl_reconcile_page *page)
{
  static const rl_column columns[] = {
    {"totals", RL_ALIGN_LEFT}, {"", RL_ALIGN_RIGHT}, {"statement", RL_ALIGN_POINT},
    {"", RL_ALIGN_RIGHT}, {"ledger", RL_ALIGN_POINT}, {"difference", RL_ALIGN_POINT},
    {"", RL_ALIGN_LEFT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (uint32_t i = 0; i < page->result->total_count; i++) {
    const rl_reconcile_total *total = &page->result->totals[i];
    for (rl_finding_kind kind = 0; kind < RL_FINDING_KINDS; kind++) {
      if (total->kind_count[kind][0] + total->kind_count[kind][1] > 0)
        total_row(&table, RL_STYLE_PLAIN, rl_finding_kind_name(kind), total->kind_count[kind],
                  total->kind_sum[kind], total->currency);
    }
    total_row(&table, RL_STYLE_STRONG, "all", total->count, total->sum, total->currency);
  }
  if (page->result->total_count > 0)
    rl_table_print(&table, stdout, 0);
}

static void print_notes(const rl_reconcile_page *page)
{
  const rl_reconciliation *result = page->result;
  uint32_t matched = result->count - result->open;
  char text[96];
  if (result->total_count > 0)
    printf("\n");
  snprintf(text, sizeof text, "%u open", result->open);
  rl_print_styled(stdout, result->open ? RL_STYLE_BAD : RL_STYLE_GOOD,
                  result->open ? text : "nothing open");
  printf(", %u matched", matched);
  if (page->statements->zeros > 0)
    printf(", %u entries of zero left out", page->statements->zeros);
  if (result->outside[0] + result->outside[1] > 0)
    printf(", %u movements outside the period left out", result->outside[0] + result->outside[1]);
  printf("\n");
  if (result->sums_cut)
    printf("more sums of several movements could be tried than is done: some may be among what is "
           "missing\n");
}

void rl_reconcile_print(const rl_reconcile_page *page)
{
  print_head(page);
  print_findings(page);
  print_totals(page);
  print_notes(page);
}
