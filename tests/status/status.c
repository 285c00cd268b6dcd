#include "status/status.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#define STATUSES (RL_AGAIN + 1)

Test(status, every_status_has_a_phrase_of_its_own)
{
  for (int i = 0; i < STATUSES; i++) {
    const char *text = rl_status_text((rl_status)i);
    cr_assert(strlen(text) > 0 && strcmp(text, "unknown status") != 0, "status %d", i);
    for (int k = 0; k < i; k++)
      cr_assert_str_neq(text, rl_status_text((rl_status)k), "statuses %d and %d", k, i);
  }
}

Test(status, number_that_is_no_status_is_said_to_be_unknown)
{
  cr_assert_str_eq(rl_status_text((rl_status)STATUSES), "unknown status");
}

Test(status, success_is_zero)
{
  cr_assert_eq(RL_OK, 0);
}

Test(status, condition_that_holds_goes_on)
{
  int count = 1;
  RL_ASSERT(count == 1);
  cr_assert_eq(count, 1);
}

Test(status, condition_that_does_not_hold_ends_the_program, .signal = SIGABRT)
{
  int count = 1;
  RL_ASSERT(count == 2);
}
