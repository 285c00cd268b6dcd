#include "sync/epoch.h"

#include "status/status.h"

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/* Looks at a record this often before the core is left to its reader. */
#define LOOKS_MAX 64

static void *object_now(const rl_epoch *epoch)
{
  return (void *)(uintptr_t)rl_word_load(&epoch->object);
}

void rl_epoch_init(rl_epoch *epoch, void *object)
{
  pthread_mutex_init(&epoch->mutex, NULL);
  epoch->readers = NULL;
  rl_word_store(&epoch->object, (uintptr_t)object);
  rl_word_store_release(&epoch->epoch, 1);
}

void *rl_epoch_fini(rl_epoch *epoch)
{
  RL_ASSERT(epoch->readers == NULL);
  pthread_mutex_destroy(&epoch->mutex);
  return object_now(epoch);
}

void rl_epoch_join(rl_epoch *epoch, rl_epoch_reader *reader)
{
  pthread_mutex_lock(&epoch->mutex);
  rl_word_store(&reader->epoch, 0);
  reader->next = epoch->readers;
  reader->link = &epoch->readers;
  if (reader->next)
    reader->next->link = &reader->next;
  epoch->readers = reader;
  pthread_mutex_unlock(&epoch->mutex);
}

void rl_epoch_leave(rl_epoch *epoch, rl_epoch_reader *reader)
{
  RL_ASSERT(rl_word_load(&reader->epoch) == 0);
  pthread_mutex_lock(&epoch->mutex);
  *reader->link = reader->next;
  if (reader->next)
    reader->next->link = reader->link;
  pthread_mutex_unlock(&epoch->mutex);
}

/* W3. Records only leave an epoch to go idle or to announce a later one, so one look that finds it
 * past is enough. */
static void wait_for(const rl_epoch_reader *reader, uint64_t epoch)
{
  for (unsigned looks = 1;; looks++) {
    uint64_t announced = rl_word_load_total(&reader->epoch);
    if (announced == 0 || announced >= epoch)
      return;
    if (looks % LOOKS_MAX == 0)
      sched_yield();
    else
      rl_pause();
  }
}

/* W2 and W3, under the mutex. */
static void outwait(rl_epoch *epoch)
{
  uint64_t next = rl_word_load(&epoch->epoch) + 1;
  rl_word_store_release(&epoch->epoch, next); /* W2; partner: the acquiring load of R1 */
  for (const rl_epoch_reader *it = epoch->readers; it; it = it->next)
    wait_for(it, next);
}

void *rl_epoch_replace(rl_epoch *epoch, void *object)
{
  pthread_mutex_lock(&epoch->mutex);
  void *old = object_now(epoch);
  rl_word_store_total(&epoch->object, (uintptr_t)object); /* W1; partner: R2's in rl_epoch_begin */
  outwait(epoch);
  pthread_mutex_unlock(&epoch->mutex);
  return old;
}

/* The object is stored anew for its fence alone. */
void rl_epoch_wait(rl_epoch *epoch)
{
  pthread_mutex_lock(&epoch->mutex);
  rl_word_store_total(&epoch->object, rl_word_load(&epoch->object));
  outwait(epoch);
  pthread_mutex_unlock(&epoch->mutex);
}
