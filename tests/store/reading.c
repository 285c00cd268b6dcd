/* Walks and the tariffs' texts. */
#include "store/harness.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

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

TestSuite(store_reading, .init = start, .fini = stop);

enum { QUOTES = 1500 };

typedef struct rl_seen {
  rl_quote_id last;
  unsigned count;
  unsigned stop_after;
  bool disorder;
} rl_seen;

static bool see(rl_seen *seen, rl_quote_id id)
{
  seen->disorder |= seen->count > 0 && rl_quote_id_compare(seen->last, id) >= 0;
  seen->last = id;
  return ++seen->count != seen->stop_after;
}

static bool see_quote(const rl_quote *quote, void *context)
{
  return see(context, quote->id);
}

static bool see_end(const rl_end *end, void *context)
{
  return see(context, end->quote);
}

static bool see_transaction(uint64_t number, const rl_transaction *transaction, void *context)
{
  rl_seen *seen = context;
  seen->disorder |= number != seen->count + 1u || !rl_transaction_balances(transaction);
  return ++seen->count != seen->stop_after;
}

/* More than one chunk of a walk; the clock moves, so that ids do. */
static void record_many(rl_quote *quotes)
{
  for (unsigned i = 0; i < QUOTES; i++) {
    rl_manual_clock_advance_ns(&harness.manual, RL_NS_PER_MS);
    while (quotes[i] = harness_quote(&harness),
           harness_record(&harness, &quotes[i]) == RL_FULL)
      cr_assert_eq(harness_end(&harness, RL_JOB_SHOW, &quotes[0], ""), RL_REFUSAL_NONE);
  }
  (void)harness_end(&harness, RL_JOB_SHOW, &quotes[0], "");
}

Test(store_reading, quotes_are_walked_by_id_over_many_chunks)
{
  rl_quote *quotes = calloc(QUOTES, sizeof *quotes);
  cr_assert_not_null(quotes);
  record_many(quotes);
  rl_seen all = {0}, late = {0}, few = {.stop_after = 3}, none = {0};
  const rl_quote_id first = {0};
  rl_quote_id last;
  memset(last.bytes, 0xff, sizeof last.bytes);
  rl_error error;
  cr_assert_eq(rl_store_each_quote(harness.store, first, see_quote, &all, &error), RL_OK);
  cr_expect_eq(all.count, QUOTES);
  cr_expect_not(all.disorder);
  cr_assert_eq(rl_store_each_quote(harness.store, quotes[700].id, see_quote, &late, &error),
               RL_OK);
  cr_expect_eq(late.count, QUOTES - 700, "the quote named is the first");
  cr_assert_eq(rl_store_each_quote(harness.store, first, see_quote, &few, &error), RL_OK);
  cr_expect_eq(few.count, 3);
  cr_assert_eq(rl_store_each_quote(harness.store, last, see_quote, &none, &error), RL_OK);
  cr_expect_eq(none.count, 0);
  free(quotes);
}

Test(store_reading, ends_and_transactions_are_walked_in_order)
{
  for (unsigned i = 0; i < 40; i++) {
    rl_quote quote = harness_recorded(&harness);
    char key[8] = {'k', (char)('a' + i / 26), (char)('a' + i % 26), 0};
    rl_job_kind kind = i % 4 == 0 ? RL_JOB_CANCEL : RL_JOB_ACCEPT;
    cr_assert_eq(harness_end(&harness, kind, &quote, key), RL_REFUSAL_NONE);
  }
  rl_seen ends = {0}, transactions = {0};
  const rl_quote_id first = {0};
  rl_error error;
  cr_assert_eq(rl_store_each_end(harness.store, first, see_end, &ends, &error), RL_OK);
  cr_expect_eq(ends.count, 40);
  cr_expect_not(ends.disorder);
  cr_assert_eq(
    rl_store_each_transaction(harness.store, 1, see_transaction, &transactions, &error), RL_OK);
  cr_expect_eq(transactions.count, 30);
  cr_expect_not(transactions.disorder);
  transactions = (rl_seen){.count = 10};
  cr_assert_eq(
    rl_store_each_transaction(harness.store, 11, see_transaction, &transactions, &error), RL_OK);
  cr_expect_eq(transactions.count, 30);
  cr_expect_not(transactions.disorder);
}

static bool look_into_the_store(const rl_quote *quote, void *context)
{
  rl_end end;
  (void)context;
  cr_expect_eq(rl_store_find_end(harness.store, quote->id, &end), RL_NOT_FOUND);
  rl_quote more = harness_recorded(&harness);
  return harness_end(&harness, RL_JOB_ACCEPT, &more, "k1") != RL_REFUSAL_NONE;
}

Test(store_reading, visitor_may_read_and_write_the_store_it_walks)
{
  (void)harness_recorded(&harness);
  (void)harness_recorded(&harness);
  const rl_quote_id first = {0};
  harness_restart(&harness);
  cr_expect_eq(rl_store_each_quote(harness.store, first, look_into_the_store, NULL, NULL), RL_OK);
}

Test(store_reading, missing_rows_are_not_found)
{
  rl_quote_id id = {{1}};
  rl_quote quote;
  rl_end end;
  rl_digest digest = {{1}};
  char *text;
  size_t length;
  cr_expect_eq(rl_store_find_quote(harness.store, id, &quote), RL_NOT_FOUND);
  cr_expect_eq(rl_store_find_end(harness.store, id, &end), RL_NOT_FOUND);
  cr_expect_eq(rl_store_find_tariff(harness.store, digest, &text, &length), RL_NOT_FOUND);
}

Test(store_reading, tariff_is_kept_under_its_hash_and_may_be_kept_again)
{
  const char *text = rl_tariff_builtin_text();
  rl_tariff *tariff;
  rl_error error;
  cr_assert_eq(rl_tariff_parse(text, strlen(text), NULL, &tariff, &error), RL_OK);
  cr_expect_eq(rl_store_keep_tariff(harness.store, tariff), RL_OK);
  cr_expect_eq(rl_store_keep_tariff(harness.store, tariff), RL_OK);
  harness_restart(&harness);
  char *kept;
  size_t length;
  cr_assert_eq(rl_store_find_tariff(harness.store, rl_tariff_digest(tariff), &kept, &length),
               RL_OK);
  cr_expect_eq(length, strlen(text));
  cr_expect_str_eq(kept, text);
  free(kept);
  rl_tariff_destroy(tariff);
  rl_verify_report report;
  cr_expect_eq(rl_store_verify(harness.store, &report, &error), RL_OK, "%s", error.text);
}

Test(store_reading, stats_count_what_was_done)
{
  rl_quote one = harness_recorded(&harness), two = harness_recorded(&harness);
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &one, "k1"), RL_REFUSAL_NONE);
  cr_assert_eq(harness_end(&harness, RL_JOB_CANCEL, &two, "k2"), RL_REFUSAL_NONE);
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &one, "k1"), RL_REFUSAL_NONE);
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &one, "k3"), RL_REFUSAL_QUOTE_CONSUMED);
  rl_store_stats stats;
  rl_store_stats_read(harness.store, &stats);
  cr_expect_eq(stats.quotes, 2);
  cr_expect_eq(stats.accepted, 1);
  cr_expect_eq(stats.cancelled, 1);
  cr_expect_geq(stats.commits, 2);
  cr_expect_leq(stats.commits, 4, "a commit for nothing");
  cr_expect_eq(stats.waiting_jobs, 0);
  cr_expect_eq(stats.inbox_bytes, 0);
}
