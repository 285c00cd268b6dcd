/* What is made again is held against the record, whatever it says: a changed figure is named, a
 * token is enough, and nothing in it is trusted. */
#include "explain_fixture.h"

#include "seal/seal.h"
#include "support/quotes.h"

#include <string.h>

TestSuite(explain_record, .init = start_explaining, .fini = stop_explaining);

Test(explain_record, old_rate_is_charged_for_and_an_older_one_is_left_out)
{
  rl_manual_clock_advance_ns(&engine.manual, 4500 * RL_NS_PER_MS);
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 100000);
  expect_says("4500000 us since the newest tick, of at most 5000 ms\n");
  expect_says("age 90% of its bound, above 80%\n");
  it->quote.snapshot.legs[0].composite.ticks[1].arrival_mono_ns -= 500 * RL_NS_PER_MS;
  expect_names("legs[0].ticks");
  expect_says("left out: older than 5000 ms\n");
  expect_names("fewest_sources");
}

Test(explain_record, changed_figure_is_named_and_nothing_else)
{
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  uint8_t record[RL_RECORD_MAX];
  quote(&request);
  rl_quote sound = it->quote;
  it->quote.terms.total_cost_minor += 1;
  size_t size = rl_quote_encode(&it->quote, record);
  cr_assert_eq(rl_quote_decode(record, size, &it->quote), RL_OK);
  expect_names("total_cost");
  cr_expect_eq(it->difference_count, 1);
  expect_says("does not reproduce: 1 of ");
  it->quote = sound;
  it->quote.terms.client_rate.mantissa += 1;
  expect_names("client_rate");
  it->quote = sound;
  it->quote.snapshot.conditions.age_percent = 99;
  expect_names("age_percent");
  it->quote = sound;
  it->quote.value_date.date.day += 1;
  expect_names("value_date");
  it->quote = sound;
  it->quote.snapshot.legs[0].composite.ticks[0].bid -= 2;
  expect_names("legs[0].mid");
}

Test(explain_record, record_that_would_be_refused_says_so)
{
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  quote(&request);
  it->quote.snapshot.legs[0].composite.ticks[0].bid += 100000;
  it->quote.snapshot.legs[0].composite.ticks[0].ask += 100000;
  expect_names("refusal");
  expect_says("it would be refused: SOURCES_DISAGREE");
  expect_says("left out: |1.2252 - 1.1752| = 0.05 > 0.0001575");
  it->quote.snapshot.legs[0].composite.ticks[0].ask = UINT32_MAX;
  it->quote.snapshot.legs[0].composite.ticks[1].ask = UINT32_MAX;
  expect_names("refusal");
  it->quote.snapshot.legs[0].composite.tick_count = 0;
  expect_names("refusal");
  expect_says("it would be refused: NO_RATE");
}

Test(explain_record, token_alone_is_priced_again_from_its_composites)
{
  rl_request request = request_for("GBP", "JPY", RL_FIXED_TARGET, 100000);
  request.price.ttl_ms = 45000;
  uint8_t token[RL_TOKEN_MAX];
  quote(&request);
  size_t size = rl_seal_token(engine.seal, &it->quote, token);
  cr_assert_eq(rl_token_read_unverified(token, size, &it->quote), RL_OK);
  expect_reproduced();
  expect_says(", from its token\n  seal not verified: there is no sealing key here\n");
  expect_says("ticks        a token does not carry them: its composite is taken as it is\n");
  expect_says(", for 1h, until ");
  it->seal_verified = true;
  it->quote.terms.position_minor += 1;
  it->quote.terms.spread_minor += 1;
  expect_names("position");
  cr_expect_null(strstr(page, "seal not verified"));
}

/* Nothing in a record is trusted: what never was priced is told, encoded and named as different. */
Test(explain_record, any_record_is_told_without_harm)
{
  rl_random random = rl_random_from(rl_test_seed("explain"));
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  quote(&request);
  for (unsigned i = 0; i < 300; i++) {
    if (i == 0)
      rl_largest_quote(&it->quote);
    else
      rl_random_quote(&random, &it->quote);
    if (i % 3 == 2)
      rl_strip_evidence(&it->quote);
    explain();
    cr_assert_neq(it->difference_count, 0);
  }
}

Test(explain_record, token_keeps_its_tier_and_its_waiver)
{
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  snprintf(request.price.tier, sizeof request.price.tier, "gold");
  quote(&request);
  rl_strip_evidence(&it->quote);
  expect_reproduced();
  expect_says("waived by welcome");
}

Test(explain_record, hours_of_a_universe_are_held_against_the_record)
{
  static const char text[] = "session never UTC Sunday 00:00 - Sunday 00:01\n"
                             "order EUR USD\npivot USD\npair EUR USD scale=6 session=never\n";
  rl_error error = {0};
  rl_request request = request_for("USD", "EUR", RL_FIXED_SOURCE, 100000);
  quote(&request);
  cr_assert_eq(rl_universe_parse(text, strlen(text), NULL, &it->universe, &error), RL_OK, "%s",
               error.text);
  expect_names("closed");
  expect_says("closed by the universe's hours");
  rl_universe_destroy(it->universe);
  it->universe = NULL;
}

Test(explain_record, policy_and_amount_of_a_leg_are_said)
{
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 100000);
  expect_says("policy       consensus, of the best prices\n");
  rl_composite *recorded = &it->quote.snapshot.legs[0].composite;
  recorded->policy = RL_POLICY_BEST; /* of two alike, all policies make the same */
  recorded->depth_units = 1000;
  expect_reproduced();
  expect_says("policy       best, for 1000 EUR through the books of those who give sizes\n");
  expect_says("best         bid 1.12518, ask 1.12522, mid between them 1.1252\n");
  recorded->policy = RL_POLICY_PRIMARY;
  expect_reproduced();
  expect_says("primary      bid 1.12518, ask 1.12522, mid between them 1.1252\n");
  expect_says("is the price\n");
  expect_says("stands by: another is before it on the list\n");
}

Test(explain_record, best_prices_that_cross_are_not_made_again)
{
  reproduce("USD", "EUR", RL_FIXED_SOURCE, 100000);
  rl_composite *recorded = &it->quote.snapshot.legs[0].composite;
  recorded->policy = RL_POLICY_BEST;
  recorded->ticks[0].bid = recorded->ticks[0].ask;
  recorded->ticks[0].ask += 4;
  recorded->ticks[1].ask -= 1;
  expect_names("refusal");
  expect_says(": crossed\n");
  expect_says("it would be refused: COMPOSITE_CROSSED");
}

Test(explain_record, price_through_books_is_made_again_from_its_votes)
{
  restart_with_books("pair GBP USD scale=6\n"
                     "pair EUR USD scale=6 max_age_ms=5000 depth=vwap policy=best\n");
  reproduce("EUR", "USD", RL_FIXED_SOURCE, 150000000);
  expect_says("policy       best, for 1500000 EUR through the books of those who give sizes\n");
  /* (1,000,000 x 1.12500 + 500,000 x 1.12490) / 1,500,000 = 1.124966…, and 1.125166… */
  expect_says("  alpha   1.124966  1.125167 ");
  expect_says("  bravo   1.124800  1.125400 ");
  expect_says("best         bid 1.124966, ask 1.125167, mid between them 1.1250665\n");
  expect_says("core         bid 1.124966, ");
  reproduce("EUR", "USD", RL_FIXED_TARGET, 100000);
  expect_says("policy       best, for 889 EUR through the books of those who give sizes\n");
  expect_says("  alpha   1.125000  1.125100 ");
  it->quote.snapshot.legs[0].composite.ticks[0].bid -= 1;
  expect_names("legs[0].bid");
}

Test(explain_record, price_by_a_list_is_made_again_from_its_order)
{
  restart_with_books("pair GBP USD scale=6\n"
                     "pair EUR USD scale=6 max_age_ms=5000 policy=primary primary=bravo,alpha\n");
  reproduce("EUR", "USD", RL_FIXED_SOURCE, 100000);
  expect_says("policy       primary, of the best prices\n");
  expect_says("primary      bid 1.1248, ask 1.1254, mid between them 1.1251\n");
}
