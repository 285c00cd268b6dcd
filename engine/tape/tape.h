/* The tape: every update that reached the market and every composite that came of it, so that any
 * price can be looked up, drawn and rebuilt later. It lies in DIR/tape of the data directory and
 * needs no engine, store or universe beside it to be read.
 *
 * A directory holds segments, files NUMBER-START.tape: a number that rises with each of them, and
 * the wall clock in ms at their first record. A segment is begun at each start of an engine, each
 * RL_TAPE_SEGMENT_MS and each RL_TAPE_SEGMENT_BYTES, and where the wall clock was set by more than
 * RL_WALL_SKEW_MS. segment.h has its bytes, record.h what a
 * record is, recorder.h how the engine writes it, replay.h how a market is rebuilt of it.
 *
 * This header is for who only wants to see the prices of one pair pass by. One thread a walk. */
#pragma once

#include "clock/clock.h"
#include "status/error.h"
#include "status/refusal.h"

#include <stdbool.h>

/* The tape's directory within the data directory. */
#define RL_TAPE_DIRECTORY "tape"

/* Told of what is wrong with a file, one call for each; reading goes on behind it. */
typedef struct rl_tape_report {
  void (*tell)(void *context, const rl_error *trouble); /* NULL: nobody is told */
  void *context;
} rl_tape_report;

/* A pair's composite as it was made when an update came. Time takes votes away behind it: a price
 * is good for at most max_age_ms, and less where another update of the pair follows. */
typedef struct rl_tape_composite {
  int64_t utc_ms;          /* wall clock at the update's arrival */
  int64_t mono_ns;         /* boot clock at the same; of the boot below */
  uint64_t boot_id;
  uint64_t version;        /* of the pair's composite: rises by one with each, in one run */
  rl_refusal refusal;      /* why there was no price, or RL_REFUSAL_NONE */
  uint8_t scale;           /* decimals of the pair's rates */
  uint8_t pip_scale;
  uint8_t tick_count;      /* fresh ticks that it was made of */
  uint32_t max_age_ms;     /* of the pair's universe */
  uint32_t bid_half;       /* half units of 10^-scale; all 0 if refused */
  uint32_t mid_half;
  uint32_t ask_half;
  uint32_t volatility_ppm; /* RL_VOLATILITY_UNKNOWN without one */
  bool follows_gap;        /* the first one of a run, or behind updates that were lost: what the
                              price was between the one before and this is not known */
} rl_tape_composite;

typedef struct rl_tape_walk rl_tape_walk;

/* Begins a walk over the composites of a pair ("EURUSD" or "EUR/USD", in market convention) that
 * were made at from <= utc_ms < to, in the order in which they were made, which is that of utc_ms
 * but where the wall clock was set back. `directory` is the tape's own. Memory is bounded, whatever
 * the interval. RL_NOT_FOUND without such a directory or without a segment in it, RL_IO,
 * RL_NO_MEMORY. A pair that is not in a segment's universe has no composites there. */
RL_MUST_USE rl_status rl_tape_walk_open(const char *directory, const char *pair, rl_utc from,
                                        rl_utc to, rl_tape_report report, rl_tape_walk **out,
                                        rl_error *error);
/* The next one; false at the end. A damaged or cut file was reported, and its good part given. */
bool rl_tape_walk_next(rl_tape_walk *walk, rl_tape_composite *out);
void rl_tape_walk_close(rl_tape_walk *walk);
