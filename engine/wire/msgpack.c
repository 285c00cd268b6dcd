/* msgpack read and written by hand.
 *
 * Why not msgpack-c: its unpacker allocates an object tree and believes lengths, so that five
 * bytes (dd ff 00 00 00) ask it for 100 GB, and it takes four times as long on a request of
 * ours. Here every value is read where it lies. msgpack-c is the oracle of this room's tests.
 *
 * Reading knows one step (value.h): the lead byte, the number behind it, and the check that what
 * the number claims can be there. All readers are that step and a look at its type. */
#include "wire/msgpack.h"

#include "wire/append.h"
#include "wire/value.h"

/* What each lead byte announces. The number is in the lead itself, under `mask`, or follows it in
 * `width` bytes: the value of an integer, the bits of a float, the bytes or elements to come. */
typedef struct lead_shape {
  uint8_t type;
  uint8_t width; /* bytes */
  uint8_t mask;
} lead_shape;

static const lead_shape shapes[256] = {
  [0x00 ... 0x7f] = {RL_PACK_UINT, 0, 0x7f},
  [0x80 ... 0x8f] = {RL_PACK_MAP, 0, 0x0f},
  [0x90 ... 0x9f] = {RL_PACK_ARRAY, 0, 0x0f},
  [0xa0 ... 0xbf] = {RL_PACK_TEXT, 0, 0x1f},
  [0xc0] = {RL_PACK_NIL, 0, 0},
  [0xc1] = {RL_PACK_END, 0, 0}, /* never used */
  [0xc2 ... 0xc3] = {RL_PACK_BOOL, 0, 1},
  [0xc4] = {RL_PACK_BINARY, 1, 0},
  [0xc5] = {RL_PACK_BINARY, 2, 0},
  [0xc6] = {RL_PACK_BINARY, 4, 0},
  [0xc7] = {RL_PACK_EXT, 1, 0},
  [0xc8] = {RL_PACK_EXT, 2, 0},
  [0xc9] = {RL_PACK_EXT, 4, 0},
  [0xca] = {RL_PACK_FLOAT, 4, 0},
  [0xcb] = {RL_PACK_FLOAT, 8, 0},
  [0xcc] = {RL_PACK_UINT, 1, 0},
  [0xcd] = {RL_PACK_UINT, 2, 0},
  [0xce] = {RL_PACK_UINT, 4, 0},
  [0xcf] = {RL_PACK_UINT, 8, 0},
  [0xd0] = {RL_PACK_INT, 1, 0},
  [0xd1] = {RL_PACK_INT, 2, 0},
  [0xd2] = {RL_PACK_INT, 4, 0},
  [0xd3] = {RL_PACK_INT, 8, 0},
  [0xd4 ... 0xd8] = {RL_PACK_EXT, 0, 0}, /* of 1, 2, 4, 8 and 16 bytes */
  [0xd9] = {RL_PACK_TEXT, 1, 0},
  [0xda] = {RL_PACK_TEXT, 2, 0},
  [0xdb] = {RL_PACK_TEXT, 4, 0},
  [0xdc] = {RL_PACK_ARRAY, 2, 0},
  [0xdd] = {RL_PACK_ARRAY, 4, 0},
  [0xde] = {RL_PACK_MAP, 2, 0},
  [0xdf] = {RL_PACK_MAP, 4, 0},
  [0xe0 ... 0xff] = {RL_PACK_INT, 0, 0xff},
};

rl_unpacker rl_unpacker_over(const void *bytes, size_t size)
{
  return (rl_unpacker){.reader = rl_reader_over(bytes, size)};
}

static size_t bytes_left(const rl_unpacker *unpacker)
{
  return unpacker->reader.size - unpacker->reader.used;
}

static bool fail(rl_unpacker *unpacker)
{
  unpacker->reader.failed = true;
  return false;
}

/* The next `size` bytes in place, or NULL with the unpacker failed. */
static const uint8_t *take(rl_unpacker *unpacker, uint64_t size)
{
  rl_reader *reader = &unpacker->reader;
  if (reader->failed || size > bytes_left(unpacker)) {
    reader->failed = true;
    return NULL;
  }
  const uint8_t *at = reader->bytes + reader->used;
  reader->used += (size_t)size;
  return at;
}

static inline uint64_t joined(const uint8_t *bytes, unsigned width)
{
  uint64_t value = 0;
  for (unsigned i = 0; i < width; i++)
    value = value << 8 | bytes[i];
  return value;
}

/* Each width by itself lets the compiler make one swapped load of it. */
static uint64_t big_endian(const uint8_t *bytes, unsigned width)
{
  switch (width) {
  case 1: return joined(bytes, 1);
  case 2: return joined(bytes, 2);
  case 4: return joined(bytes, 4);
  case 8: return joined(bytes, 8);
  default: return 0;
  }
}

static const rl_value no_value = {.type = RL_PACK_END};

static rl_value refused(rl_unpacker *unpacker)
{
  unpacker->reader.failed = true;
  return no_value;
}

/* Widens a signed number of `width` bytes; one that is not negative is a UINT like any other. */
static rl_value signed_value(uint64_t bits, unsigned width)
{
  unsigned unused = 64 - 8 * width;
  int64_t number = (int64_t)(bits << unused) >> unused;
  return (rl_value){.type = number < 0 ? RL_PACK_INT : RL_PACK_UINT, .number = (uint64_t)number};
}

static rl_value payload(rl_unpacker *unpacker, rl_pack_type type, uint64_t size)
{
  const uint8_t *bytes = take(unpacker, size);
  return bytes ? (rl_value){.type = type, .size = (uint32_t)size, .bytes = bytes} : no_value;
}

/* An ext's payload stands behind a byte that names its type. */
static rl_value ext_payload(rl_unpacker *unpacker, uint64_t size)
{
  return take(unpacker, 1) ? payload(unpacker, RL_PACK_EXT, size) : no_value;
}

/* What a count claims must be there: a byte for each element, two for each pair. */
static rl_value container(rl_unpacker *unpacker, rl_pack_type type, uint64_t count,
                          unsigned bytes_each)
{
  if (count > bytes_left(unpacker) / bytes_each)
    return refused(unpacker);
  return (rl_value){.type = type, .size = (uint32_t)count};
}

static rl_value value_of(rl_unpacker *unpacker, uint8_t lead, lead_shape shape, uint64_t number)
{
  switch ((rl_pack_type)shape.type) {
  case RL_PACK_NIL:
  case RL_PACK_FLOAT: return (rl_value){.type = (rl_pack_type)shape.type};
  case RL_PACK_BOOL:
  case RL_PACK_UINT: return (rl_value){.type = (rl_pack_type)shape.type, .number = number};
  case RL_PACK_INT: return signed_value(number, shape.width ? shape.width : 1);
  case RL_PACK_TEXT:
  case RL_PACK_BINARY: return payload(unpacker, (rl_pack_type)shape.type, number);
  case RL_PACK_EXT: return ext_payload(unpacker, shape.width ? number : 1ull << (lead - 0xd4));
  case RL_PACK_ARRAY: return container(unpacker, RL_PACK_ARRAY, number, 1);
  case RL_PACK_MAP: return container(unpacker, RL_PACK_MAP, number, 2);
  case RL_PACK_END: break;
  }
  return refused(unpacker);
}

rl_value rl_unpack_any_value(rl_unpacker *unpacker)
{
  const uint8_t *lead = take(unpacker, 1);
  if (!lead)
    return no_value;
  lead_shape shape = shapes[*lead];
  uint64_t number = *lead & shape.mask;
  if (shape.width > 0) {
    const uint8_t *bytes = take(unpacker, shape.width);
    if (!bytes)
      return no_value;
    number = big_endian(bytes, shape.width);
  }
  return value_of(unpacker, *lead, shape, number);
}

rl_pack_type rl_unpack_peek(const rl_unpacker *unpacker)
{
  rl_unpacker copy = *unpacker;
  return rl_unpack_value(&copy).type;
}

/* Takes a value of the type asked for; all zero, with the unpacker failed, if another is there. */
static bool take_typed(rl_unpacker *unpacker, rl_pack_type type, rl_value *value)
{
  *value = rl_unpack_value(unpacker);
  if (value->type == type)
    return true;
  *value = no_value;
  return fail(unpacker);
}

bool rl_unpack_nil(rl_unpacker *unpacker)
{
  rl_value nothing;
  return take_typed(unpacker, RL_PACK_NIL, &nothing);
}

bool rl_unpack_bool(rl_unpacker *unpacker, bool *out)
{
  rl_value value;
  bool taken = take_typed(unpacker, RL_PACK_BOOL, &value);
  *out = value.number != 0;
  return taken;
}

bool rl_unpack_u64(rl_unpacker *unpacker, uint64_t *out)
{
  rl_value value;
  bool taken = take_typed(unpacker, RL_PACK_UINT, &value);
  *out = value.number;
  return taken;
}

bool rl_unpack_i64(rl_unpacker *unpacker, int64_t *out)
{
  rl_value value = rl_unpack_value(unpacker);
  bool fits = value.type == RL_PACK_INT ||
              (value.type == RL_PACK_UINT && value.number <= INT64_MAX);
  *out = fits ? (int64_t)value.number : 0;
  return fits || fail(unpacker);
}

bool rl_unpack_text(rl_unpacker *unpacker, const char **text, size_t *length)
{
  rl_value value;
  bool taken = take_typed(unpacker, RL_PACK_TEXT, &value);
  *text = (const char *)value.bytes;
  *length = value.size;
  return taken;
}

bool rl_unpack_binary(rl_unpacker *unpacker, const uint8_t **bytes, size_t *size)
{
  rl_value value;
  bool taken = take_typed(unpacker, RL_PACK_BINARY, &value);
  *bytes = value.bytes;
  *size = value.size;
  return taken;
}

static bool take_count(rl_unpacker *unpacker, rl_pack_type type, uint32_t *count)
{
  rl_value value;
  bool taken = take_typed(unpacker, type, &value);
  *count = value.size;
  return taken;
}

bool rl_unpack_array(rl_unpacker *unpacker, uint32_t *count)
{
  return take_count(unpacker, RL_PACK_ARRAY, count);
}

bool rl_unpack_map(rl_unpacker *unpacker, uint32_t *count)
{
  return take_count(unpacker, RL_PACK_MAP, count);
}

bool rl_unpack_skip(rl_unpacker *unpacker, unsigned depth)
{
  rl_value head = rl_unpack_value(unpacker);
  return rl_unpack_skip_contents(unpacker, head, depth);
}

/* Ends: each level is one of `depth`, and each element takes a byte of those that are left. */
bool rl_unpack_skip_contents(rl_unpacker *unpacker, rl_value head, unsigned depth)
{
  if (head.type != RL_PACK_ARRAY && head.type != RL_PACK_MAP)
    return head.type != RL_PACK_END;
  if (depth == 0)
    return fail(unpacker);
  uint64_t values = head.type == RL_PACK_MAP ? 2ull * head.size : head.size;
  while (values > 0 && rl_unpack_skip(unpacker, depth - 1))
    values--;
  return values == 0;
}

bool rl_unpack_done(const rl_unpacker *unpacker)
{
  return rl_reader_done(&unpacker->reader);
}

void rl_pack_nil(rl_writer *writer) { rl_append_number(writer, 0xc0, 0, 0); }

void rl_pack_bool(rl_writer *writer, bool value)
{
  rl_append_number(writer, value ? 0xc3 : 0xc2, 0, 0);
}

void rl_pack_u64(rl_writer *writer, uint64_t value) { rl_append_u64(writer, value); }

void rl_pack_i64(rl_writer *writer, int64_t value)
{
  uint64_t bits = (uint64_t)value;
  if (value >= 0)
    rl_append_u64(writer, bits);
  else if (value >= -32)
    rl_append_number(writer, (uint8_t)value, 0, 0);
  else if (value >= INT8_MIN)
    rl_append_number(writer, 0xd0, bits, 1);
  else if (value >= INT16_MIN)
    rl_append_number(writer, 0xd1, bits, 2);
  else if (value >= INT32_MIN)
    rl_append_number(writer, 0xd2, bits, 4);
  else
    rl_append_number(writer, 0xd3, bits, 8);
}

void rl_pack_text(rl_writer *writer, const char *text)
{
  rl_pack_text_span(writer, text, strlen(text));
}

/* A length beyond 32 bits has no encoding; nothing of that size is ever given room. */
static void append_length(rl_writer *writer, const unsigned leads[3], size_t length)
{
  if (length > UINT32_MAX)
    writer->failed = true;
  else if (length > UINT16_MAX)
    rl_append_number(writer, leads[2], length, 4);
  else if (length > UINT8_MAX || leads[0] == 0)
    rl_append_number(writer, leads[1], length, 2);
  else
    rl_append_number(writer, leads[0], length, 1);
}

void rl_pack_text_span(rl_writer *writer, const char *text, size_t length)
{
  if (length < 32) {
    rl_append_short_text(writer, text, length);
    return;
  }
  append_length(writer, (const unsigned[]){0xd9, 0xda, 0xdb}, length);
  rl_append(writer, text, length);
}

void rl_pack_binary(rl_writer *writer, const void *bytes, size_t size)
{
  append_length(writer, (const unsigned[]){0xc4, 0xc5, 0xc6}, size);
  rl_append(writer, bytes, size);
}

/* Containers have no one-byte count beyond the fifteen that fit the lead. */
static void append_count(rl_writer *writer, unsigned short_lead, unsigned long_lead,
                         uint32_t count)
{
  if (count < 16)
    rl_append_number(writer, short_lead | count, 0, 0);
  else
    append_length(writer, (const unsigned[]){0, long_lead, long_lead + 1}, count);
}

void rl_pack_array(rl_writer *writer, uint32_t count) { append_count(writer, 0x90, 0xdc, count); }
void rl_pack_map(rl_writer *writer, uint32_t count) { append_count(writer, 0x80, 0xde, count); }
