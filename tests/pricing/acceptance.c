/* The worked examples, to the unit. Each row was computed with a pencil; engine and oracle both
 * have to give it. Amounts are in minor units. */
#include "pricing/fixture.h"
#include "pricing/oracle.h"

#include <criterion/criterion.h>

struct row {
  const char *from, *to, *base;
  const char *rate;  /* the side of the market that the client trades on */
  const char *rule;  /* markup and fees, as in a tariff; its amounts are in major units */
  rl_fixed fixed;
  int64_t amount;
  rl_refusal refusal; /* if any, of the fields below only `nearest` counts */
  rl_nearest nearest;
  const char *client_rate;
  int64_t charge, source;
  unsigned fee_count;
  int64_t fees[RL_FEES_MAX];
  int64_t net, gross, target, residue, spread;
};

static void expect_amounts(const struct row *row, const rl_terms *terms)
{
  cr_expect_eq(terms->charge_minor, row->charge, "C %ld", terms->charge_minor);
  cr_expect_eq(terms->source_minor, row->source, "S %ld", terms->source_minor);
  cr_expect_eq(terms->net_minor, row->net, "N %ld", terms->net_minor);
  cr_expect_eq(terms->gross_minor, row->gross, "G %ld", terms->gross_minor);
  cr_expect_eq(terms->target_minor, row->target, "T %ld", terms->target_minor);
  cr_expect_eq(terms->residue_minor, row->residue, "residue %ld", terms->residue_minor);
  cr_expect_eq(terms->spread_minor, row->spread, "spread %ld", terms->spread_minor);
  cr_assert_eq(terms->fee_count, row->fee_count);
  for (unsigned i = 0; i < row->fee_count; i++)
    cr_expect_eq(terms->fees[i].amount_minor, row->fees[i], "fee %u", i);
}

static void expect_nearest(const struct row *row, const rl_nearest *nearest)
{
  cr_expect_eq(nearest->below.source_minor, row->nearest.below.source_minor);
  cr_expect_eq(nearest->below.target_minor, row->nearest.below.target_minor);
  cr_expect_eq(nearest->above.source_minor, row->nearest.above.source_minor);
  cr_expect_eq(nearest->above.target_minor, row->nearest.above.target_minor);
}

static void expect_oracle_agrees(const rl_snapshot *snapshot, const rl_tariff *tariff,
                                 const struct row *row, const rl_terms *terms)
{
  oracle_copy told;
  oracle_copy_tariff(tariff, snapshot->from, snapshot->to, &told);
  rl_price_request request = {.fixed = row->fixed, .amount_minor = row->amount};
  oracle_case asked = {.tariff = &told.tariff, .snapshot = snapshot, .request = &request};
  oracle_quote expected = oracle_price(&asked);
  cr_assert_eq(expected.refusal, row->refusal, "oracle: %s", rl_refusal_name(expected.refusal));
  expect_nearest(row, &expected.nearest);
  if (row->refusal == RL_REFUSAL_NONE) {
    const char *mismatch = oracle_mismatch(&asked, terms, &expected);
    cr_expect_null(mismatch, "oracle: other %s", mismatch);
  }
}

static void expect_row(const struct row *row)
{
  rl_snapshot snapshot = fixture_direct(row->from, row->to, row->base, row->rate, row->rate);
  rl_tariff *tariff = fixture_tariff(10, row->from, row->to, row->rule);
  rl_price_request request = {.fixed = row->fixed, .amount_minor = row->amount};
  rl_terms terms = {0};
  rl_nearest nearest = {{0}, {0}};
  rl_refusal refusal = rl_price(&snapshot, tariff, &request, &terms, &nearest);
  cr_assert_eq(refusal, row->refusal, "%s", rl_refusal_name(refusal));
  expect_nearest(row, &nearest);
  if (refusal == RL_REFUSAL_NONE) {
    char text[RL_RATE_TEXT_SIZE];
    rl_rate_format(terms.client_rate, text);
    cr_expect_str_eq(text, row->client_rate);
    expect_amounts(row, &terms);
  }
  expect_oracle_agrees(&snapshot, tariff, row, &terms);
  rl_tariff_destroy(tariff);
}

Test(acceptance, row_1_a_flat_fee_is_deducted_from_a_fixed_source)
{
  expect_row(&(struct row){
    "EUR", "JPY", "EUR", "162.437",
    "markup_bps: 50, fees: [{ name: service, kind: flat, amount: 1.50 }]",
    RL_FIXED_SOURCE, 100000, .client_rate = "161.624815", .charge = 100000, .source = 100000,
    .fee_count = 1, .fees = {150}, .net = 99850, .gross = 161382, .target = 161382,
    .spread = 811});
}

Test(acceptance, row_2_a_fixed_target_finds_its_source_above_a_minimum_fee)
{
  expect_row(&(struct row){
    "EUR", "JPY", "EUR", "162.437",
    "markup_bps: 50, fees: [{ name: service, kind: bps, bps: 35, min: 0.99 }]",
    RL_FIXED_TARGET, 150000, .client_rate = "161.624815", .charge = 93134, .source = 93134,
    .fee_count = 1, .fees = {326}, .net = 92808, .gross = 150000, .target = 150000,
    .spread = 754});
}

Test(acceptance, row_3_buying_the_base_is_priced_from_the_ask)
{
  expect_row(&(struct row){
    "USD", "EUR", "EUR", "1.1252",
    "markup_bps: 40, fees: [{ name: service, kind: bps, bps: 50, min: 1.00 }]",
    RL_FIXED_SOURCE, 100000, .client_rate = "1.1297008", .charge = 100000, .source = 100000,
    .fee_count = 1, .fees = {500}, .net = 99500, .gross = 88076, .target = 88076,
    .spread = 352});
}

Test(acceptance, row_4_one_percent_on_a_fixed_buy_of_a_thousand_at_one_is_a_thousand_and_ten)
{
  expect_row(&(struct row){
    "USD", "EUR", "EUR", "1", "markup_bps: 100",
    RL_FIXED_TARGET, 100000, .client_rate = "1.01", .charge = 101000, .source = 101000,
    .net = 101000, .gross = 100000, .target = 100000, .spread = 1000});
}

Test(acceptance, row_5_a_three_decimal_target_leaves_a_residue_of_one)
{
  expect_row(&(struct row){
    "GBP", "KWD", "GBP", "0.40321",
    "markup_bps: 30, fees: [{ name: service, kind: bps, bps: 25, min: 2.00, max: 50.00 }]",
    RL_FIXED_TARGET, 100000, .client_rate = "0.40200037", .charge = 25076, .source = 25076,
    .fee_count = 1, .fees = {200}, .net = 24876, .gross = 100000, .target = 100000, .residue = 1,
    .spread = 301});
}

Test(acceptance, row_6_three_decimals_convert_to_none)
{
  expect_row(&(struct row){
    "KWD", "JPY", "KWD", "486.215", "markup_bps: 80",
    RL_FIXED_SOURCE, 1234, .client_rate = "482.32528", .charge = 1234, .source = 1234,
    .net = 1234, .gross = 595, .target = 595, .spread = 4});
}

Test(acceptance, row_7_fees_on_both_sides_of_a_fixed_target)
{
  expect_row(&(struct row){
    "EUR", "INR", "EUR", "94.6135",
    "markup_bps: 60, fees: [{ name: service, kind: bps, bps: 45, min: 0.50 },"
    " { name: payout, kind: flat, side: target, amount: 100.00 },"
    " { name: tax, kind: bps, bps: 10, max: 500.00, side: target }]",
    RL_FIXED_TARGET, 5000000, .client_rate = "94.045819", .charge = 53567, .source = 53567,
    .fee_count = 3, .fees = {241, 10000, 5015}, .net = 53326, .gross = 5015015,
    .target = 5000000, .residue = 72, .spread = 30272});
}

Test(acceptance, row_8_a_target_in_the_jump_of_a_falling_slab_names_the_nearest_two)
{
  expect_row(&(struct row){
    "USD", "EUR", "EUR", "1.1252",
    "markup_bps: 0, fees: [{ name: size, kind: slab,"
    " tiers: [{ from: 0, bps: 100 }, { from: 1000.00, bps: 50 }] }]",
    RL_FIXED_TARGET, 88000, .refusal = RL_REFUSAL_AMOUNT_UNREACHABLE,
    .nearest = {.below = {99999, 87983}, .above = {100000, 88428}}});
}

Test(acceptance, row_9_a_rising_slab_is_passed_where_its_lower_tier_leaves_too_little)
{
  expect_row(&(struct row){
    "USD", "EUR", "EUR", "1.1252",
    "markup_bps: 0, fees: [{ name: size, kind: slab,"
    " tiers: [{ from: 0, amount: 2.00 }, { from: 500.01, amount: 5.00 }] }]",
    RL_FIXED_TARGET, 44300, .client_rate = "1.1252", .charge = 50347, .source = 50347,
    .fee_count = 1, .fees = {500}, .net = 49847, .gross = 44300, .target = 44300});
}

#define ON_TOP                                                                    \
  "markup_bps: 25, fees: [{ name: transfer, kind: bps, bps: 150, mode: on_top }," \
  " { name: card, kind: flat, amount: 0.30, mode: on_top }]"

Test(acceptance, row_10_fees_on_top_are_charged_beside_a_fixed_source)
{
  expect_row(&(struct row){
    "GBP", "USD", "GBP", "1.32841", ON_TOP,
    RL_FIXED_SOURCE, 25000, .client_rate = "1.325088975", .charge = 25405, .source = 25000,
    .fee_count = 2, .fees = {375, 30}, .net = 25000, .gross = 33127, .target = 33127,
    .spread = 83});
}

Test(acceptance, row_11_fees_on_top_are_charged_beside_a_fixed_target)
{
  expect_row(&(struct row){
    "GBP", "USD", "GBP", "1.32841", ON_TOP,
    RL_FIXED_TARGET, 50000, .client_rate = "1.325088975", .charge = 38330, .source = 37734,
    .fee_count = 2, .fees = {566, 30}, .net = 37734, .gross = 50000, .target = 50000,
    .spread = 126});
}

Test(acceptance, row_12_graduated_tiers_are_summed_and_rounded_once)
{
  expect_row(&(struct row){
    "EUR", "CHF", "EUR", "0.93482",
    "markup_bps: 20, fees: [{ name: volume, kind: graduated, tiers: [{ from: 0, bps: 60 },"
    " { from: 1000.00, bps: 40 }, { from: 10000.00, bps: 20 }] }]",
    RL_FIXED_TARGET, 2300000, .client_rate = "0.93295036", .charge = 2472443, .source = 2472443,
    .fee_count = 1, .fees = {7145}, .net = 2465298, .gross = 2300000, .target = 2300000,
    .spread = 4609});
}

Test(acceptance, row_13_the_greater_of_a_flat_and_a_ratio_is_taken)
{
  expect_row(&(struct row){
    "CHF", "EUR", "EUR", "0.93511",
    "markup_bps: 45, fees: [{ name: least, kind: greater_of,"
    " of: [{ amount: 2.50 }, { bps: 35 }] }]",
    RL_FIXED_TARGET, 65000, .client_rate = "0.939317995", .charge = 61306, .source = 61306,
    .fee_count = 1, .fees = {250}, .net = 61056, .gross = 65000, .target = 65000,
    .spread = 292});
}

Test(acceptance, row_14_the_smallest_source_is_found_where_what_is_left_is_not_monotone)
{
  expect_row(&(struct row){
    "USD", "EUR", "EUR", "1",
    "markup_bps: 0, fees: [{ name: service, kind: bps, bps: 50 },"
    " { name: transfer, kind: bps, bps: 50 }]",
    RL_FIXED_TARGET, 99, .client_rate = "1", .charge = 99, .source = 99, .fee_count = 2,
    .fees = {0, 0}, .net = 99, .gross = 99, .target = 99});
}

Test(acceptance, row_15_eighty_dong_are_worth_less_than_one_fils)
{
  expect_row(&(struct row){"VND", "KWD", "KWD", "80215.5", "markup_bps: 0", RL_FIXED_SOURCE, 80,
                    .refusal = RL_REFUSAL_AMOUNT_TOO_SMALL});
}

Test(acceptance, row_15_eighty_one_dong_are_worth_one_fils)
{
  expect_row(&(struct row){"VND", "KWD", "KWD", "80215.5", "markup_bps: 0", RL_FIXED_SOURCE, 81,
                    .client_rate = "80215.5", .charge = 81, .source = 81, .net = 81, .gross = 1,
                    .target = 1});
}

Test(acceptance, row_16_the_largest_amounts_are_priced_to_the_unit)
{
  expect_row(&(struct row){"EUR", "IDR", "EUR", "18453.25", "markup_bps: 120", RL_FIXED_SOURCE,
                    50000000000, .client_rate = "18231.811", .charge = 50000000000,
                    .source = 50000000000, .net = 50000000000, .gross = 911590550000000,
                    .target = 911590550000000, .spread = 11071950000000});
}

Test(acceptance, row_16_an_amount_that_converts_beyond_the_range_is_refused)
{
  expect_row(&(struct row){"EUR", "IDR", "EUR", "18453.25", "markup_bps: 120", RL_FIXED_SOURCE,
                    10000000000000, .refusal = RL_REFUSAL_AMOUNT_OUT_OF_RANGE});
}

Test(acceptance, a_rate_less_two_percent_is_rounded_once_to_the_digits_of_the_tariff)
{
  rl_snapshot snapshot = fixture_direct("EUR", "USD", "EUR", "1.12415", "1.12415");
  rl_tariff *tariff = fixture_tariff(6, "EUR", "USD", "markup_bps: 200");
  rl_price_request request = {.fixed = RL_FIXED_SOURCE, .amount_minor = 100000};
  rl_terms terms = {0};
  cr_assert_eq(rl_price(&snapshot, tariff, &request, &terms, NULL), RL_REFUSAL_NONE);
  cr_expect_eq(terms.client_rate.mantissa, 110167u);
  cr_expect_eq(terms.client_rate.scale, 5);
  rl_tariff_destroy(tariff);
}
