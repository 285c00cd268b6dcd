/* As many pairs as can be, out of those that may be: maximum flow between two sides whose nodes
 * each stand for some equal items. Private to this folder; pure.
 *
 * First greedily in the order of preference, then along augmenting paths. Equal items as one node
 * keep a thousand payments of the same amount on the same day from being a million pairs. */
#pragma once

#include "status/status.h"

#include <stdbool.h>
#include <stdint.h>

/* As qsort wants it. */
static inline int rl_order_of(int64_t left, int64_t right)
{
  return (left > right) - (left < right);
}

/* A pair that may be. Preferred: the lower rank, gap, days, left, right, in this order. */
typedef struct rl_edge {
  uint64_t gap;   /* of the amounts, minor units */
  uint32_t rank;
  uint32_t days;  /* between the dates */
  uint32_t left;  /* node */
  uint32_t right; /* node */
  uint32_t flow;  /* how many pairs were made */
} rl_edge;

typedef struct rl_edges {
  rl_edge *edges;
  uint32_t count;
  uint32_t room; /* allocated */
} rl_edges;

/* RL_OUT_OF_RANGE beyond RL_RECONCILE_EDGES_MAX. */
RL_MUST_USE rl_status rl_edges_add(rl_edges *edges, rl_edge edge);
/* Into the order of preference. */
void rl_edges_sort(rl_edges *edges);

/* Sets the flow of each edge, and sorts them. The rooms say how many items a node stands for, and
 * are left with those without a pair. RL_OUT_OF_RANGE beyond RL_RECONCILE_STEPS_MAX. */
RL_MUST_USE rl_status rl_flow_maximise(rl_edges *edges, uint32_t *left_room, uint32_t left_count,
                                       uint32_t *right_room, uint32_t right_count);
