/* The proof over the whole store. Each row is held against those it speaks of, in the transaction
 * of the moment: rows are only ever added or, when old, let go together, and an end is added
 * together with its sale, so that this holds at any instant of a running engine, too.
 *
 *   quote        its checksum holds and its id is its key
 *   end          its quote is recorded, of the same client unless revoked; if consumed, the
 *                transaction that it names is of this quote, otherwise it names none
 *   sale         its quote's end is consumed and names it; it is, to the byte, what the recorded
 *                quote posts
 *   movement     the receipt of its key names it; a refund is the opposite of its quote's sale,
 *                and the one that the quote's own receipt names
 *   all four     transactions' numbers follow one another; each currency sums to zero
 *   carried      the sums of what was let go are zero in each currency
 *   halt         its number follows the one before, and the receipt of its key names it
 *
 * An end names one transaction and a sale's quote has one end, so each consumed quote has exactly
 * one sale, and nothing else has any. What was issued or posted before the store's mark may have
 * been let go, and is then not asked for. */
#include "store/private.h"

#include <string.h>

typedef struct rl_proof {
  rl_store *store;
  rl_verify_report report;
  uint64_t next; /* number of the next transaction; 0 before the first */
  uint64_t last_halt;
  rl_i128 carried[RL_CURRENCY_COUNT];
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

/* --- ends --- */

static bool was_let_go(const rl_access *access, rl_quote_id id)
{
  rl_meta meta;
  return rl_get_meta(access, &meta) == RL_OK && rl_quote_id_time(id).ms < meta.kept_from_ms;
}

static bool number_was_let_go(const rl_access *access, uint64_t number)
{
  rl_meta meta;
  return rl_get_meta(access, &meta) == RL_OK && number < meta.first_transaction;
}

/* NULL, or what is wrong. */
static const char *fault_of_end(const rl_access *access, const rl_end *end)
{
  rl_quote quote;
  rl_transaction transaction;
  rl_status status = rl_get_quote(access, end->quote, &quote);
  if (status == RL_NOT_FOUND && was_let_go(access, end->quote))
    return NULL;
  if (status != RL_OK)
    return "its quote is missing or damaged";
  if (end->kind != RL_END_REVOKED && strcmp(quote.client, end->client) != 0)
    return "its quote is another client's";
  if (end->kind != RL_END_CONSUMED)
    return NULL;
  status = rl_get_transaction(access, end->transaction, &transaction);
  if (status == RL_CORRUPT || number_was_let_go(access, end->transaction))
    return NULL; /* the walk of the transactions names it, or it went */
  if (status != RL_OK)
    return "its transaction is missing";
  return transaction.kind == RL_TRANSACTION_SALE
             && rl_quote_id_equal(transaction.quote, end->quote)
           ? NULL
           : "the transaction that it names is another quote's";
}

static bool prove_end(const rl_end *end, void *context)
{
  rl_proof *proof = context;
  rl_access access;
  if (rl_access_begin(proof->store->tables, false, &access) != RL_OK)
    return fault(proof, "ends", "cannot be read");
  const char *reason = fault_of_end(&access, end);
  rl_access_abort(&access);
  proof->report.ends++;
  proof->report.consumed += end->kind == RL_END_CONSUMED;
  if (!reason)
    return true;
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_quote("end of quote", end->quote, name);
  return fault(proof, name, reason);
}

/* --- transactions --- */

static bool are_same(const rl_transaction *left, const rl_transaction *right)
{
  uint8_t bytes[2][RL_TRANSACTION_MAX];
  size_t size = rl_transaction_encode(left, bytes[0]);
  return rl_transaction_encode(right, bytes[1]) == size && memcmp(bytes[0], bytes[1], size) == 0;
}

static const char *fault_of_sale(const rl_access *access, uint64_t number,
                                 const rl_transaction *transaction)
{
  rl_end end;
  rl_quote quote;
  rl_transaction expected;
  rl_status status = rl_get_end(access, transaction->quote, &end);
  if (status == RL_NOT_FOUND && was_let_go(access, transaction->quote))
    return NULL;
  if (status != RL_OK)
    return "its quote has no readable end";
  if (end.kind != RL_END_CONSUMED || end.transaction != number)
    return "its quote was not consumed by it";
  if (rl_get_quote(access, transaction->quote, &quote) != RL_OK)
    return "its quote is missing or damaged";
  rl_ledger_post(&quote, end.arrived_utc_ms, &expected);
  return are_same(transaction, &expected) ? NULL : "it is not what the recorded quote posts";
}

static bool is_named_by(const rl_access *access, rl_digest name, uint64_t number)
{
  rl_receipt receipt;
  return rl_get_receipt(access, name, &receipt) == RL_OK && receipt.number == number;
}

static const char *fault_of_refund(const rl_access *access, uint64_t number,
                                   const rl_transaction *transaction)
{
  rl_end end;
  rl_transaction sale, expected;
  rl_movement movement = {.kind = RL_TRANSACTION_REFUND, .quote = transaction->quote};
  memcpy(movement.reference, transaction->reference, sizeof movement.reference);
  if (!is_named_by(access, rl_refund_of(transaction->quote), number))
    return "it is not the one refund of its quote";
  rl_status status = rl_get_end(access, transaction->quote, &end);
  if (status == RL_NOT_FOUND && was_let_go(access, transaction->quote))
    return NULL;
  if (status != RL_OK || end.kind != RL_END_CONSUMED)
    return "its quote was not consumed";
  if (number_was_let_go(access, end.transaction))
    return NULL;
  if (rl_get_transaction(access, end.transaction, &sale) != RL_OK
      || rl_ledger_move(&movement, &sale, transaction->by, transaction->key,
                        transaction->posted_utc_ms, &expected) != RL_OK)
    return "its sale is missing or damaged";
  return are_same(transaction, &expected) ? NULL : "it is not the opposite of its quote's sale";
}

static const char *fault_of_transaction(const rl_access *access, uint64_t number,
                                        const rl_transaction *transaction)
{
  if (!rl_transaction_balances(transaction))
    return "its postings do not sum to zero in each currency";
  if (transaction->kind == RL_TRANSACTION_SALE)
    return fault_of_sale(access, number, transaction);
  if (!is_named_by(access, rl_scoped_key(transaction->by, RL_OP_POST, transaction->key), number)
      && !number_was_let_go(access, number))
    return "the key that it was posted under names another";
  return transaction->kind == RL_TRANSACTION_REFUND && !number_was_let_go(access, number)
           ? fault_of_refund(access, number, transaction)
           : NULL;
}

/* The first stands where the store says, or later: old ones may be let go meanwhile. */
static bool number_follows(const rl_proof *proof, const rl_access *access, uint64_t number)
{
  rl_meta meta;
  if (proof->next > 0)
    return number == proof->next;
  return rl_get_meta(access, &meta) == RL_OK && number <= meta.first_transaction;
}

static bool prove_transaction(uint64_t number, const rl_transaction *transaction, void *context)
{
  rl_proof *proof = context;
  rl_access access;
  if (rl_access_begin(proof->store->tables, false, &access) != RL_OK)
    return fault(proof, "transactions", "cannot be read");
  const char *reason = number_follows(proof, &access, number)
                         ? fault_of_transaction(&access, number, transaction)
                         : "a transaction before it is missing";
  rl_access_abort(&access);
  proof->next = number + 1;
  proof->report.transactions++;
  proof->report.movements += transaction->kind != RL_TRANSACTION_SALE;
  proof->report.postings += transaction->posting_count;
  if (!reason)
    return true;
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_number("transaction", number, name);
  return fault(proof, name, reason);
}

/* The newest stands where the store says: none was lost at the end. */
static rl_status prove_last(rl_proof *proof)
{
  rl_access access;
  rl_meta meta;
  rl_transaction last;
  rl_status status = rl_access_begin(proof->store->tables, false, &access);
  if (status != RL_OK)
    return status;
  status = rl_get_meta(&access, &meta);
  if (status == RL_OK && meta.last_transaction >= meta.first_transaction)
    status = rl_get_transaction(&access, meta.last_transaction, &last);
  rl_access_abort(&access);
  if (status != RL_OK)
    fault(proof, "transactions", "the newest is missing or damaged");
  return proof->status;
}

/* --- the rest --- */

static bool prove_tariff(rl_blob key, rl_blob row, void *context)
{
  rl_proof *proof = context;
  rl_digest digest = {0};
  if (key.size == sizeof digest.bytes)
    memcpy(digest.bytes, key.bytes, sizeof digest.bytes);
  if (rl_checksum_holds(row.bytes, row.size)
      && rl_digest_equal(rl_digest_of(row.bytes, row.size - RL_CHECKSUM_SIZE), digest))
    return true;
  char name[RL_RECORD_NAME_SIZE] = "tariff ";
  rl_digest_format(digest, name + strlen(name));
  return fault(proof, name, "its bytes are damaged");
}

static const char *fault_of_halt(const rl_proof *proof, const rl_access *access,
                                 const rl_halt *halt)
{
  rl_operation operation = rl_halt_operation(halt->halts);
  if (halt->number != proof->last_halt + 1)
    return "one before it is missing";
  return is_named_by(access, rl_scoped_key(halt->by, operation, halt->key), halt->number)
           ? NULL
           : "the key that it was asked for under names another";
}

static bool prove_halt(const rl_halt *halt, void *context)
{
  rl_proof *proof = context;
  rl_access access;
  if (rl_access_begin(proof->store->tables, false, &access) != RL_OK)
    return fault(proof, "halts", "cannot be read");
  const char *reason = fault_of_halt(proof, &access, halt);
  rl_access_abort(&access);
  proof->last_halt = halt->number;
  if (!reason)
    return true;
  char name[RL_RECORD_NAME_SIZE];
  rl_name_of_number("halt", halt->number, name);
  return fault(proof, name, reason);
}

static bool add_carried(rl_blob key, rl_blob row, void *context)
{
  (void)key;
  rl_proof *proof = context;
  rl_carried carried;
  if (rl_carried_decode(row.bytes, row.size, &carried) != RL_OK)
    return fault(proof, "carried sum", "its bytes are damaged");
  proof->carried[carried.account.amount.currency.index] += carried.minor;
  proof->report.carried++;
  return true;
}

/* In one transaction: a slice let go changes several sums at once. */
static rl_status prove_carried(rl_proof *proof)
{
  rl_access access;
  rl_status status = rl_access_begin(proof->store->tables, false, &access);
  if (status != RL_OK)
    return status;
  status = proof->store->tables->kind->scan(access.rows, RL_TABLE_CARRIED, (rl_blob){0},
                                            RL_FORWARDS, add_carried, proof);
  rl_access_abort(&access);
  for (size_t i = 0; i < RL_CURRENCY_COUNT && status == RL_OK && proof->status == RL_OK; i++) {
    if (proof->carried[i] != 0)
      fault(proof, "carried sums", "they do not sum to zero in each currency");
  }
  return status == RL_OK ? proof->status : status;
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
    status = prove_last(&proof);
  if (status == RL_OK)
    status = outcome(&proof, rl_walk(store, RL_TABLE_TARIFFS, (rl_blob){0}, prove_tariff,
                                     &proof));
  if (status == RL_OK)
    status = outcome(&proof, rl_store_each_halt(store, 1, prove_halt, &proof, error));
  if (status == RL_OK)
    status = prove_carried(&proof);
  if (status == RL_OK)
    *out = proof.report;
  return status;
}
