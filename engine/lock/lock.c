#include "lock/shard.h"

#include <stdlib.h>

#define SHARDS 16u      /* enough that threads on a few dozen cores seldom meet */
#define SWEEP_SLICE 64u /* slots a shard's mutex is held for */

struct rl_book {
  rl_shard shards[SHARDS];
};

rl_status rl_book_create(size_t capacity, rl_exposure *exposure, rl_book **out)
{
  size_t each = (capacity + SHARDS - 1) / SHARDS;
  if (each == 0 || each > UINT32_MAX / 4)
    return RL_OUT_OF_RANGE;
  rl_book *book = aligned_alloc(_Alignof(rl_book), sizeof *book);
  if (!book)
    return RL_NO_MEMORY;
  for (unsigned i = 0; i < SHARDS; i++) {
    if (rl_shard_init(&book->shards[i], (uint32_t)each, exposure) != RL_OK) {
      while (i-- > 0)
        rl_shard_fini(&book->shards[i]);
      free(book);
      return RL_NO_MEMORY;
    }
  }
  *out = book;
  return RL_OK;
}

void rl_book_destroy(rl_book *book)
{
  if (!book)
    return;
  for (unsigned i = 0; i < SHARDS; i++)
    rl_shard_fini(&book->shards[i]);
  free(book);
}

static rl_shard *lock_shard(rl_book *book, rl_fingerprint key)
{
  rl_shard *shard = &book->shards[key.words[0] % SHARDS];
  pthread_mutex_lock(&shard->mutex);
  return shard;
}

static rl_key_verdict verdict_of(const rl_slot *slot, rl_fingerprint body, rl_quote_id *id)
{
  if (!slot)
    return RL_KEY_NEW;
  if (!rl_fingerprint_equal(slot->body, body))
    return RL_KEY_REUSED;
  *id = slot->id;
  return RL_KEY_REPEAT;
}

rl_key_verdict rl_book_find_key(rl_book *book, rl_fingerprint key, rl_fingerprint body,
                                rl_quote_id *id)
{
  rl_shard *shard = lock_shard(book, key);
  rl_key_verdict verdict = verdict_of(rl_shard_find(shard, key), body, id);
  pthread_mutex_unlock(&shard->mutex);
  return verdict;
}

rl_status rl_book_open(rl_book *book, const rl_lock *lock, bool (*publish)(void *context),
                       void *context, rl_key_verdict *verdict, rl_quote_id *existing)
{
  rl_shard *shard = lock_shard(book, lock->key);
  rl_status status = RL_FULL;
  *verdict = verdict_of(rl_shard_find(shard, lock->key), lock->body, existing);
  if (*verdict != RL_KEY_NEW) {
    status = RL_EXISTS;
  } else if (rl_shard_has_room(shard, lock->ttl_ms) && publish(context)) {
    rl_shard_add(shard, lock);
    status = RL_OK;
  }
  pthread_mutex_unlock(&shard->mutex);
  return status;
}

rl_ending rl_book_end(rl_book *book, rl_fingerprint key, rl_quote_id id)
{
  rl_shard *shard = lock_shard(book, key);
  rl_slot *slot = rl_shard_find(shard, key);
  rl_ending ending = RL_ENDING_UNSEEN;
  if (slot && rl_quote_id_equal(slot->id, id))
    ending = rl_shard_end(shard, slot) ? RL_ENDING_NOW : RL_ENDING_BEFORE;
  pthread_mutex_unlock(&shard->mutex);
  return ending;
}

static size_t sweep_slice(rl_shard *shard, rl_mono now, size_t steps,
                          void (*expired)(rl_quote_id id, void *context), void *context)
{
  rl_quote_id ids[SWEEP_SLICE];
  size_t expired_count;
  pthread_mutex_lock(&shard->mutex);
  size_t touched =
    rl_shard_sweep(shard, now, steps < SWEEP_SLICE ? steps : SWEEP_SLICE, ids, &expired_count);
  pthread_mutex_unlock(&shard->mutex);
  for (size_t i = 0; expired && i < expired_count; i++)
    expired(ids[i], context);
  return touched;
}

/* A slice of each shard in turn: a mutex is not fair, and who waits for one that is let go and
 * taken again at once may wait until the shard has nothing more due. */
size_t rl_book_sweep(rl_book *book, rl_mono now, size_t steps,
                     void (*expired)(rl_quote_id id, void *context), void *context)
{
  size_t done = 0, before;
  do {
    before = done;
    for (unsigned i = 0; i < SHARDS && done < steps; i++)
      done += sweep_slice(&book->shards[i], now, steps - done, expired, context);
  } while (done > before && done < steps);
  return done;
}

void rl_book_stats_read(rl_book *book, rl_book_stats *out)
{
  *out = (rl_book_stats){0};
  for (unsigned i = 0; i < SHARDS; i++) {
    rl_shard *shard = &book->shards[i];
    pthread_mutex_lock(&shard->mutex);
    out->capacity += shard->capacity;
    out->active += shard->active;
    out->held += shard->held;
    pthread_mutex_unlock(&shard->mutex);
  }
}
