/* Movements posted through a whole engine, and the middles it gives to value them at. */
#include "support/engine.h"
#include "support/movements.h"

#include <criterion/criterion.h>
#include <string.h>

static rl_test_engine engine;
static char id[256];

static void setup(void)
{
  rl_test_engine_start(&engine);
  rl_test_engine_tick(&engine);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "create");
  size_t size;
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  rl_reply_text(reply, size, "quote", id);
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(service_ledger, .init = setup, .fini = teardown);

static rl_request posting(rl_movement movement, const char *key)
{
  rl_request request = {.kind = RL_REQUEST_POST, .movement = movement};
  memcpy(request.key, key, strlen(key) + 1);
  return request;
}

static rl_movement refund_of(const char *text)
{
  rl_movement movement = {.kind = RL_TRANSACTION_REFUND};
  cr_assert_eq(rl_quote_id_parse(text, strlen(text), &movement.quote), RL_OK);
  return movement;
}

static void accept(void)
{
  rl_request request = rl_test_end_request(RL_REQUEST_ACCEPT, id, "pay");
  size_t size;
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
}

static int64_t expect_posted(rl_movement movement, const char *key)
{
  rl_request request = posting(movement, key);
  size_t size;
  const uint8_t *reply = rl_test_ask(&engine, "operator", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  return rl_reply_int(reply, size, "transaction");
}

static void expect_refused(const char *client, rl_movement movement, const char *key,
                           const char *code)
{
  rl_request request = posting(movement, key);
  size_t size;
  char text[256];
  const uint8_t *reply = rl_test_ask(&engine, client, &request, &size);
  cr_assert_not(rl_reply_bool(reply, size, "ok"));
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), code);
}

Test(service_ledger, movement_is_posted_with_a_number_of_its_own)
{
  cr_expect_eq(expect_posted(a_settlement(), "a"), 1);
  cr_expect_eq(expect_posted(a_hedge(), "b"), 2);
  accept();
  cr_expect_eq(expect_posted(refund_of(id), "c"), 4);
}

Test(service_ledger, answer_says_what_was_posted)
{
  rl_request request = posting(a_settlement(), "k");
  size_t size;
  char text[256];
  const uint8_t *reply = rl_test_ask(&engine, "operator", &request, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, "kind", text), "settlement");
  cr_expect_str_eq(rl_reply_text(reply, size, "by", text), "operator");
  cr_expect_str_eq(rl_reply_text(reply, size, "key", text), "k");
  cr_expect_str_eq(rl_reply_text(reply, size, "value_date", text), "2026-11-24");
  cr_expect_eq(rl_reply_int(reply, size, "posted_at"), rl_clock_read(&engine.clock).utc.ms);
}

/* The first answer to a request, and that of its repeat after `between`. */
static void expect_same_answer(const rl_request *request, void (*between)(void))
{
  static uint8_t first[RL_REPLY_MAX];
  size_t first_size, size;
  const uint8_t *reply = rl_test_ask(&engine, "operator", request, &first_size);
  memcpy(first, reply, first_size);
  cr_assert(rl_reply_bool(first, first_size, "ok"));
  between();
  const uint8_t *again = rl_test_ask(&engine, "operator", request, &size);
  cr_assert_eq(size, first_size);
  cr_expect_eq(memcmp(first, again, size), 0, "another answer");
}

static void a_second_later(void)
{
  rl_manual_clock_advance_ns(&engine.manual, 1000 * RL_NS_PER_MS);
}

static void restart(void)
{
  rl_test_engine_restart(&engine, true);
}

Test(service_ledger, same_key_and_body_get_the_same_bytes_for_all_kinds)
{
  accept();
  rl_request settlement = posting(a_settlement(), "a"), hedge = posting(a_hedge(), "b");
  rl_request refund = posting(refund_of(id), "c");
  expect_same_answer(&settlement, a_second_later);
  expect_same_answer(&hedge, a_second_later);
  expect_same_answer(&refund, restart);
  expect_same_answer(&settlement, restart);
}

Test(service_ledger, same_key_with_another_body_is_refused)
{
  rl_movement other = a_settlement();
  other.amount.minor++;
  (void)expect_posted(a_settlement(), "k");
  expect_refused("operator", other, "k", "KEY_REUSED");
  restart();
  expect_refused("operator", other, "k", "KEY_REUSED");
  cr_expect_eq(expect_posted(other, "l"), 2);
}

Test(service_ledger, who_is_no_operator_posts_nothing)
{
  expect_refused("shop", a_settlement(), "k", "FORBIDDEN");
  cr_expect_eq(expect_posted(a_settlement(), "k"), 1);
}

/* FORBIDDEN stands before the refusals of amounts and currencies. */
Test(service_ledger, who_is_no_operator_is_not_told_about_amounts)
{
  rl_movement movement = a_settlement();
  movement.amount.minor = RL_AMOUNT_MAX + 1;
  expect_refused("shop", movement, "k", "FORBIDDEN");
  expect_refused("operator", movement, "k", "AMOUNT_OUT_OF_RANGE");
}

Test(service_ledger, refund_needs_an_accepted_quote_and_is_done_once)
{
  expect_refused("operator", refund_of("01ARZ3NDEKTSV4RRFFQ69G5FAV"), "a", "QUOTE_UNKNOWN");
  expect_refused("operator", refund_of(id), "b", "QUOTE_NOT_CONSUMED");
  accept();
  /* A refusal is not kept: the same key tries afresh. */
  cr_expect_eq(expect_posted(refund_of(id), "b"), 2);
  expect_refused("operator", refund_of(id), "c", "QUOTE_REFUNDED");
  cr_expect_eq(expect_posted(refund_of(id), "b"), 2);
}

/* --- exports --- */

static const uint8_t *ask_exported(const char *client, int64_t since_ms, int64_t before_ms,
                                   size_t *size)
{
  rl_request request = {.kind = RL_REQUEST_EXPORTED, .since_ms = since_ms,
                        .before_ms = before_ms};
  return rl_test_ask(&engine, client, &request, size);
}

static void expect_not_exported(const char *client, int64_t since_ms, int64_t before_ms,
                                const char *code, const char *path)
{
  size_t size;
  char text[256];
  const uint8_t *reply = ask_exported(client, since_ms, before_ms, &size);
  cr_assert_not(rl_reply_bool(reply, size, "ok"));
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), code);
  if (path)
    cr_expect_str_eq(rl_reply_text(reply, size, "path", text), path);
}

Test(service_ledger, export_moves_the_mark_and_never_back_and_leaves_no_gap)
{
  int64_t settled_ms = rl_clock_read(&engine.clock).utc.ms - (int64_t)RL_SETTLED_MS;
  size_t size;
  expect_not_exported("shop", 0, settled_ms, "FORBIDDEN", NULL);
  expect_not_exported("operator", 0, settled_ms + 1, "INVALID_FIELD", "before");
  expect_not_exported("operator", 1, settled_ms, "INVALID_FIELD", "since");
  expect_not_exported("operator", 2, 1, "INVALID_FIELD", "before");
  const uint8_t *reply = ask_exported("operator", 0, settled_ms, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  cr_expect_eq(rl_reply_int(reply, size, "exported_before"), settled_ms);
  cr_expect_eq(rl_reply_int(reply, size, "kept_from"), 0);
  reply = ask_exported("operator", 0, settled_ms - 1, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  cr_expect_eq(rl_reply_int(reply, size, "exported_before"), settled_ms);
}

/* --- mids --- */

static rl_request mids(const char *to, unsigned count, const char *const *from)
{
  rl_request request = {.kind = RL_REQUEST_MIDS, .to = rl_test_currency(to)};
  for (unsigned i = 0; i < count; i++)
    request.currencies[request.currency_count++] = rl_test_currency(from[i]);
  return request;
}

Test(service_ledger, mids_are_exact_and_go_by_the_market_alone)
{
  static const char *const from[] = {"USD", "KWD", "EUR"};
  rl_request request = mids("EUR", 3, from);
  size_t size;
  char text[256];
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  cr_expect_str_eq(rl_reply_text(reply, size, "to", text), "EUR");
  cr_expect_eq(rl_reply_int(reply, size, "at"), rl_clock_read(&engine.clock).utc.ms);
  /* The legs of the first item: EURUSD 1.125180/1.125220 the other way round. */
  static const char legs[] =
    "\xa4" "pair\xa6" "EURUSD\xa8" "inverted\xc3\xa3" "mid\xa9" "1.1252000";
  cr_expect_not_null(memmem(reply, size, legs, sizeof legs - 1));
  cr_expect_not_null(memmem(reply, size, "UNKNOWN_PAIR", 12));
  cr_expect_not_null(memmem(reply, size, "SAME_CURRENCY", 13));
}

Test(service_ledger, stale_market_has_no_mids)
{
  static const char *const from[] = {"USD"};
  rl_request request = mids("EUR", 1, from);
  size_t size;
  rl_manual_clock_advance_ns(&engine.manual, 3600ll * 1000 * RL_NS_PER_MS);
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  cr_expect_not_null(memmem(reply, size, "STALE_RATE", 10));
}

/* --- what was let go --- */

static void let_go_of_the_quote(void)
{
  rl_job look = {.kind = RL_JOB_SHOW};
  size_t size;
  engine.keep_ms = RL_KEEP_MIN_MS;
  rl_test_engine_restart(&engine, false);
  rl_manual_clock_advance_ns(&engine.manual, 30 * (int64_t)RL_DAY_MS * RL_NS_PER_MS);
  int64_t settled_ms = rl_clock_read(&engine.clock).utc.ms - (int64_t)RL_SETTLED_MS;
  const uint8_t *reply = ask_exported("operator", 0, settled_ms, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  rl_store_retain(engine.store);
  for (int i = 0; i < 2; i++)
    rl_test_run_job(&engine, &look);
  cr_assert_gt(rl_store_kept_from(engine.store), 0);
}

static void expect_unknown(const rl_request *request, const char *client, bool says_why)
{
  static const char why[] = "record was let go";
  size_t size;
  char text[256];
  const uint8_t *reply = rl_test_ask(&engine, client, request, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), "QUOTE_UNKNOWN");
  cr_expect_eq(memmem(reply, size, why, sizeof why - 1) != NULL, says_why, "%s", client);
}

Test(service_ledger, quote_that_was_let_go_is_unknown_and_the_refusal_says_why)
{
  static const rl_request_kind kinds[] = {RL_REQUEST_SHOW, RL_REQUEST_ACCEPT, RL_REQUEST_CANCEL};
  static const uint8_t lowest[10];
  char first_kept[RL_QUOTE_ID_TEXT_SIZE];
  let_go_of_the_quote();
  rl_utc kept_from = {rl_store_kept_from(engine.store)};
  rl_quote_id_format(rl_quote_id_make(kept_from, lowest), first_kept);
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    rl_request request = rl_test_end_request(kinds[i], id, "late");
    expect_unknown(&request, "shop", true);
    expect_unknown(&request, "other", true);
    request = rl_test_end_request(kinds[i], first_kept, "late");
    expect_unknown(&request, "shop", false);
  }
  rl_request refund = posting(refund_of(id), "back");
  expect_unknown(&refund, "operator", true);
  refund = posting(refund_of(first_kept), "back");
  expect_unknown(&refund, "operator", false);
}
