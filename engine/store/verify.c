/* The proof over the whole store. Each row is held against those it speaks of, in the transaction
 * of the moment: rows are only ever added, and an end is added together with its transaction, so
 * that this holds at any instant of a running engine, too.
 *
 *   quote        its checksum holds and its id is its key
 *   end          its quote is recorded, of the same client; if consumed, the transaction that it
 *                names is of this quote, otherwise it names none
 *   transaction  numbers follow one another from 1; each currency sums to zero; its quote's end
 *                is consumed and names it; it is, to the byte, what the recorded quote posts
 *
 * An end names one transaction and a transaction's quote has one end, so each consumed quote has
 * exactly one transaction, and nothing else has any. */
#include "store/private.h"

#include <string.h>

typedef struct rl_proof {
  rl_store *store;
  rl_verify_report report;
  rl_error *error;
  rl_status status;
} rl_proof;

static bool fault(rl_proof *proof, const char *record, const char *reason)
{
  proof->status = rl_fail_corrupt(proof->store, proof->error, record, reason);
  return false;
}

static bool prove_quote(const rl_quote *quote, void *context)
{
  (void)quote; /* the walk decoded it */
  rl_proof *proof = context;
  proof->report.quotes++;
  return true;
}

/* NULL, or what is wrong. */
static const char *fault_of_end(const rl_store *store, MDB_txn *txn, const rl_end *end)
{
  rl_quote quote;
  rl_transaction transaction;
  if (rl_tables_get_quote(&store->tables, txn, end->quote, &quote) != 0)
    return "its quote is missing or damaged";
  if (strcmp(quote.client, end->client) != 0)
    return "its quote is another client's";
  if (end->kind != RL_END_CONSUMED)
    return NULL;
  int rc = rl_tables_get_transaction(&store->tables, txn, end->transaction, &transaction);
  if (rc == MDB_CORRUPTED)
    return NULL; /* the walk of the transactions names it */
  if (rc != 0)
    return "its transaction is missing";
  return rl_quote_id_equal(transaction.quote, end->quote)
           ? NULL
           : "the transaction that it names is another quote's";
}

static bool prove_end(const rl_end *end, void *context)
{
  rl_proof *proof = context;
  MDB_txn *txn;
  if (rl_tables_read(&proof->store->tables, &txn) != 0)
    return fault(proof, "ends", "cannot be read");
  const char *reason = fault_of_end(proof->store, txn, end);
  mdb_txn_abort(txn);
  proof->report.ends++;
  proof->report.consumed += end->kind == RL_END_CONSUMED;
  if (!reason)
    return true;
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_quote("end of quote", end->quote, name);
  return fault(proof, name, reason);
}

static bool is_what_the_quote_posts(const rl_quote *quote, const rl_end *end,
                                    const rl_transaction *transaction)
{
  rl_transaction expected;
  uint8_t left[RL_TRANSACTION_MAX], right[RL_TRANSACTION_MAX];
  rl_ledger_post(quote, end->arrived_utc_ms, &expected);
  size_t size = rl_transaction_encode(transaction, left);
  return rl_transaction_encode(&expected, right) == size && memcmp(left, right, size) == 0;
}

static const char *fault_of_transaction(const rl_store *store, MDB_txn *txn, uint64_t number,
                                        const rl_transaction *transaction)
{
  rl_end end;
  rl_quote quote;
  if (!rl_transaction_balances(transaction))
    return "its postings do not sum to zero in each currency";
  if (rl_tables_get_end(&store->tables, txn, transaction->quote, &end) != 0)
    return "its quote has no readable end";
  if (end.kind != RL_END_CONSUMED || end.transaction != number)
    return "its quote was not consumed by it";
  if (rl_tables_get_quote(&store->tables, txn, transaction->quote, &quote) != 0)
    return "its quote is missing or damaged";
  return is_what_the_quote_posts(&quote, &end, transaction)
           ? NULL
           : "it is not what the recorded quote posts";
}

static bool prove_transaction(uint64_t number, const rl_transaction *transaction, void *context)
{
  rl_proof *proof = context;
  MDB_txn *txn;
  const char *reason = NULL;
  if (number != proof->report.transactions + 1)
    reason = "a transaction before it is missing";
  else if (rl_tables_read(&proof->store->tables, &txn) != 0)
    return fault(proof, "transactions", "cannot be read");
  if (!reason) {
    reason = fault_of_transaction(proof->store, txn, number, transaction);
    mdb_txn_abort(txn);
  }
  proof->report.transactions++;
  proof->report.postings += transaction->posting_count;
  if (!reason)
    return true;
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_transaction(number, name);
  return fault(proof, name, reason);
}

static bool prove_tariff(MDB_val key, MDB_val value, void *context)
{
  rl_proof *proof = context;
  rl_digest digest = {0};
  if (key.mv_size == sizeof digest.bytes)
    memcpy(digest.bytes, key.mv_data, sizeof digest.bytes);
  if (rl_checksum_holds(value.mv_data, value.mv_size)
      && rl_digest_equal(rl_digest_of(value.mv_data, value.mv_size - RL_CHECKSUM_SIZE), digest))
    return true;
  char name[RL_RECORD_NAME_SIZE] = "tariff ";
  rl_digest_format(digest, name + strlen(name));
  return fault(proof, name, "its bytes are damaged");
}

/* The walks themselves fail with a status and an error of their own; a proof's is kept. */
static rl_status outcome(const rl_proof *proof, rl_status walked)
{
  return walked != RL_OK ? walked : proof->status;
}

rl_status rl_store_verify(rl_store *store, rl_verify_report *out, rl_error *error)
{
  const rl_quote_id first = {0};
  rl_proof proof = {.store = store, .error = error};
  rl_status status =
    outcome(&proof, rl_store_each_quote(store, first, prove_quote, &proof, error));
  if (status == RL_OK)
    status = outcome(&proof, rl_store_each_end(store, first, prove_end, &proof, error));
  if (status == RL_OK)
    status = outcome(&proof,
                     rl_store_each_transaction(store, 0, prove_transaction, &proof, error));
  if (status == RL_OK)
    status = outcome(&proof, rl_walk(store, store->tables.tariffs, NULL, prove_tariff, &proof));
  if (status == RL_OK)
    *out = proof.report;
  return status;
}
