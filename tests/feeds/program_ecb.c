#include "programs.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

TestSuite(feed_programs, .init = rl_programs_set_up, .fini = rl_programs_tear_down);

Test(feed_programs, help_and_version_end_well_and_say_what_they_should)
{
  static const char *const programs[] = {ECB, TICKS, SIM};
  for (int i = 0; i < 3; i++) {
    cr_assert_eq(RUN(programs[i], "--help"), 0);
    rl_expect_printed("Examples:");
    rl_expect_printed("Exit: 0");
    rl_expect_printed("--engine=URL");
    cr_assert_eq(RUN(programs[i], "--version"), 0);
    rl_expect_printed(strrchr(programs[i], '/') + 1);
  }
}

Test(feed_programs, a_wrong_command_line_is_exit_code_two)
{
  cr_assert_eq(RUN(ECB, "--every", "soon"), 2);
  rl_expect_said("--every soon: expected a duration such as");
  cr_assert_eq(RUN(ECB, FIXTURE), 2);
  cr_assert_eq(RUN(SIM), 2);
  rl_expect_said("--around FILE");
  cr_assert_eq(RUN(SIM, "--around", FIXTURE, "--rate", "0"), 2);
  cr_assert_eq(RUN(SIM, "--around", FIXTURE, "--venues", "a,,b"), 2);
  cr_assert_eq(RUN(SIM, "--around", FIXTURE, "--nonsense"), 2);
  cr_assert_eq(RUN(TICKS, "--pair", "EURUSD", "--source", "v", file), 2);
  rl_expect_said("--date");
  cr_assert_eq(RUN(TICKS, "--pair", "eurusd", "--source", "v", file), 2);
  cr_assert_eq(RUN(TICKS, "--pair", "EURUSD", "--date", "2014-05-02", file), 2);
  rl_expect_said("--source");
  cr_assert_eq(RUN(TICKS, "--columns", "time,bid", file), 2);
  cr_assert_eq(RUN(TICKS, "--speed", "-1", file), 2);
  cr_assert_eq(RUN(TICKS, "--size-scale", "7", file), 2);
  cr_assert_eq(RUN(TICKS, "--rebase-from", "noon", file), 2);
}

Test(feed_programs, no_engine_is_exit_code_three_with_the_remedy)
{
  rl_pull_deafen(&engine);
  rl_write_file("1,1.1,1.2\n");
  cr_assert_eq(RUN(ECB, "--file", FIXTURE, "--wait", "50ms"), 3);
  rl_expect_said("no engine listens there: start one with ratelockd");
  cr_assert_eq(RUN(SIM, "--around", FIXTURE, "--wait", "50ms"), 3);
  rl_expect_said(engine.url);
  cr_assert_eq(RUN(TICKS, "--pair", "EURUSD", "--source", "v", "--time-format", "epoch-ms",
                   "--wait", "50ms", file), 3);
  rl_expect_said("no engine listens there: start one with ratelockd");
}

Test(feed_programs, ecb_pushes_a_file_as_a_reference)
{
  START(ECB, "--file", FIXTURE, "--save", copy);
  bool dollar_seen = false;
  for (int i = 0; i < 30; i++) {
    cr_assert(rl_pull_tick(&engine, &tick));
    cr_assert_eq(tick.bid, tick.ask);
    cr_assert_eq(tick.source_utc_ms, 1746748800000);
    if (strcmp(tick.pair, "EURUSD") == 0) {
      dollar_seen = true;
      cr_assert(tick.bid == 11252 && tick.scale == 4);
    }
  }
  cr_assert(dollar_seen);
  cr_assert_str_eq(engine.header.source, "ECB");
  cr_assert_eq(engine.header.class, RL_SOURCE_REFERENCE);
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
  rl_expect_printed("30 rates of 2025-05-09 pushed to ipc://");
  rl_expect_nothing_more();
  char used[8192], saved[8192];
  size_t size = rl_read_file(FIXTURE, used, sizeof used);
  cr_assert_eq(rl_read_file(copy, saved, sizeof saved), size);
  cr_assert_eq(memcmp(used, saved, size), 0);
}

Test(feed_programs, ecb_says_when_it_falls_back_to_a_file)
{
  START(ECB, "--url", "http://127.0.0.1:1/", "--fallback", FIXTURE);
  for (int i = 0; i < 30; i++)
    cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
  rl_expect_said("http://127.0.0.1:1/: ");
  rl_expect_said("using the rates of " FIXTURE " instead");
}

Test(feed_programs, ecb_without_any_rates_is_exit_code_one)
{
  cr_assert_eq(RUN(ECB, "--url", "http://127.0.0.1:1/"), 1);
  rl_expect_said("http://127.0.0.1:1/: ");
  cr_assert_eq(RUN(ECB, "--file", file), 1);
  rl_expect_said(file);
  rl_write_file("<?xml version='1.0'?>\n<html/>");
  cr_assert_eq(RUN(ECB, "--file", file), 1);
  rl_expect_said(":2: not the ECB's reference rates");
  rl_expect_nothing_more();
}

Test(feed_programs, ecb_refuses_a_day_that_is_still_to_come)
{
  rl_write_file("<gesmes:Envelope xmlns:gesmes='http://www.gesmes.org/xml/2002-08-01'"
             " xmlns='http://www.ecb.int/vocabulary/2002-08-01/eurofxref'><Cube>"
             "<Cube time='9999-01-01'><Cube currency='USD' rate='1.1'/></Cube></Cube>"
             "</gesmes:Envelope>");
  cr_assert_eq(RUN(ECB, "--file", file), 1);
  rl_expect_said("time: a day that is still to come");
}

Test(feed_programs, ecb_that_repeats_ends_cleanly_on_a_signal)
{
  START(ECB, "--file", FIXTURE, "--every", "24h");
  for (int i = 0; i < 30; i++)
    cr_assert(rl_pull_tick(&engine, &tick));
  kill(child.pid, SIGTERM);
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
}
