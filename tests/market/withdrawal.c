/* A source takes back what it said (K1): its vote ends at once, and nothing that it could not have
 * had by silence begins. The limit of a jump here is one per cent, an age one second. */
#include "market/world.h"

#include <criterion/criterion.h>

#define MS RL_NS_PER_MS

static rl_world world;
static rl_source a, b;

static void open_world(void)
{
  world = world_of("pair EUR USD scale=4 max_age_ms=1000 jump_ppm=10000 crossed_hold_ms=250\n");
  a = world_live(&world, "a");
  b = world_live(&world, "b");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_withdrawal, .init = open_world, .fini = close_world);

/* Says a book of mid `mid`, two units wide. */
static rl_verdict say(rl_source source, uint32_t mid)
{
  world_wait_ns(&world, MS);
  return world_say(&world, source, "EURUSD", mid - 1, mid + 1);
}

static rl_verdict withdraw(rl_source source)
{
  world_wait_ns(&world, MS);
  return world_withdraw(&world, source, "EURUSD");
}

static bool votes(rl_source source)
{
  return world_stats(&world, source, "EURUSD").votes;
}

Test(market_withdrawal, takes_the_vote_at_once_and_the_next_level_gives_it_back)
{
  say(a, 10000);
  say(b, 10004);
  uint64_t version = world_composite(&world, "EURUSD").version;
  cr_expect_eq(withdraw(a), RL_TICK_WITHDRAWN);
  cr_expect_not(votes(a));
  cr_expect_eq(world_composite(&world, "EURUSD").version, version + 1);
  world_expect(&world, "EURUSD", 10003, 10005);
  cr_expect_eq(say(a, 10001), RL_TICK_GOOD);
  cr_expect(votes(a));
}

Test(market_withdrawal, leaves_a_pair_without_a_rate_and_no_old_one)
{
  say(a, 10000);
  withdraw(a);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_TOO_FEW_SOURCES, "heard, but no rate");
  world_wait_ns(&world, 1000 * MS);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_STALE_RATE);
}

Test(market_withdrawal, may_be_the_first_word_of_a_source)
{
  cr_expect_eq(withdraw(a), RL_TICK_WITHDRAWN);
  cr_expect_eq(withdraw(a), RL_TICK_WITHDRAWN);
  cr_expect_not(votes(a));
  cr_expect_eq(say(a, 10000), RL_TICK_GOOD);
  cr_expect(votes(a));
}

Test(market_withdrawal, is_bound_to_the_order_as_any_update)
{
  say(a, 10000);
  rl_tick tick = {.pair = world_pair(&world, "EURUSD"), .sequence = world.sequence - 1,
                  .withdrawn = true};
  cr_expect_eq(rl_market_apply(world.market, a, &tick, world.now), RL_TICK_DUPLICATE);
  cr_expect(votes(a));
  tick.sequence += 5;
  tick.source_utc_ms = world.now.utc.ms + RL_SOURCE_FUTURE_MS + 1;
  cr_expect_eq(rl_market_apply(world.market, a, &tick, world.now), RL_TICK_MALFORMED_FUTURE);
  cr_expect(votes(a));
  tick.source_utc_ms--;
  cr_expect_eq(rl_market_apply(world.market, a, &tick, world.now), RL_TICK_WITHDRAWN);
  cr_expect_not(votes(a));
  cr_expect_eq(world_stats(&world, a, "EURUSD").gaps, 4);
  cr_expect_eq(world_stats(&world, a, "EURUSD").verdicts[RL_TICK_WITHDRAWN], 1);
}

Test(market_withdrawal, shows_the_desk_no_price)
{
  say(a, 10000);
  withdraw(a);
  rl_source_pair_stats stats = world_stats(&world, a, "EURUSD");
  cr_expect_eq(stats.bid, 0);
  cr_expect_eq(stats.ask, 0);
  cr_expect_eq(stats.sequence, world.sequence - 1);
  cr_expect_eq(stats.arrival_mono_ns, world.now.mono.ns);
}

Test(market_withdrawal, of_a_price_means_nothing_by_it)
{
  rl_tick tick = {.pair = world_pair(&world, "EURUSD"), .sequence = world.sequence++, .bid = 7,
                  .ask = 5, .scale = 99, .withdrawn = true};
  cr_expect_eq(rl_market_apply(world.market, a, &tick, world.now), RL_TICK_WITHDRAWN);
}

/* --- what the source is compared with --- */

Test(market_withdrawal, launders_no_jump_while_the_last_good_level_is_young)
{
  say(a, 10000);
  say(b, 10000);
  int64_t good_ns = world.now.mono.ns - MS;
  withdraw(a);
  cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
  withdraw(a);
  withdraw(b);
  cr_expect_eq(say(b, 10102), RL_TICK_JUMP);
  world_wait_ns(&world, good_ns + 1000 * MS - world.now.mono.ns);
  cr_expect_eq(world_say(&world, a, "EURUSD", 10299, 10301), RL_TICK_JUMP, "it was suspended");
}

Test(market_withdrawal, level_is_compared_until_the_last_good_one_is_too_old_and_no_longer)
{
  say(a, 10000);
  say(b, 10000);
  withdraw(a);
  withdraw(b);
  world_wait_ns(&world, 1000 * MS - 3 * MS - 1);
  cr_expect_eq(world_say(&world, a, "EURUSD", 10199, 10201), RL_TICK_JUMP);
  withdraw(a);
  world_wait_ns(&world, 1);
  cr_expect_eq(world_say(&world, b, "EURUSD", 10299, 10301), RL_TICK_GOOD, "as after silence");
}

Test(market_withdrawal, suspension_outlasts_it_however_long)
{
  say(a, 10000);
  cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
  withdraw(a);
  world_wait_ns(&world, 100000 * MS);
  cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
  cr_expect_not(votes(a));
  cr_expect_eq(say(a, 10050), RL_TICK_GOOD, "within reach of its last good level");
}

Test(market_withdrawal, starts_the_count_of_repeated_jumps_anew)
{
  say(a, 10000);
  for (unsigned i = 0; i < 3; i++)
    cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
  withdraw(a);
  for (unsigned i = 0; i < 3; i++)
    cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
  cr_expect_eq(say(a, 10200), RL_TICK_GOOD);
}

Test(market_withdrawal, withdrawn_jump_is_not_brought_back_by_who_agrees)
{
  say(a, 10000);
  say(b, 10000);
  cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
  withdraw(a);
  cr_expect_eq(say(b, 10100), RL_TICK_GOOD, "one per cent off, and of a's jump less");
  cr_expect_not(votes(a));
  cr_expect_eq(say(a, 10200), RL_TICK_GOOD, "confirmed now");
}

Test(market_withdrawal, withdrawn_level_confirms_nobody)
{
  say(a, 10000);
  say(b, 10200);
  withdraw(b);
  cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
}

Test(market_withdrawal, source_is_alone_once_the_other_has_withdrawn)
{
  say(a, 10000);
  say(b, 10000);
  withdraw(b);
  for (unsigned i = 0; i < 3; i++)
    cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
  cr_expect_eq(say(a, 10200), RL_TICK_GOOD);
}

/* --- crossed books --- */

Test(market_withdrawal, crossed_book_brings_back_nothing_that_was_withdrawn)
{
  say(a, 10000);
  withdraw(a);
  cr_expect_eq(world_say(&world, a, "EURUSD", 10002, 10000), RL_TICK_CROSSED);
  cr_expect_not(votes(a));
}

Test(market_withdrawal, ends_a_crossed_book)
{
  say(a, 10000);
  world_say(&world, a, "EURUSD", 10002, 10000);
  cr_expect(votes(a));
  withdraw(a);
  cr_expect_not(votes(a));
  say(a, 10000);
  world_wait_ns(&world, 300 * MS);
  cr_expect(votes(a), "the hold of the book before is over");
}

/* --- fixings --- */

Test(market_withdrawal, of_a_fixing_takes_reference_and_confirmation_away)
{
  rl_source fixing = world_reference(&world, "fixing");
  rl_snapshot snapshot;
  say(a, 10000);
  say(b, 10000);
  say(fixing, 10200);
  cr_assert_eq(world_snapshot(&world, "EUR", "USD", &snapshot), RL_REFUSAL_NONE);
  cr_expect(snapshot.reference.known);
  cr_expect_eq(withdraw(fixing), RL_TICK_WITHDRAWN);
  cr_assert_eq(world_snapshot(&world, "EUR", "USD", &snapshot), RL_REFUSAL_NONE);
  cr_expect_not(snapshot.reference.known);
  cr_expect_eq(say(a, 10200), RL_TICK_JUMP);
  say(fixing, 10200);
  cr_expect(votes(a));
  withdraw(b);
  cr_assert_eq(world_snapshot(&world, "EUR", "USD", &snapshot), RL_REFUSAL_NONE);
  cr_expect(snapshot.reference.known);
}
