/* Realised volatility against random walks of known volatility and against the published
 * estimator over the whole history, in floating point. Seeds are fixed: the tolerances are
 * statistical. */
#include "market/volatility.h"

#include "market/world.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <math.h>

#define SECOND 1000000000ll
#define DAY 86400.0L
#define HALF_LIFE 600.0L
#define HISTORY_MAX 20000

/* A walk, and all its returns since its last gap. */
typedef struct walk {
  rl_random dice;
  long double mid;
  long double sigma; /* ppm per square root of a day */
  int64_t now_ns;
  rl_volatility state;
  unsigned count;
  long double returns[HISTORY_MAX];
  long double lasted[HISTORY_MAX]; /* seconds */
} walk;

static walk walk_of(uint64_t seed, long double sigma)
{
  return (walk){.dice = rl_random_from(seed), .mid = 1.5e9L, .sigma = sigma, .now_ns = 12345};
}

/* Twelve uniform numbers less six: mean 0, variance 1. */
static long double normal(rl_random *dice)
{
  long double sum = -6;
  for (unsigned i = 0; i < 12; i++)
    sum += (long double)(rl_random_next(dice) >> 11) / 9007199254740992.0L;
  return sum;
}

static void note(walk *it)
{
  rl_volatility_note(&it->state, (uint32_t)llroundl(it->mid), (rl_mono){it->now_ns});
}

/* The price moves by this factor over this time, and is sampled. */
static void move(walk *it, int64_t ns, long double by)
{
  it->now_ns += ns;
  it->mid *= 1 + by;
  it->returns[it->count] = fabsl(by);
  it->lasted[it->count++] = ns / 1e9L;
  note(it);
}

static void step(walk *it, int64_t ns)
{
  move(it, ns, it->sigma * 1e-6L * sqrtl(ns / 1e9L / DAY) * normal(&it->dice));
}

static void run(walk *it, unsigned seconds)
{
  if (it->count == 0)
    note(it);
  for (unsigned i = 0; i < seconds; i++)
    step(it, SECOND);
}

static uint32_t ppm_of(const walk *it)
{
  int64_t until_ns;
  return rl_volatility_ppm(&it->state, &until_ns);
}

typedef enum published { BIPOWER, REALISED } published;

/* By definition: each term with the weight of its age. */
static long double history_says(const walk *it, published which)
{
  long double sum = 0, time = 0, age = 0;
  for (unsigned i = it->count - 1; i > 0; i--) {
    long double weight = exp2l(-age / HALF_LIFE);
    bool bipower = which == BIPOWER;
    sum += weight * it->returns[i] * it->returns[bipower ? i - 1 : i];
    time += weight * sqrtl(it->lasted[i] * it->lasted[bipower ? i - 1 : i]);
    age += it->lasted[i];
  }
  return 1e6L * sqrtl((which == BIPOWER ? acosl(-1) / 2 : 1) * sum / time * DAY);
}

#define EXPECT_WITHIN(got, expected, percent)                                             \
  do {                                                                                    \
    long double got_ = (got), expected_ = (expected);                                     \
    cr_expect(fabsl(got_ - expected_) <= expected_ * (percent) / 100, "%.1Lf, not %.1Lf", \
              got_, expected_);                                                           \
  } while (0)

/* --- random walks --- */

static const long double sigmas[] = {200, 1000, 3000, 6000, 20000, 100000, 1000000};
#define SIGMA_COUNT (sizeof sigmas / sizeof *sigmas)

Test(market_volatility, walk_by_the_second_shows_its_volatility)
{
  for (size_t i = 0; i < SIGMA_COUNT; i++) {
    walk it = walk_of(i + 1, sigmas[i]);
    run(&it, 2 * 3600);
    EXPECT_WITHIN(ppm_of(&it), sigmas[i], 7);
    EXPECT_WITHIN(ppm_of(&it), history_says(&it, BIPOWER), 0.5L);
  }
}

Test(market_volatility, mean_over_many_walks_is_unbiased)
{
  long double sum = 0;
  for (uint64_t seed = 1; seed <= 100; seed++) {
    walk it = walk_of(seed, 5000);
    run(&it, 3600);
    sum += ppm_of(&it);
  }
  EXPECT_WITHIN(sum / 100, 5000, 1);
}

Test(market_volatility, walk_that_ticks_at_odd_times_shows_it_too)
{
  for (size_t i = 0; i < SIGMA_COUNT; i++) {
    walk it = walk_of(i + 100, sigmas[i]);
    note(&it);
    while (it.now_ns < 3 * 3600 * SECOND)
      step(&it, rl_random_between(&it.dice, SECOND, 9 * SECOND));
    EXPECT_WITHIN(ppm_of(&it), sigmas[i], 15);
    EXPECT_WITHIN(ppm_of(&it), history_says(&it, BIPOWER), 1);
  }
}

/* What comes within a second of a sample is not looked at, so it cannot count twice. */
Test(market_volatility, ticks_within_a_second_change_nothing)
{
  walk slow = walk_of(7, 5000), fast = walk_of(7, 5000);
  run(&slow, 600);
  note(&fast);
  for (unsigned i = 0; i < 600; i++) {
    step(&fast, SECOND);
    for (unsigned k = 1; k < 10; k++)
      rl_volatility_note(&fast.state, 1000 * k, (rl_mono){fast.now_ns + k * SECOND / 10});
    rl_volatility_note(&fast.state, 1, (rl_mono){fast.now_ns + SECOND - 1000});
  }
  cr_expect_eq(ppm_of(&slow), ppm_of(&fast));
}

/* A second's standard deviation is 1.3 units of the quotes, and then 0.65. */
Test(market_volatility, rounded_quotes_of_a_quiet_market_stay_near)
{
  for (unsigned i = 0; i < 2; i++) {
    walk it = walk_of(i + 1, 3000);
    it.mid = i == 0 ? 125000 : 62500;
    run(&it, 2 * 3600);
    EXPECT_WITHIN(ppm_of(&it), 3000, i == 0 ? 8 : 20);
  }
}

/* --- jumps --- */

Test(market_volatility, one_jump_of_five_percent_hardly_counts)
{
  walk it = walk_of(3, 3000);
  run(&it, 3600);
  uint32_t before = ppm_of(&it);
  move(&it, SECOND, 0.05L);
  run(&it, 2);
  EXPECT_WITHIN(ppm_of(&it), before, 2);
  cr_expect_gt(history_says(&it, BIPOWER), 3 * before, "without a cap");
  cr_expect_gt(history_says(&it, REALISED), 100 * before, "squared");
}

Test(market_volatility, spike_of_one_sample_hardly_counts)
{
  walk it = walk_of(4, 3000);
  run(&it, 3600);
  uint32_t before = ppm_of(&it);
  move(&it, SECOND, 0.05L);
  move(&it, SECOND, -0.05L / 1.05L);
  run(&it, 2);
  EXPECT_WITHIN(ppm_of(&it), before, 5);
  cr_expect_gt(history_says(&it, BIPOWER), 100 * before);
}

Test(market_volatility, true_rise_is_followed)
{
  walk it = walk_of(5, 1000);
  run(&it, 3600);
  it.sigma = 30000;
  run(&it, 300);
  cr_expect_gt(ppm_of(&it), 10000, "%u", ppm_of(&it));
  run(&it, 3600);
  EXPECT_WITHIN(ppm_of(&it), 30000, 8);
  it.sigma = 1000;
  run(&it, 3 * 3600);
  EXPECT_WITHIN(ppm_of(&it), 1000, 8);
}

/* --- still markets --- */

Test(market_volatility, constant_price_has_none)
{
  walk it = walk_of(6, 0);
  run(&it, 3600);
  cr_expect_eq(ppm_of(&it), 0);
  it.sigma = 3000;
  run(&it, 3600);
  EXPECT_WITHIN(ppm_of(&it), 3000, 8);
}

Test(market_volatility, wildest_prices_stay_within_the_bound)
{
  walk it = walk_of(8, 0);
  note(&it);
  uint32_t highest = 0;
  for (unsigned i = 0; i < 5000; i++) {
    uint32_t mid = (uint32_t)rl_random_magnitude(&it.dice, 1999999998);
    it.now_ns += rl_random_between(&it.dice, 1, 4) == 1 ? 60 * SECOND : SECOND;
    rl_volatility_note(&it.state, i % 2 ? 1999999998 : mid, (rl_mono){it.now_ns});
    if (ppm_of(&it) != RL_VOLATILITY_UNKNOWN && ppm_of(&it) > highest)
      highest = ppm_of(&it);
  }
  for (unsigned i = 0; i < 5000; i++) {
    it.now_ns += SECOND;
    rl_volatility_note(&it.state, i % 2 ? 1999999998 : 1, (rl_mono){it.now_ns});
  }
  cr_expect_leq(highest, RL_VOLATILITY_MAX_PPM);
  cr_expect_gt(ppm_of(&it), 36000000, "10 %% a second");
  cr_expect_leq(ppm_of(&it), RL_VOLATILITY_MAX_PPM);
}

/* --- when it is known --- */

Test(market_volatility, unknown_until_sixty_products)
{
  walk it = walk_of(9, 3000);
  run(&it, 60); /* 61 samples: 60 returns, 59 products */
  cr_expect_eq(ppm_of(&it), RL_VOLATILITY_UNKNOWN);
  step(&it, SECOND - 1000);
  cr_expect_eq(ppm_of(&it), RL_VOLATILITY_UNKNOWN, "not a second after the last");
  step(&it, 1000);
  cr_expect_neq(ppm_of(&it), RL_VOLATILITY_UNKNOWN);
}

Test(market_volatility, gap_is_no_return)
{
  walk it = walk_of(10, 3000);
  run(&it, 3600);
  uint32_t before = ppm_of(&it);
  move(&it, 60 * SECOND + 1000, 0.03L);
  cr_expect_eq(ppm_of(&it), before);
  move(&it, SECOND, 0.0001L); /* the first return after the gap has none before it */
  cr_expect_eq(ppm_of(&it), before);
  step(&it, SECOND);
  cr_expect_neq(ppm_of(&it), before);
  EXPECT_WITHIN(ppm_of(&it), before, 1);
}

Test(market_volatility, minute_without_a_price_is_one_return_of_a_minute)
{
  walk it = walk_of(11, 3000);
  run(&it, 3600);
  step(&it, 60 * SECOND);
  step(&it, SECOND);
  EXPECT_WITHIN(ppm_of(&it), history_says(&it, BIPOWER), 0.5L);
}

Test(market_volatility, ten_minutes_of_silence_forget_all)
{
  walk it = walk_of(12, 3000);
  run(&it, 3600);
  int64_t until_ns;
  uint32_t before = rl_volatility_ppm(&it.state, &until_ns);
  cr_expect_eq(until_ns, it.now_ns + 600 * SECOND);
  walk later = it;
  move(&later, 600 * SECOND - 1000, 0);
  cr_expect_eq(ppm_of(&later), before);
  move(&it, 600 * SECOND, 0);
  cr_expect_eq(ppm_of(&it), RL_VOLATILITY_UNKNOWN);
  run(&it, 60);
  cr_expect_eq(ppm_of(&it), RL_VOLATILITY_UNKNOWN);
  run(&it, 1);
  cr_expect_neq(ppm_of(&it), RL_VOLATILITY_UNKNOWN);
}

/* Returns a second long, but each behind a gap, so that none is adjacent to another. */
Test(market_volatility, prices_too_rare_for_it_do_not_keep_an_old_one_alive)
{
  walk it = walk_of(13, 3000);
  run(&it, 3600);
  uint32_t before = ppm_of(&it);
  for (unsigned i = 0; i < 9; i++) {
    step(&it, 65 * SECOND);
    step(&it, SECOND);
  }
  int64_t until_ns;
  cr_expect_eq(rl_volatility_ppm(&it.state, &until_ns), before);
  cr_expect_eq(until_ns, it.now_ns + 6 * SECOND);
  move(&it, 6 * SECOND, 0);
  cr_expect_eq(ppm_of(&it), RL_VOLATILITY_UNKNOWN);
}

/* --- on the board --- */

static rl_world world;
static rl_source a, b;

static void open_world(void)
{
  world = world_of("pair EUR USD scale=6 max_age_ms=86400000 min_sources=2\n");
  a = world_live(&world, "a");
  b = world_live(&world, "b");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_volatility_board, .init = open_world, .fini = close_world);

/* Both sources move the mid by 100 ppm up and down each second; the sample is when both did. */
static void swing(unsigned seconds)
{
  for (unsigned i = 0; i < seconds; i++) {
    world_wait_ns(&world, SECOND / 2);
    uint32_t mid = 1000000 + (i % 2) * 100;
    world_say(&world, a, "EURUSD", mid - 2, mid + 2);
    world_wait_ns(&world, SECOND / 2);
    world_say(&world, b, "EURUSD", mid - 2, mid + 2);
  }
}

static uint32_t ppm_now(void)
{
  return world_composite(&world, "EURUSD").volatility_ppm;
}

Test(market_volatility_board, composite_carries_it)
{
  cr_expect_eq(ppm_now(), RL_VOLATILITY_UNKNOWN, "nobody spoke");
  swing(3600);
  /* Each return is 100 ppm, where a walk's mean is sqrt(2 / pi) of its deviation. */
  EXPECT_WITHIN(ppm_now(), 100 * sqrtl(DAY * acosl(-1) / 2), 1);
  rl_snapshot snapshot;
  cr_assert_eq(world_snapshot(&world, "USD", "EUR", &snapshot), RL_REFUSAL_NONE);
  cr_expect_eq(snapshot.conditions.volatility_ppm, ppm_now());
}

Test(market_volatility_board, reader_judges_when_it_is_over)
{
  swing(100);
  uint32_t known = ppm_now();
  cr_expect_neq(known, RL_VOLATILITY_UNKNOWN);
  world_wait_ns(&world, 600 * SECOND - 1);
  cr_expect_eq(ppm_now(), known);
  world_wait_ns(&world, 1);
  cr_expect_eq(ppm_now(), RL_VOLATILITY_UNKNOWN);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_NONE, "the price is still fresh");
}

Test(market_volatility_board, what_has_no_price_is_no_sample)
{
  swing(100);
  uint32_t known = ppm_now();
  for (unsigned i = 0; i < 50; i++) {
    world_wait_ns(&world, SECOND);
    world_say(&world, a, "EURUSD", 1010000 + i, 1010004 + i); /* b says something else */
    cr_assert_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_SOURCES_DISAGREE);
  }
  cr_expect_eq(ppm_now(), known);
}
