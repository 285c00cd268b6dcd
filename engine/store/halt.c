/* Pairs that the desk halts and lets go again (K4): each is one row, durable before it is told.
 *
 * Nothing is judged here. To halt what is halted, for another reason, is a row of its own, and so
 * is to let go what is not halted by hand: in a shared store it may be another engine's
 * breaker that is meant. The store does not know which pairs an engine has. */
#include "store/private.h"

#include <string.h>

static rl_status add_halt(rl_batch *batch, rl_job *job, rl_digest name)
{
  rl_halt *halt = &job->halt;
  halt->number = batch->meta.last_halt + 1;
  halt->at_utc_ms = job->arrived.utc.ms;
  memcpy(halt->by, job->client, sizeof halt->by);
  memcpy(halt->key, job->key, sizeof halt->key);
  rl_receipt receipt = {.body = job->body, .number = halt->number};
  rl_status status = rl_add_halt(&batch->access, halt);
  if (status == RL_OK)
    status = rl_add_receipt(&batch->access, name, &receipt);
  if (status == RL_OK) {
    batch->meta.last_halt = halt->number;
    batch->changed = true;
  }
  return status;
}

rl_status rl_decide_halt(rl_batch *batch, rl_job *job)
{
  uint64_t number;
  rl_digest name = rl_scoped_key(job->client, rl_halt_operation(job->halt.halts), job->key);
  rl_status status = rl_find_receipt(&batch->access, job, name, &number);
  if (status == RL_NOT_FOUND)
    return add_halt(batch, job, name);
  return status == RL_OK && job->repeated ? rl_get_halt(&batch->access, number, &job->halt)
                                          : status;
}
