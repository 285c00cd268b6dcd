/* The decimals and amounts that are taken from exact ratios, by long division.
 *
 * A ratio is never reduced: reducing costs more than the digits it saves. By its invariant both
 * sides are above 0 and below 2^120.
 *
 * Long division takes as many digits a step as its operands leave room for below 2^127, which by
 * the invariant is at least two (10^2 x 2^120 < 2^127). The steps change what a result costs, never
 * what it is.
 *
 * Why not scale the numerator once and divide: 1.2 x 10^36 x 10^10 does not fit 128 bits. */
#include "money/rate.h"

#include <stdlib.h>

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

/* A quotient cut off at its last digit: value = quotient + remainder / divisor. */
typedef struct cut_quotient {
  rl_division cut;
  rl_u128 divisor;
} cut_quotient;

/* More than any quotient that is asked for: division stops once it is reached. */
#define QUOTIENT_STOP ((rl_u128)1000000000000ull)
#define STEP_MAX 18 /* QUOTIENT_STOP x 10^18 fits easily */

/* numerator / denominator x 10^power. A quotient of QUOTIENT_STOP or more only tells that it is
 * so. A negative power of ten that does not fit into the denominator leaves one beyond 2^122,
 * above any numerator: the quotient is rightly 0, and only the size of its remainder is wrong. */
static cut_quotient divide(rl_u128 numerator, rl_u128 denominator, int power)
{
  int fold = least(abs(power), room_below(127, power < 0 ? denominator : numerator));
  if (power < 0)
    denominator *= rl_pow10((unsigned)fold);
  else
    numerator *= rl_pow10((unsigned)fold);
  rl_division cut = rl_wide_divide(numerator, denominator);
  for (int left = power - fold; left > 0 && cut.quotient < QUOTIENT_STOP;) {
    int step = least(least(left, STEP_MAX), room_below(127, denominator));
    rl_u128 ten = rl_pow10((unsigned)step);
    rl_division next = rl_wide_divide(cut.remainder * ten, denominator);
    cut = (rl_division){cut.quotient * ten + next.quotient, next.remainder};
    left -= step;
  }
  return (cut_quotient){cut, denominator};
}

/* Takes the last digit of a quotient back into the remainder. */
static cut_quotient shorten(cut_quotient value)
{
  rl_division digit = rl_wide_divide(value.cut.quotient, 10);
  return (cut_quotient){
    .cut = {digit.quotient, digit.remainder * value.divisor + value.cut.remainder},
    .divisor = value.divisor * 10,
  };
}

/* Whether a decimal of at most 18 places is within 10^-9 <= rate < 10^9. */
static bool is_rate(rl_u128 mantissa, unsigned scale)
{
  return mantissa < rl_pow10(9 + scale) && (scale < 9 || mantissa >= rl_pow10(scale - 9));
}

/* The side of one leg, walked from its base, is a decimal as it stands: units, or half units. Then
 * nothing is divided. */
static bool is_short_decimal(rl_ratio ratio, unsigned digits, rl_rate *out)
{
  if (ratio.denominator > 2 || ratio.exponent > 0 || ratio.exponent <= -RL_RATE_SCALE_MAX ||
      ratio.numerator >= rl_pow10(digits))
    return false;
  bool halves = ratio.denominator == 2;
  rl_u128 mantissa = halves ? ratio.numerator * 5 : ratio.numerator;
  unsigned scale = (unsigned)-ratio.exponent + halves;
  if (mantissa >= rl_pow10(digits) || !is_rate(mantissa, scale))
    return false;
  *out = rl_rate_trim((rl_rate){.mantissa = (uint64_t)mantissa, .scale = (uint8_t)scale});
  return true;
}

rl_status rl_ratio_round(rl_ratio ratio, unsigned digits, rl_rounding rounding, rl_rate *out,
                         int *direction)
{
  RL_ASSERT(digits >= DIGITS_MIN && digits <= DIGITS_MAX);
  if (is_short_decimal(ratio, digits, out)) {
    if (direction)
      *direction = 0;
    return RL_OK;
  }
  /* The decimal exponent of the quotient: this one or the next. */
  int magnitude = decimal_digits((int)bit_length(ratio.numerator)
                                 - (int)bit_length(ratio.denominator) - 1);
  cut_quotient value = divide(ratio.numerator, ratio.denominator, (int)digits - 1 - magnitude);
  if (value.cut.quotient >= rl_pow10(digits)) {
    value = shorten(value);
    magnitude++;
  }
  bool up = rl_rounds_up(rounding, value.cut, value.divisor);
  uint64_t mantissa = (uint64_t)value.cut.quotient + up;
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
    *direction = value.cut.remainder == 0 ? 0 : up ? 1 : -1;
  return RL_OK;
}

int rl_rate_compare_ratio(rl_rate rate, rl_ratio ratio)
{
  RL_ASSERT(rate.mantissa < QUOTIENT_STOP);
  rl_division cut =
    divide(ratio.numerator, ratio.denominator, ratio.exponent + rate.scale).cut;
  if (cut.quotient != rate.mantissa)
    return rate.mantissa > cut.quotient ? 1 : -1;
  return cut.remainder ? -1 : 0;
}

/* An amount's digits read so far, times the ratio: quotient Q and remainder R of `divisor`. One of
 * it is worth q + r / divisor. */
typedef struct running_product {
  rl_division sum;  /* Q, R */
  rl_division unit; /* q, r */
  rl_u128 divisor;
} running_product;

/* k more digits make Q + R / divisor 10^k times itself plus (k digits) x (q + r / divisor). */
static void append_digits(running_product *product, uint64_t digits, int count)
{
  rl_u128 ten = rl_pow10((unsigned)count);
  rl_division next = rl_wide_divide(
    product->sum.remainder * ten + digits * product->unit.remainder, product->divisor);
  product->sum.quotient =
    product->sum.quotient * ten + digits * product->unit.quotient + next.quotient;
  product->sum.remainder = next.remainder;
}

#define AMOUNT_DIGITS 16 /* of RL_AMOUNT_MAX */

/* Appends `count` digits, the last ones of `digits`, in steps that keep
 * R x 10^k + (k digits) x r < 2 x 10^k x divisor below 2^127. RL_OUT_OF_RANGE once the quotient
 * is beyond INT64_MAX. */
static rl_status append_all(running_product *product, uint64_t digits, int count)
{
  int step_max = least(AMOUNT_DIGITS, room_below(126, product->divisor));
  while (count > 0) {
    int step = least(count, step_max);
    count -= step;
    uint64_t below = count < AMOUNT_DIGITS ? (uint64_t)rl_pow10((unsigned)count) : UINT64_MAX;
    append_digits(product, digits / below, step);
    digits %= below;
    if (product->sum.quotient > INT64_MAX)
      return RL_OUT_OF_RANGE;
  }
  return RL_OK;
}

/* The same in one division, where the product of amount and numerator fits 127 bits and so does
 * what it is divided by: all of a direct price, and most crosses. False where they do not. */
static bool cut_short_amount(rl_ratio ratio, int64_t amount, int power, rl_division *out)
{
  if ((ratio.numerator | ratio.denominator) >> 64)
    return false;
  rl_u128 product = (rl_u128)(uint64_t)amount * (uint64_t)ratio.numerator;
  rl_u128 divisor = ratio.denominator;
  rl_u128 *scaled = power < 0 ? &divisor : &product;
  int places = abs(power);
  if (places > room_below(127, *scaled))
    return false;
  *scaled *= rl_pow10((unsigned)places);
  *out = rl_wide_divide(product, divisor);
  return true;
}

/* A positive power of ten is so many more digits, all 0. Of a negative one as much as fits stands
 * in the divisor; if that is not all, the divisor is beyond 2^115, so that q is below 2^5 and the
 * quotient far below 2^63 until the rest is divided off. *whole tells that nothing was cut off. */
static rl_status cut_long_amount(rl_ratio ratio, int64_t amount, int power, int64_t *out,
                                 bool *whole)
{
  int fold = power < 0 ? least(-power, room_below(RL_RATIO_SIDE_BITS, ratio.denominator)) : 0;
  running_product product = {.divisor = ratio.denominator * rl_pow10((unsigned)fold)};
  product.unit = rl_wide_divide(ratio.numerator, product.divisor);
  power += fold;
  if (amount > 0) {
    if (product.unit.quotient > INT64_MAX
        || append_all(&product, (uint64_t)amount, AMOUNT_DIGITS) != RL_OK
        || append_all(&product, 0, power) != RL_OK)
      return RL_OUT_OF_RANGE;
  }
  rl_division cut = {.quotient = product.sum.quotient};
  if (power < 0)
    cut = rl_wide_divide(cut.quotient, rl_pow10((unsigned)least(-power, RL_POW10_MAX)));
  *whole = cut.remainder == 0 && product.sum.remainder == 0;
  *out = (int64_t)cut.quotient;
  return RL_OK;
}

static rl_status cut_amount(rl_ratio ratio, int64_t amount, int shift, int64_t *out, bool *whole)
{
  RL_ASSERT(amount >= 0 && amount <= RL_AMOUNT_MAX);
  RL_ASSERT(shift >= -4 && shift <= 4);
  rl_division cut;
  if (!cut_short_amount(ratio, amount, ratio.exponent + shift, &cut))
    return cut_long_amount(ratio, amount, ratio.exponent + shift, out, whole);
  if (cut.quotient > INT64_MAX)
    return RL_OUT_OF_RANGE;
  *out = (int64_t)cut.quotient;
  *whole = cut.remainder == 0;
  return RL_OK;
}

rl_status rl_ratio_amount_floor(rl_ratio ratio, int64_t amount, int shift, int64_t *out)
{
  bool whole;
  return cut_amount(ratio, amount, shift, out, &whole);
}

rl_status rl_ratio_amount_ceil(rl_ratio ratio, int64_t amount, int shift, int64_t *out)
{
  int64_t floor;
  bool whole;
  rl_status status = cut_amount(ratio, amount, shift, &floor, &whole);
  if (status != RL_OK)
    return status;
  if (!whole && floor == INT64_MAX)
    return RL_OUT_OF_RANGE;
  *out = floor + !whole;
  return RL_OK;
}
