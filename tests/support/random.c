#include "support/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

uint64_t rl_test_seed(const char *what)
{
  const char *given = getenv("RL_SEED");
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  uint64_t seed = given ? strtoull(given, NULL, 0)
                        : (uint64_t)now.tv_nsec * 2654435761u ^ (uint64_t)now.tv_sec;
  fprintf(stderr, "%s: RL_SEED=%" PRIu64 " replays this run\n", what, seed);
  return seed;
}

rl_random rl_random_from(uint64_t seed)
{
  return (rl_random){.state = seed};
}

uint64_t rl_random_next(rl_random *random)
{
  uint64_t z = (random->state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

uint64_t rl_random_below(rl_random *random, uint64_t bound)
{
  return rl_random_next(random) % bound;
}

int64_t rl_random_between(rl_random *random, int64_t low, int64_t high)
{
  return low + (int64_t)rl_random_below(random, (uint64_t)(high - low) + 1);
}

uint64_t rl_random_magnitude(rl_random *random, uint64_t max)
{
  unsigned bits = 64u - (unsigned)__builtin_clzll(max);
  uint64_t value = rl_random_next(random) >> (64u - 1u - rl_random_below(random, bits));
  return value % max + 1;
}
