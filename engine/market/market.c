/* The market as a whole: its memory, its sources, and what the desk sees of them. Updates come in
 * through intake.c, prices go out through board.c and route.c. */
#include "market/state.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(rl_pair_state) % RL_CACHE_LINE == 0 &&
                 sizeof(rl_source_state) % RL_CACHE_LINE == 0,
               "neighbours of an array share no line");
_Static_assert(RL_SOURCES_MAX <= 1 << 8, "a source's index fits the top byte of a tick's word");

rl_status rl_market_create(const rl_universe *universe, rl_market **out)
{
  unsigned pair_count = rl_universe_pair_count(universe);
  size_t size = sizeof(rl_market) + pair_count * sizeof(rl_pair_state);
  rl_market *market = aligned_alloc(RL_CACHE_LINE, size);
  if (!market)
    return RL_NO_MEMORY;
  memset(market, 0, size);
  market->universe = universe;
  market->pair_count = pair_count;
  if (rl_primaries_create(market) != RL_OK ||
      rl_triangles_init(&market->triangles, universe) != RL_OK) {
    rl_market_destroy(market);
    return RL_NO_MEMORY;
  }
  *out = market;
  return RL_OK;
}

void rl_slots_free(rl_slots *slots)
{
  for (unsigned i = 0; i < rl_slots_count(slots); i++)
    free(rl_slots_at(slots, i));
}

void rl_market_destroy(rl_market *market)
{
  if (!market)
    return;
  for (unsigned i = 0; i < market->pair_count; i++) {
    rl_slots_free(&market->pairs[i].live);
    rl_slots_free(&market->pairs[i].references);
  }
  free(market->primaries);
  rl_triangles_fini(&market->triangles);
  free(market);
}

const rl_universe *rl_market_universe(const rl_market *market)
{
  return market->universe;
}

/* --- sources --- */

static bool is_name(const char *name)
{
  size_t length = strnlen(name, RL_SOURCE_NAME_MAX + 1);
  for (size_t i = 0; i < length; i++) {
    if (name[i] <= ' ' || name[i] > '~')
      return false;
  }
  return length >= 1 && length <= RL_SOURCE_NAME_MAX;
}

rl_status rl_market_register(rl_market *market, const char *name, rl_source_class class,
                             rl_source *out)
{
  if (!is_name(name))
    return RL_INVALID;
  unsigned count = rl_market_source_count(market);
  for (unsigned i = 0; i < count; i++) {
    if (strcmp(market->sources[i].name, name) != 0)
      continue;
    if (market->sources[i].class != class)
      return RL_EXISTS;
    out->index = (uint8_t)i;
    return RL_OK;
  }
  if (count == RL_SOURCES_MAX)
    return RL_FULL;
  rl_source_state *added = &market->sources[count];
  memcpy(added->name, name, strlen(name));
  added->class = class;
  if (class == RL_SOURCE_REFERENCE)
    rl_word_count(&market->reference_count, 1);
  rl_word_store_release(&market->source_count, count + 1); /* name and class stand before it */
  out->index = (uint8_t)count;
  rl_primaries_note(market, *out, name);
  return RL_OK;
}

unsigned rl_market_source_count(const rl_market *market)
{
  return (unsigned)rl_word_load_acquire(&market->source_count);
}

static const rl_source_state *source_of(const rl_market *market, rl_source source)
{
  RL_ASSERT(source.index < rl_market_source_count(market));
  return &market->sources[source.index];
}

const char *rl_market_source_name(const rl_market *market, rl_source source)
{
  return source_of(market, source)->name;
}

rl_source_class rl_market_source_class(const rl_market *market, rl_source source)
{
  return source_of(market, source)->class;
}

static void load_tally(const rl_tally *tally, uint64_t verdicts[RL_VERDICT_COUNT], uint64_t *gaps,
                       uint64_t *repeats)
{
  for (unsigned i = 0; i < RL_VERDICT_COUNT; i++)
    verdicts[i] = rl_word_load(&tally->verdicts[i]);
  *gaps = rl_word_load(&tally->gaps);
  *repeats = rl_word_load(&tally->repeats);
}

void rl_market_source_info(const rl_market *market, rl_source source, rl_source_info *out)
{
  const rl_source_state *state = source_of(market, source);
  memcpy(out->name, state->name, sizeof out->name);
  out->class = state->class;
  out->ticks = rl_word_load(&state->ticks);
  out->last_mono_ns = (int64_t)rl_word_load(&state->last_ns);
  load_tally(&state->tally, out->verdicts, &out->gaps, &out->repeats);
}

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

/* --- slots --- */

rl_slot *rl_slots_find(const rl_slots *slots, rl_source source)
{
  unsigned count = rl_slots_count(slots);
  for (unsigned i = 0; i < count; i++) {
    rl_slot *slot = rl_slots_at(slots, i);
    if (slot->source.index == source.index)
      return slot;
  }
  return NULL;
}

rl_slot *rl_slots_add(rl_slots *slots, rl_source source)
{
  unsigned count = rl_slots_count(slots);
  if (count == RL_SOURCES_PER_PAIR_MAX)
    return NULL;
  rl_slot *slot = aligned_alloc(RL_CACHE_LINE, sizeof *slot);
  if (!slot)
    return NULL;
  memset(slot, 0, sizeof *slot);
  slot->source = source;
  rl_word_store(&slots->slots[count], (uintptr_t)slot);
  rl_word_store_release(&slots->count, count + 1); /* the slot and its address stand before it */
  return slot;
}

rl_status rl_slot_read(const rl_slot *slot, unsigned *tries, rl_composite_tick *out,
                       uint64_t *version)
{
  for (; *tries > 0; --*tries) {
    if (rl_seqlock_read_begin(&slot->lock, version)) {
      rl_composite_tick tick;
      rl_tick_words_load(&slot->newest, &tick);
      if (rl_seqlock_read_valid(&slot->lock, *version)) {
        *out = tick;
        return RL_OK;
      }
    }
    rl_pause();
  }
  return RL_TIMEOUT;
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
  bool live = source_of(market, source)->class == RL_SOURCE_LIVE;
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
  };
  load_tally(&slot->tally, out->verdicts, &out->gaps, &out->repeats);
  return true;
}
