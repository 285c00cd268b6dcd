/* Replay: a market rebuilt of the tape. Each recorded update is applied at its recorded instants to
 * a market of the recorded universe, and what comes of it is held against what the engine made: on
 * the version that recorded it, it is the same to the bit. So is then all that can be asked of the
 * market at that instant. One thread a replay. */
#pragma once

#include "tape/record.h"
#include "tape/tape.h"

typedef struct rl_tape_replay rl_tape_replay;

typedef struct rl_tape_replay_options {
  const char *directory; /* the tape's own */
  rl_utc from;           /* what was before is applied where it is needed, and not counted */
  rl_utc to;             /* exclusive: the replay ends in the last segment that begins before it, at
                            the first record that is not; any other such record, of a wall clock
                            that was ahead, is applied and not counted */
  bool whole;            /* begins early enough for every pair to be there at `from` as it was, and
                            not only the pairs with an update behind the segment's begin */
  const char *pair;      /* "EURUSD" or "EUR/USD": nothing else is rebuilt; NULL: all pairs */
  rl_tape_report report;
} rl_tape_replay_options;

typedef struct rl_tape_replay_counts {
  uint64_t segments;
  uint64_t updates;      /* from `from` to before `to`, as are the next two */
  uint64_t composites;   /* that they made */
  uint64_t mismatches;   /* updates with another verdict or composite than recorded, and pairs whose
                            recorded state is not the one reached */
  uint64_t gaps;         /* places where updates are missing */
  uint64_t lost;         /* updates there, as far as they were counted */
  uint64_t troubles;     /* files that were damaged or cut: told to the report */
  uint64_t hash;         /* over each composite made: pair, instant and all its fields */
} rl_tape_replay_counts;

/* One update, applied. */
typedef struct rl_tape_replay_step {
  const rl_tape_record *record;   /* as recorded; good until the next step */
  const rl_universe *universe;
  bool renewed;              /* the first update of a new market: a new run, or behind a gap */
  bool counted;              /* from `from` to before `to` */
  bool matches;              /* verdict and composite came as recorded */
} rl_tape_replay_step;

/* RL_NOT_FOUND without a segment that may hold anything of the interval, RL_IO, RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_tape_replay_open(const rl_tape_replay_options *options,
                                          rl_tape_replay **out, rl_error *error);
/* Applies the next update. False at the end, and when memory is out, which the report is told. */
bool rl_tape_replay_next(rl_tape_replay *replay, rl_tape_replay_step *out);
void rl_tape_replay_close(rl_tape_replay *replay);

rl_tape_replay_counts rl_tape_replay_counts_now(const rl_tape_replay *replay);
/* Behind the last step: the market as it then was, NULL before the first. The replay's. */
const rl_market *rl_tape_replay_market(const rl_tape_replay *replay);
/* Behind the last step: both clocks of the recording engine, when its wall clock showed `at`. */
rl_now rl_tape_replay_instant(const rl_tape_replay *replay, rl_utc at);
/* The version of the engine that recorded the segment in hand; "" before the first. */
const char *rl_tape_replay_version(const rl_tape_replay *replay);
