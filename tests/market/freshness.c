/* Rates age, crossed books are held (K1, K3): every bound to the nanosecond. */
#include "market/composite.h"
#include "market/world.h"

#include <criterion/criterion.h>
#include <string.h>

#define MS RL_NS_PER_MS

static rl_world world;
static rl_source a, b, c;

static void open_world(void)
{
  world = world_of("pair EUR USD scale=5 max_age_ms=1000 jump_ppm=20000\n"
                   "pair GBP USD scale=5 max_age_ms=1000 min_sources=2\n"
                   "pair AUD USD scale=5 max_age_ms=100 crossed_hold_ms=250\n"
                   "pair NZD USD scale=5 max_age_ms=1000 crossed_hold_ms=0\n"
                   "pair JPY USD scale=3 pip=2 max_age_ms=700 min_sources=2 min_half_spread=9\n");
  a = world_live(&world, "a");
  b = world_live(&world, "b");
  c = world_live(&world, "c");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_freshness, .init = open_world, .fini = close_world);

Test(market_freshness, pair_that_nobody_spoke_of_has_no_rate)
{
  rl_composite composite = world_composite(&world, "EURUSD");
  cr_expect_eq(composite.refusal, RL_REFUSAL_NO_RATE);
  cr_expect_eq(composite.tick_count, 0);
  cr_expect_eq(composite.version, 0);
  cr_expect_not(rl_market_ready(world.market, world.now.mono));
}

Test(market_freshness, rate_is_stale_at_the_nanosecond_of_its_bound)
{
  world_say(&world, a, "EURUSD", 112519, 112524);
  world_wait_ns(&world, 1000 * MS - 1);
  world_expect(&world, "EURUSD", 112519, 112524);
  cr_expect(rl_market_ready(world.market, world.now.mono));
  world_wait_ns(&world, 1);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_STALE_RATE);
  cr_expect_not(rl_market_ready(world.market, world.now.mono));
  world_wait_ns(&world, 86400000 * MS);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_STALE_RATE);
  world_say(&world, a, "EURUSD", 112519, 112524);
  world_expect(&world, "EURUSD", 112519, 112524);
}

Test(market_freshness, composite_says_until_when_it_is_fresh)
{
  world_say(&world, a, "EURUSD", 112519, 112524);
  int64_t first = world.now.mono.ns;
  world_wait_ns(&world, 300 * MS);
  world_say(&world, b, "EURUSD", 112519, 112526);
  rl_composite both = world_composite(&world, "EURUSD");
  cr_expect_eq(both.tick_count, 2);
  cr_expect_eq(both.made_mono_ns, world.now.mono.ns);
  cr_expect_eq(both.fresh_until_mono_ns, first + 1000 * MS);
  cr_expect_eq(both.version, 2);
  world_wait_ns(&world, 700 * MS);
  rl_composite rest = world_composite(&world, "EURUSD");
  cr_expect_eq(rest.tick_count, 1);
  cr_expect_eq(rest.ticks[0].source.index, b.index);
  cr_expect_eq(rest.made_mono_ns, world.now.mono.ns, "made by the reader");
  cr_expect_eq(rest.fresh_until_mono_ns, first + 1300 * MS);
  cr_expect_eq(rest.version, 2, "nobody wrote");
  world_expect(&world, "EURUSD", 112519, 112526);
}

Test(market_freshness, composite_is_made_again_from_what_it_carries)
{
  world_say(&world, a, "JPYUSD", 151230, 151232);
  world_say(&world, b, "JPYUSD", 151231, 151233);
  rl_composite read = world_composite(&world, "JPYUSD");
  cr_expect_eq(read.scale, 3);
  cr_expect_eq(read.pip_scale, 2);
  cr_expect_eq(read.min_sources, 2);
  cr_expect_eq(read.min_half_spread, 9);
  cr_expect_eq(read.max_age_ms, 700);
  cr_expect_eq(read.bid_half, 302454);
  cr_expect_eq(read.ask_half, 302472);
  rl_composite again = read;
  again.refusal = RL_REFUSAL_STALE_RATE;
  again.bid_half = again.mid_half = again.ask_half = 0;
  rl_composite_price(&again);
  cr_expect_eq(memcmp(&again, &read, sizeof again), 0);
  again.tick_count = 1;
  rl_composite_price(&again);
  cr_expect_eq(again.refusal, RL_REFUSAL_TOO_FEW_SOURCES);
}

Test(market_freshness, each_source_ages_on_its_own)
{
  world_say(&world, a, "EURUSD", 112500, 112510);
  world_wait_ns(&world, 1);
  world_say(&world, b, "EURUSD", 112504, 112514);
  world_wait_ns(&world, 1);
  world_say(&world, c, "EURUSD", 112508, 112518);
  world_wait_ns(&world, 1000 * MS - 3);
  cr_expect_eq(world_composite(&world, "EURUSD").tick_count, 3);
  for (unsigned left = 2; left > 0; left--) {
    world_wait_ns(&world, 1);
    cr_expect_eq(world_composite(&world, "EURUSD").tick_count, left);
  }
  world_expect(&world, "EURUSD", 112508, 112518);
  world_wait_ns(&world, 1);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_STALE_RATE);
}

Test(market_freshness, too_few_sources_turn_to_stale_when_the_last_one_ages)
{
  world_say(&world, a, "GBPUSD", 132841, 132845);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
  world_wait_ns(&world, MS);
  world_say(&world, b, "GBPUSD", 132841, 132845);
  world_expect(&world, "GBPUSD", 132841, 132845);
  world_wait_ns(&world, 999 * MS);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
  world_wait_ns(&world, MS - 1);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
  world_wait_ns(&world, 1);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_STALE_RATE);
}

Test(market_freshness, disagreement_ends_when_one_of_two_ages)
{
  world_say(&world, a, "EURUSD", 112500, 112504);
  world_wait_ns(&world, MS);
  world_say(&world, b, "EURUSD", 112900, 112904);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_SOURCES_DISAGREE);
  world_wait_ns(&world, 999 * MS - 1);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_SOURCES_DISAGREE);
  world_wait_ns(&world, 1);
  world_expect(&world, "EURUSD", 112900, 112904);
}

Test(market_freshness, locked_book_is_good)
{
  cr_expect_eq(world_say(&world, a, "EURUSD", 112520, 112520), RL_TICK_LOCKED);
  world_expect(&world, "EURUSD", 112520, 112520);
}

Test(market_freshness, crossed_book_votes_with_its_last_good_rate_until_the_hold_is_over)
{
  world_say(&world, a, "EURUSD", 112519, 112524);
  world_wait_ns(&world, 10 * MS);
  cr_expect_eq(world_say(&world, a, "EURUSD", 112530, 112525), RL_TICK_CROSSED);
  world_expect(&world, "EURUSD", 112519, 112524);
  world_wait_ns(&world, 250 * MS - 1);
  world_expect(&world, "EURUSD", 112519, 112524);
  world_wait_ns(&world, 1);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
}

Test(market_freshness, hold_runs_from_the_first_of_several_crossed_books)
{
  world_say(&world, a, "EURUSD", 112519, 112524);
  world_say(&world, a, "EURUSD", 112530, 112525);
  world_wait_ns(&world, 249 * MS);
  world_say(&world, a, "EURUSD", 112531, 112525);
  world_wait_ns(&world, MS - 1);
  world_expect(&world, "EURUSD", 112519, 112524);
  world_wait_ns(&world, 1);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
  world_say(&world, a, "EURUSD", 112531, 112525);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
}

Test(market_freshness, good_book_ends_the_hold_and_the_next_crossing_has_its_own)
{
  world_say(&world, a, "EURUSD", 112519, 112524);
  world_say(&world, a, "EURUSD", 112530, 112525);
  world_wait_ns(&world, 300 * MS);
  cr_expect_eq(world_say(&world, a, "EURUSD", 112521, 112526), RL_TICK_GOOD);
  world_expect(&world, "EURUSD", 112521, 112526);
  world_say(&world, a, "EURUSD", 112530, 112525);
  world_wait_ns(&world, 250 * MS - 1);
  world_expect(&world, "EURUSD", 112521, 112526);
}

Test(market_freshness, hold_does_not_keep_an_old_rate_alive)
{
  world_say(&world, a, "AUDUSD", 64100, 64104);
  world_wait_ns(&world, 99 * MS);
  world_say(&world, a, "AUDUSD", 64110, 64104);
  world_wait_ns(&world, MS - 1);
  world_expect(&world, "AUDUSD", 64100, 64104);
  world_wait_ns(&world, 1);
  cr_expect_eq(world_refusal(&world, "AUDUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
  world_wait_ns(&world, 98 * MS);
  cr_expect_eq(world_refusal(&world, "AUDUSD"), RL_REFUSAL_TOO_FEW_SOURCES, "heard 99 ms ago");
  world_wait_ns(&world, MS);
  cr_expect_eq(world_refusal(&world, "AUDUSD"), RL_REFUSAL_STALE_RATE);
}

Test(market_freshness, hold_of_zero_ends_the_vote_at_once)
{
  world_say(&world, a, "NZDUSD", 59000, 59004);
  world_say(&world, a, "NZDUSD", 59010, 59004);
  cr_expect_eq(world_refusal(&world, "NZDUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
}

Test(market_freshness, crossed_book_alone_gives_no_price)
{
  cr_expect_eq(world_say(&world, a, "EURUSD", 112525, 112524), RL_TICK_CROSSED);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
}

Test(market_freshness, crossed_source_leaves_the_others_their_vote)
{
  world_say(&world, a, "EURUSD", 112500, 112510);
  world_say(&world, b, "EURUSD", 112504, 112514);
  world_say(&world, a, "EURUSD", 112520, 112510);
  cr_expect_eq(world_composite(&world, "EURUSD").tick_count, 2);
  world_wait_ns(&world, 250 * MS);
  rl_composite rest = world_composite(&world, "EURUSD");
  cr_expect_eq(rest.tick_count, 1);
  cr_expect_eq(rest.ticks[0].source.index, b.index);
}

Test(market_freshness, reader_behind_the_intakes_clock_reads_what_is_there)
{
  rl_mono before = world.now.mono;
  world_wait_ns(&world, 5 * MS);
  world_say(&world, a, "EURUSD", 112519, 112524);
  rl_composite composite;
  cr_expect_eq(rl_market_composite(world.market, world_pair(&world, "EURUSD"), before, &composite),
               RL_REFUSAL_NONE);
}

Test(market_freshness, a_source_left_out_does_not_vote_in_the_answer)
{
  rl_composite out;
  world_say(&world, a, "EURUSD", 112520, 112530);
  world_say(&world, b, "EURUSD", 112522, 112532);
  rl_pair pair = world_pair(&world, "EURUSD");
  rl_market_composite_without(world.market, pair, world.now.mono, 1ull << b.index, &out);
  cr_expect(out.refusal == RL_REFUSAL_NONE && out.tick_count == 1);
  cr_expect(out.bid_half == 2 * 112520 && out.ask_half == 2 * 112530);
  rl_market_composite_without(world.market, pair, world.now.mono, 1ull << c.index, &out);
  cr_expect_eq(out.tick_count, 2, "c did not speak");
  cr_expect_eq(out.bid_half, world_composite(&world, "EURUSD").bid_half);
  rl_market_composite_without(world.market, pair, world.now.mono, UINT64_MAX, &out);
  cr_expect_eq(out.refusal, RL_REFUSAL_TOO_FEW_SOURCES);
  cr_expect_eq(out.bid_half, 0);
  cr_expect_eq(world_composite(&world, "EURUSD").tick_count, 2, "the market has both still");
}

Test(market_freshness, a_pair_may_be_too_thin_without_the_source_left_out)
{
  rl_composite out;
  world_say(&world, a, "GBPUSD", 132840, 132850);
  world_say(&world, b, "GBPUSD", 132840, 132850);
  rl_market_composite_without(world.market, world_pair(&world, "GBPUSD"), world.now.mono,
                              1ull << a.index, &out);
  cr_expect_eq(out.refusal, RL_REFUSAL_TOO_FEW_SOURCES);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_NONE);
}

Test(market_freshness, a_source_left_out_lets_the_others_age_all_the_same)
{
  rl_composite out;
  world_say(&world, a, "EURUSD", 112520, 112530);
  world_wait_ns(&world, 1000 * MS - 1);
  rl_market_composite_without(world.market, world_pair(&world, "EURUSD"), world.now.mono,
                              1ull << b.index, &out);
  cr_expect_eq(out.refusal, RL_REFUSAL_NONE);
  world_wait_ns(&world, 1);
  rl_market_composite_without(world.market, world_pair(&world, "EURUSD"), world.now.mono,
                              1ull << b.index, &out);
  cr_expect_eq(out.refusal, RL_REFUSAL_STALE_RATE);
}
