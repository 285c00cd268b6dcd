/* What the fields of a tariff must mean together. */
#include "tariff/expect.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A tariff with the locks given as one YAML list on line 2. */
static const char *with_locks(const char *locks)
{
  static char text[2048];
  snprintf(text, sizeof text, "tariff: test\nlocks: %s\nrules: [{ name: one }]\n", locks);
  return text;
}

/* --- locks --- */

Test(tariff_rules, locks_rise_in_length)
{
  expect_refused(with_locks("[{ ttl: 1m }, { ttl: 30s }]"), RL_INVALID, 2, "locks[1].ttl",
                 "from short to long");
  expect_refused(with_locks("[{ ttl: 1m }, { ttl: 60s }]"), RL_INVALID, 2, "locks[1].ttl",
                 "from short to long");
  rl_tariff_destroy(expect_taken(with_locks("[{ ttl: 1m }, { ttl: 60001ms }]")));
}

Test(tariff_rules, a_longer_lock_costs_no_less)
{
  expect_refused(with_locks("[{ ttl: 1m, premium_bps: 2 }, { ttl: 2m, premium_bps: 1.9999 }]"),
                 RL_INVALID, 2, "locks[1].premium_bps", "costs no less");
  expect_refused(with_locks("[{ ttl: 1m, premium_bps: 2 }, { ttl: 2m }]"), RL_INVALID, 2,
                 "locks[1].premium_bps", "costs no less");
  rl_tariff_destroy(
    expect_taken(with_locks("[{ ttl: 1m, premium_bps: 2 }, { ttl: 2m, premium_bps: 2 }]")));
}

Test(tariff_rules, there_is_at_least_one_lock)
{
  expect_refused(with_locks("[]"), RL_INVALID, 2, "locks", "empty");
}

/* A tariff with this many locks, of 1, 2, 3 … seconds. */
static const char *with_lock_count(unsigned count)
{
  static char list[1024];
  size_t used = 0;
  for (unsigned i = 0; i < count; i++)
    used += (size_t)snprintf(list + used, sizeof list - used, "%s{ ttl: %us }", i ? ", " : "[",
                             i + 1);
  snprintf(list + used, sizeof list - used, "]");
  return with_locks(list);
}

Test(tariff_rules, there_are_at_most_sixteen_locks)
{
  rl_tariff *tariff = expect_taken(with_lock_count(RL_TTL_CLASSES_MAX));
  cr_expect_eq(rl_tariff_lock_count(tariff), RL_TTL_CLASSES_MAX);
  rl_tariff_destroy(tariff);
  expect_refused(with_lock_count(RL_TTL_CLASSES_MAX + 1), RL_OUT_OF_RANGE, 2, "locks",
                 "17 entries; at most 16");
}

Test(tariff_rules, the_default_ttl_is_one_of_the_locks)
{
  expect_refused(HEAD "default_ttl: 31s\nrules: [{ name: one }]\n", RL_NOT_FOUND, 4, "default_ttl",
                 "31s is not among the locks");
  expect_refused(HEAD "  - { ttl: 1h }\ndefault_ttl: 31s\nrules: [{ name: one }]\n", RL_NOT_FOUND,
                 5, "default_ttl", "31s is not among the locks");
  expect_refused(HEAD "default_ttl: soon\nrules: [{ name: one }]\n", RL_INVALID, 4, "default_ttl",
                 "not a duration");
  rl_tariff_destroy(expect_taken(HEAD "default_ttl: 30000ms\nrules: [{ name: one }]\n"));
}

/* --- rules --- */

Test(tariff_rules, there_is_at_least_one_rule)
{
  expect_refused(HEAD "rules: []\n", RL_INVALID, 4, "rules", "empty");
}

#define TIERS 250

/* A tariff with this many rules, no two alike, over this many tiers; rules[i] on line 6 + i. */
static const char *with_rules(unsigned count, unsigned tiers)
{
  static const char *const from[] = {"USD", "EUR", "GBP", "JPY", "CHF", "AUD", "CAD", "SEK", "NOK",
                                     "DKK", "PLN", "CZK", "HUF", "RON", "INR", "CNY", "KWD"};
  static char text[1 << 19];
  size_t used = (size_t)snprintf(text, sizeof text, "default_tier: t0\n%s", HEAD "rules:\n");
  for (unsigned i = 0; i < count; i++)
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "  - { name: r%u, tier: t%u, from: %s }\n", i, i % tiers,
                             from[i / tiers % (sizeof from / sizeof *from)]);
  return text;
}

Test(tariff_rules, there_are_at_most_4096_rules)
{
  rl_tariff *tariff = expect_taken(with_rules(RL_RULES_MAX, TIERS));
  cr_expect_eq(rl_tariff_rule_count(tariff), RL_RULES_MAX);
  for (unsigned i = 0; i < RL_RULES_MAX; i++) {
    const rl_rule *rule = rl_tariff_rule(tariff, i);
    cr_assert_eq(rule->line, 6 + i);
    cr_assert_eq(rl_tariff_match(tariff,
        &(rl_tariff_query){"", rule->scope.tier, "", rule->scope.from, currency("XOF"), 0}), rule);
  }
  rl_tariff_destroy(tariff);
  expect_refused(with_rules(RL_RULES_MAX + 1, TIERS), RL_OUT_OF_RANGE, 5, "rules",
                 "4097 entries; at most 4096");
}

Test(tariff_rules, two_rules_for_the_same_requests_are_a_tie)
{
  expect_refused(RULE "    from: USD\n  - name: two\n    tier: vip\n  - name: three\n"
                      "    from: USD\n    tier: '*'\n",
                 RL_EXISTS, 9, "rules[2]", "same requests and amounts as rules[0] on line 5");
  expect_refused(RULE "  - name: two\n", RL_EXISTS, 6, "rules[1]", "rules[0] on line 5");
}

Test(tariff_rules, rules_that_differ_in_one_key_are_no_tie)
{
  rl_tariff_destroy(expect_taken(RULE "  - { name: b, tier: v }\n  - { name: c, from: USD }\n"
                                      "  - { name: d, to: USD }\n  - { name: e, tier: w }\n"
                                      "  - { name: f, from: EUR }\n"));
}

Test(tariff_rules, a_rule_that_no_request_can_match_is_refused)
{
  expect_refused(RULE "    from: USD\n    to: USD\n", RL_INVALID, 7, "rules[0].to",
                 "no request ever matches");
}

Test(tariff_rules, a_default_tier_without_a_rule_is_refused)
{
  expect_refused("default_tier: gold\n" RULE "    tier: silver\n", RL_NOT_FOUND, 1,
                 "default_tier", "no rule is for tier \"gold\"");
  expect_refused(RULE "    tier: silver\n", RL_NOT_FOUND, 1, "default_tier", "\"standard\"");
  rl_tariff_destroy(expect_taken("default_tier: gold\n" RULE));
  rl_tariff_destroy(expect_taken("default_tier: gold\n" RULE "    tier: gold\n"));
}

Test(tariff_rules, markup_and_the_dearest_premium_stay_within_a_half)
{
  const char *head = "tariff: test\nlocks: [{ ttl: 1s }, { ttl: 2s, premium_bps: 0.5 }]\n"
                     "rules:\n  - name: one\n";
  char text[256];
  snprintf(text, sizeof text, "%s    markup_bps: 4999.5\n", head);
  rl_tariff_destroy(expect_taken(text));
  snprintf(text, sizeof text, "%s    markup_bps: 4999.5001\n", head);
  expect_refused(text, RL_OUT_OF_RANGE, 5, "rules[0].markup_bps", "dearest lock's premium");
}

/* --- fees --- */

Test(tariff_rules, a_fee_in_money_needs_the_currency_of_its_side)
{
  expect_refused(RULE "    to: EUR\n    fees:\n      - { name: a, kind: flat, amount: 1 }\n",
                 RL_INVALID, 8, "rules[0].fees[0].amount", "Name the rule's \"from\"");
  expect_refused(RULE "    from: EUR\n    fees:\n"
                      "      - { name: a, kind: flat, amount: 1, side: target }\n",
                 RL_INVALID, 8, "rules[0].fees[0].amount", "Name the rule's \"to\"");
  expect_refused(RULE "    fees:\n      - { name: a, kind: bps, bps: 1, min: 1 }\n", RL_INVALID, 7,
                 "rules[0].fees[0].min", "Name the rule's \"from\"");
  expect_refused(RULE "    fees:\n      - { name: a, kind: bps, bps: 1, max: 1 }\n", RL_INVALID, 7,
                 "rules[0].fees[0].max", "Name the rule's \"from\"");
  rl_tariff_destroy(expect_taken(RULE "    fees:\n      - { name: a, kind: bps, bps: 1 }\n"));
}

Test(tariff_rules, a_target_fee_on_top_is_refused)
{
  expect_refused(FEES "      - { name: a, kind: flat, amount: 1 }\n"
                      "      - { name: b, kind: flat, amount: 1, side: target, mode: on_top }\n",
                 RL_INVALID, 10, "rules[0].fees[1].mode", "always deducted");
}

Test(tariff_rules, two_bps_items_on_the_target_side_are_refused)
{
  expect_refused(FEES "      - { name: a, kind: bps, bps: 1, side: target }\n"
                      "      - { name: b, kind: flat, amount: 1, side: target }\n"
                      "      - { name: c, kind: bps, bps: 1, side: target }\n",
                 RL_INVALID, 11, "rules[0].fees[2].kind", "a second fee with bps");
  rl_tariff_destroy(expect_taken(FEES "      - { name: a, kind: bps, bps: 1, side: target }\n"
                                      "      - { name: b, kind: bps, bps: 1 }\n"
                                      "      - { name: c, kind: bps, bps: 1 }\n"));
}

Test(tariff_rules, source_bps_sum_to_at_most_a_half)
{
  rl_tariff_destroy(
    expect_taken(FEES "      - { name: a, kind: bps, bps: 2500 }\n"
                      "      - { name: b, kind: bps, bps: 2500, mode: on_top }\n"
                      "      - { name: c, kind: bps, bps: 5000, side: target }\n"));
  expect_refused(FEES "      - { name: a, kind: bps, bps: 2500 }\n"
                      "      - { name: b, kind: bps, bps: 2500.0001 }\n",
                 RL_OUT_OF_RANGE, 10, "rules[0].fees[1].bps", "sum to more than 5000");
}

Test(tariff_rules, a_min_above_the_max_is_refused)
{
  expect_refused(FEES "      - name: a\n        kind: bps\n        bps: 1\n        max: 1.00\n"
                      "        min: 1.01\n",
                 RL_INVALID, 13, "rules[0].fees[0].min", "1.01 is above max 1.00");
  rl_tariff_destroy(
    expect_taken(FEES "      - { name: a, kind: bps, bps: 1, min: 1.01, max: 1.01 }\n"));
}

Test(tariff_rules, a_rule_has_at_most_eight_fees)
{
#define FEE(name) "      - { name: " name ", kind: flat, amount: 1 }\n"
#define EIGHT FEE("a") FEE("b") FEE("c") FEE("d") FEE("e") FEE("f") FEE("g") FEE("h")
  rl_tariff *tariff = expect_taken(FEES EIGHT);
  cr_expect_eq(rl_tariff_rule(tariff, 0)->fee_count, RL_FEES_MAX);
  rl_tariff_destroy(tariff);
  expect_refused(FEES EIGHT FEE("i"), RL_OUT_OF_RANGE, 8, "rules[0].fees",
                 "9 entries; at most 8");
  rl_tariff_destroy(expect_taken(RULE "    fees: []\n"));
}

Test(tariff_rules, fees_of_one_rule_have_names_of_their_own)
{
  expect_refused(FEES FEE("a") FEE("b") FEE("a"), RL_EXISTS, 11, "rules[0].fees[2].name",
                 "the same name as fees[0] of this rule");
}
