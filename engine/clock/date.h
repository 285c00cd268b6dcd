/* Civil dates: days of the proleptic Gregorian calendar, without a time of day or a time zone.
 *
 * Pure, any thread. Years 1 to 9999, so that a date is always ten characters. */
#pragma once

#include "clock/clock.h"

#include <stdbool.h>

typedef struct rl_date {
  int32_t day; /* days since 1970-01-01 */
} rl_date;

/* A date as people say it. */
typedef struct rl_civil {
  int32_t year;  /* 1 … 9999 */
  uint8_t month; /* 1 … 12 */
  uint8_t day;   /* 1 … 31 */
} rl_civil;

/* Numbered as POSIX TZ rules number them. */
typedef enum rl_weekday {
  RL_SUNDAY,
  RL_MONDAY,
  RL_TUESDAY,
  RL_WEDNESDAY,
  RL_THURSDAY,
  RL_FRIDAY,
  RL_SATURDAY,
} rl_weekday;

#define RL_DATE_MIN ((rl_date){-719162}) /* 0001-01-01 */
#define RL_DATE_MAX ((rl_date){2932896}) /* 9999-12-31 */

bool rl_year_is_leap(int32_t year);
/* 28 … 31; month 1 … 12. */
unsigned rl_month_days(int32_t year, unsigned month);
/* True when there is such a date. */
bool rl_civil_is_valid(rl_civil civil);
/* The civil date must be valid. */
rl_date rl_date_of_civil(rl_civil civil);
/* A date before RL_DATE_MIN or after RL_DATE_MAX is given as the nearest of these. */
rl_civil rl_civil_of_date(rl_date date);
rl_weekday rl_date_weekday(rl_date date);

/* The UTC date of an instant; beyond RL_DATE_MIN and RL_DATE_MAX the nearest of these. */
rl_date rl_date_of_utc(rl_utc utc);
/* Midnight UTC, with which the date begins. */
rl_utc rl_utc_of_date(rl_date date);

/* "2026-11-24": ten characters and a NUL. */
#define RL_DATE_TEXT_SIZE 11
void rl_date_format(rl_date date, char out[RL_DATE_TEXT_SIZE]);
/* That form exactly. RL_INVALID for another form, RL_OUT_OF_RANGE where there is no such date. */
RL_MUST_USE rl_status rl_date_parse(const char *text, size_t length, rl_date *out);
