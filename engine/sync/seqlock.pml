/* The algorithm of seqlock.h as a model for spin, which walks through all its runs in small cases.
 *
 *   spin -a [-DNO_…] [-D…=n] seqlock.pml && gcc -o pan pan.c && ./pan      (tests/sync does it)
 *
 * One writer writes WRITES times into each of LOCKS locks of WORDS words, one lock after the
 * other. READERS readers make TRIES tries each, never more: as in seqlock.h, nothing promises that
 * one gets through. With two locks a try reads both and then asks both again (all_stand of
 * market/route.c). What is asserted of a try that passes:
 *   - every word of a lock is that of the one write whose version the try saw,
 *   - of two locks the first is at most one write ahead of the second and never behind: the two
 *     stood in memory together.
 *
 * Memory. Spin runs one step after the other, so what C11 lets a machine and a compiler do is part
 * of the model, as views: a place keeps all that was ever stored in it, in order; a load takes any
 * store that is not older than what its thread must have seen of that place; and how much a thread
 * must have seen grows by its own loads and stores, and by what a store brings along for those who
 * acquire it. Loads and stores of different places pass each other freely that way, in both
 * threads, unless a fence or an order stands between. Stores of one place do not, nor do loads of
 * one place: that is C11's coherence. For threads of which one alone writes, and reads nothing
 * that others write, these runs are those of C11: nothing here could need a value out of thin air,
 * or a store that runs ahead of a load. ck's store and load fences order less than C11's release
 * and acquire fences, which keep loads before stores too; a writer without loads of others' words
 * and readers without stores cannot tell them apart. What C11 grants beyond that, and C++20 took
 * back, is left out: that a later plain store of the same place still releases what an earlier one
 * released.
 *
 * The n-th store of a place holds n: a version rises by one with each, and the n-th write of a
 * lock puts n into each of its words. So a value is also the name of its store.
 *
 * Each order that the code asks for can be taken away (NO_…), as can each look at a version, and
 * then an error is found. NO_TRY_PASSES says that the last write is never read, which is an error
 * too.
 *
 * Not covered: more words, writes, locks or readers than are set (but readers change nothing for
 * one another); locks of different writers; words torn in themselves (they are loaded and stored
 * whole); versions that come round; what a compiler makes of seqlock.h in truth (tests/torture
 * looks at that); whether anybody waits too long. */

#ifndef LOCKS
#define LOCKS 1
#endif
#ifndef WORDS
#define WORDS 2
#endif
#ifndef WRITES
#define WRITES 2
#endif
#ifndef READERS
#define READERS 1
#endif
#ifndef TRIES
#define TRIES 2
#endif

/* --- memory --- */

#define PLACES (LOCKS * (1 + WORDS))
#define version(lock) ((lock) * (1 + WORDS))
#define word(lock, i) (version(lock) + 1 + (i))

typedef view {
  byte since[PLACES] /* the oldest store of each place that may still be seen */
}
typedef place {
  byte newest;               /* its last store; 0 is what it held at first */
  view brings[2 * WRITES + 1] /* what each store shows to those who acquire it */
}
place memory[PLACES];

view stored; /* by the writer, so far */
view fenced; /* as much of it as lies before its last store fence */

inline copy(to, from)
{
  for (k : 0 .. PLACES - 1) {
    to.since[k] = from.since[k]
  }
}

inline join(to, from)
{
  for (k : 0 .. PLACES - 1) {
    to.since[k] = (to.since[k] < from.since[k] -> from.since[k] : to.since[k])
  }
}

/* The writer's. */
inline rl_word_store(at)
{
  d_step {
    memory[at].newest++;
    stored.since[at] = memory[at].newest;
    copy(memory[at].brings[stored.since[at]], fenced);
    memory[at].brings[stored.since[at]].since[at] = stored.since[at]
  }
}

inline rl_word_store_release(at)
{
  d_step {
    memory[at].newest++;
    stored.since[at] = memory[at].newest;
    copy(memory[at].brings[stored.since[at]], stored)
  }
}

inline ck_pr_fence_store()
{
  d_step { copy(fenced, stored) }
}

/* A reader's: `seen` it must have, `loaded` it will have behind a load fence. */
inline rl_word_load(at, value)
{
  atomic {
    value = seen.since[at];
    do
    :: value < memory[at].newest -> value++
    :: break
    od;
    seen.since[at] = value;
    join(loaded, memory[at].brings[value])
  }
}

inline rl_word_load_acquire(at, value)
{
  atomic {
    rl_word_load(at, value);
    join(seen, memory[at].brings[value])
  }
}

inline ck_pr_fence_load()
{
  d_step { join(seen, loaded) }
}

/* --- the algorithm, as it stands in seqlock.h --- */

#ifndef RL_C11_ATOMICS

inline rl_seqlock_write_begin(lock)
{
  rl_word_store(version(lock));
#ifndef NO_FENCE_IN_WRITE_BEGIN
  ck_pr_fence_store() /* partner: the fence in rl_seqlock_read_valid */
#endif
}

inline rl_seqlock_write_end(lock)
{
#ifndef NO_FENCE_IN_WRITE_END
  ck_pr_fence_store(); /* partner: the fence in rl_seqlock_read_begin */
#endif
  rl_word_store(version(lock))
}

inline rl_seqlock_store(at)
{
  rl_word_store(at)
}

inline rl_seqlock_read_begin(lock, v)
{
  rl_word_load(version(lock), v);
#ifndef NO_FENCE_IN_READ_BEGIN
  ck_pr_fence_load() /* partner: the fence in rl_seqlock_write_end */
#endif
}

inline rl_seqlock_load(at, value)
{
  rl_word_load(at, value)
}

inline rl_seqlock_read_valid(lock, v)
{
#ifndef NO_FENCE_IN_READ_VALID
  ck_pr_fence_load(); /* partner: the fence in rl_seqlock_write_begin */
#endif
  rl_word_load(version(lock), now)
}

#else

inline rl_seqlock_write_begin(lock)
{
  rl_word_store(version(lock))
}

inline rl_seqlock_write_end(lock)
{
#ifndef NO_RELEASE_IN_WRITE_END
  rl_word_store_release(version(lock))
#else
  rl_word_store(version(lock))
#endif
}

inline rl_seqlock_store(at)
{
#ifndef NO_RELEASE_IN_STORE
  rl_word_store_release(at)
#else
  rl_word_store(at)
#endif
}

inline rl_seqlock_read_begin(lock, v)
{
#ifndef NO_ACQUIRE_IN_READ_BEGIN
  rl_word_load_acquire(version(lock), v)
#else
  rl_word_load(version(lock), v)
#endif
}

inline rl_seqlock_load(at, value)
{
#ifndef NO_ACQUIRE_IN_LOAD
  rl_word_load_acquire(at, value)
#else
  rl_word_load(at, value)
#endif
}

inline rl_seqlock_read_valid(lock, v)
{
  rl_word_load(version(lock), now)
}

#endif

/* --- the writer and the readers --- */

active proctype writer()
{
  byte k, i, lock, n;
  for (n : 1 .. WRITES) {
    for (lock : 0 .. LOCKS - 1) {
      rl_seqlock_write_begin(lock);
      for (i : 0 .. WORDS - 1) {
        rl_seqlock_store(word(lock, i))
      }
      rl_seqlock_write_end(lock)
    }
  }
}

/* The writer keeps to one order of its words, so all orders of the reader's are all there are. */
inline load_in_any_order(lock)
{
  left = (1 << WORDS) - 1;
  do
  :: (left & 1) -> left = left & ~1; rl_seqlock_load(word(lock, 0), held[lock * WORDS])
  :: (left & 2) -> left = left & ~2; rl_seqlock_load(word(lock, 1), held[lock * WORDS + 1])
#if WORDS > 2
  :: (left & 4) -> left = left & ~4; rl_seqlock_load(word(lock, 2), held[lock * WORDS + 2])
#endif
  :: left == 0 -> break
  od
}

inline check_what_passed()
{
  d_step {
    for (i : 0 .. LOCKS * WORDS - 1) {
      assert(held[i] == v[i / WORDS] / 2)
    }
#if LOCKS > 1
    assert(v[0] / 2 == v[1] / 2 || v[0] / 2 == v[1] / 2 + 1);
#endif
    assert(v[LOCKS - 1] >= before);
    before = v[LOCKS - 1];
#ifdef NO_TRY_PASSES
    assert(v[LOCKS - 1] < 2 * WRITES) /* as many do, of the last write too */
#endif
  }
}

active [READERS] proctype reader()
{
  view seen, loaded;
  byte held[LOCKS * WORDS], v[LOCKS];
  byte k, i, lock, left, now, tries, before;
  for (tries : 1 .. TRIES) {
    for (lock : 0 .. LOCKS - 1) {
      rl_seqlock_read_begin(lock, v[lock]);
#ifndef NO_LOOK_AT_ODD
      if
      :: v[lock] % 2 == 1 -> goto torn
      :: else
      fi;
#endif
      load_in_any_order(lock);
      rl_seqlock_read_valid(lock, v[lock]);
#ifndef NO_SECOND_LOOK
      if
      :: now != v[lock] -> goto torn
      :: else
      fi
#endif
    }
#if LOCKS > 1
#ifndef NO_LOOK_AT_ALL
    for (lock : 0 .. LOCKS - 1) { /* all_stand */
      rl_seqlock_read_valid(lock, v[lock]);
      if
      :: now != v[lock] -> goto torn
      :: else
      fi
    }
#endif
#endif
    check_what_passed();
torn:
    skip
  }
}
