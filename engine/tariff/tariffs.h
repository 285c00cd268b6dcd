/* The tariffs in force at one instant: a main one, and beside it, where a change is being tried, a
 * trial one for a share of the clients.
 *
 * Which clients try it: of the 128-bit XXH3 hash of the trial's name, a zero byte and the client's
 * name, take the low 64 bits modulo 100; below `percent` the client is priced by the trial. So a
 * client always gets the same tariff, on every engine and after every restart; raising the percent
 * adds clients and moves none; and another trial, by its name, tries other clients. */
#pragma once

#include "tariff/tariff.h"

typedef struct rl_tariffs rl_tariffs; /* immutable; shared by all threads */

/* `trial` may be NULL; percent is 0 … 100. On success both belong to *out, on failure they stay
 * the caller's. RL_OUT_OF_RANGE, RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_tariffs_create(rl_tariff *main, rl_tariff *trial, unsigned percent,
                                        rl_tariffs **out);
void rl_tariffs_destroy(rl_tariffs *tariffs);

const rl_tariff *rl_tariffs_main(const rl_tariffs *tariffs);
const rl_tariff *rl_tariffs_trial(const rl_tariffs *tariffs); /* NULL if none */
/* Of all clients, how many are priced by the trial; 0 without one. */
unsigned rl_tariffs_percent(const rl_tariffs *tariffs);

/* Names and hashes, for people: a copy that outlives the tariffs. */
typedef struct rl_in_force {
  char tariff[RL_NAME_MAX + 1];
  rl_digest hash;
  bool has_trial;
  char trial[RL_NAME_MAX + 1]; /* this and the next: if has_trial */
  rl_digest trial_hash;
  unsigned percent; /* 0 without a trial */
} rl_in_force;

rl_in_force rl_tariffs_in_force(const rl_tariffs *tariffs);

/* What the client is priced by. `client` has at most RL_CLIENT_NAME_MAX bytes. */
const rl_tariff *rl_tariffs_for(const rl_tariffs *tariffs, const char *client);
