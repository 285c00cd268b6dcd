#include "store/inbox.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* A pointer takes 16 bytes of a buffer: a head and itself. */
enum { POINTER = 16 };

static int things[8];

Test(store_inbox, entry_fits_to_the_byte_and_one_more_does_not)
{
  rl_inbox inbox;
  uint8_t record[40] = {0};
  cr_assert_eq(rl_inbox_init(&inbox, 3 * POINTER), RL_OK);
  cr_expect_eq(rl_inbox_put_record(&inbox, record, 3 * POINTER - 8 + 1), RL_FULL);
  for (unsigned i = 0; i < 3; i++)
    cr_expect_eq(rl_inbox_put_pointer(&inbox, RL_ENTRY_JOB, &things[i]), RL_OK);
  cr_expect_eq(rl_inbox_put_pointer(&inbox, RL_ENTRY_JOB, &things[3]), RL_FULL);
  cr_expect_eq(rl_inbox_put_record(&inbox, record, 0), RL_FULL);
  uint64_t jobs, bytes;
  rl_inbox_load(&inbox, &jobs, &bytes);
  cr_expect_eq(jobs, 3);
  cr_expect_eq(bytes, 3 * POINTER);
  rl_inbox_swap(&inbox);
  cr_expect_eq(rl_inbox_put_record(&inbox, record, 3 * POINTER - 8), RL_OK);
  cr_expect_eq(rl_inbox_put_record(&inbox, record, 0), RL_FULL);
  rl_inbox_fini(&inbox);
}

Test(store_inbox, records_and_pointers_come_out_in_the_order_they_came_in)
{
  rl_inbox inbox;
  size_t offset = 0;
  rl_entry entry;
  cr_assert_eq(rl_inbox_init(&inbox, 1024), RL_OK);
  cr_assert_eq(rl_inbox_put_record(&inbox, (const uint8_t *)"first", 5), RL_OK);
  cr_assert_eq(rl_inbox_put_pointer(&inbox, RL_ENTRY_JOB, &things[1]), RL_OK);
  cr_assert_eq(rl_inbox_put_record(&inbox, (const uint8_t *)"the third", 9), RL_OK);
  cr_assert_eq(rl_inbox_put_pointer(&inbox, RL_ENTRY_TARIFF, &things[2]), RL_OK);
  rl_inbox_swap(&inbox);
  cr_assert(rl_inbox_next(&inbox.draining, &offset, &entry));
  cr_expect(entry.kind == RL_ENTRY_RECORD && entry.size == 5);
  cr_expect_eq(memcmp(entry.bytes, "first", 5), 0);
  cr_assert(rl_inbox_next(&inbox.draining, &offset, &entry));
  cr_expect(entry.kind == RL_ENTRY_JOB && *entry.pointer == &things[1]);
  cr_assert(rl_inbox_next(&inbox.draining, &offset, &entry));
  cr_expect(entry.kind == RL_ENTRY_RECORD && entry.size == 9);
  cr_expect_eq(memcmp(entry.bytes, "the third", 9), 0);
  cr_assert(rl_inbox_next(&inbox.draining, &offset, &entry));
  cr_expect(entry.kind == RL_ENTRY_TARIFF && *entry.pointer == &things[2]);
  cr_expect_not(rl_inbox_next(&inbox.draining, &offset, &entry));
  rl_inbox_fini(&inbox);
}

Test(store_inbox, pointers_are_taken_once_and_records_stay)
{
  rl_inbox inbox;
  rl_entry_kind kinds[4];
  void *pointers[4];
  cr_assert_eq(rl_inbox_init(&inbox, 1024), RL_OK);
  for (unsigned i = 0; i < 5; i++) {
    cr_assert_eq(rl_inbox_put_record(&inbox, (const uint8_t *)&"abcde"[i], 1), RL_OK);
    cr_assert_eq(rl_inbox_put_pointer(&inbox, RL_ENTRY_JOB, &things[i]), RL_OK);
  }
  cr_expect_eq(rl_inbox_take_pointers(&inbox, 4, kinds, pointers), 4);
  for (unsigned i = 0; i < 4; i++)
    cr_expect_eq(pointers[i], &things[i]);
  cr_expect_eq(rl_inbox_take_pointers(&inbox, 4, kinds, pointers), 1);
  cr_expect_eq(pointers[0], &things[4]);
  cr_expect_eq(rl_inbox_take_pointers(&inbox, 4, kinds, pointers), 0);
  rl_inbox_swap(&inbox);
  size_t offset = 0, records = 0;
  rl_entry entry;
  while (rl_inbox_next(&inbox.draining, &offset, &entry)) {
    cr_expect(entry.kind == RL_ENTRY_RECORD && entry.size == 1 && entry.bytes[0] == 'a' + records);
    records++;
  }
  cr_expect_eq(records, 5);
  rl_inbox_fini(&inbox);
}

Test(store_inbox, pointers_taken_leave_their_room_to_those_that_come)
{
  rl_inbox inbox;
  rl_entry_kind kinds[2];
  void *pointers[2];
  uint64_t jobs, bytes;
  cr_assert_eq(rl_inbox_init(&inbox, 3 * POINTER), RL_OK);
  cr_assert_eq(rl_inbox_put_record(&inbox, (const uint8_t *)"r", 1), RL_OK);
  for (unsigned i = 0; i < 5; i++) {
    cr_assert_eq(rl_inbox_put_pointer(&inbox, RL_ENTRY_TARIFF, &things[0]), RL_OK);
    cr_assert_eq(rl_inbox_put_pointer(&inbox, RL_ENTRY_TARIFF, &things[1]), RL_OK);
    cr_expect_eq(rl_inbox_take_pointers(&inbox, 1, kinds, pointers), 1);
    cr_expect_eq(pointers[0], &things[0]);
    cr_expect_eq(rl_inbox_take_pointers(&inbox, 2, kinds, pointers), 1);
    cr_expect_eq(pointers[0], &things[1]);
  }
  rl_inbox_load(&inbox, &jobs, &bytes);
  cr_expect_eq(bytes, POINTER, "the record's");
  rl_inbox_fini(&inbox);
}

Test(store_inbox, closed_inbox_takes_nothing_and_wakes_its_writer)
{
  rl_inbox inbox;
  cr_assert_eq(rl_inbox_init(&inbox, 1024), RL_OK);
  cr_assert_eq(rl_inbox_put_pointer(&inbox, RL_ENTRY_JOB, &things[0]), RL_OK);
  cr_expect(rl_inbox_wait(&inbox, -1), "open, and there is news");
  rl_inbox_close(&inbox);
  cr_expect_eq(rl_inbox_put_pointer(&inbox, RL_ENTRY_JOB, &things[1]), RL_CLOSED);
  cr_expect_not(rl_inbox_wait(&inbox, -1));
  rl_inbox_fini(&inbox);
}

Test(store_inbox, wait_for_news_ends_with_its_time)
{
  rl_inbox inbox;
  cr_assert_eq(rl_inbox_init(&inbox, 1024), RL_OK);
  cr_expect(rl_inbox_wait(&inbox, 1));
  rl_inbox_fini(&inbox);
}
