#include "feeds/tick_source.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

/* Larger than any buffer on the way, and not the same line again and again. */
#define TEXT_LINES 40000
static char text[TEXT_LINES * 24];
static size_t text_size;
static char folder[64];
static char path[128];
static rl_error error;

static void set_up(void)
{
  text_size = 0;
  for (int i = 0; i < TEXT_LINES; i++)
    text_size += (size_t)snprintf(text + text_size, 24, "%d,1.%05d,1.38727\n", i, i * 7 % 100000);
  snprintf(folder, sizeof folder, "/tmp/ratelock-test-XXXXXX");
  cr_assert_not_null(mkdtemp(folder));
  /* A name that says nothing: the content alone tells what it is. */
  snprintf(path, sizeof path, "%s/ticks", folder);
}

static void tear_down(void)
{
  unlink(path);
  rmdir(folder);
}

TestSuite(feed_source, .init = set_up, .fini = tear_down);

static void write_plain(const char *bytes, size_t size)
{
  FILE *file = fopen(path, "wb");
  cr_assert_eq(fwrite(bytes, 1, size, file), size);
  fclose(file);
}

static void write_gzip(const char *mode)
{
  gzFile file = gzopen(path, mode);
  cr_assert_eq(gzwrite(file, text, (unsigned)text_size), (int)text_size);
  gzclose(file);
}

static void add_to_zip(zip_t *archive, const char *name, zip_int32_t method)
{
  zip_source_t *source = zip_source_buffer(archive, text, text_size, 0);
  zip_int64_t index = zip_file_add(archive, name, source, 0);
  cr_assert_geq(index, 0);
  zip_set_file_compression(archive, (zip_uint64_t)index, method, 0);
}

static void write_zip(int files, zip_int32_t method)
{
  zip_t *archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
  zip_dir_add(archive, "folder", 0);
  for (int i = 0; i < files; i++) {
    char name[32];
    snprintf(name, sizeof name, "folder/%d.csv", i);
    add_to_zip(archive, name, method);
  }
  cr_assert_eq(zip_close(archive), 0);
}

static void cut_file(off_t bytes)
{
  struct stat state;
  cr_assert_eq(stat(path, &state), 0);
  cr_assert_eq(truncate(path, state.st_size - bytes), 0);
}

static void flip_byte(off_t at)
{
  int fd = open(path, O_RDWR);
  char byte;
  cr_assert_eq(pread(fd, &byte, 1, at), 1);
  byte = (char)(byte ^ 0x40);
  cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
  close(fd);
}

/* All bytes; *status tells how it ended. */
static size_t read_whole(char *bytes, size_t size, rl_status *status)
{
  rl_tick_source *source;
  size_t used = 0, got = 1;
  *status = rl_tick_source_open(path, &source, &error);
  if (*status != RL_OK)
    return 0;
  while (got > 0 && used < size && *status == RL_OK) {
    size_t room = size - used < 1000 ? size - used : 1000;
    *status = rl_tick_source_read(source, bytes + used, room, &got, &error);
    used += *status == RL_OK ? got : 0;
  }
  rl_tick_source_close(source);
  return used;
}

static void expect_text(void)
{
  static char bytes[sizeof text + 1];
  rl_status status;
  size_t used = read_whole(bytes, sizeof bytes, &status);
  cr_assert_eq(status, RL_OK, "%s", error.text);
  cr_assert_eq(used, text_size);
  cr_assert_eq(memcmp(bytes, text, text_size), 0);
}

static void expect_trouble(rl_status expected)
{
  static char bytes[sizeof text + 1];
  rl_status status;
  read_whole(bytes, sizeof bytes, &status);
  cr_assert_eq(status, expected, "%s: %s", rl_status_text(status), error.text);
  cr_assert_str_eq(error.file, path);
  cr_assert_gt(strlen(error.text), 10);
}

Test(feed_source, plain_files_are_read_as_they_are)
{
  write_plain(text, text_size);
  expect_text();
}

Test(feed_source, gzip_files_are_told_by_their_content)
{
  write_gzip("wb");
  expect_text();
}

Test(feed_source, gzip_files_of_several_members_are_read_to_the_end)
{
  write_gzip("wb");
  size_t once = text_size;
  text_size /= 2;
  write_gzip("ab");
  static char bytes[2 * sizeof text];
  rl_status status;
  cr_assert_eq(read_whole(bytes, sizeof bytes, &status), once + text_size);
  cr_assert_eq(status, RL_OK);
}

Test(feed_source, zip_files_of_one_file_are_told_by_their_content)
{
  write_zip(1, ZIP_CM_DEFLATE);
  expect_text();
  write_zip(1, ZIP_CM_STORE);
  expect_text();
}

Test(feed_source, zip_files_of_none_or_several_files_are_refused)
{
  write_zip(2, ZIP_CM_DEFLATE);
  expect_trouble(RL_INVALID);
  write_zip(0, ZIP_CM_DEFLATE);
  expect_trouble(RL_INVALID);
}

Test(feed_source, truncated_gzip_is_corrupt_and_says_so)
{
  write_gzip("wb");
  cut_file(1);
  expect_trouble(RL_CORRUPT);
  cut_file(5000);
  expect_trouble(RL_CORRUPT);
}

Test(feed_source, damaged_gzip_is_corrupt)
{
  write_gzip("wb");
  struct stat state;
  cr_assert_eq(stat(path, &state), 0);
  flip_byte(state.st_size - 6); /* in the checksum */
  expect_trouble(RL_CORRUPT);
}

Test(feed_source, truncated_zip_is_corrupt_and_says_so)
{
  write_zip(1, ZIP_CM_DEFLATE);
  cut_file(1);
  expect_trouble(RL_CORRUPT);
  cut_file(5000);
  expect_trouble(RL_CORRUPT);
}

Test(feed_source, damaged_zip_is_corrupt)
{
  write_zip(1, ZIP_CM_STORE);
  struct stat state;
  cr_assert_eq(stat(path, &state), 0);
  flip_byte(state.st_size / 2);
  expect_trouble(RL_CORRUPT);
}

Test(feed_source, a_file_that_is_not_there_is_named)
{
  expect_trouble(RL_NOT_FOUND);
}

Test(feed_source, a_folder_is_no_file_of_ticks)
{
  cr_assert_eq(mkdir(path, 0700), 0);
  rl_tick_source *source;
  char byte;
  size_t got;
  rl_status status = rl_tick_source_open(path, &source, &error);
  if (status == RL_OK) {
    status = rl_tick_source_read(source, &byte, 1, &got, &error);
    rl_tick_source_close(source);
  }
  cr_assert_eq(status, RL_IO, "%s", error.text);
  rmdir(path);
}

Test(feed_source, an_empty_file_has_no_bytes)
{
  write_plain("", 0);
  char byte;
  rl_status status;
  cr_assert_eq(read_whole(&byte, 1, &status), 0);
  cr_assert_eq(status, RL_OK);
}

Test(feed_source, standard_input_is_named_by_a_dash)
{
  write_gzip("wb");
  int fd = open(path, O_RDONLY);
  cr_assert_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
  close(fd);
  unlink(path);
  snprintf(path, sizeof path, "-");
  expect_text();
}
