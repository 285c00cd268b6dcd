/* Fixings in the place of live rates (K3): which one, how old, and what a record needs of it. */
#include "market/composite.h"
#include "market/world.h"

#include <criterion/criterion.h>
#include <string.h>

static rl_world world;
static rl_source bank, other;

static void open_world(void)
{
  world = world_of("order EUR GBP USD\n"
                   "pivot USD EUR\n"
                   "session never Europe/Berlin Sunday 00:00 - Sunday 00:01\n"
                   "pair EUR USD scale=4 max_age_ms=1000 min_sources=2 min_half_spread=7\n"
                   "pair EUR JPY scale=2 max_age_ms=1000\n"
                   "pair USD JPY scale=2 max_age_ms=1000\n"
                   "pair EUR SEK scale=4 max_age_ms=1000 session=never\n"
                   "pair USD THB scale=4 max_age_ms=1000\n");
  bank = world_reference(&world, "bank");
  other = world_reference(&world, "other");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_fixing, .init = open_world, .fini = close_world);

static rl_refusal ask(const char *from, const char *to, rl_snapshot *out)
{
  return rl_market_snapshot_by_reference(world.market, world_currency(from), world_currency(to),
                                         world.now, out);
}

static void expect_price(const rl_snapshot *snapshot, uint64_t mantissa, uint8_t scale)
{
  rl_rate core, mid, expected = {mantissa, scale};
  cr_assert_eq(rl_ratio_round(rl_snapshot_core(snapshot), 10, RL_ROUND_HALF_EVEN, &core, NULL),
               RL_OK);
  cr_assert_eq(rl_ratio_round(rl_snapshot_mid(snapshot), 10, RL_ROUND_HALF_EVEN, &mid, NULL),
               RL_OK);
  cr_expect_eq(rl_rate_compare(core, expected), 0);
  cr_expect_eq(rl_rate_compare(mid, expected), 0);
  cr_expect_eq(rl_rate_compare(snapshot->reference.rate, expected), 0);
}

Test(market_fixing, price_of_a_fixing_is_its_middle_from_either_side)
{
  rl_snapshot out;
  cr_expect_eq(ask("EUR", "USD", &out), RL_REFUSAL_NO_RATE);
  world_say(&world, bank, "EURUSD", 11250, 11254);
  cr_expect_eq(world_snapshot(&world, "EUR", "USD", &out), RL_REFUSAL_NO_RATE);
  cr_assert_eq(ask("EUR", "USD", &out), RL_REFUSAL_NONE);
  cr_expect_eq(out.leg_count, 1);
  cr_expect_eq(rl_snapshot_side(&out), RL_SELL_BASE);
  expect_price(&out, 11252, 4);
  cr_expect(out.conditions.by_reference);
  cr_expect_eq(out.conditions.fewest_sources, 1);
  cr_expect_eq(out.conditions.volatility_ppm, RL_VOLATILITY_UNKNOWN);
  cr_expect_eq(out.firm_refusal, RL_REFUSAL_NO_RATE);
  cr_expect_str_eq(out.reference.provider, "bank");
  cr_expect_eq(out.reference.date_utc_ms, world.now.utc.ms);
  cr_assert_eq(ask("USD", "EUR", &out), RL_REFUSAL_NONE);
  cr_expect_eq(rl_snapshot_side(&out), RL_BUY_BASE);
  cr_expect(out.legs[0].inverted);
  expect_price(&out, 11252, 4);
  cr_expect_eq(ask("EUR", "EUR", &out), RL_REFUSAL_SAME_CURRENCY);
}

Test(market_fixing, two_fixings_of_one_provider_meet_at_a_pivot)
{
  rl_snapshot out;
  world_say(&world, bank, "EURUSD", 12500, 12500);
  world_say(&world, other, "EURJPY", 16000, 16000);
  cr_expect_eq(ask("USD", "JPY", &out), RL_REFUSAL_NO_RATE, "no two providers");
  world_say(&world, bank, "EURJPY", 16300, 16300);
  for (unsigned back = 0; back < 2; back++) {
    cr_assert_eq(ask(back ? "JPY" : "USD", back ? "USD" : "JPY", &out), RL_REFUSAL_NONE);
    cr_expect_eq(out.leg_count, 2);
    expect_price(&out, 1304, 1); /* 163 / 1.25 */
    cr_expect_str_eq(rl_currency_code(out.legs[back].quote), "USD");
    cr_expect_str_eq(rl_currency_code(out.legs[1 - back].quote), "JPY");
    cr_expect_eq(out.legs[back].inverted, back == 0);
    cr_expect_eq(out.legs[1 - back].inverted, back == 1);
  }
}

Test(market_fixing, fixing_is_used_until_its_date_is_seven_days_past)
{
  rl_snapshot out;
  int64_t now_ms = world.now.utc.ms;
  world_say_at(&world, bank, "EURUSD", 11250, 11250, now_ms - RL_FIXING_AGE_MAX_MS + 1);
  cr_expect_eq(ask("EUR", "USD", &out), RL_REFUSAL_NONE);
  world_say_at(&world, bank, "EURUSD", 11250, 11250, now_ms - RL_FIXING_AGE_MAX_MS);
  cr_expect_eq(ask("EUR", "USD", &out), RL_REFUSAL_NO_RATE);
  world_say_at(&world, bank, "EURUSD", 11250, 11250, 0);
  cr_expect_eq(ask("EUR", "USD", &out), RL_REFUSAL_NO_RATE, "one without a date is of no age");
}

Test(market_fixing, older_leg_is_the_age_of_a_cross)
{
  rl_snapshot out;
  int64_t now_ms = world.now.utc.ms;
  world_say_at(&world, bank, "EURUSD", 12500, 12500, now_ms);
  world_say_at(&world, bank, "EURJPY", 16300, 16300, now_ms - RL_FIXING_AGE_MAX_MS);
  cr_expect_eq(ask("USD", "JPY", &out), RL_REFUSAL_NO_RATE);
  world_say_at(&world, bank, "EURJPY", 16300, 16300, now_ms - RL_FIXING_AGE_MAX_MS + 1);
  cr_expect_eq(ask("USD", "JPY", &out), RL_REFUSAL_NONE);
}

/* A wall clock that was set back makes no fixing young. */
Test(market_fixing, fixing_that_came_seven_days_ago_is_old_whatever_its_date)
{
  rl_snapshot out;
  world_say(&world, bank, "EURUSD", 11250, 11250);
  world.now.mono.ns += (int64_t)RL_FIXING_AGE_MAX_MS * RL_NS_PER_MS - 1;
  cr_assert_eq(ask("EUR", "USD", &out), RL_REFUSAL_NONE);
  cr_expect_eq(out.conditions.age_percent, 100);
  world.now.mono.ns++;
  cr_expect_eq(ask("EUR", "USD", &out), RL_REFUSAL_NO_RATE);
}

Test(market_fixing, hours_are_those_of_the_legs)
{
  rl_snapshot out;
  world_say(&world, bank, "EURSEK", 110000, 110000);
  cr_assert_eq(ask("EUR", "SEK", &out), RL_REFUSAL_NONE);
  cr_expect(out.conditions.closed);
}

Test(market_fixing, leg_says_all_that_its_price_is_made_of)
{
  rl_snapshot out;
  world_say(&world, bank, "EURUSD", 11250, 11255);
  world_wait_ns(&world, 5000 * RL_NS_PER_MS);
  cr_assert_eq(ask("EUR", "USD", &out), RL_REFUSAL_NONE);
  rl_composite recorded = out.legs[0].composite, again = recorded;
  cr_expect_eq(again.policy, RL_POLICY_REFERENCE);
  cr_expect_eq(again.tick_count, 1);
  cr_expect_eq(again.ticks[0].source.index, bank.index);
  cr_expect_eq(again.ticks[0].bid, 11250);
  cr_expect_eq(again.ticks[0].ask, 11255);
  cr_expect_eq(again.mid_half, 22505);
  cr_expect_eq(again.refusal, RL_REFUSAL_NONE);
  again.bid_half = again.mid_half = again.ask_half = 1;
  rl_composite_price(&again);
  cr_expect_eq(again.bid_half, recorded.bid_half);
  cr_expect_eq(again.mid_half, recorded.mid_half);
  cr_expect_eq(again.ask_half, recorded.ask_half);
  rl_conditions conditions = rl_snapshot_conditions(&out, world.now.mono, out.conditions.closed);
  cr_expect(memcmp(&conditions.by_reference, &out.conditions.by_reference, 1) == 0);
  cr_expect_eq(conditions.age_percent, out.conditions.age_percent);
}

Test(market_fixing, halted_pair_has_no_price_of_a_fixing_either)
{
  rl_snapshot out;
  world_say(&world, bank, "EURUSD", 12500, 12500);
  world_say(&world, bank, "EURJPY", 16300, 16300);
  rl_market_halt(world.market, world_pair(&world, "EURUSD"));
  cr_expect_eq(ask("EUR", "USD", &out), RL_REFUSAL_PAIR_HALTED);
  cr_expect_eq(ask("USD", "JPY", &out), RL_REFUSAL_PAIR_HALTED);
  cr_expect_eq(ask("EUR", "JPY", &out), RL_REFUSAL_NONE);
  rl_market_resume(world.market, world_pair(&world, "EURUSD"));
  cr_expect_eq(ask("EUR", "USD", &out), RL_REFUSAL_NONE);
}

/* EURTHB is EURUSD, which wants two sources, and USDTHB. */
Test(market_fixing, cross_is_no_fixing_while_one_leg_has_live_rates_that_give_no_price)
{
  rl_snapshot out;
  rl_source live = world_live(&world, "live");
  world_say(&world, bank, "EURUSD", 12500, 12500);
  world_say(&world, bank, "USDTHB", 330000, 330000);
  cr_expect_eq(ask("EUR", "THB", &out), RL_REFUSAL_NONE);
  world_say(&world, live, "EURUSD", 12500, 12502);
  cr_expect_eq(world_snapshot(&world, "EUR", "THB", &out), RL_REFUSAL_NO_RATE, "of USDTHB");
  cr_expect_eq(ask("EUR", "THB", &out), RL_REFUSAL_TOO_FEW_SOURCES, "of EURUSD");
  cr_expect_eq(ask("THB", "EUR", &out), RL_REFUSAL_TOO_FEW_SOURCES);
  world_wait_ns(&world, 1000 * RL_NS_PER_MS);
  cr_expect_eq(ask("EUR", "THB", &out), RL_REFUSAL_NONE);
}

/* Live rates are as they were: a fixing beside them is no leg. */
Test(market_fixing, live_rate_is_never_left_for_a_fixing)
{
  rl_snapshot out;
  rl_source live = world_live(&world, "live");
  world_say(&world, bank, "EURJPY", 16300, 16300);
  world_say(&world, live, "EURJPY", 16400, 16402);
  cr_assert_eq(world_snapshot(&world, "EUR", "JPY", &out), RL_REFUSAL_NONE);
  cr_expect_not(out.conditions.by_reference);
  cr_expect_eq(out.firm_refusal, RL_REFUSAL_NONE);
  cr_expect_eq(out.legs[0].composite.bid_half, 32800);
}
