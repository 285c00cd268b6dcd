#include "store/harness.h"

#include "support/postgres.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The store's rules are one, whatever it stands on: with RL_TEST_POSTGRES these tests run over that
 * database. One at a time. */
static const char *empty_database(void)
{
  test_postgres server = {0};
  const char *url = getenv("RL_TEST_POSTGRES");
  if (!url)
    return NULL;
  snprintf(server.url, sizeof server.url, "%s", url);
  postgres_run(&server, "DROP SCHEMA IF EXISTS ratelock CASCADE");
  return url;
}

void harness_init(rl_harness *harness)
{
  *harness = (rl_harness){.random = rl_random_from(rl_test_seed("store")),
                          .ttl_ms = HARNESS_TTL_MS};
  snprintf(harness->directory, sizeof harness->directory, "/tmp/ratelock-test-XXXXXX");
  RL_ASSERT(rl_crypto_init() == RL_OK);
  char *made = mkdtemp(harness->directory);
  RL_ASSERT(made != NULL);
  rl_manual_clock_init(&harness->manual, (rl_now){{1000000000000}, {1767225600000}});
  harness->options = (rl_store_options){
    .directory = harness->directory,
    .url = empty_database(),
    .clock = rl_clock_manual(&harness->manual),
    .boot_id = HARNESS_BOOT,
    .inbox_bytes = 1 << 20,
    .map_bytes = 64 << 20,
  };
}

rl_status harness_try_open(rl_harness *harness, rl_error *error)
{
  return rl_store_open(&harness->options, &harness->store, error);
}

void harness_open(rl_harness *harness)
{
  rl_error error;
  rl_status status = harness_try_open(harness, &error);
  if (status != RL_OK) {
    char text[1024];
    rl_error_format(&error, text, sizeof text);
    fprintf(stderr, "open: %s\n", text);
  }
  RL_ASSERT(status == RL_OK);
}

void harness_close(rl_harness *harness)
{
  if (harness->store)
    rl_store_close(harness->store);
  harness->store = NULL;
}

void harness_restart(rl_harness *harness)
{
  harness_close(harness);
  harness_open(harness);
}

void harness_fini(rl_harness *harness)
{
  harness_close(harness);
  DIR *folder = opendir(harness->directory);
  RL_ASSERT(folder != NULL);
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] != '.')
      unlinkat(dirfd(folder), entry->d_name, 0);
  }
  closedir(folder);
  rmdir(harness->directory);
}

rl_now harness_now(const rl_harness *harness)
{
  return rl_clock_read(&harness->options.clock);
}

rl_quote harness_quote(rl_harness *harness)
{
  rl_now now = harness_now(harness);
  rl_quote_plan plan = {
    .store = rl_store_identity(harness->store),
    .client = "shop",
    .boot_id = HARNESS_BOOT,
    .issued_mono_ns = now.mono.ns,
    .ttl_ms = harness->ttl_ms,
  };
  uint8_t random[10];
  for (size_t i = 0; i < sizeof random; i++)
    random[i] = (uint8_t)rl_random_next(&harness->random);
  plan.id = rl_quote_id_make(now.utc, random);
  rl_quote quote;
  rl_planned_quote(&harness->random, &plan, &quote);
  return quote;
}

rl_status harness_record(rl_harness *harness, const rl_quote *quote)
{
  uint8_t record[RL_RECORD_MAX];
  return rl_store_record(harness->store, record, rl_quote_encode(quote, record));
}

rl_quote harness_recorded(rl_harness *harness)
{
  rl_quote quote = harness_quote(harness);
  rl_status recorded = harness_record(harness, &quote);
  RL_ASSERT(recorded == RL_OK);
  return quote;
}

rl_job harness_job(const rl_harness *harness, rl_job_kind kind, const rl_quote *quote,
                   const char *key)
{
  rl_job job = {
    .kind = kind,
    .quote_id = quote->id,
    .body.words = {(uint64_t)key[0], 0},
    .arrived = harness_now(harness),
  };
  snprintf(job.client, sizeof job.client, "%s", quote->client);
  snprintf(job.key, sizeof job.key, "%s", key);
  return job;
}

static void on_answer(rl_job *job)
{
  rl_waiter *waiter = job->context;
  pthread_mutex_lock(&waiter->lock);
  waiter->answers++;
  pthread_cond_signal(&waiter->answered);
  pthread_mutex_unlock(&waiter->lock);
}

void waiter_init(rl_waiter *waiter, const rl_job *job)
{
  waiter->job = *job;
  waiter->job.done = on_answer;
  waiter->job.context = waiter;
  waiter->answers = 0;
  pthread_mutex_init(&waiter->lock, NULL);
  pthread_cond_init(&waiter->answered, NULL);
}

rl_status waiter_submit(rl_harness *harness, rl_waiter *waiter, const rl_job *job)
{
  waiter_init(waiter, job);
  return rl_store_submit(harness->store, &waiter->job);
}

void waiter_wait(rl_waiter *waiter)
{
  pthread_mutex_lock(&waiter->lock);
  while (waiter->answers == 0)
    pthread_cond_wait(&waiter->answered, &waiter->lock);
  RL_ASSERT(waiter->answers == 1);
  pthread_mutex_unlock(&waiter->lock);
}

void harness_run(rl_harness *harness, rl_job *job)
{
  rl_waiter waiter;
  rl_status submitted = waiter_submit(harness, &waiter, job);
  RL_ASSERT(submitted == RL_OK);
  waiter_wait(&waiter);
  *job = waiter.job;
}

rl_refusal harness_end(rl_harness *harness, rl_job_kind kind, const rl_quote *quote,
                       const char *key)
{
  rl_job job = harness_job(harness, kind, quote, key);
  harness_run(harness, &job);
  return job.refusal;
}

rl_quote harness_accepted(rl_harness *harness, const char *key)
{
  rl_quote quote = harness_recorded(harness);
  rl_refusal refusal = harness_end(harness, RL_JOB_ACCEPT, &quote, key);
  RL_ASSERT(refusal == RL_REFUSAL_NONE);
  return quote;
}

void harness_add(rl_harness_sums *sums, const rl_transaction *transaction)
{
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    const rl_posting *posting = &transaction->postings[i];
    sums->minor[posting->amount.currency.index][posting->account] += posting->amount.minor;
  }
}

static bool add_transaction(uint64_t number, const rl_transaction *transaction, void *context)
{
  (void)number;
  harness_add(context, transaction);
  return true;
}

static bool add_carried(const rl_carried *carried, void *context)
{
  rl_harness_sums *sums = context;
  const rl_posting *account = &carried->account;
  sums->minor[account->amount.currency.index][account->account] += carried->minor;
  return true;
}

rl_harness_sums harness_balances(rl_harness *harness)
{
  rl_harness_sums sums = {0};
  rl_status read =
    rl_store_each_balance(harness->store, add_carried, add_transaction, &sums, NULL);
  RL_ASSERT(read == RL_OK);
  return sums;
}

static void hold(rl_job *job)
{
  rl_gate *gate = job->context;
  pthread_mutex_lock(&gate->lock);
  gate->reached = true;
  pthread_cond_broadcast(&gate->changed);
  while (!gate->open)
    pthread_cond_wait(&gate->changed, &gate->lock);
  gate->reached = false;
  pthread_cond_broadcast(&gate->changed);
  pthread_mutex_unlock(&gate->lock);
}

void gate_close(rl_harness *harness, rl_gate *gate)
{
  const rl_quote nothing = {.client = "gate"};
  *gate = (rl_gate){
    .job = harness_job(harness, RL_JOB_SHOW, &nothing, "gate"),
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .changed = PTHREAD_COND_INITIALIZER,
  };
  gate->job.done = hold;
  gate->job.context = gate;
  rl_status submitted = rl_store_submit(harness->store, &gate->job);
  RL_ASSERT(submitted == RL_OK);
  pthread_mutex_lock(&gate->lock);
  while (!gate->reached)
    pthread_cond_wait(&gate->changed, &gate->lock);
  pthread_mutex_unlock(&gate->lock);
}

void gate_open(rl_gate *gate)
{
  pthread_mutex_lock(&gate->lock);
  gate->open = true;
  pthread_cond_broadcast(&gate->changed);
  while (gate->reached)
    pthread_cond_wait(&gate->changed, &gate->lock);
  pthread_mutex_unlock(&gate->lock);
}

void harness_put_row(rl_harness *harness, rl_table table, rl_blob key, rl_blob row)
{
  rl_access access;
  rl_status status = rl_access_begin(harness->store->tables, true, &access);
  RL_ASSERT(status == RL_OK);
  status = access.tables->kind->set(access.rows, table, key, row);
  RL_ASSERT(status == RL_OK);
  status = rl_access_commit(&access);
  RL_ASSERT(status == RL_OK);
}
