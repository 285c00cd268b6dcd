#include "store/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 256 * 1024, KEY_MAX = 16 };

/* Rows copied out of one transaction: for each its two sizes, key and value. */
typedef struct rl_chunk {
  uint8_t *bytes;
  size_t room;
  size_t used;
} rl_chunk;

static size_t row_size(MDB_val key, MDB_val value)
{
  return 2 * sizeof(size_t) + key.mv_size + value.mv_size;
}

static void chunk_add(rl_chunk *chunk, MDB_val key, MDB_val value)
{
  uint8_t *at = chunk->bytes + chunk->used;
  memcpy(at, &key.mv_size, sizeof(size_t));
  memcpy(at + sizeof(size_t), &value.mv_size, sizeof(size_t));
  memcpy(at + 2 * sizeof(size_t), key.mv_data, key.mv_size);
  memcpy(at + 2 * sizeof(size_t) + key.mv_size, value.mv_data, value.mv_size);
  chunk->used += row_size(key, value);
}

static void chunk_next(const rl_chunk *chunk, size_t *offset, MDB_val *key, MDB_val *value)
{
  uint8_t *at = chunk->bytes + *offset;
  memcpy(&key->mv_size, at, sizeof(size_t));
  memcpy(&value->mv_size, at + sizeof(size_t), sizeof(size_t));
  key->mv_data = at + 2 * sizeof(size_t);
  value->mv_data = at + 2 * sizeof(size_t) + key->mv_size;
  *offset += row_size(*key, *value);
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
  uint8_t key[KEY_MAX];
  size_t size;
  bool inclusive;
} rl_position;

static int seek(MDB_cursor *cursor, const rl_position *position, MDB_val *key, MDB_val *value)
{
  if (position->size == 0)
    return mdb_cursor_get(cursor, key, value, MDB_FIRST);
  *key = (MDB_val){.mv_size = position->size, .mv_data = (void *)(uintptr_t)position->key};
  int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
  bool at = rc == 0 && key->mv_size == position->size
            && memcmp(key->mv_data, position->key, position->size) == 0;
  return at && !position->inclusive ? mdb_cursor_get(cursor, key, value, MDB_NEXT) : rc;
}

static int fill_from(MDB_cursor *cursor, rl_position *position, rl_chunk *chunk)
{
  MDB_val key, value;
  int rc = seek(cursor, position, &key, &value);
  while (rc == 0) {
    if (key.mv_size > KEY_MAX)
      return MDB_CORRUPTED;
    if (!chunk_has_room(chunk, row_size(key, value)))
      return chunk->used > 0 ? 0 : ENOMEM;
    chunk_add(chunk, key, value);
    memcpy(position->key, key.mv_data, key.mv_size);
    position->size = key.mv_size;
    position->inclusive = false;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
  }
  return rc == MDB_NOTFOUND ? 0 : rc;
}

static int fill(const rl_store *store, MDB_dbi table, rl_position *position, rl_chunk *chunk)
{
  MDB_txn *txn;
  MDB_cursor *cursor;
  chunk->used = 0;
  int rc = rl_tables_read(&store->tables, &txn);
  if (rc != 0)
    return rc;
  rc = mdb_cursor_open(txn, table, &cursor);
  if (rc == 0) {
    rc = fill_from(cursor, position, chunk);
    mdb_cursor_close(cursor);
  }
  mdb_txn_abort(txn);
  return rc;
}

static bool visit_chunk(const rl_chunk *chunk, rl_visit_row visit, void *context)
{
  size_t offset = 0;
  while (offset < chunk->used) {
    MDB_val key, value;
    chunk_next(chunk, &offset, &key, &value);
    if (!visit(key, value, context))
      return false;
  }
  return true;
}

rl_status rl_walk(const rl_store *store, MDB_dbi table, const MDB_val *from, rl_visit_row visit,
                  void *context)
{
  rl_position position = {.inclusive = true};
  rl_chunk chunk = {.bytes = malloc(CHUNK_BYTES), .room = CHUNK_BYTES};
  if (!chunk.bytes)
    return RL_NO_MEMORY;
  if (from) {
    RL_ASSERT(from->mv_size <= KEY_MAX);
    memcpy(position.key, from->mv_data, from->mv_size);
    position.size = from->mv_size;
  }
  int rc;
  do
    rc = fill(store, table, &position, &chunk);
  while (rc == 0 && chunk.used > 0 && visit_chunk(&chunk, visit, context));
  free(chunk.bytes);
  return rl_tables_status(rc);
}
