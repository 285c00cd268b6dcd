/* The pricing oracle: the rules of money (L2, M3 to M6) computed a second time, by another method.
 *
 * Everything is an exact rational (GMP). Nothing is bounded but by the rules, nothing is fast, and
 * no function of the engine is called but the table of currencies. The engine's structs are used
 * as containers, so that the two sides can be compared field by field. Where several refusals
 * apply, the first of refusal.h's list is the answer.
 *
 *   exact_choice.c   which rule, waivers and lock: all looked at, one after the other
 *   exact_rates.c    mid, core, client rate, lock premium
 *   exact_fees.c     fees, and the fixed-target search: the definition itself, a scan for the first
 *                    amount that leaves enough, over windows that are proved to hold the answer
 *   oracle.c         the ladder, and all of it
 *   oracle_amounts.c the amounts and what follows from them */
#pragma once

#include "pricing/pricing.h"

#define ORACLE_INCREMENTS_MAX 8

/* All that a tariff says of prices. */
typedef struct oracle_tariff {
  unsigned rate_digits;
  char default_tier[RL_NAME_MAX + 1];
  unsigned lock_count;
  unsigned default_lock;
  rl_lock_class locks[RL_TTL_CLASSES_MAX];
  rl_lock_premium premium;
  rl_surcharge surcharges[RL_SURCHARGE_WHENS]; /* by rl_surcharge_when */
  unsigned increment_count;
  struct {
    rl_currency currency;
    int64_t minor;
  } increments[ORACLE_INCREMENTS_MAX];
  unsigned rule_count;
  const rl_rule *rules;
  unsigned waiver_count;
  const rl_waiver *waivers;
} oracle_tariff;

typedef struct oracle_case {
  const oracle_tariff *tariff;
  const rl_snapshot *snapshot;
  const rl_price_request *request;
} oracle_case;

/* Names and units as in rl_terms. With a refusal all but `refusal` and `nearest` is zero. */
typedef struct oracle_quote {
  rl_refusal refusal;
  rl_nearest nearest; /* with AMOUNT_UNREACHABLE */
  const rl_rule *rule;
  const rl_waiver *waivers[RL_FEES_MAX];
  const char *tier;
  uint32_t ttl_ms;
  int32_t premium_e8;
  unsigned markup_count;
  rl_markup_line markups[RL_MARKUPS_MAX];
  rl_side side;
  int64_t charge_minor;
  int64_t source_minor;
  int64_t net_minor;
  int64_t gross_minor;
  int64_t target_minor;
  int64_t residue_minor;
  int64_t position_minor;
  int64_t spread_minor;
  int64_t total_cost_minor;
  int64_t fees_minor[RL_FEES_MAX]; /* in the order of the rule; 0 where waived */
  rl_rate mid_rate;
  rl_rate core_rate;
  rl_rate client_rate;
  rl_rate effective_rate;
  rl_rate disclosure_rate;
  int64_t reference_margin_e6;
} oracle_quote;

oracle_quote oracle_price(const oracle_case *asked);

/* What was not drawn but parsed, told to the oracle. `tariff` must outlive the result; payout
 * increments are those of the two currencies. */
#define ORACLE_RULES_MAX 8
typedef struct oracle_copy {
  oracle_tariff tariff;
  rl_rule rules[ORACLE_RULES_MAX];
  rl_waiver waivers[ORACLE_RULES_MAX];
} oracle_copy;
void oracle_copy_tariff(const rl_tariff *tariff, rl_currency from, rl_currency to,
                        oracle_copy *out);

/* The name of the first field of priced terms that is not as expected; NULL if all are. */
const char *oracle_mismatch(const oracle_case *asked, const rl_terms *terms,
                            const oracle_quote *expected);
