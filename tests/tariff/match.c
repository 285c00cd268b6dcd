/* Which rule applies: each step of the precedence by hand, then all of it against a linear
 * search. */
#include "tariff/expect.h"
#include "tariff/model.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MODELS 150
#define REQUESTS 200

static const char *name_of(const rl_rule *rule)
{
  return rule ? rule->name : "none";
}

static const char *rule_name(const rl_tariff *tariff, const char *tier, const char *from,
                             const char *to)
{
  return name_of(
    rl_tariff_match(tariff, &(rl_tariff_query){"", tier, "", currency(from), currency(to), 0}));
}

/* From the most particular to the most general: the order in which they win. */
static const char *const geographies[] = {", from: USD, to: EUR", ", pair: EURUSD", ", from: USD",
                                          ", to: EUR", ""};
static const char *const names[] = {
  ", client: shop, tier: vip, method: card", ", client: shop, tier: vip",
  ", client: shop, method: card", ", client: shop", ", tier: vip, method: card", ", tier: vip",
  ", method: card", ""};
#define GEOGRAPHIES 5
#define KEYS 40 /* eight ways of naming people, five of naming currencies */

/* The rules whose bit is set, named after their place in the precedence, in an order turned by
 * `turn`. */
static rl_tariff *with_rules_of(uint64_t present, unsigned turn)
{
  char text[8192];
  size_t used = (size_t)snprintf(text, sizeof text, "default_tier: vip\n" HEAD "rules:\n");
  for (unsigned i = 0; i < KEYS; i++) {
    unsigned rule = (i + turn) % KEYS;
    if (present >> rule & 1)
      used += (size_t)snprintf(text + used, sizeof text - used, "  - { name: r%u%s%s }\n", rule,
                               names[rule / GEOGRAPHIES], geographies[rule % GEOGRAPHIES]);
  }
  return expect_taken(text);
}

static void expect_winner(uint64_t present, unsigned turn)
{
  char expected[8];
  rl_tariff *tariff = with_rules_of(present, turn);
  const rl_rule *rule = rl_tariff_match(
    tariff, &(rl_tariff_query){"shop", "vip", "card", currency("USD"), currency("EUR"), 0});
  snprintf(expected, sizeof expected, "r%u", (unsigned)__builtin_ctzll(present));
  cr_assert_str_eq(name_of(rule), expected, "of the rules %llx", (unsigned long long)present);
  rl_tariff_destroy(tariff);
}

Test(tariff_match, client_tier_method_corridor_pair_source_target_decide_in_this_order)
{
  rl_random random = rl_random_from(rl_test_seed("tariff_precedence"));
  /* Each against each, and a rule for all beside them, so that the default tier has one. */
  for (unsigned better = 0; better < KEYS; better++)
    for (unsigned worse = better + 1; worse < KEYS; worse++)
      expect_winner(1ull << better | 1ull << worse | 1ull << (KEYS - 1), worse);
  for (unsigned i = 0; i < 200; i++)
    expect_winner((rl_random_next(&random) & ((1ull << KEYS) - 1)) | 1ull << (KEYS - 1), i);
}

Test(tariff_match, a_rule_does_not_apply_to_what_it_does_not_name)
{
  rl_tariff *tariff = with_rules_of((1ull << KEYS) - 1, 3);
  cr_expect_str_eq(rule_name(tariff, "vip", "USD", "EUR"), "r25");
  cr_expect_str_eq(rule_name(tariff, "vip", "EUR", "USD"), "r26", "the pair, the other way round");
  cr_expect_str_eq(rule_name(tariff, "vip", "USD", "JPY"), "r27");
  cr_expect_str_eq(rule_name(tariff, "vip", "GBP", "EUR"), "r28");
  cr_expect_str_eq(rule_name(tariff, "vip", "GBP", "JPY"), "r29");
  cr_expect_str_eq(rule_name(tariff, "gold", "USD", "EUR"), "r35");
  cr_expect_str_eq(rule_name(tariff, "gold", "EUR", "USD"), "r36");
  cr_expect_str_eq(rule_name(tariff, "gold", "USD", "JPY"), "r37");
  cr_expect_str_eq(rule_name(tariff, "gold", "GBP", "EUR"), "r38");
  cr_expect_str_eq(rule_name(tariff, "gold", "GBP", "JPY"), "r39");
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

Test(tariff_match, a_name_counts_as_what_it_names_only)
{
  rl_tariff *tariff = expect_taken(RULE "  - { name: c, client: x }\n  - { name: t, tier: x }\n"
                                        "  - { name: m, method: x }\n");
  rl_currency usd = currency("USD"), eur = currency("EUR");
  cr_expect_str_eq(
    name_of(rl_tariff_match(tariff, &(rl_tariff_query){"x", "", "", usd, eur, 0})), "c");
  cr_expect_str_eq(
    name_of(rl_tariff_match(tariff, &(rl_tariff_query){"", "x", "", usd, eur, 0})), "t");
  cr_expect_str_eq(
    name_of(rl_tariff_match(tariff, &(rl_tariff_query){"", "", "x", usd, eur, 0})), "m");
  rl_tariff_destroy(tariff);
}

Test(tariff_match, names_longer_than_any_match_none)
{
  const char *thirty_one = "a-client-of-thirty-one-letters.";
  char longer[200];
  snprintf(longer, sizeof longer, "%s%0100d", thirty_one, 0);
  rl_tariff *tariff =
    expect_taken(RULE "  - { name: c, client: a-client-of-thirty-one-letters. }\n");
  rl_currency usd = currency("USD"), eur = currency("EUR");
  cr_expect_str_eq(
    name_of(rl_tariff_match(tariff, &(rl_tariff_query){thirty_one, "", "", usd, eur, 0})), "c");
  cr_expect_str_eq(
    name_of(rl_tariff_match(tariff, &(rl_tariff_query){longer, "", "", usd, eur, 0})), "one");
  longer[32] = '\0';
  cr_expect_str_eq(
    name_of(rl_tariff_match(tariff, &(rl_tariff_query){longer, longer, "", usd, eur, 0})), "one");
  rl_tariff_destroy(tariff);
}

Test(tariff_match, a_band_holds_from_its_start_to_below_its_end)
{
  rl_tariff *tariff = expect_taken(
    HEAD "rules:\n  - { name: large, from: USD, amount_from: 1000.00 }\n"
         "  - { name: small, from: USD, amount_below: 10.00 }\n"
         "  - { name: middle, from: USD, amount_from: 10, amount_below: 1000 }\n");
  static const struct { int64_t minor; const char *rule; } edges[] = {
    {0, "small"}, {999, "small"}, {1000, "middle"}, {1001, "middle"}, {99999, "middle"},
    {100000, "large"}, {100001, "large"}, {RL_AMOUNT_MAX, "large"}, {INT64_MAX, "large"}};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    rl_tariff_query query = {"", "", "", currency("USD"), currency("EUR"), edges[i].minor};
    cr_expect_str_eq(name_of(rl_tariff_match(tariff, &query)), edges[i].rule);
  }
  rl_tariff_destroy(tariff);
}

/* --- against a linear search --- */

static bool named(const char *key, const char *asked)
{
  return !key[0] || strcmp(key, asked) == 0;
}

static bool is(rl_currency key, rl_currency asked)
{
  return !key.index || rl_currency_equal(key, asked);
}

static bool applies(const rl_scope *scope, const rl_tariff_query *query)
{
  const char *tier = query->tier[0] ? query->tier : "standard";
  bool straight = is(scope->pair_base, query->from) && is(scope->pair_quote, query->to);
  bool turned = is(scope->pair_base, query->to) && is(scope->pair_quote, query->from);
  return named(scope->client, query->client) && named(scope->tier, tier)
         && named(scope->method, query->method) && is(scope->from, query->from)
         && is(scope->to, query->to) && (straight || turned)
         && scope->amount_from_minor <= query->amount_minor
         && query->amount_minor < scope->amount_below_minor;
}

/* Whether `left` goes before `right` by the first thing that one of them alone names. */
static bool goes_before(const rl_scope *left, const rl_scope *right)
{
  const rl_scope *both[] = {left, right};
  bool names_it[2][7];
  for (unsigned i = 0; i < 2; i++) {
    const bool list[] = {both[i]->client[0], both[i]->tier[0], both[i]->method[0],
                         both[i]->from.index && both[i]->to.index, both[i]->pair_base.index,
                         both[i]->from.index, both[i]->to.index};
    memcpy(names_it[i], list, sizeof list);
  }
  for (unsigned k = 0; k < 7; k++)
    if (names_it[0][k] != names_it[1][k])
      return names_it[0][k];
  RL_ASSERT(false); /* no two are alike */
  return false;
}

/* The oracle: every rule is looked at, and the better of two told by comparing what they name. */
static const rl_rule *match_linearly(const model *made, const rl_tariff_query *query)
{
  const rl_rule *best = NULL;
  for (unsigned i = 0; i < made->rule_count; i++) {
    const rl_rule *rule = &made->rules[i];
    if (applies(&rule->scope, query) && (!best || goes_before(&rule->scope, &best->scope)))
      best = rule;
  }
  return best;
}

static const char *draw_name(rl_random *random, const char *const known[MODEL_NAMES])
{
  uint64_t choice = rl_random_below(random, MODEL_NAMES + 2);
  if (choice < MODEL_NAMES)
    return known[choice];
  return choice == MODEL_NAMES ? "" : "unheard-of";
}

/* Mostly one below, at or one above where some band starts. */
static int64_t draw_amount(const model *made, rl_random *random)
{
  const rl_rule *rule = &made->rules[rl_random_below(random, made->rule_count)];
  int64_t amount = rule->scope.amount_from_minor + rl_random_between(random, -1, 1);
  if (amount < 0 || amount > RL_AMOUNT_MAX || rl_random_below(random, 4) == 0)
    amount = (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX);
  return amount;
}

static rl_tariff_query draw_query(const model *made, rl_random *random)
{
  return (rl_tariff_query){
    .client = draw_name(random, model_clients),
    .tier = draw_name(random, model_tiers),
    .method = draw_name(random, model_methods),
    .from = model_currency((unsigned)rl_random_below(random, MODEL_CURRENCIES)),
    .to = model_currency((unsigned)rl_random_below(random, MODEL_CURRENCIES)),
    .amount_minor = draw_amount(made, random),
  };
}

static void compare_waivers(const model *made, const rl_tariff *tariff,
                            const rl_tariff_query *query, const rl_rule *rule)
{
  const rl_waiver *found[RL_FEES_MAX];
  rl_tariff_waive(tariff, query, rule, found);
  for (unsigned i = 0; i < rule->fee_count; i++) {
    const char *expected = "none";
    for (unsigned k = made->waiver_count; k-- > 0;)
      if (strcmp(made->waivers[k].fee, rule->fees[i].name) == 0
          && applies(&made->waivers[k].scope, query))
        expected = made->waivers[k].name;
    cr_assert_str_eq(found[i] ? found[i]->name : "none", expected);
  }
}

static void compare_matches(const model *made, const rl_tariff *tariff, rl_random *random)
{
  for (unsigned i = 0; i < REQUESTS; i++) {
    rl_tariff_query query = draw_query(made, random);
    if (rl_currency_equal(query.from, query.to))
      continue;
    const rl_rule *expected = match_linearly(made, &query);
    const rl_rule *found = rl_tariff_match(tariff, &query);
    cr_assert_str_eq(name_of(found), name_of(expected), "%s, %s, %s: %s to %s", query.client,
                     query.tier, query.method, rl_currency_code(query.from),
                     rl_currency_code(query.to));
    if (found)
      compare_waivers(made, tariff, &query, found);
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
