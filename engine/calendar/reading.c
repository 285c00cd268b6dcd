#include "calendar/reading.h"

#include <string.h>

/* --- words --- */

rl_status rl_take_word(rl_words *words, const char *field, const char *what, rl_span *out)
{
  if (rl_words_take(words, out))
    return RL_OK;
  return RL_WORDS_FAIL(words, RL_INVALID, field, "%s is missing", what);
}

rl_status rl_take_digits(rl_words *words, rl_span word, const char *field, unsigned low,
                         unsigned high, unsigned *out)
{
  unsigned value = 0;
  for (size_t i = 0; i < word.length; i++) {
    if (word.text[i] < '0' || word.text[i] > '9')
      return RL_WORDS_FAIL(words, RL_INVALID, field, "%s is not a whole number",
                           rl_span_show(word).text);
    if (i < 4)
      value = value * 10 + (unsigned)(word.text[i] - '0');
  }
  if (word.length == 0)
    return RL_WORDS_FAIL(words, RL_INVALID, field, "a number is missing");
  if (word.length > 4 || value < low || value > high)
    return RL_WORDS_FAIL(words, RL_OUT_OF_RANGE, field, "%s is not within %u to %u",
                         rl_span_show(word).text, low, high);
  *out = value;
  return RL_OK;
}

rl_status rl_take_number(rl_words *words, const char *field, const char *what, unsigned low,
                         unsigned high, unsigned *out)
{
  rl_span word;
  rl_status status = rl_take_word(words, field, what, &word);
  return status == RL_OK ? rl_take_digits(words, word, field, low, high, out) : status;
}

rl_status rl_take_currency(rl_words *words, const char *field, rl_currency *out)
{
  rl_span word;
  rl_status status = rl_take_word(words, field, "a currency", &word);
  if (status != RL_OK)
    return status;
  if (rl_currency_find(word.text, word.length, out) != RL_OK)
    return RL_WORDS_FAIL(words, RL_INVALID, field, "%s is no currency with a minor unit",
                         rl_span_show(word).text);
  return RL_OK;
}

static rl_status weekday_of(rl_words *words, rl_span word, const char *field, rl_weekday *out)
{
  static const char names[7][4] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
  for (unsigned i = 0; i < 7; i++) {
    if (rl_span_is(word, names[i])) {
      *out = (rl_weekday)i;
      return RL_OK;
    }
  }
  return RL_WORDS_FAIL(words, RL_INVALID, field, "%s is none of SUN, MON, … SAT",
                       rl_span_show(word).text);
}

rl_status rl_take_weekday(rl_words *words, const char *field, rl_weekday *out)
{
  rl_span word;
  rl_status status = rl_take_word(words, field, "a weekday", &word);
  return status == RL_OK ? weekday_of(words, word, field, out) : status;
}

rl_status rl_take_month_day(rl_words *words, const char *field, rl_holiday_rule *rule)
{
  rl_span word;
  rl_status status = rl_take_word(words, field, "a day such as 12-25", &word);
  if (status != RL_OK)
    return status;
  if (word.length != 5 || word.text[2] != '-')
    return RL_WORDS_FAIL(words, RL_INVALID, field, "%s is not of the form 12-25",
                         rl_span_show(word).text);
  unsigned month = 0, day = 0;
  status = rl_take_digits(words, (rl_span){word.text, 2}, field, 1, 12, &month);
  if (status == RL_OK)
    status = rl_take_digits(words, (rl_span){word.text + 3, 2}, field, 1, 31, &day);
  if (status != RL_OK)
    return status;
  if (day > rl_month_days(2001, month))
    return RL_WORDS_FAIL(words, RL_OUT_OF_RANGE, field, "%s is not in every year",
                         rl_span_show(word).text);
  rule->month = (uint8_t)month;
  rule->day = (uint8_t)day;
  return RL_OK;
}

/* --- keys: "from=2019" --- */

static const struct {
  const char *name;
  rl_key key;
} key_names[] = {
  {"from", RL_KEY_FROM}, {"to", RL_KEY_TO}, {"only", RL_KEY_ONLY}, {"move", RL_KEY_MOVE},
  {"bridge", RL_KEY_BRIDGE}, {"lag", RL_KEY_LAG}, {"between", RL_KEY_BETWEEN},
};
#define KEY_COUNT (sizeof key_names / sizeof *key_names)

static rl_status read_yes_no(rl_words *words, rl_span value, const char *field, bool *out)
{
  if (!rl_span_is(value, "yes") && !rl_span_is(value, "no"))
    return RL_WORDS_FAIL(words, RL_INVALID, field, "%s is neither yes nor no",
                         rl_span_show(value).text);
  *out = rl_span_is(value, "yes");
  return RL_OK;
}

static rl_status read_move(rl_words *words, rl_span value, rl_holiday_move *out)
{
  static const char *const names[] = {
    [RL_MOVE_WEEKEND] = "weekend",
    [RL_MOVE_SUNDAY] = "sunday",
    [RL_MOVE_MONDAY] = "monday",
    [RL_MOVE_NEAREST] = "nearest",
  };
  for (unsigned i = RL_MOVE_WEEKEND; i <= RL_MOVE_NEAREST; i++) {
    if (rl_span_is(value, names[i])) {
      *out = (rl_holiday_move)i;
      return RL_OK;
    }
  }
  return RL_WORDS_FAIL(words, RL_INVALID, "move", "%s is none of weekend, sunday, monday, nearest",
                       rl_span_show(value).text);
}

/* "MON,THU,FRI" */
static rl_status read_only(rl_words *words, rl_span value, uint8_t *out)
{
  *out = 0;
  for (;;) {
    const char *comma = memchr(value.text, ',', value.length);
    rl_span name = {value.text, comma ? (size_t)(comma - value.text) : value.length};
    rl_weekday weekday = RL_SUNDAY;
    rl_status status = weekday_of(words, name, "only", &weekday);
    if (status != RL_OK)
      return status;
    *out |= (uint8_t)(1 << weekday);
    if (!comma)
      return RL_OK;
    value = (rl_span){comma + 1, value.length - name.length - 1};
  }
}

static rl_status read_value(rl_words *words, rl_key key, rl_span value, rl_keys *out)
{
  switch (key) {
  case RL_KEY_FROM:
    return rl_take_digits(words, value, "from", RL_CALENDAR_FIRST_YEAR, RL_CALENDAR_LAST_YEAR,
                          &out->from);
  case RL_KEY_TO:
    return rl_take_digits(words, value, "to", RL_CALENDAR_FIRST_YEAR, RL_CALENDAR_LAST_YEAR,
                          &out->to);
  case RL_KEY_MOVE:
    return read_move(words, value, &out->move);
  case RL_KEY_BRIDGE:
    return read_yes_no(words, value, "bridge", &out->bridge);
  case RL_KEY_LAG:
    return rl_take_digits(words, value, "lag", 1, RL_SPOT_LAG_MAX, &out->lag);
  case RL_KEY_BETWEEN:
    return read_yes_no(words, value, "between", &out->between);
  case RL_KEY_ONLY:
    return read_only(words, value, &out->only);
  }
  return RL_INVALID;
}

rl_status rl_take_key(rl_words *words, const char *field, rl_span word, unsigned allowed,
                      rl_keys *out)
{
  const char *sign = memchr(word.text, '=', word.length);
  if (!sign)
    return RL_WORDS_FAIL(words, RL_INVALID, field, "%s is not of the form key=value",
                         rl_span_show(word).text);
  rl_span name = {word.text, (size_t)(sign - word.text)};
  rl_span value = {sign + 1, word.length - name.length - 1};
  for (unsigned i = 0; i < KEY_COUNT; i++) {
    if ((allowed & key_names[i].key) == 0 || !rl_span_is(name, key_names[i].name))
      continue;
    if (out->given & key_names[i].key)
      return RL_WORDS_FAIL(words, RL_INVALID, key_names[i].name, "given twice");
    out->given |= key_names[i].key;
    return read_value(words, key_names[i].key, value, out);
  }
  return RL_WORDS_FAIL(words, RL_INVALID, field, "%s is no key of this line",
                       rl_span_show(name).text);
}

rl_keys rl_keys_none(void)
{
  return (rl_keys){.from = RL_CALENDAR_FIRST_YEAR, .to = RL_CALENDAR_LAST_YEAR};
}

rl_status rl_take_keys(rl_words *words, const char *field, unsigned allowed, rl_keys *out)
{
  *out = rl_keys_none();
  for (rl_span word; rl_words_take(words, &word);) {
    rl_status status = rl_take_key(words, field, word, allowed, out);
    if (status != RL_OK)
      return status;
  }
  if (out->from > out->to)
    return RL_WORDS_FAIL(words, RL_INVALID, "to", "%u is before from=%u", out->to, out->from);
  return RL_OK;
}
