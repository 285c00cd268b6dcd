/* What operators ask of a store: movements, quotes taken back, and pairs halted. */
#include "store/harness.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_harness harness;

static void start(void)
{
  harness_init(&harness);
  harness_open(&harness);
}

static void stop(void)
{
  rl_verify_report report;
  rl_error error;
  cr_expect_eq(rl_store_verify(harness.store, &report, &error), RL_OK, "%s", error.text);
  harness_fini(&harness);
}

TestSuite(store_operators, .init = start, .fini = stop);

static rl_currency currency(const char *code)
{
  rl_currency found;
  cr_assert_eq(rl_currency_find(code, 3, &found), RL_OK);
  return found;
}

/* --- movements --- */

static rl_job movement_job(const rl_movement *movement, const char *key)
{
  rl_job job = {
    .kind = RL_JOB_POST,
    .movement = *movement,
    .body = rl_movement_body(movement),
    .arrived = harness_now(&harness),
    .client = "desk",
  };
  snprintf(job.key, sizeof job.key, "%s", key);
  return job;
}

static rl_refusal post(const rl_movement *movement, const char *key, uint64_t *number)
{
  rl_job job = movement_job(movement, key);
  harness_run(&harness, &job);
  if (number)
    *number = job.number;
  return job.refusal;
}

static rl_movement settlement(int64_t minor)
{
  return (rl_movement){
    .kind = RL_TRANSACTION_SETTLEMENT,
    .value_day = 20000,
    .reference = "INV-1",
    .party = RL_ACCOUNT_CUSTOMER,
    .party_name = "shop",
    .bank = "main",
    .amount = {minor, currency("EUR")},
  };
}

static rl_movement refund_of(const rl_quote *quote)
{
  return (rl_movement){.kind = RL_TRANSACTION_REFUND, .quote = quote->id};
}

Test(store_operators, movement_is_posted_once_under_its_key_for_ever)
{
  rl_movement paid = settlement(100), other = settlement(101);
  uint64_t first, again, next;
  cr_expect_eq(post(&paid, "m1", &first), RL_REFUSAL_NONE);
  cr_expect_eq(first, 1);
  harness_restart(&harness);
  rl_manual_clock_advance_ns(&harness.manual, 40 * (int64_t)86400 * 1000 * RL_NS_PER_MS);
  rl_job job = movement_job(&paid, "m1");
  harness_run(&harness, &job);
  cr_expect(job.repeated);
  cr_expect_eq(job.number, 1);
  cr_expect_eq(job.transaction.postings[0].amount.minor, 100);
  cr_expect_eq(post(&other, "m1", &again), RL_REFUSAL_KEY_REUSED);
  cr_expect_eq(post(&other, "m2", &next), RL_REFUSAL_NONE);
  cr_expect_eq(next, 2);
}

Test(store_operators, movement_out_of_its_form_is_refused_and_changes_nothing)
{
  rl_movement nothing = settlement(0);
  cr_expect_eq(post(&nothing, "m1", NULL), RL_REFUSAL_INVALID_FIELD);
  rl_movement paid = settlement(5);
  cr_expect_eq(post(&paid, "m1", NULL), RL_REFUSAL_NONE, "the key is free still");
}

Test(store_operators, refund_takes_a_sale_back_once)
{
  rl_quote sold = harness_recorded(&harness), open = harness_recorded(&harness);
  rl_quote never = harness_quote(&harness);
  rl_movement refund = refund_of(&sold), early = refund_of(&open), unknown = refund_of(&never);
  rl_transaction sale;
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &sold, "k1"), RL_REFUSAL_NONE);
  rl_ledger_post(&sold, harness_now(&harness).utc.ms, &sale);
  rl_job job = movement_job(&refund, "r1");
  harness_run(&harness, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
  cr_assert_eq(job.transaction.posting_count, sale.posting_count);
  for (unsigned i = 0; i < sale.posting_count; i++)
    cr_expect_eq(job.transaction.postings[i].amount.minor, -sale.postings[i].amount.minor);
  cr_expect_eq(post(&refund, "r1", NULL), RL_REFUSAL_NONE, "a repeat");
  cr_expect_eq(post(&refund, "r2", NULL), RL_REFUSAL_QUOTE_REFUNDED);
  cr_expect_eq(post(&early, "r3", NULL), RL_REFUSAL_QUOTE_NOT_CONSUMED);
  cr_expect_eq(post(&unknown, "r4", NULL), RL_REFUSAL_QUOTE_UNKNOWN);
  cr_assert_eq(harness_end(&harness, RL_JOB_CANCEL, &open, "c1"), RL_REFUSAL_NONE);
  cr_expect_eq(post(&early, "r3", NULL), RL_REFUSAL_QUOTE_NOT_CONSUMED);
}

/* --- quotes taken back --- */

static rl_revocation all_of_shop(void)
{
  return (rl_revocation){
    .client = "shop",
    .issued_from_ms = INT64_MIN,
    .issued_before_ms = INT64_MAX,
    .reason = "wrong feed",
  };
}

static rl_job revocation_job(const rl_revocation *revocation, const char *key)
{
  rl_job job = {
    .kind = RL_JOB_REVOKE,
    .revocation = *revocation,
    .body.words = {(uint64_t)revocation->issued_from_ms, 1},
    .arrived = harness_now(&harness),
    .client = "desk",
  };
  snprintf(job.key, sizeof job.key, "%s", key);
  return job;
}

static rl_refusal revoke(const rl_revocation *revocation, const char *key)
{
  rl_job job = revocation_job(revocation, key);
  harness_run(&harness, &job);
  return job.refusal;
}

static rl_refusal accept_quote(const rl_quote *quote, const char *key)
{
  return harness_end(&harness, RL_JOB_ACCEPT, quote, key);
}

Test(store_operators, quote_that_was_taken_back_is_never_accepted_and_says_by_whom_and_why)
{
  rl_quote quote = harness_recorded(&harness), later;
  rl_revocation revocation = all_of_shop();
  cr_assert_eq(revoke(&revocation, "v1"), RL_REFUSAL_NONE);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &quote, "k1");
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_QUOTE_REVOKED);
  cr_assert(job.ended);
  cr_expect_eq(job.end.kind, RL_END_REVOKED);
  cr_expect_str_eq(job.end.client, "desk");
  cr_expect_str_eq(job.end.key, "v1");
  cr_expect_str_eq(job.end.reason, "wrong feed");
  cr_expect_eq(harness_end(&harness, RL_JOB_CANCEL, &quote, "c1"), RL_REFUSAL_QUOTE_REVOKED);
  rl_manual_clock_advance_ns(&harness.manual, 1);
  later = harness_recorded(&harness);
  cr_expect_eq(accept_quote(&later, "k2"), RL_REFUSAL_NONE, "issued afterwards");
}

Test(store_operators, revocation_outlives_a_restart_and_holds_for_a_token_never_recorded)
{
  rl_quote quote = harness_recorded(&harness), unseen = harness_quote(&harness);
  rl_revocation revocation = all_of_shop();
  cr_assert_eq(revoke(&revocation, "v1"), RL_REFUSAL_NONE);
  harness_restart(&harness);
  rl_job show = harness_job(&harness, RL_JOB_SHOW, &quote, "");
  harness_run(&harness, &show);
  cr_expect(show.ended, "shown as it is, row or no row");
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_QUOTE_REVOKED);
  rl_job job = harness_job(&harness, RL_JOB_ACCEPT, &unseen, "k2");
  job.from_token = &unseen;
  harness_run(&harness, &job);
  cr_expect_eq(job.refusal, RL_REFUSAL_QUOTE_REVOKED);
  rl_end end;
  cr_expect_eq(rl_store_find_end(harness.store, unseen.id, &end), RL_OK);
}

Test(store_operators, what_has_ended_before_stays_as_it_ended)
{
  rl_quote consumed = harness_recorded(&harness), expired = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&consumed, "k1"), RL_REFUSAL_NONE);
  rl_manual_clock_advance_ns(&harness.manual, HARNESS_TTL_MS * RL_NS_PER_MS);
  rl_quote open = harness_recorded(&harness);
  rl_revocation revocation = all_of_shop();
  cr_assert_eq(revoke(&revocation, "v1"), RL_REFUSAL_NONE);
  cr_expect_eq(accept_quote(&consumed, "k1"), RL_REFUSAL_NONE);
  cr_expect_eq(accept_quote(&expired, "k2"), RL_REFUSAL_QUOTE_EXPIRED);
  rl_manual_clock_advance_ns(&harness.manual, HARNESS_TTL_MS * RL_NS_PER_MS);
  cr_expect_eq(accept_quote(&open, "k3"), RL_REFUSAL_QUOTE_REVOKED, "not merely expired");
}

Test(store_operators, one_nanosecond_decides_between_taken_back_and_expired)
{
  rl_quote quote = harness_recorded(&harness);
  rl_revocation revocation = all_of_shop();
  rl_manual_clock_advance_ns(&harness.manual, HARNESS_TTL_MS * RL_NS_PER_MS - 1);
  cr_assert_eq(revoke(&revocation, "v1"), RL_REFUSAL_NONE);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_QUOTE_REVOKED);
}

Test(store_operators, each_stated_field_of_a_revocation_must_match)
{
  rl_quote quote = harness_quote(&harness);
  rl_revocation each = all_of_shop();
  each.boot_id = HARNESS_BOOT;
  each.at = harness_now(&harness);
  cr_expect(rl_revocation_covers(&each, &quote));
  rl_revocation it = each;
  it.client[0] = 'x';
  cr_expect_not(rl_revocation_covers(&it, &quote));
  it = each;
  it.has_pair = true;
  it.pair[0] = quote.terms.target_currency;
  it.pair[1] = quote.terms.source_currency;
  cr_expect(rl_revocation_covers(&it, &quote), "in either direction");
  it.pair[0] = it.pair[1];
  cr_expect_not(rl_revocation_covers(&it, &quote));
  it = each;
  it.has_tariff = true;
  it.tariff = quote.terms.tariff;
  cr_expect(rl_revocation_covers(&it, &quote));
  it.tariff.bytes[0] ^= 1;
  cr_expect_not(rl_revocation_covers(&it, &quote));
  it = each;
  it.issued_from_ms = quote.issued_utc_ms;
  it.issued_before_ms = quote.issued_utc_ms + 1;
  cr_expect(rl_revocation_covers(&it, &quote));
  it.issued_from_ms++;
  cr_expect_not(rl_revocation_covers(&it, &quote));
  it.issued_from_ms--;
  it.issued_before_ms--;
  cr_expect_not(rl_revocation_covers(&it, &quote));
}

Test(store_operators, wall_clock_set_back_makes_no_new_quote_a_revoked_one)
{
  rl_revocation revocation = all_of_shop();
  cr_assert_eq(revoke(&revocation, "v1"), RL_REFUSAL_NONE);
  rl_manual_clock_advance_ns(&harness.manual, 1000);
  harness.manual.utc_ms -= 3600 * 1000;
  rl_quote quote = harness_recorded(&harness);
  cr_expect_eq(accept_quote(&quote, "k1"), RL_REFUSAL_NONE);
}

Test(store_operators, taking_back_writes_the_rows_of_covered_quotes_only)
{
  rl_quote covered = harness_recorded(&harness), consumed = harness_recorded(&harness);
  cr_assert_eq(accept_quote(&consumed, "k1"), RL_REFUSAL_NONE);
  rl_revocation revocation = all_of_shop();
  cr_assert_eq(revoke(&revocation, "v1"), RL_REFUSAL_NONE);
  rl_manual_clock_advance_ns(&harness.manual, 1);
  rl_quote fresh = harness_recorded(&harness);
  rl_job jobs[] = {harness_job(&harness, RL_JOB_TAKE_BACK, &covered, ""),
                   harness_job(&harness, RL_JOB_TAKE_BACK, &consumed, ""),
                   harness_job(&harness, RL_JOB_TAKE_BACK, &fresh, "")};
  for (unsigned i = 0; i < 3; i++)
    harness_run(&harness, &jobs[i]);
  cr_expect_eq(jobs[0].end.kind, RL_END_REVOKED);
  cr_expect_eq(jobs[1].end.kind, RL_END_CONSUMED);
  cr_expect_not(jobs[2].ended);
  rl_end end;
  cr_expect_eq(rl_store_find_end(harness.store, covered.id, &end), RL_OK);
  cr_expect_eq(rl_store_find_end(harness.store, fresh.id, &end), RL_NOT_FOUND);
}

Test(store_operators, revocation_is_done_once_under_its_key)
{
  rl_revocation revocation = all_of_shop(), other = all_of_shop();
  other.issued_from_ms = 7;
  rl_job job = revocation_job(&revocation, "v1");
  harness_run(&harness, &job);
  cr_expect_eq(job.revocation.number, 1);
  rl_manual_clock_advance_ns(&harness.manual, 1000000);
  rl_job again = revocation_job(&revocation, "v1");
  harness_run(&harness, &again);
  cr_expect(again.repeated);
  cr_expect_eq(again.revocation.at.mono.ns, job.revocation.at.mono.ns);
  cr_expect_eq(revoke(&other, "v1"), RL_REFUSAL_KEY_REUSED);
}

Test(store_operators, only_so_many_revocations_live_at_a_time)
{
  char key[16];
  rl_revocation revocation = all_of_shop();
  for (unsigned i = 0; i < RL_REVOCATIONS_LIVE_MAX; i++) {
    snprintf(key, sizeof key, "v%u", i);
    cr_assert_eq(revoke(&revocation, key), RL_REFUSAL_NONE);
  }
  cr_expect_eq(revoke(&revocation, "more"), RL_REFUSAL_TOO_MANY_REVOCATIONS);
  int64_t most_ms = RL_TTL_MAX_MS + RL_WALL_SKEW_MS;
  rl_manual_clock_advance_ns(&harness.manual, most_ms * RL_NS_PER_MS + 1);
  cr_expect_eq(revoke(&revocation, "more"), RL_REFUSAL_NONE);
}

/* --- halts --- */

static rl_job halt_job(bool halts, const char *reason, const char *key)
{
  rl_job job = {
    .kind = RL_JOB_HALT,
    .halt = {.halts = halts, .base = currency("EUR"), .quote = currency("CHF")},
    .body.words = {(uint64_t)reason[0], halts},
    .arrived = harness_now(&harness),
    .client = "desk",
  };
  snprintf(job.halt.reason, sizeof job.halt.reason, "%s", reason);
  snprintf(job.key, sizeof job.key, "%s", key);
  return job;
}

static rl_job halt(bool halts, const char *reason, const char *key)
{
  rl_job job = halt_job(halts, reason, key);
  harness_run(&harness, &job);
  return job;
}

typedef struct halt_list {
  unsigned count;
  rl_halt rows[8];
} halt_list;

static bool list_halt(const rl_halt *row, void *context)
{
  halt_list *list = context;
  cr_assert_lt(list->count, 8);
  list->rows[list->count++] = *row;
  return true;
}

static halt_list halts_from(uint64_t first)
{
  halt_list list = {0};
  rl_error error = {.text = ""};
  cr_assert_eq(rl_store_each_halt(harness.store, first, list_halt, &list, &error), RL_OK, "%s",
               error.text);
  return list;
}

Test(store_operators, halts_and_resumes_are_rows_of_who_what_when_and_why)
{
  cr_expect_eq(halts_from(1).count, 0);
  rl_job first = halt(true, "news", "h1");
  int64_t first_ms = harness_now(&harness).utc.ms;
  rl_manual_clock_advance_ns(&harness.manual, 5 * RL_NS_PER_MS);
  rl_job second = halt(false, "over", "h1");
  cr_expect_eq(first.refusal, RL_REFUSAL_NONE);
  cr_expect_eq(second.refusal, RL_REFUSAL_NONE, "a key of a halt is none of a resume");
  harness_restart(&harness);
  halt_list list = halts_from(1);
  cr_assert_eq(list.count, 2);
  cr_expect(list.rows[0].halts && !list.rows[1].halts);
  cr_expect_eq(list.rows[0].number, 1);
  cr_expect_eq(list.rows[1].number, 2);
  cr_expect_eq(list.rows[0].at_utc_ms, first_ms);
  cr_expect_eq(list.rows[1].at_utc_ms, first_ms + 5);
  cr_expect_str_eq(list.rows[0].by, "desk");
  cr_expect_str_eq(list.rows[0].key, "h1");
  cr_expect_str_eq(list.rows[0].reason, "news");
  cr_expect_str_eq(list.rows[1].reason, "over");
  cr_expect(rl_currency_equal(list.rows[1].base, currency("EUR")));
  cr_expect(rl_currency_equal(list.rows[1].quote, currency("CHF")));
  cr_expect_eq(halts_from(2).count, 1);
  cr_expect_eq(halts_from(3).count, 0);
  cr_expect_eq(halt(true, "again", "h2").halt.number, 3, "goes on behind a restart");
}

Test(store_operators, halt_is_done_once_under_its_key)
{
  rl_job first = halt(true, "news", "h1");
  rl_manual_clock_advance_ns(&harness.manual, 7 * RL_NS_PER_MS);
  rl_job again = halt(true, "news", "h1");
  cr_expect(again.repeated);
  cr_expect_eq(again.halt.number, first.halt.number);
  cr_expect_eq(again.halt.at_utc_ms, first.halt.at_utc_ms);
  cr_expect_eq(halt(true, "other", "h1").refusal, RL_REFUSAL_KEY_REUSED);
  cr_expect_eq(halts_from(1).count, 1);
}

Test(store_operators, second_halt_for_another_reason_is_recorded_too)
{
  halt(true, "news", "h1");
  cr_expect_eq(halt(true, "worse", "h2").refusal, RL_REFUSAL_NONE);
  cr_expect_eq(halt(false, "over", "h3").refusal, RL_REFUSAL_NONE);
  cr_expect_eq(halt(false, "surely", "h4").refusal, RL_REFUSAL_NONE);
  cr_expect_eq(halts_from(1).count, 4);
}
