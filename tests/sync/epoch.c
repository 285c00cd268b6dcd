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
