/* Calendars, dates and instants for tests, from text. Anything wrong with it ends the program. */
#pragma once

#include "calendar/calendar.h"

rl_calendars *fixture_parsed(const char *text); /* the caller destroys it */
rl_calendars *fixture_builtin(void);            /* the same */
rl_currency fixture_currency(const char *code);
rl_calendar fixture_calendar(const rl_calendars *calendars, const char *name);
rl_date fixture_date(const char *text); /* "2026-11-24" */
/* "2026-11-24 21:59:59.999", UTC. */
rl_utc fixture_utc(const char *text);

/* The weekdays of a year on which a calendar is closed, as "01-01 04-03 …". */
#define FIXTURE_DAYS_SIZE 2048
void fixture_closed_days(const rl_calendars *calendars, const char *name, int32_t year,
                         char out[FIXTURE_DAYS_SIZE]);
