/* Indicative prices and matrices: the price of a quote, and nothing else of it. */
#include "status/words.h"
#include "store/private.h"
#include "support/engine.h"
#include "support/failing.h"

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

TestSuite(indicative, .init = setup, .fini = teardown);

/* Of the last reply. */
static size_t size;

static const uint8_t *ask(const rl_request *request)
{
  return rl_test_ask(&engine, "shop", request, &size);
}

static rl_request indicative_request(int64_t amount_minor)
{
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, amount_minor, "");
  request.kind = RL_REQUEST_INDICATIVE;
  return request;
}

static rl_currency currency(const char *code)
{
  rl_currency found = RL_CURRENCY_NONE;
  cr_assert_eq(rl_currency_find(code, 3, &found), RL_OK);
  return found;
}

static rl_request matrix_request(const char *to, const char *const *codes, unsigned count)
{
  rl_request request = {.kind = RL_REQUEST_MATRIX,
                        .to = currency(to),
                        .currency_count = count,
                        .price = {.fixed = RL_FIXED_TARGET, .amount_minor = 100000}};
  for (unsigned i = 0; i < count; i++)
    request.currencies[i] = currency(codes[i]);
  return request;
}

/* The value of a key in a map of `whole` bytes; an empty span where it has none. */
static rl_span value_of(const uint8_t *map, size_t whole, const char *key)
{
  rl_unpacker unpacker = rl_unpacker_over(map, whole);
  uint32_t pairs;
  const char *text;
  size_t length;
  cr_assert(rl_unpack_map(&unpacker, &pairs));
  for (uint32_t i = 0; i < pairs && rl_unpack_text(&unpacker, &text, &length); i++) {
    size_t start = unpacker.reader.used;
    cr_assert(rl_unpack_skip(&unpacker, RL_DEPTH_MAX));
    if (length == strlen(key) && memcmp(text, key, length) == 0)
      return (rl_span){(const char *)map + start, unpacker.reader.used - start};
  }
  return (rl_span){0};
}

static bool has_key(const uint8_t *reply, const char *key)
{
  return value_of(reply, size, key).length > 0;
}

Test(indicative, legs_are_shown_as_on_a_quote)
{
  static uint8_t told[RL_REPLY_MAX];
  rl_request request = indicative_request(100000);
  rl_request firm = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "k");
  const uint8_t *reply = ask(&request);
  rl_span legs = value_of(reply, size, "legs");
  cr_assert_gt(legs.length, 0);
  memcpy(told, legs.text, legs.length);
  reply = ask(&firm);
  rl_span same = value_of(reply, size, "legs");
  cr_assert_eq(same.length, legs.length);
  cr_assert_arr_eq(same.text, told, same.length);
}

Test(indicative, price_is_that_of_a_quote_and_nothing_is_held)
{
  static const char *const amounts[] = {"charge", "net", "gross", "target", "total_cost"};
  int64_t told[5];
  rl_request request = indicative_request(100000);
  const uint8_t *reply = ask(&request);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  cr_expect_not(rl_reply_bool(reply, size, "firm"));
  cr_expect_eq(rl_reply_int(reply, size, "at"), rl_clock_read(&engine.clock).utc.ms);
  cr_expect_not(has_key(reply, "quote") || has_key(reply, "token") || has_key(reply, "expires_at"));
  for (unsigned i = 0; i < 5; i++)
    told[i] = rl_reply_int(reply, size, amounts[i]);
  rl_request look = {.kind = RL_REQUEST_STATS};
  reply = ask(&look);
  cr_expect_eq(rl_reply_int(reply, size, "indicative_prices"), 1);
  cr_expect_eq(rl_reply_int(reply, size, "locks_held"), 0);
  cr_expect_eq(rl_reply_int(reply, size, "quotes_issued"), 0);
  rl_request firm = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "k");
  reply = ask(&firm);
  cr_expect(rl_reply_bool(reply, size, "firm"));
  for (unsigned i = 0; i < 5; i++)
    cr_expect_eq(rl_reply_int(reply, size, amounts[i]), told[i], "%s", amounts[i]);
}

Test(indicative, premium_is_that_of_the_lock_asked_for)
{
  char text[256];
  rl_request request = indicative_request(100000);
  request.price.ttl_ms = 3600000;
  const uint8_t *reply = ask(&request);
  cr_expect_eq(rl_reply_int(reply, size, "ttl_ms"), 3600000);
  cr_expect_str_eq(rl_reply_text(reply, size, "lock_premium_bps", text), "12.5");
}

Test(indicative, refusal_is_that_of_a_quote)
{
  char text[256];
  rl_request request = indicative_request(1);
  const uint8_t *reply = ask(&request);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), "FEES_EXCEED_AMOUNT");
  cr_expect_str_eq(rl_reply_text(reply, size, "from", text), "USD");
}

static void expect_only_indicative(rl_status disk_says, const char *refusal)
{
  char text[256];
  rl_request kept = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "before");
  rl_request firm = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "after");
  const uint8_t *reply = ask(&kept);
  rl_reply_text(reply, size, "quote", text);
  rl_test_fail_commits(engine.store->tables, disk_says, 100);
  rl_request take = rl_test_end_request(RL_REQUEST_ACCEPT, text, "accept");
  reply = ask(&take);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), refusal);
  reply = ask(&firm);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", text), refusal);
  rl_request request = indicative_request(100000);
  cr_expect(rl_reply_bool(ask(&request), size, "ok"));
  rl_request many = matrix_request("EUR", (const char *const[]){"USD"}, 1);
  cr_expect(rl_reply_bool(ask(&many), size, "ok"));
}

Test(indicative, price_is_given_when_the_store_has_no_space)
{
  expect_only_indicative(RL_NO_SPACE, "STORE_READ_ONLY");
}

Test(indicative, price_is_given_when_the_store_has_failed)
{
  expect_only_indicative(RL_IO, "STORE_FAILED");
}

/* The item's own bytes; their size becomes that of the last reply. */
static const uint8_t *item_of(const uint8_t *reply, size_t whole, unsigned index)
{
  rl_span items = value_of(reply, whole, "items");
  return rl_reply_item((const uint8_t *)items.text, items.length, index, &size);
}

Test(indicative, matrix_gives_each_currency_its_own_outcome_in_order)
{
  static const char *const codes[] = {"EUR", "SEK", "JPY", "USD"};
  static uint8_t reply[4 * RL_REPLY_MAX];
  char text[256];
  rl_request request = matrix_request("USD", codes, 4);
  const uint8_t *bytes = ask(&request);
  size_t whole = size;
  memcpy(reply, bytes, whole);
  cr_assert(rl_reply_bool(reply, whole, "ok"));
  cr_expect_str_eq(rl_reply_text(reply, whole, "to", text), "USD");
  cr_expect_eq(rl_reply_int(reply, whole, "amount"), 100000);
  const char *const refusals[] = {NULL, "NO_RATE", NULL, "SAME_CURRENCY"};
  for (unsigned i = 0; i < 4; i++) {
    const uint8_t *item = item_of(reply, whole, i);
    cr_expect_str_eq(rl_reply_text(item, size, "from", text), codes[i]);
    cr_expect_eq(rl_reply_bool(item, size, "ok"), refusals[i] == NULL);
    if (refusals[i]) {
      cr_expect_str_eq(rl_reply_text(item, size, "code", text), refusals[i]);
    } else {
      cr_expect_eq(rl_reply_int(item, size, "target"), 100000);
      cr_expect_not(rl_reply_bool(item, size, "firm"));
    }
  }
}

Test(indicative, matrix_row_is_the_indicative_price_bit_for_bit)
{
  static const char *const codes[] = {"GBP", "USD"};
  static uint8_t alone[RL_REPLY_MAX], reply[4 * RL_REPLY_MAX];
  rl_request one = rl_test_quote_request("USD", "EUR", RL_FIXED_TARGET, 100000, "");
  one.kind = RL_REQUEST_INDICATIVE;
  const uint8_t *bytes = ask(&one);
  size_t alone_size = size;
  memcpy(alone, bytes, alone_size);
  rl_request request = matrix_request("EUR", codes, 2);
  bytes = ask(&request);
  size_t whole = size;
  memcpy(reply, bytes, whole);
  const uint8_t *item = item_of(reply, whole, 1);
  cr_assert_eq(size, alone_size);
  cr_assert_arr_eq(item, alone, size);
}

Test(indicative, a_batch_of_matrices_is_bounded_and_the_rest_is_too_large)
{
  static uint8_t message[RL_MESSAGE_MAX];
  char text[256];
  rl_writer writer = rl_writer_over(message, sizeof message);
  rl_request request = {.kind = RL_REQUEST_MATRIX, .to = currency("EUR"),
                        .currency_count = RL_REQUEST_CURRENCIES_MAX,
                        .price = {.fixed = RL_FIXED_TARGET, .amount_minor = 100000}};
  for (unsigned i = 0; i < RL_REQUEST_CURRENCIES_MAX; i++)
    request.currencies[i].index = (uint8_t)(1 + i);
  rl_pack_array(&writer, RL_BATCH_MAX);
  for (unsigned i = 0; i < RL_BATCH_MAX; i++)
    rl_request_encode(&writer, &request);
  cr_assert_not(writer.failed);
  size_t whole, item_size;
  const uint8_t *reply = rl_test_exchange(&engine, "shop", message, writer.used, &whole);
  cr_expect_leq(whole, RL_BOARD_ANSWERS_MAX + (1u << 20));
  const uint8_t *item = rl_reply_item(reply, whole, 0, &item_size);
  cr_expect(rl_reply_bool(item, item_size, "ok"));
  item = rl_reply_item(reply, whole, RL_BATCH_MAX - 1, &item_size);
  cr_expect_str_eq(rl_reply_text(item, item_size, "code", text), "TOO_LARGE");
}
