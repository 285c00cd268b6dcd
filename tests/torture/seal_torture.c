/* Threads seal and open tokens while the keys are put anew again and again.
 *
 *   seal_torture [--puts N]
 *
 * The n-th put holds key n mod 256, whose secret follows from n, from an instant that rises with
 * n, and the few keys before it: as a file does that is rotated without end. Every token must be
 * sealed by one key as a whole: its number, its secret and its turn of one and the same put, and
 * of one that was in force at some instant since the call began. What was just sealed must open,
 * unless its key has been dropped meanwhile. */
#include "seal/seal.h"
#include "support/quotes.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USERS = 3, KEPT = RL_SEAL_KEYS_MAX, STEP_MS = 1000 };

static uint64_t puts_wanted = 100000;
static _Atomic uint64_t begun, ended; /* the newest put that may be, that must be in force */
static rl_seal *seal;

static void secret_of(uint64_t n, uint8_t out[RL_MAC_KEY_SIZE])
{
  for (unsigned i = 0; i < RL_MAC_KEY_SIZE; i++)
    out[i] = (uint8_t)(n >> 8 * (i % 3)) ^ (uint8_t)(37 * i);
}

/* The keys after the n-th put, for n >= KEPT. */
static rl_seal_keys keys_of(uint64_t n)
{
  rl_seal_keys keys = {.count = KEPT};
  for (unsigned i = 0; i < KEPT; i++) {
    uint64_t number = n - KEPT + 1 + i;
    keys.keys[i].id = (uint8_t)number;
    keys.keys[i].starts_utc_ms = (int64_t)(number * STEP_MS);
    secret_of(number, keys.keys[i].secret);
  }
  return keys;
}

typedef struct user {
  uint64_t sealed;
  uint64_t opened;
  uint64_t dropped; /* keys gone between sealing and opening */
  unsigned seed;
  const char *fault;
} user;

/* Which of the keys that may have been in force sealed the token; 0 for none. */
static uint64_t sealer_of(const uint8_t *token, size_t size, uint64_t lowest, uint64_t highest)
{
  for (uint64_t n = lowest; n <= highest; n++) {
    uint8_t secret[RL_MAC_KEY_SIZE], mac[RL_MAC_SIZE];
    if (token[1] != (uint8_t)n)
      continue;
    secret_of(n, secret);
    rl_mac(secret, token, size - RL_MAC_SIZE, mac);
    if (rl_mac_equal(mac, token + size - RL_MAC_SIZE))
      return n;
  }
  return 0;
}

/* Some put in between has it: the one whose turn it was, or its first, for what was before that. */
static bool is_right(uint64_t n, uint64_t lowest, uint64_t highest, uint64_t turn)
{
  uint64_t put = n + KEPT - 1; /* whose first key this is */
  return n == turn ? put >= lowest : n > turn && put >= lowest && put <= highest;
}

static void use_once(user *it, rl_quote *quote, rl_random *numbers)
{
  static const rl_store_id store;
  uint8_t token[RL_TOKEN_MAX];
  rl_quote opened;
  uint64_t lowest = atomic_load(&ended);
  uint64_t turn = lowest - rl_random_below(numbers, KEPT + 2);
  quote->id = rl_quote_id_make((rl_utc){(int64_t)(turn * STEP_MS + STEP_MS / 2)},
                               (const uint8_t[10]){0});
  quote->issued_utc_ms = rl_quote_id_time(quote->id).ms;
  quote->expires_utc_ms = quote->issued_utc_ms + quote->terms.ttl_ms;
  size_t size = rl_seal_token(seal, quote, token);
  uint64_t highest = atomic_load(&begun);
  uint64_t n = sealer_of(token, size, lowest - KEPT + 1, highest);
  if (!is_right(n, lowest, highest, turn))
    it->fault = "a token that no key of its time sealed";
  it->sealed++;
  rl_utc now = {quote->issued_utc_ms};
  rl_refusal refusal = rl_seal_open_token(seal, &store, now, token, size, &opened);
  bool may_be_gone = n < atomic_load(&begun) - KEPT + 1 || n != turn;
  if (refusal != RL_REFUSAL_NONE && !may_be_gone)
    it->fault = "a token whose key is there does not open";
  it->opened += refusal == RL_REFUSAL_NONE;
  it->dropped += refusal != RL_REFUSAL_NONE;
}

static void *use(void *argument)
{
  user *it = argument;
  rl_random numbers = rl_random_from(it->seed);
  rl_quote quote;
  rl_planned_quote(&numbers, &(rl_quote_plan){.client = "shop", .issued_mono_ns = 1,
                                              .ttl_ms = 30000}, &quote);
  quote.value_date = (rl_value_date){0};
  rl_strip_evidence(&quote);
  while (atomic_load(&ended) < puts_wanted && !it->fault)
    use_once(it, &quote, &numbers);
  return NULL;
}

static void put_all(void)
{
  for (uint64_t n = 2 * KEPT; n <= puts_wanted; n++) {
    rl_seal_keys keys = keys_of(n);
    atomic_store(&begun, n);
    rl_seal_put(seal, &keys);
    atomic_store(&ended, n);
  }
}

int main(int argc, char **argv)
{
  if (argc == 3 && strcmp(argv[1], "--puts") == 0)
    puts_wanted = strtoull(argv[2], NULL, 10);
  rl_seal_keys first = keys_of(2 * KEPT - 1);
  if (rl_crypto_init() != RL_OK || rl_seal_create(&first, &seal) != RL_OK)
    return 1;
  atomic_store(&begun, 2 * KEPT - 1);
  atomic_store(&ended, 2 * KEPT - 1);
  pthread_t threads[USERS];
  static user users[USERS];
  for (unsigned i = 0; i < USERS; i++) {
    users[i].seed = i;
    pthread_create(&threads[i], NULL, use, &users[i]);
  }
  put_all();
  bool good = true;
  for (unsigned i = 0; i < USERS; i++) {
    const user *it = &users[i];
    pthread_join(threads[i], NULL);
    printf("user %u: %" PRIu64 " sealed, %" PRIu64 " opened, %" PRIu64 " dropped between%s%s\n", i,
           it->sealed, it->opened, it->dropped, it->fault ? ": " : "", it->fault ? it->fault : "");
    good &= !it->fault && it->sealed > 0;
  }
  rl_seal_destroy(seal);
  return good ? 0 : 1;
}
