/* How often a source is the outlier of a pair's composites (K1, K2). */
#include "market/outliers.h"

#include "market/world.h"

#include <criterion/criterion.h>
#include <math.h>

static rl_world world;
static rl_source a, b, c;

static void open_world(void)
{
  world = world_of("pair EUR USD scale=4 min_sources=3\n"
                   "pair GBP USD scale=4\n"
                   "pair AUD USD scale=4 policy=best\n"
                   "pair NZD USD scale=4 policy=primary primary=c,a,b\n");
  a = world_live(&world, "a");
  b = world_live(&world, "b");
  c = world_live(&world, "c");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_outliers, .init = open_world, .fini = close_world);

static void say(rl_source source, const char *pair, uint32_t mid)
{
  world_wait_ns(&world, RL_NS_PER_MS);
  world_say(&world, source, pair, mid - 1, mid + 1);
}

static void expect_counted(rl_source source, const char *pair, uint64_t outliers,
                           uint64_t composites)
{
  rl_source_pair_stats stats = world_stats(&world, source, pair);
  cr_expect_eq(stats.outliers, outliers, "%lu outliers", stats.outliers);
  cr_expect_eq(stats.composites, composites, "%lu composites", stats.composites);
}

Test(market_outliers, who_is_dropped_is_counted_and_who_stays_is_not)
{
  static const char *const pairs[] = {"GBPUSD", "AUDUSD"};
  for (unsigned i = 0; i < 2; i++) {
    say(a, pairs[i], 10000);
    say(b, pairs[i], 10001);
    say(c, pairs[i], 10050);
    say(a, pairs[i], 10000);
    say(c, pairs[i], 10001);
    expect_counted(a, pairs[i], 0, 3);
    expect_counted(b, pairs[i], 0, 3);
    expect_counted(c, pairs[i], 2, 3);
    cr_expect_eq(world_stats(&world, c, pairs[i]).outlier_ppm, 666667);
    cr_expect_eq(world_stats(&world, a, pairs[i]).outlier_ppm, 0);
  }
}

Test(market_outliers, of_two_sources_nobody_is_one)
{
  say(a, "GBPUSD", 10000);
  say(b, "GBPUSD", 10001);
  say(b, "GBPUSD", 10050);
  expect_counted(a, "GBPUSD", 0, 0);
  expect_counted(b, "GBPUSD", 0, 0);
}

Test(market_outliers, composite_without_a_price_counts_for_nobody)
{
  say(a, "GBPUSD", 10000);
  say(b, "GBPUSD", 10050);
  say(c, "GBPUSD", 10100);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_SOURCES_DISAGREE);
  expect_counted(b, "GBPUSD", 0, 0);
}

Test(market_outliers, list_of_primaries_has_none)
{
  say(a, "NZDUSD", 10000);
  say(b, "NZDUSD", 10001);
  say(c, "NZDUSD", 10050);
  expect_counted(a, "NZDUSD", 0, 0);
  expect_counted(c, "NZDUSD", 0, 0);
}

Test(market_outliers, source_that_does_not_vote_is_in_no_composite)
{
  say(a, "GBPUSD", 10000);
  say(b, "GBPUSD", 10001);
  say(c, "GBPUSD", 10001);
  world_withdraw(&world, c, "GBPUSD");
  say(a, "GBPUSD", 10000);
  expect_counted(a, "GBPUSD", 0, 1);
  expect_counted(c, "GBPUSD", 0, 1);
}

Test(market_outliers, source_shows_the_worst_of_its_pairs_once_there_were_enough)
{
  rl_source_info info;
  static const char *const pairs[] = {"EURUSD", "GBPUSD", "AUDUSD"};
  for (unsigned i = 0; i < 3; i++) {
    say(a, pairs[i], 10000);
    say(b, pairs[i], 10001);
  }
  for (unsigned n = 1; n < RL_OUTLIER_COMPOSITES_MIN; n++) {
    say(c, "EURUSD", n % 2 ? 10001 : 10050);
    say(c, "GBPUSD", 10050);
    say(c, "AUDUSD", 10001);
    say(a, "EURUSD", 10000);
    say(a, "GBPUSD", 10000);
  }
  rl_market_source_info(world.market, a, &info);
  cr_expect_eq(info.outlier_ppm, 0);
  rl_market_source_info(world.market, c, &info);
  cr_expect_eq(info.outlier_ppm, 1000000);
  cr_expect_eq(info.outlier_pair.index, world_pair(&world, "GBPUSD").index);
}

Test(market_outliers, few_composites_mark_nobody)
{
  rl_source_info info;
  say(a, "GBPUSD", 10000);
  say(b, "GBPUSD", 10001);
  for (unsigned n = 1; n < RL_OUTLIER_COMPOSITES_MIN; n++)
    say(c, "GBPUSD", 10050);
  rl_market_source_info(world.market, c, &info);
  cr_expect_eq(info.outlier_ppm, 0);
  say(c, "GBPUSD", 10050);
  rl_market_source_info(world.market, c, &info);
  cr_expect_eq(info.outlier_ppm, 1000000);
}

/* --- the share --- */

Test(market_outliers, share_begins_as_the_exact_one)
{
  rl_outliers outliers = {0};
  cr_expect_eq(rl_outliers_ppm(&outliers), 0);
  for (unsigned n = 1, dropped = 0; n <= RL_OUTLIER_WINDOW; n++) {
    dropped += n % 3 == 0;
    rl_outliers_note(&outliers, n % 3 == 0);
    double exact = 1e6 * dropped / n;
    cr_expect(fabs(rl_outliers_ppm(&outliers) - exact) < 1.0, "%u of %u", dropped, n);
  }
}

Test(market_outliers, share_fades_as_its_closed_form)
{
  rl_outliers outliers = {0};
  for (unsigned n = 0; n < RL_OUTLIER_WINDOW; n++)
    rl_outliers_note(&outliers, true);
  cr_expect_eq(rl_outliers_ppm(&outliers), 1000000);
  for (unsigned n = 1; n <= 5000; n++) {
    rl_outliers_note(&outliers, false);
    double exact = 1e6 * pow(1.0 - 1.0 / RL_OUTLIER_WINDOW, n);
    cr_expect(fabs(rl_outliers_ppm(&outliers) - exact) < 2.0, "%u", n);
  }
  for (unsigned n = 0; n < 30000; n++)
    rl_outliers_note(&outliers, true);
  cr_expect_eq(rl_outliers_ppm(&outliers), 999999, "what is left is below one part");
}
