/* msgpack read and written by hand.
 *
 * Why not msgpack-c: its unpacker allocates an object tree and believes lengths, so that five
 * bytes (dd ff 00 00 00) ask it for 100 GB, and it takes four times as long on a request of
 * ours. Here every value is read where it lies. msgpack-c is the oracle of this room's tests.
 *
 * Reading knows one step, take_head: the lead byte, the number behind it, and the check that
 * what the number claims can be there. All readers are that step and a look at its type. */
#include "wire/msgpack.h"

#include "wire/append.h"

/* Leads 0xc0 … 0xdf: what stands there, and the width in bytes of the number that follows. For
 * FLOAT the number is the value, for the fixed exts there is none. */
typedef struct lead_shape {
  uint8_t type;
  uint8_t width;
} lead_shape;

static const lead_shape shapes[32] = {
  {RL_PACK_NIL, 0},    {RL_PACK_END, 0},    {RL_PACK_BOOL, 0},   {RL_PACK_BOOL, 0},
  {RL_PACK_BINARY, 1}, {RL_PACK_BINARY, 2}, {RL_PACK_BINARY, 4}, {RL_PACK_EXT, 1},
  {RL_PACK_EXT, 2},    {RL_PACK_EXT, 4},    {RL_PACK_FLOAT, 4},  {RL_PACK_FLOAT, 8},
  {RL_PACK_UINT, 1},   {RL_PACK_UINT, 2},   {RL_PACK_UINT, 4},   {RL_PACK_UINT, 8},
  {RL_PACK_INT, 1},    {RL_PACK_INT, 2},    {RL_PACK_INT, 4},    {RL_PACK_INT, 8},
  {RL_PACK_EXT, 0},    {RL_PACK_EXT, 0},    {RL_PACK_EXT, 0},    {RL_PACK_EXT, 0},
  {RL_PACK_EXT, 0},    {RL_PACK_TEXT, 1},   {RL_PACK_TEXT, 2},   {RL_PACK_TEXT, 4},
  {RL_PACK_ARRAY, 2},  {RL_PACK_ARRAY, 4},  {RL_PACK_MAP, 2},    {RL_PACK_MAP, 4},
};

/* A value up to where its payload or its elements start. */
typedef struct head {
  rl_pack_type type;
  uint64_t value; /* the number itself (INT: two's complement), or bytes or elements to follow */
} head;

rl_unpacker rl_unpacker_over(const void *bytes, size_t size)
{
  return (rl_unpacker){.reader = rl_reader_over(bytes, size)};
}

static size_t bytes_left(const rl_unpacker *unpacker)
{
  return unpacker->reader.size - unpacker->reader.used;
}

/* The next `size` bytes in place, or NULL with the unpacker failed. */
static const uint8_t *take(rl_unpacker *unpacker, size_t size)
{
  rl_reader *reader = &unpacker->reader;
  if (reader->failed || size > bytes_left(unpacker)) {
    reader->failed = true;
    return NULL;
  }
  const uint8_t *at = reader->bytes + reader->used;
  reader->used += size;
  return at;
}

static uint64_t big_endian(const uint8_t *bytes, unsigned width)
{
  uint64_t value = 0;
  for (unsigned i = 0; i < width; i++)
    value = value << 8 | bytes[i];
  return value;
}

static bool fail(rl_unpacker *unpacker)
{
  unpacker->reader.failed = true;
  return false;
}

/* What a length claims must be there: a byte for each byte or element, two for each pair. */
static bool claim_holds(const rl_unpacker *unpacker, head claimed)
{
  switch (claimed.type) {
  case RL_PACK_TEXT:
  case RL_PACK_BINARY:
  case RL_PACK_EXT:
  case RL_PACK_ARRAY: return claimed.value <= bytes_left(unpacker);
  case RL_PACK_MAP: return claimed.value <= bytes_left(unpacker) / 2;
  case RL_PACK_END:
  case RL_PACK_NIL:
  case RL_PACK_BOOL:
  case RL_PACK_UINT:
  case RL_PACK_INT:
  case RL_PACK_FLOAT: return true;
  }
  return false;
}

/* The heads that are one byte, number and all: small integers, short texts, small containers. */
static head short_head(uint8_t lead)
{
  if (lead < 0x80)
    return (head){RL_PACK_UINT, lead};
  if (lead < 0x90)
    return (head){RL_PACK_MAP, lead & 0x0f};
  if (lead < 0xa0)
    return (head){RL_PACK_ARRAY, lead & 0x0f};
  if (lead < 0xc0)
    return (head){RL_PACK_TEXT, lead & 0x1f};
  return (head){RL_PACK_INT, (uint64_t)(int64_t)(int8_t)lead};
}

/* Widens a signed number of `width` bytes; one that is not negative is a UINT like any other. */
static head signed_head(uint64_t value, unsigned width)
{
  unsigned unused = 64 - 8 * width;
  int64_t number = (int64_t)(value << unused) >> unused;
  return (head){number < 0 ? RL_PACK_INT : RL_PACK_UINT, (uint64_t)number};
}

static head long_head(rl_unpacker *unpacker, uint8_t lead)
{
  const lead_shape shape = shapes[lead - 0xc0];
  const uint8_t *number = take(unpacker, shape.width);
  if (!number)
    return (head){RL_PACK_END, 0};
  uint64_t value = big_endian(number, shape.width);
  switch ((rl_pack_type)shape.type) {
  case RL_PACK_BOOL: return (head){RL_PACK_BOOL, lead & 1};
  case RL_PACK_INT: return signed_head(value, shape.width);
  case RL_PACK_EXT: /* its type byte counts as payload */
    return (head){RL_PACK_EXT, 1 + (shape.width ? value : 1ull << (lead - 0xd4))};
  case RL_PACK_END:
  case RL_PACK_NIL:
  case RL_PACK_UINT:
  case RL_PACK_FLOAT:
  case RL_PACK_TEXT:
  case RL_PACK_BINARY:
  case RL_PACK_ARRAY:
  case RL_PACK_MAP: return (head){(rl_pack_type)shape.type, value};
  }
  return (head){RL_PACK_END, 0};
}

/* END, with the unpacker failed, when no value can start here or its length cannot hold. */
static head take_head(rl_unpacker *unpacker)
{
  const uint8_t *lead = take(unpacker, 1);
  if (!lead)
    return (head){RL_PACK_END, 0};
  bool is_long = *lead >= 0xc0 && *lead < 0xe0;
  head taken = is_long ? long_head(unpacker, *lead) : short_head(*lead);
  if (taken.type == RL_PACK_END || !claim_holds(unpacker, taken)) {
    fail(unpacker);
    return (head){RL_PACK_END, 0};
  }
  return taken;
}

rl_pack_type rl_unpack_peek(const rl_unpacker *unpacker)
{
  rl_unpacker copy = *unpacker;
  return take_head(&copy).type;
}

/* Takes a head of the type asked for; *value is 0 if another stands there. */
static bool take_typed(rl_unpacker *unpacker, rl_pack_type type, uint64_t *value)
{
  head taken = take_head(unpacker);
  bool fits = taken.type == type;
  *value = fits ? taken.value : 0;
  return fits || fail(unpacker);
}

bool rl_unpack_nil(rl_unpacker *unpacker)
{
  uint64_t nothing;
  return take_typed(unpacker, RL_PACK_NIL, &nothing);
}

bool rl_unpack_bool(rl_unpacker *unpacker, bool *out)
{
  uint64_t value;
  bool taken = take_typed(unpacker, RL_PACK_BOOL, &value);
  *out = value != 0;
  return taken;
}

bool rl_unpack_u64(rl_unpacker *unpacker, uint64_t *out)
{
  return take_typed(unpacker, RL_PACK_UINT, out);
}

bool rl_unpack_i64(rl_unpacker *unpacker, int64_t *out)
{
  head taken = take_head(unpacker);
  bool fits = taken.type == RL_PACK_INT ||
              (taken.type == RL_PACK_UINT && taken.value <= INT64_MAX);
  *out = fits ? (int64_t)taken.value : 0;
  return fits || fail(unpacker);
}

/* Takes a head of the type and the payload that it announces. */
static bool take_span(rl_unpacker *unpacker, rl_pack_type type, const uint8_t **bytes,
                      size_t *size)
{
  uint64_t length;
  bool taken = take_typed(unpacker, type, &length);
  *bytes = taken ? take(unpacker, (size_t)length) : NULL;
  *size = (size_t)length;
  return taken;
}

bool rl_unpack_text(rl_unpacker *unpacker, const char **text, size_t *length)
{
  const uint8_t *bytes;
  bool taken = take_span(unpacker, RL_PACK_TEXT, &bytes, length);
  *text = (const char *)bytes;
  return taken;
}

bool rl_unpack_binary(rl_unpacker *unpacker, const uint8_t **bytes, size_t *size)
{
  return take_span(unpacker, RL_PACK_BINARY, bytes, size);
}

static bool take_count(rl_unpacker *unpacker, rl_pack_type type, uint32_t *count)
{
  uint64_t value;
  bool taken = take_typed(unpacker, type, &value);
  *count = (uint32_t)value;
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

/* Ends: each level is one of `depth`, and each element takes a byte of those that are left. */
bool rl_unpack_skip(rl_unpacker *unpacker, unsigned depth)
{
  head taken = take_head(unpacker);
  if (taken.type == RL_PACK_TEXT || taken.type == RL_PACK_BINARY || taken.type == RL_PACK_EXT)
    return take(unpacker, (size_t)taken.value) != NULL;
  if (taken.type != RL_PACK_ARRAY && taken.type != RL_PACK_MAP)
    return taken.type != RL_PACK_END;
  if (depth == 0)
    return fail(unpacker);
  uint64_t values = taken.type == RL_PACK_MAP ? 2 * taken.value : taken.value;
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
