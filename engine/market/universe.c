#include "market/universe_table.h"

#include <stdlib.h>
#include <string.h>

void rl_universe_destroy(rl_universe *universe)
{
  if (!universe)
    return;
  free(universe->specs);
  free(universe->names);
  free(universe->sessions);
  free(universe->primaries);
  free(universe->triangles);
  free(universe->triangle_starts);
  free(universe->triangle_lists);
  free(universe);
}

unsigned rl_universe_pair_count(const rl_universe *universe)
{
  return universe->pair_count;
}

const rl_pair_spec *rl_universe_pair_spec(const rl_universe *universe, rl_pair pair)
{
  RL_ASSERT(pair.index < universe->pair_count);
  return &universe->specs[pair.index];
}

const char *rl_universe_pair_name(const rl_universe *universe, rl_pair pair)
{
  RL_ASSERT(pair.index < universe->pair_count);
  return universe->names[pair.index];
}

const char *rl_policy_name(rl_policy policy)
{
  switch (policy) {
  case RL_POLICY_CONSENSUS: return "consensus";
  case RL_POLICY_BEST: return "best";
  case RL_POLICY_PRIMARY: return "primary";
  case RL_POLICY_REFERENCE: return "reference";
  }
  return "unknown";
}

const char *rl_universe_primary(const rl_universe *universe, rl_pair pair, unsigned place)
{
  unsigned list = rl_universe_pair_spec(universe, pair)->primaries;
  if (list == 0 || place >= RL_PRIMARIES_MAX)
    return NULL;
  const char *name = universe->primaries[list - 1].names[place];
  return name[0] ? name : NULL;
}

bool rl_universe_is_open(const rl_universe *universe, rl_pair pair, rl_utc at)
{
  unsigned session = rl_universe_pair_spec(universe, pair)->session;
  return session == 0 || rl_session_is_open(&universe->sessions[session - 1], at);
}

bool rl_universe_find(const rl_universe *universe, rl_currency from, rl_currency to,
                      rl_pair *pair, bool *inverted)
{
  rl_step step;
  if (!rl_step_find(universe, from, to, &step))
    return false;
  *pair = step.pair;
  *inverted = step.inverted;
  return true;
}

rl_status rl_universe_find_name(const rl_universe *universe, const char *name, size_t length,
                                rl_pair *pair)
{
  bool slashed = length == 7 && name[3] == '/';
  rl_currency base, quote;
  if ((length != 6 && !slashed) || rl_currency_find(name, 3, &base) != RL_OK ||
      rl_currency_find(name + length - 3, 3, &quote) != RL_OK)
    return RL_NOT_FOUND;
  rl_pair found;
  bool inverted;
  if (!rl_universe_find(universe, base, quote, &found, &inverted) || inverted)
    return RL_NOT_FOUND;
  *pair = found;
  return RL_OK;
}

bool rl_universe_is_base(const rl_universe *universe, rl_currency left, rl_currency right)
{
  uint8_t left_rank = universe->ranks[left.index];
  uint8_t right_rank = universe->ranks[right.index];
  if (left_rank != right_rank)
    return left_rank < right_rank;
  return strcmp(rl_currency_code(left), rl_currency_code(right)) < 0;
}

unsigned rl_universe_pivot_count(const rl_universe *universe)
{
  return universe->pivot_count;
}

rl_currency rl_universe_pivot(const rl_universe *universe, unsigned index)
{
  RL_ASSERT(index < universe->pivot_count);
  return universe->pivots[index];
}

unsigned rl_universe_triangle_count(const rl_universe *universe)
{
  return universe->triangle_count;
}

rl_triangle rl_universe_triangle(const rl_universe *universe, unsigned index)
{
  RL_ASSERT(index < universe->triangle_count);
  return universe->triangles[index];
}
