/* The lines of a calendar: one function a kind of rule, and the table that names them. */
#include "calendar/reading.h"

static rl_status parse_nth(rl_words *words, const char *field, rl_holiday_rule *rule)
{
  unsigned nth = 0, month = 0;
  rl_status status = rl_take_number(words, field, "which one, 1 to 4,", 1, 4, &nth);
  if (status == RL_OK)
    status = rl_take_weekday(words, field, &rule->weekday);
  if (status == RL_OK)
    status = rl_take_number(words, field, "a month", 1, 12, &month);
  if (status != RL_OK)
    return status;
  rule->month = (uint8_t)month;
  rule->day = (uint8_t)(7 * (nth - 1) + 1);
  return RL_OK;
}

static rl_status parse_last(rl_words *words, const char *field, rl_holiday_rule *rule)
{
  unsigned month = 0;
  rl_status status = rl_take_weekday(words, field, &rule->weekday);
  if (status == RL_OK)
    status = rl_take_number(words, field, "a month", 1, 12, &month);
  if (status == RL_OK)
    rule->month = (uint8_t)month;
  return status;
}

static rl_status parse_near(rl_words *words, const char *field, rl_holiday_rule *rule)
{
  rl_status status = rl_take_weekday(words, field, &rule->weekday);
  return status == RL_OK ? rl_take_month_day(words, field, rule) : status;
}

/* Within half a year of Easter the day stays in its year. */
#define EASTER_DAYS_MAX 80

static rl_status parse_easter(rl_words *words, const char *field, rl_holiday_rule *rule)
{
  rl_span word;
  rl_status status = rl_take_word(words, field, "a number of days", &word);
  if (status != RL_OK)
    return status;
  bool before = word.length > 0 && word.text[0] == '-';
  rl_span digits = {word.text + before, word.length - before};
  unsigned days = 0;
  status = rl_take_digits(words, digits, field, 0, EASTER_DAYS_MAX, &days);
  if (status == RL_OK)
    rule->offset = before ? -(int32_t)days : (int32_t)days;
  return status;
}

static rl_status parse_equinox(rl_words *words, const char *field, rl_holiday_rule *rule)
{
  unsigned month = 0;
  rl_status status = rl_take_number(words, field, "a month", 3, 9, &month);
  if (status == RL_OK && month != 3 && month != 9)
    return RL_WORDS_FAIL(words, RL_INVALID, field, "an equinox is in month 03 or 09");
  if (status == RL_OK)
    rule->month = (uint8_t)month;
  return status;
}

static rl_status parse_citizens(rl_words *words, const char *field, rl_holiday_rule *rule)
{
  (void)words, (void)field, (void)rule;
  return RL_OK;
}

#define EVERY (RL_KEY_YEARS | RL_KEY_MOVE | RL_KEY_BRIDGE | RL_KEY_ONLY)

static const struct {
  const char *name;
  rl_holiday_kind kind;
  rl_status (*parse)(rl_words *words, const char *field, rl_holiday_rule *rule);
  unsigned keys;
} recurring[] = {
  {"fixed", RL_HOLIDAY_FIXED, rl_take_month_day, EVERY},
  {"nth", RL_HOLIDAY_AFTER, parse_nth, EVERY},
  {"last", RL_HOLIDAY_LAST, parse_last, EVERY},
  {"after", RL_HOLIDAY_AFTER, parse_near, EVERY},
  {"before", RL_HOLIDAY_BEFORE, parse_near, EVERY},
  {"easter", RL_HOLIDAY_EASTER, parse_easter, EVERY},
  {"orthodox", RL_HOLIDAY_ORTHODOX, parse_easter, EVERY},
  {"equinox", RL_HOLIDAY_EQUINOX, parse_equinox, EVERY},
  {"citizens", RL_HOLIDAY_CITIZENS, parse_citizens, RL_KEY_YEARS},
};
#define RECURRING (sizeof recurring / sizeof *recurring)

static rl_status read_rule(rl_words *words, unsigned which, rl_holiday_rule *out)
{
  const char *field = recurring[which].name;
  rl_holiday_rule rule = {.kind = recurring[which].kind, .line = words->line};
  rl_keys keys;
  rl_status status = recurring[which].parse(words, field, &rule);
  if (status == RL_OK)
    status = rl_take_keys(words, field, recurring[which].keys, &keys);
  if (status != RL_OK)
    return status;
  rule.from = (int32_t)keys.from;
  rule.to = (int32_t)keys.to;
  rule.move = keys.move;
  rule.bridge = keys.bridge;
  rule.only = keys.only;
  *out = rule;
  return RL_OK;
}

rl_status rl_take_rule(rl_words *words, rl_span name, rl_holiday_rule *out)
{
  for (unsigned i = 0; i < RECURRING; i++) {
    if (rl_span_is(name, recurring[i].name))
      return read_rule(words, i, out);
  }
  return RL_WORDS_FAIL(words, RL_INVALID, rl_span_show(name).text,
                       "neither a statement nor a rule of a calendar");
}
