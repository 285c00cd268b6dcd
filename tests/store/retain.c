/* Retention: what goes, what stays, and that the sums never change. */
#include "store/harness.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { DAY_MS = 24 * 3600 * 1000 };

static rl_harness harness;

static void start(void)
{
  harness_init(&harness);
  harness.options.keep_ms = (int64_t)3 * DAY_MS;
  harness_open(&harness);
}

static void stop(void)
{
  harness_fini(&harness);
}

TestSuite(store_retain, .init = start, .fini = stop);
TestSuite(store_file, .init = start, .fini = stop); /* LMDB's: a database has none to look at */

static void expect_sound(void)
{
  rl_verify_report report;
  rl_error error;
  cr_expect_eq(rl_store_verify(harness.store, &report, &error), RL_OK, "%s", error.text);
}

static void pass_days(int days)
{
  rl_manual_clock_advance_ns(&harness.manual, days * (int64_t)DAY_MS * RL_NS_PER_MS);
}

static rl_refusal exported_from(int64_t from_ms, int64_t before_ms)
{
  rl_job job = {.kind = RL_JOB_EXPORTED, .exported_from_ms = from_ms,
                .exported_before_ms = before_ms, .client = "desk",
                .arrived = harness_now(&harness)};
  harness_run(&harness, &job);
  return job.refusal;
}

static rl_refusal exported(int64_t before_ms)
{
  return exported_from(0, before_ms);
}

/* All that may be said to have been exported. */
static void export_all(void)
{
  int64_t settled_ms = harness_now(&harness).utc.ms - (int64_t)RL_SETTLED_MS;
  cr_assert_eq(exported(settled_ms), RL_REFUSAL_NONE);
}

/* The wall clock alone. */
static void set_wall(int64_t by_ms)
{
  harness.manual.utc_ms += by_ms;
}

/* Lets a slice go, and comes back when the writer is through with it. */
static void retain(void)
{
  const rl_quote nothing = {.client = "shop"};
  rl_store_retain(harness.store);
  for (int i = 0; i < 2; i++)
    (void)harness_end(&harness, RL_JOB_SHOW, &nothing, "");
}

static bool is_kept(const rl_quote *quote)
{
  rl_quote found;
  return rl_store_find_quote(harness.store, quote->id, &found) == RL_OK;
}

Test(store_retain, nothing_goes_that_was_not_exported_with_all_that_may_follow_it)
{
  rl_quote old = harness_accepted(&harness, "k1");
  int64_t last_end_ms = old.issued_utc_ms + (int64_t)RL_END_LATEST_MS;
  pass_days(30);
  retain();
  cr_expect(is_kept(&old));
  cr_expect_eq(exported(last_end_ms), RL_REFUSAL_NONE, "up to its last instant, without it");
  retain();
  cr_expect(is_kept(&old));
  cr_expect_eq(exported(last_end_ms + 1), RL_REFUSAL_NONE);
  retain();
  cr_expect_not(is_kept(&old));
  cr_expect_eq(rl_store_kept_from(harness.store), old.issued_utc_ms + 1);
}

Test(store_retain, nothing_goes_that_is_young)
{
  rl_quote young = harness_accepted(&harness, "k1");
  harness_close(&harness);
  harness.options.keep_ms = (int64_t)5 * DAY_MS;
  harness_open(&harness);
  pass_days(5);
  export_all();
  retain();
  cr_expect(is_kept(&young), "of just that age");
  rl_manual_clock_advance_ns(&harness.manual, RL_NS_PER_MS);
  retain();
  cr_expect_not(is_kept(&young));
}

Test(store_retain, everything_is_kept_where_nothing_is_to_go)
{
  rl_quote old = harness_accepted(&harness, "k1");
  harness_close(&harness);
  harness.options.keep_ms = 0;
  harness_open(&harness);
  pass_days(400);
  export_all();
  retain();
  cr_expect(is_kept(&old));
}

static bool look_while_it_goes(uint64_t number, const rl_transaction *transaction, void *context)
{
  bool *went = context;
  (void)number;
  (void)transaction;
  if (!*went)
    retain();
  *went = true;
  return true;
}

static bool let_all_go(const rl_carried *carried, void *context)
{
  bool *went = context;
  (void)carried;
  if (!*went)
    retain();
  *went = true;
  return true;
}

Test(store_retain, balances_that_changed_their_place_while_they_were_read_are_read_again)
{
  char key[16];
  (void)harness_accepted(&harness, "first");
  pass_days(4);
  export_all();
  retain();
  for (unsigned i = 0; i < 300; i++) {
    snprintf(key, sizeof key, "k%u", i);
    (void)harness_accepted(&harness, key);
  }
  pass_days(4);
  export_all();
  bool went = false;
  cr_expect_eq(rl_store_each_balance(harness.store, let_all_go, look_while_it_goes, &went, NULL),
               RL_AGAIN, "256 of 300 are in the sums by now, and were not there");
  went = false;
  cr_expect_eq(rl_store_each_balance(harness.store, let_all_go, look_while_it_goes, &went, NULL),
               RL_AGAIN, "the other 44");
  went = true;
  cr_expect_eq(rl_store_each_balance(harness.store, let_all_go, look_while_it_goes, &went, NULL),
               RL_OK);
}

Test(store_retain, export_of_what_may_still_be_written_is_refused)
{
  int64_t settled_ms = harness_now(&harness).utc.ms - (int64_t)RL_SETTLED_MS;
  cr_expect_eq(exported(settled_ms + 1), RL_REFUSAL_INVALID_FIELD);
  cr_expect_eq(rl_store_exported_before(harness.store), 0);
  cr_expect_eq(exported(settled_ms), RL_REFUSAL_NONE);
  cr_expect_eq(rl_store_exported_before(harness.store), settled_ms);
}

Test(store_retain, export_that_leaves_a_gap_is_refused_and_an_old_one_again_changes_nothing)
{
  pass_days(10);
  int64_t mark_ms = harness_now(&harness).utc.ms - (int64_t)5 * DAY_MS;
  cr_expect_eq(exported_from(0, mark_ms), RL_REFUSAL_NONE);
  cr_expect_eq(exported_from(mark_ms + 1, mark_ms + DAY_MS), RL_REFUSAL_INVALID_FIELD);
  cr_expect_eq(rl_store_exported_before(harness.store), mark_ms);
  cr_expect_eq(exported_from(0, mark_ms), RL_REFUSAL_NONE);
  cr_expect_eq(exported_from(0, mark_ms - DAY_MS), RL_REFUSAL_NONE);
  cr_expect_eq(rl_store_exported_before(harness.store), mark_ms);
  cr_expect_eq(exported_from(mark_ms, mark_ms + DAY_MS), RL_REFUSAL_NONE);
  cr_expect_eq(rl_store_exported_before(harness.store), mark_ms + DAY_MS);
}

Test(store_retain, wall_clock_set_forward_lets_no_open_quote_go)
{
  rl_quote open = harness_recorded(&harness);
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &open, "k1"), RL_REFUSAL_NONE);
  set_wall((int64_t)400 * DAY_MS);
  export_all();
  retain();
  cr_expect(is_kept(&open));
  cr_expect_eq(harness_end(&harness, RL_JOB_ACCEPT, &open, "k2"), RL_REFUSAL_QUOTE_CONSUMED);
  harness_restart(&harness);
  retain();
  cr_expect_eq(harness_end(&harness, RL_JOB_ACCEPT, &open, "k2"), RL_REFUSAL_QUOTE_CONSUMED);
  rl_manual_clock_advance_ns(&harness.manual, (int64_t)RL_KEEP_MIN_MS * RL_NS_PER_MS - 1);
  retain();
  cr_expect(is_kept(&open));
  rl_manual_clock_advance_ns(&harness.manual, 1);
  retain();
  cr_expect_not(is_kept(&open));
  expect_sound();
}

Test(store_retain, movement_behind_a_young_quote_stays_with_its_key)
{
  (void)harness_accepted(&harness, "k1");
  rl_manual_clock_advance_ns(&harness.manual, RL_NS_PER_MS);
  rl_quote sold = harness_accepted(&harness, "k2");
  rl_movement movement = {.kind = RL_TRANSACTION_REFUND, .quote = sold.id};
  rl_job job = {.kind = RL_JOB_POST, .movement = movement, .client = "desk", .key = "r1",
                .body = rl_movement_body(&movement), .arrived = harness_now(&harness)};
  harness_run(&harness, &job);
  set_wall((int64_t)400 * DAY_MS);
  export_all();
  retain();
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_NONE);
  cr_expect(job.repeated);
}

Test(store_retain, what_is_written_behind_the_mark_takes_it_back)
{
  pass_days(10);
  export_all();
  set_wall(-(int64_t)9 * DAY_MS);
  rl_quote late = harness_accepted(&harness, "k1");
  cr_expect_eq(rl_store_exported_before(harness.store), late.issued_utc_ms);
  set_wall((int64_t)9 * DAY_MS);
  pass_days(3);
  retain();
  cr_expect(is_kept(&late), "it was in no export");
  export_all();
  retain();
  cr_expect_not(is_kept(&late));
}

Test(store_retain, revocation_stays_while_a_quote_may_meet_it_and_then_goes_with_its_key)
{
  rl_quote taken = harness_recorded(&harness);
  rl_job job = {.kind = RL_JOB_REVOKE, .client = "desk", .key = "v1", .body.words = {7, 7},
                .revocation = {.issued_from_ms = INT64_MIN, .issued_before_ms = INT64_MAX,
                               .reason = "wrong rate"},
                .arrived = harness_now(&harness)};
  harness_run(&harness, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
  set_wall((int64_t)400 * DAY_MS);
  export_all();
  retain();
  harness_restart(&harness);
  cr_expect_eq(harness_end(&harness, RL_JOB_ACCEPT, &taken, "k1"), RL_REFUSAL_QUOTE_REVOKED);
  pass_days(4);
  export_all();
  retain();
  job.arrived = harness_now(&harness);
  harness_run(&harness, &job);
  cr_expect_not(job.repeated, "the key is free again");
  cr_expect_eq(job.revocation.number, 2, "numbers go on");
}

Test(store_retain, damaged_old_record_stops_the_slice_and_nothing_else)
{
  rl_quote old = harness_accepted(&harness, "k1");
  harness_put_row(&harness, RL_TABLE_QUOTES, rl_blob_of_id(&old.id), (rl_blob){"x", 1});
  pass_days(4);
  export_all();
  retain();
  rl_store_stats stats;
  rl_store_stats_read(harness.store, &stats);
  cr_expect_eq(stats.retain_failures, 1);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_OPEN);
  (void)harness_accepted(&harness, "k2");
  cr_expect_eq(rl_store_kept_from(harness.store), 0);
}

Test(store_retain, balances_never_change_and_the_proof_holds_after_every_slice)
{
  char key[16];
  for (unsigned i = 0; i < 700; i++) {
    snprintf(key, sizeof key, "k%u", i);
    (void)harness_accepted(&harness, key);
  }
  rl_quote cancelled = harness_recorded(&harness);
  cr_assert_eq(harness_end(&harness, RL_JOB_CANCEL, &cancelled, "c"), RL_REFUSAL_NONE);
  pass_days(4);
  rl_quote recent = harness_accepted(&harness, "recent");
  rl_harness_sums before = harness_balances(&harness);
  export_all();
  for (unsigned i = 0; i < 5; i++) {
    retain();
    cr_expect_eq(rl_store_has_old(harness.store), i < 2, "after slice %u", i);
    rl_harness_sums after = harness_balances(&harness);
    cr_expect_eq(memcmp(&before, &after, sizeof before), 0, "after slice %u", i);
    expect_sound();
  }
  cr_expect_not(is_kept(&cancelled));
  cr_expect(is_kept(&recent));
  rl_store_stats stats;
  rl_store_stats_read(harness.store, &stats);
  cr_expect_eq(stats.let_go, 701);
  harness_restart(&harness);
  expect_sound();
  cr_expect_eq(harness_end(&harness, RL_JOB_ACCEPT, &recent, "recent"), RL_REFUSAL_NONE);
  rl_quote next = harness_accepted(&harness, "next");
  rl_end end;
  cr_assert_eq(rl_store_find_end(harness.store, next.id, &end), RL_OK);
  cr_expect_eq(end.transaction, 702, "numbers go on");
}

Test(store_retain, sale_that_was_let_go_is_not_refunded_and_keys_go_with_their_movements)
{
  rl_quote sold = harness_accepted(&harness, "k1");
  rl_movement movement = {.kind = RL_TRANSACTION_REFUND, .quote = sold.id};
  rl_job job = {.kind = RL_JOB_POST, .movement = movement, .client = "desk", .key = "r1",
                .body = rl_movement_body(&movement), .arrived = harness_now(&harness)};
  harness_run(&harness, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
  pass_days(4);
  export_all();
  retain();
  job.arrived = harness_now(&harness);
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_QUOTE_UNKNOWN);
  expect_sound();
}

/* --- the file --- */

static int64_t file_bytes(void)
{
  char path[128];
  struct stat file;
  snprintf(path, sizeof path, "%s/store.mdb", harness.directory);
  cr_assert_eq(stat(path, &file), 0);
  return file.st_size;
}

/* What the rows are in; the rest of the file waits to be used again. */
static int64_t bytes_in_use(void)
{
  rl_store_stats stats;
  rl_store_measure(harness.store);
  rl_store_stats_read(harness.store, &stats);
  cr_expect_eq((int64_t)stats.bytes, file_bytes());
  return (int64_t)(stats.bytes - stats.free_bytes);
}

/* A day of the same load, and what is left when all that is old has gone. */
static int64_t bytes_after_a_day(unsigned day)
{
  char key[16];
  for (unsigned i = 0; i < 600; i++)
    (void)harness_recorded(&harness);
  snprintf(key, sizeof key, "k%u", day);
  (void)harness_accepted(&harness, key);
  pass_days(1);
  export_all();
  do
    retain();
  while (rl_store_has_old(harness.store));
  return file_bytes();
}

Test(store_file, stops_growing_under_a_steady_load)
{
  int64_t after_days[12], in_use[12];
  for (unsigned day = 0; day < 12; day++) {
    after_days[day] = bytes_after_a_day(day);
    in_use[day] = bytes_in_use();
  }
  cr_expect_gt(after_days[2], after_days[0], "nothing is old yet");
  /* How a load falls into commits differs from day to day, by some dozens of pages. Without reuse
   * the file would grow by half of this margin each day, and what is in use without letting
   * go. */
  int64_t most = after_days[6] + (after_days[2] - after_days[0]);
  for (unsigned day = 7; day < 12; day++)
    cr_expect_leq(after_days[day], most, "day %u: %lld bytes, after day 6 %lld", day,
                  (long long)after_days[day], (long long)after_days[6]);
  for (unsigned day = 3; day < 12; day++)
    cr_expect_leq(in_use[day], in_use[2] + in_use[2] / 5, "day %u: %lld bytes in use, after day 2 "
                  "%lld", day, (long long)in_use[day], (long long)in_use[2]);
  expect_sound();
}
