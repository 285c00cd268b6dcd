/* One shard of the lock book: slots, an index by create key, and queues in order of time.
 *
 * Why shards: a create needs its key's entry, its slot and its queue to change as one, so each
 * shard has a mutex, and the key's fingerprint picks the shard. A mutex is held for some hundred
 * nanoseconds, by a sweep's slice for some microseconds, by the engine's own threads and never by a
 * client.
 *
 * A slot is one cache line; what it reserved of its exposure stands in an array beside it, which
 * is touched when the lock opens and when it leaves ACTIVE, and by no look-up:
 *
 *    0  key fingerprint      16
 *   16  body fingerprint     16
 *   32  quote id             16
 *   48  deadline_mono_ns      8
 *   56  next in its queue     4   slot number + 1, 0 ends the queue
 *   60  queue number          1
 *   61  state                 1
 *
 * A slot takes 64 bytes, its reservation 16, its part of the index 8 to 16: at most 96 a lock, and
 * exposure keeps nothing for a lock of its own. A small book pays its pages beside that. Ten
 * million open locks were measured at 93.4 bytes each (perf_locks).
 *
 * A lock length (TTL class) has one queue, in order of issue and so of deadline. A queue has two
 * heads: `oldest`, the first slot not yet retired, and `unexpired`, the first not yet looked at
 * for expiry, which never stands before `oldest`. Hence expiry and retirement cost O(1) a lock
 * and there is no timer (L7). A tariff may change the lengths on offer; a queue stays with its
 * length for ever, and there are RL_QUEUES of them.
 *
 * Invariants (checked by tests/lock against a sequential model):
 *   I1  a slot is in the index, and in one queue, exactly while its state is not FREE
 *   I2  a slot is retired only when its deadline has passed and its create key's time is over
 *   I3  active = the number of slots in state ACTIVE; held = the number not FREE
 *   I4  the index is at most half full
 *   I5  a reservation is held exactly while its slot is ACTIVE, if it ever was
 *
 * The index is open addressing with linear probing over slot numbers; removal shifts the run
 * back, so there are no tombstones. Not ck_ht: a put after a removal can store a key twice. */
#pragma once

#include "lock/lock.h"

#include <pthread.h>

#define RL_QUEUES 64 /* lock lengths ever offered by one process, RL_TTL_CLASSES_MAX a tariff */

typedef enum rl_lock_state {
  RL_LOCK_FREE,
  RL_LOCK_ACTIVE,
  RL_LOCK_EXPIRED,
  RL_LOCK_ENDED,
} rl_lock_state;

typedef struct rl_slot {
  rl_fingerprint key;
  rl_fingerprint body;
  rl_quote_id id;
  int64_t deadline_mono_ns;
  uint32_t next;
  uint8_t queue;
  uint8_t state; /* rl_lock_state */
} rl_slot;
_Static_assert(sizeof(rl_slot) == 64, "a slot is one cache line");

typedef struct rl_queue {
  uint32_t ttl_ms; /* 0: not in use */
  uint32_t oldest;
  uint32_t unexpired;
  uint32_t newest;
} rl_queue;

typedef struct rl_shard {
  _Alignas(64) pthread_mutex_t mutex;
  rl_slot *slots;
  rl_reservation *reservations; /* by slot */
  rl_exposure *exposure;        /* of all shards */
  uint32_t *index;     /* slot number + 1, 0 for an empty place */
  uint32_t capacity;   /* slots */
  uint32_t index_mask; /* places - 1, a power of two minus one */
  uint32_t touched;    /* slots ever used: those beyond were never written */
  uint32_t free_list;  /* slot number + 1, linked by `next` */
  uint32_t active;
  uint32_t held;
  rl_queue queues[RL_QUEUES];
} rl_shard;

/* All of these but init and fini want the shard's mutex held. */
RL_MUST_USE rl_status rl_shard_init(rl_shard *shard, uint32_t capacity,
                                    rl_exposure *exposure);
void rl_shard_fini(rl_shard *shard);
/* The slot of a key, or NULL. */
rl_slot *rl_shard_find(rl_shard *shard, rl_fingerprint key);
/* True when rl_shard_add would have a slot and a queue for it. */
bool rl_shard_has_room(rl_shard *shard, uint32_t ttl_ms);
void rl_shard_add(rl_shard *shard, const rl_lock *lock);
/* Whether it was ACTIVE. */
bool rl_shard_end(rl_shard *shard, rl_slot *slot);

/* Takes at most `steps` slots, queue after queue: writes the ids that expired to ids[steps] and
 * their number to *expired, retires what is due, returns how many slots it touched. */
size_t rl_shard_sweep(rl_shard *shard, rl_mono now, size_t steps, rl_quote_id *ids,
                      size_t *expired);
