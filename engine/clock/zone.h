/* Time zones as POSIX TZ rules: what is in force today and, as far as anybody knows, will be.
 *
 * A zone is a value: copy it freely, any thread reads it. There is no history in it: an instant
 * before a zone took its present rule gets the present rule. The machine's own zone files are not
 * read, so that two engines agree whatever is installed.
 *
 *   EST5EDT,M3.2.0,M11.1.0         offset is hours *west* of Greenwich; summer time is one hour
 *                                  ahead unless stated; changes at 02:00 local unless stated
 *   <+1030>-10:30<+11>-11,M10.1.0,M4.1.0     names that are no letters stand in < >
 *   JST-9                          no summer time
 *
 * A change is Mm.w.d (month, week 1 … 5 with 5 the last, weekday from Sunday 0), Jn (day 1 … 365,
 * never 29 February) or n (day 0 … 365), each with /hh[:mm[:ss]] of -167 … 167 hours as in
 * RFC 8536. Daylight time without its rule is refused, as is a change that leaves its own year. */
#pragma once

#include "clock/date.h"

/* One change of the year. */
typedef struct rl_zone_change {
  char kind;       /* 'M', 'J', or 'n' for the day counted from 0 */
  uint8_t month;   /* of 'M': 1 … 12 */
  uint8_t week;    /* of 'M': 1 … 5 */
  uint8_t weekday; /* of 'M': 0 … 6, rl_weekday */
  uint16_t day;    /* of 'J' and 'n' */
  int32_t time_s;  /* local seconds after that day's midnight, by the clock in use until then */
} rl_zone_change;

typedef struct rl_zone {
  int32_t standard_s; /* local minus UTC, seconds */
  int32_t summer_s;   /* the same in summer time; standard_s where there is none */
  bool has_summer;
  rl_zone_change to_summer;   /* with has_summer only */
  rl_zone_change to_standard; /* with has_summer only */
} rl_zone;

/* Reads a rule. RL_INVALID for another form, RL_OUT_OF_RANGE for a number beyond its bounds. */
RL_MUST_USE rl_status rl_zone_parse(const char *text, size_t length, rl_zone *out);

/* A zone of engine/clock/zones.txt by its name ("America/New_York"). RL_NOT_FOUND. Looks through
 * a page of text (some microseconds): for start-up, not for every quote. */
RL_MUST_USE rl_status rl_zone_find(const char *name, size_t length, rl_zone *out);
/* The table compiled in: lines "zone NAME RULE". */
const char *rl_zones_builtin_text(void);

/* Local minus UTC at an instant, in seconds. Some 60 ns with summer time. */
int32_t rl_zone_offset_s(const rl_zone *zone, rl_utc at);

/* The instant at which local clocks show this minute, 0 … 1440 (1440 is the day's end). A time that
 * clocks skip is taken as much later as they skip (02:30 becomes 03:30); of a time that they show
 * twice it is the first. */
rl_utc rl_zone_utc(const rl_zone *zone, rl_date local, unsigned minute_of_day);
