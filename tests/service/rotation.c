/* Sealing keys that change under a whole engine. */
#include "seal/key_file.h"
#include "support/engine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_test_engine engine;

typedef struct locked {
  char id[256];
  uint8_t token[RL_TOKEN_MAX];
  size_t size;
} locked;

static void setup(void)
{
  rl_test_engine_start(&engine);
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(rotation, .init = setup, .fini = teardown);

static locked quote(rl_test_engine *of, const char *key, uint32_t ttl_ms)
{
  locked out = {.size = 0};
  size_t size;
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, key);
  request.price.ttl_ms = ttl_ms;
  rl_test_engine_tick(of);
  const uint8_t *reply = rl_test_ask(of, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  rl_reply_text(reply, size, "quote", out.id);
  out.size = rl_reply_binary(reply, size, "token", out.token, sizeof out.token);
  return out;
}

/* "" when it was accepted, else the refusal's code. */
static const char *accept(rl_test_engine *by, const locked *quote, const char *key)
{
  static char code[256];
  size_t size;
  rl_request request = {.kind = RL_REQUEST_ACCEPT, .token = quote->token,
                        .token_size = quote->size};
  snprintf(request.key, sizeof request.key, "%s", key);
  const uint8_t *reply = rl_test_ask(by, "shop", &request, &size);
  code[0] = '\0';
  return rl_reply_bool(reply, size, "ok") ? code : rl_reply_text(reply, size, "code", code);
}

static void rotate(bool compromised)
{
  char path[96];
  rl_error error = {0};
  bool changed = false;
  snprintf(path, sizeof path, "%s/" RL_KEY_FILE_NAME, engine.directory);
  rl_utc now = rl_clock_read(&engine.clock).utc;
  cr_assert_eq(rl_key_file_rotate(path, now, compromised, &error), RL_OK, "%s", error.text);
  cr_assert_eq(rl_service_refresh_keys(engine.service, &changed, &error), RL_OK);
  cr_assert(changed);
}

static void pass_ms(int64_t ms)
{
  rl_manual_clock_advance_ns(&engine.manual, ms * RL_NS_PER_MS);
}

Test(rotation, tokens_of_before_and_after_are_both_accepted)
{
  locked before = quote(&engine, "one", 0);
  rotate(false);
  pass_ms(RL_KEY_LEAD_MS - 1);
  locked last = quote(&engine, "two", 0);
  pass_ms(1);
  locked first = quote(&engine, "three", 0);
  cr_assert_eq(before.token[1], 1);
  cr_assert_eq(last.token[1], 1);
  cr_assert_eq(first.token[1], 2);
  cr_assert_str_eq(accept(&engine, &before, "a"), "");
  cr_assert_str_eq(accept(&engine, &last, "b"), "");
  cr_assert_str_eq(accept(&engine, &first, "c"), "");
}

Test(rotation, a_quote_repeated_behind_it_has_the_same_token)
{
  locked once = quote(&engine, "one", 0);
  rotate(false);
  pass_ms(RL_KEY_LEAD_MS);
  locked again = quote(&engine, "one", 0);
  cr_assert_str_eq(once.id, again.id);
  cr_assert_eq(once.size, again.size);
  cr_assert_arr_eq(once.token, again.token, once.size);
}

Test(rotation, is_in_force_after_a_restart_and_on_another_boot)
{
  locked before = quote(&engine, "one", 86400000);
  rotate(false);
  pass_ms(RL_KEY_LEAD_MS);
  locked after = quote(&engine, "two", 86400000);
  rl_test_engine_restart(&engine, false);
  cr_assert_str_eq(accept(&engine, &before, "a"), "");
  rl_test_engine_restart(&engine, true);
  cr_assert_str_eq(accept(&engine, &after, "b"), "");
  cr_assert_eq(quote(&engine, "three", 0).token[1], 2);
}

Test(rotation, the_longest_lock_is_accepted_to_its_end_behind_it)
{
  rotate(false);
  pass_ms(RL_KEY_LEAD_MS - 1);
  locked last = quote(&engine, "one", 86400000);
  locked other = quote(&engine, "two", 86400000);
  cr_assert_eq(last.token[1], 1);
  pass_ms(86400000 - 1);
  cr_assert_str_eq(accept(&engine, &last, "a"), "");
  pass_ms(1);
  cr_assert_str_eq(accept(&engine, &other, "b"), "QUOTE_EXPIRED");
}

Test(rotation, a_receipt_is_repeated_by_token_while_its_key_is_kept)
{
  rotate(false);
  pass_ms(RL_KEY_LEAD_MS - 1);
  locked last = quote(&engine, "one", 86400000);
  locked other = quote(&engine, "two", 86400000);
  pass_ms(86400000 - 1);
  cr_assert_str_eq(accept(&engine, &last, "a"), "");
  pass_ms(RL_END_KEY_MIN_MS - 1);
  cr_assert_str_eq(accept(&engine, &last, "a"), "");
  cr_assert_str_eq(accept(&engine, &other, "b"), "QUOTE_EXPIRED");
  pass_ms(RL_WALL_SKEW_MS + 2);
  cr_assert_str_eq(accept(&engine, &last, "a"), "");
  pass_ms(1);
  cr_assert_str_eq(accept(&engine, &last, "a"), "TOKEN_INVALID");
}

Test(rotation, a_wall_clock_set_back_seals_and_accepts_still)
{
  pass_ms(7200000);
  rotate(false);
  pass_ms(RL_KEY_LEAD_MS);
  locked after = quote(&engine, "one", 0);
  engine.manual.utc_ms -= 3600000;
  locked back = quote(&engine, "two", 0);
  cr_assert_eq(after.token[1], 2);
  cr_assert_eq(back.token[1], 1);
  cr_assert_str_eq(accept(&engine, &after, "a"), "");
  cr_assert_str_eq(accept(&engine, &back, "b"), "");
}

Test(rotation, of_compromised_keys_voids_their_tokens_and_no_quote)
{
  locked open = quote(&engine, "one", 0);
  rotate(true);
  cr_assert_str_eq(accept(&engine, &open, "a"), "TOKEN_INVALID");
  locked again = quote(&engine, "one", 0);
  cr_assert_str_eq(again.id, open.id);
  cr_assert_str_eq(accept(&engine, &again, "a"), "");
}

Test(rotation, a_broken_file_changes_nothing)
{
  char path[96];
  bool changed = false;
  rl_error error = {0};
  locked open = quote(&engine, "one", 0);
  snprintf(path, sizeof path, "%s/" RL_KEY_FILE_NAME, engine.directory);
  FILE *file = fopen(path, "w");
  cr_assert(file && fputs("ratelock-key 2 1\n", file) >= 0 && fclose(file) == 0);
  cr_assert_eq(rl_service_refresh_keys(engine.service, &changed, &error), RL_CORRUPT);
  cr_assert_str_eq(error.file, path);
  cr_assert_str_eq(accept(&engine, &open, "a"), "");
}
