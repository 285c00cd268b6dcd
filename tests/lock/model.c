/* The lock book against a sequential model of a few dozen lines: random histories of open, repeat,
 * end and the passing of time must give the same answers and the same counts. */
#include "lock/lock.h"
#include "support/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS 300
#define STEPS 400000
#define SECOND_NS 1000000000ll

typedef struct model_lock {
  bool held;
  bool active;
  unsigned body;
  uint32_t generation; /* names the quote */
  int64_t deadline_ns;
  int64_t retire_ns;
} model_lock;

static model_lock model[KEYS];
static const uint32_t lengths_ms[] = {30000, 60000, 900000, 3600000};
static uint64_t expired_in_book;

static void fail(const char *what, uint64_t step)
{
  fprintf(stderr, "lock_model: %s at step %" PRIu64 "\n", what, step);
  exit(1);
}

static rl_fingerprint key_of(unsigned key)
{
  return rl_fingerprint_of(&key, sizeof key, 1);
}

static rl_fingerprint body_of(unsigned body)
{
  return rl_fingerprint_of(&body, sizeof body, 2);
}

static rl_quote_id id_of(unsigned key, uint32_t generation)
{
  rl_quote_id id = {{0}};
  memcpy(id.bytes, &key, sizeof key);
  memcpy(id.bytes + 4, &generation, sizeof generation);
  return id;
}

static bool agree(void *context)
{
  (void)context;
  return true;
}

static void on_expired(rl_quote_id id, void *context)
{
  (void)id;
  (void)context;
  expired_in_book++;
}

static rl_key_verdict model_verdict(unsigned key, unsigned body)
{
  if (!model[key].held)
    return RL_KEY_NEW;
  return model[key].body == body ? RL_KEY_REPEAT : RL_KEY_REUSED;
}

static void open_both(rl_book *book, unsigned key, unsigned body, uint32_t ttl_ms, int64_t now,
                      uint64_t step)
{
  static uint32_t generation;
  rl_lock lock = {
    .id = id_of(key, ++generation),
    .key = key_of(key),
    .body = body_of(body),
    .ttl_ms = ttl_ms,
    .deadline_mono_ns = now + ttl_ms * RL_NS_PER_MS,
  };
  rl_key_verdict verdict;
  rl_quote_id existing;
  rl_status status = rl_book_open(book, &lock, agree, NULL, &verdict, &existing);
  rl_key_verdict expected = model_verdict(key, body);
  if (verdict != expected || status != (expected == RL_KEY_NEW ? RL_OK : RL_EXISTS))
    fail("the verdicts differ", step);
  if (expected == RL_KEY_REPEAT
      && !rl_quote_id_equal(existing, id_of(key, model[key].generation)))
    fail("a repeat names another quote", step);
  if (expected != RL_KEY_NEW)
    return;
  uint32_t life_ms = ttl_ms > RL_CREATE_KEY_MIN_MS ? ttl_ms : RL_CREATE_KEY_MIN_MS;
  model[key] = (model_lock){
    .held = true,
    .active = true,
    .body = body,
    .generation = generation,
    .deadline_ns = lock.deadline_mono_ns,
    .retire_ns = now + life_ms * RL_NS_PER_MS,
  };
}

static uint64_t pass_time(int64_t now)
{
  uint64_t expired = 0;
  for (unsigned key = 0; key < KEYS; key++) {
    if (model[key].active && model[key].deadline_ns <= now) {
      model[key].active = false;
      expired++;
    }
    if (model[key].held && model[key].retire_ns <= now)
      model[key].held = false;
  }
  return expired;
}

static void compare_counts(rl_book *book, uint64_t step)
{
  size_t active = 0, held = 0;
  for (unsigned key = 0; key < KEYS; key++) {
    active += model[key].active;
    held += model[key].held;
  }
  rl_book_stats stats;
  rl_book_stats_read(book, &stats);
  if (stats.active != active || stats.held != held)
    fail("the counts differ", step);
}

static void sweep_both(rl_book *book, int64_t now, uint64_t step)
{
  expired_in_book = 0;
  rl_book_sweep(book, (rl_mono){now}, 1u << 20, on_expired, NULL);
  if (expired_in_book != pass_time(now))
    fail("another number expired", step);
  compare_counts(book, step);
}

int main(void)
{
  rl_random random = rl_random_from(rl_test_seed("lock_model"));
  rl_book *book;
  rl_limits *limits;
  rl_exposure *exposure;
  if (rl_limits_load(NULL, &limits, NULL) != RL_OK
      || rl_exposure_create(limits, &exposure) != RL_OK
      || rl_book_create(16 * KEYS, exposure, &book) != RL_OK)
    return 1;
  int64_t now = 1;
  for (uint64_t step = 0; step < STEPS; step++) {
    unsigned key = (unsigned)rl_random_below(&random, KEYS);
    uint64_t dice = rl_random_below(&random, 100);
    if (dice < 60) {
      uint32_t ttl_ms = lengths_ms[rl_random_below(&random, 4)];
      open_both(book, key, (unsigned)rl_random_below(&random, 2), ttl_ms, now, step);
    } else if (dice < 80) {
      rl_book_end(book, key_of(key), id_of(key, model[key].generation));
      model[key].active = false;
    } else if (dice < 95) {
      now += (int64_t)rl_random_below(&random, 20 * SECOND_NS);
    } else {
      sweep_both(book, now, step);
    }
  }
  sweep_both(book, now + 7200 * SECOND_NS, STEPS);
  rl_book_destroy(book);
  rl_exposure_destroy(exposure);
  printf("lock_model: %d steps agree\n", STEPS);
  return 0;
}
