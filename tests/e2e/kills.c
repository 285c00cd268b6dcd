/* kill -9 in the middle of accepts, again and again, and a SIGTERM every fourth time. What must
 * hold after each restart, for every quote that a client was ever given:
 *
 *   its accept was answered   the same key gets the same receipt, another key QUOTE_CONSUMED
 *   it was not                its token is accepted now, or it had been consumed: never unknown
 *
 * and the ledger is proved. Each round ends when a number of accepts drawn at random was answered,
 * while the other clients are still asking.
 *
 *   e2e_kills RATELOCKD RATELOCK PUSH_TICKS [--kills N] */
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
#define CHECK_TIMEOUT_MS 30000

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

/* One quote, accepted by its id, as far as the engine answers. */
static void make_deal(rl_client *client, shop *it)
{
  deal *next = &it->deals[it->count];
  snprintf(next->key, sizeof next->key, "%u-%u-%u", it->round, it->number, it->count);
  rl_client_quote_request request = {.from = "USD", .to = "EUR", .amount_minor = 100000,
                                     .ttl_ms = 3600000, .key = next->key};
  if (rl_client_get_quote(client, &request, &next->quote) != RL_CALL_ANSWERED
      || next->quote.refusal.number != 0)
    return;
  it->count++;
  next->answered = rl_client_accept(client, next->quote.quote, NULL, 0, next->key,
                                    &next->receipt) == RL_CALL_ANSWERED
                   && next->receipt.refusal.number == 0;
  if (next->answered && atomic_fetch_sub(&accepts_left, 1) == 1)
    sem_post(&enough);
}

static void *deal_until_the_end(void *context)
{
  shop *it = context;
  rl_client *client = connect_client(DEAL_TIMEOUT_MS);
  while (!over && it->count < ROUND_MAX)
    make_deal(client, it);
  rl_client_close(client);
  return NULL;
}

static void run_round(unsigned round, unsigned accepts, int signal)
{
  accepts_left = accepts;
  over = false;
  for (unsigned i = 0; i < CLIENTS; i++) {
    shops[i].number = i;
    shops[i].round = round;
    shops[i].count = 0;
    pthread_create(&shops[i].thread, NULL, deal_until_the_end, &shops[i]);
  }
  while (sem_wait(&enough) != 0)
    continue;
  over = true;
  expect(daemon_end(signal), "the engine ends by the signal alone", NULL);
  for (unsigned i = 0; i < CLIENTS; i++)
    pthread_join(shops[i].thread, NULL);
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
static bool check_unanswered(rl_client *client, const deal *it)
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
  return receipt.refusal.number == 0;
}

static void check_round(unsigned *answered, unsigned *open)
{
  rl_client *client = connect_client(CHECK_TIMEOUT_MS);
  for (unsigned i = 0; i < CLIENTS; i++) {
    for (unsigned k = 0; k < shops[i].count; k++) {
      const deal *it = &shops[i].deals[k];
      if (it->answered)
        check_answered(client, it);
      else
        *open += check_unanswered(client, it);
      *answered += it->answered;
    }
  }
  rl_client_close(client);
}

int main(int argc, char **argv)
{
  unsigned kills = 10, answered = 0, open = 0;
  if (argc == 6 && strcmp(argv[4], "--kills") == 0)
    kills = (unsigned)strtoul(argv[5], NULL, 10);
  else if (argc != 4)
    return 2;
  rl_random random = rl_random_from(rl_test_seed("e2e_kills"));
  sem_init(&enough, 0, 0);
  daemon_prepare(&(daemon_programs){argv[1], argv[2], argv[3]});
  daemon_start();
  for (unsigned round = 0; round < kills; round++) {
    unsigned accepts = 1 + (unsigned)rl_random_below(&random, ACCEPTS_MAX);
    run_round(round, accepts, round % 4 == 3 ? SIGTERM : SIGKILL);
    daemon_start();
    check_round(&answered, &open);
  }
  expect(daemon_ledger_is_proved(), "the ledger is proved", NULL);
  expect(daemon_end(SIGTERM), "the engine ends with 0", NULL);
  daemon_remove();
  printf("%u kills: %u answered accepts were all there once, %u open quotes were honoured\n",
         kills, answered, open);
  return 0;
}
