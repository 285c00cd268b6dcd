/* A writer replaces one object over and over and spoils the old one as soon as it may; readers
 * come and go, and check that what they hold is whole for as long as they hold it.
 *
 *   epoch_torture [--replacements N]
 *
 * The n-th object tells n in every word. Spoiling is plain stores to plain memory, so that the
 * thread sanitizer sees it too when a reader still looks; without it the reader meets the spoilt
 * words. What a reader holds never gets older. The memory is used again at once. */
#include "sync/epoch.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 16, READERS = 3, OBJECTS = 2, HOLDS = 4, STAYS = 256 };
#define SPOILT UINT64_MAX

typedef struct object {
  uint64_t words[WORDS];
} object;

static object objects[OBJECTS];
static rl_epoch epoch;
static uint64_t replacements = 100000;
static atomic_bool done;

static void fill(object *it, uint64_t n)
{
  for (unsigned i = 0; i < WORDS; i++)
    it->words[i] = n;
}

static void *write_all(void *unused)
{
  (void)unused;
  for (uint64_t n = 1; n <= replacements; n++) {
    object *fresh = &objects[n % OBJECTS];
    fill(fresh, n);
    object *old = rl_epoch_replace(&epoch, fresh);
    fill(old, SPOILT);
    for (unsigned i = 0; n % 16 == 0 && i < 64; i++) /* room for readers where cores are few */
      rl_pause();
  }
  atomic_store(&done, true);
  return NULL;
}

/* --- reading --- */

typedef struct reader {
  rl_epoch_reader record;
  uint64_t held;
  uint64_t changes; /* times that another object was met */
  uint64_t last;
  const char *fault;
} reader;

/* Volatile: each look is a look, and the compiler keeps no copy of the one before. */
static void hold(reader *it)
{
  const volatile object *held = rl_epoch_begin(&epoch, &it->record);
  uint64_t n = held->words[0];
  for (unsigned look = 0; look < HOLDS; look++) {
    for (unsigned i = 0; i < WORDS; i++) {
      if (held->words[i] != n || n == SPOILT)
        it->fault = "what was held was destroyed";
    }
  }
  rl_epoch_end(&it->record);
  it->held++;
  it->changes += n != it->last;
  if (n < it->last)
    it->fault = "an older object came back";
  it->last = n;
}

static void *read_all(void *argument)
{
  reader *it = argument;
  bool last_round;
  do {
    last_round = atomic_load(&done);
    rl_epoch_join(&epoch, &it->record);
    for (unsigned i = 0; i < STAYS && !it->fault; i++)
      hold(it);
    rl_epoch_leave(&epoch, &it->record);
  } while (!last_round && !it->fault);
  if (!it->fault && it->last != replacements)
    it->fault = "the last object was not met";
  return NULL;
}

int main(int argc, char **argv)
{
  if (argc == 3 && strcmp(argv[1], "--replacements") == 0)
    replacements = strtoull(argv[2], NULL, 10);
  pthread_t writer, threads[READERS];
  static reader readers[READERS];
  rl_epoch_init(&epoch, &objects[0]);
  for (unsigned i = 0; i < READERS; i++)
    pthread_create(&threads[i], NULL, read_all, &readers[i]);
  pthread_create(&writer, NULL, write_all, NULL);
  pthread_join(writer, NULL);
  int failed = 0;
  for (unsigned i = 0; i < READERS; i++) {
    pthread_join(threads[i], NULL);
    const reader *it = &readers[i];
    printf("reader %u: held %" PRIu64 ", %" PRIu64 " changes%s%s\n", i, it->held, it->changes,
           it->fault ? ": " : "", it->fault ? it->fault : "");
    failed |= it->fault != NULL || it->changes == 0;
  }
  failed |= rl_epoch_fini(&epoch) != &objects[replacements % OBJECTS];
  return failed;
}
