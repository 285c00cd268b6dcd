/* When pricing says no, one unit either side of each limit. */
#include "pricing/fixture.h"

#include <criterion/criterion.h>
#include <string.h>

typedef struct question {
  const char *from, *to, *base;
  const char *rate;
  const char *rule;
  rl_fixed fixed;
  int64_t amount;
} question;

static rl_refusal answer(const question *asked)
{
  rl_snapshot snapshot =
    fixture_direct(asked->from, asked->to, asked->base, asked->rate, asked->rate);
  rl_tariff *tariff = fixture_tariff(10, asked->from, asked->to, asked->rule);
  rl_price_request request = {.fixed = asked->fixed, .amount_minor = asked->amount};
  rl_terms terms, untouched;
  memset(&terms, 0xa5, sizeof terms);
  untouched = terms;
  rl_refusal refusal = rl_price(&snapshot, tariff, &request, &terms, NULL);
  if (refusal != RL_REFUSAL_NONE)
    cr_expect_arr_eq(&terms, &untouched, sizeof terms, "a refusal leaves the terms untouched");
  rl_tariff_destroy(tariff);
  return refusal;
}

#define EXPECT(refusal_name, ...)                                                \
  do {                                                                           \
    rl_refusal got = answer(&(question){__VA_ARGS__});                           \
    cr_expect_eq(got, RL_REFUSAL_##refusal_name, "got %s", rl_refusal_name(got)); \
  } while (0)

#define PLAIN "markup_bps: 0"

Test(refusals, an_amount_is_one_to_ten_to_the_fifteen)
{
  EXPECT(AMOUNT_OUT_OF_RANGE, "USD", "EUR", "EUR", "1", PLAIN, RL_FIXED_SOURCE, -1);
  EXPECT(AMOUNT_OUT_OF_RANGE, "USD", "EUR", "EUR", "1", PLAIN, RL_FIXED_SOURCE, 0);
  EXPECT(NONE, "USD", "EUR", "EUR", "1", PLAIN, RL_FIXED_SOURCE, 1);
  EXPECT(NONE, "USD", "EUR", "EUR", "1", PLAIN, RL_FIXED_TARGET, RL_AMOUNT_MAX);
  EXPECT(AMOUNT_OUT_OF_RANGE, "USD", "EUR", "EUR", "1", PLAIN, RL_FIXED_TARGET,
         RL_AMOUNT_MAX + 1);
}

Test(refusals, a_gross_amount_beyond_the_range_is_refused)
{
  EXPECT(NONE, "EUR", "USD", "EUR", "2", PLAIN, RL_FIXED_SOURCE, RL_AMOUNT_MAX / 2);
  EXPECT(AMOUNT_OUT_OF_RANGE, "EUR", "USD", "EUR", "2", PLAIN, RL_FIXED_SOURCE,
         RL_AMOUNT_MAX / 2 + 1);
}

Test(refusals, a_source_beyond_the_range_is_refused)
{
  EXPECT(NONE, "USD", "EUR", "EUR", "2", PLAIN, RL_FIXED_TARGET, RL_AMOUNT_MAX / 2);
  EXPECT(AMOUNT_OUT_OF_RANGE, "USD", "EUR", "EUR", "2", PLAIN, RL_FIXED_TARGET,
         RL_AMOUNT_MAX / 2 + 1);
}

#define DEDUCTED "markup_bps: 0, fees: [{ name: service, kind: flat, amount: 1.00 }]"

Test(refusals, a_source_with_its_deducted_fees_beyond_the_range_is_refused)
{
  EXPECT(NONE, "USD", "EUR", "EUR", "1", DEDUCTED, RL_FIXED_TARGET, RL_AMOUNT_MAX - 100);
  EXPECT(AMOUNT_OUT_OF_RANGE, "USD", "EUR", "EUR", "1", DEDUCTED, RL_FIXED_TARGET,
         RL_AMOUNT_MAX - 99);
}

#define ON_TOP \
  "markup_bps: 0, fees: [{ name: service, kind: flat, amount: 1.00, mode: on_top }]"

Test(refusals, a_charge_beyond_the_range_is_refused)
{
  EXPECT(NONE, "USD", "EUR", "EUR", "1", ON_TOP, RL_FIXED_SOURCE, RL_AMOUNT_MAX - 100);
  EXPECT(AMOUNT_OUT_OF_RANGE, "USD", "EUR", "EUR", "1", ON_TOP, RL_FIXED_SOURCE,
         RL_AMOUNT_MAX - 99);
}

Test(refusals, a_charge_out_of_range_is_said_before_fees_that_exceed_the_amount)
{
  EXPECT(AMOUNT_OUT_OF_RANGE, "USD", "EUR", "EUR", "1",
         "markup_bps: 0, fees: [{ name: service, kind: flat, amount: 10000000000000.00 },"
         " { name: card, kind: flat, amount: 0.01, mode: on_top }]",
         RL_FIXED_SOURCE, RL_AMOUNT_MAX);
}

Test(refusals, rates_that_cannot_be_shown_are_said_before_the_amounts_that_follow)
{
  EXPECT(RATE_OUT_OF_RANGE, "EUR", "USD", "EUR", "0.000000001",
         "markup_bps: 1, fees: [{ name: service, kind: flat, amount: 1.00 }]", RL_FIXED_SOURCE,
         1);
}

#define PAYOUT \
  "markup_bps: 0, fees: [{ name: payout, kind: flat, side: target, amount: 1.00 }]"

Test(refusals, a_gross_amount_with_its_target_fees_beyond_the_range_is_refused)
{
  EXPECT(NONE, "USD", "EUR", "EUR", "1", PAYOUT, RL_FIXED_TARGET, RL_AMOUNT_MAX - 100);
  EXPECT(AMOUNT_OUT_OF_RANGE, "USD", "EUR", "EUR", "1", PAYOUT, RL_FIXED_TARGET,
         RL_AMOUNT_MAX - 99);
}

Test(refusals, fees_that_leave_nothing_of_the_source_are_refused)
{
  EXPECT(FEES_EXCEED_AMOUNT, "USD", "EUR", "EUR", "1", DEDUCTED, RL_FIXED_SOURCE, 99);
  EXPECT(FEES_EXCEED_AMOUNT, "USD", "EUR", "EUR", "1", DEDUCTED, RL_FIXED_SOURCE, 100);
  EXPECT(NONE, "USD", "EUR", "EUR", "1", DEDUCTED, RL_FIXED_SOURCE, 101);
}

Test(refusals, fees_that_leave_nothing_of_the_target_are_refused)
{
  EXPECT(FEES_EXCEED_AMOUNT, "USD", "EUR", "EUR", "1", PAYOUT, RL_FIXED_SOURCE, 100);
  EXPECT(NONE, "USD", "EUR", "EUR", "1", PAYOUT, RL_FIXED_SOURCE, 101);
}

Test(refusals, an_amount_worth_less_than_one_unit_is_too_small)
{
  EXPECT(AMOUNT_TOO_SMALL, "EUR", "USD", "EUR", "0.1", PLAIN, RL_FIXED_SOURCE, 9);
  EXPECT(NONE, "EUR", "USD", "EUR", "0.1", PLAIN, RL_FIXED_SOURCE, 10);
}

Test(refusals, an_amount_worth_nothing_is_too_small_before_target_fees_are_looked_at)
{
  EXPECT(AMOUNT_TOO_SMALL, "EUR", "USD", "EUR", "0.1", PAYOUT, RL_FIXED_SOURCE, 9);
  EXPECT(FEES_EXCEED_AMOUNT, "EUR", "USD", "EUR", "0.1", PAYOUT, RL_FIXED_SOURCE, 10);
}

Test(refusals, a_client_rate_beyond_its_range_is_refused)
{
  EXPECT(NONE, "EUR", "USD", "EUR", "999999999", PLAIN, RL_FIXED_SOURCE, 100);
  EXPECT(RATE_OUT_OF_RANGE, "USD", "EUR", "EUR", "999999999", "markup_bps: 1", RL_FIXED_TARGET,
         100);
  EXPECT(NONE, "EUR", "USD", "EUR", "0.000000001", PLAIN, RL_FIXED_TARGET, 1);
  EXPECT(RATE_OUT_OF_RANGE, "EUR", "USD", "EUR", "0.000000001", "markup_bps: 1",
         RL_FIXED_TARGET, 1);
}

/* --- what the tariff decides --- */

#define TWO_LOCKS                                                            \
  "tariff: two-locks\nlocks:\n  - { ttl: 30s, premium_bps: 0 }\n"            \
  "  - { ttl: 1m, premium_bps: 2.5 }\ndefault_ttl: 1m\nrules:\n"             \
  "  - { name: gold, tier: gold, from: USD, to: EUR, markup_bps: 10 }\n"     \
  "  - { name: other, tier: standard, from: USD, to: EUR, markup_bps: 50 }\n"

static rl_refusal ask(const char *from, const char *to, const char *tier, uint32_t ttl_ms,
                      rl_terms *terms)
{
  rl_snapshot snapshot = fixture_direct(from, to, from, "1", "1");
  rl_tariff *tariff = fixture_parse(TWO_LOCKS, sizeof TWO_LOCKS - 1);
  rl_price_request request = {.amount_minor = 100000, .ttl_ms = ttl_ms};
  memcpy(request.tier, tier, strlen(tier) + 1);
  rl_refusal refusal = rl_price(&snapshot, tariff, &request, terms, NULL);
  rl_tariff_destroy(tariff);
  return refusal;
}

Test(refusals, a_corridor_or_tier_without_a_rule_has_no_tariff)
{
  rl_terms terms;
  cr_expect_eq(ask("USD", "EUR", "gold", 0, &terms), RL_REFUSAL_NONE);
  cr_expect_eq(ask("USD", "GBP", "gold", 0, &terms), RL_REFUSAL_NO_TARIFF);
  cr_expect_eq(ask("EUR", "USD", "gold", 0, &terms), RL_REFUSAL_NO_TARIFF);
  cr_expect_eq(ask("USD", "EUR", "silver", 0, &terms), RL_REFUSAL_NO_TARIFF);
}

Test(refusals, a_lock_is_never_cut_short)
{
  rl_terms terms;
  cr_assert_eq(ask("USD", "EUR", "", 30000, &terms), RL_REFUSAL_NONE);
  cr_expect_eq(terms.ttl_ms, 30000u);
  cr_assert_eq(ask("USD", "EUR", "", 30001, &terms), RL_REFUSAL_NONE);
  cr_expect_eq(terms.ttl_ms, 60000u);
  cr_assert_eq(ask("USD", "EUR", "", 60000, &terms), RL_REFUSAL_NONE);
  cr_expect_eq(ask("USD", "EUR", "", 60001, &terms), RL_REFUSAL_TTL_NOT_OFFERED);
}

Test(refusals, the_tariff_gives_a_default_tier_and_a_default_lock)
{
  rl_terms terms;
  cr_assert_eq(ask("USD", "EUR", "", 0, &terms), RL_REFUSAL_NONE);
  cr_expect_str_eq(terms.tier, "standard");
  cr_expect_eq(terms.ttl_ms, 60000u);
}

Test(refusals, a_longer_lock_costs_its_premium_added_to_the_markup_before_rounding)
{
  rl_terms terms;
  cr_assert_eq(ask("USD", "EUR", "gold", 60000, &terms), RL_REFUSAL_NONE);
  cr_expect_eq(terms.lock_premium_e8, 25000);
  cr_expect_eq(terms.markups[0].e8, 100000);
  cr_expect_eq(rl_rate_compare(terms.client_rate, fixture_rate("0.99875")), 0);
}

Test(refusals, an_amount_out_of_range_is_said_before_a_missing_tariff_or_lock)
{
  rl_snapshot snapshot = fixture_direct("USD", "GBP", "USD", "1", "1");
  rl_tariff *tariff = fixture_parse(TWO_LOCKS, sizeof TWO_LOCKS - 1);
  rl_price_request request = {.amount_minor = 0, .ttl_ms = 60001};
  rl_terms terms;
  cr_expect_eq(rl_price(&snapshot, tariff, &request, &terms, NULL), RL_REFUSAL_AMOUNT_OUT_OF_RANGE);
  request.amount_minor = RL_AMOUNT_MAX + 1;
  cr_expect_eq(rl_price(&snapshot, tariff, &request, &terms, NULL), RL_REFUSAL_AMOUNT_OUT_OF_RANGE);
  request.amount_minor = 1;
  cr_expect_eq(rl_price(&snapshot, tariff, &request, &terms, NULL), RL_REFUSAL_NO_TARIFF);
  rl_tariff_destroy(tariff);
}

Test(refusals, a_closed_market_is_refused_by_a_tariff_that_says_nothing_of_it)
{
  rl_snapshot snapshot = fixture_direct("USD", "EUR", "EUR", "1.1252", "1.1252");
  rl_tariff *tariff = fixture_tariff(10, "USD", "EUR", "markup_bps: 40");
  rl_price_request request = {.amount_minor = 100000};
  rl_terms terms;
  cr_expect_eq(rl_price(&snapshot, tariff, &request, &terms, NULL), RL_REFUSAL_NONE);
  snapshot.conditions.closed = true;
  cr_expect_eq(rl_price(&snapshot, tariff, &request, &terms, NULL), RL_REFUSAL_MARKET_CLOSED);
  rl_tariff_destroy(tariff);
}

Test(refusals, points_on_a_way_of_several_legs_have_no_tariff)
{
  rl_snapshot snapshot = fixture_direct("USD", "EUR", "EUR", "1.1252", "1.1252");
  snapshot.legs[0].composite.pip_scale = 4;
  rl_tariff *tariff = fixture_tariff(10, "USD", "EUR", "markup_points: 1.5");
  rl_price_request request = {.amount_minor = 100000};
  rl_terms terms;
  cr_expect_eq(rl_price(&snapshot, tariff, &request, &terms, NULL), RL_REFUSAL_NONE);
  snapshot.leg_count = 2;
  snapshot.legs[1] = snapshot.legs[0];
  snapshot.conditions.closed = true;
  cr_expect_eq(rl_price(&snapshot, tariff, &request, &terms, NULL), RL_REFUSAL_NO_TARIFF);
  rl_tariff_destroy(tariff);
}

/* A flat fee that falls to a single unit at 100.00: sources from there on leave 99.99 and more, the
 * ones below at most 89.99. */
#define FALLING                                                      \
  "markup_bps: 0, fees: [{ name: size, kind: slab,"                  \
  " tiers: [{ from: 0, amount: 10.00 }, { from: 100.00, amount: 0.01 }] }]"

Test(refusals, a_target_just_above_or_below_the_jump_of_a_slab_is_reached)
{
  EXPECT(NONE, "USD", "EUR", "EUR", "1", FALLING, RL_FIXED_TARGET, 8999);
  EXPECT(AMOUNT_UNREACHABLE, "USD", "EUR", "EUR", "1", FALLING, RL_FIXED_TARGET, 9000);
  EXPECT(AMOUNT_UNREACHABLE, "USD", "EUR", "EUR", "1", FALLING, RL_FIXED_TARGET, 9998);
  EXPECT(NONE, "USD", "EUR", "EUR", "1", FALLING, RL_FIXED_TARGET, 9999);
}

/* Where ten cents are worth one yen, what the slab leaves too much is lost in the conversion. */
Test(refusals, a_target_that_the_jump_of_a_slab_pays_all_the_same_is_reached)
{
  EXPECT(NONE, "USD", "JPY", "USD", "0.1", FALLING, RL_FIXED_TARGET, 9);
  EXPECT(AMOUNT_UNREACHABLE, "USD", "JPY", "USD", "10", FALLING, RL_FIXED_TARGET, 950);
}

#define FALLING_BESIDE_ON_TOP                                                       \
  "markup_bps: 0, fees: [{ name: size, kind: slab, tiers: [{ from: 0, bps: 4000 },"  \
  " { from: 9999999999900.00, amount: 0.01 }] },"                                   \
  " { name: card, kind: bps, bps: 1, mode: on_top }]"

Test(refusals, a_charge_out_of_range_is_said_before_a_target_in_the_jump_of_a_slab)
{
  EXPECT(AMOUNT_OUT_OF_RANGE, "USD", "EUR", "EUR", "1", FALLING_BESIDE_ON_TOP, RL_FIXED_TARGET,
         900000000000000);
}
