#include "feeds/tick_schedule.h"

#include <criterion/criterion.h>

#define START_NS 5000000000ll
#define START_MS 1700000000000ll
#define ZERO_MS 1399000000000ll

static rl_tick_schedule schedule(uint32_t speed_milli, bool rebase)
{
  return (rl_tick_schedule){.start = {{START_NS}, {START_MS}}, .zero = {ZERO_MS},
                            .speed_milli = speed_milli, .rebase = rebase};
}

static int64_t due_after_ms(rl_tick_schedule schedule, int64_t since_zero_ms)
{
  rl_mono due = rl_schedule_due(&schedule, (rl_utc){ZERO_MS + since_zero_ms});
  return (due.ns - START_NS) / RL_NS_PER_MS;
}

Test(feed_schedule, ticks_are_due_at_their_distance_from_the_zero_over_the_speed)
{
  cr_assert_eq(due_after_ms(schedule(1000, false), 0), 0);
  cr_assert_eq(due_after_ms(schedule(1000, false), 1500), 1500);
  cr_assert_eq(due_after_ms(schedule(2000, false), 1500), 750);
  cr_assert_eq(due_after_ms(schedule(60000, false), 60000), 1000);
  cr_assert_eq(due_after_ms(schedule(500, false), 1500), 3000);
}

Test(feed_schedule, ticks_at_or_before_the_zero_or_without_pauses_are_due_at_once)
{
  cr_assert_eq(due_after_ms(schedule(1000, false), -5000), 0);
  cr_assert_eq(due_after_ms(schedule(0, false), 86400000), 0);
}

Test(feed_schedule, due_times_stay_within_a_year)
{
  int64_t year_ms = 366ll * 86400000;
  cr_assert_eq(due_after_ms(schedule(1, false), year_ms), year_ms);
  cr_assert_eq(due_after_ms(schedule(1000, false), year_ms * 200), year_ms);
}

Test(feed_schedule, ticks_state_their_own_time_unless_rebased)
{
  rl_tick_schedule plain = schedule(1000, false);
  rl_utc when = {ZERO_MS + 250}, now = {START_MS + 9999};
  cr_assert_eq(rl_schedule_stamp(&plain, when, now).ms, ZERO_MS + 250);
}

Test(feed_schedule, rebased_ticks_state_the_instant_at_which_they_are_due)
{
  rl_tick_schedule real = schedule(1000, true), fast = schedule(10000, true);
  rl_utc when = {ZERO_MS + 2500}, now = {START_MS + 9999};
  cr_assert_eq(rl_schedule_stamp(&real, when, now).ms, START_MS + 2500);
  cr_assert_eq(rl_schedule_stamp(&fast, when, now).ms, START_MS + 250);
}

Test(feed_schedule, rebased_ticks_without_pauses_state_the_present)
{
  rl_tick_schedule all = schedule(0, true);
  rl_utc when = {ZERO_MS + 86400000}, now = {START_MS + 7};
  cr_assert_eq(rl_schedule_stamp(&all, when, now).ms, START_MS + 7);
}
