#include "status/error.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *line_of(const rl_error *error)
{
  static char line[1024];
  cr_assert_eq(rl_error_format(error, line, sizeof line), strlen(line));
  return line;
}

Test(error, names_file_line_field_and_reason)
{
  rl_error error;
  cr_assert_eq(rl_fail(&error, RL_INVALID, "t.yaml", 12, "rules[2].bps", "%d is too many", 7),
               RL_INVALID);
  cr_assert_str_eq(line_of(&error), "t.yaml:12: rules[2].bps: 7 is too many");
}

Test(error, leaves_out_what_is_unknown)
{
  rl_error error;
  (void)!rl_fail(&error, RL_IO, "t.yaml", 0, NULL, "no such file");
  cr_assert_str_eq(line_of(&error), "t.yaml: no such file");
  (void)!rl_fail(&error, RL_IO, NULL, 0, "ttl", "missing");
  cr_assert_str_eq(line_of(&error), "ttl: missing");
  (void)!rl_fail(&error, RL_IO, NULL, 12, NULL, "missing");
  cr_assert_str_eq(line_of(&error), "missing", "a line without its file says nothing");
}

Test(error, second_failure_replaces_all_of_the_first)
{
  rl_error error;
  (void)!rl_fail(&error, RL_INVALID, "t.yaml", 12, "rules[2].bps", "wrong");
  (void)!rl_fail(&error, RL_INVALID, NULL, 0, NULL, "other");
  cr_assert_str_eq(line_of(&error), "other");
}

Test(error, nobody_has_to_listen)
{
  cr_assert_eq(rl_fail(NULL, RL_FULL, "t.yaml", 1, "x", "%s", "y"), RL_FULL);
}

Test(error, long_texts_are_cut)
{
  char longer[1000];
  memset(longer, 'x', sizeof longer - 1);
  longer[sizeof longer - 1] = '\0';
  rl_error error;
  (void)!rl_fail(&error, RL_INVALID, longer, 1, longer, "%s", longer);
  cr_assert_eq(strlen(error.file), sizeof error.file - 1);
  cr_assert_eq(strlen(error.field), sizeof error.field - 1);
  cr_assert_eq(strlen(error.text), sizeof error.text - 1);
  cr_assert_eq(strlen(line_of(&error)), 255 + strlen(":1: ") + 95 + strlen(": ") + 319);
}

Test(error, line_is_cut_to_the_room_given)
{
  rl_error error;
  (void)!rl_fail(&error, RL_INVALID, "t.yaml", 3, "x", "wrong");
  char line[9];
  cr_assert_eq(rl_error_format(&error, line, sizeof line), 8);
  cr_assert_str_eq(line, "t.yaml:3");
  char whole[sizeof "t.yaml:3: x: wrong"];
  cr_assert_eq(rl_error_format(&error, whole, sizeof whole), sizeof whole - 1);
  cr_assert_eq(rl_error_format(&error, whole, sizeof whole - 1), sizeof whole - 2);
  cr_assert_eq(rl_error_format(&error, line, 1), 0);
  cr_assert_str_eq(line, "");
  line[0] = '!';
  cr_assert_eq(rl_error_format(&error, line, 0), 0);
  cr_assert_eq(line[0], '!', "no room, nothing written");
}
