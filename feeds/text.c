#include "feeds/text.h"

#include "clock/date.h"

#include <string.h>

rl_status rl_digits_parse(const char *text, size_t length, uint64_t max, uint64_t *out)
{
  uint64_t value = 0;
  if (length == 0)
    return RL_INVALID;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9')
      return RL_INVALID;
  }
  for (size_t i = 0; i < length; i++) {
    unsigned digit = (unsigned)(text[i] - '0');
    if (digit > max || value > (max - digit) / 10)
      return RL_OUT_OF_RANGE;
    value = value * 10 + digit;
  }
  *out = value;
  return RL_OK;
}

/* A field of exactly `digits` digits, low to high. Returns -1 for anything else. */
static int fixed_field(const char *text, size_t digits, unsigned low, unsigned high)
{
  uint64_t value;
  if (rl_digits_parse(text, digits, high, &value) != RL_OK || value < low)
    return -1;
  return (int)value;
}

rl_status rl_midnight_parse(const char *text, size_t length, rl_utc *out)
{
  rl_date date;
  if (rl_date_parse(text, length, &date) != RL_OK || date.day < 0)
    return RL_INVALID;
  *out = rl_utc_of_date(date);
  return RL_OK;
}

/* "HH:MM:SS" at the start of `text`, in milliseconds; -1 for anything else. */
static int64_t time_of_day(const char *text)
{
  int hour = fixed_field(text, 2, 0, 23);
  int minute = fixed_field(text + 3, 2, 0, 59);
  int second = fixed_field(text + 6, 2, 0, 59);
  if (hour < 0 || minute < 0 || second < 0 || text[2] != ':' || text[5] != ':')
    return -1;
  return ((hour * 60ll + minute) * 60 + second) * 1000;
}

/* ".994000" in milliseconds; -1 for anything else. An empty span is no fraction. */
static int64_t fraction_ms(const char *text, size_t length)
{
  uint64_t value = 0;
  if (length == 0)
    return 0;
  size_t digits = length - 1;
  if (text[0] != '.' || digits > 9 ||
      rl_digits_parse(text + 1, digits, 999999999, &value) != RL_OK)
    return -1;
  for (; digits > 3; digits--)
    value /= 10;
  for (; digits < 3; digits++)
    value *= 10;
  return (int64_t)value;
}

rl_status rl_instant_parse(const char *text, size_t length, rl_utc *out)
{
  rl_utc day;
  if (length < 19 || rl_midnight_parse(text, 10, &day) != RL_OK || !strchr("T ", text[10]) ||
      text[10] == '\0')
    return RL_INVALID;
  if (text[length - 1] == 'Z')
    length--;
  int64_t clock_ms = length < 19 ? -1 : time_of_day(text + 11);
  int64_t rest_ms = length < 19 ? -1 : fraction_ms(text + 19, length - 19);
  if (clock_ms < 0 || rest_ms < 0)
    return RL_INVALID;
  out->ms = day.ms + clock_ms + rest_ms;
  return RL_OK;
}
