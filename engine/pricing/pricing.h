/* Pricing: a pure function from (snapshot, tariff, request) to every amount on a quote, or a
 * refusal. No clock, no input or output, no allocation, no global: called again with the same
 * three it gives the same answer bit for bit, which is what `ratelock explain` does.
 *
 * The words (design M4): source S, charge C = S + on-top fees, net N = S - deducted source fees,
 * gross G, target T = G - target fees, residue = floor(N x rho) - G.
 *
 * Fixed source: N from S, G = floor(N x rho), T = G - E(G).
 * Fixed target: G = the smallest g with g - E(g) >= T; N = ceil(G / rho); S = the smallest s with
 * s - D(s) >= N. Both searches start below the answer and step up by what is missing: with fees
 * of at most a half in sum, the amount left after fees never grows faster than the amount, so a
 * step never passes the answer (fees.c gives the argument).
 *
 * Property: quoting S gives at least T, quoting S - 1 does not. */
#pragma once

#include "market/market.h"
#include "tariff/tariff.h"

typedef enum rl_fixed { RL_FIXED_SOURCE, RL_FIXED_TARGET } rl_fixed;

typedef struct rl_price_request {
  rl_fixed fixed;
  int64_t amount_minor; /* of the fixed side, 1 … RL_AMOUNT_MAX */
  uint32_t ttl_ms;      /* asked for; 0: the tariff's default */
  char tier[RL_NAME_MAX + 1]; /* "" : the tariff's default tier */
} rl_price_request;

typedef struct rl_fee_line {
  char name[RL_NAME_MAX + 1];
  rl_fee_side side;
  rl_fee_mode mode;
  int64_t amount_minor; /* of the side's currency, >= 0 */
} rl_fee_line;

typedef struct rl_markup_line {
  char name[RL_NAME_MAX + 1];
  int32_t e8; /* units of 10^-8 */
} rl_markup_line;

/* Everything that was agreed: the terms of one quote. */
typedef struct rl_terms {
  rl_currency source_currency;
  rl_currency target_currency;
  rl_currency base;           /* of the pair in market convention */
  rl_currency quote;
  rl_side side;
  rl_fixed fixed;
  int64_t charge_minor;       /* C, source currency: what the customer pays */
  int64_t source_minor;       /* S, source currency */
  int64_t net_minor;          /* N, source currency: what is converted */
  int64_t gross_minor;        /* G, target currency */
  int64_t target_minor;       /* T, target currency: what the payee gets */
  int64_t residue_minor;      /* floor(N x rho) - G, target currency, >= 0 */
  int64_t position_minor;     /* P = floor(N x core), target currency */
  int64_t spread_minor;       /* P - floor(N x rho), target currency; negative on a discount */
  rl_rate mid_rate;           /* shown, half-even to the tariff's digits; never computed with */
  rl_rate core_rate;          /* likewise */
  rl_rate client_rate;        /* every amount follows from this one as shown */
  rl_rate effective_rate;     /* T per C in major units, 10 digits half-even */
  unsigned markup_count;      /* 1 … RL_MARKUPS_MAX */
  rl_markup_line markups[RL_MARKUPS_MAX];
  int32_t lock_premium_e8;    /* units of 10^-8 */
  unsigned fee_count;
  rl_fee_line fees[RL_FEES_MAX];
  uint32_t ttl_ms;            /* the lock granted: offered, and at least what was asked */
  char tier[RL_NAME_MAX + 1]; /* the tier priced for */
  rl_reference reference;     /* as in the snapshot */
  int32_t reference_margin_e6; /* how much worse than the reference the client rate is for the
                                  client, in 10^-6 of the reference, half-even; negative when
                                  better; 0 if none is known; held to +-INT32_MAX */
  rl_digest tariff;           /* content hash */
} rl_terms;

/* What the tariff alone decides, before any market is looked at: the rule and the lock, or
 * NO_TARIFF, TTL_NOT_OFFERED. *rule points into the tariff. */
rl_refusal rl_price_admit(const rl_tariff *tariff, rl_currency from, rl_currency to,
                          const rl_price_request *request, const rl_rule **rule,
                          rl_lock_class *lock);

/* Any thread. On a refusal *out is untouched. Refuses, the first of
 *   AMOUNT_OUT_OF_RANGE             the amount asked for
 *   NO_TARIFF, TTL_NOT_OFFERED
 *   RATE_OUT_OF_RANGE               mid, core or client rate: then there are no amounts to judge
 *   AMOUNT_OUT_OF_RANGE             any amount that follows
 *   FEES_EXCEED_AMOUNT              nothing is left of S, or of G
 *   AMOUNT_TOO_SMALL                G would be below one unit
 *   RATE_OUT_OF_RANGE               the effective rate, which fees can push out of range alone */
rl_refusal rl_price(const rl_snapshot *snapshot, const rl_tariff *tariff,
                    const rl_price_request *request, rl_terms *out);

/* The client rate of M3: core on the client's side, marked up by markup_e8 (all lines and the
 * premium summed), rounded half-even once to `digits`, one last digit back if rounding made it
 * better for the client than the exact core while markup_e8 >= 0. */
rl_refusal rl_client_rate(rl_ratio core, rl_side side, int64_t markup_e8, unsigned digits,
                          rl_rate *out);

/* One fee item on its base amount: half-up to the minor unit, then min and max. */
int64_t rl_fee_on(const rl_fee *fee, int64_t base_minor);

/* The sum of a rule's items of one side and mode on their base amount. */
int64_t rl_fees_on(const rl_rule *rule, rl_fee_side side, rl_fee_mode mode, int64_t base_minor);

/* The smallest amount of which at least `left_minor` is left after the deducted items of `side`.
 * RL_OUT_OF_RANGE beyond RL_AMOUNT_MAX. */
RL_MUST_USE rl_status rl_fees_solve(const rl_rule *rule, rl_fee_side side, int64_t left_minor,
                                    int64_t *amount_minor);
