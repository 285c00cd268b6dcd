#include "money/decimal.h"

#include <stdbool.h>

static void append_digit(rl_decimal *decimal, unsigned digit)
{
  decimal->significant += decimal->significant > 0 || digit > 0;
  decimal->mantissa = decimal->mantissa * 10 + digit;
  if (decimal->mantissa > RL_DECIMAL_HUGE)
    decimal->mantissa = RL_DECIMAL_HUGE;
}

rl_status rl_decimal_read(const char *text, size_t length, rl_decimal *out)
{
  rl_decimal decimal = {0};
  size_t point = length;
  for (size_t i = 0; i < length; i++) {
    if (text[i] >= '0' && text[i] <= '9')
      append_digit(&decimal, (unsigned)(text[i] - '0'));
    else if (text[i] == '.' && point == length)
      point = i;
    else
      return RL_INVALID;
  }
  bool has_point = point < length;
  if (point == 0 || (has_point && point == length - 1))
    return RL_INVALID;
  decimal.decimals = has_point ? length - point - 1 : 0;
  *out = decimal;
  return RL_OK;
}

size_t rl_decimal_write(uint64_t mantissa, unsigned scale, char *out)
{
  RL_ASSERT(scale <= RL_DECIMAL_SCALE_MAX);
  char reversed[24];
  size_t count = 0;
  while (mantissa > 0 || count <= scale) {
    reversed[count++] = (char)('0' + mantissa % 10);
    mantissa /= 10;
  }
  size_t length = 0;
  while (count > 0) {
    if (count == scale)
      out[length++] = '.';
    out[length++] = reversed[--count];
  }
  out[length] = '\0';
  return length;
}
