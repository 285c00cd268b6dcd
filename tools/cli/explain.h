/* A quote and what comes out when it is made again from what its record holds (K7). */
#pragma once

#include "cli.h"
#include "facts.h"

typedef struct rl_explained {
  rl_quote quote;            /* as recorded, or as the token says */
  bool from_token;           /* no ticks: the composites are taken as they are */
  rl_tariff *tariff;         /* as kept in the store under the hash on the quote */
  const rl_rule *rule;       /* of the tariff, that prices the request; NULL: none */
  rl_refusal refusal;        /* why it could not be priced again, or RL_REFUSAL_NONE */
  rl_snapshot snapshot;      /* the legs made again from their ticks */
  rl_terms terms;            /* priced again from them; valid without a refusal */
  rl_facts recorded;
  rl_facts recomputed;
  unsigned difference_count; /* 0: it reproduces */
  rl_difference differences[2 * RL_FACTS_MAX];
} rl_explained;

void rl_explain_print(const rl_explained *explained);
/* The same as one msgpack map; returns RL_FULL when it does not fit. */
RL_MUST_USE rl_status rl_explain_encode(const rl_explained *explained, rl_writer *writer);
