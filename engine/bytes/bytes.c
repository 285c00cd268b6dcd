#include "bytes/bytes.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

rl_writer rl_writer_over(void *bytes, size_t size)
{
  return (rl_writer){.bytes = bytes, .size = size};
}

/* Room for `size` bytes more, or NULL once something did not fit. */
static inline uint8_t *take_room(rl_writer *writer, size_t size)
{
  if (writer->failed || size > writer->size - writer->used) {
    writer->failed = true;
    return NULL;
  }
  uint8_t *at = writer->bytes + writer->used;
  writer->used += size;
  return at;
}

void rl_put_bytes(rl_writer *writer, const void *bytes, size_t size)
{
  uint8_t *at = take_room(writer, size);
  if (at && size > 0)
    memcpy(at, bytes, size);
}

/* Inlined with a constant size, this is one store. */
static inline void put_little_endian(rl_writer *writer, uint64_t value, size_t size)
{
  uint8_t *at = take_room(writer, size);
  for (size_t i = 0; at && i < size; i++)
    at[i] = (uint8_t)(value >> (8 * i));
}

void rl_put_u8(rl_writer *writer, uint8_t value) { put_little_endian(writer, value, 1); }
void rl_put_u16(rl_writer *writer, uint16_t value) { put_little_endian(writer, value, 2); }
void rl_put_u32(rl_writer *writer, uint32_t value) { put_little_endian(writer, value, 4); }
void rl_put_u64(rl_writer *writer, uint64_t value) { put_little_endian(writer, value, 8); }
void rl_put_i64(rl_writer *writer, int64_t value) { put_little_endian(writer, (uint64_t)value, 8); }

static inline size_t varint_size(uint64_t value)
{
  unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
  return (bits + 6) / 7;
}

void rl_put_varint(rl_writer *writer, uint64_t value)
{
  uint8_t *at = take_room(writer, varint_size(value));
  if (!at)
    return;
  for (; value > 0x7f; value >>= 7)
    *at++ = (uint8_t)(value | 0x80);
  *at = (uint8_t)value;
}

void rl_put_signed(rl_writer *writer, int64_t value)
{
  uint64_t sign = value < 0 ? UINT64_MAX : 0;
  rl_put_varint(writer, (uint64_t)value << 1 ^ sign);
}

void rl_put_text(rl_writer *writer, const char *text)
{
  size_t length = strlen(text);
  RL_ASSERT(length <= UINT8_MAX);
  rl_put_u8(writer, (uint8_t)length);
  rl_put_bytes(writer, text, length);
}

rl_reader rl_reader_over(const void *bytes, size_t size)
{
  return (rl_reader){.bytes = bytes, .size = size};
}

/* The next `size` bytes in place, or NULL once something was missing. */
static inline const uint8_t *take_bytes(rl_reader *reader, size_t size)
{
  if (reader->failed || size > reader->size - reader->used) {
    reader->failed = true;
    return NULL;
  }
  const uint8_t *at = reader->bytes + reader->used;
  reader->used += size;
  return at;
}

void rl_get_bytes(rl_reader *reader, void *out, size_t size)
{
  const uint8_t *at = take_bytes(reader, size);
  if (size == 0)
    return;
  if (at)
    memcpy(out, at, size);
  else
    memset(out, 0, size);
}

static inline uint64_t get_little_endian(rl_reader *reader, size_t size)
{
  const uint8_t *at = take_bytes(reader, size);
  uint64_t value = 0;
  for (size_t i = 0; at && i < size; i++)
    value |= (uint64_t)at[i] << (8 * i);
  return value;
}

uint8_t rl_get_u8(rl_reader *reader) { return (uint8_t)get_little_endian(reader, 1); }
uint16_t rl_get_u16(rl_reader *reader) { return (uint16_t)get_little_endian(reader, 2); }
uint32_t rl_get_u32(rl_reader *reader) { return (uint32_t)get_little_endian(reader, 4); }
uint64_t rl_get_u64(rl_reader *reader) { return get_little_endian(reader, 8); }
int64_t rl_get_i64(rl_reader *reader) { return (int64_t)get_little_endian(reader, 8); }

uint64_t rl_get_varint(rl_reader *reader)
{
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const uint8_t *at = take_bytes(reader, 1);
    if (!at)
      return 0;
    uint64_t bits = *at & 0x7fu;
    bool beyond = shift == 63 && bits > 1;
    bool longer_than_needed = *at == 0 && shift > 0;
    if (beyond || longer_than_needed)
      break;
    value |= bits << shift;
    if (*at < 0x80)
      return value;
  }
  reader->failed = true;
  return 0;
}

int64_t rl_get_signed(rl_reader *reader)
{
  uint64_t value = rl_get_varint(reader);
  uint64_t sign = value & 1 ? UINT64_MAX : 0;
  return (int64_t)(value >> 1 ^ sign);
}

void rl_get_text(rl_reader *reader, char *out, size_t size)
{
  RL_ASSERT(size > 0);
  size_t length = rl_get_u8(reader);
  if (length >= size) {
    reader->failed = true;
    length = 0;
  }
  rl_get_bytes(reader, out, length);
  out[length] = '\0';
  if (strlen(out) != length) {
    reader->failed = true;
    out[0] = '\0';
  }
}

bool rl_reader_done(const rl_reader *reader)
{
  return !reader->failed && reader->used == reader->size;
}

uint64_t rl_checksum(const void *bytes, size_t size)
{
  return XXH3_64bits(bytes, size);
}

void rl_put_checksum(rl_writer *writer)
{
  rl_put_u64(writer, rl_checksum(writer->bytes, writer->used));
}

bool rl_checksum_holds(const void *bytes, size_t size)
{
  if (size < RL_CHECKSUM_SIZE)
    return false;
  size_t covered = size - RL_CHECKSUM_SIZE;
  rl_reader tail = rl_reader_over((const uint8_t *)bytes + covered, RL_CHECKSUM_SIZE);
  return rl_get_u64(&tail) == rl_checksum(bytes, covered);
}

rl_fingerprint rl_fingerprint_of(const void *bytes, size_t size, uint64_t seed)
{
  XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, size, seed);
  return (rl_fingerprint){.words = {hash.low64, hash.high64}};
}

bool rl_fingerprint_equal(rl_fingerprint left, rl_fingerprint right)
{
  return left.words[0] == right.words[0] && left.words[1] == right.words[1];
}
