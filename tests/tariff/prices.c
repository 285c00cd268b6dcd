/* What the head of a tariff says of prices beside its rules: premiums by volatility, surcharges,
 * increments, a trial; and markups by side. */
#include "tariff/expect.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* --- lock_premium --- */

/* A tariff with this lock_premium on line 3. */
static const char *with_premium(const char *premium)
{
  static char text[512];
  snprintf(text, sizeof text,
           "tariff: test\nlocks: [{ ttl: 30s }]\nlock_premium: %s\nrules: [{ name: one }]\n",
           premium);
  return text;
}

static rl_lock_premium taken_premium(const char *premium)
{
  rl_tariff *tariff = expect_taken(with_premium(premium));
  rl_lock_premium taken = *rl_tariff_lock_premium(tariff);
  rl_tariff_destroy(tariff);
  return taken;
}

Test(tariff_prices, a_premium_by_volatility_has_a_multiple_a_floor_and_a_cap)
{
  rl_lock_premium taken =
    taken_premium("{ volatility_multiple: 1.5, floor_bps: 0.5, cap_bps: 60 }");
  cr_expect(taken.by_volatility);
  cr_expect_eq(taken.multiple_e2, 150);
  cr_expect_eq(taken.floor_e8, 5000);
  cr_expect_eq(taken.cap_e8, 600000);
  taken = taken_premium("{ volatility_multiple: 0.01, cap_bps: 0 }");
  cr_expect_eq(taken.multiple_e2, 1);
  cr_expect_eq(taken.floor_e8, 0);
  cr_expect_eq(taken_premium("{ volatility_multiple: 10, cap_bps: 5000 }").multiple_e2, 1000);
  rl_tariff *tariff = expect_taken(RULE);
  cr_expect_not(rl_tariff_lock_premium(tariff)->by_volatility);
  rl_tariff_destroy(tariff);
}

Test(tariff_prices, a_volatility_multiple_beyond_its_range_is_refused)
{
  static const struct { const char *text; rl_status status; } wrong[] = {
    {"0", RL_OUT_OF_RANGE}, {"0.00", RL_OUT_OF_RANGE}, {"10.01", RL_OUT_OF_RANGE},
    {"99999999999999999999.99", RL_OUT_OF_RANGE}, {"1.234", RL_INVALID}, {"-1", RL_INVALID},
    {"1.", RL_INVALID}, {".5", RL_INVALID}, {"1e1", RL_INVALID}, {"''", RL_INVALID}};
  char premium[96];
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    snprintf(premium, sizeof premium, "{ volatility_multiple: %s, cap_bps: 60 }", wrong[i].text);
    expect_refused(with_premium(premium), wrong[i].status, 3, "lock_premium.volatility_multiple",
                   wrong[i].status == RL_INVALID ? "at most 2 decimals" : "use 0.01 to 10");
  }
}

Test(tariff_prices, a_floor_is_not_above_its_cap)
{
  expect_refused(with_premium("{ volatility_multiple: 1, floor_bps: 60.0001, cap_bps: 60 }"),
                 RL_INVALID, 3, "lock_premium.floor_bps", "above cap_bps 60; exchange them");
  cr_expect_eq(
    taken_premium("{ volatility_multiple: 1, floor_bps: 60, cap_bps: 60 }").floor_e8, 600000);
  expect_refused(with_premium("{ volatility_multiple: 1, floor_bps: -1, cap_bps: 60 }"),
                 RL_OUT_OF_RANGE, 3, "lock_premium.floor_bps", "use 0 to 5000");
  expect_refused(with_premium("{ volatility_multiple: 1, cap_bps: 5000.0001 }"), RL_OUT_OF_RANGE,
                 3, "lock_premium.cap_bps", "use 0 to 5000");
}

Test(tariff_prices, premiums_come_from_one_place)
{
  expect_refused("tariff: test\nlock_premium: { volatility_multiple: 1, cap_bps: 1 }\nlocks:\n"
                 "  - { ttl: 30s }\n  - { ttl: 1m, premium_bps: 0 }\nrules: [{ name: one }]\n",
                 RL_INVALID, 5, "locks[1].premium_bps", "beside lock_premium");
}

Test(tariff_prices, the_keys_of_a_lock_premium_are_known)
{
  expect_refused(with_premium("{ volatility_multiple: 1 }"), RL_INVALID, 3,
                 "lock_premium.cap_bps", "missing");
  expect_refused(with_premium("{ cap_bps: 1 }"), RL_INVALID, 3,
                 "lock_premium.volatility_multiple", "missing");
  expect_refused(with_premium("{ volatility_multiple: 1, cap_bps: 1, k: 2 }"), RL_NOT_FOUND, 3,
                 "lock_premium.k", "volatility_multiple, floor_bps, cap_bps");
  expect_refused(with_premium("[ 1 ]"), RL_INVALID, 3, "lock_premium", "keys with values");
}

/* --- surcharges --- */

/* A tariff with these surcharges from line 4 on. */
static const char *with_surcharges(const char *lines)
{
  static char text[1024];
  snprintf(text, sizeof text,
           "tariff: test\nlocks: [{ ttl: 30s }]\nsurcharges:\n%srules: [{ name: one }]\n", lines);
  return text;
}

static void expect_surcharge_refused(const char *surcharge, rl_status status, const char *key,
                                     const char *says)
{
  char lines[256], field[64];
  snprintf(lines, sizeof lines, "  - { name: a, %s }\n", surcharge);
  snprintf(field, sizeof field, "surcharges[0].%s", key);
  expect_refused(with_surcharges(lines), status, 4, field, says);
}

Test(tariff_prices, there_is_a_surcharge_of_each_kind)
{
  rl_tariff *tariff = expect_taken(
    with_surcharges("  - { name: ageing, when: age_above, bound: 80, markup_bps: 3 }\n"
                    "  - { name: weekend, when: closed, markup_bps: 25 }\n"
                    "  - { name: fixing, when: reference, markup_bps: 100 }\n"
                    "  - { name: thin, when: sources_below, bound: 3, markup_bps: 5.5 }\n"));
  const rl_surcharge *closed = rl_tariff_surcharge(tariff, RL_WHEN_CLOSED);
  const rl_surcharge *thin = rl_tariff_surcharge(tariff, RL_WHEN_SOURCES_BELOW);
  const rl_surcharge *ageing = rl_tariff_surcharge(tariff, RL_WHEN_AGE_ABOVE);
  cr_expect_str_eq(closed->name, "weekend");
  cr_expect_eq(closed->bound, 0);
  cr_expect_eq(closed->e8, 250000);
  cr_expect_str_eq(thin->name, "thin");
  cr_expect_eq(thin->bound, 3);
  cr_expect_eq(thin->e8, 55000);
  cr_expect_str_eq(ageing->name, "ageing");
  cr_expect_eq(ageing->bound, 80);
  const rl_surcharge *fixing = rl_tariff_surcharge(tariff, RL_WHEN_REFERENCE);
  cr_expect_str_eq(fixing->name, "fixing");
  cr_expect_eq(fixing->e8, 1000000);
  rl_tariff_destroy(tariff);
  tariff = expect_taken(RULE);
  cr_expect_str_eq(rl_tariff_surcharge(tariff, RL_WHEN_CLOSED)->name, "");
  rl_tariff_destroy(tariff);
}

Test(tariff_prices, bounds_stay_within_what_can_happen)
{
  static const char *const right[] = {
    "when: sources_below, bound: 2", "when: sources_below, bound: 16",
    "when: age_above, bound: 1", "when: age_above, bound: 99"};
  for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
    char lines[256];
    snprintf(lines, sizeof lines, "  - { name: a, markup_bps: 1, %s }\n", right[i]);
    rl_tariff_destroy(expect_taken(with_surcharges(lines)));
  }
  expect_surcharge_refused("markup_bps: 1, when: sources_below, bound: 1", RL_OUT_OF_RANGE,
                           "bound", "use 2 to 16");
  expect_surcharge_refused("markup_bps: 1, when: sources_below, bound: 17", RL_OUT_OF_RANGE,
                           "bound", "use 2 to 16");
  expect_surcharge_refused("markup_bps: 1, when: age_above, bound: 0", RL_OUT_OF_RANGE, "bound",
                           "use 1 to 99");
  expect_surcharge_refused("markup_bps: 1, when: age_above, bound: 100", RL_OUT_OF_RANGE, "bound",
                           "use 1 to 99");
  expect_surcharge_refused("markup_bps: 1, when: age_above, bound: 80%", RL_INVALID, "bound",
                           "whole number");
}

Test(tariff_prices, a_surcharge_has_the_keys_of_its_kind)
{
  expect_surcharge_refused("markup_bps: 1, when: closed, bound: 2", RL_INVALID, "bound",
                           "closed has no bound");
  expect_surcharge_refused("markup_bps: 1, when: age_above", RL_INVALID, "bound", "missing");
  expect_surcharge_refused("markup_bps: 1, when: sunday", RL_INVALID, "when",
                           "closed or sources_below or age_above or reference");
  expect_surcharge_refused("when: closed, markup_bps: -1", RL_OUT_OF_RANGE, "markup_bps",
                           "use 0 to 5000");
  expect_surcharge_refused("when: closed", RL_INVALID, "markup_bps", "missing");
}

Test(tariff_prices, a_second_surcharge_of_a_kind_is_refused)
{
  expect_refused(with_surcharges("  - { name: a, when: closed, markup_bps: 1 }\n"
                                 "  - { name: b, when: closed, markup_bps: 2 }\n"),
                 RL_EXISTS, 5, "surcharges[1].when", "\"a\" is for closed already");
}

/* --- payout_increments and trial --- */

/* A tariff with this line, the first. */
static const char *with_top(const char *line)
{
  static char text[512];
  snprintf(text, sizeof text, "%s\n" RULE, line);
  return text;
}

Test(tariff_prices, payouts_are_multiples_of_the_increment)
{
  rl_tariff *tariff = expect_taken(
    with_top("payout_increments: [{ currency: HUF, increment: 1.00 },"
             " { currency: KWD, increment: 0.010 }, { currency: JPY, increment: 1 },"
             " { currency: IDR, increment: 10000000000000.00 }]"));
  cr_expect_eq(rl_tariff_payout_increment(tariff, currency("HUF")), 100);
  cr_expect_eq(rl_tariff_payout_increment(tariff, currency("KWD")), 10);
  cr_expect_eq(rl_tariff_payout_increment(tariff, currency("JPY")), 1);
  cr_expect_eq(rl_tariff_payout_increment(tariff, currency("IDR")), RL_AMOUNT_MAX);
  cr_expect_eq(rl_tariff_payout_increment(tariff, currency("EUR")), 1);
  rl_tariff_destroy(tariff);
}

Test(tariff_prices, an_increment_that_cannot_be_counted_is_refused)
{
  expect_refused(with_top("payout_increments: [{ currency: HUF, increment: 0 }]"),
                 RL_OUT_OF_RANGE, 1, "payout_increments[0].increment", "0.01 to");
  expect_refused(with_top("payout_increments: [{ currency: JPY, increment: 0.1 }]"),
                 RL_OUT_OF_RANGE, 1, "payout_increments[0].increment", "at most 0 decimals");
  expect_refused(with_top("payout_increments: [{ currency: HUX, increment: 1 }]"), RL_NOT_FOUND, 1,
                 "payout_increments[0].currency", "no currency");
  expect_refused(with_top("payout_increments: [{ currency: HUF, increment: 1 },\n"
                          "  { currency: HUF, increment: 5 }]"),
                 RL_EXISTS, 2, "payout_increments[1].currency", "HUF has an increment already");
}

Test(tariff_prices, a_trial_names_a_file_beside_this_one_and_a_share)
{
  rl_tariff *tariff = expect_taken(with_top("trial: { file: next/new.yaml, percent: 100 }"));
  cr_expect_str_eq(rl_tariff_trial_file(tariff), "next/new.yaml");
  cr_expect_eq(rl_tariff_trial_percent(tariff), 100);
  rl_tariff_destroy(tariff);
  tariff = expect_taken(RULE);
  cr_expect_null(rl_tariff_trial_file(tariff));
  cr_expect_eq(rl_tariff_trial_percent(tariff), 0);
  rl_tariff_destroy(tariff);
  expect_refused(with_top("trial: { file: a, percent: 0 }"), RL_OUT_OF_RANGE, 1, "trial.percent",
                 "use 1 to 100");
  expect_refused(with_top("trial: { file: a, percent: 101 }"), RL_OUT_OF_RANGE, 1,
                 "trial.percent", "use 1 to 100");
  expect_refused(with_top("trial: { file: a }"), RL_INVALID, 1, "trial.percent", "missing");
}

Test(tariff_prices, a_trial_cannot_lead_elsewhere)
{
  static const char *const wrong[] = {"/etc/passwd", "../new.yaml", "a/../b", "a/..", "..", ".",
                                      "a//b", "a/", "''", "a b", "a\\b"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char line[128];
    snprintf(line, sizeof line, "trial: { file: %s, percent: 1 }", wrong[i]);
    expect_refused(with_top(line), RL_INVALID, 1, "trial.file", "not a file beside this one");
  }
  rl_tariff_destroy(expect_taken(with_top("trial: { file: ..a/.b, percent: 1 }")));
}

Test(tariff_prices, a_trial_has_a_path_of_at_most_127_bytes)
{
  char line[256];
  snprintf(line, sizeof line, "trial: { file: %0127d, percent: 1 }", 0);
  rl_tariff_destroy(expect_taken(with_top(line)));
  snprintf(line, sizeof line, "trial: { file: %0128d, percent: 1 }", 0);
  expect_refused(with_top(line), RL_OUT_OF_RANGE, 1, "trial.file", "at most 127");
}

/* --- markups by side --- */

/* A tariff with these lines (from the eighth on) in its only rule, from EUR to USD. */
static const char *with_lines(const char *lines)
{
  static char text[512];
  snprintf(text, sizeof text, RULE "    from: EUR\n    to: USD\n%s", lines);
  return text;
}

static void expect_markups(const char *lines, rl_markup bid, rl_markup ask)
{
  rl_tariff *tariff = expect_taken(with_lines(lines));
  const rl_markup *markups = rl_tariff_rule(tariff, 0)->markups;
  cr_expect_eq(markups[RL_SELL_BASE].e8, bid.e8, "%s", lines);
  cr_expect_eq(markups[RL_BUY_BASE].e8, ask.e8, "%s", lines);
  cr_expect_eq(markups[RL_SELL_BASE].points_e1, bid.points_e1, "%s", lines);
  cr_expect_eq(markups[RL_BUY_BASE].points_e1, ask.points_e1, "%s", lines);
  rl_tariff_destroy(tariff);
}

Test(tariff_prices, a_markup_is_for_both_sides_or_one_for_each)
{
  expect_markups("    markup_bps: 7\n", (rl_markup){.e8 = 70000}, (rl_markup){.e8 = 70000});
  expect_markups("    markup_bid_bps: 7\n    markup_ask_bps: 8\n", (rl_markup){.e8 = 70000},
                 (rl_markup){.e8 = 80000});
  expect_markups("    markup_points: 1.5\n", (rl_markup){.points_e1 = 15},
                 (rl_markup){.points_e1 = 15});
  expect_markups("    markup_bid_points: 0\n    markup_ask_points: 0.1\n", (rl_markup){0},
                 (rl_markup){.points_e1 = 1});
  expect_markups("    markup_bps: 1\n    markup_points: 100000\n",
                 (rl_markup){.e8 = 10000, .points_e1 = RL_POINTS_E1_MAX},
                 (rl_markup){.e8 = 10000, .points_e1 = RL_POINTS_E1_MAX});
}

Test(tariff_prices, a_markup_for_both_sides_excludes_one_for_each)
{
  expect_refused(with_lines("    markup_bps: 7\n    markup_bid_bps: 7\n"), RL_INVALID, 8,
                 "rules[0].markup_bps", "beside markup_bid_bps");
  expect_refused(with_lines("    markup_ask_bps: 7\n    markup_bps: 7\n"), RL_INVALID, 9,
                 "rules[0].markup_bps", "beside markup_ask_bps");
  expect_refused(with_lines("    markup_points: 7\n    markup_ask_points: 7\n"), RL_INVALID, 8,
                 "rules[0].markup_points", "beside markup_ask_points");
}

Test(tariff_prices, bid_and_ask_come_together)
{
  expect_refused(with_lines("    markup_bid_bps: 7\n"), RL_INVALID, 5, "rules[0].markup_ask_bps",
                 "come together");
  expect_refused(with_lines("    markup_ask_bps: 7\n"), RL_INVALID, 5, "rules[0].markup_bid_bps",
                 "come together");
  expect_refused(with_lines("    markup_ask_points: 7\n"), RL_INVALID, 5,
                 "rules[0].markup_bid_points", "come together");
}

Test(tariff_prices, points_are_tenths_of_a_pip_and_not_negative)
{
  expect_refused(with_lines("    markup_points: 1.25\n"), RL_INVALID, 8, "rules[0].markup_points",
                 "at most 1 decimal");
  expect_refused(with_lines("    markup_points: -1\n"), RL_INVALID, 8, "rules[0].markup_points",
                 "not a number");
  expect_refused(with_lines("    markup_points: 100000.1\n"), RL_OUT_OF_RANGE, 8,
                 "rules[0].markup_points", "use 0.0 to 100000");
}

Test(tariff_prices, points_are_of_a_pair)
{
  expect_refused(RULE "    from: EUR\n    markup_points: 1\n", RL_INVALID, 7,
                 "rules[0].markup_points", "points of which pair");
  expect_refused(RULE "    to: EUR\n    markup_bid_points: 0\n    markup_ask_points: 0\n",
                 RL_INVALID, 7, "rules[0].markup_bid_points", "points of which pair");
  rl_tariff_destroy(expect_taken(RULE "    pair: EURUSD\n    markup_points: 1\n"));
}

Test(tariff_prices, disclosure_decimals_run_from_two_to_four)
{
  rl_tariff *tariff = expect_taken(RULE "    disclosure_decimals: 2\n"
                                        "  - { name: b, tier: b, disclosure_decimals: 4 }\n"
                                        "  - { name: c, tier: c }\n");
  cr_expect_eq(rl_tariff_rule(tariff, 0)->disclosure_decimals, 2);
  cr_expect_eq(rl_tariff_rule(tariff, 1)->disclosure_decimals, 4);
  cr_expect_eq(rl_tariff_rule(tariff, 2)->disclosure_decimals, 0);
  rl_tariff_destroy(tariff);
  expect_refused(RULE "    disclosure_decimals: 1\n", RL_OUT_OF_RANGE, 6,
                 "rules[0].disclosure_decimals", "use 2 to 4");
  expect_refused(RULE "    disclosure_decimals: 5\n", RL_OUT_OF_RANGE, 6,
                 "rules[0].disclosure_decimals", "use 2 to 4");
}

/* --- the whole price --- */

/* Premiums of 1 to 3 bps and surcharges of 7 and 5, and a rule with these lines, from line 8 on. */
static const char *with_extras(const char *lines)
{
  static char text[1024];
  snprintf(text, sizeof text,
           "tariff: test\nlocks: [{ ttl: 1s, premium_bps: 1 }, { ttl: 2s, premium_bps: 3 }]\n"
           "surcharges:\n  - { name: a, when: closed, markup_bps: 7 }\n"
           "  - { name: b, when: age_above, bound: 5, markup_bps: 5 }\nrules:\n  - name: one\n%s",
           lines);
  return text;
}

Test(tariff_prices, markup_all_surcharges_and_the_dearest_premium_stay_within_a_half)
{
  rl_tariff_destroy(expect_taken(with_extras("    markup_bps: 4985\n")));
  expect_refused(with_extras("    markup_bps: 4985.0001\n"), RL_OUT_OF_RANGE, 8,
                 "rules[0].markup_bps", "all surcharges more than 5000");
  expect_refused(with_extras("    markup_bid_bps: 4985\n    markup_ask_bps: 4985.0001\n"),
                 RL_OUT_OF_RANGE, 9, "rules[0].markup_ask_bps", "all surcharges");
  expect_refused(with_extras("    markup_bid_bps: 4985.0001\n    markup_ask_bps: 0\n"),
                 RL_OUT_OF_RANGE, 8, "rules[0].markup_bid_bps", "all surcharges");
}

Test(tariff_prices, a_price_below_zero_is_refused)
{
  rl_tariff_destroy(expect_taken(with_extras("    markup_bps: -1\n")));
  expect_refused(with_extras("    markup_bps: -1.0001\n"), RL_OUT_OF_RANGE, 8,
                 "rules[0].markup_bps", "below zero");
  expect_refused(with_extras("    markup_bid_bps: 0\n    markup_ask_bps: -1.0001\n"),
                 RL_OUT_OF_RANGE, 9, "rules[0].markup_ask_bps", "below zero");
  expect_refused(RULE "    markup_bps: -0.0001\n", RL_OUT_OF_RANGE, 6, "rules[0].markup_bps",
                 "below zero");
}

Test(tariff_prices, a_premium_by_volatility_counts_with_its_floor_and_cap)
{
  const char *head = "tariff: test\nlocks: [{ ttl: 1s }]\n"
                     "lock_premium: { volatility_multiple: 1, floor_bps: 2, cap_bps: 9 }\n"
                     "rules:\n  - name: one\n";
  static const struct { const char *markup; bool taken; } cases[] = {
    {"-2", true}, {"-2.0001", false}, {"4991", true}, {"4991.0001", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[512];
    snprintf(text, sizeof text, "%s    markup_bps: %s\n", head, cases[i].markup);
    if (cases[i].taken)
      rl_tariff_destroy(expect_taken(text));
    else
      expect_refused(text, RL_OUT_OF_RANGE, 6, "rules[0].markup_bps",
                     cases[i].markup[0] == '-' ? "below zero" : "more than 5000");
  }
}
