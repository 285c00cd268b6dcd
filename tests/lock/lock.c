#include "lock/lock.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define SECOND_NS 1000000000ll

static rl_exposure *exposure;
static rl_book *book;

static void setup(void)
{
  rl_limits *limits;
  cr_assert_eq(rl_limits_load(NULL, &limits, NULL), RL_OK);
  cr_assert_eq(rl_exposure_create(limits, &exposure), RL_OK);
  cr_assert_eq(rl_book_create(1024, exposure, &book), RL_OK);
}

static void teardown(void)
{
  rl_book_destroy(book);
  rl_exposure_destroy(exposure);
}

TestSuite(lock, .init = setup, .fini = teardown);

static rl_fingerprint key_of(const char *client, const char *key)
{
  return rl_key_fingerprint(7, client, RL_OP_QUOTE, key);
}

static rl_lock lock_of(unsigned number, uint32_t ttl_ms, int64_t issued_ns)
{
  char key[16];
  snprintf(key, sizeof key, "key-%u", number);
  return (rl_lock){
    .id.bytes = {(uint8_t)number, (uint8_t)(number >> 8), 1},
    .key = key_of("shop", key),
    .body = rl_fingerprint_of("body", 4, 0),
    .ttl_ms = ttl_ms,
    .deadline_mono_ns = issued_ns + ttl_ms * RL_NS_PER_MS,
  };
}

static bool agree(void *context)
{
  (void)context;
  return true;
}

static bool decline(void *context)
{
  (void)context;
  return false;
}

static rl_status open_lock(const rl_lock *lock, bool (*publish)(void *))
{
  rl_key_verdict verdict;
  rl_quote_id existing;
  return rl_book_open(book, lock, publish, NULL, &verdict, &existing);
}

static void count_expired(rl_quote_id id, void *context)
{
  (void)id;
  ++*(size_t *)context;
}

static size_t expired_at(int64_t now_ns)
{
  size_t expired = 0;
  rl_book_sweep(book, (rl_mono){now_ns}, 10000, count_expired, &expired);
  return expired;
}

static rl_book_stats stats(void)
{
  rl_book_stats now;
  rl_book_stats_read(book, &now);
  return now;
}

Test(lock, a_new_key_opens_and_the_same_body_repeats)
{
  rl_lock lock = lock_of(1, 30000, 0);
  rl_quote_id id;
  cr_assert_eq(rl_book_find_key(book, lock.key, lock.body, &id), RL_KEY_NEW);
  cr_assert_eq(open_lock(&lock, agree), RL_OK);
  cr_assert_eq(rl_book_find_key(book, lock.key, lock.body, &id), RL_KEY_REPEAT);
  cr_assert(rl_quote_id_equal(id, lock.id));
  cr_assert_eq(open_lock(&lock, agree), RL_EXISTS);
  cr_assert_eq(stats().active, 1);
}

Test(lock, the_same_key_with_another_body_is_reused)
{
  rl_lock lock = lock_of(1, 30000, 0);
  cr_assert_eq(open_lock(&lock, agree), RL_OK);
  rl_fingerprint other = rl_fingerprint_of("other", 5, 0);
  rl_quote_id id;
  cr_assert_eq(rl_book_find_key(book, lock.key, other, &id), RL_KEY_REUSED);
}

Test(lock, keys_of_two_clients_or_operations_are_different_keys)
{
  rl_fingerprint shop = key_of("shop", "k");
  cr_assert(!rl_fingerprint_equal(shop, key_of("desk", "k")));
  cr_assert(!rl_fingerprint_equal(shop, rl_key_fingerprint(7, "shop", RL_OP_ACCEPT, "k")));
  cr_assert(!rl_fingerprint_equal(key_of("ab", "c"), key_of("a", "bc")));
}

Test(lock, a_record_that_finds_no_room_opens_nothing)
{
  rl_lock lock = lock_of(1, 30000, 0);
  rl_quote_id id;
  cr_assert_eq(open_lock(&lock, decline), RL_FULL);
  cr_assert_eq(rl_book_find_key(book, lock.key, lock.body, &id), RL_KEY_NEW);
  cr_assert_eq(stats().held, 0);
}

Test(lock, a_lock_expires_at_its_deadline_and_not_a_nanosecond_before)
{
  rl_lock lock = lock_of(1, 30000, 5);
  cr_assert_eq(open_lock(&lock, agree), RL_OK);
  cr_assert_eq(expired_at(lock.deadline_mono_ns - 1), 0);
  cr_assert_eq(stats().active, 1);
  cr_assert_eq(expired_at(lock.deadline_mono_ns), 1);
  cr_assert_eq(stats().active, 0);
  cr_assert_eq(expired_at(lock.deadline_mono_ns + SECOND_NS), 0, "an expiry is told once");
}

Test(lock, an_ended_lock_is_not_told_as_expired)
{
  rl_lock lock = lock_of(1, 30000, 0);
  cr_assert_eq(open_lock(&lock, agree), RL_OK);
  rl_book_end(book, lock.key, lock.id);
  cr_assert_eq(stats().active, 0);
  cr_assert_eq(expired_at(lock.deadline_mono_ns), 0);
}

Test(lock, ending_needs_the_right_quote)
{
  rl_lock lock = lock_of(1, 30000, 0);
  cr_assert_eq(open_lock(&lock, agree), RL_OK);
  rl_lock other = lock_of(2, 30000, 0);
  cr_assert_eq(rl_book_end(book, lock.key, other.id), RL_ENDING_UNSEEN);
  cr_assert_eq(rl_book_end(book, other.key, lock.id), RL_ENDING_UNSEEN);
  cr_assert_eq(stats().active, 1);
}

Test(lock, of_all_ends_of_a_lock_and_its_deadline_one_is_the_end)
{
  rl_lock ended = lock_of(1, 30000, 0), expired = lock_of(2, 30000, 0);
  cr_assert_eq(open_lock(&ended, agree), RL_OK);
  cr_assert_eq(open_lock(&expired, agree), RL_OK);
  cr_expect_eq(rl_book_end(book, ended.key, ended.id), RL_ENDING_NOW);
  cr_expect_eq(rl_book_end(book, ended.key, ended.id), RL_ENDING_BEFORE);
  cr_expect_eq(expired_at(expired.deadline_mono_ns), 1);
  cr_expect_eq(rl_book_end(book, expired.key, expired.id), RL_ENDING_BEFORE);
}

Test(lock, a_create_key_lives_ten_minutes_from_the_issue_of_a_short_lock)
{
  rl_lock lock = lock_of(1, 30000, 0);
  int64_t retires = RL_CREATE_KEY_MIN_MS * RL_NS_PER_MS;
  rl_quote_id id;
  cr_assert_eq(open_lock(&lock, agree), RL_OK);
  expired_at(retires - 1);
  cr_assert_eq(rl_book_find_key(book, lock.key, lock.body, &id), RL_KEY_REPEAT);
  expired_at(retires);
  cr_assert_eq(rl_book_find_key(book, lock.key, lock.body, &id), RL_KEY_NEW);
  cr_assert_eq(stats().held, 0);
}

Test(lock, a_create_key_lives_as_long_as_a_long_lock)
{
  rl_lock lock = lock_of(1, 3600000, 0);
  rl_quote_id id;
  cr_assert_eq(open_lock(&lock, agree), RL_OK);
  expired_at(lock.deadline_mono_ns - 1);
  cr_assert_eq(rl_book_find_key(book, lock.key, lock.body, &id), RL_KEY_REPEAT);
  expired_at(lock.deadline_mono_ns);
  cr_assert_eq(rl_book_find_key(book, lock.key, lock.body, &id), RL_KEY_NEW);
}

Test(lock, a_full_book_refuses_and_takes_again_after_retirement)
{
  unsigned opened = 0;
  for (unsigned i = 0; i < 4096; i++) {
    rl_lock lock = lock_of(i, 30000, 0);
    opened += open_lock(&lock, agree) == RL_OK;
  }
  cr_assert_geq(opened, 512);
  cr_assert_leq(opened, stats().capacity);
  cr_assert_eq(expired_at(RL_CREATE_KEY_MIN_MS * RL_NS_PER_MS), opened);
  cr_assert_eq(stats().held, 0);
  rl_lock again = lock_of(5000, 30000, 0);
  cr_assert_eq(open_lock(&again, agree), RL_OK);
}

Test(lock, a_sweep_takes_no_more_steps_than_it_is_given)
{
  for (unsigned i = 0; i < 40; i++) {
    rl_lock lock = lock_of(i, 30000, 0);
    cr_assert_eq(open_lock(&lock, agree), RL_OK);
  }
  size_t expired = 0;
  cr_assert_eq(rl_book_sweep(book, (rl_mono){30 * SECOND_NS}, 7, count_expired, &expired), 7);
  cr_assert_eq(expired, 7);
  cr_assert_eq(stats().active, 33);
}
