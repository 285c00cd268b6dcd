#include "feeds/tick_reader.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A stream over memory that gives at most `chunk` bytes at a time and may fail at the end. */
typedef struct memory {
  const char *bytes;
  size_t size;
  size_t chunk;
  bool fails;
} memory;

static rl_status read_memory(void *context, char *bytes, size_t size, size_t *got, rl_error *error)
{
  memory *left = context;
  if (left->size == 0 && left->fails)
    return rl_fail(error, RL_CORRUPT, "memory", 0, NULL, "it ends here");
  *got = left->size < size ? left->size : size;
  *got = left->chunk < *got ? left->chunk : *got;
  memcpy(bytes, left->bytes, *got);
  left->bytes += *got;
  left->size -= *got;
  return RL_OK;
}

static const rl_tick_layout layout = {
  .column_count = 3,
  .columns = {RL_COLUMN_TIME, RL_COLUMN_BID, RL_COLUMN_ASK},
  .time = RL_TIME_EPOCH_MS,
};
static rl_tick_reader reader;
static rl_tick_row row;
static rl_error error;

static void over(memory *bytes)
{
  rl_tick_reader_init(&reader, (rl_byte_stream){read_memory, bytes}, &layout);
}

static memory text_in_chunks(const char *text, size_t chunk)
{
  return (memory){.bytes = text, .size = strlen(text), .chunk = chunk};
}

static void expect_tick(int64_t when_ms, uint64_t line)
{
  cr_assert_eq(rl_tick_reader_next(&reader, &row, &error), RL_TICK_READ);
  cr_assert_eq(row.when.ms, when_ms);
  cr_assert_eq(reader.line, line);
}

static void expect_malformed(rl_tick_fault fault, uint64_t line)
{
  cr_assert_eq(rl_tick_reader_next(&reader, &row, &error), RL_TICK_MALFORMED);
  cr_assert_eq(reader.fault, fault, "%s", rl_tick_fault_text(reader.fault));
  cr_assert_eq(reader.line, line);
}

static void expect_end(void)
{
  cr_assert_eq(rl_tick_reader_next(&reader, &row, &error), RL_TICK_END);
  cr_assert_eq(rl_tick_reader_next(&reader, &row, &error), RL_TICK_END);
}

Test(feed_reader, lines_are_the_same_however_the_bytes_arrive)
{
  static const char text[] = "1,1.1,1.2\n2,1.1,1.2\r\n\nx,1.1,1.2\n5,1.1,1.2\n";
  for (size_t chunk = 1; chunk <= sizeof text; chunk++) {
    memory bytes = text_in_chunks(text, chunk);
    over(&bytes);
    expect_tick(1, 1);
    expect_tick(2, 2);
    expect_malformed(RL_LINE_COLUMNS, 3);
    expect_malformed(RL_LINE_TIME, 4);
    expect_tick(5, 5);
    expect_end();
  }
}

Test(feed_reader, every_malformed_line_is_named_by_its_number_and_reason)
{
  static const char text[] = "1,1.1\n2,1.1,1.2\nsoon,1.1,1.2\n4,bid,1.2\n5,1.1,0\n6,1.1,1.2\n";
  memory bytes = text_in_chunks(text, 1000);
  over(&bytes);
  expect_malformed(RL_LINE_COLUMNS, 1);
  expect_tick(2, 2);
  expect_malformed(RL_LINE_TIME, 3);
  expect_malformed(RL_LINE_BID, 4);
  expect_malformed(RL_LINE_ASK, 5);
  expect_tick(6, 6);
  expect_end();
}

Test(feed_reader, a_file_that_ends_in_the_middle_of_a_line_says_so)
{
  memory bytes = text_in_chunks("1,1.38727,1.38729\n2,1.38727,1.387", 5);
  over(&bytes);
  expect_tick(1, 1);
  expect_malformed(RL_LINE_CUT, 2);
  expect_end();
}

Test(feed_reader, an_empty_file_has_no_lines)
{
  memory bytes = text_in_chunks("", 1);
  over(&bytes);
  expect_end();
}

Test(feed_reader, a_header_is_passed_over_and_counted_as_a_line)
{
  memory bytes = text_in_chunks("time,bid,ask\n2,1.1,1.2\nx\n", 4);
  over(&bytes);
  cr_assert_eq(rl_tick_reader_skip(&reader, &error), RL_TICK_READ);
  expect_tick(2, 2);
  expect_malformed(RL_LINE_COLUMNS, 3);
  expect_end();
}

/* A line of `length` bytes between two good ones. */
static void check_long_line(size_t length, size_t chunk)
{
  char *text = malloc(length + 64);
  int head = snprintf(text, 32, "1,1.1,1.2\n");
  memset(text + head, '9', length);
  snprintf(text + head + length, 32, "\n3,1.1,1.2\n");
  memory bytes = text_in_chunks(text, chunk);
  over(&bytes);
  expect_tick(1, 1);
  expect_malformed(RL_LINE_TOO_LONG, 2);
  expect_tick(3, 3);
  expect_end();
  free(text);
}

Test(feed_reader, a_line_without_end_is_one_malformed_line_in_bounded_memory)
{
  static const size_t chunks[] = {1, 511, 512, 513, 514, 515, 65535, 65536, 1000000};
  static const size_t lengths[] = {513, 514, 515, 65535, 65536, 65537, 200000};
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    for (size_t j = 0; j < sizeof chunks / sizeof chunks[0]; j++)
      check_long_line(lengths[i], chunks[j]);
  }
}

Test(feed_reader, the_longest_line_is_read_however_its_bytes_arrive)
{
  char text[RL_TICK_LINE_MAX + 3];
  memset(text, '0', RL_TICK_LINE_MAX);
  memcpy(text, "7,1.1,", 6);
  snprintf(text + RL_TICK_LINE_MAX - 3, 6, "1.2\r\n");
  for (size_t chunk = 1; chunk <= RL_TICK_LINE_MAX + 2; chunk++) {
    memory bytes = text_in_chunks(text, chunk);
    over(&bytes);
    expect_tick(7, 1);
    expect_end();
  }
}

Test(feed_reader, a_long_line_that_the_file_cuts_is_one_malformed_line)
{
  static char text[200001];
  memset(text, '7', sizeof text - 1);
  memory bytes = text_in_chunks(text, 4096);
  over(&bytes);
  expect_malformed(RL_LINE_CUT, 1);
  expect_end();
}

Test(feed_reader, a_stream_that_fails_gives_the_whole_lines_before_it)
{
  memory bytes = text_in_chunks("1,1.1,1.2\n2,1.1,1", 3);
  bytes.fails = true;
  over(&bytes);
  expect_tick(1, 1);
  cr_assert_eq(rl_tick_reader_next(&reader, &row, &error), RL_TICK_FAILED);
  cr_assert_str_eq(error.text, "it ends here");
}

Test(feed_reader, many_lines_in_chunks_of_any_size_are_all_read)
{
  rl_random random = rl_random_from(rl_test_seed("chunks"));
  enum { LINES = 20000 };
  char *text = malloc(LINES * 32);
  size_t used = 0;
  for (int i = 1; i <= LINES; i++)
    used += (size_t)snprintf(text + used, 32, "%d,1.%05d,1.38727\n", i, i);
  memory bytes = text_in_chunks(text, 1 + rl_random_below(&random, 70000));
  over(&bytes);
  for (int i = 1; i <= LINES; i++)
    expect_tick(i, (uint64_t)i);
  expect_end();
  free(text);
}
