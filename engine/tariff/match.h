/* The index behind rl_tariff_match: from (tier, from, to) to a rule, in constant time.
 *
 * A rule's three match keys make one 24-bit number, 0 in a byte meaning "any":
 *
 *     tier (8 bits) | from (8 bits) | to (8 bits)
 *
 * A request is looked up under the eight ways of blanking its bytes. Written as a mask of three
 * bits (tier 4, from 2, to 1), falling masks are just the order of precedence, so the first hit
 * is the answer; masks that no rule uses are skipped.
 *
 * Why not a grid of all combinations: 250 tiers by 170 by 170 currencies is 14 MB, for rules that
 * fit in 64 KB. Internal to this room. Immutable once built, then any thread. */
#pragma once

#include "money/currency.h"
#include "status/limits.h"

/* A tier's name as one 16-byte value: its bytes, zeros, and its length in the last byte, so that
 * two names are equal when both words are. */
typedef struct rl_tier_name {
  uint64_t words[2];
} rl_tier_name;

typedef struct rl_match_slot {
  uint32_t key;
  uint32_t rule_plus_one; /* 0: empty */
} rl_match_slot;

/* At most half full: 250 tiers. */
#define RL_TIER_SLOTS 512

typedef struct rl_match {
  rl_match_slot *slots; /* owned; a power of two, at most half full */
  uint32_t slot_count;
  uint32_t slot_shift;  /* 32 - log2(slot_count) */
  uint8_t masks_used;   /* bit m: some rule uses mask m */
  uint8_t default_tier; /* its number, 0 if no rule names it */
  unsigned tier_count;
  rl_tier_name tiers[RL_TIERS_MAX + 1]; /* by number, from 1 */
  uint8_t tier_slots[RL_TIER_SLOTS];    /* tier numbers, 0: empty */
} rl_match;

/* Room for `rules` rules. RL_NO_MEMORY. Ended by rl_match_fini. */
RL_MUST_USE rl_status rl_match_init(rl_match *match, unsigned rules);
void rl_match_fini(rl_match *match);

/* Adds a rule; `tier` is "" for any. RL_EXISTS, with the other rule in *taken_by, if one has the
 * same three keys; RL_FULL if there are more than RL_TIERS_MAX tiers. */
RL_MUST_USE rl_status rl_match_add(rl_match *match, const char *tier, rl_currency from,
                                   rl_currency to, unsigned rule, unsigned *taken_by);
/* The tier of requests that name none. */
void rl_match_set_default_tier(rl_match *match, const char *tier);

/* The rule's index, or -1. A tier of length 0 is the default tier. */
int rl_match_find(const rl_match *match, const char *tier, size_t tier_length, rl_currency from,
                  rl_currency to);
