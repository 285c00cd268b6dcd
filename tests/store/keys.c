#include "store/keys.h"
#include "support/random.h"

#include <criterion/criterion.h>

static const rl_mono begin = {1000};

static rl_fingerprint key_of(uint64_t number)
{
  return (rl_fingerprint){{number * 0x9e3779b97f4a7c15u, number}};
}

static rl_quote_id quote_of(uint64_t number)
{
  rl_quote_id id = {{0}};
  for (unsigned i = 0; i < 8; i++)
    id.bytes[i] = (uint8_t)(number >> (8 * i));
  return id;
}

static bool holds(const rl_keys *keys, uint64_t number)
{
  rl_quote_id found;
  return rl_keys_find(keys, key_of(number), &found)
         && rl_quote_id_equal(found, quote_of(number));
}

static bool add(rl_keys *keys, rl_mono now, uint64_t number)
{
  return rl_keys_add(keys, now, key_of(number), quote_of(number));
}

Test(store_keys, every_key_is_found_however_many_there_are)
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

Test(store_keys, keys_of_an_aborted_transaction_are_gone_and_the_others_stay)
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

Test(store_keys, bound_counts_committed_and_pending_keys)
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

Test(store_keys, no_key_is_forgotten_before_its_day_is_over)
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

Test(store_keys, fingerprint_of_zero_is_a_key_like_any_other)
{
  rl_keys keys;
  rl_quote_id found;
  const rl_fingerprint zero = {{0, 0}};
  rl_keys_init(&keys, 10);
  cr_expect_not(rl_keys_find(&keys, zero, &found));
  cr_assert(rl_keys_add(&keys, begin, zero, quote_of(7)));
  rl_keys_commit(&keys);
  cr_assert(rl_keys_find(&keys, zero, &found));
  cr_expect(rl_quote_id_equal(found, quote_of(7)));
  rl_keys_fini(&keys);
}
