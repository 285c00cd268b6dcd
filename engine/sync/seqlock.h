/* A seqlock: words that one thread writes together and any thread reads together. Readers never
 * write, so they cost the writer and each other nothing; the writer never waits (design K6).
 *
 * The writer                           A reader
 *   W1 version = odd                     R1 v = version; odd: torn, try again
 *      store fence      <----------->       load fence
 *   W2 payload words, one by one         R2 payload words, one by one
 *      store fence      <----------->       load fence
 *   W3 version = the next even           R3 version != v: torn, try again
 *
 * Why a read that passes R3 saw one write and nothing of another: call the write whose W3 stored
 * v the read's own.
 *   - It saw all of it. R1 loaded v, which was stored after the second store fence; the reader's
 *     first load fence puts R2 behind R1, so R2 finds the words of that write, or later ones.
 *   - It saw none of a later one. Had R2 loaded a word of a later write, that word was stored
 *     behind that write's first store fence, so behind its W1; the reader's second load fence
 *     puts R3 behind R2, so R3 finds that odd version or a later one, never v.
 * seqlock.pml beside this file is the same for a model checker, which finds every fence needed.
 *
 * Versions only rise. 64 bits do not come round: at 10^9 writes a second, in 292 years; ck's own
 * ck_sequence has 32, which a reader that is off the core for some seconds could meet again.
 *
 * With RL_C11_ATOMICS there are no fences: payload words are stored with release and loaded with
 * acquire. A word of a later write then brings that write's W1 with it, and R3 cannot move before
 * the acquiring loads of R2; W3 is a release, R1 an acquire. The argument stands, word for word.
 *
 * Not guaranteed:
 *   - That a reader gets through. A writer that never rests, or that is stopped between W1 and
 *     W3, starves it: a reader counts its tries (RL_SEQLOCK_TRIES_MAX) and then says so.
 *   - That words loaded in R2 mean anything before R3 has passed: an index or a count among them
 *     must be brought into bounds before it is used.
 *   - More than one writer. Two need a lock of their own.
 *   - Life time: memory that readers may look at must outlive them. */
#pragma once

#include "sync/word.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct rl_seqlock {
  rl_word version; /* even: at rest; odd: being written. Starts at 0 */
} rl_seqlock;

/* --- the one writer --- */

static inline void rl_seqlock_write_begin(rl_seqlock *lock)
{
  rl_word_store(&lock->version, rl_word_load(&lock->version) + 1);
#ifndef RL_C11_ATOMICS
  ck_pr_fence_store(); /* partner: the fence in rl_seqlock_read_valid */
#endif
}

static inline void rl_seqlock_write_end(rl_seqlock *lock)
{
#ifdef RL_C11_ATOMICS
  rl_word_store_release(&lock->version, rl_word_load(&lock->version) + 1);
#else
  ck_pr_fence_store(); /* partner: the fence in rl_seqlock_read_begin */
  rl_word_store(&lock->version, rl_word_load(&lock->version) + 1);
#endif
}

/* A payload word, between begin and end. */
static inline void rl_seqlock_store(rl_word *word, uint64_t value)
{
#ifdef RL_C11_ATOMICS
  rl_word_store_release(word, value);
#else
  rl_word_store(word, value);
#endif
}

/* --- any reader --- */

/* False while a write is under way. *version is for rl_seqlock_read_valid. */
static inline bool rl_seqlock_read_begin(const rl_seqlock *lock, uint64_t *version)
{
#ifdef RL_C11_ATOMICS
  *version = rl_word_load_acquire(&lock->version);
#else
  *version = rl_word_load(&lock->version);
  ck_pr_fence_load(); /* partner: the fence in rl_seqlock_write_end */
#endif
  return (*version & 1) == 0;
}

static inline uint64_t rl_seqlock_load(const rl_word *word)
{
#ifdef RL_C11_ATOMICS
  return rl_word_load_acquire(word);
#else
  return rl_word_load(word);
#endif
}

/* True when nothing was written since rl_seqlock_read_begin gave `version`. May be asked again
 * later, and of several locks one after another: while all say true, all that was read under
 * them stood there together, at the instant of the first of these questions. */
static inline bool rl_seqlock_read_valid(const rl_seqlock *lock, uint64_t version)
{
#ifndef RL_C11_ATOMICS
  ck_pr_fence_load(); /* partner: the fence in rl_seqlock_write_begin */
#endif
  return rl_word_load(&lock->version) == version;
}
