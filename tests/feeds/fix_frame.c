#include "feeds/fix_frame.h"

#include "fix_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_fix_framer framer;

/* "G" for a good message, "g" for garbage, "L" and "S" for a bad length and sum, as they come when
 * the bytes are read in pieces of `chunk`. */
static const char *events_of(const char *bytes, size_t size, size_t chunk)
{
  static char events[256];
  size_t count = 0;
  rl_fix_framer_reset(&framer);
  while (size > 0) {
    size_t room, taken = size < chunk ? size : chunk, message_size;
    char *to = rl_fix_framer_room(&framer, &room);
    const char *message;
    rl_fix_frame event;
    taken = taken < room ? taken : room;
    cr_assert_gt(taken, 0);
    memcpy(to, bytes, taken);
    rl_fix_framer_filled(&framer, taken);
    bytes += taken;
    size -= taken;
    while ((event = rl_fix_framer_next(&framer, &message, &message_size)) != RL_FIX_FRAME_NONE &&
           count < sizeof events - 1)
      events[count++] = "-GgLS"[event];
  }
  events[count] = '\0';
  return events;
}

/* The same however it is cut. */
static void expect_events(const char *text, const char *expected)
{
  char bytes[2048];
  size_t size = strlen(text);
  cr_assert_lt(size, sizeof bytes);
  for (size_t i = 0; i < size; i++)
    bytes[i] = text[i] == '|' ? '\1' : text[i];
  for (size_t chunk = 1; chunk <= size; chunk++)
    cr_assert_str_eq(events_of(bytes, size, chunk), expected, "%s in pieces of %zu", text, chunk);
}

#define GOOD "8=FIX.4.4|9=5|35=0|10=163|"

Test(feed_fix, messages_are_cut_off_the_stream_wherever_it_is_cut)
{
  expect_events(GOOD, "G");
  expect_events(GOOD GOOD GOOD, "GGG");
  expect_events("8=FIX.4.4|9=5|35=0|10=16", "");
  expect_events("", "");
}

Test(feed_fix, a_bad_checksum_drops_its_message_alone)
{
  expect_events("8=FIX.4.4|9=5|35=0|10=164|" GOOD, "SG");
  expect_events("8=FIX.4.4|9=5|35=1|10=163|" GOOD, "SG");
}

Test(feed_fix, a_length_that_lies_cannot_swallow_the_next_message)
{
  expect_events("8=FIX.4.4|9=6|35=0|10=163|" GOOD, "LG");
  expect_events("8=FIX.4.4|9=4|35=0|10=163|" GOOD, "LG");
  expect_events("8=FIX.4.4|9=20|35=0|10=163|" GOOD, "LG");
  expect_events("8=FIX.4.4|9=9000|35=0|10=163|" GOOD GOOD, "LGG");
  expect_events("8=FIX.4.4|9=31|35=0|10=163|" GOOD GOOD, "LGG");
}

Test(feed_fix, a_length_that_is_none_or_too_large_is_named)
{
  expect_events("8=FIX.4.4|9=|35=0|10=163|" GOOD, "LG");
  expect_events("8=FIX.4.4|9=0|10=163|" GOOD, "LG");
  expect_events("8=FIX.4.4|9=5x|35=0|10=163|" GOOD, "LG");
  expect_events("8=FIX.4.4|9=-5|35=0|10=163|" GOOD, "LG");
  expect_events("8=FIX.4.4|9=99999999|35=0|10=163|" GOOD, "LG");
  expect_events("8=FIX.4.4|35=0|10=163|" GOOD, "LG");
  expect_events("8=FIX.4.4.4.4.4.4.4.4.4.4|9=5|35=0|10=163|" GOOD, "LG");
  expect_events("8=FIX.4.4|9=5|35=0|10=1x3|" GOOD, "LG");
}

Test(feed_fix, bytes_between_messages_are_garbage_named_once)
{
  expect_events("hello|" GOOD "x" GOOD "8=FI" GOOD, "gGgGgG");
  expect_events("GET / HTTP/1.1", "g");
  expect_events("8=FI", "");
}

/* One below, at and above the largest body. */
Test(feed_fix, the_largest_message_fits_and_a_larger_one_is_refused)
{
  size_t size = RL_FIX_MESSAGE_MAX + 64;
  char *fields = malloc(size), *message = malloc(size + 64);
  for (int more = -1; more <= 1; more++) {
    size_t length = (size_t)((int)RL_FIX_MESSAGE_MAX + more);
    memset(fields, 'x', length);
    memcpy(fields, "35=0|58=", 8);
    fields[length - 1] = '|';
    fields[length] = '\0';
    size_t whole = rl_fix_text(fields, message, size + 64);
    cr_assert_str_eq(events_of(message, whole, 4096), more <= 0 ? "G" : "L", "%d", more);
  }
  free(fields);
  free(message);
}
