/* Where the secrets lie while an engine seals and checks: looked for in all of the process's own
 * memory, byte by byte. */
#include "seal/key_file.h"

#include "turns.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEYS = 3 };
#define LARGEST (1ull << 30) /* larger mappings are a sanitizer's notes, terabytes of them */

static const rl_store_id store;
/* The complement of each secret, so that the search does not find what it looks for with. */
static uint8_t veiled[KEYS][RL_MAC_KEY_SIZE];

static bool is_secret(const uint8_t *bytes)
{
  for (unsigned i = 0; i < KEYS; i++) {
    unsigned same = 0;
    while (same < RL_MAC_KEY_SIZE && (bytes[same] ^ veiled[i][same]) == 0xff)
      same++;
    if (same == RL_MAC_KEY_SIZE)
      return true;
  }
  return false;
}

/* How many secrets lie in a piece of memory; what cannot be read is not in a core dump either. */
static unsigned count_in(int memory, uint64_t from, uint64_t to)
{
  static uint8_t window[1 << 16];
  unsigned found = 0;
  for (uint64_t at = from; at < to; at += sizeof window - RL_MAC_KEY_SIZE) {
    ssize_t length = pread(memory, window, sizeof window, (off_t)at);
    for (ssize_t i = 0; i + RL_MAC_KEY_SIZE <= length && at + (uint64_t)i < to; i++)
      found += is_secret(window + i);
    memset(window, 0, sizeof window);
  }
  return found;
}

typedef struct census {
  unsigned dumped;  /* secrets on pages that a core dump takes */
  unsigned guarded; /* on others */
} census;

/* Mappings that can be written to, and what the kernel says of each: "dd" is kept out of dumps. */
static census count_secrets(void)
{
  census counted = {0};
  char line[512], rights[8] = "";
  uint64_t from = 0, to = 0;
  int memory = open("/proc/self/mem", O_RDONLY);
  FILE *maps = fopen("/proc/self/smaps", "r");
  cr_assert(memory >= 0 && maps != NULL);
  while (fgets(line, sizeof line, maps)) {
    uint64_t start, end;
    char seen[8];
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &start, &end, seen) == 3) {
      from = start;
      to = end;
      memcpy(rights, seen, sizeof rights);
    } else if (strncmp(line, "VmFlags:", 8) == 0 && rights[1] == 'w' && to - from < LARGEST) {
      unsigned found = count_in(memory, from, to);
      if (strstr(line, " dd"))
        counted.guarded += found;
      else
        counted.dumped += found;
    }
  }
  fclose(maps);
  close(memory);
  return counted;
}

static void veil_secrets(const char *path)
{
  rl_seal_keys *keys = rl_seal_keys_create();
  cr_assert_eq(rl_key_file_read(path, keys, NULL, NULL), RL_OK);
  cr_assert_eq(keys->count, KEYS);
  for (unsigned i = 0; i < KEYS; i++) {
    for (unsigned k = 0; k < RL_MAC_KEY_SIZE; k++)
      veiled[i][k] = (uint8_t)~keys->keys[i].secret[k];
  }
  rl_seal_keys_destroy(keys);
}

/* A thread that has just sealed, or opened what another key sealed, and stands still: its stack is
 * as that left it. */
typedef struct user {
  const rl_seal *seal;
  bool opens;
  sem_t done;
  sem_t leave;
  pthread_t thread;
} user;

static void *use(void *argument)
{
  user *it = argument;
  rl_random numbers = rl_random_from(7);
  uint8_t token[RL_TOKEN_MAX];
  rl_quote quote = quote_of(&numbers, DAY_ONE + it->opens * RL_KEY_LEAD_MS), opened;
  size_t size = rl_seal_token(it->seal, &quote, token);
  if (it->opens) {
    token[4] ^= 1; /* so that nothing is done with it once the seal was looked at */
    rl_refusal refusal =
      rl_seal_open_token(it->seal, &store, (rl_utc){DAY_ONE}, token, size, &opened);
    cr_assert_eq(refusal, RL_REFUSAL_TOKEN_INVALID);
  }
  sem_post(&it->done);
  sem_wait(&it->leave);
  return NULL;
}

static void start(user *it, const rl_seal *seal, bool opens)
{
  *it = (user){.seal = seal, .opens = opens};
  sem_init(&it->done, 0, 0);
  sem_init(&it->leave, 0, 0);
  cr_assert_eq(pthread_create(&it->thread, NULL, use, it), 0);
  sem_wait(&it->done);
}

static void end(user *it)
{
  sem_post(&it->leave);
  pthread_join(it->thread, NULL);
}

Test(memory, has_secrets_only_where_no_core_dump_sees_them)
{
  char folder[] = "/tmp/ratelock-memory-XXXXXX", path[64];
  bool changed;
  rl_seal *seal;
  cr_assert_eq(rl_crypto_init(), RL_OK);
  cr_assert(mkdtemp(folder) != NULL);
  snprintf(path, sizeof path, "%s/seal.key", folder);
  cr_assert_eq(rl_seal_open_or_make(path, (rl_utc){DAY_ONE}, &seal, NULL), RL_OK);
  for (unsigned i = 1; i < KEYS; i++)
    cr_assert_eq(rl_key_file_rotate(path, (rl_utc){DAY_ONE + i * RL_KEY_LEAD_MS}, false, NULL),
                 RL_OK);
  cr_assert_eq(rl_seal_refresh(seal, &changed, NULL), RL_OK);
  veil_secrets(path);
  user sealer, opener;
  start(&sealer, seal, false);
  start(&opener, seal, true);
  census held = count_secrets();
  end(&sealer);
  end(&opener);
  cr_assert_eq(held.dumped, 0);
  cr_assert_eq(held.guarded, 2 * KEYS, "%u: both banks of the ring", held.guarded);

  cr_assert_eq(rl_key_file_rotate(path, (rl_utc){DAY_ONE}, true, NULL), RL_OK);
  cr_assert_eq(rl_seal_refresh(seal, &changed, NULL), RL_OK);
  held = count_secrets();
  cr_assert_eq(held.dumped + held.guarded, 0, "dropped secrets are wiped");
  rl_seal_destroy(seal);
  unlink(path);
  rmdir(folder);
}
