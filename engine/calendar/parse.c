/* Reads the calendars' text: lines of words, each line a statement or a rule of the calendar begun.
 *
 * Total: any bytes give calendars or an error that names line and field. A calendar's rules are
 * collected until another statement begins, then worked out in one go, for a substitute depends on
 * what else is a holiday. Cut-offs are worked out last. */
#include "calendar/reading.h"
#include "clock/zone.h"

#include <stdlib.h>
#include <string.h>

typedef struct parsing {
  rl_calendars *calendars;
  rl_words words;
  bool weekend_given;
  rl_zone zone;           /* of the cut-off */
  unsigned cutoff_minute; /* of the local day */
  bool cutoff_given;
  bool in_calendar;       /* rules belong to the last one */
  unsigned rule_count;
  rl_holiday_rule rules[RL_CALENDAR_RULES_MAX]; /* of the last calendar */
} parsing;

#define FAIL(parser, status, field, ...) \
  RL_WORDS_FAIL(&(parser)->words, status, field, __VA_ARGS__)

/* --- the rules of a calendar --- */

static rl_status add_rule(parsing *parser, const char *field, rl_holiday_rule rule)
{
  if (parser->rule_count == RL_CALENDAR_RULES_MAX)
    return FAIL(parser, RL_OUT_OF_RANGE, field, "more than %d rules and dates in a calendar",
                RL_CALENDAR_RULES_MAX);
  parser->rules[parser->rule_count++] = rule;
  return RL_OK;
}

/* on, not: one date or more. */
static rl_status parse_dates(parsing *parser, const char *field, rl_holiday_kind kind)
{
  rl_holiday_rule rule = {.kind = kind, .line = parser->words.line};
  rl_span word;
  rl_status status = rl_take_word(&parser->words, field, "a date such as 2022-09-19", &word);
  while (status == RL_OK) {
    if (rl_date_parse(word.text, word.length, &rule.date) != RL_OK)
      return FAIL(parser, RL_INVALID, field, "%s is no date such as 2022-09-19",
                  rl_span_show(word).text);
    int32_t row = rule.date.day - RL_CALENDAR_FIRST_DAY;
    if (row < 0 || row >= RL_CALENDAR_DAYS)
      return FAIL(parser, RL_OUT_OF_RANGE, field, "%s is not within %d to %d",
                  rl_span_show(word).text, RL_CALENDAR_FIRST_YEAR, RL_CALENDAR_LAST_YEAR);
    status = add_rule(parser, field, rule);
    if (status == RL_OK && !rl_words_take(&parser->words, &word))
      break;
  }
  return status;
}

/* Works out the rules of the calendar begun last, once they are complete. */
static rl_status end_calendar(parsing *parser)
{
  unsigned wrong = 0;
  if (!parser->in_calendar)
    return RL_OK;
  parser->in_calendar = false;
  rl_status status = rl_holidays_lay(parser->calendars, parser->calendars->count - 1,
                                     parser->rules, parser->rule_count, &wrong);
  if (status == RL_OK)
    return RL_OK;
  const rl_holiday_rule *rule = &parser->rules[wrong];
  char date[RL_DATE_TEXT_SIZE];
  rl_date_format(rule->date, date);
  parser->words.line = rule->line;
  if (rule->kind == RL_HOLIDAY_ON)
    return FAIL(parser, status, "on", "%s is a weekend, or a holiday by another rule", date);
  return FAIL(parser, status, "not", "%s is no holiday by any rule", date);
}

/* --- statements --- */

static rl_status parse_weekend(parsing *parser)
{
  if (parser->weekend_given)
    return FAIL(parser, RL_INVALID, "weekend", "given twice");
  bool closed[7] = {false};
  do {
    rl_weekday weekday = RL_SUNDAY;
    rl_status status = rl_take_weekday(&parser->words, "weekend", &weekday);
    if (status != RL_OK)
      return status;
    closed[weekday] = true;
  } while (!rl_words_at_end(&parser->words));
  unsigned open = 0;
  for (unsigned i = 0; i < 7; i++)
    open += !closed[i];
  if (open == 0)
    return FAIL(parser, RL_INVALID, "weekend", "no day of the week is left for business");
  for (int32_t row = 0; row < RL_CALENDAR_DAYS; row++) {
    if (closed[rl_date_weekday((rl_date){row + RL_CALENDAR_FIRST_DAY})])
      parser->calendars->closed[row] |= RL_WEEKEND_BIT;
  }
  parser->weekend_given = true;
  return RL_OK;
}

static rl_status parse_cutoff(parsing *parser)
{
  rl_span time, zone;
  unsigned hour = 0, minute = 0;
  if (parser->cutoff_given)
    return FAIL(parser, RL_INVALID, "cutoff", "given twice");
  rl_status status = rl_take_word(&parser->words, "cutoff", "a time such as 17:00", &time);
  if (status != RL_OK)
    return status;
  if (time.length != 5 || time.text[2] != ':')
    return FAIL(parser, RL_INVALID, "cutoff", "%s is not of the form 17:00",
                rl_span_show(time).text);
  status = rl_take_digits(&parser->words, (rl_span){time.text, 2}, "cutoff", 0, 23, &hour);
  if (status == RL_OK)
    status = rl_take_digits(&parser->words, (rl_span){time.text + 3, 2}, "cutoff", 0, 59, &minute);
  if (status == RL_OK)
    status = rl_take_word(&parser->words, "cutoff", "a time zone", &zone);
  if (status != RL_OK)
    return status;
  if (rl_zone_find(zone.text, zone.length, &parser->zone) != RL_OK)
    return FAIL(parser, RL_INVALID, "cutoff", "%s is not in the table of time zones",
                rl_span_show(zone).text);
  parser->cutoff_minute = hour * 60 + minute;
  parser->cutoff_given = true;
  return RL_OK;
}

static int32_t first_row(unsigned year)
{
  return rl_date_of_civil((rl_civil){(int32_t)year, 1, 1}).day - RL_CALENDAR_FIRST_DAY;
}

static rl_status parse_calendar(parsing *parser)
{
  rl_calendars *calendars = parser->calendars;
  rl_span name;
  rl_keys keys;
  rl_calendar found;
  if (!parser->weekend_given)
    return FAIL(parser, RL_INVALID, "calendar", "must stand behind weekend");
  rl_status status = rl_take_word(&parser->words, "calendar", "a name", &name);
  if (status == RL_OK)
    status = rl_take_keys(&parser->words, "calendar", RL_KEY_YEARS, &keys);
  if (status != RL_OK)
    return status;
  if (name.length > RL_CALENDAR_NAME_MAX || memchr(name.text, '=', name.length) ||
      memchr(name.text, '\0', name.length))
    return FAIL(parser, RL_INVALID, "calendar", "%s is no name of at most %d letters",
                rl_span_show(name).text, RL_CALENDAR_NAME_MAX);
  if (rl_calendar_find(calendars, name.text, name.length, &found) == RL_OK)
    return FAIL(parser, RL_INVALID, "calendar", "%s is there already", rl_span_show(name).text);
  if (calendars->count == RL_CALENDARS_MAX)
    return FAIL(parser, RL_OUT_OF_RANGE, "calendar", "more than %d calendars", RL_CALENDARS_MAX);
  memcpy(calendars->names[calendars->count].text, name.text, name.length);
  calendars->valid[calendars->count++] = (rl_day_range){first_row(keys.from),
                                                        first_row(keys.to + 1)};
  parser->in_calendar = true;
  parser->rule_count = 0;
  return RL_OK;
}

static rl_status add_calendar(parsing *parser, rl_span name, rl_currency_days *days)
{
  rl_calendar calendar = {0};
  if (rl_calendar_find(parser->calendars, name.text, name.length, &calendar) != RL_OK)
    return FAIL(parser, RL_INVALID, "currency", "%s is no calendar of those above",
                rl_span_show(name).text);
  rl_day_range valid = parser->calendars->valid[calendar.index];
  days->calendars |= (uint64_t)1 << calendar.index;
  days->valid.first = valid.first > days->valid.first ? valid.first : days->valid.first;
  days->valid.end = valid.end < days->valid.end ? valid.end : days->valid.end;
  return RL_OK;
}

static rl_status parse_currency(parsing *parser)
{
  rl_currency currency = RL_CURRENCY_NONE;
  rl_currency_days days = {.valid = {0, RL_CALENDAR_DAYS}};
  rl_keys keys = rl_keys_none();
  rl_status status = rl_take_currency(&parser->words, "currency", &currency);
  for (rl_span word; status == RL_OK && rl_words_take(&parser->words, &word);) {
    status = memchr(word.text, '=', word.length)
               ? rl_take_key(&parser->words, "currency", word, RL_KEY_BETWEEN, &keys)
               : add_calendar(parser, word, &days);
  }
  if (status != RL_OK)
    return status;
  if (days.calendars == 0)
    return FAIL(parser, RL_INVALID, "currency", "a calendar is missing");
  if (parser->calendars->currencies[currency.index].calendars != 0)
    return FAIL(parser, RL_INVALID, "currency", "%s has its calendar already",
                rl_currency_code(currency));
  days.between = (keys.given & RL_KEY_BETWEEN) == 0 || keys.between;
  parser->calendars->currencies[currency.index] = days;
  return RL_OK;
}

static rl_status parse_through(parsing *parser)
{
  rl_currency currency = RL_CURRENCY_NONE;
  if (parser->calendars->through.index != 0)
    return FAIL(parser, RL_INVALID, "through", "given twice");
  rl_status status = rl_take_currency(&parser->words, "through", &currency);
  if (status != RL_OK)
    return status;
  if (parser->calendars->currencies[currency.index].calendars == 0)
    return FAIL(parser, RL_INVALID, "through", "%s has no calendar above",
                rl_currency_code(currency));
  parser->calendars->through = currency;
  return RL_OK;
}

static rl_status parse_lag(parsing *parser)
{
  unsigned lag = 0;
  if (parser->calendars->lag != 0)
    return FAIL(parser, RL_INVALID, "lag", "given twice");
  rl_status status = rl_take_number(&parser->words, "lag", "a number of days", 1, RL_SPOT_LAG_MAX,
                                    &lag);
  if (status == RL_OK)
    parser->calendars->lag = (uint8_t)lag;
  return status;
}

static rl_status parse_pair(parsing *parser)
{
  rl_currency base = RL_CURRENCY_NONE, quote = RL_CURRENCY_NONE;
  rl_keys keys;
  rl_status status = rl_take_currency(&parser->words, "pair", &base);
  if (status == RL_OK)
    status = rl_take_currency(&parser->words, "pair", &quote);
  if (status == RL_OK)
    status = rl_take_keys(&parser->words, "pair", RL_KEY_LAG | RL_KEY_BETWEEN, &keys);
  if (status != RL_OK)
    return status;
  const char *base_code = rl_currency_code(base), *quote_code = rl_currency_code(quote);
  if (rl_currency_equal(base, quote))
    return FAIL(parser, RL_INVALID, "pair", "%s against itself", base_code);
  if (keys.given == 0)
    return FAIL(parser, RL_INVALID, "pair", "lag= or between= is missing");
  rl_pair_days(*pairs)[RL_CURRENCY_COUNT] = parser->calendars->pairs;
  if (pairs[base.index][quote.index].given)
    return FAIL(parser, RL_INVALID, "pair", "%s %s is there already", base_code, quote_code);
  pairs[base.index][quote.index] = pairs[quote.index][base.index] =
    (rl_pair_days){.given = true, .lag = (uint8_t)keys.lag, .between = keys.between};
  return RL_OK;
}

/* --- the whole --- */

static const struct {
  const char *name;
  rl_status (*parse)(parsing *parser);
} statements[] = {
  {"weekend", parse_weekend}, {"cutoff", parse_cutoff}, {"calendar", parse_calendar},
  {"currency", parse_currency}, {"through", parse_through}, {"lag", parse_lag},
  {"pair", parse_pair},
};
#define STATEMENTS (sizeof statements / sizeof *statements)

static rl_status parse_rule(parsing *parser, rl_span word)
{
  if (!parser->in_calendar)
    return FAIL(parser, RL_INVALID, rl_span_show(word).text, "no statement, and no rule here: "
                "it stands in no calendar");
  if (rl_span_is(word, "on"))
    return parse_dates(parser, "on", RL_HOLIDAY_ON);
  if (rl_span_is(word, "not"))
    return parse_dates(parser, "not", RL_HOLIDAY_NOT);
  rl_holiday_rule rule;
  rl_status status = rl_take_rule(&parser->words, word, &rule);
  return status == RL_OK ? add_rule(parser, rl_span_show(word).text, rule) : status;
}

static rl_status parse_line(parsing *parser)
{
  rl_span word;
  if (!rl_words_take(&parser->words, &word))
    return RL_OK;
  for (unsigned i = 0; i < STATEMENTS; i++) {
    if (!rl_span_is(word, statements[i].name))
      continue;
    rl_status status = end_calendar(parser);
    if (status != RL_OK)
      return status;
    status = statements[i].parse(parser);
    if (status == RL_OK && !rl_words_at_end(&parser->words))
      status = FAIL(parser, RL_INVALID, statements[i].name, "words are left over");
    return status;
  }
  return parse_rule(parser, word);
}

static void work_out_cutoffs(parsing *parser)
{
  for (int32_t row = 0; row < RL_CALENDAR_DAYS; row++)
    parser->calendars->cutoff_utc_ms[row] =
      rl_zone_utc(&parser->zone, (rl_date){row + RL_CALENDAR_FIRST_DAY}, parser->cutoff_minute).ms;
}

static rl_status parse_text(parsing *parser)
{
  while (rl_words_next_line(&parser->words)) {
    rl_status status = parse_line(parser);
    if (status != RL_OK)
      return status;
  }
  rl_status status = end_calendar(parser);
  if (status != RL_OK)
    return status;
  parser->words.line = 0;
  if (!parser->cutoff_given)
    return FAIL(parser, RL_INVALID, "cutoff", "is missing: no trade date would end");
  if (parser->calendars->lag == 0)
    return FAIL(parser, RL_INVALID, "lag", "is missing");
  if (parser->calendars->through.index == 0)
    return FAIL(parser, RL_INVALID, "through", "is missing");
  work_out_cutoffs(parser);
  return RL_OK;
}

rl_status rl_calendars_parse(const char *text, size_t length, const char *file, rl_calendars **out,
                             rl_error *error)
{
  rl_calendars *calendars = calloc(1, sizeof *calendars);
  parsing *parser = calloc(1, sizeof *parser);
  rl_status status = RL_NO_MEMORY;
  if (calendars && parser) {
    parser->calendars = calendars;
    parser->words = rl_words_over(text, length, file, error);
    status = parse_text(parser);
  } else {
    status = rl_fail(error, RL_NO_MEMORY, file, 0, "", "out of memory");
  }
  free(parser);
  if (status == RL_OK)
    *out = calendars;
  else
    rl_calendars_destroy(calendars);
  return status;
}

void rl_calendars_destroy(rl_calendars *calendars)
{
  free(calendars);
}
