/* Who a process on the ipc socket is to the engine, by its user. */
#include "server/internal.h"

#include <criterion/criterion.h>

static const rl_server_options options = {
  .client_names = {{.uid = 1001, .name = "checkout"}, {.uid = 1002, .name = "desk"}},
  .client_name_count = 2,
  .operators = {0, 990, 1002},
  .operator_count = 3,
};

static void expect_caller(uint64_t uid, const char *name, bool is_operator)
{
  rl_caller caller;
  rl_caller_of_uid(&options, uid, &caller);
  cr_expect_str_eq(caller.name, name);
  cr_expect_eq(caller.is_operator, is_operator, "%s", name);
}

Test(callers, user_is_named_and_may_be_an_operator)
{
  expect_caller(1001, "checkout", false);
  expect_caller(1002, "desk", true);
  expect_caller(990, "uid-990", true);
  expect_caller(991, "uid-991", false);
  expect_caller(0, "uid-0", true);
}

Test(callers, nobody_is_an_operator_where_none_is_listed)
{
  rl_server_options none = options;
  rl_caller caller;
  none.operator_count = 0;
  rl_caller_of_uid(&none, 0, &caller);
  cr_expect_not(caller.is_operator);
}
