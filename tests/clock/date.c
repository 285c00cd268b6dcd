#include "clock/date.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_day(int32_t year, uint8_t month, uint8_t day, int32_t expected,
                       rl_weekday weekday)
{
  rl_civil civil = {year, month, day};
  cr_expect(rl_civil_is_valid(civil));
  rl_date date = rl_date_of_civil(civil);
  cr_expect_eq(date.day, expected, "%d-%u-%u is %d", year, month, day, date.day);
  cr_expect_eq(rl_date_weekday(date), weekday, "%d-%u-%u", year, month, day);
  rl_civil back = rl_civil_of_date(date);
  cr_expect(back.year == year && back.month == month && back.day == day, "%d-%u-%u", year, month,
            day);
}

Test(date, counts_days_from_1970)
{
  expect_day(1970, 1, 1, 0, RL_THURSDAY);
  expect_day(1969, 12, 31, -1, RL_WEDNESDAY);
  expect_day(2000, 2, 29, 11016, RL_TUESDAY);
  expect_day(2026, 11, 24, 20781, RL_TUESDAY);
  expect_day(2100, 3, 1, 47541, RL_MONDAY);
  expect_day(1, 1, 1, RL_DATE_MIN.day, RL_MONDAY);
  expect_day(9999, 12, 31, RL_DATE_MAX.day, RL_FRIDAY);
}

/* Every day of every year: one more than the day before, by the rules one learns at school. */
Test(date, every_day_follows_the_one_before)
{
  int32_t expected = RL_DATE_MIN.day;
  for (int32_t year = 1; year <= 9999; year++) {
    for (uint8_t month = 1; month <= 12; month++) {
      for (uint8_t day = 1; rl_civil_is_valid((rl_civil){year, month, day}); day++, expected++) {
        rl_date date = rl_date_of_civil((rl_civil){year, month, day});
        rl_civil back = rl_civil_of_date(date);
        cr_assert(date.day == expected && back.year == year && back.month == month &&
                  back.day == day, "%d-%u-%u", year, month, day);
        cr_assert_eq((unsigned)rl_date_weekday(date), (unsigned)((expected + 719163) % 7));
      }
    }
  }
  cr_expect_eq(expected - 1, RL_DATE_MAX.day);
}

Test(date, knows_leap_days)
{
  cr_expect(rl_civil_is_valid((rl_civil){2024, 2, 29}));
  cr_expect(rl_civil_is_valid((rl_civil){2000, 2, 29}));
  cr_expect_not(rl_civil_is_valid((rl_civil){2026, 2, 29}));
  cr_expect_not(rl_civil_is_valid((rl_civil){2100, 2, 29}));
  cr_expect_not(rl_civil_is_valid((rl_civil){2024, 2, 30}));
  cr_expect_not(rl_civil_is_valid((rl_civil){2024, 4, 31}));
  cr_expect_not(rl_civil_is_valid((rl_civil){2024, 0, 1}));
  cr_expect_not(rl_civil_is_valid((rl_civil){2024, 13, 1}));
  cr_expect_not(rl_civil_is_valid((rl_civil){2024, 1, 0}));
  cr_expect_not(rl_civil_is_valid((rl_civil){0, 1, 1}));
  cr_expect_not(rl_civil_is_valid((rl_civil){10000, 1, 1}));
}

Test(date, of_an_instant_changes_at_midnight_utc)
{
  cr_expect_eq(rl_date_of_utc((rl_utc){86400000}).day, 1);
  cr_expect_eq(rl_date_of_utc((rl_utc){86399999}).day, 0);
  cr_expect_eq(rl_date_of_utc((rl_utc){0}).day, 0);
  cr_expect_eq(rl_date_of_utc((rl_utc){-1}).day, -1);
  cr_expect_eq(rl_date_of_utc((rl_utc){-86400000}).day, -1);
  cr_expect_eq(rl_date_of_utc((rl_utc){INT64_MAX}).day, RL_DATE_MAX.day);
  cr_expect_eq(rl_date_of_utc((rl_utc){INT64_MIN}).day, RL_DATE_MIN.day);
  cr_expect_eq(rl_utc_of_date((rl_date){20781}).ms, 1795478400000);
  cr_expect_eq(rl_utc_of_date((rl_date){-1}).ms, -86400000);
}

Test(date, beyond_its_range_is_the_nearest_within)
{
  char text[RL_DATE_TEXT_SIZE];
  rl_date_format((rl_date){INT32_MAX}, text);
  cr_expect_str_eq(text, "9999-12-31");
  rl_date_format((rl_date){INT32_MIN}, text);
  cr_expect_str_eq(text, "0001-01-01");
}

Test(date, is_written_and_read_in_ten_characters)
{
  static const char *const texts[] = {"2026-11-24", "2024-02-29", "0001-01-01", "9999-12-31"};
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
    rl_date date = {INT32_MAX};
    char text[RL_DATE_TEXT_SIZE];
    cr_assert_eq(rl_date_parse(texts[i], 10, &date), RL_OK);
    rl_date_format(date, text);
    cr_expect_str_eq(text, texts[i]);
  }
}

static void expect_no_date(const char *text, rl_status status)
{
  rl_date date = {77};
  cr_expect_eq(rl_date_parse(text, strlen(text), &date), status, "%s", text);
  cr_expect_eq(date.day, 77, "%s: left alone", text);
}

Test(date, of_another_form_is_refused)
{
  expect_no_date("", RL_INVALID);
  expect_no_date("2026-11-2", RL_INVALID);
  expect_no_date("2026-11-240", RL_INVALID);
  expect_no_date("2026/11/24", RL_INVALID);
  expect_no_date("2026-1-024", RL_INVALID);
  expect_no_date("+026-11-24", RL_INVALID);
  expect_no_date("2026-11- 4", RL_INVALID);
  expect_no_date("2026-02-29", RL_OUT_OF_RANGE);
  expect_no_date("2026-13-01", RL_OUT_OF_RANGE);
  expect_no_date("0000-01-01", RL_OUT_OF_RANGE);
  expect_no_date("2026-00-10", RL_OUT_OF_RANGE);
  expect_no_date("2026-10-00", RL_OUT_OF_RANGE);
}
