#include "feeds/fix_line.h"

#include <criterion/criterion.h>

Test(feed_fix, pauses_double_up_to_the_longest)
{
  cr_assert_eq(rl_fix_pause_ms(0, 1000, 60000, 0), 1000);
  cr_assert_eq(rl_fix_pause_ms(1, 1000, 60000, 0), 2000);
  cr_assert_eq(rl_fix_pause_ms(5, 1000, 60000, 0), 32000);
  cr_assert_eq(rl_fix_pause_ms(6, 1000, 60000, 0), 60000);
  cr_assert_eq(rl_fix_pause_ms(4000000000u, 1000, 60000, 0), 60000);
  cr_assert_eq(rl_fix_pause_ms(0, 5000, 1000, 0), 1000);
}

Test(feed_fix, pauses_are_scattered_over_their_upper_half)
{
  for (uint64_t random = 0; random < 2000; random++) {
    uint32_t pause_ms = rl_fix_pause_ms(0, 1000, 60000, random);
    cr_assert(pause_ms >= 500 && pause_ms <= 1000);
  }
  cr_assert_eq(rl_fix_pause_ms(0, 1000, 60000, 500), 500);
  cr_assert_eq(rl_fix_pause_ms(0, 1, 1, 12345), 1);
}
