/* Before gmp.h, which declares its printing functions for those who have these already. */
#include <stdarg.h>
#include <stdio.h>

#include "exact.h"

#include <inttypes.h>
#include <stdlib.h>

uint64_t exact_case;

void exact_integer(mpz_t out, rl_u128 value)
{
  uint64_t words[2] = {(uint64_t)(value >> 64), (uint64_t)value};
  mpz_import(out, 2, 1, sizeof words[0], 0, 0, words);
}

void exact_pow10(mpq_t out, int exponent)
{
  mpq_set_ui(out, 1, 1);
  mpz_ui_pow_ui(exponent < 0 ? mpq_denref(out) : mpq_numref(out), 10, (unsigned)abs(exponent));
}

void exact_decimal(mpq_t out, rl_u128 units, int scale, unsigned divisor)
{
  mpq_t power;
  mpq_init(power);
  exact_pow10(power, -scale);
  exact_integer(mpq_numref(out), units);
  mpz_set_ui(mpq_denref(out), divisor);
  mpq_canonicalize(out);
  mpq_mul(out, out, power);
  mpq_clear(power);
}

void exact_rate(mpq_t out, rl_rate rate)
{
  exact_decimal(out, rate.mantissa, rate.scale, 1);
}

void exact_ratio(mpq_t out, rl_ratio ratio)
{
  mpq_t denominator;
  mpq_init(denominator);
  exact_decimal(out, ratio.numerator, -ratio.exponent, 1);
  exact_decimal(denominator, ratio.denominator, 0, 1);
  mpq_div(out, out, denominator);
  mpq_clear(denominator);
}

static void half_to_even(mpz_t out, const mpq_t value)
{
  mpz_t rest;
  mpz_init(rest);
  mpz_fdiv_qr(out, rest, mpq_numref(value), mpq_denref(value));
  mpz_mul_2exp(rest, rest, 1);
  int tie = mpz_cmp(rest, mpq_denref(value));
  if (tie > 0 || (tie == 0 && mpz_odd_p(out)))
    mpz_add_ui(out, out, 1);
  mpz_clear(rest);
}

static void half_up(mpz_t out, const mpq_t value)
{
  mpq_t half;
  mpq_init(half);
  mpq_set_ui(half, 1, 2);
  mpq_add(half, half, value);
  mpz_fdiv_q(out, mpq_numref(half), mpq_denref(half));
  mpq_clear(half);
}

void exact_rounded(mpz_t out, const mpq_t value, rl_rounding rounding)
{
  switch (rounding) {
  case RL_ROUND_DOWN: mpz_fdiv_q(out, mpq_numref(value), mpq_denref(value)); break;
  case RL_ROUND_UP: mpz_cdiv_q(out, mpq_numref(value), mpq_denref(value)); break;
  case RL_ROUND_HALF_UP: half_up(out, value); break;
  case RL_ROUND_HALF_EVEN: half_to_even(out, value); break;
  }
}

/* The k with 10^k <= value < 10^(k+1). */
static int magnitude_of(const mpq_t value)
{
  mpq_t power;
  mpq_init(power);
  int magnitude = (int)mpz_sizeinbase(mpq_numref(value), 10)
                  - (int)mpz_sizeinbase(mpq_denref(value), 10) + 2;
  do
    exact_pow10(power, --magnitude);
  while (mpq_cmp(power, value) > 0);
  mpq_clear(power);
  return magnitude;
}

void exact_significant(mpq_t out, const mpq_t value, unsigned digits, rl_rounding rounding)
{
  mpq_t unit, count;
  mpz_t whole;
  mpq_inits(unit, count, NULL);
  mpz_init(whole);
  exact_pow10(unit, magnitude_of(value) - (int)digits + 1);
  mpq_div(count, value, unit);
  exact_rounded(whole, count, rounding);
  mpq_set_z(count, whole);
  mpq_mul(out, count, unit);
  mpq_clears(unit, count, NULL);
  mpz_clear(whole);
}

int exact_compare(const mpq_t left, const mpq_t right)
{
  int order = mpq_cmp(left, right);
  return (order > 0) - (order < 0);
}

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
