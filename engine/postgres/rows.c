#include "postgres/private.h"

#include "status/limits.h"

#include <string.h>

/* --- what is stored --- */

static void queue_begin(rl_rows *rows)
{
  if (rows->writes) {
    rl_link_command(rows->link, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    rl_link_command(rows->link, "LOCK TABLE ratelock.turn IN EXCLUSIVE MODE");
  } else {
    rl_link_command(rows->link, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }
}

static bool is_wanted(const rl_entry *entry, unsigned slot)
{
  return entry->slot == slot && entry->wanted && entry->stored == RL_STORED_UNKNOWN;
}

/* The statement for a slot's wanted keys; false when there are none. */
static bool queue_get(rl_rows *rows, unsigned slot)
{
  rl_array keys = {0};
  rl_array_init_blobs(&keys);
  for (size_t i = 0; i < rows->memory.count; i++) {
    const rl_entry *entry = rows->memory.entries[i];
    if (is_wanted(entry, slot))
      rl_array_add_blob(&keys, (rl_blob){entry->key, entry->key_size});
  }
  if (keys.failed)
    (void)rl_rows_break(rows, RL_NO_MEMORY);
  bool any = keys.count > 0 && !keys.failed;
  if (any) {
    char name[RL_STATEMENT_NAME_MAX];
    rl_statement_name(slot, RL_CALL_GET, name);
    rl_blob parameter = rl_array_end(&keys);
    rl_link_call(rows->link, name, &parameter, 1);
  }
  rl_array_free(&keys);
  return any;
}

typedef struct rl_fetch {
  rl_rows *rows;
  unsigned before; /* statements before the first get */
  unsigned slots[RL_SLOT_COUNT]; /* of the gets, in their order */
  unsigned count;
} rl_fetch;

static void take_rows(PGresult *result, unsigned number, void *context)
{
  rl_fetch *fetch = context;
  rl_rows *rows = fetch->rows;
  for (int i = 0; number >= fetch->before && i < PQntuples(result); i++) {
    rl_blob key = {PQgetvalue(result, i, 0), (size_t)PQgetlength(result, i, 0)};
    rl_blob value = {PQgetvalue(result, i, 1), (size_t)PQgetlength(result, i, 1)};
    rl_entry *entry = rl_memory_find(&rows->memory, fetch->slots[number - fetch->before], key);
    if (!entry)
      (void)rl_rows_break(rows, RL_CORRUPT);
    else if (!rl_memory_copy(&rows->memory, value, &entry->value))
      (void)rl_rows_break(rows, RL_NO_MEMORY);
    else
      entry->stored = RL_STORED_PRESENT;
  }
  PQclear(result);
}

rl_status rl_rows_fetch(rl_rows *rows)
{
  if (rows->broken != RL_OK)
    return rows->broken;
  rl_fetch fetch = {.rows = rows, .before = rows->begun ? 0 : rows->writes ? 2 : 1};
  if (!rows->begun)
    queue_begin(rows);
  for (unsigned slot = 0; slot < RL_SLOT_COUNT; slot++) {
    if (queue_get(rows, slot))
      fetch.slots[fetch.count++] = slot;
  }
  rows->begun = true;
  rl_status status = rl_link_run(rows->link, take_rows, &fetch);
  if (status != RL_OK)
    return rl_rows_break(rows, status);
  for (size_t i = 0; i < rows->memory.count; i++) {
    rl_entry *entry = rows->memory.entries[i];
    if (is_wanted(entry, entry->slot))
      entry->stored = RL_STORED_ABSENT;
  }
  return rows->broken;
}

/* --- asking --- */

static rl_entry *entry_of(rl_rows *rows, unsigned slot, rl_blob key)
{
  if (rows->broken != RL_OK)
    return NULL;
  rl_entry *entry = rl_memory_entry(&rows->memory, slot, key);
  if (!entry)
    (void)rl_rows_break(rows, RL_NO_MEMORY);
  return entry;
}

static rl_status expect(rl_rows *rows, unsigned slot, rl_blob key)
{
  rl_entry *entry = entry_of(rows, slot, key);
  if (entry)
    entry->wanted = true;
  return rows->broken;
}

/* Fetches what the entry depends on. */
static rl_status settle(rl_rows *rows, rl_entry *entry)
{
  if (!rl_entry_open(entry))
    return rows->broken;
  entry->wanted = true;
  return rl_rows_fetch(rows);
}

static rl_status get(rl_rows *rows, unsigned slot, rl_blob key, rl_blob *row)
{
  rl_entry *entry = entry_of(rows, slot, key);
  rl_status status = entry ? settle(rows, entry) : rows->broken;
  if (status != RL_OK)
    return status;
  const rl_blob *seen = rl_entry_sees(entry);
  if (!seen)
    return RL_NOT_FOUND;
  *row = *seen;
  return RL_OK;
}

rl_status rl_rows_expect(rl_rows *rows, rl_table table, rl_blob key)
{
  return expect(rows, table, key);
}

rl_status rl_rows_get(rl_rows *rows, rl_table table, rl_blob key, rl_blob *row)
{
  return get(rows, table, key, row);
}

/* --- changing --- */

static rl_status change(rl_rows *rows, rl_entry *entry, rl_change to, rl_blob row)
{
  RL_ASSERT(rows->writes);
  if (!rl_memory_copy(&rows->memory, row, &entry->written))
    return rl_rows_break(rows, RL_NO_MEMORY);
  entry->change = to;
  rows->memory.changed = true;
  return RL_OK;
}

/* Over a row that this transaction removed, the new one is written. */
static rl_status put(rl_rows *rows, rl_entry *entry, rl_change how, rl_blob row)
{
  return change(rows, entry, entry->change == RL_CHANGE_REMOVE ? RL_CHANGE_SET : how, row);
}

static rl_status add(rl_rows *rows, unsigned slot, rl_blob key, rl_blob row)
{
  rl_entry *entry = entry_of(rows, slot, key);
  if (!entry)
    return rows->broken;
  if (entry->change == RL_CHANGE_KEEP)
    return RL_EXISTS;
  bool ask = entry->wanted || rows->postgres->careful;
  rl_status status = ask ? settle(rows, entry) : RL_OK;
  if (status != RL_OK)
    return status;
  if (!rl_entry_open(entry) && rl_entry_sees(entry))
    return RL_EXISTS;
  return put(rows, entry, RL_CHANGE_ADD, row);
}

rl_status rl_rows_add(rl_rows *rows, rl_table table, rl_blob key, rl_blob row)
{
  return add(rows, table, key, row);
}

rl_status rl_rows_keep(rl_rows *rows, rl_table table, rl_blob key, rl_blob row)
{
  rl_entry *entry = entry_of(rows, table, key);
  if (!entry)
    return rows->broken;
  bool known = !rl_entry_open(entry) && rl_entry_sees(entry);
  return known || entry->change == RL_CHANGE_KEEP ? RL_OK : put(rows, entry, RL_CHANGE_KEEP, row);
}

rl_status rl_rows_set(rl_rows *rows, rl_table table, rl_blob key, rl_blob row)
{
  rl_entry *entry = entry_of(rows, table, key);
  return entry ? change(rows, entry, RL_CHANGE_SET, row) : rows->broken;
}

rl_status rl_rows_remove(rl_rows *rows, rl_table table, rl_blob key)
{
  rl_blob row;
  rl_status status = get(rows, table, key, &row);
  if (status != RL_OK)
    return status;
  rl_entry *entry = rl_memory_find(&rows->memory, table, key);
  return change(rows, entry, RL_CHANGE_REMOVE, (rl_blob){0});
}

/* --- keys of ends --- */

rl_status rl_rows_expect_key(rl_rows *rows, const uint8_t key[16])
{
  return expect(rows, RL_SLOT_KEYS, (rl_blob){key, 16});
}

rl_status rl_rows_find_key(rl_rows *rows, const uint8_t key[16], uint8_t quote[16])
{
  rl_blob value;
  rl_status status = get(rows, RL_SLOT_KEYS, (rl_blob){key, 16}, &value);
  if (status == RL_OK && value.size != 16)
    return rl_rows_break(rows, RL_CORRUPT);
  if (status == RL_OK)
    memcpy(quote, value.bytes, 16);
  return status;
}

rl_status rl_rows_add_key(rl_rows *rows, const uint8_t key[16], const uint8_t quote[16],
                          rl_now now)
{
  rl_blob name = {key, 16};
  rl_status status = add(rows, RL_SLOT_KEYS, name, (rl_blob){quote, 16});
  if (status == RL_OK)
    rl_memory_find(&rows->memory, RL_SLOT_KEYS, name)->used_at_ms = now.utc.ms;
  return status;
}

/* Machines that share the rows may differ by the skew. */
rl_status rl_rows_retire_keys(rl_rows *rows, rl_now now)
{
  rows->retire_before_ms = now.utc.ms - RL_END_KEY_MIN_MS - RL_WALL_SKEW_MS;
  return rows->broken;
}
