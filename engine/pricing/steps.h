/* The steps of a price, between the files of this room. */
#pragma once

#include "pricing/pricing.h"

/* One price on its way. */
typedef struct rl_pricing {
  const rl_snapshot *snapshot;
  const rl_tariff *tariff;
  const rl_price_request *request;
  const rl_rule *rule;
  const rl_waiver *waivers[RL_FEES_MAX]; /* by fee item; NULL: taken */
  rl_fee_set fees;
  rl_lock_class lock;
  rl_ratio mid;  /* exact, in market convention */
  rl_ratio core; /* exact, in market convention */
  rl_terms terms;
} rl_pricing;

/* rates.c: markup lines, premium, and the rates of the ladder. */
rl_refusal rl_pricing_rates(rl_pricing *it);

/* amounts.c: every amount from the fixed one. *nearest (may be NULL) as in rl_price. */
rl_refusal rl_pricing_amounts(rl_pricing *it, rl_nearest *nearest);

/* 10^shift turns units of one currency into those of another in amounts of minor units. */
static inline int rl_pricing_shift(rl_currency from, rl_currency to)
{
  return (int)rl_currency_exponent(to) - (int)rl_currency_exponent(from);
}
