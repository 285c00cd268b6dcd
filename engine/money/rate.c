/* Rates and basis points as text, and rates compared by value. */
#include "money/rate.h"

#include "money/decimal.h"

#define CLIENT_DIGITS 10 /* of RL_CLIENT_MANTISSA_MAX */
#define RATE_DIGITS_BEFORE_POINT 9 /* rates stay below 10^9 … */
#define RATE_DECIMALS 9            /* … and at least 10^-9 */
/* So 18 decimals need no check of their own. */
_Static_assert(CLIENT_DIGITS + RATE_DECIMALS - 1 == RL_RATE_SCALE_MAX, "the lowest rate's scale");

/* 10^-9 <= mantissa x 10^-scale < 10^9, told by the number of digits alone. */
static bool in_range(const rl_decimal *decimal)
{
  return decimal->significant <= decimal->decimals + RATE_DIGITS_BEFORE_POINT
         && decimal->significant + RATE_DECIMALS > decimal->decimals;
}

rl_status rl_rate_parse(const char *text, size_t length, rl_rate *out)
{
  rl_decimal decimal;
  rl_status status = rl_decimal_read(text, length, &decimal);
  if (status != RL_OK)
    return status;
  if (decimal.mantissa == 0 || decimal.significant > CLIENT_DIGITS || !in_range(&decimal))
    return RL_OUT_OF_RANGE;
  *out = (rl_rate){.mantissa = decimal.mantissa, .scale = (uint8_t)decimal.decimals};
  return RL_OK;
}

size_t rl_rate_format(rl_rate rate, char out[RL_RATE_TEXT_SIZE])
{
  return rl_decimal_write(rate.mantissa, rate.scale, out);
}

int rl_rate_compare(rl_rate left, rl_rate right)
{
  rl_u128 a = rl_wide_mul(left.mantissa, rl_pow10(right.scale));
  rl_u128 b = rl_wide_mul(right.mantissa, rl_pow10(left.scale));
  return (a > b) - (a < b);
}

rl_rate rl_rate_trim(rl_rate rate)
{
  while (rate.scale > 0 && rate.mantissa % 10 == 0) {
    rate.mantissa /= 10;
    rate.scale--;
  }
  return rate;
}

rl_rate rl_rate_to_decimals(rl_rate rate, unsigned decimals)
{
  if (rate.scale <= decimals)
    return rate;
  rl_u128 cut = rl_wide_div(rate.mantissa, rl_pow10(rate.scale - decimals), RL_ROUND_HALF_EVEN);
  return (rl_rate){.mantissa = (uint64_t)cut, .scale = (uint8_t)decimals};
}

#define BPS_DECIMALS 4 /* one bps is 10^4 units of 10^-8 */

rl_status rl_bps_parse(const char *text, size_t length, int32_t *out_e8)
{
  rl_decimal decimal;
  bool negative = length > 0 && text[0] == '-';
  rl_status status = rl_decimal_read(text + negative, length - negative, &decimal);
  if (status != RL_OK)
    return status;
  if (decimal.decimals > BPS_DECIMALS)
    return RL_INVALID;
  if (decimal.mantissa > RL_RATIO_E8_MAX)
    return RL_OUT_OF_RANGE;
  rl_u128 e8 = decimal.mantissa * rl_pow10(BPS_DECIMALS - (unsigned)decimal.decimals);
  if (e8 > RL_RATIO_E8_MAX)
    return RL_OUT_OF_RANGE;
  *out_e8 = negative ? -(int32_t)e8 : (int32_t)e8;
  return RL_OK;
}

size_t rl_bps_format(int32_t e8, char out[RL_BPS_TEXT_SIZE])
{
  bool negative = e8 < 0;
  uint64_t units = negative ? -(uint64_t)e8 : (uint64_t)e8;
  rl_rate bps = rl_rate_trim((rl_rate){.mantissa = units, .scale = BPS_DECIMALS});
  out[0] = '-';
  return negative + rl_decimal_write(bps.mantissa, bps.scale, out + negative);
}
