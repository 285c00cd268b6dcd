/* Following one publisher over NATS: what is new, what was lost, what has to be taken back, when to
 * ask for a snapshot. Pure: no clock, no socket.
 *
 * - Sequences are compared pair by pair. What does not rise is old, be it a message that was
 *   overtaken or a snapshot's value behind a newer update. What rises by more than one tells how
 *   many were lost. A number far below or above (RL_SEQUENCE_LEAP) is a new start of the publisher.
 * - One publisher at a time, told by the origin in its messages: another one under the same subject
 *   is refused until the first has been silent for `patience`.
 * - What a publication says is repeated each second. A pair of it of which nothing came for
 *   `patience` is due to be taken back, and so is, without a connection for as long, every pair.
 * - A publication's messages bear the time of sending. One that took longer than the fastest by
 *   `patience` was held up on its way and is late: its price is as old as that, whatever its
 *   number. Where all are late for `patience`, it is the publisher's clock that was set back.
 *
 * One thread. */
#pragma once

#include "clock/clock.h"
#include "feeds/nats_message.h"

typedef struct rl_follow rl_follow;

/* How long after an unanswered request for a snapshot the next one is made. */
#define RL_FOLLOW_ASK_MS 500

/* `patience_ms` > 0. RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_follow_create(int64_t patience_ms, rl_follow **out);
void rl_follow_destroy(rl_follow *follow);

/* At each round: the connection as rl_bus_connection tells it; 0 for none. */
void rl_follow_connection(rl_follow *follow, uint64_t connection, rl_mono now);

/* Whether a message of this origin, "" for none, is the followed publisher's. *changed is set when
 * it is the first of another one. */
bool rl_follow_admit(rl_follow *follow, const char *origin, rl_mono now, bool *changed);

typedef enum rl_follow_verdict {
  RL_FOLLOW_NEW,
  RL_FOLLOW_OLD,     /* not above the last */
  RL_FOLLOW_LATE,    /* held up on its way */
  RL_FOLLOW_GONE,    /* takes back what has been taken back already */
  RL_FOLLOW_NO_ROOM, /* more pairs than an engine can have */
} rl_follow_verdict;

/* One update of an admitted message. *lost is how many numbers were skipped; below
 * RL_SEQUENCE_LEAP. */
rl_follow_verdict rl_follow_take(rl_follow *follow, const rl_nats_update *update,
                                 bool from_snapshot, rl_mono now, uint64_t *lost);

/* The engine did not take what it was given: what it has is unknown, and the same may be said to it
 * again. Asks for a snapshot. */
void rl_follow_forget(rl_follow *follow);

/* The next pair that is due to be taken back, which it then is; false when there is none. */
bool rl_follow_withdraw(rl_follow *follow, rl_mono now, char pair[8]);

/* The next pair of which the engine may have a rate from us, which is taken back with this: for a
 * handler that ends. False when there is none. */
bool rl_follow_end(rl_follow *follow, char pair[8]);

/* Whether to ask for a snapshot now; true at most every RL_FOLLOW_ASK_MS. */
bool rl_follow_asks(rl_follow *follow, rl_mono now);
void rl_follow_answered(rl_follow *follow);
