/* Sums of a few items: the search itself, and its use without references. */
#include "reconcile/work.h"

#include <stdlib.h>

/* --- which of some items sum to an amount --- */

typedef struct sum_search {
  int64_t minor[RL_SUM_CANDIDATES_MAX];
  unsigned count;     /* of candidates */
  int sign;           /* of the target, where all candidates have it too; else 0 */
  unsigned size;      /* how many are to be picked */
  int64_t target;
  int64_t tolerance;
  uint64_t steps;     /* left */
  unsigned picked[RL_SUM_ITEMS_MAX];
  int64_t best_gap;   /* beyond the tolerance: none found */
  unsigned best[RL_SUM_ITEMS_MAX];
} sum_search;

static void judge_sum(sum_search *search, int64_t sum)
{
  int64_t gap = sum < search->target ? search->target - sum : sum - search->target;
  if (gap >= search->best_gap)
    return;
  search->best_gap = gap;
  for (unsigned i = 0; i < search->size; i++)
    search->best[i] = search->picked[i];
}

/* More can only lead further away. */
static bool is_beyond(const sum_search *search, int64_t sum)
{
  return search->sign != 0 && (sum - search->target) * search->sign > search->tolerance;
}

/* Picks the item numbered `depth` and all after it, from `start` on. */
static void pick(sum_search *search, unsigned depth, unsigned start, int64_t sum)
{
  if (depth == search->size) {
    judge_sum(search, sum);
    return;
  }
  unsigned wanted = search->size - depth;
  for (unsigned i = start; i + wanted <= search->count; i++) {
    if (search->steps == 0 || search->best_gap == 0)
      return;
    search->steps--;
    search->picked[depth] = i;
    if (!is_beyond(search, sum + search->minor[i]))
      pick(search, depth + 1, i + 1, sum + search->minor[i]);
  }
}

unsigned rl_sum_find(rl_work *work, rl_side_of side, const uint32_t *candidates, unsigned count,
                     int64_t target_minor, uint32_t out[RL_SUM_ITEMS_MAX])
{
  RL_ASSERT(count <= RL_SUM_CANDIDATES_MAX);
  int64_t tolerance = work->options->tolerance_minor;
  sum_search search = {
    .count = count, .target = target_minor, .tolerance = tolerance,
    .steps = work->sum_steps, .best_gap = tolerance + 1,
  };
  search.sign = target_minor > 0 ? 1 : -1;
  for (unsigned i = 0; i < count; i++) {
    search.minor[i] = rl_work_item(work, side, candidates[i])->amount.minor;
    if ((search.minor[i] > 0) != (target_minor > 0))
      search.sign = 0;
  }
  unsigned found = 0;
  for (search.size = 2; search.size <= RL_SUM_ITEMS_MAX && found == 0; search.size++) {
    pick(&search, 0, 0, 0);
    if (search.best_gap <= tolerance)
      found = search.size;
  }
  work->sum_steps = search.steps;
  for (unsigned i = 0; i < found; i++)
    out[i] = candidates[search.best[i]];
  return found;
}

/* --- without a reference --- */

/* Open items of one side by currency, date, and their order. */
typedef struct calendar {
  uint32_t *order;
  uint32_t count;
} calendar;

static int compare(const void *left, const void *right, void *context)
{
  const rl_item *items = context;
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  int order = rl_order_of(items[a].amount.currency.index, items[b].amount.currency.index);
  if (order == 0)
    order = rl_order_of(items[a].value_date.day, items[b].value_date.day);
  return order ? order : rl_order_of(a, b);
}

static rl_status make_calendar(const rl_work *work, rl_side_of side, calendar *out)
{
  const rl_items *items = work->items[side];
  *out = (calendar){.order = calloc((size_t)items->count + 1, sizeof *out->order)};
  if (!out->order)
    return RL_NO_MEMORY;
  for (uint32_t i = 0; i < items->count; i++) {
    if (rl_work_is_open(work, side, i))
      out->order[out->count++] = i;
  }
  if (out->count > 0)
    qsort_r(out->order, out->count, sizeof *out->order, compare, items->items);
  return RL_OK;
}

/* The first of those with the item's currency and a date of at least `day`. */
static uint32_t lower_bound(const rl_work *work, rl_side_of side, const calendar *others,
                            rl_currency currency, int64_t day)
{
  uint32_t low = 0, high = others->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    const rl_item *item = rl_work_item(work, side, others->order[middle]);
    int order = rl_order_of(item->amount.currency.index, currency.index);
    if (order < 0 || (order == 0 && item->value_date.day < day))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Keeps the nearest in time, in the order of nearness and then of the calendar. */
static unsigned keep_nearest(const rl_work *work, rl_side_of side, const rl_item *target,
                             uint32_t item, uint32_t *candidates, unsigned count)
{
  uint32_t days = rl_days_between(target, rl_work_item(work, side, item));
  unsigned at = count;
  while (at > 0 && days < rl_days_between(target, rl_work_item(work, side, candidates[at - 1])))
    at--;
  if (at == RL_SUM_CANDIDATES_MAX)
    return count;
  unsigned last = count < RL_SUM_CANDIDATES_MAX ? count : RL_SUM_CANDIDATES_MAX - 1;
  for (unsigned i = last; i > at; i--)
    candidates[i] = candidates[i - 1];
  candidates[at] = item;
  return last + 1;
}

/* Items that may be a part of the target: open, of its currency and sign, near it, no larger. */
static unsigned gather(rl_work *work, rl_side_of side, const calendar *others,
                       const rl_item *target, uint32_t candidates[RL_SUM_CANDIDATES_MAX])
{
  int32_t days = work->options->tolerance_days;
  int64_t sign = target->amount.minor > 0 ? 1 : -1;
  int64_t most = target->amount.minor * sign + work->options->tolerance_minor;
  unsigned count = 0;
  uint32_t i = lower_bound(work, side, others, target->amount.currency,
                           (int64_t)target->value_date.day - days);
  for (uint32_t looked = 0; i < others->count && looked < RL_SUM_WINDOW_MAX; i++, looked++) {
    uint32_t index = others->order[i];
    const rl_item *item = rl_work_item(work, side, index);
    if (!rl_currency_equal(item->amount.currency, target->amount.currency) ||
        item->value_date.day > (int64_t)target->value_date.day + days)
      break;
    int64_t part = item->amount.minor * sign;
    if (rl_work_is_open(work, side, index) && part > 0 && part <= most)
      count = keep_nearest(work, side, target, index, candidates, count);
    work->sum_steps -= work->sum_steps > 0;
  }
  return count;
}

/* Each open item of `side` as the sum of some of the other. */
static rl_status tie_side(rl_work *work, rl_side_of side)
{
  uint32_t candidates[RL_SUM_CANDIDATES_MAX], parts[RL_SUM_ITEMS_MAX];
  calendar others;
  rl_status status = make_calendar(work, 1 - side, &others);
  for (uint32_t i = 0; status == RL_OK && i < work->items[side]->count; i++) {
    const rl_item *target = rl_work_item(work, side, i);
    if (!rl_work_is_open(work, side, i) || work->sum_steps == 0)
      continue;
    unsigned count = gather(work, 1 - side, &others, target, candidates);
    unsigned found = rl_sum_find(work, 1 - side, candidates, count, target->amount.minor, parts);
    if (found > 0)
      status = rl_work_tie_group(work, RL_MATCHED, false, side, i, parts, found);
  }
  free(others.order);
  return status;
}

rl_status rl_tie_sums(rl_work *work)
{
  rl_status status = tie_side(work, RL_OF_STATEMENT);
  return status == RL_OK ? tie_side(work, RL_OF_LEDGER) : status;
}
