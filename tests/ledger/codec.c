#include "support/movements.h"

#include <criterion/criterion.h>
#include <string.h>

/* Of any kind. */
static rl_transaction transaction_of(rl_random *random)
{
  rl_quote quote;
  rl_transaction sale, moved;
  rl_random_quote(random, &quote);
  int64_t posted_utc_ms = rl_random_between(random, 0, 4000000000000);
  rl_ledger_post(&quote, posted_utc_ms, &sale);
  rl_transaction_kind kind = (rl_transaction_kind)rl_random_between(random, 1, 4);
  if (kind == RL_TRANSACTION_SALE)
    return sale;
  rl_movement movement = random_movement(random, kind, quote.id);
  const rl_transaction *of = kind == RL_TRANSACTION_REFUND ? &sale : NULL;
  cr_assert_eq(rl_ledger_move(&movement, of, "desk", "key-1", posted_utc_ms, &moved), RL_OK);
  return moved;
}

static void expect_same(const rl_transaction *left, const rl_transaction *right)
{
  cr_assert(rl_quote_id_equal(left->quote, right->quote));
  cr_assert_eq(left->posted_utc_ms, right->posted_utc_ms);
  cr_assert_eq(left->kind, right->kind);
  cr_assert_eq(left->value_day, right->value_day);
  cr_assert_str_eq(left->by, right->by);
  cr_assert_str_eq(left->key, right->key);
  cr_assert_str_eq(left->reference, right->reference);
  cr_assert_eq(left->posting_count, right->posting_count);
  for (unsigned i = 0; i < left->posting_count; i++) {
    const rl_posting *a = &left->postings[i], *b = &right->postings[i];
    cr_assert_eq(a->account, b->account);
    cr_assert_str_eq(a->name, b->name);
    cr_assert_eq(a->amount.minor, b->amount.minor);
    cr_assert(rl_currency_equal(a->amount.currency, b->amount.currency));
  }
}

Test(ledger_codec, bytes_give_back_every_posting)
{
  rl_random random = rl_random_from(rl_test_seed("transaction"));
  for (int i = 0; i < 3000; i++) {
    rl_transaction transaction = transaction_of(&random), back;
    uint8_t bytes[RL_TRANSACTION_MAX];
    size_t size = rl_transaction_encode(&transaction, bytes);
    cr_assert_eq(rl_transaction_decode(bytes, size, &back), RL_OK);
    expect_same(&transaction, &back);
  }
}

static void fill_texts(rl_transaction *transaction)
{
  memset(transaction->by, 'b', RL_CLIENT_NAME_MAX);
  memset(transaction->key, 'k', RL_KEY_MAX);
  memset(transaction->reference, 'r', RL_REFERENCE_MAX);
  transaction->value_day = INT32_MIN;
}

static void expect_status(const rl_transaction *transaction, rl_status status,
                          rl_transaction *back)
{
  uint8_t bytes[RL_TRANSACTION_MAX];
  size_t size = rl_transaction_encode(transaction, bytes);
  cr_expect_eq(rl_transaction_decode(bytes, size, back), status);
}

static void seal(uint8_t *bytes, size_t size)
{
  rl_writer writer = rl_writer_over(bytes, size);
  writer.used = size - RL_CHECKSUM_SIZE;
  rl_put_checksum(&writer);
}

/* With another byte in its place. */
static void expect_corrupt(const rl_transaction *transaction, size_t place, uint8_t value)
{
  uint8_t bytes[RL_TRANSACTION_MAX];
  rl_transaction back;
  size_t size = rl_transaction_encode(transaction, bytes);
  bytes[place] = value;
  seal(bytes, size);
  cr_expect_eq(rl_transaction_decode(bytes, size, &back), RL_CORRUPT, "byte %zu", place);
}

Test(ledger_codec, largest_transaction_fits)
{
  rl_quote quote;
  rl_transaction transaction, back;
  uint8_t bytes[RL_TRANSACTION_MAX];
  rl_largest_quote(&quote);
  rl_ledger_post(&quote, INT64_MIN, &transaction);
  fill_texts(&transaction);
  transaction.kind = RL_TRANSACTION_REFUND;
  size_t size = rl_transaction_encode(&transaction, bytes);
  cr_log_info("largest transaction %zu bytes", size);
  cr_assert_eq(rl_transaction_decode(bytes, size, &back), RL_OK);
  expect_same(&transaction, &back);
}

/* What a decoder must look at beside lengths, each under a checksum that holds. */
Test(ledger_codec, unknown_layouts_kinds_accounts_and_days_are_corrupt)
{
  rl_random random = rl_random_from(1);
  rl_movement movement = random_movement(&random, RL_TRANSACTION_HEDGE, (rl_quote_id){{0}});
  rl_transaction hedge, back;
  cr_assert_eq(rl_ledger_move(&movement, NULL, "", "", 0, &hedge), RL_OK);
  expect_corrupt(&hedge, 0, 1);
  expect_corrupt(&hedge, 0, 3);
  expect_corrupt(&hedge, 1, 0);
  expect_corrupt(&hedge, 1, 5);
  hedge.postings[0].account = (rl_account_kind)0;
  expect_status(&hedge, RL_CORRUPT, &back);
  hedge.postings[0].account = (rl_account_kind)8;
  expect_status(&hedge, RL_CORRUPT, &back);
  hedge.postings[0].account = RL_ACCOUNT_POSITION;
  hedge.value_day = RL_NO_VALUE_DAY;
  expect_status(&hedge, RL_OK, &back);
  cr_expect_eq(back.value_day, RL_NO_VALUE_DAY);
}

Test(ledger_codec, every_bit_flip_and_every_cut_is_corrupt)
{
  rl_random random = rl_random_from(rl_test_seed("transaction damage"));
  rl_transaction transaction = transaction_of(&random), back = {.posted_utc_ms = 7};
  uint8_t bytes[RL_TRANSACTION_MAX];
  size_t size = rl_transaction_encode(&transaction, bytes);
  for (size_t bit = 0; bit < size * 8; bit++) {
    bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    cr_assert_eq(rl_transaction_decode(bytes, size, &back), RL_CORRUPT, "bit %zu", bit);
    bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
  }
  for (size_t cut = 0; cut < size; cut++)
    cr_assert_eq(rl_transaction_decode(bytes, cut, &back), RL_CORRUPT, "%zu bytes", cut);
  cr_expect_eq(back.posted_utc_ms, 7, "the output is touched on failure");
}

/* Damage under a checksum that holds is read as another transaction or refused, never trusted
 * for a length. */
Test(ledger_codec, damage_under_a_good_checksum_never_crashes)
{
  rl_random random = rl_random_from(rl_test_seed("resealed transaction"));
  for (int i = 0; i < 30000; i++) {
    rl_transaction transaction = transaction_of(&random), back;
    uint8_t bytes[RL_TRANSACTION_MAX], again[RL_TRANSACTION_MAX];
    size_t size = rl_transaction_encode(&transaction, bytes);
    bytes[rl_random_below(&random, size - RL_CHECKSUM_SIZE)] = (uint8_t)rl_random_next(&random);
    seal(bytes, size);
    if (rl_transaction_decode(bytes, size, &back) == RL_OK) {
      cr_assert_eq(rl_transaction_encode(&back, again), size);
      cr_assert_eq(memcmp(bytes, again, size), 0);
    }
  }
}
