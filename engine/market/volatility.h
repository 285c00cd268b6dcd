/* A pair's realised volatility, estimated as its prices come. Private to this room, intake only,
 * integers only: the same updates at the same instants give the same figure on any machine.
 *
 * Samples are the pair's mid at its first priced update that is at least SPACING (1 s) after the
 * sample before; a return is the relative move between two samples, and has lasted as long as
 * they are apart. The variance per time is
 *
 *         pi     sum |r[i]| |r[i-1]|
 *        ---- * --------------------        over adjacent returns,
 *         2     sum sqrt(t[i] t[i-1])
 *
 * bipower variation (Barndorff-Nielsen and Shephard, "Power and bipower variation with stochastic
 * volatility and jumps", 2004): a jump stands in two products with an ordinary return, never
 * squared. The times in the denominator are ours: for returns of equal time it is the published
 * estimator, and pairs that tick every few seconds need no invented returns of zero, which would
 * draw products to zero. Both sums fade with a half-life of 10 minutes.
 *
 * Over 10 minutes one jump of 5 % would still count a dozen times the ordinary variance. So each
 * return counts at most as five standard deviations of the estimate so far (Corsi, Pirino and
 * Reno, "Threshold bipower variation and the impact of jumps", 2010), with a cap of at least half
 * a bp, so that a market that stood still can wake, and of at most 10 %. A true rise of volatility
 * passes: at the cap the variance doubles every quarter of a minute.
 *
 * Unknown until 60 products are in the sums. Two samples further apart than 60 s have no return
 * between them: what happens over a gap is no second's move. After 10 minutes without a product
 * all is forgotten, so that prices too rare for an estimate do not keep an old one alive.
 *
 * Limits: a pair that has a price less than once a minute never has a volatility. Where a venue's
 * quotes are rounded, returns are zero or one unit while true ones are small. On a real day of
 * EURUSD at five decimals, a quarter of all returns zero, the estimator gave 2499 ppm and over
 * 5-minute returns 2561. Where the true move of a second is far below one unit it comes out too
 * low, at worst 0: a tariff that charges for volatility sets a floor. The standard error for a true
 * random walk is 2 % with a sample every second. */
#pragma once

#include "market/market.h"

typedef struct rl_volatility {
  uint32_t mid_half;     /* last sample, half units; 0 if none */
  unsigned count;        /* products in the sums, up to what is enough */
  int64_t sampled_ns;    /* arrival of the last sample */
  int64_t summed_ns;     /* of that which added the last product; else of the first sample */
  uint64_t return_e9;    /* size of the return that ended with it, 10^-9, capped */
  uint64_t lasted_us;    /* time of that return; 0 if there is none */
  uint64_t products_e18; /* faded sum of products of adjacent returns */
  uint64_t time_us;      /* faded sum of the times that belong to them */
} rl_volatility;

/* Takes notice of a price: mid_half > 0. */
void rl_volatility_note(rl_volatility *state, uint32_t mid_half, rl_mono now);

/* 10^-6 per square root of a day, or RL_VOLATILITY_UNKNOWN. Holds until *until_ns, exclusive,
 * unless another price comes. */
uint32_t rl_volatility_ppm(const rl_volatility *state, int64_t *until_ns);

/* False for a state that no prices can lead to and that the arithmetic is not made for: for one
 * that was read from a file. */
bool rl_volatility_is_sound(const rl_volatility *state);
