/* Fees by the letter of M5, and the fixed-target search by the letter of M4, on GMP integers: the
 * pricing oracle's half that knows fees. Amounts here may be anything; range is the caller's. */
#pragma once

#include "tariff/tariff.h"

#include <gmp.h>

bool exact_takes(const rl_fee *fee, rl_fee_side side, rl_fee_mode mode);
/* One item on its base amount. */
void exact_fee(mpz_t out, const rl_fee *fee, const mpz_t base);
/* amount - sum of the deducted fees of a side; may be negative. */
void exact_left(mpz_t out, const rl_rule *rule, rl_fee_side side, const mpz_t amount);
/* The smallest amount of which exact_left is at least `wanted` (>= 1). */
void exact_smallest_leaving(mpz_t out, const rl_rule *rule, rl_fee_side side, const mpz_t wanted);
