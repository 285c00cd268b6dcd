#include "feeds/text.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static rl_status digits(const char *text, uint64_t max, uint64_t *out)
{
  return rl_digits_parse(text, strlen(text), max, out);
}

static rl_status instant(const char *text, rl_utc *out)
{
  return rl_instant_parse(text, strlen(text), out);
}

Test(feed_text, digits_are_read_up_to_the_limit_and_not_above)
{
  uint64_t value;
  cr_assert_eq(digits("0", 9, &value), RL_OK);
  cr_assert_eq(value, 0);
  cr_assert_eq(digits("86399999", 86399999, &value), RL_OK);
  cr_assert_eq(value, 86399999);
  cr_assert_eq(digits("86400000", 86399999, &value), RL_OUT_OF_RANGE);
  cr_assert_eq(digits("5", 4, &value), RL_OUT_OF_RANGE);
  cr_assert_eq(digits("18446744073709551615", UINT64_MAX, &value), RL_OK);
  cr_assert_eq(value, UINT64_MAX);
  cr_assert_eq(digits("18446744073709551616", UINT64_MAX, &value), RL_OUT_OF_RANGE);
}

Test(feed_text, anything_but_digits_is_refused_and_leaves_the_output)
{
  static const char *const wrong[] = {"", "-1", "+1", " 1", "1 ", "1.0", "0x10", "1e3", "٣"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    uint64_t value = 77;
    cr_assert_eq(digits(wrong[i], UINT64_MAX, &value), RL_INVALID, "\"%s\"", wrong[i]);
    cr_assert_eq(value, 77);
  }
}

Test(feed_text, every_day_agrees_with_the_c_library)
{
  rl_random random = rl_random_from(rl_test_seed("dates"));
  for (int i = 0; i < 20000; i++) {
    time_t seconds = (time_t)rl_random_below(&random, 253402300800);
    struct tm parts;
    char text[16];
    rl_utc day;
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "%Y-%m-%d", &parts);
    cr_assert_eq(rl_midnight_parse(text, 10, &day), RL_OK, "%s", text);
    cr_assert_eq(day.ms, (int64_t)(seconds - seconds % 86400) * 1000, "%s", text);
  }
}

Test(feed_text, days_that_do_not_exist_are_refused)
{
  static const char *const wrong[] = {
    "2025-02-29", "1900-02-29", "2025-04-31", "2025-00-01", "2025-13-01", "2025-01-00",
    "2025-01-32", "1969-12-31", "2025-1-01", "2025/01/01", "2025-01-1", "20250101",
    "2025-01-01 ", "", "-025-01-01",
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    rl_utc day;
    cr_assert_eq(rl_midnight_parse(wrong[i], strlen(wrong[i]), &day), RL_INVALID, "%s", wrong[i]);
  }
  rl_utc leap;
  cr_assert_eq(rl_midnight_parse("2024-02-29", 10, &leap), RL_OK);
  cr_assert_eq(rl_midnight_parse("2000-02-29", 10, &leap), RL_OK);
}

Test(feed_text, instants_have_milliseconds_which_are_cut_not_rounded)
{
  static const struct {
    const char *text;
    int64_t ms;
  } good[] = {
    {"2019-02-04 00:00:00.994", 1549238400994}, {"2019-02-04T00:00:00.994Z", 1549238400994},
    {"2019-02-04T00:00:00", 1549238400000},     {"2019-02-04T00:00:00Z", 1549238400000},
    {"2019-02-04 00:00:00.9", 1549238400900},   {"2019-02-04 00:00:00.09", 1549238400090},
    {"2019-02-04 00:00:00.0019", 1549238400001}, {"2019-02-04 00:00:00.999999999", 1549238400999},
    {"2019-02-04 23:59:59", 1549324799000},
  };
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    rl_utc when;
    cr_assert_eq(instant(good[i].text, &when), RL_OK, "%s", good[i].text);
    cr_assert_eq(when.ms, good[i].ms, "%s gave %lld", good[i].text, (long long)when.ms);
  }
}

Test(feed_text, instants_of_another_form_are_refused)
{
  static const char *const wrong[] = {
    "2019-02-04", "2019-02-04 24:00:00", "2019-02-04 00:60:00", "2019-02-04 00:00:60",
    "2019-02-04_00:00:00", "2019-02-04 00:00:00.", "2019-02-04 00:00:00.0123456789",
    "2019-02-04 00:00:00+01:00", "2019-02-04 00.00.00", "2019-02-04 0:00:00", "time_utc", "",
    "2019-02-04 00:00:0Z", "2019-02-04 00:00:00 Z",
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    rl_utc when;
    cr_assert_eq(instant(wrong[i], &when), RL_INVALID, "%s", wrong[i]);
  }
}
