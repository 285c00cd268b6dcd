/* What comes of the amounts at the edges of bands, waivers, tiers and payout increments. */
#include "pricing/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

typedef struct answer {
  rl_refusal refusal;
  rl_terms terms;
  rl_nearest nearest;
} answer;

static answer ask(const rl_snapshot *snapshot, const rl_tariff *tariff, rl_fixed fixed,
                  int64_t amount_minor)
{
  answer got = {.refusal = RL_REFUSAL_NONE};
  rl_price_request request = {.fixed = fixed, .amount_minor = amount_minor};
  got.refusal = rl_price(snapshot, tariff, &request, &got.terms, &got.nearest);
  return got;
}

/* --- payout increments --- */

/* Forints are paid out whole. */
static answer ask_forints(const char *rate, const char *rule, rl_fixed fixed, int64_t amount_minor)
{
  rl_snapshot snapshot = fixture_direct("EUR", "HUF", "EUR", rate, rate);
  rl_tariff *tariff = fixture_tariff_under(
    FIXTURE_LOCKS "payout_increments:\n  - { currency: HUF, increment: 1.00 }\n", "EUR", "HUF",
    rule);
  answer got = ask(&snapshot, tariff, fixed, amount_minor);
  rl_tariff_destroy(tariff);
  return got;
}

#define PLAIN "markup_bps: 0"

static void expect_payout(const answer *got, int64_t gross, int64_t target, int64_t residue)
{
  cr_assert_eq(got->refusal, RL_REFUSAL_NONE, "%s", rl_refusal_name(got->refusal));
  cr_expect_eq(got->terms.gross_minor, gross, "G %ld", got->terms.gross_minor);
  cr_expect_eq(got->terms.target_minor, target, "T %ld", got->terms.target_minor);
  cr_expect_eq(got->terms.residue_minor, residue, "residue %ld", got->terms.residue_minor);
}

Test(payout, what_is_no_whole_increment_stays_on_the_residue)
{
  answer got = ask_forints("400.5", PLAIN, RL_FIXED_SOURCE, 1234);
  expect_payout(&got, 494200, 494200, 17);
}

Test(payout, a_whole_increment_is_paid_out_as_it_is)
{
  answer got = ask_forints("400", PLAIN, RL_FIXED_SOURCE, 1234);
  expect_payout(&got, 493600, 493600, 0);
}

Test(payout, target_fees_are_taken_of_the_gross_amount_that_the_payout_needs)
{
  answer got = ask_forints("400.5", PLAIN ", fees: [{ name: tax, kind: bps, bps: 10,"
                           " side: target }]", RL_FIXED_SOURCE, 1234);
  expect_payout(&got, 494194, 493700, 23);
  cr_expect_eq(got.terms.fees[0].amount_minor, 494);
}

Test(payout, less_than_one_increment_is_too_small)
{
  answer got = ask_forints("0.5", PLAIN, RL_FIXED_SOURCE, 199);
  cr_expect_eq(got.refusal, RL_REFUSAL_AMOUNT_TOO_SMALL);
  got = ask_forints("0.5", PLAIN, RL_FIXED_SOURCE, 200);
  expect_payout(&got, 100, 100, 0);
}

static void expect_between(const answer *got, rl_reachable below, rl_reachable above)
{
  cr_assert_eq(got->refusal, RL_REFUSAL_AMOUNT_UNREACHABLE, "%s", rl_refusal_name(got->refusal));
  cr_expect_eq(got->nearest.below.source_minor, below.source_minor);
  cr_expect_eq(got->nearest.below.target_minor, below.target_minor);
  cr_expect_eq(got->nearest.above.source_minor, above.source_minor);
  cr_expect_eq(got->nearest.above.target_minor, above.target_minor);
}

Test(payout, a_target_between_increments_names_what_both_neighbours_would_give)
{
  answer got = ask_forints("400.5", PLAIN, RL_FIXED_TARGET, 494250);
  expect_between(&got, (rl_reachable){1234, 494200}, (rl_reachable){1235, 494600});
}

Test(payout, below_the_first_increment_and_beyond_the_range_there_is_no_neighbour)
{
  answer got = ask_forints("400.5", PLAIN, RL_FIXED_TARGET, 50);
  expect_between(&got, (rl_reachable){0, 0}, (rl_reachable){1, 400});
  got = ask_forints("1", PLAIN, RL_FIXED_TARGET, RL_AMOUNT_MAX - 1);
  expect_between(&got, (rl_reachable){RL_AMOUNT_MAX - 100, RL_AMOUNT_MAX - 100},
                 (rl_reachable){RL_AMOUNT_MAX, RL_AMOUNT_MAX});
  got = ask_forints("0.99", PLAIN, RL_FIXED_TARGET, RL_AMOUNT_MAX - 1);
  expect_between(&got, (rl_reachable){0, 0}, (rl_reachable){0, 0});
}

/* At the dearest rate that can be shown, a fee on top takes the effective rate out of range. */
Test(payout, a_neighbour_whose_quote_is_refused_is_not_named)
{
  rl_snapshot snapshot = fixture_direct("HUF", "EUR", "EUR", "999999999", "999999999");
  rl_tariff *tariff = fixture_tariff_under(
    FIXTURE_LOCKS "payout_increments:\n  - { currency: EUR, increment: 0.10 }\n", "HUF", "EUR",
    PLAIN ", fees: [{ name: card, kind: flat, amount: 10.00, mode: on_top }]");
  answer got = ask(&snapshot, tariff, RL_FIXED_TARGET, 15);
  expect_between(&got, (rl_reachable){0, 0}, (rl_reachable){0, 0});
  rl_tariff_destroy(tariff);
}

/* --- bands and waivers --- */

/* Dollars to euros at 2 dollars: a euro target is worth twice as much. */
static answer ask_euros(const char *head, const char *rules, rl_fixed fixed, int64_t amount_minor)
{
  char text[1024];
  rl_snapshot snapshot = fixture_direct("USD", "EUR", "EUR", "2", "2");
  int length = snprintf(text, sizeof text, "tariff: fixture\n" FIXTURE_LOCKS "%srules:\n%s", head,
                        rules);
  rl_tariff *tariff = fixture_parse(text, (size_t)length);
  answer got = ask(&snapshot, tariff, fixed, amount_minor);
  rl_tariff_destroy(tariff);
  return got;
}

#define BANDS                                                                             \
  "  - { name: small, tier: standard, from: USD, amount_below: 100.00, markup_bps: 100 }\n" \
  "  - { name: large, tier: standard, from: USD, amount_from: 100.00, markup_bps: 10 }\n"

static void expect_band(rl_fixed fixed, int64_t amount_minor, const char *rule)
{
  answer got = ask_euros("", BANDS, fixed, amount_minor);
  cr_assert_eq(got.refusal, RL_REFUSAL_NONE);
  cr_expect_str_eq(got.terms.markups[0].name, rule, "%ld", amount_minor);
}

Test(payout, a_band_begins_at_its_first_amount)
{
  expect_band(RL_FIXED_SOURCE, 9999, "small");
  expect_band(RL_FIXED_SOURCE, 10000, "large");
}

/* 49.99 euros cost 100.98 dollars in the first band, but are worth 99.98. */
Test(payout, a_target_falls_into_the_band_of_its_worth_at_mid)
{
  expect_band(RL_FIXED_TARGET, 4999, "small");
  expect_band(RL_FIXED_TARGET, 5000, "large");
}

#define WAIVER                                                                 \
  "waivers:\n  - { name: never, fee: service, method: wire }\n"                \
  "  - { name: welcome, fee: service, from: USD, amount_from: 100.00,\n"       \
  "      amount_below: 200.00 }\n"                                             \
  "  - { name: late, fee: service }\n"
#define SERVICE                                                                \
  "  - { name: one, tier: standard, from: USD, fees: [{ name: service,"         \
  " kind: flat, amount: 1.50 }, { name: card, kind: flat, amount: 0.30 }] }\n"

static void expect_waived(rl_fixed fixed, int64_t amount_minor, const char *by)
{
  answer got = ask_euros(WAIVER, SERVICE, fixed, amount_minor);
  cr_assert_eq(got.refusal, RL_REFUSAL_NONE);
  cr_expect_str_eq(got.terms.fees[0].waived_by, by, "%ld", amount_minor);
  cr_expect_eq(got.terms.fees[0].amount_minor, 0);
  cr_expect_str_eq(got.terms.fees[1].waived_by, "");
  cr_expect_eq(got.terms.source_minor - got.terms.net_minor, 30);
}

Test(payout, the_first_waiver_that_matches_is_named_and_nothing_taken)
{
  expect_waived(RL_FIXED_SOURCE, 9999, "late");
  expect_waived(RL_FIXED_SOURCE, 10000, "welcome");
  expect_waived(RL_FIXED_SOURCE, 19999, "welcome");
  expect_waived(RL_FIXED_SOURCE, 20000, "late");
  expect_waived(RL_FIXED_TARGET, 4999, "late");
  expect_waived(RL_FIXED_TARGET, 5000, "welcome");
}

/* --- fees at their tiers --- */

static int64_t fee_of(const char *fee, int64_t source_minor)
{
  char rules[256];
  snprintf(rules, sizeof rules,
           "  - { name: one, tier: standard, from: USD, fees: [{ name: fee, %s }] }\n", fee);
  answer got = ask_euros("", rules, RL_FIXED_SOURCE, source_minor);
  cr_assert_eq(got.refusal, RL_REFUSAL_NONE);
  return got.terms.fees[0].amount_minor;
}

#define GRADUATED "kind: graduated, tiers: [{ from: 0, bps: 60 }, { from: 1000.00, bps: 40 }]"

Test(payout, graduated_tiers_take_each_their_part_and_round_the_sum_half_up)
{
  cr_expect_eq(fee_of(GRADUATED, 100000), 600);
  cr_expect_eq(fee_of(GRADUATED, 100124), 600, "600.496");
  cr_expect_eq(fee_of(GRADUATED, 100125), 601, "600.5");
  cr_expect_eq(fee_of(GRADUATED ", min: 7.00", 100125), 700);
  cr_expect_eq(fee_of(GRADUATED ", max: 5.00", 100125), 500);
}

#define SLAB "kind: slab, tiers: [{ from: 0, bps: 100 }, { from: 1000.00, amount: 3.00 }]"

Test(payout, a_slab_takes_its_tier_of_the_whole_amount)
{
  cr_expect_eq(fee_of(SLAB, 99949), 999, "999.49");
  cr_expect_eq(fee_of(SLAB, 99950), 1000, "999.5");
  cr_expect_eq(fee_of(SLAB, 99999), 1000);
  cr_expect_eq(fee_of(SLAB, 100000), 300);
}

#define GREATER "kind: greater_of, of: [{ amount: 2.50 }, { bps: 35 }, { bps: 10 }]"

Test(payout, the_greater_of_several_changes_over_where_they_round_to_the_same)
{
  cr_expect_eq(fee_of(GREATER, 71571), 250, "250.4985");
  cr_expect_eq(fee_of(GREATER, 71572), 251, "250.502");
}

/* --- the total cost --- */

Test(payout, the_total_cost_is_the_charge_above_the_worth_of_the_payout_at_mid)
{
  rl_snapshot snapshot = fixture_direct("USD", "EUR", "EUR", "1.1250", "1.1254");
  rl_tariff *tariff = fixture_tariff(
    10, "USD", "EUR", "fees: [{ name: card, kind: flat, amount: 1.00, mode: on_top }]");
  answer got = ask(&snapshot, tariff, RL_FIXED_SOURCE, 100000);
  cr_assert_eq(got.refusal, RL_REFUSAL_NONE);
  cr_expect_eq(got.terms.charge_minor, 100100);
  cr_expect_eq(got.terms.target_minor, 88857, "100000 / 1.1254");
  cr_expect_eq(got.terms.total_cost_minor, 119, "100100 - floor(88857 x 1.1252 = 99981.9)");
  rl_tariff_destroy(tariff);
}
