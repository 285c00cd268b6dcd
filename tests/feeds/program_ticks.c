#include "programs.h"

#include "clock/clock.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

TestSuite(feed_ticks_program, .init = rl_programs_set_up, .fini = rl_programs_tear_down);

Test(feed_ticks_program, ticks_names_and_counts_malformed_lines_and_plays_the_others)
{
  rl_write_file("time,bid,ask\n1000,1.1,1.2\n1001,0,1.2\n\n1002,1.3,1.2\n1003,1.1,1.");
  START(TICKS, "--pair", "EURUSD", "--source", "fxcm", "--date", "2014-05-02", "--offset",
        "+300m", "--header", "--speed", "0", "--json", file);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(tick.source_utc_ms, 1398988800000 + 18000000 + 1000);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert(tick.bid == 13 && tick.ask == 12);
  cr_assert_str_eq(engine.header.source, "fxcm");
  cr_assert_eq(engine.header.class, RL_SOURCE_LIVE);
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
  rl_expect_said("/file:3: the bid is no rate");
  rl_expect_said("/file:4: another number of columns");
  rl_expect_said("/file:6: the file ends in the middle of the line");
  rl_expect_printed("{\"pair\":\"EURUSD\",\"ticks\":2,\"malformed\":3,");
  rl_expect_nothing_more();
}

Test(feed_ticks_program, ticks_stops_at_a_malformed_line_where_that_is_asked)
{
  rl_write_file("1,1.1,1.2\n2,1.23456789,10\n3,1.1,1.2\n");
  START(TICKS, "--pair", "EURUSD", "--source", "v", "--time-format", "epoch-ms", "--speed", "0",
        "--strict", file);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(rl_child_wait(&child), 1);
  rl_expect_said("/file:2: bid and ask on one scale");
  rl_expect_printed("1 ticks sent, 1 malformed");
  rl_expect_nothing_more();
}

Test(feed_ticks_program, ticks_names_only_so_many_malformed_lines)
{
  char text[2000] = "";
  for (int i = 0; i < 500; i++)
    memcpy(text + 2 * i, "x\n", 3);
  rl_write_file(text);
  cr_assert_eq(RUN(TICKS, "--pair", "EURUSD", "--source", "v", "--time-format", "epoch-ms",
                   file), 0);
  rl_expect_said("/file:20: ");
  rl_expect_said("counted, not named");
  cr_assert_null(strstr(child.err, "/file:21: "));
  rl_expect_printed("0 ticks sent, 500 malformed");
}

Test(feed_ticks_program, ticks_at_full_speed_loses_nothing_to_a_slow_engine)
{
  enum { TICKS_SENT = 100000 };
  FILE *stream = fopen(file, "wb");
  for (int i = 0; i < TICKS_SENT; i++)
    fprintf(stream, "%d,1.%05d,1.5\n", i, i);
  fclose(stream);
  START(TICKS, "--pair", "EURUSD", "--source", "v", "--time-format", "epoch-ms", "--speed", "0",
        file);
  uint64_t first = 0;
  for (unsigned i = 0; i < TICKS_SENT; i++) {
    cr_assert(rl_pull_tick(&engine, &tick), "tick %u", i);
    first = i == 0 ? tick.sequence : first;
    cr_assert_eq(tick.sequence, first + i);
    cr_assert_eq(tick.source_utc_ms, i);
  }
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
  rl_expect_printed("100000 ticks sent, 0 malformed");
  rl_expect_nothing_more();
}

Test(feed_ticks_program, ticks_rebased_state_the_present_and_leave_out_what_was_before_the_zero)
{
  rl_write_file("2019-02-04 00:00:00.000,1.1,1.2\n2019-02-04 00:00:01.000,1.1,1.2\n"
             "2019-02-04 00:00:01.050,1.1,1.2\n");
  rl_clock clock = rl_clock_system();
  int64_t before = rl_clock_read(&clock).utc.ms;
  START(TICKS, "--pair", "EURUSD", "--source", "v", "--time-format", "iso", "--rebase-from",
        "2019-02-04T00:00:01Z", file);
  cr_assert(rl_pull_tick(&engine, &tick));
  int64_t first = tick.source_utc_ms;
  cr_assert(first >= before && first <= rl_clock_read(&clock).utc.ms);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(tick.source_utc_ms, first + 50);
  cr_assert_leq(tick.source_utc_ms, rl_clock_read(&clock).utc.ms);
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
  rl_expect_printed("2 ticks sent, 0 malformed, 1 before the zero");
}

Test(feed_ticks_program, ticks_stops_at_its_limit)
{
  rl_write_file("1,1.1,1.2\n2,1.1,1.2\n3,1.1,1.2\n");
  START(TICKS, "--pair", "EURUSD", "--source", "v", "--time-format", "epoch-ms", "--limit", "2",
        file);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(rl_child_wait(&child), 0);
  rl_expect_printed("2 ticks sent");
  rl_expect_nothing_more();
}

Test(feed_ticks_program, ticks_waiting_for_its_time_has_sent_what_came_before_and_ends_on_a_signal)
{
  rl_write_file("0,1.1,1.2\n86400000,1.1,1.2\n");
  START(TICKS, "--pair", "EURUSD", "--source", "v", "--time-format", "epoch-ms", file);
  cr_assert(rl_pull_tick(&engine, &tick));
  kill(child.pid, SIGINT);
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
  rl_expect_printed("1 ticks sent");
}

Test(feed_ticks_program, ticks_of_a_file_that_is_not_there_is_exit_code_one)
{
  cr_assert_eq(RUN(TICKS, "--pair", "EURUSD", "--source", "v", "--time-format", "iso", file), 1);
  rl_expect_said(file);
}
