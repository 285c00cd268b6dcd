/* What clients and desk see of a triangle that earns: no firm price, and others are marked. */
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
  rl_test_engine_tick(&engine); /* EURUSD 1.12518, USDJPY 145.20/145.21 */
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(triangles, .init = setup, .fini = teardown);

/* EURJPY with two decimals; 163.38 is fair. */
static void push_eurjpy(uint64_t bid, uint64_t ask, uint64_t sequence)
{
  uint8_t bytes[512];
  rl_writer feed = rl_writer_over(bytes, sizeof bytes);
  rl_feed_header header = {.source = "venue", .class = RL_SOURCE_LIVE, .tick_count = 1};
  rl_feed_tick tick = {.bid = bid, .ask = ask, .scale = 2, .sequence = sequence,
                       .pair = "EURJPY"};
  rl_feed_encode_head(&feed, &header);
  rl_feed_encode_tick(&feed, &tick);
  rl_service_take_feed(engine.service, bytes, feed.used);
}

static const uint8_t *ask(const rl_request *request)
{
  return rl_test_ask(&engine, "shop", request, &size);
}

static const char *as_json(const uint8_t *reply)
{
  static char text[8192];
  size_t length;
  cr_assert_eq(rl_json_from_msgpack(reply, size, 0, text, sizeof text, &length), RL_OK);
  return text;
}

static void expect_row(const char *text, const char *row)
{
  cr_expect_not_null(strstr(text, row), "%s\nis not in\n%s", row, text);
}

static void expect_firm(const char *from, const char *to, const char *key, const char *refusal)
{
  char text[256];
  rl_request request = rl_test_quote_request(from, to, RL_FIXED_SOURCE, 100000, key);
  const uint8_t *reply = ask(&request);
  cr_assert_eq(rl_reply_bool(reply, size, "ok"), refusal == NULL, "%s%s", from, to);
  if (refusal)
    cr_expect_str_eq(rl_reply_text(reply, size, "code", text), refusal);
  request.kind = RL_REQUEST_INDICATIVE;
  request.key[0] = '\0';
  reply = ask(&request);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  snprintf(text, sizeof text, "\"firm_refusal\":%s%s%s,", refusal ? "\"" : "",
           refusal ? refusal : "null", refusal ? "\"" : "");
  expect_row(as_json(reply), text);
}

Test(triangles, firm_prices_through_an_earning_triangle_are_refused_and_others_marked)
{
  push_eurjpy(16337, 16340, 1);
  expect_firm("EUR", "JPY", "one", NULL);
  push_eurjpy(16360, 16363, 2);
  expect_firm("EUR", "JPY", "two", "TRIANGLE_EARNS");
  expect_firm("USD", "EUR", "three", "TRIANGLE_EARNS");
  expect_firm("GBP", "JPY", "four", "TRIANGLE_EARNS");
  expect_firm("GBP", "USD", "five", NULL);
  push_eurjpy(16337, 16340, 3);
  expect_firm("USD", "EUR", "three", NULL);
}

Test(triangles, a_refused_quote_holds_nothing_and_its_key_is_free)
{
  push_eurjpy(16360, 16363, 1);
  expect_firm("EUR", "USD", "key", "TRIANGLE_EARNS");
  rl_request two_way = rl_test_quote_request("EUR", "USD", RL_FIXED_SOURCE, 100000, "both");
  two_way.kind = RL_REQUEST_TWO_WAY;
  char text[256];
  const uint8_t *reply = ask(&two_way);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), "TRIANGLE_EARNS");
  rl_request look = {.kind = RL_REQUEST_STATS};
  reply = ask(&look);
  cr_expect_eq(rl_reply_int(reply, size, "locks_held"), 0);
  push_eurjpy(16337, 16340, 2);
  expect_firm("USD", "EUR", "key", NULL); /* another body under the same key */
  cr_expect(rl_reply_bool(ask(&two_way), size, "ok"));
}

Test(triangles, desk_sees_what_each_trip_earns)
{
  push_eurjpy(16360, 16363, 1);
  rl_request look = {.kind = RL_REQUEST_TRIANGLES};
  const char *text = as_json(ask(&look));
  /* 1.12518 x 145.20 / 163.63, and 163.60 / 1.12522 / 145.21 */
  expect_row(text, "{\"pairs\":[\"EURUSD\",\"USDJPY\",\"EURJPY\"],\"status\":\"earns\","
                   "\"there_ppm\":-1551,\"back_ppm\":1266,\"limit_ppm\":1000}");
  expect_row(text, "{\"pairs\":[\"EURGBP\",\"GBPUSD\",\"EURUSD\"],\"status\":\"NO_RATE\","
                   "\"there_ppm\":null,\"back_ppm\":null,\"limit_ppm\":1000}");
  push_eurjpy(16337, 16340, 2);
  text = as_json(ask(&look));
  expect_row(text, "\"EURJPY\"],\"status\":\"ok\",\"there_ppm\":-146,\"back_ppm\":-141,");
}
