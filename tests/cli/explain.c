/* Quotes of every kind are made again from the record that a whole engine wrote, figure by figure,
 * and told in words. */
#include "explain_fixture.h"

#include <string.h>

TestSuite(explain, .init = start_explaining, .fini = stop_explaining);

Test(explain, direct_quote_is_told_from_the_ticks_to_the_postings)
{
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 1000000);
  expect_says("client       shop, tier standard (the default)\n");
  expect_says("asks         USD to EUR, 10,000.00 USD fixed as the source");
  expect_says("issued       2026-01-01T00:00:00.000Z, for 30s, until 2026-01-01T00:00:30.000Z\n");
  expect_says("tariff       full, hash ");
  expect_says("  alpha   1.125180  1.125220         1   0.000  2026-01-01T00:00:00.000Z  votes\n");
  expect_says("reach        2H + d = 2 x 0.00002 + M / 10000 = 0.0001525: 2 of 2 within it\n");
  expect_says("quartiles    p25 = vote 2 of 6 = 1.12518, p50 = the middle = 1.1252, "
              "p75 = vote 5 = 1.12522\n");
  expect_says("composite    bid 1.12518, mid 1.1252, ask 1.12522\n");
  expect_says("core         ask 1.12522, shown as 1.12522\n");
  expect_says("for          USD to EUR, at least 500.00 USD\n");
  expect_says("goes before  standard at line 14 does not name both ends of the corridor\n");
  expect_says("2 fresh sources, fewer than 3\n");
  expect_says("age 0% of its bound, not above 80%: not taken\n");
  expect_says("volume       42.00 USD deducted: graduated: 60 bps of 1,000.00 = 6.00, "
              "40 bps of 9,000.00 = 36.00, sum 42.00\n");
  expect_says("votes sorted 1.12518  1.12518  1.1252  1.1252  1.12522  1.12522\n");
  expect_says("total cost   C - (T at mid, rounded down) = 10,020.00 - 9,852.85 = 167.15 USD\n");
  expect_says("  customer:shop   -10,020.00  USD\n");
  cr_expect_null(strstr(page, "small"), "a band that the amount is not in");
}

Test(explain, cross_is_the_product_or_quotient_of_its_legs)
{
  tick("AUDUSD", 655000, 655100, 6);
  reproduce("AUD", "GBP", RL_FIXED_SOURCE, 77777);
  expect_says("Leg 2 of 2: GBPUSD, from USD to GBP\n");
  expect_says("core         ask 1.3285 / bid 0.655 = 2.0282442748091603053…");
  expect_says("mid          1.32845 / 0.65505 = 2.0280");
  reproduce("GBP", "JPY", RL_FIXED_SOURCE, 77777);
  expect_says("core         bid 1.3284 x bid 145.2 = 192.88368, shown as 192.88368\n");
  expect_says("increment    payouts are multiples of 10 JPY");
}

Test(explain, fixed_target_counts_with_its_worth_at_mid)
{
  tick("EURJPY", 1633700, 1633900, 4);
  reproduce("EUR", "JPY", RL_FIXED_TARGET, 20000);
  expect_says("amount       20,000 JPY at mid, rounded down = 122.41 EUR chooses the band\n");
  expect_says("payout       100 JPY deducted: flat 100\n");
  expect_says("G gross      20,100 JPY  the least that leaves T after its fees\n");
  expect_says("45 bps of ");
}

Test(explain, minimum_and_maximum_of_a_fee_are_said_where_they_hold)
{
  tick("EURJPY", 1633700, 1633900, 4);
  reproduce("EUR", "JPY", RL_FIXED_SOURCE, 10001);
  expect_says("0.50 EUR deducted: 45 bps of 100.01 = 0.450045, rounded to 0.45; at least 0.50\n");
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 1000000);
  expect_says("20.00 USD on top: 35 bps of 10,000.00 = 35.00; at most 20.00\n");
}

Test(explain, slab_and_greater_of_show_what_was_chosen)
{
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 40000);
  expect_says("size         3.00 USD deducted: slab from 100.00: 75 bps of 400.00 = 3.00\n");
  expect_says("least        2.50 USD deducted: greater of flat 2.50 and 35 bps of 400.00 = 1.40\n");
  expect_says(", half-even to 4 decimals\n");
  reproduce("USD", "EUR", RL_FIXED_TARGET, 4000);
  expect_says("slab from 0.00 to below 100.00: flat 2.00\n");
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 10000);
  expect_says("slab from 100.00: 75 bps of 100.00 = 0.75\n");
}

Test(explain, waived_fee_is_said_to_be)
{
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  snprintf(request.price.tier, sizeof request.price.tier, "gold");
  quote(&request);
  expect_reproduced();
  expect_says("service      0.00 USD deducted: waived by welcome, which is for tier gold, "
              "from USD, at least 1000.00 USD\n");
}

Test(explain, points_and_premium_move_the_core)
{
  rl_request request = request_for("GBP", "USD", RL_FIXED_SOURCE, 100000);
  request.price.ttl_ms = 3600000;
  quote(&request);
  expect_reproduced();
  expect_says("for          GBP/USD both ways\n");
  expect_says("no volatility is known: the cap\n");
  expect_says("exact        (core - 1.5 points of 10^-4) x (1 - 65 bps) = ");
}

Test(explain, last_digit_back_is_said)
{
  restart_with("tariff: short\nrate_digits: 4\nlocks: [ { ttl: 30s } ]\n"
               "rules: [ { name: standard, markup_bps: 0.01 } ]\n");
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 100000);
  expect_says("exact        core x (1 + 0.01 bps) = 1.12522112522\n");
  expect_says("client       1.126, half-even to 4 digits; the nearest was better for the client "
              "than the core: one last digit back\n");
  reproduce("EUR", "USD", RL_FIXED_SOURCE, 100000);
  expect_says("client       1.125, half-even to 4 digits; no last digit back\n");
}

static void expect_reason(const char *from, const char *to, const char *method, const char *tier,
                          const char *reason)
{
  rl_request request = request_for(from, to, RL_FIXED_SOURCE, 100000);
  snprintf(request.price.method, sizeof request.price.method, "%s", method);
  snprintf(request.price.tier, sizeof request.price.tier, "%s", tier);
  quote(&request);
  expect_reproduced();
  expect_says(reason);
}

Test(explain, each_reason_for_a_rule_to_go_first_is_said)
{
  restart_with("tariff: keys\nlocks: [ { ttl: 30s } ]\nrules:\n"
               "  - { name: all }\n"
               "  - { name: who, client: shop }\n"
               "  - { name: rank, tier: standard }\n"
               "  - { name: how, method: card }\n"
               "  - { name: way, from: USD, to: EUR }\n"
               "  - { name: both, pair: EURUSD }\n"
               "  - { name: out, from: USD }\n"
               "  - { name: in, to: USD }\n");
  expect_reason("USD", "EUR", "card", "", "goes before  rank at line 6 does not name the client\n");
  asking = "desk";
  expect_reason("USD", "EUR", "card", "", "goes before  how at line 7 does not name the tier\n");
  expect_reason("USD", "EUR", "card", "gold", "way at line 8 does not name the payment method\n");
  expect_reason("USD", "EUR", "", "gold",
                "both at line 9 does not name both ends of the corridor\n");
  expect_reason("USD", "JPY", "", "gold", "all at line 4 does not name the source currency\n");
  expect_reason("EUR", "USD", "", "gold", "in at line 11 does not name the pair\n");
  expect_reason("JPY", "USD", "", "gold", "all at line 4 does not name the target currency\n");
  asking = "shop";
}

/* A mid that goes up and down by 4 units of 10^-6, once a second. */
static void shake(void)
{
  for (uint32_t i = 0; i < 70; i++) {
    rl_manual_clock_advance_ns(&engine.manual, 1000 * RL_NS_PER_MS);
    tick("EURUSD", 1125180 + 4 * (i % 2), 1125220 + 4 * (i % 2), 6);
  }
}

Test(explain, premium_by_volatility_shows_its_root)
{
  shake();
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  request.price.ttl_ms = 3600000;
  quote(&request);
  expect_reproduced();
  expect_says("1.50 x ");
  expect_says(" ppm a root day x sqrt(3600000 ms / 86400000 ms) = ");
  cr_assert_neq(it->snapshot.conditions.volatility_ppm, RL_VOLATILITY_UNKNOWN);
}

/* From Friday 17:00 in New York on. */
Test(explain, closed_market_is_charged_for_as_recorded)
{
  rl_manual_clock_advance_ns(&engine.manual, 48 * 3600000ll * RL_NS_PER_MS);
  rl_test_engine_tick(&engine);
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 100000);
  expect_says("  market       closed (as recorded: hours are of the engine)");
  expect_says("  weekend        25 bps    the market is closed, as recorded\n");
}

Test(explain, structured_form_has_the_figures_of_the_page)
{
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 1000000);
  expect_field("tariff", "full");
  expect_field("refusal", "NONE");
  expect_field("rule.name", "large");
  expect_field("rule.for", "USD to EUR, at least 500.00 USD");
  expect_field("price.rates.core_arithmetic", "ask 1.12522");
  expect_field("price.rates.sum_bps", "105");
  expect_field("price.rates.client", "1.13703481");
  expect_field("terms.client_rate", "1.1370348");
  expect_field("terms.value_date", "2026-01-05");
  expect_field("recorded.total_cost", "16715");
  expect_field("recomputed.total_cost", "16715");
}

/* The cut-off, 22:00 UTC in winter, lies within the lock. */
Test(explain, value_date_is_that_of_the_end_of_the_lock)
{
  rl_manual_clock_advance_ns(&engine.manual, (21 * 60 + 30) * 60000 * RL_NS_PER_MS);
  rl_test_engine_tick(&engine);
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 100000);
  expect_says("value date   2026-01-05, spot for EUR and USD struck when the lock ends");
  expect_says("cut-off      2026-01-01T22:00:00.000Z: ");
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  request.price.ttl_ms = 3600000;
  quote(&request);
  expect_reproduced();
  expect_says("value date   2026-01-06, spot for EUR and USD struck when the lock ends");
}
