/* The last mid of a way, however old: a measure of worth, never a price. */
#include "market/world.h"

#include <criterion/criterion.h>

#define MS RL_NS_PER_MS

static rl_world world;
static rl_source a, b;

static void open_world(void)
{
  world = world_of("order EUR GBP USD CHF JPY\n"
                   "pivot USD EUR\n"
                   "pair EUR USD scale=4 max_age_ms=1000\n"
                   "pair USD JPY scale=2 pip=2 max_age_ms=1000\n"
                   "pair EUR JPY scale=2 pip=2 max_age_ms=1000\n"
                   "pair EUR CHF scale=4 max_age_ms=1000\n"
                   "pair GBP USD scale=4 max_age_ms=1000 min_sources=2\n");
  a = world_live(&world, "a");
  b = world_live(&world, "b");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_last_mid, .init = open_world, .fini = close_world);

static rl_refusal last_mid(const char *from, const char *to, rl_ratio *out)
{
  return rl_market_last_mid(world.market, world_currency(from), world_currency(to), out);
}

/* 10^6 units of `from` are worth so many whole ones of `to`, rounded down. */
static void expect_worth(const char *from, const char *to, int64_t expected)
{
  rl_ratio ratio;
  int64_t worth = -7;
  cr_assert_eq(last_mid(from, to, &ratio), RL_REFUSAL_NONE, "%s %s", from, to);
  cr_assert_eq(rl_ratio_amount_floor(ratio, 1000000, 0, &worth), RL_OK);
  cr_expect_eq(worth, expected, "%s %s: %ld", from, to, (long)worth);
}

Test(market_last_mid, pair_that_never_had_a_price_has_none)
{
  rl_ratio ratio;
  cr_expect_eq(last_mid("EUR", "USD", &ratio), RL_REFUSAL_NO_RATE);
  cr_expect_eq(last_mid("EUR", "GBP", &ratio), RL_REFUSAL_NO_RATE);
  world_say(&world, a, "GBPUSD", 13000, 13002);
  cr_expect_eq(last_mid("GBP", "USD", &ratio), RL_REFUSAL_NO_RATE, "too few sources ever");
}

Test(market_last_mid, currencies_without_a_way_are_an_unknown_pair)
{
  rl_ratio ratio;
  cr_expect_eq(last_mid("SEK", "USD", &ratio), RL_REFUSAL_UNKNOWN_PAIR);
}

Test(market_last_mid, both_directions_are_the_mid_and_its_inverse)
{
  world_say(&world, a, "EURUSD", 12499, 12501);
  expect_worth("EUR", "USD", 1250000);
  expect_worth("USD", "EUR", 800000);
}

Test(market_last_mid, outlives_staleness_and_later_refusals)
{
  world_say(&world, a, "GBPUSD", 12999, 13001);
  world_say(&world, b, "GBPUSD", 12999, 13001);
  expect_worth("GBP", "USD", 1300000);
  world_wait_ns(&world, 86400000 * MS);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_STALE_RATE);
  expect_worth("GBP", "USD", 1300000);
  world_say(&world, a, "GBPUSD", 13009, 13011);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
  expect_worth("GBP", "USD", 1300000);
  world_say(&world, b, "GBPUSD", 13009, 13011);
  expect_worth("GBP", "USD", 1301000);
}

Test(market_last_mid, goes_through_the_first_pivot_whose_pairs_had_one)
{
  world_say(&world, a, "EURCHF", 9599, 9601);
  world_say(&world, a, "EURJPY", 16000, 16000);
  expect_worth("CHF", "JPY", 166666666);
  world_say(&world, a, "EURUSD", 12500, 12500);
  world_say(&world, a, "USDJPY", 13000, 13000);
  world_say(&world, b, "EURUSD", 12500, 12500);
  expect_worth("CHF", "JPY", 166666666); /* there is no USDCHF: only EUR connects them */
  expect_worth("CHF", "USD", 1302083);
}
