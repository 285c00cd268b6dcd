/* The calendars' memory, private to this room: parsing fills it once, everybody else only reads.
 *
 * A row is a day, a bit in it a calendar: one load tells about all calendars of a deal, and the
 * days that a search walks over lie side by side. (A bitmap for each calendar would be half the
 * size and three times the loads.) */
#pragma once

#include "calendar/calendar.h"

#define RL_CALENDAR_FIRST_DAY 10957 /* 2000-01-01 */
#define RL_CALENDAR_DAYS 36525      /* until 2099-12-31 */
#define RL_WEEKEND_BIT ((uint64_t)1 << 63)
_Static_assert(RL_CALENDARS_MAX <= 63, "every calendar has a bit, and the weekend one of its own");

typedef struct rl_calendar_text {
  char text[RL_CALENDAR_NAME_MAX + 1];
} rl_calendar_text;

/* Days, counted from RL_CALENDAR_FIRST_DAY, in [first, end). */
typedef struct rl_day_range {
  int32_t first;
  int32_t end;
} rl_day_range;

typedef struct rl_currency_days {
  uint64_t calendars; /* bits; 0: the currency is unknown */
  bool between;       /* its holidays stop the count of the lag */
  rl_day_range valid; /* what its calendars have in common */
} rl_currency_days;

typedef struct rl_pair_days {
  bool given;   /* the file says something about the pair */
  uint8_t lag;  /* business days; 0: the general one */
  bool between; /* all holidays of both stop the count */
} rl_pair_days;

struct rl_calendars {
  unsigned count;
  rl_calendar_text names[RL_CALENDARS_MAX];
  rl_day_range valid[RL_CALENDARS_MAX];
  uint8_t lag;         /* business days */
  rl_currency through; /* its holidays count for every value date */
  rl_currency_days currencies[RL_CURRENCY_COUNT];
  rl_pair_days pairs[RL_CURRENCY_COUNT][RL_CURRENCY_COUNT]; /* the same in both orders */
  uint64_t closed[RL_CALENDAR_DAYS];        /* a bit for each calendar, and RL_WEEKEND_BIT */
  int64_t cutoff_utc_ms[RL_CALENDAR_DAYS];  /* ends the date's deals */
};
