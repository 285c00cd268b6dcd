#include "msgpack_oracle.h"

#include <criterion/criterion.h>
#include <string.h>

static bool same_bytes(const void *left, size_t left_size, const void *right, size_t right_size)
{
  return left_size == right_size && (left_size == 0 || memcmp(left, right, left_size) == 0);
}

static bool text_agrees(rl_unpacker *unpacker, const msgpack_object *object)
{
  const char *text;
  size_t length;
  return rl_unpack_peek(unpacker) == RL_PACK_TEXT && rl_unpack_text(unpacker, &text, &length) &&
         same_bytes(text, length, object->via.str.ptr, object->via.str.size);
}

static bool binary_agrees(rl_unpacker *unpacker, const msgpack_object *object)
{
  const uint8_t *bytes;
  size_t size;
  return rl_unpack_peek(unpacker) == RL_PACK_BINARY &&
         rl_unpack_binary(unpacker, &bytes, &size) &&
         same_bytes(bytes, size, object->via.bin.ptr, object->via.bin.size);
}

static bool array_agrees(rl_unpacker *unpacker, const msgpack_object *object)
{
  uint32_t count;
  if (rl_unpack_peek(unpacker) != RL_PACK_ARRAY || !rl_unpack_array(unpacker, &count) ||
      count != object->via.array.size)
    return false;
  for (uint32_t i = 0; i < count; i++) {
    if (!oracle_agrees(unpacker, &object->via.array.ptr[i]))
      return false;
  }
  return true;
}

static bool map_agrees(rl_unpacker *unpacker, const msgpack_object *object)
{
  uint32_t count;
  if (rl_unpack_peek(unpacker) != RL_PACK_MAP || !rl_unpack_map(unpacker, &count) ||
      count != object->via.map.size)
    return false;
  for (uint32_t i = 0; i < count; i++) {
    if (!oracle_agrees(unpacker, &object->via.map.ptr[i].key) ||
        !oracle_agrees(unpacker, &object->via.map.ptr[i].val))
      return false;
  }
  return true;
}

static bool integer_agrees(rl_unpacker *unpacker, const msgpack_object *object)
{
  uint64_t natural;
  int64_t integer;
  if (object->type == MSGPACK_OBJECT_POSITIVE_INTEGER)
    return rl_unpack_peek(unpacker) == RL_PACK_UINT && rl_unpack_u64(unpacker, &natural) &&
           natural == object->via.u64;
  return rl_unpack_peek(unpacker) == RL_PACK_INT && rl_unpack_i64(unpacker, &integer) &&
         integer == object->via.i64;
}

static bool skipped_as(rl_unpacker *unpacker, rl_pack_type type)
{
  return rl_unpack_peek(unpacker) == type && rl_unpack_skip(unpacker, 0);
}

bool oracle_agrees(rl_unpacker *unpacker, const msgpack_object *object)
{
  bool truth;
  switch (object->type) {
  case MSGPACK_OBJECT_NIL:
    return rl_unpack_peek(unpacker) == RL_PACK_NIL && rl_unpack_nil(unpacker);
  case MSGPACK_OBJECT_BOOLEAN:
    return rl_unpack_peek(unpacker) == RL_PACK_BOOL && rl_unpack_bool(unpacker, &truth) &&
           truth == object->via.boolean;
  case MSGPACK_OBJECT_POSITIVE_INTEGER:
  case MSGPACK_OBJECT_NEGATIVE_INTEGER: return integer_agrees(unpacker, object);
  case MSGPACK_OBJECT_FLOAT32:
  case MSGPACK_OBJECT_FLOAT64: return skipped_as(unpacker, RL_PACK_FLOAT);
  case MSGPACK_OBJECT_STR: return text_agrees(unpacker, object);
  case MSGPACK_OBJECT_BIN: return binary_agrees(unpacker, object);
  case MSGPACK_OBJECT_EXT: return skipped_as(unpacker, RL_PACK_EXT);
  case MSGPACK_OBJECT_ARRAY: return array_agrees(unpacker, object);
  case MSGPACK_OBJECT_MAP: return map_agrees(unpacker, object);
  }
  return false;
}

bool oracle_read(const void *bytes, size_t size, msgpack_unpacked *out)
{
  size_t used = 0;
  msgpack_unpacked_init(out);
  bool whole = msgpack_unpack_next(out, bytes, size, &used) == MSGPACK_UNPACK_SUCCESS &&
               used == size;
  if (!whole)
    msgpack_unpacked_destroy(out);
  return whole;
}

static const msgpack_object *find(const msgpack_object *map, const char *key, unsigned *times)
{
  const msgpack_object *found = NULL;
  *times = 0;
  cr_assert_eq(map->type, MSGPACK_OBJECT_MAP, "%s: asked of something that is no map", key);
  for (uint32_t i = 0; i < map->via.map.size; i++) {
    if (oracle_is_text(&map->via.map.ptr[i].key, key)) {
      found = &map->via.map.ptr[i].val;
      (*times)++;
    }
  }
  return found;
}

const msgpack_object *oracle_get(const msgpack_object *map, const char *key)
{
  unsigned times;
  const msgpack_object *found = find(map, key, &times);
  cr_assert_eq(times, 1, "%s stands %u times in the map", key, times);
  return found;
}

bool oracle_has(const msgpack_object *map, const char *key)
{
  unsigned times;
  return find(map, key, &times) != NULL;
}

bool oracle_is_text(const msgpack_object *object, const char *text)
{
  return object->type == MSGPACK_OBJECT_STR &&
         same_bytes(object->via.str.ptr, object->via.str.size, text, strlen(text));
}

bool oracle_is_number(const msgpack_object *object, int64_t number)
{
  if (number < 0)
    return object->type == MSGPACK_OBJECT_NEGATIVE_INTEGER && object->via.i64 == number;
  return object->type == MSGPACK_OBJECT_POSITIVE_INTEGER && object->via.u64 == (uint64_t)number;
}
