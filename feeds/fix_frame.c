#include "feeds/fix_frame.h"

#include "status/status.h"

#include <string.h>

#define SOH '\1'
#define START "8=FIX"
#define START_SIZE 5
#define VERSION_MAX 16
#define LENGTH_DIGITS_MAX 7
#define TRAILER_SIZE 7 /* "10=nnn" and its end */

_Static_assert(2 + VERSION_MAX + 1 + 2 + LENGTH_DIGITS_MAX + 1 + TRAILER_SIZE <= RL_FIX_FRAME_EXTRA,
               "a message of the largest body fits the buffer");

void rl_fix_framer_reset(rl_fix_framer *framer)
{
  framer->begin = framer->end = 0;
  framer->lost = false;
}

char *rl_fix_framer_room(rl_fix_framer *framer, size_t *size)
{
  memmove(framer->bytes, framer->bytes + framer->begin, framer->end - framer->begin);
  framer->end -= framer->begin;
  framer->begin = 0;
  *size = sizeof framer->bytes - framer->end;
  return framer->bytes + framer->end;
}

void rl_fix_framer_filled(rl_fix_framer *framer, size_t size)
{
  RL_ASSERT(size <= sizeof framer->bytes - framer->end);
  framer->end += size;
}

/* Moves to the next start, or to what may become one. True when bytes were passed over. */
static bool seek_start(rl_fix_framer *framer)
{
  const char *bytes = framer->bytes + framer->begin;
  size_t left = framer->end - framer->begin;
  const char *found = memmem(bytes, left, START, START_SIZE);
  size_t skip = 0;
  if (found) {
    skip = (size_t)(found - bytes);
  } else {
    for (skip = left < START_SIZE ? 0 : left - START_SIZE + 1;
         skip < left && memcmp(bytes + skip, START, left - skip) != 0; skip++)
      continue;
  }
  framer->begin += skip;
  return skip > 0;
}

typedef enum head_state { HEAD_GOOD, HEAD_SHORT, HEAD_BAD } head_state;

/* "8=FIX…|9=LENGTH|" at the start of `bytes`. */
static head_state read_head(const char *bytes, size_t left, size_t *head, size_t *length)
{
  size_t at = START_SIZE;
  while (at < left && at < 2 + VERSION_MAX && bytes[at] != SOH)
    at++;
  if (at == left)
    return HEAD_SHORT;
  if (bytes[at] != SOH)
    return HEAD_BAD;
  for (unsigned i = 0; i < 2; i++) {
    if (++at == left)
      return HEAD_SHORT;
    if (bytes[at] != "9="[i])
      return HEAD_BAD;
  }
  size_t value = 0, digits = 0;
  for (at++; at < left && bytes[at] >= '0' && bytes[at] <= '9' && digits < LENGTH_DIGITS_MAX;
       at++, digits++)
    value = value * 10 + (size_t)(bytes[at] - '0');
  if (at == left)
    return HEAD_SHORT;
  if (bytes[at] != SOH || digits == 0 || value == 0 || value > RL_FIX_MESSAGE_MAX)
    return HEAD_BAD;
  *head = at + 1;
  *length = value;
  return HEAD_GOOD;
}

static bool is_digit(char byte)
{
  return byte >= '0' && byte <= '9';
}

static bool is_trailer(const char *at)
{
  return at[-1] == SOH && memcmp(at, "10=", 3) == 0 && is_digit(at[3]) && is_digit(at[4]) &&
         is_digit(at[5]) && at[6] == SOH;
}

static bool is_summed(const char *bytes, size_t size)
{
  unsigned sum = 0;
  const char *said = bytes + size + 3;
  for (size_t i = 0; i < size; i++)
    sum += (unsigned char)bytes[i];
  return sum % 256 == (unsigned)((said[0] - '0') * 100 + (said[1] - '0') * 10 + (said[2] - '0'));
}

/* Goes on behind this start, in search of another. */
static rl_fix_frame lose(rl_fix_framer *framer)
{
  framer->begin += START_SIZE;
  framer->lost = true;
  return RL_FIX_FRAME_BAD_LENGTH;
}

/* At a start. */
static rl_fix_frame take_message(rl_fix_framer *framer, const char **message, size_t *size)
{
  const char *bytes = framer->bytes + framer->begin;
  size_t left = framer->end - framer->begin, head = 0, length = 0;
  head_state state = read_head(bytes, left, &head, &length);
  if (state == HEAD_SHORT)
    return RL_FIX_FRAME_NONE;
  if (state == HEAD_BAD)
    return lose(framer);
  size_t whole = head + length + TRAILER_SIZE;
  size_t seen = left < whole ? left : whole;
  if (memmem(bytes + head - 1, seen - head + 1, "\1" START, 1 + START_SIZE))
    return lose(framer);
  if (left < whole)
    return RL_FIX_FRAME_NONE;
  if (!is_trailer(bytes + head + length))
    return lose(framer);
  framer->begin += whole;
  framer->lost = false;
  if (!is_summed(bytes, head + length))
    return RL_FIX_FRAME_BAD_CHECKSUM;
  *message = bytes;
  *size = whole;
  return RL_FIX_FRAME_GOOD;
}

rl_fix_frame rl_fix_framer_next(rl_fix_framer *framer, const char **message, size_t *size)
{
  bool named = framer->lost;
  if (seek_start(framer) && !named) {
    framer->lost = true;
    return RL_FIX_FRAME_GARBAGE;
  }
  if (framer->end - framer->begin < START_SIZE)
    return RL_FIX_FRAME_NONE;
  return take_message(framer, message, size);
}
