/* Prices of fixings as clients see them: shown where no live rate is, firm where the tariff says
 * what they cost. */
#include "market/composite.h"
#include "quote/quote.h"
#include "support/engine.h"
#include "wire/feed_message.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_test_engine engine;
static size_t size; /* of the last reply */

static void setup(void)
{
  rl_test_engine_start(&engine);
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(fixings, .init = setup, .fini = teardown);

static void push(const char *source, rl_source_class class, const char *pair, uint64_t bid,
                 uint64_t ask)
{
  static uint64_t sequence;
  uint8_t bytes[512];
  rl_writer feed = rl_writer_over(bytes, sizeof bytes);
  rl_feed_header header = {.class = class, .tick_count = 1};
  rl_feed_tick tick = {.bid = bid, .ask = ask, .scale = 4, .sequence = ++sequence,
                       .source_utc_ms = rl_clock_read(&engine.clock).utc.ms};
  snprintf(header.source, sizeof header.source, "%s", source);
  snprintf(tick.pair, sizeof tick.pair, "%s", pair);
  rl_feed_encode_head(&feed, &header);
  rl_feed_encode_tick(&feed, &tick);
  rl_service_take_feed(engine.service, bytes, feed.used);
}

static const uint8_t *ask(rl_request_kind kind, int64_t amount_minor, const char *key)
{
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, amount_minor, key);
  request.kind = kind;
  return rl_test_ask(&engine, "shop", &request, &size);
}

static void expect_text(const uint8_t *reply, const char *key, const char *expected)
{
  char text[256];
  cr_expect_str_eq(rl_reply_text(reply, size, key, text), expected, "%s", key);
}

/* A rule for all, and these lines of a head. */
static void put_in_force(const char *head)
{
  char text[1024];
  snprintf(text, sizeof text, "tariff: test\nlocks: [ { ttl: 30s } ]\n%s"
           "rules: [ { name: all, markup_bps: 40 } ]\n", head);
  rl_test_engine_write_tariff(&engine, text);
  rl_request reload = {.kind = RL_REQUEST_RELOAD};
  const uint8_t *reply = rl_test_ask(&engine, "operator", &reload, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
}

#define PRICED "surcharges: [ { name: fixing, when: reference, markup_bps: 100 } ]\n"

Test(fixings, indicative_price_is_made_of_one_where_no_live_rate_is)
{
  expect_text(ask(RL_REQUEST_INDICATIVE, 100000, ""), "code", "NO_RATE");
  push("ECB", RL_SOURCE_REFERENCE, "EURUSD", 11250, 11250);
  const uint8_t *reply = ask(RL_REQUEST_INDICATIVE, 100000, "");
  cr_assert(rl_reply_bool(reply, size, "ok"));
  expect_text(reply, "basis", "reference");
  expect_text(reply, "firm_refusal", "NO_RATE");
  expect_text(reply, "mid_rate", "1.125");
  expect_text(reply, "core_rate", "1.125");
  expect_text(reply, "reference.provider", "ECB");
  expect_text(reply, "reference.date", "2026-01-01");
  expect_text(ask(RL_REQUEST_QUOTE, 100000, "firm"), "code", "NO_RATE");
}

Test(fixings, live_rate_takes_its_place_again)
{
  push("ECB", RL_SOURCE_REFERENCE, "EURUSD", 11250, 11250);
  rl_test_engine_tick(&engine);
  expect_text(ask(RL_REQUEST_INDICATIVE, 100000, ""), "basis", "live");
  engine.manual.mono_ns += 3600ll * 1000 * RL_NS_PER_MS;
  engine.manual.utc_ms += 3600 * 1000;
  const uint8_t *reply = ask(RL_REQUEST_INDICATIVE, 100000, "");
  expect_text(reply, "basis", "reference");
  expect_text(reply, "firm_refusal", "STALE_RATE");
  expect_text(ask(RL_REQUEST_QUOTE, 100000, "firm"), "code", "STALE_RATE");
}

Test(fixings, firm_price_is_made_of_one_by_a_tariff_that_says_what_it_costs)
{
  push("ECB", RL_SOURCE_REFERENCE, "EURUSD", 11250, 11250);
  put_in_force("");
  expect_text(ask(RL_REQUEST_QUOTE, 100000, "one"), "code", "NO_RATE");
  put_in_force(PRICED);
  const uint8_t *reply = ask(RL_REQUEST_QUOTE, 100000, "one");
  cr_assert(rl_reply_bool(reply, size, "ok"));
  expect_text(reply, "basis", "reference");
  expect_text(reply, "client_rate", "1.14075"); /* 1.125 x 1.014 */
  cr_expect_eq(rl_reply_int(reply, size, "charge"), 100000);
  char quote[256];
  rl_reply_text(reply, size, "quote", quote);
  rl_request accept = rl_test_end_request(RL_REQUEST_ACCEPT, quote, "accept");
  reply = rl_test_ask(&engine, "shop", &accept, &size);
  cr_expect(rl_reply_bool(reply, size, "ok"));
}

Test(fixings, contradicting_sources_are_not_replaced)
{
  put_in_force(PRICED);
  push("ECB", RL_SOURCE_REFERENCE, "EURUSD", 11250, 11250);
  push("alpha", RL_SOURCE_LIVE, "EURUSD", 11250, 11252);
  push("bravo", RL_SOURCE_LIVE, "EURUSD", 11350, 11352);
  expect_text(ask(RL_REQUEST_INDICATIVE, 100000, ""), "code", "SOURCES_DISAGREE");
  expect_text(ask(RL_REQUEST_QUOTE, 100000, "firm"), "code", "SOURCES_DISAGREE");
}

Test(fixings, refusals_of_the_tariff_and_of_the_amount_are_those_of_any_price)
{
  push("ECB", RL_SOURCE_REFERENCE, "EURUSD", 11250, 11250);
  expect_text(ask(RL_REQUEST_INDICATIVE, 1, ""), "code", "FEES_EXCEED_AMOUNT");
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "");
  request.kind = RL_REQUEST_INDICATIVE;
  snprintf(request.price.tier, sizeof request.price.tier, "nobody");
  expect_text(rl_test_ask(&engine, "shop", &request, &size), "code", "NO_TARIFF");
}
