/* Movements: what an operator posts beside the sales. Each is done once under its key, for as long
 * as it stands in the ledger: the row among the receipts that names the key is written with the
 * transaction, and goes with it (retain.c). A refund is also done once a quote, by a receipt that
 * names the quote; when that goes the sale went before, and nobody can ask for a second one. */
#include "store/private.h"

/* Steps after the key was found to be new: whether the movement can be made, and of which sale. */
static rl_status find_sale(const rl_batch *batch, rl_job *job, rl_transaction *sale)
{
  rl_receipt refunded;
  rl_end end;
  rl_quote_id id = job->movement.quote;
  rl_status status = rl_get_end(&batch->access, id, &end);
  if (status == RL_OK && end.kind == RL_END_CONSUMED) {
    status = rl_get_receipt(&batch->access, rl_refund_of(id), &refunded);
    if (status == RL_OK)
      job->refusal = RL_REFUSAL_QUOTE_REFUNDED;
    else if (status == RL_NOT_FOUND)
      status = rl_get_transaction(&batch->access, end.transaction, sale);
    if (status != RL_NOT_FOUND)
      return status;
    job->refusal = RL_REFUSAL_QUOTE_UNKNOWN; /* let go, the quote will be next */
    return RL_OK;
  }
  if (status != RL_OK && status != RL_NOT_FOUND)
    return status;
  status = rl_get_quote(&batch->access, id, &job->quote);
  job->refusal = status == RL_OK ? RL_REFUSAL_QUOTE_NOT_CONSUMED : RL_REFUSAL_QUOTE_UNKNOWN;
  return status == RL_NOT_FOUND ? RL_OK : status;
}

static rl_status remember(const rl_batch *batch, const rl_job *job, rl_digest name)
{
  rl_receipt receipt = {.body = job->body, .number = job->number};
  rl_status status = rl_add_receipt(&batch->access, name, &receipt);
  if (status == RL_OK && job->movement.kind == RL_TRANSACTION_REFUND)
    status = rl_add_receipt(&batch->access, rl_refund_of(job->movement.quote), &receipt);
  return status;
}

static rl_status move(rl_batch *batch, rl_job *job, rl_digest name)
{
  rl_transaction sale;
  bool is_refund = job->movement.kind == RL_TRANSACTION_REFUND;
  rl_status status = is_refund ? find_sale(batch, job, &sale) : RL_OK;
  if (status != RL_OK || job->refusal != RL_REFUSAL_NONE)
    return status;
  if (rl_ledger_move(&job->movement, is_refund ? &sale : NULL, job->client, job->key,
                     job->arrived.utc.ms, &job->transaction) != RL_OK) {
    job->refusal = RL_REFUSAL_INVALID_FIELD;
    return RL_OK;
  }
  status = rl_append(batch, &job->transaction, &job->number);
  if (status == RL_OK)
    status = remember(batch, job, name);
  if (status == RL_OK)
    batch->posted++;
  return status;
}

rl_status rl_find_receipt(const rl_access *access, rl_job *job, rl_digest name, uint64_t *number)
{
  rl_receipt done;
  rl_status status = rl_get_receipt(access, name, &done);
  if (status != RL_OK)
    return status;
  job->repeated = rl_fingerprint_equal(done.body, job->body);
  if (!job->repeated)
    job->refusal = RL_REFUSAL_KEY_REUSED;
  *number = done.number;
  return RL_OK;
}

rl_status rl_decide_post(rl_batch *batch, rl_job *job)
{
  uint64_t number;
  rl_digest name = rl_scoped_key(job->client, RL_OP_POST, job->key);
  rl_status status = rl_find_receipt(&batch->access, job, name, &number);
  if (status == RL_NOT_FOUND)
    return move(batch, job, name);
  if (status != RL_OK || !job->repeated)
    return status;
  job->number = number;
  return rl_get_transaction(&batch->access, number, &job->transaction);
}
