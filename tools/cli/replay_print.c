#include "replay_print.h"

#include "balances.h"
#include "table.h"

#include <inttypes.h>

/* --- cells --- */

static void add_sum(rl_table *table, rl_style style, rl_i128 minor, rl_currency currency)
{
  char text[RL_SUM_TEXT_SIZE];
  rl_sum_format(minor, currency, text);
  rl_table_cell(table, style, "%s", text);
}

/* Old, new, and by how much more. */
static void add_old_new(rl_table *table, const rl_old_new *sum, rl_currency currency)
{
  char text[RL_SUM_TEXT_SIZE];
  rl_i128 change = sum->new - sum->old;
  add_sum(table, RL_STYLE_PLAIN, sum->old, currency);
  add_sum(table, RL_STYLE_STRONG, sum->new, currency);
  rl_sum_format(change, currency, text);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s%s", change > 0 ? "+" : "", text);
}

static bool is_empty(const rl_old_new *sum)
{
  return sum->old == 0 && sum->new == 0;
}

static void add_corridor_name(rl_table *table, rl_currency from, rl_currency to)
{
  rl_table_cell(table, RL_STYLE_PLAIN, "%s-%s", rl_currency_code(from), rl_currency_code(to));
}

static void add_id(rl_table *table, rl_quote_id id)
{
  char text[RL_QUOTE_ID_TEXT_SIZE];
  rl_quote_id_format(id, text);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", text);
}

/* After an empty line; nothing where it has no rows. */
static void print_table(rl_table *table)
{
  if (table->cell_count == 0)
    return;
  printf("\n");
  rl_table_print(table, stdout, 2);
}

/* --- the parts of the page --- */

static void print_head(const rl_replay *replay, const rl_replay_span *span)
{
  char hash[RL_DIGEST_TEXT_SIZE], from[RL_UTC_TEXT_SIZE], to[RL_UTC_TEXT_SIZE];
  rl_digest_format(rl_tariff_digest(replay->tariff), hash);
  printf("new  %s, hash %s\n", rl_tariff_name(replay->tariff), hash);
  rl_utc_format(span->from, from);
  rl_utc_format(span->to, to);
  printf("%s quotes", span->accepted ? "accepted" : "all");
  if (span->from.ms > 0)
    printf(" from %s", from);
  if (span->to.ms < INT64_MAX)
    printf(" until before %s", to);
  printf("\n\n");
}

static void print_counts(const rl_replay *replay)
{
  static const rl_column columns[] = {{"", RL_ALIGN_LEFT}, {"", RL_ALIGN_RIGHT}};
  const struct {
    const char *label;
    uint64_t count;
  } lines[] = {
    {"quotes priced again", replay->quotes},
    {"of these accepted", replay->accepted},
    {"the same in every figure", replay->same},
    {"with other figures", replay->quotes - replay->same - replay->refused},
    {"refused under the new tariff", replay->refused},
    {"left out: known by their token alone", replay->skipped},
    {"without a worth at mid", replay->unvalued},
  };
  rl_table table = rl_table_of(columns, 2);
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    if (i >= 5 && lines[i].count == 0)
      continue;
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", lines[i].label);
    rl_table_cell(&table, RL_STYLE_STRONG, "%" PRIu64, lines[i].count);
  }
  rl_table_print(&table, stdout, 2);
}

static void print_refused_ids(const rl_replay *replay)
{
  static const rl_column columns[] = {{"the first of them", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT},
                                      {"charge", RL_ALIGN_POINT},           {"", RL_ALIGN_LEFT},
                                      {"", RL_ALIGN_LEFT}};
  rl_table table = rl_table_of(columns, 5);
  for (unsigned i = 0; i < replay->refused_shown; i++) {
    const rl_replay_quote *quote = &replay->refusals[i];
    add_id(&table, quote->id);
    add_corridor_name(&table, quote->old.source_currency, quote->old.target_currency);
    add_sum(&table, RL_STYLE_PLAIN, quote->old.charge_minor, quote->old.source_currency);
    rl_table_cell(&table, RL_STYLE_BAD, "%s", rl_refusal_name(quote->refused));
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", quote->accepted ? "accepted" : "");
  }
  print_table(&table);
}

static void print_refused(const rl_replay *replay)
{
  static const rl_column columns[] = {
    {"refused", RL_ALIGN_LEFT}, {"quotes", RL_ALIGN_RIGHT}, {"accepted", RL_ALIGN_RIGHT}};
  if (replay->refused == 0)
    return;
  rl_table table = rl_table_of(columns, 3);
  for (unsigned i = 0; i < RL_REPLAY_CODES; i++) {
    if (replay->refused_by[i] == 0)
      continue;
    rl_table_cell(&table, RL_STYLE_BAD, "%s", rl_refusal_name((rl_refusal)i));
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, replay->refused_by[i]);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, replay->refused_accepted[i]);
  }
  print_table(&table);
  print_refused_ids(replay);
}

static void add_revenue(rl_table *table, const char *what, rl_currency currency,
                        const rl_old_new *sum)
{
  if (is_empty(sum))
    return;
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", what);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", rl_currency_code(currency));
  add_old_new(table, sum, currency);
}

static void print_revenue(const rl_replay *replay)
{
  static const rl_column columns[] = {{"revenue", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT},
                                      {"old", RL_ALIGN_POINT},    {"new", RL_ALIGN_POINT},
                                      {"change", RL_ALIGN_POINT}};
  const struct {
    const char *what;
    size_t offset;
  } kinds[] = {
    {"fees", offsetof(rl_replay_currency, fees)},
    {"spread", offsetof(rl_replay_currency, spread)},
    {"residue", offsetof(rl_replay_currency, residue)},
    {"all at mid, by source", offsetof(rl_replay_currency, revenue)},
  };
  rl_table table = rl_table_of(columns, 5);
  for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
    for (unsigned i = 1; i < RL_CURRENCY_COUNT; i++)
      add_revenue(&table, kinds[k].what, (rl_currency){(uint8_t)i},
                  (const void *)((const char *)&replay->currencies[i] + kinds[k].offset));
  }
  for (unsigned i = 1; i < RL_CURRENCY_COUNT; i++)
    add_revenue(&table, "lost with the refused", (rl_currency){(uint8_t)i},
                &(rl_old_new){.old = replay->currencies[i].lost});
  print_table(&table);
}

static void add_corridor(rl_currency from, rl_currency to, const rl_replay_corridor *corridor,
                         void *context)
{
  rl_table *table = context;
  add_corridor_name(table, from, to);
  rl_table_cell(table, RL_STYLE_PLAIN, "%" PRIu64, corridor->quotes);
  add_old_new(table, &corridor->charge, from);
  add_old_new(table, &corridor->target, to);
}

static void print_customers(const rl_replay *replay)
{
  static const rl_column columns[] = {
    {"customers", RL_ALIGN_LEFT}, {"quotes", RL_ALIGN_RIGHT},     {"old charge", RL_ALIGN_POINT},
    {"new", RL_ALIGN_POINT},      {"change", RL_ALIGN_POINT},     {"old target", RL_ALIGN_POINT},
    {"new", RL_ALIGN_POINT},      {"change", RL_ALIGN_POINT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  rl_replay_each_corridor(replay, add_corridor, &table);
  print_table(&table);
}

static void print_largest(const rl_replay *replay)
{
  static const rl_column columns[] = {
    {"largest changes of a total cost", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT},
    {"charge", RL_ALIGN_POINT},                         {"old cost", RL_ALIGN_POINT},
    {"new cost", RL_ALIGN_POINT},                       {"bps", RL_ALIGN_POINT},
    {"", RL_ALIGN_LEFT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (unsigned i = 0; i < replay->largest_count; i++) {
    const rl_replay_quote *quote = &replay->largest[i];
    rl_currency from = quote->old.source_currency;
    add_id(&table, quote->id);
    add_corridor_name(&table, from, quote->old.target_currency);
    add_sum(&table, RL_STYLE_PLAIN, quote->old.charge_minor, from);
    add_sum(&table, RL_STYLE_PLAIN, quote->old.total_cost_minor, from);
    add_sum(&table, RL_STYLE_STRONG, quote->new.total_cost_minor, from);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRId64 ".%02d", quote->change_e8 / 10000,
                  (int)(quote->change_e8 % 10000 / 100));
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", quote->accepted ? "accepted" : "");
  }
  print_table(&table);
}

void rl_replay_print(const rl_replay *replay, const rl_replay_span *span)
{
  print_head(replay, span);
  print_counts(replay);
  if (replay->quotes > 0 && replay->same == replay->quotes)
    printf("\nno difference: every quote would have been the same\n");
  print_refused(replay);
  print_revenue(replay);
  print_customers(replay);
  print_largest(replay);
}
