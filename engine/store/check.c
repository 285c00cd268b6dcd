/* What is looked at before a store is trusted: its newest records, and the terminal rows whose
 * keys still live. `ratelock ledger verify` reads the rest (verify.c). */
#include "store/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NEWEST = 1000, KEYS_AT_ONCE = 4096 };

void rl_name_of_quote(const char *what, rl_quote_id id, char out[RL_RECORD_NAME_SIZE])
{
  char text[RL_QUOTE_ID_TEXT_SIZE];
  rl_quote_id_format(id, text);
  snprintf(out, RL_RECORD_NAME_SIZE, "%s %s", what, text);
}

void rl_name_of_transaction(uint64_t number, char out[RL_RECORD_NAME_SIZE])
{
  snprintf(out, RL_RECORD_NAME_SIZE, "transaction %" PRIu64, number);
}

rl_status rl_fail_corrupt(const rl_store *store, rl_error *error, const char *record,
                          const char *reason)
{
  return rl_fail(error, RL_CORRUPT, store->path, 0, record,
                 "%s; nothing was changed: restore the directory from a backup, or keep it aside "
                 "and start with an empty one",
                 reason);
}

/* --- newest records --- */

static int check_quote(const rl_store *store, MDB_txn *txn, MDB_val key,
                       char name[RL_RECORD_NAME_SIZE])
{
  rl_quote_id id = {0};
  rl_quote quote;
  if (key.mv_size == sizeof id.bytes)
    memcpy(id.bytes, key.mv_data, sizeof id.bytes);
  rl_name_of_quote("quote", id, name);
  return rl_tables_get_quote(&store->tables, txn, id, &quote);
}

static int check_transaction(const rl_store *store, MDB_txn *txn, MDB_val key,
                             char name[RL_RECORD_NAME_SIZE])
{
  uint64_t number = 0;
  rl_transaction transaction;
  if (key.mv_size == sizeof number)
    memcpy(&number, key.mv_data, sizeof number);
  rl_name_of_transaction(number, name);
  return rl_tables_get_transaction(&store->tables, txn, number, &transaction);
}

typedef int (*rl_check_row)(const rl_store *store, MDB_txn *txn, MDB_val key,
                         char name[RL_RECORD_NAME_SIZE]);

static int check_last(const rl_store *store, MDB_txn *txn, MDB_dbi table, rl_check_row check,
                      char name[RL_RECORD_NAME_SIZE])
{
  MDB_cursor *cursor;
  MDB_val key, value;
  int rc = mdb_cursor_open(txn, table, &cursor);
  if (rc != 0)
    return rc;
  rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
  for (int i = 0; i < NEWEST && rc == 0; i++) {
    rc = check(store, txn, key, name);
    if (rc == 0)
      rc = mdb_cursor_get(cursor, &key, &value, MDB_PREV);
  }
  mdb_cursor_close(cursor);
  return rc == MDB_NOTFOUND ? 0 : rc;
}

rl_status rl_check_newest(const rl_store *store, rl_error *error)
{
  MDB_txn *txn;
  char name[RL_RECORD_NAME_SIZE] = "";
  int rc = rl_tables_read(&store->tables, &txn);
  if (rc != 0)
    return rl_fail(error, rl_tables_status(rc), store->path, 0, "", "cannot be read: %s",
                   mdb_strerror(rc));
  rc = check_last(store, txn, store->tables.quotes, check_quote, name);
  if (rc == 0)
    rc = check_last(store, txn, store->tables.transactions, check_transaction, name);
  mdb_txn_abort(txn);
  if (rc == MDB_CORRUPTED)
    return rl_fail_corrupt(store, error, name, "its bytes are damaged");
  return rc == 0 ? RL_OK
                 : rl_fail(error, rl_tables_status(rc), store->path, 0, name, "cannot be read: %s",
                           mdb_strerror(rc));
}

/* --- keys --- */

typedef struct rl_restoring {
  rl_store *store;
  rl_mono now;
  int64_t from_utc_ms; /* older ends' keys are over */
  size_t count;
  bool full;
} rl_restoring;

static bool restore_key(const rl_end *end, void *context)
{
  rl_restoring *it = context;
  rl_store *store = it->store;
  rl_operation operation = rl_end_operation(end->kind);
  if (operation == 0 || end->arrived_utc_ms < it->from_utc_ms)
    return true;
  rl_fingerprint key = rl_key_fingerprint(store->key_seed, end->client, operation, end->key);
  it->full = !rl_keys_add(&store->keys, it->now, key, end->quote);
  if (++it->count % KEYS_AT_ONCE == 0)
    rl_keys_commit(&store->keys);
  return !it->full;
}

rl_status rl_restore_keys(rl_store *store, rl_error *error)
{
  static const uint8_t lowest[10];
  rl_now now = rl_clock_read(&store->clock);
  int64_t latest_ms = store->meta.high_water_utc_ms;
  if (now.utc.ms > latest_ms)
    latest_ms = now.utc.ms;
  rl_restoring it = {
    .store = store,
    .now = now.mono,
    .from_utc_ms = latest_ms - RL_END_KEY_MIN_MS,
  };
  /* The rows are in order of their quotes' issue, at most one longest lock before their end. */
  int64_t issued_ms = it.from_utc_ms - RL_TTL_MAX_MS - RL_WALL_SKEW_MS;
  rl_quote_id from = rl_quote_id_make((rl_utc){.ms = issued_ms > 0 ? issued_ms : 0}, lowest);
  rl_status status = rl_store_each_end(store, from, restore_key, &it, error);
  rl_keys_commit(&store->keys);
  if (status == RL_OK && it.full)
    return rl_fail(error, RL_FULL, store->path, 0, "",
                   "more accept and cancel keys of the last day than may be held in memory; "
                   "allow as many as before");
  return status;
}
