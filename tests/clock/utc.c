#include "clock/clock.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void expect_text(int64_t ms, const char *expected)
{
  char text[RL_UTC_TEXT_SIZE + 1];
  memset(text, '?', sizeof text);
  rl_utc_format((rl_utc){.ms = ms}, text);
  cr_expect_eq(text[RL_UTC_TEXT_SIZE], '?', "nothing beyond the room is touched");
  cr_expect_str_eq(text, expected);
}

Test(utc, is_written_with_milliseconds)
{
  expect_text(0, "1970-01-01T00:00:00.000Z");
  expect_text(1, "1970-01-01T00:00:00.001Z");
  expect_text(999, "1970-01-01T00:00:00.999Z");
  expect_text(1000, "1970-01-01T00:00:01.000Z");
  expect_text(1769903999123, "2026-01-31T23:59:59.123Z");
}

Test(utc, knows_leap_years)
{
  expect_text(951782400000, "2000-02-29T00:00:00.000Z");
  expect_text(1709251199999, "2024-02-29T23:59:59.999Z");
  expect_text(4107542400000, "2100-03-01T00:00:00.000Z");
}

/* All the years, by steps of 11 days and some odd milliseconds. */
Test(utc, dates_agree_with_the_c_library)
{
  for (int64_t ms = 0; ms <= 253402300799999; ms += 11 * 86400000ll + 86399) {
    time_t seconds = ms / 1000;
    struct tm parts;
    gmtime_r(&seconds, &parts);
    char date[20], expected[RL_UTC_TEXT_SIZE], text[RL_UTC_TEXT_SIZE];
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(expected, sizeof expected, "%s.%03dZ", date, (int)(ms % 1000));
    rl_utc_format((rl_utc){.ms = ms}, text);
    cr_assert_str_eq(text, expected);
  }
}

/* An instant from a damaged or foreign record must not cost more than a wrong date. */
Test(utc, instants_outside_1970_to_9999_are_written_as_the_nearest_inside)
{
  expect_text(253402300799999, "9999-12-31T23:59:59.999Z");
  expect_text(253402300800000, "9999-12-31T23:59:59.999Z");
  expect_text(INT64_MAX, "9999-12-31T23:59:59.999Z");
  expect_text(-1, "1970-01-01T00:00:00.000Z");
  expect_text(INT64_MIN, "1970-01-01T00:00:00.000Z");
}
