#include "reconcile/flow.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define NODES 7

typedef struct small_graph {
  uint32_t left[NODES];  /* rooms */
  uint32_t right[NODES];
  bool joined[NODES][NODES];
} small_graph;

static small_graph make_graph(rl_random *random)
{
  small_graph made = {0};
  uint64_t density = 1 + rl_random_below(random, 6);
  for (int i = 0; i < NODES; i++) {
    made.left[i] = (uint32_t)rl_random_below(random, 4);
    made.right[i] = (uint32_t)rl_random_below(random, 4);
    for (int k = 0; k < NODES; k++)
      made.joined[i][k] = rl_random_below(random, density + 1) == 0;
  }
  return made;
}

/* By the theorem of the least cut: whichever left nodes are not cut off themselves, all that they
 * are joined with must be. */
static uint32_t least_cut(const small_graph *graph)
{
  uint32_t least = UINT32_MAX;
  for (unsigned kept = 0; kept < 1u << NODES; kept++) {
    uint32_t cut = 0;
    for (int k = 0; k < NODES; k++) {
      bool reached = false;
      for (int i = 0; i < NODES; i++)
        reached |= (kept & 1u << i) && graph->joined[i][k];
      cut += reached ? graph->right[k] : 0;
      cut += kept & 1u << k ? 0 : graph->left[k];
    }
    least = cut < least ? cut : least;
  }
  return least;
}

static uint32_t flow_of(const small_graph *graph, rl_random *random)
{
  rl_edges edges = {0};
  uint32_t left[NODES], right[NODES], total = 0;
  memcpy(left, graph->left, sizeof left);
  memcpy(right, graph->right, sizeof right);
  for (uint32_t i = 0; i < NODES; i++) {
    for (uint32_t k = 0; k < NODES; k++) {
      rl_edge edge = {.left = i, .right = k, .gap = rl_random_below(random, 9)};
      if (graph->joined[i][k])
        cr_assert_eq(rl_edges_add(&edges, edge), RL_OK);
    }
  }
  cr_assert_eq(rl_flow_maximise(&edges, left, NODES, right, NODES), RL_OK);
  for (uint32_t i = 0; i < edges.count; i++) {
    left[edges.edges[i].left] += edges.edges[i].flow;
    right[edges.edges[i].right] += edges.edges[i].flow;
    total += edges.edges[i].flow;
  }
  cr_assert_eq(memcmp(left, graph->left, sizeof left), 0);
  cr_assert_eq(memcmp(right, graph->right, sizeof right), 0);
  free(edges.edges);
  return total;
}

Test(flow, most_pairs_are_as_many_as_the_least_cut)
{
  rl_random random = rl_random_from(rl_test_seed("flow"));
  for (int round = 0; round < 3000; round++) {
    small_graph graph = make_graph(&random);
    cr_assert_eq(flow_of(&graph, &random), least_cut(&graph), "round %d", round);
  }
}

Test(flow, preferred_edges_stay_where_nothing_is_gained)
{
  rl_edges edges = {0};
  uint32_t left[] = {1, 1}, right[] = {1, 1};
  for (uint32_t i = 0; i < 4; i++)
    cr_assert_eq(rl_edges_add(&edges, (rl_edge){.left = i / 2, .right = i % 2,
                                                .gap = i == 1 ? 0 : 5, .days = i}), RL_OK);
  cr_assert_eq(rl_flow_maximise(&edges, left, 2, right, 2), RL_OK);
  for (uint32_t i = 0; i < 4; i++)
    cr_assert_eq(edges.edges[i].flow, edges.edges[i].left + edges.edges[i].right == 1);
  free(edges.edges);
}
