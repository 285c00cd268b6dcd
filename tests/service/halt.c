/* The desk halts a pair and lets it go again: durable, once under its key, and nothing to do with a
 * lock that was given before. */
#include "service/desk.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(halt, .init = desk_setup, .fini = desk_teardown);

static rl_request request_of(rl_request_kind kind, const char *pair, const char *reason,
                             const char *key)
{
  rl_request request = {.kind = kind, .revoke.has_pair = true};
  request.revoke.pair[0] = currency(pair);
  request.revoke.pair[1] = currency(pair + 3);
  snprintf(request.revoke.reason, sizeof request.revoke.reason, "%s", reason);
  snprintf(request.key, sizeof request.key, "%s", key);
  return request;
}

static void halt(const char *pair, const char *key)
{
  rl_request request = request_of(RL_REQUEST_HALT, pair, "news", key);
  cr_assert_str_eq(code_of("operator", &request), "");
}

static void resume(const char *pair, const char *key)
{
  rl_request request = request_of(RL_REQUEST_RESUME, pair, "over", key);
  cr_assert_str_eq(code_of("operator", &request), "");
}

static void expect_quote(const char *from, const char *to, const char *code)
{
  static unsigned keys;
  char key[16];
  snprintf(key, sizeof key, "q%u", keys++);
  rl_request request = rl_test_quote_request(from, to, RL_FIXED_SOURCE, 100000, key);
  cr_expect_str_eq(code_of("shop", &request), code, "%s to %s", from, to);
}

static void say(unsigned source, uint32_t level)
{
  rl_now now = rl_clock_read(&engine.clock);
  rl_tick tick = {.sequence = ++engine.sequence, .bid = level, .ask = level, .scale = 6};
  cr_assert_eq(rl_universe_find_name(engine.universe, "EURUSD", 6, &tick.pair), RL_OK);
  rl_market_apply(engine.market, engine.sources[source], &tick, now);
}

/* Both sources, so that each confirms the other's jump. */
static void jump(uint32_t level)
{
  say(0, level);
  say(1, level);
}

static unsigned halted_rows(void)
{
  rl_request request = {.kind = RL_REQUEST_HALTS};
  size_t size, row_size;
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  (void)row_size;
  const uint8_t *names = memmem(reply, size, "halts", 5);
  cr_assert(names);
  return names[5] & 15; /* an array of less than sixteen */
}

/* --- what it does --- */

Test(halt, no_price_in_any_direction_and_no_cross_through_it)
{
  halt("EURUSD", "h");
  expect_quote("EUR", "USD", "PAIR_HALTED");
  expect_quote("USD", "EUR", "PAIR_HALTED");
  expect_quote("GBP", "USD", "");
  rl_request two_way = rl_test_quote_request("EUR", "USD", RL_FIXED_SOURCE, 1000, "t");
  two_way.kind = RL_REQUEST_TWO_WAY;
  cr_expect_str_eq(code_of("shop", &two_way), "PAIR_HALTED");
  two_way.kind = RL_REQUEST_INDICATIVE;
  cr_expect_str_eq(code_of("shop", &two_way), "PAIR_HALTED");
  resume("EURUSD", "r");
  expect_quote("EUR", "USD", "");
}

Test(halt, cross_through_it_is_halted)
{
  expect_quote("GBP", "JPY", "");
  halt("USDJPY", "h");
  expect_quote("GBP", "JPY", "PAIR_HALTED");
  expect_quote("JPY", "GBP", "PAIR_HALTED");
  resume("USDJPY", "r");
  expect_quote("GBP", "JPY", "");
}

Test(halt, lock_given_before_is_accepted_under_it)
{
  held it = quote("a"), other = quote("b");
  halt("EURUSD", "h");
  expect_accept(&it, "x", "");
  jump(900000);
  expect_accept(&other, "y", "");
}

Test(halt, refusal_says_who_and_why_and_since_when)
{
  char text[256];
  size_t size;
  wait_ns(RL_NS_PER_MS);
  int64_t at = rl_clock_read(&engine.clock).utc.ms;
  halt("USDEUR", "h");
  wait_ns(5 * RL_NS_PER_MS);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "a");
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), "PAIR_HALTED");
  cr_expect_str_eq(rl_reply_text(reply, size, "retry", text), "later");
  cr_expect_str_eq(rl_reply_text(reply, size, "halted.pair", text), "EURUSD");
  cr_expect_str_eq(rl_reply_text(reply, size, "halted.by", text), "hand");
  cr_expect_str_eq(rl_reply_text(reply, size, "halted.operator", text), "operator");
  cr_expect_str_eq(rl_reply_text(reply, size, "halted.reason", text), "news");
  cr_expect_eq(rl_reply_int(reply, size, "halted.since"), at);
}

Test(halt, answer_says_what_was_recorded)
{
  char text[256];
  size_t size;
  rl_request request = request_of(RL_REQUEST_HALT, "USDEUR", "news", "h");
  const uint8_t *reply = rl_test_ask(&engine, "operator", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  cr_expect_eq(rl_reply_int(reply, size, "halt"), 1);
  cr_expect_str_eq(rl_reply_text(reply, size, "action", text), "halt");
  cr_expect_str_eq(rl_reply_text(reply, size, "pair", text), "EURUSD", "by convention");
  cr_expect_eq(rl_reply_int(reply, size, "at"), rl_clock_read(&engine.clock).utc.ms);
  cr_expect_str_eq(rl_reply_text(reply, size, "operator", text), "operator");
  cr_expect_str_eq(rl_reply_text(reply, size, "key", text), "h");
  cr_expect_str_eq(rl_reply_text(reply, size, "reason", text), "news");
}

/* --- who, and once --- */

Test(halt, is_for_operators_alone)
{
  rl_request request = request_of(RL_REQUEST_HALT, "EURUSD", "news", "h");
  cr_expect_str_eq(code_of("shop", &request), "FORBIDDEN");
  request.kind = RL_REQUEST_RESUME;
  cr_expect_str_eq(code_of("shop", &request), "FORBIDDEN");
  expect_quote("EUR", "USD", "");
}

Test(halt, pair_without_a_market_of_its_own_is_unknown)
{
  rl_request request = request_of(RL_REQUEST_HALT, "GBPJPY", "news", "h");
  cr_expect_str_eq(code_of("operator", &request), "UNKNOWN_PAIR");
}

Test(halt, repeated_after_the_resume_answers_the_same_bytes_and_halts_nothing)
{
  static uint8_t first[RL_REPLY_MAX];
  rl_request request = request_of(RL_REQUEST_HALT, "EURUSD", "news", "h");
  size_t first_size, size;
  const uint8_t *reply = rl_test_ask(&engine, "operator", &request, &first_size);
  memcpy(first, reply, first_size);
  resume("EURUSD", "r");
  wait_ns(RL_NS_PER_MS);
  reply = rl_test_ask(&engine, "operator", &request, &size);
  cr_assert_eq(size, first_size);
  cr_expect_arr_eq(reply, first, size);
  expect_quote("EUR", "USD", "");
  request.revoke.reason[0] = 'N';
  cr_expect_str_eq(code_of("operator", &request), "KEY_REUSED");
}

Test(halt, second_one_for_another_reason_is_the_one_in_force)
{
  char text[256];
  size_t size;
  halt("EURUSD", "h");
  rl_request again = request_of(RL_REQUEST_HALT, "EURUSD", "worse", "i");
  cr_assert_str_eq(code_of("operator", &again), "");
  cr_expect_eq(halted_rows(), 1);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "a");
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, "halted.reason", text), "worse");
  resume("EURUSD", "r");
  cr_expect_eq(halted_rows(), 0);
  resume("EURUSD", "s");
  expect_quote("EUR", "USD", "");
}

/* --- restarts --- */

Test(halt, holds_over_a_restart_before_the_first_quote)
{
  halt("EURUSD", "h");
  halt("USDJPY", "i");
  resume("USDJPY", "r");
  for (unsigned boots = 0; boots < 2; boots++) {
    rl_test_engine_restart(&engine, boots == 1);
    expect_quote("EUR", "USD", "PAIR_HALTED");
    rl_test_engine_tick(&engine);
    expect_quote("EUR", "USD", "PAIR_HALTED");
    expect_quote("USD", "JPY", "");
    cr_expect_eq(halted_rows(), 1);
  }
  resume("EURUSD", "s");
  expect_quote("EUR", "USD", "");
}

static void say_fixing(uint32_t level)
{
  rl_now now = rl_clock_read(&engine.clock);
  rl_tick tick = {.sequence = 1, .bid = level, .ask = level, .scale = 6};
  rl_source fixing;
  cr_assert_eq(rl_market_register(engine.market, "fixing", RL_SOURCE_REFERENCE, &fixing), RL_OK);
  cr_assert_eq(rl_universe_find_name(engine.universe, "EURUSD", 6, &tick.pair), RL_OK);
  rl_market_apply(engine.market, fixing, &tick, now);
}

Test(halt, resume_of_an_earlier_run_accepts_no_level_in_the_next)
{
  halt("EURUSD", "h");
  resume("EURUSD", "r");
  rl_test_engine_restart_in(&engine, "order EUR USD\npivot USD\n"
                                     "pair EUR USD scale=6 reference_ppm=50000\n");
  say_fixing(1125200);
  say(0, 900000);
  expect_quote("EUR", "USD", "PAIR_HALTED");
}

/* --- breakers --- */

Test(halt, breaker_says_from_where_to_where_and_until_when)
{
  char text[256];
  size_t size;
  int64_t at = rl_clock_read(&engine.clock).utc.ms;
  jump(900000);
  wait_ns(7 * RL_NS_PER_MS);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "a");
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), "PAIR_HALTED");
  cr_expect_str_eq(rl_reply_text(reply, size, "halted.by", text), "move");
  cr_expect_str_eq(rl_reply_text(reply, size, "halted.from", text), "1.1252000");
  cr_expect_str_eq(rl_reply_text(reply, size, "halted.to", text), "0.9000000");
  cr_expect_str_eq(rl_reply_text(reply, size, "halted.reason", text),
                   "moved by more than 50000 ppm within 60000 ms");
  cr_expect_eq(rl_reply_int(reply, size, "halted.since"), at);
  cr_expect_eq(rl_reply_int(reply, size, "halted.until"), at + 60000);
  cr_expect_eq(halted_rows(), 1);
  halt("EURUSD", "h");
  cr_expect_eq(halted_rows(), 2, "by hand, too");
}

Test(halt, resume_by_hand_lets_a_tripped_pair_go_at_its_next_update)
{
  jump(900000);
  expect_quote("EUR", "USD", "PAIR_HALTED");
  resume("EURUSD", "r");
  jump(900000);
  expect_quote("EUR", "USD", "");
  cr_expect_eq(halted_rows(), 0);
}
