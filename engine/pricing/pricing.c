/* The price of one request: its rule, then the rates, then the amounts, then the lines that
 * disclose them.
 *
 * Every amount follows from the client rate as shown; mid and core are shown rounded but never
 * computed with. Rule and waivers are chosen by the fixed amount and then stand, whatever the other
 * amounts turn out to be (M5). */
#include "pricing/steps.h"

#include <string.h>

static rl_tariff_query query_of(rl_currency from, rl_currency to, const rl_price_request *request)
{
  return (rl_tariff_query){
    .client = request->client,
    .tier = request->tier,
    .method = request->method,
    .from = from,
    .to = to,
  };
}

rl_refusal rl_price_admit(const rl_tariff *tariff, rl_currency from, rl_currency to,
                          const rl_price_request *request, rl_lock_class *lock)
{
  rl_tariff_query query = query_of(from, to, request);
  if (!rl_tariff_match(tariff, &query))
    return RL_REFUSAL_NO_TARIFF;
  return rl_tariff_lock_for(tariff, request->ttl_ms, lock) ? RL_REFUSAL_NONE
                                                           : RL_REFUSAL_TTL_NOT_OFFERED;
}

static const rl_rule *choose_rule(const rl_snapshot *snapshot, rl_ratio mid,
                                  const rl_tariff *tariff, const rl_price_request *request,
                                  const rl_waiver *waivers[RL_FEES_MAX])
{
  rl_tariff_query query = query_of(snapshot->from, snapshot->to, request);
  query.amount_minor =
    rl_tariff_banded_amount(snapshot, mid, request->fixed, request->amount_minor);
  const rl_rule *rule = rl_tariff_match(tariff, &query);
  if (rule)
    rl_tariff_waive(tariff, &query, rule, waivers);
  return rule;
}

const rl_rule *rl_price_rule(const rl_snapshot *snapshot, const rl_tariff *tariff,
                             const rl_price_request *request,
                             const rl_waiver *waivers[RL_FEES_MAX])
{
  return choose_rule(snapshot, rl_snapshot_mid(snapshot), tariff, request, waivers);
}

static rl_refusal fill_rule(rl_pricing *it)
{
  it->rule = choose_rule(it->snapshot, it->mid, it->tariff, it->request, it->waivers);
  if (!it->rule)
    return RL_REFUSAL_NO_TARIFF;
  if (!rl_tariff_lock_for(it->tariff, it->request->ttl_ms, &it->lock))
    return RL_REFUSAL_TTL_NOT_OFFERED;
  it->fees = (rl_fee_set){.rule = it->rule};
  for (unsigned i = 0; i < it->rule->fee_count; i++)
    it->fees.waived |= it->waivers[i] ? 1u << i : 0;
  return RL_REFUSAL_NONE;
}

static void fill_head(rl_pricing *it)
{
  rl_terms *terms = &it->terms;
  const rl_price_request *request = it->request;
  const char *tier = request->tier[0] ? request->tier : rl_tariff_default_tier(it->tariff);
  memset(terms, 0, sizeof *terms);
  terms->source_currency = it->snapshot->from;
  terms->target_currency = it->snapshot->to;
  terms->base = it->snapshot->base;
  terms->quote = it->snapshot->quote;
  terms->side = rl_snapshot_side(it->snapshot);
  terms->fixed = request->fixed;
  terms->ttl_ms = it->lock.ttl_ms;
  terms->tariff = rl_tariff_digest(it->tariff);
  memcpy(terms->tier, tier, strlen(tier));
  memcpy(terms->method, request->method, sizeof terms->method);
}

static void fill_fee_lines(rl_pricing *it)
{
  rl_terms *terms = &it->terms;
  terms->fee_count = it->rule->fee_count;
  for (unsigned i = 0; i < it->rule->fee_count; i++) {
    const rl_fee *fee = &it->rule->fees[i];
    rl_fee_line *line = &terms->fees[i];
    memcpy(line->name, fee->name, sizeof line->name);
    line->side = fee->side;
    line->mode = fee->mode;
    if (it->waivers[i]) {
      memcpy(line->waived_by, it->waivers[i]->name, sizeof line->waived_by);
      continue;
    }
    line->amount_minor =
      rl_fee_on(fee, fee->side == RL_FEE_SOURCE ? terms->source_minor : terms->gross_minor);
  }
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
                    const rl_price_request *request, rl_terms *out, rl_nearest *nearest)
{
  if (request->amount_minor < 1 || request->amount_minor > RL_AMOUNT_MAX)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  rl_pricing it;
  it.snapshot = snapshot;
  it.tariff = tariff;
  it.request = request;
  it.mid = rl_snapshot_mid(snapshot);
  it.core = rl_snapshot_core(snapshot);
  rl_refusal refusal = fill_rule(&it);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;
  fill_head(&it);
  refusal = rl_pricing_rates(&it);
  if (refusal == RL_REFUSAL_NONE)
    refusal = rl_pricing_amounts(&it, nearest);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;
  fill_fee_lines(&it);
  fill_reference(&it.terms, &snapshot->reference);
  *out = it.terms;
  return RL_REFUSAL_NONE;
}
