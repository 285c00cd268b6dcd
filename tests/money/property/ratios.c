/* Ratios of up to three legs and a markup, carried along as a rational step by step. */
#include "cases.h"

#include <stdio.h>

typedef struct carried_ratio {
  rl_ratio ratio;
  mpq_t value;
} carried_ratio;

static const uint64_t leg_units_max = 2ull * RL_SOURCE_MANTISSA_MAX;

/* Half units of a leg: often a decimal that ends in 5, so that a rounding meets its tie. */
static uint64_t draw_units(rl_random *random)
{
  switch (rl_random_below(random, 5)) {
  case 0: return leg_units_max - rl_random_below(random, 2);
  case 1: return 10 * draw_below_pow10(random, (unsigned)rl_random_between(random, 4, 8)) + 5;
  default: return rl_random_magnitude(random, leg_units_max);
  }
}

static void add_leg(carried_ratio *subject, rl_random *random, uint64_t units)
{
  unsigned scale = rl_random_below(random, 4) ? 9 : (unsigned)rl_random_below(random, 13);
  unsigned divisor = 1 + (unsigned)rl_random_below(random, 2);
  mpq_t leg;
  mpq_init(leg);
  exact_decimal(leg, units, (int)scale, divisor);
  if (rl_random_below(random, 2)) {
    subject->ratio = rl_ratio_times(subject->ratio, units, scale, divisor);
    mpq_mul(subject->value, subject->value, leg);
  } else {
    subject->ratio = rl_ratio_over(subject->ratio, units, scale, divisor);
    mpq_div(subject->value, subject->value, leg);
  }
  mpq_clear(leg);
}

static void mark_up(carried_ratio *subject, rl_random *random)
{
  int64_t markup = rl_random_between(random, -RL_RATIO_E8_MAX, RL_RATIO_E8_MAX);
  if (rl_random_below(random, 4) == 0)
    markup = rl_random_below(random, 2) ? RL_RATIO_E8_MAX : -RL_RATIO_E8_MAX;
  mpq_t factor;
  mpq_init(factor);
  exact_decimal(factor, (rl_u128)(RL_UNIT_E8 + markup), 8, 1);
  subject->ratio = rl_ratio_marked_up(subject->ratio, markup);
  mpq_mul(subject->value, subject->value, factor);
  mpq_clear(factor);
}

static void invert(carried_ratio *subject)
{
  subject->ratio = rl_ratio_inverse(subject->ratio);
  mpq_inv(subject->value, subject->value);
}

static void draw_subject(carried_ratio *subject, rl_random *random)
{
  subject->ratio = rl_ratio_one();
  mpq_init(subject->value);
  mpq_set_ui(subject->value, 1, 1);
  uint64_t units = draw_units(random);
  for (uint64_t legs = rl_random_below(random, RL_LEGS_MAX + 1); legs > 0; legs--) {
    add_leg(subject, random, units);
    /* A leg that nearly undoes the one before leaves a value just off a round one. */
    units = rl_random_below(random, 3) ? draw_units(random) : units - (units > 1);
  }
  if (rl_random_below(random, 2))
    mark_up(subject, random);
  if (rl_random_below(random, 2))
    invert(subject);
}

static void check_value(const carried_ratio *subject)
{
  mpq_t held;
  mpq_init(held);
  exact_ratio(held, subject->ratio);
  if (!mpq_equal(held, subject->value))
    exact_differs("ratio is %Qd, not %Qd", held, subject->value);
  mpq_clear(held);
}

static bool in_range(const mpq_t value)
{
  mpq_t least, beyond;
  mpq_inits(least, beyond, NULL);
  exact_pow10(least, -9);
  exact_pow10(beyond, 9);
  bool inside = mpq_cmp(value, least) >= 0 && mpq_cmp(value, beyond) < 0;
  mpq_clears(least, beyond, NULL);
  return inside;
}

static void check_rounded(const carried_ratio *subject, unsigned digits, rl_rounding rounding,
                          const mpq_t expected)
{
  rl_rate rate = {.mantissa = 77, .scale = 7};
  int direction = 7;
  rl_status status = rl_ratio_round(subject->ratio, digits, rounding, &rate, &direction);
  if (!in_range(expected)) {
    if (status != RL_OUT_OF_RANGE || rate.mantissa != 77 || rate.scale != 7 || direction != 7)
      exact_differs("%Qd in %u digits: beyond a rate's range, status %d", subject->value, digits,
                    (int)status);
    return;
  }
  mpq_t got;
  mpq_init(got);
  exact_rate(got, rate);
  if (status != RL_OK || !mpq_equal(got, expected)
      || direction != exact_compare(expected, subject->value)
      || (rate.scale > 0 && rate.mantissa % 10 == 0))
    exact_differs("%Qd in %u digits, rounding %d: %Qd, not %Qd (status %d, direction %d)",
                  subject->value, digits, (int)rounding, got, expected, (int)status, direction);
  mpq_clear(got);
}

static void check_compare(const carried_ratio *subject, rl_rate rate)
{
  mpq_t value;
  mpq_init(value);
  exact_rate(value, rate);
  int expected = exact_compare(value, subject->value);
  int got = rl_rate_compare_ratio(rate, subject->ratio);
  if ((got > 0) - (got < 0) != expected)
    exact_differs("%Qd against %Qd: %d, not %d", value, subject->value, got, expected);
  mpq_clear(value);
}

/* The rate nearest the ratio and its neighbours, where a comparison is hardest. */
static void check_neighbours(const carried_ratio *subject)
{
  rl_rate near;
  if (rl_ratio_round(subject->ratio, 10, RL_ROUND_DOWN, &near, NULL) != RL_OK)
    return;
  check_compare(subject, near);
  if (near.mantissa < RL_CLIENT_MANTISSA_MAX)
    check_compare(subject, (rl_rate){near.mantissa + 1, near.scale});
  if (near.mantissa > 1)
    check_compare(subject, (rl_rate){near.mantissa - 1, near.scale});
}

static void check_amount_rounded(const carried_ratio *subject, int64_t amount, int shift,
                                 rl_rounding rounding)
{
  mpq_t product, factor;
  mpz_t expected;
  mpq_inits(product, factor, NULL);
  mpz_init(expected);
  exact_decimal(factor, (rl_u128)amount, -shift, 1);
  mpq_mul(product, subject->value, factor);
  exact_rounded(expected, product, rounding);
  int64_t got = -7;
  rl_status status = rounding == RL_ROUND_UP
                       ? rl_ratio_amount_ceil(subject->ratio, amount, shift, &got)
                       : rl_ratio_amount_floor(subject->ratio, amount, shift, &got);
  bool fits = mpz_fits_slong_p(expected);
  if (fits ? status != RL_OK || mpz_cmp_si(expected, got) != 0
           : status != RL_OUT_OF_RANGE || got != -7)
    exact_differs("%ld x %Qd x 10^%d: %ld, not %Zd (status %d)", (long)amount, subject->value,
                  shift, (long)got, expected, (int)status);
  mpq_clears(product, factor, NULL);
  mpz_clear(expected);
}

static void check_amount(const carried_ratio *subject, int64_t amount, int shift)
{
  check_amount_rounded(subject, amount, shift, RL_ROUND_DOWN);
  check_amount_rounded(subject, amount, shift, RL_ROUND_UP);
}

/* An amount whose product with the ratio is an integer, or one off it, where there is one. */
static int64_t amount_near_integer(const carried_ratio *subject, rl_random *random)
{
  const __mpz_struct *divisor = mpq_denref(subject->value);
  if (!mpz_fits_slong_p(divisor) || mpz_cmp_si(divisor, RL_AMOUNT_MAX) > 0)
    return draw_amount(random);
  int64_t unit = mpz_get_si(divisor);
  int64_t amount = unit * rl_random_between(random, 0, RL_AMOUNT_MAX / unit);
  return amount - (amount > 0 && rl_random_below(random, 2));
}

void property_ratio(rl_random *random)
{
  carried_ratio subject;
  draw_subject(&subject, random);
  check_value(&subject);
  unsigned digits = (unsigned)rl_random_between(random, 4, 10);
  rl_rounding rounding = draw_rounding(random);
  mpq_t expected;
  mpq_init(expected);
  exact_significant(expected, subject.value, digits, rounding);
  check_rounded(&subject, digits, rounding, expected);
  mpq_clear(expected);
  check_neighbours(&subject);
  check_compare(&subject, draw_rate(random));
  int shift = (int)rl_random_between(random, -4, 4);
  int64_t amount = rl_random_below(random, 2) ? draw_amount(random)
                                              : amount_near_integer(&subject, random);
  check_amount(&subject, amount, shift);
  mpq_clear(subject.value);
}
