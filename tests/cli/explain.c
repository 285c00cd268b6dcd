/* Quotes of every kind are made again from the record that a whole engine wrote, figure by figure;
 * a record with a changed figure is not. */
#include "explain.h"

#include "support/engine.h"
#include "support/quotes.h"
#include "wire/msgpack.h"

#include <criterion/criterion.h>
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

static rl_test_engine engine;
static rl_explained *it;
static char *page;

static void setup(void)
{
  rl_test_engine_start(&engine);
  rl_test_engine_write_tariff(&engine, tariff_text);
  rl_test_engine_restart(&engine, false);
  rl_test_engine_tick(&engine);
  it = calloc(1, sizeof *it);
  page = NULL;
}

static const char *asking = "shop";

static void forget(void)
{
  rl_tariff_destroy(it->tariff);
  free(page);
  page = NULL;
  *it = (rl_explained){0};
}

static void teardown(void)
{
  forget();
  free(it);
  rl_test_engine_stop(&engine);
}

TestSuite(explain, .init = setup, .fini = teardown);

static rl_request request_for(const char *from, const char *to, rl_fixed fixed, int64_t amount)
{
  static unsigned number;
  char key[16];
  snprintf(key, sizeof key, "k%u", ++number);
  return rl_test_quote_request(from, to, fixed, amount, key);
}

/* Both sources say so now. */
static void tick(const char *pair, uint32_t bid, uint32_t ask, uint8_t scale)
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
static void quote(const rl_request *request)
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

/* Explains, prints and encodes. */
static void explain(void)
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

static void expect_reproduced(void)
{
  explain();
  cr_assert_eq(it->difference_count, 0, "%s", page);
  cr_assert(strstr(page, "reproduces: all "), "%s", page);
}

static void expect_says(const char *words)
{
  cr_expect(strstr(page, words), "no \"%s\" in:\n%s", words, page);
}

static void reproduce(const char *from, const char *to, rl_fixed fixed, int64_t amount)
{
  rl_request request = request_for(from, to, fixed, amount);
  quote(&request);
  expect_reproduced();
}

static void expect_names(const char *field)
{
  explain();
  bool named = false;
  for (unsigned i = 0; i < it->difference_count; i++)
    named = named || strcmp(it->differences[i].name, field) == 0;
  cr_expect(named, "%s is not named in:\n%s", field, page);
  expect_says("does not reproduce: ");
}

Test(explain, direct_quote_is_told_from_the_ticks_to_the_postings)
{
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 1000000);
  expect_says("client       shop, tier standard (the default)\n");
  expect_says("asks         USD to EUR, 10,000.00 USD fixed as the source");
  expect_says("issued       2026-01-01T00:00:00.000Z, for 30s, until 2026-01-01T00:00:30.000Z\n");
  expect_says("tariff       full, hash ");
  expect_says("  alpha   1.125180  1.125220         1   0.000  2026-01-01T00:00:00.000Z  votes\n");
  expect_says("reach        2H + d = 2 x 0.00002 + M / 10000 = 0.0001525: 2 of 2 within it\n");
  expect_says("quartiles    p25 = vote 2 of 6 = 1.12518, p50 = the middle = 1.1252, "
              "p75 = vote 5 = 1.12522\n");
  expect_says("composite    bid 1.12518, mid 1.1252, ask 1.12522\n");
  expect_says("core         ask 1.12522, shown as 1.12522\n");
  expect_says("for          USD to EUR, at least 500.00 USD\n");
  expect_says("goes before  standard at line 14 does not name both ends of the corridor\n");
  expect_says("2 fresh sources, fewer than 3\n");
  expect_says("age 0% of its bound, not above 80%: not taken\n");
  expect_says("volume       42.00 USD deducted: graduated: 60 bps of 1,000.00 = 6.00, "
              "40 bps of 9,000.00 = 36.00, sum 42.00\n");
  expect_says("votes sorted 1.12518  1.12518  1.1252  1.1252  1.12522  1.12522\n");
  expect_says("total cost   C - (T at mid, rounded down) = 10,020.00 - 9,852.85 = 167.15 USD\n");
  expect_says("  customer:shop   -10,020.00  USD\n");
  cr_expect_null(strstr(page, "small"), "a band that the amount is not in");
}

Test(explain, cross_is_the_product_or_quotient_of_its_legs)
{
  tick("AUDUSD", 655000, 655100, 6);
  reproduce("AUD", "GBP", RL_FIXED_SOURCE, 77777);
  expect_says("Leg 2 of 2: GBPUSD, from USD to GBP\n");
  expect_says("core         ask 1.3285 / bid 0.655 = 2.0282442748091603053…");
  expect_says("mid          1.32845 / 0.65505 = 2.0280");
  reproduce("GBP", "JPY", RL_FIXED_SOURCE, 77777);
  expect_says("core         bid 1.3284 x bid 145.2 = 192.88368, shown as 192.88368\n");
  expect_says("increment    payouts are multiples of 10 JPY");
}

Test(explain, fixed_target_counts_with_its_worth_at_mid)
{
  tick("EURJPY", 1633700, 1633900, 4);
  reproduce("EUR", "JPY", RL_FIXED_TARGET, 20000);
  expect_says("amount       20,000 JPY at mid, rounded down = 122.41 EUR chooses the band\n");
  expect_says("payout       100 JPY deducted: flat 100\n");
  expect_says("G gross      20,100 JPY  the least that leaves T after its fees\n");
  expect_says("45 bps of ");
}

Test(explain, minimum_and_maximum_of_a_fee_are_said_where_they_hold)
{
  tick("EURJPY", 1633700, 1633900, 4);
  reproduce("EUR", "JPY", RL_FIXED_SOURCE, 10001);
  expect_says("0.50 EUR deducted: 45 bps of 100.01 = 0.450045, rounded to 0.45; at least 0.50\n");
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 1000000);
  expect_says("20.00 USD on top: 35 bps of 10,000.00 = 35.00; at most 20.00\n");
}

Test(explain, slab_and_greater_of_show_what_was_chosen)
{
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 40000);
  expect_says("size         3.00 USD deducted: slab from 100.00: 75 bps of 400.00 = 3.00\n");
  expect_says("least        2.50 USD deducted: greater of flat 2.50 and 35 bps of 400.00 = 1.40\n");
  expect_says(", half-even to 4 decimals\n");
  reproduce("USD", "EUR", RL_FIXED_TARGET, 4000);
  expect_says("slab from 0.00 to below 100.00: flat 2.00\n");
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 10000);
  expect_says("slab from 100.00: 75 bps of 100.00 = 0.75\n");
}

Test(explain, waived_fee_is_said_to_be)
{
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  snprintf(request.price.tier, sizeof request.price.tier, "gold");
  quote(&request);
  expect_reproduced();
  expect_says("service      0.00 USD deducted: waived by welcome, which is for tier gold, "
              "from USD, at least 1000.00 USD\n");
}

Test(explain, points_and_premium_move_the_core)
{
  rl_request request = request_for("GBP", "USD", RL_FIXED_SOURCE, 100000);
  request.price.ttl_ms = 3600000;
  quote(&request);
  expect_reproduced();
  expect_says("for          GBP/USD both ways\n");
  expect_says("no volatility is known: the cap\n");
  expect_says("exact        (core - 1.5 points of 10^-4) x (1 - 65 bps) = ");
}

static void restart_with(const char *text)
{
  rl_test_engine_write_tariff(&engine, text);
  rl_test_engine_restart(&engine, false);
  rl_test_engine_tick(&engine);
}

Test(explain, last_digit_back_is_said)
{
  restart_with("tariff: short\nrate_digits: 4\nlocks: [ { ttl: 30s } ]\n"
               "rules: [ { name: standard, markup_bps: 0.01 } ]\n");
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 100000);
  expect_says("exact        core x (1 + 0.01 bps) = 1.12522112522\n");
  expect_says("client       1.126, half-even to 4 digits; the nearest was better for the client "
              "than the core: one last digit back\n");
  reproduce("EUR", "USD", RL_FIXED_SOURCE, 100000);
  expect_says("client       1.125, half-even to 4 digits; no last digit back\n");
}

static void expect_reason(const char *from, const char *to, const char *method, const char *tier,
                          const char *reason)
{
  rl_request request = request_for(from, to, RL_FIXED_SOURCE, 100000);
  snprintf(request.price.method, sizeof request.price.method, "%s", method);
  snprintf(request.price.tier, sizeof request.price.tier, "%s", tier);
  quote(&request);
  expect_reproduced();
  expect_says(reason);
}

Test(explain, each_reason_for_a_rule_to_go_first_is_said)
{
  restart_with("tariff: keys\nlocks: [ { ttl: 30s } ]\nrules:\n"
               "  - { name: all }\n"
               "  - { name: who, client: shop }\n"
               "  - { name: rank, tier: standard }\n"
               "  - { name: how, method: card }\n"
               "  - { name: way, from: USD, to: EUR }\n"
               "  - { name: both, pair: EURUSD }\n"
               "  - { name: out, from: USD }\n"
               "  - { name: in, to: USD }\n");
  expect_reason("USD", "EUR", "card", "", "goes before  rank at line 6 does not name the client\n");
  asking = "desk";
  expect_reason("USD", "EUR", "card", "", "goes before  how at line 7 does not name the tier\n");
  expect_reason("USD", "EUR", "card", "gold", "way at line 8 does not name the payment method\n");
  expect_reason("USD", "EUR", "", "gold",
                "both at line 9 does not name both ends of the corridor\n");
  expect_reason("USD", "JPY", "", "gold", "all at line 4 does not name the source currency\n");
  expect_reason("EUR", "USD", "", "gold", "in at line 11 does not name the pair\n");
  expect_reason("JPY", "USD", "", "gold", "all at line 4 does not name the target currency\n");
  asking = "shop";
}

/* A mid that goes up and down by 4 units of 10^-6, once a second. */
static void shake(void)
{
  for (uint32_t i = 0; i < 70; i++) {
    rl_manual_clock_advance_ns(&engine.manual, 1000 * RL_NS_PER_MS);
    tick("EURUSD", 1125180 + 4 * (i % 2), 1125220 + 4 * (i % 2), 6);
  }
}

Test(explain, premium_by_volatility_shows_its_root)
{
  shake();
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  request.price.ttl_ms = 3600000;
  quote(&request);
  expect_reproduced();
  expect_says("1.50 x ");
  expect_says(" ppm a root day x sqrt(3600000 ms / 86400000 ms) = ");
  cr_assert_neq(it->snapshot.conditions.volatility_ppm, RL_VOLATILITY_UNKNOWN);
}

Test(explain, old_rate_is_charged_for_and_an_older_one_is_left_out)
{
  rl_manual_clock_advance_ns(&engine.manual, 4500 * RL_NS_PER_MS);
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 100000);
  expect_says("4500000 us since the newest tick, of at most 5000 ms\n");
  expect_says("age 90% of its bound, above 80%\n");
  it->quote.snapshot.legs[0].composite.ticks[1].arrival_mono_ns -= 500 * RL_NS_PER_MS;
  expect_names("legs[0].ticks");
  expect_says("left out: older than 5000 ms\n");
  expect_names("fewest_sources");
}

Test(explain, changed_figure_is_named_and_nothing_else)
{
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  uint8_t record[RL_RECORD_MAX];
  quote(&request);
  rl_quote sound = it->quote;
  it->quote.terms.total_cost_minor += 1;
  size_t size = rl_quote_encode(&it->quote, record);
  cr_assert_eq(rl_quote_decode(record, size, &it->quote), RL_OK);
  expect_names("total_cost");
  cr_expect_eq(it->difference_count, 1);
  expect_says("does not reproduce: 1 of ");
  it->quote = sound;
  it->quote.terms.client_rate.mantissa += 1;
  expect_names("client_rate");
  it->quote = sound;
  it->quote.snapshot.conditions.age_percent = 99;
  expect_names("age_percent");
  it->quote = sound;
  it->quote.value_date.date.day += 1;
  expect_names("value_date");
  it->quote = sound;
  it->quote.snapshot.legs[0].composite.ticks[0].bid -= 2;
  expect_names("legs[0].mid");
}

Test(explain, record_that_would_be_refused_says_so)
{
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  quote(&request);
  it->quote.snapshot.legs[0].composite.ticks[0].bid += 100000;
  it->quote.snapshot.legs[0].composite.ticks[0].ask += 100000;
  expect_names("refusal");
  expect_says("it would be refused: SOURCES_DISAGREE");
  expect_says("left out: |1.2252 - 1.1752| = 0.05 > 0.0001575");
  it->quote.snapshot.legs[0].composite.ticks[0].ask = UINT32_MAX;
  it->quote.snapshot.legs[0].composite.ticks[1].ask = UINT32_MAX;
  expect_names("refusal");
  it->quote.snapshot.legs[0].composite.tick_count = 0;
  expect_names("refusal");
  expect_says("it would be refused: NO_RATE");
}

Test(explain, token_alone_is_priced_again_from_its_composites)
{
  rl_request request = request_for("GBP", "JPY", RL_FIXED_TARGET, 100000);
  request.price.ttl_ms = 45000;
  uint8_t token[RL_TOKEN_MAX];
  quote(&request);
  size_t size = rl_seal_token(engine.seal, &it->quote, token);
  cr_assert_eq(rl_token_read_unverified(token, size, &it->quote), RL_OK);
  expect_reproduced();
  expect_says(", from its token\n  seal not verified: there is no sealing key here\n");
  expect_says("ticks        a token does not carry them: its composite is taken as it is\n");
  expect_says(", for 1h, until ");
  it->seal_verified = true;
  it->quote.terms.position_minor += 1;
  it->quote.terms.spread_minor += 1;
  expect_names("position");
  cr_expect_null(strstr(page, "seal not verified"));
}

/* Nothing in a record is trusted: what never was priced is told, encoded and named as different. */
Test(explain, any_record_is_told_without_harm)
{
  rl_random random = rl_random_from(rl_test_seed("explain"));
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  quote(&request);
  for (unsigned i = 0; i < 300; i++) {
    if (i == 0)
      rl_largest_quote(&it->quote);
    else
      rl_random_quote(&random, &it->quote);
    if (i % 3 == 2)
      rl_strip_evidence(&it->quote);
    explain();
    cr_assert_neq(it->difference_count, 0);
  }
}

Test(explain, token_keeps_its_tier_and_its_waiver)
{
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  snprintf(request.price.tier, sizeof request.price.tier, "gold");
  quote(&request);
  rl_strip_evidence(&it->quote);
  expect_reproduced();
  expect_says("waived by welcome");
}

/* The cut-off, 22:00 UTC in winter, lies within the lock. */
Test(explain, value_date_is_that_of_the_end_of_the_lock)
{
  rl_manual_clock_advance_ns(&engine.manual, (21 * 60 + 30) * 60000 * RL_NS_PER_MS);
  rl_test_engine_tick(&engine);
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 100000);
  expect_says("value date   2026-01-05, spot for EUR and USD struck when the lock ends");
  expect_says("cut-off      2026-01-01T22:00:00.000Z: ");
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  request.price.ttl_ms = 3600000;
  quote(&request);
  expect_reproduced();
  expect_says("value date   2026-01-06, spot for EUR and USD struck when the lock ends");
}

Test(explain, hours_of_a_universe_are_held_against_the_record)
{
  static const char text[] = "session never UTC Sunday 00:00 - Sunday 00:01\n"
                             "order EUR USD\npivot USD\npair EUR USD scale=6 session=never\n";
  rl_error error = {0};
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  quote(&request);
  cr_assert_eq(rl_universe_parse(text, strlen(text), NULL, &it->universe, &error), RL_OK, "%s",
               error.text);
  bool recorded = it->quote.snapshot.conditions.closed;
  explain();
  cr_expect(it->snapshot.conditions.closed);
  if (!recorded)
    expect_names("closed");
  expect_says("closed by the universe's hours");
  rl_universe_destroy(it->universe);
  it->universe = NULL;
}

static rl_words words;

#define EXPECT_WORDS(expected, ...)               \
  do {                                            \
    words = (rl_words){0};                        \
    __VA_ARGS__;                                  \
    cr_expect_str_eq(words.text, expected);       \
  } while (0)

Test(explain_words, amounts_are_grouped_and_have_their_currencys_decimals)
{
  rl_currency eur = rl_test_currency("EUR"), jpy = rl_test_currency("JPY");
  rl_currency kwd = rl_test_currency("KWD");
  EXPECT_WORDS("0.00 EUR", rl_say_amount(&words, 0, eur));
  EXPECT_WORDS("-0.05", rl_say_money(&words, -5, eur));
  EXPECT_WORDS("999.99", rl_say_money(&words, 99999, eur));
  EXPECT_WORDS("1,000.00", rl_say_money(&words, 100000, eur));
  EXPECT_WORDS("1,000,000,000,000,000", rl_say_money(&words, RL_AMOUNT_MAX, jpy));
  EXPECT_WORDS("-9,223,372,036,854,775.808", rl_say_money(&words, INT64_MIN, kwd));
}

Test(explain_words, ratio_is_exact_or_cut_off_with_a_mark)
{
  EXPECT_WORDS("1", rl_say_ratio(&words, (rl_ratio){1, 1, 0}));
  EXPECT_WORDS("0.5", rl_say_ratio(&words, (rl_ratio){1, 2, 0}));
  EXPECT_WORDS("1200000", rl_say_ratio(&words, (rl_ratio){12, 1, 5}));
  EXPECT_WORDS("0.00012", rl_say_ratio(&words, (rl_ratio){12, 1, -5}));
  EXPECT_WORDS("0.33333333333333333333…", rl_say_ratio(&words, (rl_ratio){1, 3, 0}));
  EXPECT_WORDS("66.666666666666666666…", rl_say_ratio(&words, (rl_ratio){2, 3, 2}));
  EXPECT_WORDS("9.9999999999999999999…",
               rl_say_ratio(&words, (rl_ratio){rl_pow10(36) - 1, rl_pow10(35), 0}));
}

Test(explain_words, half_units_and_lines_are_exact)
{
  EXPECT_WORDS("1.1251005", rl_say_half(&words, 2250201, 6));
  EXPECT_WORDS("-0.5", rl_say_half(&words, -1, 0));
  EXPECT_WORDS("0.0001 bps", rl_say_bps(&words, 1));
  EXPECT_WORDS("-12.5 bps", rl_say_bps(&words, -125000));
  EXPECT_WORDS("1.5 points", rl_say_points(&words, 15));
  EXPECT_WORDS("1 point", rl_say_points(&words, 10));
}
