/* The judge of "once". An end is decided in the order of L3, within one write transaction and on
 * one thread:
 *
 *   1. this key's outcome: the quote's terminal row is of this client, operation and key
 *        same body -> that row again;  other body -> KEY_REUSED
 *   2. this key ended another quote                           -> KEY_REUSED
 *   3. no such quote of this client, here or in the token     -> QUOTE_UNKNOWN
 *   4. the quote has a terminal row, of another key           -> CONSUMED, CANCELLED, REVOKED
 *   5. the quote is of the store that this is a copy of       -> WRONG_STORE
 *   6. its time was over when the request arrived             -> QUOTE_EXPIRED
 *   7. the insert that decides
 *
 * Invariants
 * 1. A quote has at most one terminal row: it is inserted where none is, never written over.
 * 2. A consumed quote has its transaction in the same commit.
 * 3. A refusal writes nothing. */
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
static int find(const rl_store *store, MDB_txn *txn, rl_job *job, bool *recorded)
{
  const rl_tables *tables = &store->tables;
  int rc = rl_tables_get_quote(tables, txn, job->quote_id, &job->quote);
  if (rc != 0 && rc != MDB_NOTFOUND)
    return rc;
  *recorded = job->quote_found = rc == 0;
  if (!*recorded && job->from_token) {
    job->quote = *job->from_token;
    job->quote_found = true;
  }
  rc = rl_tables_get_end(tables, txn, job->quote_id, &job->end);
  job->ended = rc == 0;
  return rc == MDB_NOTFOUND ? 0 : rc;
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

int rl_look_up(const rl_store *store, MDB_txn *txn, rl_job *job)
{
  bool recorded;
  reset(job);
  int rc = find(store, txn, job, &recorded);
  if (rc == 0 && !asked_by_its_client(job))
    hide(job, RL_REFUSAL_QUOTE_UNKNOWN);
  return rc;
}

static bool end_is_of_key(const rl_job *job)
{
  const rl_end *end = &job->end;
  return job->ended && end->kind == kind_of(job) && strcmp(end->client, job->client) == 0
         && strcmp(end->key, job->key) == 0;
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
static int put_quote(const rl_batch *batch, const rl_job *job)
{
  uint8_t record[RL_RECORD_MAX];
  size_t size = rl_quote_encode(&job->quote, record);
  return rl_tables_put_record(&batch->store->tables, batch->txn, record, size);
}

static int post(const rl_batch *batch, const rl_job *job, uint64_t *number)
{
  rl_transaction transaction;
  rl_ledger_post(&job->quote, job->arrived.utc.ms, &transaction);
  return rl_tables_append_transaction(&batch->store->tables, batch->txn, &transaction, number);
}

static int insert_end(rl_batch *batch, rl_job *job, bool recorded)
{
  rl_end end = {
    .quote = job->quote_id,
    .kind = kind_of(job),
    .body = job->body,
    .arrived_utc_ms = job->arrived.utc.ms,
    .arrived_mono_ns = job->arrived.mono.ns,
  };
  memcpy(end.client, job->client, sizeof end.client);
  memcpy(end.key, job->key, sizeof end.key);
  int rc = recorded ? 0 : put_quote(batch, job);
  if (rc == 0 && end.kind == RL_END_CONSUMED)
    rc = post(batch, job, &end.transaction);
  if (rc == 0)
    rc = rl_tables_put_end(&batch->store->tables, batch->txn, &end);
  if (rc != 0)
    return rc;
  job->end = end;
  job->ended = true;
  batch->changed = true;
  batch->accepted += end.kind == RL_END_CONSUMED;
  batch->cancelled += end.kind == RL_END_CANCELLED;
  return 0;
}

/* Steps 5 to 7: nothing has ended the quote yet. */
static int end_now(rl_batch *batch, rl_job *job, rl_fingerprint key, bool recorded)
{
  rl_store *store = batch->store;
  rl_refusal refusal = RL_REFUSAL_NONE;
  if (!is_of_this_store(store, &job->quote))
    refusal = RL_REFUSAL_WRONG_STORE;
  else if (!rl_quote_alive(&job->quote, store->boot_id, job->arrived,
                           store->meta.high_water_utc_ms))
    refusal = RL_REFUSAL_QUOTE_EXPIRED;
  else if (!rl_keys_add(&store->keys, batch->now.mono, key, job->quote_id))
    refusal = RL_REFUSAL_OVERLOADED;
  if (refusal == RL_REFUSAL_NONE)
    return insert_end(batch, job, recorded);
  refuse(job, refusal);
  return 0;
}

static int decide_end(rl_batch *batch, rl_job *job)
{
  rl_store *store = batch->store;
  rl_operation operation = rl_end_operation(kind_of(job));
  rl_fingerprint key = rl_key_fingerprint(store->key_seed, job->client, operation, job->key);
  rl_quote_id other;
  bool recorded;
  int rc = find(store, batch->txn, job, &recorded);
  if (rc != 0)
    return rc;
  if (end_is_of_key(job)) {
    job->repeated = rl_fingerprint_equal(job->end.body, job->body);
    if (!job->repeated)
      hide(job, RL_REFUSAL_KEY_REUSED);
  } else if (rl_keys_find(&store->keys, key, &other)) {
    hide(job, RL_REFUSAL_KEY_REUSED);
  } else if (!asked_by_its_client(job)) {
    hide(job, RL_REFUSAL_QUOTE_UNKNOWN);
  } else if (job->ended) {
    refuse(job, refusal_of(job->end.kind));
  } else {
    return end_now(batch, job, key, recorded);
  }
  return 0;
}

int rl_decide(rl_batch *batch, rl_job *job)
{
  if (job->kind == RL_JOB_SHOW || job->kind == RL_JOB_REPLAY)
    return rl_look_up(batch->store, batch->txn, job);
  reset(job);
  return decide_end(batch, job);
}
