/* The order of L3, each step against the next. */
#include "store/harness.h"

#include <criterion/criterion.h>
#include <stdio.h>

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

/* To be called in the test itself: an expectation in its fini is not counted. */
static void expect_ledger_holds(void)
{
  rl_verify_report report;
  rl_error error = {0};
  cr_expect_eq(rl_store_verify(harness.store, &report, &error), RL_OK, "%s: %s", error.field,
               error.text);
}

TestSuite(store_accept, .init = start, .fini = stop);

static rl_refusal accept_quote(const rl_quote *quote, const char *key)
{
  return harness_end(&harness, RL_JOB_ACCEPT, quote, key);
}

static rl_refusal cancel_quote(const rl_quote *quote, const char *key)
{
  return harness_end(&harness, RL_JOB_CANCEL, quote, key);
}

Test(store_accept, first_accept_consumes_the_quote_and_posts_it)
{
  rl_quote quote = harness_recorded(&harness);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  harness_run(&harness, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
  cr_expect(job.quote_found && rl_quotes_equal(&job.quote, &quote));
  cr_expect(job.ended);
  cr_expect_not(job.repeated);
  cr_expect_eq(job.end.kind, RL_END_CONSUMED);
  cr_expect_eq(job.end.transaction, 1);
  cr_expect_str_eq(job.end.client, "shop");
  cr_expect_str_eq(job.end.key, "k1");
  cr_expect_eq(job.end.arrived_mono_ns, harness_now(&harness).mono.ns);
  rl_end end;
  cr_expect_eq(rl_store_find_end(harness.store, quote.id, &end), RL_OK);
  cr_expect_eq(end.kind, RL_END_CONSUMED);
  expect_ledger_holds();
}

Test(store_accept, same_key_and_body_meet_the_stored_outcome)
{
  rl_quote quote = harness_recorded(&harness);
  rl_job first = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  harness_run(&harness, &first);
  rl_manual_clock_advance_ns(&harness.manual, 5000);
  rl_job again = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  harness_run(&harness, &again);
  cr_expect_eq(again.refusal, RL_REFUSAL_NONE);
  cr_expect(again.repeated);
  cr_expect_eq(again.end.arrived_mono_ns, first.end.arrived_mono_ns);
  cr_expect_eq(again.end.transaction, first.end.transaction);
  cr_expect(again.quote_found && rl_quotes_equal(&again.quote, &quote));
}

Test(store_accept, stored_outcome_is_answered_long_after_the_quote_expired)
{
  rl_quote quote = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
  rl_manual_clock_advance_ns(&harness.manual, 100 * 3600 * 1000 * RL_NS_PER_MS);
  rl_job again = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  harness_run(&harness, &again);
  cr_expect_eq(again.refusal, RL_REFUSAL_NONE);
  cr_expect(again.repeated);
}

Test(store_accept, same_key_with_another_body_is_reused)
{
  rl_quote quote = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  job.body.words[1]++;
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_KEY_REUSED);
  cr_expect_not(job.ended);
  cr_expect_not(job.repeated);
}

Test(store_accept, same_key_for_another_quote_is_reused)
{
  rl_quote one = harness_recorded(&harness), two = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&one, "k1"), RL_REFUSAL_NONE);
  cr_expect_eq(accept_quote(&two, "k1"), RL_REFUSAL_KEY_REUSED);
  cr_expect_eq(accept_quote(&two, "k2"), RL_REFUSAL_NONE);
}

Test(store_accept, same_key_for_two_quotes_of_one_commit_is_reused)
{
  rl_quote one = harness_recorded(&harness), two = harness_recorded(&harness);
  rl_job job_one = harness_job(&harness, RL_JOB_ACCEPT, &one, "k1");
  rl_job job_two = harness_job(&harness, RL_JOB_ACCEPT, &two, "k1");
  rl_waiter first, second;
  rl_gate gate;
  gate_close(&harness, &gate);
  cr_assert_eq(waiter_submit(&harness, &first, &job_one), RL_OK);
  cr_assert_eq(waiter_submit(&harness, &second, &job_two), RL_OK);
  gate_open(&gate);
  waiter_wait(&first);
  waiter_wait(&second);
  cr_expect_eq(first.job.refusal, RL_REFUSAL_NONE);
  cr_expect_eq(second.job.refusal, RL_REFUSAL_KEY_REUSED);
}

Test(store_accept, keys_are_scoped_to_client_and_operation)
{
  rl_quote one = harness_recorded(&harness), two = harness_recorded(&harness);
  rl_quote others = harness_quote(&harness);
  snprintf(others.client, sizeof others.client, "other");
  rl_complete_quote(&others);
  cr_assert_eq(harness_record(&harness, &others), RL_OK);
  cr_expect_eq(accept_quote(&one, "k1"), RL_REFUSAL_NONE);
  cr_expect_eq(cancel_quote(&two, "k1"), RL_REFUSAL_NONE);
  cr_expect_eq(accept_quote(&others, "k1"), RL_REFUSAL_NONE);
}

Test(store_accept, another_key_learns_who_consumed_it)
{
  rl_quote quote = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k2");
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_QUOTE_CONSUMED);
  cr_expect(job.ended);
  cr_expect_str_eq(job.end.key, "k1");
  cr_expect_str_eq(job.end.client, "shop");
  cr_expect_not(job.repeated);
}

Test(store_accept, cancelled_quote_cannot_be_accepted)
{
  rl_quote quote = harness_recorded(&harness);
  cr_assert_eq(cancel_quote(&quote, "c1"), RL_REFUSAL_NONE);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_QUOTE_CANCELLED);
  cr_expect_eq(cancel_quote(&quote, "c2"), RL_REFUSAL_QUOTE_CANCELLED);
  cr_expect_eq(cancel_quote(&quote, "c1"), RL_REFUSAL_NONE);
  expect_ledger_holds();
}

Test(store_accept, consumed_quote_cannot_be_cancelled)
{
  rl_quote quote = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
  cr_expect_eq(cancel_quote(&quote, "c1"), RL_REFUSAL_QUOTE_CONSUMED);
  expect_ledger_holds();
}

Test(store_accept, unknown_quote_and_another_clients_are_the_same)
{
  rl_quote never = harness_quote(&harness), quote = harness_recorded(&harness);
  cr_expect_eq(accept_quote(&never, "k1"), RL_REFUSAL_QUOTE_UNKNOWN);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  snprintf(job.client, sizeof job.client, "thief");
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_QUOTE_UNKNOWN);
  cr_expect_not(job.quote_found);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_QUOTE_UNKNOWN, "an end shows through");
  cr_expect_not(job.ended);
}

Test(store_accept, quote_is_good_until_one_nanosecond_before_its_deadline)
{
  rl_quote quote = harness_recorded(&harness), late = harness_recorded(&harness);
  rl_manual_clock_advance_ns(&harness.manual, HARNESS_TTL_MS * RL_NS_PER_MS - 1);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
  rl_manual_clock_advance_ns(&harness.manual, 1);
  cr_expect_eq(accept_quote(&late, "k2"), RL_REFUSAL_QUOTE_EXPIRED);
  cr_expect_eq(cancel_quote(&late, "c2"), RL_REFUSAL_QUOTE_EXPIRED);
}

Test(store_accept, expiry_is_judged_when_the_accept_arrived_not_when_it_is_written)
{
  rl_quote quote = harness_recorded(&harness);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  rl_manual_clock_advance_ns(&harness.manual, 10 * HARNESS_TTL_MS * RL_NS_PER_MS);
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_NONE);
  expect_ledger_holds();
}

Test(store_accept, terminal_row_comes_before_expiry)
{
  rl_quote quote = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
  rl_manual_clock_advance_ns(&harness.manual, 2 * HARNESS_TTL_MS * RL_NS_PER_MS);
  cr_expect_eq(accept_quote(&quote, "k2"), RL_REFUSAL_QUOTE_CONSUMED);
}

Test(store_accept, refusal_does_not_use_up_its_key)
{
  rl_quote old = harness_recorded(&harness);
  rl_manual_clock_advance_ns(&harness.manual, HARNESS_TTL_MS * RL_NS_PER_MS);
  cr_assert_eq(accept_quote(&old, "k1"), RL_REFUSAL_QUOTE_EXPIRED);
  rl_quote fresh = harness_recorded(&harness);
  cr_expect_eq(accept_quote(&fresh, "k1"), RL_REFUSAL_NONE);
}

Test(store_accept, quote_of_another_boot_is_judged_by_the_wall_and_the_high_water)
{
  rl_quote quote = harness_quote(&harness), late = harness_quote(&harness);
  quote.boot_id = late.boot_id = HARNESS_BOOT + 1;
  rl_job at_end = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  rl_job too_late = harness_job(&harness, RL_JOB_ACCEPT, &late, "k2");
  at_end.arrived.utc.ms = quote.expires_utc_ms + RL_WALL_SKEW_MS - 1;
  at_end.arrived.mono.ns = quote.deadline_mono_ns + 1000000000000;
  too_late.arrived.utc.ms = late.expires_utc_ms + RL_WALL_SKEW_MS;
  cr_assert_eq(harness_record(&harness, &quote), RL_OK);
  cr_assert_eq(harness_record(&harness, &late), RL_OK);
  harness_run(&harness, &at_end);
  cr_expect_eq(at_end.refusal, RL_REFUSAL_NONE);
  harness_run(&harness, &too_late);
  cr_expect_eq(too_late.refusal, RL_REFUSAL_QUOTE_EXPIRED);
}

Test(store_accept, wall_clock_set_back_does_not_revive_a_quote_of_another_boot)
{
  rl_quote quote = harness_quote(&harness);
  quote.boot_id = HARNESS_BOOT + 1;
  cr_assert_eq(harness_record(&harness, &quote), RL_OK);
  int64_t start_ms = harness.manual.utc_ms;
  harness.manual.utc_ms = quote.expires_utc_ms + RL_WALL_SKEW_MS;
  rl_quote other = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&other, "k0"), RL_REFUSAL_NONE);
  int64_t mark = rl_store_high_water(harness.store);
  cr_expect_eq(mark, quote.expires_utc_ms + RL_WALL_SKEW_MS);
  harness.manual.utc_ms = start_ms;
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_QUOTE_EXPIRED);
  harness_restart(&harness);
  rl_quote early = harness_recorded(&harness);
  cr_expect_eq(accept_quote(&early, "k2"), RL_REFUSAL_NONE);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_QUOTE_EXPIRED);
  cr_expect_eq(rl_store_high_water(harness.store), mark, "the mark fell");
}

Test(store_accept, token_alone_is_enough_for_a_quote_never_seen_here)
{
  rl_quote quote = harness_quote(&harness);
  rl_strip_evidence(&quote);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  job.from_token = &quote;
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_NONE);
  rl_quote found;
  cr_assert_eq(rl_store_find_quote(harness.store, quote.id, &found), RL_OK);
  cr_expect(rl_quotes_equal(&found, &quote));
  cr_expect_eq(accept_quote(&quote, "k2"), RL_REFUSAL_QUOTE_CONSUMED);
  expect_ledger_holds();
}

Test(store_accept, refused_token_leaves_no_record)
{
  rl_quote quote = harness_quote(&harness), found;
  rl_strip_evidence(&quote);
  rl_manual_clock_advance_ns(&harness.manual, HARNESS_TTL_MS * RL_NS_PER_MS);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  job.from_token = &quote;
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_QUOTE_EXPIRED);
  cr_expect_eq(rl_store_find_quote(harness.store, quote.id, &found), RL_NOT_FOUND);
}

Test(store_accept, token_beside_a_record_takes_nothing_of_it_away)
{
  rl_quote quote = harness_recorded(&harness), token = quote, found;
  rl_strip_evidence(&token);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  job.from_token = &token;
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_NONE);
  cr_expect(job.quote.has_evidence);
  cr_assert_eq(rl_store_find_quote(harness.store, quote.id, &found), RL_OK);
  cr_expect(rl_quotes_equal(&found, &quote));
  expect_ledger_holds();
}

Test(store_accept, quote_of_another_store_is_refused_even_where_it_is_recorded)
{
  rl_quote quote = harness_quote(&harness);
  quote.store.bytes[3] ^= 1;
  cr_assert_eq(harness_record(&harness, &quote), RL_OK);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_WRONG_STORE);
}

Test(store_accept, show_and_replay_find_the_quote_and_its_end)
{
  rl_quote quote = harness_recorded(&harness), never = harness_quote(&harness);
  rl_job show = harness_job(&harness, RL_JOB_SHOW, &quote, "");
  harness_run(&harness, &show);
  cr_expect_eq(show.refusal, RL_REFUSAL_NONE);
  cr_expect(show.quote_found && rl_quotes_equal(&show.quote, &quote));
  cr_expect_not(show.ended);
  cr_assert_eq(cancel_quote(&quote, "c1"), RL_REFUSAL_NONE);
  rl_job replay = harness_job(&harness, RL_JOB_REPLAY, &quote, "");
  harness_run(&harness, &replay);
  cr_expect(replay.quote_found);
  cr_expect(replay.ended);
  cr_expect_eq(replay.end.kind, RL_END_CANCELLED);
  cr_expect_eq(harness_end(&harness, RL_JOB_SHOW, &never, ""), RL_REFUSAL_QUOTE_UNKNOWN);
  snprintf(show.client, sizeof show.client, "thief");
  harness_run(&harness, &show);
  cr_expect_eq(show.refusal, RL_REFUSAL_QUOTE_UNKNOWN);
  cr_expect_not(show.quote_found);
}

Test(store_accept, show_reads_a_token_without_recording_it)
{
  rl_quote quote = harness_quote(&harness), found;
  rl_strip_evidence(&quote);
  rl_job show = harness_job(&harness, RL_JOB_SHOW, &quote, "");
  show.from_token = &quote;
  harness_run(&harness, &show);
  cr_expect_eq(show.refusal, RL_REFUSAL_NONE);
  cr_expect(show.quote_found);
  cr_expect_eq(rl_store_find_quote(harness.store, quote.id, &found), RL_NOT_FOUND);
}

Test(store_accept, key_is_remembered_for_a_day_and_then_free_again)
{
  rl_quote one = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&one, "k1"), RL_REFUSAL_NONE);
  rl_manual_clock_advance_ns(&harness.manual, RL_END_KEY_MIN_MS * RL_NS_PER_MS);
  rl_quote two = harness_recorded(&harness);
  cr_expect_eq(accept_quote(&two, "k1"), RL_REFUSAL_KEY_REUSED);
  rl_manual_clock_advance_ns(&harness.manual, (int64_t)3600 * 1000 * RL_NS_PER_MS);
  rl_quote three = harness_recorded(&harness);
  cr_expect_eq(harness_end(&harness, RL_JOB_SHOW, &three, ""), RL_REFUSAL_NONE);
  /* The commit that recorded it let the old keys go: a shared store does not sooner. */
  cr_expect_eq(accept_quote(&three, "k1"), RL_REFUSAL_NONE);
}

Test(store_accept, ends_are_refused_when_no_more_keys_fit)
{
  harness_close(&harness);
  harness.options.end_keys_max = 2;
  harness_open(&harness);
  rl_quote quotes[3];
  for (unsigned i = 0; i < 3; i++)
    quotes[i] = harness_recorded(&harness);
  cr_expect_eq(accept_quote(&quotes[0], "k0"), RL_REFUSAL_NONE);
  cr_expect_eq(cancel_quote(&quotes[1], "k1"), RL_REFUSAL_NONE);
  cr_expect_eq(accept_quote(&quotes[2], "k2"), RL_REFUSAL_OVERLOADED);
  cr_expect_eq(accept_quote(&quotes[0], "k0"), RL_REFUSAL_NONE, "a repeat needs no room");
}
