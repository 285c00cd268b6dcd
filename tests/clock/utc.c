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

static void expect_instant(const char *text, int64_t ms)
{
  rl_utc utc = {77};
  cr_expect_eq(rl_utc_parse(text, strlen(text), &utc), RL_OK, "%s", text);
  cr_expect_eq(utc.ms, ms, "%s", text);
}

Test(utc, is_read_in_four_forms)
{
  expect_instant("1970-01-01", 0);
  expect_instant("2026-11-22", 1795305600000);
  expect_instant("2026-11-22T10:00Z", 1795341600000);
  expect_instant("2026-11-22T10:00:01Z", 1795341601000);
  expect_instant("2026-11-22T10:00:01.007Z", 1795341601007);
  expect_instant("2024-02-29T23:59:59.999Z", 1709251199999);
  expect_instant("9999-12-31T23:59:59.999Z", 253402300799999);
}

Test(utc, reads_what_it_writes)
{
  for (int64_t ms = 0; ms <= 253402300799999; ms += 97 * 86400000ll + 12345677) {
    char text[RL_UTC_TEXT_SIZE];
    rl_utc_format((rl_utc){ms}, text);
    expect_instant(text, ms);
  }
}

static void expect_no_instant(const char *text, rl_status status)
{
  rl_utc utc = {77};
  cr_expect_eq(rl_utc_parse(text, strlen(text), &utc), status, "%s", text);
  cr_expect_eq(utc.ms, 77, "%s: left alone", text);
}

Test(utc, of_another_form_is_refused)
{
  static const char *const others[] = {
    "", "2026", "2026-11-2", "2026-11-22 10:00Z", "2026-11-22T10:00", "2026-11-22T10:00:00",
    "2026-11-22t10:00:00Z", "2026-11-22T10:00:00z", "2026-11-22T1O:00:00Z", "2026-11-22T10.00.00Z",
    "2026-11-22T10:00:00.1Z", "2026-11-22T10:00:00+00:00", "2026-11-22T+1:00Z", "2026-11-22TZ",
    "2026/11/22T10:00Z", "yesterday", "2026-11-22T10:00:00.000ZZ",
  };
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    expect_no_instant(others[i], RL_INVALID);
}

Test(utc, that_never_is_has_no_reading)
{
  static const char *const others[] = {
    "2026-02-29", "2026-13-01", "1969-12-31T23:59:59Z", "0000-01-01", "2026-11-22T24:00Z",
    "2026-11-22T23:60Z", "2026-11-22T23:59:60Z", "2026-11-31T00:00:00.000Z",
  };
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    expect_no_instant(others[i], RL_OUT_OF_RANGE);
}
