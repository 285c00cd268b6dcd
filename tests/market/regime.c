/* A change of regime gets through (K2): the Swiss franc of 15 January 2015, which fell from 1.2010
 * to about 0.8500 for a euro within minutes, far beyond any limit on a jump. Venues leave one after
 * another, some fall silent, some lie. Neither the intake nor the composite keeps an honest source
 * out once several agree. The halt that comes before is the breaker's, and off here. */
#include "market/composite.h"
#include "market/world.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define MS RL_NS_PER_MS
#define RULES "scale=4 max_age_ms=5000 jump_ppm=20000 breaker_ppm=0"

static rl_world world;

static void stop(void)
{
  world_end(&world);
}

/* Says a book of mid `mid`, as wide as they were then. */
static rl_verdict say(rl_source source, uint32_t mid)
{
  return world_say(&world, source, "EURCHF", mid - 15, mid + 15);
}

static void expect_near(uint32_t mid, uint32_t off)
{
  rl_composite composite = world_composite(&world, "EURCHF");
  cr_assert_eq(composite.refusal, RL_REFUSAL_NONE, "%s", rl_refusal_name(composite.refusal));
  cr_expect_leq(abs((int)composite.mid_half - (int)(2 * mid)), 2 * (int)off, "mid %u/2",
                composite.mid_half);
}

TestSuite(market_regime, .fini = stop);

/* Five venues at the peg; two leave, two fall silent, the last keeps saying what was. */
static void leave_the_peg(const char *policy, rl_source venues[5])
{
  char universe[128];
  snprintf(universe, sizeof universe, "order EUR CHF\npair EUR CHF " RULES " %s\n", policy);
  world = world_of(universe);
  static const char *const names[] = {"a", "b", "c", "d", "e"};
  for (unsigned i = 0; i < 5; i++)
    venues[i] = world_live(&world, names[i]);
  for (unsigned i = 0; i < 5; i++)
    cr_assert_eq(say(venues[i], 12010), RL_TICK_GOOD);
  expect_near(12010, 0);
  world_wait_ns(&world, 1000 * MS);
  cr_expect_eq(say(venues[0], 8500), RL_TICK_JUMP, "nobody confirms it yet");
  world_wait_ns(&world, 1000 * MS);
  cr_expect_eq(say(venues[1], 8520), RL_TICK_GOOD, "confirmed by the first, who is out");
}

Test(market_regime, consensus_follows_when_most_have_left)
{
  rl_source v[5];
  leave_the_peg("", v);
  cr_expect_eq(world_composite(&world, "EURCHF").tick_count, 5, "the first is back");
  expect_near(12010, 0); /* three of five */
  say(v[4], 12010);
  world_wait_ns(&world, 2500 * MS);
  cr_expect_eq(say(v[0], 8510), RL_TICK_GOOD);
  say(v[4], 12010);
  cr_expect_eq(world_refusal(&world, "EURCHF"), RL_REFUSAL_NONE);
  world_wait_ns(&world, 1000 * MS); /* the two who are silent are too old now */
  expect_near(8515, 10);
  cr_expect_eq(world_composite(&world, "EURCHF").tick_count, 3);
  cr_expect_eq(say(v[2], 8490), RL_TICK_GOOD, "back from silence, in the new regime");
  expect_near(8505, 15);
}

Test(market_regime, best_follows_when_most_have_left)
{
  rl_source v[5];
  leave_the_peg("policy=best", v);
  expect_near(12010, 0);
  cr_expect_eq(say(v[2], 8521), RL_TICK_GOOD);
  expect_near(8510, 5);
  say(v[3], 8543);
  cr_expect_eq(world_refusal(&world, "EURCHF"), RL_REFUSAL_COMPOSITE_CROSSED);
  say(v[0], 8524);
  say(v[1], 8524);
  say(v[2], 8524);
  expect_near(8533, 1);
}

Test(market_regime, primary_follows_as_soon_as_its_first_is_confirmed)
{
  rl_source v[5];
  leave_the_peg("policy=primary primary=a,e", v);
  expect_near(8500, 0);
}

/* --- any way down --- */

enum { VENUES_MAX = 9, STEP_MS = 250, DOWN_STEPS = 480, SETTLE_STEPS = 60, WORLDS = 60 };

typedef enum manner { HONEST, STUCK, WILD, FAR_OFF } manner;

typedef struct venue {
  rl_source source;
  manner manner;
  unsigned leaves;         /* step at which it leaves the peg */
  unsigned silent, speaks; /* says nothing in between */
} venue;

/* A straight fall of sixty steps, with as much noise as there was, then two tenths of a per cent
 * about the new level. */
static uint32_t honest_mid(rl_random *dice, const venue *of, unsigned step)
{
  unsigned gone = step < of->leaves ? 0 : step - of->leaves;
  uint32_t fallen = gone >= 60 ? 3510 : 3510 * gone / 60;
  uint32_t noise = gone > 0 && gone < 60 ? 400 : 17;
  return 12010 - fallen + (uint32_t)rl_random_below(dice, noise);
}

static uint32_t mid_of(rl_random *dice, const venue *of, unsigned step)
{
  switch (of->manner) {
  case HONEST: return honest_mid(dice, of, step);
  case STUCK: return 12010;
  case WILD: return 5000 + (uint32_t)rl_random_below(dice, 20000);
  case FAR_OFF: return 2 * honest_mid(dice, of, step);
  }
  return 0;
}

static unsigned make_venues(rl_random *dice, venue *venues)
{
  static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
  unsigned count = 3 + (unsigned)rl_random_below(dice, VENUES_MAX - 2);
  unsigned liars = (unsigned)rl_random_below(dice, (count + 1) / 2);
  for (unsigned i = 0; i < count; i++) {
    unsigned silent = (unsigned)rl_random_below(dice, DOWN_STEPS - 100);
    venues[i] = (venue){
      .source = world_live(&world, names[i]),
      .manner = i < liars ? STUCK + (manner)rl_random_below(dice, 3) : HONEST,
      .leaves = 10 + (unsigned)rl_random_below(dice, DOWN_STEPS / 2),
      .silent = silent,
      .speaks = silent + (unsigned)rl_random_below(dice, 100),
    };
  }
  return count;
}

static void live_through(rl_random *dice, const venue *venues, unsigned count)
{
  for (unsigned step = 0; step < DOWN_STEPS + SETTLE_STEPS; step++) {
    world_wait_ns(&world, STEP_MS * MS);
    for (unsigned i = 0; i < count; i++) {
      bool speaks = step < venues[i].silent || step >= venues[i].speaks;
      if (speaks && rl_random_below(dice, 3) > 0)
        say(venues[i].source, mid_of(dice, &venues[i], step));
    }
  }
}

Test(market_regime, nobody_honest_is_left_behind_on_any_way_down)
{
  rl_random dice = rl_random_from(rl_test_seed("regime"));
  for (unsigned i = 0; i < WORLDS; i++) {
    venue venues[VENUES_MAX];
    if (i > 0)
      world_end(&world);
    world = world_of("order EUR CHF\npair EUR CHF " RULES "\n");
    unsigned count = make_venues(&dice, venues);
    live_through(&dice, venues, count);
    for (unsigned k = 0; k < count; k++) {
      if (venues[k].manner == HONEST)
        cr_assert(world_stats(&world, venues[k].source, "EURCHF").votes, "world %u, venue %u", i,
                  k);
    }
    expect_near(8508, 25);
  }
}
