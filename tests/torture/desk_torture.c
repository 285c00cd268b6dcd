/* The desk takes quotes back while others ask for them, accept them and give them back; while one
 * message stands between its stamp and its record; and an engine that is killed in its walk.
 *
 *   desk_torture [--steps N]
 *
 * Each reading of the clock is an instant of its own, so that there is no doubt what was issued
 * before a revocation arrived. When a revocation is answered, each quote of this engine that it
 * covers has its end; at the end each quote that any covers was consumed, cancelled or revoked, as
 * its client was told, and no other has been taken back; what is open is what the exposure counts,
 * to the unit. */
#include "support/engine.h"
#include "support/random.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ASKERS = 3, TAKEN_BACK = 42, OF_THE_KILLED = 600, HELD = 8 };

static rl_test_engine engine;
static uint64_t steps = 3000; /* of each asker */
static char directory[64];
static _Atomic int64_t ticks; /* µs since the start, one for each reading */
static _Thread_local bool stalls; /* the next reading of this thread stands until it may go */
static sem_t stamped, go;

static void fail(const char *what)
{
  fprintf(stderr, "desk_torture: %s\n", what);
  exit(1);
}

static void wait_for(sem_t *semaphore)
{
  while (sem_wait(semaphore) != 0)
    continue;
}

static rl_now read_ticks(void *context)
{
  (void)context;
  int64_t us = atomic_fetch_add(&ticks, 1);
  if (stalls) {
    stalls = false;
    sem_post(&stamped);
    wait_for(&go);
  }
  return (rl_now){.mono.ns = 1000000000000 + us * 1000, .utc.ms = 1767225600000 + us / 1000};
}

static void open_engine(void)
{
  rl_test_engine_open(&engine, directory, (rl_clock){.read = read_ticks}, 7);
  rl_test_engine_tick(&engine);
}

/* --- one who asks --- */

typedef struct asker {
  pthread_t thread;
  rl_exchange *exchange;
  sem_t done;
  rl_random random;
  char client[RL_CLIENT_NAME_MAX + 1];
  uint64_t consumed;
  uint64_t cancelled;
  uint64_t revoked; /* told so */
} asker;

static void on_done(rl_exchange *exchange, void *context)
{
  asker *it = context;
  (void)exchange;
  sem_post(&it->done);
}

static void begin(asker *it, const char *name, uint64_t seed)
{
  memset(it, 0, sizeof *it);
  snprintf(it->client, sizeof it->client, "%s", name);
  it->random = rl_random_from(seed);
  sem_init(&it->done, 0, 0);
  if (rl_exchange_create(engine.service, on_done, it, &it->exchange) != RL_OK)
    fail("no exchange");
}

static void finish(asker *it)
{
  rl_exchange_destroy(it->exchange);
  sem_destroy(&it->done);
}

static const uint8_t *ask(asker *it, const rl_request *request, size_t *size)
{
  uint8_t message[2048];
  rl_caller caller = {.is_operator = strcmp(it->client, "operator") == 0};
  rl_writer writer = rl_writer_over(message, sizeof message);
  memcpy(caller.name, it->client, sizeof caller.name);
  rl_request_encode(&writer, request);
  RL_ASSERT(!writer.failed);
  rl_exchange_handle(it->exchange, &caller, message, writer.used);
  wait_for(&it->done);
  return rl_exchange_reply(it->exchange, size);
}

static void must_be(const rl_quote_id *id, rl_end_kind kind)
{
  rl_end end;
  if (rl_store_find_end(engine.store, *id, &end) != RL_OK || end.kind != kind)
    fail("a quote ended otherwise than its client was told");
}

static void end(asker *it, const char *id, const char *key)
{
  bool accepts = rl_random_below(&it->random, 2);
  rl_request request =
    rl_test_end_request(accepts ? RL_REQUEST_ACCEPT : RL_REQUEST_CANCEL, id, key);
  size_t size;
  char code[256];
  const uint8_t *reply = ask(it, &request, &size);
  if (!rl_reply_bool(reply, size, "ok")) {
    if (strcmp(rl_reply_text(reply, size, "code", code), "QUOTE_REVOKED") != 0)
      fail(code);
    it->revoked++;
    must_be(&request.id, RL_END_REVOKED);
    return;
  }
  it->consumed += accepts;
  it->cancelled += !accepts;
  must_be(&request.id, accepts ? RL_END_CONSUMED : RL_END_CANCELLED);
}

static void *ask_all(void *argument)
{
  asker *it = argument;
  static _Thread_local char ids[HELD][256];
  for (uint64_t step = 0; step < steps; step++) {
    char key[24], *id = ids[step % HELD];
    size_t size;
    snprintf(key, sizeof key, "k%" PRIu64, step);
    bool sells = rl_random_below(&it->random, 2);
    rl_request request = rl_test_quote_request(sells ? "EUR" : "USD", sells ? "USD" : "JPY",
                                               RL_FIXED_SOURCE, 1000 + (int64_t)step, key);
    const uint8_t *reply = ask(it, &request, &size);
    if (!rl_reply_bool(reply, size, "ok"))
      fail(rl_reply_text(reply, size, "code", id));
    rl_reply_text(reply, size, "quote", id);
    if (step + 1 >= HELD && rl_random_below(&it->random, 4) != 0)
      end(it, ids[(step + 1) % HELD], key); /* the one that was held longest */
  }
  return NULL;
}

/* --- the desk --- */

static rl_request revocation(unsigned number)
{
  rl_request request = {.kind = RL_REQUEST_REVOKE};
  rl_revoke_request *revoke = &request.revoke;
  *revoke = (rl_revoke_request){
    .issued_from_ms = INT64_MIN, .issued_before_ms = INT64_MAX, .reason = "a test"};
  revoke->all = number % 3 == 0;
  if (number % 3 == 1)
    snprintf(request.client, sizeof request.client, "client-%u", number % ASKERS);
  revoke->has_pair = number % 3 == 2;
  if (revoke->has_pair
      && (rl_currency_find("USD", 3, &revoke->pair[0]) != RL_OK
          || rl_currency_find("EUR", 3, &revoke->pair[1]) != RL_OK))
    fail("no such currency");
  snprintf(request.key, sizeof request.key, "v%u", number);
  return request;
}

static rl_revocation revocations[RL_REVOCATIONS_LIVE_MAX];
static unsigned revocation_count;

static bool take_revocation(const rl_revocation *revocation, void *context)
{
  (void)context;
  revocations[revocation_count++] = *revocation;
  return true;
}

static void read_revocations(void)
{
  rl_error error;
  revocation_count = 0;
  if (rl_store_each_revocation(engine.store, take_revocation, NULL, &error) != RL_OK)
    fail(error.text);
}

static bool has_ended(const rl_quote *quote, rl_end *end)
{
  return rl_store_find_end(engine.store, quote->id, end) == RL_OK;
}

static bool expect_ended(const rl_quote *quote, void *context)
{
  rl_end end;
  if (rl_revocation_covers(context, quote) && !has_ended(quote, &end))
    fail("a revocation was answered before a quote that it covers had ended");
  return true;
}

static void walk(rl_visit_quote visit, void *context)
{
  rl_error error;
  if (rl_store_each_quote(engine.store, (rl_quote_id){0}, visit, context, &error) != RL_OK)
    fail(error.text);
}

static void take_back(asker *desk, unsigned number)
{
  rl_request request = revocation(number);
  size_t size;
  char code[256];
  const uint8_t *reply = ask(desk, &request, &size);
  if (!rl_reply_bool(reply, size, "ok"))
    fail(rl_reply_text(reply, size, "code", code));
  read_revocations();
  walk(expect_ended, &revocations[revocation_count - 1]);
}

/* --- what is left --- */

typedef struct left {
  uint32_t open;
  uint64_t notional_minor;
  uint64_t ends[4]; /* by kind */
} left;

static bool add_quote(const rl_quote *quote, void *context)
{
  left *sum = context;
  rl_end end;
  bool covered = false;
  for (unsigned i = 0; i < revocation_count; i++)
    covered |= rl_revocation_covers(&revocations[i], quote);
  bool ended = has_ended(quote, &end);
  if (covered && !ended)
    fail("a quote that was taken back is open");
  if (ended && end.kind == RL_END_REVOKED && !covered)
    fail("a quote was taken back that nobody meant");
  if (ended)
    sum->ends[end.kind]++;
  sum->open += !ended;
  sum->notional_minor += ended ? 0 : (uint64_t)quote->notional_minor;
  return true;
}

/* The store's inbox is empty of what came before. */
static void await_records(void)
{
  rl_job job = {.kind = RL_JOB_SHOW};
  rl_test_run_job(&engine, &job);
}

static left judge(void)
{
  left sum = {0};
  rl_book_stats book;
  await_records();
  read_revocations();
  walk(add_quote, &sum);
  rl_exposure_sum total = rl_exposure_total(engine.exposure);
  rl_book_stats_read(engine.book, &book);
  if (total.locks != sum.open || total.notional_minor != sum.notional_minor
      || book.active != sum.open)
    fail("the exposure is not what is open");
  return sum;
}

static void start(pthread_t *thread, void *(*run)(void *), void *argument)
{
  if (pthread_create(thread, NULL, run, argument) != 0)
    fail("no thread");
}

static void race(uint64_t seed)
{
  asker askers[ASKERS], desk;
  uint64_t told[3] = {0};
  open_engine();
  begin(&desk, "operator", seed);
  for (unsigned i = 0; i < ASKERS; i++) {
    char name[16];
    snprintf(name, sizeof name, "client-%u", i);
    begin(&askers[i], name, seed + i + 1);
    start(&askers[i].thread, ask_all, &askers[i]);
  }
  for (unsigned i = 0; i < TAKEN_BACK; i++)
    take_back(&desk, i);
  for (unsigned i = 0; i < ASKERS; i++) {
    pthread_join(askers[i].thread, NULL);
    told[0] += askers[i].consumed;
    told[1] += askers[i].cancelled;
    told[2] += askers[i].revoked;
    finish(&askers[i]);
  }
  left sum = judge();
  if (sum.ends[RL_END_CONSUMED] != told[0] || sum.ends[RL_END_CANCELLED] != told[1]
      || sum.ends[RL_END_REVOKED] < told[2])
    fail("the ends are not those that were told");
  take_back(&desk, TAKEN_BACK); /* all */
  finish(&desk);
  if (rl_exposure_total(engine.exposure).locks != 0)
    fail("something is open after all was taken back");
  rl_test_engine_close(&engine);
  printf("desk_torture: %" PRIu64 " consumed, %" PRIu64 " cancelled, %" PRIu64 " taken back, of "
         "which %" PRIu64 " met an accept or cancel\n", told[0], told[1],
         sum.ends[RL_END_REVOKED], told[2]);
}

static void *revoke_everything(void *argument)
{
  rl_request request = revocation(0);
  size_t size;
  (void)ask(argument, &request, &size);
  return NULL;
}

/* --- a message between its stamp and its record --- */

static void *quote_and_stall(void *argument)
{
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 1000, "k");
  size_t size;
  stalls = true;
  const uint8_t *reply = ask(argument, &request, &size);
  if (!rl_reply_bool(reply, size, "ok"))
    fail("no quote");
  return NULL;
}

/* Time enough for a walk that does not wait. */
static void let_others_work(void)
{
  for (unsigned i = 0; i < 100; i++)
    await_records();
}

static void stall(uint64_t seed)
{
  asker shop, desk;
  pthread_t quoting, revoking;
  open_engine();
  begin(&shop, "client-0", seed);
  begin(&desk, "operator", seed);
  sem_init(&stamped, 0, 0);
  sem_init(&go, 0, 0);
  start(&quoting, quote_and_stall, &shop);
  wait_for(&stamped);
  start(&revoking, revoke_everything, &desk);
  do
    read_revocations();
  while (revocation_count == 0);
  let_others_work();
  sem_post(&go);
  pthread_join(quoting, NULL);
  pthread_join(revoking, NULL);
  if (rl_exposure_total(engine.exposure).locks != 0 || judge().ends[RL_END_REVOKED] != 1)
    fail("a quote is open that was stamped before the revocation");
  finish(&shop);
  finish(&desk);
  rl_test_engine_close(&engine);
}

/* --- killed in the midst of its walk --- */

static void live_until_the_first_rows(void)
{
  asker shop, desk;
  pthread_t thread;
  rl_store_stats stats;
  open_engine();
  begin(&shop, "client-0", 1);
  begin(&desk, "operator", 2);
  for (unsigned i = 0; i < OF_THE_KILLED; i++) {
    char key[24];
    size_t size;
    snprintf(key, sizeof key, "k%u", i);
    rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 1000, key);
    (void)ask(&shop, &request, &size);
  }
  start(&thread, revoke_everything, &desk);
  do
    rl_store_stats_read(engine.store, &stats);
  while (stats.revoked == 0);
  raise(SIGKILL);
}

static void be_killed(void)
{
  int status;
  pid_t child = fork();
  if (child == 0)
    live_until_the_first_rows();
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
    fail("the engine was not killed");
  ticks = (int64_t)OF_THE_KILLED * 1000;
  open_engine();
  if (rl_exposure_total(engine.exposure).locks != 0)
    fail("a quote that was taken back is open after the start");
  asker desk;
  begin(&desk, "operator", 3);
  take_back(&desk, 0); /* again, and so behind the walk of the start */
  finish(&desk);
  left sum = judge();
  if (sum.ends[RL_END_REVOKED] != OF_THE_KILLED)
    fail("the walk was not finished");
  rl_test_engine_close(&engine);
  printf("desk_torture: killed in its walk, finished by the next start\n");
}

static void in_a_directory_of_its_own(void (*test)(uint64_t seed), uint64_t seed)
{
  snprintf(directory, sizeof directory, "/tmp/ratelock-test-XXXXXX");
  if (!mkdtemp(directory))
    fail("no directory");
  ticks = 0;
  test(seed);
  rl_test_remove_directory(directory);
}

static void kill_once(uint64_t seed)
{
  (void)seed;
  be_killed();
}

int main(int argc, char **argv)
{
  if (argc == 3 && strcmp(argv[1], "--steps") == 0)
    steps = strtoull(argv[2], NULL, 10);
  in_a_directory_of_its_own(kill_once, 0); /* first: it forks, and no thread is there yet */
  in_a_directory_of_its_own(stall, 0);
  in_a_directory_of_its_own(race, rl_test_seed("desk_torture"));
  return 0;
}
