/* The sealing keys of one file, and which of them seals what (L6). Pure but for randomness; no
 * disk, no clock.
 *
 *   issued:    ……… key 1 ……… | ……… key 2 ……… | ……… key 3 ………
 *                       starts of 2     starts of 3
 *
 * Invariants
 * 1. The key of a quote follows from the quote's issue alone: the last key that started by then.
 *    So every engine that reads the same file seals and checks alike, and a repeated reply has the
 *    token that the first one had, whatever was rotated between.
 * 2. The first key seals whatever was issued before its start, too. So there is a key for every
 *    quote: for one of the past whose own key is gone, and on a wall clock that was set back.
 * 3. Starts rise strictly, numbers are distinct, and there is always a key.
 *
 * Why not "the newest key": two engines that read the file at two instants would disagree, and a
 * reply repeated after a rotation would not be the reply that was lost. */
#pragma once

#include "clock/clock.h"
#include "crypto/crypto.h"
#include "status/error.h"
#include "status/limits.h"

typedef struct rl_seal_key {
  uint8_t id;                      /* the number in tokens: a hint */
  int64_t starts_utc_ms;           /* seals quotes issued from then, until the next key starts */
  uint8_t secret[RL_MAC_KEY_SIZE];
} rl_seal_key;

typedef struct rl_seal_keys {
  unsigned count;                  /* 1 … RL_SEAL_KEYS_MAX */
  rl_seal_key keys[RL_SEAL_KEYS_MAX];
} rl_seal_keys;

/* On pages of their own, which neither swap nor a core dump gets to see, all zero; NULL without
 * memory. */
rl_seal_keys *rl_seal_keys_create(void);
/* Wipes them. NULL is nothing. */
void rl_seal_keys_destroy(rl_seal_keys *keys);
/* The pages themselves, for what else holds keys. */
void *rl_secret_pages(size_t size);
void rl_secret_pages_free(void *pages, size_t size);

/* One fresh key, number 1, that starts now and, as the first, seals whatever was before. */
void rl_seal_keys_begin(rl_seal_keys *keys, rl_utc now);
/* Adds a fresh key that starts RL_KEY_LEAD_MS from now, and drops those that are over. Refused,
 * with nothing changed:
 *   RL_FULL       RL_SEAL_KEYS_MAX keys are still known
 *   RL_INVALID    the last one starts later than the new one would: a clock is wrong */
RL_MUST_USE rl_status rl_seal_keys_add(rl_seal_keys *keys, rl_utc now, const char *file,
                                       rl_error *error);
/* A fresh key instead of all that there are, from now: the others' tokens are void. */
void rl_seal_keys_replace(rl_seal_keys *keys, rl_utc now);

typedef enum rl_key_state {
  RL_KEY_NEXT,     /* has not started */
  RL_KEY_CURRENT,  /* seals what is issued now */
  RL_KEY_PREVIOUS, /* vouches for what it sealed */
  RL_KEY_OVER,     /* vouches for nothing: the next rotation drops it */
} rl_key_state;

/* Of the index-th key. */
rl_key_state rl_seal_key_state(const rl_seal_keys *keys, unsigned index, rl_utc now);
const char *rl_key_state_name(rl_key_state state);
/* When the index-th key stops to seal, and when it is over; RL_NO_END_MS for the last one. */
#define RL_NO_END_MS (INT64_MAX / 2) /* so that a span added to it does not overflow */
int64_t rl_seal_key_ends_utc_ms(const rl_seal_keys *keys, unsigned index);
int64_t rl_seal_key_over_utc_ms(const rl_seal_keys *keys, unsigned index);

/* Names a key in public: a keyed hash of its number and start, from which nobody learns the
 * secret. 16 hexadecimal digits and a NUL. */
#define RL_KEY_FINGERPRINT_SIZE 17
void rl_seal_key_fingerprint(const rl_seal_key *key, char out[RL_KEY_FINGERPRINT_SIZE]);

/* --- as text (key_text.c has the form) --- */

/* Any bytes give keys that hold to the invariants, or RL_FOREIGN for a later version, or
 * RL_CORRUPT, with the line; no error repeats a word of the text. */
RL_MUST_USE rl_status rl_seal_keys_parse(const char *text, size_t length, const char *file,
                                         rl_seal_keys *out, rl_error *error);
/* Returns the length; the text holds the secrets and is the caller's to wipe. */
size_t rl_seal_keys_format(const rl_seal_keys *keys, char out[RL_KEY_FILE_MAX]);
