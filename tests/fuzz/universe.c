/* Any bytes are a universe or an error with its place; a universe that is given holds to itself. */
#include "market/universe.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_pair(const rl_universe *universe, unsigned index)
{
  rl_pair pair = {(uint16_t)index}, found = {UINT16_MAX};
  bool inverted = true;
  const rl_pair_spec *spec = rl_universe_pair_spec(universe, pair);
  const char *name = rl_universe_pair_name(universe, pair);
  RL_ASSERT(rl_universe_is_base(universe, spec->base, spec->quote));
  RL_ASSERT(rl_universe_find(universe, spec->base, spec->quote, &found, &inverted));
  RL_ASSERT(found.index == index && !inverted);
  RL_ASSERT(rl_universe_find(universe, spec->quote, spec->base, &found, &inverted));
  RL_ASSERT(found.index == index && inverted);
  RL_ASSERT(rl_universe_find_name(universe, name, strlen(name), &found) == RL_OK);
  RL_ASSERT(found.index == index);
  RL_ASSERT(spec->scale <= 12 && spec->pip_scale <= 12 && spec->max_age_ms >= 1);
  RL_ASSERT(spec->min_sources >= 1 && spec->min_sources <= RL_SOURCES_PER_PAIR_MAX);
  RL_ASSERT(spec->jump_ppm >= 1 && spec->min_half_spread <= RL_SOURCE_MANTISSA_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rl_universe *universe = NULL;
  rl_error error = {.text = ""};
  rl_status status = rl_universe_parse((const char *)data, size, "fuzz", &universe, &error);
  if (status != RL_OK) {
    RL_ASSERT(universe == NULL && error.text[0] && strcmp(error.file, "fuzz") == 0);
    return 0;
  }
  unsigned count = rl_universe_pair_count(universe);
  RL_ASSERT(count >= 1 && rl_universe_pivot_count(universe) <= RL_PIVOTS_MAX);
  for (unsigned i = 0; i < count; i++)
    check_pair(universe, i);
  rl_universe_destroy(universe);
  return 0;
}
