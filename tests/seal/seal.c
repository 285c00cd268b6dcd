#include "seal/seal.h"

#include "support/quotes.h"

#include <criterion/criterion.h>

static const rl_seal_keys one_key = {1, {{.id = 1, .secret = {1, 2, 3}}}};
static const rl_utc now = {1767225600000};
static rl_seal *seal;
static rl_random numbers;

static void setup(void)
{
  cr_assert_eq(rl_crypto_init(), RL_OK);
  cr_assert_eq(rl_seal_create(&one_key, &seal), RL_OK);
  numbers = rl_random_from(rl_test_seed("seal"));
}

static void teardown(void)
{
  rl_seal_destroy(seal);
}

TestSuite(seal, .init = setup, .fini = teardown);

Test(seal, a_token_opens_to_the_terms_it_was_made_of)
{
  for (unsigned i = 0; i < 500; i++) {
    rl_quote quote, opened;
    uint8_t token[RL_TOKEN_MAX];
    rl_random_quote(&numbers, &quote);
    size_t size = rl_seal_token(seal, &quote, token);
    cr_assert_eq(rl_seal_open_token(seal, &quote.store, now, token, size, &opened),
                 RL_REFUSAL_NONE);
    cr_assert(!opened.has_evidence);
    rl_strip_evidence(&quote);
    cr_assert(rl_quotes_equal(&quote, &opened));
  }
}

Test(seal, the_largest_quote_fits_a_token)
{
  rl_quote quote;
  uint8_t token[RL_TOKEN_MAX];
  rl_largest_quote(&quote);
  cr_assert_leq(rl_seal_token(seal, &quote, token), RL_TOKEN_MAX);
}

Test(seal, the_same_quote_gives_the_same_bytes)
{
  rl_quote quote;
  uint8_t one[RL_TOKEN_MAX], two[RL_TOKEN_MAX];
  rl_typical_quote(&numbers, &quote);
  size_t size = rl_seal_token(seal, &quote, one);
  cr_assert_eq(rl_seal_token(seal, &quote, two), size);
  cr_assert_arr_eq(one, two, size);
}

Test(seal, terms_of_a_record_give_the_same_token_as_its_quote)
{
  rl_quote quote;
  uint8_t record[RL_RECORD_MAX], one[RL_TOKEN_MAX], two[RL_TOKEN_MAX];
  rl_typical_quote(&numbers, &quote);
  (void)rl_quote_encode(&quote, record);
  size_t terms_size, size = rl_seal_token(seal, &quote, one);
  const uint8_t *terms = rl_quote_record_terms(record, &terms_size);
  cr_assert_eq(rl_seal_terms(seal, terms, terms_size, two), size);
  cr_assert_arr_eq(one, two, size);
}

Test(seal, every_flipped_bit_is_refused)
{
  rl_quote quote, opened;
  uint8_t token[RL_TOKEN_MAX];
  rl_typical_quote(&numbers, &quote);
  size_t size = rl_seal_token(seal, &quote, token);
  for (size_t bit = 0; bit < 8 * size; bit++) {
    if (bit / 8 == 1)
      continue; /* the key's number is a hint, still under the seal: see the next test */
    token[bit / 8] ^= (uint8_t)(1u << bit % 8);
    cr_assert_eq(rl_seal_open_token(seal, &quote.store, now, token, size, &opened),
                 RL_REFUSAL_TOKEN_INVALID, "bit %zu", bit);
    token[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
}

/* The same secret under all numbers: that there is no such key is not what refuses it. */
Test(seal, a_changed_key_number_breaks_the_seal_too)
{
  rl_quote quote, opened;
  uint8_t token[RL_TOKEN_MAX];
  rl_seal_keys twice = one_key;
  rl_typical_quote(&numbers, &quote);
  for (unsigned id = 0; id <= UINT8_MAX; id++) {
    size_t size = rl_seal_token(seal, &quote, token);
    twice.keys[0].id = token[1] = (uint8_t)id;
    rl_seal_put(seal, &twice);
    cr_assert_eq(rl_seal_open_token(seal, &quote.store, now, token, size, &opened),
                 id == 1 ? RL_REFUSAL_NONE : RL_REFUSAL_TOKEN_INVALID);
    rl_seal_put(seal, &one_key);
  }
}

Test(seal, every_truncation_and_any_byte_more_is_refused)
{
  rl_quote quote, opened;
  uint8_t token[RL_TOKEN_MAX + 1];
  rl_typical_quote(&numbers, &quote);
  size_t size = rl_seal_token(seal, &quote, token);
  for (size_t length = 0; length < size; length++)
    cr_assert_eq(rl_seal_open_token(seal, &quote.store, now, token, length, &opened),
                 RL_REFUSAL_TOKEN_INVALID);
  token[size] = 0;
  cr_assert_eq(rl_seal_open_token(seal, &quote.store, now, token, size + 1, &opened),
               RL_REFUSAL_TOKEN_INVALID);
}

Test(seal, another_key_does_not_open_it)
{
  static const rl_seal_keys other_key = {1, {{.id = 1, .secret = {1, 2, 4}}}};
  rl_seal *other;
  rl_quote quote, opened;
  uint8_t token[RL_TOKEN_MAX];
  cr_assert_eq(rl_seal_create(&other_key, &other), RL_OK);
  rl_typical_quote(&numbers, &quote);
  size_t size = rl_seal_token(other, &quote, token);
  cr_assert_eq(rl_seal_open_token(seal, &quote.store, now, token, size, &opened),
               RL_REFUSAL_TOKEN_INVALID);
  rl_seal_destroy(other);
}

Test(seal, terms_can_be_read_without_the_key_and_are_then_nobodys_word)
{
  rl_quote quote, read;
  uint8_t token[RL_TOKEN_MAX];
  rl_random_quote(&numbers, &quote);
  size_t size = rl_seal_token(seal, &quote, token);
  token[size - 1] ^= 1;
  cr_assert_eq(rl_token_read_unverified(token, size, &read), RL_OK);
  rl_strip_evidence(&quote);
  cr_assert(rl_quotes_equal(&quote, &read));
  cr_assert_eq(rl_token_read_unverified(token, size - 1, &read), RL_CORRUPT);
  cr_assert_eq(rl_token_read_unverified(token, 3, &read), RL_CORRUPT);
  token[0] = 2;
  cr_assert_eq(rl_token_read_unverified(token, size, &read), RL_CORRUPT);
}

Test(seal, another_stores_token_is_named_as_such)
{
  rl_quote quote, opened;
  uint8_t token[RL_TOKEN_MAX];
  rl_typical_quote(&numbers, &quote);
  size_t size = rl_seal_token(seal, &quote, token);
  rl_store_id other = quote.store;
  other.bytes[15] ^= 1;
  cr_assert_eq(rl_seal_open_token(seal, &other, now, token, size, &opened), RL_REFUSAL_WRONG_STORE);
}
