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
    .path = path, .map_bytes = 64 << 20, .keys_max = 16, .ahead_bytes = 1 << 20,
    .every_page = true};
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

/* --- the heads' numbers --- */

static bool has_row(rl_tables *tables, unsigned number)
{
  uint8_t key[8];
  rl_rows *rows;
  rl_blob found;
  rl_number_key(number, key);
  cr_assert_eq(tables->kind->begin(tables, false, &rows), RL_OK);
  rl_status status = tables->kind->get(rows, RL_TABLE_QUOTES, (rl_blob){key, sizeof key}, &found);
  tables->kind->abort(rows);
  return status == RL_OK;
}

static void flip(size_t offset, unsigned bit)
{
  uint8_t byte;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  cr_assert_eq(pread(fd, &byte, 1, (off_t)offset), 1);
  byte ^= (uint8_t)(1u << bit);
  cr_assert_eq(pwrite(fd, &byte, 1, (off_t)offset), 1);
  close(fd);
}

/* False when the file was taken for a sound one, and lacked what was committed last. */
static bool is_noticed_or_harmless(unsigned last)
{
  rl_tables *tables;
  rl_error error = {0};
  if (open_file(&tables, &error) != RL_OK)
    return strstr(error.field, "page ") != NULL;
  bool there = has_row(tables, last);
  tables->kind->close(tables);
  return there;
}

/* A large row, for which there is room only behind the last page. */
static void write_large_row(unsigned number)
{
  static uint8_t row[40000];
  uint8_t key[8];
  rl_tables *tables;
  rl_rows *rows;
  rl_number_key(number, key);
  cr_assert_eq(open_file(&tables, NULL), RL_OK);
  cr_assert_eq(tables->kind->begin(tables, true, &rows), RL_OK);
  cr_assert_eq(tables->kind->add(rows, RL_TABLE_QUOTES, (rl_blob){key, sizeof key},
                                 (rl_blob){row, sizeof row}), RL_OK);
  cr_assert_eq(tables->kind->commit(rows), RL_OK);
  tables->kind->close(tables);
}

Test(lmdb_pages, last_commit_does_not_hide_behind_a_flipped_bit_of_a_number)
{
  for (unsigned last = 0; last < 8; last++) {
    write_large_row(last);
    for (unsigned bit = 0; bit < 2 * 64; bit++) {
      size_t offset = (bit < 64 ? 0 : 4096) + 144 + bit % 64 / 8;
      flip(offset, bit % 8);
      cr_expect(is_noticed_or_harmless(last), "bit %u, commit %u", bit, last);
      flip(offset, bit % 8);
    }
  }
}

/* --- a new file --- */

Test(lmdb_pages, empty_file_is_refused_and_left_as_it_is)
{
  rl_tables *tables;
  rl_error error = {0};
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  cr_assert(fd >= 0);
  cr_expect_eq(open_file(&tables, &error), RL_CORRUPT);
  cr_expect(strstr(error.text, "empty") && strstr(error.text, "begin anew"), "%s", error.text);
  cr_expect_eq(lseek(fd, 0, SEEK_END), 0);
  close(fd);
}

Test(lmdb_pages, file_that_was_half_made_is_made_again)
{
  rl_tables *tables;
  char made[96];
  snprintf(made, sizeof made, "%s.new", path);
  int fd = open(made, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  cr_assert(fd >= 0 && write(fd, "half", 4) == 4);
  close(fd);
  cr_assert_eq(open_file(&tables, NULL), RL_OK);
  tables->kind->close(tables);
  cr_expect_neq(access(made, F_OK), 0);
}
