/* Amounts that follow from a rate as shown (design M3, M4), and shares of an amount.
 *
 * Bounds: an amount is at most 10^15, a rate's mantissa below 10^10 and its scale at most 18, the
 * two exponents differ by at most 4. A conversion is then
 *     amount x mantissa x 10^p or amount x 10^p / mantissa,
 * with p at most 4 in the first (10^15 x 10^10 x 10^4 = 10^29) and at most 22 in the second
 * (10^15 x 10^22 = 10^37 < 2^127). Where p is negative its power of ten stands in the denominator:
 * 10^22 in the first, 10^10 x 10^4 in the second. Nothing can overflow, so nothing is checked on
 * the way; the result is. */
#include "money/rate.h"

#define MINOR_EXPONENT_MAX 4

static void check(rl_conversion conversion, int64_t amount_minor)
{
  RL_ASSERT(amount_minor >= 0 && amount_minor <= RL_AMOUNT_MAX);
  RL_ASSERT(conversion.rate.mantissa > 0 && conversion.rate.mantissa <= RL_CLIENT_MANTISSA_MAX);
  RL_ASSERT(conversion.rate.scale <= RL_RATE_SCALE_MAX);
  RL_ASSERT(conversion.source_exponent <= MINOR_EXPONENT_MAX
            && conversion.target_exponent <= MINOR_EXPONENT_MAX);
}

/* numerator x 10^power / denominator, rounded. */
static rl_status convert(rl_u128 numerator, rl_u128 denominator, int power, rl_rounding rounding,
                         int64_t *out)
{
  if (power > 0)
    numerator *= rl_pow10((unsigned)power);
  else
    denominator *= rl_pow10((unsigned)-power);
  rl_u128 minor = rl_wide_div(numerator, denominator, rounding);
  if (minor > RL_AMOUNT_MAX)
    return RL_OUT_OF_RANGE;
  *out = (int64_t)minor;
  return RL_OK;
}

rl_status rl_convert_floor(rl_conversion conversion, int64_t source_minor, int64_t *target_minor)
{
  check(conversion, source_minor);
  rl_u128 source = (rl_u128)source_minor;
  int shift = (int)conversion.target_exponent - (int)conversion.source_exponent;
  rl_rate rate = conversion.rate;
  if (conversion.side == RL_SELL_BASE)
    return convert(source * rate.mantissa, 1, shift - rate.scale, RL_ROUND_DOWN, target_minor);
  return convert(source, rate.mantissa, shift + rate.scale, RL_ROUND_DOWN, target_minor);
}

rl_status rl_convert_back_ceil(rl_conversion conversion, int64_t target_minor,
                               int64_t *source_minor)
{
  check(conversion, target_minor);
  rl_u128 target = (rl_u128)target_minor;
  int shift = (int)conversion.source_exponent - (int)conversion.target_exponent;
  rl_rate rate = conversion.rate;
  if (conversion.side == RL_SELL_BASE)
    return convert(target, rate.mantissa, shift + rate.scale, RL_ROUND_UP, source_minor);
  return convert(target * rate.mantissa, 1, shift - rate.scale, RL_ROUND_UP, source_minor);
}

/* With amount = high x 10^8 + low the share is high x ratio, an integer, plus the share of low:
 * at most 10^7 x 10^8 and 10^8 x 10^8, so that 64 bits hold all of it. */
int64_t rl_share_e8(int64_t amount_minor, int64_t ratio_e8, rl_rounding rounding)
{
  RL_ASSERT(amount_minor >= 0 && amount_minor <= RL_AMOUNT_MAX);
  RL_ASSERT(ratio_e8 >= 0 && ratio_e8 <= RL_UNIT_E8);
  int64_t low_e8 = amount_minor % RL_UNIT_E8 * ratio_e8;
  int64_t share = amount_minor / RL_UNIT_E8 * ratio_e8 + low_e8 / RL_UNIT_E8;
  rl_division cut = {.quotient = (rl_u128)share, .remainder = (rl_u128)(low_e8 % RL_UNIT_E8)};
  return share + rl_rounds_up(rounding, cut, RL_UNIT_E8);
}
