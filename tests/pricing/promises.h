/* The promises of M3 to M5 and S4 that need no oracle: what holds between the amounts of one quote,
 * and between quotes of one market. */
#pragma once

#include "pricing/draw.h"

typedef struct trial {
  const rl_tariff *tariff;
  rl_snapshot snapshot;
  rl_price_request request;
} trial;

/* What a promise was broken with. */
typedef struct breach {
  const char *promise; /* NULL: none was */
  int64_t got;
  int64_t expected;
} breach;

/* What was met: a run that meets nothing proves nothing. */
typedef struct promise_counts {
  uint64_t posted, minimal, round_trips, triangles;
} promise_counts;

/* Of a priced request. */
breach promises_kept(const trial *tried, const rl_terms *terms, promise_counts *counts);

/* Legs A to B to C at a price each, and back at the price of the two legs together, and the other
 * way about: no amount comes back greater than it was charged. */
breach promise_of_triangles(rl_random *random, promise_counts *counts);
