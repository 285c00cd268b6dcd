/* Which way a price goes through the market (K5), and what a snapshot carries. */
#include "market/world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MS RL_NS_PER_MS

static rl_world world;
static rl_source a;

/* The dollar is the first pivot, the euro the second; CHFSEK has a market of its own; NOK and THB
 * meet only through both pivots, KRW and NOK too; ZAR stands alone with the franc. */
static void open_world(void)
{
  world = world_of("order EUR GBP USD CHF\n"
                   "pivot USD EUR\n"
                   "pair EUR USD scale=4 max_age_ms=1000\n"
                   "pair GBP USD scale=4 max_age_ms=1000\n"
                   "pair EUR GBP scale=5 max_age_ms=1000\n"
                   "pair USD CHF scale=4 max_age_ms=1000\n"
                   "pair EUR CHF scale=4 max_age_ms=1000\n"
                   "pair CHF SEK scale=4 max_age_ms=1000\n"
                   "pair USD SEK scale=4 max_age_ms=1000\n"
                   "pair EUR SEK scale=4 max_age_ms=1000 min_sources=2\n"
                   "pair EUR NOK scale=4 max_age_ms=1000\n"
                   "pair USD THB scale=4 max_age_ms=1000\n"
                   "pair CHF ZAR scale=4 max_age_ms=1000\n");
  a = world_live(&world, "a");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_route, .init = open_world, .fini = close_world);

static void expect_leg(const rl_snapshot *snapshot, unsigned index, const char *pair,
                       bool inverted)
{
  cr_assert_lt(index, snapshot->leg_count);
  const rl_leg *leg = &snapshot->legs[index];
  cr_expect_str_eq(rl_universe_pair_name(world.universe, leg->composite.pair), pair);
  cr_expect_eq(strncmp(rl_currency_code(leg->base), pair, 3), 0);
  cr_expect_eq(strncmp(rl_currency_code(leg->quote), pair + 3, 3), 0);
  cr_expect_eq(leg->inverted, inverted);
  cr_expect_eq(leg->composite.refusal, RL_REFUSAL_NONE);
}

Test(market_route, pair_with_a_market_is_one_leg_from_either_side)
{
  world_say(&world, a, "EURUSD", 11252, 11254);
  rl_snapshot out;
  cr_assert_eq(world_snapshot(&world, "EUR", "USD", &out), RL_REFUSAL_NONE);
  cr_expect_eq(out.leg_count, 1);
  expect_leg(&out, 0, "EURUSD", false);
  cr_expect_eq(rl_snapshot_side(&out), RL_SELL_BASE);
  cr_assert_eq(world_snapshot(&world, "USD", "EUR", &out), RL_REFUSAL_NONE);
  expect_leg(&out, 0, "EURUSD", true);
  cr_expect_eq(rl_snapshot_side(&out), RL_BUY_BASE);
  cr_expect_str_eq(rl_currency_code(out.from), "USD");
  cr_expect_str_eq(rl_currency_code(out.to), "EUR");
  cr_expect_str_eq(rl_currency_code(out.base), "EUR");
  cr_expect_str_eq(rl_currency_code(out.quote), "USD");
}

Test(market_route, currency_against_itself_is_refused)
{
  rl_snapshot out;
  cr_expect_eq(world_snapshot(&world, "EUR", "EUR", &out), RL_REFUSAL_SAME_CURRENCY);
  cr_expect_eq(world_snapshot(&world, "JPY", "JPY", &out), RL_REFUSAL_SAME_CURRENCY);
}

Test(market_route, currencies_that_no_way_connects_are_unknown)
{
  rl_snapshot out;
  cr_expect_eq(world_snapshot(&world, "EUR", "JPY", &out), RL_REFUSAL_UNKNOWN_PAIR);
  cr_expect_eq(world_snapshot(&world, "USD", "ZAR", &out), RL_REFUSAL_UNKNOWN_PAIR,
               "the franc is no pivot");
  cr_expect_eq(world_snapshot(&world, "ZAR", "NOK", &out), RL_REFUSAL_UNKNOWN_PAIR);
}

Test(market_route, pair_with_a_market_never_falls_to_a_cross)
{
  world_say(&world, a, "USDCHF", 8312, 8314);
  world_say(&world, a, "USDSEK", 97000, 97010);
  rl_snapshot out;
  cr_expect_eq(world_snapshot(&world, "CHF", "SEK", &out), RL_REFUSAL_NO_RATE);
  world_say(&world, a, "CHFSEK", 116700, 116720);
  cr_expect_eq(world_snapshot(&world, "CHF", "SEK", &out), RL_REFUSAL_NONE);
  world_wait_ns(&world, 1000 * MS);
  world_say(&world, a, "USDCHF", 8312, 8314);
  world_say(&world, a, "USDSEK", 97000, 97010);
  cr_expect_eq(world_snapshot(&world, "CHF", "SEK", &out), RL_REFUSAL_STALE_RATE);
}

Test(market_route, cross_takes_the_tightest_pivot)
{
  rl_snapshot out;
  world_say(&world, a, "GBPUSD", 13284, 13286);
  world_say(&world, a, "USDCHF", 8312, 8314);
  world_say(&world, a, "EURGBP", 84770, 84780);
  world_say(&world, a, "EURCHF", 9353, 9354);
  cr_assert_eq(world_snapshot(&world, "GBP", "CHF", &out), RL_REFUSAL_NONE);
  cr_expect_eq(out.leg_count, 2);
  expect_leg(&out, 0, "EURGBP", true); /* 1.2 + 1.1 bp against 1.5 + 2.4 */
  expect_leg(&out, 1, "EURCHF", false);
  world_say(&world, a, "EURCHF", 9351, 9357);
  cr_assert_eq(world_snapshot(&world, "GBP", "CHF", &out), RL_REFUSAL_NONE);
  expect_leg(&out, 0, "GBPUSD", false); /* against 1.2 + 6.4 */
  expect_leg(&out, 1, "USDCHF", false);
  cr_assert_eq(world_snapshot(&world, "CHF", "GBP", &out), RL_REFUSAL_NONE);
  expect_leg(&out, 0, "USDCHF", true);
  expect_leg(&out, 1, "GBPUSD", true);
}

Test(market_route, tie_goes_to_the_first_pivot)
{
  rl_snapshot out;
  world_say(&world, a, "GBPUSD", 10000, 10002);
  world_say(&world, a, "USDCHF", 10000, 10002);
  world_say(&world, a, "EURGBP", 100000, 100020);
  world_say(&world, a, "EURCHF", 10000, 10002);
  cr_assert_eq(world_snapshot(&world, "GBP", "CHF", &out), RL_REFUSAL_NONE);
  expect_leg(&out, 0, "GBPUSD", false);
  world_say(&world, a, "EURGBP", 100001, 100020);
  cr_assert_eq(world_snapshot(&world, "GBP", "CHF", &out), RL_REFUSAL_NONE);
  expect_leg(&out, 0, "EURGBP", true);
}

Test(market_route, stale_way_gives_way_to_a_wider_fresh_one)
{
  rl_snapshot out;
  world_say(&world, a, "GBPUSD", 13284, 13285);
  world_say(&world, a, "USDCHF", 8312, 8313);
  world_wait_ns(&world, MS);
  world_say(&world, a, "EURGBP", 84770, 84970);
  world_say(&world, a, "EURCHF", 9350, 9390);
  cr_assert_eq(world_snapshot(&world, "GBP", "CHF", &out), RL_REFUSAL_NONE);
  expect_leg(&out, 0, "GBPUSD", false);
  world_wait_ns(&world, 999 * MS);
  cr_assert_eq(world_snapshot(&world, "GBP", "CHF", &out), RL_REFUSAL_NONE);
  expect_leg(&out, 0, "EURGBP", true);
}

Test(market_route, refusal_is_that_of_the_first_way)
{
  rl_snapshot out;
  cr_expect_eq(world_snapshot(&world, "GBP", "CHF", &out), RL_REFUSAL_NO_RATE);
  world_say(&world, a, "GBPUSD", 13284, 13285);
  cr_expect_eq(world_snapshot(&world, "GBP", "CHF", &out), RL_REFUSAL_NO_RATE, "the other leg");
  world_say(&world, a, "USDCHF", 8312, 8313);
  world_wait_ns(&world, 1000 * MS);
  cr_expect_eq(world_snapshot(&world, "GBP", "CHF", &out), RL_REFUSAL_STALE_RATE,
               "through the euro it were NO_RATE");
}

Test(market_route, first_refusal_of_the_list_stands_for_a_way)
{
  rl_snapshot out;
  world_say(&world, a, "GBPUSD", 13284, 13285);
  world_say(&world, a, "EURGBP", 84770, 84970);
  world_wait_ns(&world, 1000 * MS);
  world_say(&world, a, "USDSEK", 97000, 97010);
  world_say(&world, a, "EURSEK", 109200, 109300);
  cr_expect_eq(world_snapshot(&world, "GBP", "SEK", &out), RL_REFUSAL_STALE_RATE,
               "stale before too few, and the dollar before the euro");
  world_say(&world, a, "EURGBP", 84770, 84970);
  cr_expect_eq(world_snapshot(&world, "GBP", "SEK", &out), RL_REFUSAL_STALE_RATE);
  world_say(&world, a, "GBPUSD", 13284, 13285);
  cr_expect_eq(world_snapshot(&world, "GBP", "SEK", &out), RL_REFUSAL_NONE);
}

Test(market_route, refusal_of_a_way_does_not_depend_on_its_direction)
{
  rl_snapshot out;
  world_say(&world, a, "USDTHB", 330000, 330100);
  world_wait_ns(&world, 1000 * MS);
  world_say(&world, a, "EURUSD", 11252, 11254);
  cr_expect_eq(world_snapshot(&world, "NOK", "THB", &out), RL_REFUSAL_NO_RATE);
  cr_expect_eq(world_snapshot(&world, "THB", "NOK", &out), RL_REFUSAL_NO_RATE,
               "none at all before a stale one");
}

Test(market_route, refusals_of_a_single_leg_are_its_own)
{
  rl_snapshot out;
  world_say(&world, a, "EURSEK", 109200, 109300);
  cr_expect_eq(world_snapshot(&world, "SEK", "EUR", &out), RL_REFUSAL_TOO_FEW_SOURCES);
  world_say(&world, world_live(&world, "b"), "EURSEK", 119200, 119300);
  cr_expect_eq(world_snapshot(&world, "SEK", "EUR", &out), RL_REFUSAL_SOURCES_DISAGREE);
}

Test(market_route, currencies_far_apart_meet_through_two_pivots)
{
  rl_snapshot out;
  world_say(&world, a, "EURNOK", 116725, 116745);
  world_say(&world, a, "EURUSD", 11252, 11254);
  cr_expect_eq(world_snapshot(&world, "NOK", "THB", &out), RL_REFUSAL_NO_RATE);
  world_say(&world, a, "USDTHB", 330000, 330100);
  cr_assert_eq(world_snapshot(&world, "NOK", "THB", &out), RL_REFUSAL_NONE);
  cr_expect_eq(out.leg_count, 3);
  expect_leg(&out, 0, "EURNOK", true);
  expect_leg(&out, 1, "EURUSD", false);
  expect_leg(&out, 2, "USDTHB", false);
  cr_assert_eq(world_snapshot(&world, "THB", "NOK", &out), RL_REFUSAL_NONE);
  expect_leg(&out, 0, "USDTHB", true);
  expect_leg(&out, 1, "EURUSD", true);
  expect_leg(&out, 2, "EURNOK", false);
  cr_expect_str_eq(rl_currency_code(out.base), "NOK");
}

Test(market_route, pivot_itself_is_reached_through_the_other_pivot)
{
  rl_snapshot out;
  world_say(&world, a, "EURNOK", 116725, 116745);
  world_say(&world, a, "EURUSD", 11252, 11254);
  cr_assert_eq(world_snapshot(&world, "USD", "NOK", &out), RL_REFUSAL_NONE);
  cr_expect_eq(out.leg_count, 2);
  expect_leg(&out, 0, "EURUSD", true);
  expect_leg(&out, 1, "EURNOK", false);
}

/* --- references --- */

static void expect_reference(const char *from, const char *to, const char *rate,
                             int64_t date_utc_ms, const char *provider)
{
  rl_snapshot out;
  char text[RL_RATE_TEXT_SIZE];
  cr_assert_eq(world_snapshot(&world, from, to, &out), RL_REFUSAL_NONE);
  cr_assert(out.reference.known);
  rl_rate_format(out.reference.rate, text);
  cr_expect_str_eq(text, rate);
  cr_expect_eq(out.reference.date_utc_ms, date_utc_ms);
  cr_expect_str_eq(out.reference.provider, provider);
}

/* All pairs that the reference tests ask for, so that only the reference is in question. */
static void quote_all(void)
{
  world_say(&world, a, "EURUSD", 11252, 11254);
  world_say(&world, a, "GBPUSD", 13284, 13286);
  world_say(&world, a, "EURCHF", 9353, 9354);
  world_say(&world, a, "USDCHF", 8312, 8314);
  world_say(&world, a, "EURNOK", 116725, 116745);
  world_say(&world, a, "USDTHB", 330000, 330100);
}

Test(market_route, reference_of_a_pair_is_its_fixing_from_either_side)
{
  quote_all();
  rl_source ecb = world_reference(&world, "ecb");
  world_say_at(&world, ecb, "EURUSD", 11252, 11252, 1746799200000);
  expect_reference("EUR", "USD", "1.1252", 1746799200000, "ecb");
  expect_reference("USD", "EUR", "1.1252", 1746799200000, "ecb");
}

Test(market_route, reference_of_a_two_sided_fixing_is_its_exact_mid)
{
  quote_all();
  rl_source bank = world_reference(&world, "bank");
  world_say_at(&world, bank, "EURUSD", 11252, 11253, 1746799200000);
  expect_reference("EUR", "USD", "1.12525", 1746799200000, "bank");
}

Test(market_route, reference_crosses_two_fixings_of_one_provider)
{
  quote_all();
  rl_source ecb = world_reference(&world, "ecb");
  world_say_at(&world, ecb, "EURUSD", 11252, 11252, 1746799200000);
  world_say_at(&world, ecb, "EURCHF", 9353, 9353, 1746712800000);
  /* 0.9353 / 1.1252 = 0.83123000355492… */
  expect_reference("USD", "CHF", "0.8312300036", 1746712800000, "ecb");
  expect_reference("CHF", "USD", "0.8312300036", 1746712800000, "ecb");
}

Test(market_route, reference_does_not_mix_providers)
{
  quote_all();
  world_say(&world, world_reference(&world, "ecb"), "EURUSD", 11252, 11252);
  world_say(&world, world_reference(&world, "snb"), "EURCHF", 9353, 9353);
  rl_snapshot out;
  cr_assert_eq(world_snapshot(&world, "USD", "CHF", &out), RL_REFUSAL_NONE);
  cr_expect_not(out.reference.known);
  cr_assert_eq(world_snapshot(&world, "EUR", "CHF", &out), RL_REFUSAL_NONE);
  cr_expect_str_eq(out.reference.provider, "snb");
}

Test(market_route, newest_provider_that_can_answer_is_shown)
{
  quote_all();
  rl_source ecb = world_reference(&world, "ecb"), snb = world_reference(&world, "snb");
  world_say_at(&world, ecb, "EURUSD", 11252, 11252, 2000);
  world_say_at(&world, ecb, "EURCHF", 9353, 9353, 3000);
  world_say_at(&world, snb, "USDCHF", 8311, 8311, 2000);
  expect_reference("USD", "CHF", "0.8311", 2000, "snb");
  world_say_at(&world, ecb, "EURUSD", 11252, 11252, 2001);
  expect_reference("USD", "CHF", "0.8312300036", 2001, "ecb");
  world_say_at(&world, snb, "EURUSD", 11260, 11260, 9000);
  expect_reference("USD", "CHF", "0.8312300036", 2001, "ecb");
  expect_reference("EUR", "USD", "1.126", 9000, "snb");
}

Test(market_route, reference_has_no_age_limit)
{
  quote_all();
  rl_source ecb = world_reference(&world, "ecb");
  world_say_at(&world, ecb, "EURUSD", 11252, 11252, 1);
  world_wait_ns(&world, 30ll * 86400000 * MS);
  quote_all();
  expect_reference("EUR", "USD", "1.1252", 1, "ecb");
}

Test(market_route, crossed_or_malformed_fixing_is_no_reference)
{
  quote_all();
  rl_source ecb = world_reference(&world, "ecb");
  world_say(&world, ecb, "EURUSD", 0, 0);
  rl_snapshot out;
  cr_assert_eq(world_snapshot(&world, "EUR", "USD", &out), RL_REFUSAL_NONE);
  cr_expect_not(out.reference.known);
  world_say(&world, ecb, "EURUSD", 11253, 11252);
  cr_assert_eq(world_snapshot(&world, "EUR", "USD", &out), RL_REFUSAL_NONE);
  cr_expect_not(out.reference.known);
}

Test(market_route, currencies_that_a_provider_does_not_connect_have_no_reference)
{
  quote_all();
  rl_source ecb = world_reference(&world, "ecb");
  world_say(&world, ecb, "EURUSD", 11252, 11252);
  rl_snapshot out;
  cr_assert_eq(world_snapshot(&world, "NOK", "THB", &out), RL_REFUSAL_NONE);
  cr_expect_not(out.reference.known);
}

/* One fixing more in each round, the last pair first: a pair's own, and no other's, is found. */
Test(market_route, each_of_many_pairs_has_its_own_fixing)
{
  static const char *const codes[] = {"AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CNY",
                                      "CZK", "DKK", "EUR", "GBP", "HKD", "HUF"};
  enum { CODES = sizeof codes / sizeof *codes, PAIRS = CODES * (CODES - 1) / 2 };
  char text[PAIRS * 13 + 1], *end = text;
  for (unsigned i = 0; i < CODES; i++) {
    for (unsigned j = i + 1; j < CODES; j++)
      end += snprintf(end, 14, "pair %s %s\n", codes[i], codes[j]);
  }
  rl_world many = world_of(text);
  rl_source live = world_live(&many, "live"), fixing = world_reference(&many, "fixing");
  for (unsigned i = 0; i < PAIRS; i++)
    world_say(&many, live, rl_universe_pair_name(many.universe, (rl_pair){(uint16_t)i}), 9, 10);
  for (unsigned fixed = PAIRS; fixed > 0; fixed--) {
    rl_pair newest = {(uint16_t)(fixed - 1)};
    world_say(&many, fixing, rl_universe_pair_name(many.universe, newest), 9, 10);
    for (unsigned i = 0; i < PAIRS; i++) {
      const rl_pair_spec *spec = rl_universe_pair_spec(many.universe, (rl_pair){(uint16_t)i});
      rl_snapshot out;
      cr_assert_eq(rl_market_snapshot(many.market, spec->base, spec->quote, many.now, &out),
                   RL_REFUSAL_NONE);
      cr_assert_eq(out.reference.known, i + 1 >= fixed, "%u of %u", i, fixed);
    }
  }
  world_end(&many);
}
