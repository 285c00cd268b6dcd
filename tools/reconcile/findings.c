/* From what is tied to what is reported: what is missing, the members of each finding, totals. */
#include "reconcile/work.h"

#include <stdlib.h>
#include <string.h>

/* Where a finding stands: by its first item on the statement, then in the ledger. */
typedef struct finding_place {
  uint32_t first[RL_SIDES]; /* UINT32_MAX: no item there */
  uint32_t finding;
} finding_place;

static bool is_in_period(const rl_work *work, const rl_item *item)
{
  return item->booked.day >= work->options->from.day && item->booked.day <= work->options->to.day;
}

/* --- what is missing --- */

static rl_status tie_missing(rl_work *work, rl_side_of side, uint32_t *outside)
{
  rl_finding_kind kind = side == RL_OF_STATEMENT ? RL_MISSING_HERE : RL_MISSING_THERE;
  rl_status status = RL_OK;
  for (uint32_t i = 0; i < work->items[side]->count && status == RL_OK; i++) {
    if (!rl_work_is_open(work, side, i))
      continue;
    if (!is_in_period(work, rl_work_item(work, side, i))) {
      ++*outside;
      continue;
    }
    status = rl_work_find(work, kind, false);
    if (status == RL_OK)
      rl_work_tie(work, side, i);
  }
  return status;
}

/* --- members --- */

static int compare_places(const void *left, const void *right)
{
  const finding_place *a = left, *b = right;
  rl_side_of side = a->first[0] != b->first[0] ? RL_OF_STATEMENT : RL_OF_LEDGER;
  return (a->first[side] > b->first[side]) - (a->first[side] < b->first[side]);
}

static bool is_tied(const rl_work *work, rl_side_of side, uint32_t item)
{
  return work->tied[side][item] < RL_ITEM_LEFT_OUT;
}

static void find_places(const rl_work *work, finding_place *places)
{
  for (uint32_t i = 0; i < work->finding_count; i++)
    places[i] = (finding_place){{UINT32_MAX, UINT32_MAX}, i};
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    for (uint32_t i = work->items[side]->count; i-- > 0;) {
      if (is_tied(work, side, i))
        places[work->tied[side][i]].first[side] = i;
    }
  }
  if (work->finding_count > 0)
    qsort(places, work->finding_count, sizeof *places, compare_places);
}

/* Into out->findings, in order; `numbers` tells of each finding which one it is there. */
static void order_findings(const rl_work *work, const finding_place *places, uint32_t *numbers,
                           rl_reconciliation *out)
{
  for (uint32_t i = 0; i < work->finding_count; i++) {
    out->findings[i] = work->findings[places[i].finding];
    numbers[places[i].finding] = i;
  }
  out->count = work->finding_count;
}

static void list_members(const rl_work *work, rl_side_of side, const uint32_t *numbers,
                         rl_reconciliation *out)
{
  uint32_t used = 0;
  for (uint32_t i = 0; i < work->items[side]->count; i++) {
    if (is_tied(work, side, i))
      out->findings[numbers[work->tied[side][i]]].count[side]++;
  }
  for (uint32_t i = 0; i < out->count; i++) {
    rl_finding *finding = &out->findings[i];
    finding->first[side] = used;
    used += finding->count[side];
    finding->count[side] = 0;
  }
  for (uint32_t i = 0; i < work->items[side]->count; i++) {
    if (!is_tied(work, side, i))
      continue;
    rl_finding *finding = &out->findings[numbers[work->tied[side][i]]];
    out->members[side][finding->first[side] + finding->count[side]++] = i;
  }
}

static rl_status list_findings(const rl_work *work, rl_reconciliation *out)
{
  size_t room = (size_t)work->finding_count + 1;
  finding_place *places = calloc(room, sizeof *places);
  uint32_t *numbers = calloc(room, sizeof *numbers);
  out->findings = calloc(room, sizeof *out->findings);
  for (rl_side_of side = 0; side < RL_SIDES; side++)
    out->members[side] = calloc((size_t)work->items[side]->count + 1, sizeof *out->members[side]);
  bool good = places && numbers && out->findings && out->members[0] && out->members[1];
  if (good) {
    find_places(work, places);
    order_findings(work, places, numbers, out);
    for (rl_side_of side = 0; side < RL_SIDES; side++)
      list_members(work, side, numbers, out);
  }
  free(places);
  free(numbers);
  return good ? RL_OK : RL_NO_MEMORY;
}

/* --- totals --- */

/* What takes part: booked, and not outside the period without a partner. Told by the items, not by
 * the findings, so that the sums of these are proved against it. */
static void sum_sides(const rl_work *work, rl_reconcile_total *totals)
{
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    for (uint32_t i = 0; i < work->items[side]->count; i++) {
      const rl_item *item = rl_work_item(work, side, i);
      if (item->pending || (rl_work_is_open(work, side, i) && !is_in_period(work, item)))
        continue;
      rl_reconcile_total *total = &totals[item->amount.currency.index];
      total->sum[side] += item->amount.minor;
      total->count[side]++;
    }
  }
}

static void sum_findings(const rl_work *work, const rl_reconciliation *out,
                         rl_reconcile_total *totals)
{
  for (uint32_t i = 0; i < out->count; i++) {
    const rl_finding *finding = &out->findings[i];
    for (rl_side_of side = 0; side < RL_SIDES; side++) {
      for (uint32_t k = 0; k < finding->count[side]; k++) {
        uint32_t member = out->members[side][finding->first[side] + k];
        rl_amount amount = rl_work_item(work, side, member)->amount;
        totals[amount.currency.index].kind_sum[finding->kind][side] += amount.minor;
        totals[amount.currency.index].kind_count[finding->kind][side]++;
      }
    }
  }
}

static void prove(const rl_reconcile_total *total)
{
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    rl_i128 sum = 0;
    uint32_t count = 0;
    for (rl_finding_kind kind = 0; kind < RL_FINDING_KINDS; kind++) {
      sum += total->kind_sum[kind][side];
      count += total->kind_count[kind][side];
    }
    RL_ASSERT(sum == total->sum[side]);
    RL_ASSERT(count == total->count[side]);
  }
}

static int compare_codes(const void *left, const void *right)
{
  const rl_reconcile_total *a = left, *b = right;
  return strcmp(rl_currency_code(a->currency), rl_currency_code(b->currency));
}

static rl_status list_totals(const rl_work *work, rl_reconciliation *out)
{
  rl_reconcile_total *totals = calloc(RL_CURRENCY_COUNT, sizeof *totals);
  if (!totals)
    return RL_NO_MEMORY;
  sum_sides(work, totals);
  sum_findings(work, out, totals);
  for (uint8_t i = 1; i < RL_CURRENCY_COUNT; i++) {
    prove(&totals[i]);
    totals[i].currency.index = i;
    if (totals[i].count[0] + totals[i].count[1] > 0)
      totals[out->total_count++] = totals[i];
  }
  if (out->total_count > 0)
    qsort(totals, out->total_count, sizeof *totals, compare_codes);
  out->totals = totals;
  return RL_OK;
}

rl_status rl_work_conclude(rl_work *work, rl_reconciliation *out)
{
  rl_status status = RL_OK;
  for (rl_side_of side = 0; side < RL_SIDES && status == RL_OK; side++)
    status = tie_missing(work, side, &out->outside[side]);
  if (status == RL_OK)
    status = list_findings(work, out);
  if (status == RL_OK)
    status = list_totals(work, out);
  out->sums_cut = work->sum_steps == 0;
  for (uint32_t i = 0; i < out->count; i++)
    out->open += out->findings[i].kind != RL_MATCHED;
  return status;
}
