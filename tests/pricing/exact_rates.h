/* Rates by the letter of L2 and M3, on GMP rationals: the pricing oracle's half that knows the
 * market. Results are set into values that the caller has initialised. */
#pragma once

#include "pricing/oracle.h"

#include <gmp.h>

/* Target per source in major units, each leg at the side the client trades on, or at mid. */
void exact_walk(mpq_t core, mpq_t mid, const rl_snapshot *snapshot);
/* From target per source to the pair's market convention, or back. */
void exact_convention(mpq_t out, const mpq_t rate, rl_side side);
/* The client rate as shown, of a core in market convention; 0 where nothing is left of it. */
void exact_client_rate(mpq_t out, const mpq_t core, rl_side side, rl_markup_sum sum,
                       unsigned digits);
/* Half-even to so many decimals. False, and a rate of 0, where that is nothing. */
bool exact_to_decimals(rl_rate *out, const mpq_t rate, unsigned decimals);
/* The lock premium, in units of 10^-8. */
int32_t exact_premium(const rl_lock_premium *premium, const rl_lock_class *lock,
                      uint32_t volatility_ppm);
/* A decimal without trailing zeros after the point, of a positive x that is one. False outside
 * 10^-9 <= x < 10^9. */
bool exact_shown(rl_rate *out, const mpq_t x);
