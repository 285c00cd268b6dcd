/* The price of one request: rate first, then amounts, then the lines that disclose them.
 *
 * Every amount follows from the client rate as shown; mid and core are shown rounded but never
 * computed with. We floor what we pay and take the ceiling of what we take (design M3, M4). */
#include "pricing/pricing.h"

#include <string.h>

#define EFFECTIVE_DIGITS 10

rl_refusal rl_price_admit(const rl_tariff *tariff, rl_currency from, rl_currency to,
                          const rl_price_request *request, const rl_rule **rule,
                          rl_lock_class *lock)
{
  const rl_rule *match = rl_tariff_match(tariff, request->tier, strlen(request->tier), from, to);
  if (!match)
    return RL_REFUSAL_NO_TARIFF;
  if (!rl_tariff_lock_for(tariff, request->ttl_ms, lock))
    return RL_REFUSAL_TTL_NOT_OFFERED;
  *rule = match;
  return RL_REFUSAL_NONE;
}

rl_refusal rl_client_rate(rl_ratio core, rl_side side, int64_t markup_e8, unsigned digits,
                          rl_rate *out)
{
  bool sells = side == RL_SELL_BASE;
  rl_ratio exact = rl_ratio_marked_up(core, sells ? -markup_e8 : markup_e8);
  rl_rate rate;
  if (rl_ratio_round(exact, digits, RL_ROUND_HALF_EVEN, &rate, NULL) != RL_OK)
    return RL_REFUSAL_RATE_OUT_OF_RANGE;
  int above_core = rl_rate_compare_ratio(rate, core);
  bool better_for_client = sells ? above_core > 0 : above_core < 0;
  if (markup_e8 >= 0 && better_for_client) {
    /* The exact rate is no better than the core, so rounding to our side is one digit back. */
    rl_rounding ours = sells ? RL_ROUND_DOWN : RL_ROUND_UP;
    if (rl_ratio_round(exact, digits, ours, &rate, NULL) != RL_OK)
      return RL_REFUSAL_RATE_OUT_OF_RANGE;
  }
  *out = rate;
  return RL_REFUSAL_NONE;
}

static rl_refusal fill_rates(rl_terms *terms, const rl_snapshot *snapshot, rl_ratio core,
                             int64_t markup_e8, unsigned digits)
{
  rl_ratio mid = rl_snapshot_mid(snapshot);
  if (rl_ratio_round(mid, digits, RL_ROUND_HALF_EVEN, &terms->mid_rate, NULL) != RL_OK
      || rl_ratio_round(core, digits, RL_ROUND_HALF_EVEN, &terms->core_rate, NULL) != RL_OK)
    return RL_REFUSAL_RATE_OUT_OF_RANGE;
  return rl_client_rate(core, terms->side, markup_e8, digits, &terms->client_rate);
}

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
static rl_refusal add_on_top(rl_terms *terms, const rl_rule *rule)
{
  terms->charge_minor = terms->source_minor
    + rl_fees_on(rule, RL_FEE_SOURCE, RL_FEE_ON_TOP, terms->source_minor);
  return terms->charge_minor > RL_AMOUNT_MAX ? RL_REFUSAL_AMOUNT_OUT_OF_RANGE : RL_REFUSAL_NONE;
}

static rl_refusal amounts_from_source(rl_terms *terms, const rl_rule *rule, int64_t source)
{
  terms->source_minor = source;
  rl_refusal refusal = add_on_top(terms, rule);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;
  terms->net_minor = source - rl_fees_on(rule, RL_FEE_SOURCE, RL_FEE_DEDUCTED, source);
  if (terms->net_minor < 1)
    return RL_REFUSAL_FEES_EXCEED_AMOUNT;
  if (rl_convert_floor(conversion_of(terms), terms->net_minor, &terms->gross_minor) != RL_OK)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  if (terms->gross_minor < 1)
    return RL_REFUSAL_AMOUNT_TOO_SMALL;
  terms->target_minor = terms->gross_minor
    - rl_fees_on(rule, RL_FEE_TARGET, RL_FEE_DEDUCTED, terms->gross_minor);
  return terms->target_minor < 1 ? RL_REFUSAL_FEES_EXCEED_AMOUNT : RL_REFUSAL_NONE;
}

static rl_refusal amounts_from_target(rl_terms *terms, const rl_rule *rule, int64_t target)
{
  rl_conversion conversion = conversion_of(terms);
  terms->target_minor = target;
  int64_t converted;
  if (rl_fees_solve(rule, RL_FEE_TARGET, target, &terms->gross_minor) != RL_OK
      || rl_convert_back_ceil(conversion, terms->gross_minor, &terms->net_minor) != RL_OK
      || rl_fees_solve(rule, RL_FEE_SOURCE, terms->net_minor, &terms->source_minor) != RL_OK
      || rl_convert_floor(conversion, terms->net_minor, &converted) != RL_OK)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  terms->residue_minor = converted - terms->gross_minor;
  return add_on_top(terms, rule);
}

/* What the net amount is worth at the core rate, and what of it the client does not get. */
static rl_refusal fill_position(rl_terms *terms, rl_ratio core)
{
  rl_conversion conversion = conversion_of(terms);
  int shift = (int)conversion.target_exponent - (int)conversion.source_exponent;
  rl_ratio target_per_source = terms->side == RL_SELL_BASE ? core : rl_ratio_inverse(core);
  if (rl_ratio_amount_floor(target_per_source, terms->net_minor, shift, &terms->position_minor)
      != RL_OK)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  terms->spread_minor = terms->position_minor - (terms->gross_minor + terms->residue_minor);
  return RL_REFUSAL_NONE;
}

static void fill_fee_lines(rl_terms *terms, const rl_rule *rule)
{
  terms->fee_count = rule->fee_count;
  for (unsigned i = 0; i < rule->fee_count; i++) {
    const rl_fee *fee = &rule->fees[i];
    int64_t base = fee->side == RL_FEE_SOURCE ? terms->source_minor : terms->gross_minor;
    rl_fee_line *line = &terms->fees[i];
    memcpy(line->name, fee->name, sizeof line->name);
    line->side = fee->side;
    line->mode = fee->mode;
    line->amount_minor = rl_fee_on(fee, base);
  }
}

static void fill_markup_lines(rl_terms *terms, const rl_rule *rule, const rl_lock_class *lock)
{
  terms->markup_count = 1;
  memcpy(terms->markups[0].name, rule->name, sizeof rule->name);
  terms->markups[0].e8 = rule->markup_e8;
  terms->lock_premium_e8 = lock->premium_e8;
  terms->ttl_ms = lock->ttl_ms;
}

static rl_refusal fill_effective_rate(rl_terms *terms)
{
  int shift = (int)rl_currency_exponent(terms->source_currency)
    - (int)rl_currency_exponent(terms->target_currency);
  rl_ratio effective = {
    .numerator = (rl_u128)terms->target_minor,
    .denominator = (rl_u128)terms->charge_minor,
    .exponent = shift,
  };
  if (rl_ratio_round(effective, EFFECTIVE_DIGITS, RL_ROUND_HALF_EVEN, &terms->effective_rate, NULL)
      != RL_OK)
    return RL_REFUSAL_RATE_OUT_OF_RANGE;
  return RL_REFUSAL_NONE;
}

/* How much worse than the reference, in 10^-6 of it, half-even. Both rates have at most ten digits
 * and 18 decimals: aligned and times 10^6 they stay below 10^35. */
static int32_t margin_e6(rl_rate client, rl_rate reference, rl_side side)
{
  unsigned scale = client.scale > reference.scale ? client.scale : reference.scale;
  rl_i128 ours = (rl_i128)rl_wide_mul(client.mantissa, rl_pow10(scale - client.scale));
  rl_i128 theirs = (rl_i128)rl_wide_mul(reference.mantissa, rl_pow10(scale - reference.scale));
  rl_i128 worse = side == RL_SELL_BASE ? theirs - ours : ours - theirs;
  rl_u128 size = rl_wide_mul((rl_u128)(worse < 0 ? -worse : worse), 1000000u);
  rl_u128 margin = rl_wide_div(size, (rl_u128)theirs, RL_ROUND_HALF_EVEN);
  int32_t capped = margin > INT32_MAX ? INT32_MAX : (int32_t)margin;
  return worse < 0 ? -capped : capped;
}

static void fill_reference(rl_terms *terms, const rl_reference *reference)
{
  if (!reference->known)
    return;
  terms->reference = *reference;
  terms->reference_margin_e6 = margin_e6(terms->client_rate, reference->rate, terms->side);
}

rl_refusal rl_price(const rl_snapshot *snapshot, const rl_tariff *tariff,
                    const rl_price_request *request, rl_terms *out)
{
  if (request->amount_minor < 1 || request->amount_minor > RL_AMOUNT_MAX)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  const rl_rule *rule;
  rl_lock_class lock;
  rl_refusal refusal =
    rl_price_admit(tariff, snapshot->from, snapshot->to, request, &rule, &lock);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;

  rl_terms terms;
  memset(&terms, 0, sizeof terms);
  terms.source_currency = snapshot->from;
  terms.target_currency = snapshot->to;
  terms.base = snapshot->base;
  terms.quote = snapshot->quote;
  terms.side = rl_snapshot_side(snapshot);
  terms.fixed = request->fixed;
  terms.tariff = rl_tariff_digest(tariff);
  const char *tier = request->tier[0] ? request->tier : rl_tariff_default_tier(tariff);
  memcpy(terms.tier, tier, strlen(tier));

  rl_ratio core = rl_snapshot_core(snapshot);
  refusal = fill_rates(&terms, snapshot, core, (int64_t)rule->markup_e8 + lock.premium_e8,
                       rl_tariff_rate_digits(tariff));
  if (refusal == RL_REFUSAL_NONE)
    refusal = terms.fixed == RL_FIXED_SOURCE
      ? amounts_from_source(&terms, rule, request->amount_minor)
      : amounts_from_target(&terms, rule, request->amount_minor);
  if (refusal == RL_REFUSAL_NONE)
    refusal = fill_position(&terms, core);
  if (refusal == RL_REFUSAL_NONE)
    refusal = fill_effective_rate(&terms);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;
  fill_fee_lines(&terms, rule);
  fill_markup_lines(&terms, rule, &lock);
  fill_reference(&terms, &snapshot->reference);
  *out = terms;
  return RL_REFUSAL_NONE;
}
