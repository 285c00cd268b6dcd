/* A grid of typical requests, priced under two tariffs side by side.
 *
 * Who asks: nobody in particular, and each client, tier and method that a rule or a waiver of
 * either tariff names together. What for: the corridors that they name, and for what is open in
 * them a few usual ones. How much: 50, 500, 5,000, 50,000 and 500,000 of the source's major unit,
 * and one below and at the edge of each band and tier; as much again as a fixed target. For how
 * long: the default, the longest, and each lock that differs. When: in calm conditions, and in
 * those of a surcharge that differs. Pure but for memory; one thread. */
#pragma once

#include "priced.h"
#include "rates.h"

/* No grid has more requests: a few seconds. What is beyond it is left out and said. */
#define RL_GRID_MAX 2000000u

typedef struct rl_grid_row {
  rl_currency from;
  rl_currency to;
  rl_price_request request;
  const char *when; /* "" in calm conditions, else "closed", "few sources", "old rates"; static */
  rl_priced old;
  rl_priced new;
} rl_grid_row;

typedef struct rl_grid {
  uint64_t requests;  /* priced under both */
  uint64_t differing; /* of these, visited */
  uint64_t corridors; /* that were priced */
  uint64_t unrated;   /* corridors for which there is no rate */
  bool cut;           /* RL_GRID_MAX was reached */
} rl_grid;

/* Calls `visit` for each request that the two do not price alike. */
void rl_grid_walk(const rl_tariff *old, const rl_tariff *new, const rl_rates *rates,
                  void (*visit)(const rl_grid_row *row, void *context), void *context,
                  rl_grid *out);
