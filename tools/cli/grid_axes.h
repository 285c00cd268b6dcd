/* What a grid of requests is spanned by (grid.h). Internal to it. */
#pragma once

#include "pricing/pricing.h"

typedef struct rl_grid_party {
  char client[RL_CLIENT_NAME_MAX + 1];
  char tier[RL_NAME_MAX + 1];
  char method[RL_NAME_MAX + 1];
} rl_grid_party;

typedef struct rl_grid_corridor {
  rl_currency from;
  rl_currency to;
} rl_grid_corridor;

typedef struct rl_grid_condition {
  const char *name; /* static */
  rl_conditions conditions;
} rl_grid_condition;

typedef struct rl_grid_axes {
  unsigned party_count; /* the first is nobody in particular */
  rl_grid_party *parties;
  unsigned corridor_count;
  rl_grid_corridor *corridors;
  unsigned ttl_count; /* the first is 0, the default */
  uint32_t ttls_ms[1 + 2 * RL_TTL_CLASSES_MAX];
  unsigned condition_count; /* the first are calm */
  rl_grid_condition conditions[1 + RL_SURCHARGE_WHENS];
} rl_grid_axes;

void rl_grid_axes_init(const rl_tariff *old, const rl_tariff *new, rl_grid_axes *out);
void rl_grid_axes_fini(rl_grid_axes *axes);

/* Rising, each once. */
typedef struct rl_grid_amounts {
  unsigned count;
  unsigned room;
  int64_t *minor; /* the owner frees it */
} rl_grid_amounts;

/* The amounts for a corridor, by what is fixed. */
void rl_grid_amounts_of(const rl_tariff *old, const rl_tariff *new, const rl_snapshot *snapshot,
                        rl_grid_amounts out[2]);
