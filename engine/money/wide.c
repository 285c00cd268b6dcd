#include "money/wide.h"

#define RL_POW10_MAX 38

rl_u128 rl_pow10(unsigned exponent)
{
#define E19 ((rl_u128)10000000000000000000ull)
  static const rl_u128 powers[RL_POW10_MAX + 1] = {
    1ull, 10ull, 100ull, 1000ull, 10000ull, 100000ull, 1000000ull, 10000000ull, 100000000ull,
    1000000000ull, 10000000000ull, 100000000000ull, 1000000000000ull, 10000000000000ull,
    100000000000000ull, 1000000000000000ull, 10000000000000000ull, 100000000000000000ull,
    1000000000000000000ull, E19, E19 * 10, E19 * 100, E19 * 1000, E19 * 10000, E19 * 100000,
    E19 * 1000000, E19 * 10000000, E19 * 100000000, E19 * 1000000000, E19 * 10000000000ull,
    E19 * 100000000000ull, E19 * 1000000000000ull, E19 * 10000000000000ull,
    E19 * 100000000000000ull, E19 * 1000000000000000ull, E19 * 10000000000000000ull,
    E19 * 100000000000000000ull, E19 * 1000000000000000000ull, E19 * E19,
  };
#undef E19
  RL_ASSERT(exponent <= RL_POW10_MAX);
  return powers[exponent];
}

rl_u128 rl_wide_mul(rl_u128 a, rl_u128 b)
{
  rl_u128 product;
  bool overflow = __builtin_mul_overflow(a, b, &product);
  RL_ASSERT(!overflow);
  return product;
}

bool rl_rounds_up(rl_rounding rounding, rl_u128 quotient, rl_u128 remainder, rl_u128 denominator)
{
  rl_u128 rest = denominator - remainder; /* twice the remainder need not fit */
  switch (rounding) {
  case RL_ROUND_DOWN: return false;
  case RL_ROUND_UP: return remainder != 0;
  case RL_ROUND_HALF_UP: return remainder >= rest;
  case RL_ROUND_HALF_EVEN: return remainder > rest || (remainder == rest && (quotient & 1));
  }
  return false;
}

rl_u128 rl_wide_div(rl_u128 numerator, rl_u128 denominator, rl_rounding rounding)
{
  RL_ASSERT(denominator > 0);
  rl_u128 quotient = numerator / denominator;
  rl_u128 remainder = numerator % denominator;
  return quotient + rl_rounds_up(rounding, quotient, remainder, denominator);
}
