/* The writer: all that waits becomes one transaction, one commit, and then the answers.
 *
 *             commit good                    commit good
 *           +-------------+   +----------------------------------------------+
 *           v             |   v                                              |
 *          OPEN ----------+-- OPEN <---- READ_ONLY or UNREACHABLE -----------+
 *           |    no space, or nobody there -------> |
 *           | any other trouble                     | any other trouble
 *           v                                       v
 *         FAILED <----------------------------------+          (never left)
 *
 * Invariants
 * 1. No job is answered before the commit of its transaction returned; the order of answers is
 *    that of the inbox.
 * 2. In READ_ONLY and UNREACHABLE the writer's buffer keeps the records that were not committed;
 *    they are tried again before anything that came later is looked at. Its jobs were refused,
 *    once.
 * 3. In FAILED nothing is written: a sync that failed once may succeed the second time without
 *    having written anything.
 * 4. The high-water mark never falls.
 * 5. A batch is done once more only where nothing of it happened, or where it will see what did:
 *    tables/tables.h, T2 and T3. */
#include "store/private.h"

#include <stdatomic.h>
#include <string.h>

enum { RETRY_MS = 1000, TAKE_MOST = 64 };
/* Batches that met another's work give way so often; a shared store that was just restarted is
 * asked so often again, each time for as long as its member waits. */
enum { AGAIN_MOST = 16, ASK_MOST = 2 };

static rl_store_state state_of(const rl_store *store)
{
  return (rl_store_state)store->state;
}

static bool is_waiting(rl_store_state state)
{
  return state == RL_STORE_READ_ONLY || state == RL_STORE_UNREACHABLE;
}

/* --- one transaction --- */

static rl_status put_tariff(rl_batch *batch, const rl_tariff_entry *entry)
{
  batch->changed = true;
  return rl_keep_tariff(&batch->access, entry->digest, entry->text, entry->length);
}

static rl_status put_record(rl_batch *batch, const rl_entry *entry)
{
  batch->changed = true;
  batch->quotes++;
  rl_note_instant(batch, rl_quote_id_time(rl_quote_record_id(entry->bytes)).ms);
  return rl_keep_record(&batch->access, entry->bytes, entry->size);
}

static rl_status put_entry(rl_batch *batch, const rl_entry *entry)
{
  if (entry->kind == RL_ENTRY_RECORD)
    return put_record(batch, entry);
  if (!*entry->pointer)
    return RL_OK; /* refused when there was no space */
  return entry->kind == RL_ENTRY_JOB ? rl_decide(batch, *entry->pointer)
                                     : put_tariff(batch, *entry->pointer);
}

static rl_status put_all(rl_batch *batch)
{
  size_t offset = 0;
  rl_entry entry;
  rl_status status = RL_OK;
  while (status == RL_OK && rl_inbox_next(&batch->store->inbox.draining, &offset, &entry))
    status = put_entry(batch, &entry);
  return status;
}

static rl_status expect_all(const rl_batch *batch)
{
  size_t offset = 0;
  rl_entry entry;
  rl_status status = RL_OK;
  while (status == RL_OK && rl_inbox_next(&batch->store->inbox.draining, &offset, &entry)) {
    if (entry.kind == RL_ENTRY_JOB && *entry.pointer)
      status = rl_expect_job(&batch->access, *entry.pointer);
    else if (entry.kind == RL_ENTRY_RECORD)
      status = rl_expect_record(&batch->access, entry.bytes);
  }
  return status;
}

/* What others may have changed since the last batch, where the tables are shared. */
static rl_status catch_up(rl_batch *batch)
{
  rl_store *store = batch->store;
  rl_status status = rl_get_meta(&batch->access, &batch->meta);
  if (status != RL_OK)
    return status;
  if (memcmp(&batch->meta.identity, &store->identity, sizeof store->identity) != 0)
    return RL_FOREIGN; /* restored from a backup under a running engine */
  return rl_revocations_catch_up(store, &batch->access, &batch->meta, batch->now);
}

/* The mark rises with the wall clock and stays where that falls back. */
static rl_status put_meta(rl_batch *batch)
{
  if (batch->now.utc.ms > batch->meta.high_water_utc_ms)
    batch->meta.high_water_utc_ms = batch->now.utc.ms;
  return rl_set_meta(&batch->access, &batch->meta);
}

static rl_status fill(rl_batch *batch)
{
  const rl_tables_kind *kind = batch->store->tables->kind;
  rl_status status = expect_all(batch);
  if (status == RL_OK)
    status = catch_up(batch);
  if (status == RL_OK)
    status = kind->retire_keys(batch->access.rows, batch->now);
  if (status == RL_OK)
    status = put_all(batch);
  return status == RL_OK && batch->changed ? put_meta(batch) : status;
}

static void committed(const rl_batch *batch)
{
  rl_store *store = batch->store;
  store->meta = batch->meta;
  store->high_water_utc_ms = batch->meta.high_water_utc_ms;
  store->kept_from_ms = batch->meta.kept_from_ms;
  store->exported_before_ms = batch->meta.exported_before_ms;
  store->quotes += batch->quotes;
  store->accepted += batch->accepted;
  store->cancelled += batch->cancelled;
  store->revoked += batch->revoked;
  store->posted += batch->posted;
  store->commits++;
}

/* `probe` commits even if nothing changed: to see whether there is space again. */
static rl_status try_batch(rl_store *store, bool probe, bool once_more)
{
  rl_batch batch = {
    .store = store,
    .now = rl_clock_read(&store->clock),
    .changed = probe,
    .once_more = once_more,
  };
  rl_status status = rl_access_begin(store->tables, true, &batch.access);
  if (status != RL_OK)
    return status;
  status = fill(&batch);
  if (status != RL_OK || !batch.changed) {
    rl_access_abort(&batch.access);
    return status;
  }
  status = rl_access_commit(&batch.access);
  if (status == RL_OK)
    committed(&batch);
  return status;
}

static rl_status write_batch(rl_store *store, bool probe)
{
  unsigned again = 0, asked = 0;
  rl_status status = try_batch(store, probe, false);
  while ((status == RL_AGAIN && again++ < AGAIN_MOST)
         || (status == RL_UNREACHABLE && !probe && asked++ < ASK_MOST))
    status = try_batch(store, probe, true);
  return status == RL_AGAIN ? RL_UNREACHABLE : status;
}

/* --- answers --- */

/* What can be answered from what was committed: look-ups, and the outcome of a key that stands
 * already. What is not found may be among the records that wait: nobody is told that it is unknown.
 */
static bool answer_from_committed(rl_store *store, rl_job *job)
{
  bool asks = job->kind == RL_JOB_SHOW || job->kind == RL_JOB_REPLAY;
  bool ends = job->kind == RL_JOB_ACCEPT || job->kind == RL_JOB_CANCEL;
  bool found = false;
  rl_access access;
  if ((!asks && !ends) || rl_access_begin(store->tables, false, &access) != RL_OK)
    return false;
  rl_status status = asks ? rl_look_up(store, &access, job)
                          : rl_find_outcome(&access, job, &found);
  rl_access_abort(&access);
  if (ends)
    return status == RL_OK && found;
  return status == RL_OK && job->refusal != RL_REFUSAL_QUOTE_UNKNOWN;
}

static rl_refusal refusal_of(rl_store_state state)
{
  switch (state) {
  case RL_STORE_READ_ONLY: return RL_REFUSAL_STORE_READ_ONLY;
  case RL_STORE_UNREACHABLE: return RL_REFUSAL_STORE_UNREACHABLE;
  case RL_STORE_OPEN:
  case RL_STORE_FAILED: break;
  }
  return RL_REFUSAL_STORE_FAILED;
}

static void answer_without_writing(rl_store *store, rl_job *job, rl_store_state state)
{
  if (state == RL_STORE_READ_ONLY && answer_from_committed(store, job))
    return;
  job->quote_found = job->ended = job->repeated = false;
  job->refusal = refusal_of(state);
}

static void answer_tariff(rl_tariff_entry *entry, rl_store_state state)
{
  rl_status status = state == RL_STORE_OPEN ? RL_OK
                     : state == RL_STORE_READ_ONLY ? RL_NO_SPACE
                     : state == RL_STORE_UNREACHABLE ? RL_UNREACHABLE
                                                     : RL_IO;
  pthread_mutex_lock(&entry->lock);
  entry->status = status;
  entry->answered = true;
  pthread_cond_signal(&entry->wake);
  pthread_mutex_unlock(&entry->lock);
}

static void answer(rl_store *store, rl_entry_kind kind, void *pointer)
{
  rl_store_state state = state_of(store);
  if (kind == RL_ENTRY_TARIFF) {
    answer_tariff(pointer, state);
    return;
  }
  rl_job *job = pointer;
  if (state != RL_STORE_OPEN)
    answer_without_writing(store, job, state);
  rl_inbox_job_done(&store->inbox);
  job->done(job);
}

static void answer_all(rl_store *store)
{
  size_t offset = 0;
  rl_entry entry;
  while (rl_inbox_next(&store->inbox.draining, &offset, &entry)) {
    if (!entry.pointer || !*entry.pointer)
      continue;
    void *pointer = *entry.pointer;
    *entry.pointer = NULL;
    answer(store, entry.kind, pointer);
  }
}

/* --- states --- */

static rl_store_state state_after(rl_status status)
{
  switch ((int)status) {
  case RL_OK: return RL_STORE_OPEN;
  case RL_NO_SPACE: return RL_STORE_READ_ONLY;
  case RL_UNREACHABLE: return RL_STORE_UNREACHABLE;
  default: return RL_STORE_FAILED;
  }
}

/* The state is set before anybody is answered, so that who is refused finds the reason there. */
static void settle(rl_store *store, rl_status status)
{
  store->state = state_after(status);
  answer_all(store);
  if (!is_waiting(state_of(store)))
    store->inbox.draining.used = 0;
}

static void refuse_what_came_later(rl_store *store)
{
  rl_entry_kind kinds[TAKE_MOST];
  void *pointers[TAKE_MOST];
  size_t taken;
  do {
    taken = rl_inbox_take_pointers(&store->inbox, TAKE_MOST, kinds, pointers);
    for (size_t i = 0; i < taken; i++)
      answer(store, kinds[i], pointers[i]);
  } while (taken == TAKE_MOST); /* not "until none": those who keep asking would delay the retry */
}

static void write_what_waits(rl_store *store)
{
  rl_inbox_swap(&store->inbox);
  if (state_of(store) == RL_STORE_FAILED) {
    answer_all(store);
    store->inbox.draining.used = 0;
  } else if (store->inbox.draining.used > 0) {
    settle(store, write_batch(store, false));
  }
}

/* A sync that failed is one, whatever it was for (S3). What else goes wrong here stands in nobody's
 * way: it is counted, and the slice is asked for again. */
static void retain(rl_store *store)
{
  rl_status status = rl_retain_slice(store);
  store->retain_failures += status != RL_OK && status != RL_AGAIN;
  if (status == RL_IO)
    store->state = RL_STORE_FAILED;
}

void *rl_store_write(void *context)
{
  rl_store *store = context;
  bool open = true;
  while (open) {
    bool waits = is_waiting(state_of(store));
    open = rl_inbox_wait(&store->inbox, waits ? RETRY_MS : -1);
    if (waits)
      settle(store, write_batch(store, true));
    if (is_waiting(state_of(store)))
      refuse_what_came_later(store);
    else
      write_what_waits(store);
    if (atomic_exchange(&store->retain, false) && state_of(store) == RL_STORE_OPEN)
      retain(store);
  }
  return NULL;
}
