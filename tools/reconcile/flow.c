#include "reconcile/flow.h"

#include "reconcile/reconcile.h"

#include <stdlib.h>

#define NONE UINT32_MAX

rl_status rl_edges_add(rl_edges *edges, rl_edge edge)
{
  if (edges->count == RL_RECONCILE_EDGES_MAX)
    return RL_OUT_OF_RANGE;
  if (edges->count == edges->room) {
    uint32_t room = edges->room ? 2 * edges->room : 256;
    rl_edge *grown = reallocarray(edges->edges, room, sizeof *grown);
    if (!grown)
      return RL_NO_MEMORY;
    edges->edges = grown;
    edges->room = room;
  }
  edges->edges[edges->count++] = edge;
  return RL_OK;
}

static int compare(const void *left, const void *right)
{
  const rl_edge *a = left, *b = right;
  int order = rl_order_of(a->rank, b->rank);
  if (order == 0)
    order = rl_order_of((int64_t)a->gap, (int64_t)b->gap);
  if (order == 0)
    order = rl_order_of(a->days, b->days);
  if (order == 0)
    order = rl_order_of(a->left, b->left);
  return order ? order : rl_order_of(a->right, b->right);
}

void rl_edges_sort(rl_edges *edges)
{
  if (edges->count > 0)
    qsort(edges->edges, edges->count, sizeof *edges->edges, compare);
}

/* The edges of each node of one side, in the order of preference. */
typedef struct adjacency {
  uint32_t *first; /* by node, and one more */
  uint32_t *edges;
} adjacency;

typedef struct flow_search {
  rl_edges *edges;
  uint32_t *left_room;
  uint32_t *right_room;
  uint32_t left_count;
  uint32_t right_count;
  adjacency of_left;
  adjacency of_right;
  uint32_t *left_by;  /* by node: the edge by which this search came to it, NONE: it did not */
  uint32_t *right_by;
  uint32_t *queue;    /* of left nodes */
  uint64_t steps;
} flow_search;

static bool make_adjacency(const rl_edges *edges, bool of_left, uint32_t nodes, adjacency *out)
{
  out->first = calloc((size_t)nodes + 2, sizeof *out->first);
  out->edges = calloc((size_t)edges->count + 1, sizeof *out->edges);
  if (!out->first || !out->edges)
    return false;
  /* Counted two places ahead, so that filling leaves each node's beginning where it belongs. */
  uint32_t *next = out->first + 1;
  for (uint32_t i = 0; i < edges->count; i++) {
    uint32_t node = of_left ? edges->edges[i].left : edges->edges[i].right;
    if (node + 1 < nodes)
      next[node + 1]++;
  }
  for (uint32_t i = 1; i < nodes; i++)
    next[i] += next[i - 1];
  for (uint32_t i = 0; i < edges->count; i++) {
    uint32_t node = of_left ? edges->edges[i].left : edges->edges[i].right;
    out->edges[next[node]++] = i;
  }
  return true;
}

static void pair_greedily(flow_search *search)
{
  for (uint32_t i = 0; i < search->edges->count; i++) {
    rl_edge *edge = &search->edges->edges[i];
    uint32_t *left = &search->left_room[edge->left], *right = &search->right_room[edge->right];
    edge->flow = *left < *right ? *left : *right;
    *left -= edge->flow;
    *right -= edge->flow;
  }
}

/* Right nodes next to `left`: returns one that has room, or queues those whom the others are paired
 * with. */
static uint32_t reach(flow_search *search, uint32_t left, uint32_t *queued)
{
  for (uint32_t i = search->of_left.first[left]; i < search->of_left.first[left + 1]; i++) {
    uint32_t edge = search->of_left.edges[i];
    uint32_t right = search->edges->edges[edge].right;
    search->steps++;
    if (search->right_by[right] != NONE)
      continue;
    search->right_by[right] = edge;
    if (search->right_room[right] > 0)
      return right;
    for (uint32_t k = search->of_right.first[right]; k < search->of_right.first[right + 1]; k++) {
      uint32_t back = search->of_right.edges[k];
      uint32_t other = search->edges->edges[back].left;
      search->steps++;
      if (search->edges->edges[back].flow == 0 || search->left_by[other] != NONE)
        continue;
      search->left_by[other] = back;
      search->queue[(*queued)++] = other;
    }
  }
  return NONE;
}

/* The right node with room at the end of a path from `start`, NONE where there is none. */
static uint32_t find_path(flow_search *search, uint32_t start, uint32_t *queued)
{
  uint32_t end = NONE;
  *queued = 0;
  search->queue[(*queued)++] = start;
  search->left_by[start] = search->edges->count; /* come from nowhere */
  for (uint32_t i = 0; i < *queued && end == NONE; i++)
    end = reach(search, search->queue[i], queued);
  return end;
}

static uint32_t least(uint32_t left, uint32_t right)
{
  return left < right ? left : right;
}

/* Moves as many pairs along the path that ends at `right` as it can carry. */
static void augment(flow_search *search, uint32_t start, uint32_t end)
{
  rl_edge *edges = search->edges->edges;
  uint32_t amount = least(search->left_room[start], search->right_room[end]);
  for (uint32_t left = edges[search->right_by[end]].left; left != start;) {
    const rl_edge *back = &edges[search->left_by[left]];
    amount = least(amount, back->flow);
    left = edges[search->right_by[back->right]].left;
  }
  search->left_room[start] -= amount;
  search->right_room[end] -= amount;
  for (uint32_t right = end;;) {
    rl_edge *forth = &edges[search->right_by[right]];
    forth->flow += amount;
    if (forth->left == start)
      return;
    rl_edge *back = &edges[search->left_by[forth->left]];
    back->flow -= amount;
    right = back->right;
  }
}

/* Marks of a search that found a path. Those of one that did not stay: no later path can lead
 * through what it reached, for from there nothing with room is in reach. */
static void forget(flow_search *search, uint32_t queued)
{
  for (uint32_t i = 0; i < queued; i++) {
    uint32_t left = search->queue[i];
    search->left_by[left] = NONE;
    for (uint32_t k = search->of_left.first[left]; k < search->of_left.first[left + 1]; k++)
      search->right_by[search->edges->edges[search->of_left.edges[k]].right] = NONE;
  }
}

static rl_status augment_all(flow_search *search)
{
  for (uint32_t left = 0; left < search->left_count; left++) {
    while (search->left_room[left] > 0 && search->left_by[left] == NONE) {
      uint32_t queued, end = find_path(search, left, &queued);
      if (search->steps > RL_RECONCILE_STEPS_MAX)
        return RL_OUT_OF_RANGE;
      if (end == NONE)
        break;
      augment(search, left, end);
      forget(search, queued);
    }
  }
  return RL_OK;
}

static uint32_t *marks(uint32_t count)
{
  uint32_t *made = malloc(((size_t)count + 1) * sizeof *made);
  for (uint32_t i = 0; made && i < count; i++)
    made[i] = NONE;
  return made;
}

static rl_status search_all(flow_search *search)
{
  search->left_by = marks(search->left_count);
  search->right_by = marks(search->right_count);
  search->queue = marks(search->left_count);
  if (!search->left_by || !search->right_by || !search->queue ||
      !make_adjacency(search->edges, true, search->left_count, &search->of_left) ||
      !make_adjacency(search->edges, false, search->right_count, &search->of_right))
    return RL_NO_MEMORY;
  return augment_all(search);
}

static void free_adjacency(adjacency *nodes)
{
  free(nodes->first);
  free(nodes->edges);
}

rl_status rl_flow_maximise(rl_edges *edges, uint32_t *left_room, uint32_t left_count,
                           uint32_t *right_room, uint32_t right_count)
{
  flow_search search = {
    .edges = edges, .left_room = left_room, .right_room = right_room,
    .left_count = left_count, .right_count = right_count,
  };
  if (edges->count == 0)
    return RL_OK;
  rl_edges_sort(edges);
  pair_greedily(&search);
  rl_status status = search_all(&search);
  free_adjacency(&search.of_left);
  free_adjacency(&search.of_right);
  free(search.left_by);
  free(search.right_by);
  free(search.queue);
  return status;
}
