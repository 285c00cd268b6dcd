/* Random tariffs: made as values first, then written as YAML with each rule's line noted, so
 * that what is read can be compared with what was meant. */
#pragma once

#include "support/random.h"
#include "tariff/tariff.h"

#define MODEL_RULES_MAX 64
#define MODEL_TIERS 4
#define MODEL_CURRENCIES 6

/* Among which a model's rules choose: few, so that rules compete for the same requests. */
extern const char *const model_tiers[MODEL_TIERS];
rl_currency model_currency(unsigned index);

typedef struct model {
  unsigned rule_count;
  rl_rule rules[MODEL_RULES_MAX]; /* no two with the same keys; `line` as written */
  char text[1 << 16];
} model;

/* Fills a model with 1 … MODEL_RULES_MAX rules and writes its text. With `broken_rule` below
 * rule_count, that rule's markup is written as no number. */
void model_make(model *made, rl_random *random);
void model_write(model *made, rl_random *random, unsigned broken_rule);
