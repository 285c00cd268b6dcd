/* msgpack, read and written in place: the engine's hot path decodes and encodes by hand.
 *
 * Reading is total: any bytes give values or a fault, nothing is allocated, a length is checked
 * against the bytes that are left before it is believed, and nesting against RL_DEPTH_MAX. The
 * first fault sticks, and every later read gives zero. Encodings follow the msgpack
 * specification (github.com/msgpack/msgpack/blob/master/spec.md); integers are accepted in any
 * width, written in the shortest. Pure; one thread at a time. */
#pragma once

#include "bytes/bytes.h"

typedef enum rl_pack_type {
  RL_PACK_END, /* no bytes left, or a fault before */
  RL_PACK_NIL,
  RL_PACK_BOOL,
  RL_PACK_UINT,  /* not negative, however it was encoded */
  RL_PACK_INT,   /* negative */
  RL_PACK_FLOAT,
  RL_PACK_TEXT,
  RL_PACK_BINARY,
  RL_PACK_ARRAY,
  RL_PACK_MAP,
  RL_PACK_EXT,
} rl_pack_type;

typedef struct rl_unpacker {
  rl_reader reader;
} rl_unpacker;

rl_unpacker rl_unpacker_over(const void *bytes, size_t size);
/* What stands next, without taking it. */
rl_pack_type rl_unpack_peek(const rl_unpacker *unpacker);
/* Each takes one value of its type; false, with the unpacker failed, if another stands there. */
bool rl_unpack_nil(rl_unpacker *unpacker);
bool rl_unpack_bool(rl_unpacker *unpacker, bool *out);
bool rl_unpack_u64(rl_unpacker *unpacker, uint64_t *out);
bool rl_unpack_i64(rl_unpacker *unpacker, int64_t *out);
/* The span points into the message. */
bool rl_unpack_text(rl_unpacker *unpacker, const char **text, size_t *length);
bool rl_unpack_binary(rl_unpacker *unpacker, const uint8_t **bytes, size_t *size);
/* The count of elements (of pairs, for a map) is at most the bytes left. */
bool rl_unpack_array(rl_unpacker *unpacker, uint32_t *count);
bool rl_unpack_map(rl_unpacker *unpacker, uint32_t *count);
/* Takes one whole value of any type, nested ones included, within `depth` levels. */
bool rl_unpack_skip(rl_unpacker *unpacker, unsigned depth);
/* Nothing failed and nothing is left over. */
bool rl_unpack_done(const rl_unpacker *unpacker);

/* Writing goes to an rl_writer; too little room makes it fail once and for all. */
void rl_pack_nil(rl_writer *writer);
void rl_pack_bool(rl_writer *writer, bool value);
void rl_pack_u64(rl_writer *writer, uint64_t value);
void rl_pack_i64(rl_writer *writer, int64_t value);
void rl_pack_text(rl_writer *writer, const char *text); /* NUL-terminated */
void rl_pack_text_span(rl_writer *writer, const char *text, size_t length);
void rl_pack_binary(rl_writer *writer, const void *bytes, size_t size);
void rl_pack_array(rl_writer *writer, uint32_t count);
void rl_pack_map(rl_writer *writer, uint32_t count);
