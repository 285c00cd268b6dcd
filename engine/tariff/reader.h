/* From the loaded fields to the snapshot: every rule of tariff.h's head about what a tariff may
 * say is kept here. Internal to this room. One thread. */
#pragma once

#include "tariff/match.h"
#include "tariff/schema.h"
#include "tariff/tariff.h"

struct rl_tariff {
  char *text; /* owned; as given, and a NUL */
  size_t length;
  rl_digest digest; /* of text */
  char name[RL_NAME_MAX + 1];
  char default_tier[RL_NAME_MAX + 1];
  unsigned rate_digits;
  rl_lock_class default_lock;
  unsigned lock_count;
  rl_lock_class locks[RL_TTL_CLASSES_MAX]; /* ttl_ms rises, premium_e8 does not fall */
  unsigned rule_count;
  rl_rule *rules; /* owned */
  rl_match match;
  rl_lock_premium lock_premium;
  rl_surcharge surcharges[RL_SURCHARGE_WHENS]; /* by `when` */
  int64_t payout_increments[256];              /* by the currency's index, minor units; 0: 1 */
};

/* Fills the fields that come from the file into a zeroed tariff; what was allocated stays in it
 * on failure, for rl_tariff_destroy. */
RL_MUST_USE rl_status rl_tariff_read(rl_tariff *tariff, const rl_document *document,
                                     const rl_raw_tariff *raw, rl_error *error);
