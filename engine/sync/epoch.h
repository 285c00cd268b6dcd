/* Epoch reclamation: one object that many threads read and a rare writer replaces. Readers wait
 * for nobody; the writer waits until nobody can hold the old object, which may then be destroyed.
 *
 * A reader, with a record of its own       The writer
 *   R1 e = epoch                             W1 object = the new one
 *   R2 record = e                               full fence       <------> the reader's
 *      full fence      <----------->         W2 epoch = epoch + 1
 *   R3 object: held from here                W3 each record: 0 or the new epoch? else look again
 *   R4 record = 0, a release                 W4 the old object is nobody's
 *
 * Why nobody holds the old object at W4: look at a record when W3 passed over it.
 *   - It was 0 because R2 had not been seen yet. Of R2-then-R3 and W1-then-W3 one saw the other's
 *     store (the two full fences): so R3, which comes, finds the new object or a later one.
 *   - It was 0 because of R4, which W3 acquires: what that reader did with the old object is done,
 *     and happened before what the writer does to it now. If it reads anew, the case above holds.
 *   - It was the new epoch, which the reader loaded at R1 (an acquire): W2 is a release behind W1,
 *     so R3, behind R1, finds the new object.
 * A reader that was stopped between R1 and R2 announces an epoch that is long over. That is only
 * too careful: the next writer waits for it, though it holds the newest object.
 *
 * With RL_C11_ATOMICS there are no fences: R2, R3, W1 and the loads of W3 are sequentially
 * consistent, so they stand in one order that all threads agree on. The argument is the same.
 *
 * Not guaranteed:
 *   - That a writer gets through while a reader stays between begin and end. Readers hold the
 *     object for the time of one message, and wait for no writer meanwhile.
 *   - More than one object at a time. What belongs together is replaced together.
 *
 * Why not a reference count: every reader would write the one word that all of them share. Why not
 * a read-write lock: a reader that meets a writer would wait for it. */
#pragma once

#include "sync/word.h"

#include <pthread.h>

/* Belongs to one reader at a time, on whatever thread; stays put from join to leave. */
typedef struct rl_epoch_reader {
  rl_word epoch; /* announced; 0: holds nothing */
  struct rl_epoch_reader *next; /* this and the next are the mutex's */
  struct rl_epoch_reader **link;
} rl_epoch_reader;

typedef struct rl_epoch {
  rl_word object;  /* its address */
  rl_word epoch;   /* rises with each replacement, from 1 */
  pthread_mutex_t mutex; /* the list below, and writers among themselves; no reader takes it */
  rl_epoch_reader *readers;
} rl_epoch;

void rl_epoch_init(rl_epoch *epoch, void *object);
/* No reader may be left. Returns the object, which the caller now owns. */
void *rl_epoch_fini(rl_epoch *epoch);

/* A reader comes and goes: these two may wait for a writer in rl_epoch_replace. One that leaves
 * holds nothing. Any thread. */
void rl_epoch_join(rl_epoch *epoch, rl_epoch_reader *reader);
void rl_epoch_leave(rl_epoch *epoch, rl_epoch_reader *reader);

/* The object as it stands; it stays whole until rl_epoch_end. Not nested. */
static inline void *rl_epoch_begin(const rl_epoch *epoch, rl_epoch_reader *reader)
{
  rl_word_store_total(&reader->epoch, rl_word_load_acquire(&epoch->epoch));
  return (void *)(uintptr_t)rl_word_load_total(&epoch->object);
}

static inline void rl_epoch_end(rl_epoch_reader *reader)
{
  rl_word_store_release(&reader->epoch, 0); /* partner: the acquiring load of W3 */
}

/* Returns when every reader that was between begin and end has ended: what any of them did since
 * its begin has happened. One that begins meanwhile is not waited for, and does all that it does
 * after this was called. Any thread, but none that is between begin and end. */
void rl_epoch_wait(rl_epoch *epoch);

/* Puts another object in its place and returns the old one when no reader holds it any more: the
 * caller destroys it. Any thread, but none that is between begin and end. */
void *rl_epoch_replace(rl_epoch *epoch, void *object);
