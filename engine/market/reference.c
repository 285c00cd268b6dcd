/* The reference rate: what one provider's fixings say of a pair. It stands beside a price, as a
 * market convention rate (M6), and stands in for one where no live rate is (K3). */
#include "market/composite.h"
#include "market/way.h"

#include <string.h>

/* Fixings of one provider that answer for a pair. */
typedef struct answer {
  bool known;
  int64_t date_utc_ms; /* the older leg's */
  rl_source provider;
  rl_way way;          /* from base to quote */
  rl_composite_tick ticks[2];
  rl_witness read[2];
} answer;

static bool read_tick(const rl_slot *slot, unsigned *tries, rl_composite_tick *tick,
                      rl_witness *witness)
{
  witness->lock = &slot->lock;
  /* A crossed fixing is no fixing; a slot has no bid before its first update or once withdrawn. */
  return rl_slot_read(slot, tries, tick, &witness->version) == RL_OK && tick->bid != 0 &&
         tick->bid <= tick->ask;
}

static const rl_slots *fixings_of(const rl_market *market, rl_pair pair)
{
  return &rl_pair_state_of(market, pair)->references;
}

/* What one provider says on this way; false when it lacks a leg. */
static bool ask(const rl_market *market, const rl_way *way, rl_source provider, unsigned *tries,
                answer *out)
{
  *out = (answer){.known = true, .date_utc_ms = INT64_MAX, .provider = provider, .way = *way};
  for (unsigned i = 0; i < way->count; i++) {
    const rl_slot *slot = rl_slots_find(fixings_of(market, way->steps[i].pair), provider);
    if (!slot || !read_tick(slot, tries, &out->ticks[i], &out->read[i]))
      return false;
    if (out->ticks[i].source_utc_ms < out->date_utc_ms)
      out->date_utc_ms = out->ticks[i].source_utc_ms;
  }
  return true;
}

/* Asks all providers of the way's first leg; a newer answer replaces the best so far. */
static void ask_all(const rl_market *market, const rl_way *way, unsigned *tries, answer *best)
{
  for (unsigned i = 0; i < way->count; i++) {
    if (!rl_pair_is_fixed(market, way->steps[i].pair))
      return;
  }
  const rl_slots *providers = fixings_of(market, way->steps[0].pair);
  for (unsigned i = 0; i < rl_slots_count(providers); i++) {
    answer said;
    if (ask(market, way, rl_slots_at(providers, i)->source, tries, &said) &&
        (!best->known || said.date_utc_ms > best->date_utc_ms))
      *best = said;
  }
}

static rl_ratio ratio_of(const rl_market *market, const answer *best)
{
  rl_ratio ratio = rl_ratio_one();
  for (unsigned i = 0; i < best->way.count; i++) {
    unsigned scale = rl_universe_pair_spec(market->universe, best->way.steps[i].pair)->scale;
    uint64_t mid = (uint64_t)best->ticks[i].bid + best->ticks[i].ask;
    ratio = best->way.steps[i].inverted ? rl_ratio_over(ratio, mid, scale, 2)
                                          : rl_ratio_times(ratio, mid, scale, 2);
  }
  return ratio;
}

static void show(const rl_market *market, const answer *best, rl_reference *out)
{
  if (rl_ratio_round(ratio_of(market, best), 10, RL_ROUND_HALF_EVEN, &out->rate, NULL) != RL_OK)
    return;
  out->known = true;
  out->date_utc_ms = best->date_utc_ms;
  memcpy(out->provider, rl_market_source_name(market, best->provider), sizeof out->provider);
}

/* The newest answer of any provider, of the pair itself or through a pivot. */
static void find_answer(const rl_market *market, rl_currency base, rl_currency quote,
                        unsigned *tries, answer *best)
{
  const rl_universe *universe = market->universe;
  rl_way way;
  best->known = false;
  if (rl_way_through(universe, (rl_currency[]){base, quote}, 2, &way))
    ask_all(market, &way, tries, best);
  for (unsigned i = 0; i < universe->pivot_count; i++) {
    if (rl_way_through(universe, (rl_currency[]){base, universe->pivots[i], quote}, 3, &way))
      ask_all(market, &way, tries, best);
  }
}

static void note_reads(const answer *best, rl_witnesses *witnesses)
{
  for (unsigned i = 0; i < best->way.count; i++)
    witnesses->seen[witnesses->count++] = best->read[i];
}

void rl_reference_read(const rl_market *market, unsigned *tries, rl_snapshot *snapshot,
                       rl_witnesses *witnesses)
{
  snapshot->reference = (rl_reference){.known = false};
  if (rl_word_load(&market->reference_count) == 0)
    return;
  answer best;
  find_answer(market, snapshot->base, snapshot->quote, tries, &best);
  if (!best.known)
    return;
  note_reads(&best, witnesses);
  show(market, &best, &snapshot->reference);
}

/* --- a price of fixings --- */

#define FIXING_AGE_MAX_NS ((int64_t)RL_FIXING_AGE_MAX_MS * RL_NS_PER_MS)

/* By the provider's date, and as a record has it: by arrival. */
static bool is_young(const answer *best, rl_now now)
{
  bool young = now.utc.ms - best->date_utc_ms < RL_FIXING_AGE_MAX_MS;
  for (unsigned i = 0; i < best->way.count; i++)
    young &= now.mono.ns - best->ticks[i].arrival_mono_ns < FIXING_AGE_MAX_NS;
  return young;
}

static void price_leg(const rl_market *market, const answer *best, unsigned place, rl_now now,
                      rl_leg *leg)
{
  const rl_step *step = &best->way.steps[place];
  const rl_pair_spec *spec = rl_universe_pair_spec(market->universe, step->pair);
  rl_composite *composite = &leg->composite;
  leg->base = spec->base;
  leg->quote = spec->quote;
  composite->pair = step->pair;
  rl_composite_bind(spec, composite);
  composite->policy = RL_POLICY_REFERENCE;
  composite->min_sources = 1;
  composite->min_half_spread = 0;
  composite->max_age_ms = RL_FIXING_AGE_MAX_MS;
  composite->volatility_ppm = RL_VOLATILITY_UNKNOWN;
  composite->version = best->read[place].version / 2;
  composite->tick_count = 1;
  composite->ticks[0] = best->ticks[place];
  composite->made_mono_ns = now.mono.ns;
  composite->fresh_until_mono_ns = composite->ticks[0].arrival_mono_ns + FIXING_AGE_MAX_NS;
  rl_composite_price(composite);
}

bool rl_reference_price(const rl_market *market, rl_now now, unsigned *tries,
                        rl_snapshot *snapshot, rl_witnesses *witnesses)
{
  answer best;
  find_answer(market, snapshot->base, snapshot->quote, tries, &best);
  if (!best.known || !is_young(&best, now))
    return false;
  /* The answer's way is from the base to the quote. */
  bool sells = rl_snapshot_side(snapshot) == RL_SELL_BASE;
  snapshot->leg_count = best.way.count;
  for (unsigned i = 0; i < best.way.count; i++) {
    unsigned place = sells ? i : best.way.count - 1 - i;
    price_leg(market, &best, place, now, &snapshot->legs[i]);
    snapshot->legs[i].inverted = best.way.steps[place].inverted == sells;
  }
  note_reads(&best, witnesses);
  snapshot->reference = (rl_reference){.known = false};
  show(market, &best, &snapshot->reference);
  return true;
}
