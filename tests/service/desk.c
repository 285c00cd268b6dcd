#include "service/desk.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define EVENTS 64

rl_test_engine engine;

void desk_setup(void)
{
  rl_test_engine_start(&engine);
  rl_test_engine_tick(&engine);
}

void desk_teardown(void)
{
  rl_verify_report report;
  rl_error error = {0};
  cr_expect_eq(rl_store_verify(engine.store, &report, &error), RL_OK, "%s", error.text);
  rl_test_engine_stop(&engine);
}

held quote_of(const char *client, const char *from, const char *to, const char *key)
{
  rl_request request = rl_test_quote_request(from, to, RL_FIXED_SOURCE, 100000, key);
  held out;
  size_t size;
  const uint8_t *reply = rl_test_ask(&engine, client, &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  rl_reply_text(reply, size, "quote", out.id);
  out.token_size = rl_reply_binary(reply, size, "token", out.token, sizeof out.token);
  snprintf(out.key, sizeof out.key, "%s", key);
  return out;
}

held quote(const char *key)
{
  return quote_of("shop", "USD", "EUR", key);
}

void wait_ns(int64_t ns)
{
  rl_manual_clock_advance_ns(&engine.manual, ns);
}

rl_currency currency(const char *code)
{
  rl_currency found;
  cr_assert_eq(rl_currency_find(code, 3, &found), RL_OK);
  return found;
}

rl_request revoke_request(const char *key)
{
  rl_request request = {.kind = RL_REQUEST_REVOKE};
  request.revoke.issued_from_ms = INT64_MIN;
  request.revoke.issued_before_ms = INT64_MAX;
  snprintf(request.revoke.reason, sizeof request.revoke.reason, "wrong feed");
  snprintf(request.key, sizeof request.key, "%s", key);
  return request;
}

rl_request revoke_all(const char *key)
{
  rl_request request = revoke_request(key);
  request.revoke.all = true;
  return request;
}

const char *code_of(const char *client, const rl_request *request)
{
  static char code[256];
  size_t size;
  const uint8_t *reply = rl_test_ask(&engine, client, request, &size);
  code[0] = '\0';
  if (!rl_reply_bool(reply, size, "ok"))
    rl_reply_text(reply, size, "code", code);
  return code;
}

void revoke(const rl_request *request)
{
  cr_assert_str_eq(code_of("operator", request), "");
}

void expect_end(rl_request_kind kind, const char *client, const held *it, const char *key,
                const char *code)
{
  rl_request request = rl_test_end_request(kind, it->id, key);
  cr_expect_str_eq(code_of(client, &request), code, "%s of %s", key, it->key);
}

void expect_accept(const held *it, const char *key, const char *code)
{
  expect_end(RL_REQUEST_ACCEPT, "shop", it, key, code);
}

const char *state_of(const held *it)
{
  static char state[256];
  rl_request request = rl_test_end_request(RL_REQUEST_SHOW, it->id, "");
  size_t size;
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  return rl_reply_text(reply, size, "state", state);
}

void expect_locks(uint32_t locks)
{
  rl_book_stats book;
  rl_book_stats_read(engine.book, &book);
  cr_expect_eq(book.active, locks, "%zu locks", book.active);
  cr_expect_eq(rl_exposure_total(engine.exposure).locks, locks);
}

bool has_row(const held *it)
{
  rl_quote_id id;
  rl_end end;
  cr_assert_eq(rl_quote_id_parse(it->id, strlen(it->id), &id), RL_OK);
  return rl_store_find_end(engine.store, id, &end) == RL_OK && end.kind == RL_END_REVOKED;
}

unsigned events_of(rl_life life)
{
  rl_event events[EVENTS];
  uint64_t dropped;
  unsigned found = 0;
  size_t count = rl_service_take_events(engine.service, events, EVENTS, &dropped);
  for (size_t i = 0; i < count; i++)
    found += events[i].life == life;
  return found;
}
