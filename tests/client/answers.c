/* Any bytes as an answer: read whole, or not at all. */
#include "client/answer.h"
#include "status/limits.h"
#include "wire/msgpack.h"

#include <criterion/criterion.h>
#include <string.h>

#define ID "01ARZ3NDEKTSV4RRFFQ69G5FAV"

typedef struct built {
  uint8_t bytes[4096];
  size_t size;
} built;

/* Which part of a sound answer is changed, and how. */
typedef struct answer_change {
  const char *leave_out;
  const char *twice;
  const char *as_number;
  const char *as_text;
  const char *as_nil;
  size_t token_size;
  const char *id;
} answer_change;

static bool is(const char *left, const char *right)
{
  return left && strcmp(left, right) == 0;
}

static void put_value(rl_writer *writer, const char *key, const answer_change *change)
{
  static const uint8_t token[RL_TOKEN_MAX + 1] = {1, 2, 3};
  static const char *const texts[] = {"from", "USD", "to", "EUR", "client_rate", "1.1297008",
                                      "pair", "EURUSD", "state", "consumed",
                                      "disclosure_rate", "1.13", "value_date", "2026-11-24"};
  if (is(change->as_number, key))
    rl_pack_u64(writer, 5);
  else if (is(change->as_text, key))
    rl_pack_text(writer, "5");
  else if (is(change->as_nil, key))
    rl_pack_nil(writer);
  else if (is(key, "ok"))
    rl_pack_bool(writer, true);
  else if (is(key, "quote"))
    rl_pack_text(writer, change->id ? change->id : ID);
  else if (is(key, "token"))
    rl_pack_binary(writer, token, change->token_size ? change->token_size : 200);
  else {
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i += 2) {
      if (is(key, texts[i])) {
        rl_pack_text(writer, texts[i + 1]);
        return;
      }
    }
    rl_pack_i64(writer, 1000 + key[0]);
  }
}

static built build(const char *const *keys, size_t count, const answer_change *change)
{
  built out;
  uint32_t pairs = (uint32_t)count - (change->leave_out != NULL) + (change->twice != NULL);
  rl_writer writer = rl_writer_over(out.bytes, sizeof out.bytes);
  rl_pack_map(&writer, pairs);
  for (size_t i = 0; i < count; i++) {
    if (is(change->leave_out, keys[i]))
      continue;
    for (int times = is(change->twice, keys[i]) ? 2 : 1; times > 0; times--) {
      rl_pack_text(&writer, keys[i]);
      put_value(&writer, keys[i], change);
    }
  }
  cr_assert_not(writer.failed);
  out.size = writer.used;
  return out;
}

static const char *const quote_keys[] = {
  "ok", "news", "quote", "from", "to", "pair", "charge", "source", "fee_total_source",
  "fee_total_target", "target", "total_cost", "client_rate", "disclosure_rate", "issued_at",
  "expires_at", "value_date", "token",
};
#define QUOTE_KEYS (sizeof quote_keys / sizeof quote_keys[0])

static built build_quote(answer_change change)
{
  return build(quote_keys, QUOTE_KEYS, &change);
}

static bool reads(built answer, rl_client_quote *out)
{
  return rl_answer_quote(answer.bytes, answer.size, out);
}

static void expect_no_answer(const void *bytes, size_t size)
{
  rl_client_quote quote;
  rl_client_receipt receipt;
  memset(&quote, 0x55, sizeof quote);
  memset(&receipt, 0x55, sizeof receipt);
  rl_client_quote quote_before = quote;
  rl_client_receipt receipt_before = receipt;
  cr_assert_not(rl_answer_quote(bytes, size, &quote));
  cr_assert_not(rl_answer_receipt(bytes, size, &receipt));
  cr_assert_eq(memcmp(&quote, &quote_before, sizeof quote), 0);
  cr_assert_eq(memcmp(&receipt, &receipt_before, sizeof receipt), 0);
}

Test(client_answers, quote_is_read_whole)
{
  rl_client_quote quote;
  cr_assert(reads(build_quote((answer_change){0}), &quote));
  cr_assert_eq(quote.refusal.number, 0);
  cr_assert_str_eq(quote.quote, ID);
  cr_assert_str_eq(quote.from, "USD");
  cr_assert_str_eq(quote.to, "EUR");
  cr_assert_str_eq(quote.pair, "EURUSD");
  cr_assert_str_eq(quote.client_rate, "1.1297008");
  cr_assert_eq(quote.charge_minor, 1000 + 'c');
  cr_assert_eq(quote.source_minor, 1000 + 's');
  cr_assert_eq(quote.target_minor, 1000 + 't');
  cr_assert_eq(quote.total_cost_minor, 1000 + 't');
  cr_assert_str_eq(quote.disclosure_rate, "1.13");
  cr_assert_eq(quote.expires_utc_ms, 1000 + 'e');
  cr_assert_eq(quote.token_size, 200);
  cr_assert_eq(memcmp(quote.token, "\1\2\3", 4), 0);
}

Test(client_answers, field_left_out_given_twice_or_of_another_type_is_no_answer)
{
  rl_client_quote quote;
  for (size_t i = 0; i < QUOTE_KEYS; i++) {
    const char *key = quote_keys[i];
    bool known = strcmp(key, "news") != 0;
    cr_assert_eq(reads(build_quote((answer_change){.leave_out = key}), &quote), !known, "%s", key);
    cr_assert_eq(reads(build_quote((answer_change){.twice = key}), &quote), !known, "%s", key);
    bool number = reads(build_quote((answer_change){.as_number = key}), &quote);
    bool text = reads(build_quote((answer_change){.as_text = key}), &quote);
    cr_assert(number + text == (known ? 1 : 2) || strcmp(key, "ok") == 0 ||
              strcmp(key, "token") == 0, "%s", key);
  }
  cr_assert_not(reads(build_quote((answer_change){.as_number = "token"}), &quote));
  cr_assert_not(reads(build_quote((answer_change){.as_text = "ok"}), &quote));
}

Test(client_answers, only_what_may_be_unknown_may_be_nil)
{
  rl_client_quote quote;
  for (size_t i = 0; i < QUOTE_KEYS; i++) {
    const char *key = quote_keys[i];
    bool may = is(key, "news") || is(key, "disclosure_rate") || is(key, "value_date");
    cr_assert_eq(reads(build_quote((answer_change){.as_nil = key}), &quote), may, "%s", key);
  }
  cr_assert(reads(build_quote((answer_change){.as_nil = "disclosure_rate"}), &quote));
  cr_assert_str_eq(quote.disclosure_rate, "");
  cr_assert_str_eq(quote.value_date, "2026-11-24");
}

Test(client_answers, token_and_id_fit_to_the_byte)
{
  rl_client_quote quote;
  cr_assert(reads(build_quote((answer_change){.token_size = RL_TOKEN_MAX}), &quote));
  cr_assert_eq(quote.token_size, RL_TOKEN_MAX);
  cr_assert_not(reads(build_quote((answer_change){.token_size = RL_TOKEN_MAX + 1}), &quote));
  cr_assert_not(reads(build_quote((answer_change){.id = ID "A"}), &quote));
}

Test(client_answers, answer_cut_short_anywhere_or_too_long_is_no_answer)
{
  built whole = build_quote((answer_change){0});
  for (size_t size = 0; size < whole.size; size++)
    expect_no_answer(whole.bytes, size);
  whole.bytes[whole.size] = 0xc0;
  expect_no_answer(whole.bytes, whole.size + 1);
}

Test(client_answers, bytes_that_are_no_map_are_no_answer)
{
  expect_no_answer("", 0);
  expect_no_answer("\xc0", 1);
  expect_no_answer("\x90", 1);
  expect_no_answer("\x80", 1);
  expect_no_answer("\xdf\xff\xff\xff\xff", 5);
  expect_no_answer("\xdd\xff\x00\x00\x00", 5);
}

static built build_refusal(int64_t number, const char *code, size_t message_length)
{
  built out;
  char message[512];
  memset(message, 'm', sizeof message);
  rl_writer writer = rl_writer_over(out.bytes, sizeof out.bytes);
  rl_pack_map(&writer, 6);
  rl_pack_text(&writer, "number");
  rl_pack_i64(&writer, number);
  rl_pack_text(&writer, "ok");
  rl_pack_bool(&writer, false);
  rl_pack_text(&writer, "code");
  rl_pack_text(&writer, code);
  rl_pack_text(&writer, "message");
  rl_pack_text_span(&writer, message, message_length);
  rl_pack_text(&writer, "retry");
  rl_pack_text(&writer, "later");
  rl_pack_text(&writer, "retry_after_ms");
  rl_pack_u64(&writer, 500);
  out.size = writer.used;
  return out;
}

Test(client_answers, refusal_is_read_with_its_retry)
{
  rl_client_quote quote;
  cr_assert(reads(build_refusal(32, "STALE_RATE", 20), &quote));
  cr_assert_eq(quote.refusal.number, 32);
  cr_assert_str_eq(quote.refusal.code, "STALE_RATE");
  cr_assert_str_eq(quote.refusal.retry, "later");
  cr_assert_eq(quote.refusal.retry_after_ms, 500);
  cr_assert_eq(strlen(quote.refusal.message), 20);
  cr_assert_eq(quote.token_size, 0);
  built receipt_answer = build_refusal(57, "QUOTE_EXPIRED", 3);
  rl_client_receipt receipt;
  cr_assert(rl_answer_receipt(receipt_answer.bytes, receipt_answer.size, &receipt));
  cr_assert_eq(receipt.refusal.number, 57);
}

Test(client_answers, message_for_people_is_cut_to_fit)
{
  rl_client_quote quote;
  cr_assert(reads(build_refusal(32, "STALE_RATE", 400), &quote));
  cr_assert_eq(strlen(quote.refusal.message), sizeof quote.refusal.message - 1);
}

Test(client_answers, refusal_without_a_number_of_its_own_is_no_answer)
{
  rl_client_quote quote;
  cr_assert_not(reads(build_refusal(0, "NONE", 1), &quote));
  cr_assert_not(reads(build_refusal(-1, "NONE", 1), &quote));
  cr_assert_not(reads(build_refusal(1ll << 31, "NONE", 1), &quote));
  cr_assert_not(reads(build_refusal(1, "A_CODE_THAT_IS_MUCH_TOO_LONG_FOR_IT", 1), &quote));
}

Test(client_answers, receipt_is_read_whole)
{
  const char *const keys[] = {"ok", "quote", "state", "at", "charge", "target"};
  built answer = build(keys, 6, &(answer_change){0});
  rl_client_receipt receipt;
  cr_assert(rl_answer_receipt(answer.bytes, answer.size, &receipt));
  cr_assert_str_eq(receipt.quote, ID);
  cr_assert_str_eq(receipt.state, "consumed");
  cr_assert_eq(receipt.at_utc_ms, 1000 + 'a');
  cr_assert_eq(receipt.charge_minor, 1000 + 'c');
  cr_assert_eq(receipt.target_minor, 1000 + 't');
}
