/* What `ratelock sources` says in words below its table. */
#include "source_remarks.h"

#include "status/limits.h"
#include "wire/reply.h"

#include <criterion/criterion.h>
#include <string.h>

static uint8_t bytes[RL_REPLY_ROW_MAX];
static rl_universe *universe;

static void open_universe(void)
{
  static const char text[] = "pair EUR USD\npair GBP USD\n";
  rl_error error;
  cr_assert_eq(rl_universe_parse(text, strlen(text), "test", &universe, &error), RL_OK);
}

static void close_universe(void)
{
  rl_universe_destroy(universe);
}

TestSuite(source_remarks, .init = open_universe, .fini = close_universe);

static rl_view row_of(const rl_source_info *info)
{
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_reply_source_row(&writer, universe, info, (rl_mono){5});
  return rl_view_over(bytes, writer.used);
}

static void expect_remark(const rl_source_info *info, const char *text)
{
  rl_source_remarks remarks = rl_source_remarks_of(row_of(info));
  cr_assert_eq(remarks.count, 1, "%u", remarks.count);
  cr_expect_str_eq(remarks.texts[0], text);
}

Test(source_remarks, nothing_is_said_of_a_source_without_fault)
{
  rl_source_info info = {.name = "a", .clock = RL_CLOCK_GOOD, .clock_offset_ms = -12, .ticks = 9,
                         .outlier_ppm = 899999};
  info.verdicts[RL_TICK_GOOD] = info.verdicts[RL_TICK_LOCKED] = 2;
  info.verdicts[RL_TICK_CROSSED] = info.verdicts[RL_TICK_JUMP] = 2;
  info.verdicts[RL_TICK_WITHDRAWN] = 1;
  cr_expect_eq(rl_source_remarks_of(row_of(&info)).count, 0);
  cr_expect_eq(rl_source_refused(row_of(&info)), 0);
}

Test(source_remarks, wrong_clock_is_named_with_its_length)
{
  static const struct {
    rl_source_clock clock;
    int64_t offset_ms;
    const char *text;
  } cases[] = {
    {RL_CLOCK_AHEAD, 2001, "clock 2s ahead: its updates are refused for it"},
    {RL_CLOCK_AHEAD, 119499, "clock 119s ahead: its updates are refused for it"},
    {RL_CLOCK_AHEAD, 119500, "clock 2min ahead: its updates are refused for it"},
    {RL_CLOCK_AHEAD, 17999980, "clock 5h ahead: its updates are refused for it"},
    {RL_CLOCK_BEHIND, -10001, "clock 10s behind, or all it sends comes so late"},
    {RL_CLOCK_BEHIND, -18000040, "clock 5h behind, or all it sends comes so late"},
    {RL_CLOCK_BEHIND, -19800040, "clock 5h 30min behind, or all it sends comes so late"},
    {RL_CLOCK_BEHIND, -48 * 3600000ll, "clock 2d behind, or all it sends comes so late"},
    {RL_CLOCK_BEHIND, -812 * 86400000ll, "clock 812d behind, or all it sends comes so late"},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    rl_source_info info = {.name = "a", .clock = cases[i].clock,
                           .clock_offset_ms = cases[i].offset_ms};
    expect_remark(&info, cases[i].text);
  }
}

Test(source_remarks, source_that_nearly_always_is_the_outlier_is_named_with_its_pair)
{
  rl_source_info info = {.name = "a", .outlier_ppm = 900000, .outlier_pair = {1}};
  expect_remark(&info, "outlier in 90 % of GBPUSD composites");
  info.outlier_ppm = 989999;
  expect_remark(&info, "outlier in 98 % of GBPUSD composites");
}

Test(source_remarks, source_of_a_pair_is_named_without_it)
{
  rl_source_pair_stats stats = {.seen = true, .composites = 7, .outlier_ppm = 1000000};
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_reply_source_pair_row(&writer, universe, (rl_pair){0}, "a", &stats, (rl_mono){5});
  rl_source_remarks remarks = rl_source_remarks_of(rl_view_over(bytes, writer.used));
  cr_assert_eq(remarks.count, 1);
  cr_expect_str_eq(remarks.texts[0], "outlier in 100 % of composites");
}

Test(source_remarks, refusals_are_told_by_their_reasons)
{
  rl_source_info info = {.name = "a"};
  info.verdicts[RL_TICK_MALFORMED_FUTURE] = 1234;
  expect_remark(&info, "refused: 1234 malformed_future");
  info.verdicts[RL_TICK_MALFORMED_PRICE] = 1;
  info.verdicts[RL_TICK_DUPLICATE] = 5;
  info.verdicts[RL_TICK_NO_ROOM] = 6;
  expect_remark(&info, "refused: 1 malformed_price, 1234 malformed_future, 5 duplicate, 6 no_room");
  cr_expect_eq(rl_source_refused(row_of(&info)), 1246);
}

Test(source_remarks, all_of_them_fit)
{
  rl_source_info info = {.name = "a", .clock = RL_CLOCK_AHEAD, .clock_offset_ms = INT64_MAX / 2,
                         .outlier_ppm = 1000000};
  for (unsigned i = 0; i < RL_VERDICT_COUNT; i++)
    info.verdicts[i] = INT64_MAX;
  rl_source_remarks remarks = rl_source_remarks_of(row_of(&info));
  cr_expect_eq(remarks.count, RL_SOURCE_REMARKS_MAX);
  cr_expect(strstr(remarks.texts[2], " no_room"), "%s", remarks.texts[2]);
  cr_expect_eq(rl_source_remarks_of((rl_view){0}).count, 0);
}

Test(source_remarks, a_long_lag_is_said_as_people_do)
{
  static const struct {
    int64_t ms;
    const char *text;
  } cases[] = {{0, "0 ms"}, {-1111, "-1111 ms"}, {9999, "9999 ms"}, {-9999, "-9999 ms"},
               {10000, "10s"}, {-10000, "-10s"}, {17998990, "5h"}, {-18000055, "-5h"},
               {396419145598, "4588d"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[RL_SOURCE_LAG_TEXT_SIZE];
    rl_source_lag_format(cases[i].ms, text);
    cr_expect_str_eq(text, cases[i].text);
  }
}
