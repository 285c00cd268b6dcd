#include "money/currency.h"
#include "money/decimal.h"
#include "money/wide.h"

rl_status rl_amount_parse(const char *text, size_t length, rl_currency currency, rl_amount *out)
{
  rl_decimal decimal;
  unsigned exponent = rl_currency_exponent(currency);
  rl_status status = rl_decimal_read(text, length, &decimal);
  if (status != RL_OK)
    return status;
  if (decimal.decimals > exponent || decimal.mantissa == 0 || decimal.mantissa > RL_AMOUNT_MAX)
    return RL_OUT_OF_RANGE;
  rl_u128 minor = decimal.mantissa * rl_pow10(exponent - (unsigned)decimal.decimals);
  if (minor > RL_AMOUNT_MAX)
    return RL_OUT_OF_RANGE;
  *out = (rl_amount){.minor = (int64_t)minor, .currency = currency};
  return RL_OK;
}

size_t rl_amount_format(rl_amount amount, char out[RL_AMOUNT_TEXT_SIZE])
{
  bool negative = amount.minor < 0;
  /* Negated as unsigned: the lowest int64 has no positive twin. */
  uint64_t minor = negative ? -(uint64_t)amount.minor : (uint64_t)amount.minor;
  out[0] = '-';
  return negative + rl_decimal_write(minor, rl_currency_exponent(amount.currency), out + negative);
}
