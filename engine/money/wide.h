/* 128-bit arithmetic with the four roundings. All multiplication and division of money is done
 * through these; design M1 derives the limits that keep every product below 2^127, and each
 * function asserts rather than wraps.
 *
 * Pure, allocation-free, any thread. */
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

/* 10^exponent for 0 <= exponent <= 38. */
rl_u128 rl_pow10(unsigned exponent);

/* a * b, asserting that it fits 128 bits. */
rl_u128 rl_wide_mul(rl_u128 a, rl_u128 b);

/* Whether `quotient`, cut off with `remainder` of `denominator` left over, is to be raised by one.
 * remainder < denominator. */
bool rl_rounds_up(rl_rounding rounding, rl_u128 quotient, rl_u128 remainder, rl_u128 denominator);

/* numerator / denominator to an integer; denominator > 0. */
rl_u128 rl_wide_div(rl_u128 numerator, rl_u128 denominator, rl_rounding rounding);
