/* One to one without a reference: equal items of a side, of one amount, currency and date, are a
 * node, and what may be tied is an edge (flow.h). */
#include "reconcile/work.h"

#include <stdlib.h>

/* Items of one side that cannot be told apart. */
typedef struct equal_items {
  uint32_t first; /* into the side's order */
  uint32_t taken; /* of these so far */
} equal_items;

typedef struct side_nodes {
  uint32_t *order; /* open items by amount, currency, date, and their order */
  uint32_t item_count;
  equal_items *nodes;
  uint32_t *room;  /* by node: how many items are without a pair */
  uint32_t count;
} side_nodes;

/* Whether two items may be tied by the step at hand; sets the edge's preference. */
typedef bool (*may_tie)(const rl_reconcile_options *options, const rl_item *left,
                        const rl_item *right, rl_edge *edge);

static int compare_equal(const rl_item *a, const rl_item *b)
{
  int order = rl_order_of(a->amount.minor, b->amount.minor);
  if (order == 0)
    order = rl_order_of(a->amount.currency.index, b->amount.currency.index);
  return order ? order : rl_order_of(a->value_date.day, b->value_date.day);
}

static int compare(const void *left, const void *right, void *context)
{
  const rl_item *items = context;
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  int order = compare_equal(&items[a], &items[b]);
  return order ? order : rl_order_of(a, b);
}

static void free_nodes(side_nodes *side)
{
  free(side->order);
  free(side->nodes);
  free(side->room);
}

static void part_nodes(side_nodes *side, const rl_item *items)
{
  for (uint32_t i = 0; i < side->item_count; i++) {
    if (i == 0 || compare_equal(&items[side->order[i - 1]], &items[side->order[i]]) != 0)
      side->nodes[side->count++] = (equal_items){.first = i};
    side->room[side->count - 1]++;
  }
}

static rl_status make_nodes(const rl_work *work, rl_side_of of, side_nodes *out)
{
  const rl_items *items = work->items[of];
  size_t room = (size_t)items->count + 1;
  *out = (side_nodes){
    .order = calloc(room, sizeof *out->order),
    .nodes = calloc(room, sizeof *out->nodes),
    .room = calloc(room, sizeof *out->room),
  };
  if (!out->order || !out->nodes || !out->room)
    return RL_NO_MEMORY;
  for (uint32_t i = 0; i < items->count; i++) {
    if (rl_work_is_open(work, of, i))
      out->order[out->item_count++] = i;
  }
  if (out->item_count > 0)
    qsort_r(out->order, out->item_count, sizeof *out->order, compare, items->items);
  part_nodes(out, items->items);
  return RL_OK;
}

static const rl_item *item_of(const rl_work *work, rl_side_of of, const side_nodes *side,
                              uint32_t node)
{
  return rl_work_item(work, of, side->order[side->nodes[node].first]);
}

/* The first node of the ledger whose amount is at least `minor`. */
static uint32_t lower_bound(const rl_work *work, const side_nodes *ledger, int64_t minor)
{
  uint32_t low = 0, high = ledger->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (item_of(work, RL_OF_LEDGER, ledger, middle)->amount.minor < minor)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static rl_status add_edges(rl_work *work, const side_nodes *statement, const side_nodes *ledger,
                           may_tie may)
{
  int64_t tolerance = work->options->tolerance_minor;
  uint64_t steps = 0;
  work->edges.count = 0;
  for (uint32_t i = 0; i < statement->count; i++) {
    const rl_item *left = item_of(work, RL_OF_STATEMENT, statement, i);
    uint32_t k = lower_bound(work, ledger, left->amount.minor - tolerance);
    for (; k < ledger->count; k++) {
      const rl_item *right = item_of(work, RL_OF_LEDGER, ledger, k);
      if (right->amount.minor > left->amount.minor + tolerance)
        break;
      if (++steps > RL_RECONCILE_STEPS_MAX)
        return RL_OUT_OF_RANGE;
      rl_edge edge = {.left = i, .right = k};
      rl_status status = may(work->options, left, right, &edge) ? rl_edges_add(&work->edges, edge)
                                                                : RL_OK;
      if (status != RL_OK)
        return status;
    }
  }
  return RL_OK;
}

static rl_status tie_flow(rl_work *work, rl_finding_kind kind, side_nodes *statement,
                          side_nodes *ledger)
{
  for (uint32_t i = 0; i < work->edges.count; i++) {
    const rl_edge *edge = &work->edges.edges[i];
    equal_items *left = &statement->nodes[edge->left], *right = &ledger->nodes[edge->right];
    for (uint32_t k = 0; k < edge->flow; k++) {
      rl_status status =
        rl_work_tie_pair(work, kind, false, statement->order[left->first + left->taken++],
                         ledger->order[right->first + right->taken++]);
      if (status != RL_OK)
        return status;
    }
  }
  return RL_OK;
}

static rl_status tie_pairs(rl_work *work, rl_finding_kind kind, may_tie may)
{
  side_nodes statement = {0}, ledger = {0};
  rl_status status = make_nodes(work, RL_OF_STATEMENT, &statement);
  if (status == RL_OK)
    status = make_nodes(work, RL_OF_LEDGER, &ledger);
  if (status == RL_OK)
    status = add_edges(work, &statement, &ledger, may);
  if (status == RL_OK)
    status = rl_flow_maximise(&work->edges, statement.room, statement.count, ledger.room,
                              ledger.count);
  if (status == RL_OK)
    status = tie_flow(work, kind, &statement, &ledger);
  free_nodes(&statement);
  free_nodes(&ledger);
  return status;
}

static bool is_same_money(const rl_reconcile_options *options, const rl_item *left,
                          const rl_item *right)
{
  return rl_currency_equal(left->amount.currency, right->amount.currency) &&
         (left->amount.minor > 0) == (right->amount.minor > 0) &&
         rl_gap_between(left, right) <= (uint64_t)options->tolerance_minor;
}

static bool may_match(const rl_reconcile_options *options, const rl_item *left,
                      const rl_item *right, rl_edge *edge)
{
  edge->gap = rl_gap_between(left, right);
  edge->days = rl_days_between(left, right);
  return is_same_money(options, left, right) && edge->days <= (uint32_t)options->tolerance_days;
}

static bool may_be_late(const rl_reconcile_options *options, const rl_item *left,
                        const rl_item *right, rl_edge *edge)
{
  edge->gap = rl_gap_between(left, right);
  edge->days = rl_days_between(left, right);
  return is_same_money(options, left, right) && edge->days <= RL_DATE_BREAK_DAYS;
}

static bool may_be_other_currency(const rl_reconcile_options *options, const rl_item *left,
                                  const rl_item *right, rl_edge *edge)
{
  rl_currency a = left->amount.currency, b = right->amount.currency;
  edge->days = rl_days_between(left, right);
  return left->amount.minor == right->amount.minor && !rl_currency_equal(a, b) &&
         rl_currency_exponent(a) == rl_currency_exponent(b) &&
         edge->days <= (uint32_t)options->tolerance_days;
}

rl_status rl_tie_pairs(rl_work *work)
{
  return tie_pairs(work, RL_MATCHED, may_match);
}

rl_status rl_tie_breaks(rl_work *work)
{
  rl_status status = tie_pairs(work, RL_DATE_BREAK, may_be_late);
  return status == RL_OK ? tie_pairs(work, RL_CURRENCY_BREAK, may_be_other_currency) : status;
}
