/* Which rule applies: each step of the precedence by hand, then all of it against a linear
 * search; and random tariffs read back as they were meant. */
#include "tariff/expect.h"
#include "tariff/model.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MODELS 300
#define REQUESTS 200

static const char *rule_name(const rl_tariff *tariff, const char *tier, const char *from,
                             const char *to)
{
  const rl_rule *rule =
    rl_tariff_match(tariff, &(rl_tariff_query){"", tier, "", currency(from), currency(to), 0});
  return rule ? rule->name : "none";
}

/* From the most particular to the most general: the order in which they win. */
static const char *const by_precedence[] = {
  "{ name: tier-from-to, tier: vip, from: USD, to: EUR }",
  "{ name: tier-from, tier: vip, from: USD }",
  "{ name: tier-to, tier: vip, to: EUR }",
  "{ name: tier, tier: vip }",
  "{ name: from-to, from: USD, to: EUR }",
  "{ name: from, from: USD }",
  "{ name: to, to: EUR }",
  "{ name: any }",
};
static const char *const winners[] = {"tier-from-to", "tier-from", "tier-to", "tier",
                                      "from-to",      "from",      "to",      "any"};

/* The rules whose bit is set, written in an order turned by `turn`. */
static rl_tariff *with_rules_of(unsigned present, unsigned turn)
{
  char text[1024];
  size_t used = (size_t)snprintf(text, sizeof text, "default_tier: vip\n" HEAD "rules:\n");
  for (unsigned i = 0; i < 8; i++) {
    unsigned rule = (i + turn) % 8;
    if (present >> rule & 1)
      used += (size_t)snprintf(text + used, sizeof text - used, "  - %s\n", by_precedence[rule]);
  }
  return expect_taken(text);
}

Test(tariff_match, tier_goes_before_corridor_and_from_before_to)
{
  for (unsigned present = 1; present < 256; present++) {
    rl_tariff *tariff = with_rules_of(present, present % 8);
    cr_assert_str_eq(rule_name(tariff, "vip", "USD", "EUR"),
                     winners[__builtin_ctz(present)], "rules %02x", present);
    rl_tariff_destroy(tariff);
  }
}

Test(tariff_match, a_rule_does_not_apply_to_what_it_does_not_name)
{
  rl_tariff *tariff = with_rules_of(0xff, 3);
  cr_expect_str_eq(rule_name(tariff, "vip", "USD", "JPY"), "tier-from");
  cr_expect_str_eq(rule_name(tariff, "vip", "GBP", "EUR"), "tier-to");
  cr_expect_str_eq(rule_name(tariff, "vip", "GBP", "JPY"), "tier");
  cr_expect_str_eq(rule_name(tariff, "gold", "USD", "EUR"), "from-to");
  cr_expect_str_eq(rule_name(tariff, "gold", "USD", "JPY"), "from");
  cr_expect_str_eq(rule_name(tariff, "gold", "GBP", "EUR"), "to");
  cr_expect_str_eq(rule_name(tariff, "gold", "EUR", "USD"), "any");
  rl_tariff_destroy(tariff);
}

Test(tariff_match, a_request_that_no_rule_is_for_matches_none)
{
  rl_tariff *tariff = expect_taken("default_tier: vip\n" RULE "    tier: vip\n    from: USD\n");
  cr_expect_str_eq(rule_name(tariff, "vip", "EUR", "USD"), "none");
  cr_expect_str_eq(rule_name(tariff, "gold", "USD", "EUR"), "none");
  cr_expect_str_eq(rule_name(tariff, "vip", "USD", "EUR"), "one");
  rl_tariff_destroy(tariff);
}

Test(tariff_match, a_request_without_a_tier_gets_the_default_tier)
{
  rl_tariff *tariff = expect_taken("default_tier: vip\n" RULE "    tier: vip\n"
                                   "  - { name: two, tier: standard }\n");
  cr_expect_str_eq(rule_name(tariff, "", "USD", "EUR"), "one");
  cr_expect_str_eq(rl_tariff_default_tier(tariff), "vip");
  rl_tariff_destroy(tariff);
}

Test(tariff_match, a_default_tier_that_no_rule_names_gets_the_rules_for_any)
{
  rl_tariff *tariff = expect_taken(RULE "  - { name: two, tier: vip }\n");
  cr_expect_str_eq(rule_name(tariff, "", "USD", "EUR"), "one");
  rl_tariff_destroy(tariff);
}

Test(tariff_match, tiers_are_compared_whole)
{
  rl_tariff *tariff = expect_taken("default_tier: fifteen-letters\n" RULE
                                   "    tier: fifteen-letters\n  - { name: two, tier: v }\n");
  cr_expect_str_eq(rule_name(tariff, "fifteen-letters", "USD", "EUR"), "one");
  cr_expect_str_eq(rule_name(tariff, "fifteen-letter", "USD", "EUR"), "none");
  cr_expect_str_eq(rule_name(tariff, "fifteen-letters-", "USD", "EUR"), "none");
  cr_expect_str_eq(rule_name(tariff, "Fifteen-letters", "USD", "EUR"), "none");
  cr_expect_str_eq(rule_name(tariff, "v", "USD", "EUR"), "two");
  rl_tariff_destroy(tariff);
}

/* The oracle: every rule is looked at, and the better of two told by comparing what they name. */
static const rl_rule *match_linearly(const model *made, const char *tier, rl_currency from,
                                     rl_currency to)
{
  const rl_rule *best = NULL;
  int best_rank = -1;
  for (unsigned i = 0; i < made->rule_count; i++) {
    const rl_rule *rule = &made->rules[i];
    if (rule->scope.tier[0] && strcmp(rule->scope.tier, tier) != 0)
      continue;
    if (rule->scope.from.index && !rl_currency_equal(rule->scope.from, from))
      continue;
    if (rule->scope.to.index && !rl_currency_equal(rule->scope.to, to))
      continue;
    int rank = (rule->scope.tier[0] ? 100 : 0) + (rule->scope.from.index ? 10 : 0)
               + (rule->scope.to.index ? 1 : 0);
    if (rank > best_rank) {
      best = rule;
      best_rank = rank;
    }
  }
  return best;
}

static void compare_matches(const model *made, const rl_tariff *tariff, rl_random *random)
{
  for (unsigned i = 0; i < REQUESTS; i++) {
    unsigned choice = (unsigned)rl_random_below(random, MODEL_TIERS + 2);
    const char *tier = choice < MODEL_TIERS ? model_tiers[choice]
                                            : choice == MODEL_TIERS ? "" : "unheard-of";
    rl_currency from = model_currency((unsigned)rl_random_below(random, MODEL_CURRENCIES));
    rl_currency to = model_currency((unsigned)rl_random_below(random, MODEL_CURRENCIES));
    const rl_rule *expected = match_linearly(made, tier[0] ? tier : "standard", from, to);
    const rl_rule *found = rl_tariff_match(tariff, &(rl_tariff_query){"", tier, "", from, to, 0});
    cr_assert_eq(found != NULL, expected != NULL);
    if (found)
      cr_assert_str_eq(found->name, expected->name, "tier \"%s\", %s to %s", tier,
                       rl_currency_code(from), rl_currency_code(to));
  }
}

Test(tariff_match, the_index_agrees_with_a_linear_search)
{
  static model made;
  rl_random random = rl_random_from(rl_test_seed("tariff_match"));
  for (unsigned i = 0; i < MODELS; i++) {
    model_make(&made, &random);
    model_write(&made, &random, MODEL_RULES_MAX);
    rl_tariff *tariff = expect_taken(made.text);
    compare_matches(&made, tariff, &random);
    rl_tariff_destroy(tariff);
  }
}

static void compare_fee(const rl_fee *read, const rl_fee *meant)
{
  cr_assert_str_eq(read->name, meant->name);
  cr_assert_eq(read->kind, meant->kind);
  cr_assert_eq(read->side, meant->side);
  cr_assert_eq(read->mode, meant->mode);
  cr_assert_eq(read->parts[0].flat_minor, meant->parts[0].flat_minor);
  cr_assert_eq(read->parts[0].ratio_e8, meant->parts[0].ratio_e8);
  cr_assert_eq(read->min_minor, meant->min_minor);
  cr_assert_eq(read->max_minor, meant->max_minor);
}

static void compare_rule(const rl_rule *read, const rl_rule *meant)
{
  cr_assert_str_eq(read->name, meant->name);
  cr_assert_str_eq(read->scope.tier, meant->scope.tier);
  cr_assert(rl_currency_equal(read->scope.from, meant->scope.from));
  cr_assert(rl_currency_equal(read->scope.to, meant->scope.to));
  cr_assert_eq(read->markups[0].e8, meant->markups[0].e8);
  cr_assert_eq(read->line, meant->line, "%s on line %u, not %u", meant->name, read->line,
               meant->line);
  cr_assert_eq(read->fee_count, meant->fee_count);
  for (unsigned i = 0; i < meant->fee_count; i++)
    compare_fee(&read->fees[i], &meant->fees[i]);
}

Test(tariff_match, random_tariffs_are_read_as_they_were_meant)
{
  static model made;
  rl_random random = rl_random_from(rl_test_seed("tariff_values"));
  for (unsigned i = 0; i < MODELS; i++) {
    model_make(&made, &random);
    model_write(&made, &random, MODEL_RULES_MAX);
    rl_tariff *tariff = expect_taken(made.text);
    cr_assert_eq(rl_tariff_rule_count(tariff), made.rule_count);
    for (unsigned rule = 0; rule < made.rule_count; rule++)
      compare_rule(rl_tariff_rule(tariff, rule), &made.rules[rule]);
    rl_tariff_destroy(tariff);
  }
}

static unsigned line_of(const char *text, const char *place)
{
  unsigned line = 1;
  for (; text < place; text++)
    line += *text == '\n';
  return line;
}

Test(tariff_match, a_broken_field_anywhere_is_named_with_its_line)
{
  static model made;
  rl_random random = rl_random_from(rl_test_seed("tariff_lines"));
  for (unsigned i = 0; i < MODELS; i++) {
    model_make(&made, &random);
    unsigned broken = (unsigned)rl_random_below(&random, made.rule_count);
    model_write(&made, &random, broken);
    char field[64];
    snprintf(field, sizeof field, "rules[%u].markup_bps", broken);
    expect_refused(made.text, RL_INVALID, line_of(made.text, strstr(made.text, "cheap")), field,
                   "\"cheap\" is not a number");
  }
}
