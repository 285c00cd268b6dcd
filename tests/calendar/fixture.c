#include "calendar/fixture.h"

#include <stdio.h>
#include <string.h>

rl_calendars *fixture_parsed(const char *text)
{
  rl_calendars *calendars = NULL;
  rl_error error = {.text = ""};
  rl_status status = rl_calendars_parse(text, strlen(text), "test.txt", &calendars, &error);
  char line[512];
  rl_error_format(&error, line, sizeof line);
  if (status != RL_OK)
    fprintf(stderr, "%s\n", line);
  RL_ASSERT(status == RL_OK);
  return calendars;
}

rl_calendars *fixture_builtin(void)
{
  return fixture_parsed(rl_calendars_builtin_text());
}

rl_currency fixture_currency(const char *code)
{
  rl_currency currency = RL_CURRENCY_NONE;
  rl_status status = rl_currency_find(code, strlen(code), &currency);
  RL_ASSERT(status == RL_OK);
  return currency;
}

rl_calendar fixture_calendar(const rl_calendars *calendars, const char *name)
{
  rl_calendar calendar = {0};
  rl_status status = rl_calendar_find(calendars, name, strlen(name), &calendar);
  RL_ASSERT(status == RL_OK);
  return calendar;
}

rl_date fixture_date(const char *text)
{
  rl_date date = {0};
  rl_status status = rl_date_parse(text, strlen(text), &date);
  RL_ASSERT(status == RL_OK);
  return date;
}

rl_utc fixture_utc(const char *text)
{
  rl_date date = {0};
  unsigned hour = 0, minute = 0, second = 0, ms = 0;
  rl_status status = rl_date_parse(text, 10, &date);
  int fields = sscanf(text + 10, " %2u:%2u:%2u.%3u", &hour, &minute, &second, &ms);
  RL_ASSERT(status == RL_OK && fields >= 2);
  return (rl_utc){rl_utc_of_date(date).ms + ((hour * 60 + minute) * 60 + second) * 1000ll + ms};
}

void fixture_closed_days(const rl_calendars *calendars, const char *name, int32_t year,
                         char out[FIXTURE_DAYS_SIZE])
{
  rl_calendar calendar = fixture_calendar(calendars, name);
  size_t used = 0;
  out[0] = '\0';
  rl_date end = rl_date_of_civil((rl_civil){year, 12, 31});
  for (rl_date date = rl_date_of_civil((rl_civil){year, 1, 1}); date.day <= end.day; date.day++) {
    rl_weekday weekday = rl_date_weekday(date);
    if (weekday == RL_SATURDAY || weekday == RL_SUNDAY ||
        rl_calendar_is_open(calendars, calendar, date))
      continue;
    char text[RL_DATE_TEXT_SIZE];
    rl_date_format(date, text);
    int written = snprintf(out + used, FIXTURE_DAYS_SIZE - used, "%s%s", used ? " " : "", text + 5);
    used += (size_t)written;
  }
}
