/* Years are counted from 1 March, so that the leap day ends them, in eras of 400 years that all
 * have 146,097 days (day 0 is 0000-03-01); month m of these starts on day (153m + 2) / 5. */
#include "clock/date.h"

#include <string.h>

#define MS_PER_DAY 86400000ll
#define ERA_DAYS 146097
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

bool rl_year_is_leap(int32_t year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned rl_month_days(int32_t year, unsigned month)
{
  if (month == 2)
    return rl_year_is_leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool rl_civil_is_valid(rl_civil civil)
{
  return civil.year >= 1 && civil.year <= 9999 && civil.month >= 1 && civil.month <= 12 &&
         civil.day >= 1 && civil.day <= rl_month_days(civil.year, civil.month);
}

rl_date rl_date_of_civil(rl_civil civil)
{
  RL_ASSERT(rl_civil_is_valid(civil));
  int32_t year = civil.month > 2 ? civil.year : civil.year - 1;
  int32_t month = civil.month > 2 ? civil.month - 3 : civil.month + 9;
  int32_t year_of_era = year % 400;
  int32_t day_of_year = (153 * month + 2) / 5 + civil.day - 1;
  int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return (rl_date){year / 400 * ERA_DAYS + day_of_era - DAYS_TO_1970};
}

static int32_t within(int64_t day)
{
  return (int32_t)(day < RL_DATE_MIN.day ? RL_DATE_MIN.day
                   : day > RL_DATE_MAX.day ? RL_DATE_MAX.day : day);
}

rl_civil rl_civil_of_date(rl_date date)
{
  unsigned days = (unsigned)(within(date.day) + DAYS_TO_1970);
  unsigned day_of_era = days % ERA_DAYS;
  unsigned leap_days = day_of_era / 1460 - day_of_era / 36524 + day_of_era / (ERA_DAYS - 1);
  unsigned year_of_era = (day_of_era - leap_days) / 365;
  unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  unsigned month = (5 * day_of_year + 2) / 153;
  return (rl_civil){
    .year = (int32_t)(year_of_era + days / ERA_DAYS * 400 + (month >= 10)),
    .month = (uint8_t)(month < 10 ? month + 3 : month - 9),
    .day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1),
  };
}

/* 1970-01-01 was a Thursday, 0001-01-01 a Monday. */
rl_weekday rl_date_weekday(rl_date date)
{
  int32_t since_sunday = (date.day % 7 + RL_THURSDAY + 7) % 7;
  return (rl_weekday)since_sunday;
}

rl_date rl_date_of_utc(rl_utc utc)
{
  int64_t day = utc.ms / MS_PER_DAY - (utc.ms % MS_PER_DAY < 0);
  return (rl_date){within(day)};
}

rl_utc rl_utc_of_date(rl_date date)
{
  return (rl_utc){date.day * MS_PER_DAY};
}

static void put_number(char *out, unsigned value, unsigned digits)
{
  for (; digits > 0; value /= 10)
    out[--digits] = (char)('0' + value % 10);
}

void rl_date_format(rl_date date, char out[RL_DATE_TEXT_SIZE])
{
  rl_civil civil = rl_civil_of_date(date);
  put_number(out, (unsigned)civil.year, 4);
  put_number(out + 5, civil.month, 2);
  put_number(out + 8, civil.day, 2);
  out[4] = out[7] = '-';
  out[10] = '\0';
}

static bool take_number(const char *text, unsigned digits, unsigned *out)
{
  unsigned value = 0;
  for (unsigned i = 0; i < digits; i++) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    value = value * 10 + (unsigned)(text[i] - '0');
  }
  *out = value;
  return true;
}

rl_status rl_date_parse(const char *text, size_t length, rl_date *out)
{
  unsigned year = 0, month = 0, day = 0;
  if (length != RL_DATE_TEXT_SIZE - 1 || text[4] != '-' || text[7] != '-' ||
      !take_number(text, 4, &year) || !take_number(text + 5, 2, &month) ||
      !take_number(text + 8, 2, &day))
    return RL_INVALID;
  rl_civil civil = {(int32_t)year, (uint8_t)month, (uint8_t)day};
  if (!rl_civil_is_valid(civil))
    return RL_OUT_OF_RANGE;
  *out = rl_date_of_civil(civil);
  return RL_OK;
}

#define LAST_MS 253402300799999ll /* of the year 9999 */

/* By hand, for each quote shows a date: strftime and snprintf take thirty times as long. */
void rl_utc_format(rl_utc utc, char out[RL_UTC_TEXT_SIZE])
{
  int64_t ms = utc.ms < 0 ? 0 : utc.ms > LAST_MS ? LAST_MS : utc.ms;
  unsigned of_day = (unsigned)(ms % MS_PER_DAY);
  rl_date_format((rl_date){(int32_t)(ms / MS_PER_DAY)}, out);
  memcpy(out + 10, "T00:00:00.000Z", RL_UTC_TEXT_SIZE - 10);
  put_number(out + 11, of_day / 3600000, 2);
  put_number(out + 14, of_day / 60000 % 60, 2);
  put_number(out + 17, of_day / 1000 % 60, 2);
  put_number(out + 20, of_day % 1000, 3);
}

/* '0' stands for a digit. */
static bool has_form(const char *text, size_t length, const char *form)
{
  for (size_t i = 0; i < length; i++) {
    bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !digit : text[i] != form[i])
      return false;
  }
  return strlen(form) == length;
}

static bool is_instant(const char *text, size_t length)
{
  static const char *const forms[] = {
    "0000-00-00", "0000-00-00T00:00Z", "0000-00-00T00:00:00Z", "0000-00-00T00:00:00.000Z"};
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    if (length <= strlen(forms[i]) && has_form(text, length, forms[i]))
      return true;
  }
  return false;
}

rl_status rl_utc_parse(const char *text, size_t length, rl_utc *out)
{
  char full[RL_UTC_TEXT_SIZE] = "0000-00-00T00:00:00.000Z"; /* what is left out is zero */
  unsigned hour, minute, second, ms;
  rl_date date;
  if (!is_instant(text, length))
    return RL_INVALID;
  size_t given = text[length - 1] == 'Z' ? length - 1 : length;
  memcpy(full, text, given);
  rl_status status = rl_date_parse(full, RL_DATE_TEXT_SIZE - 1, &date);
  if (status != RL_OK)
    return status;
  bool digits = take_number(full + 11, 2, &hour) && take_number(full + 14, 2, &minute) &&
                take_number(full + 17, 2, &second) && take_number(full + 20, 3, &ms);
  if (!digits || hour > 23 || minute > 59 || second > 59 || date.day < 0)
    return RL_OUT_OF_RANGE;
  *out = (rl_utc){rl_utc_of_date(date).ms + ((hour * 60 + minute) * 60 + second) * 1000ll + ms};
  return RL_OK;
}
