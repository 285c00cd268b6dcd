/* The market as a whole: its memory and its sources. Updates come in through intake.c, prices go
 * out through board.c and route.c, what the desk sees of the sources through desk.c. */
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
  if (rl_primaries_create(market) != RL_OK || rl_books_create(market) != RL_OK ||
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
  rl_books_free(market);
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

const char *rl_market_source_name(const rl_market *market, rl_source source)
{
  return rl_source_state_of(market, source)->name;
}

rl_source_class rl_market_source_class(const rl_market *market, rl_source source)
{
  return rl_source_state_of(market, source)->class;
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
