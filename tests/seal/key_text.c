#include "turns.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define ONES "0101010101010101010101010101010101010101010101010101010101010101"

static void setup(void)
{
  cr_assert_eq(rl_crypto_init(), RL_OK);
}

TestSuite(key_text, .init = setup);

static rl_status parse(const char *text, rl_seal_keys *out, rl_error *error)
{
  return rl_seal_keys_parse(text, strlen(text), "seal.key", out, error);
}

static rl_seal_keys full(void)
{
  int64_t starts[RL_SEAL_KEYS_MAX];
  for (unsigned i = 0; i < RL_SEAL_KEYS_MAX; i++)
    starts[i] = DAY_ONE + i;
  rl_seal_keys keys = keys_starting(RL_SEAL_KEYS_MAX, starts);
  for (unsigned i = 0; i < RL_SEAL_KEYS_MAX; i++)
    keys.keys[i].id = (uint8_t)(255 - i);
  return keys;
}

Test(key_text, of_any_number_of_keys_is_read_as_written)
{
  rl_seal_keys all = full(), read;
  char text[RL_KEY_FILE_MAX];
  for (all.count = 1; all.count <= RL_SEAL_KEYS_MAX; all.count++) {
    size_t size = rl_seal_keys_format(&all, text);
    cr_assert_eq(rl_seal_keys_parse(text, size, "", &read, NULL), RL_OK);
    cr_assert_eq(read.count, all.count);
    cr_assert_eq(memcmp(read.keys, all.keys, all.count * sizeof all.keys[0]), 0);
  }
}

Test(key_text, of_version_1_is_a_key_that_sealed_always)
{
  rl_seal_keys keys;
  cr_assert_eq(parse("ratelock-key 1 7 " ONES "\n", &keys, NULL), RL_OK);
  cr_assert_eq(keys.count, 1);
  cr_assert_eq(keys.keys[0].id, 7);
  cr_assert_eq(keys.keys[0].starts_utc_ms, 0);
  cr_assert_eq(keys.keys[0].secret[31], 1);
}

Test(key_text, that_is_cut_anywhere_is_refused)
{
  rl_seal_keys keys = full(), read;
  char text[RL_KEY_FILE_MAX];
  keys.count = 3;
  size_t size = rl_seal_keys_format(&keys, text);
  for (size_t length = 0; length + 1 < size; length++) /* the last line end may be missing */
    cr_assert_eq(rl_seal_keys_parse(text, length, "", &read, NULL), RL_CORRUPT, "at %zu", length);
}

/* The seventh bit of a letter is its case, which the secret's digits may have either way. */
Test(key_text, with_any_bit_flipped_is_refused_or_says_the_same)
{
  rl_seal_keys keys = full(), read;
  char text[RL_KEY_FILE_MAX];
  keys.count = 2;
  size_t size = rl_seal_keys_format(&keys, text);
  for (size_t bit = 0; bit < 8 * size; bit++) {
    text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
    rl_status status = rl_seal_keys_parse(text, size, "", &read, NULL);
    bool same = status == RL_OK && read.count == 2
      && memcmp(read.keys, keys.keys, 2 * sizeof keys.keys[0]) == 0;
    cr_assert(same || status == RL_CORRUPT || status == RL_FOREIGN, "bit %zu", bit);
    text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
  }
}

Test(key_text, of_another_form_is_refused_with_its_line_and_never_quoted)
{
  static const struct {
    const char *text;
    rl_status status;
    unsigned line;
    const char *says;
  } cases[] = {
    {"", RL_CORRUPT, 0, "not a sealing key file"},
    {"\n# a comment\n", RL_CORRUPT, 2, "not a sealing key file"},
    {ONES "\n", RL_CORRUPT, 1, "not a sealing key file"},
    {"ratelock-key 0 1 " ONES "\n", RL_CORRUPT, 1, "not a sealing key file"},
    {"ratelock-key 3 1\n", RL_FOREIGN, 1, "of version 3"},
    {"ratelock-key 1 1 abcd\n", RL_CORRUPT, 1, "of version 1"},
    {"ratelock-key 1 256 " ONES "\n", RL_CORRUPT, 1, "of version 1"},
    {"ratelock-key 1 1 " ONES "7\n", RL_CORRUPT, 1, "of version 1"},
    {"ratelock-key 1 1 " ONES " " ONES "\n", RL_CORRUPT, 1, "of version 1"},
    {"ratelock-key 1 1 " ONES "\n" ONES "\n", RL_CORRUPT, 2, "more lines"},
    {"ratelock-key 2 1 " ONES "\n", RL_CORRUPT, 1, "number of keys"},
    {"ratelock-key 2 0\n", RL_CORRUPT, 1, "number of keys"},
    {"ratelock-key 2 17\n", RL_CORRUPT, 1, "number of keys"},
    {"ratelock-key 2 2\n\n", RL_CORRUPT, 2, "2 keys of 2 are missing"},
    {"ratelock-key 2 1\n256 2026-01-01 " ONES " x\n", RL_CORRUPT, 2, "beyond 255"},
    {"ratelock-key 2 1\n" ONES "\n", RL_CORRUPT, 2, "beyond 255"},
    {"ratelock-key 2 1\n1 " ONES "\n", RL_CORRUPT, 2, "no instant"},
    {"ratelock-key 2 1\n1 2026-02-30 " ONES " x\n", RL_CORRUPT, 2, "no instant"},
    {"ratelock-key 2 1\n1 2026-01-01 0" ONES " x\n", RL_CORRUPT, 2, "64 hexadecimal digits"},
    {"ratelock-key 2 1\n1 2026-01-01 " ONES "\n", RL_CORRUPT, 2, "check of key 1"},
    {"ratelock-key 2 1\n1 2026-01-01 " ONES " 0123456789abcdef\n", RL_CORRUPT, 2, "check of key"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rl_seal_keys keys = {.count = 99};
    rl_error error = {0};
    cr_assert_eq(parse(cases[i].text, &keys, &error), cases[i].status, "case %zu", i);
    cr_assert(strstr(error.text, cases[i].says), "case %zu: %s", i, error.text);
    cr_assert_eq(error.line, cases[i].line, "case %zu: line %u", i, error.line);
    cr_assert_str_eq(error.file, "seal.key");
    cr_assert_eq(keys.count, 99);
    cr_assert(strstr(error.text, "0101") == NULL);
  }
}

static rl_status parse_two(unsigned first_id, int64_t first_start, rl_error *error)
{
  const int64_t starts[] = {first_start, DAY_ONE};
  char text[RL_KEY_FILE_MAX];
  rl_seal_keys keys = keys_starting(2, starts), read;
  keys.keys[0].id = (uint8_t)first_id;
  size_t size = rl_seal_keys_format(&keys, text);
  return rl_seal_keys_parse(text, size, "", &read, error);
}

Test(key_text, of_keys_that_do_not_rise_or_share_a_number_is_refused)
{
  rl_error error;
  cr_assert_eq(parse_two(1, DAY_ONE - 1, &error), RL_OK);
  cr_assert_eq(parse_two(1, DAY_ONE, &error), RL_CORRUPT);
  cr_assert(strstr(error.text, "does not start after"));
  cr_assert_eq(parse_two(2, DAY_ONE - 1, &error), RL_CORRUPT);
  cr_assert(strstr(error.text, "there is a key 2 already"));
  cr_assert_eq(error.line, 3);
}
