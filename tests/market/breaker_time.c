/* A price that time alone moved, by taking votes out of it, too far from the fixing (K4): the
 * reader judges it by the band that was published with the board (engine/market/breaker.h). Of
 * moves within the window breaker.c has the test. */
#include "market/world.h"

#include <criterion/criterion.h>

#define MS RL_NS_PER_MS
#define DAY_MS 86400000ll /* for which levels count; the window is a minute */

static rl_world world;
static rl_source a, b, c, fixing;
static const char pair[] = "GBPUSD";

static void open_world(void)
{
  world = world_of("order GBP USD\n"
                   "pair GBP USD scale=4 max_age_ms=86400000 jump_ppm=1000000 breaker_ppm=0 "
                   "reference_ppm=100000\n");
  a = world_live(&world, "a");
  b = world_live(&world, "b");
  c = world_live(&world, "c");
  fixing = world_reference(&world, "fixing");
  world_say(&world, fixing, pair, 10000, 10000);
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_breaker_time, .init = open_world, .fini = close_world);

static rl_trip_reason why(void)
{
  rl_pair_halt halt;
  rl_market_pair_halt(world.market, world_pair(&world, pair), &halt);
  return halt.trip.why;
}

Test(market_breaker_time, price_that_time_moved_too_far_from_the_fixing_is_none)
{
  world_say(&world, a, pair, 10000, 10000);
  world_say(&world, b, pair, 10000, 10000);
  world_wait_ns(&world, 1000 * MS);
  world_say(&world, c, pair, 11000, 11001);
  world_expect(&world, pair, 10000, 10000);
  world_wait_ns(&world, (DAY_MS - 1000) * MS); /* c is left alone, half a unit beyond */
  cr_expect_eq(world_refusal(&world, pair), RL_REFUSAL_PAIR_HALTED);
  world_say(&world, c, pair, 11000, 11001);
  cr_expect_eq(why(), RL_TRIP_REFERENCE);
}

Test(market_breaker_time, price_that_time_moved_to_the_reference_limit_is_one)
{
  world_say(&world, a, pair, 10000, 10000);
  world_say(&world, b, pair, 10000, 10000);
  world_wait_ns(&world, 1000 * MS);
  world_say(&world, c, pair, 9000, 9000);
  world_wait_ns(&world, (DAY_MS - 1000) * MS);
  world_expect(&world, pair, 9000, 9000);
}

Test(market_breaker_time, price_that_time_moved_is_measured_from_the_level_that_was_let_through)
{
  world_say(&world, a, pair, 12000, 12000);
  cr_expect_eq(why(), RL_TRIP_REFERENCE);
  rl_market_resume(world.market, world_pair(&world, pair));
  world_say(&world, a, pair, 12000, 12000);
  world_say(&world, b, pair, 12000, 12000);
  world_wait_ns(&world, 1000 * MS);
  world_say(&world, c, pair, 13200, 13200);
  world_wait_ns(&world, (DAY_MS - 1000) * MS);
  world_expect(&world, pair, 13200, 13200);
}
