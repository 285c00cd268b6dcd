#include "clock/zone.h"

#include "status/words.h"

#include <string.h>

#define DAY_S 86400
#define HOUR_S 3600

/* --- reading a rule --- */

typedef struct cursor {
  const char *at;
  const char *end;
  bool out_of_range; /* of the right form, but a number is beyond its bounds */
} cursor;

static bool take(cursor *in, char expected)
{
  if (in->at == in->end || *in->at != expected)
    return false;
  in->at++;
  return true;
}

static bool is_letter(char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* Three letters or more; between < and > digits and signs too. What it is called does not matter
 * to anybody here. */
static bool skip_name(cursor *in)
{
  bool quoted = take(in, '<');
  const char *start = in->at;
  while (in->at < in->end &&
         (is_letter(*in->at) ||
          (quoted && (is_digit(*in->at) || *in->at == '+' || *in->at == '-'))))
    in->at++;
  return in->at - start >= 3 && (!quoted || take(in, '>'));
}

/* One to three digits within bounds. */
static bool take_number(cursor *in, unsigned low, unsigned high, unsigned *out)
{
  const char *start = in->at;
  unsigned value = 0;
  for (; in->at < in->end && is_digit(*in->at) && in->at - start < 3; in->at++)
    value = value * 10 + (unsigned)(*in->at - '0');
  if (in->at == start)
    return false;
  if (value < low || value > high)
    in->out_of_range = true;
  *out = value;
  return true;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(cursor *in, unsigned hours_max, int32_t *out)
{
  bool negative = take(in, '-');
  if (!negative)
    (void)take(in, '+');
  unsigned hours = 0, minutes = 0, seconds = 0;
  if (!take_number(in, 0, hours_max, &hours))
    return false;
  if (take(in, ':')) {
    if (!take_number(in, 0, 59, &minutes))
      return false;
    if (take(in, ':') && !take_number(in, 0, 59, &seconds))
      return false;
  }
  int32_t time_s = (int32_t)(hours * HOUR_S + minutes * 60 + seconds);
  *out = negative ? -time_s : time_s;
  return true;
}

static bool take_change(cursor *in, rl_zone_change *out)
{
  unsigned month = 0, week = 0, weekday = 0, day = 0;
  char kind = take(in, 'M') ? 'M' : take(in, 'J') ? 'J' : 'n';
  if (kind == 'M' && !(take_number(in, 1, 12, &month) && take(in, '.') &&
                       take_number(in, 1, 5, &week) && take(in, '.') &&
                       take_number(in, 0, 6, &weekday)))
    return false;
  if (kind != 'M' && !take_number(in, kind == 'J' ? 1 : 0, 365, &day))
    return false;
  int32_t time_s = 2 * HOUR_S;
  if (take(in, '/') && !take_time(in, 167, &time_s))
    return false;
  *out = (rl_zone_change){.kind = kind, .month = (uint8_t)month, .week = (uint8_t)week,
                          .weekday = (uint8_t)weekday, .day = (uint16_t)day, .time_s = time_s};
  return true;
}

static bool take_summer(cursor *in, rl_zone *zone)
{
  int32_t west_s = 0;
  if (!skip_name(in))
    return false;
  zone->has_summer = true;
  zone->summer_s = zone->standard_s + HOUR_S;
  if (in->at < in->end && *in->at != ',') {
    if (!take_time(in, 24, &west_s))
      return false;
    zone->summer_s = -west_s;
  }
  return take(in, ',') && take_change(in, &zone->to_summer) && take(in, ',') &&
         take_change(in, &zone->to_standard);
}

/* --- changes --- */

/* The day of a change in `year`. */
static int32_t change_day(const rl_zone_change *change, int32_t year)
{
  if (change->kind != 'M') {
    int32_t first = rl_date_of_civil((rl_civil){year, 1, 1}).day;
    if (change->kind == 'n')
      return first + change->day;
    return first + change->day - 1 + (rl_year_is_leap(year) && change->day > 59);
  }
  unsigned days = rl_month_days(year, change->month);
  rl_date first = rl_date_of_civil((rl_civil){year, change->month, 1});
  int32_t to_weekday = (change->weekday + 7 - (int32_t)rl_date_weekday(first)) % 7;
  int32_t day = to_weekday + 7 * (change->week - 1);
  return first.day + (day < (int32_t)days ? day : day - 7);
}

/* The instant of a change, in seconds since 1970 on the clock of standard time. */
static int64_t change_standard_s(const rl_zone *zone, bool to_summer, int32_t year)
{
  const rl_zone_change *change = to_summer ? &zone->to_summer : &zone->to_standard;
  int64_t shown_s = change_day(change, year) * (int64_t)DAY_S + change->time_s;
  return to_summer ? shown_s : shown_s - (zone->summer_s - zone->standard_s);
}

/* Only then are the changes that decide about an instant those of its own year: rl_zone_offset_s
 * looks at no others. 28 years have every weekday of 1 January, leap and not. */
static bool changes_stay_in_their_year(const rl_zone *zone)
{
  for (int32_t year = 2000; year < 2028; year++) {
    int64_t start_s = rl_date_of_civil((rl_civil){year, 1, 1}).day * (int64_t)DAY_S;
    int64_t end_s = rl_date_of_civil((rl_civil){year + 1, 1, 1}).day * (int64_t)DAY_S;
    for (unsigned to_summer = 0; to_summer < 2; to_summer++) {
      int64_t change_s = change_standard_s(zone, to_summer, year);
      if (change_s < start_s || change_s >= end_s)
        return false;
    }
  }
  return true;
}

rl_status rl_zone_parse(const char *text, size_t length, rl_zone *out)
{
  cursor in = {.at = text, .end = text + length};
  rl_zone zone = {.has_summer = false};
  int32_t west_s = 0;
  if (!skip_name(&in) || !take_time(&in, 24, &west_s))
    return RL_INVALID;
  zone.standard_s = zone.summer_s = -west_s;
  if (in.at < in.end && !take_summer(&in, &zone))
    return RL_INVALID;
  if (in.at < in.end)
    return RL_INVALID;
  if (in.out_of_range || (zone.has_summer && !changes_stay_in_their_year(&zone)))
    return RL_OUT_OF_RANGE;
  *out = zone;
  return RL_OK;
}

rl_status rl_zone_find(const char *name, size_t length, rl_zone *out)
{
  const char *text = rl_zones_builtin_text();
  rl_words words = rl_words_over(text, strlen(text), "zones.txt", NULL);
  while (rl_words_next_line(&words)) {
    rl_span zone, rule;
    if (rl_words_take(&words, &zone) && rl_words_take(&words, &zone) &&
        zone.length == length && memcmp(zone.text, name, length) == 0 &&
        rl_words_take(&words, &rule))
      return rl_zone_parse(rule.text, rule.length, out);
  }
  return RL_NOT_FOUND;
}

/* --- asking --- */

int32_t rl_zone_offset_s(const rl_zone *zone, rl_utc at)
{
  if (!zone->has_summer)
    return zone->standard_s;
  int64_t standard_s = at.ms / 1000 - (at.ms % 1000 < 0) + zone->standard_s;
  int64_t day = standard_s / DAY_S - (standard_s % DAY_S < 0);
  if (day < RL_DATE_MIN.day || day > RL_DATE_MAX.day)
    return zone->standard_s;
  int32_t year = rl_civil_of_date((rl_date){(int32_t)day}).year;
  int64_t summer_s = change_standard_s(zone, true, year);
  int64_t winter_s = change_standard_s(zone, false, year);
  bool is_summer = summer_s < winter_s ? standard_s >= summer_s && standard_s < winter_s
                                       : standard_s >= summer_s || standard_s < winter_s;
  return is_summer ? zone->summer_s : zone->standard_s;
}

/* The larger offset gives the earlier instant. Where that offset is not in force then, the time is
 * either shown once, under the smaller one, or skipped, and then the smaller one, in force until
 * the change, puts it as far behind the change as the clocks skip. */
rl_utc rl_zone_utc(const rl_zone *zone, rl_date local, unsigned minute_of_day)
{
  RL_ASSERT(minute_of_day <= DAY_S / 60);
  bool ahead = zone->summer_s > zone->standard_s;
  int32_t larger_s = ahead ? zone->summer_s : zone->standard_s;
  int32_t smaller_s = ahead ? zone->standard_s : zone->summer_s;
  int64_t shown_s = local.day * (int64_t)DAY_S + minute_of_day * 60;
  rl_utc first = {(shown_s - larger_s) * 1000};
  return rl_zone_offset_s(zone, first) == larger_s ? first : (rl_utc){(shown_s - smaller_s) * 1000};
}
