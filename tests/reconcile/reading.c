#include "reader.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_statement_format recognise(const char *text)
{
  return rl_statement_recognise(text, strlen(text));
}

Test(statement, format_is_recognised_by_its_marks)
{
  cr_assert_eq(recognise("<Document/>"), RL_FORMAT_CAMT053);
  cr_assert_eq(recognise("\xef\xbb\xbf \r\n\t<?xml"), RL_FORMAT_CAMT053);
  cr_assert_eq(recognise("\xff\xfe<"), RL_FORMAT_CAMT053);
  cr_assert_eq(recognise(":20:A"), RL_FORMAT_MT940);
  cr_assert_eq(recognise("ABNANL2A\r\n940\r\n:20:A"), RL_FORMAT_MT940);
  cr_assert_eq(recognise("{1:F01"), RL_FORMAT_MT940);
  cr_assert_eq(recognise("a:20:A"), RL_FORMAT_UNKNOWN);
  cr_assert_eq(recognise("Date,Amount\n"), RL_FORMAT_UNKNOWN);
  cr_assert_eq(recognise(""), RL_FORMAT_UNKNOWN);
  cr_assert_eq(recognise("\xef\xbb\xbf"), RL_FORMAT_UNKNOWN);
}

Test(statement, what_is_not_recognised_is_refused)
{
  reader_expect_refused("Date,Amount\n", RL_FORMAT_UNKNOWN, NULL, RL_INVALID, 0, "");
  reader_expect_refused("Date,Amount\n", RL_FORMAT_CSV, NULL, RL_INVALID, 0, "");
}

Test(statement, formats_have_names)
{
  for (rl_statement_format i = RL_FORMAT_CAMT053; i <= RL_FORMAT_CSV; i++)
    cr_assert_eq(rl_statement_format_find(rl_statement_format_name(i)), i);
  cr_assert_eq(rl_statement_format_find("unknown"), RL_FORMAT_UNKNOWN);
  cr_assert_eq(rl_statement_format_find(""), RL_FORMAT_UNKNOWN);
}

Test(statement, files_end_at_their_limit)
{
  size_t size = RL_STATEMENT_SIZE_MAX + 1;
  char *bytes = calloc(size, 1);
  cr_assert_eq(reader_read_bytes(bytes, size, RL_FORMAT_MT940, NULL), RL_OUT_OF_RANGE);
  cr_assert_eq(reader_read_bytes(bytes, size - 1, RL_FORMAT_MT940, NULL), RL_INVALID);
  free(bytes);
}

/* So many messages, of so many entries each. */
static rl_status read_many(uint32_t messages, uint32_t entries)
{
  size_t room = (size_t)messages * 96 + (size_t)messages * entries * 24;
  char *text = malloc(room);
  FILE *out = fmemopen(text, room, "w");
  for (uint32_t i = 0; i < messages; i++) {
    fprintf(out, ":20:A\n:25:1\n:60F:C240311JPY0,\n");
    for (uint32_t k = 0; k < entries; k++)
      fprintf(out, ":61:240312C1,NTRFA\n");
    fprintf(out, ":62F:C240312JPY%u,\n", entries);
  }
  size_t size = (size_t)ftell(out);
  fclose(out);
  rl_status status = reader_read_bytes(text, size, RL_FORMAT_UNKNOWN, NULL);
  free(text);
  return status;
}

Test(statement, statements_and_entries_end_at_their_limits)
{
  cr_assert_eq(read_many(RL_STATEMENTS_MAX, 0), RL_OK);
  cr_assert_eq(read_many(RL_STATEMENTS_MAX + 1, 0), RL_OUT_OF_RANGE);
  cr_assert_eq(read_many(1, RL_ITEMS_MAX), RL_OK);
  cr_assert_eq(read_many(1, RL_ITEMS_MAX + 1), RL_OUT_OF_RANGE);
}

Test(items, references_are_kept_without_blanks_once)
{
  rl_items items = {0};
  rl_item item = {.amount = {.minor = 1}};
  cr_assert_eq(rl_items_add(&items, &item), RL_OK);
  static const char *const texts[] = {" A ", "A", "", "  ", "NONREF", "NOTPROVIDED", "B C",
                                      "\tA\r"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    cr_assert_eq(rl_items_refer(&items, texts[i], strlen(texts[i])), RL_OK);
  cr_assert_eq(rl_items_refer(&items, "x\0y", 3), RL_OK);
  cr_assert_eq(items.items[0].reference_count, 2);
  cr_assert_str_eq(rl_items_reference(&items, &items.items[0], 0), "A");
  cr_assert_str_eq(rl_items_reference(&items, &items.items[0], 1), "B C");
  rl_items_free(&items);
}

Test(items, references_end_at_their_limit)
{
  rl_items items = {0};
  rl_item item = {.amount = {.minor = 1}};
  char *long_text = malloc(RL_REFERENCE_BYTES_MAX);
  memset(long_text, 'x', RL_REFERENCE_BYTES_MAX);
  cr_assert_eq(rl_items_add(&items, &item), RL_OK);
  cr_assert_eq(rl_items_refer(&items, long_text, RL_REFERENCE_BYTES_MAX), RL_OUT_OF_RANGE);
  cr_assert_eq(rl_items_refer(&items, long_text, RL_REFERENCE_BYTES_MAX - 1), RL_OK);
  cr_assert_eq(rl_items_refer(&items, "y", 1), RL_OUT_OF_RANGE);
  free(long_text);
  rl_items_free(&items);
}
