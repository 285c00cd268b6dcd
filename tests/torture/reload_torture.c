/* Clients quote through a whole service while its tariff is reloaded again and again.
 *
 *   reload_torture [--reloads N]
 *
 * The n-th tariff marks up by n basis points, and the trial beside it, for half of the clients, by
 * TRIAL_MORE more. Each message asks for the tariff, for a quote, and for the tariff again: all
 * three must be of one reload, the quote's rate must be what the markup of its tariff gives, and
 * that reload must have been in force at some instant since the message was sent. Half of the
 * reloads come through a message, and in between are files that are refused. */
#include "support/engine.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUOTERS = 3, RELOADS_MAX = 2000, QUOTES_OF_ONE = 4, TRIAL_MORE = 2000 };

static rl_test_engine engine;
static char hashes[RELOADS_MAX + 1][RL_DIGEST_TEXT_SIZE];
static char trial_hashes[RELOADS_MAX + 1][RL_DIGEST_TEXT_SIZE];
static unsigned reloads = 300;
static _Atomic unsigned begun, ended; /* the newest tariff that may be, that must be in force */

static void write_tariff(unsigned n)
{
  static const char form[] = "tariff: %s-%u\n%slocks: [{ ttl: 30s }]\n"
                             "rules: [{ name: all, markup_bps: %u }]\n";
  char text[256];
  int length = snprintf(text, sizeof text, form, "u", n, "", n + TRIAL_MORE);
  rl_digest_format(rl_digest_of(text, (size_t)length), trial_hashes[n]);
  rl_test_engine_write_trial(&engine, text);
  length = snprintf(text, sizeof text, form, "t", n, "trial: { file: trial.yaml, percent: 50 }\n",
                    n);
  rl_digest_format(rl_digest_of(text, (size_t)length), hashes[n]);
  rl_test_engine_write_tariff(&engine, text);
}

typedef struct quoter {
  rl_exchange *exchange;
  unsigned number;
  unsigned keys;
  unsigned last;   /* tariff met last */
  unsigned quoted; /* with it */
  uint64_t messages;
  unsigned met;    /* tariffs */
  uint64_t tried;  /* quotes by a trial */
  const char *fault;
} quoter;

static void on_done(rl_exchange *exchange, void *context)
{
  (void)exchange;
  (void)context;
}

/* Few quotes are locked of one tariff, so that the book and the disk hold them all; the other
 * messages ask for a lock that is not offered, which the tariff says. */
static size_t write_message(quoter *it, uint8_t message[512])
{
  char key[32];
  rl_writer writer = rl_writer_over(message, 512);
  rl_request tariff = {.kind = RL_REQUEST_TARIFF};
  snprintf(key, sizeof key, "%u-%u", it->number, it->keys++);
  rl_request quote = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, key);
  quote.price.ttl_ms = it->quoted < QUOTES_OF_ONE ? 0 : RL_TTL_MAX_MS;
  rl_pack_array(&writer, 3);
  rl_request_encode(&writer, &tariff);
  rl_request_encode(&writer, &quote);
  rl_request_encode(&writer, &tariff);
  RL_ASSERT(!writer.failed);
  return writer.used;
}

static const char *text_of(const uint8_t *reply, size_t size, unsigned item, const char *key,
                           char out[256])
{
  size_t item_size;
  const uint8_t *bytes = rl_reply_item(reply, size, item, &item_size);
  return rl_reply_text(bytes, item_size, key, out);
}

/* The ask is 1.12522; with that many basis points on it there are ten digits: nothing rounds. */
static bool is_rate_of(unsigned markup_bps, const char *rate)
{
  char exact[16];
  uint64_t product = 112522ull * (10000 + markup_bps);
  int length = snprintf(exact, sizeof exact, "1.%09" PRIu64, product - 1000000000);
  while (exact[length - 1] == '0')
    exact[--length] = '\0';
  return strcmp(exact, rate) == 0;
}

/* The quote is of one of the two tariffs of the n-th reload, at its rate. */
static bool is_quote_of(quoter *it, unsigned n, const uint8_t *reply, size_t size)
{
  char hash[256], rate[256];
  text_of(reply, size, 1, "tariff", hash);
  bool trial = strcmp(hash, trial_hashes[n]) == 0;
  it->tried += trial;
  return (trial || strcmp(hash, hashes[n]) == 0)
    && is_rate_of(trial ? n + TRIAL_MORE : n, text_of(reply, size, 1, "client_rate", rate));
}

static void check(quoter *it, const uint8_t *reply, size_t size, unsigned lowest)
{
  char name[256], hash[256], other[256];
  text_of(reply, size, 0, "name", name);
  text_of(reply, size, 0, "hash", hash);
  unsigned n = (unsigned)strtoul(name + 2, NULL, 10);
  if (n < lowest || n > atomic_load(&begun))
    it->fault = "a tariff that was not in force";
  else if (strcmp(hash, hashes[n]) != 0)
    it->fault = "a tariff's name with another's hash";
  else if (strcmp(hash, text_of(reply, size, 2, "hash", other)) != 0)
    it->fault = "two reloads in one message";
  else if (it->quoted < QUOTES_OF_ONE && !is_quote_of(it, n, reply, size))
    it->fault = "a quote of another tariff than its message";
  it->quoted = n == it->last ? it->quoted + 1 : 1;
  it->met += n != it->last;
  it->last = n;
}

static void *quote_all(void *argument)
{
  quoter *it = argument;
  rl_caller caller = {.name = "shop"};
  uint8_t message[512];
  while (atomic_load(&ended) < reloads && !it->fault) {
    unsigned lowest = atomic_load(&ended);
    size_t reply_size, size = write_message(it, message);
    rl_exchange_handle(it->exchange, &caller, message, size);
    const uint8_t *reply = rl_exchange_reply(it->exchange, &reply_size);
    check(it, reply, reply_size, lowest);
    it->messages++;
  }
  return NULL;
}

static bool reload_by_message(void)
{
  size_t size;
  const uint8_t *reply =
    rl_test_ask(&engine, "operator", &(rl_request){.kind = RL_REQUEST_RELOAD}, &size);
  return rl_reply_bool(reply, size, "ok");
}

static bool reload_by_call(void)
{
  rl_in_force in_force;
  rl_error error;
  return rl_service_reload(engine.service, &in_force, &error) == RL_REFUSAL_NONE;
}

static bool reload_all(void)
{
  for (unsigned n = 2; n <= reloads; n++) {
    if (n % 8 == 0) {
      rl_test_engine_write_tariff(&engine, "tariff: [broken\n");
      if (reload_by_call())
        return false;
    }
    write_tariff(n);
    atomic_store(&begun, n);
    if (!(n % 2 ? reload_by_call() : reload_by_message()))
      return false;
    atomic_store(&ended, n);
  }
  return true;
}

int main(int argc, char **argv)
{
  if (argc == 3 && strcmp(argv[1], "--reloads") == 0)
    reloads = (unsigned)strtoul(argv[2], NULL, 10);
  RL_ASSERT(reloads > 1 && reloads <= RELOADS_MAX);
  rl_test_engine_start(&engine);
  rl_test_engine_tick(&engine);
  write_tariff(1);
  atomic_store(&begun, 1);
  bool good = reload_by_call();
  atomic_store(&ended, 1);
  pthread_t threads[QUOTERS];
  static quoter quoters[QUOTERS];
  for (unsigned i = 0; i < QUOTERS; i++) {
    quoters[i].number = i;
    if (rl_exchange_create(engine.service, on_done, NULL, &quoters[i].exchange) != RL_OK)
      return 1;
    pthread_create(&threads[i], NULL, quote_all, &quoters[i]);
  }
  good &= reload_all();
  atomic_store(&ended, reloads);
  for (unsigned i = 0; i < QUOTERS; i++) {
    const quoter *it = &quoters[i];
    pthread_join(threads[i], NULL);
    rl_exchange_destroy(it->exchange);
    printf("quoter %u: %" PRIu64 " messages, %u tariffs met, %" PRIu64 " quotes by trials%s%s\n", i,
           it->messages, it->met, it->tried, it->fault ? ": " : "", it->fault ? it->fault : "");
    good &= !it->fault && it->met > 1 && it->tried > 0;
  }
  rl_test_engine_stop(&engine);
  return good ? 0 : 1;
}
