/* Lists of primary sources: which of a pair's voters come onto its board, and in which order.
 *
 * A list is of names and a vote of an index, so each list keeps the place of each source on it,
 * looked up once, when the source registers. Only the intake thread comes here. */
#include "market/state.h"

#include "market/universe_table.h"

#include <stdlib.h>
#include <string.h>

/* The place of a source that is not on the list. */
#define UNLISTED RL_PRIMARIES_MAX

struct rl_primary_places {
  uint8_t of[RL_SOURCES_MAX];
};

rl_status rl_primaries_create(rl_market *market)
{
  unsigned count = market->universe->primaries_count;
  if (count == 0)
    return RL_OK;
  market->primaries = malloc(count * sizeof *market->primaries);
  if (!market->primaries)
    return RL_NO_MEMORY;
  memset(market->primaries, UNLISTED, count * sizeof *market->primaries);
  return RL_OK;
}

static uint8_t place_of(const rl_primaries *list, const char *name)
{
  for (unsigned i = 0; i < RL_PRIMARIES_MAX; i++) {
    if (strcmp(list->names[i], name) == 0)
      return (uint8_t)i;
  }
  return UNLISTED;
}

void rl_primaries_note(rl_market *market, rl_source source, const char *name)
{
  const rl_universe *universe = market->universe;
  for (unsigned i = 0; i < universe->primaries_count; i++)
    market->primaries[i].of[source.index] = place_of(&universe->primaries[i], name);
}

unsigned rl_primaries_order(const rl_market *market, rl_pair pair, const rl_voter *voters,
                            unsigned count, rl_voter out[RL_PRIMARIES_MAX])
{
  unsigned list = rl_universe_pair_spec(market->universe, pair)->primaries;
  const rl_voter *listed[RL_PRIMARIES_MAX + 1] = {NULL}; /* the last: whoever is on no list */
  for (unsigned i = 0; i < count; i++)
    listed[market->primaries[list - 1].of[voters[i].tick.source.index]] = &voters[i];
  unsigned kept = 0;
  for (unsigned i = 0; i < RL_PRIMARIES_MAX; i++) {
    if (listed[i])
      out[kept++] = *listed[i];
  }
  return kept;
}
