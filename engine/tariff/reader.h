/* From the loaded fields to the snapshot: every rule of tariff.h's head about what a tariff may
 * say is kept here, each part in a file of its own. Internal to this room. One thread. */
#pragma once

#include "tariff/match.h"
#include "tariff/schema.h"
#include "tariff/tariff.h"
#include "tariff/values.h"

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
  rl_lock_premium lock_premium;
  rl_surcharge surcharges[RL_SURCHARGE_WHENS]; /* by `when` */
  int64_t payout_increments[RL_CURRENCY_COUNT]; /* by the currency's index, minor units; 0: 1 */
  char trial_file[RL_TARIFF_FILE_MAX + 1];     /* "": none */
  unsigned trial_percent;
  unsigned trial_line;
  unsigned rule_count;
  rl_rule *rules; /* owned */
  rl_match match; /* of rules */
  unsigned waiver_count;
  rl_waiver *waivers; /* owned */
  unsigned example_count;
  rl_example *examples; /* owned */
};

/* Fills the fields that come from the file into a zeroed tariff; what was allocated stays in it
 * on failure, for rl_tariff_destroy. */
RL_MUST_USE rl_status rl_tariff_read(rl_tariff *tariff, const rl_document *document,
                                     const rl_raw_tariff *raw, rl_error *error);

/* The parts, in the order in which they are read; `top` is the whole file's place. Each needs
 * what those before it have read. */
RL_MUST_USE rl_status rl_tariff_read_locks(rl_tariff *tariff, const rl_place *top,
                                           const rl_raw_tariff *raw);
RL_MUST_USE rl_status rl_tariff_read_surcharges(rl_tariff *tariff, const rl_place *top,
                                                const rl_raw_tariff *raw);
RL_MUST_USE rl_status rl_tariff_read_rules(rl_tariff *tariff, const rl_place *top,
                                           const rl_raw_tariff *raw);
/* That bands meet, and that each rule can be reached. */
RL_MUST_USE rl_status rl_tariff_check_reach(const rl_tariff *tariff, const rl_place *top);
RL_MUST_USE rl_status rl_tariff_read_waivers(rl_tariff *tariff, const rl_place *top,
                                             const rl_raw_tariff *raw);
RL_MUST_USE rl_status rl_tariff_read_examples(rl_tariff *tariff, const rl_place *top,
                                              const rl_raw_tariff *raw);

RL_MUST_USE rl_status rl_read_scope(const rl_place *place, const rl_raw_scope *raw, rl_scope *out);
/* The fees of one rule, whose scope is read. */
RL_MUST_USE rl_status rl_read_fees(const rl_place *place, const rl_raw_rule *raw, rl_rule *rule);
/* The rule that prices the example; NULL if none. */
const rl_rule *rl_example_rule(const rl_tariff *tariff, const rl_example *example);
/* The market of one example, whose from and to are read, as its legs are stated. */
RL_MUST_USE rl_status rl_read_example_market(const rl_place *place, const rl_raw_example *raw,
                                             rl_snapshot *out);
