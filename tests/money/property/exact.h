/* The rules of money over GMP's rationals: the other method that the room is held against.
 *
 * Everything here follows the words of the headers (a rate is a decimal, rounding is to the
 * nearest multiple of a power of ten) and nothing of the way in which the room computes: no
 * limits of size, no long division, no powers kept apart. Results are set into values that the
 * caller has initialised. */
#pragma once

#include "money/rate.h"
#include "support/random.h"

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

/* Prints what differed, with the case's number, and ends the program. */
_Noreturn void exact_differs(const char *format, ...);
/* The number of the running case, for exact_differs. */
extern uint64_t exact_case;

/* --- draws that like the edges --- */

int64_t draw_amount(rl_random *random);   /* 0 … RL_AMOUNT_MAX */
uint64_t draw_below_pow10(rl_random *random, unsigned digits); /* 1 … 10^digits - 1 */
rl_rate draw_rate(rl_random *random);     /* within 10^-9 <= rate < 10^9 */
rl_rounding draw_rounding(rl_random *random);

/* One case of each family; they end the program on a difference. */
void property_ratio(rl_random *random);
void property_wide(rl_random *random);
void property_conversion(rl_random *random);
void property_share(rl_random *random);
void property_rate_text(rl_random *random);
void property_amount_text(rl_random *random);
void property_bps_text(rl_random *random);
