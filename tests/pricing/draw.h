/* Random tariffs, markets and requests for the pricing property, from likely to absurd. */
#pragma once

#include "pricing/pricing.h"
#include "support/random.h"

#define DRAWN_CORRIDORS 24
#define DRAWN_RULES (2 * DRAWN_CORRIDORS)
#define DRAWN_LOCKS_MAX 3

/* A tariff as it is told to the oracle. Rules 2i and 2i + 1 are the two directions between the
 * same two currencies, in a tier of their own. */
typedef struct drawn_tariff {
  unsigned rate_digits;
  unsigned lock_count;
  rl_lock_class locks[DRAWN_LOCKS_MAX];
  rl_rule rules[DRAWN_RULES];
} drawn_tariff;

void draw_tariff(rl_random *random, drawn_tariff *out);
/* The same told to the engine: written as YAML and parsed. The caller owns it. */
rl_tariff *drawn_tariff_parse(const drawn_tariff *drawn);
/* Writes one rule as a line of YAML. Returns the length. */
size_t drawn_rule_print(const rl_rule *rule, char *out, size_t size);

void draw_snapshot(rl_random *random, rl_currency from, rl_currency to, rl_snapshot *out);
/* The same market for the way back. */
void snapshot_reverse(const rl_snapshot *snapshot, rl_snapshot *out);

/* 1 … RL_AMOUNT_MAX. */
int64_t draw_amount(rl_random *random);
