/* Retention: what is older than the store is told to keep, and was exported, is let go, a slice
 * at a time, so that no accept waits for long and the file does not grow for ever.
 *
 *   quotes        with their terminal rows; every token has run out long before
 *   transactions  their postings are added to sums that stay, by account and currency, so that
 *                 balances never change; an operator's key goes with the movement it made
 *   revocations   likewise
 *
 * Invariants
 * 1. Nothing goes that was posted or issued at or after the mark that an export set.
 * 2. A balance is the carried sum and the postings that stand: letting go changes neither their
 *    total nor that each currency's total is zero.
 * 3. meta says where what stands begins (kept_from_ms, first_transaction) in the commit that
 *    removed what was before. */
#include "store/private.h"

#include <stdlib.h>

enum { SLICE = 256 }; /* rows of each table: some milliseconds */

/* What one slice found to let go. */
typedef struct rl_slice {
  rl_access access;
  rl_meta meta;
  int64_t before_ms; /* UTC: what is older goes */
  unsigned quote_count;
  rl_quote_id quotes[SLICE];
  unsigned transaction_count;
  rl_transaction transactions[SLICE];
  unsigned revocation_count;
  rl_revocation revocations[SLICE];
  rl_status status; /* of a row that could not be read */
} rl_slice;

static bool note_quote(rl_blob key, rl_blob row, void *context)
{
  rl_slice *slice = context;
  rl_quote_id id = rl_id_of_blob(key);
  (void)row;
  if (slice->quote_count == SLICE || rl_quote_id_time(id).ms >= slice->before_ms)
    return false;
  slice->quotes[slice->quote_count++] = id;
  return true;
}

static bool note_transaction(rl_blob key, rl_blob row, void *context)
{
  rl_slice *slice = context;
  (void)key;
  if (slice->transaction_count == SLICE)
    return false;
  rl_transaction *next = &slice->transactions[slice->transaction_count];
  slice->status = rl_transaction_decode(row.bytes, row.size, next);
  if (slice->status != RL_OK || next->posted_utc_ms >= slice->before_ms)
    return false;
  slice->transaction_count++;
  return true;
}

static bool note_revocation(rl_blob key, rl_blob row, void *context)
{
  rl_slice *slice = context;
  (void)key;
  if (slice->revocation_count == SLICE)
    return false;
  rl_revocation *next = &slice->revocations[slice->revocation_count];
  slice->status = rl_revocation_decode(row.bytes, row.size, next);
  if (slice->status != RL_OK || next->at.utc.ms >= slice->before_ms)
    return false;
  slice->revocation_count++;
  return true;
}

static rl_status note(rl_slice *slice, rl_table table, rl_row_visit visit)
{
  const rl_blob first = {0};
  rl_status status = slice->access.tables->kind->scan(slice->access.rows, table, first,
                                                      RL_FORWARDS, visit, slice);
  return status == RL_OK ? slice->status : status;
}

static rl_status note_all(rl_slice *slice)
{
  rl_status status = note(slice, RL_TABLE_QUOTES, note_quote);
  if (status == RL_OK)
    status = note(slice, RL_TABLE_TRANSACTIONS, note_transaction);
  if (status == RL_OK)
    status = note(slice, RL_TABLE_REVOCATIONS, note_revocation);
  return status;
}

/* --- removing --- */

/* What is not there need not go. */
static rl_status remove_row(const rl_slice *slice, rl_table table, const void *key, size_t size)
{
  rl_status status = slice->access.tables->kind->remove(slice->access.rows, table,
                                                        (rl_blob){.bytes = key, .size = size});
  return status == RL_NOT_FOUND ? RL_OK : status;
}

static rl_status remove_receipt(const rl_slice *slice, rl_digest name)
{
  return remove_row(slice, RL_TABLE_RECEIPTS, name.bytes, sizeof name.bytes);
}

static rl_status remove_quotes(const rl_slice *slice)
{
  rl_status status = RL_OK;
  for (unsigned i = 0; i < slice->quote_count && status == RL_OK; i++) {
    const rl_quote_id *id = &slice->quotes[i];
    status = remove_row(slice, RL_TABLE_ENDS, id->bytes, sizeof id->bytes);
    if (status == RL_OK)
      status = remove_row(slice, RL_TABLE_QUOTES, id->bytes, sizeof id->bytes);
  }
  return status;
}

static rl_status carry(const rl_slice *slice, const rl_transaction *transaction)
{
  rl_status status = RL_OK;
  for (unsigned i = 0; i < transaction->posting_count && status == RL_OK; i++)
    status = rl_carry_posting(&slice->access, &transaction->postings[i]);
  return status;
}

static rl_status remove_movement(const rl_slice *slice, const rl_transaction *transaction)
{
  if (transaction->kind == RL_TRANSACTION_SALE)
    return RL_OK;
  rl_status status =
    remove_receipt(slice, rl_scoped_key(transaction->by, RL_OP_POST, transaction->key));
  if (status == RL_OK && transaction->kind == RL_TRANSACTION_REFUND)
    status = remove_receipt(slice, rl_refund_of(transaction->quote));
  return status;
}

static rl_status remove_transactions(rl_slice *slice)
{
  rl_status status = RL_OK;
  for (unsigned i = 0; i < slice->transaction_count && status == RL_OK; i++) {
    const rl_transaction *transaction = &slice->transactions[i];
    uint8_t key[8];
    rl_number_key(slice->meta.first_transaction, key);
    status = carry(slice, transaction);
    if (status == RL_OK)
      status = remove_movement(slice, transaction);
    if (status == RL_OK)
      status = remove_row(slice, RL_TABLE_TRANSACTIONS, key, sizeof key);
    slice->meta.first_transaction++;
  }
  return status;
}

static rl_status remove_revocations(const rl_slice *slice)
{
  rl_status status = RL_OK;
  for (unsigned i = 0; i < slice->revocation_count && status == RL_OK; i++) {
    const rl_revocation *revocation = &slice->revocations[i];
    uint8_t key[8];
    rl_number_key(revocation->number, key);
    status = remove_receipt(slice,
                              rl_scoped_key(revocation->by, RL_OP_REVOKE, revocation->key));
    if (status == RL_OK)
      status = remove_row(slice, RL_TABLE_REVOCATIONS, key, sizeof key);
  }
  return status;
}

static rl_status remove_all(rl_slice *slice)
{
  rl_status status = remove_quotes(slice);
  if (status == RL_OK)
    status = remove_transactions(slice);
  if (status == RL_OK)
    status = remove_revocations(slice);
  slice->meta.kept_from_ms = slice->before_ms;
  return status == RL_OK ? rl_set_meta(&slice->access, &slice->meta) : status;
}

/* --- the slice --- */

static bool is_empty(const rl_slice *slice)
{
  return slice->quote_count + slice->transaction_count + slice->revocation_count == 0;
}

static rl_status fill(const rl_store *store, rl_slice *slice)
{
  rl_status status = rl_get_meta(&slice->access, &slice->meta);
  if (status != RL_OK)
    return status;
  int64_t old_ms = rl_clock_read(&store->clock).utc.ms - store->keep_ms;
  int64_t exported_ms = slice->meta.exported_before_ms;
  slice->before_ms = exported_ms < old_ms ? exported_ms : old_ms;
  return note_all(slice);
}

static void let_go(rl_store *store, const rl_slice *slice)
{
  store->let_go += slice->quote_count;
  store->meta = slice->meta;
  store->kept_from_ms = slice->meta.kept_from_ms;
}

static void retain(rl_store *store, rl_slice *slice)
{
  if (fill(store, slice) != RL_OK || is_empty(slice) || remove_all(slice) != RL_OK)
    rl_access_abort(&slice->access);
  else if (rl_access_commit(&slice->access) == RL_OK)
    let_go(store, slice);
}

/* Trouble is left to the next batch, which meets it too and says so. */
void rl_retain_slice(rl_store *store)
{
  rl_slice *slice = calloc(1, sizeof *slice);
  if (slice && rl_access_begin(store->tables, true, &slice->access) == RL_OK)
    retain(store, slice);
  free(slice);
}

void rl_store_retain(rl_store *store)
{
  if (store->keep_ms == 0 || !store->writing)
    return;
  store->retain = true;
  rl_inbox_nudge(&store->inbox);
}

int64_t rl_store_kept_from(const rl_store *store)
{
  return store->kept_from_ms;
}

rl_status rl_decide_exported(rl_batch *batch, rl_job *job)
{
  if (job->exported_before_ms > job->arrived.utc.ms) {
    job->refusal = RL_REFUSAL_INVALID_FIELD;
    return RL_OK;
  }
  if (job->exported_before_ms > batch->meta.exported_before_ms) {
    batch->meta.exported_before_ms = job->exported_before_ms;
    batch->changed = true;
  }
  return RL_OK;
}
