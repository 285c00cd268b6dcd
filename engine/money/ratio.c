/* Exact ratios, and the decimals and amounts that are taken from them by long division.
 *
 * A ratio is numerator / denominator x 10^exponent, never reduced: reducing costs more than the
 * digits it saves.
 *
 * Invariant: 0 < numerator, denominator < 2^120 (1.33 x 10^36). By M1 three legs bring at most
 * (2 x 999999999)^3 < 8 x 10^27 and a markup 1.5 x 10^8 to one side: 1.2 x 10^36. Every function
 * that multiplies a side asserts it.
 *
 * Long division takes as many digits a step as its operands leave room for below 2^127, which by
 * the invariant is at least two (10^2 x 2^120 < 2^127), at most one step for all digits of a
 * direct pair. The steps change what a result costs, never what it is.
 *
 * Why not scale the numerator once and divide: 1.2 x 10^36 x 10^10 does not fit 128 bits. */
#include "money/rate.h"

#include <stdlib.h>

#define SIDE_BITS 120
#define DIGITS_MIN 4
#define DIGITS_MAX 10

static unsigned bit_length(rl_u128 value)
{
  uint64_t high = (uint64_t)(value >> 64);
  uint64_t low = (uint64_t)value;
  if (high)
    return 128 - (unsigned)__builtin_clzll(high);
  return low ? 64 - (unsigned)__builtin_clzll(low) : 0;
}

/* floor(log10(2^bits)), exact for |bits| <= 128. */
static int decimal_digits(int bits)
{
  return (bits * 1233) >> 12;
}

/* How many powers of ten `value` can be multiplied by and stay below 2^bits. */
static int room_below(int bits, rl_u128 value)
{
  return decimal_digits(bits - (int)bit_length(value));
}

static int least(int left, int right)
{
  return left < right ? left : right;
}

static rl_u128 side_times(rl_u128 side, rl_u128 factor)
{
  rl_u128 product = rl_wide_mul(side, factor);
  RL_ASSERT(product > 0 && product >> SIDE_BITS == 0);
  return product;
}

rl_ratio rl_ratio_one(void)
{
  return (rl_ratio){.numerator = 1, .denominator = 1};
}

rl_ratio rl_ratio_times(rl_ratio ratio, uint64_t units, unsigned scale, unsigned divisor)
{
  ratio.numerator = side_times(ratio.numerator, units);
  ratio.denominator = side_times(ratio.denominator, divisor);
  ratio.exponent -= (int)scale;
  return ratio;
}

rl_ratio rl_ratio_over(rl_ratio ratio, uint64_t units, unsigned scale, unsigned divisor)
{
  return rl_ratio_inverse(rl_ratio_times(rl_ratio_inverse(ratio), units, scale, divisor));
}

rl_ratio rl_ratio_inverse(rl_ratio ratio)
{
  return (rl_ratio){
    .numerator = ratio.denominator,
    .denominator = ratio.numerator,
    .exponent = -ratio.exponent,
  };
}

rl_ratio rl_ratio_marked_up(rl_ratio ratio, int64_t markup_e8)
{
  RL_ASSERT(markup_e8 >= -RL_RATIO_E8_MAX && markup_e8 <= RL_RATIO_E8_MAX);
  ratio.numerator = side_times(ratio.numerator, (rl_u128)(RL_UNIT_E8 + markup_e8));
  ratio.exponent -= 8;
  return ratio;
}

/* A quotient cut off at its last digit: value = quotient + remainder / divisor. */
typedef struct cut {
  rl_u128 quotient;
  rl_u128 remainder; /* < divisor */
  rl_u128 divisor;
} cut;

/* More than any quotient that is asked for: division stops once it is reached. */
#define QUOTIENT_STOP ((rl_u128)1000000000000ull)
#define STEP_MAX 18 /* QUOTIENT_STOP x 10^18 fits easily */

/* numerator / denominator x 10^power. A quotient of QUOTIENT_STOP or more only tells that it is
 * so. A negative power of ten that does not fit into the denominator leaves one beyond 2^122,
 * above any numerator: the quotient is rightly 0, and only the size of its remainder is wrong. */
static cut divide(rl_u128 numerator, rl_u128 denominator, int power)
{
  int fold = least(abs(power), room_below(127, power < 0 ? denominator : numerator));
  if (power < 0)
    denominator *= rl_pow10((unsigned)fold);
  else
    numerator *= rl_pow10((unsigned)fold);
  cut result = {numerator / denominator, numerator % denominator, denominator};
  for (int left = power - fold; left > 0 && result.quotient < QUOTIENT_STOP;) {
    int step = least(least(left, STEP_MAX), room_below(127, denominator));
    rl_u128 rest = result.remainder * rl_pow10((unsigned)step);
    result.quotient = result.quotient * rl_pow10((unsigned)step) + rest / denominator;
    result.remainder = rest % denominator;
    left -= step;
  }
  return result;
}

/* Takes the last digit of a quotient back into the remainder. */
static cut shorten(cut value)
{
  return (cut){
    .quotient = value.quotient / 10,
    .remainder = value.quotient % 10 * value.divisor + value.remainder,
    .divisor = value.divisor * 10,
  };
}

rl_status rl_ratio_round(rl_ratio ratio, unsigned digits, rl_rounding rounding, rl_rate *out,
                         int *direction)
{
  RL_ASSERT(digits >= DIGITS_MIN && digits <= DIGITS_MAX);
  /* The decimal exponent of the quotient: this one or the next. */
  int magnitude = decimal_digits((int)bit_length(ratio.numerator)
                                 - (int)bit_length(ratio.denominator) - 1);
  cut value = divide(ratio.numerator, ratio.denominator, (int)digits - 1 - magnitude);
  if (value.quotient >= rl_pow10(digits)) {
    value = shorten(value);
    magnitude++;
  }
  bool up = rl_rounds_up(rounding, value.quotient, value.remainder, value.divisor);
  uint64_t mantissa = (uint64_t)value.quotient + up;
  int scale = (int)digits - 1 - magnitude - ratio.exponent;
  magnitude += ratio.exponent + (mantissa == rl_pow10(digits));
  if (magnitude < -9 || magnitude > 8)
    return RL_OUT_OF_RANGE;
  if (scale < 0) {
    mantissa *= (uint64_t)rl_pow10((unsigned)-scale);
    scale = 0;
  }
  *out = rl_rate_trim((rl_rate){.mantissa = mantissa, .scale = (uint8_t)scale});
  if (direction)
    *direction = value.remainder == 0 ? 0 : up ? 1 : -1;
  return RL_OK;
}

int rl_rate_compare_ratio(rl_rate rate, rl_ratio ratio)
{
  cut value = divide(ratio.numerator, ratio.denominator, ratio.exponent + rate.scale);
  RL_ASSERT(rate.mantissa < QUOTIENT_STOP);
  if (value.quotient != rate.mantissa)
    return rate.mantissa > value.quotient ? 1 : -1;
  return value.remainder ? -1 : 0;
}

/* quotient + remainder / divisor of the digits of an amount read so far. */
static void append_digits(cut *sum, cut unit, rl_u128 digits, int count)
{
  rl_u128 ten = rl_pow10((unsigned)count);
  rl_u128 rest = sum->remainder * ten + digits * unit.remainder;
  sum->quotient = sum->quotient * ten + digits * unit.quotient + rest / unit.divisor;
  sum->remainder = rest % unit.divisor;
}

#define AMOUNT_DIGITS 16 /* of RL_AMOUNT_MAX */

/* Appends `count` digits, the last ones of `digits`, in steps that keep
 * R x 10^k + (k digits) x r < 2 x 10^k x divisor below 2^127. RL_OUT_OF_RANGE once the quotient
 * is beyond INT64_MAX. */
static rl_status append_all(cut *sum, cut unit, uint64_t digits, int count)
{
  int step_max = least(AMOUNT_DIGITS, room_below(126, unit.divisor));
  while (count > 0) {
    int step = least(count, step_max);
    count -= step;
    uint64_t below = count < AMOUNT_DIGITS ? (uint64_t)rl_pow10((unsigned)count) : UINT64_MAX;
    append_digits(sum, unit, digits / below, step);
    digits %= below;
    if (sum->quotient > INT64_MAX)
      return RL_OUT_OF_RANGE;
  }
  return RL_OK;
}

/* With numerator = q x divisor + r, the value of the amount's digits read so far is
 * Q + R / divisor; k more digits make it 10^k times itself plus (k digits) x (q + r / divisor).
 * A positive power of ten is so many more digits, all 0. Of a negative one as much as fits stands
 * in the divisor; if that is not all, the divisor is beyond 2^115, so that q is below 2^5 and the
 * quotient far below 2^63 until the rest is divided off. */
rl_status rl_ratio_amount_floor(rl_ratio ratio, int64_t amount, int shift, int64_t *out)
{
  RL_ASSERT(amount >= 0 && amount <= RL_AMOUNT_MAX);
  RL_ASSERT(shift >= -4 && shift <= 4);
  int power = ratio.exponent + shift;
  int fold = power < 0 ? least(-power, room_below(SIDE_BITS, ratio.denominator)) : 0;
  rl_u128 divisor = ratio.denominator * rl_pow10((unsigned)fold);
  power += fold;
  cut unit = {ratio.numerator / divisor, ratio.numerator % divisor, divisor};
  cut sum = {.divisor = divisor};
  if (amount > 0) {
    if (unit.quotient > INT64_MAX
        || append_all(&sum, unit, (uint64_t)amount, AMOUNT_DIGITS) != RL_OK
        || append_all(&sum, unit, 0, power) != RL_OK)
      return RL_OUT_OF_RANGE;
  }
  if (power < 0)
    sum.quotient /= rl_pow10((unsigned)least(-power, 38));
  *out = (int64_t)sum.quotient;
  return RL_OK;
}
