/* The rules of money over GMP's rationals: the other method that money and prices are held
 * against.
 *
 * Everything here follows the words of the headers (a rate is a decimal, rounding is to the
 * nearest multiple of a power of ten) and nothing of the way in which the engine computes: no
 * limits of size, no long division, no powers kept apart. Results are set into values that the
 * caller has initialised. */
#pragma once

#include "money/rate.h"

#include <gmp.h>

void exact_integer(mpz_t out, rl_u128 value);
/* 10^exponent, of either sign. */
void exact_pow10(mpq_t out, int exponent);
/* value x units x 10^-scale / divisor */
void exact_decimal(mpq_t out, rl_u128 units, int scale, unsigned divisor);
void exact_rate(mpq_t out, rl_rate rate);
void exact_ratio(mpq_t out, rl_ratio ratio);

/* A rational that is not negative, rounded to an integer. */
void exact_rounded(mpz_t out, const mpq_t value, rl_rounding rounding);
/* A positive rational rounded to so many significant digits. */
void exact_significant(mpq_t out, const mpq_t value, unsigned digits, rl_rounding rounding);

/* Sign of left - right. */
int exact_compare(const mpq_t left, const mpq_t right);
