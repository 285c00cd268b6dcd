/* Lives of quotes that are asked about in more than one way: here, after a restart, on another
 * boot, and by the token of a quote that this engine never recorded. */
#include "service/desk.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(lives, .init = desk_setup, .fini = desk_teardown);

/* The same quote under another id, as another engine of the store would have issued it: only its
 * token is known here. */
static held never_seen_here(const char *key)
{
  held out = quote(key);
  rl_job look = {.kind = RL_JOB_SHOW}; /* answered behind the record */
  rl_quote recorded;
  cr_assert_eq(rl_quote_id_parse(out.id, strlen(out.id), &look.quote_id), RL_OK);
  rl_test_run_job(&engine, &look);
  cr_assert_eq(rl_store_find_quote(engine.store, look.quote_id, &recorded), RL_OK);
  recorded.id.bytes[15] ^= 1;
  rl_quote_id_format(recorded.id, out.id);
  out.token_size = rl_seal_token(engine.seal, &recorded, out.token);
  return out;
}

static const char *by_token(rl_request_kind kind, const held *it, const char *key)
{
  rl_request request = {.kind = kind, .token = it->token, .token_size = it->token_size};
  snprintf(request.key, sizeof request.key, "%s", key);
  return code_of("shop", &request);
}

static const char *by_id(rl_request_kind kind, const held *it, const char *key)
{
  rl_request request = rl_test_end_request(kind, it->id, key);
  return code_of("shop", &request);
}

/* Here, after a restart, on another boot: in each by id and by token. */
static void expect_everywhere(rl_request_kind kind, const held *it, const char *code)
{
  for (unsigned place = 0; place < 3; place++) {
    cr_expect_str_eq(by_id(kind, it, "late"), code, "by id, place %u", place);
    cr_expect_str_eq(by_token(kind, it, "later"), code, "by token, place %u", place);
    rl_test_engine_restart(&engine, place == 1);
  }
}

Test(lives, a_cancelled_quote_is_accepted_nowhere)
{
  held it = quote("a");
  cr_assert_str_eq(by_id(RL_REQUEST_CANCEL, &it, "c"), "");
  expect_everywhere(RL_REQUEST_ACCEPT, &it, "QUOTE_CANCELLED");
}

Test(lives, a_quote_cancelled_by_a_token_never_seen_is_accepted_nowhere)
{
  held it = never_seen_here("a");
  cr_expect_str_eq(by_id(RL_REQUEST_CANCEL, &it, "c"), "QUOTE_UNKNOWN");
  cr_assert_str_eq(by_token(RL_REQUEST_CANCEL, &it, "c"), "");
  cr_expect_str_eq(by_id(RL_REQUEST_CANCEL, &it, "c"), "", "the same, by id");
  expect_everywhere(RL_REQUEST_ACCEPT, &it, "QUOTE_CANCELLED");
}

Test(lives, a_consumed_quote_is_cancelled_nowhere)
{
  held it = quote("a"), unseen = never_seen_here("b");
  cr_assert_str_eq(by_id(RL_REQUEST_ACCEPT, &it, "x"), "");
  cr_assert_str_eq(by_token(RL_REQUEST_ACCEPT, &unseen, "y"), "");
  expect_everywhere(RL_REQUEST_CANCEL, &it, "QUOTE_CONSUMED");
  expect_everywhere(RL_REQUEST_CANCEL, &unseen, "QUOTE_CONSUMED");
}

Test(lives, a_revoked_quote_is_accepted_and_cancelled_nowhere)
{
  held it = quote("a");
  rl_request request = revoke_all("v");
  revoke(&request);
  expect_everywhere(RL_REQUEST_ACCEPT, &it, "QUOTE_REVOKED");
  expect_everywhere(RL_REQUEST_CANCEL, &it, "QUOTE_REVOKED");
}

Test(lives, an_expired_quote_is_cancelled_nowhere)
{
  held it = quote("a");
  wait_ns((30000 + RL_WALL_SKEW_MS) * RL_NS_PER_MS);
  expect_everywhere(RL_REQUEST_CANCEL, &it, "QUOTE_EXPIRED");
}

Test(lives, a_cancel_repeats_its_receipt_byte_for_byte_everywhere)
{
  static uint8_t first[RL_REPLY_MAX];
  held it = quote("a");
  rl_request request = rl_test_end_request(RL_REQUEST_CANCEL, it.id, "c");
  size_t first_size, size;
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &first_size);
  memcpy(first, reply, first_size);
  cr_assert(rl_reply_bool(first, first_size, "ok"));
  for (unsigned place = 0; place < 3; place++) {
    wait_ns(40000 * RL_NS_PER_MS); /* its time is over, too */
    reply = rl_test_ask(&engine, "shop", &request, &size);
    cr_assert_eq(size, first_size);
    cr_assert_arr_eq(reply, first, size);
    rl_test_engine_restart(&engine, place == 1);
  }
}

Test(lives, halves_of_a_two_way_quote_end_each_by_itself)
{
  rl_request request = rl_test_quote_request("EUR", "USD", RL_FIXED_SOURCE, 1000, "t");
  request.kind = RL_REQUEST_TWO_WAY;
  held sell, buy;
  size_t size;
  static uint8_t first[2 * RL_REPLY_MAX];
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  memcpy(first, reply, size);
  rl_reply_text(reply, size, "sell.quote", sell.id);
  rl_reply_text(reply, size, "buy.quote", buy.id);
  cr_expect_str_eq(by_id(RL_REQUEST_ACCEPT, &sell, "x"), "");
  expect_locks(1);
  cr_expect_str_eq(by_id(RL_REQUEST_ACCEPT, &buy, "x"), "KEY_REUSED");
  cr_expect_str_eq(by_id(RL_REQUEST_CANCEL, &buy, "x"), "", "another operation");
  expect_locks(0);
  cr_expect_str_eq(by_id(RL_REQUEST_CANCEL, &sell, "y"), "QUOTE_CONSUMED");
  cr_expect_str_eq(by_id(RL_REQUEST_ACCEPT, &buy, "y"), "QUOTE_CANCELLED");
  reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_expect_arr_eq(reply, first, size, "the create again: what it was");
}

/* --- a copy --- */

/* In the place of the file that the engine has open: the next start finds another file. */
static void put_a_copy_in_place(void)
{
  static char bytes[1 << 20];
  char path[128], beside[136];
  size_t size;
  snprintf(path, sizeof path, "%s/store.mdb", engine.directory);
  snprintf(beside, sizeof beside, "%s.copy", path);
  FILE *from = fopen(path, "re"), *to = fopen(beside, "we");
  cr_assert(from && to);
  while ((size = fread(bytes, 1, sizeof bytes, from)) > 0)
    cr_assert_eq(fwrite(bytes, 1, size, to), size);
  fclose(from);
  cr_assert_eq(fclose(to), 0);
  cr_assert_eq(rename(beside, path), 0);
}

Test(lives, a_copied_store_gives_nobody_a_quote_that_it_does_not_honour)
{
  held it = quote("a");
  cr_assert_str_eq(by_id(RL_REQUEST_ACCEPT, &it, "other"), "", "its record is on disk");
  held open = quote("b");
  cr_assert_str_eq(by_id(RL_REQUEST_SHOW, &open, ""), "");
  put_a_copy_in_place();
  rl_test_engine_restart(&engine, false);
  rl_test_engine_tick(&engine);
  cr_assert(rl_store_was_copied(engine.store));
  expect_locks(0);
  cr_expect_str_eq(by_id(RL_REQUEST_ACCEPT, &open, "k"), "WRONG_STORE");
  cr_expect_str_eq(by_token(RL_REQUEST_ACCEPT, &open, "k"), "WRONG_STORE");
  held again = quote("b");
  cr_expect_str_neq(again.id, open.id, "priced anew, by a store that honours it");
  cr_expect_str_eq(by_id(RL_REQUEST_ACCEPT, &again, "k"), "");
}
