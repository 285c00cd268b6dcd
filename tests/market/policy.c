/* The policies `best` and `primary` on worked examples and at their edges, and how a pair's list of
 * sources orders its board. Results of pure composites are in half units. */
#include "market/books.h"
#include "market/world.h"

#define MS RL_NS_PER_MS

/* --- best --- */

static const rl_pair_spec best = {.min_sources = 1, .policy = RL_POLICY_BEST};

#define BEST(...) COMPOSITE_OF(&best, __VA_ARGS__)

Test(market_policy, best_takes_the_highest_bid_and_the_lowest_ask)
{
  EXPECT_PRICES(BEST({20000, 20008}, {20003, 20010}, {19999, 20006}), 40006, 40009, 40012);
  EXPECT_PRICES(BEST({20000, 20003}), 40000, 40003, 40006);
}

Test(market_policy, best_prices_that_cross_are_withdrawn)
{
  EXPECT_PRICES(BEST({20000, 20004}, {20003, 20007}), 40006, 40007, 40008);
  EXPECT_PRICES(BEST({20000, 20004}, {20004, 20008}), 40008, 40008, 40008);
  rl_composite crossed = BEST({20000, 20004}, {20005, 20009});
  cr_expect_eq(crossed.refusal, RL_REFUSAL_COMPOSITE_CROSSED);
  cr_expect_eq(crossed.bid_half, 0);
  cr_expect_eq(crossed.mid_half, 0);
  cr_expect_eq(crossed.ask_half, 0);
  cr_expect_eq(crossed.tick_count, 2);
}

Test(market_policy, best_leaves_an_outlier_out_before_it_looks)
{
  /* H = 4, M = 40004: reach 12; the third's mid 40017 is beyond it, 40016 is not */
  EXPECT_PRICES(BEST({20000, 20004}, {20000, 20004}, {20003, 20014}), 40000, 40004, 40008);
  EXPECT_PRICES(BEST({20000, 20004}, {20000, 20004}, {20003, 20013}), 40006, 40007, 40008);
  cr_expect_eq(BEST({100, 104}, {120, 124}).refusal, RL_REFUSAL_SOURCES_DISAGREE);
}

Test(market_policy, best_spread_is_widened_around_its_mid)
{
  rl_pair_spec wide = best;
  wide.min_half_spread = 3;
  EXPECT_PRICES(composite_of(&wide, (book[]){{20000, 20004}, {20003, 20007}}, 2), 40004, 40007,
                40010);
  EXPECT_PRICES(composite_of(&wide, (book[]){{20000, 20004}, {20004, 20008}}, 2), 40005, 40008,
                40011);
}

Test(market_policy, best_needs_its_least_number_of_sources)
{
  rl_pair_spec two = best;
  two.min_sources = 2;
  book one = {20000, 20004};
  cr_expect_eq(composite_of(&two, &one, 1).refusal, RL_REFUSAL_TOO_FEW_SOURCES);
  cr_expect_eq(composite_of(&two, &one, 0).refusal, RL_REFUSAL_NO_RATE);
}

/* --- primary --- */

Test(market_policy, primary_is_the_first_tick_whatever_the_others_say)
{
  rl_pair_spec spec = {.min_sources = 2, .policy = RL_POLICY_PRIMARY};
  book books[] = {{100, 103}, {900, 901}};
  EXPECT_PRICES(composite_of(&spec, books, 2), 200, 203, 206);
  cr_expect_eq(composite_of(&spec, books, 1).refusal, RL_REFUSAL_TOO_FEW_SOURCES);
  spec.min_half_spread = 4;
  EXPECT_PRICES(composite_of(&spec, books, 2), 199, 203, 207);
  rl_composite_steps steps = rl_composite_work(&(rl_composite){
    .policy = RL_POLICY_PRIMARY, .tick_count = 2, .ticks = {{.bid = 7, .ask = 7}}});
  cr_expect(steps.agreed);
  cr_expect_eq(steps.kept, 1);
  cr_expect_eq(steps.made.mid, 14);
}

static const char universe_text[] =
  "pair EUR USD scale=5 max_age_ms=1000 policy=primary primary=ebs,reuters,third breaker_ppm=0\n"
  "pair EUR JPY scale=3 max_age_ms=1000 policy=primary primary=third,ebs min_sources=2\n"
  "pair GBP USD scale=5 max_age_ms=1000\n";

static rl_world world;

static void start(void)
{
  world = world_of(universe_text);
}

static void stop(void)
{
  world_end(&world);
}

TestSuite(market_primary, .init = start, .fini = stop);

Test(market_primary, first_fresh_source_of_the_list_is_the_price)
{
  rl_source third = world_live(&world, "third");
  rl_source reuters = world_live(&world, "reuters");
  rl_source ebs = world_live(&world, "ebs");
  world_say(&world, third, "EURUSD", 112530, 112540);
  world_expect(&world, "EURUSD", 112530, 112540);
  world_say(&world, reuters, "EURUSD", 112520, 112530);
  world_expect(&world, "EURUSD", 112520, 112530);
  world_wait_ns(&world, 500 * MS);
  world_say(&world, third, "EURUSD", 112531, 112541);
  world_say(&world, ebs, "EURUSD", 112510, 112520);
  world_expect(&world, "EURUSD", 112510, 112520);
  rl_composite all = world_composite(&world, "EURUSD");
  cr_assert_eq(all.tick_count, 3);
  cr_expect_eq(all.ticks[0].source.index, ebs.index);
  cr_expect_eq(all.ticks[1].source.index, reuters.index);
  cr_expect_eq(all.ticks[2].source.index, third.index);
}

Test(market_primary, next_of_the_list_takes_over_when_the_first_grows_old)
{
  rl_source ebs = world_live(&world, "ebs");
  rl_source third = world_live(&world, "third");
  world_say(&world, ebs, "EURUSD", 112510, 112520);
  world_wait_ns(&world, 1);
  world_say(&world, third, "EURUSD", 112530, 112540);
  world_wait_ns(&world, 1000 * MS - 2);
  world_expect(&world, "EURUSD", 112510, 112520);
  world_wait_ns(&world, 1);
  world_expect(&world, "EURUSD", 112530, 112540);
  world_wait_ns(&world, 1);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_STALE_RATE);
}

Test(market_primary, source_that_is_not_listed_does_not_vote_but_confirms_a_jump)
{
  rl_source ebs = world_live(&world, "ebs");
  rl_source other = world_live(&world, "other");
  world_say(&world, other, "EURUSD", 112500, 112510);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
  world_say(&world, ebs, "EURUSD", 112510, 112520);
  cr_expect_eq(world_composite(&world, "EURUSD").tick_count, 1);
  cr_expect_eq(world_say(&world, ebs, "EURUSD", 122510, 122520), RL_TICK_JUMP);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
  world_say(&world, other, "EURUSD", 122500, 122510);
  world_expect(&world, "EURUSD", 122510, 122520);
}

Test(market_primary, least_number_of_sources_counts_fresh_ones_of_the_list)
{
  rl_source ebs = world_live(&world, "ebs");
  rl_source reuters = world_live(&world, "reuters");
  rl_source third = world_live(&world, "third");
  world_say(&world, ebs, "EURJPY", 163370, 163390);
  world_say(&world, reuters, "EURJPY", 163371, 163391);
  cr_expect_eq(world_refusal(&world, "EURJPY"), RL_REFUSAL_TOO_FEW_SOURCES);
  world_say(&world, third, "EURJPY", 163372, 163392);
  world_expect(&world, "EURJPY", 163372, 163392);
}

Test(market_primary, other_pairs_ask_all_their_sources)
{
  rl_source other = world_live(&world, "other");
  world_say(&world, other, "GBPUSD", 132840, 132850);
  world_expect(&world, "GBPUSD", 132840, 132850);
}
