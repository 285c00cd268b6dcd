/* The pairs that a tariff names against the universe of the engine that is to price by it. */
#include "tariff/reader.h"

#include <stdio.h>

#define WRONG_WAY_ROUND \
  "is written the wrong way round; write the base first, as the universe does"

/* What is checked: where it stands, for messages. */
typedef struct pair_place {
  const char *file;
  const char *list; /* "rules", "waivers" or "examples" */
  unsigned index;
  unsigned line;
  rl_error *error;
} pair_place;

static rl_status fail_pair(const pair_place *place, rl_currency base, rl_currency quote,
                           const char *key, const char *remedy)
{
  char field[sizeof place->error->field];
  snprintf(field, sizeof field, "%s[%u].%s", place->list, place->index, key);
  return rl_fail(place->error, RL_NOT_FOUND, place->file, place->line, field, "%s%s %s",
                 rl_currency_code(base), rl_currency_code(quote), remedy);
}

static rl_status check_pair(const pair_place *place, const rl_universe *universe,
                            const rl_scope *scope)
{
  rl_pair pair;
  bool inverted;
  if (!scope->pair_base.index)
    return RL_OK;
  if (!rl_universe_find(universe, scope->pair_base, scope->pair_quote, &pair, &inverted))
    return fail_pair(place, scope->pair_base, scope->pair_quote, "pair",
                     "has no market of its own in the universe; add it there, or name from and "
                     "to");
  if (inverted)
    return fail_pair(place, scope->pair_base, scope->pair_quote, "pair",
                     WRONG_WAY_ROUND);
  return RL_OK;
}

static rl_status check_points(const pair_place *place, const rl_universe *universe,
                              const rl_rule *rule)
{
  rl_pair pair;
  bool inverted;
  const rl_scope *scope = &rule->scope;
  bool has_points = rule->markups[RL_SELL_BASE].points_e1 || rule->markups[RL_BUY_BASE].points_e1;
  if (!has_points || !scope->from.index
      || rl_universe_find(universe, scope->from, scope->to, &pair, &inverted))
    return RL_OK;
  return fail_pair(place, scope->from, scope->to, "markup_points",
                   "has no market of its own in the universe, and points are pips of one; use bps");
}

/* An example that proves what no engine with this universe would ever price proves nothing. */
static rl_status check_example(const pair_place *place, const rl_universe *universe,
                               const rl_tariff *tariff, const rl_example *example)
{
  rl_pair pair;
  bool inverted;
  const rl_leg *leg = &example->snapshot.legs[0];
  const rl_rule *rule = rl_example_rule(tariff, example);
  bool has_points =
    rule && rule->markups[rl_snapshot_side(&example->snapshot)].points_e1 > 0;
  if (!has_points || example->snapshot.leg_count > 1
      || !rl_universe_find(universe, leg->base, leg->quote, &pair, &inverted))
    return RL_OK;
  if (inverted)
    return fail_pair(place, leg->base, leg->quote, "market[0].pair", WRONG_WAY_ROUND);
  unsigned pip_scale = rl_universe_pair_spec(universe, pair)->pip_scale;
  if (leg->composite.pip_scale == pip_scale)
    return RL_OK;
  char remedy[96];
  snprintf(remedy, sizeof remedy, "has pips of %u decimals in the universe; write pip: %u",
           pip_scale, pip_scale);
  return fail_pair(place, leg->base, leg->quote, "pip", remedy);
}

rl_status rl_tariff_check_pairs(const rl_tariff *tariff, const rl_universe *universe,
                                const char *file, rl_error *error)
{
  pair_place place = {.file = file ? file : "tariff", .list = "rules", .error = error};
  rl_status status = RL_OK;
  for (unsigned i = 0; status == RL_OK && i < tariff->rule_count; i++) {
    const rl_rule *rule = &tariff->rules[i];
    place.index = i;
    place.line = rule->line;
    status = check_pair(&place, universe, &rule->scope);
    if (status == RL_OK)
      status = check_points(&place, universe, rule);
  }
  place.list = "waivers";
  for (unsigned i = 0; status == RL_OK && i < tariff->waiver_count; i++) {
    place.index = i;
    place.line = tariff->waivers[i].line;
    status = check_pair(&place, universe, &tariff->waivers[i].scope);
  }
  place.list = "examples";
  for (unsigned i = 0; status == RL_OK && i < tariff->example_count; i++) {
    place.index = i;
    place.line = tariff->examples[i].line;
    status = check_example(&place, universe, tariff, &tariff->examples[i]);
  }
  return status;
}
