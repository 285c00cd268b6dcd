/* The tariff file's fields as libcyaml loads them: which keys there are and what shape each has.
 * Every value is still the text that a person wrote; reader.c gives it its meaning. Internal to
 * this room. One thread. */
#pragma once

#include "tariff/document.h"

/* NULL where an optional key was left out. */
typedef struct rl_raw_fee {
  char *name;
  char *kind;
  char *side;
  char *mode;
  char *amount;
  char *bps;
  char *min;
  char *max;
} rl_raw_fee;

typedef struct rl_raw_rule {
  char *name;
  char *tier;
  char *from;
  char *to;
  char *markup_bps;
  rl_raw_fee *fees;
  unsigned fees_count;
} rl_raw_rule;

typedef struct rl_raw_lock {
  char *ttl;
  char *premium_bps;
} rl_raw_lock;

typedef struct rl_raw_tariff {
  char *tariff;
  char *rate_digits;
  char *default_tier;
  char *default_ttl;
  rl_raw_lock *locks;
  unsigned locks_count;
  rl_raw_rule *rules;
  unsigned rules_count;
} rl_raw_tariff;

/* RL_INVALID for a missing key and a wrong type, RL_NOT_FOUND for an unknown key, RL_EXISTS for a
 * key given twice. The caller ends *out with rl_raw_tariff_free. */
RL_MUST_USE rl_status rl_raw_tariff_load(const rl_document *document, rl_raw_tariff **out,
                                         rl_error *error);
void rl_raw_tariff_free(rl_raw_tariff *raw);
