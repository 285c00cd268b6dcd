/* A pair's breaker (design K4): halts the pair when its composite moves too far too fast, and lets
 * it through again once the new level is confirmed. Private to this room, intake only, integers
 * only, bounded memory: the same composites at the same instants trip it in the same way on any
 * machine.
 *
 *                a mid beyond breaker_ppm of one within the window,
 *                or beyond reference_ppm of the newest fixing
 *    +-------+ ---------------------------------------------------> +---------+
 *    | ARMED |                                                      | TRIPPED | --+ a mid beyond
 *    +-------+ <--------------------------------------------------- +---------+   | breaker_ppm:
 *                the hold is over, breaker_sources agree on the          ^        | held anew
 *                price, and it stood still since the hold began;         +--------+
 *                or resumed by hand
 *
 * What is judged, and when: each composite that has a price, as it is published. Whether a hold is
 * over is judged there, too, and nowhere else: a price that nobody updates is stale soon, so
 * letting go needs no timer. What time alone can do to a price, take votes out of it, the reader
 * judges by the band (rl_breaker_band), of both limits, that was published with the composite
 * (board.c).
 *
 * The window: a mid counts while it is younger than breaker_window_ms, by the boot clock; what was
 * before a silence counts no longer than that either. Kept are the lowest and highest mid of each
 * sixteenth of the window. A sixteenth counts as long as the newest mid in it, so an older one may
 * count for up to a sixteenth of the window longer than it should: the error is always to the side
 * of tripping. A move is measured from the mid that was there before, up and down: exactly
 * breaker_ppm does not trip.
 *
 * The history starts anew at the level that tripped it. So "stood still" is the same question as
 * "moved": a mid beyond breaker_ppm of one since the hold began, within the window, begins the hold
 * again. When it lets go, the history starts at the level that it let through, and a fixing that
 * is beyond reference_ppm of that level is overruled: the level stands in its place until a fixing
 * of another time or price arrives.
 *
 * A start knows nothing of the run before: no move is measured against what was then, and a pair
 * that was halted is not. A halt by hand outlasts it.
 *
 * A composite without a price changes nothing. A pair whose composite never has breaker_sources
 * agreeing sources, as one of a single source with the default of two, is let go by hand alone. */
#pragma once

#include "market/market.h"

#define RL_BREAKER_PARTS 16 /* of a window: how fine its end is */

/* What was seen in one part of a window. */
typedef struct rl_breaker_span {
  int64_t newest_ns; /* when the newest mid in it was made */
  uint32_t low;      /* half units */
  uint32_t high;     /* 0: empty */
} rl_breaker_span;

/* The newest fixing of the pair. */
typedef struct rl_fixing {
  uint32_t mid_half; /* 0: there is none */
  int64_t utc_ms;    /* its own time; 0 if it has none */
} rl_fixing;

typedef struct rl_breaker {
  /* A window of whole parts touches one part more than it has. */
  rl_breaker_span spans[RL_BREAKER_PARTS + 1];
  unsigned span;         /* the newest */
  int64_t span_until_ns; /* where it ends; 0: no history */
  uint32_t low;          /* of all spans that counted when last looked, and since: half units */
  uint32_t high;
  uint32_t floor;        /* mids from here */
  uint32_t ceiling;      /* to here are no move beyond the limit */
  rl_trip trip;          /* as shown; `why` is NONE while armed */
  rl_fixing overruled;   /* the fixing in whose place `accepted` stands; mid 0 if none */
  uint32_t accepted;     /* half units */
  bool accepting;        /* resumed by hand: the next price is the level from here on */
} rl_breaker;

/* Judges a composite that is about to be published at `now`, which never falls. True while the
 * pair is halted. */
bool rl_breaker_judge(rl_breaker *breaker, const rl_pair_spec *spec, const rl_composite *composite,
                      rl_fixing fixing, rl_mono now);

/* Resumed by hand: armed at once, and the next price is accepted as the level from here on. */
void rl_breaker_resume(rl_breaker *breaker);

/* The mids that would not trip it: the lowest, and the highest in the upper half. `fixing` as
 * judged. */
uint64_t rl_breaker_band(const rl_breaker *breaker, const rl_pair_spec *spec, rl_fixing fixing);
