#include "postgres/private.h"

#include <string.h>

/* A quote's end first: it is what others may contend for. */
static const unsigned slot_order[] = {
  RL_TABLE_ENDS,       RL_SLOT_KEYS,         RL_TABLE_TRANSACTIONS, RL_TABLE_RECEIPTS,
  RL_TABLE_QUOTES,     RL_TABLE_REVOCATIONS, RL_TABLE_TARIFFS,      RL_TABLE_CARRIED,
  RL_TABLE_HALTS,      RL_TABLE_META,
};
_Static_assert(sizeof slot_order / sizeof *slot_order == RL_SLOT_COUNT, "each slot once");

static const rl_call call_of[RL_CHANGE_COUNT] = {
  [RL_CHANGE_ADD] = RL_CALL_ADD,
  [RL_CHANGE_KEEP] = RL_CALL_KEEP,
  [RL_CHANGE_SET] = RL_CALL_SET,
  [RL_CHANGE_REMOVE] = RL_CALL_REMOVE,
};

/* How often each change is wanted of each slot. */
typedef struct rl_tally {
  size_t counts[RL_SLOT_COUNT][RL_CHANGE_COUNT];
} rl_tally;

static rl_tally tally_of(const rl_memory *memory)
{
  rl_tally tally = {0};
  for (size_t i = 0; i < memory->count; i++)
    tally.counts[memory->entries[i]->slot][memory->entries[i]->change]++;
  return tally;
}

static void queue_change(rl_rows *rows, unsigned slot, rl_change change)
{
  rl_array *keys = &rows->postgres->arrays[0];
  rl_array *values = &rows->postgres->arrays[1];
  rl_array *times = &rows->postgres->arrays[2];
  rl_array_init_blobs(keys);
  rl_array_init_blobs(values);
  rl_array_init_numbers(times);
  for (size_t i = 0; i < rows->memory.count; i++) {
    const rl_entry *entry = rows->memory.entries[i];
    if (entry->slot == slot && entry->change == change) {
      rl_array_add_blob(keys, (rl_blob){entry->key, entry->key_size});
      rl_array_add_blob(values, entry->written);
      rl_array_add_number(times, entry->used_at_ms);
    }
  }
  if (keys->failed || values->failed || times->failed) {
    (void)rl_rows_break(rows, RL_NO_MEMORY);
    return;
  }
  rl_blob parameters[] = {rl_array_end(keys), rl_array_end(values), rl_array_end(times)};
  char name[RL_STATEMENT_NAME_MAX];
  rl_statement_name(slot, call_of[change], name);
  int count = change == RL_CHANGE_REMOVE ? 1 : slot == RL_SLOT_KEYS ? 3 : 2;
  rl_link_call(rows->link, name, parameters, count);
}

static void queue_retire(rl_rows *rows)
{
  uint8_t before[8];
  rl_number_key((uint64_t)rows->retire_before_ms, before);
  rl_link_call(rows->link, RL_STATEMENT_RETIRE, &(rl_blob){before, sizeof before}, 1);
}

static void queue_changes(rl_rows *rows)
{
  rl_tally tally = tally_of(&rows->memory);
  for (size_t i = 0; i < RL_SLOT_COUNT; i++) {
    for (unsigned change = RL_CHANGE_NONE + 1; change < RL_CHANGE_COUNT; change++) {
      if (tally.counts[slot_order[i]][change] > 0)
        queue_change(rows, slot_order[i], change);
    }
  }
  if (rows->retire_before_ms)
    queue_retire(rows);
}

static void note_tag(PGresult *result, unsigned number, void *context)
{
  (void)number;
  bool *committed = context;
  *committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
  PQclear(result);
}

/* The changes and the COMMIT, behind the turn (T3). */
static rl_status write_all(rl_rows *rows)
{
  if (!rows->begun && rl_rows_fetch(rows) != RL_OK)
    return rows->broken;
  queue_changes(rows);
  if (rows->broken != RL_OK) {
    /* Half of it is collected, and a COMMIT must not follow: the session goes with it. */
    rl_link_close(rows->link);
    return rows->broken;
  }
  rl_link_command(rows->link, "COMMIT");
  bool committed = false;
  rl_status status = rl_link_run(rows->link, note_tag, &committed);
  if (status == RL_OK && committed)
    rows->begun = false;
  else if (status == RL_OK)
    status = RL_IO;
  return rl_rows_break(rows, status);
}

rl_status rl_postgres_commit(rl_rows *rows)
{
  rl_postgres *postgres = rows->postgres;
  bool wrote = rows->writes && (rows->memory.changed || rows->retire_before_ms);
  rl_status status = rows->broken;
  if (status == RL_OK && wrote)
    status = write_all(rows);
  if (rows->writes)
    postgres->careful = status == RL_AGAIN;
  rl_postgres_abort(rows);
  return status;
}
