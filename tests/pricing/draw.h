/* Random tariffs, markets and requests for the pricing property, from likely to absurd. */
#pragma once

#include "pricing/oracle.h"
#include "support/random.h"

#define DRAWN_CORRIDORS 10
#define DRAWN_RULES_MAX 192
#define DRAWN_WAIVERS_MAX 10

/* A tariff as it is told to the oracle: `told` points at the rules and waivers beside it. Each
 * corridor has a tier of its own; some rules name neither. */
typedef struct drawn_tariff {
  oracle_tariff told;
  rl_currency from[DRAWN_CORRIDORS];
  rl_currency to[DRAWN_CORRIDORS];
  rl_rule rules[DRAWN_RULES_MAX];
  rl_waiver waivers[DRAWN_WAIVERS_MAX];
} drawn_tariff;

bool draw_chance(rl_random *random, unsigned percent);
/* 1 … RL_AMOUNT_MAX. */
int64_t draw_amount(rl_random *random);
/* A ratio of 0 … max_e8. */
int32_t draw_ratio_e8(rl_random *random, int32_t max_e8);

void draw_tariff(rl_random *random, drawn_tariff *out);
/* The fees, markups and disclosure of a rule whose scope is drawn. Together with its markup a price
 * may cost from cheapest_e8 to dearest_e8 more. */
void draw_costs(rl_random *random, int32_t cheapest_e8, int32_t dearest_e8, rl_rule *rule);
bool scope_names_pair(const rl_scope *scope);

/* The same told to the engine: written as YAML and parsed. The caller owns it. */
rl_tariff *drawn_tariff_parse(const drawn_tariff *drawn);
/* Writes one rule as a line of YAML. Returns the length. */
size_t drawn_rule_print(const rl_rule *rule, char *out, size_t size);

void draw_leg(rl_random *random, rl_leg *leg);
/* A way between two currencies, of a single leg where points are taken on it. */
void draw_snapshot(rl_random *random, const drawn_tariff *drawn, rl_currency from, rl_currency to,
                   rl_snapshot *out);
/* The same market for the way back. */
void snapshot_reverse(const rl_snapshot *snapshot, rl_snapshot *out);

/* Who asks, for which lock, fixed which way: all but the amount. */
void draw_request(rl_random *random, const drawn_tariff *drawn, unsigned corridor,
                  rl_price_request *out);
/* A source amount at a tier, band, minimum or maximum of the rule or at a waiver's band, or one
 * unit beside it. */
int64_t draw_threshold(rl_random *random, const drawn_tariff *drawn, const rl_rule *rule);
