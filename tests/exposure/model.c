/* Threads reserve and release at random while the caps change. The judge keeps sums of its own, per
 * thread, of what each was given; at the end all threads' sums must be the table's, exactly. On the
 * way no cap may be passed: caps that only one thread changes, between two rounds, bound what each
 * client's and each pair's sums may be; and with caps that all requests together cannot reach,
 * nothing may be refused, whatever the interleaving. */
#include "exposure/exposure.h"
#include "support/random.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4u
#define CLIENTS 7u
#define CODES 4u
#define HELD_MAX 500u
#define LARGEST 1000u
#define CAP_LOCKS 120u
#define CAP_MINOR 60000

static rl_exposure *table;
static const char *const codes[CODES] = {"EUR", "USD", "JPY", "KWD"};
static rl_currency currencies[CODES];
static _Atomic uint64_t passed, refused;

typedef struct held_lock {
  rl_reservation reservation;
  unsigned client, from, to;
  int64_t notional_minor;
} held_lock;

typedef struct worker {
  pthread_t thread;
  rl_random random;
  uint64_t steps;
  unsigned count;
  held_lock held[HELD_MAX];
} worker;

static void fail(const char *what)
{
  fprintf(stderr, "exposure_model: %s\n", what);
  exit(1);
}

static const char *name_of(unsigned client)
{
  static const char *const names[CLIENTS] = {"a", "b", "c", "d", "e", "f", "g"};
  return names[client];
}

static bool capped(rl_exposure_sum sum)
{
  return sum.locks <= CAP_LOCKS && sum.notional_minor <= CAP_MINOR;
}

/* Looked at from outside while others run: each row is of one instant. */
static void look(unsigned client, rl_currency from, rl_currency to)
{
  rl_exposure_row row;
  rl_exposure_client(table, name_of(client), &row);
  if (!capped(row.used))
    fail("a client's cap is passed");
  rl_exposure_pair(table, rl_pair_number_of(from, to), &row);
  if (!capped(row.used))
    fail("a pair's cap is passed");
}

static void reserve_one(worker *it)
{
  held_lock *lock = &it->held[it->count];
  unsigned count = 1 + (it->count + 2 < HELD_MAX && rl_random_below(&it->random, 8) == 0);
  lock->client = (unsigned)rl_random_below(&it->random, CLIENTS);
  lock->from = (unsigned)rl_random_below(&it->random, CODES);
  lock->to = (lock->from + 1 + (unsigned)rl_random_below(&it->random, CODES - 1)) % CODES;
  lock->notional_minor = 1 + (int64_t)rl_random_below(&it->random, LARGEST);
  int64_t notionals_minor[2] = {lock->notional_minor, lock->notional_minor / 2 + 1};
  rl_reservation made[2];
  rl_refusal refusal =
    rl_exposure_reserve(table, name_of(lock->client), currencies[lock->from],
                        currencies[lock->to], notionals_minor, count, made);
  refused += refusal != RL_REFUSAL_NONE;
  passed += refusal == RL_REFUSAL_NONE;
  if (refusal != RL_REFUSAL_NONE)
    return;
  for (unsigned i = 0; i < count; i++) {
    it->held[it->count + i] = *lock;
    it->held[it->count + i].notional_minor = notionals_minor[i];
    it->held[it->count + i].reservation = made[i];
  }
  it->count += count;
}

static void release_one(worker *it)
{
  held_lock *lock = &it->held[rl_random_below(&it->random, it->count)];
  rl_exposure_release(table, &lock->reservation);
  *lock = it->held[--it->count];
}

static void *work(void *context)
{
  worker *it = context;
  for (uint64_t i = 0; i < it->steps; i++) {
    bool more = it->count == 0 || (it->count + 2 < HELD_MAX && rl_random_below(&it->random, 2));
    if (more)
      reserve_one(it);
    else
      release_one(it);
    if (i % 64 == 0)
      look((unsigned)(i / 64 % CLIENTS), currencies[i % CODES], currencies[(i + 1) % CODES]);
  }
  return NULL;
}

/* --- the judge's sums --- */

static rl_exposure_sum summed(const worker *workers, int client, int left, int right)
{
  rl_exposure_sum sum = {0};
  for (unsigned i = 0; i < THREADS; i++) {
    for (unsigned k = 0; k < workers[i].count; k++) {
      const held_lock *lock = &workers[i].held[k];
      bool of_pair = ((int)lock->from == left && (int)lock->to == right)
                     || ((int)lock->from == right && (int)lock->to == left);
      if ((client >= 0 && (int)lock->client != client) || (left >= 0 && !of_pair))
        continue;
      sum.locks++;
      sum.notional_minor += (uint64_t)lock->notional_minor;
    }
  }
  return sum;
}

static void expect(rl_exposure_sum ours, rl_exposure_sum theirs, const char *what)
{
  if (ours.locks != theirs.locks || ours.notional_minor != theirs.notional_minor
      || ours.unvalued != 0)
    fail(what);
}

static void compare(const worker *workers)
{
  rl_exposure_row row;
  expect(rl_exposure_total(table), summed(workers, -1, -1, -1), "the totals differ");
  for (unsigned i = 0; i < CLIENTS; i++) {
    rl_exposure_client(table, name_of(i), &row);
    expect(row.used, summed(workers, (int)i, -1, -1), "a client's sums differ");
  }
  for (unsigned i = 0; i < CODES; i++) {
    for (unsigned k = i + 1; k < CODES; k++) {
      rl_exposure_pair(table, rl_pair_number_of(currencies[i], currencies[k]), &row);
      expect(row.used, summed(workers, -1, (int)i, (int)k), "a pair's sums differ");
    }
  }
}

static rl_limits *limits_of(const char *text)
{
  rl_limits *limits;
  if (rl_limits_parse(text, strlen(text), "limits", &limits, NULL) != RL_OK)
    fail("limits");
  return limits;
}

static void run_round(worker *workers, const char *limits, uint64_t steps)
{
  rl_exposure_limit(table, limits_of(limits));
  for (unsigned i = 0; i < THREADS; i++) {
    workers[i].steps = steps / THREADS;
    pthread_create(&workers[i].thread, NULL, work, &workers[i]);
  }
  for (unsigned i = 0; i < THREADS; i++)
    pthread_join(workers[i].thread, NULL);
  compare(workers);
}

static void release_all(worker *workers)
{
  for (unsigned i = 0; i < THREADS; i++) {
    while (workers[i].count > 0)
      release_one(&workers[i]);
  }
  compare(workers);
}

/* As many single locks as a cap has room for, all at once from all threads: each must pass, and
 * after them none. */
static void *fill(void *context)
{
  worker *it = context;
  while (it->count < CAP_LOCKS / THREADS) {
    held_lock *lock = &it->held[it->count];
    *lock = (held_lock){.client = 0, .from = 0, .to = 1, .notional_minor = CAP_MINOR / CAP_LOCKS};
    if (rl_exposure_reserve(table, "a", currencies[0], currencies[1], &lock->notional_minor, 1,
                            &lock->reservation) != RL_REFUSAL_NONE)
      fail("a lock was refused that a cap has room for");
    it->count++;
  }
  return NULL;
}

static void fill_to_the_brim(worker *workers, const char *limits)
{
  int64_t one = 1;
  rl_reservation made;
  rl_exposure_limit(table, limits_of(limits));
  for (unsigned i = 0; i < THREADS; i++)
    pthread_create(&workers[i].thread, NULL, fill, &workers[i]);
  for (unsigned i = 0; i < THREADS; i++)
    pthread_join(workers[i].thread, NULL);
  compare(workers);
  if (rl_exposure_reserve(table, "a", currencies[0], currencies[1], &one, 1, &made)
      == RL_REFUSAL_NONE)
    fail("a lock passed a full cap");
  release_all(workers);
}

/* Of one lock that may be open, all threads want to be the holder, who gives it back at once: never
 * are there two. */
static _Atomic unsigned holders;

static void *hold(void *context)
{
  worker *it = context;
  int64_t one = 1;
  for (uint64_t i = 0; i < it->steps; i++) {
    rl_reservation made;
    if (rl_exposure_reserve(table, "a", currencies[0], currencies[1], &one, 1, &made)
        != RL_REFUSAL_NONE)
      continue;
    if (holders++ != 0)
      fail("two hold the one lock that may be open");
    holders--;
    rl_exposure_release(table, &made);
  }
  return NULL;
}

static void hold_in_turn(worker *workers, const char *limits, uint64_t steps)
{
  rl_exposure_limit(table, limits_of(limits));
  for (unsigned i = 0; i < THREADS; i++) {
    workers[i].steps = steps / THREADS;
    pthread_create(&workers[i].thread, NULL, hold, &workers[i]);
  }
  for (unsigned i = 0; i < THREADS; i++)
    pthread_join(workers[i].thread, NULL);
  compare(workers);
}

int main(int count, char **arguments)
{
  bool has_steps = count == 3 && strcmp(arguments[1], "--steps") == 0;
  uint64_t steps = has_steps ? strtoull(arguments[2], NULL, 10) : 400000;
  static worker workers[THREADS];
  rl_random random = rl_random_from(rl_test_seed("exposure_model"));
  for (unsigned i = 0; i < THREADS; i++)
    workers[i].random = rl_random_from(rl_random_next(&random));
  for (unsigned i = 0; i < CODES; i++) {
    if (rl_currency_find(codes[i], 3, &currencies[i]) != RL_OK)
      fail("currency");
  }
  if (rl_exposure_create(limits_of(""), &table) != RL_OK)
    fail("memory");
  static const char caps[] = "client * locks=120 notional=600.00\npair * locks=120 notional=600\n";
  for (unsigned i = 0; i < 40; i++)
    fill_to_the_brim(workers, i % 2 ? "client a locks=120\n" : "pair EURUSD notional=600.00\n");
  for (unsigned i = 0; i < 4; i++) {
    run_round(workers, caps, steps / 4);
    if (i % 2)
      release_all(workers);
  }
  release_all(workers);
  hold_in_turn(workers, "client a locks=1\n", 5 * steps);
  hold_in_turn(workers, "pair EURUSD notional=0.01\n", 5 * steps);
  rl_exposure_destroy(table);
  printf("exposure_model: %llu reserved, %llu refused, sums agree\n", (unsigned long long)passed,
         (unsigned long long)refused);
  return passed > 0 && refused > 0 ? 0 : 1;
}
