#include "crypto/crypto.h"

#include <criterion/criterion.h>
#include <string.h>

static void begin(void)
{
  cr_assert_eq(rl_crypto_init(), RL_OK);
}

TestSuite(digest, .init = begin);
TestSuite(mac, .init = begin);
TestSuite(random_bytes, .init = begin);

static const char *text_of(rl_digest digest)
{
  static char text[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(digest, text);
  return text;
}

Test(digest, is_blake2b_of_128_bits)
{
  cr_expect_str_eq(text_of(rl_digest_of("", 0)), "cae66941d9efbd404e4d88758ea67670");
  cr_expect_str_eq(text_of(rl_digest_of("abc", 3)), "cf4ab791c62b8d2b2109c90275287816");
}

Test(digest, pieces_give_the_same_as_the_whole)
{
  rl_digesting digesting;
  rl_digesting_begin(&digesting);
  rl_digesting_add(&digesting, "a", 1);
  rl_digesting_add(&digesting, "", 0);
  rl_digesting_add(&digesting, "bc", 2);
  cr_expect(rl_digest_equal(rl_digesting_end(&digesting), rl_digest_of("abc", 3)));
}

Test(digest, initialising_twice_is_harmless)
{
  cr_assert_eq(rl_crypto_init(), RL_OK);
}

Test(digest, every_byte_counts_when_two_are_compared)
{
  rl_digest one = rl_digest_of("abc", 3);
  for (size_t i = 0; i < RL_DIGEST_SIZE; i++) {
    rl_digest other = one;
    other.bytes[i] ^= 0x10;
    cr_expect_not(rl_digest_equal(one, other), "byte %zu", i);
  }
  cr_expect(rl_digest_equal(one, rl_digest_of("abc", 3)));
}

static rl_status read_text(const char *text, size_t size, rl_digest *out)
{
  return rl_hex_decode(text, size, out->bytes, sizeof out->bytes);
}

Test(digest, text_comes_back_in_either_case)
{
  rl_digest digest = rl_digest_of("abc", 3), read;
  cr_assert_eq(read_text(text_of(digest), RL_DIGEST_TEXT_SIZE - 1, &read), RL_OK);
  cr_expect(rl_digest_equal(digest, read));
  memset(&read, 0, sizeof read);
  cr_assert_eq(read_text("CF4AB791C62B8D2B2109C90275287816", 32, &read), RL_OK);
  cr_expect(rl_digest_equal(digest, read));
}

Test(digest, text_of_another_form_is_refused_and_leaves_the_output)
{
  static const char *const texts[] = {
    "", "cf", "cf4ab791c62b8d2b2109c9027528781", "cf4ab791c62b8d2b2109c902752878161",
    "cf4ab791c62b8d2b2109c9027528781g", "cf4ab791c62b8d2b2109c902752878 6",
    "cf:4ab791c62b8d2b2109c90275287816", " cf4ab791c62b8d2b2109c9027528781",
  };
  rl_digest digest = rl_digest_of("abc", 3);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    cr_expect_eq(read_text(texts[i], strlen(texts[i]), &digest), RL_INVALID, "%s", texts[i]);
  cr_expect(rl_digest_equal(digest, rl_digest_of("abc", 3)));
}

static void key_of_numbers(uint8_t key[RL_MAC_KEY_SIZE])
{
  for (uint8_t i = 0; i < RL_MAC_KEY_SIZE; i++)
    key[i] = i;
}

Test(mac, is_keyed_blake2b_of_128_bits)
{
  uint8_t key[RL_MAC_KEY_SIZE], mac[RL_MAC_SIZE], expected[RL_MAC_SIZE];
  key_of_numbers(key);
  rl_mac(key, "abc", 3, mac);
  cr_assert_eq(rl_hex_decode("1a64be47e4729d951c302ee543f97cf3", 32, expected, sizeof expected),
               RL_OK);
  cr_expect(rl_mac_equal(mac, expected));
}

Test(mac, every_bit_of_key_message_and_mac_counts)
{
  uint8_t key[RL_MAC_KEY_SIZE], mac[RL_MAC_SIZE], other[RL_MAC_SIZE];
  key_of_numbers(key);
  rl_mac(key, "abc", 3, mac);
  for (size_t bit = 0; bit < RL_MAC_KEY_SIZE * 8; bit++) {
    key[bit / 8] ^= (uint8_t)(1u << bit % 8);
    rl_mac(key, "abc", 3, other);
    cr_expect_not(rl_mac_equal(mac, other), "bit %zu of the key", bit);
    key[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  rl_mac(key, "abb", 3, other);
  cr_expect_not(rl_mac_equal(mac, other));
  for (size_t bit = 0; bit < RL_MAC_SIZE * 8; bit++) {
    memcpy(other, mac, sizeof other);
    other[bit / 8] ^= (uint8_t)(1u << bit % 8);
    cr_expect_not(rl_mac_equal(mac, other), "bit %zu of the mac", bit);
  }
}

Test(random_bytes, two_draws_differ)
{
  uint8_t one[32] = {0}, two[32] = {0};
  rl_random_bytes(one, sizeof one);
  rl_random_bytes(two, sizeof two);
  cr_assert_neq(memcmp(one, two, sizeof one), 0);
}

Test(random_bytes, wiped_secret_is_zeros)
{
  uint8_t secret[32], zeros[32] = {0};
  rl_random_bytes(secret, sizeof secret);
  rl_wipe(secret, sizeof secret);
  cr_assert_arr_eq(secret, zeros, sizeof zeros);
}
