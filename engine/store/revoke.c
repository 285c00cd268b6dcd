/* Quotes that the desk takes back (K4).
 *
 * A revocation is one row, durable before it is answered, and it holds from then on by itself: a
 * quote that it covers is never accepted, whether its own record has been written yet, comes later
 * or is known by its token only. The terminal rows of the quotes that it covers are written after
 * it, by whoever walks through them (RL_JOB_TAKE_BACK) or by the first who asks for one.
 *
 * What is covered follows from the two rows alone and so is the same at any time: issued before
 * the revocation arrived, and alive then, by the boot clock where both are of one boot. */
#include "store/private.h"

#include <string.h>

static bool pair_matches(const rl_revocation *revocation, const rl_terms *terms)
{
  rl_currency source = terms->source_currency, target = terms->target_currency;
  const rl_currency *pair = revocation->pair;
  return (rl_currency_equal(pair[0], source) && rl_currency_equal(pair[1], target))
         || (rl_currency_equal(pair[0], target) && rl_currency_equal(pair[1], source));
}

static bool was_open(const rl_revocation *revocation, const rl_quote *quote)
{
  bool issued = quote->boot_id == revocation->boot_id
                  ? quote->issued_mono_ns <= revocation->at.mono.ns
                  : quote->issued_utc_ms <= revocation->at.utc.ms;
  return issued
         && rl_quote_alive(quote, revocation->boot_id, revocation->at, revocation->at.utc.ms);
}

bool rl_revocation_covers(const rl_revocation *revocation, const rl_quote *quote)
{
  const char *client = revocation->client;
  return (!revocation->has_pair || pair_matches(revocation, &quote->terms))
         && (!revocation->has_tariff
             || rl_digest_equal(revocation->tariff, quote->terms.tariff))
         && (!client[0] || strcmp(client, quote->client) == 0)
         && quote->issued_utc_ms >= revocation->issued_from_ms
         && quote->issued_utc_ms < revocation->issued_before_ms && was_open(revocation, quote);
}

void rl_end_of_revocation(const rl_revocation *revocation, rl_quote_id quote, rl_end *end)
{
  *end = (rl_end){
    .quote = quote,
    .kind = RL_END_REVOKED,
    .arrived_utc_ms = revocation->at.utc.ms,
    .arrived_mono_ns = revocation->at.mono.ns,
  };
  memcpy(end->client, revocation->by, sizeof end->client);
  memcpy(end->key, revocation->key, sizeof end->key);
  memcpy(end->reason, revocation->reason, sizeof end->reason);
}

/* --- those in force --- */

void rl_revocations_init(rl_store *store)
{
  pthread_mutex_init(&store->revocations.lock, NULL);
}

void rl_revocations_fini(rl_store *store)
{
  pthread_mutex_destroy(&store->revocations.lock);
}

/* The last quote that it may cover has run out: its lock was open when the revocation arrived, so
 * it ended at most one longest lock later, by either clock. */
static bool is_over(const rl_revocation *revocation, uint64_t boot_id, rl_now now)
{
  int64_t most_ms = RL_TTL_MAX_MS + RL_WALL_SKEW_MS;
  if (revocation->boot_id == boot_id)
    return now.mono.ns - revocation->at.mono.ns > most_ms * RL_NS_PER_MS;
  return now.utc.ms - revocation->at.utc.ms > most_ms;
}

static void forget_those_over(rl_store *store, rl_now now)
{
  rl_live_revocations *live = &store->revocations;
  unsigned kept = 0;
  for (unsigned i = 0; i < live->count; i++) {
    if (!is_over(&live->each[i], store->boot_id, now))
      live->each[kept++] = live->each[i];
  }
  live->count = kept;
}

/* False when there is no room. Under the lock. */
static bool take_in(rl_store *store, const rl_revocation *revocation, rl_now now)
{
  rl_live_revocations *live = &store->revocations;
  if (is_over(revocation, store->boot_id, now))
    return true;
  if (live->count == 2 * RL_REVOCATIONS_LIVE_MAX)
    return false;
  live->each[live->count++] = *revocation;
  return true;
}

rl_status rl_revocations_catch_up(rl_store *store, const rl_access *access, const rl_meta *meta,
                                  rl_now now)
{
  rl_status status = RL_OK;
  pthread_mutex_lock(&store->revocations.lock);
  forget_those_over(store, now);
  while (status == RL_OK && store->revocations.last < meta->last_revocation) {
    rl_revocation revocation;
    status = rl_get_revocation(access, store->revocations.last + 1, &revocation);
    if (status == RL_NOT_FOUND)
      status = RL_OK; /* let go: it was over long ago */
    else if (status == RL_OK && !take_in(store, &revocation, now))
      status = RL_FULL;
    store->revocations.last += status == RL_OK;
  }
  pthread_mutex_unlock(&store->revocations.lock);
  return status;
}

rl_status rl_store_find_revocation(rl_store *store, const rl_quote *quote, rl_revocation *out)
{
  rl_live_revocations *live = &store->revocations;
  rl_status status = RL_NOT_FOUND;
  pthread_mutex_lock(&live->lock);
  for (unsigned i = 0; i < live->count && status != RL_OK; i++) {
    if (!rl_revocation_covers(&live->each[i], quote))
      continue;
    *out = live->each[i];
    status = RL_OK;
  }
  pthread_mutex_unlock(&live->lock);
  return status;
}

/* --- a new one --- */

static rl_status add_revocation(rl_batch *batch, rl_job *job, rl_digest name)
{
  rl_store *store = batch->store;
  rl_revocation *revocation = &job->revocation;
  if (store->revocations.count + batch->revocation_count >= RL_REVOCATIONS_LIVE_MAX) {
    job->refusal = RL_REFUSAL_TOO_MANY_REVOCATIONS;
    return RL_OK;
  }
  revocation->number = batch->meta.last_revocation + 1;
  revocation->boot_id = store->boot_id;
  revocation->at = job->arrived;
  memcpy(revocation->by, job->client, sizeof revocation->by);
  memcpy(revocation->key, job->key, sizeof revocation->key);
  rl_receipt receipt = {.body = job->body, .number = revocation->number};
  rl_status status = rl_add_revocation(&batch->access, revocation);
  if (status == RL_OK)
    status = rl_add_receipt(&batch->access, name, &receipt);
  if (status == RL_OK) {
    batch->meta.last_revocation = revocation->number;
    batch->revocation_count++;
    rl_note_instant(batch, revocation->at.utc.ms);
    batch->changed = true;
  }
  return status;
}

rl_status rl_decide_revoke(rl_batch *batch, rl_job *job)
{
  uint64_t number;
  rl_digest name = rl_scoped_key(job->client, RL_OP_REVOKE, job->key);
  rl_status status = rl_find_receipt(&batch->access, job, name, &number);
  if (status == RL_NOT_FOUND)
    return add_revocation(batch, job, name);
  return status == RL_OK && job->repeated
           ? rl_get_revocation(&batch->access, number, &job->revocation)
           : status;
}
