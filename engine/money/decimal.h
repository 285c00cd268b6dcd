/* Unsigned decimals as text: the one reader and the one writer that amounts, rates and basis
 * points share. Private to this room. Pure, allocation-free, any thread. */
#pragma once

#include "status/status.h"

#include <stddef.h>
#include <stdint.h>

/* What digits with at most one '.' say, before any limit is applied. */
typedef struct rl_decimal {
  uint64_t mantissa;      /* all digits as one integer; RL_DECIMAL_HUGE if it is that or more */
  size_t decimals;        /* digits after the point, trailing zeros counted */
  size_t significant;     /* digits from the first that is not 0, trailing zeros counted */
} rl_decimal;

/* Beyond every limit of this room, and ten times it still fits 64 bits. */
#define RL_DECIMAL_HUGE 1000000000000000000ull

/* Digits with at most one '.', at least one digit on each side of it; anything else is
 * RL_INVALID. */
RL_MUST_USE rl_status rl_decimal_read(const char *text, size_t length, rl_decimal *out);

/* Writes mantissa x 10^-scale with all its decimals, at least one digit before the point, and a
 * NUL. Returns the length, at most 21 + scale. */
#define RL_DECIMAL_SCALE_MAX 18
size_t rl_decimal_write(uint64_t mantissa, unsigned scale, char *out);
