/* The desk takes quotes back: which ones, for ever, once, and what that means to everybody who
 * holds one of them. */
#include "service/desk.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(revoke, .init = desk_setup, .fini = desk_teardown);

/* --- what it does --- */

Test(revoke, all_open_quotes_end_with_who_when_and_why)
{
  held one = quote("a"), other = quote_of("shop", "USD", "JPY", "b");
  rl_request request = revoke_all("v");
  size_t size;
  char text[256];
  expect_locks(2);
  wait_ns(RL_NS_PER_MS);
  int64_t at = rl_clock_read(&engine.clock).utc.ms;
  const uint8_t *reply = rl_test_ask(&engine, "operator", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  cr_expect_eq(rl_reply_int(reply, size, "revocation"), 1);
  cr_expect_eq(rl_reply_int(reply, size, "at"), at);
  cr_expect_str_eq(rl_reply_text(reply, size, "operator", text), "operator");
  cr_expect_str_eq(rl_reply_text(reply, size, "key", text), "v");
  cr_expect_str_eq(rl_reply_text(reply, size, "reason", text), "wrong feed");
  expect_locks(0);
  cr_expect(has_row(&one) && has_row(&other));
  cr_expect_eq(events_of(RL_LIFE_REVOKED), 2);
  wait_ns(5 * RL_NS_PER_MS);
  request = rl_test_end_request(RL_REQUEST_ACCEPT, one.id, "x");
  reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), "QUOTE_REVOKED");
  cr_expect_str_eq(rl_reply_text(reply, size, "retry", text), "new_quote");
  cr_expect_str_eq(rl_reply_text(reply, size, "by.state", text), "revoked");
  cr_expect_str_eq(rl_reply_text(reply, size, "by.client", text), "operator");
  cr_expect_str_eq(rl_reply_text(reply, size, "by.key", text), "v");
  cr_expect_str_eq(rl_reply_text(reply, size, "by.reason", text), "wrong feed");
  cr_expect_eq(rl_reply_int(reply, size, "by.at"), at);
  request = rl_test_end_request(RL_REQUEST_SHOW, other.id, "");
  reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, "state", text), "revoked");
  cr_expect_str_eq(rl_reply_text(reply, size, "by.reason", text), "wrong feed");
}

Test(revoke, what_is_issued_a_nanosecond_later_is_not_taken_back)
{
  held before = quote("a");
  rl_request request = revoke_all("v");
  revoke(&request);
  wait_ns(1);
  held after = quote("b");
  expect_accept(&before, "x", "QUOTE_REVOKED");
  expect_accept(&after, "y", "");
}

Test(revoke, a_quote_is_taken_back_up_to_its_last_nanosecond)
{
  held last = quote("a");
  rl_request first = revoke_all("v"), second = revoke_all("w");
  wait_ns(30000 * RL_NS_PER_MS - 1);
  rl_test_engine_tick(&engine);
  held later = quote("b");
  revoke(&first);
  cr_expect_str_eq(state_of(&last), "revoked");
  cr_expect_str_eq(state_of(&later), "revoked");
  held expired = quote("c");
  wait_ns(30000 * RL_NS_PER_MS);
  revoke(&second);
  cr_expect(!has_row(&expired));
}

Test(revoke, at_its_deadline_a_quote_has_expired_and_stays_so)
{
  held expired = quote("a");
  wait_ns(30000 * RL_NS_PER_MS);
  rl_request request = revoke_all("v");
  revoke(&request);
  expect_accept(&expired, "x", "QUOTE_EXPIRED");
  cr_expect_str_eq(state_of(&expired), "expired");
  cr_expect_eq(events_of(RL_LIFE_REVOKED), 0);
}

Test(revoke, what_was_consumed_or_cancelled_before_stays_so)
{
  held consumed = quote("a"), cancelled = quote("b");
  expect_accept(&consumed, "x", "");
  expect_end(RL_REQUEST_CANCEL, "shop", &cancelled, "y", "");
  rl_request request = revoke_all("v");
  revoke(&request);
  cr_expect_str_eq(state_of(&consumed), "consumed");
  cr_expect_str_eq(state_of(&cancelled), "cancelled");
  expect_accept(&consumed, "x", ""); /* its receipt again */
  expect_accept(&consumed, "z", "QUOTE_CONSUMED");
  cr_expect_eq(events_of(RL_LIFE_REVOKED), 0);
}

Test(revoke, a_revoked_quote_cannot_be_cancelled)
{
  held it = quote("a");
  rl_request request = revoke_all("v");
  revoke(&request);
  expect_end(RL_REQUEST_CANCEL, "shop", &it, "c", "QUOTE_REVOKED");
  expect_end(RL_REQUEST_CANCEL, "thief", &it, "c", "QUOTE_UNKNOWN");
}

/* --- which ones --- */

Test(revoke, a_pair_is_meant_in_either_direction)
{
  held sold = quote_of("shop", "EUR", "USD", "a"), bought = quote_of("shop", "USD", "EUR", "b");
  held other = quote_of("shop", "USD", "JPY", "c");
  rl_request request = revoke_request("v");
  request.revoke.has_pair = true;
  request.revoke.pair[0] = currency("USD");
  request.revoke.pair[1] = currency("EUR");
  revoke(&request);
  cr_expect(has_row(&sold) && has_row(&bought) && !has_row(&other));
  expect_locks(1);
}

Test(revoke, a_client_is_meant_alone_and_both_halves_of_what_it_was_given)
{
  held mine = quote("a"), theirs = quote_of("other", "USD", "EUR", "a");
  rl_request two_way = rl_test_quote_request("EUR", "USD", RL_FIXED_SOURCE, 1000, "t");
  two_way.kind = RL_REQUEST_TWO_WAY;
  cr_assert_str_eq(code_of("shop", &two_way), "");
  expect_locks(4);
  rl_request request = revoke_request("v");
  snprintf(request.client, sizeof request.client, "shop");
  revoke(&request);
  cr_expect(has_row(&mine) && !has_row(&theirs));
  expect_locks(1);
  cr_expect_eq(events_of(RL_LIFE_REVOKED), 3);
}

Test(revoke, an_interval_holds_its_start_and_not_its_end)
{
  held quotes[3];
  int64_t at[3];
  const char *keys[3] = {"a", "b", "c"};
  for (unsigned i = 0; i < 3; i++) {
    at[i] = rl_clock_read(&engine.clock).utc.ms;
    quotes[i] = quote(keys[i]);
    wait_ns(RL_NS_PER_MS);
  }
  rl_request request = revoke_request("v");
  request.revoke.issued_from_ms = at[1];
  request.revoke.issued_before_ms = at[2];
  revoke(&request);
  cr_expect(!has_row(&quotes[0]) && has_row(&quotes[1]) && !has_row(&quotes[2]));
  expect_locks(2);
}

Test(revoke, a_tariff_is_meant_by_its_hash)
{
  held old = quote("a");
  char text[8192];
  snprintf(text, sizeof text, "%s\n# another\n", rl_tariff_builtin_text());
  rl_test_engine_write_tariff(&engine, text);
  rl_in_force in_force;
  rl_error error;
  cr_assert_eq(rl_service_reload(engine.service, &in_force, &error), RL_REFUSAL_NONE);
  held fresh = quote("b");
  rl_request request = revoke_request("v");
  request.revoke.has_tariff = true;
  request.revoke.tariff = in_force.hash;
  revoke(&request);
  cr_expect(!has_row(&old) && has_row(&fresh));
}

/* --- who, and once --- */

Test(revoke, is_for_operators_alone)
{
  held it = quote("a");
  rl_request request = revoke_all("v");
  cr_expect_str_eq(code_of("shop", &request), "FORBIDDEN");
  expect_accept(&it, "x", "");
}

Test(revoke, repeated_it_answers_the_same_bytes_and_takes_nothing_more_back)
{
  static uint8_t first[RL_REPLY_MAX];
  rl_request request = revoke_all("v");
  size_t first_size, size;
  const uint8_t *reply = rl_test_ask(&engine, "operator", &request, &first_size);
  memcpy(first, reply, first_size);
  cr_assert(rl_reply_bool(first, first_size, "ok"));
  wait_ns(1);
  held later = quote("a");
  for (unsigned restarts = 0; restarts < 3; restarts++) {
    reply = rl_test_ask(&engine, "operator", &request, &size);
    cr_assert_eq(size, first_size);
    cr_assert_arr_eq(reply, first, size);
    rl_test_engine_restart(&engine, restarts == 1);
  }
  expect_accept(&later, "x", "");
}

Test(revoke, its_key_with_another_body_is_key_reused)
{
  rl_request request = revoke_all("v");
  revoke(&request);
  snprintf(request.revoke.reason, sizeof request.revoke.reason, "another");
  cr_expect_str_eq(code_of("operator", &request), "KEY_REUSED");
}

Test(revoke, more_of_them_than_may_be_in_force_are_refused)
{
  char key[16];
  for (unsigned i = 0; i < RL_REVOCATIONS_LIVE_MAX; i++) {
    snprintf(key, sizeof key, "v%u", i);
    rl_request request = revoke_all(key);
    revoke(&request);
  }
  rl_request more = revoke_all("more"), known = revoke_all("v0");
  cr_expect_str_eq(code_of("operator", &more), "TOO_MANY_REVOCATIONS");
  revoke(&known);
  wait_ns(((int64_t)RL_TTL_MAX_MS + RL_WALL_SKEW_MS) * RL_NS_PER_MS + 1);
  revoke(&more);
}
