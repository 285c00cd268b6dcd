#include "lock/shard.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Zeroed, untouched pages: a large book costs memory only as it fills. */
static void *map_pages(size_t size)
{
  void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return pages == MAP_FAILED ? NULL : pages;
}

static size_t index_places(uint32_t capacity)
{
  size_t places = 16;
  while (places < 2 * (size_t)capacity)
    places *= 2;
  return places;
}

static void unmap_pages(void *pages, size_t size)
{
  if (pages)
    munmap(pages, size);
}

static void unmap_arrays(rl_shard *shard)
{
  unmap_pages(shard->slots, shard->capacity * sizeof *shard->slots);
  unmap_pages(shard->reservations, shard->capacity * sizeof *shard->reservations);
  unmap_pages(shard->index, ((size_t)shard->index_mask + 1) * sizeof *shard->index);
}

rl_status rl_shard_init(rl_shard *shard, uint32_t capacity, rl_exposure *exposure)
{
  size_t places = index_places(capacity);
  memset(shard, 0, sizeof *shard);
  shard->slots = map_pages(capacity * sizeof *shard->slots);
  shard->reservations = map_pages(capacity * sizeof *shard->reservations);
  shard->exposure = exposure;
  shard->index = map_pages(places * sizeof *shard->index);
  shard->capacity = capacity;
  shard->index_mask = (uint32_t)(places - 1);
  if (!shard->slots || !shard->reservations || !shard->index) {
    unmap_arrays(shard);
    return RL_NO_MEMORY;
  }
  pthread_mutex_init(&shard->mutex, NULL);
  return RL_OK;
}

void rl_shard_fini(rl_shard *shard)
{
  unmap_arrays(shard);
  pthread_mutex_destroy(&shard->mutex);
}

/* The shard was picked by the other word, so this one is still evenly spread. */
static uint32_t home_of(const rl_shard *shard, rl_fingerprint key)
{
  return (uint32_t)key.words[1] & shard->index_mask;
}

/* The place that holds the key, or the empty one where the search for it ends. */
static uint32_t place_of(const rl_shard *shard, rl_fingerprint key)
{
  uint32_t place = home_of(shard, key);
  while (shard->index[place]
         && !rl_fingerprint_equal(shard->slots[shard->index[place] - 1].key, key))
    place = (place + 1) & shard->index_mask;
  return place;
}

rl_slot *rl_shard_find(rl_shard *shard, rl_fingerprint key)
{
  uint32_t entry = shard->index[place_of(shard, key)];
  return entry ? &shard->slots[entry - 1] : NULL;
}

static void index_remove(rl_shard *shard, rl_fingerprint key)
{
  uint32_t hole = place_of(shard, key);
  uint32_t place = hole;
  for (;;) {
    place = (place + 1) & shard->index_mask;
    uint32_t entry = shard->index[place];
    if (!entry)
      break;
    uint32_t home = home_of(shard, shard->slots[entry - 1].key);
    /* An entry may move back into the hole only if its home does not lie after the hole. */
    if (((place - home) & shard->index_mask) >= ((place - hole) & shard->index_mask)) {
      shard->index[hole] = entry;
      hole = place;
    }
  }
  shard->index[hole] = 0;
}

/* The queue of a lock length, or a free one, or NULL. */
static rl_queue *queue_for(rl_shard *shard, uint32_t ttl_ms)
{
  for (unsigned i = 0; i < RL_QUEUES; i++) {
    rl_queue *queue = &shard->queues[i];
    if (queue->ttl_ms == ttl_ms || queue->ttl_ms == 0)
      return queue;
  }
  return NULL;
}

bool rl_shard_has_room(rl_shard *shard, uint32_t ttl_ms)
{
  return (shard->free_list || shard->touched < shard->capacity) && queue_for(shard, ttl_ms);
}

static uint32_t take_free(rl_shard *shard)
{
  if (!shard->free_list)
    return ++shard->touched;
  uint32_t entry = shard->free_list;
  shard->free_list = shard->slots[entry - 1].next;
  return entry;
}

static void enqueue(rl_shard *shard, rl_queue *queue, uint32_t entry)
{
  if (queue->newest)
    shard->slots[queue->newest - 1].next = entry;
  if (!queue->oldest)
    queue->oldest = entry;
  if (!queue->unexpired)
    queue->unexpired = entry;
  queue->newest = entry;
}

void rl_shard_add(rl_shard *shard, const rl_lock *lock)
{
  rl_queue *queue = queue_for(shard, lock->ttl_ms);
  queue->ttl_ms = lock->ttl_ms;
  uint32_t entry = take_free(shard);
  shard->slots[entry - 1] = (rl_slot){
    .key = lock->key,
    .body = lock->body,
    .id = lock->id,
    .deadline_mono_ns = lock->deadline_mono_ns,
    .queue = (uint8_t)(queue - shard->queues),
    .state = RL_LOCK_ACTIVE,
  };
  shard->reservations[entry - 1] = lock->reservation;
  shard->index[place_of(shard, lock->key)] = entry;
  enqueue(shard, queue, entry);
  shard->active++;
  shard->held++;
}

/* The one way out of ACTIVE. */
static void deactivate(rl_shard *shard, rl_slot *slot, rl_lock_state state)
{
  slot->state = (uint8_t)state;
  shard->active--;
  rl_exposure_release(shard->exposure, &shard->reservations[slot - shard->slots]);
}

bool rl_shard_end(rl_shard *shard, rl_slot *slot)
{
  bool active = slot->state == RL_LOCK_ACTIVE;
  if (active)
    deactivate(shard, slot, RL_LOCK_ENDED);
  slot->state = RL_LOCK_ENDED;
  return active;
}

static size_t expire_due(rl_shard *shard, rl_queue *queue, rl_mono now, size_t steps,
                         rl_quote_id *ids, size_t *expired)
{
  size_t done = 0;
  while (done < steps && queue->unexpired) {
    rl_slot *slot = &shard->slots[queue->unexpired - 1];
    if (slot->deadline_mono_ns > now.ns)
      break;
    if (slot->state == RL_LOCK_ACTIVE) {
      deactivate(shard, slot, RL_LOCK_EXPIRED);
      ids[(*expired)++] = slot->id;
    }
    queue->unexpired = slot->next;
    done++;
  }
  return done;
}

static int64_t retire_at(const rl_queue *queue, const rl_slot *slot)
{
  int64_t more_ms = (int64_t)RL_CREATE_KEY_MIN_MS - queue->ttl_ms;
  return slot->deadline_mono_ns + (more_ms > 0 ? more_ms * RL_NS_PER_MS : 0);
}

static void free_oldest(rl_shard *shard, rl_queue *queue)
{
  uint32_t entry = queue->oldest;
  rl_slot *slot = &shard->slots[entry - 1];
  index_remove(shard, slot->key);
  queue->oldest = slot->next;
  if (!queue->oldest)
    queue->newest = 0;
  slot->state = RL_LOCK_FREE;
  slot->next = shard->free_list;
  shard->free_list = entry;
  shard->held--;
}

static size_t sweep_queue(rl_shard *shard, rl_queue *queue, rl_mono now, size_t steps,
                          rl_quote_id *ids, size_t *expired)
{
  size_t done = expire_due(shard, queue, now, steps, ids, expired);
  /* Only what has been looked at for expiry is retired, so `unexpired` stays behind nobody. */
  while (done < steps && queue->oldest && queue->oldest != queue->unexpired
         && retire_at(queue, &shard->slots[queue->oldest - 1]) <= now.ns) {
    free_oldest(shard, queue);
    done++;
  }
  return done;
}

size_t rl_shard_sweep(rl_shard *shard, rl_mono now, size_t steps, rl_quote_id *ids,
                      size_t *expired)
{
  size_t done = 0;
  *expired = 0;
  for (unsigned i = 0; i < RL_QUEUES && shard->queues[i].ttl_ms && done < steps; i++)
    done += sweep_queue(shard, &shard->queues[i], now, steps - done, ids, expired);
  return done;
}
