/* The judge of "once". An end is decided in the order of L3, within one write transaction and on
 * one thread:
 *
 *   1. this key's outcome: the quote's terminal row is of this client, operation and key
 *        same body -> that row again;  other body -> KEY_REUSED
 *   2. this key ended another quote                           -> KEY_REUSED
 *   3. no such quote of this client, here or in the token     -> QUOTE_UNKNOWN
 *   4. the quote has a terminal row, of another key           -> CONSUMED, CANCELLED, REVOKED
 *   5. the quote is of the store that this is a copy of       -> WRONG_STORE
 *   6. the desk took it back; its row, if none, is written    -> QUOTE_REVOKED
 *   7. its time was over when the request arrived             -> QUOTE_EXPIRED
 *   8. the insert that decides
 *
 * Invariants
 * 1. A quote has at most one terminal row: it is inserted where none is, never written over.
 * 2. A consumed quote has its transaction in the same commit.
 * 3. A refusal writes nothing, but for the row of step 6, which was decided before.
 *
 * A batch that is tried once more, because it was not known what became of it, may find its own
 * rows: an end that carries the very stamps of the job is that job's doing, not a repeat. */
#include "store/private.h"

#include <string.h>

rl_operation rl_end_operation(rl_end_kind kind)
{
  switch (kind) {
  case RL_END_CONSUMED: return RL_OP_ACCEPT;
  case RL_END_CANCELLED: return RL_OP_CANCEL;
  case RL_END_REVOKED: break;
  }
  return (rl_operation)0;
}

static rl_end_kind kind_of(const rl_job *job)
{
  return job->kind == RL_JOB_ACCEPT ? RL_END_CONSUMED : RL_END_CANCELLED;
}

/* Fills quote, quote_found, end and ended with what is known, whoever asks. *recorded is false for
 * a quote that its token alone makes known. */
static rl_status find(const rl_access *access, rl_job *job, bool *recorded)
{
  rl_status status = rl_get_quote(access, job->quote_id, &job->quote);
  if (status != RL_OK && status != RL_NOT_FOUND)
    return status;
  *recorded = job->quote_found = status == RL_OK;
  if (!*recorded && job->from_token) {
    job->quote = *job->from_token;
    job->quote_found = true;
  }
  status = rl_get_end(access, job->quote_id, &job->end);
  job->ended = status == RL_OK;
  return status == RL_NOT_FOUND ? RL_OK : status;
}

static void refuse(rl_job *job, rl_refusal refusal)
{
  job->refusal = refusal;
}

static void hide(rl_job *job, rl_refusal refusal)
{
  job->quote_found = false;
  job->ended = false;
  refuse(job, refusal);
}

static void reset(rl_job *job)
{
  job->refusal = RL_REFUSAL_NONE;
  job->quote_found = false;
  job->ended = false;
  job->repeated = false;
}

static bool asked_by_its_client(const rl_job *job)
{
  return job->quote_found && strcmp(job->quote.client, job->client) == 0;
}

/* The revocation that took back a quote which has no row yet, as if it had. */
static void find_revocation(rl_store *store, rl_job *job)
{
  rl_revocation revocation;
  if (job->ended || !job->quote_found
      || rl_store_find_revocation(store, &job->quote, &revocation) != RL_OK)
    return;
  rl_end_of_revocation(&revocation, job->quote_id, &job->end);
  job->ended = true;
}

rl_status rl_look_up(rl_store *store, const rl_access *access, rl_job *job)
{
  bool recorded;
  reset(job);
  rl_status status = find(access, job, &recorded);
  if (status != RL_OK)
    return status;
  find_revocation(store, job);
  if (!asked_by_its_client(job))
    hide(job, RL_REFUSAL_QUOTE_UNKNOWN);
  return RL_OK;
}

static bool end_is_of_key(const rl_job *job)
{
  const rl_end *end = &job->end;
  return job->ended && end->kind == kind_of(job) && strcmp(end->client, job->client) == 0
         && strcmp(end->key, job->key) == 0;
}

static bool end_is_of_arrival(const rl_job *job)
{
  return job->end.arrived_mono_ns == job->arrived.mono.ns
         && job->end.arrived_utc_ms == job->arrived.utc.ms;
}

/* The key's outcome, which stands already. */
static void answer_again(rl_job *job, bool once_more)
{
  if (!rl_fingerprint_equal(job->end.body, job->body))
    hide(job, RL_REFUSAL_KEY_REUSED);
  else
    job->repeated = !(once_more && end_is_of_arrival(job));
}

rl_status rl_find_outcome(const rl_access *access, rl_job *job, bool *found)
{
  bool recorded;
  reset(job);
  rl_status status = find(access, job, &recorded);
  if (status != RL_OK)
    return status;
  *found = end_is_of_key(job);
  if (*found)
    answer_again(job, false);
  return RL_OK;
}

static rl_refusal refusal_of(rl_end_kind kind)
{
  switch (kind) {
  case RL_END_CONSUMED: return RL_REFUSAL_QUOTE_CONSUMED;
  case RL_END_CANCELLED: return RL_REFUSAL_QUOTE_CANCELLED;
  case RL_END_REVOKED: return RL_REFUSAL_QUOTE_REVOKED;
  }
  return RL_REFUSAL_QUOTE_REVOKED;
}

static bool is_of_this_store(const rl_store *store, const rl_quote *quote)
{
  return memcmp(quote->store.bytes, store->identity.bytes, sizeof store->identity.bytes) == 0;
}

/* The terms of a quote must outlive its token. */
static rl_status keep_quote(const rl_batch *batch, const rl_job *job)
{
  uint8_t record[RL_RECORD_MAX];
  size_t size = rl_quote_encode(&job->quote, record);
  return rl_keep_record(&batch->access, record, size);
}

rl_status rl_append(rl_batch *batch, const rl_transaction *transaction, uint64_t *number)
{
  rl_status status =
    rl_add_transaction(&batch->access, batch->meta.last_transaction + 1, transaction);
  if (status == RL_OK) {
    *number = ++batch->meta.last_transaction;
    rl_note_instant(batch, rl_transaction_instant_ms(transaction));
    batch->changed = true;
  }
  return status;
}

static rl_status post_sale(rl_batch *batch, const rl_job *job, uint64_t *number)
{
  rl_transaction sale;
  rl_ledger_post(&job->quote, job->arrived.utc.ms, &sale);
  return rl_append(batch, &sale, number);
}

static void count_end(rl_batch *batch, rl_end_kind kind)
{
  batch->changed = true;
  batch->accepted += kind == RL_END_CONSUMED;
  batch->cancelled += kind == RL_END_CANCELLED;
  batch->revoked += kind == RL_END_REVOKED;
}

/* Writes job->end, the one row that the quote can have. */
static rl_status add_end(rl_batch *batch, rl_job *job, bool recorded)
{
  rl_status status = recorded ? RL_OK : keep_quote(batch, job);
  if (status == RL_OK && job->end.kind == RL_END_CONSUMED)
    status = post_sale(batch, job, &job->end.transaction);
  if (status == RL_OK)
    status = rl_add_end(&batch->access, &job->end);
  if (status == RL_OK) {
    job->ended = true;
    rl_note_instant(batch, rl_quote_id_time(job->quote_id).ms); /* no later than the end's own */
    count_end(batch, job->end.kind);
  }
  return status;
}

static void fill_end(rl_job *job)
{
  job->end = (rl_end){
    .quote = job->quote_id,
    .kind = kind_of(job),
    .body = job->body,
    .arrived_utc_ms = job->arrived.utc.ms,
    .arrived_mono_ns = job->arrived.mono.ns,
  };
  memcpy(job->end.client, job->client, sizeof job->end.client);
  memcpy(job->end.key, job->key, sizeof job->end.key);
}

/* Step 8. */
static rl_status end_as_asked(rl_batch *batch, rl_job *job, rl_digest key, bool recorded)
{
  const rl_tables_kind *kind = batch->access.tables->kind;
  rl_status status =
    kind->add_key(batch->access.rows, key.bytes, job->quote_id.bytes, batch->now);
  if (status == RL_FULL) {
    refuse(job, RL_REFUSAL_OVERLOADED);
    return RL_OK;
  }
  fill_end(job);
  return status == RL_OK ? add_end(batch, job, recorded) : status;
}

/* Steps 5 to 8: nothing has ended the quote yet. */
static rl_status end_now(rl_batch *batch, rl_job *job, rl_digest key, bool recorded)
{
  rl_store *store = batch->store;
  if (!is_of_this_store(store, &job->quote)) {
    refuse(job, RL_REFUSAL_WRONG_STORE);
    return RL_OK;
  }
  find_revocation(store, job);
  if (job->ended) {
    refuse(job, RL_REFUSAL_QUOTE_REVOKED);
    return add_end(batch, job, recorded);
  }
  if (rl_quote_alive(&job->quote, store->boot_id, job->arrived, batch->meta.high_water_utc_ms))
    return end_as_asked(batch, job, key, recorded);
  refuse(job, RL_REFUSAL_QUOTE_EXPIRED);
  return RL_OK;
}

static rl_status decide_end(rl_batch *batch, rl_job *job)
{
  const rl_access *access = &batch->access;
  rl_digest key = rl_scoped_key(job->client, rl_end_operation(kind_of(job)), job->key);
  uint8_t other[16];
  bool recorded;
  rl_status status = find(access, job, &recorded);
  if (status != RL_OK)
    return status;
  if (end_is_of_key(job)) {
    answer_again(job, batch->once_more);
    return RL_OK;
  }
  status = access->tables->kind->find_key(access->rows, key.bytes, other);
  if (status != RL_OK && status != RL_NOT_FOUND)
    return status;
  if (status == RL_OK)
    hide(job, RL_REFUSAL_KEY_REUSED);
  else if (!asked_by_its_client(job))
    hide(job, RL_REFUSAL_QUOTE_UNKNOWN);
  else if (job->ended)
    refuse(job, refusal_of(job->end.kind));
  else
    return end_now(batch, job, key, recorded);
  return RL_OK;
}

/* The row of a quote that a revocation covers; a quote that ended otherwise is left alone, and told
 * by job->end. */
static rl_status take_back(rl_batch *batch, rl_job *job)
{
  bool recorded;
  rl_status status = find(&batch->access, job, &recorded);
  if (status != RL_OK || job->ended)
    return status;
  find_revocation(batch->store, job);
  return job->ended ? add_end(batch, job, recorded) : RL_OK;
}

rl_status rl_decide(rl_batch *batch, rl_job *job)
{
  reset(job);
  switch (job->kind) {
  case RL_JOB_SHOW:
  case RL_JOB_REPLAY: return rl_look_up(batch->store, &batch->access, job);
  case RL_JOB_ACCEPT:
  case RL_JOB_CANCEL: return decide_end(batch, job);
  case RL_JOB_TAKE_BACK: return take_back(batch, job);
  case RL_JOB_REVOKE: return rl_decide_revoke(batch, job);
  case RL_JOB_POST: return rl_decide_post(batch, job);
  case RL_JOB_HALT: return rl_decide_halt(batch, job);
  case RL_JOB_EXPORTED: return rl_decide_exported(batch, job);
  }
  return RL_OK;
}

/* --- what will be read --- */

static rl_status expect(const rl_access *access, rl_table table, const void *key, size_t size)
{
  return access->tables->kind->expect(access->rows, table, (rl_blob){key, size});
}

static rl_status expect_scoped(const rl_access *access, rl_operation operation,
                               const rl_job *job)
{
  rl_digest key = rl_scoped_key(job->client, operation, job->key);
  if (operation == RL_OP_ACCEPT || operation == RL_OP_CANCEL)
    return access->tables->kind->expect_key(access->rows, key.bytes);
  return expect(access, RL_TABLE_RECEIPTS, key.bytes, sizeof key.bytes);
}

static rl_status expect_quote(const rl_access *access, rl_quote_id id)
{
  rl_status status = expect(access, RL_TABLE_QUOTES, id.bytes, sizeof id.bytes);
  return status == RL_OK ? expect(access, RL_TABLE_ENDS, id.bytes, sizeof id.bytes) : status;
}

rl_status rl_expect_job(const rl_access *access, const rl_job *job)
{
  rl_status status = RL_OK;
  if (!access->tables->kind->expect)
    return RL_OK;
  switch (job->kind) {
  case RL_JOB_ACCEPT: status = expect_scoped(access, RL_OP_ACCEPT, job); break;
  case RL_JOB_CANCEL: status = expect_scoped(access, RL_OP_CANCEL, job); break;
  case RL_JOB_REVOKE: return expect_scoped(access, RL_OP_REVOKE, job);
  case RL_JOB_POST: return expect_scoped(access, RL_OP_POST, job);
  case RL_JOB_HALT: return expect_scoped(access, rl_halt_operation(job->halt.halts), job);
  case RL_JOB_EXPORTED: return RL_OK;
  case RL_JOB_SHOW:
  case RL_JOB_REPLAY:
  case RL_JOB_TAKE_BACK: break;
  }
  return status == RL_OK ? expect_quote(access, job->quote_id) : status;
}
