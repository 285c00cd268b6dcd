#include "store/private.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 256 * 1024 };

/* Rows copied out of one transaction: for each its two sizes, key and value. */
typedef struct rl_chunk {
  uint8_t *bytes;
  size_t room;
  size_t used;
} rl_chunk;

static size_t row_size(rl_blob key, rl_blob row)
{
  return 2 * sizeof(size_t) + key.size + row.size;
}

static void chunk_add(rl_chunk *chunk, rl_blob key, rl_blob row)
{
  uint8_t *at = chunk->bytes + chunk->used;
  memcpy(at, &key.size, sizeof(size_t));
  memcpy(at + sizeof(size_t), &row.size, sizeof(size_t));
  memcpy(at + 2 * sizeof(size_t), key.bytes, key.size);
  memcpy(at + 2 * sizeof(size_t) + key.size, row.bytes, row.size);
  chunk->used += row_size(key, row);
}

static void chunk_next(const rl_chunk *chunk, size_t *offset, rl_blob *key, rl_blob *row)
{
  const uint8_t *at = chunk->bytes + *offset;
  memcpy(&key->size, at, sizeof(size_t));
  memcpy(&row->size, at + sizeof(size_t), sizeof(size_t));
  key->bytes = at + 2 * sizeof(size_t);
  row->bytes = at + 2 * sizeof(size_t) + key->size;
  *offset += row_size(*key, *row);
}

/* One row always fits: a tariff may be larger than a chunk. */
static bool chunk_has_room(rl_chunk *chunk, size_t size)
{
  if (size <= chunk->room - chunk->used)
    return true;
  if (chunk->used > 0)
    return false;
  uint8_t *larger = realloc(chunk->bytes, size);
  if (!larger)
    return false;
  chunk->bytes = larger;
  chunk->room = size;
  return true;
}

/* Where the walk stands: the next row is the first after `key`, or at it if `inclusive`. */
typedef struct rl_position {
  uint8_t key[RL_TABLE_KEY_MAX];
  size_t size;
  bool inclusive;
} rl_position;

/* One transaction's part of the walk. */
typedef struct rl_filling {
  rl_position *position;
  rl_chunk *chunk;
  rl_status status;
} rl_filling;

static bool is_behind(const rl_position *position, rl_blob key)
{
  return !position->inclusive && key.size == position->size
         && memcmp(key.bytes, position->key, key.size) == 0;
}

static bool take_row(rl_blob key, rl_blob row, void *context)
{
  rl_filling *filling = context;
  rl_position *position = filling->position;
  rl_chunk *chunk = filling->chunk;
  if (is_behind(position, key))
    return true;
  if (key.size > RL_TABLE_KEY_MAX) {
    filling->status = RL_CORRUPT;
    return false;
  }
  if (!chunk_has_room(chunk, row_size(key, row))) {
    filling->status = chunk->used > 0 ? RL_OK : RL_NO_MEMORY;
    return false;
  }
  chunk_add(chunk, key, row);
  memcpy(position->key, key.bytes, key.size);
  position->size = key.size;
  position->inclusive = false;
  return true;
}

static rl_status fill(const rl_store *store, rl_table table, rl_position *position,
                      rl_chunk *chunk)
{
  rl_access access;
  rl_filling filling = {.position = position, .chunk = chunk};
  rl_blob from = {.bytes = position->key, .size = position->size};
  chunk->used = 0;
  rl_status status = rl_access_begin(store->tables, false, &access);
  if (status != RL_OK)
    return status;
  status = store->tables->kind->scan(access.rows, table, from, RL_FORWARDS, take_row, &filling);
  rl_access_abort(&access);
  return status == RL_OK ? filling.status : status;
}

static bool visit_chunk(const rl_chunk *chunk, rl_row_visit visit, void *context)
{
  size_t offset = 0;
  while (offset < chunk->used) {
    rl_blob key, row;
    chunk_next(chunk, &offset, &key, &row);
    if (!visit(key, row, context))
      return false;
  }
  return true;
}

rl_status rl_walk(const rl_store *store, rl_table table, rl_blob from, rl_row_visit visit,
                  void *context)
{
  rl_position position = {.size = from.size, .inclusive = true};
  rl_chunk chunk = {.bytes = malloc(CHUNK_BYTES), .room = CHUNK_BYTES};
  rl_status status = chunk.bytes ? RL_OK : RL_NO_MEMORY;
  if (from.size > 0)
    memcpy(position.key, from.bytes, from.size);
  do {
    if (status == RL_OK)
      status = fill(store, table, &position, &chunk);
  } while (status == RL_OK && chunk.used > 0 && visit_chunk(&chunk, visit, context));
  free(chunk.bytes);
  return status;
}
