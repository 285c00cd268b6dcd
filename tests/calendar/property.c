/* Value dates against a day-by-day oracle, on deals at random.
 *
 *   value_date_property [--deals N]
 *
 * The oracle knows each currency's calendars, the lags and the exceptions from a table of its own,
 * finds the trade date with the C library's clocks, and looks for the value date among the days of
 * its month instead of walking from one. Instants are drawn so that they are often at a cut-off, a
 * millisecond beside it, or around the end of a month. */
#include "calendar/fixture.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
  const char *code;
  const char *calendars[2];
} table[] = {
  {"USD", {"USNY"}}, {"EUR", {"EUTA"}}, {"GBP", {"GBLO"}}, {"JPY", {"JPTO"}}, {"CHF", {"CHZU"}},
  {"AUD", {"AUSY"}}, {"NZD", {"NZAU", "NZWE"}}, {"CAD", {"CATO"}}, {"DKK", {"DKCO"}},
  {"NOK", {"NOOS"}}, {"SEK", {"SEST"}}, {"PLN", {"PLWA"}}, {"CZK", {"CZPR"}}, {"HUF", {"HUBU"}},
  {"RON", {"ROBU"}}, {"ZAR", {"ZAJO"}}, {"MXN", {"MXMC"}}, {"BRL", {"BRBD"}},
};
enum { CODES = sizeof table / sizeof *table };

/* Years in which all of the calendars hold. */
#define FIRST_YEAR 2020
#define LAST_YEAR 2051

static rl_calendars *calendars;
static rl_random dice;

static bool works(unsigned code, rl_date date)
{
  for (unsigned i = 0; i < 2; i++) {
    const char *name = table[code].calendars[i];
    if (name && !rl_calendar_is_open(calendars, fixture_calendar(calendars, name), date))
      return false;
  }
  return true;
}

static bool is_pair(unsigned left, unsigned right, const char *first, const char *second)
{
  const char *one = table[left].code, *other = table[right].code;
  return (strcmp(one, first) == 0 && strcmp(other, second) == 0) ||
         (strcmp(one, second) == 0 && strcmp(other, first) == 0);
}

/* --- the oracle --- */

/* The New York date seven hours on: from 17:00 it is the next one. */
static rl_date trade_date(rl_utc at)
{
  time_t seconds = at.ms / 1000;
  struct tm local;
  localtime_r(&seconds, &local);
  rl_date date = rl_date_of_civil((rl_civil){local.tm_year + 1900, (uint8_t)(local.tm_mon + 1),
                                             (uint8_t)local.tm_mday});
  date.day += local.tm_hour >= 17;
  while (rl_date_weekday(date) == RL_SATURDAY || rl_date_weekday(date) == RL_SUNDAY)
    date.day++;
  return date;
}

static bool stops_nothing(unsigned code, unsigned other, rl_date date)
{
  return works(code, date) || (code == 0 && !is_pair(code, other, "USD", "MXN"));
}

static bool is_weekday(rl_date date)
{
  return rl_date_weekday(date) != RL_SATURDAY && rl_date_weekday(date) != RL_SUNDAY;
}

static bool settles(unsigned left, unsigned right, rl_date date)
{
  return works(left, date) && works(right, date) && works(0, date);
}

static rl_date oracle(unsigned left, unsigned right, rl_date trade)
{
  unsigned lag = is_pair(left, right, "USD", "CAD") ? 1 : 2, counted = 0;
  rl_date reached = trade;
  while (counted < lag) {
    reached.day++;
    counted += is_weekday(reached) && stops_nothing(left, right, reached) &&
               stops_nothing(right, left, reached);
  }
  rl_civil civil = rl_civil_of_date(reached);
  rl_date found = {0}, first = rl_date_of_civil((rl_civil){civil.year, civil.month, 1});
  for (unsigned i = 0; i < rl_month_days(civil.year, civil.month); i++) {
    rl_date date = {first.day + (int32_t)i};
    if (date.day > trade.day && settles(left, right, date) &&
        (found.day == 0 || found.day < reached.day))
      found = date;
  }
  for (rl_date date = reached; found.day == 0; date.day++) {
    if (settles(left, right, date))
      found = date;
  }
  return found;
}

/* --- what holds of every value date --- */

static void complain(const char *what, unsigned left, unsigned right, rl_utc at)
{
  char text[RL_UTC_TEXT_SIZE];
  rl_utc_format(at, text);
  fprintf(stderr, "value_date_property: %s %s at %s: %s\n", table[left].code, table[right].code,
          text, what);
  exit(1);
}

static rl_value_date value_of(unsigned left, unsigned right, rl_utc at)
{
  return rl_value_date_of(calendars, fixture_currency(table[left].code),
                          fixture_currency(table[right].code), at);
}

static void check(unsigned left, unsigned right, rl_utc at)
{
  rl_value_date value = value_of(left, right, at);
  rl_date trade = trade_date(at);
  if (!value.known)
    complain("unknown", left, right, at);
  if (value.date.day != oracle(left, right, trade).day)
    complain("another date than the oracle's", left, right, at);
  if (!settles(left, right, value.date))
    complain("no business day", left, right, at);
  if (value.date.day <= trade.day)
    complain("not behind the trade date", left, right, at);
  if (value.cutoff_utc_ms <= at.ms)
    complain("the cut-off is over", left, right, at);
  rl_utc last = {value.cutoff_utc_ms - 1}, next = {value.cutoff_utc_ms};
  if (trade_date(last).day != trade.day || trade_date(next).day <= trade.day)
    complain("the cut-off does not end the trade date", left, right, at);
  rl_value_date then = value_of(left, right, last), later = value_of(left, right, next);
  if (then.date.day != value.date.day || then.cutoff_utc_ms != value.cutoff_utc_ms)
    complain("another date before the cut-off", left, right, at);
  if (later.date.day < value.date.day || later.cutoff_utc_ms <= value.cutoff_utc_ms)
    complain("not monotone", left, right, at);
}

static rl_utc some_instant(void)
{
  int32_t year = (int32_t)rl_random_between(&dice, FIRST_YEAR, LAST_YEAR);
  rl_date date = rl_date_of_civil((rl_civil){year, 1, 1});
  date.day += (int32_t)rl_random_below(&dice, 365);
  if (rl_random_below(&dice, 3) == 0) {
    rl_civil civil = rl_civil_of_date(date);
    civil.day = (uint8_t)(rl_month_days(civil.year, civil.month) - rl_random_below(&dice, 4));
    date = rl_date_of_civil(civil);
  }
  int64_t start_ms = rl_utc_of_date(date).ms;
  switch (rl_random_below(&dice, 3)) {
  case 0:
    return (rl_utc){start_ms + 21 * 3600000 + rl_random_between(&dice, -1, 1)};
  case 1:
    return (rl_utc){start_ms + 22 * 3600000 + rl_random_between(&dice, -1, 1)};
  default:
    return (rl_utc){start_ms + rl_random_between(&dice, 0, 86399999)};
  }
}

int main(int argc, char **argv)
{
  unsigned long deals = argc == 3 && strcmp(argv[1], "--deals") == 0 ? strtoul(argv[2], NULL, 10)
                                                                      : 60000;
  setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);
  tzset();
  calendars = fixture_builtin();
  dice = rl_random_from(rl_test_seed("value_date_property"));
  for (unsigned long i = 0; i < deals; i++) {
    unsigned left = (unsigned)rl_random_below(&dice, CODES);
    unsigned right = (left + 1 + (unsigned)rl_random_below(&dice, CODES - 1)) % CODES;
    check(left, right, some_instant());
  }
  printf("%lu deals agree\n", deals);
  rl_calendars_destroy(calendars);
  return 0;
}
