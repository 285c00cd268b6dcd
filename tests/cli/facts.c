/* Every figure of a quote is held against the record: change one, and it alone is named. */
#include "facts.h"
#include "support/quotes.h"

#include <criterion/criterion.h>
#include <string.h>

static rl_facts facts_of(const rl_quote *quote)
{
  rl_facts facts = {0};
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++)
    rl_facts_add_leg(&facts, i, &quote->snapshot.legs[i]);
  rl_facts_add_conditions(&facts, &quote->snapshot.conditions);
  rl_facts_add_terms(&facts, &quote->terms);
  rl_facts_add_value_date(&facts, quote->value_date);
  return facts;
}

static rl_quote typical(void)
{
  rl_random random = rl_random_from(1);
  rl_quote quote;
  rl_typical_quote(&random, &quote);
  return quote;
}

static void expect_named(const rl_quote *changed, const char *name)
{
  rl_quote sound = typical();
  rl_facts left = facts_of(&sound), right = facts_of(changed);
  rl_difference found[2 * RL_FACTS_MAX];
  unsigned count = rl_facts_compare(&left, &right, found);
  cr_assert_eq(count, 1, "%s: %u differences", name, count);
  cr_assert_str_eq(found[0].name, name);
  cr_assert_str_neq(found[0].recorded, found[0].recomputed);
}

#define CHANGED(member, operation)   \
  ({                                 \
    rl_quote quote = typical();      \
    quote.member operation;          \
    quote;                           \
  })
#define EXPECT(name, member, operation)               \
  do {                                                \
    rl_quote changed = CHANGED(member, operation);    \
    expect_named(&changed, name);                     \
  } while (0)

Test(facts, each_amount_that_differs_is_named)
{
  EXPECT("charge", terms.charge_minor, += 1);
  EXPECT("source", terms.source_minor, -= 1);
  EXPECT("net", terms.net_minor, += 1);
  EXPECT("gross", terms.gross_minor, += 1);
  EXPECT("target", terms.target_minor, += 1);
  EXPECT("residue", terms.residue_minor, += 1);
  EXPECT("position", terms.position_minor, += 1);
  EXPECT("spread", terms.spread_minor, += 1);
  EXPECT("total_cost", terms.total_cost_minor, = -1);
}

Test(facts, each_rate_that_differs_is_named)
{
  EXPECT("mid_rate", terms.mid_rate.mantissa, += 1);
  EXPECT("core_rate", terms.core_rate.mantissa, += 1);
  EXPECT("client_rate", terms.client_rate.mantissa, += 1);
  EXPECT("effective_rate", terms.effective_rate.mantissa, += 1);
  EXPECT("disclosure_decimals", terms.disclosure_decimals, = 3);
  EXPECT("disclosure_rate", terms.disclosure_rate.mantissa, += 1);
  EXPECT("reference_rate", terms.reference.rate.mantissa, += 1);
  EXPECT("reference_date", terms.reference.date_utc_ms, += 1);
  EXPECT("reference_margin_e6", terms.reference_margin_e6, += 1);
  EXPECT("reference_provider", terms.reference.provider[0], = 'X');
}

Test(facts, each_line_that_differs_is_named)
{
  EXPECT("markups[0]", terms.markups[0].e8, += 1);
  EXPECT("markups[0]", terms.markups[0].points_e1, += 1);
  EXPECT("markups[0]", terms.markups[0].name[0], = 'X');
  EXPECT("lock_premium", terms.lock_premium_e8, += 1);
  EXPECT("fees[0]", terms.fees[0].amount_minor, += 1);
  EXPECT("fees[1]", terms.fees[1].mode, = RL_FEE_DEDUCTED);
  EXPECT("fees[1]", terms.fees[1].side, = RL_FEE_TARGET);
  EXPECT("fees[1]", terms.fees[1].name[0], = 'X');
  EXPECT("fees[1]", terms.fees[1].waived_by[0], = 'X');
  EXPECT("fees[1]", terms.fee_count, -= 1);
}

Test(facts, each_condition_that_differs_is_named)
{
  EXPECT("source_currency", terms.source_currency, = rl_test_currency("JPY"));
  EXPECT("target_currency", terms.target_currency, = rl_test_currency("JPY"));
  EXPECT("pair", terms.base, = rl_test_currency("JPY"));
  EXPECT("pair", terms.quote, = rl_test_currency("JPY"));
  EXPECT("side", terms.side, = RL_SELL_BASE);
  EXPECT("fixed", terms.fixed, = RL_FIXED_TARGET);
  EXPECT("ttl_ms", terms.ttl_ms, += 1);
  EXPECT("tier", terms.tier[0], = 'X');
  EXPECT("method", terms.method[0], = 'X');
  EXPECT("tariff", terms.tariff.bytes[15], ^= 1);
}

Test(facts, each_condition_of_the_market_that_differs_is_named)
{
  EXPECT("closed", snapshot.conditions.closed, = true);
  EXPECT("fewest_sources", snapshot.conditions.fewest_sources, -= 1);
  EXPECT("age_percent", snapshot.conditions.age_percent, += 1);
  EXPECT("volatility_ppm", snapshot.conditions.volatility_ppm, += 1);
  EXPECT("volatility_ppm", snapshot.conditions.volatility_ppm, = RL_VOLATILITY_UNKNOWN);
}

Test(facts, value_date_that_differs_is_named)
{
  EXPECT("value_date", value_date.date.day, += 1);
  EXPECT("value_date_cutoff", value_date.cutoff_utc_ms, -= 1);
}

Test(facts, each_price_of_a_leg_that_differs_is_named)
{
  EXPECT("legs[0].bid", snapshot.legs[0].composite.bid_half, += 1);
  EXPECT("legs[0].mid", snapshot.legs[0].composite.mid_half, += 1);
  EXPECT("legs[0].ask", snapshot.legs[0].composite.ask_half, -= 1);
  EXPECT("legs[0].ticks", snapshot.legs[0].composite.tick_count, -= 1);
  EXPECT("legs[0].refusal", snapshot.legs[0].composite.refusal, = RL_REFUSAL_STALE_RATE);
}

Test(facts, quote_with_the_most_of_everything_fits)
{
  rl_quote largest;
  rl_largest_quote(&largest);
  rl_facts facts = facts_of(&largest);
  rl_difference found[2 * RL_FACTS_MAX];
  cr_assert_eq(rl_facts_compare(&facts, &facts, found), 0);
  cr_assert_gt(facts.count, 40);
}

Test(facts, half_units_are_shown_exactly)
{
  char text[RL_RATE_TEXT_SIZE];
  rl_half_format(2250201, 6, text);
  cr_assert_str_eq(text, "1.1251005");
  rl_half_format(2250200, 6, text);
  cr_assert_str_eq(text, "1.1251");
  rl_half_format(1999999998, 0, text);
  cr_assert_str_eq(text, "999999999");
  rl_half_format(0, 5, text);
  cr_assert_str_eq(text, "0");
}
