/* A market that is recorded, a clock that is driven, and streams of updates at random. */
#pragma once

#include "support/random.h"
#include "tape/recorder.h"
#include "tape/replay.h"

enum { STAND_SOURCES = 5, STAND_PAIRS = 4 };

typedef struct stand {
  char directory[64]; /* the tape's; its files are removed at the end */
  rl_manual_clock manual;
  rl_clock clock;
  rl_universe *universe;
  rl_market *market;
  rl_recorder *recorder;
  rl_source sources[STAND_SOURCES];
  unsigned source_count;
  uint64_t sequences[STAND_SOURCES][STAND_PAIRS];
  int64_t levels[STAND_PAIRS]; /* where the pairs' true mids are, whole units */
  int64_t keep_ms;
  uint64_t keep_bytes;
  rl_source source; /* of the last update, as are the next three */
  rl_tick tick;
  rl_depth depth;
  rl_now now;
  rl_random random;
} stand;

/* "EURUSD" and so on. */
extern const char *const stand_pairs[STAND_PAIRS];

/* Ends the test program with a message when something fails. */
void stand_open(stand *it, uint64_t seed);
/* What was said is written, and the engine's market forgotten; the next run begins at once. */
void stand_restart(stand *it);
void stand_close(stand *it);

/* One update at random: mostly a walk of small steps, at times whatever a feed may send. Moves the
 * clock before it by some part of `step_ns`. */
rl_verdict stand_tick(stand *it, int64_t step_ns);
/* So many, with the writer coming by as often as in an engine. */
void stand_run(stand *it, unsigned updates, int64_t step_ns);
/* What the market says of a pair now. */
rl_composite stand_read(const stand *it, unsigned pair);

/* Composites as two readers see them: the same fields, and the same ticks. */
bool stand_same(const rl_composite *left, const rl_composite *right);

/* A whole replay of the stand's tape, or of [from, to), with what it was told counted. */
rl_tape_replay_counts stand_replay(const stand *it, rl_utc from, rl_utc to);
/* The path of the tape's file at this place, the oldest being 0; false if there are not so many. */
bool stand_file(const stand *it, unsigned place, char out[512]);
unsigned stand_file_count(const stand *it);
