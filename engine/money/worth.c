/* What a sum is worth at a ratio: for reports, where sums have 128 bits and may be below zero. */
#include "money/rate.h"

/* As much of a negative power as fits stands in the denominator: what is cut off there is cut off
 * once, with its remainder known. */
static rl_u128 fold_power(rl_u128 denominator, int *power)
{
  const rl_u128 most = ((rl_u128)1 << RL_RATIO_SIDE_BITS) / 10;
  while (*power < 0 && denominator < most) {
    denominator *= 10;
    (*power)++;
  }
  return denominator;
}

/* One more digit of the sum: Q and R become 10 (Q + R / d) + digit x n / d. R x 10 + 9 x n is below
 * 19 x 2^120. */
static rl_status append_digit(rl_division *value, unsigned digit, rl_u128 numerator,
                              rl_u128 denominator)
{
  rl_division next =
    rl_wide_divide(value->remainder * 10 + digit * numerator, denominator);
  rl_u128 quotient;
  if (__builtin_mul_overflow(value->quotient, (rl_u128)10, &quotient)
      || __builtin_add_overflow(quotient, next.quotient, &quotient))
    return RL_OUT_OF_RANGE;
  *value = (rl_division){.quotient = quotient, .remainder = next.remainder};
  return RL_OK;
}

/* The last `count` decimal digits of a value cut off: to nearest, a tie to even. */
static rl_u128 round_off(rl_division value, unsigned count)
{
  if (count > RL_POW10_MAX)
    return 0; /* less than a third of 10^39 / 10^39 */
  rl_u128 unit = rl_pow10(count);
  rl_division cut = rl_wide_divide(value.quotient, unit);
  bool tie = cut.remainder == unit / 2;
  if (tie && value.remainder > 0)
    return cut.quotient + 1;
  return cut.quotient + rl_rounds_up(RL_ROUND_HALF_EVEN, cut, unit);
}

rl_status rl_ratio_worth(rl_ratio ratio, rl_i128 sum, int shift, rl_i128 *out)
{
  RL_ASSERT(shift >= -4 && shift <= 4);
  rl_u128 left = sum < 0 ? -(rl_u128)sum : (rl_u128)sum;
  int power = ratio.exponent + shift;
  rl_u128 denominator = fold_power(ratio.denominator, &power);
  rl_division value = {0};
  rl_status status = RL_OK;
  for (int place = RL_POW10_MAX; place >= 0 && status == RL_OK; place--) {
    rl_division digit = rl_wide_divide(left, rl_pow10((unsigned)place));
    left = digit.remainder;
    status = append_digit(&value, (unsigned)digit.quotient, ratio.numerator, denominator);
  }
  for (; power > 0 && sum != 0 && status == RL_OK; power--)
    status = append_digit(&value, 0, ratio.numerator, denominator);
  if (status != RL_OK)
    return status;
  rl_u128 rounded = power < 0
    ? round_off(value, (unsigned)-power)
    : value.quotient + rl_rounds_up(RL_ROUND_HALF_EVEN, value, denominator);
  if (rounded >> 127)
    return RL_OUT_OF_RANGE;
  *out = sum < 0 ? -(rl_i128)rounded : (rl_i128)rounded;
  return RL_OK;
}
