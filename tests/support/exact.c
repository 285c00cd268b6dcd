#include "support/exact.h"

#include <stdlib.h>

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
