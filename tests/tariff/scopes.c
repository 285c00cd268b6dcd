/* Whom rules and waivers are for: bands, pairs, reach, and the pairs of a universe. */
#include "tariff/expect.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A tariff with these rules, from line 5 on. */
static const char *with_rules(const char *rules)
{
  static char text[4096];
  snprintf(text, sizeof text, HEAD "rules:\n%s", rules);
  return text;
}

static void expect_rules(const char *rules)
{
  rl_tariff_destroy(expect_taken(with_rules(rules)));
}

/* --- bands --- */

Test(tariff_scopes, bands_that_meet_are_taken_in_any_order)
{
  expect_rules("  - { name: c, from: JPY, amount_from: 200 }\n"
               "  - { name: a, from: JPY, amount_from: 0, amount_below: 100 }\n"
               "  - { name: b, from: JPY, amount_from: 100, amount_below: 200 }\n");
  expect_rules("  - { name: a, from: USD, amount_below: 0.01 }\n"
               "  - { name: b, from: USD, amount_from: 0.01, amount_below: 10000000000000.00 }\n"
               "  - { name: c, from: USD, amount_from: 10000000000000.00 }\n");
}

Test(tariff_scopes, a_gap_between_bands_is_refused_with_both_lines)
{
  expect_refused(with_rules("  - { name: a, from: JPY, amount_below: 100 }\n"
                            "  - { name: b, from: JPY, amount_from: 101 }\n"),
                 RL_INVALID, 6, "rules[1].amount_from", "rules[0] on line 5, ends before");
  expect_refused(with_rules("  - { name: b, from: JPY, amount_from: 101 }\n"
                            "  - { name: a, from: JPY, amount_below: 100 }\n"),
                 RL_INVALID, 5, "rules[0].amount_from", "rules[1] on line 6, ends before");
}

Test(tariff_scopes, bands_begin_at_nothing_and_have_no_end)
{
  expect_refused(with_rules("  - { name: a }\n  - { name: b, from: JPY, amount_from: 1 }\n"),
                 RL_INVALID, 6, "rules[1].amount_from", "for amounts below; begin at 0");
  expect_refused(with_rules("  - name: b\n    from: JPY\n    amount_below: 1000000000000000\n"),
                 RL_INVALID, 7, "rules[0].amount_below", "from there on");
}

Test(tariff_scopes, bands_that_overlap_are_refused_with_both_lines)
{
  expect_refused(with_rules("  - { name: a, from: JPY, amount_below: 101 }\n"
                            "  - { name: b, from: JPY, amount_from: 100 }\n"),
                 RL_EXISTS, 6, "rules[1]", "rules[0] on line 5");
  expect_refused(with_rules("  - { name: b, from: JPY, amount_from: 100 }\n"
                            "  - { name: a, from: JPY, amount_below: 101 }\n"),
                 RL_EXISTS, 6, "rules[1]", "rules[0] on line 5");
  expect_refused(with_rules("  - { name: a, from: JPY }\n"
                            "  - { name: b, from: JPY, amount_from: 100 }\n"),
                 RL_EXISTS, 6, "rules[1]", "rules[0] on line 5");
  expect_refused(with_rules("  - { name: a, from: JPY, amount_from: 5, amount_below: 9 }\n"
                            "  - { name: b, from: JPY, amount_below: 5 }\n"
                            "  - { name: c, from: JPY, amount_from: 7 }\n"),
                 RL_EXISTS, 7, "rules[2]", "rules[0] on line 5");
}

Test(tariff_scopes, bands_of_other_keys_are_apart)
{
  expect_rules("  - { name: a, from: JPY, amount_below: 100 }\n"
               "  - { name: b, from: JPY, amount_from: 100 }\n"
               "  - { name: c, from: JPY, to: USD }\n  - { name: d, from: JPY, tier: x }\n"
               "  - { name: e, from: JPY, client: x }\n  - { name: f, from: JPY, method: x }\n"
               "  - { name: g, from: USD, amount_below: 7.00 }\n"
               "  - { name: h, from: USD, amount_from: 7.00 }\n");
}

Test(tariff_scopes, a_band_names_its_currency_and_holds_some_amount)
{
  expect_refused(with_rules("  - { name: a, amount_from: 5 }\n"), RL_INVALID, 5,
                 "rules[0].amount_from", "Name \"from\"");
  expect_refused(with_rules("  - { name: a, to: USD, amount_below: 5 }\n"), RL_INVALID, 5,
                 "rules[0].amount_below", "Name \"from\"");
  expect_refused(with_rules("  - { name: a, pair: EURUSD, amount_below: 5 }\n"), RL_INVALID, 5,
                 "rules[0].amount_below", "Name \"from\"");
  expect_refused(with_rules("  - { name: a, from: USD, amount_from: 5, amount_below: 5 }\n"),
                 RL_INVALID, 5, "rules[0].amount_below", "not above amount_from 5");
  expect_refused(with_rules("  - { name: a, from: USD, amount_below: 0 }\n"), RL_OUT_OF_RANGE, 5,
                 "rules[0].amount_below", "0.01 to");
  expect_refused(with_rules("  - { name: a, from: USD, amount_from: 0.001 }\n"), RL_OUT_OF_RANGE,
                 5, "rules[0].amount_from", "use 0.00 to");
  expect_refused(with_rules("  - { name: a, from: JPY, amount_from: 0.0 }\n"), RL_OUT_OF_RANGE, 5,
                 "rules[0].amount_from", "at most 0 decimals");
  expect_refused(with_rules("  - { name: a, from: USD, amount_from: '' }\n"), RL_INVALID, 5,
                 "rules[0].amount_from", "not an amount");
}

/* --- ties --- */

Test(tariff_scopes, two_rules_with_the_same_keys_are_a_tie)
{
  static const char *const keys[] = {
    ", client: x", ", method: x", ", client: x, tier: y, method: z", ", pair: EURUSD",
    ", client: x, from: USD, to: EUR", ", method: x, to: EUR"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    char rules[256];
    snprintf(rules, sizeof rules, "  - { name: any }\n  - { name: a%s }\n  - { name: b%s }\n",
             keys[i], keys[i]);
    expect_refused(with_rules(rules), RL_EXISTS, 7, "rules[2]", "rules[1] on line 6");
  }
}

Test(tariff_scopes, a_pair_is_the_same_either_way_round)
{
  expect_refused(with_rules("  - { name: a, pair: EURUSD }\n  - { name: b, pair: USD/EUR }\n"),
                 RL_EXISTS, 6, "rules[1]", "rules[0] on line 5");
}

/* --- pairs and reach --- */

Test(tariff_scopes, a_pair_stands_instead_of_from_and_to)
{
  expect_refused(with_rules("  - { name: a, pair: EURUSD, from: EUR }\n"), RL_INVALID, 5,
                 "rules[0].pair", "beside from or to");
  expect_refused(with_rules("  - { name: a, to: EUR, pair: EURUSD }\n"), RL_INVALID, 5,
                 "rules[0].pair", "beside from or to");
  expect_rules("  - { name: a, pair: EURUSD, from: '*', to: '*' }\n  - { name: b, pair: '*' }\n");
}

Test(tariff_scopes, a_pair_is_two_currencies)
{
  static const char *const wrong[] = {"EURUSX", "EUR", "EURUSDX", "EUR-USD", "eurusd", "EUR/US",
                                      "EUR//USD", "''", "XAUUSD"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char rules[128];
    snprintf(rules, sizeof rules, "  - { name: a, pair: %s }\n", wrong[i]);
    expect_refused(with_rules(rules), RL_NOT_FOUND, 5, "rules[0].pair", "no pair of currencies");
  }
  expect_refused(with_rules("  - { name: a, pair: EUREUR }\n"), RL_INVALID, 5, "rules[0].pair",
                 "against itself");
}

Test(tariff_scopes, a_pair_of_which_both_directions_have_rules_is_out_of_reach)
{
  expect_refused(with_rules("  - { name: a, from: EUR, to: USD }\n  - { name: b, pair: EURUSD }\n"
                            "  - { name: c, from: USD, to: EUR }\n"),
                 RL_INVALID, 6, "rules[1]", "nobody can reach it");
  expect_refused(with_rules("  - { name: any }\n"
                            "  - { name: a, tier: x, client: y, from: EUR, to: USD }\n"
                            "  - { name: c, tier: x, client: y, from: USD, to: EUR }\n"
                            "  - { name: b, tier: x, client: y, pair: USDEUR }\n"),
                 RL_INVALID, 8, "rules[3]", "nobody can reach it");
  expect_rules("  - { name: a, from: EUR, to: USD }\n  - { name: b, pair: EURUSD }\n");
  expect_rules("  - { name: a, from: EUR, to: USD }\n  - { name: b, pair: EURUSD }\n"
               "  - { name: c, tier: x, from: USD, to: EUR }\n");
}

/* A rule from USD to each currency, then one `last`, then one for all. */
static const char *with_each_target(bool all, const char *last)
{
  static char text[1 << 15];
  size_t used = (size_t)snprintf(text, sizeof text, HEAD "rules:\n");
  for (unsigned i = 1; i <= rl_currency_count(); i++) {
    const char *code = rl_currency_code((rl_currency){(uint8_t)i});
    bool left_out = !all && strcmp(code, "ZMW") == 0;
    if (strcmp(code, "USD") != 0 && !left_out)
      used += (size_t)snprintf(text + used, sizeof text - used,
                               "  - { name: r%u, from: USD, to: %s }\n", i, code);
  }
  snprintf(text + used, sizeof text - used, "%s  - { name: all }\n", last);
  return text;
}

Test(tariff_scopes, a_source_whose_every_target_has_a_rule_is_out_of_reach)
{
  char field[32];
  unsigned others = rl_currency_count() - 1;
  snprintf(field, sizeof field, "rules[%u]", others);
  expect_refused(with_each_target(true, "  - { name: hidden, from: USD }\n"), RL_INVALID,
                 5 + others, field, "nobody can reach it");
  rl_tariff_destroy(
    expect_taken(with_each_target(false, "  - { name: seen, from: USD }\n")));
  rl_tariff_destroy(
    expect_taken(with_each_target(true, "  - { name: seen, tier: x, from: USD }\n")));
}

Test(tariff_scopes, clients_are_named_by_at_most_31_bytes)
{
  expect_rules("  - { name: a, client: 0123456789012345678901234567890 }\n");
  expect_refused(with_rules("  - { name: a, client: 01234567890123456789012345678901 }\n"),
                 RL_OUT_OF_RANGE, 5, "rules[0].client", "at most 31");
  expect_refused(with_rules("  - { name: a, client: 'a b' }\n"), RL_INVALID, 5, "rules[0].client",
                 "not a name");
  expect_refused(with_rules("  - { name: a, method: 'a b' }\n"), RL_INVALID, 5, "rules[0].method",
                 "not a name");
  expect_rules("  - { name: a, client: '*', method: \"*\" }\n");
}

/* --- waivers --- */

/* A tariff whose rule from USD has a fee "service", with these waivers, from line 6 on. */
static const char *with_waivers(const char *waivers)
{
  static char text[1024];
  snprintf(text, sizeof text,
           HEAD "rules: [{ name: one, from: USD, fees: [{ name: service, kind: bps, bps: 1 }] }]\n"
                "waivers:\n%s", waivers);
  return text;
}

Test(tariff_scopes, the_first_waiver_that_matches_is_named)
{
  rl_tariff *tariff = expect_taken(
    with_waivers("  - { name: a, fee: service, tier: gold }\n"
                 "  - { name: b, fee: service, from: USD, amount_from: 10.00 }\n"
                 "  - { name: c, fee: service, pair: USDEUR, client: shop }\n"
                 "  - { name: d, fee: service, tier: standard, method: card }\n"));
  rl_currency usd = currency("USD"), eur = currency("EUR"), jpy = currency("JPY");
  const struct { rl_tariff_query query; const char *waiver; } cases[] = {
    {{"", "gold", "", usd, eur, 1000}, "a"}, {{"", "", "", usd, eur, 1000}, "b"},
    {{"", "", "", usd, eur, 999}, "none"}, {{"shop", "", "", usd, eur, 999}, "c"},
    {{"shop", "", "", usd, jpy, 999}, "none"}, {{"", "", "card", usd, eur, 999}, "d"},
    {{"", "silver", "card", usd, eur, 999}, "none"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const rl_waiver *found[RL_FEES_MAX];
    rl_tariff_waive(tariff, &cases[i].query, rl_tariff_rule(tariff, 0), found);
    cr_expect_str_eq(found[0] ? found[0]->name : "none", cases[i].waiver, "case %zu", i);
    cr_expect_null(found[1]);
  }
  rl_tariff_destroy(tariff);
}

Test(tariff_scopes, a_waiver_is_of_a_fee_and_keeps_the_rules_of_a_scope)
{
  expect_refused(with_waivers("  - { name: a, fee: servce }\n"), RL_NOT_FOUND, 6,
                 "waivers[0].fee", "no rule has a fee \"servce\"");
  expect_refused(with_waivers("  - { name: a }\n"), RL_INVALID, 6, "waivers[0].fee", "missing");
  expect_refused(with_waivers("  - { name: a, fee: service, amount_from: 1 }\n"), RL_INVALID, 6,
                 "waivers[0].amount_from", "Name \"from\"");
  expect_refused(with_waivers("  - { name: a, fee: service, from: USD, to: USD }\n"), RL_INVALID,
                 6, "waivers[0].to", "no request ever matches");
  expect_refused(with_waivers("  - { name: a, fee: service, markup_bps: 1 }\n"), RL_NOT_FOUND, 6,
                 "waivers[0].markup_bps", "name, fee, client, tier");
}

static void expect_never_applies(const char *rule_scope, const char *waiver_scope)
{
  static char text[1024];
  snprintf(text, sizeof text,
           HEAD "rules: [{ name: any }, { name: one, %s,"
                " fees: [{ name: service, kind: bps, bps: 1 }] }]\n"
                "waivers: [{ name: a, fee: service, %s }]\n", rule_scope, waiver_scope);
  expect_refused(text, RL_INVALID, 5, "waivers[0]", "never applies");
}

static void expect_may_apply(const char *rule_scope, const char *waiver_scope)
{
  static char text[1024];
  snprintf(text, sizeof text,
           HEAD "rules: [{ name: any }, { name: one, %s,"
                " fees: [{ name: service, kind: bps, bps: 1 }] }]\n"
                "waivers: [{ name: a, fee: service, %s }]\n", rule_scope, waiver_scope);
  rl_tariff_destroy(expect_taken(text));
}

Test(tariff_scopes, a_waiver_that_no_rule_with_its_fee_meets_is_refused)
{
  expect_never_applies("client: shop", "client: desk");
  expect_never_applies("tier: gold", "tier: standard");
  expect_never_applies("method: card", "method: wire");
  expect_never_applies("from: EUR", "from: USD");
  expect_never_applies("to: EUR", "to: USD");
  expect_never_applies("from: EUR", "to: EUR");
  expect_never_applies("pair: EURUSD", "pair: EURGBP");
  expect_never_applies("pair: EURUSD", "from: GBP");
  expect_never_applies("from: EUR, to: GBP", "pair: EURUSD");
  expect_may_apply("client: shop", "tier: gold, method: card");
  expect_may_apply("from: EUR", "to: USD");
  expect_may_apply("pair: EURUSD", "from: USD");
  expect_may_apply("from: USD, to: EUR", "pair: EURUSD");
  expect_may_apply("pair: EURUSD", "pair: USDEUR");
}

static const char *with_banded_waiver(const char *fee, const char *band)
{
  static char text[1024];
  snprintf(text, sizeof text, HEAD
           "default_tier: t\nrules:\n"
           "  - { name: low, from: USD, amount_below: 100.00,"
           " fees: [{ name: l, kind: bps, bps: 1 }] }\n"
           "  - { name: high, from: USD, amount_from: 100.00,"
           " fees: [{ name: h, kind: bps, bps: 1 }] }\n"
           "waivers: [{ name: a, fee: %s, from: USD, %s }]\n", fee, band);
  return text;
}

Test(tariff_scopes, a_waiver_and_its_rule_meet_in_their_bands)
{
  expect_refused(with_banded_waiver("h", "amount_below: 100.00"), RL_INVALID, 8, "waivers[0]",
                 "never applies");
  rl_tariff_destroy(expect_taken(with_banded_waiver("h", "amount_below: 100.01")));
  expect_refused(with_banded_waiver("l", "amount_from: 100.00"), RL_INVALID, 8, "waivers[0]",
                 "never applies");
  rl_tariff_destroy(expect_taken(with_banded_waiver("l", "amount_from: 99.99")));
}

Test(tariff_scopes, there_are_at_most_64_waivers)
{
  char waivers[8192];
  for (unsigned count = RL_WAIVERS_MAX; count <= RL_WAIVERS_MAX + 1; count++) {
    size_t used = 0;
    for (unsigned i = 0; i < count; i++)
      used += (size_t)snprintf(waivers + used, sizeof waivers - used,
                               "  - { name: w%u, fee: service }\n", i);
    static char text[10000];
    snprintf(text, sizeof text,
             RULE "    fees: [{ name: service, kind: bps, bps: 1 }]\nwaivers:\n%s", waivers);
    if (count > RL_WAIVERS_MAX)
      expect_refused(text, RL_OUT_OF_RANGE, 7, "waivers", "65 entries; at most 64");
    else
      rl_tariff_destroy(expect_taken(text));
  }
}

/* --- the universe --- */

static void expect_pairs(const char *rules, rl_status status, unsigned line, const char *field,
                         const char *says)
{
  static const char text[] = "order EUR GBP USD JPY\npair EUR USD\npair GBP USD\n"
                             "pair USD JPY pip=2\n";
  rl_universe *universe;
  rl_error error = {.text = ""};
  cr_assert_eq(rl_universe_parse(text, sizeof text - 1, "u", &universe, &error), RL_OK);
  rl_tariff *tariff = expect_taken(with_rules(rules));
  cr_expect_eq(rl_tariff_check_pairs(tariff, universe, "my.yaml", &error), status, "%s", rules);
  if (status != RL_OK) {
    cr_expect_str_eq(error.file, "my.yaml");
    cr_expect_eq(error.line, line);
    cr_expect_str_eq(error.field, field);
    cr_expect(strstr(error.text, says), "\"%s\" does not say \"%s\"", error.text, says);
  }
  rl_tariff_destroy(tariff);
  rl_universe_destroy(universe);
}

Test(tariff_scopes, a_pair_has_a_market_of_its_own_in_the_universe)
{
  expect_pairs("  - { name: a, pair: EURUSD }\n  - { name: b, pair: GBP/USD }\n", RL_OK, 0, "",
               "");
  expect_pairs("  - { name: a }\n  - { name: b, pair: EURGBP }\n", RL_NOT_FOUND, 6,
               "rules[1].pair", "EURGBP has no market of its own");
  expect_pairs("  - { name: a, pair: USDEUR }\n", RL_NOT_FOUND, 5, "rules[0].pair",
               "USDEUR is written the wrong way round");
}

Test(tariff_scopes, points_are_of_a_pair_with_a_market_of_its_own)
{
  expect_pairs("  - { name: a, from: USD, to: EUR, markup_points: 1 }\n", RL_OK, 0, "", "");
  expect_pairs("  - { name: a, from: EUR, to: GBP }\n", RL_OK, 0, "", "");
  expect_pairs("  - name: a\n    from: EUR\n    to: GBP\n    markup_bid_points: 0\n"
               "    markup_ask_points: 0.1\n", RL_NOT_FOUND, 5, "rules[0].markup_points",
               "EURGBP has no market of its own");
}

/* An example of a rule with points or without, on line 7, over a market as stated. */
static void expect_example(const char *markup, const char *market, rl_status status,
                           const char *field, const char *says)
{
  char text[512];
  snprintf(text, sizeof text,
           "  - { name: a, pair: USDJPY, %s: 1 }\nexamples:\n"
           "  - { name: e, from: USD, to: JPY, amount: 1.00, %s,\n"
           "      expect: { refused: NO_RATE } }\n", markup, market);
  expect_pairs(text, status, 7, field, says);
}

Test(tariff_scopes, an_example_of_points_has_the_pair_and_pip_of_the_universe)
{
  static const char four[] = "market: [ { pair: USDJPY, bid: 145, ask: 146 } ]";
  static const char two[] = "market: [ { pair: USDJPY, bid: 145, ask: 146 } ], pip: 2";
  static const char inverse[] = "market: [ { pair: JPYUSD, bid: 0.007, ask: 0.008 } ], pip: 2";
  expect_example("markup_points", two, RL_OK, "", "");
  expect_example("markup_points", four, RL_NOT_FOUND, "examples[0].pip",
                 "USDJPY has pips of 2 decimals in the universe; write pip: 2");
  expect_example("markup_points", inverse, RL_NOT_FOUND, "examples[0].market[0].pair",
                 "JPYUSD is written the wrong way round");
  expect_example("markup_bps", four, RL_OK, "", "");
}

Test(tariff_scopes, a_waiver_s_pair_is_looked_up_too)
{
  expect_pairs("  - { name: a, fees: [{ name: f, kind: bps, bps: 1 }] }\nwaivers:\n"
               "  - { name: w, fee: f, pair: EURUSD }\n  - { name: x, fee: f, pair: USDGBP }\n",
               RL_NOT_FOUND, 8, "waivers[1].pair", "wrong way round");
}
