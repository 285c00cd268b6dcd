#include "ledger/ledger.h"
#include "support/quotes.h"

#include <criterion/criterion.h>
#include <string.h>

static rl_transaction transaction_of(rl_random *random)
{
  rl_quote quote;
  rl_transaction transaction;
  rl_random_quote(random, &quote);
  rl_ledger_post(&quote, rl_random_between(random, 0, 4000000000000), &transaction);
  return transaction;
}

static void expect_same(const rl_transaction *left, const rl_transaction *right)
{
  cr_assert(rl_quote_id_equal(left->quote, right->quote));
  cr_assert_eq(left->posted_utc_ms, right->posted_utc_ms);
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

Test(ledger_codec, largest_transaction_fits)
{
  rl_quote quote;
  rl_transaction transaction, back;
  uint8_t bytes[RL_TRANSACTION_MAX];
  rl_largest_quote(&quote);
  rl_ledger_post(&quote, INT64_MIN, &transaction);
  size_t size = rl_transaction_encode(&transaction, bytes);
  cr_log_info("largest transaction %zu bytes", size);
  cr_assert_eq(rl_transaction_decode(bytes, size, &back), RL_OK);
  expect_same(&transaction, &back);
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
    size_t covered = size - RL_CHECKSUM_SIZE;
    bytes[rl_random_below(&random, covered)] = (uint8_t)rl_random_next(&random);
    rl_writer writer = rl_writer_over(bytes, size);
    writer.used = covered;
    rl_put_checksum(&writer);
    if (rl_transaction_decode(bytes, size, &back) == RL_OK) {
      cr_assert_eq(rl_transaction_encode(&back, again), size);
      cr_assert_eq(memcmp(bytes, again, size), 0);
    }
  }
}
