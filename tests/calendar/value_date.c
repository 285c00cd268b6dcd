/* Value dates of known days. 2026: Thanksgiving is Thursday 26 November, Christmas a Friday. */
#include "calendar/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_calendars *calendars;

static void begin(void)
{
  calendars = fixture_builtin();
}

static void end(void)
{
  rl_calendars_destroy(calendars);
}

TestSuite(value_date, .init = begin, .fini = end);

static rl_value_date value_of(const char *pair, rl_utc at)
{
  char base[4] = {pair[0], pair[1], pair[2], 0};
  return rl_value_date_of(calendars, fixture_currency(base), fixture_currency(pair + 3), at);
}

/* Struck at this instant UTC, in either order of the currencies. */
static void expect_at(const char *pair, const char *at, const char *expected)
{
  char other[7] = {pair[3], pair[4], pair[5], pair[0], pair[1], pair[2], 0};
  rl_value_date value = value_of(pair, fixture_utc(at));
  rl_value_date mirrored = value_of(other, fixture_utc(at));
  char text[RL_DATE_TEXT_SIZE];
  rl_date_format(value.date, text);
  cr_expect(value.known);
  cr_expect_str_eq(text, expected, "%s of %s: %s", pair, at, text);
  cr_expect(mirrored.known && mirrored.date.day == value.date.day &&
            mirrored.cutoff_utc_ms == value.cutoff_utc_ms, "%s", other);
}

/* Struck at noon UTC. */
static void expect_on(const char *pair, const char *date, const char *expected)
{
  char at[32] = "";
  memcpy(at, date, 10);
  memcpy(at + 10, " 12:00", 7);
  expect_at(pair, at, expected);
}

static void expect_cutoff(const char *pair, const char *at, const char *expected)
{
  rl_value_date value = value_of(pair, fixture_utc(at));
  char text[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){value.cutoff_utc_ms}, text);
  cr_expect_eq(value.cutoff_utc_ms, fixture_utc(expected).ms, "%s of %s: %s", pair, at, text);
}

Test(value_date, is_two_business_days_on)
{
  expect_on("EURUSD", "2026-11-16", "2026-11-18");
  expect_on("EURUSD", "2026-11-19", "2026-11-23");
  expect_on("EURUSD", "2026-11-20", "2026-11-24");
  expect_on("EURCAD", "2026-11-17", "2026-11-19");
  expect_on("GBPJPY", "2026-11-17", "2026-11-19");
}

Test(value_date, of_usd_cad_is_one_business_day_on)
{
  expect_on("USDCAD", "2026-11-17", "2026-11-18");
  expect_on("USDCAD", "2026-11-20", "2026-11-23");
}

Test(value_date, goes_around_christmas)
{
  expect_on("EURUSD", "2026-12-22", "2026-12-24");
  expect_on("EURUSD", "2026-12-23", "2026-12-28");
  expect_on("EURUSD", "2026-12-24", "2026-12-29");
  expect_on("GBPUSD", "2026-12-23", "2026-12-29");
  expect_on("EURUSD", "2026-12-30", "2027-01-04");
  expect_on("USDCAD", "2026-12-24", "2026-12-29");
}

Test(value_date, of_a_trade_on_a_holiday_counts_from_it)
{
  expect_on("EURUSD", "2026-12-25", "2026-12-29");
}

Test(value_date, is_never_a_new_york_holiday_but_counts_over_one)
{
  expect_on("EURUSD", "2026-11-24", "2026-11-27");
  expect_on("EURUSD", "2026-11-25", "2026-11-27");
  expect_on("EURGBP", "2026-11-24", "2026-11-27");
  expect_on("EURGBP", "2026-11-25", "2026-11-27");
  expect_on("USDCAD", "2026-11-25", "2026-11-27");
  expect_on("USDCAD", "2026-11-24", "2026-11-25");
}

Test(value_date, of_usd_mxn_does_not_count_over_a_new_york_holiday)
{
  expect_on("USDMXN", "2026-11-25", "2026-11-30");
  expect_on("USDMXN", "2026-11-24", "2026-11-27");
  expect_on("EURMXN", "2026-11-25", "2026-11-27");
}

/* New York works on Good Friday and on 1 May. */
Test(value_date, does_not_count_holidays_of_the_other_currency)
{
  expect_on("EURUSD", "2026-04-01", "2026-04-07");
  expect_on("EURUSD", "2026-04-02", "2026-04-08");
  expect_on("EURUSD", "2026-04-29", "2026-05-04");
  expect_on("EURUSD", "2026-04-30", "2026-05-05");
  expect_on("USDJPY", "2026-04-30", "2026-05-07");
  expect_on("EURJPY", "2026-04-29", "2026-05-07");
}

Test(value_date, minds_all_calendars_of_a_currency)
{
  expect_on("NZDUSD", "2026-01-22", "2026-01-27");
  expect_on("NZDUSD", "2024-01-18", "2024-01-23");
  expect_on("EURUSD", "2026-01-22", "2026-01-26");
}

/* 31 May 2027 is Memorial Day, a Monday, in the euro area a business day. */
Test(value_date, does_not_leave_the_month_but_stays_behind_the_trade_date)
{
  expect_on("EURUSD", "2027-05-26", "2027-05-28");
  expect_on("EURUSD", "2027-05-27", "2027-05-28");
  expect_on("EURUSD", "2027-05-28", "2027-06-01");
  expect_on("GBPUSD", "2027-05-27", "2027-06-01");
  expect_on("USDCAD", "2027-05-27", "2027-05-28");
  expect_on("USDCAD", "2027-05-28", "2027-06-01");
}

Test(value_date, changes_at_five_in_new_york_in_summer)
{
  expect_at("EURUSD", "2026-07-10 20:59:59.999", "2026-07-14");
  expect_at("EURUSD", "2026-07-10 21:00:00.000", "2026-07-15");
  expect_cutoff("EURUSD", "2026-07-10 20:59:59.999", "2026-07-10 21:00");
  expect_cutoff("EURUSD", "2026-07-10 21:00:00.000", "2026-07-13 21:00");
  expect_at("EURUSD", "2026-07-08 20:59:59.999", "2026-07-10");
  expect_at("EURUSD", "2026-07-08 21:00:00.000", "2026-07-13");
}

Test(value_date, changes_at_five_in_new_york_in_winter)
{
  expect_at("EURUSD", "2026-01-09 21:59:59.999", "2026-01-13");
  expect_at("EURUSD", "2026-01-09 22:00:00.000", "2026-01-14");
  expect_cutoff("EURUSD", "2026-01-09 21:59:59.999", "2026-01-09 22:00");
  expect_cutoff("EURUSD", "2026-01-09 22:00:00.000", "2026-01-12 22:00");
}

Test(value_date, of_a_weekend_is_mondays)
{
  expect_at("EURUSD", "2026-11-21 12:00", "2026-11-25");
  expect_at("EURUSD", "2026-11-22 21:59:59.999", "2026-11-25");
  expect_at("EURUSD", "2026-11-22 22:00", "2026-11-25");
  expect_at("EURUSD", "2026-11-23 21:59:59.999", "2026-11-25");
  expect_cutoff("EURUSD", "2026-11-22 23:00", "2026-11-23 22:00");
}

/* New York changes its clocks on Sunday 8 March and 1 November 2026, Frankfurt on others. */
Test(value_date, follows_the_clocks_of_new_york)
{
  expect_cutoff("EURUSD", "2026-03-06 21:59:59.999", "2026-03-06 22:00");
  expect_cutoff("EURUSD", "2026-03-06 22:00", "2026-03-09 21:00");
  expect_cutoff("EURUSD", "2026-03-08 12:00", "2026-03-09 21:00");
  expect_at("EURUSD", "2026-03-09 20:59:59.999", "2026-03-11");
  expect_at("EURUSD", "2026-03-09 21:00", "2026-03-12");
  expect_cutoff("EURUSD", "2026-10-30 20:59:59.999", "2026-10-30 21:00");
  expect_cutoff("EURUSD", "2026-10-30 21:00", "2026-11-02 22:00");
  expect_at("EURUSD", "2026-11-02 21:59:59.999", "2026-11-04");
  expect_at("EURUSD", "2026-11-02 22:00", "2026-11-05");
}

/* Cut off on the date of UTC after, and on the one before. */
Test(value_date, follows_a_cutoff_far_from_greenwich)
{
  static const char tail[] = "\nlag 2\ncalendar TEST\ncurrency USD TEST\ncurrency EUR TEST\n"
                             "through USD\n";
  char text[256];
  rl_calendars *builtin = calendars;
  snprintf(text, sizeof text, "weekend SAT SUN\ncutoff 23:59 America/Los_Angeles%s", tail);
  calendars = fixture_parsed(text);
  expect_at("EURUSD", "2026-01-13 07:58:59.999", "2026-01-14");
  expect_at("EURUSD", "2026-01-13 07:59", "2026-01-15");
  expect_cutoff("EURUSD", "2026-01-13 07:00", "2026-01-13 07:59");
  rl_calendars_destroy(calendars);
  snprintf(text, sizeof text, "weekend SAT SUN\ncutoff 00:00 Pacific/Auckland%s", tail);
  calendars = fixture_parsed(text);
  expect_at("EURUSD", "2026-01-13 10:59:59.999", "2026-01-16");
  expect_at("EURUSD", "2026-01-13 11:00", "2026-01-19");
  expect_cutoff("EURUSD", "2026-01-13 10:00", "2026-01-13 11:00");
  rl_calendars_destroy(calendars);
  calendars = builtin;
}

static void expect_unknown(const char *base, const char *quote, const char *at)
{
  rl_value_date value = rl_value_date_of(calendars, fixture_currency(base), fixture_currency(quote),
                                         fixture_utc(at));
  cr_expect(!value.known && value.date.day == 0 && value.cutoff_utc_ms == 0, "%s %s %s", base,
            quote, at);
}

Test(value_date, is_unknown_where_a_currency_has_no_calendar)
{
  static const char *const without[] = {"SGD", "HKD", "CNY", "TRY", "ISK", "INR"};
  for (unsigned i = 0; i < sizeof without / sizeof *without; i++) {
    expect_unknown("EUR", without[i], "2026-11-24 12:00");
    expect_unknown(without[i], "USD", "2026-11-24 12:00");
  }
  expect_unknown("SGD", "HKD", "2026-11-24 12:00");
}

Test(value_date, is_unknown_of_one_currency_or_none)
{
  rl_utc at = fixture_utc("2026-11-24 12:00");
  expect_unknown("EUR", "EUR", "2026-11-24 12:00");
  rl_currency euro = fixture_currency("EUR");
  cr_expect_not(rl_value_date_of(calendars, euro, RL_CURRENCY_NONE, at).known);
  cr_expect_not(rl_value_date_of(calendars, RL_CURRENCY_NONE, euro, at).known);
  cr_expect_not(rl_value_date_of(calendars, RL_CURRENCY_NONE, RL_CURRENCY_NONE, at).known);
}

Test(value_date, is_unknown_outside_the_years_of_the_calendars)
{
  expect_on("EURUSD", "2000-01-04", "2000-01-06");
  expect_unknown("EUR", "USD", "1999-12-30 12:00");
  expect_unknown("EUR", "USD", "1970-01-01 12:00");
  expect_on("EURUSD", "2099-11-27", "2099-12-01");
  expect_unknown("EUR", "USD", "2099-12-01 12:00");
  expect_unknown("EUR", "USD", "2100-06-01 12:00");
  expect_unknown("EUR", "USD", "9999-12-31 12:00");
  expect_on("NZDUSD", "2052-11-29", "2052-12-03");
  expect_unknown("NZD", "USD", "2052-12-02 12:00");
  expect_unknown("NZD", "JPY", "2060-06-02 12:00");
  expect_unknown("EUR", "HUF", "2011-06-02 12:00");
  rl_currency euro = fixture_currency("EUR"), dollar = fixture_currency("USD");
  cr_expect_not(rl_value_date_of(calendars, euro, dollar, (rl_utc){INT64_MAX}).known);
  cr_expect_not(rl_value_date_of(calendars, euro, dollar, (rl_utc){INT64_MIN}).known);
}

Test(value_date, of_a_cross_is_unknown_where_new_yorks_calendar_ends)
{
  rl_calendars *builtin = calendars;
  calendars = fixture_parsed(
    "weekend SAT SUN\ncutoff 17:00 America/New_York\nlag 2\ncalendar USNY to=2030\ncalendar ELSE\n"
    "currency USD USNY\ncurrency EUR ELSE\ncurrency GBP ELSE\nthrough USD\n");
  expect_on("EURGBP", "2030-11-29", "2030-12-03");
  expect_unknown("EUR", "GBP", "2030-12-02 12:00");
  expect_unknown("EUR", "GBP", "2031-06-02 12:00");
  rl_calendars_destroy(calendars);
  calendars = builtin;
}

/* A fortnight's holiday is passed over, one longer than the search is not. */
Test(value_date, is_unknown_where_business_stops_for_long)
{
  static const char head[] =
    "weekend SAT SUN\ncutoff 17:00 America/New_York\nlag 2\ncalendar USNY\ncurrency USD USNY "
    "between=no\nthrough USD\ncalendar TEST\n";
  char text[4096];
  rl_calendars *builtin = calendars;
  for (unsigned days = 14; days <= 45; days += 31) {
    size_t used = strlen(head);
    memcpy(text, head, used);
    for (unsigned i = 0; i < days; i++) {
      rl_date date = {fixture_date("2026-06-01").day + (int32_t)i};
      if (rl_date_weekday(date) == RL_SATURDAY || rl_date_weekday(date) == RL_SUNDAY)
        continue;
      memcpy(text + used, "on ", 3);
      rl_date_format(date, text + used + 3);
      text[used + 13] = '\n';
      used += 14;
    }
    memcpy(text + used, "currency EUR TEST\n", 19);
    calendars = fixture_parsed(text);
    if (days == 14)
      expect_on("EURUSD", "2026-05-29", "2026-06-16");
    else
      expect_unknown("EUR", "USD", "2026-05-29 12:00");
    rl_calendars_destroy(calendars);
  }
  calendars = builtin;
}

Test(value_date, is_known_for_the_currencies_of_the_builtin_calendars)
{
  static const char *const known[] = {
    "USD", "EUR", "GBP", "JPY", "CHF", "AUD", "NZD", "CAD", "DKK", "NOK", "SEK", "PLN", "CZK",
    "HUF", "RON", "ZAR", "MXN", "BRL",
  };
  rl_utc at = fixture_utc("2026-11-16 12:00");
  for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
    for (unsigned j = 0; j < i; j++) {
      rl_value_date value = rl_value_date_of(calendars, fixture_currency(known[i]),
                                             fixture_currency(known[j]), at);
      cr_expect(value.known, "%s %s", known[i], known[j]);
    }
  }
}
