/* What a tariff answers to one request: a price or a refusal. Pure. */
#pragma once

#include "pricing/pricing.h"

typedef struct rl_priced {
  rl_refusal refusal; /* the terms say nothing unless NONE */
  rl_terms terms;
} rl_priced;

/* Whether both give the same rate and amounts, or the same refusal. */
bool rl_priced_alike(const rl_priced *left, const rl_priced *right);
