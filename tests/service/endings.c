#include "support/engine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_test_engine engine;
static char id[256];
static uint8_t token[RL_TOKEN_MAX];
static size_t token_size;

static void setup(void)
{
  rl_test_engine_start(&engine);
  rl_test_engine_tick(&engine);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "create");
  size_t size;
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  rl_reply_text(reply, size, "quote", id);
  token_size = rl_reply_binary(reply, size, "token", token, sizeof token);
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(endings, .init = setup, .fini = teardown);

static const uint8_t *end(rl_request_kind kind, const char *client, const char *key, size_t *size)
{
  rl_request request = rl_test_end_request(kind, id, key);
  return rl_test_ask(&engine, client, &request, size);
}

static void expect_done(rl_request_kind kind, const char *key)
{
  size_t size;
  const uint8_t *reply = end(kind, "shop", key, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
}

static void expect_refused(rl_request_kind kind, const char *client, const char *key,
                           const char *code)
{
  size_t size;
  char text[256];
  const uint8_t *reply = end(kind, client, key, &size);
  cr_assert(!rl_reply_bool(reply, size, "ok"));
  cr_assert_str_eq(rl_reply_text(reply, size, "code", text), code);
}

static void expect_same_receipt_twice(void (*between)(void))
{
  static uint8_t first[4096];
  size_t first_size, size;
  const uint8_t *reply = end(RL_REQUEST_ACCEPT, "shop", "a", &first_size);
  memcpy(first, reply, first_size);
  cr_assert(rl_reply_bool(first, first_size, "ok"));
  between();
  reply = end(RL_REQUEST_ACCEPT, "shop", "a", &size);
  cr_assert_eq(size, first_size);
  cr_assert_arr_eq(reply, first, size);
}

static void nothing_happens(void)
{
}

static void the_lock_runs_out(void)
{
  rl_manual_clock_advance_ns(&engine.manual, 3600ll * 1000000000);
  rl_service_sweep(engine.service);
}

static void the_engine_restarts(void)
{
  rl_test_engine_restart(&engine, false);
}

static void the_machine_restarts(void)
{
  rl_test_engine_restart(&engine, true);
}

Test(endings, an_accept_repeats_its_receipt_byte_for_byte)
{
  expect_same_receipt_twice(nothing_happens);
}

Test(endings, an_accept_repeats_its_receipt_after_the_expiry)
{
  expect_same_receipt_twice(the_lock_runs_out);
}

Test(endings, an_accept_repeats_its_receipt_after_a_restart)
{
  expect_same_receipt_twice(the_engine_restarts);
}

Test(endings, an_accept_repeats_its_receipt_after_another_boot)
{
  expect_same_receipt_twice(the_machine_restarts);
}

Test(endings, a_quote_is_accepted_up_to_its_last_nanosecond)
{
  rl_manual_clock_advance_ns(&engine.manual, 30000 * RL_NS_PER_MS - 1);
  expect_done(RL_REQUEST_ACCEPT, "a");
}

Test(endings, at_its_deadline_a_quote_is_quote_expired)
{
  rl_manual_clock_advance_ns(&engine.manual, 30000 * RL_NS_PER_MS);
  expect_refused(RL_REQUEST_ACCEPT, "shop", "a", "QUOTE_EXPIRED");
}

Test(endings, a_wall_clock_that_jumps_neither_kills_nor_revives)
{
  engine.manual.utc_ms += 3600 * 1000;
  expect_done(RL_REQUEST_ACCEPT, "a");
}

Test(endings, a_wall_clock_set_back_revives_nothing)
{
  rl_manual_clock_advance_ns(&engine.manual, 30000 * RL_NS_PER_MS);
  engine.manual.utc_ms -= 3600 * 1000;
  expect_refused(RL_REQUEST_ACCEPT, "shop", "a", "QUOTE_EXPIRED");
}

Test(endings, an_open_quote_is_accepted_after_a_restart)
{
  rl_test_engine_restart(&engine, false);
  expect_done(RL_REQUEST_ACCEPT, "a");
}

Test(endings, on_another_boot_the_wall_clock_judges_with_a_second_of_skew)
{
  rl_test_engine_restart(&engine, true);
  engine.manual.utc_ms += 30000 + RL_WALL_SKEW_MS - 1;
  expect_done(RL_REQUEST_ACCEPT, "a");
}

Test(endings, on_another_boot_a_quote_expires_when_the_skew_is_over)
{
  rl_test_engine_restart(&engine, true);
  engine.manual.utc_ms += 30000 + RL_WALL_SKEW_MS;
  expect_refused(RL_REQUEST_ACCEPT, "shop", "a", "QUOTE_EXPIRED");
}

Test(endings, a_second_accept_learns_that_it_is_quote_consumed_and_by_which_key)
{
  size_t size;
  char text[256];
  expect_done(RL_REQUEST_ACCEPT, "first");
  const uint8_t *reply = end(RL_REQUEST_ACCEPT, "shop", "second", &size);
  cr_assert_str_eq(rl_reply_text(reply, size, "code", text), "QUOTE_CONSUMED");
  cr_assert_str_eq(rl_reply_text(reply, size, "by.key", text), "first");
}

Test(endings, a_cancelled_quote_cannot_be_accepted_nor_a_consumed_one_cancelled)
{
  expect_done(RL_REQUEST_CANCEL, "c");
  expect_refused(RL_REQUEST_ACCEPT, "shop", "a", "QUOTE_CANCELLED");
  expect_done(RL_REQUEST_CANCEL, "c");
}

Test(endings, a_consumed_quote_cannot_be_cancelled)
{
  expect_done(RL_REQUEST_ACCEPT, "a");
  expect_refused(RL_REQUEST_CANCEL, "shop", "c", "QUOTE_CONSUMED");
}

Test(endings, another_clients_quote_is_quote_unknown)
{
  expect_refused(RL_REQUEST_ACCEPT, "thief", "a", "QUOTE_UNKNOWN");
  expect_refused(RL_REQUEST_SHOW, "thief", "", "QUOTE_UNKNOWN");
}

Test(endings, a_quote_that_never_was_is_quote_unknown)
{
  snprintf(id, sizeof id, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  expect_refused(RL_REQUEST_ACCEPT, "shop", "a", "QUOTE_UNKNOWN");
}

Test(endings, an_accept_key_used_for_another_quote_is_key_reused)
{
  expect_done(RL_REQUEST_ACCEPT, "a");
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "create-2");
  size_t size;
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  rl_reply_text(reply, size, "quote", id);
  expect_refused(RL_REQUEST_ACCEPT, "shop", "a", "KEY_REUSED");
}

static const uint8_t *accept_token(const char *client, const char *with_id, size_t *size)
{
  rl_request request = {.kind = RL_REQUEST_ACCEPT, .token = token, .token_size = token_size};
  snprintf(request.key, sizeof request.key, "t");
  if (with_id) {
    request.has_id = true;
    cr_assert_eq(rl_quote_id_parse(with_id, strlen(with_id), &request.id), RL_OK);
  }
  return rl_test_ask(&engine, client, &request, size);
}

static void expect_token_refused(const char *client, const char *with_id, const char *code)
{
  size_t size;
  char text[256];
  const uint8_t *reply = accept_token(client, with_id, &size);
  cr_assert(!rl_reply_bool(reply, size, "ok"));
  cr_assert_str_eq(rl_reply_text(reply, size, "code", text), code);
}

Test(endings, a_token_alone_is_accepted)
{
  size_t size;
  const uint8_t *reply = accept_token("shop", NULL, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  expect_refused(RL_REQUEST_ACCEPT, "shop", "later", "QUOTE_CONSUMED");
}

Test(endings, an_accept_repeated_with_its_token_meets_the_first_answer)
{
  static uint8_t first[4096];
  size_t first_size, size;
  const uint8_t *reply = end(RL_REQUEST_ACCEPT, "shop", "t", &first_size);
  memcpy(first, reply, first_size);
  cr_assert(rl_reply_bool(first, first_size, "ok"));
  reply = accept_token("shop", id, &size);
  cr_assert_eq(size, first_size);
  cr_assert_arr_eq(reply, first, size);
  reply = accept_token("shop", NULL, &size);
  cr_assert_eq(size, first_size);
  cr_assert_arr_eq(reply, first, size);
}

Test(endings, a_token_changed_in_one_bit_is_token_invalid)
{
  token[token_size / 2] ^= 4;
  expect_token_refused("shop", NULL, "TOKEN_INVALID");
}

Test(endings, a_token_beside_another_id_is_invalid_field)
{
  expect_token_refused("shop", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "INVALID_FIELD");
}

Test(endings, anothers_token_is_quote_unknown)
{
  expect_token_refused("thief", NULL, "QUOTE_UNKNOWN");
}

Test(endings, show_tells_active_then_consumed)
{
  size_t size;
  char text[256];
  const uint8_t *reply = end(RL_REQUEST_SHOW, "shop", "", &size);
  cr_assert_str_eq(rl_reply_text(reply, size, "state", text), "active");
  expect_done(RL_REQUEST_ACCEPT, "a");
  reply = end(RL_REQUEST_SHOW, "shop", "", &size);
  cr_assert_str_eq(rl_reply_text(reply, size, "state", text), "consumed");
}

Test(endings, show_tells_expired)
{
  size_t size;
  char text[256];
  rl_manual_clock_advance_ns(&engine.manual, 30000 * RL_NS_PER_MS);
  const uint8_t *reply = end(RL_REQUEST_SHOW, "shop", "", &size);
  cr_assert_str_eq(rl_reply_text(reply, size, "state", text), "expired");
}

Test(endings, events_tell_the_life_of_each_quote_once)
{
  rl_event events[8];
  uint64_t dropped;
  expect_done(RL_REQUEST_ACCEPT, "a");
  expect_done(RL_REQUEST_ACCEPT, "a");
  cr_assert_eq(rl_service_take_events(engine.service, events, 8, &dropped), 2);
  cr_assert_eq(events[0].life, RL_LIFE_ISSUED);
  cr_assert_eq(events[1].life, RL_LIFE_CONSUMED);
  cr_assert_str_eq(events[1].client, "shop");
  cr_assert_eq(dropped, 0);
}

Test(endings, an_expiry_is_told_by_the_sweep)
{
  rl_event events[8];
  uint64_t dropped;
  rl_service_take_events(engine.service, events, 8, &dropped);
  rl_manual_clock_advance_ns(&engine.manual, 30000 * RL_NS_PER_MS);
  rl_service_sweep(engine.service);
  cr_assert_eq(rl_service_take_events(engine.service, events, 8, &dropped), 1);
  cr_assert_eq(events[0].life, RL_LIFE_EXPIRED);
}

static unsigned expiries(void)
{
  rl_event events[8];
  uint64_t dropped;
  unsigned told = 0;
  rl_service_sweep(engine.service);
  size_t count = rl_service_take_events(engine.service, events, 8, &dropped);
  for (size_t i = 0; i < count; i++)
    told += events[i].life == RL_LIFE_EXPIRED;
  return told;
}

static void record_another(const char *key)
{
  rl_test_engine_tick(&engine);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, key);
  size_t size;
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
}

Test(endings, an_expiry_is_not_told_again_after_a_restart)
{
  rl_manual_clock_advance_ns(&engine.manual, (30000 + RL_WALL_SKEW_MS) * RL_NS_PER_MS);
  cr_expect_eq(expiries(), 1);
  record_another("later");
  rl_test_engine_restart(&engine, false);
  cr_expect_eq(expiries(), 0);
  rl_manual_clock_advance_ns(&engine.manual, 30000 * RL_NS_PER_MS);
  cr_expect_eq(expiries(), 1, "the other one");
}

Test(endings, an_expiry_while_the_engine_was_down_is_told_by_the_next)
{
  record_another("later");
  rl_test_engine_restart(&engine, false);
  rl_manual_clock_advance_ns(&engine.manual, 30000 * RL_NS_PER_MS);
  rl_test_engine_restart(&engine, false);
  cr_expect_eq(expiries(), 2);
}
