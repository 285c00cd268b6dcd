#include "clock/clock.h"

#include <criterion/criterion.h>
#include <string.h>

static uint64_t parsed(const char *text)
{
  uint64_t ms = UINT64_MAX;
  cr_assert_eq(rl_duration_parse(text, strlen(text), &ms), RL_OK, "%s", text);
  return ms;
}

Test(clock, duration_is_a_number_and_its_unit)
{
  cr_assert_eq(parsed("1500ms"), 1500);
  cr_assert_eq(parsed("30s"), 30000);
  cr_assert_eq(parsed("5m"), 300000);
  cr_assert_eq(parsed("24h"), 86400000);
  cr_assert_eq(parsed("0s"), 0);
  cr_assert_eq(parsed("999999999h"), 999999999ull * 3600000);
}

Test(clock, duration_of_another_form_is_refused_and_leaves_the_output)
{
  const char *bad[] = {"", "s", "30", "30 s", " 30s", "-1s", "+1s", "1.5s", "30S", "30ss", "1d",
                       "0x10s", "1000000000s", "30sm"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    uint64_t ms = 7;
    cr_assert_eq(rl_duration_parse(bad[i], strlen(bad[i]), &ms), RL_INVALID, "%s", bad[i]);
    cr_assert_eq(ms, 7);
  }
}

Test(clock, duration_ends_where_its_length_says)
{
  uint64_t ms;
  cr_assert_eq(rl_duration_parse("30sx", 3, &ms), RL_OK);
  cr_assert_eq(ms, 30000);
}

Test(clock, duration_is_written_in_its_largest_whole_unit)
{
  const struct {
    uint64_t ms;
    const char *text;
  } cases[] = {{0, "0ms"}, {1, "1ms"}, {1500, "1500ms"}, {30000, "30s"}, {90000, "90s"},
               {60000, "1m"}, {3600000, "1h"}, {86400000, "24h"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[RL_DURATION_TEXT_SIZE];
    rl_duration_format(cases[i].ms, text);
    cr_assert_str_eq(text, cases[i].text);
  }
}
