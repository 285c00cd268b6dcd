#include "lmdb/keys.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <string.h>

static const rl_mono begin = {1000};

static rl_fingerprint key_of(uint64_t number)
{
  return (rl_fingerprint){{number * 0x9e3779b97f4a7c15u, number}};
}

static void write_quote(uint64_t number, uint8_t out[16])
{
  memset(out, 0, 16);
  for (unsigned i = 0; i < 8; i++)
    out[i] = (uint8_t)(number >> (8 * i));
}

static bool holds(const rl_keys *keys, uint64_t number)
{
  uint8_t found[16], meant[16];
  write_quote(number, meant);
  return rl_keys_find(keys, key_of(number), found) && memcmp(found, meant, sizeof meant) == 0;
}

static bool add(rl_keys *keys, rl_mono now, uint64_t number)
{
  uint8_t quote[16];
  write_quote(number, quote);
  return rl_keys_add(keys, now, key_of(number), quote);
}

Test(lmdb_keys, every_key_is_found_however_many_there_are)
{
  rl_keys keys;
  rl_keys_init(&keys, 1 << 20);
  for (uint64_t i = 0; i < 20000; i++) {
    cr_assert(add(&keys, begin, i));
    cr_assert(holds(&keys, i), "pending");
    if (i % 97 == 0)
      rl_keys_commit(&keys);
  }
  for (uint64_t i = 0; i < 20000; i++)
    cr_assert(holds(&keys, i), "%lu", i);
  cr_expect_not(holds(&keys, 20000));
  rl_keys_fini(&keys);
}

Test(lmdb_keys, keys_of_an_aborted_transaction_are_gone_and_the_others_stay)
{
  rl_keys keys;
  rl_keys_init(&keys, 1000);
  cr_assert(add(&keys, begin, 1));
  rl_keys_commit(&keys);
  cr_assert(add(&keys, begin, 2));
  rl_keys_abort(&keys);
  cr_expect(holds(&keys, 1));
  cr_expect_not(holds(&keys, 2));
  cr_expect(add(&keys, begin, 2));
  rl_keys_fini(&keys);
}

Test(lmdb_keys, bound_counts_committed_and_pending_keys)
{
  rl_keys keys;
  rl_keys_init(&keys, 3);
  cr_expect(add(&keys, begin, 1));
  rl_keys_commit(&keys);
  cr_expect(add(&keys, begin, 2));
  cr_expect(add(&keys, begin, 3));
  cr_expect_not(add(&keys, begin, 4));
  rl_keys_abort(&keys);
  cr_expect(add(&keys, begin, 4));
  rl_keys_fini(&keys);
}

Test(lmdb_keys, no_key_is_forgotten_before_its_day_is_over)
{
  const int64_t day_ns = RL_END_KEY_MIN_MS * RL_NS_PER_MS;
  const int64_t minute_ns = 60 * 1000 * RL_NS_PER_MS;
  enum { MINUTES = 3 * 24 * 60 };
  rl_keys keys;
  rl_keys_init(&keys, MINUTES);
  for (int64_t i = 0; i < MINUTES; i++) {
    rl_mono now = {begin.ns + i * minute_ns};
    rl_keys_retire(&keys, now);
    cr_assert(add(&keys, now, (uint64_t)i));
    rl_keys_commit(&keys);
    int64_t oldest = i - day_ns / minute_ns;
    if (oldest >= 0)
      cr_assert(holds(&keys, (uint64_t)oldest), "minute %ld", (long)i);
    int64_t over = i - (day_ns + RL_KEY_GENERATION_NS) / minute_ns - 1;
    if (over >= 0)
      cr_assert_not(holds(&keys, (uint64_t)over), "minute %ld", (long)i);
  }
  rl_keys_retire(&keys, (rl_mono){begin.ns + 6 * day_ns});
  cr_expect_eq(keys.generation_count, 0);
  rl_keys_fini(&keys);
}

Test(lmdb_keys, fingerprint_of_zero_is_a_key_like_any_other)
{
  rl_keys keys;
  uint8_t found[16], meant[16];
  const rl_fingerprint zero = {{0, 0}};
  write_quote(7, meant);
  rl_keys_init(&keys, 10);
  cr_expect_not(rl_keys_find(&keys, zero, found));
  cr_assert(rl_keys_add(&keys, begin, zero, meant));
  rl_keys_commit(&keys);
  cr_assert(rl_keys_find(&keys, zero, found));
  cr_expect_eq(memcmp(found, meant, sizeof meant), 0);
  rl_keys_fini(&keys);
}
