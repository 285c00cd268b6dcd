/* What a common reference ties: pairs, groups, breaks; and duplicates. */
#include "reconcile/work.h"

#include <stdlib.h>

/* How a pair with a common reference differs: the lower, the likelier the same. */
enum { RANK_MATCH, RANK_DATE, RANK_AMOUNT, RANK_CURRENCY, RANK_COUNT };

static const rl_finding_kind kinds[RANK_COUNT] = {
  [RANK_MATCH] = RL_MATCHED,
  [RANK_DATE] = RL_DATE_BREAK,
  [RANK_AMOUNT] = RL_AMOUNT_BREAK,
  [RANK_CURRENCY] = RL_CURRENCY_BREAK,
};

static rl_edge judge_pair(const rl_work *work, uint32_t statement, uint32_t ledger)
{
  const rl_item *left = rl_work_item(work, RL_OF_STATEMENT, statement);
  const rl_item *right = rl_work_item(work, RL_OF_LEDGER, ledger);
  rl_edge edge = {
    .left = statement, .right = ledger,
    .gap = rl_gap_between(left, right), .days = rl_days_between(left, right),
  };
  bool is_amount = edge.gap <= (uint64_t)work->options->tolerance_minor &&
                   (left->amount.minor > 0) == (right->amount.minor > 0);
  if (!rl_currency_equal(left->amount.currency, right->amount.currency))
    edge.rank = RANK_CURRENCY;
  else if (!is_amount)
    edge.rank = RANK_AMOUNT;
  else
    edge.rank = edge.days <= (uint32_t)work->options->tolerance_days ? RANK_MATCH : RANK_DATE;
  return edge;
}

/* --- pairs --- */

static rl_status add_group_edges(rl_work *work, const rl_reference_group *group, unsigned first,
                                 unsigned last)
{
  for (uint32_t i = 0; i < group->count[0]; i++) {
    uint32_t left = work->referred[group->first[0] + i].item;
    for (uint32_t k = 0; k < group->count[1] && rl_work_is_open(work, RL_OF_STATEMENT, left); k++) {
      uint32_t right = work->referred[group->first[1] + k].item;
      rl_edge edge = judge_pair(work, left, right);
      if (edge.rank < first || edge.rank > last || !rl_work_is_open(work, RL_OF_LEDGER, right))
        continue;
      rl_status status = rl_edges_add(&work->edges, edge);
      if (status != RL_OK)
        return status;
    }
  }
  return RL_OK;
}

/* All open pairs with a common reference and a rank from `first` to `last`. */
static rl_status list_pairs(rl_work *work, unsigned first, unsigned last)
{
  rl_status status = RL_OK;
  work->edges.count = 0;
  for (uint32_t i = 0; i < work->group_count && status == RL_OK; i++) {
    const rl_reference_group *group = &work->groups[i];
    if (rl_work_group_of(work, group->text))
      status = add_group_edges(work, group, first, last);
  }
  return status;
}

static uint32_t *rooms_of_one(uint32_t count)
{
  uint32_t *rooms = malloc(((size_t)count + 1) * sizeof *rooms);
  for (uint32_t i = 0; rooms && i < count; i++)
    rooms[i] = 1;
  return rooms;
}

rl_status rl_tie_referred_pairs(rl_work *work)
{
  rl_status status = list_pairs(work, RANK_MATCH, RANK_MATCH);
  uint32_t left_count = work->items[0]->count, right_count = work->items[1]->count;
  uint32_t *left = rooms_of_one(left_count), *right = rooms_of_one(right_count);
  if (status == RL_OK && (!left || !right))
    status = RL_NO_MEMORY;
  if (status == RL_OK)
    status = rl_flow_maximise(&work->edges, left, left_count, right, right_count);
  for (uint32_t i = 0; status == RL_OK && i < work->edges.count; i++) {
    const rl_edge *edge = &work->edges.edges[i];
    if (edge->flow > 0)
      status = rl_work_tie_pair(work, RL_MATCHED, true, edge->left, edge->right);
  }
  free(left);
  free(right);
  return status;
}

/* The nearest first, each with what is left for it. */
static rl_status tie_break_pairs(rl_work *work, unsigned first, unsigned last)
{
  rl_status status = list_pairs(work, first, last);
  rl_edges_sort(&work->edges);
  for (uint32_t i = 0; status == RL_OK && i < work->edges.count; i++) {
    const rl_edge *edge = &work->edges.edges[i];
    if (rl_work_is_open(work, RL_OF_STATEMENT, edge->left) &&
        rl_work_is_open(work, RL_OF_LEDGER, edge->right))
      status = rl_work_tie_pair(work, kinds[edge->rank], true, edge->left, edge->right);
  }
  return status;
}

/* --- groups --- */

static int compare_index(const void *left, const void *right)
{
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

/* Into work->picked: the open items of the other side that share a reference with the item and have
 * its currency, in their order. */
static uint32_t pick_sharing(rl_work *work, rl_side_of side, uint32_t index)
{
  const rl_item *item = rl_work_item(work, side, index);
  rl_side_of other = 1 - side;
  uint32_t count = 0;
  work->stamp++;
  for (uint32_t i = 0; i < item->reference_count; i++) {
    const rl_reference_group *group =
      rl_work_group_of(work, rl_items_reference(work->items[side], item, i));
    for (uint32_t k = 0; group && k < group->count[other]; k++) {
      uint32_t found = work->referred[group->first[other] + k].item;
      bool is_fit = rl_work_is_open(work, other, found) &&
                    rl_currency_equal(rl_work_item(work, other, found)->amount.currency,
                                      item->amount.currency);
      if (!is_fit || work->seen[other][found] == work->stamp)
        continue;
      work->seen[other][found] = work->stamp;
      work->picked[count++] = found;
    }
  }
  if (count > 1)
    qsort(work->picked, count, sizeof *work->picked, compare_index);
  return count;
}

/* Those of the picked items whose date is within the tolerance. */
static uint32_t keep_near(rl_work *work, rl_side_of side, const rl_item *item, uint32_t count)
{
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; i++) {
    const rl_item *other = rl_work_item(work, 1 - side, work->picked[i]);
    if (rl_days_between(item, other) <= (uint32_t)work->options->tolerance_days)
      work->picked[kept++] = work->picked[i];
  }
  return kept;
}

static bool sum_fits(const rl_work *work, rl_side_of side, const rl_item *item, uint32_t count)
{
  rl_i128 gap = -(rl_i128)item->amount.minor;
  for (uint32_t i = 0; i < count; i++)
    gap += rl_work_item(work, 1 - side, work->picked[i])->amount.minor;
  return gap >= -work->options->tolerance_minor && gap <= work->options->tolerance_minor;
}

static rl_status tie_as_sum(rl_work *work, rl_side_of side, uint32_t index)
{
  const rl_item *item = rl_work_item(work, side, index);
  uint32_t parts[RL_SUM_ITEMS_MAX];
  uint32_t count = keep_near(work, side, item, pick_sharing(work, side, index));
  if (count < 2)
    return RL_OK;
  if (sum_fits(work, side, item, count))
    return rl_work_tie_group(work, RL_MATCHED, true, side, index, work->picked, count);
  unsigned tried = count < RL_SUM_CANDIDATES_MAX ? count : RL_SUM_CANDIDATES_MAX;
  unsigned found = rl_sum_find(work, 1 - side, work->picked, tried, item->amount.minor, parts);
  if (found == 0)
    return RL_OK;
  return rl_work_tie_group(work, RL_MATCHED, true, side, index, parts, found);
}

rl_status rl_tie_referred_groups(rl_work *work)
{
  rl_status status = RL_OK;
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    for (uint32_t i = 0; i < work->items[side]->count && status == RL_OK; i++) {
      if (rl_work_is_open(work, side, i))
        status = tie_as_sum(work, side, i);
    }
  }
  return status;
}

/* No other open item of the item's side shares a reference with the item numbered `other`. */
static bool is_its_own(const rl_work *work, rl_side_of side, uint32_t index, uint32_t other)
{
  const rl_items *items = work->items[1 - side];
  const rl_item *partner = &items->items[other];
  for (uint32_t i = 0; i < partner->reference_count; i++) {
    const rl_reference_group *group =
      rl_work_group_of(work, rl_items_reference(items, partner, i));
    for (uint32_t k = 0; group && k < group->count[side]; k++) {
      uint32_t found = work->referred[group->first[side] + k].item;
      if (found != index && rl_work_is_open(work, side, found))
        return false;
    }
  }
  return true;
}

/* An item with two or more of the other side that share references with nothing else: they are one
 * business, though it does not add up, or not on time. */
static rl_status tie_broken_sum(rl_work *work, rl_side_of side, uint32_t index)
{
  uint32_t count = pick_sharing(work, side, index);
  if (count < 2)
    return RL_OK;
  for (uint32_t i = 0; i < count; i++) {
    if (!is_its_own(work, side, index, work->picked[i]))
      return RL_OK;
  }
  bool fits = sum_fits(work, side, rl_work_item(work, side, index), count);
  return rl_work_tie_group(work, fits ? RL_DATE_BREAK : RL_AMOUNT_BREAK, true, side, index,
                           work->picked, count);
}

rl_status rl_tie_referred_breaks(rl_work *work)
{
  rl_status status = tie_break_pairs(work, RANK_DATE, RANK_DATE);
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    for (uint32_t i = 0; i < work->items[side]->count && status == RL_OK; i++) {
      if (rl_work_is_open(work, side, i))
        status = tie_broken_sum(work, side, i);
    }
  }
  return status == RL_OK ? tie_break_pairs(work, RANK_AMOUNT, RANK_CURRENCY) : status;
}

/* --- duplicates --- */

static bool is_twin(const rl_work *work, rl_side_of side, uint32_t left, uint32_t right)
{
  const rl_item *a = rl_work_item(work, side, left), *b = rl_work_item(work, side, right);
  return a->amount.minor == b->amount.minor && a->value_date.day == b->value_date.day &&
         rl_currency_equal(a->amount.currency, b->amount.currency);
}

/* Of items that are equal in all and stand together at `first`: those that are open repeat one that
 * is tied to the other side, or, `last`, the first of them. */
static rl_status tie_repeated(rl_work *work, rl_side_of side, uint32_t first, uint32_t count,
                              bool last)
{
  const rl_referred *equal = &work->referred[first];
  uint32_t original = UINT32_MAX;
  for (uint32_t i = 0; i < count && original == UINT32_MAX; i++) {
    uint32_t tied = work->tied[side][equal[i].item];
    if (tied < RL_ITEM_LEFT_OUT && work->findings[tied].kind != RL_DUPLICATE)
      original = equal[i].item;
  }
  if (original == UINT32_MAX && last)
    original = equal[0].item;
  for (uint32_t i = 0; i < count && original != UINT32_MAX; i++) {
    if (equal[i].item == original || !rl_work_is_open(work, side, equal[i].item))
      continue;
    rl_status status = rl_work_find(work, RL_DUPLICATE, true);
    if (status != RL_OK)
      return status;
    work->findings[work->finding_count - 1].twin = original;
    rl_work_tie(work, side, equal[i].item);
  }
  return RL_OK;
}

rl_status rl_tie_duplicates(rl_work *work, bool last)
{
  rl_status status = RL_OK;
  for (uint32_t i = 0; i < work->group_count; i++) {
    const rl_reference_group *group = &work->groups[i];
    for (rl_side_of side = 0; side < RL_SIDES; side++) {
      uint32_t end = group->first[side] + group->count[side], run;
      for (uint32_t k = group->first[side]; k < end && status == RL_OK; k += run) {
        for (run = 1; k + run < end && is_twin(work, side, work->referred[k].item,
                                               work->referred[k + run].item);)
          run++;
        status = tie_repeated(work, side, k, run, last);
      }
    }
  }
  return status;
}
