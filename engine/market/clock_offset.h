/* How far a source's clock is from this engine's, as far as one can tell from one side (K1).
 *
 * The lag of an update, arrival less the source's time, is how long it was under way and how far
 * the source's clock is behind. The first part is never negative and often nearly the least
 * possible, so the least lag of some minutes is the offset and the shortest way together. It slides
 * in two halves: the least of the half that runs and of the one before.
 *
 * An update from the future is refused, and one false stamp says nothing of a clock. So a lag
 * below -RL_SOURCE_FUTURE_MS counts only where the window has no other; among such ones the
 * nearest to the bound does. A clock is called wrong when all that was heard of it in the window
 * says so. */
#pragma once

#include "clock/clock.h"
#include "sync/word.h"

#include <stdbool.h>

/* Long enough for the slowest source that counts as live to speak, and for one quick update among
 * the queued ones; short enough that a desk sees a clock go wrong. */
#define RL_CLOCK_HALF_WINDOW_MS 60000

typedef struct rl_clock_offset {
  rl_word known;         /* 1 once the source named a time; the next two stand before it */
  rl_word lag_ms;        /* of the newest update with a time, as int64 */
  rl_word offset_ms;     /* the window's, as int64: the source's clock less ours */
  /* intake only */
  int64_t half_since_ns; /* when the half that runs began */
  int64_t half_lag_ms;   /* its lag */
  int64_t before_lag_ms; /* of the half before; NO_LAG if there was none */
} rl_clock_offset;

/* Intake thread. An update with a source time (above 0), whatever became of it. */
void rl_clock_offset_note(rl_clock_offset *offset, int64_t source_utc_ms, rl_now now);

/* Any thread. False, and nothing written, before the first such update. */
bool rl_clock_offset_read(const rl_clock_offset *offset, int64_t *offset_ms, int64_t *lag_ms);
