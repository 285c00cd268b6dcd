/* The lock book: open quotes and live create keys in memory.
 *
 * It answers three questions without touching the disk: was this create key used (L4), how many
 * locks are open, which have run out (L7). It does not judge accepts: the store does, and tells
 * the book afterwards.
 *
 *               open                end (consumed, cancelled, revoked)
 *     (free) ----------> ACTIVE ---------------------------------> ENDED
 *        ^                  |  deadline                               |
 *        |                  v                                         |
 *        |               EXPIRED                                      |
 *        +------------------+-----------------------------------------+
 *                  retire, when the create key's time is over
 *
 *     open     rl_book_open      by the thread that issues the quote
 *     end      rl_book_end       by the store's thread, after the sync
 *     deadline rl_book_sweep     by the housekeeping thread
 *     retire   rl_book_sweep     max(deadline, issue + RL_CREATE_KEY_MIN_MS)
 *
 * A lock that leaves ACTIVE gives back what it reserved of its exposure (L5), within that step: so
 * once, whichever of end and deadline comes first.
 *
 * Any function may be called from any thread. shard.h holds the layout and the invariants. */
#pragma once

#include "exposure/exposure.h"
#include "quote/quote.h"

typedef struct rl_book rl_book;

/* Room for at least `capacity` slots; memory is touched only as it is used. `exposure` is where
 * locks give back what they reserved; it outlives the book, which leaves there what is still open
 * when it is destroyed. */
RL_MUST_USE rl_status rl_book_create(size_t capacity, rl_exposure *exposure, rl_book **out);
void rl_book_destroy(rl_book *book);

typedef enum rl_key_verdict {
  RL_KEY_NEW,    /* not seen */
  RL_KEY_REPEAT, /* seen with the same body: *id is its quote */
  RL_KEY_REUSED, /* seen with another body */
} rl_key_verdict;

rl_key_verdict rl_book_find_key(rl_book *book, rl_fingerprint key, rl_fingerprint body,
                                rl_quote_id *id);

/* What opening needs, taken from the quote. */
typedef struct rl_lock {
  rl_quote_id id;
  rl_fingerprint key;       /* rl_key_fingerprint of the create key */
  rl_fingerprint body;      /* of the request's decoded fields */
  uint32_t ttl_ms;          /* of the lock: one queue a length, so that each stays in order */
  int64_t deadline_mono_ns; /* first instant at which the lock no longer holds */
  rl_reservation reservation; /* the book's once it is open; publish() may still fill it */
} rl_lock;

/* Opens a lock if its key is new, and calls publish(context) before anybody else can see the key;
 * if publish returns false the lock is not opened. RL_FULL then, and when no slot or no queue
 * for this ttl is free. RL_EXISTS when the key was used meanwhile: *verdict tells how and
 * *existing names its quote. */
RL_MUST_USE rl_status rl_book_open(rl_book *book, const rl_lock *lock,
                                   bool (*publish)(void *context), void *context,
                                   rl_key_verdict *verdict, rl_quote_id *existing);

typedef enum rl_ending {
  RL_ENDING_UNSEEN, /* the book does not hold it (a token never seen here, a key retired) */
  RL_ENDING_NOW,    /* it was ACTIVE */
  RL_ENDING_BEFORE, /* it had ended or run out already: nothing changed for anybody */
} rl_ending;

/* The store has ended the quote that was opened under `key`. Of all who say so for one quote, and
 * its deadline, exactly one is RL_ENDING_NOW. */
rl_ending rl_book_end(rl_book *book, rl_fingerprint key, rl_quote_id id);

/* Expires and retires what is due, at most about `steps` slots, each in constant time; returns
 * how many it did. `expired` (may be NULL) is called without any lock held. One thread. */
size_t rl_book_sweep(rl_book *book, rl_mono now, size_t steps,
                     void (*expired)(rl_quote_id id, void *context), void *context);

typedef struct rl_book_stats {
  size_t capacity;  /* slots */
  size_t active;    /* locks whose end is not known yet */
  size_t held;      /* slots in use: active ones, and ended ones whose key still lives */
} rl_book_stats;
void rl_book_stats_read(rl_book *book, rl_book_stats *out);
