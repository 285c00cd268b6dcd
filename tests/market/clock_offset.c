/* A source's clock that is wrong is noticed from its updates alone (K1). */
#include "market/world.h"

#include <criterion/criterion.h>

#define MS RL_NS_PER_MS
#define HALF (60000 * MS) /* of the window */
#define HOUR_MS 3600000ll

static rl_world world;
static rl_source a;

static void open_world(void)
{
  world = world_of("pair EUR USD scale=6\npair GBP USD scale=6\n");
  a = world_live(&world, "a");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_clock_offset, .init = open_world, .fini = close_world);

static rl_verdict say(rl_source source, int64_t lag_ms)
{
  return world_say_at(&world, source, "EURUSD", 1125200, 1125300, world.now.utc.ms - lag_ms);
}

static rl_source_info info_of(rl_source source)
{
  rl_source_info info;
  rl_market_source_info(world.market, source, &info);
  return info;
}

static void expect_clock(rl_source_clock clock, int64_t offset_ms)
{
  rl_source_info info = info_of(a);
  cr_expect_eq(info.clock, clock, "%s", rl_source_clock_name(info.clock));
  cr_expect_eq(info.clock_offset_ms, offset_ms, "%ld", info.clock_offset_ms);
}

Test(market_clock_offset, is_unknown_without_a_time)
{
  expect_clock(RL_CLOCK_UNKNOWN, 0);
  world_say_at(&world, a, "EURUSD", 1125200, 1125300, 0);
  world_say_at(&world, a, "EURUSD", 1125200, 1125300, -1);
  expect_clock(RL_CLOCK_UNKNOWN, 0);
  cr_expect_eq(info_of(a).lag_ms, 0);
}

Test(market_clock_offset, is_the_least_lag_and_beside_it_stands_the_newest)
{
  say(a, 40);
  say(a, 7);
  say(a, 900);
  expect_clock(RL_CLOCK_GOOD, -7);
  cr_expect_eq(info_of(a).lag_ms, 900);
}

Test(market_clock_offset, small_lead_is_a_good_clock)
{
  cr_expect_eq(say(a, -RL_SOURCE_FUTURE_MS), RL_TICK_GOOD);
  expect_clock(RL_CLOCK_GOOD, RL_SOURCE_FUTURE_MS);
}

Test(market_clock_offset, clock_hours_ahead_is_noticed_although_all_is_refused)
{
  for (unsigned i = 0; i < 5; i++)
    cr_expect_eq(say(a, 20 + i - 5 * HOUR_MS), RL_TICK_MALFORMED_FUTURE);
  expect_clock(RL_CLOCK_AHEAD, 5 * HOUR_MS - 24);
}

Test(market_clock_offset, clock_is_ahead_as_soon_as_its_updates_are_refused)
{
  cr_expect_eq(say(a, -RL_SOURCE_FUTURE_MS - 1), RL_TICK_MALFORMED_FUTURE);
  expect_clock(RL_CLOCK_AHEAD, RL_SOURCE_FUTURE_MS + 1);
}

Test(market_clock_offset, clock_hours_behind_is_noticed_although_all_is_taken)
{
  cr_expect_eq(say(a, 5 * HOUR_MS + 20), RL_TICK_GOOD);
  cr_expect_eq(say(a, 5 * HOUR_MS + 10), RL_TICK_GOOD);
  expect_clock(RL_CLOCK_BEHIND, -5 * HOUR_MS - 10);
}

Test(market_clock_offset, clock_is_behind_beyond_its_bound)
{
  say(a, RL_SOURCE_BEHIND_MS + 1);
  expect_clock(RL_CLOCK_BEHIND, -RL_SOURCE_BEHIND_MS - 1);
  say(a, RL_SOURCE_BEHIND_MS);
  expect_clock(RL_CLOCK_GOOD, -RL_SOURCE_BEHIND_MS);
}

Test(market_clock_offset, false_stamp_among_good_ones_is_not_the_clock)
{
  say(a, INT64_MIN / 2);
  expect_clock(RL_CLOCK_AHEAD, RL_INSTANT_MAX_MS - world.now.utc.ms);
  say(a, 30);
  expect_clock(RL_CLOCK_GOOD, -30);
  say(a, -HOUR_MS);
  say(a, 9 * HOUR_MS);
  expect_clock(RL_CLOCK_GOOD, -30);
}

Test(market_clock_offset, window_slides_by_halves)
{
  say(a, 5);
  world_wait_ns(&world, HALF - 1);
  say(a, 50);
  expect_clock(RL_CLOCK_GOOD, -5);
  world_wait_ns(&world, 1);
  say(a, 60);
  expect_clock(RL_CLOCK_GOOD, -5);
  world_wait_ns(&world, HALF);
  say(a, 70);
  expect_clock(RL_CLOCK_GOOD, -60);
}

Test(market_clock_offset, nothing_is_kept_over_a_long_silence)
{
  say(a, 5);
  world_wait_ns(&world, 2 * HALF - 1);
  say(a, 50);
  expect_clock(RL_CLOCK_GOOD, -5);
  world_wait_ns(&world, 2 * HALF);
  say(a, 60);
  expect_clock(RL_CLOCK_GOOD, -60);
}

Test(market_clock_offset, clock_that_goes_wrong_is_noticed_within_two_halves)
{
  say(a, 5);
  world_wait_ns(&world, HALF);
  say(a, -5 * HOUR_MS);
  expect_clock(RL_CLOCK_GOOD, -5);
  world_wait_ns(&world, HALF);
  say(a, -5 * HOUR_MS);
  expect_clock(RL_CLOCK_AHEAD, 5 * HOUR_MS);
}

Test(market_clock_offset, of_a_source_is_that_of_all_its_pairs_and_updates)
{
  say(a, 700);
  world_say_at(&world, a, "GBPUSD", 0, 1, world.now.utc.ms - 300);
  expect_clock(RL_CLOCK_GOOD, -300);
  rl_source b = world_live(&world, "b");
  say(b, 100);
  expect_clock(RL_CLOCK_GOOD, -300);
}

Test(market_clock_offset, fixing_of_yesterday_has_no_clock_behind_but_one_of_tomorrow_is_ahead)
{
  a = world_reference(&world, "fixing");
  say(a, 24 * HOUR_MS);
  expect_clock(RL_CLOCK_GOOD, -24 * HOUR_MS);
  a = world_reference(&world, "early");
  cr_expect_eq(say(a, -24 * HOUR_MS), RL_TICK_MALFORMED_FUTURE);
  expect_clock(RL_CLOCK_AHEAD, 24 * HOUR_MS);
}

Test(market_clock_offset, each_state_has_a_name)
{
  cr_expect_str_eq(rl_source_clock_name(RL_CLOCK_UNKNOWN), "unknown");
  cr_expect_str_eq(rl_source_clock_name(RL_CLOCK_GOOD), "good");
  cr_expect_str_eq(rl_source_clock_name(RL_CLOCK_AHEAD), "ahead");
  cr_expect_str_eq(rl_source_clock_name(RL_CLOCK_BEHIND), "behind");
}
