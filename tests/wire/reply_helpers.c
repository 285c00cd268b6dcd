#include "reply_helpers.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>

const msgpack_object *read_reply(reply *out, const rl_writer *writer)
{
  cr_assert_not(writer->failed);
  out->size = writer->used;
  cr_assert(oracle_read(out->bytes, out->size, &out->unpacked));
  return &out->unpacked.data;
}

void expect_text(const msgpack_object *map, const char *key, const char *text)
{
  const msgpack_object *value = oracle_get(map, key);
  cr_expect(oracle_is_text(value, text), "%s: %.*s instead of %s", key,
            value->type == MSGPACK_OBJECT_STR ? (int)value->via.str.size : 0, value->via.str.ptr,
            text);
}

void expect_number(const msgpack_object *map, const char *key, int64_t number)
{
  const msgpack_object *value = oracle_get(map, key);
  cr_expect(oracle_is_number(value, number), "%s: %" PRId64 " instead of %" PRId64, key,
            value->via.i64, number);
}

void expect_natural(const msgpack_object *map, const char *key, uint64_t number)
{
  const msgpack_object *value = oracle_get(map, key);
  cr_expect(value->type == MSGPACK_OBJECT_POSITIVE_INTEGER && value->via.u64 == number,
            "%s: %" PRIu64 " instead of %" PRIu64, key, value->via.u64, number);
}

void expect_nil(const msgpack_object *map, const char *key)
{
  cr_expect_eq(oracle_get(map, key)->type, MSGPACK_OBJECT_NIL, "%s", key);
}

void expect_bool(const msgpack_object *map, const char *key, bool truth)
{
  const msgpack_object *value = oracle_get(map, key);
  cr_expect(value->type == MSGPACK_OBJECT_BOOLEAN && value->via.boolean == truth, "%s", key);
}

/* mantissa x 10^-scale written by printf: the digits, then the point put between them. */
void expect_decimal(const msgpack_object *map, const char *key, uint64_t mantissa,
                           unsigned scale)
{
  char digits[64], text[80];
  int length = snprintf(digits, sizeof digits, "%0*" PRIu64, (int)scale + 1, mantissa);
  int whole = length - (int)scale;
  snprintf(text, sizeof text, "%.*s%s%s", whole, digits, scale ? "." : "", digits + whole);
  expect_text(map, key, text);
}
