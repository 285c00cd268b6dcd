/* Finding the updates that a quote was made of (K7) on a tape. */
#pragma once

#include "market/market.h"
#include "tape/tape.h"

typedef struct rl_tape_wanted {
  char pair[8];          /* "EURUSD" */
  const char *source;    /* its name */
  rl_composite_tick tick; /* its source's index means nothing here */
  uint8_t scale;         /* of the tick's prices */
  uint64_t units;        /* of base, that its prices are for; 0: the best prices */
  bool found;            /* set where an update of the tape has its arrival, sequence, prices */
} rl_tape_wanted;

/* Looks for all of them among the updates that arrived at from <= utc_ms < to. *covered tells that
 * the tape has anything of that time: where not, nothing follows from what was not found. RL_OK,
 * RL_NOT_FOUND where there is no tape, RL_IO, RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_tape_find(const char *directory, rl_utc from, rl_utc to,
                                   rl_tape_wanted *wanted, unsigned count, bool *covered,
                                   rl_error *error);
