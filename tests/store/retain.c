/* Retention: what goes, what stays, and that the sums never change. */
#include "store/harness.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

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

static rl_refusal exported(int64_t before_ms)
{
  rl_job job = {.kind = RL_JOB_EXPORTED, .exported_before_ms = before_ms, .client = "desk",
                .arrived = harness_now(&harness)};
  harness_run(&harness, &job);
  return job.refusal;
}

/* Lets a slice go, and comes back when the writer is through with it. */
static void retain(void)
{
  const rl_quote nothing = {.client = "shop"};
  rl_store_retain(harness.store);
  for (int i = 0; i < 2; i++)
    (void)harness_end(&harness, RL_JOB_SHOW, &nothing, "");
}

static rl_quote accepted(const char *key)
{
  rl_quote quote = harness_recorded(&harness);
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &quote, key), RL_REFUSAL_NONE);
  return quote;
}

static bool is_kept(const rl_quote *quote)
{
  rl_quote found;
  return rl_store_find_quote(harness.store, quote->id, &found) == RL_OK;
}

typedef struct rl_sums {
  rl_i128 minor[RL_CURRENCY_COUNT][RL_ACCOUNT_SETTLEMENT + 1];
} rl_sums;

static bool sum_transaction(uint64_t number, const rl_transaction *transaction, void *context)
{
  rl_sums *sums = context;
  (void)number;
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    const rl_posting *posting = &transaction->postings[i];
    sums->minor[posting->amount.currency.index][posting->account] += posting->amount.minor;
  }
  return true;
}

static bool sum_carried(const rl_carried *carried, void *context)
{
  rl_sums *sums = context;
  const rl_posting *account = &carried->account;
  sums->minor[account->amount.currency.index][account->account] += carried->minor;
  return true;
}

static rl_sums balances(void)
{
  rl_sums sums = {0};
  cr_assert_eq(rl_store_each_transaction(harness.store, 0, sum_transaction, &sums, NULL), RL_OK);
  cr_assert_eq(rl_store_each_carried(harness.store, sum_carried, &sums, NULL), RL_OK);
  return sums;
}

Test(store_retain, nothing_goes_that_was_not_exported)
{
  rl_quote old = accepted("k1");
  pass_days(30);
  retain();
  cr_expect(is_kept(&old));
  cr_expect_eq(exported(old.issued_utc_ms), RL_REFUSAL_NONE, "up to it, without it");
  retain();
  cr_expect(is_kept(&old));
}

Test(store_retain, nothing_goes_that_is_young)
{
  rl_quote young = accepted("k1");
  pass_days(3);
  rl_manual_clock_advance_ns(&harness.manual, -RL_NS_PER_MS);
  cr_expect_eq(exported(harness_now(&harness).utc.ms), RL_REFUSAL_NONE);
  retain();
  cr_expect(is_kept(&young));
  rl_manual_clock_advance_ns(&harness.manual, 2 * RL_NS_PER_MS);
  retain();
  cr_expect_not(is_kept(&young));
}

Test(store_retain, export_of_the_future_is_refused)
{
  cr_expect_eq(exported(harness_now(&harness).utc.ms + 1), RL_REFUSAL_INVALID_FIELD);
}

Test(store_retain, balances_never_change_and_the_proof_holds_after_every_slice)
{
  char key[16];
  for (unsigned i = 0; i < 700; i++) {
    snprintf(key, sizeof key, "k%u", i);
    (void)accepted(key);
  }
  rl_quote cancelled = harness_recorded(&harness);
  cr_assert_eq(harness_end(&harness, RL_JOB_CANCEL, &cancelled, "c"), RL_REFUSAL_NONE);
  pass_days(4);
  rl_quote recent = accepted("recent");
  rl_sums before = balances();
  cr_assert_eq(exported(harness_now(&harness).utc.ms), RL_REFUSAL_NONE);
  for (unsigned i = 0; i < 5; i++) {
    retain();
    rl_sums after = balances();
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
  rl_quote next = accepted("next");
  rl_end end;
  cr_assert_eq(rl_store_find_end(harness.store, next.id, &end), RL_OK);
  cr_expect_eq(end.transaction, 702, "numbers go on");
}

Test(store_retain, sale_that_was_let_go_is_not_refunded_and_keys_go_with_their_movements)
{
  rl_quote sold = accepted("k1");
  rl_movement movement = {.kind = RL_TRANSACTION_REFUND, .quote = sold.id};
  rl_job job = {.kind = RL_JOB_POST, .movement = movement, .client = "desk", .key = "r1",
                .body = rl_movement_body(&movement), .arrived = harness_now(&harness)};
  harness_run(&harness, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
  pass_days(4);
  cr_assert_eq(exported(harness_now(&harness).utc.ms), RL_REFUSAL_NONE);
  retain();
  job.arrived = harness_now(&harness);
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_QUOTE_UNKNOWN);
  expect_sound();
}
