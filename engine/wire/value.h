/* One step of reading msgpack: a scalar whole, or the head of a container. For this room's own
 * decoders, which look at what they got instead of asking for a type: one look at the bytes a
 * value, and the shapes that requests are made of without a call. */
#pragma once

#include "wire/msgpack.h"

#include <string.h>

typedef struct rl_value {
  rl_pack_type type;
  uint32_t size; /* bytes of a TEXT, BINARY or EXT; elements of an ARRAY, pairs of a MAP */
  union {
    uint64_t number;      /* UINT, INT (two's complement), BOOL; 0 of any other without bytes */
    const uint8_t *bytes; /* TEXT, BINARY, EXT: the payload, in the message */
  };
} rl_value;
_Static_assert(sizeof(rl_value) == 16, "returned and passed in two registers");

/* Any value. END, with the unpacker failed, when none can start here or its length cannot hold. */
rl_value rl_unpack_any_value(rl_unpacker *unpacker);

/* The same; numbers, texts and maps whose size is in their first byte are taken in place. */
static inline rl_value rl_unpack_value(rl_unpacker *unpacker)
{
  rl_reader *reader = &unpacker->reader;
  size_t left = reader->size - reader->used;
  if (__builtin_expect(!reader->failed && left > 0, 1)) {
    const uint8_t *lead = reader->bytes + reader->used;
    uint32_t length = *lead & 0x1f;
    uint32_t pairs = *lead & 0x0f;
    if ((*lead & 0xe0) == 0xa0 && length < left) {
      reader->used += 1 + length;
      return (rl_value){.type = RL_PACK_TEXT, .size = length, .bytes = lead + 1};
    }
    if (*lead < 0x80) {
      reader->used++;
      return (rl_value){.type = RL_PACK_UINT, .number = *lead};
    }
    if ((*lead & 0xf0) == 0x80 && 2 * pairs < left) {
      reader->used++;
      return (rl_value){.type = RL_PACK_MAP, .size = pairs};
    }
  }
  return rl_unpack_any_value(unpacker);
}

/* Passes over what follows the head of a container, within `depth` levels counting its own;
 * nothing follows any other value. */
bool rl_unpack_skip_contents(rl_unpacker *unpacker, rl_value head, unsigned depth);

#define RL_EVERY_BYTE 0x0101010101010101ull
#define RL_EACH_TOP_BIT 0x8080808080808080ull

/* A top bit is set if any of eight bytes is below `lowest`, is DEL or is beyond ASCII. (A byte may
 * spoil the one above it by its borrow, but only one that is out of bounds itself.) */
static inline uint64_t rl_not_printable(uint64_t piece, uint8_t lowest)
{
  return (piece - lowest * RL_EVERY_BYTE) | (piece + RL_EVERY_BYTE) | piece;
}

/* Whether a TEXT is printable ASCII from `lowest` on, eight bytes at once; the last piece is filled
 * up with '~'. */
static inline bool rl_value_is_printable(rl_value text, uint8_t lowest)
{
  uint64_t others = 0, piece;
  uint32_t at = 0;
  for (; text.size - at >= sizeof piece; at += sizeof piece) {
    memcpy(&piece, text.bytes + at, sizeof piece);
    others |= rl_not_printable(piece, lowest);
  }
  piece = '~' * RL_EVERY_BYTE;
  for (unsigned i = 0; at < text.size; at++, i += 8)
    piece ^= (uint64_t)('~' ^ text.bytes[at]) << i;
  others |= rl_not_printable(piece, lowest);
  return (others & RL_EACH_TOP_BIT) == 0;
}
