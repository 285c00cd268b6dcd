/* Each value of a tariff file: what is taken at its limits, what is refused beyond them. */
#include "tariff/expect.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A tariff whose only lock is `ttl`. */
static const char *with_ttl(const char *ttl)
{
  static char text[256];
  snprintf(text, sizeof text, "tariff: test\nlocks:\n  - ttl: %s\nrules: [{ name: one }]\n", ttl);
  return text;
}

/* A tariff with this line (the sixth) in its only rule. */
static const char *with_line(const char *line)
{
  static char text[512];
  snprintf(text, sizeof text, RULE "    %s\n", line);
  return text;
}

/* A tariff with one fee, on line 9, from `from` to `to`. */
static const char *with_fee(const char *from, const char *to, const char *fee)
{
  static char text[512];
  snprintf(text, sizeof text, RULE "    from: %s\n    to: %s\n    fees:\n      - { name: a, %s }\n",
           from, to, fee);
  return text;
}

static void expect_ttl(const char *ttl, uint32_t ms)
{
  rl_tariff *tariff = expect_taken(with_ttl(ttl));
  cr_expect_eq(rl_tariff_lock(tariff, 0)->ttl_ms, ms, "%s", ttl);
  rl_tariff_destroy(tariff);
}

static rl_fee taken_fee(const char *from, const char *to, const char *fee)
{
  rl_tariff *tariff = expect_taken(with_fee(from, to, fee));
  rl_fee taken = rl_tariff_rule(tariff, 0)->fees[0];
  rl_tariff_destroy(tariff);
  return taken;
}

static void expect_fee_refused(const char *fee, rl_status status, const char *key,
                               const char *says)
{
  char field[64];
  snprintf(field, sizeof field, "rules[0].fees[0].%s", key);
  expect_refused(with_fee("USD", "JPY", fee), status, 9, field, says);
}

Test(tariff_values, durations_are_whole_numbers_with_a_unit)
{
  expect_ttl("30s", 30000);
  expect_ttl("1m", 60000);
  expect_ttl("5m", 300000);
  expect_ttl("1h", 3600000);
  expect_ttl("1500ms", 1500);
  expect_ttl("'30s'", 30000);
}

Test(tariff_values, the_shortest_and_longest_locks_are_taken)
{
  expect_ttl("1000ms", 1000);
  expect_ttl("1s", 1000);
  expect_ttl("24h", RL_TTL_MAX_MS);
  expect_ttl("86400000ms", RL_TTL_MAX_MS);
}

Test(tariff_values, locks_beyond_the_limits_are_refused)
{
  expect_refused(with_ttl("999ms"), RL_OUT_OF_RANGE, 3, "locks[0].ttl", "at least 1s");
  expect_refused(with_ttl("500ms"), RL_OUT_OF_RANGE, 3, "locks[0].ttl", "at least 1s");
  expect_refused(with_ttl("0s"), RL_OUT_OF_RANGE, 3, "locks[0].ttl", "at least 1s");
  expect_refused(with_ttl("86400001ms"), RL_OUT_OF_RANGE, 3, "locks[0].ttl", "at most 24h");
  expect_refused(with_ttl("86401s"), RL_OUT_OF_RANGE, 3, "locks[0].ttl", "at most 24h");
  expect_refused(with_ttl("999999999h"), RL_OUT_OF_RANGE, 3, "locks[0].ttl", "at most 24h");
}

Test(tariff_values, durations_of_another_form_are_refused)
{
  static const char *const wrong[] = {"30", "s", "30 s", "1.5h", "-30s", "+30s", "30sec", "1h30m",
                                      "30S", "''", "1d", "9999999999s", "99999999999999999999s"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    expect_refused(with_ttl(wrong[i]), RL_INVALID, 3, "locks[0].ttl", "not a duration");
}

Test(tariff_values, rate_digits_run_from_four_to_ten)
{
  static const struct {
    const char *text;
    unsigned digits;
  } right[] = {{"4", 4}, {"10", 10}, {"07", 7}};
  char text[256];
  for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
    snprintf(text, sizeof text, "rate_digits: %s\n" RULE, right[i].text);
    rl_tariff *tariff = expect_taken(text);
    cr_expect_eq(rl_tariff_rate_digits(tariff), right[i].digits);
    rl_tariff_destroy(tariff);
  }
  expect_refused("rate_digits: 3\n" RULE, RL_OUT_OF_RANGE, 1, "rate_digits", "use 4 to 10");
  expect_refused("rate_digits: 11\n" RULE, RL_OUT_OF_RANGE, 1, "rate_digits", "use 4 to 10");
  expect_refused("rate_digits: 99999999999999999999\n" RULE, RL_OUT_OF_RANGE, 1, "rate_digits",
                 "use 4 to 10");
  expect_refused("rate_digits: 6.0\n" RULE, RL_INVALID, 1, "rate_digits", "whole number");
  expect_refused("rate_digits: ten\n" RULE, RL_INVALID, 1, "rate_digits", "whole number");
}

Test(tariff_values, names_have_one_to_fifteen_plain_characters)
{
  rl_tariff *tariff = expect_taken("tariff: a\nlocks: [{ ttl: 1s }]\n"
                                   "rules: [{ name: Retail_2026-q1., tier: abcdefghijklmno }]\n"
                                   "default_tier: abcdefghijklmno\n");
  cr_expect_str_eq(rl_tariff_name(tariff), "a");
  cr_expect_str_eq(rl_tariff_rule(tariff, 0)->name, "Retail_2026-q1.");
  cr_expect_str_eq(rl_tariff_rule(tariff, 0)->scope.tier, "abcdefghijklmno");
  rl_tariff_destroy(tariff);
  expect_refused(with_line("tier: abcdefghijklmnop"), RL_OUT_OF_RANGE, 6, "rules[0].tier",
                 "16 bytes; a name has at most 15");
  expect_refused(with_line("tier: ''"), RL_INVALID, 6, "rules[0].tier", "empty");
  expect_refused(with_line("tier:"), RL_INVALID, 6, "rules[0].tier", "empty");
  expect_refused(with_line("tier: two words"), RL_INVALID, 6, "rules[0].tier", "not a name");
  expect_refused(with_line("tier: \xc3\xa9lite"), RL_INVALID, 6, "rules[0].tier", "not a name");
  expect_refused(with_line("tier: 'a*'"), RL_INVALID, 6, "rules[0].tier", "not a name");
}

Test(tariff_values, every_name_is_checked)
{
  expect_refused("tariff: a/b\nlocks: [{ ttl: 1s }]\nrules: [{ name: a }]\n", RL_INVALID, 1,
                 "tariff", "not a name");
  expect_refused("default_tier: a b\n" RULE, RL_INVALID, 1, "default_tier", "not a name");
  expect_refused(HEAD "rules:\n  - name: a b\n", RL_INVALID, 5, "rules[0].name", "not a name");
  expect_refused(FEES "      - { name: a b, kind: flat, amount: 1 }\n", RL_INVALID, 9,
                 "rules[0].fees[0].name", "not a name");
}

Test(tariff_values, unknown_currencies_are_refused)
{
  expect_refused(with_line("from: USX"), RL_NOT_FOUND, 6, "rules[0].from", "no currency");
  expect_refused(with_line("to: eur"), RL_NOT_FOUND, 6, "rules[0].to", "no currency");
  expect_refused(with_line("to: ''"), RL_NOT_FOUND, 6, "rules[0].to", "no currency");
  expect_refused(with_line("from: XAU"), RL_NOT_FOUND, 6, "rules[0].from", "no currency");
}

Test(tariff_values, a_star_in_quotes_is_any)
{
  rl_tariff *tariff = expect_taken(with_line("tier: '*'\n    from: \"*\"\n    to: '*'"));
  const rl_rule *rule = rl_tariff_rule(tariff, 0);
  cr_expect_str_eq(rule->scope.tier, "");
  cr_expect_eq(rule->scope.from.index, 0);
  cr_expect_eq(rule->scope.to.index, 0);
  rl_tariff_destroy(tariff);
}

Test(tariff_values, a_markup_below_zero_takes_from_the_premium)
{
  rl_tariff *tariff = expect_taken("tariff: test\nlocks: [{ ttl: 30s, premium_bps: 12.3456 }]\n"
                                   "rules: [{ name: one, markup_bps: -12.3456 }]\n");
  cr_expect_eq(rl_tariff_rule(tariff, 0)->markups[0].e8, -123456);
  cr_expect_eq(rl_tariff_rule(tariff, 0)->markups[1].e8, -123456);
  rl_tariff_destroy(tariff);
}

Test(tariff_values, markups_run_to_a_half_either_way)
{
  rl_tariff *tariff = expect_taken("tariff: test\nlocks: [{ ttl: 30s, premium_bps: 5000 }]\n"
                                   "rules:\n  - { name: one, markup_bps: 0 }\n"
                                   "  - { name: two, tier: b, markup_bps: -5000 }\n");
  cr_expect_eq(rl_tariff_rule(tariff, 0)->markups[0].e8, 0);
  cr_expect_eq(rl_tariff_rule(tariff, 1)->markups[0].e8, -RL_RATIO_E8_MAX);
  rl_tariff_destroy(tariff);
  tariff = expect_taken(with_line("markup_bps: 5000"));
  cr_expect_eq(rl_tariff_rule(tariff, 0)->markups[0].e8, RL_RATIO_E8_MAX);
  rl_tariff_destroy(tariff);
  expect_refused(with_line("markup_bps: 5000.0001"), RL_OUT_OF_RANGE, 6, "rules[0].markup_bps",
                 "use -5000 to 5000");
  expect_refused(with_line("markup_bps: -5000.0001"), RL_OUT_OF_RANGE, 6, "rules[0].markup_bps",
                 "use -5000 to 5000");
  expect_refused(with_line("markup_bps: 1e2"), RL_INVALID, 6, "rules[0].markup_bps",
                 "basis points");
  expect_refused(with_line("markup_bps: 1%"), RL_INVALID, 6, "rules[0].markup_bps",
                 "basis points");
  expect_refused(with_line("markup_bps: 1.23456"), RL_INVALID, 6, "rules[0].markup_bps",
                 "4 decimals");
}

Test(tariff_values, amounts_are_in_the_major_unit_of_their_side)
{
  cr_expect_eq(taken_fee("USD", "JPY", "kind: flat, amount: 1.50").parts[0].flat_minor, 150);
  cr_expect_eq(taken_fee("JPY", "USD", "kind: flat, amount: 150").parts[0].flat_minor, 150);
  const rl_fee payout = taken_fee("USD", "KWD", "kind: flat, amount: 0.001, side: target");
  cr_expect_eq(payout.parts[0].flat_minor, 1);
  cr_expect_eq(taken_fee("CLF", "KWD", "kind: flat, amount: 0.0001").parts[0].flat_minor, 1);
  cr_expect_eq(taken_fee("USD", "JPY", "kind: flat, amount: 10000000000000.00").parts[0].flat_minor,
               RL_AMOUNT_MAX);
}

Test(tariff_values, amounts_the_currency_cannot_count_are_refused)
{
  expect_fee_refused("kind: flat, amount: 1.500", RL_OUT_OF_RANGE, "amount", "at most 2 decimals");
  expect_fee_refused("kind: flat, amount: 1.0, side: target", RL_OUT_OF_RANGE, "amount",
                     "no amount of JPY");
  expect_fee_refused("kind: flat, amount: 10000000000000.01", RL_OUT_OF_RANGE, "amount",
                     "0.01 to 10000000000000.00");
  expect_fee_refused("kind: flat, amount: 0", RL_OUT_OF_RANGE, "amount", "0.01 to");
  expect_fee_refused("kind: flat, amount: -1", RL_INVALID, "amount", "not an amount");
  expect_fee_refused("kind: flat, amount: 1e3", RL_INVALID, "amount", "not an amount");
  expect_fee_refused("kind: flat, amount: '1,50'", RL_INVALID, "amount", "not an amount");
  expect_fee_refused("kind: bps, bps: 1, min: 0.001", RL_OUT_OF_RANGE, "min", "2 decimals");
  expect_fee_refused("kind: bps, bps: 1, max: 0", RL_OUT_OF_RANGE, "max", "0.01 to");
}

Test(tariff_values, a_bps_fee_without_bounds_has_the_widest)
{
  rl_fee fee = taken_fee("USD", "JPY", "kind: bps, bps: 0.0001");
  cr_expect_eq(fee.kind, RL_FEE_BPS);
  cr_expect_eq(fee.parts[0].ratio_e8, 1);
  cr_expect_eq(fee.min_minor, 0);
  cr_expect_eq(fee.max_minor, RL_AMOUNT_MAX);
}

Test(tariff_values, a_fee_is_a_source_fee_and_deducted_unless_it_says_otherwise)
{
  rl_fee fee = taken_fee("USD", "JPY", "kind: flat, amount: 1");
  cr_expect_eq(fee.side, RL_FEE_SOURCE);
  cr_expect_eq(fee.mode, RL_FEE_DEDUCTED);
  fee = taken_fee("USD", "JPY", "kind: bps, bps: 7, mode: on_top, side: source");
  cr_expect_eq(fee.mode, RL_FEE_ON_TOP);
  fee = taken_fee("USD", "JPY", "kind: flat, amount: 1, side: target, mode: deducted");
  cr_expect_eq(fee.side, RL_FEE_TARGET);
  cr_expect_eq(fee.mode, RL_FEE_DEDUCTED);
}

Test(tariff_values, a_fee_below_zero_or_above_a_half_is_refused)
{
  expect_fee_refused("kind: bps, bps: -1", RL_OUT_OF_RANGE, "bps", "use 0 to 5000");
  expect_fee_refused("kind: bps, bps: 5000.0001", RL_OUT_OF_RANGE, "bps", "use 0 to 5000");
  cr_expect_eq(taken_fee("USD", "JPY", "kind: bps, bps: 0").parts[0].ratio_e8, 0);
  cr_expect_eq(taken_fee("USD", "JPY", "kind: bps, bps: 5000").parts[0].ratio_e8, RL_RATIO_E8_MAX);
}

Test(tariff_values, a_negative_premium_is_refused)
{
  expect_refused("tariff: test\nlocks:\n  - { ttl: 30s, premium_bps: -1 }\nrules: [{ name: a }]\n",
                 RL_OUT_OF_RANGE, 3, "locks[0].premium_bps", "use 0 to 5000");
}

Test(tariff_values, unknown_words_are_refused_with_the_known_ones)
{
  expect_fee_refused("kind: percent, bps: 1", RL_INVALID, "kind", "use flat or bps");
  expect_fee_refused("kind: Flat, amount: 1", RL_INVALID, "kind", "use flat or bps");
  expect_fee_refused("kind: flat, amount: 1, side: payer", RL_INVALID, "side",
                     "use source or target");
  expect_fee_refused("kind: flat, amount: 1, mode: ontop", RL_INVALID, "mode",
                     "use deducted or on_top");
}

Test(tariff_values, keys_of_the_other_kind_of_fee_are_refused)
{
  expect_fee_refused("kind: flat, amount: 1, bps: 5", RL_INVALID, "bps", "flat fee has no bps");
  expect_fee_refused("kind: flat, amount: 1, min: 5", RL_INVALID, "min", "flat fee has no min");
  expect_fee_refused("kind: flat, amount: 1, max: 5", RL_INVALID, "max", "flat fee has no max");
  expect_fee_refused("kind: bps, bps: 5, amount: 1", RL_INVALID, "amount", "bps fee has no amount");
  expect_fee_refused("kind: flat", RL_INVALID, "amount", "a flat fee needs it");
  expect_fee_refused("kind: bps, min: 1", RL_INVALID, "bps", "a bps fee needs it");
}
