/* Exposure: what all open locks come to, by client and by pair, and the caps on it (design L5).
 *
 * A lock reserves when it is issued and gives back what it reserved when it ends, whatever the
 * rates and the caps are by then:
 *
 *     reserve   rl_exposure_reserve   the thread that issues the quote, before the lock opens
 *               rl_exposure_restore   at a start, for a lock that was recorded open
 *     release   rl_exposure_release   the lock book, when the lock leaves its active state; or the
 *                                     issuing thread, if the lock does not open after all
 *
 * A cap that is lowered below what is used refuses new locks and ends none. Caps are this engine's
 * own; a quote that was issued elsewhere is never counted here, since it ends as it arrives.
 *
 * One mutex guards everything, held by the engine's own threads for some tens of nanoseconds: to
 * look at a client and a pair and to count in both must be one step, or two requests could pass
 * one cap, or one be refused for another that was undone. Sharding by client would leave the
 * pair's sum, and by pair the client's.
 *
 * Invariants (tests/exposure and tests/lock hold them against a model):
 *   I1  of each client and each pair: sums = those of the reservations not given back
 *   I2  the sum over all clients = the sum over all pairs = the total
 *   I3  a client has a seat exactly while it has open locks
 *   I4  right after a reservation no cap that applies to it is passed */
#pragma once

#include "exposure/limits.h"
#include "money/wide.h"
#include "status/refusal.h"

typedef struct rl_exposure rl_exposure;

/* What a lock holds until it ends; kept beside it by its owner. All zero: nothing. */
typedef struct rl_reservation {
  int64_t notional_minor; /* of the reporting currency; 0 if unvalued */
  uint16_t seat;          /* of the client */
  rl_pair_number pair;
  uint8_t held;           /* 1 until it is given back */
  uint8_t unvalued;       /* counted without a notional */
} rl_reservation;
_Static_assert(sizeof(rl_reservation) == 16, "beside each slot of the lock book");

/* What open locks come to. */
typedef struct rl_exposure_sum {
  rl_u128 notional_minor; /* of the reporting currency */
  uint32_t locks;
  uint32_t unvalued;      /* of the locks, those without a notional */
} rl_exposure_sum;

/* *limits become the table's own. */
RL_MUST_USE rl_status rl_exposure_create(rl_limits *limits, rl_exposure **out);
void rl_exposure_destroy(rl_exposure *exposure);

/* The currency of all notionals: the same from start to end. Any thread. */
rl_currency rl_exposure_reporting(const rl_exposure *exposure);

/* Whether these may come in force: what is counted cannot change its currency while it is open.
 * RL_INVALID, with the line of `path`. */
RL_MUST_USE rl_status rl_exposure_admits(const rl_exposure *exposure, const rl_limits *limits,
                                         const char *path, rl_error *error);
/* In force from here on; they must be admitted, and become the table's own. Any thread. */
void rl_exposure_limit(rl_exposure *exposure, rl_limits *limits);

/* `count` locks of one client and one pair as one step, all or none: notionals of 0 are unknown.
 * RL_REFUSAL_NONE fills out[count]; else *out is untouched, and in this order
 *   NO_REPORTING_RATE  an unknown notional where a ticket or a cap on notional applies
 *   TICKET_TOO_LARGE   one is above the ticket
 *   CLIENT_LIMIT, PAIR_LIMIT
 *   OVERLOADED         RL_EXPOSURE_CLIENTS_MAX other clients have open locks
 * Any thread. */
rl_refusal rl_exposure_reserve(rl_exposure *exposure, const char *client, rl_currency from,
                               rl_currency to, const int64_t *notionals_minor, unsigned count,
                               rl_reservation *out);
/* One lock that was promised before: no cap is asked. RL_FULL when no seat is left. */
RL_MUST_USE rl_status rl_exposure_restore(rl_exposure *exposure, const char *client,
                                          rl_currency from, rl_currency to, int64_t notional_minor,
                                          rl_reservation *out);
/* Gives back what the reservation holds, if it holds anything. Any thread; one at a time for one
 * reservation. */
void rl_exposure_release(rl_exposure *exposure, rl_reservation *reservation);

/* --- what is used and left --- */

typedef struct rl_exposure_row {
  char client[RL_CLIENT_NAME_MAX + 1]; /* "" of a pair's row */
  rl_pair_number pair;                 /* of a pair's row */
  rl_exposure_sum used;
  rl_cap cap;
} rl_exposure_row;

/* All open locks. */
rl_exposure_sum rl_exposure_total(rl_exposure *exposure);
int64_t rl_exposure_ticket(rl_exposure *exposure); /* minor units, or RL_NOTIONAL_UNCAPPED */
/* Of anybody: zero where nothing is open. */
void rl_exposure_client(rl_exposure *exposure, const char *client, rl_exposure_row *out);
void rl_exposure_pair(rl_exposure *exposure, rl_pair_number pair, rl_exposure_row *out);

/* Rows of those who have open locks, and then of those whom the limits name and who have none. The
 * mutex is held for a slice at a time: each row is whole, but locks may come and go between two
 * slices. *cursor is 0 at first; 0 rows are the end. */
#define RL_EXPOSURE_SLICE 64
size_t rl_exposure_clients(rl_exposure *exposure, uint32_t *cursor,
                           rl_exposure_row out[RL_EXPOSURE_SLICE]);
size_t rl_exposure_pairs(rl_exposure *exposure, uint32_t *cursor,
                         rl_exposure_row out[RL_EXPOSURE_SLICE]);
