/* A quote as a list of named figures, so that two of them can be held against each other one by
 * one: what the record says, and what comes out when it is priced again. Pure. */
#pragma once

#include "quote/quote.h"

typedef struct rl_fact {
  char name[40];  /* such as "client_rate" or "legs[0].bid" */
  char value[96]; /* as text: equal figures have equal texts */
} rl_fact;

/* All of a quote with three legs, four markup lines and eight fees. */
#define RL_FACTS_MAX 80

typedef struct rl_facts {
  unsigned count;
  rl_fact items[RL_FACTS_MAX];
} rl_facts;

/* Appends a leg's composite: its prices, and how many ticks they are made of. */
void rl_facts_add_leg(rl_facts *facts, unsigned index, const rl_leg *leg);
void rl_facts_add_conditions(rl_facts *facts, const rl_conditions *conditions);
/* Appends every field of the terms. */
void rl_facts_add_terms(rl_facts *facts, const rl_terms *terms);
void rl_facts_add_value_date(rl_facts *facts, rl_value_date value_date);
/* Appends why there is no price; RL_REFUSAL_NONE where there is one. */
void rl_facts_add_refusal(rl_facts *facts, rl_refusal refusal);

/* One fact that is not the same on both sides; "" for what one side does not have. */
typedef struct rl_difference {
  const char *name;
  const char *recorded;
  const char *recomputed;
} rl_difference;

/* Writes at most 2 * RL_FACTS_MAX differences that point into the two lists; returns how many. */
unsigned rl_facts_compare(const rl_facts *recorded, const rl_facts *recomputed,
                          rl_difference out[2 * RL_FACTS_MAX]);

/* A composite's price, in half units of 10^-scale, as a decimal. */
void rl_half_format(uint32_t half_units, unsigned scale, char out[RL_RATE_TEXT_SIZE]);
