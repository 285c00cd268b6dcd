/* What a restart, a move, a copy and a second engine find. */
#include "store/harness.h"

#include <criterion/criterion.h>
#include <lmdb.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static rl_harness harness;

static void start(void)
{
  harness_init(&harness);
  harness_open(&harness);
}

static void stop(void)
{
  harness_fini(&harness);
}

TestSuite(store_restart, .init = start, .fini = stop);

static rl_refusal accept_quote(const rl_quote *quote, const char *key)
{
  return harness_end(&harness, RL_JOB_ACCEPT, quote, key);
}

static bool same_identity(rl_store_id left, rl_store_id right)
{
  return memcmp(left.bytes, right.bytes, sizeof left.bytes) == 0;
}

static void path_in(const char *directory, const char *name, char out[128])
{
  int length = snprintf(out, 128, "%s/%s", directory, name);
  cr_assert_lt(length, 128);
}

static void copy_file(const char *from, const char *to)
{
  static char bytes[1 << 20];
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  cr_assert(in && out);
  for (size_t size; (size = fread(bytes, 1, sizeof bytes, in)) > 0;)
    cr_assert_eq(fwrite(bytes, 1, size, out), size);
  fclose(in);
  cr_assert_eq(fclose(out), 0);
}

/* --- restart --- */

Test(store_restart, outcomes_and_keys_survive)
{
  rl_quote one = harness_recorded(&harness), two = harness_recorded(&harness);
  rl_job first = harness_job(&harness, RL_JOB_ACCEPT, &one, "k1");
  harness_run(&harness, &first);
  cr_assert_eq(first.refusal, RL_REFUSAL_NONE);
  harness_restart(&harness);
  rl_job again = harness_job(&harness, RL_JOB_ACCEPT, &one, "k1");
  harness_run(&harness, &again);
  cr_expect_eq(again.refusal, RL_REFUSAL_NONE);
  cr_expect(again.repeated);
  cr_expect_eq(again.end.arrived_mono_ns, first.end.arrived_mono_ns);
  cr_expect_eq(accept_quote(&one, "k2"), RL_REFUSAL_QUOTE_CONSUMED);
  cr_expect_eq(accept_quote(&two, "k1"), RL_REFUSAL_KEY_REUSED);
  cr_expect_eq(accept_quote(&two, "k2"), RL_REFUSAL_NONE);
}

Test(store_restart, transactions_are_numbered_on)
{
  rl_quote one = harness_recorded(&harness), two = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&one, "k1"), RL_REFUSAL_NONE);
  harness_restart(&harness);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &two, "k2");
  harness_run(&harness, &job);
  cr_expect_eq(job.end.transaction, 2);
}

Test(store_restart, key_of_an_end_is_kept_a_day_over_a_restart)
{
  rl_quote one = harness_recorded(&harness);
  rl_manual_clock_advance_ns(&harness.manual, (HARNESS_TTL_MS - 1) * RL_NS_PER_MS);
  cr_assert_eq(accept_quote(&one, "k1"), RL_REFUSAL_NONE);
  rl_manual_clock_advance_ns(&harness.manual, RL_END_KEY_MIN_MS * RL_NS_PER_MS);
  harness_restart(&harness);
  rl_quote two = harness_recorded(&harness);
  cr_expect_eq(accept_quote(&two, "k1"), RL_REFUSAL_KEY_REUSED);
}

Test(store_restart, what_waits_is_committed_before_closing)
{
  enum { QUOTES = 200 };
  rl_quote quotes[QUOTES];
  for (unsigned i = 0; i < QUOTES; i++)
    quotes[i] = harness_recorded(&harness);
  harness_restart(&harness);
  for (unsigned i = 0; i < QUOTES; i++) {
    rl_quote found;
    cr_assert_eq(rl_store_find_quote(harness.store, quotes[i].id, &found), RL_OK);
  }
}

Test(store_restart, identity_stays_through_a_restart_and_a_move)
{
  rl_store_id identity = rl_store_identity(harness.store);
  rl_quote quote = harness_recorded(&harness);
  harness_restart(&harness);
  cr_expect(same_identity(rl_store_identity(harness.store), identity));
  harness_close(&harness);
  char moved[sizeof harness.directory];
  memcpy(moved, harness.directory, sizeof moved);
  moved[strlen(moved) - 1] = '-';
  cr_assert_eq(rename(harness.directory, moved), 0);
  memcpy(harness.directory, moved, sizeof moved);
  harness_open(&harness);
  cr_expect(same_identity(rl_store_identity(harness.store), identity));
  cr_expect_not(rl_store_was_copied(harness.store));
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
}

Test(store_restart, copy_gets_an_identity_of_its_own_and_honours_no_open_quote)
{
  rl_store_id identity = rl_store_identity(harness.store);
  rl_quote open = harness_recorded(&harness), used = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&used, "k1"), RL_REFUSAL_NONE);
  harness_close(&harness);
  rl_harness copy;
  harness_init(&copy);
  char from[128], to[128];
  path_in(harness.directory, "store.mdb", from);
  path_in(copy.directory, "store.mdb", to);
  copy_file(from, to);
  harness_open(&copy);
  cr_expect(rl_store_was_copied(copy.store));
  cr_expect_not(same_identity(rl_store_identity(copy.store), identity));
  cr_expect_eq(harness_end(&copy, RL_JOB_ACCEPT, &open, "k2"), RL_REFUSAL_WRONG_STORE);
  cr_expect_eq(harness_end(&copy, RL_JOB_ACCEPT, &used, "k2"), RL_REFUSAL_QUOTE_CONSUMED);
  rl_store_id minted = rl_store_identity(copy.store);
  harness_restart(&copy);
  cr_expect(same_identity(rl_store_identity(copy.store), minted));
  cr_expect_not(rl_store_was_copied(copy.store));
  harness_fini(&copy);
  harness_open(&harness);
  cr_expect(same_identity(rl_store_identity(harness.store), identity));
  cr_expect_eq(accept_quote(&open, "k2"), RL_REFUSAL_NONE);
}

/* --- a second engine --- */

static int exit_of(pid_t child)
{
  int status;
  cr_assert_eq(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(store_restart, second_engine_is_refused_at_once_and_the_first_is_unharmed)
{
  pid_t child = fork();
  if (child == 0) {
    rl_store *store;
    rl_error error;
    rl_status status = rl_store_open(&harness.options, &store, &error);
    bool named = strstr(error.text, "another engine") && strstr(error.file, harness.directory);
    _exit(status == RL_BUSY && named ? 0 : 1);
  }
  cr_expect_eq(exit_of(child), 0);
  rl_quote quote = harness_recorded(&harness);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
}

Test(store_restart, one_process_opens_a_store_once_even_to_read)
{
  rl_store_options reader = harness.options;
  rl_store *store;
  rl_error error;
  cr_expect_eq(rl_store_open(&harness.options, &store, &error), RL_BUSY);
  reader.read_only = true;
  cr_expect_eq(rl_store_open(&reader, &store, &error), RL_BUSY);
  rl_quote quote = harness_recorded(&harness);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
}

Test(store_restart, engine_that_was_killed_leaves_no_lock_behind)
{
  harness_close(&harness);
  pid_t child = fork();
  if (child == 0) {
    rl_store *store;
    if (rl_store_open(&harness.options, &store, NULL) == RL_OK)
      kill(getpid(), SIGKILL);
    _exit(1);
  }
  cr_expect_eq(exit_of(child), -1);
  cr_expect_eq(harness_try_open(&harness, NULL), RL_OK);
}

/* --- readers --- */

/* In a child that was forked before the engine opened: LMDB's handles do not survive a fork. */
static int read_when_told(int told)
{
  rl_store_options reader = harness.options;
  rl_store *store;
  rl_error error;
  rl_verify_report report;
  uint8_t record[RL_RECORD_MAX];
  char byte;
  reader.read_only = true;
  if (read(told, &byte, 1) != 1 || rl_store_open(&reader, &store, &error) != RL_OK)
    return 1;
  if (rl_store_verify(store, &report, &error) != RL_OK)
    return 2;
  if (report.quotes != 2 || report.ends != 1 || report.consumed != 1 || report.transactions != 1)
    return 3;
  if (rl_store_record(store, record, 0) != RL_CLOSED)
    return 4;
  rl_store_close(store);
  return 0;
}

Test(store_restart, another_process_reads_while_the_engine_runs)
{
  int tell[2];
  harness_close(&harness);
  cr_assert_eq(pipe(tell), 0);
  pid_t child = fork();
  if (child == 0)
    _exit(read_when_told(tell[0]));
  harness_open(&harness);
  rl_quote quote = harness_recorded(&harness), other = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
  cr_assert_eq(write(tell[1], "!", 1), 1);
  cr_expect_eq(exit_of(child), 0);
  cr_expect_eq(accept_quote(&other, "k2"), RL_REFUSAL_NONE);
}

Test(store_restart, nothing_to_read_is_not_found_and_nothing_is_made)
{
  harness_close(&harness);
  harness.options.read_only = true;
  rl_error error;
  char path[128];
  path_in(harness.directory, "store.mdb", path);
  cr_assert_eq(unlink(path), 0);
  cr_expect_eq(harness_try_open(&harness, &error), RL_NOT_FOUND);
  cr_expect_eq(access(path, F_OK), -1);
  harness.options.directory = "/tmp/ratelock-test-missing/deeper";
  cr_expect_eq(harness_try_open(&harness, &error), RL_NOT_FOUND);
  cr_expect_eq(access("/tmp/ratelock-test-missing", F_OK), -1);
}

/* --- directories that cannot be used --- */

Test(store_restart, missing_folders_are_made_for_the_owner_alone)
{
  harness_close(&harness);
  char outer[128], inner[128];
  path_in(harness.directory, "a", outer);
  path_in(outer, "b", inner);
  harness.options.directory = inner;
  harness_open(&harness);
  struct stat made;
  cr_assert_eq(stat(inner, &made), 0);
  cr_expect_eq(made.st_mode & 0777, 0700);
  harness_close(&harness);
  static const char *const files[] = {"lock", "store.mdb", "store.mdb-lock"};
  for (unsigned i = 0; i < 3; i++) {
    char path[128];
    path_in(inner, files[i], path);
    cr_assert_eq(stat(path, &made), 0);
    cr_expect_eq(made.st_mode & 077, 0, "%s", files[i]);
    unlink(path);
  }
  rmdir(inner);
  rmdir(outer);
}

static rl_status open_with_file_of(const void *bytes, size_t size, rl_error *error)
{
  harness_close(&harness);
  char path[128];
  path_in(harness.directory, "store.mdb", path);
  FILE *file = fopen(path, "wb");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite(bytes, 1, size, file), size);
  fclose(file);
  return harness_try_open(&harness, error);
}

Test(store_restart, file_of_something_else_is_foreign)
{
  static char text[16384];
  memset(text, 'x', sizeof text);
  rl_error error;
  cr_expect_eq(open_with_file_of(text, sizeof text, &error), RL_FOREIGN);
  cr_expect(strstr(error.file, "store.mdb"));
  cr_expect(strstr(error.text, "another directory"));
}

Test(store_restart, other_programs_tables_are_foreign_and_stay_untouched)
{
  harness_close(&harness);
  char path[128];
  path_in(harness.directory, "store.mdb", path);
  unlink(path);
  MDB_env *env;
  MDB_txn *txn;
  MDB_dbi dbi;
  MDB_val key = {3, "key"}, value = {5, "value"};
  cr_assert_eq(mdb_env_create(&env), 0);
  cr_assert_eq(mdb_env_open(env, path, MDB_NOSUBDIR, 0600), 0);
  cr_assert_eq(mdb_txn_begin(env, NULL, 0, &txn), 0);
  cr_assert_eq(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
  cr_assert_eq(mdb_put(txn, dbi, &key, &value, 0), 0);
  cr_assert_eq(mdb_txn_commit(txn), 0);
  mdb_env_close(env);
  rl_error error;
  cr_expect_eq(harness_try_open(&harness, &error), RL_FOREIGN);
  MDB_stat stat;
  cr_assert_eq(mdb_env_create(&env), 0);
  cr_assert_eq(mdb_env_open(env, path, MDB_NOSUBDIR, 0600), 0);
  cr_assert_eq(mdb_env_stat(env, &stat), 0);
  cr_expect_eq(stat.ms_entries, 1);
  mdb_env_close(env);
}

static void expect_foreign_layout(uint8_t layout)
{
  uint8_t row[16] = {layout};
  rl_writer writer = rl_writer_over(row, sizeof row);
  writer.used = sizeof row - RL_CHECKSUM_SIZE;
  rl_put_checksum(&writer);
  harness_open(&harness);
  harness_put_row(&harness, RL_TABLE_META, (rl_blob){"store", 5}, (rl_blob){row, sizeof row});
  harness_close(&harness);
  rl_error error;
  cr_expect_eq(harness_try_open(&harness, &error), RL_FOREIGN, "layout %u", layout);
  cr_expect(strstr(error.text, "another version"));
  char path[128];
  path_in(harness.directory, "store.mdb", path);
  unlink(path);
}

Test(store_restart, another_versions_format_is_foreign)
{
  harness_close(&harness);
  expect_foreign_layout(1); /* records without conditions or value dates */
  expect_foreign_layout(2); /* records that do not say what was reserved */
  expect_foreign_layout(3); /* records without policies and amounts of their legs */
  expect_foreign_layout(99);
}

Test(store_restart, store_says_whether_it_is_new_and_what_stands_in_it)
{
  rl_store_description found;
  cr_assert_eq(rl_store_describe(harness.store, &found), RL_OK);
  cr_expect(found.is_new);
  cr_expect_eq(found.newest_ms, 0);
  cr_expect_eq(found.transactions, 0);
  rl_quote quote = harness_recorded(&harness), other = harness_recorded(&harness);
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &quote, "k1"), RL_REFUSAL_NONE);
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &other, "k2"), RL_REFUSAL_NONE);
  harness_restart(&harness);
  cr_assert_eq(rl_store_describe(harness.store, &found), RL_OK);
  cr_expect_not(found.is_new);
  cr_expect_eq(found.newest_ms, rl_quote_id_time(other.id).ms);
  cr_expect_eq(found.transactions, 2);
  cr_expect(strstr(found.path, "store.mdb"));
}

Test(store_restart, file_cut_short_is_corrupt)
{
  for (unsigned i = 0; i < 200; i++)
    (void)harness_recorded(&harness);
  harness_close(&harness);
  char path[128];
  path_in(harness.directory, "store.mdb", path);
  cr_assert_eq(truncate(path, 16384), 0);
  rl_error error;
  cr_expect_eq(harness_try_open(&harness, &error), RL_CORRUPT);
  cr_expect(strstr(error.file, "store.mdb"));
}

Test(store_restart, disk_without_room_is_no_space)
{
  harness_close(&harness);
  char path[128];
  path_in(harness.directory, "store.mdb", path);
  unlink(path);
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit before, small;
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 12000;
  setrlimit(RLIMIT_FSIZE, &small);
  rl_error error;
  rl_status status = harness_try_open(&harness, &error);
  setrlimit(RLIMIT_FSIZE, &before);
  cr_expect_eq(status, RL_NO_SPACE, "%s", error.text);
  cr_expect(strstr(error.text, "free space"));
  cr_expect_eq(harness_try_open(&harness, &error), RL_OK, "%s", error.text);
}

Test(store_restart, folder_of_another_owner_is_denied)
{
  if (geteuid() != 0)
    cr_skip_test("needs to be started by root, to stop being it");
  harness_close(&harness);
  cr_assert_eq(chmod(harness.directory, 0755), 0);
  cr_assert_eq(seteuid(65534), 0);
  rl_error error;
  cr_expect_eq(harness_try_open(&harness, &error), RL_DENIED);
  cr_expect(strstr(error.text, "owner"));
  cr_assert_eq(seteuid(0), 0);
}

Test(store_restart, name_beyond_its_limit_is_out_of_range)
{
  harness_close(&harness);
  char name[400];
  memset(name, 'd', sizeof name);
  name[0] = '/';
  name[sizeof name - 1] = '\0';
  harness.options.directory = name;
  cr_expect_eq(harness_try_open(&harness, NULL), RL_OUT_OF_RANGE);
  harness.options.directory = "";
  cr_expect_eq(harness_try_open(&harness, NULL), RL_OUT_OF_RANGE);
}
