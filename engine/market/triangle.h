/* Triangles: three pairs of three currencies, each with a market of its own, and what a trip round
 * them earns (design K5).
 *
 * With the pairs AB, BC and AC in market convention there are two trips, each at the client's
 * sides, exactly:
 *
 *   there  A -> B -> C -> A   sells AB, sells BC, buys AC: bid(AB) x bid(BC) / ask(AC)
 *   back   A -> C -> B -> A   sells AC, buys BC, buys AB:    bid(AC) / (ask(BC) x ask(AB))
 *
 * A trip earns where that is above 1. Real venues' triangles do at times, by some millionths and
 * for some milliseconds; by more, one of the three prices is wrong, and nobody here can tell which.
 * So beyond the triangle's limit no firm price goes through any of the three.
 *
 * A triangle is measured by the intake, whenever one of its boards is published, at the prices that
 * stand then; no timer does it. Where it earns, that is known until the first of the three prices
 * is made anew by time; from then on each reader measures it himself, until the next update of one
 * of them. What time alone makes earn is found at that update. A triangle of which a pair has no
 * price does not earn, nor one with a pair that is halted: a desk that halts the wrong one of the
 * three by hand lets the other two go, at the next update of any. */
#pragma once

#include "market/market.h"
#include "money/wide.h"

/* A trip that earns more is said to earn so much: it would be a thousand times the money. */
#define RL_TRIANGLE_PPM_MAX 1000000000

/* A trip earns beyond the limit where one side of a comparison is the greater: of two prices
 * multiplied, and a third, each times a factor. Exact, and without a division. */
typedef struct rl_triangle_bound {
  rl_u128 single_factor;   /* at most 4 x 10^26 */
  uint64_t product_factor; /* at most 2 x 10^18 */
} rl_triangle_bound;

typedef struct rl_triangle_bounds {
  rl_triangle_bound there;
  rl_triangle_bound back;
} rl_triangle_bounds;

/* The prices of one of the pairs, in half units of 10^-scale. */
typedef struct rl_triangle_side {
  uint32_t bid_half; /* 0: no price */
  uint32_t ask_half;
  int64_t fresh_until_ns; /* exclusive, boot clock */
} rl_triangle_side;

/* For scales of AB, BC and AC of at most 12 each, and a limit of at most 10^6. Pure. */
rl_triangle_bounds rl_triangle_bounds_of(const uint8_t scales[3], uint32_t limit_ppm);
/* Whether a trip either way earns beyond the limit; false where a side has no price. Pure, a few
 * ns. */
bool rl_triangle_earns(const rl_triangle_bounds *bounds, const rl_triangle_side sides[3]);
/* What each trip earns in 10^-6 of what it began with, rounded up, so that it is beyond a limit
 * just where this is; negative: what it costs. At most RL_TRIANGLE_PPM_MAX. Sides have prices. */
int64_t rl_triangle_there_ppm(const uint8_t scales[3], const rl_triangle_side sides[3]);
int64_t rl_triangle_back_ppm(const uint8_t scales[3], const rl_triangle_side sides[3]);

/* What the desk sees of a triangle. */
typedef struct rl_triangle_info {
  rl_triangle triangle;
  rl_refusal refusal; /* why it cannot be measured: of a pair without a price, the first in
                         refusal.h; else NONE */
  int64_t there_ppm;  /* 0 if it cannot be measured, as the next */
  int64_t back_ppm;
} rl_triangle_info;

/* Any thread. The triangle of the universe at this place, measured anew at the prices at `now`. */
void rl_market_triangle(const rl_market *market, unsigned index, rl_mono now,
                        rl_triangle_info *out);
