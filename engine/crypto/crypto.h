/* Hashes, keyed hashes, random bytes and text encodings of bytes, all by libsodium: the only
 * room that names it. All functions may be called from any thread after rl_crypto_init. */
#pragma once

#include "status/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RL_MAC_SIZE 16     /* bytes: 128 bits, beyond any online guessing */
#define RL_MAC_KEY_SIZE 32 /* bytes */
#define RL_DIGEST_SIZE 16  /* bytes */

/* Content hash (BLAKE2b, 128 bits). */
typedef struct rl_digest {
  uint8_t bytes[RL_DIGEST_SIZE];
} rl_digest;

/* Once per process, before any other call; safe to repeat. RL_IO if the kernel gives no
 * randomness. */
RL_MUST_USE rl_status rl_crypto_init(void);

/* BLAKE2b of `size` bytes. */
rl_digest rl_digest_of(const void *bytes, size_t size);

/* The same of bytes that come in pieces. */
typedef struct rl_digesting {
  _Alignas(64) uint8_t state[384];
} rl_digesting;
void rl_digesting_begin(rl_digesting *digesting);
void rl_digesting_add(rl_digesting *digesting, const void *bytes, size_t size);
rl_digest rl_digesting_end(rl_digesting *digesting);

bool rl_digest_equal(rl_digest left, rl_digest right);

/* 32 lower-case hexadecimal digits and a NUL. */
#define RL_DIGEST_TEXT_SIZE (2 * RL_DIGEST_SIZE + 1)
void rl_digest_format(rl_digest digest, char out[RL_DIGEST_TEXT_SIZE]);

/* Lower-case hexadecimal, NUL-terminated: out_size at least 2 * size + 1. */
void rl_hex_encode(const void *bytes, size_t size, char *out, size_t out_size);
/* Exactly 2 * room hexadecimal digits. */
RL_MUST_USE rl_status rl_hex_decode(const char *text, size_t size, void *out, size_t room);

/* Keyed BLAKE2b of `size` bytes. */
void rl_mac(const uint8_t key[RL_MAC_KEY_SIZE], const void *bytes, size_t size,
            uint8_t out[RL_MAC_SIZE]);
/* Constant time. */
bool rl_mac_equal(const uint8_t left[RL_MAC_SIZE], const uint8_t right[RL_MAC_SIZE]);

/* Unpredictable bytes from the kernel. */
void rl_random_bytes(void *out, size_t size);

/* Overwrites a secret in a way that the compiler keeps. */
void rl_wipe(void *secret, size_t size);

/* Base64 with the URL alphabet and no padding (RFC 4648 section 5). One text stands for some bytes:
 * another character, a needless bit that is set and more than `room` bytes are RL_INVALID, and
 * `out` then holds nothing of use. */
#define RL_BASE64_SIZE(bytes) (((bytes)*4 + 2) / 3 + 1) /* characters with the NUL */
void rl_base64_encode(const void *bytes, size_t size, char *out, size_t out_size);
RL_MUST_USE rl_status rl_base64_decode(const char *text, size_t size, void *out, size_t room,
                                       size_t *out_size);
