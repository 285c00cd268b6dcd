/* A day of venues, played into a whole engine (feed messages in, as from its socket) on a clock
 * that the ticks drive, and measured second by second: what share of the time there was a price,
 * how wide it was, and whether it was ever what it must not be. */
#pragma once

#include "support/engine.h"
#include "venue_rows.h"

#define SPREADS 65536 /* half units; the last one counts all that is wider */

typedef struct venue_day {
  int64_t span_ns;      /* from the first tick to the last */
  int64_t priced_ns;    /* of it, with a price */
  int64_t crossed_ns;   /* bid above ask: must be 0 */
  int64_t outside_ns;   /* beyond the best and worst of the venues whose ticks are in it, but for
                           the pair's least spread: must be 0 */
  int64_t too_old_ns;   /* with a price although its newest tick is older than the bound: 0 */
  int64_t refused_ns[64]; /* by refusal */
  int64_t *wide_ns;     /* by spread, SPREADS of them; the caller frees it */
  uint64_t composites;  /* one after each tick */
  uint64_t refused;     /* of those */
  uint64_t digest;      /* of every field of each */
  uint64_t played_ns;   /* what taking the ticks took, without the looking */
} venue_day;

/* `pair` has six letters. With `look` false only the ticks are taken, and played_ns filled. */
void venue_day_play(rl_test_engine *engine, const char *pair, const venue *venues,
                    const venue_ticks *ticks, bool look, venue_day *out);

/* The spread that so many thousandths of the priced time were not wider than: half units. */
unsigned venue_day_spread(const venue_day *day, unsigned permille);
