/* Value dates, from the rows that parsing made. */
#include "calendar/table.h"

#include <string.h>

unsigned rl_calendars_count(const rl_calendars *calendars)
{
  return calendars->count;
}

const char *rl_calendar_name(const rl_calendars *calendars, rl_calendar calendar)
{
  RL_ASSERT(calendar.index < calendars->count);
  return calendars->names[calendar.index].text;
}

rl_status rl_calendar_find(const rl_calendars *calendars, const char *name, size_t length,
                           rl_calendar *out)
{
  for (unsigned i = 0; i < calendars->count; i++) {
    const char *text = calendars->names[i].text;
    if (strlen(text) == length && memcmp(text, name, length) == 0) {
      *out = (rl_calendar){(uint8_t)i};
      return RL_OK;
    }
  }
  return RL_NOT_FOUND;
}

bool rl_calendar_is_open(const rl_calendars *calendars, rl_calendar calendar, rl_date date)
{
  RL_ASSERT(calendar.index < calendars->count);
  rl_day_range valid = calendars->valid[calendar.index];
  int64_t row = (int64_t)date.day - RL_CALENDAR_FIRST_DAY;
  return row >= valid.first && row < valid.end &&
         (calendars->closed[row] & ((uint64_t)1 << calendar.index | RL_WEEKEND_BIT)) == 0;
}

/* What decides about one deal. */
typedef struct deal_days {
  const uint64_t *closed; /* rows */
  uint64_t between;       /* bits that stop the count of the lag */
  uint64_t due;           /* bits that the value date must not have */
  unsigned lag;           /* business days */
  int32_t first, end;     /* rows in [first, end) are known */
} deal_days;

static void restrict_to(deal_days *deal, rl_day_range valid)
{
  deal->first = valid.first > deal->first ? valid.first : deal->first;
  deal->end = valid.end < deal->end ? valid.end : deal->end;
}

static bool deal_of(const rl_calendars *calendars, rl_currency base, rl_currency quote,
                    deal_days *out)
{
  RL_ASSERT(base.index < RL_CURRENCY_COUNT && quote.index < RL_CURRENCY_COUNT);
  const rl_currency_days *first = &calendars->currencies[base.index];
  const rl_currency_days *second = &calendars->currencies[quote.index];
  const rl_currency_days *through = &calendars->currencies[calendars->through.index];
  if (first->calendars == 0 || second->calendars == 0 || rl_currency_equal(base, quote))
    return false;
  rl_pair_days pair = calendars->pairs[base.index][quote.index];
  *out = (deal_days){
    .closed = calendars->closed,
    .between = (first->between || pair.between ? first->calendars : 0) |
               (second->between || pair.between ? second->calendars : 0) | RL_WEEKEND_BIT,
    .due = first->calendars | second->calendars | through->calendars | RL_WEEKEND_BIT,
    .lag = pair.lag ? pair.lag : calendars->lag,
    .first = 0,
    .end = RL_CALENDAR_DAYS,
  };
  restrict_to(out, first->valid);
  restrict_to(out, second->valid);
  restrict_to(out, through->valid);
  return true;
}

/* The row of the trade date, or -1. West of Greenwich a date may be cut off on the next one of UTC,
 * but in no zone on the one after. */
static int32_t trade_row(const rl_calendars *calendars, rl_utc at)
{
  int32_t row = rl_date_of_utc(at).day - RL_CALENDAR_FIRST_DAY - 1;
  if (row < 0)
    return -1;
  for (; row < RL_CALENDAR_DAYS; row++) {
    if (calendars->cutoff_utc_ms[row] > at.ms && (calendars->closed[row] & RL_WEEKEND_BIT) == 0)
      return row;
  }
  return -1;
}

static bool in_one_month(int32_t row, int32_t later)
{
  rl_civil civil = rl_civil_of_date((rl_date){row + RL_CALENDAR_FIRST_DAY});
  return civil.day + (later - row) <= (int32_t)rl_month_days(civil.year, civil.month);
}

/* By the modified-following convention, but after `trade` in any case; at most `last`, or -1. */
static int32_t roll(const deal_days *deal, int32_t trade, int32_t row, int32_t last)
{
  int32_t next = row, before = row;
  while (next <= last && (deal->closed[next] & deal->due) != 0)
    next++;
  if (next > last)
    return -1;
  if (next == row || in_one_month(row, next))
    return next;
  while (before > trade && (deal->closed[before] & deal->due) != 0)
    before--;
  return before > trade ? before : next;
}

/* The row of the value date, or -1. */
static int32_t value_row(const deal_days *deal, int32_t trade)
{
  int32_t last = trade + RL_VALUE_DATE_DAYS_MAX;
  if (trade < deal->first || last >= deal->end)
    return -1;
  int32_t row = trade;
  for (unsigned counted = 0; counted < deal->lag && row <= last;) {
    row++;
    counted += (deal->closed[row] & deal->between) == 0;
  }
  return roll(deal, trade, row, last);
}

rl_value_date rl_value_date_of(const rl_calendars *calendars, rl_currency base, rl_currency quote,
                               rl_utc at)
{
  deal_days deal;
  if (!deal_of(calendars, base, quote, &deal))
    return (rl_value_date){.known = false};
  int32_t trade = trade_row(calendars, at);
  int32_t value = trade < 0 ? -1 : value_row(&deal, trade);
  if (value < 0)
    return (rl_value_date){.known = false};
  return (rl_value_date){
    .known = true,
    .date = {value + RL_CALENDAR_FIRST_DAY},
    .cutoff_utc_ms = calendars->cutoff_utc_ms[trade],
  };
}
