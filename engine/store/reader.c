#include "store/private.h"

#include <stdlib.h>
#include <string.h>

/* --- one row --- */

rl_status rl_store_find_quote(rl_store *store, rl_quote_id id, rl_quote *out)
{
  rl_access access;
  rl_quote quote;
  rl_status status = rl_access_begin(store->tables, false, &access);
  if (status != RL_OK)
    return status;
  status = rl_get_quote(&access, id, &quote);
  rl_access_abort(&access);
  if (status == RL_OK)
    *out = quote;
  return status;
}

rl_status rl_store_find_end(rl_store *store, rl_quote_id id, rl_end *out)
{
  rl_access access;
  rl_end end;
  rl_status status = rl_access_begin(store->tables, false, &access);
  if (status != RL_OK)
    return status;
  status = rl_get_end(&access, id, &end);
  rl_access_abort(&access);
  if (status == RL_OK)
    *out = end;
  return status;
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
  rl_access access;
  const char *found;
  size_t found_length;
  rl_status status = rl_access_begin(store->tables, false, &access);
  if (status != RL_OK)
    return status;
  status = rl_get_tariff(&access, digest, &found, &found_length);
  if (status == RL_OK)
    status = copy_text(found, found_length, text, length);
  rl_access_abort(&access);
  return status;
}

/* --- walks --- */

typedef struct rl_walker {
  const rl_store *store;
  rl_visit_quote quote;
  rl_visit_end end;
  rl_visit_transaction transaction;
  rl_visit_revocation revocation;
  rl_visit_halt halt;
  void *context;
  rl_error *error;
  rl_status status;
} rl_walker;

static bool stop_corrupt(rl_walker *walk, const char *record)
{
  walk->status = rl_fail_corrupt(walk->store, walk->error, record, "its bytes are damaged");
  return false;
}

static bool visit_quote(rl_blob key, rl_blob row, void *context)
{
  rl_walker *walk = context;
  rl_quote quote;
  if (rl_quote_decode(row.bytes, row.size, &quote) == RL_OK
      && rl_quote_id_equal(quote.id, rl_id_of_blob(key)))
    return walk->quote(&quote, walk->context);
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_quote("quote", rl_id_of_blob(key), name);
  return stop_corrupt(walk, name);
}

static bool visit_end(rl_blob key, rl_blob row, void *context)
{
  rl_walker *walk = context;
  rl_end end;
  if (rl_end_decode(row.bytes, row.size, &end) == RL_OK
      && rl_quote_id_equal(end.quote, rl_id_of_blob(key)))
    return walk->end(&end, walk->context);
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_quote("end of quote", rl_id_of_blob(key), name);
  return stop_corrupt(walk, name);
}

static bool visit_transaction(rl_blob key, rl_blob row, void *context)
{
  rl_walker *walk = context;
  rl_transaction transaction;
  uint64_t number = rl_number_of_key(key);
  if (rl_transaction_decode(row.bytes, row.size, &transaction) == RL_OK)
    return walk->transaction(number, &transaction, walk->context);
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_number("transaction", number, name);
  return stop_corrupt(walk, name);
}

static bool visit_revocation(rl_blob key, rl_blob row, void *context)
{
  rl_walker *walk = context;
  rl_revocation revocation;
  uint64_t number = rl_number_of_key(key);
  if (rl_revocation_decode(row.bytes, row.size, &revocation) == RL_OK
      && revocation.number == number)
    return walk->revocation(&revocation, walk->context);
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_number("revocation", number, name);
  return stop_corrupt(walk, name);
}

static bool visit_halt(rl_blob key, rl_blob row, void *context)
{
  rl_walker *walk = context;
  rl_halt halt;
  uint64_t number = rl_number_of_key(key);
  if (rl_halt_decode(row.bytes, row.size, &halt) == RL_OK && halt.number == number)
    return walk->halt(&halt, walk->context);
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_number("halt", number, name);
  return stop_corrupt(walk, name);
}

static rl_status walk_table(rl_walker *walk, rl_table table, rl_blob from, rl_row_visit visit)
{
  rl_status status = rl_walk(walk->store, table, from, visit, walk);
  if (status == RL_OK)
    return walk->status;
  return rl_fail(walk->error, status, walk->store->path, 0, "", "cannot be read: %s",
                 rl_status_text(status));
}

rl_status rl_store_each_quote(rl_store *store, rl_quote_id from, rl_visit_quote visit,
                              void *context, rl_error *error)
{
  rl_walker walk = {.store = store, .quote = visit, .context = context, .error = error};
  return walk_table(&walk, RL_TABLE_QUOTES, rl_blob_of_id(&from), visit_quote);
}

rl_status rl_store_each_end(rl_store *store, rl_quote_id from, rl_visit_end visit, void *context,
                            rl_error *error)
{
  rl_walker walk = {.store = store, .end = visit, .context = context, .error = error};
  return walk_table(&walk, RL_TABLE_ENDS, rl_blob_of_id(&from), visit_end);
}

rl_status rl_store_each_transaction(rl_store *store, uint64_t first, rl_visit_transaction visit,
                                    void *context, rl_error *error)
{
  rl_walker walk = {.store = store, .transaction = visit, .context = context, .error = error};
  uint8_t key[8];
  rl_number_key(first, key);
  rl_blob from = {.bytes = key, .size = sizeof key};
  return walk_table(&walk, RL_TABLE_TRANSACTIONS, from, visit_transaction);
}

rl_status rl_store_each_revocation(rl_store *store, rl_visit_revocation visit, void *context,
                                   rl_error *error)
{
  rl_walker walk = {.store = store, .revocation = visit, .context = context, .error = error};
  return walk_table(&walk, RL_TABLE_REVOCATIONS, (rl_blob){0}, visit_revocation);
}

rl_status rl_store_each_halt(rl_store *store, uint64_t first, rl_visit_halt visit, void *context,
                             rl_error *error)
{
  rl_walker walk = {.store = store, .halt = visit, .context = context, .error = error};
  uint8_t key[8];
  rl_number_key(first, key);
  return walk_table(&walk, RL_TABLE_HALTS, (rl_blob){key, sizeof key}, visit_halt);
}

/* --- carried sums --- */

/* All of one moment: they are few, one for each account and currency. */
typedef struct rl_carried_sums {
  rl_carried *each;
  size_t count;
  size_t room;
  rl_status status;
} rl_carried_sums;

static bool take_carried(rl_blob key, rl_blob row, void *context)
{
  (void)key;
  rl_carried_sums *sums = context;
  if (sums->count == sums->room) {
    size_t room = sums->room ? 2 * sums->room : 64;
    rl_carried *more = realloc(sums->each, room * sizeof *more);
    sums->status = more ? RL_OK : RL_NO_MEMORY;
    if (!more)
      return false;
    sums->each = more;
    sums->room = room;
  }
  sums->status = rl_carried_decode(row.bytes, row.size, &sums->each[sums->count]);
  sums->count += sums->status == RL_OK;
  return sums->status == RL_OK;
}

/* *first is the number of the first transaction that is in none of them. */
static rl_status take_all_carried(const rl_store *store, rl_carried_sums *sums, uint64_t *first)
{
  rl_access access;
  rl_meta meta;
  rl_status status = rl_access_begin(store->tables, false, &access);
  if (status != RL_OK)
    return status;
  status = rl_get_meta(&access, &meta);
  if (status == RL_OK)
    status = store->tables->kind->scan(access.rows, RL_TABLE_CARRIED, (rl_blob){0}, RL_FORWARDS,
                                       take_carried, sums);
  rl_access_abort(&access);
  if (status == RL_OK)
    *first = meta.first_transaction;
  return status == RL_OK ? sums->status : status;
}

static rl_status each_carried(const rl_store *store, rl_visit_carried visit, void *context,
                              uint64_t *first, rl_error *error)
{
  rl_carried_sums sums = {0};
  rl_status status = take_all_carried(store, &sums, first);
  for (size_t i = 0; i < sums.count && status == RL_OK && visit(&sums.each[i], context); i++)
    continue;
  free(sums.each);
  if (status == RL_CORRUPT)
    return rl_fail_corrupt(store, error, "carried sum", "its bytes are damaged");
  return status == RL_OK ? RL_OK
                         : rl_fail(error, status, store->path, 0, "", "cannot be read: %s",
                                   rl_status_text(status));
}

rl_status rl_store_each_carried(rl_store *store, rl_visit_carried visit, void *context,
                                rl_error *error)
{
  uint64_t first;
  return each_carried(store, visit, context, &first, error);
}

/* --- balances --- */

typedef struct rl_following {
  rl_visit_transaction visit;
  void *context;
  uint64_t next; /* number of the next to be visited */
  bool gap;
  bool stopped;  /* by the visitor */
} rl_following;

static bool follow(uint64_t number, const rl_transaction *transaction, void *context)
{
  rl_following *it = context;
  it->gap = number != it->next;
  if (it->gap)
    return false;
  it->next++;
  it->stopped = !it->visit(number, transaction, it->context);
  return !it->stopped;
}

static bool ignore(const rl_carried *carried, void *context)
{
  (void)carried;
  (void)context;
  return false;
}

/* What goes is always the first, so what was missed shows as a gap, or is behind where the walk
 * ended. */
rl_status rl_store_each_balance(rl_store *store, rl_visit_carried carried,
                                rl_visit_transaction visit, void *context, rl_error *error)
{
  rl_following it = {.visit = visit, .context = context};
  uint64_t first = 0;
  rl_status status = each_carried(store, carried, context, &it.next, error);
  if (status == RL_OK)
    status = rl_store_each_transaction(store, it.next, follow, &it, error);
  if (status == RL_OK && !it.gap && !it.stopped)
    status = each_carried(store, ignore, NULL, &first, error);
  if (status != RL_OK || it.stopped)
    return status;
  return it.gap || first > it.next ? RL_AGAIN : RL_OK;
}
