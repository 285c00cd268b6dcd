/* How much is asked for: usual amounts, and both sides of every edge. */
#include "grid_axes.h"

#include <stdlib.h>

static void add_amount(rl_grid_amounts *amounts, int64_t minor)
{
  if (minor < 1 || minor > RL_AMOUNT_MAX)
    return;
  if (amounts->count == amounts->room) {
    amounts->room = amounts->room ? 2 * amounts->room : 32;
    amounts->minor = reallocarray(amounts->minor, amounts->room, sizeof *amounts->minor);
    RL_ASSERT(amounts->minor);
  }
  amounts->minor[amounts->count++] = minor;
}

static void add_edge(rl_grid_amounts *amounts, int64_t minor)
{
  add_amount(amounts, minor - 1);
  add_amount(amounts, minor);
}

static int compare(const void *left, const void *right)
{
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static void sort(rl_grid_amounts *amounts)
{
  unsigned kept = 0;
  if (amounts->count == 0)
    return;
  qsort(amounts->minor, amounts->count, sizeof *amounts->minor, compare);
  for (unsigned i = 0; i < amounts->count; i++) {
    if (kept == 0 || amounts->minor[i] != amounts->minor[kept - 1])
      amounts->minor[kept++] = amounts->minor[i];
  }
  amounts->count = kept;
}

/* --- edges --- */

/* Of a corridor: edges of source amounts, and of target amounts. */
typedef struct edges {
  const rl_snapshot *snapshot;
  rl_grid_amounts *of[2]; /* by rl_fee_side; only the edge itself */
} edges;

static void take_band(edges *it, const rl_scope *scope)
{
  if (!rl_currency_equal(scope->from, it->snapshot->from))
    return;
  add_amount(it->of[RL_FEE_SOURCE], scope->amount_from_minor);
  add_amount(it->of[RL_FEE_SOURCE], scope->amount_below_minor);
}

static void take_tiers(edges *it, const rl_rule *rule)
{
  for (unsigned i = 0; i < rule->fee_count; i++) {
    const rl_fee *fee = &rule->fees[i];
    bool source = fee->side == RL_FEE_SOURCE;
    rl_currency ours = source ? it->snapshot->from : it->snapshot->to;
    if (!rl_currency_equal(source ? rule->scope.from : rule->scope.to, ours))
      continue;
    for (unsigned k = 1; k < fee->part_count; k++)
      add_amount(it->of[fee->side], fee->parts[k].from_minor);
  }
}

static void take_edges(edges *it, const rl_tariff *tariff)
{
  for (unsigned i = 0; i < rl_tariff_rule_count(tariff); i++) {
    take_band(it, &rl_tariff_rule(tariff, i)->scope);
    take_tiers(it, rl_tariff_rule(tariff, i));
  }
  for (unsigned i = 0; i < rl_tariff_waiver_count(tariff); i++)
    take_band(it, &rl_tariff_waiver(tariff, i)->scope);
}

/* --- at mid --- */

/* Rounded down; 0 where it cannot be told. */
static int64_t worth(rl_ratio rate, rl_currency from, rl_currency to, int64_t minor)
{
  int shift = (int)rl_currency_exponent(to) - (int)rl_currency_exponent(from);
  int64_t worth_minor;
  rl_status status = rl_ratio_amount_floor(rate, minor, shift, &worth_minor);
  return status == RL_OK ? worth_minor : 0;
}

/* What one unit of the source currency is worth in the target currency. */
static rl_ratio target_per_source(const rl_snapshot *snapshot)
{
  rl_ratio mid = rl_snapshot_mid(snapshot);
  return rl_snapshot_side(snapshot) == RL_SELL_BASE ? mid : rl_ratio_inverse(mid);
}

/* The smallest target that is worth at least the source amount, and the one below it. */
static void add_edge_at_mid(rl_grid_amounts *amounts, const rl_snapshot *snapshot,
                            int64_t source_minor)
{
  rl_ratio rate = target_per_source(snapshot);
  int64_t target_minor = worth(rate, snapshot->from, snapshot->to, source_minor);
  if (target_minor == 0 || target_minor > RL_AMOUNT_MAX)
    return;
  int64_t back = worth(rl_ratio_inverse(rate), snapshot->to, snapshot->from, target_minor);
  add_edge(amounts, back < source_minor ? target_minor + 1 : target_minor);
}

static void add_usual(const rl_snapshot *snapshot, rl_grid_amounts out[2])
{
  static const int64_t usual_major[] = {50, 500, 5000, 50000, 500000};
  int64_t unit = (int64_t)rl_pow10(rl_currency_exponent(snapshot->from));
  for (size_t i = 0; i < sizeof usual_major / sizeof usual_major[0]; i++) {
    int64_t source_minor = usual_major[i] * unit;
    add_amount(&out[RL_FIXED_SOURCE], source_minor);
    add_amount(&out[RL_FIXED_TARGET],
               worth(target_per_source(snapshot), snapshot->from, snapshot->to, source_minor));
  }
}

void rl_grid_amounts_of(const rl_tariff *old, const rl_tariff *new, const rl_snapshot *snapshot,
                        rl_grid_amounts out[2])
{
  rl_grid_amounts sources = {0}, targets = {0};
  edges it = {.snapshot = snapshot};
  it.of[RL_FEE_SOURCE] = &sources;
  it.of[RL_FEE_TARGET] = &targets;
  take_edges(&it, old);
  take_edges(&it, new);
  sort(&sources);
  add_usual(snapshot, out);
  for (unsigned i = 0; i < sources.count; i++) {
    add_edge(&out[RL_FIXED_SOURCE], sources.minor[i]);
    add_edge_at_mid(&out[RL_FIXED_TARGET], snapshot, sources.minor[i]);
  }
  for (unsigned i = 0; i < targets.count; i++)
    add_edge(&out[RL_FIXED_TARGET], targets.minor[i]);
  sort(&out[RL_FIXED_SOURCE]);
  sort(&out[RL_FIXED_TARGET]);
  free(sources.minor);
  free(targets.minor);
}
