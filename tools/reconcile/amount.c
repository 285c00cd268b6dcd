#include "reconcile/forms.h"

#include <string.h>

static bool is_digit(char letter)
{
  return letter >= '0' && letter <= '9';
}

/* Digits, at least one, with at most one point; its place, or `length` where there is none. */
static rl_status find_point(const char *text, size_t length, char point, size_t *out)
{
  size_t digits = 0, at = length;
  for (size_t i = 0; i < length; i++) {
    if (is_digit(text[i]))
      digits++;
    else if (text[i] == point && at == length && i > 0)
      at = i;
    else
      return RL_INVALID;
  }
  if (digits == 0)
    return RL_INVALID;
  *out = at;
  return RL_OK;
}

/* Ten times the sum and a digit; false above RL_AMOUNT_MAX. */
static bool append(int64_t *minor, char digit)
{
  *minor = *minor * 10 + (digit - '0');
  return *minor <= RL_AMOUNT_MAX;
}

rl_status rl_minor_parse(const char *text, size_t length, char point, rl_currency currency,
                         int64_t *out_minor)
{
  size_t at, exponent = rl_currency_exponent(currency);
  rl_status status = find_point(text, length, point, &at);
  if (status != RL_OK)
    return status;
  int64_t minor = 0;
  for (size_t i = 0; i < at; i++) {
    if (!append(&minor, text[i]))
      return RL_OUT_OF_RANGE;
  }
  for (size_t i = 0; i < exponent; i++) {
    bool written = at + 1 + i < length;
    if (!append(&minor, written ? text[at + 1 + i] : '0'))
      return RL_OUT_OF_RANGE;
  }
  for (size_t i = at + 1 + exponent; i < length; i++) {
    if (text[i] != '0')
      return RL_OUT_OF_RANGE;
  }
  *out_minor = minor;
  return RL_OK;
}
