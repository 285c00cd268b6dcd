#include "grid.h"

#include "grid_axes.h"

#include <stdlib.h>
#include <string.h>

/* The axes of one grid, and the request under way. */
typedef struct walk {
  const rl_tariff *old;
  const rl_tariff *new;
  const rl_grid_axes *axes;
  void (*visit)(const rl_grid_row *row, void *context);
  void *context;
  rl_snapshot snapshot;
  rl_grid_row row;
  rl_grid *grid;
} walk;

static void price_both(walk *it)
{
  rl_grid_row *row = &it->row;
  if (it->grid->requests == RL_GRID_MAX) {
    it->grid->cut = true;
    return;
  }
  it->grid->requests++;
  row->old.refusal =
    rl_price(&it->snapshot, it->old, &row->request, &row->old.terms, NULL);
  row->new.refusal =
    rl_price(&it->snapshot, it->new, &row->request, &row->new.terms, NULL);
  if (rl_priced_alike(&row->old, &row->new))
    return;
  it->grid->differing++;
  it->visit(row, it->context);
}

static void walk_locks(walk *it)
{
  for (unsigned i = 0; i < it->axes->ttl_count && !it->grid->cut; i++) {
    it->row.request.ttl_ms = it->axes->ttls_ms[i];
    price_both(it);
  }
}

static void walk_amounts(walk *it, rl_fixed fixed, const rl_grid_amounts *amounts)
{
  it->row.request.fixed = fixed;
  for (unsigned i = 0; i < amounts->count; i++) {
    it->row.request.amount_minor = amounts->minor[i];
    walk_locks(it);
  }
}

static void walk_conditions(walk *it, const rl_grid_amounts amounts[2])
{
  rl_conditions calm = it->snapshot.conditions;
  for (unsigned i = 0; i < it->axes->condition_count; i++) {
    const rl_grid_condition *condition = &it->axes->conditions[i];
    it->snapshot.conditions = condition->conditions;
    it->snapshot.conditions.volatility_ppm = calm.volatility_ppm;
    it->row.when = condition->name;
    walk_amounts(it, RL_FIXED_SOURCE, &amounts[RL_FIXED_SOURCE]);
    walk_amounts(it, RL_FIXED_TARGET, &amounts[RL_FIXED_TARGET]);
  }
  it->snapshot.conditions = calm;
}

static void walk_corridor(walk *it, const rl_rates *rates, const rl_grid_corridor *corridor)
{
  if (rl_rates_snapshot(rates, corridor->from, corridor->to, &it->snapshot) != RL_REFUSAL_NONE) {
    it->grid->unrated++;
    return;
  }
  it->grid->corridors++;
  it->row.from = corridor->from;
  it->row.to = corridor->to;
  rl_grid_amounts amounts[2] = {0};
  rl_grid_amounts_of(it->old, it->new, &it->snapshot, amounts);
  for (unsigned i = 0; i < it->axes->party_count; i++) {
    const rl_grid_party *party = &it->axes->parties[i];
    memcpy(it->row.request.client, party->client, sizeof party->client);
    memcpy(it->row.request.tier, party->tier, sizeof party->tier);
    memcpy(it->row.request.method, party->method, sizeof party->method);
    walk_conditions(it, amounts);
  }
  free(amounts[RL_FIXED_SOURCE].minor);
  free(amounts[RL_FIXED_TARGET].minor);
}

void rl_grid_walk(const rl_tariff *old, const rl_tariff *new, const rl_rates *rates,
                  void (*visit)(const rl_grid_row *row, void *context), void *context,
                  rl_grid *out)
{
  rl_grid_axes axes;
  rl_grid_axes_init(old, new, &axes);
  *out = (rl_grid){0};
  walk *it = calloc(1, sizeof *it);
  RL_ASSERT(it);
  it->old = old;
  it->new = new;
  it->axes = &axes;
  it->visit = visit;
  it->context = context;
  it->grid = out;
  for (unsigned i = 0; i < axes.corridor_count && !out->cut; i++)
    walk_corridor(it, rates, &axes.corridors[i]);
  free(it);
  rl_grid_axes_fini(&axes);
}
