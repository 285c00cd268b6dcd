/* Worked examples as they are read: the market they make, and what they must state. */
#include "tariff/expect.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define AMOUNTS \
  "charge: 10, source: 10.00, net: 9.5, gross: 0, target: 8, residue: 0.01, client_rate: 1.10"

/* Rules without fees for all but USD to JPY, which has three; an example begins on line 8. */
static const char *with_example(const char *fields)
{
  static char text[4096];
  snprintf(text, sizeof text,
           HEAD "rules:\n  - { name: one }\n  - { name: two, from: USD, to: JPY, fees: ["
                "{ name: a, kind: bps, bps: 1 }, { name: b, kind: flat, amount: 5, side: target },"
                " { name: c, kind: bps, bps: 1, mode: on_top } ] }\n"
                "examples:\n  - { name: x, %s }\n",
           fields);
  return text;
}

/* One from EUR to USD; `more` is added to it, and `expect` is what it expects. */
static const char *with_fields(const char *more, const char *expect)
{
  static char fields[2048];
  snprintf(fields, sizeof fields,
           "market: [{ pair: EURUSD, bid: 1.1250, ask: 1.12527 }], from: EUR, to: USD, amount: 10,"
           " expect: { %s }%s", expect, more);
  return with_example(fields);
}

static rl_example taken(const char *text)
{
  rl_tariff *tariff = expect_taken(text);
  cr_assert_eq(rl_tariff_example_count(tariff), 1);
  rl_example example = *rl_tariff_example(tariff, 0);
  rl_tariff_destroy(tariff);
  return example;
}

static void expect_example_refused(const char *text, rl_status status, const char *key,
                                   const char *says)
{
  char field[96];
  snprintf(field, sizeof field, "examples[0]%s%s", key[0] ? "." : "", key);
  expect_refused(text, status, 8, field, says);
}

/* --- in --- */

Test(tariff_examples, a_leg_makes_a_market)
{
  rl_example example = taken(with_fields("", AMOUNTS));
  const rl_snapshot *snapshot = &example.snapshot;
  cr_expect_str_eq(example.name, "x");
  cr_expect_eq(example.line, 8);
  cr_assert_eq(snapshot->leg_count, 1);
  const rl_leg *leg = &snapshot->legs[0];
  cr_expect(rl_currency_equal(snapshot->from, currency("EUR")));
  cr_expect(rl_currency_equal(snapshot->to, currency("USD")));
  cr_expect(rl_currency_equal(snapshot->base, currency("EUR")));
  cr_expect(rl_currency_equal(snapshot->quote, currency("USD")));
  cr_expect(rl_currency_equal(leg->base, currency("EUR")));
  cr_expect(rl_currency_equal(leg->quote, currency("USD")));
  cr_expect_not(leg->inverted);
  cr_expect_eq(leg->composite.scale, 5);
  cr_expect_eq(leg->composite.bid_half, 225000);
  cr_expect_eq(leg->composite.mid_half, 225027);
  cr_expect_eq(leg->composite.ask_half, 225054);
  cr_expect_eq(leg->composite.pip_scale, 4);
  cr_expect_eq(leg->composite.refusal, RL_REFUSAL_NONE);
  cr_expect_eq(leg->composite.tick_count, 0);
}

Test(tariff_examples, what_is_not_said_of_the_market_is_harmless)
{
  rl_example example = taken(with_fields("", AMOUNTS));
  cr_expect_not(example.snapshot.conditions.closed);
  cr_expect_not(example.snapshot.conditions.by_reference);
  cr_expect_eq(example.snapshot.conditions.fewest_sources, 255);
  cr_expect_eq(example.snapshot.conditions.age_percent, 0);
  cr_expect_eq(example.snapshot.conditions.volatility_ppm, RL_VOLATILITY_UNKNOWN);
  cr_expect_eq(example.fixed, RL_FIXED_SOURCE);
  cr_expect_eq(example.ttl_ms, 0);
  cr_expect_str_eq(example.client, "");
  cr_expect_str_eq(example.tier, "");
  cr_expect_str_eq(example.method, "");
}

Test(tariff_examples, the_market_and_the_asker_may_be_stated)
{
  char more[256];
  snprintf(more, sizeof more,
           ", fix: target, ttl: 90s, client: shop, tier: vip, method: card, pip: 2, closed: yes,"
           " reference: yes,"
           " sources: 0, age_percent: 100, volatility_ppm: %u, base: EUR", RL_VOLATILITY_MAX_PPM);
  rl_example example = taken(with_fields(more, AMOUNTS));
  cr_expect_eq(example.fixed, RL_FIXED_TARGET);
  cr_expect_eq(example.amount_minor, 1000);
  cr_expect_eq(example.ttl_ms, 90000);
  cr_expect_str_eq(example.client, "shop");
  cr_expect_str_eq(example.tier, "vip");
  cr_expect_str_eq(example.method, "card");
  cr_expect_eq(example.snapshot.legs[0].composite.pip_scale, 2);
  cr_expect(example.snapshot.conditions.closed);
  cr_expect(example.snapshot.conditions.by_reference);
  cr_expect_eq(example.snapshot.conditions.fewest_sources, 0);
  cr_expect_eq(example.snapshot.conditions.age_percent, 100);
  cr_expect_eq(example.snapshot.conditions.volatility_ppm, RL_VOLATILITY_MAX_PPM);
}

Test(tariff_examples, values_beyond_their_range_are_refused)
{
  static const struct { const char *key, *value; rl_status status; const char *says; } wrong[] = {
    {"fix", "both", RL_INVALID, "source or target"}, {"ttl", "999ms", RL_OUT_OF_RANGE, "1s"},
    {"client", "a b", RL_INVALID, "not a name"}, {"tier", "a b", RL_INVALID, "not a name"},
    {"method", "a b", RL_INVALID, "not a name"}, {"pip", "13", RL_OUT_OF_RANGE, "0 to 12"},
    {"closed", "true", RL_INVALID, "no or yes"}, {"reference", "true", RL_INVALID, "no or yes"},
    {"sources", "17", RL_OUT_OF_RANGE, "0 to 16"},
    {"age_percent", "101", RL_OUT_OF_RANGE, "0 to 100"},
    {"volatility_ppm", "4294967295", RL_OUT_OF_RANGE, "out of range"},
    {"base", "USD", RL_INVALID, "use EUR"}, {"base", "USX", RL_NOT_FOUND, "no currency"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char more[96];
    snprintf(more, sizeof more, ", %s: %s", wrong[i].key, wrong[i].value);
    expect_example_refused(with_fields(more, AMOUNTS), wrong[i].status, wrong[i].key,
                           wrong[i].says);
  }
}

/* --- legs --- */

/* One with these legs and ends. */
static const char *with_legs(const char *legs, const char *ends)
{
  static char fields[2048];
  snprintf(fields, sizeof fields, "market: [%s], %s, amount: 10, expect: { refused: NO_TARIFF }",
           legs, ends);
  return with_example(fields);
}

Test(tariff_examples, legs_are_walked_from_source_to_target)
{
  rl_example example = taken(with_legs("{ pair: USD/JPY, bid: 145.1, ask: 145.2 },"
                                       "{ pair: GBPUSD, bid: 1.3, ask: 1.30001 },"
                                       "{ pair: EURGBP, bid: 0.85, ask: 0.85 }",
                                       "from: JPY, to: EUR, base: EUR"));
  const rl_snapshot *snapshot = &example.snapshot;
  cr_assert_eq(snapshot->leg_count, 3);
  cr_expect(snapshot->legs[0].inverted);
  cr_expect(snapshot->legs[1].inverted);
  cr_expect(snapshot->legs[2].inverted);
  cr_expect_eq(snapshot->legs[1].composite.scale, 5);
  cr_expect_eq(snapshot->legs[1].composite.bid_half, 260000);
  cr_expect(rl_currency_equal(snapshot->base, currency("EUR")));
  cr_expect(rl_currency_equal(snapshot->quote, currency("JPY")));
  example = taken(with_legs("{ pair: GBPUSD, bid: 1.3, ask: 1.4 },"
                            "{ pair: EURUSD, bid: 1.1, ask: 1.2 }",
                            "from: GBP, to: EUR, base: GBP"));
  cr_expect_not(example.snapshot.legs[0].inverted);
  cr_expect(example.snapshot.legs[1].inverted);
  cr_expect(rl_currency_equal(example.snapshot.quote, currency("EUR")));
}

Test(tariff_examples, a_walk_that_breaks_is_refused)
{
  const char *leg = "{ pair: EURUSD, bid: 1.1, ask: 1.2 }";
  expect_example_refused(with_legs(leg, "from: GBP, to: USD"), RL_INVALID, "market[0].pair",
                         "does not go on from GBP");
  expect_example_refused(with_legs(leg, "from: EUR, to: JPY"), RL_INVALID, "market",
                         "end in USD, not in JPY");
  expect_example_refused(with_legs("{ pair: EURUSD, bid: 1.1, ask: 1.2 },"
                                   "{ pair: GBPJPY, bid: 1.1, ask: 1.2 }", "from: EUR, to: JPY"),
                         RL_INVALID, "market[1].pair", "does not go on from USD");
  expect_example_refused(with_legs(leg, "from: EUR, to: EUR"), RL_INVALID, "to",
                         "same currency as from");
  expect_example_refused(with_legs("", "from: EUR, to: USD"), RL_INVALID, "market", "empty");
}

Test(tariff_examples, several_legs_need_the_base_named)
{
  const char *legs = "{ pair: EURUSD, bid: 1.1, ask: 1.2 }, { pair: USDJPY, bid: 145, ask: 145 }";
  expect_example_refused(with_legs(legs, "from: EUR, to: JPY"), RL_INVALID, "base", "missing");
  expect_example_refused(with_legs(legs, "from: EUR, to: JPY, base: USD"), RL_INVALID, "base",
                         "use from or to");
  taken(with_legs(legs, "from: EUR, to: JPY, base: JPY"));
}

Test(tariff_examples, there_are_at_most_three_legs)
{
#define LEG "{ pair: EURUSD, bid: 1.1, ask: 1.2 }"
  taken(with_legs(LEG "," LEG "," LEG, "from: EUR, to: USD, base: EUR"));
  expect_example_refused(with_legs(LEG "," LEG "," LEG "," LEG, "from: EUR, to: EUR, base: EUR"),
                         RL_INVALID, "to", "same");
  expect_example_refused(with_legs(LEG "," LEG "," LEG "," LEG, "from: EUR, to: USD, base: EUR"),
                         RL_OUT_OF_RANGE, "market", "4 entries; at most 3");
}

/* The one leg's prices. */
static const char *with_book(const char *bid, const char *ask)
{
  char leg[128];
  snprintf(leg, sizeof leg, "{ pair: EURUSD, bid: %s, ask: %s }", bid, ask);
  return with_legs(leg, "from: EUR, to: USD");
}

Test(tariff_examples, bid_and_ask_have_nine_digits_on_twelve_decimals)
{
  rl_example example = taken(with_book("999999999", "999999999.0"));
  cr_expect_eq(example.snapshot.legs[0].composite.ask_half, 1999999998);
  cr_expect_eq(example.snapshot.legs[0].composite.scale, 0);
  example = taken(with_book("0.000001000001", "0.000001000002"));
  cr_expect_eq(example.snapshot.legs[0].composite.mid_half, 2000003);
  cr_expect_eq(example.snapshot.legs[0].composite.scale, 12);
  expect_example_refused(with_book("1.23456789", "1234.56789"), RL_OUT_OF_RANGE, "market[0].ask",
                         "at most 9 digits");
  expect_example_refused(with_book("1234567.891", "1234567.8"), RL_OUT_OF_RANGE, "market[0].bid",
                         "at most 9 digits");
  expect_example_refused(with_book("0.0000010000001", "1"), RL_OUT_OF_RANGE, "market[0].bid",
                         "12 decimals");
  expect_example_refused(with_book("1.2", "1.1999"), RL_INVALID, "market[0].bid",
                         "above ask 1.1999");
  expect_example_refused(with_book("0", "1"), RL_OUT_OF_RANGE, "market[0].bid", "not a rate");
  expect_example_refused(with_book("1", "-1"), RL_INVALID, "market[0].ask", "not a rate");
}

/* --- out --- */

Test(tariff_examples, every_amount_is_stated)
{
  rl_example example = taken(with_fields("", AMOUNTS));
  cr_expect_eq(example.refused, RL_REFUSAL_NONE);
  cr_expect_eq(rl_rate_compare(example.client_rate, (rl_rate){11, 1}), 0);
  cr_expect_eq(example.charge_minor, 1000);
  cr_expect_eq(example.source_minor, 1000);
  cr_expect_eq(example.net_minor, 950);
  cr_expect_eq(example.gross_minor, 0);
  cr_expect_eq(example.target_minor, 800);
  cr_expect_eq(example.residue_minor, 1);
  cr_expect_eq(example.fee_count, 0);
}

Test(tariff_examples, an_amount_left_out_is_refused)
{
  static const char *const keys[] = {"client_rate", "charge", "source", "net",
                                     "gross", "target", "residue"};
  for (unsigned missing = 0; missing < 7; missing++) {
    char expect[256] = "", key[64];
    size_t used = 0;
    for (unsigned i = 0; i < 7; i++)
      if (i != missing)
        used += (size_t)snprintf(expect + used, sizeof expect - used, "%s: 1,", keys[i]);
    snprintf(key, sizeof key, "expect.%s", keys[missing]);
    expect_example_refused(with_fields("", expect), RL_INVALID, key, "missing; an example states");
  }
  expect_example_refused(with_example("market: [], from: EUR, to: USD, amount: 1"), RL_INVALID,
                         "expect", "missing");
}

Test(tariff_examples, an_amount_is_counted_in_its_side_s_currency)
{
  const char *jpy = "market: [{ pair: USDJPY, bid: 145, ask: 145 }], from: USD, to: JPY,"
                    " amount: 10, expect: { client_rate: 1, charge: 10.01, source: 10, net: 10,"
                    " gross: 5.0, target: 5, residue: 0 }";
  expect_example_refused(with_example(jpy), RL_OUT_OF_RANGE, "expect.gross", "no amount of JPY");
  expect_example_refused(with_fields("", "client_rate: 1, charge: -1"), RL_INVALID,
                         "expect.charge", "not an amount");
  expect_example_refused(with_fields("", "client_rate: 0, charge: 1"), RL_OUT_OF_RANGE,
                         "expect.client_rate", "not a rate");
}

/* One from USD to JPY, whose rule has the fees a (USD), b (JPY) and c (USD). */
static const char *with_fees(const char *fees)
{
  static char fields[1024];
  snprintf(fields, sizeof fields,
           "market: [{ pair: USDJPY, bid: 145, ask: 145 }], from: USD, to: JPY, amount: 10,"
           " expect: { client_rate: 1, charge: 10, source: 10, net: 10, gross: 5, target: 5,"
           " residue: 0, %s }", fees);
  return with_example(fields);
}

Test(tariff_examples, all_fees_of_the_rule_are_stated_in_its_order)
{
  rl_example example = taken(with_fees("fees: [{ name: a, amount: 0.01 }, { name: b, amount: 5 },"
                                       " { name: c, amount: 0 }]"));
  cr_assert_eq(example.fee_count, 3);
  cr_expect_str_eq(example.fees[0].name, "a");
  cr_expect_eq(example.fees[0].amount_minor, 1);
  cr_expect_str_eq(example.fees[1].name, "b");
  cr_expect_eq(example.fees[1].amount_minor, 5);
  cr_expect_str_eq(example.fees[2].name, "c");
  cr_expect_eq(example.fees[2].amount_minor, 0);
  expect_example_refused(with_fees(""), RL_INVALID, "expect.fees",
                         "0 listed, but rule \"two\" on line 6 has 3");
  expect_example_refused(with_fees("fees: [{ name: a, amount: 1 }, { name: c, amount: 1 },"
                                   " { name: b, amount: 5 }]"),
                         RL_NOT_FOUND, "expect.fees[1].name", "list \"b\" next");
  expect_example_refused(with_fees("fees: [{ name: a, amount: 1 }, { name: b, amount: 5.5 },"
                                   " { name: c, amount: 1 }]"),
                         RL_OUT_OF_RANGE, "expect.fees[1].amount", "no amount of JPY");
}

Test(tariff_examples, the_rule_is_that_of_the_amount_s_band)
{
  const char *text =
    "tariff: t\nlocks: [{ ttl: 1s }]\nrules:\n"
    "  - { name: low, from: USD, amount_below: 100.00, fees: [{ name: a, kind: bps, bps: 1 }] }\n"
    "  - { name: high, from: USD, amount_from: 100.00, fees: [{ name: b, kind: bps, bps: 1 }] }\n"
    "examples:\n  - name: x\n    market: [{ pair: EURUSD, bid: 1.0, ask: 1.5 }]\n    from: USD\n"
    "    to: EUR\n    fix: %s\n    amount: %s\n    expect: { client_rate: 1, charge: 1, source: 1,"
    " net: 1, gross: 1, target: 1, residue: 0, fees: [{ name: %s, amount: 1 }] }\n";
  static const struct { const char *fix, *amount, *fee; } cases[] = {
    {"source", "99.99", "a"}, {"source", "100.00", "b"},
    {"target", "79.99", "a"}, {"target", "80.00", "b"}}; /* a mid of 1.25 */
  for (size_t i = 0; i < 4; i++) {
    char filled[1024];
    const char *values[] = {cases[i].fix, cases[i].amount, cases[i].fee};
    size_t used = 0;
    const char *rest = text;
    for (unsigned k = 0; k < 3; k++) {
      const char *open = strstr(rest, "%s");
      used += (size_t)snprintf(filled + used, sizeof filled - used, "%.*s%s", (int)(open - rest),
                               rest, values[k]);
      rest = open + 2;
    }
    snprintf(filled + used, sizeof filled - used, "%s", rest);
    taken(filled);
  }
}

Test(tariff_examples, a_request_that_no_rule_is_for_is_refused)
{
  const char *text = "tariff: t\nlocks: [{ ttl: 1s }]\nrules: [{ name: a, from: JPY }]\nexamples:\n"
                     "  - name: x\n    market: [{ pair: EURUSD, bid: 1, ask: 1 }]\n    from: EUR\n"
                     "    to: USD\n    amount: 1\n    expect: { ";
  char filled[512];
  snprintf(filled, sizeof filled, "%s" AMOUNTS " }\n", text);
  expect_refused(filled, RL_NOT_FOUND, 10, "examples[0].expect", "NO_TARIFF");
  snprintf(filled, sizeof filled, "%srefused: NO_TARIFF }\n", text);
  cr_expect_eq(taken(filled).refused, RL_REFUSAL_NO_TARIFF);
}

Test(tariff_examples, a_refusal_stands_alone_and_has_a_code)
{
  cr_expect_eq(taken(with_fields("", "refused: AMOUNT_TOO_SMALL")).refused,
               RL_REFUSAL_AMOUNT_TOO_SMALL);
  expect_example_refused(with_fields("", "refused: TOO_SMALL"), RL_NOT_FOUND, "expect.refused",
                         "no code of a refusal");
  expect_example_refused(with_fields("", "refused: NONE"), RL_NOT_FOUND, "expect.refused",
                         "no code of a refusal");
  expect_example_refused(with_fields("", "refused: NO_RATE, net: 1"), RL_INVALID, "expect.net",
                         "beside refused");
  expect_example_refused(with_fields("", "refused: NO_RATE, fees: []"), RL_INVALID, "expect.fees",
                         "beside refused");
}

Test(tariff_examples, there_are_at_most_256_examples)
{
  static char text[1 << 16];
  for (unsigned count = RL_EXAMPLES_MAX; count <= RL_EXAMPLES_MAX + 1; count++) {
    size_t used = (size_t)snprintf(text, sizeof text, RULE "examples:\n");
    for (unsigned i = 0; i < count; i++)
      used += (size_t)snprintf(text + used, sizeof text - used,
                               "  - { name: x, market: [" LEG "], from: EUR, to: USD, amount: 1,"
                               " expect: { refused: NO_RATE } }\n");
    if (count > RL_EXAMPLES_MAX) {
      expect_refused(text, RL_OUT_OF_RANGE, 6, "examples", "257 entries; at most 256");
    } else {
      rl_tariff *tariff = expect_taken(text);
      cr_expect_eq(rl_tariff_example_count(tariff), RL_EXAMPLES_MAX);
      rl_tariff_destroy(tariff);
    }
  }
}
