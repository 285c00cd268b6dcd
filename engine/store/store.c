#include "store/private.h"

rl_store_id rl_store_identity(const rl_store *store)
{
  return store->identity;
}

rl_engine_id rl_store_engine(const rl_store *store)
{
  return store->engine;
}

bool rl_store_is_own(const rl_store *store, const rl_quote *quote)
{
  return !store->shared || rl_engine_id_equal(quote->engine, store->engine);
}

bool rl_store_was_copied(const rl_store *store)
{
  return store->copied;
}

void rl_store_trouble(const rl_store *store, char out[RL_TROUBLE_MAX])
{
  out[0] = '\0';
  if (store->tables->kind->trouble)
    store->tables->kind->trouble(store->tables, out);
}

rl_store_state rl_store_state_now(const rl_store *store)
{
  return (rl_store_state)store->state;
}

int64_t rl_store_high_water(const rl_store *store)
{
  return store->high_water_utc_ms;
}

rl_status rl_store_record(rl_store *store, const uint8_t *record, size_t size)
{
  RL_ASSERT(size <= RL_RECORD_MAX);
  if (!store->writing || rl_store_state_now(store) != RL_STORE_OPEN)
    return RL_CLOSED;
  return rl_inbox_put_record(&store->inbox, record, size);
}

rl_status rl_store_submit(rl_store *store, rl_job *job)
{
  return store->writing ? rl_inbox_put_pointer(&store->inbox, RL_ENTRY_JOB, job) : RL_CLOSED;
}

static rl_status wait_for(rl_tariff_entry *entry)
{
  pthread_mutex_lock(&entry->lock);
  while (!entry->answered)
    pthread_cond_wait(&entry->wake, &entry->lock);
  rl_status status = entry->status;
  pthread_mutex_unlock(&entry->lock);
  return status;
}

rl_status rl_store_keep_tariff(rl_store *store, const rl_tariff *tariff)
{
  if (!store->writing)
    return RL_CLOSED;
  rl_tariff_entry entry = {
    .digest = rl_tariff_digest(tariff),
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .wake = PTHREAD_COND_INITIALIZER,
  };
  entry.text = rl_tariff_text(tariff, &entry.length);
  rl_status status = rl_inbox_put_pointer(&store->inbox, RL_ENTRY_TARIFF, &entry);
  if (status == RL_OK)
    status = wait_for(&entry);
  pthread_cond_destroy(&entry.wake);
  pthread_mutex_destroy(&entry.lock);
  return status;
}

void rl_store_stats_read(const rl_store *store, rl_store_stats *out)
{
  *out = (rl_store_stats){
    .quotes = store->quotes,
    .accepted = store->accepted,
    .cancelled = store->cancelled,
    .revoked = store->revoked,
    .posted = store->posted,
    .let_go = store->let_go,
    .retain_failures = store->retain_failures,
    .commits = store->commits,
    .bytes = store->bytes,
    .free_bytes = store->free_bytes,
  };
  if (store->writing)
    rl_inbox_load(&store->inbox, &out->waiting_jobs, &out->inbox_bytes);
}

void rl_store_measure(rl_store *store)
{
  rl_usage usage;
  if (store->tables->kind->usage(store->tables, &usage) != RL_OK)
    return;
  store->bytes = usage.bytes;
  store->free_bytes = usage.free_bytes;
}
