/* Many open locks: all are found, each expires once and not before its time, in bounded slices,
 * and nothing is left of them, so that as many fit again.
 *
 *   lock_many [--locks N]     (10000000 takes about a gigabyte) */
#include "lock/lock.h"
#include "support/expect.h"
#include "support/random.h"

#include <string.h>

#define LENGTHS 3
#define SLICE 4096

static const uint32_t lengths_ms[LENGTHS] = {30000, 900000, 3600000};

static rl_exposure *exposure;
static rl_book *book;
static size_t locks = 200000; /* wanted; then, as many as the book was found to have room for */
static uint64_t seed;
static uint8_t *gone; /* for each lock: ended by hand, or expired */
static size_t expired_count;
static int64_t expired_ms; /* of which length */
static unsigned shards;    /* that lost one, as bits */

static rl_quote_id id_of(uint64_t number)
{
  rl_quote_id id = {{0}};
  memcpy(id.bytes, &number, sizeof number);
  return id;
}

static rl_fingerprint key_of(uint64_t number)
{
  return rl_fingerprint_of(&number, sizeof number, seed);
}

static rl_fingerprint body_of(uint64_t number)
{
  return (rl_fingerprint){{number, 7}};
}

static uint32_t length_of(uint64_t number)
{
  return lengths_ms[number % LENGTHS];
}

/* Each reserves a minor unit. */
static bool reserve(void *context)
{
  static const int64_t notional_minor = 1;
  static const char *const clients[] = {"a", "b", "c"};
  rl_lock *lock = context;
  return rl_exposure_reserve(exposure, clients[lock->id.bytes[0] % 3], (rl_currency){1},
                             (rl_currency){2}, &notional_minor, 1, &lock->reservation)
         == RL_REFUSAL_NONE;
}

static rl_status open_one(uint64_t i, int64_t now_ns)
{
  rl_lock lock = {.id = id_of(i), .key = key_of(i), .body = body_of(i), .ttl_ms = length_of(i),
                  .deadline_mono_ns = now_ns + length_of(i) * RL_NS_PER_MS};
  rl_key_verdict verdict;
  rl_quote_id existing;
  return rl_book_open(book, &lock, reserve, &lock, &verdict, &existing);
}

/* Until some shard is full. */
static size_t open_all(int64_t now_ns)
{
  uint64_t opened = 0;
  while (open_one(opened, now_ns) == RL_OK)
    opened++;
  EXPECT(open_one(opened, now_ns) == RL_FULL);
  return opened;
}

static void find_all(void)
{
  for (uint64_t i = 0; i < locks; i++) {
    rl_quote_id id;
    EXPECT(rl_book_find_key(book, key_of(i), body_of(i), &id) == RL_KEY_REPEAT);
    EXPECT(rl_quote_id_equal(id, id_of(i)));
    EXPECT(rl_book_find_key(book, key_of(i), body_of(i + 1), &id) == RL_KEY_REUSED);
    EXPECT(rl_book_find_key(book, key_of(i + locks), body_of(i), &id) == RL_KEY_NEW);
  }
}

/* One in four of each length, and none of them twice. */
static size_t end_some(void)
{
  size_t ended = 0;
  for (uint64_t i = 0; i < locks; i++) {
    if (i / LENGTHS % 4 != 0)
      continue;
    rl_book_end(book, key_of(i), id_of(i));
    rl_book_end(book, key_of(i), id_of(i));
    gone[i] = 1;
    ended++;
  }
  return ended;
}

static void expect_held(size_t active, size_t held)
{
  rl_book_stats stats;
  rl_book_stats_read(book, &stats);
  EXPECT(stats.active == active);
  EXPECT(stats.held == held);
  rl_exposure_sum sum = rl_exposure_total(exposure);
  EXPECT(sum.locks == active && sum.notional_minor == active);
}

static void on_expired(rl_quote_id id, void *context)
{
  (void)context;
  uint64_t number;
  memcpy(&number, id.bytes, sizeof number);
  EXPECT(number < locks && !gone[number]);
  EXPECT(length_of(number) == expired_ms);
  gone[number] = 1;
  expired_count++;
  shards |= 1u << (key_of(number).words[0] % 16);
}

/* Else who waits for one shard might wait until nothing more of it is due. */
static void expect_all_shards_in_turn(int64_t now_ns)
{
  shards = 0;
  (void)rl_book_sweep(book, (rl_mono){now_ns}, SLICE, on_expired, NULL);
  EXPECT(shards == 0xffff);
}

static size_t sweep_all(int64_t now_ns)
{
  size_t steps = 0, done;
  do {
    done = rl_book_sweep(book, (rl_mono){now_ns}, SLICE, on_expired, NULL);
    EXPECT(done <= SLICE);
    steps += done;
  } while (done > 0);
  return steps;
}

static size_t of_length(uint32_t ms)
{
  size_t count = 0;
  for (unsigned i = 0; i < LENGTHS; i++)
    if (lengths_ms[i] == ms)
      count = (locks + LENGTHS - 1 - i) / LENGTHS;
  return count;
}

static void expect_nothing_due(int64_t now_ns)
{
  rl_book_stats before, after;
  rl_book_stats_read(book, &before);
  EXPECT(sweep_all(now_ns) == 0);
  rl_book_stats_read(book, &after);
  EXPECT(after.active == before.active && after.held == before.held);
}

/* Length after length runs out; the shortest stays known until its create key's time is over. */
static void expire_all(int64_t opened_ns, size_t ended)
{
  size_t active = locks - ended, held = locks;
  for (unsigned i = 0; i < LENGTHS; i++) {
    int64_t deadline_ns = opened_ns + lengths_ms[i] * RL_NS_PER_MS;
    int64_t key_end_ns = opened_ns + RL_CREATE_KEY_MIN_MS * RL_NS_PER_MS;
    expired_ms = lengths_ms[i];
    expired_count = 0;
    expect_nothing_due(deadline_ns - 1);
    expect_all_shards_in_turn(deadline_ns);
    (void)sweep_all(deadline_ns);
    active -= expired_count;
    if (deadline_ns < key_end_ns) {
      expect_held(active, held);
      expect_nothing_due(key_end_ns - 1);
      (void)sweep_all(key_end_ns);
    }
    held -= of_length(lengths_ms[i]);
    expect_held(active, held);
  }
  expect_held(0, 0);
}

static void find_none(void)
{
  for (uint64_t i = 0; i < locks; i++) {
    rl_quote_id id;
    EXPECT(gone[i]);
    EXPECT(rl_book_find_key(book, key_of(i), body_of(i), &id) == RL_KEY_NEW);
  }
}

static void live(int64_t now_ns)
{
  memset(gone, 0, locks);
  expect_held(locks, locks);
  find_all();
  size_t ended = end_some();
  expect_held(locks - ended, locks);
  expire_all(now_ns, ended);
  find_none();
}

int main(int argc, char **argv)
{
  if (argc == 3 && strcmp(argv[1], "--locks") == 0)
    locks = strtoull(argv[2], NULL, 10);
  seed = rl_test_seed("lock_many");
  /* Keys spread at random: when the first shard is full, others have room. */
  size_t room = locks + locks / 16 + 4096, wanted = locks;
  int64_t first_ns = 1, second_ns = 8000 * 1000 * RL_NS_PER_MS;
  rl_limits *limits;
  EXPECT(rl_limits_load(NULL, &limits, NULL) == RL_OK);
  EXPECT(rl_exposure_create(limits, &exposure) == RL_OK);
  EXPECT(rl_book_create(room, exposure, &book) == RL_OK);
  gone = malloc(room + 64);
  EXPECT(gone != NULL);
  locks = open_all(first_ns);
  EXPECT(locks >= wanted);
  live(first_ns);
  EXPECT(open_all(second_ns) == locks);
  live(second_ns);
  rl_book_destroy(book);
  rl_exposure_destroy(exposure);
  free(gone);
  printf("lock_many: %zu locks opened, found, ended or expired, twice\n", locks);
  return 0;
}
