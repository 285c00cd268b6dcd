/* The disk says no (S3), and bounds that are reached (S2). */
#include "store/harness.h"
#include "support/failing.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

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

TestSuite(store_trouble, .init = start, .fini = stop);

static void fail_commits(rl_status trouble, unsigned count)
{
  rl_test_fail_commits(harness.store->tables, trouble, count);
}

static rl_refusal accept_quote(const rl_quote *quote, const char *key)
{
  return harness_end(&harness, RL_JOB_ACCEPT, quote, key);
}

static rl_refusal show_quote(const rl_quote *quote)
{
  return harness_end(&harness, RL_JOB_SHOW, quote, "");
}

static rl_quote settled_quote(void)
{
  rl_quote quote = harness_recorded(&harness);
  cr_assert_eq(show_quote(&quote), RL_REFUSAL_NONE);
  return quote;
}

Test(store_trouble, failed_sync_ends_all_accepting_and_is_never_repeated)
{
  rl_quote quote = settled_quote(), other = settled_quote();
  fail_commits(RL_IO, 1);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_STORE_FAILED);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_FAILED);
  cr_expect_eq(harness_record(&harness, &other), RL_CLOSED);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_STORE_FAILED);
  cr_expect_eq(accept_quote(&other, "k2"), RL_REFUSAL_STORE_FAILED);
  cr_expect_eq(show_quote(&other), RL_REFUSAL_STORE_FAILED);
  cr_expect_eq(rl_test_commits(), 1);
  harness_restart(&harness);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_OPEN);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
}

Test(store_trouble, refused_jobs_tell_nothing_of_what_was_undone)
{
  rl_quote quote = settled_quote();
  fail_commits(RL_IO, 1);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  harness_run(&harness, &job);
  cr_expect_not(job.ended);
  cr_expect_not(job.quote_found);
  cr_expect_not(job.repeated);
  rl_store_stats stats;
  rl_store_stats_read(harness.store, &stats);
  cr_expect_eq(stats.accepted, 0);
}

Test(store_trouble, full_disk_makes_it_read_only_until_there_is_space)
{
  rl_quote quote = settled_quote(), waiting = harness_quote(&harness), found;
  fail_commits(RL_NO_SPACE, 4);
  rl_gate gate;
  gate_close(&harness, &gate);
  cr_assert_eq(harness_record(&harness, &waiting), RL_OK);
  rl_waiter waiter;
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  cr_assert_eq(waiter_submit(&harness, &waiter, &job), RL_OK);
  gate_open(&gate);
  waiter_wait(&waiter);
  cr_expect_eq(waiter.job.refusal, RL_REFUSAL_STORE_READ_ONLY);
  cr_expect_not(waiter.job.ended);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_READ_ONLY);
  cr_expect_eq(harness_record(&harness, &waiting), RL_CLOSED);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_STORE_READ_ONLY);
  cr_expect_eq(show_quote(&quote), RL_REFUSAL_NONE, "reads are served");
  cr_expect_eq(show_quote(&waiting), RL_REFUSAL_STORE_READ_ONLY, "what waits is not unknown");
  cr_expect_eq(rl_store_find_quote(harness.store, waiting.id, &found), RL_NOT_FOUND);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE, "there is space now");
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_OPEN);
  cr_expect_eq(rl_store_find_quote(harness.store, waiting.id, &found), RL_OK, "a record is lost");
  cr_expect_eq(accept_quote(&waiting, "k2"), RL_REFUSAL_NONE);
}

Test(store_trouble, show_on_a_full_disk_does_not_see_what_was_undone)
{
  rl_quote quote = settled_quote();
  rl_gate gate;
  rl_waiter accept, show;
  rl_job accept_job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  rl_job show_job = harness_job(&harness, RL_JOB_SHOW, &quote, "");
  fail_commits(RL_NO_SPACE, 1);
  gate_close(&harness, &gate);
  cr_assert_eq(waiter_submit(&harness, &accept, &accept_job), RL_OK);
  cr_assert_eq(waiter_submit(&harness, &show, &show_job), RL_OK);
  gate_open(&gate);
  waiter_wait(&accept);
  waiter_wait(&show);
  cr_expect_eq(accept.job.refusal, RL_REFUSAL_STORE_READ_ONLY);
  cr_expect_eq(show.job.refusal, RL_REFUSAL_NONE);
  cr_expect_not(show.job.ended);
}

Test(store_trouble, key_of_a_commit_that_failed_is_free)
{
  rl_quote one = settled_quote(), two = settled_quote();
  fail_commits(RL_NO_SPACE, 1);
  cr_assert_eq(accept_quote(&one, "k1"), RL_REFUSAL_STORE_READ_ONLY);
  cr_expect_eq(accept_quote(&two, "k1"), RL_REFUSAL_NONE);
}

Test(store_trouble, read_only_store_opens_only_after_a_commit_went_through)
{
  rl_quote quote = settled_quote();
  fail_commits(RL_NO_SPACE, 2);
  cr_assert_eq(accept_quote(&quote, "k1"), RL_REFUSAL_STORE_READ_ONLY);
  cr_expect_eq(show_quote(&quote), RL_REFUSAL_NONE);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_READ_ONLY);
  cr_expect_eq(show_quote(&quote), RL_REFUSAL_NONE);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_OPEN);
  cr_expect_eq(rl_test_commits(), 3);
}

Test(store_trouble, trouble_worse_than_no_space_ends_a_read_only_store)
{
  rl_quote quote = settled_quote();
  fail_commits(RL_NO_SPACE, 1);
  cr_assert_eq(accept_quote(&quote, "k1"), RL_REFUSAL_STORE_READ_ONLY);
  fail_commits(RL_IO, 1);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_STORE_FAILED);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_FAILED);
}

Test(store_trouble, read_only_store_answers_however_often_it_is_asked)
{
  harness_close(&harness);
  harness.options.inbox_bytes = 4096;
  harness_open(&harness);
  rl_quote quote = settled_quote();
  fail_commits(RL_NO_SPACE, UINT32_MAX);
  cr_assert_eq(accept_quote(&quote, "k1"), RL_REFUSAL_STORE_READ_ONLY);
  for (unsigned i = 0; i < 1000; i++)
    cr_assert_eq(show_quote(&quote), RL_REFUSAL_NONE);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_READ_ONLY);
}

Test(store_trouble, tariff_that_cannot_be_kept_says_so)
{
  const char *text = rl_tariff_builtin_text();
  rl_tariff *tariff;
  cr_assert_eq(rl_tariff_parse(text, strlen(text), NULL, &tariff, NULL), RL_OK);
  fail_commits(RL_NO_SPACE, 1);
  cr_expect_eq(rl_store_keep_tariff(harness.store, tariff), RL_NO_SPACE);
  cr_expect_eq(rl_store_keep_tariff(harness.store, tariff), RL_OK);
  fail_commits(RL_IO, 1);
  cr_expect_eq(rl_store_keep_tariff(harness.store, tariff), RL_IO);
  rl_tariff_destroy(tariff);
}

Test(store_trouble, full_map_is_no_space_and_a_larger_one_helps)
{
  harness_close(&harness);
  harness.options.map_bytes = 512 << 10;
  harness_open(&harness);
  rl_quote first = settled_quote(), last = first;
  for (unsigned i = 0; i < 5000 && rl_store_state_now(harness.store) == RL_STORE_OPEN; i++) {
    last = harness_quote(&harness);
    (void)harness_record(&harness, &last);
    (void)show_quote(&first);
  }
  cr_assert_eq(rl_store_state_now(harness.store), RL_STORE_READ_ONLY);
  cr_expect_eq(show_quote(&first), RL_REFUSAL_NONE);
  cr_expect_eq(accept_quote(&first, "k1"), RL_REFUSAL_STORE_READ_ONLY);
  harness_close(&harness);
  harness.options.map_bytes = 64 << 20;
  harness_open(&harness);
  rl_verify_report report;
  cr_expect_eq(rl_store_verify(harness.store, &report, NULL), RL_OK);
  cr_expect_eq(accept_quote(&first, "k1"), RL_REFUSAL_NONE);
}

/* Files may be so much longer than this one is. */
static struct rlimit limit_files(off_t more)
{
  struct stat file;
  struct rlimit before, small;
  cr_assert_eq(stat(harness.store->path, &file), 0);
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = (rlim_t)(file.st_size + more);
  setrlimit(RLIMIT_FSIZE, &small);
  return before;
}

Test(store_trouble, want_of_room_is_met_before_anything_is_written)
{
  rl_quote quote = settled_quote();
  rl_gate gate;
  gate_close(&harness, &gate);
  for (unsigned i = 0; i < 200; i++)
    (void)harness_recorded(&harness);
  struct rlimit before = limit_files(6000);
  gate_open(&gate);
  (void)show_quote(&quote);
  rl_store_state state = rl_store_state_now(harness.store);
  setrlimit(RLIMIT_FSIZE, &before);
  cr_expect_eq(state, RL_STORE_READ_ONLY);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
  rl_verify_report report;
  cr_expect_eq(rl_store_verify(harness.store, &report, NULL), RL_OK);
  cr_expect_eq(report.quotes, 201);
}

Test(store_trouble, repeat_of_an_answered_accept_is_answered_on_a_full_disk)
{
  rl_quote quote = settled_quote(), other = settled_quote();
  cr_assert_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
  fail_commits(RL_NO_SPACE, 6);
  cr_assert_eq(accept_quote(&other, "k2"), RL_REFUSAL_STORE_READ_ONLY);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_NONE);
  cr_expect(job.repeated);
  job.body.words[0]++;
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_KEY_REUSED);
  cr_expect_eq(accept_quote(&quote, "k3"), RL_REFUSAL_STORE_READ_ONLY);
}

Test(store_trouble, store_that_does_not_answer_is_asked_again_and_then_said_to_be_unreachable)
{
  rl_quote quote = settled_quote(), waiting = harness_quote(&harness), found;
  fail_commits(RL_UNREACHABLE, 1);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE, "gone for a moment");
  fail_commits(RL_UNREACHABLE, 5);
  cr_assert_eq(harness_record(&harness, &waiting), RL_OK);
  cr_expect_eq(accept_quote(&quote, "k2"), RL_REFUSAL_STORE_UNREACHABLE);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_UNREACHABLE);
  cr_expect_eq(harness_record(&harness, &waiting), RL_CLOSED);
  fail_commits(RL_OK, 0);
  cr_expect_eq(show_quote(&waiting), RL_REFUSAL_NONE, "it kept what it had taken");
  cr_expect_eq(rl_store_find_quote(harness.store, waiting.id, &found), RL_OK);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_OPEN);
}

Test(store_trouble, batch_that_met_anothers_work_is_done_once_more)
{
  rl_quote quote = settled_quote();
  fail_commits(RL_AGAIN, 3);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_NONE);
  cr_expect_not(job.repeated);
  cr_expect_eq(rl_test_commits(), 4);
}

/* --- bounds --- */

Test(store_trouble, full_inbox_refuses_and_loses_nothing_that_it_took)
{
  enum { MOST = 20000 };
  rl_quote_id *taken = calloc(MOST, sizeof *taken);
  unsigned count = 0;
  rl_gate gate;
  gate_close(&harness, &gate);
  rl_quote quote = harness_quote(&harness);
  rl_status status;
  while ((status = harness_record(&harness, &quote)) == RL_OK && count < MOST) {
    taken[count++] = quote.id;
    rl_quote_id next = quote.id;
    for (unsigned i = 15; ++next.bytes[i] == 0;)
      i--;
    quote.id = next;
  }
  cr_expect_eq(status, RL_FULL);
  rl_job job = harness_job(&harness, RL_JOB_SHOW, &quote, "");
  rl_waiter waiter;
  cr_assert_eq(waiter_submit(&harness, &waiter, &job), RL_OK, "a job is smaller than a record");
  rl_store_stats stats;
  rl_store_stats_read(harness.store, &stats);
  cr_expect_gt(stats.inbox_bytes, harness.options.inbox_bytes - RL_RECORD_MAX);
  cr_expect_leq(stats.inbox_bytes, harness.options.inbox_bytes);
  gate_open(&gate);
  waiter_wait(&waiter);
  for (unsigned i = 0; i < count; i++)
    cr_assert_eq(rl_store_find_quote(harness.store, taken[i], &quote), RL_OK, "%u", i);
  free(taken);
}

Test(store_trouble, jobs_beyond_their_bound_are_refused)
{
  enum { MORE = 3 };
  const rl_quote nothing = {.client = "shop"};
  rl_job job = harness_job(&harness, RL_JOB_SHOW, &nothing, "");
  rl_waiter *waiters = calloc(RL_PENDING_ENDS_MAX + MORE, sizeof *waiters);
  cr_assert_not_null(waiters);
  rl_gate gate;
  gate_close(&harness, &gate);
  for (unsigned i = 0; i < RL_PENDING_ENDS_MAX; i++)
    cr_assert_eq(waiter_submit(&harness, &waiters[i], &job), RL_OK);
  for (unsigned i = 0; i < MORE; i++)
    cr_expect_eq(waiter_submit(&harness, &waiters[RL_PENDING_ENDS_MAX + i], &job), RL_FULL);
  rl_store_stats stats;
  rl_store_stats_read(harness.store, &stats);
  cr_expect_eq(stats.waiting_jobs, RL_PENDING_ENDS_MAX);
  gate_open(&gate);
  for (unsigned i = 0; i < RL_PENDING_ENDS_MAX; i++)
    waiter_wait(&waiters[i]);
  cr_expect_eq(waiters[RL_PENDING_ENDS_MAX].answers, 0);
  free(waiters);
}

static void submit_next(rl_job *job)
{
  rl_waiter *next = job->context;
  rl_status submitted = rl_store_submit(harness.store, &next->job);
  RL_ASSERT(submitted == RL_OK);
}

Test(store_trouble, answer_may_submit_the_next_job)
{
  rl_quote quote = settled_quote();
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  rl_waiter next;
  waiter_init(&next, &job);
  job.done = submit_next;
  job.context = &next;
  cr_assert_eq(rl_store_submit(harness.store, &job), RL_OK);
  waiter_wait(&next);
  cr_expect(next.job.repeated);
}
