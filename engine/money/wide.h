/* 128-bit arithmetic with the four roundings. All multiplication and division of money is done
 * through these; design M1 derives the limits that keep every product below 2^127, and each
 * function asserts rather than wraps.
 *
 * Pure, allocation-free, any thread. Inline, since a call costs more than most of it. */
#pragma once

#include "status/limits.h"
#include "status/status.h"

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 rl_u128;
__extension__ typedef __int128 rl_i128;

typedef enum rl_rounding {
  RL_ROUND_DOWN,      /* towards zero: what we pay out (floor) */
  RL_ROUND_UP,        /* away from zero: what we take in (ceiling) */
  RL_ROUND_HALF_UP,   /* to nearest, a tie away from zero: fees */
  RL_ROUND_HALF_EVEN, /* to nearest, a tie to the even digit: shown rates */
} rl_rounding;

#define RL_POW10_MAX 38
extern const rl_u128 rl_powers_of_ten[RL_POW10_MAX + 1];

/* 10^exponent for 0 <= exponent <= 38. */
static inline rl_u128 rl_pow10(unsigned exponent)
{
  RL_ASSERT(exponent <= RL_POW10_MAX);
  return rl_powers_of_ten[exponent];
}

/* a * b, asserting that it fits 128 bits. */
static inline rl_u128 rl_wide_mul(rl_u128 a, rl_u128 b)
{
  rl_u128 product;
  bool overflow = __builtin_mul_overflow(a, b, &product);
  RL_ASSERT(!overflow);
  return product;
}

/* numerator = quotient x denominator + remainder, remainder < denominator. */
typedef struct rl_division {
  rl_u128 quotient;
  rl_u128 remainder;
} rl_division;

/* denominator > 0. Where both fit, 64 bits divide several times faster; and asked for `/` and `%`
 * of 128 bits the compiler would divide twice. */
static inline rl_division rl_wide_divide(rl_u128 numerator, rl_u128 denominator)
{
  RL_ASSERT(denominator > 0);
  bool narrow = (numerator | denominator) >> 64 == 0;
  rl_u128 quotient = narrow ? (uint64_t)numerator / (uint64_t)denominator : numerator / denominator;
  return (rl_division){.quotient = quotient, .remainder = numerator - quotient * denominator};
}

/* Whether a quotient that was cut off is to be raised by one. */
static inline bool rl_rounds_up(rl_rounding rounding, rl_division cut, rl_u128 denominator)
{
  rl_u128 rest = denominator - cut.remainder; /* twice the remainder need not fit */
  switch (rounding) {
  case RL_ROUND_DOWN: return false;
  case RL_ROUND_UP: return cut.remainder != 0;
  case RL_ROUND_HALF_UP: return cut.remainder >= rest;
  case RL_ROUND_HALF_EVEN:
    return cut.remainder > rest || (cut.remainder == rest && (cut.quotient & 1));
  }
  return false;
}

/* numerator / denominator to an integer; denominator > 0. */
static inline rl_u128 rl_wide_div(rl_u128 numerator, rl_u128 denominator, rl_rounding rounding)
{
  rl_division cut = rl_wide_divide(numerator, denominator);
  return cut.quotient + rl_rounds_up(rounding, cut, denominator);
}
