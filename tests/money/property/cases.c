/* Before gmp.h, which declares its printing functions for those who have these already. */
#include <stdarg.h>
#include <stdio.h>

#include "cases.h"

#include <inttypes.h>
#include <stdlib.h>

uint64_t exact_case;

void exact_differs(const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "case %" PRIu64 ": ", exact_case);
  gmp_vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  exit(1);
}

static const uint64_t powers[] = {
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
  100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
};

uint64_t draw_below_pow10(rl_random *random, unsigned digits)
{
  uint64_t max = powers[digits] - 1;
  switch (rl_random_below(random, 8)) {
  case 0: return 1;
  case 1: return max;
  case 2: return powers[rl_random_below(random, digits)];
  case 3: return powers[1 + rl_random_below(random, digits)] - 1;
  case 4: return 1 + rl_random_below(random, max);
  default: return rl_random_magnitude(random, max);
  }
}

int64_t draw_amount(rl_random *random)
{
  switch (rl_random_below(random, 6)) {
  case 0: return rl_random_between(random, 0, 2);
  case 1: return rl_random_between(random, RL_AMOUNT_MAX - 2, RL_AMOUNT_MAX);
  default: return (int64_t)draw_below_pow10(random, 15);
  }
}

rl_rate draw_rate(rl_random *random)
{
  uint64_t mantissa = draw_below_pow10(random, 10);
  int digits = 1;
  while (digits < 10 && mantissa >= powers[digits])
    digits++;
  /* 10^-9 <= rate < 10^9 asks for digits - 9 <= scale <= digits + 8. */
  int low = digits > 9 ? digits - 9 : 0;
  return (rl_rate){.mantissa = mantissa,
                   .scale = (uint8_t)rl_random_between(random, low, digits + 8)};
}

rl_rounding draw_rounding(rl_random *random)
{
  return (rl_rounding)rl_random_below(random, 4);
}
