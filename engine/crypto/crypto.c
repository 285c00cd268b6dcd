#include "crypto/crypto.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

rl_status rl_crypto_init(void)
{
  return sodium_init() < 0 ? RL_IO : RL_OK;
}

rl_digest rl_digest_of(const void *bytes, size_t size)
{
  rl_digest digest;
  crypto_generichash(digest.bytes, sizeof digest.bytes, bytes, size, NULL, 0);
  return digest;
}

_Static_assert(sizeof(rl_digesting) == sizeof(crypto_generichash_state), "libsodium's own");

static crypto_generichash_state *state_of(rl_digesting *digesting)
{
  return (crypto_generichash_state *)(void *)digesting->state;
}

void rl_digesting_begin(rl_digesting *digesting)
{
  crypto_generichash_init(state_of(digesting), NULL, 0, RL_DIGEST_SIZE);
}

void rl_digesting_add(rl_digesting *digesting, const void *bytes, size_t size)
{
  crypto_generichash_update(state_of(digesting), bytes, size);
}

rl_digest rl_digesting_end(rl_digesting *digesting)
{
  rl_digest digest;
  crypto_generichash_final(state_of(digesting), digest.bytes, sizeof digest.bytes);
  return digest;
}

bool rl_digest_equal(rl_digest left, rl_digest right)
{
  return memcmp(left.bytes, right.bytes, RL_DIGEST_SIZE) == 0;
}

void rl_hex_encode(const void *bytes, size_t size, char *out, size_t out_size)
{
  RL_ASSERT(out_size > 2 * size);
  sodium_bin2hex(out, out_size, bytes, size);
}

rl_status rl_hex_decode(const char *text, size_t size, void *out, size_t room)
{
  if (size != 2 * room)
    return RL_INVALID;
  for (size_t i = 0; i < size; i++) {
    if (!isxdigit((unsigned char)text[i]))
      return RL_INVALID;
  }
  return sodium_hex2bin(out, room, text, size, NULL, NULL, NULL) == 0 ? RL_OK : RL_INVALID;
}

void rl_digest_format(rl_digest digest, char out[RL_DIGEST_TEXT_SIZE])
{
  rl_hex_encode(digest.bytes, RL_DIGEST_SIZE, out, RL_DIGEST_TEXT_SIZE);
}

void rl_mac(const uint8_t key[RL_MAC_KEY_SIZE], const void *bytes, size_t size,
            uint8_t out[RL_MAC_SIZE])
{
  crypto_generichash(out, RL_MAC_SIZE, bytes, size, key, RL_MAC_KEY_SIZE);
}

bool rl_mac_equal(const uint8_t left[RL_MAC_SIZE], const uint8_t right[RL_MAC_SIZE])
{
  return sodium_memcmp(left, right, RL_MAC_SIZE) == 0;
}

void rl_random_bytes(void *out, size_t size)
{
  randombytes_buf(out, size);
}

void rl_wipe(void *secret, size_t size)
{
  sodium_memzero(secret, size);
}

void rl_base64_encode(const void *bytes, size_t size, char *out, size_t out_size)
{
  RL_ASSERT(out_size >= RL_BASE64_SIZE(size));
  sodium_bin2base64(out, out_size, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* libsodium 1.0.18 takes some bytes above 127 for letters. */
static bool is_base64(const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    char c = text[i];
    bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
      return false;
  }
  return true;
}

rl_status rl_base64_decode(const char *text, size_t size, void *out, size_t room, size_t *out_size)
{
  size_t length;
  if (!is_base64(text, size)
      || sodium_base642bin(out, room, text, size, NULL, &length, NULL,
                           sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
    return RL_INVALID;
  *out_size = length;
  return RL_OK;
}
