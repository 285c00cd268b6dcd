/* Recorded quotes of a whole engine under other tariffs; the sums against plain integer arithmetic
 * on the rates that the engine's market has: EURUSD 1.125180/1.125220, mid 1.125200. */
#include "replay.h"

#include "support/engine.h"
#include "support/quotes.h"
#include "tariffs.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char old_text[] =
  "tariff: old\nlocks:\n  - { ttl: 30s }\n  - { ttl: 1h, premium_bps: 10 }\nrules:\n"
  "  - { name: any, markup_bps: 20 }\n"
  "  - name: usd-eur\n    from: USD\n    to: EUR\n    markup_bps: 40\n"
  "    fees: [ { name: service, kind: bps, bps: 50 } ]\n";

typedef struct scene {
  rl_test_engine engine;
  unsigned asked;
} scene;

static scene *open_scene(void)
{
  scene *it = calloc(1, sizeof *it);
  rl_test_engine_start(&it->engine);
  rl_test_engine_write_tariff(&it->engine, old_text);
  rl_test_engine_restart(&it->engine, false);
  rl_test_engine_tick(&it->engine);
  return it;
}

static void close_scene(scene *it)
{
  rl_test_engine_stop(&it->engine);
  free(it);
}

static void ask(scene *it, const char *from, const char *to, rl_fixed fixed, int64_t amount,
                uint32_t ttl_ms, char id[256])
{
  char key[16];
  size_t size;
  snprintf(key, sizeof key, "key-%u", it->asked++);
  rl_manual_clock_advance_ns(&it->engine.manual, RL_NS_PER_MS); /* ids rise with the time */
  rl_request request = rl_test_quote_request(from, to, fixed, amount, key);
  request.price.ttl_ms = ttl_ms;
  const uint8_t *reply = rl_test_ask(&it->engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  rl_reply_text(reply, size, "quote", id);
}

/* The store's thread decides in order: after an accept all quotes before it are recorded. */
static void accept(scene *it, const char *id)
{
  size_t size;
  rl_request request = rl_test_end_request(RL_REQUEST_ACCEPT, id, id);
  const uint8_t *reply = rl_test_ask(&it->engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
}

typedef struct visiting {
  rl_store *store;
  rl_replay *replay;
} visiting;

static bool visit(const rl_quote *quote, void *context)
{
  visiting *it = context;
  rl_end end;
  bool accepted = rl_store_find_end(it->store, quote->id, &end) == RL_OK;
  rl_replay_add(it->replay, quote, accepted);
  return true;
}

static rl_replay *replay(const scene *it, const rl_tariff *tariff)
{
  visiting context = {it->engine.store, rl_replay_create(tariff)};
  rl_error error = {0};
  cr_assert_eq(rl_store_each_quote(it->engine.store, (rl_quote_id){{0}}, visit, &context, &error),
               RL_OK, "%s", error.text);
  return context.replay;
}

Test(replay, of_the_recorded_tariff_is_no_difference_at_all)
{
  scene *it = open_scene();
  char id[256];
  rl_random random = rl_random_from(rl_test_seed("replay"));
  static const char *const corridors[][2] = {
    {"USD", "EUR"}, {"EUR", "USD"}, {"GBP", "JPY"}, {"GBP", "USD"}, {"JPY", "USD"}};
  for (unsigned i = 0; i < 60; i++) {
    const char *const *corridor = corridors[rl_random_below(&random, 5)];
    ask(it, corridor[0], corridor[1], rl_random_below(&random, 2) ? RL_FIXED_SOURCE
                                                                  : RL_FIXED_TARGET,
        rl_random_between(&random, 1000, 10000000), rl_random_below(&random, 2) ? 0 : 3600000, id);
  }
  accept(it, id);
  rl_tariff *tariff = rl_tariff_of(old_text);
  rl_replay *found = replay(it, tariff);
  cr_expect_eq(found->quotes, 60);
  cr_expect_eq(found->same, 60);
  cr_expect_eq(found->accepted, 1);
  cr_expect_eq(found->refused, 0);
  cr_expect_eq(found->largest_count, 0);
  for (unsigned i = 0; i < RL_CURRENCY_COUNT; i++) {
    const rl_replay_currency *sums = &found->currencies[i];
    cr_expect(sums->fees.old == sums->fees.new && sums->spread.old == sums->spread.new &&
              sums->residue.old == sums->residue.new && sums->revenue.old == sums->revenue.new);
    for (unsigned k = 0; k < RL_CURRENCY_COUNT; k++) {
      const rl_replay_corridor *corridor = &found->corridors[i][k];
      cr_expect(corridor->charge.old == corridor->charge.new &&
                corridor->target.old == corridor->target.new);
    }
  }
  free(found);
  rl_tariff_destroy(tariff);
  close_scene(it);
}

/* What one USD to EUR quote of a fixed source comes to, by integers: units of 10^-6 for the ask,
 * of 10^-8 for the client rate. */
typedef struct plain {
  int64_t fee, target, spread, revenue;
} plain;

static plain plain_of(int64_t source, int64_t fee_bps, int64_t client_e8)
{
  plain it;
  it.fee = (source * fee_bps + 5000) / 10000;
  int64_t net = source - it.fee;
  it.target = net * 100000000 / client_e8;
  it.spread = net * 1000000 / 1125220 - it.target;
  it.revenue = it.fee + it.spread * 1125200 / 1000000;
  return it;
}

Test(replay, sums_of_a_dearer_tariff_are_exact)
{
  scene *it = open_scene();
  char id[256];
  static const int64_t sources[] = {10000, 12345, 999999, 50000000, 77};
  int64_t charge = 0, fees[2] = {0}, target[2] = {0}, spread[2] = {0}, revenue[2] = {0};
  for (unsigned i = 0; i < 5; i++) {
    ask(it, "USD", "EUR", RL_FIXED_SOURCE, sources[i], 0, id);
    /* 1.12522 x 1.004 and x 1.009 */
    plain both[] = {plain_of(sources[i], 50, 112972088), plain_of(sources[i], 60, 113534698)};
    charge += sources[i];
    for (unsigned k = 0; k < 2; k++) {
      fees[k] += both[k].fee;
      target[k] += both[k].target;
      spread[k] += both[k].spread;
      revenue[k] += both[k].revenue;
    }
  }
  accept(it, id);
  char *text = rl_text_with(old_text, "markup_bps: 40", "markup_bps: 90");
  char *dearer = rl_text_with(text, "bps: 50", "bps: 60");
  rl_tariff *tariff = rl_tariff_of(dearer);
  rl_replay *found = replay(it, tariff);
  rl_currency usd = rl_test_currency("USD"), eur = rl_test_currency("EUR");
  const rl_replay_corridor *corridor = &found->corridors[usd.index][eur.index];
  cr_expect_eq(found->quotes, 5);
  cr_expect_eq(found->same, 0);
  cr_expect_eq(corridor->quotes, 5);
  cr_expect(corridor->charge.old == charge && corridor->charge.new == charge);
  cr_expect(corridor->target.old == target[0] && corridor->target.new == target[1]);
  cr_expect(found->currencies[usd.index].fees.old == fees[0]);
  cr_expect(found->currencies[usd.index].fees.new == fees[1]);
  cr_expect(found->currencies[eur.index].spread.old == spread[0]);
  cr_expect(found->currencies[eur.index].spread.new == spread[1]);
  cr_expect(found->currencies[usd.index].revenue.old == revenue[0]);
  cr_expect(found->currencies[usd.index].revenue.new == revenue[1]);
  cr_expect(found->currencies[eur.index].revenue.old == 0);
  free(found);
  rl_tariff_destroy(tariff);
  free(dearer);
  free(text);
  close_scene(it);
}

/* A fixed target in yen: what is asked for more than is paid out is the residue. */
Test(replay, residue_of_fixed_targets_is_summed)
{
  scene *it = open_scene();
  char id[256];
  static const int64_t targets[] = {1001, 1002, 1003, 5007, 99999, 1234567};
  static const int64_t clients_e4[] = {1449096, 1447644}; /* 145.20 less 20 and 30 bps */
  int64_t charge[2] = {0}, spread[2] = {0}, residue[2] = {0}, revenue[2] = {0};
  for (unsigned i = 0; i < 6; i++) {
    ask(it, "USD", "JPY", RL_FIXED_TARGET, targets[i], 0, id);
    for (unsigned k = 0; k < 2; k++) {
      int64_t net = (targets[i] * 1000000 + clients_e4[k] - 1) / clients_e4[k];
      int64_t paid = net * clients_e4[k] / 1000000, core = net * 1452 / 1000;
      charge[k] += net;
      spread[k] += core - paid;
      residue[k] += paid - targets[i];
      revenue[k] += (core - targets[i]) * 100000 / 145205;
    }
  }
  accept(it, id);
  char *text = rl_text_with(old_text, "markup_bps: 20", "markup_bps: 30");
  rl_tariff *tariff = rl_tariff_of(text);
  rl_replay *found = replay(it, tariff);
  rl_currency usd = rl_test_currency("USD"), jpy = rl_test_currency("JPY");
  const rl_old_new *sums[] = {
    &found->corridors[usd.index][jpy.index].charge, &found->currencies[jpy.index].spread,
    &found->currencies[jpy.index].residue, &found->currencies[usd.index].revenue};
  const int64_t *expected[] = {charge, spread, residue, revenue};
  cr_expect(residue[0] > 0 && residue[1] > 0);
  for (unsigned i = 0; i < 4; i++)
    cr_expect(sums[i]->old == expected[i][0] && sums[i]->new == expected[i][1], "sum %u", i);
  free(found);
  rl_tariff_destroy(tariff);
  free(text);
  close_scene(it);
}

/* Fees of 5.00 USD; a discount of 1.00 EUR is worth 1.1251 USD at mid. */
Test(replay, discount_is_taken_off_the_revenue)
{
  rl_random random = rl_random_from(1);
  rl_quote quote;
  rl_typical_quote(&random, &quote);
  quote.terms.position_minor = quote.terms.target_minor - 100;
  rl_complete_quote(&quote);
  cr_assert_eq(quote.terms.spread_minor, -100);
  rl_tariff *tariff = rl_tariff_of("tariff: t\nlocks: [ { ttl: 30s } ]\nrules:\n"
                                   "  - { name: r, from: GBP }\n");
  rl_replay *found = rl_replay_create(tariff);
  rl_replay_add(found, &quote, true);
  cr_expect(found->currencies[rl_test_currency("USD").index].lost == 500 - 112);
  free(found);
  rl_tariff_destroy(tariff);
}

Test(replay, refusals_are_counted_apart_with_what_they_brought)
{
  scene *it = open_scene();
  char id[256];
  ask(it, "USD", "EUR", RL_FIXED_SOURCE, 10000, 0, id);
  ask(it, "EUR", "USD", RL_FIXED_SOURCE, 10000, 3600000, id);
  ask(it, "USD", "JPY", RL_FIXED_SOURCE, 10000, 0, id);
  accept(it, id);
  /* No rule for what is open, and no lock of an hour. */
  rl_tariff *tariff = rl_tariff_of(
    "tariff: less\nlocks:\n  - { ttl: 30s }\nrules:\n"
    "  - { name: eur-usd, from: EUR, to: USD }\n"
    "  - name: usd-eur\n    from: USD\n    to: EUR\n    markup_bps: 40\n"
    "    fees: [ { name: service, kind: bps, bps: 50 } ]\n");
  rl_replay *found = replay(it, tariff);
  cr_expect_eq(found->quotes, 3);
  cr_expect_eq(found->same, 1);
  cr_expect_eq(found->refused, 2);
  cr_expect_eq(found->refused_by[RL_REFUSAL_NO_TARIFF], 1);
  cr_expect_eq(found->refused_accepted[RL_REFUSAL_NO_TARIFF], 1);
  cr_expect_eq(found->refused_by[RL_REFUSAL_TTL_NOT_OFFERED], 1);
  cr_expect_eq(found->refused_accepted[RL_REFUSAL_TTL_NOT_OFFERED], 0);
  cr_assert_eq(found->refused_shown, 2);
  char text[RL_QUOTE_ID_TEXT_SIZE];
  rl_quote_id_format(found->refusals[1].id, text);
  cr_expect_str_eq(text, id);
  cr_expect_eq(found->refusals[1].refused, RL_REFUSAL_NO_TARIFF);
  /* 100.00 EUR are 112.51 USD at 1.12518, and 112.18 less 30 bps: 0.33 USD, 0.29 EUR at mid.
   * 100.00 USD are 14520 JPY at 145.20, and 14490 less 20 bps: 30 JPY, 0.20 USD at mid. */
  rl_currency eur = rl_test_currency("EUR"), usd = rl_test_currency("USD");
  cr_expect(found->currencies[eur.index].lost == 29);
  cr_expect(found->currencies[usd.index].lost == 20);
  cr_expect(found->currencies[eur.index].revenue.old == 0);
  cr_expect_eq(found->corridors[eur.index][usd.index].quotes, 0);
  free(found);
  rl_tariff_destroy(tariff);
  close_scene(it);
}

Test(replay, largest_changes_are_named_first)
{
  scene *it = open_scene();
  char id[256];
  for (unsigned i = 0; i < 15; i++)
    ask(it, "USD", "EUR", RL_FIXED_SOURCE, 100000 + 10000 * i, 0, id);
  accept(it, id);
  /* A flat fee weighs most on the smallest. */
  char *text = rl_text_with(old_text, "kind: bps, bps: 50", "kind: flat, amount: 90.00");
  rl_tariff *tariff = rl_tariff_of(text);
  rl_replay *found = replay(it, tariff);
  cr_assert_eq(found->largest_count, RL_REPLAY_SHOWN);
  for (unsigned i = 0; i < RL_REPLAY_SHOWN; i++) {
    cr_expect_eq(found->largest[i].old.charge_minor, 100000 + 10000 * i);
    cr_expect(i == 0 || found->largest[i].change_e8 <= found->largest[i - 1].change_e8);
  }
  cr_expect(found->currencies[0].fees.old == 0, "nothing is written behind the last of them");
  free(found);
  rl_tariff_destroy(tariff);
  free(text);
  close_scene(it);
}

Test(replay, quote_known_by_its_token_alone_is_left_out)
{
  rl_random random = rl_random_from(1);
  rl_quote quote;
  rl_typical_quote(&random, &quote);
  rl_strip_evidence(&quote);
  rl_tariff *tariff = rl_tariff_of(old_text);
  rl_replay *found = rl_replay_create(tariff);
  rl_replay_add(found, &quote, true);
  cr_expect_eq(found->skipped, 1);
  cr_expect_eq(found->quotes, 0);
  cr_expect_eq(found->accepted, 0);
  free(found);
  rl_tariff_destroy(tariff);
}

/* Any quote that a record can hold, however odd: sums stay whole and nothing stops. */
Test(replay, any_recorded_quote_is_taken)
{
  rl_random random = rl_random_from(rl_test_seed("replay of any quote"));
  rl_tariff *tariff = rl_tariff_of(old_text);
  rl_replay *found = rl_replay_create(tariff);
  for (unsigned i = 0; i < 20000; i++) {
    rl_quote quote;
    rl_random_quote(&random, &quote);
    rl_replay_add(found, &quote, i % 2);
  }
  rl_quote largest;
  rl_largest_quote(&largest);
  rl_replay_add(found, &largest, true);
  uint64_t counted = 0;
  for (unsigned i = 0; i < RL_REPLAY_CODES; i++)
    counted += found->refused_by[i];
  cr_expect_eq(found->quotes, 20001);
  cr_expect_eq(counted, found->refused);
  free(found);
  rl_tariff_destroy(tariff);
}
