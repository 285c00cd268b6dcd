#include "clock/clock.h"

#include <criterion/criterion.h>
#include <time.h>

static rl_manual_clock manual;

static rl_now read_after(int64_t ns)
{
  rl_clock clock = rl_clock_manual(&manual);
  rl_manual_clock_advance_ns(&manual, ns);
  return rl_clock_read(&clock);
}

static void start_at(int64_t mono_ns, int64_t utc_ms)
{
  rl_manual_clock_init(&manual, (rl_now){.mono.ns = mono_ns, .utc.ms = utc_ms});
}

Test(manual_clock, stands_still_until_it_is_moved)
{
  start_at(5, 7);
  for (int i = 0; i < 3; i++) {
    rl_now now = read_after(0);
    cr_assert(now.mono.ns == 5 && now.utc.ms == 7);
  }
}

Test(manual_clock, moves_both_clocks)
{
  start_at(1000, 2000);
  rl_now now = read_after(3 * RL_NS_PER_MS);
  cr_assert_eq(now.mono.ns, 1000 + 3 * RL_NS_PER_MS);
  cr_assert_eq(now.utc.ms, 2003);
}

Test(manual_clock, nanoseconds_add_up_to_milliseconds)
{
  start_at(0, 0);
  cr_assert_eq(read_after(RL_NS_PER_MS - 1).utc.ms, 0);
  cr_assert_eq(read_after(1).utc.ms, 1);
  cr_assert_eq(read_after(1).utc.ms, 1);
  cr_assert_eq(read_after(RL_NS_PER_MS - 2).utc.ms, 1);
  cr_assert_eq(read_after(1).utc.ms, 2);
}

Test(system_clock, does_not_go_back)
{
  rl_clock clock = rl_clock_system();
  rl_now before = rl_clock_read(&clock);
  for (int i = 0; i < 1000; i++) {
    rl_now now = rl_clock_read(&clock);
    cr_assert_geq(now.mono.ns, before.mono.ns);
    before = now;
  }
}

/* Read between two readings of the C library's clocks, so it lies between them. */
Test(system_clock, is_boot_time_in_nanoseconds_and_utc_in_milliseconds)
{
  rl_clock clock = rl_clock_system();
  struct timespec boot[2], wall[2];
  clock_gettime(CLOCK_BOOTTIME, &boot[0]);
  timespec_get(&wall[0], TIME_UTC);
  rl_now now = rl_clock_read(&clock);
  clock_gettime(CLOCK_BOOTTIME, &boot[1]);
  timespec_get(&wall[1], TIME_UTC);
  for (int i = 0; i < 2; i++) {
    int64_t boot_ns = boot[i].tv_sec * 1000000000ll + boot[i].tv_nsec;
    int64_t wall_ms = wall[i].tv_sec * 1000ll + wall[i].tv_nsec / 1000000;
    cr_assert(i == 0 ? boot_ns <= now.mono.ns : boot_ns >= now.mono.ns);
    cr_assert(i == 0 ? wall_ms <= now.utc.ms : wall_ms >= now.utc.ms);
  }
}

Test(boot_id, is_the_same_on_every_read)
{
  uint64_t first = 0, second = 1;
  cr_assert_eq(rl_clock_boot_id(&first), RL_OK);
  cr_assert_eq(rl_clock_boot_id(&second), RL_OK);
  cr_assert_eq(first, second);
  cr_assert_neq(first, 0);
}
