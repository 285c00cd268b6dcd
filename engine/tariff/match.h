/* The index behind rl_tariff_match: from who asks for what to a rule, in about constant time.
 *
 * A rule's keys make one 61-bit number. Clients, tiers and methods that the tariff names are
 * numbered from 1; 0 means "any", as does no currency:
 *
 *     client (14 bits) | tier (14) | method (14) | geography (3) | currency (8) | currency (8)
 *
 *     geography     4 corridor  3 pair         2 from     1 to     0 any
 *     currencies      from, to    both, sorted   from, 0    0, to    0, 0
 *
 * A request is looked up under the ways of blanking its names (eight) times the five geographies.
 * Written as one number, client 32, tier 16, method 8 and the geography below, falling masks are
 * just the order of precedence, so the first hit is the answer; masks that no rule uses, or that
 * need a name which no rule has, are skipped. Rules of one key lie in a run sorted by the start of
 * their bands, which a binary search looks through.
 *
 * Why not a grid of all combinations: 250 tiers by 170 by 170 currencies alone is 14 MB, for rules
 * that fit in 128 KB. Internal to this room. Immutable once built, then any thread. */
#pragma once

#include "tariff/tariff.h"

typedef struct rl_match_name rl_match_name;
typedef struct rl_match_slot rl_match_slot;

/* One rule's band, beside the others of its key. */
typedef struct rl_match_band {
  uint64_t key;
  int64_t from_minor;
  unsigned rule;
} rl_match_band;

typedef struct rl_match {
  unsigned band_count;
  rl_match_band *bands; /* owned; one for each rule, by key, then start, then rule */
  rl_match_slot *slots; /* owned; a power of two, at most half full */
  unsigned slot_bits;   /* its logarithm */
  uint64_t masks_used;  /* bit m: some rule uses mask m */
  unsigned name_count;
  rl_match_name *names; /* owned; by number, from 1 */
  uint16_t *name_slots; /* owned; numbers, 0: empty; a power of two, at most half full */
  unsigned name_bits;
  unsigned default_tier; /* its number, 0 if no rule names it */
} rl_match;

/* Indexes 1 … RL_RULES_MAX rules, with whatever bands. RL_NO_MEMORY. Ended by rl_match_fini, which
 * takes a zeroed one, too. */
RL_MUST_USE rl_status rl_match_init(rl_match *match, const rl_rule *rules, unsigned count);
void rl_match_fini(rl_match *match);

/* The tier of requests that name none. */
void rl_match_set_default_tier(rl_match *match, const char *tier);

/* The rule's index, or -1. Needs bands without gaps. */
int rl_match_find(const rl_match *match, const rl_tariff_query *query);

/* Whether rules with the same client, tier and method as this key's, but a geography that goes
 * before its own, take the requests from one currency to another. */
bool rl_match_is_hidden(const rl_match *match, uint64_t key, rl_currency from, rl_currency to);
