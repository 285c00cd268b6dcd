#include "linear/search.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(LIN_OPS <= 128, "a set of operations is one word");
typedef unsigned __int128 op_set;

typedef struct visited {
  op_set done;
  lin_state state;
  uint32_t search; /* 0: free, another search's: free too */
} visited;

typedef struct search {
  const lin_history *history;
  uint32_t number;
  unsigned visited_count;
  unsigned longest;
  unsigned stuck;
} search;

#define TABLE_SIZE (2 * LIN_VISITED_MAX)
static visited *table;
static uint32_t searches;

static op_set one(unsigned op)
{
  return (op_set)1 << op;
}

/* False if it was seen before, or nothing more can be remembered. */
static bool visit(search *it, op_set done, const lin_state *state)
{
  uint8_t bytes[sizeof done + sizeof *state];
  memcpy(bytes, &done, sizeof done);
  memcpy(bytes + sizeof done, state, sizeof *state);
  size_t at = rl_checksum(bytes, sizeof bytes) % TABLE_SIZE;
  while (table[at].search == it->number) {
    if (table[at].done == done && memcmp(&table[at].state, state, sizeof *state) == 0)
      return false;
    at = (at + 1) % TABLE_SIZE;
  }
  if (it->visited_count == LIN_VISITED_MAX)
    return false;
  it->visited_count++;
  table[at] = (visited){.done = done, .state = *state, .search = it->number};
  return true;
}

static void note_progress(search *it, op_set done)
{
  unsigned count = 0, first_left = it->history->count;
  for (unsigned i = it->history->count; i-- > 0;) {
    if (done & one(i))
      count++;
    else
      first_left = i;
  }
  if (count > it->longest || it->longest == 0) {
    it->longest = count;
    it->stuck = first_left;
  }
}

static bool turn_has_come(const lin_history *history, op_set done, unsigned op)
{
  for (unsigned i = 0; i < op; i++) {
    if (!(done & one(i)) && history->ops[i].thread == history->ops[op].thread
        && history->ops[i].turn < history->ops[op].turn)
      return false;
  }
  return true;
}

static bool go_on(search *it, op_set done, const lin_state *state);

static bool take(search *it, op_set done, const lin_state *state, unsigned op)
{
  lin_state next[LIN_NEXT_MAX];
  unsigned count = lin_next(it->history, state, op, next);
  for (unsigned i = 0; i < count; i++) {
    if (go_on(it, done | one(op), &next[i]))
      return true;
  }
  return !it->history->ops[op].answered && go_on(it, done | one(op), state);
}

/* Operations stand in the order in which they began. */
static bool go_on(search *it, op_set done, const lin_state *state)
{
  const lin_history *history = it->history;
  uint64_t earliest_end = UINT64_MAX;
  if (!visit(it, done, state))
    return false;
  note_progress(it, done);
  if (it->longest == history->count)
    return true;
  for (unsigned i = 0; i < history->count; i++) {
    if (!(done & one(i)) && history->ops[i].ended < earliest_end)
      earliest_end = history->ops[i].ended;
  }
  for (unsigned i = 0; i < history->count && history->ops[i].began <= earliest_end; i++) {
    if (!(done & one(i)) && turn_has_come(history, done, i) && take(it, done, state, i))
      return true;
  }
  return false;
}

lin_verdict lin_search(const lin_history *history, unsigned *longest, unsigned *stuck)
{
  if (!table)
    table = calloc(TABLE_SIZE, sizeof *table);
  RL_ASSERT(table != NULL);
  search it = {.history = history, .number = ++searches};
  lin_state start = {0};
  bool ordered = go_on(&it, 0, &start);
  *longest = it.longest;
  *stuck = it.stuck;
  return ordered ? LIN_ORDERED
                 : it.visited_count == LIN_VISITED_MAX ? LIN_TOO_TANGLED : LIN_NO_ORDER;
}
