/* kill -9 in the middle of accepts, again and again. What must hold after each restart, for every
 * quote that a client was ever given:
 *
 *   its accept was answered   the same key gets the same receipt, another key QUOTE_CONSUMED
 *   it was not                its token is accepted now, or it had been consumed: never unknown
 *
 * The ledger is proved after each restart, and the engine's exposure is exactly that of the quotes
 * which are recorded and have no end; in the end as many are consumed as were ever given. Each
 * round is one of these, in turn; how far it goes is drawn:
 *
 *   random         SIGKILL when so many accepts were answered, while other clients are asking
 *   before sync    at a sync of the store: records and ends are written and nowhere safe. Quotes
 *                  that were given out then have no record; they are accepted by their token
 *   before commit  synced, but the page that makes it valid is not written
 *   after commit   durable, and nobody was told
 *   term           SIGTERM: it ends by itself, with 0, and whatever it did it has told
 *   close          SIGTERM, and killed at the next call on its files, if there is one
 *   start          SIGKILL as at random, and then at any call of the start
 *
 *   e2e_kills RATELOCKD RATELOCK PUSH_TICKS LIBINTERCEPT [--kills N] */
#include "client/ratelock.h"
#include "daemon.h"
#include "status/refusal.h"
#include "support/random.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS 4
#define ROUND_MAX 256 /* quotes of one client in one round */
#define ACCEPTS_MAX 120
#define DEAL_TIMEOUT_MS 300 /* what a client still waits for when its engine is gone */
#define AMOUNT_MINOR 100000  /* of each quote, in the currency that exposure is reported in */
#define TERM_TIMEOUT_MS 1500 /* the same where each answer counts */
#define CHECK_TIMEOUT_MS 30000
#define POINT_MAX 60       /* calls of one class that a round surely makes */
#define START_POINT_MAX 40 /* about as many as a start makes */
#define KILL_TIMEOUT_MS 60000

typedef enum point {
  POINT_RANDOM,
  POINT_BEFORE_SYNC,
  POINT_BEFORE_COMMIT,
  POINT_AFTER_COMMIT,
  POINT_TERM,
  POINT_CLOSE,
  POINT_START,
  POINTS,
} point;

typedef struct deal {
  rl_client_quote quote;
  char key[32];
  bool answered;
  rl_client_receipt receipt;
} deal;

typedef struct shop {
  pthread_t thread;
  unsigned number;
  unsigned round;
  uint32_t timeout_ms; /* of each call */
  unsigned count;
  deal deals[ROUND_MAX];
} shop;

static shop shops[CLIENTS];
static _Atomic unsigned accepts_left;
static _Atomic bool over; /* the round: the engine is about to go */
static sem_t enough;

static void expect(bool holds, const char *what, const deal *about)
{
  if (holds)
    return;
  printf("FAILED: %s: quote %s, key %s\n", what, about ? about->quote.quote : "-",
         about ? about->key : "-");
  daemon_end(SIGKILL);
  exit(1);
}

static rl_client *connect_client(uint32_t timeout_ms)
{
  rl_client *client;
  if (rl_client_open(daemon_url(), timeout_ms, &client) != RL_CALL_ANSWERED)
    abort();
  return client;
}

/* One quote, accepted by its id, as far as the engine answers. Who finds nobody there asks no more
 * in this round. */
static bool make_deal(rl_client *client, shop *it)
{
  deal *next = &it->deals[it->count];
  snprintf(next->key, sizeof next->key, "%u-%u-%u", it->round, it->number, it->count);
  rl_client_quote_request request = {.from = "USD", .to = "EUR", .amount_minor = AMOUNT_MINOR,
                                     .ttl_ms = 3600000, .key = next->key};
  rl_call call = rl_client_get_quote(client, &request, &next->quote);
  if (call != RL_CALL_ANSWERED || next->quote.refusal.number != 0)
    return call != RL_CALL_UNREACHABLE;
  it->count++;
  next->answered = rl_client_accept(client, next->quote.quote, NULL, 0, next->key,
                                    &next->receipt) == RL_CALL_ANSWERED
                   && next->receipt.refusal.number == 0;
  if (next->answered && atomic_fetch_sub(&accepts_left, 1) == 1)
    sem_post(&enough);
  return true;
}

static void *deal_until_the_end(void *context)
{
  shop *it = context;
  rl_client *client = connect_client(it->timeout_ms);
  while (!over && it->count < ROUND_MAX && make_deal(client, it))
    continue;
  rl_client_close(client);
  return NULL;
}

/* --- one round --- */

static const daemon_fault *fault_of(point at, rl_random *random)
{
  static daemon_fault fault;
  fault = (daemon_fault){"kill-before", "sync", 1 + (unsigned)rl_random_below(random, POINT_MAX),
                         false};
  switch (at) {
  case POINT_BEFORE_SYNC: return &fault;
  case POINT_BEFORE_COMMIT: fault.on = "commit"; return &fault;
  case POINT_AFTER_COMMIT: fault.on = "commit"; fault.kind = "kill-after"; return &fault;
  case POINT_CLOSE: fault.on = NULL; fault.at = 1; return &fault;
  case POINT_RANDOM:
  case POINT_TERM:
  case POINT_START:
  case POINTS: break;
  }
  return NULL;
}

static void wait_until_enough(void)
{
  while (sem_wait(&enough) != 0)
    continue;
  over = true;
}

/* The engine's end, in the way of this point. */
static bool end_engine(point at)
{
  switch (at) {
  case POINT_BEFORE_SYNC:
  case POINT_BEFORE_COMMIT:
  case POINT_AFTER_COMMIT: return daemon_await_kill(KILL_TIMEOUT_MS);
  case POINT_TERM: wait_until_enough(); return daemon_end(SIGTERM);
  case POINT_CLOSE:
    wait_until_enough();
    daemon_arm();
    return daemon_end_or_be_killed();
  case POINT_RANDOM:
  case POINT_START:
  case POINTS: break;
  }
  wait_until_enough();
  return daemon_end(SIGKILL);
}

static void run_round(unsigned round, point at, rl_random *random)
{
  accepts_left = 1 + (unsigned)rl_random_below(random, ACCEPTS_MAX);
  over = false;
  if (at >= POINT_BEFORE_SYNC && at <= POINT_AFTER_COMMIT)
    daemon_arm();
  for (unsigned i = 0; i < CLIENTS; i++) {
    shops[i].number = i;
    shops[i].round = round;
    shops[i].timeout_ms = at == POINT_TERM ? TERM_TIMEOUT_MS : DEAL_TIMEOUT_MS;
    shops[i].count = 0;
    pthread_create(&shops[i].thread, NULL, deal_until_the_end, &shops[i]);
  }
  expect(end_engine(at), "the engine ends at this point, by the signal alone", NULL);
  over = true;
  for (unsigned i = 0; i < CLIENTS; i++)
    pthread_join(shops[i].thread, NULL);
  while (sem_trywait(&enough) == 0)
    continue;
}

/* Killed while it starts, at any call; where that comes too late, once it has started. */
static void kill_while_it_starts(rl_random *random)
{
  daemon_fault fault = {rl_random_below(random, 2) ? "kill-before" : "kill-after", NULL,
                        1 + (unsigned)rl_random_below(random, START_POINT_MAX), true};
  if (daemon_start(&fault))
    expect(daemon_end(SIGKILL), "the engine ends by the signal alone", NULL);
}

static void check_answered(rl_client *client, const deal *it)
{
  rl_client_receipt again, other;
  rl_call call = rl_client_accept(client, it->quote.quote, NULL, 0, it->key, &again);
  expect(call == RL_CALL_ANSWERED && again.refusal.number == 0
           && strcmp(again.state, "consumed") == 0 && again.at_utc_ms == it->receipt.at_utc_ms
           && again.charge_minor == it->receipt.charge_minor
           && again.target_minor == it->receipt.target_minor,
         "an answered accept has the same receipt after a restart", it);
  call = rl_client_accept(client, it->quote.quote, it->quote.token, it->quote.token_size, "other",
                          &other);
  expect(call == RL_CALL_ANSWERED && other.refusal.number == RL_REFUSAL_QUOTE_CONSUMED,
         "and no other key gets the quote", it);
}

/* True when the quote had still been open. */
static bool check_unanswered(rl_client *client, const deal *it, bool all_told)
{
  char key[40];
  rl_client_receipt receipt;
  snprintf(key, sizeof key, "later-%s", it->key);
  rl_call call = rl_client_accept(client, it->quote.quote, it->quote.token, it->quote.token_size,
                                  key, &receipt);
  expect(call == RL_CALL_ANSWERED
           && (receipt.refusal.number == 0
               || receipt.refusal.number == RL_REFUSAL_QUOTE_CONSUMED),
         "a quote that was given is open by its token, or consumed", it);
  expect(receipt.refusal.number == 0 || !all_told, "what was done before SIGTERM is told", it);
  return receipt.refusal.number == 0;
}

/* Nobody asks for anything yet. Quotes whose answer was lost with the engine are open, too. */
static void check_exposure(void)
{
  daemon_ledger ledger;
  daemon_exposure exposure;
  expect(daemon_prove_ledger(&ledger), "the ledger is proved", NULL);
  expect(daemon_ask_exposure(&exposure), "the exposure is told", NULL);
  expect(exposure.locks == ledger.quotes - ledger.ends, "open records are counted", NULL);
  expect(exposure.notional_minor == exposure.locks * AMOUNT_MINOR, "and for its worth", NULL);
}

/* Returns how many quotes the clients had been given; all are consumed now. */
static unsigned check_round(point at, unsigned *answered, unsigned *open)
{
  unsigned given = 0;
  rl_client *client = connect_client(CHECK_TIMEOUT_MS);
  for (unsigned i = 0; i < CLIENTS; i++) {
    for (unsigned k = 0; k < shops[i].count; k++) {
      const deal *it = &shops[i].deals[k];
      if (it->answered)
        check_answered(client, it);
      else
        *open += check_unanswered(client, it, at == POINT_TERM);
      *answered += it->answered;
    }
    given += shops[i].count;
  }
  rl_client_close(client);
  return given;
}

static void start_engine(const daemon_fault *fault)
{
  expect(daemon_start(fault), "a fault that is not armed does nothing", NULL);
}

int main(int argc, char **argv)
{
  unsigned kills = POINTS, answered = 0, open = 0;
  uint64_t given = 0;
  daemon_ledger ledger;
  if (argc == 7 && strcmp(argv[5], "--kills") == 0)
    kills = (unsigned)strtoul(argv[6], NULL, 10);
  else if (argc != 5)
    return 2;
  rl_random random = rl_random_from(rl_test_seed("e2e_kills"));
  sem_init(&enough, 0, 0);
  daemon_prepare(&(daemon_programs){argv[1], argv[2], argv[3], argv[4]});
  kill_while_it_starts(&random);
  start_engine(fault_of(POINT_RANDOM, &random));
  for (unsigned round = 0; round < kills; round++) {
    run_round(round, (point)(round % POINTS), &random);
    if (round % POINTS == POINT_START)
      kill_while_it_starts(&random);
    start_engine(fault_of((point)((round + 1) % POINTS), &random));
    check_exposure();
    given += check_round((point)(round % POINTS), &answered, &open);
  }
  expect(daemon_prove_ledger(&ledger), "the ledger is proved", NULL);
  expect(ledger.consumed == given, "every quote was consumed once", NULL);
  expect(daemon_end(SIGTERM), "the engine ends with 0", NULL);
  daemon_remove();
  printf("%u kills: %u answered accepts were all there once, %u open quotes were honoured\n",
         kills, answered, open);
  return 0;
}
