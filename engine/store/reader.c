#include "store/private.h"

#include <stdlib.h>
#include <string.h>

/* --- one row --- */

rl_status rl_store_find_quote(rl_store *store, rl_quote_id id, rl_quote *out)
{
  MDB_txn *txn;
  rl_quote quote;
  int rc = rl_tables_read(&store->tables, &txn);
  if (rc != 0)
    return rl_tables_status(rc);
  rc = rl_tables_get_quote(&store->tables, txn, id, &quote);
  mdb_txn_abort(txn);
  if (rc == 0)
    *out = quote;
  return rl_tables_status(rc);
}

rl_status rl_store_find_end(rl_store *store, rl_quote_id id, rl_end *out)
{
  MDB_txn *txn;
  rl_end end;
  int rc = rl_tables_read(&store->tables, &txn);
  if (rc != 0)
    return rl_tables_status(rc);
  rc = rl_tables_get_end(&store->tables, txn, id, &end);
  mdb_txn_abort(txn);
  if (rc == 0)
    *out = end;
  return rl_tables_status(rc);
}

static rl_status copy_text(const char *text, size_t length, char **out, size_t *out_length)
{
  char *copy = malloc(length + 1);
  if (!copy)
    return RL_NO_MEMORY;
  memcpy(copy, text, length);
  copy[length] = '\0';
  *out = copy;
  *out_length = length;
  return RL_OK;
}

rl_status rl_store_find_tariff(rl_store *store, rl_digest digest, char **text, size_t *length)
{
  MDB_txn *txn;
  const char *found;
  size_t found_length;
  int rc = rl_tables_read(&store->tables, &txn);
  if (rc != 0)
    return rl_tables_status(rc);
  rc = rl_tables_get_tariff(&store->tables, txn, digest, &found, &found_length);
  rl_status status =
    rc == 0 ? copy_text(found, found_length, text, length) : rl_tables_status(rc);
  mdb_txn_abort(txn);
  return status;
}

/* --- walks --- */

typedef struct rl_walker {
  const rl_store *store;
  rl_visit_quote quote;
  rl_visit_end end;
  rl_visit_transaction transaction;
  void *context;
  rl_error *error;
  rl_status status;
} rl_walker;

static bool stop_corrupt(rl_walker *walk, const char *record)
{
  walk->status = rl_fail_corrupt(walk->store, walk->error, record, "its bytes are damaged");
  return false;
}

static rl_quote_id id_of(MDB_val key)
{
  rl_quote_id id = {0};
  if (key.mv_size == sizeof id.bytes)
    memcpy(id.bytes, key.mv_data, sizeof id.bytes);
  return id;
}

static bool visit_quote(MDB_val key, MDB_val value, void *context)
{
  rl_walker *walk = context;
  rl_quote quote;
  if (rl_quote_decode(value.mv_data, value.mv_size, &quote) == RL_OK
      && rl_quote_id_equal(quote.id, id_of(key)))
    return walk->quote(&quote, walk->context);
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_quote("quote", id_of(key), name);
  return stop_corrupt(walk, name);
}

static bool visit_end(MDB_val key, MDB_val value, void *context)
{
  rl_walker *walk = context;
  rl_end end;
  if (rl_end_decode(value.mv_data, value.mv_size, &end) == RL_OK
      && rl_quote_id_equal(end.quote, id_of(key)))
    return walk->end(&end, walk->context);
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_quote("end of quote", id_of(key), name);
  return stop_corrupt(walk, name);
}

static bool visit_transaction(MDB_val key, MDB_val value, void *context)
{
  rl_walker *walk = context;
  rl_transaction transaction;
  uint64_t number = 0;
  if (key.mv_size == sizeof number)
    memcpy(&number, key.mv_data, sizeof number);
  if (rl_transaction_decode(value.mv_data, value.mv_size, &transaction) == RL_OK)
    return walk->transaction(number, &transaction, walk->context);
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_transaction(number, name);
  return stop_corrupt(walk, name);
}

static rl_status walk_table(rl_walker *walk, MDB_dbi table, const void *from, size_t from_size,
                            rl_visit_row visit)
{
  MDB_val key = {.mv_size = from_size, .mv_data = (void *)(uintptr_t)from};
  rl_status status = rl_walk(walk->store, table, &key, visit, walk);
  if (status == RL_OK)
    return walk->status;
  return rl_fail(walk->error, status, walk->store->path, 0, "", "cannot be read: %s",
                 rl_status_text(status));
}

rl_status rl_store_each_quote(rl_store *store, rl_quote_id from, rl_visit_quote visit,
                              void *context, rl_error *error)
{
  rl_walker walk = {.store = store, .quote = visit, .context = context, .error = error};
  return walk_table(&walk, store->tables.quotes, from.bytes, sizeof from.bytes, visit_quote);
}

rl_status rl_store_each_end(rl_store *store, rl_quote_id from, rl_visit_end visit, void *context,
                            rl_error *error)
{
  rl_walker walk = {.store = store, .end = visit, .context = context, .error = error};
  return walk_table(&walk, store->tables.ends, from.bytes, sizeof from.bytes, visit_end);
}

rl_status rl_store_each_transaction(rl_store *store, uint64_t first, rl_visit_transaction visit,
                                    void *context, rl_error *error)
{
  rl_walker walk = {.store = store, .transaction = visit, .context = context, .error = error};
  return walk_table(&walk, store->tables.transactions, &first, sizeof first, visit_transaction);
}
