/* Keys of accepts and cancels, in memory: which quote each one ended. They find a key that is used
 * a second time for another quote; the outcome itself, and so "once", is in the quote's terminal
 * row and needs no key from here.
 *
 * Keys stand in generations of an hour each. A look-up asks all of them, a generation is freed
 * whole when its last key is RL_END_KEY_MIN_MS old, so nothing is ever deleted from a table and no
 * commit waits for retiring. Keys of a transaction that is not committed yet are kept apart, in
 * `pending`. Only the thread that writes comes here. */
#pragma once

#include "bytes/bytes.h"
#include "clock/clock.h"
#include "status/limits.h"

#define RL_KEY_GENERATION_NS (3600 * 1000 * RL_NS_PER_MS)
/* One an hour for the day that a key lives, and the hour in which its generation was filled. */
#define RL_KEY_GENERATIONS 25

typedef struct rl_key_entry {
  rl_fingerprint key; /* all zero: free */
  uint8_t quote[16];
} rl_key_entry;
_Static_assert(sizeof(rl_key_entry) == 32, "two to a cache line");

typedef struct rl_key_table {
  rl_key_entry *entries; /* open addressing; capacity a power of two, or 0 */
  size_t capacity;
  size_t count;
  int64_t born_mono_ns;
} rl_key_table;

typedef struct rl_keys {
  rl_key_table generations[RL_KEY_GENERATIONS]; /* oldest first */
  unsigned generation_count;
  rl_key_table pending;
  size_t most; /* entries in all */
} rl_keys;

void rl_keys_init(rl_keys *keys, size_t most);
void rl_keys_fini(rl_keys *keys);

/* The quote that the key ended, committed or pending. */
bool rl_keys_find(const rl_keys *keys, rl_fingerprint key, uint8_t quote[16]);

/* False when there is no room for one more, here or in memory. Generations whose time is over by
 * `now` are freed first. */
bool rl_keys_add(rl_keys *keys, rl_mono now, rl_fingerprint key, const uint8_t quote[16]);
/* After the commit: pending keys join the newest generation. */
void rl_keys_commit(rl_keys *keys);
/* The transaction came to nothing. */
void rl_keys_abort(rl_keys *keys);
/* Frees the generations whose time is over. */
void rl_keys_retire(rl_keys *keys, rl_mono now);
