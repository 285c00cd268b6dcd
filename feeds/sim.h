/* A made-up market around real rates: venues that quote, now and then crossed, now and then not
 * at all.
 *
 * Each currency walks at random around its fixing against the euro, and every pair is priced from
 * its two currencies, so that no triangle of pairs earns. Prices are integers throughout. The
 * same options give the same ticks on every machine. No clock, no I/O; one thread at a time. */
#pragma once

#include "feeds/ecb.h"
#include "market/universe.h"

typedef struct rl_sim rl_sim;

#define RL_SIM_VENUES_MAX 8
/* A currency stays within so much of its fixing, in parts per million. */
#define RL_SIM_WALK_PPM 5000

typedef struct rl_sim_options {
  const rl_universe *universe; /* must outlive the simulator */
  const rl_ecb_fixing *fixing; /* read while creating only */
  uint64_t seed;
  unsigned venues;             /* 1 … RL_SIM_VENUES_MAX */
  uint32_t steps_per_second;   /* 1 … 10^6: makes outages last seconds */
} rl_sim_options;

typedef struct rl_sim_tick {
  uint64_t step; /* due at step / steps_per_second; 0 while opening; an outage leaves some out */
  unsigned venue;
  rl_pair pair;
  rl_rate bid;
  rl_rate ask;
  uint64_t bid_size; /* whole units of base currency */
  uint64_t ask_size;
} rl_sim_tick;

/* RL_NOT_FOUND when no pair of the universe can be derived from the fixing. */
RL_MUST_USE rl_status rl_sim_create(const rl_sim_options *options, rl_sim **out, rl_error *error);
void rl_sim_destroy(rl_sim *sim);

/* How many pairs of the universe the fixing gives rates for. The market opens with one tick for
 * each of them and each venue, all at step 0, as a venue gives its book to whoever connects. */
unsigned rl_sim_pair_count(const rl_sim *sim);

/* The next tick. There always is one: outages end. */
void rl_sim_next(rl_sim *sim, rl_sim_tick *out);
