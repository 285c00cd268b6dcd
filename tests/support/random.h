/* Random numbers for tests: seeded, printed, replayable.
 *
 * Every randomised test starts with rl_test_seed(), which takes the seed from the environment
 * variable RL_SEED if it is set, otherwise makes one, and prints it, so that any failure is
 * replayed by running the same test with RL_SEED=<printed value>. */
#pragma once

#include <stdint.h>

typedef struct rl_random {
  uint64_t state; /* any value */
} rl_random;

/* A seed for `what`, printed on stderr together with the way to replay it. */
uint64_t rl_test_seed(const char *what);

/* A generator that gives the same numbers for the same seed on every machine (SplitMix64). */
rl_random rl_random_from(uint64_t seed);
uint64_t rl_random_next(rl_random *random);

/* A number in [0, bound), bound > 0. The modulo's bias does not matter to a test. */
uint64_t rl_random_below(rl_random *random, uint64_t bound);

/* A number in [low, high]. */
int64_t rl_random_between(rl_random *random, int64_t low, int64_t high);

/* A number in [1, max] whose order of magnitude is as likely small as large. */
uint64_t rl_random_magnitude(rl_random *random, uint64_t max);
