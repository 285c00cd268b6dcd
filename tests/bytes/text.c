#include "bytes/bytes.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

static char read_back[300];

/* What is read of `bytes` into a text of `room` bytes; NULL when that fails. */
static const char *read_text(const void *bytes, size_t size, size_t room)
{
  memset(read_back, '?', sizeof read_back);
  rl_reader reader = rl_reader_over(bytes, size);
  rl_get_text(&reader, read_back, room);
  cr_assert_eq(read_back[room], '?', "nothing beyond the room is touched");
  if (rl_reader_done(&reader))
    return read_back;
  cr_assert_str_empty(read_back, "a failed read gives an empty text");
  return NULL;
}

Test(text, comes_back_with_its_length_before_it)
{
  uint8_t bytes[6];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_text(&writer, "euro");
  cr_assert(!writer.failed && writer.used == 5 && bytes[0] == 4);
  cr_assert_str_eq(read_text(bytes, 5, 5), "euro");
}

Test(text, that_just_fits_is_read_and_one_byte_more_is_refused)
{
  cr_assert_str_eq(read_text("\4euro", 5, 5), "euro");
  cr_assert_null(read_text("\4euro", 5, 4));
  cr_assert_str_eq(read_text("\0", 1, 1), "");
}

Test(text, cut_off_is_refused)
{
  cr_assert_null(read_text("\4eur", 4, 100));
  cr_assert_null(read_text("", 0, 100));
}

Test(text, with_a_nul_byte_is_refused_whole)
{
  cr_assert_null(read_text("\4eu\0o", 5, 100));
  cr_assert_null(read_text("\1\0", 2, 100));
}

Test(text, has_at_most_255_bytes)
{
  char longest[256];
  memset(longest, 'x', 255);
  longest[255] = '\0';
  uint8_t bytes[256];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_text(&writer, longest);
  cr_assert_not(writer.failed);
  cr_assert_str_eq(read_text(bytes, sizeof bytes, 256), longest);
}

Test(text, of_256_bytes_is_a_bug, .signal = SIGABRT)
{
  char longer[257];
  memset(longer, 'x', 256);
  longer[256] = '\0';
  uint8_t bytes[300];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_text(&writer, longer);
}

Test(text, without_room_for_its_end_is_a_bug, .signal = SIGABRT)
{
  char none[1];
  rl_reader reader = rl_reader_over("\0", 1);
  rl_get_text(&reader, none, 0);
}
