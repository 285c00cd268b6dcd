/* The look at a file's pages: sound files pass, and any bytes give an answer. The rest is shown
 * with a whole store in tests/faults/flips.c. */
#include "lmdb/lmdb.h"
#include "lmdb/pages.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 3000, EDITS = 4000, BYTES_MOST = 4 << 20 };

static char directory[64], path[80], lock_path[80];
static uint8_t sound[BYTES_MOST], edited[BYTES_MOST];
static size_t size;

static rl_status open_file(rl_tables **out, rl_error *error)
{
  rl_lmdb_options options = {
    .path = path, .map_bytes = 64 << 20, .keys_max = 16, .every_page = true};
  return rl_lmdb_open(&options, out, error);
}

/* Rows of all sizes, some written over and removed, so that there are branches, large rows and free
 * pages. */
static void write_rows(rl_tables *tables, rl_random *random, unsigned from, unsigned to)
{
  static uint8_t row[20000];
  uint8_t key[8];
  rl_rows *rows;
  cr_assert_eq(tables->kind->begin(tables, true, &rows), RL_OK);
  for (unsigned i = from; i < to; i++) {
    rl_blob name = {key, sizeof key};
    size_t length = rl_random_below(random, 50) == 0 ? sizeof row : rl_random_below(random, 600);
    rl_number_key(i, key);
    cr_assert_eq(tables->kind->set(rows, i % 2 ? RL_TABLE_QUOTES : RL_TABLE_ENDS, name,
                                   (rl_blob){row, length}), RL_OK);
    if (i % 5 == 0)
      cr_assert_eq(tables->kind->remove(rows, RL_TABLE_ENDS, name), i % 2 ? RL_NOT_FOUND : RL_OK);
  }
  cr_assert_eq(tables->kind->commit(rows), RL_OK);
}

static void start(void)
{
  snprintf(directory, sizeof directory, "/tmp/ratelock-pages-XXXXXX");
  cr_assert(mkdtemp(directory) != NULL);
  snprintf(path, sizeof path, "%s/store.mdb", directory);
  snprintf(lock_path, sizeof lock_path, "%s/store.mdb-lock", directory);
}

static void stop(void)
{
  unlink(path);
  unlink(lock_path);
  rmdir(directory);
}

TestSuite(lmdb_pages, .init = start, .fini = stop);

static uint64_t newest(const uint8_t *bytes)
{
  uint64_t first, second;
  memcpy(&first, bytes + 144, sizeof first);
  memcpy(&second, bytes + 4096 + 144, sizeof second);
  return first > second ? first : second;
}

Test(lmdb_pages, every_file_that_was_committed_is_sound)
{
  rl_random random = rl_random_from(rl_test_seed("lmdb_pages"));
  rl_tables *tables;
  rl_error error = {0};
  cr_assert_eq(open_file(&tables, &error), RL_OK, "a new file: %s", error.text);
  for (unsigned i = 0; i < 40; i++) {
    unsigned from = (unsigned)rl_random_below(&random, ROWS);
    write_rows(tables, &random, from, from + (unsigned)rl_random_below(&random, 200));
    tables->kind->close(tables);
    cr_assert_eq(open_file(&tables, &error), RL_OK, "%s: %s", error.field, error.text);
  }
  tables->kind->close(tables);
}

static void edit(rl_random *random)
{
  memcpy(edited, sound, size);
  for (uint64_t left = 1 + rl_random_below(random, 4); left > 0; left--) {
    size_t page = rl_random_below(random, size / 4096) * 4096;
    size_t at = page + rl_random_below(random, rl_random_below(random, 2) ? 4096 : 160);
    edited[at] = (uint8_t)rl_random_next(random);
  }
}

Test(lmdb_pages, any_bytes_give_an_answer_with_a_reason)
{
  rl_random random = rl_random_from(rl_test_seed("lmdb_pages"));
  rl_tables *tables;
  unsigned refused = 0;
  cr_assert_eq(open_file(&tables, NULL), RL_OK);
  write_rows(tables, &random, 0, 400);
  write_rows(tables, &random, 100, 300);
  tables->kind->close(tables);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  size = (size_t)pread(fd, sound, sizeof sound, 0);
  cr_assert(size > 90 * 4096 && size < sizeof sound);
  for (unsigned i = 0; i < EDITS; i++) {
    rl_page_fault fault = {0};
    edit(&random);
    cr_assert_eq(pwrite(fd, edited, size, 0), (ssize_t)size);
    if (rl_pages_check_heads(fd, &fault) == RL_OK
        && rl_pages_check(fd, newest(edited), &fault) == RL_OK)
      continue;
    cr_assert_not_null(fault.reason);
    refused++;
  }
  cr_expect_gt(refused, EDITS / 10);
  close(fd);
}

Test(lmdb_pages, file_cut_off_is_refused_with_the_reason)
{
  rl_tables *tables;
  rl_error error = {0};
  cr_assert_eq(open_file(&tables, NULL), RL_OK);
  rl_random random = rl_random_from(1);
  write_rows(tables, &random, 0, 100);
  tables->kind->close(tables);
  for (off_t length = 5 * 4096; length > 0; length -= 1000) {
    cr_assert_eq(truncate(path, length), 0);
    cr_assert_eq(open_file(&tables, &error), length >= 152 ? RL_CORRUPT : RL_FOREIGN);
    cr_expect(strstr(error.text, length >= 152 ? "restore" : "name another"), "%s", error.text);
  }
}
