/* What a price comes to beside its rate: when it is due, and which amounts can be had. */
#include "support/engine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_test_engine engine;

static void setup(void)
{
  rl_test_engine_start(&engine);
  rl_test_engine_tick(&engine);
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(prices, .init = setup, .fini = teardown);

/* Of the last reply. */
static size_t size;

static const uint8_t *ask(const rl_request *request)
{
  return rl_test_ask(&engine, "shop", request, &size);
}

static void put_in_force(const char *tariff)
{
  rl_test_engine_write_tariff(&engine, tariff);
  rl_test_engine_restart(&engine, false);
  rl_test_engine_tick(&engine);
}

/* 2026-01-06 is a Tuesday; trade dates end at 17:00 New York, 22:00 UTC in winter. */
#define CUTOFF_UTC_MS 1767736800000

static void wait_until(int64_t utc_ms)
{
  int64_t now_ms = rl_clock_read(&engine.clock).utc.ms;
  rl_manual_clock_advance_ns(&engine.manual, (utc_ms - now_ms) * RL_NS_PER_MS);
  rl_test_engine_tick(&engine);
}

static void expect_value_date(const uint8_t *reply, const char *date, int64_t cutoff_utc_ms)
{
  char text[256];
  cr_assert(rl_reply_bool(reply, size, "ok"));
  cr_expect_str_eq(rl_reply_text(reply, size, "value_date", text), date);
  cr_expect_eq(rl_reply_int(reply, size, "value_date_cutoff"), cutoff_utc_ms);
}

static const uint8_t *quote_at(int64_t utc_ms, const char *key)
{
  wait_until(utc_ms);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, key);
  return ask(&request);
}

Test(prices, value_date_is_that_of_the_expiry_not_of_the_issue)
{
  const int64_t day_ms = 86400000;
  expect_value_date(quote_at(CUTOFF_UTC_MS - 30001, "a"), "2026-01-08", CUTOFF_UTC_MS);
  expect_value_date(quote_at(CUTOFF_UTC_MS - 30000, "b"), "2026-01-09", CUTOFF_UTC_MS + day_ms);
  expect_value_date(quote_at(CUTOFF_UTC_MS - 20000, "c"), "2026-01-09", CUTOFF_UTC_MS + day_ms);
}

Test(prices, both_halves_of_a_two_way_quote_have_the_value_date)
{
  char sell[256], buy[256];
  rl_request request = rl_test_quote_request("EUR", "USD", RL_FIXED_SOURCE, 100000, "k");
  request.kind = RL_REQUEST_TWO_WAY;
  snprintf(request.price.method, sizeof request.price.method, "transfer");
  wait_until(CUTOFF_UTC_MS - 20000);
  const uint8_t *reply = ask(&request);
  cr_expect_str_eq(rl_reply_text(reply, size, "sell.value_date", sell), "2026-01-09");
  cr_expect_str_eq(rl_reply_text(reply, size, "buy.value_date", buy), "2026-01-09");
  cr_expect_str_eq(rl_reply_text(reply, size, "sell.method", sell), "transfer");
  cr_expect_str_eq(rl_reply_text(reply, size, "buy.method", buy), "transfer");
  cr_expect(rl_reply_bool(reply, size, "sell.firm"));
  cr_expect_gt(rl_reply_int(reply, size, "buy.total_cost"), 0);
}

static const char falling_fee[] =
  "tariff: falling\n"
  "locks: [{ ttl: 30s }]\n"
  "rules:\n"
  "  - name: all\n"
  "    from: USD\n"
  "    fees:\n"
  "      - { name: size, kind: slab,\n"
  "          tiers: [ { from: 0, bps: 100 }, { from: 1000.00, bps: 50 } ] }\n";

/* At 1.12522 USD 999.99 less 1 % gives 879.81 and USD 1,000.00 less 0.5 % gives 884.27: nothing
 * gives what is between. */
Test(prices, amount_unreachable_names_the_two_amounts_around_it)
{
  char text[256];
  put_in_force(falling_fee);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_TARGET, 88200, "k");
  const uint8_t *reply = ask(&request);
  cr_assert_not(rl_reply_bool(reply, size, "ok"));
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), "AMOUNT_UNREACHABLE");
  cr_expect_str_eq(rl_reply_text(reply, size, "from", text), "USD");
  cr_expect_eq(rl_reply_int(reply, size, "nearest.below.source"), 99999);
  cr_expect_eq(rl_reply_int(reply, size, "nearest.below.target"), 87981);
  cr_expect_eq(rl_reply_int(reply, size, "nearest.above.source"), 100000);
  cr_expect_eq(rl_reply_int(reply, size, "nearest.above.target"), 88427);
  request.price.amount_minor = 88427;
  cr_expect(rl_reply_bool(ask(&request), size, "ok"));
}

Test(prices, a_refusal_of_the_price_names_its_currencies)
{
  char text[256];
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 1, "k");
  const uint8_t *reply = ask(&request);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), "FEES_EXCEED_AMOUNT");
  cr_expect_str_eq(rl_reply_text(reply, size, "from", text), "USD");
  cr_expect_str_eq(rl_reply_text(reply, size, "to", text), "EUR");
}
