#include "postgres/array.h"

#include <stdlib.h>
#include <string.h>

/* The header, big-endian like all: dimensions, whether there are nulls, the element's type, and
 * for the one dimension how many there are and the number of the first. */
enum { HEADER_SIZE = 20, COUNT_AT = 12, TYPE_BYTEA = 17, TYPE_INT8 = 20 };

static void put_u32(uint8_t out[4], uint32_t value)
{
  for (int i = 3; i >= 0; i--) {
    out[i] = (uint8_t)value;
    value >>= 8;
  }
}

static uint8_t *room_for(rl_array *array, size_t size)
{
  if (array->size + size > array->capacity) {
    size_t capacity = (array->size + size) * 2;
    uint8_t *bytes = realloc(array->bytes, capacity);
    if (!bytes) {
      array->failed = true;
      return NULL;
    }
    array->bytes = bytes;
    array->capacity = capacity;
  }
  array->size += size;
  return array->bytes + array->size - size;
}

static void init(rl_array *array, uint32_t type)
{
  array->size = 0;
  array->count = 0;
  array->failed = false;
  uint8_t *header = room_for(array, HEADER_SIZE);
  if (!header)
    return;
  const uint32_t words[] = {1, 0, type, 0, 1};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    put_u32(header + 4 * i, words[i]);
}

void rl_array_init_blobs(rl_array *array)
{
  init(array, TYPE_BYTEA);
}

void rl_array_init_numbers(rl_array *array)
{
  init(array, TYPE_INT8);
}

void rl_array_free(rl_array *array)
{
  free(array->bytes);
  *array = (rl_array){0};
}

void rl_array_add_blob(rl_array *array, rl_blob blob)
{
  uint8_t *element = room_for(array, 4 + blob.size);
  if (!element)
    return;
  put_u32(element, (uint32_t)blob.size);
  if (blob.size)
    memcpy(element + 4, blob.bytes, blob.size);
  array->count++;
}

void rl_array_add_number(rl_array *array, int64_t number)
{
  uint8_t bytes[8];
  rl_number_key((uint64_t)number, bytes);
  rl_array_add_blob(array, (rl_blob){bytes, sizeof bytes});
}

rl_blob rl_array_end(rl_array *array)
{
  if (!array->failed)
    put_u32(array->bytes + COUNT_AT, array->count);
  return (rl_blob){array->bytes, array->size};
}
