/* What moves the core to the client rate: points and ratios per side, surcharges and the lock
 * premium, each at its bounds; and the client rate as it is disclosed. */
#include "pricing/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Of 1,000.00, with a pip of four decimals. */
static rl_terms priced(rl_snapshot snapshot, const char *head, const char *rule, uint32_t ttl_ms)
{
  snapshot.legs[0].composite.pip_scale = 4;
  rl_tariff *tariff = fixture_tariff_under(head, rl_currency_code(snapshot.from),
                                           rl_currency_code(snapshot.to), rule);
  rl_price_request request = {.amount_minor = 100000, .ttl_ms = ttl_ms};
  rl_terms terms = {0};
  rl_refusal refusal = rl_price(&snapshot, tariff, &request, &terms, NULL);
  cr_assert_eq(refusal, RL_REFUSAL_NONE, "%s", rl_refusal_name(refusal));
  rl_tariff_destroy(tariff);
  return terms;
}

static void expect_rate(const char *what, rl_rate rate, const char *expected)
{
  char text[RL_RATE_TEXT_SIZE];
  rl_rate_format(rate, text);
  cr_expect_str_eq(text, expected, "%s is %s", what, text);
}

/* --- the rule's own markup --- */

static void expect_euros(const char *rule, const char *sold_at, const char *bought_at)
{
  rl_terms sold = priced(fixture_direct("EUR", "USD", "EUR", "1.1250", "1.1252"), FIXTURE_LOCKS,
                         rule, 0);
  rl_terms bought = priced(fixture_direct("USD", "EUR", "EUR", "1.1250", "1.1252"),
                           FIXTURE_LOCKS, rule, 0);
  expect_rate("sold", sold.client_rate, sold_at);
  expect_rate("bought", bought.client_rate, bought_at);
}

Test(ladder, points_are_pips_below_the_bid_and_above_the_ask)
{
  expect_euros("markup_points: 1.5", "1.12485", "1.12535");
}

Test(ladder, points_move_the_core_before_the_ratio_does)
{
  expect_euros("markup_points: 1.5, markup_bps: 40", "1.1203506", "1.1298514");
}

Test(ladder, each_side_of_the_market_has_its_own_markup)
{
  expect_euros("markup_bid_bps: 10, markup_ask_bps: 20", "1.123875", "1.1274504");
  expect_euros("markup_bid_points: 10, markup_ask_points: 2", "1.124", "1.1254");
}

static rl_refusal sold_below(const char *bid)
{
  rl_snapshot snapshot = fixture_direct("EUR", "USD", "EUR", bid, bid);
  snapshot.legs[0].composite.pip_scale = 4;
  rl_tariff *tariff = fixture_tariff(10, "EUR", "USD", "markup_points: 2");
  rl_price_request request = {.amount_minor = 100000000000};
  rl_terms terms;
  rl_refusal refusal = rl_price(&snapshot, tariff, &request, &terms, NULL);
  rl_tariff_destroy(tariff);
  return refusal;
}

Test(ladder, points_of_more_than_a_half_of_the_core_are_refused)
{
  cr_expect_eq(sold_below("0.000399999"), RL_REFUSAL_RATE_OUT_OF_RANGE);
  cr_expect_eq(sold_below("0.000400000"), RL_REFUSAL_NONE);
  cr_expect_eq(sold_below("0.000400001"), RL_REFUSAL_NONE);
}

/* --- surcharges --- */

#define SURCHARGES                                                     \
  FIXTURE_LOCKS "surcharges:\n"                                        \
  "  - { name: thin, when: sources_below, bound: 3, markup_bps: 5 }\n" \
  "  - { name: ageing, when: age_above, bound: 80, markup_bps: 3 }\n"  \
  "  - { name: weekend, when: closed, markup_bps: 25 }\n"             \
  "  - { name: fixing, when: reference, markup_bps: 100 }\n"

static rl_terms under(rl_conditions conditions)
{
  rl_snapshot snapshot = fixture_direct("EUR", "USD", "EUR", "1", "1");
  snapshot.conditions = conditions;
  return priced(snapshot, SURCHARGES, "markup_bps: 50", 0);
}

Test(ladder, no_surcharge_is_taken_at_its_bound)
{
  rl_terms terms = under((rl_conditions){.fewest_sources = 3, .age_percent = 80});
  cr_expect_eq(terms.markup_count, 1);
  expect_rate("client", terms.client_rate, "0.995");
}

static void expect_surcharge(rl_conditions conditions, const char *name, const char *rate)
{
  rl_terms terms = under(conditions);
  cr_assert_eq(terms.markup_count, 2);
  cr_expect_str_eq(terms.markups[0].name, "standard");
  cr_expect_str_eq(terms.markups[1].name, name);
  expect_rate(name, terms.client_rate, rate);
}

Test(ladder, each_surcharge_is_taken_beyond_its_bound)
{
  expect_surcharge((rl_conditions){.fewest_sources = 2}, "thin", "0.9945");
  expect_surcharge((rl_conditions){.fewest_sources = 3, .age_percent = 81}, "ageing", "0.9947");
  expect_surcharge((rl_conditions){.fewest_sources = 3, .closed = true}, "weekend", "0.9925");
  expect_surcharge((rl_conditions){.fewest_sources = 3, .by_reference = true}, "fixing", "0.985");
}

Test(ladder, fixing_takes_its_own_surcharge_in_the_place_of_those_on_thin_data)
{
  rl_conditions conditions = {.fewest_sources = 1, .age_percent = 100, .by_reference = true};
  expect_surcharge(conditions, "fixing", "0.985");
  conditions.closed = true;
  rl_terms terms = under(conditions);
  cr_assert_eq(terms.markup_count, 3);
  cr_expect_str_eq(terms.markups[1].name, "weekend");
  cr_expect_str_eq(terms.markups[2].name, "fixing");
  expect_rate("client", terms.client_rate, "0.9825");
}

Test(ladder, all_surcharges_are_lines_of_one_sum)
{
  rl_terms terms =
    under((rl_conditions){.fewest_sources = 1, .age_percent = 100, .closed = true});
  cr_assert_eq(terms.markup_count, RL_MARKUPS_MAX);
  cr_expect_str_eq(terms.markups[1].name, "weekend");
  cr_expect_str_eq(terms.markups[2].name, "thin");
  cr_expect_str_eq(terms.markups[3].name, "ageing");
  expect_rate("client", terms.client_rate, "0.9917");
}

/* --- the lock premium --- */

static int32_t premium_e8(const char *multiple, uint32_t volatility_ppm, uint32_t ttl_ms)
{
  char head[256];
  snprintf(head, sizeof head,
           "locks:\n  - { ttl: 1s }\n  - { ttl: 1h }\n  - { ttl: 6h }\n"
           "lock_premium: { volatility_multiple: %s, floor_bps: 0.5, cap_bps: 60 }\n", multiple);
  rl_snapshot snapshot = fixture_direct("EUR", "USD", "EUR", "1", "1");
  snapshot.conditions.volatility_ppm = volatility_ppm;
  return priced(snapshot, head, "markup_bps: 0", ttl_ms).lock_premium_e8;
}

Test(ladder, a_premium_by_volatility_is_rounded_up)
{
  cr_expect_eq(premium_e8("1.5", 5000, 3600000), 153094, "150 x 5000 / sqrt(24) = 153093.1");
  cr_expect_eq(premium_e8("1.5", 5000, 21600000), 375000, "150 x 5000 / 2");
}

Test(ladder, a_premium_by_volatility_is_held_between_floor_and_cap)
{
  cr_expect_eq(premium_e8("1.5", 0, 3600000), 5000);
  cr_expect_eq(premium_e8("1", 100, 21600000), 5000, "100 x 100 / 2");
  cr_expect_eq(premium_e8("1", 101, 21600000), 5050);
  cr_expect_eq(premium_e8("1", 12000, 21600000), 600000, "100 x 12000 / 2");
  cr_expect_eq(premium_e8("1", 12001, 21600000), 600000);
}

Test(ladder, an_unknown_volatility_costs_the_cap)
{
  cr_expect_eq(premium_e8("1", RL_VOLATILITY_UNKNOWN, 1000), 600000);
}

Test(ladder, a_volatility_above_tenfold_is_known_all_the_same)
{
  cr_expect_eq(premium_e8("0.01", 17986321, 1000), 61191, "17986321 / sqrt(86400) = 61190.7");
  cr_expect_eq(premium_e8("0.01", 120000000, 1000), 408249, "120000000 / sqrt(86400) = 408248.3");
}

/* --- disclosure --- */

static void expect_disclosed(const char *rate, unsigned decimals, const char *expected)
{
  char rule[64];
  snprintf(rule, sizeof rule, "disclosure_decimals: %u", decimals);
  rl_terms terms = priced(fixture_direct("EUR", "USD", "EUR", rate, rate), FIXTURE_LOCKS, rule, 0);
  cr_expect_eq(terms.disclosure_decimals, decimals);
  cr_expect_eq(rl_rate_compare(terms.disclosure_rate, fixture_rate(expected)), 0, "%s", rate);
}

Test(ladder, a_disclosed_rate_is_rounded_half_even_to_its_decimals)
{
  expect_disclosed("1.1252", 4, "1.1252");
  expect_disclosed("1.12515", 4, "1.1252");
  expect_disclosed("1.12525", 4, "1.1252");
  expect_disclosed("1.125", 2, "1.12");
  expect_disclosed("1.1250001", 2, "1.13");
  expect_disclosed("1.9996", 3, "2");
}

Test(ladder, a_rate_that_is_nothing_at_its_decimals_is_not_disclosed)
{
  rl_snapshot snapshot = fixture_direct("EUR", "USD", "EUR", "0.005", "0.005");
  rl_terms terms = priced(snapshot, FIXTURE_LOCKS, "disclosure_decimals: 2", 0);
  cr_expect_eq(terms.disclosure_rate.mantissa, 0u);
}
