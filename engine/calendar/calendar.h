/* Holiday calendars, and the value date of a spot deal.
 *
 * A data file states rules, not lists of dates; parsing works them out once, for every day of 2000
 * to 2099. Afterwards the calendars are immutable: any thread reads them, and a value date costs a
 * few loads.
 *
 * The value date of a deal in two currencies:
 *
 *   1. The trade date is the date, in the cut-off's time zone, that the next cut-off ends: from
 *      17:00 New York on it is tomorrow's deal. A trade date on a weekend is the next weekday's,
 *      a holiday does not matter.
 *   2. From there the pair's lag is counted in days that are business days of both currencies; the
 *      holidays of a currency with between=no (USD) do not stop the count unless the pair says
 *      between=yes.
 *   3. The day reached must be a business day of both and of the currency that every deal settles
 *      through (USD: a cross settles over New York too). If it is not, it is rolled by the
 *      modified-following convention: to the next such day, or, where that is in another month, to
 *      the last one before; but never to the trade date or before it, then it is the next one
 *      after all.
 *
 * A currency without a calendar has no value date: no guess is made. Lunar and decreed holidays of
 * years to come are not made up either; a calendar says for which years it holds.
 *
 * The file is lines of words, '#' starts a comment:
 *
 *   weekend  SAT SUN                  no business days anywhere, no trade dates
 *   cutoff   17:00 America/New_York   ends a trade date; a zone of clock/zones.txt
 *   calendar USNY [from=Y] [to=Y]     begins a calendar that holds for these years; its rules:
 *     fixed    12-25                  every year on that day
 *     nth      3 MON 01               the third Monday of January (1 … 4)
 *     last     MON 05                 the last Monday of May
 *     after    FRI 06-19              the first Friday on or after 19 June
 *     before   MON 05-24              the last Monday on or before 24 May
 *     easter   -2                     so many days after (before) Easter Sunday
 *     orthodox 50                     the same for the Easter of the Orthodox church
 *     equinox  03                     the astronomical equinox in Japan, 03 or 09
 *     citizens                        a day between two holidays is one (Japan)
 *     on       2022-09-19 …           holidays of their own
 *     not      2020-05-04 …           no holiday that year, though a rule says so
 *   currency EUR EUTA [between=no]    its calendars, one or more
 *   through  USD                      its calendars count for every value date
 *   lag      2                        business days from trade date to value date, 1 … 5
 *   pair     USD CAD [lag=1] [between=yes]   where a pair differs, in either order
 *
 * Every rule but `on` and `not` takes from=Y and to=Y, its first and last year. All of these but
 * `citizens` take
 *   only=MON,THU   no holiday in a year in which it is on another weekday
 *   bridge=yes     on a Tuesday the Monday before is a holiday too, on a Thursday the Friday after
 *   move=…         the substitute for a holiday on a weekend:
 *     weekend      the next day that is neither weekend nor holiday (two in a row take two days)
 *     sunday       the same for a Sunday; a Saturday is lost
 *     monday       the Monday after, a holiday of its own or not
 *     nearest      for a Saturday the day before, for a Sunday the day after
 * First all days are laid down, without those of `not` and with those of `on`; then citizens' days,
 * substitutes and bridges follow from them. */
#pragma once

#include "clock/date.h"
#include "money/currency.h"
#include "status/error.h"

/* Years that are worked out. The formulas of Easter and equinox in use hold for all of them. */
#define RL_CALENDAR_FIRST_YEAR 2000
#define RL_CALENDAR_LAST_YEAR 2099

/* No value date is further from its trade date. Where none is found so near, it is unknown; so it
 * is in the last days of a calendar, where the search could leave it. */
#define RL_VALUE_DATE_DAYS_MAX 31

typedef struct rl_calendars rl_calendars;

/* Parses `text`; `file` names it in errors. On success the caller owns *out. RL_INVALID or
 * RL_OUT_OF_RANGE with line and field in *error, RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_calendars_parse(const char *text, size_t length, const char *file,
                                         rl_calendars **out, rl_error *error);
/* The calendars compiled into the program. */
const char *rl_calendars_builtin_text(void);
void rl_calendars_destroy(rl_calendars *calendars);

typedef struct rl_value_date {
  bool known;            /* false: a currency has no calendar, or the years do not reach; the rest
                            is zero then */
  rl_date date;          /* when both amounts are due */
  int64_t cutoff_utc_ms; /* a deal struck at this instant has the next trade date; before it, from
                            the deal asked about on, this value date */
} rl_value_date;

/* The spot value date of a deal struck at `at`. The order of the two does not matter; a currency
 * against itself, or none, is unknown. 20 to 50 ns, no allocation. */
rl_value_date rl_value_date_of(const rl_calendars *calendars, rl_currency base, rl_currency quote,
                               rl_utc at);

/* One calendar: an index, not stored or sent. */
typedef struct rl_calendar {
  uint8_t index;
} rl_calendar;

unsigned rl_calendars_count(const rl_calendars *calendars);
/* "USNY" and a NUL, as long as the calendars live. */
const char *rl_calendar_name(const rl_calendars *calendars, rl_calendar calendar);
/* By its name. RL_NOT_FOUND. */
RL_MUST_USE rl_status rl_calendar_find(const rl_calendars *calendars, const char *name,
                                       size_t length, rl_calendar *out);
/* False on weekends, on holidays and outside the years for which the calendar holds. */
bool rl_calendar_is_open(const rl_calendars *calendars, rl_calendar calendar, rl_date date);
