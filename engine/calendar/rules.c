#include "calendar/rules.h"

/* --- dates of a year --- */

static rl_date day_of(int32_t year, unsigned month, unsigned day)
{
  return rl_date_of_civil((rl_civil){year, (uint8_t)month, (uint8_t)day});
}

/* Meeus, Jones and Butcher: exact for every Gregorian year. */
rl_date rl_easter(int32_t year)
{
  int32_t golden = year % 19, century = year / 100, in_century = year % 100;
  int32_t moon = (century - (century + 8) / 25 + 1) / 3; /* correction of the lunar cycle */
  int32_t epact = (19 * golden + century - century / 4 - moon + 15) % 30;
  int32_t to_sunday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
  int32_t late = (golden + 11 * epact + 22 * to_sunday) / 451;
  int32_t days = epact + to_sunday - 7 * late + 114;
  return day_of(year, days / 31, days % 31 + 1);
}

/* Meeus, by the Julian calendar, which is 13 days behind until 2100-02-28. */
rl_date rl_orthodox_easter(int32_t year)
{
  int32_t moon = (19 * (year % 19) + 15) % 30;
  int32_t to_sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7;
  int32_t days = moon + to_sunday + 114;
  rl_date julian = day_of(year, days / 31, days % 31 + 1);
  return (rl_date){julian.day + 13};
}

/* The day of March or September as Japan's almanac office has it, good for 1980 to 2099 (Shinji
 * Nagasawa's formula, in millionths of a day). */
static uint8_t equinox_day(int32_t year, unsigned month)
{
  int32_t since = year - 1980;
  int32_t start = month == 3 ? 20843100 : 23248800;
  return (uint8_t)((start + 242194 * since) / 1000000 - since / 4);
}

static rl_date weekday_after(rl_date date, rl_weekday weekday)
{
  int32_t ahead = ((int32_t)weekday - (int32_t)rl_date_weekday(date) + 7) % 7;
  return (rl_date){date.day + ahead};
}

static rl_date weekday_before(rl_date date, rl_weekday weekday)
{
  int32_t behind = ((int32_t)rl_date_weekday(date) - (int32_t)weekday + 7) % 7;
  return (rl_date){date.day - behind};
}

static bool is_yearly(const rl_holiday_rule *rule)
{
  return rule->kind < RL_HOLIDAY_CITIZENS;
}

/* A yearly rule's day, whether it is a holiday that year or not. */
static rl_date date_in(const rl_holiday_rule *rule, int32_t year)
{
  RL_ASSERT(is_yearly(rule));
  switch (rule->kind) {
  case RL_HOLIDAY_FIXED:
    return day_of(year, rule->month, rule->day);
  case RL_HOLIDAY_AFTER:
    return weekday_after(day_of(year, rule->month, rule->day), rule->weekday);
  case RL_HOLIDAY_BEFORE:
    return weekday_before(day_of(year, rule->month, rule->day), rule->weekday);
  case RL_HOLIDAY_LAST:
    return weekday_before(day_of(year, rule->month, rl_month_days(year, rule->month)),
                          rule->weekday);
  case RL_HOLIDAY_EASTER:
    return (rl_date){rl_easter(year).day + rule->offset};
  case RL_HOLIDAY_ORTHODOX:
    return (rl_date){rl_orthodox_easter(year).day + rule->offset};
  case RL_HOLIDAY_EQUINOX:
    return day_of(year, rule->month, equinox_day(year, rule->month));
  case RL_HOLIDAY_CITIZENS:
  case RL_HOLIDAY_ON:
  case RL_HOLIDAY_NOT:
    break;
  }
  return rule->date;
}

/* --- a calendar's column in the rows --- */

typedef struct calendar_column {
  uint64_t *rows; /* of RL_CALENDAR_DAYS days */
  uint64_t bit;
} calendar_column;

/* A date outside the rows is nobody's: it is closed for no one and nothing closes it. */
static bool has_bits(const calendar_column *column, rl_date date, uint64_t bits)
{
  int32_t row = date.day - RL_CALENDAR_FIRST_DAY;
  return row >= 0 && row < RL_CALENDAR_DAYS && (column->rows[row] & bits) != 0;
}

static void close_day(calendar_column *column, rl_date date)
{
  int32_t row = date.day - RL_CALENDAR_FIRST_DAY;
  if (row >= 0 && row < RL_CALENDAR_DAYS)
    column->rows[row] |= column->bit;
}

static void lay_citizens_days(calendar_column *column, const rl_holiday_rule *rule)
{
  int32_t end = day_of(rule->to, 12, 31).day;
  for (int32_t day = day_of(rule->from, 1, 1).day; day <= end; day++) {
    if (has_bits(column, (rl_date){day - 1}, column->bit) &&
        has_bits(column, (rl_date){day + 1}, column->bit))
      close_day(column, (rl_date){day});
  }
}

static void lay_substitute(calendar_column *column, rl_date date, rl_holiday_move move)
{
  bool is_sunday = rl_date_weekday(date) == RL_SUNDAY;
  if (!has_bits(column, date, column->bit) || !has_bits(column, date, RL_WEEKEND_BIT) ||
      (move == RL_MOVE_SUNDAY && !is_sunday))
    return;
  if (move == RL_MOVE_NEAREST) {
    close_day(column, (rl_date){date.day + (is_sunday ? 1 : -1)});
  } else if (move == RL_MOVE_MONDAY) {
    close_day(column, weekday_after(date, RL_MONDAY));
  } else {
    do
      date.day++;
    while (has_bits(column, date, column->bit | RL_WEEKEND_BIT));
    close_day(column, date);
  }
}

static void lay_bridge(calendar_column *column, rl_date date)
{
  if (!has_bits(column, date, column->bit))
    return;
  if (rl_date_weekday(date) == RL_TUESDAY)
    close_day(column, (rl_date){date.day - 1});
  if (rl_date_weekday(date) == RL_THURSDAY)
    close_day(column, (rl_date){date.day + 1});
}

/* --- the phases, in their order --- */

typedef struct rule_set {
  const rl_holiday_rule *rules;
  unsigned count;
} rule_set;

static void lay_all_days(calendar_column *column, rule_set set)
{
  for (const rl_holiday_rule *rule = set.rules; rule < set.rules + set.count; rule++) {
    for (int32_t year = rule->from; is_yearly(rule) && year <= rule->to; year++) {
      rl_date date = date_in(rule, year);
      if (rule->only == 0 || (rule->only >> rl_date_weekday(date) & 1) != 0)
        close_day(column, date);
    }
  }
}

static rl_status open_days(calendar_column *column, rule_set set, unsigned *wrong)
{
  for (unsigned i = 0; i < set.count; i++) {
    if (set.rules[i].kind != RL_HOLIDAY_NOT)
      continue;
    if (!has_bits(column, set.rules[i].date, column->bit)) {
      *wrong = i;
      return RL_INVALID;
    }
    column->rows[set.rules[i].date.day - RL_CALENDAR_FIRST_DAY] &= ~column->bit;
  }
  return RL_OK;
}

static rl_status lay_single_days(calendar_column *column, rule_set set, unsigned *wrong)
{
  for (unsigned i = 0; i < set.count; i++) {
    if (set.rules[i].kind != RL_HOLIDAY_ON)
      continue;
    if (has_bits(column, set.rules[i].date, column->bit | RL_WEEKEND_BIT)) {
      *wrong = i;
      return RL_INVALID;
    }
    close_day(column, set.rules[i].date);
  }
  return RL_OK;
}

static void lay_all_citizens_days(calendar_column *column, rule_set set)
{
  for (unsigned i = 0; i < set.count; i++) {
    if (set.rules[i].kind == RL_HOLIDAY_CITIZENS)
      lay_citizens_days(column, &set.rules[i]);
  }
}

static void lay_all_substitutes(calendar_column *column, rule_set set)
{
  for (const rl_holiday_rule *rule = set.rules; rule < set.rules + set.count; rule++) {
    for (int32_t year = rule->from; rule->move != RL_MOVE_NONE && year <= rule->to; year++)
      lay_substitute(column, date_in(rule, year), rule->move);
  }
}

static void lay_all_bridges(calendar_column *column, rule_set set)
{
  for (const rl_holiday_rule *rule = set.rules; rule < set.rules + set.count; rule++) {
    for (int32_t year = rule->from; rule->bridge && year <= rule->to; year++)
      lay_bridge(column, date_in(rule, year));
  }
}

rl_status rl_holidays_lay(rl_calendars *calendars, unsigned index, const rl_holiday_rule *rules,
                          unsigned count, unsigned *wrong)
{
  calendar_column column = {calendars->closed, (uint64_t)1 << index};
  rule_set set = {rules, count};
  lay_all_days(&column, set);
  rl_status status = open_days(&column, set, wrong);
  if (status == RL_OK)
    status = lay_single_days(&column, set, wrong);
  if (status != RL_OK)
    return status;
  lay_all_citizens_days(&column, set);
  lay_all_substitutes(&column, set);
  lay_all_bridges(&column, set);
  return RL_OK;
}
