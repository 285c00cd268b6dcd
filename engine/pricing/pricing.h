/* Pricing: a pure function from (snapshot, tariff, request) to every amount on a quote, or a
 * refusal. No clock, no input or output, no allocation, no global: called again with the same
 * three it gives the same answer bit for bit, which is what `ratelock explain` does.
 *
 * The words (design M4): source S, charge C = S + on-top fees, net N = S - deducted source fees,
 * gross G, target T = G - target fees, residue = floor(N x rho) - G.
 *
 * Fixed source: N from S, G = floor(N x rho), T = G - E(G); where payouts come in increments, T is
 * rounded down to one and G is the smallest g with g - E(g) >= T: the rest is residue.
 * Fixed target: G = the smallest g with g - E(g) >= T; N = ceil(G / rho); S = the smallest s with
 * s - D(s) >= N, found by the walk at the head of fees.c.
 *
 * Property: quoting S gives at least T, quoting S - 1 does not. */
#pragma once

#include "market/market.h"
#include "tariff/tariff.h"

typedef struct rl_price_request {
  rl_fixed fixed;
  int64_t amount_minor; /* of the fixed side, 1 … RL_AMOUNT_MAX */
  uint32_t ttl_ms;      /* asked for; 0: the tariff's default */
  char tier[RL_NAME_MAX + 1];   /* "" : the tariff's default tier */
  char method[RL_NAME_MAX + 1]; /* payment method; "" : none named */
  char client[RL_CLIENT_NAME_MAX + 1]; /* who asks */
} rl_price_request;

typedef struct rl_fee_line {
  char name[RL_NAME_MAX + 1];
  rl_fee_side side;
  rl_fee_mode mode;
  int64_t amount_minor; /* of the side's currency, >= 0; 0 when waived */
  char waived_by[RL_NAME_MAX + 1]; /* the waiver's name; "" if it is taken */
} rl_fee_line;

typedef struct rl_markup_line {
  char name[RL_NAME_MAX + 1];
  int32_t e8;        /* units of 10^-8 of the core rate */
  int32_t points_e1; /* tenths of a pip of the pair, >= 0 */
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
  int64_t total_cost_minor;   /* C - floor(T at mid), source currency: all that the customer pays
                                 above the mid-market worth of what the payee gets */
  rl_rate mid_rate;           /* shown, half-even to the tariff's digits; never computed with */
  rl_rate core_rate;          /* likewise */
  rl_rate client_rate;        /* every amount follows from this one as shown */
  rl_rate effective_rate;     /* T per C in major units, 10 digits half-even */
  uint8_t disclosure_decimals; /* 2 … 4 where the rule asks for it, else 0 */
  rl_rate disclosure_rate;    /* the client rate half-even to so many decimals; mantissa 0 where
                                 that is nothing, or where none is asked for */
  unsigned markup_count;      /* 1 … RL_MARKUPS_MAX: the rule's, then surcharges */
  rl_markup_line markups[RL_MARKUPS_MAX];
  int32_t lock_premium_e8;    /* units of 10^-8 */
  unsigned fee_count;
  rl_fee_line fees[RL_FEES_MAX];
  uint32_t ttl_ms;            /* the lock granted: offered, and at least what was asked */
  char tier[RL_NAME_MAX + 1]; /* the tier priced for */
  char method[RL_NAME_MAX + 1]; /* as asked */
  rl_reference reference;     /* as in the snapshot */
  int32_t reference_margin_e6; /* how much worse than the reference the client rate is for the
                                  client, in 10^-6 of the reference, half-even; negative when
                                  better; 0 if none is known; held to +-INT32_MAX */
  rl_digest tariff;           /* content hash */
} rl_terms;

/* A source amount and the target amount that quoting it gives. */
typedef struct rl_reachable {
  int64_t source_minor; /* 0: there is none */
  int64_t target_minor;
} rl_reachable;

/* The two amounts that can be had around a target that cannot. */
typedef struct rl_nearest {
  rl_reachable below;
  rl_reachable above;
} rl_nearest;

/* What the tariff alone decides, before any market is looked at: whether a rule is there and which
 * lock, or NO_TARIFF, TTL_NOT_OFFERED. */
rl_refusal rl_price_admit(const rl_tariff *tariff, rl_currency from, rl_currency to,
                          const rl_price_request *request, rl_lock_class *lock);

/* The rule and the waivers that a priced request falls under: those of its fixed amount, a target
 * with its worth at mid (M5). NULL if none. */
const rl_rule *rl_price_rule(const rl_snapshot *snapshot, const rl_tariff *tariff,
                             const rl_price_request *request,
                             const rl_waiver *waivers[RL_FEES_MAX]);

/* The price of a request. The refusals of rl_price_admit, and AMOUNT_OUT_OF_RANGE,
 * FEES_EXCEED_AMOUNT, AMOUNT_TOO_SMALL, AMOUNT_UNREACHABLE, MARKET_CLOSED, RATE_OUT_OF_RANGE; *out
 * is untouched then. *nearest (may be NULL) is written with AMOUNT_UNREACHABLE only. */
rl_refusal rl_price(const rl_snapshot *snapshot, const rl_tariff *tariff,
                    const rl_price_request *request, rl_terms *out, rl_nearest *nearest);

/* Whether the tariff makes firm prices of fixings: whether it says what these cost (K3). */
bool rl_price_of_reference_is_firm(const rl_tariff *tariff);

/* --- the steps of rl_price, for tests and for explain --- */

/* Two or more steps of one price: what is added to the core before it is rounded once (M3). */
typedef struct rl_markup_sum {
  int64_t e8;        /* units of 10^-8, all lines and the lock premium */
  int64_t points_e1; /* tenths of a pip */
  uint8_t pip_scale; /* decimals of one pip */
} rl_markup_sum;

/* The client rate before it is rounded: core moved by the points, times one minus or plus the sum.
 * RATE_OUT_OF_RANGE when the points are more than a half of the core. */
rl_refusal rl_client_rate_exact(rl_ratio core, rl_side side, rl_markup_sum sum, rl_ratio *out);

/* The client rate of M3: the exact one, rounded once; with a sum of zero or more it is never better
 * for the client than the exact core.
 * RATE_OUT_OF_RANGE when nothing is left or it cannot be shown. Points are for a single leg. */
rl_refusal rl_client_rate(rl_ratio core, rl_side side, rl_markup_sum sum, unsigned digits,
                          rl_rate *out);

/* Whether the tariff has a surcharge of this kind and the conditions set it off. */
bool rl_surcharge_applies(rl_surcharge_when when, const rl_surcharge *surcharge,
                          const rl_conditions *conditions);

/* multiple x sigma x sqrt(ttl) in units of 10^-8, rounded up, before floor and cap; of a volatility
 * that is known. */
int64_t rl_volatility_premium_e8(const rl_lock_premium *premium, uint32_t ttl_ms,
                                 uint32_t volatility_ppm);

/* What holding the price for ttl_ms costs, in units of 10^-8: the class's own premium, or by
 * volatility (tariff.h), rounded up. */
int32_t rl_lock_premium_of(const rl_tariff *tariff, const rl_lock_class *lock,
                           uint32_t volatility_ppm);

/* The fee items of one quote: a rule's, but for those waived. */
typedef struct rl_fee_set {
  const rl_rule *rule;
  uint32_t waived; /* bit i: item i is not taken */
} rl_fee_set;

/* One fee item on its base amount: half-up to the minor unit, then min and max. */
int64_t rl_fee_on(const rl_fee *fee, int64_t base_minor);

/* The sum of the items of one side and mode on their base amount. */
int64_t rl_fees_on(rl_fee_set fees, rl_fee_side side, rl_fee_mode mode, int64_t base_minor);

/* The smallest amount of which at least `left_minor` is left after the deducted items of `side`.
 * RL_OUT_OF_RANGE beyond RL_AMOUNT_MAX. */
RL_MUST_USE rl_status rl_fees_solve(rl_fee_set fees, rl_fee_side side, int64_t left_minor,
                                    int64_t *amount_minor);
