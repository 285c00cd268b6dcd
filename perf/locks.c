/* What open locks cost: memory, and the time of each step of a lock's life, at ten open locks as at
 * ten million (L7).
 *
 *   perf_locks [--smoke]     (the full run takes about a gigabyte)
 *
 * Steps. A book is kept at so many locks: each round opens some, finds and ends others at random,
 * lets the oldest expire and retires them, each step timed over all of the round's locks. A key is
 * random, so from a million on each step misses the caches. Sweeping has a cost of its own that no
 * lock bears, a look at every queue, shown as a row of its own.
 *
 * Memory: what the kernel says that the process has more of, resident and mapped, once the book is
 * full: the book's own, with neither allocator nor record.
 *
 * Waiting. All locks expire at one instant and one thread sweeps them in the housekeeper's slices,
 * while another opens, finds and ends: the longest that any of these took. A processor that is
 * taken away in the middle counts as waiting, too, so the same is measured with nothing to sweep,
 * and for how long a slice holds its shard the thread's own time is taken beside. */
#include "bench.h"
#include "lock/shard.h"
#include "support/random.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  SIZES = 4,
  ROUNDS = 25,
  ROUND_LOCKS = 20000, /* at most; a book of fewer locks is gone round several times */
  SWEEP_STEPS = 4096,  /* as the service's housekeeping */
  SLICE = 64,          /* as the book's own */
};

/* Longer than a create key lives, so that a lock expires and is retired at once. */
#define TTL_MS 900000u

typedef enum operation { OPEN, FIND, END, SWEEP, SWEEP_IDLE, OPERATIONS } operation;
static const char *const operation_names[OPERATIONS] = {
  "open", "find by create key", "end", "expire and retire", "a sweep with nothing due"};

typedef struct numbered {
  rl_book *book;
  uint64_t oldest; /* numbers of the locks in the book: oldest … newest - 1 */
  uint64_t newest;
  rl_random random;
  double ns[OPERATIONS][ROUNDS]; /* per lock, or per sweep */
  uint64_t found;
} numbered;

static rl_fingerprint key_of(uint64_t number)
{
  return rl_fingerprint_of(&number, sizeof number, 1);
}

static rl_quote_id id_of(uint64_t number)
{
  rl_quote_id id = {{0}};
  memcpy(id.bytes, &number, sizeof number);
  return id;
}

/* A lock a nanosecond. */
static rl_lock lock_of(uint64_t number)
{
  return (rl_lock){.id = id_of(number), .key = key_of(number), .body = {{1, 2}}, .ttl_ms = TTL_MS,
                   .deadline_mono_ns = (int64_t)number + TTL_MS * RL_NS_PER_MS};
}

static rl_exposure *exposure; /* of all books here */

static void make_exposure(void)
{
  rl_limits *limits;
  rl_status status = rl_limits_load(NULL, &limits, NULL);
  if (status == RL_OK)
    status = rl_exposure_create(limits, &exposure);
  RL_ASSERT(status == RL_OK);
}

/* A lock reserves as it opens, as a quote's does. */
static bool reserve(void *context)
{
  static const int64_t notional_minor = 100000;
  rl_lock *lock = context;
  return rl_exposure_reserve(exposure, "bench", (rl_currency){1}, (rl_currency){2},
                             &notional_minor, 1, &lock->reservation) == RL_REFUSAL_NONE;
}

static void open_one(rl_book *book, rl_lock *lock)
{
  rl_key_verdict verdict;
  rl_quote_id existing;
  rl_status status = rl_book_open(book, lock, reserve, lock, &verdict, &existing);
  RL_ASSERT(status == RL_OK);
}

static void fill(numbered *it, uint64_t count)
{
  for (uint64_t i = 0; i < count; i++) {
    rl_lock lock = lock_of(it->newest++);
    open_one(it->book, &lock);
  }
}

/* --- steps --- */

/* What to do is made up before the clock starts. */
static rl_lock chosen[ROUND_LOCKS];

static void choose_new(numbered *it, unsigned count)
{
  for (unsigned i = 0; i < count; i++)
    chosen[i] = lock_of(it->newest++);
}

static void choose_held(numbered *it, unsigned count)
{
  for (unsigned i = 0; i < count; i++)
    chosen[i] = lock_of(it->oldest + rl_random_below(&it->random, it->newest - it->oldest));
}

static double open_chosen(numbered *it, unsigned count)
{
  uint64_t start_ns = bench_now_ns();
  for (unsigned i = 0; i < count; i++)
    open_one(it->book, &chosen[i]);
  return (double)(bench_now_ns() - start_ns);
}

static double find_chosen(numbered *it, unsigned count)
{
  uint64_t start_ns = bench_now_ns();
  for (unsigned i = 0; i < count; i++) {
    rl_quote_id id;
    it->found +=
      rl_book_find_key(it->book, chosen[i].key, chosen[i].body, &id) == RL_KEY_REPEAT;
  }
  return (double)(bench_now_ns() - start_ns);
}

static double end_chosen(numbered *it, unsigned count)
{
  uint64_t start_ns = bench_now_ns();
  for (unsigned i = 0; i < count; i++)
    rl_book_end(it->book, chosen[i].key, chosen[i].id);
  return (double)(bench_now_ns() - start_ns);
}

static double sweep(numbered *it, uint64_t due_before)
{
  rl_mono now = {(int64_t)due_before - 1 + TTL_MS * RL_NS_PER_MS};
  uint64_t start_ns = bench_now_ns();
  (void)rl_book_sweep(it->book, now, SIZE_MAX, NULL, NULL); /* slices remain slices */
  return (double)(bench_now_ns() - start_ns);
}

/* At the end the book has as many locks as before. */
static void go_round(numbered *it, double ns[OPERATIONS], unsigned count)
{
  choose_held(it, count);
  ns[FIND] += find_chosen(it, count);
  ns[END] += end_chosen(it, count);
  ns[SWEEP_IDLE] += sweep(it, it->oldest);
  it->oldest += count;
  ns[SWEEP] += sweep(it, it->oldest);
  choose_new(it, count);
  ns[OPEN] += open_chosen(it, count);
}

static void measure_round(numbered *it, unsigned round, uint64_t size)
{
  unsigned part = size < ROUND_LOCKS ? (unsigned)size : ROUND_LOCKS;
  unsigned parts = size < 1000 ? 1000 / part : 1;
  double ns[OPERATIONS] = {0};
  for (unsigned i = 0; i < parts; i++)
    go_round(it, ns, part);
  for (unsigned i = 0; i < OPERATIONS; i++)
    it->ns[i][round] = ns[i] / parts / (i == SWEEP_IDLE ? 1 : part);
}

static int compare_ns(const void *left, const void *right)
{
  double difference = *(const double *)left - *(const double *)right;
  return (difference > 0) - (difference < 0);
}

static void measure_steps(uint64_t size, unsigned rounds)
{
  static numbered it;
  it = (numbered){.random = rl_random_from(size)};
  RL_ASSERT(rl_book_create(size + size / 8 + 4096, exposure, &it.book) == RL_OK);
  fill(&it, size);
  for (unsigned round = 0; round < rounds; round++)
    measure_round(&it, round, size);
  for (unsigned i = 0; i < OPERATIONS; i++)
    qsort(it.ns[i], rounds, sizeof it.ns[i][0], compare_ns);
  /* The look at every queue is not the locks' cost. */
  uint64_t part = size < ROUND_LOCKS ? size : ROUND_LOCKS;
  double look_ns = it.ns[SWEEP_IDLE][rounds / 2] / (double)part;
  for (unsigned i = 0; i < OPERATIONS; i++) {
    double less_ns = i == SWEEP ? look_ns : 0;
    printf("%-28s %10" PRIu64 " %9.1f %9.1f %9.1f\n", operation_names[i], size,
           it.ns[i][rounds / 2] - less_ns, it.ns[i][0] - less_ns,
           it.ns[i][rounds - 1] - less_ns);
  }
  RL_ASSERT(it.found > 0);
  rl_book_destroy(it.book);
}

/* --- memory --- */

typedef struct memory {
  uint64_t mapped;   /* bytes */
  uint64_t resident; /* bytes */
} memory;

static memory memory_now(void)
{
  memory now = {0};
  FILE *file = fopen("/proc/self/statm", "r");
  RL_ASSERT(file && fscanf(file, "%" SCNu64 " %" SCNu64, &now.mapped, &now.resident) == 2);
  fclose(file);
  return (memory){now.mapped * 4096, now.resident * 4096};
}

static void measure_memory(uint64_t size)
{
  memory before = memory_now();
  numbered it = {0};
  RL_ASSERT(rl_book_create(size + size / 64 + 4096, exposure, &it.book) == RL_OK);
  memory empty = memory_now();
  fill(&it, size);
  memory full = memory_now();
  printf("\n%" PRIu64 " open locks in a book of just that room: resident %.1f bytes a lock, mapped"
         " %.1f; the empty book resident %.2f MB\n",
         size, (double)(full.resident - before.resident) / (double)size,
         (double)(full.mapped - before.mapped) / (double)size,
         (double)(empty.resident - before.resident) / 1e6);
  rl_book_destroy(it.book);
}

/* --- waiting --- */

typedef struct samples {
  uint32_t *ns;
  size_t count;
  size_t most;
} samples;

static void add_sample(samples *it, uint64_t ns)
{
  if (it->count < it->most)
    it->ns[it->count++] = ns > UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
}

static samples make_samples(size_t most)
{
  samples it = {.ns = calloc(most, sizeof(uint32_t)), .most = most};
  RL_ASSERT(it.ns != NULL);
  return it;
}

static int compare_samples(const void *left, const void *right)
{
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

static void print_samples(const char *name, samples *it)
{
  qsort(it->ns, it->count, sizeof it->ns[0], compare_samples);
  size_t last = it->count - 1;
  printf("%-44s %9zu %7" PRIu32 " %7" PRIu32 " %8" PRIu32 " %9" PRIu32 "\n", name, it->count,
         it->ns[last / 2], it->ns[last - last / 1000], it->ns[last - last / 100000], it->ns[last]);
  free(it->ns);
}

typedef struct sweeping {
  rl_book *book;
  rl_mono now;
  uint64_t steps;
  double seconds;
  _Atomic bool done;
} sweeping;

static void *sweep_all(void *context)
{
  sweeping *it = context;
  uint64_t start_ns = bench_now_ns();
  size_t steps;
  while ((steps = rl_book_sweep(it->book, it->now, SWEEP_STEPS, NULL, NULL)) > 0)
    it->steps += steps;
  it->seconds = (double)(bench_now_ns() - start_ns) / 1e9;
  it->done = true;
  return NULL;
}

/* Opens, finds and ends new locks until `done`, or so many of each; one at least. */
static void live_beside(numbered *it, const _Atomic bool *done, samples taken[3])
{
  for (size_t i = 0; i < taken[0].most && !(i > 0 && done && *done); i++) {
    rl_lock lock = lock_of(it->newest++);
    rl_quote_id id;
    uint64_t start_ns = bench_now_ns();
    open_one(it->book, &lock);
    uint64_t open_ns = bench_now_ns();
    RL_ASSERT(rl_book_find_key(it->book, lock.key, lock.body, &id) == RL_KEY_REPEAT);
    uint64_t found_ns = bench_now_ns();
    rl_book_end(it->book, lock.key, lock.id);
    uint64_t end_ns = bench_now_ns();
    add_sample(&taken[0], open_ns - start_ns);
    add_sample(&taken[1], found_ns - open_ns);
    add_sample(&taken[2], end_ns - found_ns);
  }
}

static void print_beside(samples taken[3], const char *beside)
{
  static const char *const names[3] = {"open", "find", "end"};
  for (unsigned i = 0; i < 3; i++) {
    char name[64];
    snprintf(name, sizeof name, "%s, %s", names[i], beside);
    print_samples(name, &taken[i]);
  }
}

static void take_samples(samples taken[3], size_t most)
{
  for (unsigned i = 0; i < 3; i++)
    taken[i] = make_samples(most);
}

static void measure_waiting(uint64_t size)
{
  numbered it = {0};
  samples taken[3];
  size_t most = size < 4000000 ? size : 4000000;
  RL_ASSERT(rl_book_create(size + size / 8 + 2 * most + 4096, exposure, &it.book) == RL_OK);
  fill(&it, size);
  take_samples(taken, most / 4);
  live_beside(&it, NULL, taken);
  print_beside(taken, "nothing swept");
  sweeping swept = {.book = it.book, .now = {(int64_t)size - 1 + TTL_MS * RL_NS_PER_MS}};
  pthread_t thread;
  take_samples(taken, most);
  RL_ASSERT(pthread_create(&thread, NULL, sweep_all, &swept) == 0);
  live_beside(&it, &swept.done, taken);
  pthread_join(thread, NULL);
  print_beside(taken, "all swept beside it");
  printf("%" PRIu64 " locks expired and retired beside it in %.3f s\n", size, swept.seconds);
  rl_book_destroy(it.book);
}

static uint64_t thread_ns(void)
{
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* What rl_book_sweep does under a shard's mutex, with nobody beside it. */
static void measure_slices(uint32_t size)
{
  static rl_shard shard;
  rl_quote_id ids[SLICE];
  size_t touched, expired;
  samples taken = make_samples(2 * (size_t)size / SLICE + 4);
  samples own = make_samples(taken.most);
  RL_ASSERT(rl_shard_init(&shard, size, exposure) == RL_OK);
  for (uint32_t i = 0; i < size; i++) {
    rl_lock lock = lock_of(i);
    bool reserved = reserve(&lock);
    RL_ASSERT(reserved);
    rl_shard_add(&shard, &lock);
  }
  rl_mono now = {(int64_t)size + TTL_MS * RL_NS_PER_MS};
  do {
    uint64_t start_ns = bench_now_ns(), own_start_ns = thread_ns();
    touched = rl_shard_sweep(&shard, now, SLICE, ids, &expired);
    add_sample(&own, thread_ns() - own_start_ns);
    add_sample(&taken, bench_now_ns() - start_ns);
  } while (touched > 0);
  print_samples("a slice of 64 steps, shard held", &taken);
  print_samples("the same, of the thread's own time", &own);
  rl_shard_fini(&shard);
}

int main(int argc, char **argv)
{
  static const uint64_t full[SIZES] = {10, 10000, 1000000, 10000000};
  static const uint64_t smoke[SIZES] = {10, 100, 1000, 2000};
  bench_plan plan = bench_plan_from(argc, argv, (bench_plan){.rounds = ROUNDS, .count = 1});
  const uint64_t *sizes = plan.rounds == ROUNDS ? full : smoke;
  make_exposure();
  bench_print_machine("open locks");
  printf("method   CLOCK_MONOTONIC_RAW around each step of up to %d locks, %u rounds at each"
         " size\n\n", ROUND_LOCKS, plan.rounds);
  printf("%-28s %10s %9s %9s %9s\n", "ns a lock", "open locks", "median", "least", "most");
  for (unsigned i = 0; i < SIZES; i++)
    measure_steps(sizes[i], plan.rounds);
  measure_memory(sizes[SIZES - 1]);
  printf("\n%-44s %9s %7s %7s %8s %9s\n", "ns, one by one (a clock's reading included)", "taken",
         "median", "99.9 %", "99.999 %", "longest");
  measure_waiting(sizes[SIZES - 1]);
  measure_slices((uint32_t)sizes[SIZES - 1] / 16);
  return 0;
}
