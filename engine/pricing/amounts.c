/* Every amount from the fixed one (M4), and what of it is whose. We floor what we pay and take the
 * ceiling of what we take.
 *
 * A payout increment rounds the target down. The gross amount is then the one that a fixed target
 * of as much would have, so that both ways of asking agree, and the rest is residue. */
#include "pricing/steps.h"

#define EFFECTIVE_DIGITS 10

static rl_conversion conversion_of(const rl_terms *terms)
{
  return (rl_conversion){
    .rate = terms->client_rate,
    .side = terms->side,
    .source_exponent = rl_currency_exponent(terms->source_currency),
    .target_exponent = rl_currency_exponent(terms->target_currency),
  };
}

/* Refuses in the order of the list: an amount out of range before fees that exceed. */
static rl_refusal add_on_top(rl_terms *terms, rl_fee_set fees)
{
  terms->charge_minor = terms->source_minor
    + rl_fees_on(fees, RL_FEE_SOURCE, RL_FEE_ON_TOP, terms->source_minor);
  return terms->charge_minor > RL_AMOUNT_MAX ? RL_REFUSAL_AMOUNT_OUT_OF_RANGE : RL_REFUSAL_NONE;
}

/* T from G, down to a whole increment. */
static rl_refusal pay_out(rl_terms *terms, rl_fee_set fees, int64_t increment_minor)
{
  int64_t converted = terms->gross_minor;
  terms->target_minor =
    converted - rl_fees_on(fees, RL_FEE_TARGET, RL_FEE_DEDUCTED, converted);
  if (terms->target_minor < 1)
    return RL_REFUSAL_FEES_EXCEED_AMOUNT;
  int64_t rest = terms->target_minor % increment_minor;
  if (rest == 0)
    return RL_REFUSAL_NONE;
  terms->target_minor -= rest;
  if (terms->target_minor == 0)
    return RL_REFUSAL_AMOUNT_TOO_SMALL;
  rl_status solved =
    rl_fees_solve(fees, RL_FEE_TARGET, terms->target_minor, &terms->gross_minor);
  RL_ASSERT(solved == RL_OK && terms->gross_minor <= converted);
  terms->residue_minor = converted - terms->gross_minor;
  return RL_REFUSAL_NONE;
}

static rl_refusal amounts_from_source(rl_terms *terms, rl_fee_set fees, int64_t increment_minor,
                                      int64_t source)
{
  terms->source_minor = source;
  terms->residue_minor = 0;
  rl_refusal refusal = add_on_top(terms, fees);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;
  terms->net_minor = source - rl_fees_on(fees, RL_FEE_SOURCE, RL_FEE_DEDUCTED, source);
  if (terms->net_minor < 1)
    return RL_REFUSAL_FEES_EXCEED_AMOUNT;
  if (rl_convert_floor(conversion_of(terms), terms->net_minor, &terms->gross_minor) != RL_OK)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  if (terms->gross_minor < 1)
    return RL_REFUSAL_AMOUNT_TOO_SMALL;
  return pay_out(terms, fees, increment_minor);
}

/* What the net amount is worth at the core rate, and what of it the client does not get. */
static rl_refusal fill_position(rl_terms *terms, rl_ratio core)
{
  int shift = rl_pricing_shift(terms->source_currency, terms->target_currency);
  rl_ratio target_per_source = terms->side == RL_SELL_BASE ? core : rl_ratio_inverse(core);
  if (rl_ratio_amount_floor(target_per_source, terms->net_minor, shift, &terms->position_minor)
      != RL_OK)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  terms->spread_minor = terms->position_minor - (terms->gross_minor + terms->residue_minor);
  return RL_REFUSAL_NONE;
}

static rl_refusal fill_total_cost(rl_pricing *it)
{
  rl_terms *terms = &it->terms;
  int64_t worth_minor;
  if (rl_snapshot_worth_at_mid(it->snapshot, it->mid, terms->target_minor, &worth_minor) != RL_OK)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  terms->total_cost_minor = terms->charge_minor - worth_minor;
  return RL_REFUSAL_NONE;
}

static rl_refusal fill_effective_rate(rl_terms *terms)
{
  rl_ratio effective = {
    .numerator = (rl_u128)terms->target_minor,
    .denominator = (rl_u128)terms->charge_minor,
    .exponent = rl_pricing_shift(terms->target_currency, terms->source_currency),
  };
  if (rl_ratio_round(effective, EFFECTIVE_DIGITS, RL_ROUND_HALF_EVEN, &terms->effective_rate, NULL)
      != RL_OK)
    return RL_REFUSAL_RATE_OUT_OF_RANGE;
  return RL_REFUSAL_NONE;
}

/* In the order of refusal.h. */
static rl_refusal fill_what_follows(rl_pricing *it)
{
  rl_refusal refusal = fill_position(&it->terms, it->core);
  if (refusal == RL_REFUSAL_NONE)
    refusal = fill_total_cost(it);
  return refusal == RL_REFUSAL_NONE ? fill_effective_rate(&it->terms) : refusal;
}

/* --- the fixed target --- */

/* What quoting a source amount gives; nothing where it is refused. */
static rl_reachable reachable_from(const rl_pricing *it, int64_t source_minor, int64_t increment)
{
  rl_pricing tried = *it;
  if (source_minor < 1
      || amounts_from_source(&tried.terms, it->fees, increment, source_minor) != RL_REFUSAL_NONE
      || fill_what_follows(&tried) != RL_REFUSAL_NONE)
    return (rl_reachable){0};
  return (rl_reachable){.source_minor = source_minor, .target_minor = tried.terms.target_minor};
}

/* The smallest source that gives at least the target, whatever it gives. */
static rl_refusal solve(rl_terms *terms, rl_fee_set fees, int64_t target, int64_t *wanted_net)
{
  rl_conversion conversion = conversion_of(terms);
  terms->target_minor = target;
  if (rl_fees_solve(fees, RL_FEE_TARGET, target, &terms->gross_minor) != RL_OK
      || rl_convert_back_ceil(conversion, terms->gross_minor, wanted_net) != RL_OK
      || rl_fees_solve(fees, RL_FEE_SOURCE, *wanted_net, &terms->source_minor) != RL_OK)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  return RL_REFUSAL_NONE;
}

/* A target that is no multiple of the increment: the multiples on both sides, where they can be
 * had. */
static void nearest_increments(const rl_pricing *it, int64_t target, int64_t increment,
                               rl_nearest *nearest)
{
  int64_t below = target - target % increment;
  rl_terms tried = it->terms;
  int64_t net;
  *nearest = (rl_nearest){0};
  if (below > 0 && solve(&tried, it->fees, below, &net) == RL_REFUSAL_NONE)
    nearest->below = reachable_from(it, tried.source_minor, increment);
  if (solve(&tried, it->fees, below + increment, &net) == RL_REFUSAL_NONE)
    nearest->above = reachable_from(it, tried.source_minor, increment);
}

/* More is left than was wanted where a slab falls; that may still pay out the same. */
static rl_refusal judge_drop(const rl_pricing *it, int64_t increment, rl_nearest *nearest)
{
  int64_t source = it->terms.source_minor;
  rl_terms tried = it->terms;
  if (amounts_from_source(&tried, it->fees, increment, source) == RL_REFUSAL_NONE
      && tried.target_minor == it->terms.target_minor)
    return RL_REFUSAL_NONE;
  if (nearest)
    *nearest = (rl_nearest){.below = reachable_from(it, source - 1, increment),
                            .above = reachable_from(it, source, increment)};
  return RL_REFUSAL_AMOUNT_UNREACHABLE;
}

static rl_refusal amounts_from_target(rl_pricing *it, int64_t increment, rl_nearest *nearest)
{
  rl_terms *terms = &it->terms;
  int64_t target = it->request->amount_minor, wanted_net, converted;
  if (target % increment != 0) {
    if (nearest)
      nearest_increments(it, target, increment, nearest);
    return RL_REFUSAL_AMOUNT_UNREACHABLE;
  }
  rl_refusal refusal = solve(terms, it->fees, target, &wanted_net);
  if (refusal == RL_REFUSAL_NONE)
    refusal = add_on_top(terms, it->fees);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;
  terms->net_minor = terms->source_minor
    - rl_fees_on(it->fees, RL_FEE_SOURCE, RL_FEE_DEDUCTED, terms->source_minor);
  if (rl_convert_floor(conversion_of(terms), terms->net_minor, &converted) != RL_OK)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  terms->residue_minor = converted - terms->gross_minor;
  return terms->net_minor == wanted_net ? RL_REFUSAL_NONE : judge_drop(it, increment, nearest);
}

rl_refusal rl_pricing_amounts(rl_pricing *it, rl_nearest *nearest)
{
  rl_terms *terms = &it->terms;
  int64_t increment = rl_tariff_payout_increment(it->tariff, terms->target_currency);
  rl_refusal refusal = terms->fixed == RL_FIXED_SOURCE
    ? amounts_from_source(terms, it->fees, increment, it->request->amount_minor)
    : amounts_from_target(it, increment, nearest);
  return refusal == RL_REFUSAL_NONE ? fill_what_follows(it) : refusal;
}
