/* The breaker of a pair (K4; the rules are at the head of engine/market/breaker.h): five per cent
 * in a minute, one minute's hold, two sources to be let go. */
#include "market/world.h"

#include <criterion/criterion.h>

#define MS RL_NS_PER_MS
#define MINUTE (60000 * MS)
#define LIMITS "breaker_ppm=50000 breaker_window_ms=60000 breaker_hold_ms=60000 breaker_sources=2"

static rl_world world;
static rl_source a, b, c, fixing;

static void open_world(void)
{
  world = world_of("order EUR GBP USD CHF JPY\n"
                   "pivot USD CHF\n"
                   "pair EUR USD scale=4 max_age_ms=86400000 jump_ppm=1000000 " LIMITS "\n"
                   "pair EUR CHF scale=4 max_age_ms=5000 jump_ppm=20000 " LIMITS "\n"
                   "pair GBP USD scale=4 max_age_ms=86400000 jump_ppm=1000000 breaker_ppm=0 "
                   "reference_ppm=100000\n"
                   "pair GBP CHF scale=4 max_age_ms=86400000 jump_ppm=1000000 breaker_ppm=0\n"
                   "pair USD JPY scale=2 max_age_ms=86400000 jump_ppm=1000000 breaker_ppm=0\n"
                   "pair CHF JPY scale=2 max_age_ms=86400000 jump_ppm=1000000 breaker_ppm=0\n");
  a = world_live(&world, "a");
  b = world_live(&world, "b");
  c = world_live(&world, "c");
  fixing = world_reference(&world, "fixing");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_breaker, .init = open_world, .fini = close_world);

static void say(rl_source source, uint32_t level)
{
  world_say(&world, source, "EURUSD", level, level);
}

static void both(uint32_t level)
{
  say(a, level);
  say(b, level);
}

static rl_trip trip_of(const char *pair)
{
  rl_pair_halt halt;
  bool halted = rl_market_pair_halt(world.market, world_pair(&world, pair), &halt);
  cr_expect_eq(halted, halt.by_hand || halt.trip.why != RL_TRIP_NONE);
  return halt.trip;
}

static void expect_price(uint32_t level)
{
  world_expect(&world, "EURUSD", level, level);
  cr_expect_eq(trip_of("EURUSD").why, RL_TRIP_NONE);
}

static void expect_halted(void)
{
  rl_composite composite = world_composite(&world, "EURUSD");
  cr_expect_eq(composite.refusal, RL_REFUSAL_PAIR_HALTED);
  cr_expect_eq(composite.bid_half + composite.mid_half + composite.ask_half, 0);
  cr_expect_neq(trip_of("EURUSD").why, RL_TRIP_NONE);
}

/* --- what trips it --- */

Test(market_breaker, move_of_just_the_limit_passes_and_one_unit_more_halts)
{
  say(a, 10000);
  say(a, 10500);
  expect_price(10500);
  say(a, 9976);
  expect_price(9976);
  say(a, 9975);
  expect_price(9975);
  say(a, 9974); /* 5 % of 10500 is 525 */
  expect_halted();
}

Test(market_breaker, rise_is_measured_from_the_lowest_of_the_window)
{
  say(a, 10000);
  say(a, 10400);
  world_say(&world, a, "EURUSD", 10500, 10501);
  expect_halted();
  rl_trip trip = trip_of("EURUSD");
  cr_expect_eq(trip.why, RL_TRIP_MOVE);
  cr_expect_eq(trip.from_half, 20000);
  cr_expect_eq(trip.to_half, 21001);
  cr_expect_eq(trip.since_mono_ns, world.now.mono.ns);
  cr_expect_eq(trip.until_mono_ns, world.now.mono.ns + MINUTE);
}

Test(market_breaker, creep_within_the_window_halts_too)
{
  for (uint32_t level = 10000; level <= 10500; level += 100, world_wait_ns(&world, 1000 * MS))
    say(a, level);
  expect_price(10500);
  say(a, 10501);
  expect_halted();
}

Test(market_breaker, creep_beyond_the_window_passes)
{
  for (uint32_t level = 10000; level < 20000; level += 40, world_wait_ns(&world, 10000 * MS)) {
    say(a, level);
    expect_price(level);
  }
}

Test(market_breaker, mid_counts_until_it_is_a_window_old)
{
  say(a, 10000);
  world_wait_ns(&world, MINUTE - 1);
  say(a, 20000);
  expect_halted();
}

Test(market_breaker, mid_of_a_whole_window_ago_counts_no_more)
{
  say(a, 10000);
  world_wait_ns(&world, MINUTE);
  say(a, 20000);
  expect_price(20000);
}

Test(market_breaker, end_of_the_window_errs_by_a_sixteenth_at_most_and_to_the_side_of_halting)
{
  world.now.mono.ns = 1000 * MINUTE; /* where a sixteenth begins */
  say(a, 10000);
  world_wait_ns(&world, MINUTE / 16 - 1);
  say(a, 10001);
  world_wait_ns(&world, MINUTE - MINUTE / 32);
  say(a, 10501); /* beyond of 10000 alone, which is more than a window old */
  expect_halted();
}

Test(market_breaker, without_a_limit_never_halts)
{
  for (uint32_t level = 1000; level < 60000; level *= 2) {
    world_say(&world, a, "GBPUSD", level, level);
    world_expect(&world, "GBPUSD", level, level);
  }
}

Test(market_breaker, composite_without_a_price_is_no_move)
{
  world_say(&world, a, "EURCHF", 12000, 12000);
  world_say(&world, b, "EURCHF", 9000, 9000);
  cr_expect_eq(world_refusal(&world, "EURCHF"), RL_REFUSAL_SOURCES_DISAGREE);
  cr_expect_eq(trip_of("EURCHF").why, RL_TRIP_NONE);
}

/* --- the reference --- */

static void say_pound(rl_source source, uint32_t level)
{
  world_say(&world, source, "GBPUSD", level, level);
}

static void fix_pound(uint32_t level, int64_t utc_ms)
{
  world_say_at(&world, fixing, "GBPUSD", level, level, utc_ms);
}

Test(market_breaker, price_at_the_reference_limit_passes_and_one_unit_more_halts)
{
  fix_pound(10000, 1);
  say_pound(a, 11000);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_NONE);
  say_pound(a, 9000);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_NONE);
  say_pound(a, 8999);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_PAIR_HALTED);
  cr_expect_eq(trip_of("GBPUSD").why, RL_TRIP_REFERENCE);
  cr_expect_eq(trip_of("GBPUSD").from_half, 20000);
}

Test(market_breaker, newest_fixing_is_the_reference)
{
  rl_source other = world_reference(&world, "other");
  fix_pound(10000, 2000);
  world_say_at(&world, other, "GBPUSD", 20000, 20000, 1000);
  say_pound(a, 10000);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_NONE);
  world_say_at(&world, other, "GBPUSD", 20000, 20000, 3000);
  say_pound(a, 10000);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_PAIR_HALTED);
}

Test(market_breaker, confirmed_level_stands_in_the_fixings_place_until_the_next_fixing)
{
  fix_pound(10000, 1);
  say_pound(a, 12000);
  say_pound(b, 12000);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_PAIR_HALTED);
  world_wait_ns(&world, MINUTE);
  say_pound(a, 12000);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_NONE, "confirmed");
  say_pound(a, 13200);
  say_pound(b, 13200);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_NONE, "ten per cent of 12000");
  fix_pound(10000, 1); /* the same again */
  say_pound(a, 13200);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_NONE);
  fix_pound(10000, 2);
  say_pound(a, 13200);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_PAIR_HALTED, "a new one");
}

/* --- the hold --- */

static void trip_at(uint32_t level)
{
  both(10000);
  world_wait_ns(&world, 1000 * MS);
  both(level);
  expect_halted();
}

Test(market_breaker, is_let_go_by_the_first_update_when_the_hold_is_over)
{
  trip_at(8000); /* with b's, for two that disagree have no price */
  world_wait_ns(&world, MINUTE - 1);
  say(a, 8000);
  expect_halted();
  world_wait_ns(&world, 1);
  expect_halted();
  say(a, 8000);
  expect_price(8000);
}

Test(market_breaker, history_starts_at_the_level_that_was_let_through)
{
  trip_at(8000);
  world_wait_ns(&world, MINUTE);
  both(8000);
  expect_price(8000);
  both(8400);
  expect_price(8400);
  both(7979); /* 421 of 8400 */
  expect_halted();
}

Test(market_breaker, move_beyond_the_limit_during_the_hold_begins_it_anew)
{
  trip_at(8000);
  world_wait_ns(&world, MINUTE - 1);
  both(8401);
  cr_expect_eq(trip_of("EURUSD").to_half, 16802);
  cr_expect_eq(trip_of("EURUSD").from_half, 20000);
  world_wait_ns(&world, MINUTE - 1);
  both(8401);
  expect_halted();
  world_wait_ns(&world, 1);
  both(8401);
  expect_price(8401);
}

Test(market_breaker, move_of_just_the_limit_during_the_hold_does_not)
{
  trip_at(8000);
  world_wait_ns(&world, MINUTE - 1);
  both(8400);
  world_wait_ns(&world, 1);
  both(8400);
  expect_price(8400);
}

Test(market_breaker, lone_source_never_lets_go)
{
  say(a, 10000);
  say(a, 12000);
  for (unsigned i = 0; i < 20; i++) {
    world_wait_ns(&world, MINUTE);
    say(a, 12000);
    expect_halted();
  }
  say(b, 12000);
  expect_price(12000);
}

Test(market_breaker, sources_that_were_dropped_confirm_nothing)
{
  both(10000);
  say(c, 10000);
  both(8000);
  expect_halted();
  world_wait_ns(&world, MINUTE);
  say(c, 8000);
  expect_price(8000);
}

Test(market_breaker, franc_is_halted_first_and_gets_through_when_its_sources_confirm_it)
{
  const char *pair = "EURCHF";
  rl_source all[] = {a, b, c};
  for (unsigned i = 0; i < 3; i++)
    world_say(&world, all[i], pair, 12009, 12011);
  world_expect(&world, pair, 12009, 12011);
  for (unsigned i = 0; i < 3; i++) {
    world_wait_ns(&world, 100 * MS);
    world_say(&world, all[i], pair, 10390, 10410);
    if (i == 0) /* a jump that nobody confirms: the others' price stands */
      world_expect(&world, pair, 12009, 12011);
    else
      cr_expect_eq(world_refusal(&world, pair), RL_REFUSAL_PAIR_HALTED);
  }
  for (unsigned second = 0; second < 59; second++) {
    world_wait_ns(&world, 1000 * MS);
    for (unsigned i = 0; i < 3; i++)
      world_say(&world, all[i], pair, 10390 + second % 7, 10410 + second % 5);
    cr_expect_eq(world_refusal(&world, pair), RL_REFUSAL_PAIR_HALTED);
  }
  world_wait_ns(&world, 1000 * MS);
  world_say(&world, a, pair, 10400, 10402);
  cr_expect_eq(world_refusal(&world, pair), RL_REFUSAL_NONE);
}

/* --- what time alone does --- */

Test(market_breaker, price_that_time_moved_beyond_the_limit_is_none)
{
  world_say(&world, c, "EURCHF", 10000, 10000);
  world_wait_ns(&world, 1000 * MS);
  world_say(&world, c, "EURCHF", 10000, 10000);
  world_wait_ns(&world, MINUTE);
  world_say(&world, a, "EURCHF", 12000, 12000);
  world_say(&world, b, "EURCHF", 12000, 12000);
  world_expect(&world, "EURCHF", 12000, 12000);
  world_wait_ns(&world, 1000 * MS);
  world_say(&world, c, "EURCHF", 10000, 10000);
  world_expect(&world, "EURCHF", 12000, 12000);
  world_wait_ns(&world, 3999 * MS);
  world_expect(&world, "EURCHF", 12000, 12000);
  world_wait_ns(&world, 1 * MS); /* c is left alone */
  cr_expect_eq(world_refusal(&world, "EURCHF"), RL_REFUSAL_PAIR_HALTED);
  world_say(&world, c, "EURCHF", 10000, 10000);
  cr_expect_eq(trip_of("EURCHF").why, RL_TRIP_MOVE);
}

Test(market_breaker, halted_pair_that_falls_silent_stays_halted)
{
  const char *pair = "EURCHF";
  world_say(&world, a, pair, 12000, 12000);
  world_say(&world, b, pair, 12000, 12000);
  world_say(&world, a, pair, 11000, 11000);
  world_say(&world, b, pair, 11000, 11000);
  cr_expect_eq(world_refusal(&world, pair), RL_REFUSAL_PAIR_HALTED);
  world_wait_ns(&world, 5000 * MS);
  cr_expect_eq(world_refusal(&world, pair), RL_REFUSAL_PAIR_HALTED);
  rl_ratio last;
  cr_assert_eq(
    rl_market_last_mid(world.market, world_currency("EUR"), world_currency("CHF"), &last),
    RL_REFUSAL_NONE);
  int64_t worth;
  cr_assert_eq(rl_ratio_amount_floor(last, 10000, 0, &worth), RL_OK);
  cr_expect_eq(worth, 12000, "the measure of risk is the last price that was one");
}

/* --- by hand --- */

static void halt(const char *pair)
{
  rl_market_halt(world.market, world_pair(&world, pair));
}

static void resume(const char *pair)
{
  rl_market_resume(world.market, world_pair(&world, pair));
}

Test(market_breaker, hand_halts_at_once_and_resumes_at_once)
{
  both(10000);
  halt("EURUSD");
  rl_pair_halt told;
  cr_expect(rl_market_pair_halt(world.market, world_pair(&world, "EURUSD"), &told));
  cr_expect(told.by_hand && told.trip.why == RL_TRIP_NONE);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_PAIR_HALTED);
  cr_expect_eq(world_refusal(&world, "EURCHF"), RL_REFUSAL_NO_RATE, "no other");
  halt("EURUSD");
  resume("EURUSD");
  expect_price(10000);
}

Test(market_breaker, pair_that_never_had_a_rate_is_halted_first)
{
  halt("EURCHF");
  cr_expect_eq(world_refusal(&world, "EURCHF"), RL_REFUSAL_PAIR_HALTED);
}

Test(market_breaker, resume_by_hand_accepts_the_level_it_stands_at)
{
  say(a, 10000);
  say(a, 12000);
  expect_halted();
  resume("EURUSD");
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_PAIR_HALTED, "until the next update");
  say(a, 12100);
  expect_price(12100);
  say(a, 12705);
  expect_price(12705);
  say(a, 12706);
  expect_halted();
}

Test(market_breaker, resume_by_hand_overrules_the_fixing)
{
  fix_pound(10000, 1);
  say_pound(a, 12000);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_PAIR_HALTED);
  resume("GBPUSD");
  say_pound(a, 12000);
  say_pound(a, 13200);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_NONE);
  say_pound(a, 13201);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_PAIR_HALTED);
}

Test(market_breaker, breaker_goes_on_judging_under_a_halt_by_hand)
{
  both(10000);
  halt("EURUSD");
  both(8000);
  cr_expect_eq(trip_of("EURUSD").why, RL_TRIP_MOVE);
  resume("EURUSD");
  both(8000);
  expect_price(8000);
}

/* --- crosses --- */

Test(market_breaker, cross_takes_another_way_of_as_many_legs_or_is_halted)
{
  rl_snapshot snapshot;
  rl_pair found;
  world_say(&world, a, "GBPUSD", 15000, 15000);
  world_say(&world, a, "USDJPY", 12000, 12000);
  world_say(&world, a, "GBPCHF", 14000, 14010);
  world_say(&world, a, "CHFJPY", 13000, 13010);
  cr_assert_eq(world_snapshot(&world, "GBP", "JPY", &snapshot), RL_REFUSAL_NONE);
  cr_expect_str_eq(rl_currency_code(snapshot.legs[0].quote), "USD", "the tighter way");
  halt("USDJPY");
  cr_assert_eq(world_snapshot(&world, "JPY", "GBP", &snapshot), RL_REFUSAL_NONE);
  cr_expect_str_eq(rl_currency_code(snapshot.legs[0].base), "CHF");
  halt("GBPCHF");
  cr_expect_eq(world_snapshot(&world, "GBP", "JPY", &snapshot), RL_REFUSAL_PAIR_HALTED);
  cr_assert(rl_market_find_halted(world.market, world_currency("GBP"), world_currency("JPY"),
                                  &found));
  cr_expect_eq(found.index, world_pair(&world, "USDJPY").index);
  cr_expect_not(rl_market_find_halted(world.market, world_currency("GBP"), world_currency("USD"),
                                      &found));
  cr_expect_eq(world_snapshot(&world, "USD", "JPY", &snapshot), RL_REFUSAL_PAIR_HALTED);
  resume("USDJPY");
  cr_expect_eq(world_snapshot(&world, "GBP", "JPY", &snapshot), RL_REFUSAL_NONE);
}

Test(market_breaker, halted_market_is_not_ready)
{
  both(10000);
  cr_expect(rl_market_ready(world.market, world.now.mono));
  halt("EURUSD");
  cr_expect_not(rl_market_ready(world.market, world.now.mono));
}

Test(market_breaker, reasons_have_names)
{
  cr_expect_str_eq(rl_trip_reason_name(RL_TRIP_NONE), "none");
  cr_expect_str_eq(rl_trip_reason_name(RL_TRIP_MOVE), "move");
  cr_expect_str_eq(rl_trip_reason_name(RL_TRIP_REFERENCE), "reference");
  cr_expect_str_eq(rl_trip_reason_name((rl_trip_reason)9), "unknown");
}
