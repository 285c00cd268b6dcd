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

void rl_name_of_number(const char *what, uint64_t number, char out[RL_RECORD_NAME_SIZE])
{
  snprintf(out, RL_RECORD_NAME_SIZE, "%s %" PRIu64, what, number);
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

typedef struct rl_checking {
  unsigned count;
  bool damaged;
  char name[RL_RECORD_NAME_SIZE]; /* of the row in hand */
} rl_checking;

static bool check_quote(rl_blob key, rl_blob row, void *context)
{
  rl_checking *checking = context;
  rl_quote quote;
  rl_quote_id id = rl_id_of_blob(key);
  rl_name_of_quote("quote", id, checking->name);
  checking->damaged = rl_quote_decode(row.bytes, row.size, &quote) != RL_OK
                      || !rl_quote_id_equal(quote.id, id);
  return !checking->damaged && ++checking->count < NEWEST;
}

static bool check_transaction(rl_blob key, rl_blob row, void *context)
{
  rl_checking *checking = context;
  rl_transaction transaction;
  rl_name_of_number("transaction", rl_number_of_key(key), checking->name);
  checking->damaged = rl_transaction_decode(row.bytes, row.size, &transaction) != RL_OK;
  return !checking->damaged && ++checking->count < NEWEST;
}

static rl_status check_last(const rl_access *access, rl_table table, rl_row_visit check,
                            rl_checking *checking)
{
  const rl_blob last = {0};
  *checking = (rl_checking){0};
  rl_status status = access->tables->kind->scan(access->rows, table, last, RL_BACKWARDS, check,
                                                checking);
  return status == RL_OK && checking->damaged ? RL_CORRUPT : status;
}

rl_status rl_check_newest(const rl_store *store, rl_error *error)
{
  rl_access access;
  rl_checking checking = {0};
  rl_status status = rl_access_begin(store->tables, false, &access);
  if (status != RL_OK)
    return rl_fail(error, status, store->path, 0, "", "cannot be read: %s",
                   rl_status_text(status));
  status = check_last(&access, RL_TABLE_QUOTES, check_quote, &checking);
  if (status == RL_OK)
    status = check_last(&access, RL_TABLE_TRANSACTIONS, check_transaction, &checking);
  rl_access_abort(&access);
  if (status == RL_CORRUPT)
    return rl_fail_corrupt(store, error, checking.name, "its bytes are damaged");
  return status == RL_OK ? RL_OK
                         : rl_fail(error, status, store->path, 0, checking.name,
                                   "cannot be read: %s", rl_status_text(status));
}

/* --- keys --- */

typedef struct rl_restoring {
  rl_store *store;
  rl_now now;
  int64_t from_utc_ms; /* older ends' keys are over */
  rl_access access;
  size_t count;        /* in the transaction at hand */
  rl_status status;
} rl_restoring;

/* A transaction for each few thousand, which holds nothing but keys. */
static rl_status turn_over(rl_restoring *it)
{
  if (it->count > 0 && it->count % KEYS_AT_ONCE == 0) {
    rl_status status = rl_access_commit(&it->access);
    it->count = 0;
    if (status != RL_OK)
      return status;
  }
  return it->count > 0 ? RL_OK : rl_access_begin(it->store->tables, true, &it->access);
}

static bool restore_key(const rl_end *end, void *context)
{
  rl_restoring *it = context;
  rl_operation operation = rl_end_operation(end->kind);
  if (operation == 0 || end->arrived_utc_ms < it->from_utc_ms)
    return true;
  it->status = turn_over(it);
  if (it->status != RL_OK)
    return false;
  rl_digest key = rl_scoped_key(end->client, operation, end->key);
  it->count++;
  it->status = it->access.tables->kind->add_key(it->access.rows, key.bytes, end->quote.bytes,
                                                it->now);
  return it->status == RL_OK;
}

/* Commits what is under way. */
static rl_status conclude(rl_restoring *it, rl_status walked)
{
  rl_status status = walked != RL_OK ? walked : it->status;
  if (it->count == 0)
    return status;
  if (status == RL_OK)
    return rl_access_commit(&it->access);
  rl_access_abort(&it->access);
  return status;
}

rl_status rl_restore_keys(rl_store *store, rl_error *error)
{
  if (store->tables->kind->shared)
    return RL_OK; /* they are with the rows */
  rl_now now = rl_clock_read(&store->clock);
  int64_t latest_ms = store->meta.high_water_utc_ms;
  if (now.utc.ms > latest_ms)
    latest_ms = now.utc.ms;
  rl_restoring it = {
    .store = store,
    .now = now,
    .from_utc_ms = latest_ms - RL_END_KEY_MIN_MS,
  };
  /* The rows are in order of their quotes' issue, at most one longest lock before their end. */
  int64_t issued_ms = it.from_utc_ms - RL_TTL_MAX_MS - RL_WALL_SKEW_MS;
  rl_quote_id from = rl_quote_id_first_at(issued_ms);
  rl_status status = conclude(&it, rl_store_each_end(store, from, restore_key, &it, error));
  if (status == RL_FULL)
    return rl_fail(error, RL_FULL, store->path, 0, "",
                   "more accept and cancel keys of the last day than may be held in memory; "
                   "allow as many as before");
  return status;
}

/* --- for people --- */

typedef struct rl_last_key {
  uint8_t bytes[RL_TABLE_KEY_MAX];
  size_t size; /* 0: the table is empty */
} rl_last_key;

static bool take_key(rl_blob key, rl_blob row, void *context)
{
  (void)row;
  rl_last_key *out = context;
  memcpy(out->bytes, key.bytes, key.size);
  out->size = key.size;
  return false;
}

static rl_status last_key(const rl_access *access, rl_table table, rl_last_key *out)
{
  return access->tables->kind->scan(access->rows, table, (rl_blob){0}, RL_BACKWARDS, take_key, out);
}

static rl_status find_last(const rl_access *access, rl_store_description *out)
{
  rl_last_key newest = {.size = 0}, last = {.size = 0};
  rl_meta meta;
  rl_status status = rl_get_meta(access, &meta);
  if (status == RL_OK)
    status = last_key(access, RL_TABLE_QUOTES, &newest);
  if (status == RL_OK)
    status = last_key(access, RL_TABLE_TRANSACTIONS, &last);
  if (status != RL_OK)
    return status;
  if (newest.size > 0)
    out->newest_ms = rl_quote_id_time(rl_id_of_blob((rl_blob){newest.bytes, newest.size})).ms;
  if (last.size > 0)
    out->transactions =
      rl_number_of_key((rl_blob){last.bytes, last.size}) + 1 - meta.first_transaction;
  return RL_OK;
}

rl_status rl_store_describe(rl_store *store, rl_store_description *out)
{
  rl_store_description found = {.path = store->path, .is_new = store->is_new};
  rl_access access;
  rl_status status = rl_access_begin(store->tables, false, &access);
  if (status != RL_OK)
    return status;
  status = find_last(&access, &found);
  rl_access_abort(&access);
  if (status == RL_OK)
    *out = found;
  return status;
}
