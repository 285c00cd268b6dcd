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

TestSuite(quotes, .init = setup, .fini = teardown);

/* Of the last reply. */
static size_t size;

static const uint8_t *ask(const char *client, const rl_request *request)
{
  return rl_test_ask(&engine, client, request, &size);
}

static const uint8_t *quote_with(const char *client, const char *key, int64_t amount)
{
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, amount, key);
  return ask(client, &request);
}

static bool is_ok(const uint8_t *reply)
{
  return rl_reply_bool(reply, size, "ok");
}

static void expect_refused(const uint8_t *reply, const char *code)
{
  char text[256];
  cr_assert(!is_ok(reply));
  cr_assert_str_eq(rl_reply_text(reply, size, "code", text), code);
}

Test(quotes, every_amount_is_on_the_reply_and_they_add_up)
{
  const uint8_t *reply = quote_with("shop", "k", 100000);
  cr_assert(is_ok(reply));
  int64_t source = rl_reply_int(reply, size, "source");
  int64_t net = rl_reply_int(reply, size, "net");
  cr_assert_eq(source, 100000);
  cr_assert_eq(rl_reply_int(reply, size, "charge"), 100000);
  cr_assert_eq(source - rl_reply_int(reply, size, "fee_total_source"), net);
  cr_assert_eq(rl_reply_int(reply, size, "gross") - rl_reply_int(reply, size, "fee_total_target"),
               rl_reply_int(reply, size, "target"));
  cr_assert_eq(rl_reply_int(reply, size, "expires_at") - rl_reply_int(reply, size, "issued_at"),
               rl_reply_int(reply, size, "ttl_ms"));
}

Test(quotes, a_repeat_of_the_key_gives_the_identical_bytes)
{
  static uint8_t first[4096];
  size_t first_size;
  const uint8_t *reply = quote_with("shop", "k", 100000);
  first_size = size;
  memcpy(first, reply, first_size);
  rl_manual_clock_advance_ns(&engine.manual, 3600ll * 1000000000);
  reply = quote_with("shop", "k", 100000);
  cr_assert_eq(size, first_size, "long after its market and its lock are gone");
  cr_assert_arr_eq(reply, first, size);
}

Test(quotes, the_same_key_of_another_client_is_another_quote)
{
  char one[256], two[256];
  const uint8_t *reply = quote_with("shop", "k", 100000);
  rl_reply_text(reply, size, "quote", one);
  reply = quote_with("desk", "k", 100000);
  rl_reply_text(reply, size, "quote", two);
  cr_assert_str_neq(one, two);
}

Test(quotes, a_key_with_another_request_is_key_reused)
{
  quote_with("shop", "k", 100000);
  expect_refused(quote_with("shop", "k", 100001), "KEY_REUSED");
}

Test(quotes, a_key_with_another_payment_method_is_key_reused)
{
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "k");
  cr_assert(is_ok(ask("shop", &request)));
  snprintf(request.price.method, sizeof request.price.method, "card");
  expect_refused(ask("shop", &request), "KEY_REUSED");
}

Test(quotes, a_refusal_is_not_kept_under_its_key)
{
  expect_refused(quote_with("shop", "k", 1), "FEES_EXCEED_AMOUNT");
  cr_assert(is_ok(quote_with("shop", "k", 100000)));
}

Test(quotes, a_rate_is_good_until_its_bound_and_stale_rate_from_there_on)
{
  rl_manual_clock_advance_ns(&engine.manual, 5000 * RL_NS_PER_MS - 1);
  cr_assert(is_ok(quote_with("shop", "a", 100000)));
  rl_manual_clock_advance_ns(&engine.manual, 1);
  expect_refused(quote_with("shop", "b", 100000), "STALE_RATE");
}

Test(quotes, a_pair_that_never_ticked_has_no_rate)
{
  rl_request request = rl_test_quote_request("EUR", "SEK", RL_FIXED_SOURCE, 100000, "k");
  expect_refused(ask("shop", &request), "NO_RATE");
}

Test(quotes, a_pair_without_a_market_of_its_own_is_crossed)
{
  char pair[256];
  rl_request request = rl_test_quote_request("GBP", "JPY", RL_FIXED_TARGET, 150000, "k");
  const uint8_t *reply = ask("shop", &request);
  cr_assert(is_ok(reply));
  cr_assert_str_eq(rl_reply_text(reply, size, "pair", pair), "GBPJPY");
  cr_assert_eq(rl_reply_int(reply, size, "target"), 150000);
}

Test(quotes, a_lock_longer_than_any_on_offer_is_ttl_not_offered)
{
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "k");
  request.price.ttl_ms = 24u * 3600u * 1000u;
  cr_assert(is_ok(ask("shop", &request)));
  snprintf(request.key, sizeof request.key, "other");
  request.price.ttl_ms++;
  expect_refused(ask("shop", &request), "TTL_NOT_OFFERED");
}

Test(quotes, the_tariffs_refusal_stands_before_the_markets)
{
  rl_request request = rl_test_quote_request("EUR", "SEK", RL_FIXED_SOURCE, 100000, "k");
  snprintf(request.price.tier, sizeof request.price.tier, "nosuchtier");
  char code[256];
  const uint8_t *reply = ask("shop", &request);
  cr_assert(!is_ok(reply));
  rl_reply_text(reply, size, "code", code);
  cr_assert(strcmp(code, "NO_TARIFF") == 0 || strcmp(code, "NO_RATE") == 0,
            "a wildcard tier may match any name");
}

static const uint8_t *two_way(const char *key)
{
  rl_request request = rl_test_quote_request("EUR", "USD", RL_FIXED_SOURCE, 100000, key);
  request.kind = RL_REQUEST_TWO_WAY;
  return ask("desk", &request);
}

Test(quotes, a_two_way_quote_locks_both_sides_of_one_base_amount)
{
  char sell[256], buy[256];
  const uint8_t *reply = two_way("k");
  cr_assert(is_ok(reply));
  cr_assert_str_neq(rl_reply_text(reply, size, "sell.quote", sell),
                    rl_reply_text(reply, size, "buy.quote", buy));
  cr_assert_eq(rl_reply_int(reply, size, "sell.source"), 100000);
  cr_assert_eq(rl_reply_int(reply, size, "buy.target"), 100000);
  cr_assert_lt(rl_reply_int(reply, size, "sell.target"), rl_reply_int(reply, size, "buy.source"),
               "the desk never pays more for a base than it asks for it");
}

Test(quotes, a_repeated_two_way_quote_gives_the_identical_bytes)
{
  static uint8_t first[8192];
  size_t first_size;
  const uint8_t *reply = two_way("k");
  first_size = size;
  memcpy(first, reply, first_size);
  reply = two_way("k");
  cr_assert_eq(size, first_size);
  cr_assert_arr_eq(reply, first, size);
}

Test(quotes, open_quotes_and_create_keys_survive_a_restart)
{
  static uint8_t first[4096];
  size_t first_size;
  const uint8_t *reply = quote_with("shop", "k", 100000);
  first_size = size;
  memcpy(first, reply, first_size);
  rl_test_engine_restart(&engine, false);
  reply = quote_with("shop", "k", 100000);
  cr_assert_eq(size, first_size);
  cr_assert_arr_eq(reply, first, size);
  expect_refused(quote_with("shop", "k", 5), "KEY_REUSED");
}

Test(quotes, a_key_that_was_new_again_names_its_later_quote_on_another_boot)
{
  char first[256], second[256], third[256];
  const uint8_t *reply = quote_with("shop", "k", 100000);
  rl_reply_text(reply, size, "quote", first);
  rl_manual_clock_advance_ns(&engine.manual, RL_CREATE_KEY_MIN_MS * RL_NS_PER_MS);
  rl_test_engine_tick(&engine);
  rl_service_sweep(engine.service);
  reply = quote_with("shop", "k", 200000);
  cr_assert(is_ok(reply));
  cr_assert_str_neq(rl_reply_text(reply, size, "quote", second), first);
  rl_test_engine_restart(&engine, true);
  rl_test_engine_tick(&engine);
  reply = quote_with("shop", "k", 200000);
  cr_assert(is_ok(reply));
  cr_assert_str_eq(rl_reply_text(reply, size, "quote", third), second);
}
