/* Fees by the letter of M5, and the search for a fixed target by the letter of M4, on GMP
 * integers: the half of the pricing oracle that knows fees. Amounts may be anything; range is the
 * caller's. */
#pragma once

#include "tariff/tariff.h"

#include <gmp.h>

/* What a quote takes: a rule's items, but for those waived. */
typedef struct exact_items {
  const rl_rule *rule;
  const rl_waiver *waivers[RL_FEES_MAX]; /* by item; NULL where it is taken */
} exact_items;

bool exact_takes(const exact_items *items, unsigned index, rl_fee_side side, rl_fee_mode mode);
/* One item on its base amount, waived or not. */
void exact_fee(mpz_t out, const rl_fee *fee, const mpz_t base);
/* amount - sum of the deducted items of a side; may be negative. */
void exact_left(mpz_t out, const exact_items *items, rl_fee_side side, const mpz_t amount);
/* The smallest amount of which exact_left is at least `wanted` (>= 1). */
void exact_smallest_leaving(mpz_t out, const exact_items *items, rl_fee_side side,
                            const mpz_t wanted);
