#include "faults/deals.h"

#include "support/expect.h"
#include "support/quotes.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

deal_fate deal_fate_of(uint64_t number)
{
  return (deal_fate)(number % 7 == 0 ? DEAL_CANCELLED : number % 3);
}

rl_end_kind deal_end_kind(uint64_t number)
{
  return deal_fate_of(number) == DEAL_CANCELLED ? RL_END_CANCELLED : RL_END_CONSUMED;
}

rl_quote deal_quote(const deal_world *world, uint64_t number, rl_now issued)
{
  rl_random random = rl_random_from(world->seed ^ (number * 0x9e3779b97f4a7c15u));
  uint8_t entropy[10];
  for (size_t i = 0; i < sizeof entropy; i++)
    entropy[i] = (uint8_t)rl_random_next(&random);
  rl_quote_plan plan = {
    .id = rl_quote_id_make(issued.utc, entropy),
    .store = world->identity,
    .client = "shop",
    .boot_id = world->boot_id,
    .issued_mono_ns = issued.mono.ns,
    .ttl_ms = DEAL_TTL_MS,
  };
  rl_quote quote;
  rl_planned_quote(&random, &plan, &quote);
  return quote;
}

void deal_job(const deal_world *world, rl_job *job, uint64_t number, const rl_quote *quote,
              const char *form)
{
  memset(job, 0, sizeof *job);
  job->kind = deal_fate_of(number) == DEAL_CANCELLED ? RL_JOB_CANCEL : RL_JOB_ACCEPT;
  job->quote_id = quote->id;
  snprintf(job->client, sizeof job->client, "%s", quote->client);
  snprintf(job->key, sizeof job->key, "%s-%llu", form, (unsigned long long)number);
  job->body.words[0] = number;
  job->arrived = rl_clock_read(&world->clock);
}

/* --- one job at a time --- */

typedef struct waiting {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  bool done;
} waiting;

static void on_answer(rl_job *job)
{
  waiting *it = job->context;
  pthread_mutex_lock(&it->lock);
  it->done = true;
  pthread_cond_signal(&it->wake);
  pthread_mutex_unlock(&it->lock);
}

bool deal_run(rl_store *store, rl_job *job)
{
  waiting it = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
  job->done = on_answer;
  job->context = &it;
  if (rl_store_submit(store, job) != RL_OK)
    return false;
  pthread_mutex_lock(&it.lock);
  while (!it.done)
    pthread_cond_wait(&it.wake, &it.lock);
  pthread_mutex_unlock(&it.lock);
  return true;
}

/* --- the directory --- */

void deal_make_directory(deal_world *world)
{
  snprintf(world->directory, sizeof world->directory, "/tmp/ratelock-faults-XXXXXX");
  EXPECT(mkdtemp(world->directory));
}

void deal_remove_directory(const char *directory)
{
  DIR *folder = opendir(directory);
  EXPECT(folder);
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] != '.')
      unlinkat(dirfd(folder), entry->d_name, 0);
  }
  closedir(folder);
  rmdir(directory);
}

rl_status deal_open(const deal_world *world, const char *directory, bool read_only, rl_store **out,
                    rl_error *error)
{
  rl_store_options options = {
    .directory = directory,
    .clock = world->clock,
    .boot_id = world->boot_id,
    .inbox_bytes = 1 << 20,
    .map_bytes = (size_t)1 << 30,
    .read_only = read_only,
    .every_page = true,
  };
  rl_error own = {0};
  rl_status status = rl_store_open(&options, out, error ? error : &own);
  if (status != RL_OK && !error)
    fprintf(stderr, "%s: %s %s\n", own.file, own.field, own.text);
  return status;
}

uint64_t deal_prove(rl_store *store)
{
  rl_verify_report report;
  rl_error error = {0};
  rl_status status = rl_store_verify(store, &report, &error);
  if (status != RL_OK)
    fprintf(stderr, "%s: %s\n", error.field, error.text);
  EXPECT(status == RL_OK);
  return report.ends;
}

/* --- what was left --- */

void deal_check_answered(const deal_world *world, rl_store *store, uint64_t number, rl_now issued,
                         uint64_t transaction)
{
  rl_quote quote = deal_quote(world, number, issued);
  rl_end end;
  EXPECT(rl_store_find_end(store, quote.id, &end) == RL_OK);
  EXPECT(end.kind == deal_end_kind(number));
  EXPECT(end.transaction == transaction);
}

uint64_t deal_ask_again(const deal_world *world, rl_store *store, uint64_t number, rl_now issued)
{
  rl_quote quote = deal_quote(world, number, issued), token = quote;
  rl_strip_evidence(&token);
  rl_job job;
  deal_job(world, &job, number, &quote, "first");
  job.from_token = &token;
  EXPECT(deal_run(store, &job) && job.refusal == RL_REFUSAL_NONE);
  uint64_t transaction = job.end.transaction;
  deal_job(world, &job, number, &quote, "second");
  job.from_token = &token;
  EXPECT(deal_run(store, &job));
  EXPECT(job.refusal == RL_REFUSAL_QUOTE_CONSUMED || job.refusal == RL_REFUSAL_QUOTE_CANCELLED);
  return transaction;
}
