/* Makes a quote again from its record and holds every figure against it.
 *
 * Three steps, each of a room that the engine itself uses: the ticks of each leg give its composite
 * and all of them the conditions (market); composites, conditions, tariff and request give the
 * terms (pricing); what an accept posts follows from these (ledger). Nothing is asked of the
 * engine. */
#include "explain.h"

#include <string.h>

/* --- the market --- */

static bool is_stale(const rl_quote *quote, const rl_composite *composite,
                     const rl_composite_tick *tick)
{
  return rl_explain_age_ns(quote, tick) >= (int64_t)composite->max_age_ms * RL_NS_PER_MS;
}

/* Leaves out what was too old to vote at the issue. An engine records no such tick. */
static void drop_stale(const rl_quote *quote, rl_composite *composite, rl_tick_use *uses)
{
  unsigned fresh = 0;
  for (unsigned i = 0; i < composite->tick_count; i++) {
    if (is_stale(quote, composite, &composite->ticks[i]))
      uses[i] = RL_TICK_STALE;
    else
      composite->ticks[fresh++] = composite->ticks[i];
  }
  composite->tick_count = (uint8_t)fresh;
}

static void mark_unused(const rl_explained_leg *leg, rl_policy policy, unsigned recorded,
                        rl_tick_use *uses)
{
  for (unsigned i = 0, fresh = 0; i < recorded; i++) {
    if (uses[i] == RL_TICK_STALE)
      continue;
    if (!(leg->steps.kept >> fresh++ & 1))
      uses[i] = policy == RL_POLICY_PRIMARY ? RL_TICK_BEHIND : RL_TICK_OUTLIER;
  }
}

/* Prices of ticks beyond what a source may say are beyond what a rate may be. */
static bool is_within_bounds(const rl_composite *composite)
{
  return composite->bid_half >= 1 && composite->bid_half <= composite->mid_half &&
         composite->mid_half <= composite->ask_half &&
         composite->ask_half <= 2ull * RL_SOURCE_MANTISSA_MAX;
}

static void remake_leg(const rl_quote *quote, rl_leg *leg, rl_explained_leg *out)
{
  rl_composite *composite = &leg->composite;
  unsigned recorded = composite->tick_count;
  drop_stale(quote, composite, out->uses);
  rl_composite_price(composite);
  if (composite->refusal == RL_REFUSAL_NONE && !is_within_bounds(composite))
    composite->refusal = RL_REFUSAL_RATE_OUT_OF_RANGE;
  out->has_steps = composite->tick_count > 0;
  if (!out->has_steps)
    return;
  out->steps = rl_composite_work(composite);
  mark_unused(out, composite->policy, recorded, out->uses);
}

/* By the hours of a universe, where one is given; else as recorded. */
static bool is_closed(const rl_explained *it)
{
  if (!it->universe)
    return it->quote.snapshot.conditions.closed;
  bool closed = false;
  for (unsigned i = 0; i < it->snapshot.leg_count; i++) {
    const rl_leg *leg = &it->snapshot.legs[i];
    rl_pair pair;
    bool inverted;
    if (rl_universe_find(it->universe, leg->base, leg->quote, &pair, &inverted))
      closed = closed ||
               !rl_universe_is_open(it->universe, pair, (rl_utc){it->quote.issued_utc_ms});
  }
  return closed;
}

/* A token has no ticks: its composites and conditions are what it says. */
static void remake_market(rl_explained *it)
{
  it->snapshot = it->quote.snapshot;
  if (it->from_token) {
    it->snapshot.conditions.closed = is_closed(it);
    return;
  }
  for (unsigned i = 0; i < it->snapshot.leg_count; i++)
    remake_leg(&it->quote, &it->snapshot.legs[i], &it->legs[i]);
  it->snapshot.conditions =
    rl_snapshot_conditions(&it->snapshot, (rl_mono){it->quote.issued_mono_ns}, is_closed(it));
}

/* --- the price --- */

/* What was asked for. A token carries what was granted, which asks for itself. */
static rl_price_request request_of(const rl_explained *it)
{
  const rl_terms *terms = &it->quote.terms;
  if (!it->from_token)
    return it->quote.request;
  rl_price_request request = {
    .fixed = terms->fixed,
    .amount_minor = terms->fixed == RL_FIXED_SOURCE ? terms->source_minor : terms->target_minor,
    .ttl_ms = terms->ttl_ms,
  };
  memcpy(request.tier, terms->tier, sizeof request.tier);
  memcpy(request.method, terms->method, sizeof request.method);
  memcpy(request.client, it->quote.client, sizeof request.client);
  return request;
}

static rl_refusal refusal_of_legs(const rl_explained *it)
{
  for (unsigned i = 0; i < it->snapshot.leg_count; i++) {
    if (!it->from_token && it->snapshot.legs[i].composite.refusal != RL_REFUSAL_NONE)
      return it->snapshot.legs[i].composite.refusal;
  }
  return RL_REFUSAL_NONE;
}

static rl_markup_sum sum_of(const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_markup_sum sum = {
    .e8 = terms->lock_premium_e8, .pip_scale = it->snapshot.legs[0].composite.pip_scale};
  for (unsigned i = 0; i < terms->markup_count; i++) {
    sum.e8 += terms->markups[i].e8;
    sum.points_e1 += terms->markups[i].points_e1;
  }
  return sum;
}

static void work_out_rates(rl_explained *it)
{
  rl_rate nearest;
  it->sum = sum_of(it);
  rl_refusal refusal = rl_client_rate_exact(it->core, it->terms.side, it->sum, &it->client);
  rl_status status = rl_ratio_round(it->client, rl_tariff_rate_digits(it->tariff),
                                    RL_ROUND_HALF_EVEN, &nearest, NULL);
  RL_ASSERT(refusal == RL_REFUSAL_NONE);
  it->digit_back = status != RL_OK || rl_rate_compare(nearest, it->terms.client_rate) != 0;
}

static void work_out_amounts(rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_conversion conversion = {
    .rate = terms->client_rate,
    .side = terms->side,
    .source_exponent = rl_currency_exponent(terms->source_currency),
    .target_exponent = rl_currency_exponent(terms->target_currency),
  };
  it->converted_minor = terms->gross_minor + terms->residue_minor;
  it->worth_minor = terms->charge_minor - terms->total_cost_minor;
  rl_status status =
    rl_convert_back_ceil(conversion, terms->gross_minor, &it->wanted_net_minor);
  RL_ASSERT(status == RL_OK);
  rl_quote again = it->quote;
  again.terms = *terms;
  rl_ledger_post(&again, it->quote.issued_utc_ms, &it->postings);
}

static void price_again(rl_explained *it)
{
  it->request = request_of(it);
  it->refusal = refusal_of_legs(it);
  if (it->refusal != RL_REFUSAL_NONE)
    return;
  it->core = rl_snapshot_core(&it->snapshot);
  it->mid = rl_snapshot_mid(&it->snapshot);
  it->band_minor = rl_tariff_banded_amount(&it->snapshot, it->mid, it->request.fixed,
                                           it->request.amount_minor);
  it->rule = rl_price_rule(&it->snapshot, it->tariff, &it->request, it->waivers);
  it->refusal = rl_price(&it->snapshot, it->tariff, &it->request, &it->terms, NULL);
  if (it->refusal != RL_REFUSAL_NONE)
    return;
  bool offered = rl_tariff_lock_for(it->tariff, it->request.ttl_ms, &it->lock);
  RL_ASSERT(it->rule && offered);
  work_out_rates(it);
  work_out_amounts(it);
}

/* --- the outcome --- */

static void add_facts(rl_facts *facts, const rl_snapshot *snapshot, rl_value_date value_date,
                      const rl_terms *terms, rl_refusal refusal)
{
  rl_facts_add_value_date(facts, value_date);
  for (unsigned i = 0; i < snapshot->leg_count; i++)
    rl_facts_add_leg(facts, i, &snapshot->legs[i]);
  rl_facts_add_conditions(facts, &snapshot->conditions);
  rl_facts_add_refusal(facts, refusal);
  if (terms)
    rl_facts_add_terms(facts, terms);
}

/* Where there is no price, the refusal says it all. */
static void compare(rl_explained *it)
{
  bool priced = it->refusal == RL_REFUSAL_NONE;
  add_facts(&it->recorded, &it->quote.snapshot, it->quote.value_date,
            priced ? &it->quote.terms : NULL, RL_REFUSAL_NONE);
  add_facts(&it->recomputed, &it->snapshot, it->value_date, priced ? &it->terms : NULL,
            it->refusal);
  it->difference_count = rl_facts_compare(&it->recorded, &it->recomputed, it->differences);
}

void rl_explain_work(rl_explained *it)
{
  const rl_quote *quote = &it->quote;
  memset(it->legs, 0, sizeof it->legs);
  memset(it->waivers, 0, sizeof it->waivers);
  it->rule = NULL;
  it->recorded.count = it->recomputed.count = 0;
  it->value_date = rl_value_date_of(it->calendars, quote->terms.base, quote->terms.quote,
                                    (rl_utc){quote->expires_utc_ms});
  remake_market(it);
  price_again(it);
  compare(it);
}
