#include "seal/seal.h"

#include "seal/key_file.h"
#include "support/quotes.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint8_t secret[RL_MAC_KEY_SIZE] = {1, 2, 3};
static rl_seal *seal;
static rl_random numbers;

static void setup(void)
{
  cr_assert_eq(rl_crypto_init(), RL_OK);
  cr_assert_eq(rl_seal_create(secret, &seal), RL_OK);
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
    cr_assert_eq(rl_seal_open_token(seal, &quote.store, token, size, &opened), RL_REFUSAL_NONE);
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
      continue; /* the key id is a hint, still under the seal: see the next test */
    token[bit / 8] ^= (uint8_t)(1u << bit % 8);
    cr_assert_eq(rl_seal_open_token(seal, &quote.store, token, size, &opened),
                 RL_REFUSAL_TOKEN_INVALID, "bit %zu", bit);
    token[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
}

Test(seal, a_changed_key_id_breaks_the_seal_too)
{
  rl_quote quote, opened;
  uint8_t token[RL_TOKEN_MAX];
  rl_typical_quote(&numbers, &quote);
  size_t size = rl_seal_token(seal, &quote, token);
  token[1] ^= 1;
  cr_assert_eq(rl_seal_open_token(seal, &quote.store, token, size, &opened),
               RL_REFUSAL_TOKEN_INVALID);
}

Test(seal, every_truncation_and_any_byte_more_is_refused)
{
  rl_quote quote, opened;
  uint8_t token[RL_TOKEN_MAX + 1];
  rl_typical_quote(&numbers, &quote);
  size_t size = rl_seal_token(seal, &quote, token);
  for (size_t length = 0; length < size; length++)
    cr_assert_eq(rl_seal_open_token(seal, &quote.store, token, length, &opened),
                 RL_REFUSAL_TOKEN_INVALID);
  token[size] = 0;
  cr_assert_eq(rl_seal_open_token(seal, &quote.store, token, size + 1, &opened),
               RL_REFUSAL_TOKEN_INVALID);
}

Test(seal, another_key_does_not_open_it)
{
  static const uint8_t other_secret[RL_MAC_KEY_SIZE] = {1, 2, 4};
  rl_seal *other;
  rl_quote quote, opened;
  uint8_t token[RL_TOKEN_MAX];
  cr_assert_eq(rl_seal_create(other_secret, &other), RL_OK);
  rl_typical_quote(&numbers, &quote);
  size_t size = rl_seal_token(other, &quote, token);
  cr_assert_eq(rl_seal_open_token(seal, &quote.store, token, size, &opened),
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
  cr_assert_eq(rl_seal_open_token(seal, &other, token, size, &opened), RL_REFUSAL_WRONG_STORE);
}

static char folder[] = "/tmp/ratelock-seal-XXXXXX";
static char path[64];

static void make_folder(void)
{
  setup();
  cr_assert(mkdtemp(folder) != NULL);
  snprintf(path, sizeof path, "%s/seal.key", folder);
}

static void remove_folder(void)
{
  unlink(path);
  rmdir(folder);
  teardown();
}

TestSuite(key_file, .init = make_folder, .fini = remove_folder);

static void write_file(const char *text, mode_t mode)
{
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  cr_assert(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
  close(file);
  chmod(path, mode);
}

Test(key_file, is_made_once_and_read_ever_after)
{
  rl_seal *first, *second;
  rl_quote quote, opened;
  uint8_t token[RL_TOKEN_MAX];
  rl_error error;
  cr_assert_eq(rl_seal_open(path, &first, &error), RL_OK);
  cr_assert_eq(rl_seal_open(path, &second, &error), RL_OK);
  rl_typical_quote(&numbers, &quote);
  size_t size = rl_seal_token(first, &quote, token);
  cr_assert_eq(rl_seal_open_token(second, &quote.store, token, size, &opened), RL_REFUSAL_NONE);
  rl_seal_destroy(first);
  rl_seal_destroy(second);
}

Test(key_file, has_mode_0600_whatever_the_umask)
{
  rl_seal_key key;
  struct stat facts;
  umask(0);
  cr_assert_eq(rl_key_file_make(path, &key, NULL), RL_OK);
  cr_assert_eq(stat(path, &facts), 0);
  cr_assert_eq(facts.st_mode & 0777, 0600);
  cr_assert_eq(rl_key_file_make(path, &key, NULL), RL_EXISTS);
}

Test(key_file, that_others_may_read_is_denied)
{
  rl_seal_key key;
  rl_error error;
  cr_assert_eq(rl_key_file_make(path, &key, NULL), RL_OK);
  chmod(path, 0640);
  cr_assert_eq(rl_key_file_read(path, &key, &error), RL_DENIED);
  cr_assert(strstr(error.text, "chmod 600") != NULL);
}

Test(key_file, of_another_form_is_corrupt_and_never_quoted_in_the_error)
{
  static const char *const bad[] = {
    "",
    "ratelock-key 1 1 abcd\n",
    "ratelock-key 2 1 0101010101010101010101010101010101010101010101010101010101010101\n",
    "ratelock-key 1 256 0101010101010101010101010101010101010101010101010101010101010101\n",
    "ratelock-key 1 1 0101010101010101010101010101010101010101010101010101010101010101",
    "ratelock-key 1 1 010101010101010101010101010101010101010101010101010101010101010g\n",
    "ratelock-key 1 1 01010101010101010101010101010101010101010101010101010101010101017\n",
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    rl_seal_key key;
    rl_error error;
    write_file(bad[i], 0600);
    cr_assert_eq(rl_key_file_read(path, &key, &error), RL_CORRUPT, "case %zu", i);
    cr_assert(strstr(error.text, "0101") == NULL);
  }
}
