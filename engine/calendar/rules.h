/* Holiday rules: from what a law says to the days of a calendar. Private to this room. */
#pragma once

#include "calendar/table.h"

typedef enum rl_holiday_kind {
  RL_HOLIDAY_FIXED,    /* month, day */
  RL_HOLIDAY_AFTER,    /* the first `weekday` on or after month, day */
  RL_HOLIDAY_BEFORE,   /* the last `weekday` on or before month, day */
  RL_HOLIDAY_LAST,     /* the last `weekday` of month */
  RL_HOLIDAY_EASTER,   /* `offset` days after Easter Sunday */
  RL_HOLIDAY_ORTHODOX, /* the same for the Orthodox Easter */
  RL_HOLIDAY_EQUINOX,  /* of month 3 or 9, in Japan */
  RL_HOLIDAY_CITIZENS, /* every day between two holidays */
  RL_HOLIDAY_ON,       /* `date` is one */
  RL_HOLIDAY_NOT,      /* `date` is none */
} rl_holiday_kind;

typedef enum rl_holiday_move {
  RL_MOVE_NONE,
  RL_MOVE_WEEKEND,
  RL_MOVE_SUNDAY,
  RL_MOVE_MONDAY,
  RL_MOVE_NEAREST,
} rl_holiday_move;

typedef struct rl_holiday_rule {
  rl_holiday_kind kind;
  uint8_t month;  /* 1 … 12 */
  uint8_t day;    /* 1 … 31; never 29 February */
  rl_weekday weekday;
  int32_t offset; /* days */
  rl_date date;   /* of ON and NOT: within the years of the table */
  rl_holiday_move move;
  uint8_t only;   /* bits of rl_weekday: on another the year has no such holiday; 0: on any */
  bool bridge;
  int32_t from, to; /* years, both included, within the table's */
  unsigned line;    /* of the file */
} rl_holiday_rule;

/* Easter Sunday of a year of the table. */
rl_date rl_easter(int32_t year);
rl_date rl_orthodox_easter(int32_t year);

/* Closes calendar `index` in all rows, from its rules. RL_INVALID for a rule that cannot be meant,
 * a NOT where no holiday is, an ON where one or a weekend is already; *wrong is its place. */
RL_MUST_USE rl_status rl_holidays_lay(rl_calendars *calendars, unsigned index,
                                      const rl_holiday_rule *rules, unsigned count,
                                      unsigned *wrong);
