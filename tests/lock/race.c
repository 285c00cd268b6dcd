/* Many threads open locks under the same keys while another sweeps: each key is opened once, and
 * every loser learns the winner's quote. Meant for the thread sanitizer. */
#include "lock/lock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define THREADS 4
#define KEYS 20000

static rl_book *book;
static _Atomic unsigned opened;
static _Atomic unsigned strangers;
static _Atomic bool done;
static rl_quote_id winners[KEYS];

typedef struct opening {
  unsigned key;
  rl_quote_id id;
} opening;

/* Runs before anybody else can see the key: the winner may write without a lock of its own. */
static bool publish(void *context)
{
  opening *it = context;
  winners[it->key] = it->id;
  return true;
}

static void *open_all(void *context)
{
  unsigned thread = *(unsigned *)context;
  for (unsigned key = 0; key < KEYS; key++) {
    opening it = {.key = key};
    memcpy(it.id.bytes, &key, sizeof key);
    it.id.bytes[15] = (uint8_t)(thread + 1);
    rl_lock lock = {
      .id = it.id,
      .key = rl_fingerprint_of(&key, sizeof key, 3),
      .ttl_ms = 30000,
      .deadline_mono_ns = 30000 * RL_NS_PER_MS,
    };
    rl_key_verdict verdict;
    rl_quote_id existing;
    if (rl_book_open(book, &lock, publish, &it, &verdict, &existing) == RL_OK)
      opened++;
    else if (verdict != RL_KEY_REPEAT || !rl_quote_id_equal(existing, winners[key]))
      strangers++;
  }
  return NULL;
}

static void *sweep(void *context)
{
  (void)context;
  while (!done)
    rl_book_sweep(book, (rl_mono){60000 * RL_NS_PER_MS}, 256, NULL, NULL);
  return NULL;
}

int main(void)
{
  rl_limits *limits;
  rl_exposure *exposure;
  if (rl_limits_load(NULL, &limits, NULL) != RL_OK
      || rl_exposure_create(limits, &exposure) != RL_OK
      || rl_book_create(4 * KEYS, exposure, &book) != RL_OK)
    return 1;
  pthread_t sweeper, threads[THREADS];
  unsigned numbers[THREADS];
  pthread_create(&sweeper, NULL, sweep, NULL);
  for (unsigned i = 0; i < THREADS; i++) {
    numbers[i] = i;
    pthread_create(&threads[i], NULL, open_all, &numbers[i]);
  }
  for (unsigned i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  done = true;
  pthread_join(sweeper, NULL);
  rl_book_destroy(book);
  rl_exposure_destroy(exposure);
  printf("lock_race: %u keys opened by %u threads, %u strangers\n", opened, THREADS, strangers);
  return opened == KEYS && strangers == 0 ? 0 : 1;
}
