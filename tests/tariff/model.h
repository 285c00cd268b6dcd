/* Random tariffs: made as values first, then written as YAML with each rule's line noted, so
 * that what is read can be compared with what was meant. */
#pragma once

#include "support/random.h"
#include "tariff/tariff.h"

#define MODEL_RULES_MAX 64
#define MODEL_WAIVERS_MAX 6
#define MODEL_NAMES 4
#define MODEL_CURRENCIES 6

/* Among which a model's rules choose: few, so that rules compete for the same requests. */
extern const char *const model_clients[MODEL_NAMES];
extern const char *const model_tiers[MODEL_NAMES];
extern const char *const model_methods[MODEL_NAMES];
rl_currency model_currency(unsigned index);

typedef struct model {
  unsigned lock_count; /* of 1, 2 … minutes */
  rl_lock_class locks[4];
  rl_lock_premium lock_premium;
  rl_surcharge surcharges[RL_SURCHARGE_WHENS];
  int64_t increments[MODEL_CURRENCIES]; /* minor units; 1: not written */
  unsigned trial_percent;               /* 0: none, else of "trials/next.yaml" */
  unsigned rule_count;
  rl_rule rules[MODEL_RULES_MAX]; /* bands of one key part the amounts; `line` as written */
  unsigned waiver_count;
  rl_waiver waivers[MODEL_WAIVERS_MAX];
  char text[1 << 18];
} model;

/* Fills a model with 1 … MODEL_RULES_MAX rules. */
void model_make(model *made, rl_random *random);
/* Writes its text. With `broken_rule` below rule_count, that rule's markup is no number. */
void model_write(model *made, rl_random *random, unsigned broken_rule);
