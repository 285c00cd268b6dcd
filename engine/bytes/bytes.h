/* Little-endian bytes with bounds: the one way in which records and tokens are laid out.
 *
 * A writer or reader that runs out of room, or meets a length that does not fit, remembers it
 * and does nothing from then on: the caller checks once, at the end. Reading never looks
 * beyond the span given; a failed read gives zeros. Not thread-safe; no allocation. */
#pragma once

#include "status/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rl_writer {
  uint8_t *bytes; /* owned by the caller */
  size_t size;    /* room, in bytes */
  size_t used;    /* written so far, in bytes */
  bool failed;    /* something did not fit */
} rl_writer;

typedef struct rl_reader {
  const uint8_t *bytes; /* owned by the caller */
  size_t size;          /* length, in bytes */
  size_t used;          /* read so far, in bytes */
  bool failed;          /* something was missing or out of its bound */
} rl_reader;

rl_writer rl_writer_over(void *bytes, size_t size);
void rl_put_u8(rl_writer *writer, uint8_t value);
void rl_put_u16(rl_writer *writer, uint16_t value);
void rl_put_u32(rl_writer *writer, uint32_t value);
void rl_put_u64(rl_writer *writer, uint64_t value);
void rl_put_i64(rl_writer *writer, int64_t value);
/* Seven bits a byte, the low ones first, the high bit set while more follow: small numbers are
 * short, and each number has one form only. At most RL_VARINT_MAX bytes. */
#define RL_VARINT_MAX 10
void rl_put_varint(rl_writer *writer, uint64_t value);
/* The same for numbers of either sign: 0, -1, 1, -2, … are written as 0, 1, 2, 3, … */
void rl_put_signed(rl_writer *writer, int64_t value);
void rl_put_bytes(rl_writer *writer, const void *bytes, size_t size);
/* A length byte and then the text; the text must be at most 255 bytes. */
void rl_put_text(rl_writer *writer, const char *text);

rl_reader rl_reader_over(const void *bytes, size_t size);
uint8_t rl_get_u8(rl_reader *reader);
uint16_t rl_get_u16(rl_reader *reader);
uint32_t rl_get_u32(rl_reader *reader);
uint64_t rl_get_u64(rl_reader *reader);
int64_t rl_get_i64(rl_reader *reader);
/* Fail for a number beyond 64 bits and for one that could have been written shorter. */
uint64_t rl_get_varint(rl_reader *reader);
int64_t rl_get_signed(rl_reader *reader);
void rl_get_bytes(rl_reader *reader, void *out, size_t size);
/* Reads what rl_put_text wrote into out[size], NUL-terminated; size > 0. Fails, and gives an empty
 * text, if it does not fit or holds a NUL byte. */
void rl_get_text(rl_reader *reader, char *out, size_t size);
/* True when nothing failed and nothing is left over. */
bool rl_reader_done(const rl_reader *reader);

/* XXH3, 64 bits: detects damage and spreads keys over tables. Not a defence against an
 * adversary who can choose the bytes; that is crypto's. */
uint64_t rl_checksum(const void *bytes, size_t size);

/* A record ends with the checksum of all its bytes before. */
#define RL_CHECKSUM_SIZE 8
void rl_put_checksum(rl_writer *writer);
/* True when the last bytes are the checksum of those before them. */
bool rl_checksum_holds(const void *bytes, size_t size);

/* XXH3, 128 bits: names a key or a request's body in tables of one process. */
typedef struct rl_fingerprint {
  uint64_t words[2];
} rl_fingerprint;

rl_fingerprint rl_fingerprint_of(const void *bytes, size_t size, uint64_t seed);
bool rl_fingerprint_equal(rl_fingerprint left, rl_fingerprint right);
