/* The pricing oracle: the rules of money (M3 to M6) computed a second time, by another method.
 *
 * Everything is an exact rational (GMP). Nothing is bounded but by the rules, nothing is fast, and
 * no function of the engine is called but the table of currencies. The engine's structs are used
 * as containers, so that the two sides can be compared field by field. Where several refusals
 * apply, the one of the lowest number is the answer (refusal.h).
 *
 * The fixed-target search is the definition itself, an upward scan for the first amount that
 * leaves enough, over a window that is proved to hold the answer (exact_fees.c). */
#pragma once

#include "pricing/pricing.h"

typedef struct oracle_case {
  const rl_snapshot *snapshot;
  const rl_rule *rule;
  int32_t premium_e8;   /* of the lock granted */
  unsigned rate_digits; /* of the tariff */
  rl_fixed fixed;
  int64_t amount_minor; /* of the fixed side */
} oracle_case;

/* Names and units as in rl_terms. With a refusal everything else is zero. */
typedef struct oracle_quote {
  rl_refusal refusal;
  rl_side side;
  int64_t charge_minor;
  int64_t source_minor;
  int64_t net_minor;
  int64_t gross_minor;
  int64_t target_minor;
  int64_t residue_minor;
  int64_t position_minor;
  int64_t spread_minor;
  int64_t fees_minor[RL_FEES_MAX]; /* in the order of the rule */
  rl_rate mid_rate;
  rl_rate core_rate;
  rl_rate client_rate;
  rl_rate effective_rate;
  int64_t reference_margin_e6;
} oracle_quote;

oracle_quote oracle_price(const oracle_case *asked);

/* The name of the first field of priced terms that is not as expected; NULL if all are. */
const char *oracle_mismatch(const oracle_case *asked, const rl_terms *terms,
                            const oracle_quote *expected);
