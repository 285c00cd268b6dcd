/* The sealing keys in memory: many threads take a key out while one puts other keys in.
 *
 * Two banks, each under a seqlock (sync/seqlock.h), and a word that says which one is read:
 *
 *   the writer                              a reader
 *     fills the bank that is not read         loads which bank is read (acquire)
 *     says that it is read (release)          copies one key out of it, under its seqlock
 *     fills the other bank likewise           torn: from the start
 *
 * Invariants
 * 1. The bank that is said to be read is whole: a reader is torn only if the keys were put twice
 *    while it copied 48 bytes, which needs two files a second apart. So it waits for nobody, not
 *    even for a writer that was stopped half-way, as it would with one bank.
 * 2. After a put both banks hold the same keys: a secret that was dropped is nowhere.
 * 3. There is always a key.
 *
 * Why a copy and not a pointer into the bank: nobody need know when the last reader is done, and
 * memory can be wiped at once. The copy is the reader's to wipe, after some 300 ns. */
#pragma once

#include "seal/keys.h"
#include "sync/seqlock.h"

/* As in rl_seal_key, in words. */
typedef struct rl_ring_slot {
  rl_word from; /* seals quotes issued from this instant; the first from ever on */
  rl_word id;
  rl_word secret[RL_MAC_KEY_SIZE / sizeof(uint64_t)];
} rl_ring_slot;

typedef struct rl_ring_bank {
  rl_seqlock lock;
  rl_word count;
  rl_ring_slot slots[RL_SEAL_KEYS_MAX];
} rl_ring_bank;

/* Lies on secret pages; all zero before the first put. */
typedef struct rl_ring {
  rl_word read; /* which bank, 0 or 1 */
  rl_ring_bank banks[2];
} rl_ring;

/* One key, copied out. */
typedef struct rl_ring_key {
  uint8_t id;
  int64_t from_utc_ms;   /* vouches for quotes issued in [from, until) */
  int64_t until_utc_ms;  /* RL_NO_END_MS for the last one */
  uint64_t secret[RL_MAC_KEY_SIZE / sizeof(uint64_t)];
} rl_ring_key;

/* One thread at a time. */
void rl_ring_put(rl_ring *ring, const rl_seal_keys *keys);

/* The key of quotes issued then. Any thread, after the first put; the caller wipes *out. */
void rl_ring_signer(const rl_ring *ring, int64_t issued_utc_ms, rl_ring_key *out);
/* The key of this number; false when there is none, and *out is still the caller's to wipe. */
bool rl_ring_find(const rl_ring *ring, uint8_t id, rl_ring_key *out);
