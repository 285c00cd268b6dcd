#include "money/decimal.h"

#include "money/wide.h"

#include <string.h>

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

/* The last `count` digits of `value` at out[0 … count), from the right, two at a time. */
static void write_digits(uint64_t value, size_t count, char *out)
{
  static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                              "25262728293031323334353637383940414243444546474849"
                              "50515253545556575859606162636465666768697071727374"
                              "75767778798081828384858687888990919293949596979899";
  for (; count >= 2; count -= 2, value /= 100)
    memcpy(out + count - 2, pairs + 2 * (value % 100), 2);
  if (count > 0)
    out[0] = (char)('0' + value % 10);
}

static size_t digits_of(uint64_t value)
{
  size_t count = 1;
  for (; value >= 100; value /= 100)
    count += 2;
  return count + (value >= 10);
}

size_t rl_decimal_write(uint64_t mantissa, unsigned scale, char *out)
{
  RL_ASSERT(scale <= RL_DECIMAL_SCALE_MAX);
  uint64_t ten = (uint64_t)rl_pow10(scale);
  uint64_t whole = mantissa / ten;
  size_t length = digits_of(whole);
  write_digits(whole, length, out);
  if (scale > 0) {
    out[length++] = '.';
    write_digits(mantissa % ten, scale, out + length);
    length += scale;
  }
  out[length] = '\0';
  return length;
}
