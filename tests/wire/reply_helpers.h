/* Replies read back by msgpack-c and held to what they should say. */
#pragma once

#include "msgpack_oracle.h"
#include "wire/reply.h"

typedef struct reply {
  size_t size;
  uint8_t bytes[2 * RL_REPLY_MAX];
  msgpack_unpacked unpacked;
} reply;

/* What the writer wrote into out->bytes; the caller destroys out->unpacked. */
const msgpack_object *read_reply(reply *out, const rl_writer *writer);

/* The value of a map's key is this one. */
void expect_text(const msgpack_object *map, const char *key, const char *text);
void expect_number(const msgpack_object *map, const char *key, int64_t number);
void expect_natural(const msgpack_object *map, const char *key, uint64_t number);
void expect_bool(const msgpack_object *map, const char *key, bool truth);
void expect_nil(const msgpack_object *map, const char *key);
/* The text of mantissa x 10^-scale, all its decimals written. */
void expect_decimal(const msgpack_object *map, const char *key, uint64_t mantissa,
                    unsigned scale);
