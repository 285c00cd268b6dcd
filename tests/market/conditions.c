/* What a tariff may look at besides the prices: fewest sources, age, volatility of a snapshot. */
#include "market/world.h"

#include <criterion/criterion.h>
#include <string.h>

#define MS RL_NS_PER_MS

static rl_world world;
static rl_source a, b;

static void open_world(void)
{
  world = world_of("order GBP USD CHF\npivot USD\n"
                   "pair GBP USD scale=4 max_age_ms=1000\n"
                   "pair USD CHF scale=4 max_age_ms=400\n");
  a = world_live(&world, "a");
  b = world_live(&world, "b");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_conditions, .init = open_world, .fini = close_world);

static rl_conditions conditions_of(const char *from, const char *to)
{
  rl_snapshot snapshot;
  cr_assert_eq(world_snapshot(&world, from, to, &snapshot), RL_REFUSAL_NONE);
  rl_conditions again =
    rl_snapshot_conditions(&snapshot, world.now.mono, snapshot.conditions.closed);
  cr_expect_eq(again.fewest_sources, snapshot.conditions.fewest_sources);
  cr_expect_eq(again.age_percent, snapshot.conditions.age_percent);
  cr_expect_eq(again.volatility_ppm, snapshot.conditions.volatility_ppm);
  return snapshot.conditions;
}

Test(market_conditions, fewest_sources_are_those_of_the_thinnest_leg)
{
  world_say(&world, a, "GBPUSD", 13284, 13286);
  world_say(&world, b, "GBPUSD", 13284, 13286);
  world_say(&world, a, "USDCHF", 8312, 8314);
  cr_expect_eq(conditions_of("GBP", "USD").fewest_sources, 2);
  cr_expect_eq(conditions_of("USD", "CHF").fewest_sources, 1);
  cr_expect_eq(conditions_of("GBP", "CHF").fewest_sources, 1);
  world_wait_ns(&world, 300 * MS);
  world_say(&world, a, "USDCHF", 8312, 8314);
  world_say(&world, b, "USDCHF", 8312, 8314);
  cr_expect_eq(conditions_of("CHF", "GBP").fewest_sources, 2);
  world_wait_ns(&world, 399 * MS);
  world_say(&world, b, "USDCHF", 8312, 8314);
  world_wait_ns(&world, 1 * MS);
  cr_expect_eq(conditions_of("CHF", "GBP").fewest_sources, 1, "a source is no longer fresh");
}

Test(market_conditions, age_is_a_percentage_rounded_up)
{
  world_say(&world, a, "GBPUSD", 13284, 13286);
  cr_expect_eq(conditions_of("GBP", "USD").age_percent, 0);
  static const struct {
    int64_t wait_ns;
    unsigned percent;
  } steps[] = {{1, 1}, {10 * MS - 1, 1}, {1, 2}, {980 * MS - 2, 99}, {1, 99}, {1, 100},
               {9 * MS, 100}};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    world_wait_ns(&world, steps[i].wait_ns);
    cr_expect_eq(conditions_of("GBP", "USD").age_percent, steps[i].percent, "step %zu", i);
  }
}

Test(market_conditions, age_is_of_the_newest_tick_of_the_oldest_leg)
{
  world_say(&world, a, "GBPUSD", 13284, 13286);
  world_say(&world, a, "USDCHF", 8312, 8314);
  world_wait_ns(&world, 100 * MS);
  cr_expect_eq(conditions_of("GBP", "CHF").age_percent, 25, "100 of 400");
  world_say(&world, b, "USDCHF", 8312, 8314);
  cr_expect_eq(conditions_of("GBP", "CHF").age_percent, 10, "100 of 1000");
  world_say(&world, b, "GBPUSD", 13284, 13286);
  cr_expect_eq(conditions_of("GBP", "CHF").age_percent, 0);
}

Test(market_conditions, tick_that_came_after_the_glance_at_the_clock_has_no_age)
{
  world_say(&world, a, "GBPUSD", 13284, 13286);
  world.now.mono.ns -= 5 * MS;
  cr_expect_eq(conditions_of("GBP", "USD").age_percent, 0);
}

Test(market_conditions, calendar_is_taken_as_given)
{
  world_say(&world, a, "GBPUSD", 13284, 13286);
  rl_snapshot snapshot;
  cr_assert_eq(world_snapshot(&world, "GBP", "USD", &snapshot), RL_REFUSAL_NONE);
  cr_expect(rl_snapshot_conditions(&snapshot, world.now.mono, true).closed);
  cr_expect_not(rl_snapshot_conditions(&snapshot, world.now.mono, false).closed);
}

/* Legs as a record may hold them. */
static rl_snapshot legs_of(unsigned count, uint32_t volatility_ppm)
{
  rl_snapshot snapshot;
  memset(&snapshot, 0, sizeof snapshot);
  snapshot.leg_count = count;
  for (unsigned i = 0; i < count; i++) {
    snapshot.legs[i].composite.tick_count = 1;
    snapshot.legs[i].composite.volatility_ppm = volatility_ppm;
  }
  return snapshot;
}

Test(market_conditions, volatility_is_the_sum_of_the_legs)
{
  rl_snapshot legs = legs_of(3, 6100);
  legs.legs[1].composite.volatility_ppm = 0;
  cr_expect_eq(rl_snapshot_conditions(&legs, (rl_mono){0}, false).volatility_ppm, 12200);
  legs = legs_of(3, RL_VOLATILITY_MAX_PPM);
  cr_expect_eq(rl_snapshot_conditions(&legs, (rl_mono){0}, false).volatility_ppm, 120000000);
}

Test(market_conditions, volatility_is_unknown_with_one_leg_of_which_it_is_unknown)
{
  rl_snapshot legs = legs_of(3, 6100);
  legs.legs[0].composite.volatility_ppm = RL_VOLATILITY_UNKNOWN;
  cr_expect_eq(rl_snapshot_conditions(&legs, (rl_mono){0}, false).volatility_ppm,
               RL_VOLATILITY_UNKNOWN);
  legs = legs_of(2, RL_VOLATILITY_UNKNOWN - 1);
  cr_expect_eq(rl_snapshot_conditions(&legs, (rl_mono){0}, false).volatility_ppm,
               RL_VOLATILITY_UNKNOWN, "beyond what a market writes");
}

Test(market_conditions, absurd_records_give_bounded_conditions)
{
  rl_snapshot legs = legs_of(1, 0);
  legs.legs[0].composite.ticks[0].arrival_mono_ns = INT64_MIN;
  legs.legs[0].composite.max_age_ms = UINT32_MAX;
  cr_expect_eq(rl_snapshot_conditions(&legs, (rl_mono){INT64_MAX}, false).age_percent, 100);
  legs.legs[0].composite.ticks[0].arrival_mono_ns = 0;
  legs.legs[0].composite.max_age_ms = 0;
  cr_expect_eq(rl_snapshot_conditions(&legs, (rl_mono){1}, false).age_percent, 100);
  legs.legs[0].composite.tick_count = 0;
  rl_conditions none = rl_snapshot_conditions(&legs, (rl_mono){1}, false);
  cr_expect_eq(none.age_percent, 100);
  cr_expect_eq(none.fewest_sources, 0);
}
