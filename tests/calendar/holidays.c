/* The built-in calendars against holidays as published, written out. */
#include "calendar/fixture.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
  const char *calendar;
  int32_t year;
  const char *days;
} years[] = {
  {"EUTA", 2026, "01-01 04-03 04-06 05-01 12-25"},
  {"USNY", 2026, "01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25"},
  {"GBLO", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"},
  {"JPTO", 2026,
   "01-01 01-02 01-12 02-11 02-23 03-20 04-29 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 "
   "10-12 11-03 11-23 12-31"},
  {"CHZU", 2026, "01-01 01-02 04-03 04-06 05-01 05-14 05-25 12-25"},
  {"AUSY", 2026, "01-01 01-26 04-03 04-06 04-27 06-08 08-03 10-05 12-25 12-28"},
  {"NZAU", 2026, "01-01 01-02 01-26 02-06 04-03 04-06 04-27 06-01 07-10 10-26 12-25 12-28"},
  {"NZWE", 2026, "01-01 01-02 01-19 02-06 04-03 04-06 04-27 06-01 07-10 10-26 12-25 12-28"},
  {"CATO", 2026, "01-01 02-16 04-03 05-18 07-01 08-03 09-07 09-30 10-12 11-11 12-25 12-28"},
  {"DKCO", 2026, "01-01 04-02 04-03 04-06 05-14 05-15 05-25 06-05 12-24 12-25 12-31"},
  {"NOOS", 2026, "01-01 04-02 04-03 04-06 05-01 05-14 05-25 12-24 12-25 12-31"},
  {"SEST", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25 12-31"},
  {"PLWA", 2026, "01-01 01-06 04-06 05-01 06-04 11-11 12-24 12-25 12-31"},
  {"CZPR", 2026, "01-01 04-03 04-06 05-01 05-08 07-06 09-28 10-28 11-17 12-24 12-25"},
  {"HUBU", 2026, "01-01 01-02 04-03 04-06 05-01 05-25 08-20 08-21 10-23 12-24 12-25"},
  {"ROBU", 2026, "01-01 01-02 01-06 01-07 04-10 04-13 05-01 06-01 11-30 12-01 12-25"},
  {"ZAJO", 2026, "01-01 04-03 04-06 04-27 05-01 06-16 08-10 09-24 12-16 12-25"},
  {"MXMC", 2026, "01-01 02-02 03-16 04-02 04-03 05-01 09-16 11-02 11-16 12-25"},
  {"BRBD", 2026, "01-01 02-16 02-17 04-03 04-21 05-01 06-04 09-07 10-12 11-02 11-20 12-25"},
  {"EUTA", 2027, "01-01 03-26 03-29"},
  {"USNY", 2021, "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25"},
  {"USNY", 2022, "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26"},
  {"USNY", 2027, "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25"},
  {"GBLO", 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"},
  {"GBLO", 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"},
  {"GBLO", 2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"},
  {"GBLO", 2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"},
  {"JPTO", 2019,
   "01-01 01-02 01-03 01-14 02-11 03-21 04-29 04-30 05-01 05-02 05-03 05-06 07-15 08-12 09-16 "
   "09-23 10-14 10-22 11-04 12-31"},
  {"JPTO", 2020,
   "01-01 01-02 01-03 01-13 02-11 02-24 03-20 04-29 05-04 05-05 05-06 07-23 07-24 08-10 09-21 "
   "09-22 11-03 11-23 12-31"},
  {"JPTO", 2021,
   "01-01 01-11 02-11 02-23 04-29 05-03 05-04 05-05 07-22 07-23 08-09 09-20 09-23 11-03 11-23 "
   "12-31"},
  {"JPTO", 2024,
   "01-01 01-02 01-03 01-08 02-12 02-23 03-20 04-29 05-03 05-06 07-15 08-12 09-16 09-23 10-14 "
   "11-04 12-31"},
  {"AUSY", 2022, "01-03 01-26 04-15 04-18 04-25 06-13 08-01 09-22 10-03 12-26 12-27"},
  {"NZAU", 2022, "01-03 01-04 01-31 02-07 04-15 04-18 04-25 06-06 06-24 09-26 10-24 12-26 12-27"},
  {"NZWE", 2022, "01-03 01-04 01-24 02-07 04-15 04-18 04-25 06-06 06-24 09-26 10-24 12-26 12-27"},
  {"NZWE", 2023, "01-02 01-03 01-23 02-06 04-07 04-10 04-25 06-05 07-14 10-23 12-25 12-26"},
  {"CATO", 2023, "01-02 02-20 04-07 05-22 07-03 08-07 09-04 10-09 11-13 12-25 12-26"},
  {"DKCO", 2023, "04-06 04-07 04-10 05-05 05-18 05-19 05-29 06-05 12-25 12-26"},
  {"DKCO", 2024, "01-01 03-28 03-29 04-01 05-09 05-10 05-20 06-05 12-24 12-25 12-26 12-31"},
  {"PLWA", 2025, "01-01 01-06 04-21 05-01 06-19 08-15 11-11 12-24 12-25 12-26"},
  {"HUBU", 2024,
   "01-01 03-15 03-29 04-01 05-01 05-20 08-19 08-20 10-23 11-01 12-24 12-25 12-26 12-27"},
  {"ROBU", 2024, "01-01 01-02 01-24 05-01 05-03 05-06 06-24 08-15 12-25 12-26"},
  {"ZAJO", 2021, "01-01 03-22 04-02 04-05 04-27 06-16 08-09 09-24 11-01 12-16 12-27"},
  {"ZAJO", 2022, "03-21 04-15 04-18 04-27 05-02 06-16 08-09 12-16 12-26 12-27"},
  {"ZAJO", 2023, "01-02 03-21 04-07 04-10 04-27 05-01 06-16 08-09 09-25 12-15 12-25 12-26"},
  {"ZAJO", 2024, "01-01 03-21 03-29 04-01 05-01 05-29 06-17 08-09 09-24 12-16 12-25 12-26"},
  {"MXMC", 2024, "01-01 02-05 03-18 03-28 03-29 05-01 09-16 10-01 11-18 12-12 12-25"},
  {"BRBD", 2023, "02-20 02-21 04-07 04-21 05-01 06-08 09-07 10-12 11-02 11-15 12-25"},
  {"BRBD", 2024, "01-01 02-12 02-13 03-29 05-01 05-30 11-15 11-20 12-25"},
};

Test(calendar, builtin_holidays_are_those_of_the_published_years)
{
  rl_calendars *calendars = fixture_builtin();
  for (unsigned i = 0; i < sizeof years / sizeof *years; i++) {
    char days[FIXTURE_DAYS_SIZE];
    fixture_closed_days(calendars, years[i].calendar, years[i].year, days);
    cr_expect_str_eq(days, years[i].days, "%s %d: %s", years[i].calendar, years[i].year, days);
  }
  rl_calendars_destroy(calendars);
}

/* Holidays on weekdays, 2020 to 2030. */
static const struct {
  const char *calendar;
  unsigned counts[11];
} counted[] = {
  {"EUTA", {5, 3, 3, 5, 6, 6, 5, 3, 5, 6, 6}},
  {"USNY", {9, 9, 10, 10, 11, 11, 10, 9, 9, 11, 11}},
  {"GBLO", {8, 8, 10, 9, 8, 8, 8, 8, 8, 8, 8}},
  {"JPTO", {19, 16, 16, 14, 17, 18, 19, 17, 15, 16, 16}},
  {"CHZU", {8, 5, 6, 9, 10, 10, 8, 5, 8, 10, 10}},
  {"AUSY", {9, 9, 11, 10, 10, 10, 10, 10, 10, 10, 10}},
  {"NZAU", {11, 11, 13, 12, 12, 12, 12, 12, 12, 12, 12}},
  {"NZWE", {11, 11, 13, 12, 12, 12, 12, 12, 12, 12, 12}},
  {"CATO", {11, 12, 12, 11, 12, 12, 12, 12, 11, 11, 12}},
  {"DKCO", {12, 10, 8, 10, 12, 12, 11, 9, 8, 12, 12}},
  {"NOOS", {10, 9, 7, 9, 12, 11, 10, 8, 9, 12, 12}},
  {"SEST", {10, 8, 7, 9, 11, 12, 10, 8, 9, 11, 11}},
  {"PLWA", {9, 9, 8, 9, 11, 10, 9, 9, 9, 11, 11}},
  {"CZPR", {11, 9, 8, 10, 10, 10, 11, 9, 10, 11, 10}},
  {"HUBU", {10, 8, 8, 9, 14, 12, 11, 8, 9, 17, 14}},
  {"ROBU", {11, 7, 9, 12, 10, 13, 11, 9, 13, 12, 11}},
  {"ZAJO", {10, 11, 10, 12, 12, 11, 10, 10, 10, 11, 11}},
  {"MXMC", {10, 8, 8, 9, 11, 10, 10, 8, 9, 10, 11}},
  {"BRBD", {11, 10, 9, 11, 9, 9, 12, 10, 12, 12, 9}},
};

Test(calendar, builtin_calendars_have_their_number_of_holidays_each_year)
{
  rl_calendars *calendars = fixture_builtin();
  cr_expect_eq(rl_calendars_count(calendars), sizeof counted / sizeof *counted);
  for (unsigned i = 0; i < sizeof counted / sizeof *counted; i++) {
    for (int32_t year = 2020; year <= 2030; year++) {
      char days[FIXTURE_DAYS_SIZE];
      fixture_closed_days(calendars, counted[i].calendar, year, days);
      cr_expect_eq((strlen(days) + 1) / 6, counted[i].counts[year - 2020], "%s %d",
                   counted[i].calendar, year);
    }
  }
  rl_calendars_destroy(calendars);
}

Test(calendar, is_closed_on_weekends_and_outside_its_years)
{
  rl_calendars *calendars = fixture_builtin();
  rl_calendar euro = fixture_calendar(calendars, "EUTA");
  rl_calendar zealand = fixture_calendar(calendars, "NZAU");
  cr_expect(rl_calendar_is_open(calendars, euro, fixture_date("2026-11-27")));
  cr_expect_not(rl_calendar_is_open(calendars, euro, fixture_date("2026-11-28")));
  cr_expect_not(rl_calendar_is_open(calendars, euro, fixture_date("2026-11-29")));
  cr_expect(rl_calendar_is_open(calendars, euro, fixture_date("2000-01-03")));
  cr_expect_not(rl_calendar_is_open(calendars, euro, fixture_date("1999-12-31")));
  cr_expect(rl_calendar_is_open(calendars, euro, fixture_date("2099-12-31")));
  cr_expect_not(rl_calendar_is_open(calendars, euro, fixture_date("2100-01-04")));
  cr_expect(rl_calendar_is_open(calendars, zealand, fixture_date("2052-12-31")));
  cr_expect_not(rl_calendar_is_open(calendars, zealand, fixture_date("2053-01-06")));
  cr_expect_not(rl_calendar_is_open(calendars, zealand, fixture_date("2053-01-03")));
  cr_expect_not(rl_calendar_is_open(calendars, euro, (rl_date){INT32_MAX}));
  cr_expect_not(rl_calendar_is_open(calendars, euro, (rl_date){INT32_MIN}));
  rl_calendars_destroy(calendars);
}

Test(calendar, of_another_name_is_not_found)
{
  rl_calendars *calendars = fixture_builtin();
  rl_calendar calendar = {77};
  cr_expect_eq(rl_calendar_find(calendars, "USN", 3, &calendar), RL_NOT_FOUND);
  cr_expect_eq(rl_calendar_find(calendars, "USNYX", 5, &calendar), RL_NOT_FOUND);
  cr_expect_eq(rl_calendar_find(calendars, "", 0, &calendar), RL_NOT_FOUND);
  cr_expect_eq(calendar.index, 77);
  cr_assert_eq(rl_calendar_find(calendars, "USNYX", 4, &calendar), RL_OK);
  cr_expect_str_eq(rl_calendar_name(calendars, calendar), "USNY");
  rl_calendars_destroy(calendars);
}
