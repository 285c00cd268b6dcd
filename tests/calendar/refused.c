/* What a calendar file may not say, and where the error points. */
#include "calendar/fixture.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines 1 to 4 of a file that wants no more than TAIL. */
#define HEAD "weekend SAT SUN\ncutoff 17:00 America/New_York\nlag 2\ncalendar TEST\n"
#define TAIL "currency USD TEST\nthrough USD\n"

static void expect_error(const char *text, size_t length, rl_status status, unsigned line,
                         const char *field)
{
  rl_calendars *untouched = (rl_calendars *)&status, *calendars = untouched;
  rl_error error = {.text = ""};
  cr_expect_eq(rl_calendars_parse(text, length, "c.txt", &calendars, &error), status, "%s", text);
  cr_expect_eq(calendars, untouched, "%s: nothing is handed out", text);
  cr_expect_str_eq(error.file, "c.txt");
  cr_expect_eq(error.line, line, "%s: line %u: %s: %s", text, error.line, error.field, error.text);
  cr_expect_str_eq(error.field, field, "%s: %s: %s", text, error.field, error.text);
  cr_expect_neq(error.text[0], '\0');
}

static void expect_refused(const char *text, rl_status status, unsigned line, const char *field)
{
  expect_error(text, strlen(text), status, line, field);
}

/* One rule, on line 5. */
static void expect_rule_refused(const char *rule, rl_status status, const char *field)
{
  char text[512];
  snprintf(text, sizeof text, HEAD "%s\n" TAIL, rule);
  expect_refused(text, status, 5, field);
}

/* One statement, on line 7 behind all that a file must have. */
static void expect_statement_refused(const char *statement, rl_status status, const char *field)
{
  char text[512];
  snprintf(text, sizeof text, HEAD TAIL "%s\n", statement);
  expect_refused(text, status, 7, field);
}

Test(calendar_file, takes_blank_lines_comments_and_foreign_line_ends)
{
  rl_calendars_destroy(fixture_parsed("# nothing\r\n\r\n" HEAD "\tfixed  12-25\r\n" TAIL "#"));
}

Test(calendar_file, without_a_necessary_statement_is_refused)
{
  expect_refused("", RL_INVALID, 0, "cutoff");
  expect_refused("weekend SAT\ncutoff 17:00 UTC\n", RL_INVALID, 0, "lag");
  expect_refused("weekend SAT\ncutoff 17:00 UTC\nlag 2\n", RL_INVALID, 0, "through");
  expect_refused("weekend SAT\nlag 2\ncalendar TEST\n" TAIL, RL_INVALID, 0, "cutoff");
  expect_refused("calendar TEST\n", RL_INVALID, 1, "calendar");
}

Test(calendar_file, word_that_begins_nothing_is_refused)
{
  expect_refused("holiday 12-25\n", RL_INVALID, 1, "holiday");
  expect_rule_refused("easterly 2", RL_INVALID, "easterly");
  expect_statement_refused("fixed 12-25", RL_INVALID, "fixed");
  expect_statement_refused("on 2026-12-24", RL_INVALID, "on");
  static const char bytes[] = HEAD "\x1b[2J\0x\n";
  expect_error(bytes, sizeof bytes - 1, RL_INVALID, 5, "?[2J?x");
}

Test(calendar_file, weekend_is_given_once_and_leaves_a_day)
{
  expect_refused("weekend\n", RL_INVALID, 1, "weekend");
  expect_refused("weekend SAT SUNDAY\n", RL_INVALID, 1, "weekend");
  expect_refused("weekend SAT\nweekend SUN\n", RL_INVALID, 2, "weekend");
  expect_refused("weekend SUN MON TUE WED THU FRI SAT\n", RL_INVALID, 1, "weekend");
}

Test(calendar_file, cutoff_is_a_time_and_a_zone)
{
  expect_refused("cutoff\n", RL_INVALID, 1, "cutoff");
  expect_refused("cutoff 17:00\n", RL_INVALID, 1, "cutoff");
  expect_refused("cutoff 5:00 UTC\n", RL_INVALID, 1, "cutoff");
  expect_refused("cutoff 17-00 UTC\n", RL_INVALID, 1, "cutoff");
  expect_refused("cutoff x7:00 UTC\n", RL_INVALID, 1, "cutoff");
  expect_refused("cutoff 24:00 UTC\n", RL_OUT_OF_RANGE, 1, "cutoff");
  expect_refused("cutoff 17:60 UTC\n", RL_OUT_OF_RANGE, 1, "cutoff");
  expect_refused("cutoff 17:00 Europe/Atlantis\n", RL_INVALID, 1, "cutoff");
  expect_refused("cutoff 17:00 UTC UTC\n", RL_INVALID, 1, "cutoff");
  expect_refused("cutoff 17:00 UTC\ncutoff 17:00 UTC\n", RL_INVALID, 2, "cutoff");
}

Test(calendar_file, calendar_has_a_name_of_its_own)
{
  expect_statement_refused("calendar", RL_INVALID, "calendar");
  expect_statement_refused("calendar TEST", RL_INVALID, "calendar");
  expect_statement_refused("calendar from=2020", RL_INVALID, "calendar");
  expect_statement_refused("calendar EIGHTEEN", RL_INVALID, "calendar");
  rl_calendars_destroy(fixture_parsed(HEAD TAIL "calendar SEVENTY\n"));
  expect_statement_refused("calendar ELSE move=monday", RL_INVALID, "calendar");
  expect_statement_refused("calendar ELSE from=1999", RL_OUT_OF_RANGE, "from");
  expect_statement_refused("calendar ELSE to=2100", RL_OUT_OF_RANGE, "to");
  expect_statement_refused("calendar ELSE from=2020 to=2019", RL_INVALID, "to");
  static const char bytes[] = "weekend SAT\ncalendar A\0B\n";
  expect_error(bytes, sizeof bytes - 1, RL_INVALID, 2, "calendar");
}

Test(calendar_file, day_of_a_rule_is_in_every_year)
{
  expect_rule_refused("fixed", RL_INVALID, "fixed");
  expect_rule_refused("fixed 1-1", RL_INVALID, "fixed");
  expect_rule_refused("fixed 12/25", RL_INVALID, "fixed");
  expect_rule_refused("fixed ab-25", RL_INVALID, "fixed");
  expect_rule_refused("fixed 13-01", RL_OUT_OF_RANGE, "fixed");
  expect_rule_refused("fixed 00-01", RL_OUT_OF_RANGE, "fixed");
  expect_rule_refused("fixed 12-00", RL_OUT_OF_RANGE, "fixed");
  expect_rule_refused("fixed 12-32", RL_OUT_OF_RANGE, "fixed");
  expect_rule_refused("fixed 04-31", RL_OUT_OF_RANGE, "fixed");
  expect_rule_refused("fixed 02-29", RL_OUT_OF_RANGE, "fixed");
  expect_rule_refused("after MON 02-29", RL_OUT_OF_RANGE, "after");
  expect_rule_refused("before FRI", RL_INVALID, "before");
  expect_rule_refused("before fri 12-24", RL_INVALID, "before");
}

Test(calendar_file, weekday_of_a_month_is_in_every_year)
{
  expect_rule_refused("nth 0 MON 01", RL_OUT_OF_RANGE, "nth");
  expect_rule_refused("nth 5 MON 01", RL_OUT_OF_RANGE, "nth");
  expect_rule_refused("nth MON 01", RL_INVALID, "nth");
  expect_rule_refused("nth 1 MON", RL_INVALID, "nth");
  expect_rule_refused("nth 1 MON 13", RL_OUT_OF_RANGE, "nth");
  expect_rule_refused("nth", RL_INVALID, "nth");
  expect_rule_refused("last MON 00", RL_OUT_OF_RANGE, "last");
  expect_rule_refused("last MONDAY 05", RL_INVALID, "last");
}

Test(calendar_file, easter_and_equinox_have_their_bounds)
{
  expect_rule_refused("easter", RL_INVALID, "easter");
  expect_rule_refused("easter -", RL_INVALID, "easter");
  expect_rule_refused("easter +1", RL_INVALID, "easter");
  expect_rule_refused("easter 81", RL_OUT_OF_RANGE, "easter");
  expect_rule_refused("orthodox -81", RL_OUT_OF_RANGE, "orthodox");
  expect_rule_refused("orthodox 99999", RL_OUT_OF_RANGE, "orthodox");
  expect_rule_refused("equinox 06", RL_INVALID, "equinox");
  expect_rule_refused("equinox 02", RL_OUT_OF_RANGE, "equinox");
  rl_calendars_destroy(fixture_parsed(HEAD "easter 80\neaster -80\n" TAIL));
}

Test(calendar_file, key_of_a_rule_is_known_given_once_and_meant_for_it)
{
  expect_rule_refused("fixed 12-25 monday", RL_INVALID, "fixed");
  expect_rule_refused("fixed 12-25 lag=2", RL_INVALID, "fixed");
  expect_rule_refused("fixed 12-25 =2", RL_INVALID, "fixed");
  expect_rule_refused("fixed 12-25 move=tuesday", RL_INVALID, "move");
  expect_rule_refused("fixed 12-25 move=", RL_INVALID, "move");
  expect_rule_refused("fixed 12-25 move=monday move=monday", RL_INVALID, "move");
  expect_rule_refused("fixed 12-25 bridge=maybe", RL_INVALID, "bridge");
  expect_rule_refused("fixed 12-25 only=", RL_INVALID, "only");
  expect_rule_refused("fixed 12-25 only=MON,", RL_INVALID, "only");
  expect_rule_refused("fixed 12-25 only=MON;TUE", RL_INVALID, "only");
  expect_rule_refused("fixed 12-25 from=", RL_INVALID, "from");
  expect_rule_refused("fixed 12-25 from=20x0", RL_INVALID, "from");
  expect_rule_refused("fixed 12-25 from=20200", RL_OUT_OF_RANGE, "from");
  expect_rule_refused("fixed 12-25 from=2021 to=2020", RL_INVALID, "to");
  expect_rule_refused("citizens move=monday", RL_INVALID, "citizens");
  expect_rule_refused("citizens 3", RL_INVALID, "citizens");
}

Test(calendar_file, single_day_must_make_a_difference)
{
  expect_rule_refused("on", RL_INVALID, "on");
  expect_rule_refused("on 2026-02-29", RL_INVALID, "on");
  expect_rule_refused("on 2026-12-24 tomorrow", RL_INVALID, "on");
  expect_rule_refused("on 1999-12-31", RL_OUT_OF_RANGE, "on");
  expect_rule_refused("not 2100-01-01", RL_OUT_OF_RANGE, "not");
  expect_rule_refused("on 2026-11-28", RL_INVALID, "on");
  expect_rule_refused("on 2026-11-27 2026-11-27", RL_INVALID, "on");
  expect_rule_refused("not 2026-11-27", RL_INVALID, "not");
  expect_refused(HEAD "fixed 12-25\non 2026-12-25\n" TAIL, RL_INVALID, 6, "on");
  expect_refused(HEAD "not 2026-12-25\nfixed 12-24\n\n\n" TAIL, RL_INVALID, 5, "not");
  expect_refused(HEAD "fixed 12-25\nnot 2026-12-24", RL_INVALID, 6, "not");
}

Test(calendar_file, currency_has_calendars_from_above)
{
  expect_statement_refused("currency", RL_INVALID, "currency");
  expect_statement_refused("currency ZZZ TEST", RL_INVALID, "currency");
  expect_statement_refused("currency EUR", RL_INVALID, "currency");
  expect_statement_refused("currency EUR between=no", RL_INVALID, "currency");
  expect_statement_refused("currency EUR LATER", RL_INVALID, "currency");
  expect_statement_refused("currency USD TEST", RL_INVALID, "currency");
  expect_statement_refused("currency EUR TEST lag=2", RL_INVALID, "currency");
  expect_statement_refused("currency EUR TEST between=perhaps", RL_INVALID, "between");
  expect_statement_refused("currency EUR TEST between=no between=no", RL_INVALID, "between");
}

Test(calendar_file, through_lag_and_pair_are_held_to_their_form)
{
  expect_statement_refused("through USD", RL_INVALID, "through");
  expect_refused("weekend SAT\ncalendar TEST\nthrough USD\n", RL_INVALID, 3, "through");
  expect_refused("through\n", RL_INVALID, 1, "through");
  expect_statement_refused("lag 2", RL_INVALID, "lag");
  expect_refused("lag 0\n", RL_OUT_OF_RANGE, 1, "lag");
  expect_refused("lag 6\n", RL_OUT_OF_RANGE, 1, "lag");
  expect_refused("lag two\n", RL_INVALID, 1, "lag");
  expect_refused("lag 2 2\n", RL_INVALID, 1, "lag");
  expect_statement_refused("pair USD", RL_INVALID, "pair");
  expect_statement_refused("pair USD USD lag=1", RL_INVALID, "pair");
  expect_statement_refused("pair USD CAD", RL_INVALID, "pair");
  expect_statement_refused("pair USD CAD lag=0", RL_OUT_OF_RANGE, "lag");
  expect_statement_refused("pair USD CAD lag=6", RL_OUT_OF_RANGE, "lag");
  expect_statement_refused("pair USD CAD move=monday", RL_INVALID, "pair");
  expect_refused(HEAD TAIL "pair USD CAD lag=1\npair CAD USD lag=1\n", RL_INVALID, 8, "pair");
}

#define TEXT_SIZE 65536

__attribute__((format(printf, 3, 4)))
static size_t append(char *text, size_t used, const char *format, ...)
{
  va_list words;
  va_start(words, format);
  int written = vsnprintf(text + used, TEXT_SIZE - used, format, words);
  va_end(words);
  return (size_t)written;
}

/* The most calendars and the most rules are taken, one more is refused. */
Test(calendar_file, has_room_for_so_many_calendars_and_rules)
{
  char *text = malloc(TEXT_SIZE);
  cr_assert_not_null(text);
  for (unsigned more = 0; more <= 1; more++) {
    size_t used = append(text, 0, HEAD TAIL);
    for (unsigned i = 1; i < RL_CALENDARS_MAX + more; i++)
      used += append(text, used, "calendar C%u\n", i);
    if (more)
      expect_refused(text, RL_OUT_OF_RANGE, 6 + RL_CALENDARS_MAX, "calendar");
    else
      rl_calendars_destroy(fixture_parsed(text));
    used = append(text, 0, HEAD);
    for (unsigned i = 0; i < RL_CALENDAR_RULES_MAX + more; i++)
      used += append(text, used, "fixed 12-25\n");
    (void)append(text, used, TAIL);
    if (more)
      expect_refused(text, RL_OUT_OF_RANGE, 5 + RL_CALENDAR_RULES_MAX, "fixed");
    else
      rl_calendars_destroy(fixture_parsed(text));
  }
  free(text);
}
