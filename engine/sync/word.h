/* A word that several threads look at: 64 bits, loaded and stored whole, never torn.
 *
 * The only file that names ck. With RL_C11_ATOMICS the same functions are made of C11 atomics:
 * the thread sanitizer cannot see into ck's assembly, and it does not know fences, so that build
 * puts every order into the loads and stores themselves.
 *
 * What the plain load and store guarantee: no tearing, and the compiler keeps them. What they do
 * not: any order against other words. Where order matters, it stands in the function's name.
 *
 * Why ck and not C11 everywhere: C11 has no load-load fence, only acquire, which also orders
 * later stores; ck's is a compiler barrier on x86 and the cheapest barrier of its kind elsewhere.
 * Why a struct: a plain uint64_t could be read beside these functions by mistake. */
#pragma once

#include <stdint.h>

#ifdef RL_C11_ATOMICS
#include <stdatomic.h>
#else
#include <ck_pr.h>
#endif

/* What one core takes from another at a time: words that are written together share a line,
 * words of different writers do not. */
#define RL_CACHE_LINE 64
#define RL_CACHE_ALIGNED _Alignas(RL_CACHE_LINE)

typedef struct rl_word {
#ifdef RL_C11_ATOMICS
  _Atomic uint64_t value;
#else
  uint64_t value;
#endif
} rl_word;

static inline uint64_t rl_word_load(const rl_word *word)
{
#ifdef RL_C11_ATOMICS
  return atomic_load_explicit(&word->value, memory_order_relaxed);
#else
  return ck_pr_load_64(&word->value);
#endif
}

static inline void rl_word_store(rl_word *word, uint64_t value)
{
#ifdef RL_C11_ATOMICS
  atomic_store_explicit(&word->value, value, memory_order_relaxed);
#else
  ck_pr_store_64(&word->value, value);
#endif
}

/* Publishes: whoever loads this value with rl_word_load_acquire sees all that was stored before
 * it, plain memory included. */
static inline void rl_word_store_release(rl_word *word, uint64_t value)
{
#ifdef RL_C11_ATOMICS
  atomic_store_explicit(&word->value, value, memory_order_release);
#else
  ck_pr_fence_release(); /* partner: the fence in rl_word_load_acquire */
  ck_pr_store_64(&word->value, value);
#endif
}

static inline uint64_t rl_word_load_acquire(const rl_word *word)
{
#ifdef RL_C11_ATOMICS
  return atomic_load_explicit(&word->value, memory_order_acquire);
#else
  uint64_t value = ck_pr_load_64(&word->value);
  ck_pr_fence_acquire(); /* partner: the fence in rl_word_store_release */
  return value;
#endif
}

/* The two halves of "I say mine, then I look at yours": of two threads that each store one word
 * with the first and then load the other's with the second, at least one sees what the other
 * stored. Release and acquire do not give that: a store may still wait in its core's buffer while
 * the load behind it is done. Otherwise they order as the two above do. */
static inline void rl_word_store_total(rl_word *word, uint64_t value)
{
#ifdef RL_C11_ATOMICS
  atomic_store_explicit(&word->value, value, memory_order_seq_cst);
#else
  ck_pr_fence_release(); /* partner: the fence in rl_word_load_total or rl_word_load_acquire */
  ck_pr_store_64(&word->value, value);
  ck_pr_fence_memory(); /* partner: the same fence of the other thread */
#endif
}

static inline uint64_t rl_word_load_total(const rl_word *word)
{
#ifdef RL_C11_ATOMICS
  return atomic_load_explicit(&word->value, memory_order_seq_cst);
#else
  return rl_word_load_acquire(word); /* behind the full fence of this thread's own store */
#endif
}

/* Counts, for a word that one thread alone writes: no locked instruction. Readers see every
 * value whole. */
static inline void rl_word_count(rl_word *word, uint64_t by)
{
  rl_word_store(word, rl_word_load(word) + by);
}

/* Tells the core that this is a wait for another one. */
static inline void rl_pause(void)
{
#ifndef RL_C11_ATOMICS
  ck_pr_stall();
#endif
}
