/* A jump takes a source out of the vote until it is confirmed, taken back or repeated while alone
 * (K1; the rules are at the head of engine/market/intake.c). The limit here is one per cent. */
#include "market/world.h"

#include <criterion/criterion.h>

#define MS RL_NS_PER_MS

static rl_world world;
static rl_source a, b, c;

static void open_world(void)
{
  world = world_of("pair EUR USD scale=4 max_age_ms=1000 jump_ppm=10000 breaker_ppm=0\n"
                   "pair GBP USD scale=4 max_age_ms=1000 jump_ppm=1000000 breaker_ppm=0\n");
  a = world_live(&world, "a");
  b = world_live(&world, "b");
  c = world_live(&world, "c");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_jump, .init = open_world, .fini = close_world);

/* Says a book of mid `mid`, two units wide. */
static rl_verdict say(rl_source source, uint32_t mid)
{
  world_wait_ns(&world, MS);
  return world_say(&world, source, "EURUSD", mid - 1, mid + 1);
}

static bool votes(rl_source source)
{
  return world_stats(&world, source, "EURUSD").votes;
}

Test(market_jump, move_at_the_limit_is_good_and_one_beyond_is_a_jump)
{
  say(a, 10000);
  cr_expect_eq(say(a, 10100), RL_TICK_GOOD);
  cr_expect_eq(say(a, 9999), RL_TICK_GOOD, "101 of 10100 is one per cent");
  cr_expect_eq(say(a, 10099), RL_TICK_JUMP, "100 of 9999 is more");
  cr_expect_eq(say(a, 9999), RL_TICK_GOOD);
  cr_expect_eq(say(a, 9898), RL_TICK_JUMP, "101 of 9999 is more");
}

Test(market_jump, limit_counts_half_units)
{
  world_say(&world, a, "EURUSD", 9999, 10001); /* 20000 in half units: limit 200 */
  cr_expect_eq(world_say(&world, a, "EURUSD", 10099, 10102), RL_TICK_JUMP, "201 half units");
  cr_expect_eq(world_say(&world, a, "EURUSD", 10099, 10101), RL_TICK_GOOD, "200 half units");
}

Test(market_jump, unconfirmed_jump_takes_the_source_out_at_once)
{
  say(a, 10000);
  say(b, 10001);
  cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
  cr_expect_not(votes(a));
  cr_expect(votes(b));
  world_expect(&world, "EURUSD", 10000, 10002);
}

Test(market_jump, lone_source_that_jumps_leaves_no_price)
{
  say(a, 10000);
  say(a, 10200);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
  world_wait_ns(&world, 1000 * MS);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_STALE_RATE);
}

Test(market_jump, level_back_within_the_limit_of_the_last_good_one_votes_again)
{
  say(a, 10000);
  say(b, 10001);
  say(a, 10200);
  say(a, 10300);
  cr_expect_eq(say(a, 10050), RL_TICK_GOOD);
  cr_expect(votes(a));
}

Test(market_jump, limit_while_suspended_is_still_that_of_the_last_good_level)
{
  say(a, 10000);
  say(b, 9990);
  say(a, 10150);
  cr_expect_eq(say(a, 10101), RL_TICK_JUMP, "within the limit of the jump, not of 10000");
  cr_expect_eq(say(a, 10100), RL_TICK_GOOD);
}

Test(market_jump, jump_to_where_another_source_votes_is_good_at_once)
{
  say(a, 10000);
  say(b, 10200);
  cr_expect_eq(say(a, 10201), RL_TICK_GOOD);
  cr_expect(votes(a) && votes(b));
}

Test(market_jump, two_suspended_sources_that_agree_are_both_good)
{
  say(a, 10000);
  say(b, 10000);
  say(c, 10000);
  cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
  cr_expect_not(votes(a));
  cr_expect_eq(say(b, 10210), RL_TICK_GOOD);
  cr_expect(votes(a));
  cr_expect(votes(b));
  cr_expect_eq(say(c, 10220), RL_TICK_GOOD, "those two confirm the third");
}

Test(market_jump, two_suspended_sources_apart_from_each_other_stay_out)
{
  rl_source d = world_live(&world, "d");
  say(a, 10000);
  say(b, 10000);
  say(c, 10000);
  say(d, 10000);
  say(a, 10200);
  cr_expect_eq(say(b, 9800), RL_TICK_JUMP);
  cr_expect_not(votes(a) || votes(b));
  cr_expect(votes(c) && votes(d), "as many vote as are suspended");
}

/* --- more suspended than voting: nobody knows the price --- */

/* Three at one level; two jump apart from each other. */
static void scatter(void)
{
  say(c, 10000);
  say(a, 10000);
  say(b, 10000);
  say(a, 10500);
  say(b, 9500);
}

Test(market_jump, one_that_stays_where_two_have_jumped_from_makes_no_price)
{
  scatter();
  cr_expect_not(votes(a) || votes(b) || votes(c));
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_SOURCES_DISAGREE);
  cr_expect_eq(say(c, 10001), RL_TICK_GOOD, "its level is good, and yet no price");
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_SOURCES_DISAGREE);
  world_wait_ns(&world, 1000 * MS - 1);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_SOURCES_DISAGREE);
  world_wait_ns(&world, 1);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_STALE_RATE);
}

Test(market_jump, majority_comes_back_with_one_of_the_suspended)
{
  scatter();
  cr_expect_eq(say(a, 10001), RL_TICK_GOOD);
  cr_expect(votes(a) && votes(c) && !votes(b));
  world_expect(&world, "EURUSD", 10000, 10001);
}

Test(market_jump, majority_comes_back_when_one_of_the_suspended_takes_its_jump_back)
{
  scatter();
  world_withdraw(&world, b, "EURUSD");
  cr_expect(votes(c));
  world_expect(&world, "EURUSD", 9999, 10001);
}

Test(market_jump, majority_comes_back_at_an_update_and_never_by_time_alone)
{
  say(a, 10000);
  say(b, 10000);
  say(c, 10000);
  say(a, 10500);
  world_wait_ns(&world, 500 * MS);
  say(c, 10000);
  say(b, 9500);
  world_wait_ns(&world, 500 * MS);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_SOURCES_DISAGREE, "a's jump is stale");
  cr_expect_eq(say(c, 10000), RL_TICK_GOOD);
  world_expect(&world, "EURUSD", 9999, 10001);
}

Test(market_jump, majority_is_lost_at_the_very_end_of_a_vote)
{
  rl_source d = world_live(&world, "d");
  say(d, 10000);
  int64_t said_ns = world.now.mono.ns;
  world_wait_ns(&world, 500 * MS);
  scatter();
  cr_expect(votes(c) && votes(d));
  world_wait_ns(&world, said_ns + 1000 * MS - 1 - world.now.mono.ns);
  cr_expect(votes(c) && votes(d), "two against two");
  world_wait_ns(&world, 1);
  cr_expect_not(votes(c) || votes(d), "one against two");
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
}

Test(market_jump, majority_is_kept_where_a_jump_ends_with_the_vote)
{
  rl_source d = world_live(&world, "d");
  say(a, 10000);
  say(b, 10000);
  say(c, 10000);
  world_say(&world, d, "EURUSD", 9999, 10001);
  world_say(&world, a, "EURUSD", 10499, 10501);
  int64_t said_ns = world.now.mono.ns;
  world_wait_ns(&world, 500 * MS);
  say(b, 9500);
  say(c, 10000);
  world_wait_ns(&world, said_ns + 1000 * MS - world.now.mono.ns);
  cr_expect(votes(c), "one against one");
}

static rl_refusal refusal_without(uint64_t left_out)
{
  rl_composite composite;
  return rl_market_composite_without(world.market, world_pair(&world, "EURUSD"), world.now.mono,
                                     left_out, &composite);
}

Test(market_jump, majority_is_one_without_those_who_are_left_out)
{
  rl_source d = world_live(&world, "d"), e = world_live(&world, "e");
  say(d, 10000);
  say(e, 10000);
  scatter();
  cr_expect(votes(c) && votes(d) && votes(e), "three against two");
  cr_expect_eq(refusal_without(1ull << e.index), RL_REFUSAL_NONE, "two against two");
  cr_expect_eq(refusal_without(1ull << e.index | 1ull << d.index), RL_REFUSAL_SOURCES_DISAGREE);
  cr_expect_eq(refusal_without(1ull << e.index | 1ull << d.index | 1ull << a.index),
               RL_REFUSAL_NONE, "one against one");
}

Test(market_jump, source_crossed_beyond_its_hold_is_suspended_no_more_from_the_vote)
{
  scatter();
  world_say(&world, b, "EURUSD", 9501, 9499);
  world_wait_ns(&world, 250 * MS);
  cr_expect_eq(say(c, 10000), RL_TICK_GOOD);
  cr_expect(votes(c));
}

/* Agreement is measured on the lower of the two: 101 of 10101 is no more than one per cent. */
Test(market_jump, agreement_has_the_limit_of_the_jump)
{
  say(a, 10000);
  say(b, 10000);
  say(a, 10202);
  cr_expect_eq(say(b, 10304), RL_TICK_GOOD, "102 of 10202");
  say(a, 10500);
  cr_expect_not(votes(a));
  cr_expect_eq(say(b, 10410), RL_TICK_GOOD);
  cr_expect(votes(a), "90 of 10410");
}

Test(market_jump, confirmation_one_unit_short_is_none)
{
  say(a, 10000);
  say(b, 10000);
  say(a, 10202);
  cr_expect_eq(say(b, 10305), RL_TICK_JUMP, "103 of 10202 is more than one per cent");
  cr_expect_not(votes(a) || votes(b));
}

Test(market_jump, voting_source_that_walks_there_brings_the_suspended_one_back)
{
  say(a, 10000);
  say(b, 10000);
  say(a, 10200);
  say(b, 10050);
  cr_expect_not(votes(a));
  say(b, 10099);
  cr_expect_not(votes(a), "10200 is 101 from 10099");
  say(b, 10100);
  cr_expect(votes(a));
}

Test(market_jump, stale_level_confirms_nothing)
{
  say(b, 10200);
  world_wait_ns(&world, 500 * MS);
  say(a, 10000);
  world_wait_ns(&world, 500 * MS - 2 * MS);
  cr_expect_eq(say(a, 10200), RL_TICK_JUMP, "b is exactly at its bound");
}

Test(market_jump, level_young_by_a_nanosecond_confirms)
{
  say(b, 10200);
  world_wait_ns(&world, 500 * MS);
  say(a, 10000);
  world_wait_ns(&world, 500 * MS - 2 * MS - 1);
  cr_expect_eq(say(a, 10200), RL_TICK_GOOD);
}

Test(market_jump, suspended_level_that_aged_is_not_brought_back)
{
  say(a, 10000);
  say(b, 10000);
  say(c, 10000);
  say(a, 10200);
  world_wait_ns(&world, 998 * MS);
  say(c, 10000);
  cr_expect_eq(say(b, 10200), RL_TICK_GOOD, "its own good level is stale: nothing to compare");
  say(b, 10201);
  cr_expect_not(votes(a));
  say(c, 10000);
  world_wait_ns(&world, 1);
  cr_expect_eq(say(a, 10500), RL_TICK_JUMP, "still suspended: it must be confirmed");
}

Test(market_jump, first_level_after_a_stale_one_has_nothing_to_compare_with)
{
  say(a, 10000);
  world_wait_ns(&world, 1000 * MS - MS);
  cr_expect_eq(say(a, 20000), RL_TICK_GOOD);
}

Test(market_jump, level_one_nanosecond_before_the_bound_is_compared)
{
  say(a, 10000);
  world_wait_ns(&world, 1000 * MS - MS - 1);
  cr_expect_eq(say(a, 20000), RL_TICK_JUMP);
}

Test(market_jump, lone_source_comes_back_with_the_third_repeat)
{
  say(a, 10000);
  cr_expect_eq(say(a, 10500), RL_TICK_JUMP);
  cr_expect_eq(say(a, 10501), RL_TICK_JUMP);
  cr_expect_eq(say(a, 10502), RL_TICK_JUMP);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_TOO_FEW_SOURCES);
  cr_expect_eq(say(a, 10503), RL_TICK_GOOD);
  world_expect(&world, "EURUSD", 10502, 10504);
  cr_expect_eq(say(a, 10000), RL_TICK_JUMP, "the new level is the good one now");
}

Test(market_jump, repeats_are_measured_from_the_first_of_the_jump)
{
  say(a, 10000);
  say(a, 10500);
  say(a, 10600); /* 1st: 100 of 10500 */
  say(a, 10605); /* 2nd: 105 of 10500 */
  cr_expect_eq(say(a, 10606), RL_TICK_JUMP, "beyond one per cent of 10500: a new jump");
  say(a, 10606);
  say(a, 10606);
  cr_expect_eq(say(a, 10606), RL_TICK_GOOD);
}

Test(market_jump, crossed_book_starts_the_count_of_repeats_anew)
{
  say(a, 10000);
  say(a, 10500);
  say(a, 10500);
  say(a, 10500);
  world_say(&world, a, "EURUSD", 10501, 10499);
  cr_expect_eq(say(a, 10500), RL_TICK_JUMP);
  say(a, 10500);
  say(a, 10500);
  cr_expect_eq(say(a, 10500), RL_TICK_GOOD);
}

Test(market_jump, malformed_update_is_not_one_of_the_repeats)
{
  say(a, 10000);
  say(a, 10500);
  say(a, 10500);
  world_say(&world, a, "EURUSD", 0, 0);
  cr_expect_eq(say(a, 10500), RL_TICK_JUMP);
  cr_expect_eq(say(a, 10500), RL_TICK_GOOD);
}

Test(market_jump, source_with_others_around_never_repeats_itself_back)
{
  say(a, 10000);
  for (unsigned i = 0; i < 20; i++) {
    say(b, 10000);
    cr_expect_eq(say(a, i == 0 ? 10000 : 10500), i == 0 ? RL_TICK_GOOD : RL_TICK_JUMP);
  }
  cr_expect_not(votes(a));
}

Test(market_jump, repeats_count_once_the_others_are_stale)
{
  say(b, 10000);
  say(a, 10000);
  for (unsigned i = 0; i < 5; i++)
    cr_expect_eq(say(a, 10500), RL_TICK_JUMP);
  world_wait_ns(&world, 1000 * MS);
  cr_expect_eq(say(a, 10500), RL_TICK_GOOD, "three repeats, and nobody else is left");
}

Test(market_jump, other_source_crossed_beyond_its_hold_does_not_count)
{
  say(b, 10000);
  say(a, 10000);
  world_say(&world, b, "EURUSD", 10005, 10000);
  for (unsigned i = 0; i < 5; i++)
    cr_expect_eq(say(a, 10500), RL_TICK_JUMP);
  world_wait_ns(&world, 250 * MS);
  cr_expect_eq(say(a, 10500), RL_TICK_GOOD);
}

Test(market_jump, fixing_confirms_a_level_whatever_its_age)
{
  rl_source fixing = world_reference(&world, "fixing");
  say(fixing, 10250);
  world_wait_ns(&world, 86400000 * MS);
  say(b, 10000);
  say(a, 10000);
  cr_expect_eq(say(a, 10200), RL_TICK_GOOD);
}

Test(market_jump, fixing_that_arrives_later_brings_back_who_agrees)
{
  rl_source fixing = world_reference(&world, "fixing");
  say(b, 10000);
  say(a, 10000);
  say(a, 10200);
  uint64_t version = world_composite(&world, "EURUSD").version;
  say(fixing, 9900);
  cr_expect_not(votes(a));
  cr_expect_eq(world_composite(&world, "EURUSD").version, version, "nothing changed");
  say(fixing, 10250);
  cr_expect(votes(a));
}

Test(market_jump, crossed_fixing_confirms_nothing)
{
  rl_source fixing = world_reference(&world, "fixing");
  say(b, 10000);
  say(a, 10000);
  cr_expect_eq(world_say(&world, fixing, "EURUSD", 10201, 10199), RL_TICK_CROSSED);
  cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
}

Test(market_jump, fixing_may_move_as_far_as_it_likes)
{
  rl_source fixing = world_reference(&world, "fixing");
  cr_expect_eq(say(fixing, 10000), RL_TICK_GOOD);
  cr_expect_eq(say(fixing, 30000), RL_TICK_GOOD);
}

Test(market_jump, crossed_book_does_not_end_a_suspension)
{
  say(a, 10000);
  say(b, 10000);
  say(a, 10200);
  world_say(&world, a, "EURUSD", 10001, 9999);
  cr_expect_not(votes(a));
  cr_expect_eq(world_composite(&world, "EURUSD").tick_count, 1);
}

Test(market_jump, locked_book_may_jump_too)
{
  say(a, 10000);
  cr_expect_eq(world_say(&world, a, "EURUSD", 10200, 10200), RL_TICK_JUMP);
  cr_expect_eq(world_say(&world, a, "EURUSD", 10000, 10000), RL_TICK_LOCKED);
}

Test(market_jump, widest_limit_lets_a_price_double_but_no_more)
{
  world_say(&world, a, "GBPUSD", 10000, 10000);
  cr_expect_eq(world_say(&world, a, "GBPUSD", 20000, 20000), RL_TICK_LOCKED);
  cr_expect_eq(world_say(&world, a, "GBPUSD", 40000, 40001), RL_TICK_JUMP);
  cr_expect_eq(world_say(&world, a, "GBPUSD", 1, 1), RL_TICK_LOCKED);
}
