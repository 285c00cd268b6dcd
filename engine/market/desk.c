/* What the desk sees of the sources: counters, clocks, shares, the last word on a pair. Any thread;
 * nothing here is on the way of a price. */
#include "market/state.h"

#include <string.h>

const char *rl_verdict_name(rl_verdict verdict)
{
  switch (verdict) {
  case RL_TICK_GOOD: return "good";
  case RL_TICK_LOCKED: return "locked";
  case RL_TICK_CROSSED: return "crossed";
  case RL_TICK_JUMP: return "jump";
  case RL_TICK_WITHDRAWN: return "withdrawn";
  case RL_TICK_MALFORMED_PRICE: return "malformed_price";
  case RL_TICK_MALFORMED_SCALE: return "malformed_scale";
  case RL_TICK_MALFORMED_DEPTH: return "malformed_depth";
  case RL_TICK_MALFORMED_ORDER: return "malformed_order";
  case RL_TICK_MALFORMED_FUTURE: return "malformed_future";
  case RL_TICK_DUPLICATE: return "duplicate";
  case RL_TICK_NO_ROOM: return "no_room";
  }
  return "unknown";
}

const char *rl_source_clock_name(rl_source_clock clock)
{
  switch (clock) {
  case RL_CLOCK_UNKNOWN: return "unknown";
  case RL_CLOCK_GOOD: return "good";
  case RL_CLOCK_AHEAD: return "ahead";
  case RL_CLOCK_BEHIND: return "behind";
  }
  return "unknown";
}

static void load_tally(const rl_tally *tally, uint64_t verdicts[RL_VERDICT_COUNT], uint64_t *gaps,
                       uint64_t *repeats)
{
  for (unsigned i = 0; i < RL_VERDICT_COUNT; i++)
    verdicts[i] = rl_word_load(&tally->verdicts[i]);
  *gaps = rl_word_load(&tally->gaps);
  *repeats = rl_word_load(&tally->repeats);
}

static rl_source_clock judge_clock(rl_source_class class, int64_t offset_ms)
{
  if (offset_ms > RL_SOURCE_FUTURE_MS)
    return RL_CLOCK_AHEAD;
  bool behind = class == RL_SOURCE_LIVE && offset_ms < -RL_SOURCE_BEHIND_MS;
  return behind ? RL_CLOCK_BEHIND : RL_CLOCK_GOOD;
}

static void load_clock(const rl_source_state *state, rl_source_info *out)
{
  out->clock = RL_CLOCK_UNKNOWN;
  out->clock_offset_ms = out->lag_ms = 0;
  if (rl_clock_offset_read(&state->clock, &out->clock_offset_ms, &out->lag_ms))
    out->clock = judge_clock(state->class, out->clock_offset_ms);
}

rl_source_clock rl_market_source_clock(const rl_market *market, rl_source source,
                                       int64_t *offset_ms)
{
  rl_source_info info;
  load_clock(rl_source_state_of(market, source), &info);
  *offset_ms = info.clock_offset_ms;
  return info.clock;
}

/* Of its pairs the one in which it is an outlier most often. */
static void find_outlier(const rl_market *market, rl_source source, rl_source_info *out)
{
  out->outlier_ppm = 0;
  out->outlier_pair = (rl_pair){0};
  for (unsigned i = 0; i < market->pair_count; i++) {
    const rl_slot *slot = rl_slots_find(&market->pairs[i].live, source);
    if (!slot || rl_word_load(&slot->outliers.composites) < RL_OUTLIER_COMPOSITES_MIN)
      continue;
    uint32_t ppm = rl_outliers_ppm(&slot->outliers);
    if (ppm > out->outlier_ppm) {
      out->outlier_ppm = ppm;
      out->outlier_pair.index = (uint16_t)i;
    }
  }
}

void rl_market_source_info(const rl_market *market, rl_source source, rl_source_info *out)
{
  const rl_source_state *state = rl_source_state_of(market, source);
  memcpy(out->name, state->name, sizeof out->name);
  out->class = state->class;
  out->ticks = rl_word_load(&state->ticks);
  out->last_mono_ns = (int64_t)rl_word_load(&state->last_ns);
  load_tally(&state->tally, out->verdicts, &out->gaps, &out->repeats);
  load_clock(state, out);
  find_outlier(market, source, out);
}

static bool votes_now(const rl_market *market, rl_source source, rl_pair pair, rl_mono now)
{
  rl_composite composite;
  rl_market_composite(market, pair, now, &composite);
  for (unsigned i = 0; i < composite.tick_count; i++) {
    if (composite.ticks[i].source.index == source.index)
      return true;
  }
  return false;
}

bool rl_market_source_pair(const rl_market *market, rl_source source, rl_pair pair, rl_mono now,
                           rl_source_pair_stats *out)
{
  const rl_pair_state *state = rl_pair_state_of(market, pair);
  bool live = rl_source_state_of(market, source)->class == RL_SOURCE_LIVE;
  const rl_slot *slot = rl_slots_find(live ? &state->live : &state->references, source);
  rl_composite_tick tick;
  uint64_t version;
  unsigned tries = RL_SEQLOCK_TRIES_MAX;
  if (!slot || rl_slot_read(slot, &tries, &tick, &version) != RL_OK)
    return false;
  *out = (rl_source_pair_stats){
    .seen = true,
    .votes = votes_now(market, source, pair, now),
    .sequence = tick.sequence,
    .source_utc_ms = tick.source_utc_ms,
    .arrival_mono_ns = tick.arrival_mono_ns,
    .bid = tick.bid,
    .ask = tick.ask,
    .composites = rl_word_load(&slot->outliers.composites),
    .outliers = rl_word_load(&slot->outliers.dropped),
    .outlier_ppm = rl_outliers_ppm(&slot->outliers),
  };
  load_tally(&slot->tally, out->verdicts, &out->gaps, &out->repeats);
  return true;
}
