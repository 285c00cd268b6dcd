/* What an accept costs with all that makes it durable, over each member of tables: groups of 64
 * quotes are recorded and accepted at a time, by their tokens, and the next group follows when all
 * are answered, as from 64 clients that wait. The figure is an accept's share of its group.
 *
 *   perf_store [--smoke]
 *
 * PostgreSQL is a server of its own on this machine, over a Unix socket, with fsync on; both
 * members write below /tmp. So this compares what the engine and the database do for an accept. It
 * says nothing of networks, and no more of a disk than its syncs. */
#include "bench.h"
#include "faults/deals.h"
#include "support/expect.h"
#include "support/postgres.h"
#include "support/quotes.h"

#include <pthread.h>
#include <string.h>

enum { GROUP = 64 };

static deal_world world;
static test_postgres server;
static rl_random numbers;

/* One store, and the group that waits for it. */
typedef struct rl_shop {
  rl_store *store;
  char directory[64];
  rl_job jobs[GROUP];
  rl_quote tokens[GROUP];
  unsigned waiting; /* under the lock */
  pthread_mutex_t lock;
  pthread_cond_t answered;
} rl_shop;

static void on_answer(rl_job *job)
{
  rl_shop *shop = job->context;
  pthread_mutex_lock(&shop->lock);
  if (--shop->waiting == 0)
    pthread_cond_signal(&shop->answered);
  pthread_mutex_unlock(&shop->lock);
}

static void issue_and_accept(rl_shop *shop, unsigned i)
{
  uint64_t number = rl_random_next(&numbers);
  uint8_t record[RL_RECORD_MAX];
  rl_quote *quote = &shop->tokens[i];
  *quote = deal_quote(&world, number, rl_clock_read(&world.clock));
  EXPECT(rl_store_record(shop->store, record, rl_quote_encode(quote, record)) == RL_OK);
  rl_strip_evidence(quote);
  deal_job(&world, &shop->jobs[i], number, quote, "key");
  shop->jobs[i].kind = RL_JOB_ACCEPT;
  shop->jobs[i].from_token = quote;
  shop->jobs[i].done = on_answer;
  shop->jobs[i].context = shop;
  EXPECT(rl_store_submit(shop->store, &shop->jobs[i]) == RL_OK);
}

static uint64_t accept_groups(void *context, uint64_t count)
{
  rl_shop *shop = context;
  uint64_t digest = 0;
  world.identity = rl_store_identity(shop->store);
  for (uint64_t done = 0; done < count; done += GROUP) {
    shop->waiting = GROUP;
    for (unsigned i = 0; i < GROUP; i++)
      issue_and_accept(shop, i);
    pthread_mutex_lock(&shop->lock);
    while (shop->waiting > 0)
      pthread_cond_wait(&shop->answered, &shop->lock);
    pthread_mutex_unlock(&shop->lock);
    for (unsigned i = 0; i < GROUP; i++) {
      EXPECT(shop->jobs[i].refusal == RL_REFUSAL_NONE);
      digest += shop->jobs[i].end.transaction;
    }
  }
  return digest;
}

static void open_shop(rl_shop *shop, const char *url)
{
  deal_make_directory(&world);
  memcpy(shop->directory, world.directory, sizeof shop->directory);
  rl_store_options options = {
    .directory = shop->directory, .url = url, .clock = world.clock, .boot_id = world.boot_id};
  rl_error error;
  EXPECT(rl_store_open(&options, &shop->store, &error) == RL_OK);
  pthread_mutex_init(&shop->lock, NULL);
  pthread_cond_init(&shop->answered, NULL);
}

static void close_shop(rl_shop *shop)
{
  rl_store_close(shop->store);
  deal_remove_directory(shop->directory);
}

int main(int argc, char **argv)
{
  static rl_shop file, database;
  bench_plan plan = bench_plan_from(argc, argv, (bench_plan){.rounds = 15, .count = 64 * GROUP});
  EXPECT(rl_crypto_init() == RL_OK);
  numbers = rl_random_from(bench_now_ns());
  world.clock = rl_clock_system();
  EXPECT(rl_clock_boot_id(&world.boot_id) == RL_OK);
  postgres_make(&server);
  open_shop(&file, NULL);
  open_shop(&database, server.url);
  const bench_case cases[] = {
    {"LMDB", accept_groups, &file},
    {"PostgreSQL", accept_groups, &database},
    {"LMDB, again", accept_groups, &file},
    {"PostgreSQL, again", accept_groups, &database},
  };
  bench_run("an accept, in groups of 64", cases, sizeof cases / sizeof *cases, plan);
  close_shop(&file);
  close_shop(&database);
  postgres_remove(&server);
  return 0;
}
