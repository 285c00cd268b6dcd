/* A writer hammers two slots whose words are all related; readers check the relations word by word.
 *
 *   seqlock_torture [--writes N]
 *
 * The n-th write puts n into the first word of a slot and a scramble of n and the place into each
 * other word, first into slot 0, then into slot 1. So in one slot every word must tell the same n,
 * n never falls from one read to the next, and of both slots read and then asked again together,
 * the first is at most one write ahead and never behind. */
#include "support/random.h"
#include "sync/seqlock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 24, READERS = 2 };

typedef struct guarded {
  RL_CACHE_ALIGNED rl_seqlock lock;
  rl_word words[WORDS];
} guarded;

static guarded slots[2];
static uint64_t writes = 300000;
static atomic_bool done;

static uint64_t scramble(uint64_t n, unsigned place)
{
  rl_random random = rl_random_from(n * WORDS + place);
  return rl_random_next(&random);
}

static void write_slot(guarded *slot, uint64_t n)
{
  rl_seqlock_write_begin(&slot->lock);
  rl_seqlock_store(&slot->words[0], n);
  for (unsigned i = 1; i < WORDS; i++)
    rl_seqlock_store(&slot->words[i], scramble(n, i));
  rl_seqlock_write_end(&slot->lock);
}

static void *write_all(void *unused)
{
  (void)unused;
  for (uint64_t n = 1; n <= writes; n++) {
    write_slot(&slots[0], n);
    write_slot(&slots[1], n);
    if (n % 64 == 0) { /* room for readers where cores are few */
      for (unsigned i = 0; i < 64; i++)
        rl_pause();
    }
  }
  atomic_store(&done, true);
  return NULL;
}

/* --- reading --- */

typedef struct slot_copy {
  uint64_t version;
  uint64_t words[WORDS];
} slot_copy;

typedef struct reader {
  uint64_t whole;
  uint64_t torn;
  uint64_t together; /* both slots, at one instant */
  const char *fault;
} reader;

static bool read_slot(const guarded *slot, slot_copy *out)
{
  if (!rl_seqlock_read_begin(&slot->lock, &out->version))
    return false;
  for (unsigned i = 0; i < WORDS; i++)
    out->words[i] = rl_seqlock_load(&slot->words[i]);
  return rl_seqlock_read_valid(&slot->lock, out->version);
}

static bool is_whole(const slot_copy *copy)
{
  if (copy->version != 2 * copy->words[0])
    return false;
  for (unsigned i = 1; copy->words[0] > 0 && i < WORDS; i++) {
    if (copy->words[i] != scramble(copy->words[0], i))
      return false;
  }
  return true;
}

static void read_both(reader *tally, uint64_t last[2])
{
  slot_copy copies[2];
  bool whole[2];
  for (unsigned i = 0; i < 2; i++) {
    whole[i] = read_slot(&slots[i], &copies[i]);
    if (!whole[i]) {
      tally->torn++;
      continue;
    }
    tally->whole++;
    if (!is_whole(&copies[i]))
      tally->fault = "a torn read passed for whole";
    if (copies[i].words[0] < last[i])
      tally->fault = "a read went back in time";
    last[i] = copies[i].words[0];
  }
  if (!whole[0] || !whole[1] || !rl_seqlock_read_valid(&slots[0].lock, copies[0].version) ||
      !rl_seqlock_read_valid(&slots[1].lock, copies[1].version))
    return;
  tally->together++;
  if (copies[0].words[0] - copies[1].words[0] > 1)
    tally->fault = "two slots that never stood so together";
}

static void *read_all(void *argument)
{
  reader *tally = argument;
  uint64_t last[2] = {0, 0};
  bool last_round;
  do {
    last_round = atomic_load(&done);
    read_both(tally, last);
  } while (!last_round && !tally->fault);
  if (!tally->fault && (last[0] != writes || last[1] != writes))
    tally->fault = "the last write was not seen";
  return NULL;
}

int main(int argc, char **argv)
{
  if (argc == 3 && strcmp(argv[1], "--writes") == 0)
    writes = strtoull(argv[2], NULL, 10);
  pthread_t writer, readers[READERS];
  reader tallies[READERS] = {{.fault = NULL}};
  for (unsigned i = 0; i < READERS; i++)
    pthread_create(&readers[i], NULL, read_all, &tallies[i]);
  pthread_create(&writer, NULL, write_all, NULL);
  int failed = 0;
  pthread_join(writer, NULL);
  for (unsigned i = 0; i < READERS; i++) {
    pthread_join(readers[i], NULL);
    printf("reader %u: %" PRIu64 " whole, %" PRIu64 " torn, %" PRIu64 " together%s%s\n", i,
           tallies[i].whole, tallies[i].torn, tallies[i].together,
           tallies[i].fault ? ": " : "", tallies[i].fault ? tallies[i].fault : "");
    failed |= tallies[i].fault != NULL || tallies[i].together == 0;
  }
  return failed;
}
