/* Exposure under a whole service: threads of the same clients quote, repeat each other's keys,
 * quote both ways, accept and cancel, while time passes, locks expire and the limits change.
 *
 *   exposure_torture [--steps N]
 *
 * The judge is the store: at the end, what it has recorded and not ended, and whose time is not
 * over, must be what the exposure counts, to the unit; and so after a new start. When all time is
 * over, nothing is counted. */
#include "support/engine.h"
#include "support/random.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASKERS = 3, REMEMBERED = 16, STEPS_A_TURN = 4, STEPS_A_RELOAD = 256 };

static rl_test_engine engine;
static uint64_t steps = 6000; /* of each asker */
static _Atomic bool over;
static sem_t turn, reload; /* the askers let time pass, and the limits change */

typedef struct asker {
  pthread_t thread;
  rl_exchange *exchange;
  sem_t done;
  rl_random random;
  const char *client;
  uint64_t answered[3]; /* yes, refused by a cap, refused otherwise */
  unsigned remembered;
  char quotes[REMEMBERED][RL_QUOTE_ID_TEXT_SIZE];
} asker;

static void fail(const char *what)
{
  fprintf(stderr, "exposure_torture: %s\n", what);
  exit(1);
}

static void wait_for(sem_t *semaphore)
{
  while (sem_wait(semaphore) != 0)
    continue;
}

static void on_done(rl_exchange *exchange, void *context)
{
  asker *it = context;
  (void)exchange;
  sem_post(&it->done);
}

static void remember(asker *it, const uint8_t *reply, size_t size, const char *path)
{
  char text[256];
  rl_reply_text(reply, size, path, text);
  memcpy(it->quotes[it->remembered++ % REMEMBERED], text, RL_QUOTE_ID_TEXT_SIZE);
}

static void count(asker *it, const uint8_t *reply, size_t size, rl_request_kind kind)
{
  char code[256];
  bool yes = rl_reply_bool(reply, size, "ok");
  if (yes && kind == RL_REQUEST_QUOTE)
    remember(it, reply, size, "quote");
  if (yes && kind == RL_REQUEST_TWO_WAY)
    remember(it, reply, size, "buy.quote");
  if (!yes)
    rl_reply_text(reply, size, "code", code);
  bool capped = !yes && (strcmp(code, "CLIENT_LIMIT") == 0 || strcmp(code, "PAIR_LIMIT") == 0
                         || strcmp(code, "TICKET_TOO_LARGE") == 0);
  it->answered[yes ? 0 : capped ? 1 : 2]++;
}

static void ask(asker *it, const rl_request *request)
{
  uint8_t message[2048];
  size_t size;
  rl_caller caller = {.is_operator = false};
  rl_writer writer = rl_writer_over(message, sizeof message);
  snprintf(caller.name, sizeof caller.name, "%s", it->client);
  rl_request_encode(&writer, request);
  RL_ASSERT(!writer.failed);
  rl_exchange_handle(it->exchange, &caller, message, writer.used);
  wait_for(&it->done);
  const uint8_t *reply = rl_exchange_reply(it->exchange, &size);
  count(it, reply, size, request->kind);
}

/* The askers go through the same keys, a few apart: one meets what another opened, or opens. */
static void quote(asker *it, uint64_t step)
{
  static const char *const ways[][2] = {{"USD", "EUR"}, {"EUR", "USD"}, {"JPY", "USD"}};
  uint64_t number = step + rl_random_below(&it->random, 3);
  bool two_way = number % 5 == 0;
  char key[24];
  snprintf(key, sizeof key, "k%" PRIu64, number);
  unsigned way = two_way ? 1 : (unsigned)(number % 3);
  int64_t amount = 100000 + (int64_t)(number % 97) + (rl_random_below(&it->random, 50) == 0);
  rl_request request =
    rl_test_quote_request(ways[way][0], ways[way][1], RL_FIXED_SOURCE, amount, key);
  if (two_way)
    request.kind = RL_REQUEST_TWO_WAY;
  ask(it, &request);
}

static void end(asker *it, uint64_t step)
{
  char key[32];
  if (it->remembered == 0)
    return;
  unsigned held = it->remembered < REMEMBERED ? it->remembered : REMEMBERED;
  bool accepts = rl_random_below(&it->random, 2);
  snprintf(key, sizeof key, "e%" PRIu64, step);
  rl_request request =
    rl_test_end_request(accepts ? RL_REQUEST_ACCEPT : RL_REQUEST_CANCEL,
                        it->quotes[rl_random_below(&it->random, held)], key);
  ask(it, &request);
}

static void *ask_all(void *argument)
{
  asker *it = argument;
  for (uint64_t step = 0; step < steps; step++) {
    if (step % STEPS_A_TURN == 0)
      sem_post(&turn);
    if (step % STEPS_A_RELOAD == 0)
      sem_post(&reload);
    if (rl_random_below(&it->random, 3) > 0)
      quote(it, step);
    else
      end(it, step);
  }
  return NULL;
}

/* The one writer of the market, and the housekeeper: a lock's 30 s pass in 1,000 turns. */
static void *pass_time(void *argument)
{
  (void)argument;
  while (!atomic_load(&over)) {
    wait_for(&turn);
    rl_manual_clock_advance_ns(&engine.manual, 30 * RL_NS_PER_MS);
    rl_test_engine_tick(&engine);
    rl_service_sweep(engine.service);
  }
  return NULL;
}

static void *change_limits(void *argument)
{
  static const char *const texts[] = {
    "client * locks=400\npair EURUSD notional=600000.00\n",
    "client a notional=90000.00\npair * locks=150\n",
    "client * locks=40\nticket 1000.50\n",
  };
  (void)argument;
  for (unsigned i = 0; !atomic_load(&over); i++) {
    rl_in_force in_force;
    rl_error error;
    wait_for(&reload);
    rl_test_engine_write_limits(&engine, texts[i % 3]);
    if (rl_service_reload(engine.service, &in_force, &error) != RL_REFUSAL_NONE)
      fail("the limits were refused");
  }
  return NULL;
}

/* --- the judge --- */

static bool add_open(const rl_quote *quote, void *context)
{
  rl_exposure_sum *sum = context;
  rl_end ended;
  rl_mono now = rl_clock_read(&engine.clock).mono;
  if (quote->deadline_mono_ns <= now.ns
      || rl_store_find_end(engine.store, quote->id, &ended) == RL_OK)
    return true;
  sum->locks++;
  sum->notional_minor += (uint64_t)quote->notional_minor;
  return true;
}

static void judge(const char *what)
{
  rl_exposure_sum recorded = {0}, counted = rl_exposure_total(engine.exposure);
  rl_book_stats book;
  rl_error error;
  size_t size;
  rl_request show = rl_test_end_request(RL_REQUEST_SHOW, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "");
  (void)rl_test_ask(&engine, "a", &show, &size); /* answered behind all records */
  if (rl_store_each_quote(engine.store, (rl_quote_id){{0}}, add_open, &recorded, &error) != RL_OK)
    fail("the store cannot be read");
  rl_book_stats_read(engine.book, &book);
  printf("%s: %u open locks, %" PRIu64 " minor units\n", what, counted.locks,
         (uint64_t)counted.notional_minor);
  if (counted.locks != recorded.locks || counted.notional_minor != recorded.notional_minor)
    fail("what is counted is not what is recorded open");
  if (counted.unvalued != 0)
    fail("a lock was counted without its worth");
  if (counted.locks > book.active)
    fail("more is counted than the book holds");
}

static void run(asker askers[ASKERS])
{
  pthread_t timer, reloader;
  pthread_create(&timer, NULL, pass_time, NULL);
  pthread_create(&reloader, NULL, change_limits, NULL);
  for (unsigned i = 0; i < ASKERS; i++)
    pthread_create(&askers[i].thread, NULL, ask_all, &askers[i]);
  for (unsigned i = 0; i < ASKERS; i++)
    pthread_join(askers[i].thread, NULL);
  atomic_store(&over, true);
  sem_post(&turn);
  sem_post(&reload);
  pthread_join(timer, NULL);
  pthread_join(reloader, NULL);
  rl_service_sweep(engine.service);
}

static bool met_all(asker askers[ASKERS])
{
  uint64_t sums[3] = {0};
  for (unsigned i = 0; i < ASKERS; i++) {
    for (unsigned k = 0; k < 3; k++)
      sums[k] += askers[i].answered[k];
    rl_exchange_destroy(askers[i].exchange);
    sem_destroy(&askers[i].done);
  }
  printf("%" PRIu64 " answered, %" PRIu64 " beyond a cap, %" PRIu64 " refused otherwise\n", sums[0],
         sums[1], sums[2]);
  return sums[0] > 0 && sums[1] > 0;
}

int main(int argc, char **argv)
{
  if (argc == 3 && strcmp(argv[1], "--steps") == 0)
    steps = strtoull(argv[2], NULL, 10);
  static asker askers[ASKERS];
  rl_random random = rl_random_from(rl_test_seed("exposure_torture"));
  sem_init(&turn, 0, 0);
  sem_init(&reload, 0, 0);
  rl_test_engine_start(&engine);
  rl_test_engine_write_limits(&engine, "client * locks=400\n");
  rl_test_engine_restart(&engine, false);
  rl_test_engine_tick(&engine);
  for (unsigned i = 0; i < ASKERS; i++) {
    askers[i].random = rl_random_from(rl_random_next(&random));
    askers[i].client = i == 0 ? "b" : "a";
    sem_init(&askers[i].done, 0, 0);
    if (rl_exchange_create(engine.service, on_done, &askers[i], &askers[i].exchange) != RL_OK)
      fail("exchange");
  }
  run(askers);
  bool met = met_all(askers);
  judge("at the end");
  rl_test_engine_restart(&engine, false);
  judge("after a new start");
  rl_manual_clock_advance_ns(&engine.manual, RL_TTL_MAX_MS * RL_NS_PER_MS);
  while (rl_service_sweep(engine.service) > 0)
    continue;
  judge("when all time is over");
  met &= rl_exposure_total(engine.exposure).locks == 0;
  rl_test_engine_stop(&engine);
  return met ? 0 : 1;
}
