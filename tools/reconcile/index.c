#include "reconcile/work.h"

#include <stdlib.h>
#include <string.h>

/* --- items by reference --- */

static int compare_referred(const void *left, const void *right, void *context)
{
  const rl_work *work = context;
  const rl_referred *a = left, *b = right;
  int order = strcmp(a->text, b->text);
  if (order == 0)
    order = rl_order_of(a->side, b->side);
  if (order != 0)
    return order;
  const rl_item *x = rl_work_item(work, a->side, a->item);
  const rl_item *y = rl_work_item(work, b->side, b->item);
  order = rl_order_of(x->amount.currency.index, y->amount.currency.index);
  if (order == 0)
    order = rl_order_of(x->amount.minor, y->amount.minor);
  if (order == 0)
    order = rl_order_of(x->value_date.day, y->value_date.day);
  return order ? order : rl_order_of(a->item, b->item);
}

static uint32_t list_referred(rl_work *work)
{
  uint32_t count = 0;
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    const rl_items *items = work->items[side];
    for (uint32_t i = 0; i < items->count; i++) {
      const rl_item *item = &items->items[i];
      for (uint32_t k = 0; k < item->reference_count && !item->pending; k++)
        work->referred[count++] = (rl_referred){rl_items_reference(items, item, k), i, side};
    }
  }
  return count;
}

static void part_groups(rl_work *work, uint32_t referred)
{
  for (uint32_t i = 0; i < referred; i++) {
    const rl_referred *entry = &work->referred[i];
    bool is_new = i == 0 || strcmp(entry->text, entry[-1].text) != 0;
    if (is_new)
      work->groups[work->group_count++] = (rl_reference_group){.text = entry->text};
    rl_reference_group *group = &work->groups[work->group_count - 1];
    if (group->count[entry->side]++ == 0)
      group->first[entry->side] = i;
  }
}

static rl_status index_references(rl_work *work)
{
  size_t room = (size_t)work->items[0]->reference_count + work->items[1]->reference_count + 1;
  work->referred = calloc(room, sizeof *work->referred);
  work->groups = calloc(room, sizeof *work->groups);
  if (!work->referred || !work->groups)
    return RL_NO_MEMORY;
  uint32_t count = list_referred(work);
  qsort_r(work->referred, count, sizeof *work->referred, compare_referred, work);
  part_groups(work, count);
  return RL_OK;
}

static int compare_text(const void *text, const void *group)
{
  return strcmp(text, ((const rl_reference_group *)group)->text);
}

const rl_reference_group *rl_work_group_of(const rl_work *work, const char *text)
{
  const rl_reference_group *group =
    bsearch(text, work->groups, work->group_count, sizeof *group, compare_text);
  bool tells = group && (group->count[0] <= RL_REFERENCE_SHARED_MAX ||
                         group->count[1] <= RL_REFERENCE_SHARED_MAX);
  return tells ? group : NULL;
}

/* --- the whole --- */

static rl_status init_side(rl_work *work, rl_side_of side)
{
  const rl_items *items = work->items[side];
  work->tied[side] = calloc((size_t)items->count + 1, sizeof *work->tied[side]);
  work->seen[side] = calloc((size_t)items->count + 1, sizeof *work->seen[side]);
  if (!work->tied[side] || !work->seen[side])
    return RL_NO_MEMORY;
  for (uint32_t i = 0; i < items->count; i++)
    work->tied[side][i] = items->items[i].pending ? RL_ITEM_LEFT_OUT : RL_ITEM_OPEN;
  return RL_OK;
}

rl_status rl_work_init(rl_work *work)
{
  uint32_t larger = work->items[0]->count;
  if (larger < work->items[1]->count)
    larger = work->items[1]->count;
  work->picked = calloc((size_t)larger + 1, sizeof *work->picked);
  rl_status status = work->picked ? RL_OK : RL_NO_MEMORY;
  for (rl_side_of side = 0; side < RL_SIDES && status == RL_OK; side++)
    status = init_side(work, side);
  return status == RL_OK ? index_references(work) : status;
}

void rl_work_fini(rl_work *work)
{
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    free(work->tied[side]);
    free(work->seen[side]);
  }
  free(work->picked);
  free(work->findings);
  free(work->referred);
  free(work->groups);
  free(work->edges.edges);
}

/* --- tying --- */

rl_status rl_work_find(rl_work *work, rl_finding_kind kind, bool by_reference)
{
  if (work->finding_count == work->finding_room) {
    uint32_t room = work->finding_room ? 2 * work->finding_room : 256;
    rl_finding *grown = reallocarray(work->findings, room, sizeof *grown);
    if (!grown)
      return RL_NO_MEMORY;
    work->findings = grown;
    work->finding_room = room;
  }
  work->findings[work->finding_count++] = (rl_finding){.kind = kind, .by_reference = by_reference};
  return RL_OK;
}

void rl_work_tie(rl_work *work, rl_side_of side, uint32_t item)
{
  RL_ASSERT(rl_work_is_open(work, side, item));
  work->tied[side][item] = work->finding_count - 1;
}

rl_status rl_work_tie_pair(rl_work *work, rl_finding_kind kind, bool by_reference,
                           uint32_t statement, uint32_t ledger)
{
  rl_status status = rl_work_find(work, kind, by_reference);
  if (status != RL_OK)
    return status;
  rl_work_tie(work, RL_OF_STATEMENT, statement);
  rl_work_tie(work, RL_OF_LEDGER, ledger);
  return RL_OK;
}

rl_status rl_work_tie_group(rl_work *work, rl_finding_kind kind, bool by_reference,
                            rl_side_of side, uint32_t item, const uint32_t *others, uint32_t count)
{
  rl_status status = rl_work_find(work, kind, by_reference);
  if (status != RL_OK)
    return status;
  rl_work_tie(work, side, item);
  for (uint32_t i = 0; i < count; i++)
    rl_work_tie(work, 1 - side, others[i]);
  return RL_OK;
}
