/* Prices for an amount (K2, depth=vwap), as clients see them: a firm quote goes through the books,
 * an indicative price does not. */
#include "support/engine.h"

#include <criterion/criterion.h>
#include <stdio.h>

static rl_test_engine engine;

/* One source says 1.12500 for a million, and 1.12400 for as many behind; and the same above. */
static void setup(void)
{
  rl_test_engine_start(&engine);
  rl_test_engine_restart_in(&engine, "pair EUR USD scale=5 max_age_ms=5000 depth=vwap\n");
  const rl_depth depth = {.bid_count = 1, .ask_count = 1, .bids = {{112400, 1000000}},
                          .asks = {{112610, 1000000}}};
  const rl_tick said = {.sequence = 1, .bid = 112500, .ask = 112510, .scale = 5,
                        .bid_size = 1000000, .ask_size = 1000000, .depth = &depth};
  rl_market_apply(engine.market, engine.sources[0], &said, rl_clock_read(&engine.clock));
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(service_depth, .init = setup, .fini = teardown);

static const uint8_t *ask(rl_request_kind kind, int64_t amount_minor, size_t *size)
{
  static unsigned number;
  char key[16];
  snprintf(key, sizeof key, "k%u", ++number);
  bool holds_nothing = kind == RL_REQUEST_INDICATIVE;
  rl_request request = rl_test_quote_request("EUR", "USD", RL_FIXED_SOURCE, amount_minor,
                                             holds_nothing ? "" : key);
  request.kind = kind;
  return rl_test_ask(&engine, "desk", &request, size);
}

static void expect(rl_request_kind kind, int64_t amount_minor, const char *path, const char *value)
{
  char text[256];
  size_t size;
  const uint8_t *reply = ask(kind, amount_minor, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, path, text), value);
}

Test(service_depth, quote_is_for_its_amount)
{
  expect(RL_REQUEST_QUOTE, 100000000, "core_rate", "1.125");
  expect(RL_REQUEST_QUOTE, 200000000, "core_rate", "1.1245");
  expect(RL_REQUEST_QUOTE, 200000000, "mid_rate", "1.12505");
  expect(RL_REQUEST_QUOTE, 200000100, "code", "DEPTH_EXCEEDED");
}

Test(service_depth, each_side_of_a_two_way_quote_is_for_the_amount)
{
  expect(RL_REQUEST_TWO_WAY, 200000000, "sell.core_rate", "1.1245");
  expect(RL_REQUEST_TWO_WAY, 200000000, "buy.core_rate", "1.1256");
}

Test(service_depth, indicative_price_is_of_the_best)
{
  expect(RL_REQUEST_INDICATIVE, 200000000, "core_rate", "1.125");
  expect(RL_REQUEST_INDICATIVE, 200000100, "core_rate", "1.125");
}
