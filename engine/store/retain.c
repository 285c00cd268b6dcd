/* Retention: what is older than the store is told to keep, and was exported, is let go, a slice
 * at a time, so that no accept waits for long and the file does not grow for ever.
 *
 *   quotes        by their issue, each with its terminal row
 *   transactions  by their posting; their postings are added to sums that stay, by account and
 *                 currency, so that balances never change; an operator's key goes with the
 *                 movement that it made
 *   revocations   by their arrival, likewise
 *
 * Halts and resumes are few, and each tells how its pair stands until the next: they stay.
 *
 * One instant divides what goes from what stays:
 *
 *   issue .. its end, at the latest | ....... exported | ....... kept | now
 *         ^ goes if before the mark less a longest lock, and before now less what is kept
 *
 * A quote that was issued before it and accepted later leaves its sale behind for a while: the one
 * goes by its issue, the other by its posting.
 *
 * Invariants
 * 1. What goes was exported. A mark ends an interval that began where the one before it ended or
 *    earlier, so nothing lies between two; its end is so long ago (RL_SETTLED_MS) that all of its
 *    instants is in the store; and what is written behind it all the same, because a clock was set
 *    back or a disk was full for a day, takes it back (rl_note_instant). A quote's terminal row is
 *    of an instant less than a longest lock after its issue.
 * 2. No token and no key outlives its terminal row, whoever sets the wall clock: what is of this
 *    boot is old only when its clock says so, too, and what is younger stops the slice. Of another
 *    boot the wall clock is asked (L8).
 * 3. A balance is the carried sum and the postings that stand: letting go changes neither their
 *    total nor that each currency's total is zero.
 * 4. meta says where what stands begins (kept_from_ms, first_transaction) in the commit that
 *    removed what was before.
 *
 * The slice reads and writes in one transaction, and no other engine's comes between (T4): several
 * that share a store may let go at once, and share the one mark. */
#include "store/private.h"

#include <stdlib.h>
#include <string.h>

enum { SLICE = RL_RETAIN_SLICE };

/* What one slice found to let go. */
typedef struct rl_slice {
  const rl_store *store;
  rl_access access;
  rl_meta meta;
  rl_now now;
  int64_t before_ms; /* UTC: of an earlier instant goes */
  int64_t latest_ms; /* UTC: of those that go */
  unsigned quote_count;
  rl_quote_id quotes[SLICE];
  unsigned transaction_count;
  rl_transaction transactions[SLICE];
  unsigned revocation_count;
  rl_revocation revocations[SLICE];
  unsigned posting_count;
  const rl_posting *postings[SLICE * RL_POSTINGS_MAX]; /* of the transactions */
  rl_status status; /* of a row that could not be read */
} rl_slice;

/* --- what goes --- */

int64_t rl_end_instant_ms(const rl_end *end)
{
  int64_t issued_ms = rl_quote_id_time(end->quote).ms;
  int64_t arrived_ms = end->arrived_utc_ms;
  if (arrived_ms < issued_ms)
    return issued_ms;
  return arrived_ms < issued_ms + RL_END_LATEST_MS ? arrived_ms
                                                   : issued_ms + RL_END_LATEST_MS - 1;
}

int64_t rl_transaction_instant_ms(const rl_transaction *transaction)
{
  const rl_end sold = {.quote = transaction->quote,
                       .arrived_utc_ms = transaction->posted_utc_ms};
  return transaction->kind == RL_TRANSACTION_SALE ? rl_end_instant_ms(&sold)
                                                  : transaction->posted_utc_ms;
}

static bool is_old(const rl_slice *slice, uint64_t boot_id, int64_t mono_ns)
{
  return boot_id != slice->store->boot_id
         || slice->now.mono.ns - mono_ns >= (int64_t)RL_KEEP_MIN_MS * RL_NS_PER_MS;
}

static bool goes(rl_slice *slice, int64_t instant_ms)
{
  if (instant_ms >= slice->before_ms)
    return false;
  if (instant_ms > slice->latest_ms)
    slice->latest_ms = instant_ms;
  return true;
}

/* What is young by the boot clock stops whatever is of the same instant or later. */
static bool note_quote(rl_blob key, rl_blob row, void *context)
{
  rl_slice *slice = context;
  rl_quote quote;
  rl_quote_id id = rl_id_of_blob(key);
  int64_t issued_ms = rl_quote_id_time(id).ms;
  if (slice->quote_count == SLICE || issued_ms >= slice->before_ms)
    return false;
  slice->status = rl_quote_decode(row.bytes, row.size, &quote);
  if (slice->status != RL_OK)
    return false;
  if (!is_old(slice, quote.boot_id, quote.issued_mono_ns))
    slice->before_ms = issued_ms;
  if (!goes(slice, issued_ms))
    return false;
  slice->quotes[slice->quote_count++] = id;
  return true;
}

static bool note_transaction(rl_blob key, rl_blob row, void *context)
{
  rl_slice *slice = context;
  if (slice->transaction_count == SLICE)
    return false;
  rl_transaction *next = &slice->transactions[slice->transaction_count];
  slice->status = rl_transaction_decode(row.bytes, row.size, next);
  if (slice->status == RL_OK
      && rl_number_of_key(key) != slice->meta.first_transaction + slice->transaction_count)
    slice->status = RL_CORRUPT; /* one before it is missing: its postings would be lost */
  if (slice->status != RL_OK || !goes(slice, rl_transaction_instant_ms(next)))
    return false;
  for (unsigned i = 0; i < next->posting_count; i++)
    slice->postings[slice->posting_count++] = &next->postings[i];
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
  if (slice->status != RL_OK || !is_old(slice, next->boot_id, next->at.mono.ns)
      || !goes(slice, next->at.utc.ms))
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

/* Quotes first: a young one lowers the instant for the rest. */
static rl_status note_all(rl_slice *slice)
{
  rl_status status = note(slice, RL_TABLE_QUOTES, note_quote);
  if (status == RL_OK)
    status = note(slice, RL_TABLE_TRANSACTIONS, note_transaction);
  if (status == RL_OK)
    status = note(slice, RL_TABLE_REVOCATIONS, note_revocation);
  return status;
}

/* --- the rows of it --- */

typedef rl_status (*rl_row_action)(const rl_slice *slice, rl_table table, rl_blob key);

/* A distant member fetches them all at once. */
static rl_status expect_row(const rl_slice *slice, rl_table table, rl_blob key)
{
  return slice->access.tables->kind->expect(slice->access.rows, table, key);
}

/* What is not there need not go. */
static rl_status remove_row(const rl_slice *slice, rl_table table, rl_blob key)
{
  rl_status status = slice->access.tables->kind->remove(slice->access.rows, table, key);
  return status == RL_NOT_FOUND ? RL_OK : status;
}

static rl_status act_on_number(const rl_slice *slice, rl_row_action act, rl_table table,
                               uint64_t number)
{
  uint8_t key[8];
  rl_number_key(number, key);
  return act(slice, table, (rl_blob){key, sizeof key});
}

static rl_status act_on_receipt(const rl_slice *slice, rl_row_action act, rl_digest name)
{
  return act(slice, RL_TABLE_RECEIPTS, (rl_blob){name.bytes, sizeof name.bytes});
}

static rl_status act_on_quote(const rl_slice *slice, rl_row_action act, const rl_quote_id *id)
{
  rl_status status = act(slice, RL_TABLE_ENDS, rl_blob_of_id(id));
  return status == RL_OK ? act(slice, RL_TABLE_QUOTES, rl_blob_of_id(id)) : status;
}

static rl_status act_on_transaction(const rl_slice *slice, rl_row_action act, unsigned i)
{
  const rl_transaction *transaction = &slice->transactions[i];
  rl_status status =
    act_on_number(slice, act, RL_TABLE_TRANSACTIONS, slice->meta.first_transaction + i);
  if (status == RL_OK && transaction->kind != RL_TRANSACTION_SALE)
    status = act_on_receipt(slice, act,
                            rl_scoped_key(transaction->by, RL_OP_POST, transaction->key));
  if (status == RL_OK && transaction->kind == RL_TRANSACTION_REFUND)
    status = act_on_receipt(slice, act, rl_refund_of(transaction->quote));
  return status;
}

static rl_status act_on_revocation(const rl_slice *slice, rl_row_action act,
                                   const rl_revocation *revocation)
{
  rl_status status = act_on_number(slice, act, RL_TABLE_REVOCATIONS, revocation->number);
  return status == RL_OK
           ? act_on_receipt(slice, act,
                            rl_scoped_key(revocation->by, RL_OP_REVOKE, revocation->key))
           : status;
}

static rl_status act_on_all(const rl_slice *slice, rl_row_action act)
{
  rl_status status = RL_OK;
  for (unsigned i = 0; i < slice->quote_count && status == RL_OK; i++)
    status = act_on_quote(slice, act, &slice->quotes[i]);
  for (unsigned i = 0; i < slice->transaction_count && status == RL_OK; i++)
    status = act_on_transaction(slice, act, i);
  for (unsigned i = 0; i < slice->revocation_count && status == RL_OK; i++)
    status = act_on_revocation(slice, act, &slice->revocations[i]);
  return status;
}

/* --- sums --- */

static int compare_accounts(const void *left, const void *right)
{
  const rl_posting *a = *(const rl_posting *const *)left;
  const rl_posting *b = *(const rl_posting *const *)right;
  if (a->account != b->account)
    return a->account < b->account ? -1 : 1;
  if (a->amount.currency.index != b->amount.currency.index)
    return a->amount.currency.index < b->amount.currency.index ? -1 : 1;
  return strcmp(a->name, b->name);
}

/* The sum of one account's postings, from the i-th on; those of an account are neighbours. */
static rl_carried sum_from(const rl_slice *slice, unsigned *i)
{
  const rl_posting *const *first = &slice->postings[*i];
  rl_carried sum = {.account = **first};
  while (*i < slice->posting_count
         && compare_accounts(first, &slice->postings[*i]) == 0) {
    sum.minor += slice->postings[*i]->amount.minor;
    sum.postings++;
    (*i)++;
  }
  return sum;
}

static rl_status expect_sums(const rl_slice *slice)
{
  rl_status status = RL_OK;
  for (unsigned i = 0; i < slice->posting_count && status == RL_OK;) {
    rl_carried sum = sum_from(slice, &i);
    rl_digest name = rl_name_of_carried(&sum.account);
    status = expect_row(slice, RL_TABLE_CARRIED, (rl_blob){name.bytes, sizeof name.bytes});
  }
  return status;
}

static rl_status carry_sums(const rl_slice *slice)
{
  rl_status status = RL_OK;
  for (unsigned i = 0; i < slice->posting_count && status == RL_OK;) {
    rl_carried sum = sum_from(slice, &i);
    status = rl_carry(&slice->access, &sum);
  }
  return status;
}

/* --- the slice --- */

static bool is_empty(const rl_slice *slice)
{
  return slice->quote_count + slice->transaction_count + slice->revocation_count == 0;
}

static bool is_full(const rl_slice *slice)
{
  return slice->quote_count == SLICE || slice->transaction_count == SLICE
         || slice->revocation_count == SLICE;
}

static rl_status fill(rl_slice *slice)
{
  rl_status status = rl_get_meta(&slice->access, &slice->meta);
  if (status != RL_OK)
    return status;
  int64_t old_ms = slice->now.utc.ms - slice->store->keep_ms;
  int64_t exported_ms = slice->meta.exported_before_ms - (int64_t)RL_END_LATEST_MS;
  slice->before_ms = exported_ms < old_ms ? exported_ms : old_ms;
  return note_all(slice);
}

static rl_status remove_all(rl_slice *slice)
{
  rl_status status = RL_OK;
  qsort(slice->postings, slice->posting_count, sizeof *slice->postings, compare_accounts);
  if (slice->access.tables->kind->expect) {
    status = act_on_all(slice, expect_row);
    if (status == RL_OK)
      status = expect_sums(slice);
  }
  if (status == RL_OK)
    status = carry_sums(slice);
  if (status == RL_OK)
    status = act_on_all(slice, remove_row);
  slice->meta.first_transaction += slice->transaction_count;
  if (slice->latest_ms >= slice->meta.kept_from_ms)
    slice->meta.kept_from_ms = slice->latest_ms + 1;
  return status == RL_OK ? rl_set_meta(&slice->access, &slice->meta) : status;
}

static rl_status retain(rl_slice *slice)
{
  rl_status status = fill(slice);
  if (status == RL_OK && !is_empty(slice))
    status = remove_all(slice);
  if (status == RL_OK && !is_empty(slice))
    return rl_access_commit(&slice->access);
  rl_access_abort(&slice->access);
  return status;
}

static void let_go(rl_store *store, const rl_slice *slice)
{
  store->let_go += slice->quote_count;
  store->meta = slice->meta;
  store->kept_from_ms = slice->meta.kept_from_ms;
}

rl_status rl_retain_slice(rl_store *store)
{
  rl_slice *slice = calloc(1, sizeof *slice);
  if (!slice)
    return RL_NO_MEMORY;
  slice->store = store;
  slice->now = rl_clock_read(&store->clock);
  slice->latest_ms = INT64_MIN;
  rl_status status = rl_access_begin(store->tables, true, &slice->access);
  if (status == RL_OK)
    status = retain(slice);
  store->has_old = status == RL_OK && is_full(slice);
  if (status == RL_OK)
    let_go(store, slice);
  free(slice);
  return status;
}

void rl_store_retain(rl_store *store)
{
  if (store->keep_ms == 0 || !store->writing)
    return;
  store->retain = true;
  rl_inbox_nudge(&store->inbox);
}

bool rl_store_has_old(const rl_store *store)
{
  return store->has_old;
}

int64_t rl_store_kept_from(const rl_store *store)
{
  return store->kept_from_ms;
}

/* --- the mark --- */

int64_t rl_store_exported_before(const rl_store *store)
{
  return store->exported_before_ms;
}

void rl_note_instant(rl_batch *batch, int64_t instant_ms)
{
  if (instant_ms < batch->meta.exported_before_ms)
    batch->meta.exported_before_ms = instant_ms;
}

/* Idempotent: a mark that stands already is not taken back. */
rl_status rl_decide_exported(rl_batch *batch, rl_job *job)
{
  rl_meta *meta = &batch->meta;
  if (job->exported_before_ms > job->arrived.utc.ms - (int64_t)RL_SETTLED_MS
      || job->exported_from_ms > meta->exported_before_ms) {
    job->refusal = RL_REFUSAL_INVALID_FIELD;
  } else if (job->exported_before_ms > meta->exported_before_ms) {
    meta->exported_before_ms = job->exported_before_ms;
    batch->changed = true;
  }
  job->mark_ms = meta->exported_before_ms;
  return RL_OK;
}
