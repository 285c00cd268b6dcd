/* The tariff file's fields as libcyaml loads them: which keys there are and what shape each has.
 * Every value is still the text that a person wrote; the readers (reader.h) give it its meaning.
 * Internal to this room. One thread. */
#pragma once

#include "tariff/document.h"

/* Here and below, NULL (of a list: a count of 0) where an optional key was left out. */
typedef struct rl_raw_part {
  char *from; /* tiers only */
  char *amount;
  char *bps;
} rl_raw_part;

typedef struct rl_raw_fee {
  char *name;
  char *kind;
  char *side;
  char *mode;
  char *amount;
  char *bps;
  char *min;
  char *max;
  rl_raw_part *tiers;
  unsigned tiers_count;
  rl_raw_part *of;
  unsigned of_count;
} rl_raw_fee;

typedef struct rl_raw_scope {
  char *client;
  char *tier;
  char *method;
  char *from;
  char *to;
  char *pair;
  char *amount_from;
  char *amount_below;
} rl_raw_scope;

typedef struct rl_raw_rule {
  char *name;
  rl_raw_scope scope;
  char *markup_bps;
  char *markup_bid_bps;
  char *markup_ask_bps;
  char *markup_points;
  char *markup_bid_points;
  char *markup_ask_points;
  char *disclosure_decimals;
  rl_raw_fee *fees;
  unsigned fees_count;
} rl_raw_rule;

typedef struct rl_raw_waiver {
  char *name;
  char *fee;
  rl_raw_scope scope;
} rl_raw_waiver;

typedef struct rl_raw_lock {
  char *ttl;
  char *premium_bps;
} rl_raw_lock;

typedef struct rl_raw_lock_premium {
  char *volatility_multiple;
  char *floor_bps;
  char *cap_bps;
} rl_raw_lock_premium;

typedef struct rl_raw_surcharge {
  char *name;
  char *when;
  char *bound;
  char *markup_bps;
} rl_raw_surcharge;

typedef struct rl_raw_increment {
  char *currency;
  char *increment;
} rl_raw_increment;

typedef struct rl_raw_trial {
  char *file;
  char *percent;
} rl_raw_trial;

typedef struct rl_raw_leg {
  char *pair;
  char *bid;
  char *ask;
} rl_raw_leg;

typedef struct rl_raw_item {
  char *name;
  char *amount;
} rl_raw_item;

typedef struct rl_raw_expect {
  char *refused;
  char *client_rate;
  char *charge;
  char *source;
  char *net;
  char *gross;
  char *target;
  char *residue;
  rl_raw_item *fees;
  unsigned fees_count;
} rl_raw_expect;

typedef struct rl_raw_example {
  char *name;
  rl_raw_leg *market;
  unsigned market_count;
  char *base;
  char *from;
  char *to;
  char *amount;
  char *fix;
  char *ttl;
  char *client;
  char *tier;
  char *method;
  char *pip;
  char *closed;
  char *reference;
  char *sources;
  char *age_percent;
  char *volatility_ppm;
  rl_raw_expect *expect; /* never NULL */
} rl_raw_example;

typedef struct rl_raw_tariff {
  char *tariff;
  char *rate_digits;
  char *default_tier;
  char *default_ttl;
  rl_raw_lock *locks;
  unsigned locks_count;
  rl_raw_lock_premium *lock_premium;
  rl_raw_surcharge *surcharges;
  unsigned surcharges_count;
  rl_raw_increment *payout_increments;
  unsigned payout_increments_count;
  rl_raw_trial *trial;
  rl_raw_rule *rules;
  unsigned rules_count;
  rl_raw_waiver *waivers;
  unsigned waivers_count;
  rl_raw_example *examples;
  unsigned examples_count;
} rl_raw_tariff;

/* RL_INVALID for a missing key and a wrong type, RL_NOT_FOUND for an unknown key, RL_EXISTS for a
 * key given twice. The caller ends *out with rl_raw_tariff_free. */
RL_MUST_USE rl_status rl_raw_tariff_load(const rl_document *document, rl_raw_tariff **out,
                                         rl_error *error);
void rl_raw_tariff_free(rl_raw_tariff *raw);
