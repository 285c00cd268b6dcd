/* One thread's view of a seqlock; tests/torture has the view of several. */
#include "sync/seqlock.h"

#include <criterion/criterion.h>

Test(sync, read_without_a_write_between_is_valid)
{
  rl_seqlock lock = {0};
  uint64_t version = 9;
  cr_assert(rl_seqlock_read_begin(&lock, &version));
  cr_expect_eq(version, 0);
  cr_expect(rl_seqlock_read_valid(&lock, version));
  cr_expect(rl_seqlock_read_valid(&lock, version), "it may be asked again");
}

Test(sync, read_during_a_write_does_not_begin)
{
  rl_seqlock lock = {0};
  uint64_t version;
  rl_seqlock_write_begin(&lock);
  cr_expect_not(rl_seqlock_read_begin(&lock, &version));
  rl_seqlock_write_end(&lock);
  cr_expect(rl_seqlock_read_begin(&lock, &version));
}

Test(sync, read_that_a_write_overtakes_is_torn)
{
  rl_seqlock lock = {0};
  uint64_t version;
  cr_assert(rl_seqlock_read_begin(&lock, &version));
  rl_seqlock_write_begin(&lock);
  cr_expect_not(rl_seqlock_read_valid(&lock, version), "a write is under way");
  rl_seqlock_write_end(&lock);
  cr_expect_not(rl_seqlock_read_valid(&lock, version), "a write is done");
}

Test(sync, version_rises_by_two_with_each_write)
{
  rl_seqlock lock = {0};
  uint64_t version;
  for (uint64_t writes = 1; writes <= 5; writes++) {
    rl_seqlock_write_begin(&lock);
    rl_seqlock_write_end(&lock);
    cr_assert(rl_seqlock_read_begin(&lock, &version));
    cr_expect_eq(version, 2 * writes);
  }
}

Test(sync, word_holds_all_its_bits)
{
  rl_word word = {0};
  const uint64_t values[] = {0, 1, 0x0123456789abcdefu, UINT64_MAX};
  for (unsigned i = 0; i < 4; i++) {
    rl_word_store(&word, values[i]);
    cr_expect_eq(rl_word_load(&word), values[i]);
    rl_word_store_release(&word, ~values[i]);
    cr_expect_eq(rl_word_load_acquire(&word), ~values[i]);
    rl_seqlock_store(&word, values[i]);
    cr_expect_eq(rl_seqlock_load(&word), values[i]);
  }
}

Test(sync, counter_adds_and_comes_round)
{
  rl_word word = {0};
  rl_word_count(&word, 3);
  rl_word_count(&word, 0);
  rl_word_count(&word, 4);
  cr_expect_eq(rl_word_load(&word), 7);
  rl_word_store(&word, UINT64_MAX);
  rl_word_count(&word, 1);
  cr_expect_eq(rl_word_load(&word), 0);
}
