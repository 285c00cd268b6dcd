/* Appending to an rl_writer without a call: shared by this room's encoders, no one else's.
 *
 * The encoders write some eighty small pieces a reply; as calls into the bytes room they would
 * cost more than the pieces. Bounds are checked all the same: rl_append_room is the one place
 * that moves `used`. */
#pragma once

#include "bytes/bytes.h"

#include <string.h>

/* Room for `size` bytes, counted as written; NULL, with the writer failed, if there is none. */
static inline uint8_t *rl_append_room(rl_writer *writer, size_t size)
{
  if (__builtin_expect(writer->failed || size > writer->size - writer->used, 0)) {
    writer->failed = true;
    return NULL;
  }
  uint8_t *at = writer->bytes + writer->used;
  writer->used += size;
  return at;
}

static inline void rl_append(rl_writer *writer, const void *bytes, size_t size)
{
  uint8_t *at = rl_append_room(writer, size);
  if (at && size > 0)
    memcpy(at, bytes, size);
}

/* A lead byte and a big-endian number of `width` bytes after it. */
static inline void rl_append_number(rl_writer *writer, unsigned lead, uint64_t value,
                                    unsigned width)
{
  uint8_t *at = rl_append_room(writer, 1 + width);
  if (!at)
    return;
  at[0] = (uint8_t)lead;
  for (unsigned i = 0; i < width; i++)
    at[1 + i] = (uint8_t)(value >> (8 * (width - 1 - i)));
}

static inline void rl_append_u64(rl_writer *writer, uint64_t value)
{
  if (value < 0x80)
    rl_append_number(writer, (unsigned)value, 0, 0);
  else if (value <= UINT8_MAX)
    rl_append_number(writer, 0xcc, value, 1);
  else if (value <= UINT16_MAX)
    rl_append_number(writer, 0xcd, value, 2);
  else if (value <= UINT32_MAX)
    rl_append_number(writer, 0xce, value, 4);
  else
    rl_append_number(writer, 0xcf, value, 8);
}

/* A text whose length is known to be below 32: one lead byte. */
static inline void rl_append_short_text(rl_writer *writer, const char *text, size_t length)
{
  uint8_t *at = rl_append_room(writer, 1 + length);
  if (!at)
    return;
  at[0] = (uint8_t)(0xa0 | length);
  memcpy(at + 1, text, length);
}

/* A literal as a map's key or a fixed word: length and bytes are known to the compiler. */
#define RL_APPEND_WORD(writer, literal)                                              \
  do {                                                                               \
    _Static_assert(sizeof(literal) - 1 < 32, "a short text");                        \
    rl_append_short_text(writer, "" literal, sizeof(literal) - 1);                   \
  } while (0)
