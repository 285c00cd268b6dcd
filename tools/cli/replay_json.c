/* Sums are decimal texts in major units, since they may exceed what JSON's readers hold; amounts of
 * one quote are integers of minor units, as in the protocol. */
#include "replay_print.h"

#include "balances.h"
#include "cli.h"
#include "wire/entry.h"

#include <inttypes.h>

static void put_sum(rl_writer *writer, const char *key, rl_i128 minor, rl_currency currency)
{
  char text[RL_SUM_TEXT_SIZE];
  rl_sum_format(minor, currency, text);
  rl_pack_text(writer, key);
  rl_pack_text(writer, text);
}

static void put_old_new(rl_writer *writer, const char *key, const rl_old_new *sum,
                        rl_currency currency)
{
  rl_pack_text(writer, key);
  rl_pack_map(writer, 2);
  put_sum(writer, "old", sum->old, currency);
  put_sum(writer, "new", sum->new, currency);
}

/* One array of the answer, item by item. */
typedef struct items {
  bool first;
  uint8_t bytes[1024];
  rl_writer writer;
} items;

static void open_items(items *it, const char *name)
{
  printf(",\n \"%s\": [", name);
  it->first = true;
}

static rl_writer *open_item(items *it, uint32_t fields)
{
  it->writer = rl_writer_over(it->bytes, sizeof it->bytes);
  rl_pack_map(&it->writer, fields);
  return &it->writer;
}

static void close_item(items *it)
{
  rl_cli_print_item(&it->writer, it->first);
  it->first = false;
}

static void print_counts(const rl_replay *replay, const rl_replay_span *span)
{
  char hash[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(rl_tariff_digest(replay->tariff), hash);
  printf("{\"ok\": true, \"tariff\": \"%s\", \"hash\": \"%s\",\n", rl_tariff_name(replay->tariff),
         hash);
  printf(" \"from\": %" PRId64 ", \"to\": ", span->from.ms);
  if (span->to.ms == INT64_MAX)
    printf("null");
  else
    printf("%" PRId64, span->to.ms);
  printf(", \"accepted_only\": %s,\n", span->accepted ? "true" : "false");
  printf(" \"quotes\": %" PRIu64 ", \"accepted\": %" PRIu64 ", \"same\": %" PRIu64
         ", \"refused\": %" PRIu64 ", \"skipped\": %" PRIu64 ", \"unvalued\": %" PRIu64,
         replay->quotes, replay->accepted, replay->same, replay->refused, replay->skipped,
         replay->unvalued);
}

static void print_refusals(const rl_replay *replay, items *it)
{
  open_items(it, "refusals");
  for (unsigned i = 0; i < RL_REPLAY_CODES; i++) {
    if (replay->refused_by[i] == 0)
      continue;
    rl_writer *writer = open_item(it, 3);
    RL_ENTRY(writer, "code", rl_pack_text, rl_refusal_name((rl_refusal)i));
    RL_ENTRY(writer, "quotes", rl_pack_u64, replay->refused_by[i]);
    RL_ENTRY(writer, "accepted", rl_pack_u64, replay->refused_accepted[i]);
    close_item(it);
  }
  printf("]");
}

static bool has_figures(const rl_replay_currency *sums)
{
  const rl_old_new *all[] = {&sums->fees, &sums->spread, &sums->residue, &sums->revenue};
  bool any = sums->lost != 0;
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    any = any || all[i]->old != 0 || all[i]->new != 0;
  return any;
}

static void print_revenue(const rl_replay *replay, items *it)
{
  open_items(it, "revenue");
  for (unsigned i = 1; i < RL_CURRENCY_COUNT; i++) {
    const rl_replay_currency *sums = &replay->currencies[i];
    rl_currency currency = {(uint8_t)i};
    if (!has_figures(sums))
      continue;
    rl_writer *writer = open_item(it, 6);
    RL_ENTRY(writer, "currency", rl_pack_currency, currency);
    put_old_new(writer, "fees", &sums->fees, currency);
    put_old_new(writer, "spread", &sums->spread, currency);
    put_old_new(writer, "residue", &sums->residue, currency);
    put_old_new(writer, "all_at_mid", &sums->revenue, currency);
    put_sum(writer, "lost", sums->lost, currency);
    close_item(it);
  }
  printf("]");
}

static void print_corridor(rl_currency from, rl_currency to, const rl_replay_corridor *corridor,
                           void *context)
{
  items *it = context;
  rl_writer *writer = open_item(it, 5);
  RL_ENTRY(writer, "from", rl_pack_currency, from);
  RL_ENTRY(writer, "to", rl_pack_currency, to);
  RL_ENTRY(writer, "quotes", rl_pack_u64, corridor->quotes);
  put_old_new(writer, "charge", &corridor->charge, from);
  put_old_new(writer, "target", &corridor->target, to);
  close_item(it);
}

static void put_terms(rl_writer *writer, const char *key, const rl_terms *terms)
{
  rl_pack_text(writer, key);
  rl_pack_map(writer, 4);
  RL_ENTRY(writer, "client_rate", rl_pack_rate, terms->client_rate);
  RL_ENTRY(writer, "charge", rl_pack_i64, terms->charge_minor);
  RL_ENTRY(writer, "target", rl_pack_i64, terms->target_minor);
  RL_ENTRY(writer, "total_cost", rl_pack_i64, terms->total_cost_minor);
}

static void print_quotes(const char *name, const rl_replay_quote *quotes, unsigned count, items *it)
{
  open_items(it, name);
  for (unsigned i = 0; i < count; i++) {
    const rl_replay_quote *quote = &quotes[i];
    bool refused = quote->refused != RL_REFUSAL_NONE;
    rl_writer *writer = open_item(it, 6);
    RL_ENTRY(writer, "quote", rl_pack_quote_id, quote->id);
    RL_ENTRY(writer, "from", rl_pack_currency, quote->old.source_currency);
    RL_ENTRY(writer, "to", rl_pack_currency, quote->old.target_currency);
    RL_ENTRY(writer, "accepted", rl_pack_bool, quote->accepted);
    put_terms(writer, "old", &quote->old);
    if (refused)
      RL_ENTRY(writer, "refused", rl_pack_text, rl_refusal_name(quote->refused));
    else
      put_terms(writer, "new", &quote->new);
    close_item(it);
  }
  printf("]");
}

void rl_replay_print_json(const rl_replay *replay, const rl_replay_span *span)
{
  items it;
  print_counts(replay, span);
  print_refusals(replay, &it);
  print_quotes("refused_quotes", replay->refusals, replay->refused_shown, &it);
  print_revenue(replay, &it);
  open_items(&it, "corridors");
  rl_replay_each_corridor(replay, print_corridor, &it);
  printf("]");
  print_quotes("largest_changes", replay->largest, replay->largest_count, &it);
  printf("}\n");
}
