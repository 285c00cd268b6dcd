/* A reconciliation under way. Private to this folder. */
#pragma once

#include "reconcile/flow.h"
#include "reconcile/reconcile.h"

/* Of an item: tied to nothing as yet; or never to be. */
#define RL_ITEM_OPEN UINT32_MAX
#define RL_ITEM_LEFT_OUT (UINT32_MAX - 1)

/* An item under one of its references. */
typedef struct rl_referred {
  const char *text;
  uint32_t item;
  rl_side_of side;
} rl_referred;

/* All items under one reference: those of the statement, then those of the ledger, each by
 * currency, amount, value date and order. */
typedef struct rl_reference_group {
  const char *text;
  uint32_t first[RL_SIDES]; /* into rl_work.referred */
  uint32_t count[RL_SIDES];
} rl_reference_group;

typedef struct rl_work {
  const rl_reconcile_options *options;
  const rl_items *items[RL_SIDES];
  uint32_t *tied[RL_SIDES]; /* by item: its finding, or one of the above */
  rl_finding *findings;     /* without members */
  uint32_t finding_count;
  uint32_t finding_room;
  rl_referred *referred;
  rl_reference_group *groups; /* by text */
  uint32_t group_count;
  rl_edges edges;             /* of the step at hand */
  uint32_t *picked;           /* room for as many items as the larger side has */
  uint32_t *seen[RL_SIDES];   /* by item: the last `stamp` under which it was picked */
  uint32_t stamp;
  uint64_t sum_steps;
} rl_work;

RL_MUST_USE rl_status rl_work_init(rl_work *work);
void rl_work_fini(rl_work *work);

static inline const rl_item *rl_work_item(const rl_work *work, rl_side_of side, uint32_t item)
{
  return &work->items[side]->items[item];
}

static inline bool rl_work_is_open(const rl_work *work, rl_side_of side, uint32_t item)
{
  return work->tied[side][item] == RL_ITEM_OPEN;
}

static inline uint32_t rl_days_between(const rl_item *left, const rl_item *right)
{
  int64_t days = (int64_t)left->value_date.day - right->value_date.day;
  return (uint32_t)(days < 0 ? -days : days);
}

static inline uint64_t rl_gap_between(const rl_item *left, const rl_item *right)
{
  int64_t gap = left->amount.minor - right->amount.minor;
  return (uint64_t)(gap < 0 ? -gap : gap);
}

/* A new finding, as yet without items. */
RL_MUST_USE rl_status rl_work_find(rl_work *work, rl_finding_kind kind, bool by_reference);
/* Ties an open item to the newest finding. */
void rl_work_tie(rl_work *work, rl_side_of side, uint32_t item);
/* A finding of two items. */
RL_MUST_USE rl_status rl_work_tie_pair(rl_work *work, rl_finding_kind kind, bool by_reference,
                                       uint32_t statement, uint32_t ledger);
/* A finding of one item of `side` and of some of the other. */
RL_MUST_USE rl_status rl_work_tie_group(rl_work *work, rl_finding_kind kind, bool by_reference,
                                        rl_side_of side, uint32_t item, const uint32_t *others,
                                        uint32_t count);

/* The group of a reference, NULL where it has none or is on too many items of both sides. */
const rl_reference_group *rl_work_group_of(const rl_work *work, const char *text);

/* --- the steps, as reconcile.h numbers them --- */

RL_MUST_USE rl_status rl_tie_referred_pairs(rl_work *work);        /* 1 */
RL_MUST_USE rl_status rl_tie_referred_groups(rl_work *work);       /* 2 */
RL_MUST_USE rl_status rl_tie_referred_breaks(rl_work *work);       /* 3 */
RL_MUST_USE rl_status rl_tie_duplicates(rl_work *work, bool last); /* 4 and 8 */
RL_MUST_USE rl_status rl_tie_pairs(rl_work *work);                 /* 5 */
RL_MUST_USE rl_status rl_tie_sums(rl_work *work);                  /* 6 */
RL_MUST_USE rl_status rl_tie_breaks(rl_work *work);                /* 7 */

/* Which of the candidates, at most RL_SUM_CANDIDATES_MAX items of `side`, sum to within the
 * tolerance of `target`: writes 2 … RL_SUM_ITEMS_MAX of them to `out`, returns how many, 0 for
 * none. The fewest, then the nearest sum, then the first in order. */
unsigned rl_sum_find(rl_work *work, rl_side_of side, const uint32_t *candidates, unsigned count,
                     int64_t target_minor, uint32_t out[RL_SUM_ITEMS_MAX]);

/* Members, totals and the rest of *out from what is tied. */
RL_MUST_USE rl_status rl_work_conclude(rl_work *work, rl_reconciliation *out);
