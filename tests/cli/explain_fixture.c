#include "explain_fixture.h"

#include "wire/msgpack.h"

#include <stdlib.h>
#include <string.h>

static const char tariff_text[] =
  "tariff: full\n"
  "rate_digits: 8\n"
  "locks:\n"
  "  - { ttl: 30s }\n"
  "  - { ttl: 1h }\n"
  "lock_premium: { volatility_multiple: 1.5, floor_bps: 0.5, cap_bps: 60 }\n"
  "surcharges:\n"
  "  - { name: weekend, when: closed, markup_bps: 25 }\n"
  "  - { name: thin, when: sources_below, bound: 3, markup_bps: 5 }\n"
  "  - { name: ageing, when: age_above, bound: 80, markup_bps: 3 }\n"
  "payout_increments:\n"
  "  - { currency: JPY, increment: 10 }\n"
  "rules:\n"
  "  - { name: standard, markup_bps: 50 }\n"
  "  - { name: cable, pair: GBPUSD, markup_points: 1.5 }\n"
  "  - name: small\n"
  "    from: USD\n"
  "    to: EUR\n"
  "    amount_below: 500.00\n"
  "    markup_bps: 60\n"
  "    disclosure_decimals: 4\n"
  "    fees:\n"
  "      - { name: size, kind: slab, tiers: [ { from: 0, amount: 2.00 },"
  " { from: 100.00, bps: 75 } ] }\n"
  "      - { name: least, kind: greater_of, of: [ { amount: 2.50 }, { bps: 35 } ] }\n"
  "  - name: large\n"
  "    from: USD\n"
  "    to: EUR\n"
  "    amount_from: 500.00\n"
  "    markup_bps: 40\n"
  "    fees:\n"
  "      - { name: service, kind: flat, amount: 1.50 }\n"
  "      - { name: transfer, kind: bps, bps: 35, max: 20.00, mode: on_top }\n"
  "      - { name: volume, kind: graduated, tiers: [ { from: 0, bps: 60 },"
  " { from: 1000.00, bps: 40 } ] }\n"
  "  - name: yen\n"
  "    from: EUR\n"
  "    to: JPY\n"
  "    markup_bps: 30\n"
  "    fees:\n"
  "      - { name: service, kind: bps, bps: 45, min: 0.50 }\n"
  "      - { name: payout, kind: flat, side: target, amount: 100 }\n"
  "waivers:\n"
  "  - { name: welcome, fee: service, tier: gold, from: USD, amount_from: 1000.00 }\n";

rl_test_engine engine;
const char *asking = "shop";
rl_explained *it;
char *page;

void restart_with(const char *text)
{
  rl_test_engine_write_tariff(&engine, text);
  rl_test_engine_restart(&engine, false);
  rl_test_engine_tick(&engine);
}

void restart_with_books(const char *universe_text)
{
  rl_test_engine_restart_in(&engine, universe_text);
  rl_now now = rl_clock_read(&engine.clock);
  const rl_depth depth = {.bid_count = 1, .ask_count = 1, .bids = {{112490, 2000000}},
                          .asks = {{112530, 2000000}}};
  rl_tick told[] = {
    {.bid = 112500, .ask = 112510, .bid_size = 1000000, .ask_size = 1000000, .depth = &depth},
    {.bid = 112480, .ask = 112540},
  };
  for (unsigned i = 0; i < 2; i++) {
    told[i].scale = 5;
    told[i].sequence = ++engine.sequence;
    cr_assert_eq(rl_universe_find_name(engine.universe, "EURUSD", 6, &told[i].pair), RL_OK);
    cr_assert_eq(rl_market_apply(engine.market, engine.sources[i], &told[i], now), RL_TICK_GOOD);
  }
}

void start_explaining(void)
{
  rl_test_engine_start(&engine);
  restart_with(tariff_text);
  it = calloc(1, sizeof *it);
  page = NULL;
}

static void forget(void)
{
  rl_tariff_destroy(it->tariff);
  free(page);
  page = NULL;
  *it = (rl_explained){0};
}

void stop_explaining(void)
{
  forget();
  free(it);
  rl_test_engine_stop(&engine);
}

rl_request request_for(const char *from, const char *to, rl_fixed fixed, int64_t amount)
{
  static unsigned number;
  char key[16];
  snprintf(key, sizeof key, "k%u", ++number);
  return rl_test_quote_request(from, to, fixed, amount, key);
}

void tick(const char *pair, uint32_t bid, uint32_t ask, uint8_t scale)
{
  rl_now now = rl_clock_read(&engine.clock);
  rl_tick said = {.sequence = ++engine.sequence, .source_utc_ms = now.utc.ms, .bid = bid,
                  .ask = ask, .scale = scale};
  cr_assert_eq(rl_universe_find_name(engine.universe, pair, 6, &said.pair), RL_OK);
  for (unsigned i = 0; i < 2; i++)
    cr_assert_eq(rl_market_apply(engine.market, engine.sources[i], &said, now), RL_TICK_GOOD);
}

/* Quotes and reads the record back, which the store's thread has written when a look at the quote
 * is answered. */
void quote(const rl_request *request)
{
  char id[256];
  size_t size, length;
  char *text;
  const uint8_t *reply = rl_test_ask(&engine, asking, request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  rl_reply_text(reply, size, "quote", id);
  rl_request show = rl_test_end_request(RL_REQUEST_SHOW, id, "");
  rl_test_ask(&engine, asking, &show, &size);
  forget();
  rl_quote_id parsed;
  cr_assert_eq(rl_quote_id_parse(id, strlen(id), &parsed), RL_OK);
  cr_assert_eq(rl_store_find_quote(engine.store, parsed, &it->quote), RL_OK);
  cr_assert_eq(rl_store_find_tariff(engine.store, it->quote.terms.tariff, &text, &length), RL_OK);
  rl_error error = {0};
  cr_assert_eq(rl_tariff_parse(text, length, NULL, &it->tariff, &error), RL_OK, "%s", error.text);
  free(text);
  it->calendars = engine.calendars;
}

void explain(void)
{
  size_t size;
  it->from_token = !it->quote.has_evidence;
  rl_explain_work(it);
  free(page);
  FILE *file = open_memstream(&page, &size);
  rl_explain_print(file, it);
  fclose(file);
  uint8_t *bytes = malloc(RL_EXPLAIN_MAX);
  rl_writer writer = rl_writer_over(bytes, RL_EXPLAIN_MAX);
  cr_assert_eq(rl_explain_encode(it, &writer), RL_OK);
  rl_unpacker unpacker = rl_unpacker_over(bytes, writer.used);
  cr_assert(rl_unpack_skip(&unpacker, RL_DEPTH_MAX) && rl_unpack_done(&unpacker));
  cr_assert_eq(rl_reply_bool(bytes, writer.used, "ok"), it->difference_count == 0);
  free(bytes);
}

void expect_field(const char *path, const char *value)
{
  char text[256];
  uint8_t *bytes = malloc(RL_EXPLAIN_MAX);
  rl_writer writer = rl_writer_over(bytes, RL_EXPLAIN_MAX);
  cr_assert_eq(rl_explain_encode(it, &writer), RL_OK);
  cr_expect_str_eq(rl_reply_text(bytes, writer.used, path, text), value, "%s", path);
  free(bytes);
}

void expect_reproduced(void)
{
  explain();
  cr_assert_eq(it->difference_count, 0, "%s", page);
  cr_assert(strstr(page, "reproduces: all "), "%s", page);
}

void expect_says(const char *words)
{
  cr_expect(strstr(page, words), "no \"%s\" in:\n%s", words, page);
}

void reproduce(const char *from, const char *to, rl_fixed fixed, int64_t amount)
{
  rl_request request = request_for(from, to, fixed, amount);
  quote(&request);
  expect_reproduced();
}

void expect_names(const char *field)
{
  explain();
  bool named = false;
  for (unsigned i = 0; i < it->difference_count; i++)
    named = named || strcmp(it->differences[i].name, field) == 0;
  cr_expect(named, "%s is not named in:\n%s", field, page);
  expect_says("does not reproduce: ");
}
