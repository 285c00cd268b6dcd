/* Round figures and times along an axis. */
#include "history/axis.h"

#include "support/random.h"

#include <criterion/criterion.h>

static void expect_axis(uint64_t low, uint64_t high, unsigned most, uint64_t first, uint64_t step,
                        unsigned count)
{
  rl_axis axis = rl_axis_of(low, high, 3, most);
  cr_expect_eq(axis.first, first);
  cr_expect_eq(axis.step, step);
  cr_expect_eq(axis.count, count);
}

Test(history, ticks_stand_at_the_finest_round_step_that_fits)
{
  expect_axis(0, 10, 11, 0, 1, 11);
  expect_axis(0, 10, 10, 0, 2, 6);
  expect_axis(0, 10, 5, 0, 5, 3);
  expect_axis(1, 10, 2, 5, 5, 2);
  expect_axis(1, 9, 2, 5, 5, 1);
  expect_axis(1083425, 1084999, 8, 1083600, 200, 7);
  expect_axis(7, 7, 2, 7, 1, 1);
  expect_axis(0, 0, 2, 0, 1, 1);
}

Test(history, ticks_are_round_and_within_whatever_the_axis)
{
  rl_random random = rl_random_from(rl_test_seed("axis"));
  for (unsigned round = 0; round < 20000; round++) {
    uint64_t low = rl_random_magnitude(&random, 499999999999999999ull);
    uint64_t high = low + rl_random_magnitude(&random, 499999999999999999ull) - 1;
    unsigned most = (unsigned)rl_random_between(&random, 2, 20);
    rl_axis axis = rl_axis_of(low, high, 6, most);
    uint64_t lead = axis.step;
    while (lead % 10 == 0)
      lead /= 10;
    cr_assert(lead == 1 || lead == 2 || lead == 5);
    cr_assert_leq(axis.count, most);
    for (unsigned i = 0; i < axis.count; i++) {
      uint64_t tick = rl_axis_tick(&axis, i);
      cr_assert(tick >= low && tick <= high && tick % axis.step == 0);
    }
    uint64_t next = axis.first + axis.count * axis.step;
    cr_assert(next > high, "no tick is left out at the end");
    cr_assert(axis.first < axis.step || axis.first - axis.step < low, "nor at the start");
  }
}

Test(history, ticks_are_written_without_the_zeros_they_share)
{
  char text[RL_RATE_TEXT_SIZE];
  rl_axis axis = rl_axis_of(1083425, 1086999, 6, 4);
  cr_assert_eq(axis.step, 1000);
  rl_axis_write(&axis, 0, text);
  cr_expect_str_eq(text, "1.084");
  axis = rl_axis_of(1083425, 1083431, 6, 8);
  rl_axis_write(&axis, 0, text);
  cr_expect_str_eq(text, "1.083425");
  axis = rl_axis_of(100, 900, 0, 5);
  rl_axis_write(&axis, 0, text);
  cr_expect_str_eq(text, "200");
  axis = rl_axis_of(1000, 9000, 2, 5);
  rl_axis_write(&axis, 0, text);
  cr_expect_str_eq(text, "20", "never more zeros than there are decimals");
}

Test(history, time_is_written_as_finely_as_its_step)
{
  char text[RL_AXIS_TIME_SIZE];
  rl_utc at = {1795510805000ll}; /* 2026-11-24T09:00:05Z */
  rl_axis_write_time(at, 5000, text);
  cr_expect_str_eq(text, "09:00:05");
  rl_axis_write_time((rl_utc){at.ms - 5000}, 60000, text);
  cr_expect_str_eq(text, "09:00");
  rl_axis_write_time((rl_utc){at.ms - 5000 + 15 * 3600000ll}, 60000, text);
  cr_expect_str_eq(text, "11-25", "midnight is a date");
}
