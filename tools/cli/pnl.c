/* `ratelock ledger pnl`: what the ledger came to, as a page and as JSON. */
#include "ledger.h"

#include "mids.h"
#include "profit.h"
#include "table.h"
#include "wire/entry.h"

#include <inttypes.h>
#include <stdlib.h>

typedef struct profit_page {
  const rl_ledger_arguments *arguments;
  rl_profit profit;
  rl_mids mids;
} profit_page;

/* The currencies with a posting of our own, by code as the list has them. */
#define EACH_CURRENCY(page, currency)                                              \
  for (rl_currency currency = {1}; currency.index < RL_CURRENCY_COUNT; currency.index++) \
    if ((page)->profit.seen[currency.index])

/* --- cells --- */

static void put_sum(rl_table *table, rl_style style, rl_i128 minor, rl_currency currency)
{
  char text[RL_SUM_TEXT_SIZE];
  rl_sum_format(minor, currency, text);
  rl_table_cell(table, style, "%s", text);
}

/* What is not valued is said to be so, and no figure. */
static void put_worth(rl_table *table, const profit_page *page, rl_worth worth, rl_i128 minor)
{
  if (worth.complete)
    put_sum(table, RL_STYLE_STRONG, minor, page->mids.to);
  else
    rl_table_cell(table, RL_STYLE_BAD, "no mid");
}

static void put_three(rl_table *table, const profit_page *page, rl_worth worth)
{
  put_worth(table, page, worth, worth.revenue);
  put_worth(table, page, worth, worth.position);
  put_worth(table, page, worth, worth.revenue + worth.position);
}

/* A total of what could be valued: the verdict says whether that is all. */
static void put_total(rl_table *table, const profit_page *page, const char *label, unsigned blanks,
                      rl_worth worth)
{
  worth.complete = true;
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", label);
  for (unsigned i = 0; i < blanks; i++)
    rl_table_cell(table, RL_STYLE_PLAIN, "%s", "");
  put_three(table, page, worth);
}

/* --- the page --- */

static void print_currencies(const profit_page *page)
{
  static const rl_column columns[] = {
    {"", RL_ALIGN_LEFT},          {"fees", RL_ALIGN_POINT},     {"spread", RL_ALIGN_POINT},
    {"rounding", RL_ALIGN_POINT}, {"position", RL_ALIGN_POINT}, {"realised", RL_ALIGN_POINT},
    {"revaluation", RL_ALIGN_POINT}, {"together", RL_ALIGN_POINT}};
  rl_table table = rl_table_of(columns, 8);
  EACH_CURRENCY(page, currency) {
    const rl_own *own = &page->profit.own[currency.index];
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", rl_currency_code(currency));
    put_sum(&table, RL_STYLE_PLAIN, own->fees, currency);
    put_sum(&table, RL_STYLE_PLAIN, own->spread, currency);
    put_sum(&table, RL_STYLE_PLAIN, own->rounding, currency);
    put_sum(&table, RL_STYLE_PLAIN, own->position, currency);
    put_three(&table, page, rl_profit_worth_of_currency(&page->profit, &page->mids, currency));
  }
  put_total(&table, page, "total", 4, rl_profit_worth(&page->profit, &page->mids));
  rl_table_print(&table, stdout, 2);
}

static void print_pairs(const profit_page *page)
{
  static const rl_column columns[] = {
    {"", RL_ALIGN_LEFT},          {"sales", RL_ALIGN_RIGHT},       {"refunds", RL_ALIGN_RIGHT},
    {"hedges", RL_ALIGN_RIGHT},   {"realised", RL_ALIGN_POINT},    {"revaluation", RL_ALIGN_POINT},
    {"together", RL_ALIGN_POINT}};
  rl_table table = rl_table_of(columns, 7);
  for (size_t i = 0; i < page->profit.pair_count; i++) {
    const rl_pair_profit *pair = &page->profit.pairs[i];
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s%s", rl_currency_code(pair->base),
                  rl_currency_code(pair->quote));
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, pair->sales);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, pair->refunds);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, pair->hedges);
    put_three(&table, page, rl_profit_worth_of_pair(pair, &page->mids));
  }
  rl_worth all = rl_profit_worth(&page->profit, &page->mids);
  if (page->profit.has_carried)
    put_total(&table, page, "let go", 3, rl_profit_worth_of_carried(&page->profit, &page->mids));
  rl_worth rounding = rl_profit_rounding(&page->profit, &page->mids);
  if (all.complete && (rounding.revenue != 0 || rounding.position != 0))
    put_total(&table, page, "rounded by currency", 3, rounding);
  if (all.complete)
    put_total(&table, page, "total", 3, all);
  rl_table_print(&table, stdout, 2);
}

static void print_leg(const rl_mid_leg *leg, bool first)
{
  char rate[RL_RATE_TEXT_SIZE];
  rl_rate_format(leg->rate, rate);
  printf("%s%s%s %s", first ? " " : " x ", leg->inverted ? "1 / " : "", leg->pair, rate);
  if (leg->age_ms >= 0)
    printf(" (%" PRId64 " ms old)", leg->age_ms);
}

static void print_mids(const profit_page *page)
{
  char at[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){page->mids.at_utc_ms}, at);
  printf("\nvalued at mid%s%s\n", page->mids.at_utc_ms ? " of " : ", as given",
         page->mids.at_utc_ms ? at : "");
  EACH_CURRENCY(page, currency) {
    const rl_mid *mid = &page->mids.of[currency.index];
    if (rl_currency_equal(currency, page->mids.to))
      continue;
    printf("  1 %s =", rl_currency_code(currency));
    for (unsigned i = 0; i < mid->leg_count; i++)
      print_leg(&mid->legs[i], i == 0);
    printf("%s%s\n", mid->leg_count == 0 ? " not valued: " : "",
           mid->leg_count == 0 ? mid->missing : "");
  }
}

static void print_verdict(const profit_page *page, rl_worth worth)
{
  char text[RL_SUM_TEXT_SIZE];
  rl_sum_format(worth.revenue + worth.position, page->mids.to, text);
  if (!worth.complete)
    rl_print_styled(stdout, RL_STYLE_BAD, "incomplete: what has no mid is not in the total\n");
  printf("%s ", worth.complete ? "result" : "result of the rest");
  rl_print_styled(stdout, RL_STYLE_STRONG, text);
  printf(" %s\n", rl_currency_code(page->mids.to));
}

static void print_page(const profit_page *page)
{
  char period[RL_PERIOD_TEXT_SIZE];
  rl_ledger_format_period(page->arguments, period);
  printf("Profit and loss in %s: %s, %" PRIu64 " transactions\n\n",
         rl_currency_code(page->mids.to), period, page->profit.transactions);
  print_currencies(page);
  printf("\n");
  print_pairs(page);
  print_mids(page);
  printf("\n");
  print_verdict(page, rl_profit_worth(&page->profit, &page->mids));
}

/* --- as JSON --- */

static void pack_sum(rl_writer *writer, rl_i128 minor, rl_currency currency)
{
  char text[RL_SUM_TEXT_SIZE];
  rl_sum_format(minor, currency, text);
  rl_pack_text(writer, text);
}

/* nil where there is no mid. */
static void pack_worth(rl_writer *writer, const profit_page *page, rl_worth worth)
{
  const rl_i128 figures[] = {worth.revenue, worth.position, worth.revenue + worth.position};
  static const char *const names[] = {"realised", "revaluation", "together"};
  for (unsigned i = 0; i < 3; i++) {
    rl_pack_text(writer, names[i]);
    if (worth.complete)
      pack_sum(writer, figures[i], page->mids.to);
    else
      rl_pack_nil(writer);
  }
}

static void pack_own(rl_writer *writer, const rl_own *own, rl_currency currency)
{
  RL_ENTRY(writer, "currency", rl_pack_currency, currency);
  RL_KEY(writer, "fees");
  pack_sum(writer, own->fees, currency);
  RL_KEY(writer, "spread");
  pack_sum(writer, own->spread, currency);
  RL_KEY(writer, "rounding");
  pack_sum(writer, own->rounding, currency);
  RL_KEY(writer, "position");
  pack_sum(writer, own->position, currency);
}

static void pack_mid(rl_writer *writer, const rl_mid *mid)
{
  rl_pack_array(writer, mid->leg_count);
  for (unsigned i = 0; i < mid->leg_count; i++) {
    rl_pack_map(writer, 4);
    RL_ENTRY(writer, "pair", rl_pack_text, mid->legs[i].pair);
    RL_ENTRY(writer, "inverted", rl_pack_bool, mid->legs[i].inverted);
    RL_ENTRY(writer, "mid", rl_pack_rate, mid->legs[i].rate);
    RL_KEY(writer, "age_ms");
    if (mid->legs[i].age_ms < 0)
      rl_pack_nil(writer);
    else
      rl_pack_i64(writer, mid->legs[i].age_ms);
  }
}

static void pack_currency(rl_writer *writer, const profit_page *page, rl_currency currency)
{
  rl_pack_map(writer, 9);
  pack_own(writer, &page->profit.own[currency.index], currency);
  RL_ENTRY(writer, "legs", pack_mid, &page->mids.of[currency.index]);
  pack_worth(writer, page, rl_profit_worth_of_currency(&page->profit, &page->mids, currency));
}

static void pack_pair(rl_writer *writer, const profit_page *page, const rl_pair_profit *pair)
{
  rl_pack_map(writer, 9);
  RL_KEY(writer, "pair");
  rl_pack_pair(writer, pair->base, pair->quote);
  RL_ENTRY(writer, "sales", rl_pack_u64, pair->sales);
  RL_ENTRY(writer, "refunds", rl_pack_u64, pair->refunds);
  RL_ENTRY(writer, "hedges", rl_pack_u64, pair->hedges);
  RL_KEY(writer, "base");
  rl_pack_map(writer, 5);
  pack_own(writer, &pair->in_base, pair->base);
  RL_KEY(writer, "quote");
  rl_pack_map(writer, 5);
  pack_own(writer, &pair->in_quote, pair->quote);
  pack_worth(writer, page, rl_profit_worth_of_pair(pair, &page->mids));
}

static void print_json(const profit_page *page)
{
  uint8_t bytes[RL_TRANSACTION_JSON_MAX];
  rl_worth worth = rl_profit_worth(&page->profit, &page->mids);
  bool first = true;
  printf("{\"ok\": %s,\n \"in\": \"%s\",\n \"at\": %" PRId64 ",\n \"transactions\": %" PRIu64
         ",\n \"currencies\": [",
         worth.complete ? "true" : "false", rl_currency_code(page->mids.to),
         page->mids.at_utc_ms, page->profit.transactions);
  EACH_CURRENCY(page, currency) {
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    pack_currency(&writer, page, currency);
    rl_cli_print_item(&writer, first);
    first = false;
  }
  printf("%s],\n \"pairs\": [", first ? "" : "\n ");
  for (size_t i = 0; i < page->profit.pair_count; i++) {
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    pack_pair(&writer, page, &page->profit.pairs[i]);
    rl_cli_print_item(&writer, i == 0);
  }
  printf("%s],\n \"total\":", page->profit.pair_count ? "\n " : "");
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  bool complete = worth.complete;
  worth.complete = true;
  rl_pack_map(&writer, 4);
  RL_ENTRY(&writer, "complete", rl_pack_bool, complete);
  pack_worth(&writer, page, worth);
  rl_cli_print_item(&writer, true);
  printf("}\n");
}

/* --- the walk --- */

static bool visit(uint64_t number, const rl_transaction *transaction, void *context)
{
  profit_page *page = context;
  (void)number;
  if (rl_ledger_wants(page->arguments, transaction))
    rl_profit_add(&page->profit, transaction);
  return true;
}

static bool carry(const rl_carried *carried, void *context)
{
  profit_page *page = context;
  rl_profit_carry(&page->profit, &carried->account, carried->minor);
  return true;
}

static int compare_pairs(const void *left, const void *right)
{
  const rl_pair_profit *a = left, *b = right;
  return a->base.index != b->base.index ? a->base.index - b->base.index
                                        : a->quote.index - b->quote.index;
}

static rl_exit value(profit_page *page, rl_store *store)
{
  rl_exit code = rl_ledger_walk(page->arguments, store, carry, visit, page);
  if (code != RL_EXIT_DONE)
    return code;
  if (page->profit.pair_count > 0)
    qsort(page->profit.pairs, page->profit.pair_count, sizeof *page->profit.pairs, compare_pairs);
  return rl_mids_find(page->arguments, &page->profit, &page->mids);
}

rl_exit rl_ledger_profit(const rl_ledger_arguments *arguments, rl_store *store)
{
  profit_page *page = calloc(1, sizeof *page);
  rl_universe *universe = NULL;
  RL_ASSERT(page);
  page->arguments = arguments;
  rl_exit code = RL_EXIT_USAGE;
  if (rl_cli_take_currency(arguments->in_text ? arguments->in_text : "EUR", &page->mids.to))
    code = rl_cli_load_universe(NULL, &universe);
  page->profit.universe = universe;
  if (code == RL_EXIT_DONE)
    code = value(page, store);
  if (code == RL_EXIT_DONE) {
    if (arguments->cli->json)
      print_json(page);
    else
      print_page(page);
    bool complete = rl_profit_worth(&page->profit, &page->mids).complete;
    code = complete ? RL_EXIT_DONE : RL_EXIT_REFUSED;
  }
  rl_profit_free(&page->profit);
  rl_universe_destroy(universe);
  free(page);
  return code;
}
