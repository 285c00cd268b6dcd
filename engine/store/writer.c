/* The writer: all that waits becomes one transaction, one commit, and then the answers.
 *
 *             commit good               commit good
 *           +-------------+   +----------------------------------+
 *           v             |   v                                  |
 *          OPEN ----------+-- OPEN <---- READ_ONLY --------------+
 *           |    no space ----------->      |
 *           | any other trouble             | any other trouble
 *           v                               v
 *         FAILED <--------------------------+          (never left)
 *
 * Invariants
 * 1. No job is answered before the commit of its transaction returned; the order of answers is
 *    that of the inbox.
 * 2. In READ_ONLY the writer's buffer keeps the records that were not committed; they are tried
 *    again before anything that came later is looked at. Its jobs were refused, once.
 * 3. In FAILED nothing is written: a sync that failed once may succeed the second time without
 *    having written anything.
 * 4. The high-water mark never falls. */
#include "store/private.h"

#include <string.h>

enum { RETRY_MS = 1000, TAKE_MOST = 64, COMMITS_PER_READER_CHECK = 1024 };

static rl_store_state state_of(const rl_store *store)
{
  return (rl_store_state)store->state;
}

/* --- one transaction --- */

static int put_tariff(rl_batch *batch, const rl_tariff_entry *entry)
{
  batch->changed = true;
  return rl_tables_put_tariff(&batch->store->tables, batch->txn, entry->digest, entry->text,
                              entry->length);
}

static int put_record(rl_batch *batch, const rl_entry *entry)
{
  batch->changed = true;
  batch->quotes++;
  return rl_tables_put_record(&batch->store->tables, batch->txn, entry->bytes, entry->size);
}

static int put_entry(rl_batch *batch, const rl_entry *entry)
{
  if (entry->kind == RL_ENTRY_RECORD)
    return put_record(batch, entry);
  if (!*entry->pointer)
    return 0; /* refused when there was no space */
  return entry->kind == RL_ENTRY_JOB ? rl_decide(batch, *entry->pointer)
                                     : put_tariff(batch, *entry->pointer);
}

static int put_all(rl_batch *batch)
{
  size_t offset = 0;
  rl_entry entry;
  int rc = 0;
  while (rc == 0 && rl_buffer_next(&batch->store->inbox.draining, &offset, &entry))
    rc = put_entry(batch, &entry);
  return rc;
}

/* The mark rises with the wall clock and stays where that falls back. */
static int put_high_water(rl_batch *batch, rl_meta *meta)
{
  *meta = batch->store->meta;
  if (batch->now.utc.ms > meta->high_water_utc_ms)
    meta->high_water_utc_ms = batch->now.utc.ms;
  return rl_tables_put_meta(&batch->store->tables, batch->txn, meta);
}

static void committed(rl_batch *batch, const rl_meta *meta)
{
  rl_store *store = batch->store;
  store->meta = *meta;
  store->high_water_utc_ms = meta->high_water_utc_ms;
  rl_keys_commit(&store->keys);
  store->quotes += batch->quotes;
  store->accepted += batch->accepted;
  store->cancelled += batch->cancelled;
  store->commits++;
  int dead;
  if (store->commits % COMMITS_PER_READER_CHECK == 0)
    (void)mdb_reader_check(store->tables.env, &dead); /* a killed reader would pin old pages */
}

/* Ends the transaction, one way or the other. */
static int finish(rl_batch *batch, int rc)
{
  rl_meta meta;
  if (rc == 0 && batch->changed)
    rc = put_high_water(batch, &meta);
  if (rc != 0 || !batch->changed) {
    mdb_txn_abort(batch->txn);
  } else {
    rc = batch->store->commit(&batch->store->tables, batch->txn);
    if (rc == 0)
      committed(batch, &meta);
  }
  if (rc != 0)
    rl_keys_abort(&batch->store->keys);
  return rc;
}

/* `probe` commits even if nothing changed: to see whether there is space again. */
static int write_batch(rl_store *store, bool probe)
{
  rl_batch batch = {.store = store, .now = rl_clock_read(&store->clock), .changed = probe};
  rl_keys_retire(&store->keys, batch.now.mono);
  int rc = mdb_txn_begin(store->tables.env, NULL, 0, &batch.txn);
  if (rc != 0)
    return rc;
  return finish(&batch, put_all(&batch));
}

/* --- answers --- */

/* Look-ups are served as long as what they read was committed. What is not found may be among the
 * records that wait for space: nobody is told that it is unknown. */
static void answer_without_writing(rl_store *store, rl_job *job, rl_store_state state)
{
  bool asks = job->kind == RL_JOB_SHOW || job->kind == RL_JOB_REPLAY;
  MDB_txn *txn = NULL;
  int rc = MDB_PANIC;
  if (asks && state == RL_STORE_READ_ONLY)
    rc = rl_tables_read(&store->tables, &txn);
  if (rc == 0)
    rc = rl_look_up(store, txn, job);
  if (txn)
    mdb_txn_abort(txn);
  if (rc == 0) {
    if (job->refusal == RL_REFUSAL_QUOTE_UNKNOWN)
      job->refusal = RL_REFUSAL_STORE_READ_ONLY;
    return;
  }
  job->quote_found = job->ended = job->repeated = false;
  job->refusal = state == RL_STORE_READ_ONLY && !asks ? RL_REFUSAL_STORE_READ_ONLY
                                                      : RL_REFUSAL_STORE_FAILED;
}

static void answer_tariff(rl_tariff_entry *entry, rl_store_state state)
{
  rl_status status = state == RL_STORE_OPEN ? RL_OK
                     : state == RL_STORE_READ_ONLY ? RL_NO_SPACE
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
  while (rl_buffer_next(&store->inbox.draining, &offset, &entry)) {
    if (!entry.pointer || !*entry.pointer)
      continue;
    void *pointer = *entry.pointer;
    *entry.pointer = NULL;
    answer(store, entry.kind, pointer);
  }
}

/* --- states --- */

/* The state is set before anybody is answered, so that who is refused finds the reason there. */
static void settle(rl_store *store, int rc)
{
  store->state = rc == 0 ? RL_STORE_OPEN
                 : rl_tables_out_of_space(rc) ? RL_STORE_READ_ONLY
                                              : RL_STORE_FAILED;
  answer_all(store);
  if (state_of(store) != RL_STORE_READ_ONLY)
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

void *rl_store_write(void *context)
{
  rl_store *store = context;
  bool open = true;
  while (open) {
    bool waits_for_space = state_of(store) == RL_STORE_READ_ONLY;
    open = rl_inbox_wait(&store->inbox, waits_for_space ? RETRY_MS : -1);
    if (waits_for_space)
      settle(store, write_batch(store, true));
    if (state_of(store) == RL_STORE_READ_ONLY)
      refuse_what_came_later(store);
    else
      write_what_waits(store);
  }
  return NULL;
}
