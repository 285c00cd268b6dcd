/* Each kind of rule, alone. */
#include "calendar/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define HEAD "weekend SAT SUN\ncutoff 17:00 America/New_York\nlag 2\ncalendar TEST\n"
#define TAIL "\ncurrency USD TEST\nthrough USD\n"

static rl_calendars *with_rules(const char *rules)
{
  char text[1024];
  snprintf(text, sizeof text, HEAD "%s" TAIL, rules);
  return fixture_parsed(text);
}

static void expect_closed(const char *rules, int32_t year, const char *expected)
{
  rl_calendars *calendars = with_rules(rules);
  char days[FIXTURE_DAYS_SIZE];
  fixture_closed_days(calendars, "TEST", year, days);
  cr_expect_str_eq(days, expected, "%s in %d: %s", rules, year, days);
  rl_calendars_destroy(calendars);
}

Test(rules, calendar_without_rules_is_open_on_every_weekday)
{
  expect_closed("", 2026, "");
}

Test(rules, days_of_the_month_and_of_the_week)
{
  expect_closed("fixed 12-25", 2026, "12-25");
  expect_closed("fixed 12-25", 2027, "");
  expect_closed("nth 1 MON 09", 2026, "09-07");
  expect_closed("nth 4 THU 11", 2024, "11-28");
  expect_closed("nth 2 TUE 9", 2026, "09-08");
  expect_closed("last MON 05", 2026, "05-25");
  expect_closed("last FRI 02", 2024, "02-23");
  expect_closed("last THU 2", 2024, "02-29");
  expect_closed("after FRI 06-19", 2026, "06-19");
  expect_closed("after FRI 06-19", 2027, "06-25");
  expect_closed("before MON 05-24", 2026, "05-18");
  expect_closed("before MON 05-25", 2026, "05-25");
}

Test(rules, count_from_easter)
{
  expect_closed("easter 1", 2000, "04-24");
  expect_closed("easter 1", 2008, "03-24");
  expect_closed("easter 1", 2038, "04-26");
  expect_closed("easter -2", 2024, "03-29");
  expect_closed("easter 60", 2026, "06-04");
  expect_closed("orthodox 1", 2016, "05-02");
  expect_closed("orthodox 1", 2024, "05-06");
  expect_closed("orthodox -2", 2025, "04-18");
  expect_closed("orthodox 50", 2083, "05-31");
}

/* Easter by its definition: the Sunday after the full moon of the lunar table on or after 21 March.
 * Gregorian for 1900 to 2199: M = 24, N = 5 in Gauss's rule. */
Test(rules, easter_agrees_with_gauss)
{
  rl_calendars *calendars = with_rules("easter 1");
  rl_calendar calendar = fixture_calendar(calendars, "TEST");
  for (int32_t year = 2000; year <= 2099; year++) {
    int32_t moon = (19 * (year % 19) + 24) % 30;
    int32_t sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7;
    int32_t march = 22 + moon + sunday;
    if (march == 57 || (march == 56 && moon == 28 && year % 19 > 10))
      march -= 7;
    rl_date monday = {rl_date_of_civil((rl_civil){year, 3, 1}).day + march};
    cr_expect_not(rl_calendar_is_open(calendars, calendar, monday), "%d", year);
  }
  rl_calendars_destroy(calendars);
}

Test(rules, equinoxes_are_japans)
{
  expect_closed("equinox 03\nequinox 9", 2026, "03-20 09-23");
  expect_closed("equinox 03\nequinox 9", 2024, "03-20");
  expect_closed("equinox 03 move=sunday\nequinox 9 move=sunday", 2024, "03-20 09-23");
  expect_closed("equinox 3", 2000, "03-20");
  expect_closed("equinox 9", 2012, "");
}

/* The days by the remainder of the year by four, as Japan's almanacs tabulate them. */
static unsigned almanac_day(int32_t year, bool spring)
{
  static const struct {
    int32_t until;
    unsigned day;
  } springs[4][2] = {{{2088, 20}, {2099, 19}}, {{2099, 20}}, {{2022, 21}, {2099, 20}},
                     {{2055, 21}, {2099, 20}}},
    autumns[4][2] = {{{2008, 23}, {2099, 22}}, {{2041, 23}, {2099, 22}}, {{2074, 23}, {2099, 22}},
                     {{2099, 23}}};
  unsigned late = year > (spring ? springs : autumns)[year % 4][0].until;
  return (spring ? springs : autumns)[year % 4][late].day;
}

Test(rules, equinoxes_agree_with_the_almanac)
{
  rl_calendars *spring = with_rules("equinox 03"), *autumn = with_rules("equinox 09");
  rl_calendar calendar = fixture_calendar(spring, "TEST");
  for (int32_t year = 2000; year <= 2099; year++) {
    for (uint8_t day = 18; day <= 25; day++) {
      rl_date march = rl_date_of_civil((rl_civil){year, 3, day});
      rl_date september = rl_date_of_civil((rl_civil){year, 9, day});
      if (rl_date_weekday(march) % 6 != 0)
        cr_expect_neq(rl_calendar_is_open(spring, calendar, march),
                      day == almanac_day(year, true), "%d-03-%u", year, day);
      if (rl_date_weekday(september) % 6 != 0)
        cr_expect_neq(rl_calendar_is_open(autumn, calendar, september),
                      day == almanac_day(year, false), "%d-09-%u", year, day);
    }
  }
  rl_calendars_destroy(spring);
  rl_calendars_destroy(autumn);
}

Test(rules, substitutes_follow_a_weekend)
{
  expect_closed("fixed 12-25 move=weekend", 2027, "12-27");
  expect_closed("fixed 12-25 move=weekend", 2022, "12-26");
  expect_closed("fixed 12-25 move=sunday", 2027, "");
  expect_closed("fixed 12-25 move=sunday", 2022, "12-26");
  expect_closed("fixed 07-04 move=nearest", 2020, "07-03");
  expect_closed("fixed 07-04 move=nearest", 2021, "07-05");
  expect_closed("fixed 01-01 move=nearest", 2021, "01-01 12-31");
  expect_closed("fixed 07-04 move=nearest", 2022, "07-04");
  expect_closed("fixed 04-25 move=monday", 2026, "04-27");
  expect_closed("fixed 04-25 move=monday", 2027, "04-26");
}

Test(rules, substitutes_of_two_days_in_a_row_take_two_days)
{
  static const char christmas[] = "fixed 12-25 move=weekend\nfixed 12-26 move=weekend";
  expect_closed(christmas, 2026, "12-25 12-28");
  expect_closed(christmas, 2027, "12-27 12-28");
  expect_closed(christmas, 2022, "12-26 12-27");
  expect_closed("fixed 12-26 move=weekend\nfixed 12-25 move=weekend", 2022, "12-26 12-27");
  expect_closed("fixed 04-25 move=monday\neaster 1", 2038, "04-26");
  expect_closed("fixed 04-25 move=weekend\neaster 1", 2038, "04-26 04-27");
}

/* 3 May 2026 is a Sunday: its substitute is behind the holidays that follow it. */
Test(rules, substitute_goes_behind_the_holidays_that_follow)
{
  expect_closed("fixed 05-03 move=sunday\nfixed 05-04\nfixed 05-05", 2026, "05-04 05-05 05-06");
}

Test(rules, day_between_two_holidays_is_one_by_citizens_only)
{
  static const char september[] = "nth 3 MON 09\nequinox 09\n";
  char rules[64];
  expect_closed(september, 2026, "09-21 09-23");
  snprintf(rules, sizeof rules, "%scitizens", september);
  expect_closed(rules, 2026, "09-21 09-22 09-23");
  expect_closed(rules, 2027, "09-20 09-23");
  snprintf(rules, sizeof rules, "%scitizens to=2025", september);
  expect_closed(rules, 2026, "09-21 09-23");
}

Test(rules, bridges_reach_the_weekend)
{
  expect_closed("fixed 08-20 bridge=yes", 2026, "08-20 08-21");
  expect_closed("fixed 08-20 bridge=yes", 2024, "08-19 08-20");
  expect_closed("fixed 08-20 bridge=yes", 2025, "08-20");
  expect_closed("fixed 01-01 bridge=yes", 2029, "01-01 12-31");
  expect_closed("fixed 08-20 bridge=no", 2026, "08-20");
}

Test(rules, only_on_some_weekdays)
{
  expect_closed("fixed 12-31 only=MON,THU,FRI", 2026, "12-31");
  expect_closed("fixed 12-31 only=MON,THU,FRI", 2024, "");
  expect_closed("fixed 12-31 only=TUE", 2024, "12-31");
  expect_closed("fixed 12-25 only=FRI move=monday", 2027, "");
  expect_closed("fixed 12-31 only=FRI bridge=yes", 2026, "");
}

Test(rules, hold_from_a_year_to_a_year)
{
  expect_closed("fixed 06-19 from=2025 to=2026", 2024, "");
  expect_closed("fixed 06-19 from=2025 to=2026", 2025, "06-19");
  expect_closed("fixed 06-19 from=2025 to=2026", 2026, "06-19");
  expect_closed("fixed 06-18 from=2025 to=2026", 2027, "");
  expect_closed("fixed 06-18 from=2000 to=2099", 2099, "06-18");
}

Test(rules, calendar_holds_from_a_year_to_a_year)
{
  rl_calendars *calendars = fixture_parsed("weekend SAT SUN\ncutoff 17:00 UTC\nlag 2\n"
                                           "calendar TEST from=2025 to=2026" TAIL);
  rl_calendar calendar = fixture_calendar(calendars, "TEST");
  cr_expect_not(rl_calendar_is_open(calendars, calendar, fixture_date("2024-12-31")));
  cr_expect(rl_calendar_is_open(calendars, calendar, fixture_date("2025-01-01")));
  cr_expect(rl_calendar_is_open(calendars, calendar, fixture_date("2026-12-31")));
  cr_expect_not(rl_calendar_is_open(calendars, calendar, fixture_date("2027-01-01")));
  rl_calendars_destroy(calendars);
}

Test(rules, single_days_are_added_and_taken_away)
{
  expect_closed("nth 1 MON 05\nnot 2020-05-04\non 2020-05-08 2020-06-02", 2020, "05-08 06-02");
  expect_closed("nth 1 MON 05\nnot 2020-05-04\non 2020-05-08 2020-06-02", 2021, "05-03");
}

/* A day that is moved away leaves no substitute behind. */
Test(rules, day_taken_away_has_no_substitute_and_no_bridge)
{
  expect_closed("fixed 12-25 move=monday\nnot 2027-12-25", 2027, "");
  expect_closed("fixed 08-20 bridge=yes\nnot 2026-08-20", 2026, "");
}

Test(rules, single_day_counts_for_citizens_and_substitutes)
{
  expect_closed("on 2019-05-01\nfixed 04-29\nfixed 05-03\ncitizens", 2019,
                "04-29 04-30 05-01 05-02 05-03");
  expect_closed("on 2027-12-27\nfixed 12-25 move=weekend", 2027, "12-27 12-28");
}
