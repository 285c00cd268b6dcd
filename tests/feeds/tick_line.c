#include "feeds/tick_line.h"

#include <criterion/criterion.h>
#include <string.h>

static rl_tick_layout layout_of(const char *columns)
{
  rl_tick_layout layout = {.time = RL_TIME_EPOCH_MS};
  rl_error error = {0};
  cr_assert_eq(rl_tick_columns_parse(columns, &layout, &error), RL_OK, "%s", error.text);
  return layout;
}

static rl_tick_fault parse(const rl_tick_layout *layout, const char *line, rl_tick_row *row)
{
  return rl_tick_line_parse(layout, line, strlen(line), row);
}

static void expect_rate(rl_rate rate, const char *text)
{
  rl_rate expected;
  cr_assert_eq(rl_rate_parse(text, strlen(text), &expected), RL_OK);
  cr_assert_eq(rl_rate_compare(rate, expected), 0, "expected %s", text);
}

static void expect_fault(const rl_tick_layout *layout, const char *line, rl_tick_fault fault)
{
  rl_tick_row row = {.when = {77}};
  cr_assert_eq(parse(layout, line, &row), fault, "%s", line);
  cr_assert_eq(row.when.ms, 77, "%s", line);
}

Test(feed_ticks, columns_are_read_by_the_positions_that_are_named)
{
  rl_tick_layout layout = layout_of("_,ask_size,ask,_,bid,time,bid_size");
  rl_tick_row row;
  cr_assert_eq(parse(&layout, "EURUSD,3,1.38729,x,1.38727,1000,5", &row), RL_LINE_GOOD);
  cr_assert_eq(row.when.ms, 1000);
  expect_rate(row.bid, "1.38727");
  expect_rate(row.ask, "1.38729");
  cr_assert_eq(row.bid_size, 5);
  cr_assert_eq(row.ask_size, 3);
}

Test(feed_ticks, column_lists_that_mean_nothing_are_refused)
{
  static const char *const wrong[] = {
    "", "time", "time,bid", "bid,ask", "time,bid,ask,bid", "time,bid,ask,price", "time,bid,ask,",
    "time;bid;ask", "Time,bid,ask", "time,bid,ask,_,_,_,_,_,_,_,_,_,_,_,_,_,_",
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    rl_tick_layout layout = {.column_count = 5};
    rl_error error = {0};
    cr_assert_eq(rl_tick_columns_parse(wrong[i], &layout, &error), RL_INVALID, "%s", wrong[i]);
    cr_assert_eq(layout.column_count, 5);
    cr_assert_str_eq(error.field, "columns");
  }
  layout_of("time,bid,ask,_,_,_,_,_,_,_,_,_,_,_,_,_");
}

Test(feed_ticks, times_of_day_are_counted_from_the_day_and_shifted_to_utc)
{
  rl_tick_layout layout = layout_of("time,bid,ask");
  rl_tick_row row;
  layout.time = RL_TIME_MS_OF_DAY;
  layout.date.ms = 1398988800000; /* 2014-05-02 */
  cr_assert_eq(parse(&layout, "0,1,2", &row), RL_LINE_GOOD);
  cr_assert_eq(row.when.ms, 1398988800000);
  layout.offset_ms = 300 * 60000;
  cr_assert_eq(parse(&layout, "86399999,1,2", &row), RL_LINE_GOOD);
  cr_assert_eq(row.when.ms, 1398988800000 + 86399999 + 18000000);
  expect_fault(&layout, "86400000,1,2", RL_LINE_TIME);
  expect_fault(&layout, "-1,1,2", RL_LINE_TIME);
}

Test(feed_ticks, iso_times_and_epoch_times_are_read)
{
  rl_tick_layout layout = layout_of("time,bid,ask");
  rl_tick_row row;
  cr_assert_eq(parse(&layout, "253402300799999,1,2", &row), RL_LINE_GOOD);
  expect_fault(&layout, "253402300800000,1,2", RL_LINE_TIME);
  layout.time = RL_TIME_ISO;
  layout.offset_ms = -1000;
  cr_assert_eq(parse(&layout, "2019-02-04 00:00:00.994,1,2", &row), RL_LINE_GOOD);
  cr_assert_eq(row.when.ms, 1549238399994);
  expect_fault(&layout, "time_utc,1,2", RL_LINE_TIME);
}

Test(feed_ticks, crossed_and_locked_lines_are_ticks_like_others)
{
  rl_tick_layout layout = layout_of("time,bid,ask");
  rl_tick_row row;
  cr_assert_eq(parse(&layout, "1,1.5,1.4", &row), RL_LINE_GOOD);
  cr_assert_eq(parse(&layout, "1,1.5,1.5", &row), RL_LINE_GOOD);
}

Test(feed_ticks, prices_that_are_no_rates_are_named_by_their_side)
{
  rl_tick_layout layout = layout_of("time,bid,ask");
  expect_fault(&layout, "1,,1.4", RL_LINE_BID);
  expect_fault(&layout, "1,0,1.4", RL_LINE_BID);
  expect_fault(&layout, "1,-1.4,1.4", RL_LINE_BID);
  expect_fault(&layout, "1,1.4x,1.4", RL_LINE_BID);
  expect_fault(&layout, "1,1.4,0.0", RL_LINE_ASK);
  expect_fault(&layout, "1,1.4, 1.4", RL_LINE_ASK);
  expect_fault(&layout, "1,1.4,1.234567891", RL_LINE_ASK);
  expect_fault(&layout, "1,1.4,1000000000", RL_LINE_ASK);
}

Test(feed_ticks, zeros_at_the_end_of_a_price_cost_no_digits)
{
  rl_tick_layout layout = layout_of("time,bid,ask");
  rl_tick_row row;
  cr_assert_eq(parse(&layout, "1,1.234567890,1.38730", &row), RL_LINE_GOOD);
  cr_assert_eq(row.bid.mantissa, 123456789);
  cr_assert_eq(row.ask.mantissa, 13873);
  cr_assert_eq(row.ask.scale, 4);
}

Test(feed_ticks, integer_prices_are_scaled)
{
  rl_tick_layout layout = layout_of("time,bid,ask");
  rl_tick_row row;
  layout.price_scale = 5;
  cr_assert_eq(parse(&layout, "1,138727,100000", &row), RL_LINE_GOOD);
  expect_rate(row.bid, "1.38727");
  expect_rate(row.ask, "1");
  layout.price_scale = 9;
  cr_assert_eq(parse(&layout, "1,1.000000001,1", &row), RL_LINE_BID);
  cr_assert_eq(parse(&layout, "1,1.00000001,1", &row), RL_LINE_GOOD);
  cr_assert_eq(row.bid.scale, 17);
}

Test(feed_ticks, sizes_are_whole_units_of_base_currency_and_cut)
{
  rl_tick_layout layout = layout_of("time,bid,ask,bid_size,ask_size");
  rl_tick_row row;
  layout.size_decades = 6;
  cr_assert_eq(parse(&layout, "1,1,1,2.06,1", &row), RL_LINE_GOOD);
  cr_assert_eq(row.bid_size, 2060000);
  cr_assert_eq(row.ask_size, 1000000);
  cr_assert_eq(parse(&layout, "1,1,1,0.0000019,0", &row), RL_LINE_GOOD);
  cr_assert_eq(row.bid_size, 1);
  cr_assert_eq(row.ask_size, 0);
  layout.size_decades = 0;
  cr_assert_eq(parse(&layout, "1,1,1,2.99,1000000000000000", &row), RL_LINE_GOOD);
  cr_assert_eq(row.bid_size, 2);
  cr_assert_eq(row.ask_size, 1000000000000000);
}

Test(feed_ticks, sizes_of_another_form_or_too_large_are_refused)
{
  rl_tick_layout layout = layout_of("time,bid,ask,bid_size");
  expect_fault(&layout, "1,1,1,", RL_LINE_SIZE);
  expect_fault(&layout, "1,1,1,-2", RL_LINE_SIZE);
  expect_fault(&layout, "1,1,1,2.", RL_LINE_SIZE);
  expect_fault(&layout, "1,1,1,.5", RL_LINE_SIZE);
  expect_fault(&layout, "1,1,1,1.2.3", RL_LINE_SIZE);
  expect_fault(&layout, "1,1,1,1000000000000001", RL_LINE_SIZE);
  expect_fault(&layout, "1,1,1,1.99999999999999999999", RL_LINE_SIZE);
  layout.size_decades = 9;
  expect_fault(&layout, "1,1,1,1000000.000000001", RL_LINE_SIZE);
  expect_fault(&layout, "1,1,1,999999999999999", RL_LINE_SIZE);
}

Test(feed_ticks, another_number_of_columns_is_refused)
{
  rl_tick_layout layout = layout_of("time,bid,ask");
  expect_fault(&layout, "", RL_LINE_COLUMNS);
  expect_fault(&layout, "1", RL_LINE_COLUMNS);
  expect_fault(&layout, "1,1.4", RL_LINE_COLUMNS);
  expect_fault(&layout, "1,1.4,1.5,", RL_LINE_COLUMNS);
  expect_fault(&layout, "1,1.4,1.5,9", RL_LINE_COLUMNS);
}

Test(feed_ticks, lines_are_taken_up_to_the_limit_and_not_above)
{
  rl_tick_layout layout = layout_of("time,bid,ask,_");
  char line[RL_TICK_LINE_MAX + 2];
  rl_tick_row row;
  memset(line, 'x', sizeof line);
  memcpy(line, "1,1.4,1.5,", 10);
  cr_assert_eq(rl_tick_line_parse(&layout, line, RL_TICK_LINE_MAX, &row), RL_LINE_GOOD);
  cr_assert_eq(rl_tick_line_parse(&layout, line, RL_TICK_LINE_MAX + 1, &row), RL_LINE_TOO_LONG);
}

Test(feed_ticks, a_byte_of_zero_is_no_end)
{
  rl_tick_layout layout = layout_of("time,bid,ask");
  rl_tick_row row;
  cr_assert_eq(rl_tick_line_parse(&layout, "1,1.4,1.5\0", 10, &row), RL_LINE_ASK);
  cr_assert_eq(rl_tick_line_parse(&layout, "\0,1.4,1.5", 9, &row), RL_LINE_TIME);
}

Test(feed_ticks, every_fault_has_a_sentence_of_its_own)
{
  for (int i = RL_LINE_GOOD; i <= RL_LINE_SIZE; i++) {
    cr_assert_gt(strlen(rl_tick_fault_text((rl_tick_fault)i)), 10);
    for (int j = RL_LINE_GOOD; j < i; j++)
      cr_assert_str_neq(rl_tick_fault_text((rl_tick_fault)i), rl_tick_fault_text((rl_tick_fault)j));
  }
}
