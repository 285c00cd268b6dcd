/* One thread's view of an epoch; tests/torture has the view of several. */
#include "sync/epoch.h"

#include <criterion/criterion.h>

Test(sync, object_held_is_the_one_put_there_last)
{
  int first, second;
  rl_epoch epoch;
  rl_epoch_reader reader;
  rl_epoch_init(&epoch, &first);
  rl_epoch_join(&epoch, &reader);
  cr_expect_eq(rl_epoch_begin(&epoch, &reader), &first);
  rl_epoch_end(&reader);
  cr_expect_eq(rl_epoch_replace(&epoch, &second), &first, "nobody holds the old one");
  cr_expect_eq(rl_epoch_begin(&epoch, &reader), &second);
  rl_epoch_end(&reader);
  rl_epoch_leave(&epoch, &reader);
  cr_expect_eq(rl_epoch_fini(&epoch), &second);
}

Test(sync, readers_leave_in_any_order)
{
  int object;
  rl_epoch epoch;
  rl_epoch_reader readers[3];
  rl_epoch_init(&epoch, &object);
  for (unsigned i = 0; i < 3; i++)
    rl_epoch_join(&epoch, &readers[i]);
  rl_epoch_leave(&epoch, &readers[1]);
  rl_epoch_leave(&epoch, &readers[2]);
  cr_expect_eq(epoch.readers, &readers[0]);
  rl_epoch_join(&epoch, &readers[1]);
  rl_epoch_leave(&epoch, &readers[0]);
  cr_expect_eq(rl_epoch_replace(&epoch, &object), &object);
  rl_epoch_leave(&epoch, &readers[1]);
  cr_expect_null(epoch.readers);
}

Test(sync, reader_of_the_newest_object_announces_the_newest_epoch)
{
  int objects[2];
  rl_epoch epoch;
  rl_epoch_reader reader;
  rl_epoch_init(&epoch, &objects[0]);
  rl_epoch_join(&epoch, &reader);
  for (uint64_t n = 1; n < 9; n++) {
    rl_epoch_begin(&epoch, &reader);
    cr_expect_eq(rl_word_load(&reader.epoch), n);
    rl_epoch_end(&reader);
    cr_expect_eq(rl_word_load(&reader.epoch), 0);
    cr_expect_eq(rl_epoch_replace(&epoch, &objects[n % 2]), &objects[(n + 1) % 2]);
  }
}

typedef struct outwaiting {
  rl_epoch epoch;
  _Atomic bool reader_ended;
  bool seen; /* by the thread that waited */
} outwaiting;

static void *outwait(void *context)
{
  outwaiting *it = context;
  rl_epoch_wait(&it->epoch);
  it->seen = it->reader_ended;
  return NULL;
}

Test(sync, waiting_for_readers_ends_behind_the_last_that_was_there)
{
  int object;
  outwaiting it = {.seen = false};
  rl_epoch_reader reader, idle;
  pthread_t thread;
  rl_epoch_init(&it.epoch, &object);
  rl_epoch_join(&it.epoch, &reader);
  rl_epoch_join(&it.epoch, &idle);
  cr_assert_eq(rl_epoch_begin(&it.epoch, &reader), &object);
  cr_assert_eq(pthread_create(&thread, NULL, outwait, &it), 0);
  while (rl_word_load_acquire(&it.epoch.epoch) == 1)
    continue; /* it waits */
  it.reader_ended = true;
  rl_epoch_end(&reader);
  pthread_join(thread, NULL);
  cr_expect(it.seen);
  cr_expect_eq(rl_epoch_begin(&it.epoch, &reader), &object, "the object is the same");
  rl_epoch_end(&reader);
}
