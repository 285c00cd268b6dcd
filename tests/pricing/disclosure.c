/* The margin over the reference rate (M6): its sign and value on both sides of the market. */
#include "pricing/fixture.h"

#include <criterion/criterion.h>

/* Sells the euro for dollars, or buys it, at `rate` exactly, beside a reference. */
static int32_t margin_e6(const char *from, const char *to, const char *rate,
                         const char *reference)
{
  rl_snapshot snapshot = fixture_direct(from, to, "EUR", rate, rate);
  if (reference)
    fixture_set_reference(&snapshot, reference);
  rl_tariff *tariff = fixture_tariff(10, from, to, "markup_bps: 0");
  rl_price_request request = {.fixed = RL_FIXED_SOURCE, .amount_minor = 100000};
  rl_terms terms = {0};
  rl_refusal refusal = rl_price(&snapshot, tariff, &request, &terms, NULL);
  cr_assert_eq(refusal, RL_REFUSAL_NONE, "%s", rl_refusal_name(refusal));
  cr_expect_eq(terms.reference.known, reference != NULL);
  rl_tariff_destroy(tariff);
  return terms.reference_margin_e6;
}

Test(disclosure, selling_base_below_the_reference_is_a_positive_margin)
{
  cr_expect_eq(margin_e6("EUR", "USD", "1.0945", "1.1"), 5000);
}

Test(disclosure, selling_base_above_the_reference_is_a_negative_margin)
{
  cr_expect_eq(margin_e6("EUR", "USD", "1.1055", "1.1"), -5000);
}

Test(disclosure, buying_base_above_the_reference_is_a_positive_margin)
{
  cr_expect_eq(margin_e6("USD", "EUR", "1.1055", "1.1"), 5000);
}

Test(disclosure, buying_base_below_the_reference_is_a_negative_margin)
{
  cr_expect_eq(margin_e6("USD", "EUR", "1.0945", "1.1"), -5000);
}

Test(disclosure, a_rate_equal_to_the_reference_has_no_margin)
{
  cr_expect_eq(margin_e6("EUR", "USD", "1.1", "1.1"), 0);
  cr_expect_eq(margin_e6("USD", "EUR", "1.1", "1.1"), 0);
}

Test(disclosure, without_a_reference_the_margin_is_zero_and_said_to_be_unknown)
{
  cr_expect_eq(margin_e6("EUR", "USD", "1.1", NULL), 0);
}

Test(disclosure, the_markup_counts_into_the_margin)
{
  rl_snapshot snapshot = fixture_direct("EUR", "USD", "EUR", "1.1", "1.1");
  fixture_set_reference(&snapshot, "1.1");
  rl_tariff *tariff = fixture_tariff(10, "EUR", "USD", "markup_bps: 50");
  rl_price_request request = {.fixed = RL_FIXED_SOURCE, .amount_minor = 100000};
  rl_terms terms = {0};
  cr_assert_eq(rl_price(&snapshot, tariff, &request, &terms, NULL), RL_REFUSAL_NONE);
  cr_expect_eq(terms.reference_margin_e6, 5000);
  cr_expect_str_eq(terms.reference.provider, "ecb");
  rl_tariff_destroy(tariff);
}
