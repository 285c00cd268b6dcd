/* Every function of the money room against exact rationals, on random cases that like the edges.
 *
 *   money_property [--cases N]     default 1,200,000; RL_SEED replays a run */
#include "cases.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*const families[])(rl_random *) = {
  property_ratio,      property_ratio,       property_conversion,  property_conversion,
  property_share,      property_wide,        property_rate_text,   property_amount_text,
  property_bps_text,
};
#define FAMILIES (sizeof families / sizeof families[0])

static uint64_t cases_asked(int argc, char **argv)
{
  if (argc == 1)
    return 1200000;
  if (argc == 3 && strcmp(argv[1], "--cases") == 0)
    return strtoull(argv[2], NULL, 10);
  fprintf(stderr, "usage: %s [--cases N]\n", argv[0]);
  exit(2);
}

int main(int argc, char **argv)
{
  uint64_t cases = cases_asked(argc, argv);
  rl_random random = rl_random_from(rl_test_seed("money_property"));
  for (exact_case = 0; exact_case < cases; exact_case++)
    families[exact_case % FAMILIES](&random);
  printf("money_property: %" PRIu64 " cases agree with exact rationals\n", cases);
  return cases > 0 ? 0 : 1;
}
