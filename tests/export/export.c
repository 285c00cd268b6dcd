/* Exports of a small store: what is in them, and that nothing in them can be changed unseen. */
#include "export/export.h"
#include "store/harness.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_harness harness;
static char path[128];

static void start(void)
{
  harness_init(&harness);
  harness_open(&harness);
  snprintf(path, sizeof path, "%s/export.jsonl", harness.directory);
}

static void stop(void)
{
  harness_fini(&harness);
}

TestSuite(export, .init = start, .fini = stop);

static void pass_ms(int64_t ms)
{
  rl_manual_clock_advance_ns(&harness.manual, ms * RL_NS_PER_MS);
}

static rl_export_report export_of(int64_t from_ms, int64_t before_ms)
{
  rl_export_report report;
  rl_error error;
  FILE *file = fopen(path, "w");
  cr_assert(file);
  cr_assert_eq(rl_export_write(harness.store, (rl_export_interval){from_ms, before_ms}, file,
                               &report, &error), RL_OK, "%s", error.text);
  cr_assert_eq(fclose(file), 0);
  return report;
}

static rl_status check(rl_export_report *report)
{
  rl_error error = {0};
  return rl_export_check(path, report, &error);
}

static char *read_file(size_t *size)
{
  char *bytes = NULL;
  FILE *file = fopen(path, "r");
  cr_assert(file);
  *size = 0;
  size_t room = 0;
  ssize_t got = getdelim(&bytes, &room, EOF, file);
  fclose(file);
  cr_assert(got > 0);
  *size = (size_t)got;
  return bytes;
}

static void write_file(const char *bytes, size_t size)
{
  FILE *file = fopen(path, "w");
  cr_assert(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static rl_currency currency(const char *code)
{
  rl_currency found;
  cr_assert_eq(rl_currency_find(code, 3, &found), RL_OK);
  return found;
}

static void settle(void)
{
  rl_movement movement = {.kind = RL_TRANSACTION_SETTLEMENT, .value_day = 20000,
                          .party = RL_ACCOUNT_CUSTOMER, .party_name = "shop", .bank = "main",
                          .amount = {100, currency("EUR")}};
  rl_job job = {.kind = RL_JOB_POST, .movement = movement, .client = "desk", .key = "s",
                .body = rl_movement_body(&movement), .arrived = harness_now(&harness)};
  harness_run(&harness, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
}

static void revoke_all(void)
{
  rl_job job = {.kind = RL_JOB_REVOKE, .client = "desk", .key = "v", .body.words = {7, 7},
                .revocation = {.issued_from_ms = INT64_MIN, .issued_before_ms = INT64_MAX,
                               .reason = "wrong \"rate\""},
                .arrived = harness_now(&harness)};
  harness_run(&harness, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
}

/* One of each, and what they are counted as. */
static int64_t some_of_each(void)
{
  (void)harness_accepted(&harness, "k1");
  settle();
  rl_quote taken = harness_recorded(&harness);
  revoke_all();
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &taken, "k2"), RL_REFUSAL_QUOTE_REVOKED);
  pass_ms(1);
  return harness_now(&harness).utc.ms;
}

Test(export, holds_each_record_once_and_proves_itself)
{
  static const uint64_t wanted[RL_EXPORT_KINDS] = {1, 2, 2, 0, 2, 0};
  int64_t before_ms = some_of_each();
  rl_export_report written = export_of(0, before_ms), read;
  cr_assert_eq(check(&read), RL_OK);
  cr_expect_eq(memcmp(&read, &written, sizeof read), 0);
  for (unsigned kind = 0; kind < RL_EXPORT_KINDS; kind++)
    cr_expect_eq(read.counts[kind], wanted[kind], "%s",
                 rl_export_kind_name((rl_export_kind)kind));
}

Test(export, same_records_are_the_same_bytes)
{
  size_t sizes[2];
  int64_t before_ms = some_of_each();
  (void)export_of(0, before_ms);
  char *first = read_file(&sizes[0]);
  (void)harness_accepted(&harness, "later");
  harness_restart(&harness);
  (void)export_of(0, before_ms);
  char *second = read_file(&sizes[1]);
  cr_assert_eq(sizes[0], sizes[1]);
  cr_expect_eq(memcmp(first, second, sizes[0]), 0);
  free(first);
  free(second);
}

Test(export, interval_begins_with_its_first_instant_and_ends_before_its_last)
{
  rl_quote quote = harness_accepted(&harness, "k1");
  rl_export_report report = export_of(quote.issued_utc_ms, quote.issued_utc_ms + 1);
  cr_expect_eq(report.counts[RL_EXPORT_QUOTE], 1);
  cr_expect_eq(report.counts[RL_EXPORT_END], 1);
  cr_expect_eq(report.counts[RL_EXPORT_TRANSACTION], 1);
  report = export_of(quote.issued_utc_ms - 1, quote.issued_utc_ms);
  cr_expect_eq(report.counts[RL_EXPORT_QUOTE] + report.counts[RL_EXPORT_END]
               + report.counts[RL_EXPORT_TRANSACTION], 0);
  report = export_of(quote.issued_utc_ms + 1, quote.issued_utc_ms + 2);
  cr_expect_eq(report.counts[RL_EXPORT_QUOTE] + report.counts[RL_EXPORT_END]
               + report.counts[RL_EXPORT_TRANSACTION], 0);
  cr_expect_gt(report.counts[RL_EXPORT_OPENING], 0, "its sums are what was before");
  cr_expect_eq(check(&report), RL_OK);
}

Test(export, quote_accepted_a_day_later_is_in_two_exports)
{
  harness.ttl_ms = RL_TTL_MAX_MS;
  rl_quote quote = harness_recorded(&harness);
  pass_ms((int64_t)RL_TTL_MAX_MS - 1);
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &quote, "k1"), RL_REFUSAL_NONE);
  int64_t issued_ms = quote.issued_utc_ms, end_ms = harness_now(&harness).utc.ms;
  rl_export_report report = export_of(0, end_ms);
  cr_expect_eq(report.counts[RL_EXPORT_QUOTE], 1);
  cr_expect_eq(report.counts[RL_EXPORT_END], 0);
  report = export_of(issued_ms + 1, end_ms + 1);
  cr_expect_eq(report.counts[RL_EXPORT_QUOTE], 0);
  cr_expect_eq(report.counts[RL_EXPORT_END], 1);
  cr_expect_eq(report.counts[RL_EXPORT_TRANSACTION], 1);
}

/* Wherever the wall clock was set in between, an end is of an instant within its quote's lock. */
Test(export, end_behind_a_set_clock_is_of_its_quotes_lock)
{
  rl_quote back = harness_recorded(&harness), forward = harness_recorded(&harness);
  harness.manual.utc_ms -= 3600 * 1000;
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &back, "k1"), RL_REFUSAL_NONE);
  harness.manual.utc_ms += 400ll * 24 * 3600 * 1000;
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &forward, "k2"), RL_REFUSAL_NONE);
  rl_export_report report = export_of(back.issued_utc_ms, back.issued_utc_ms + 1);
  cr_expect_eq(report.counts[RL_EXPORT_END], 1);
  cr_expect_eq(report.counts[RL_EXPORT_TRANSACTION], 1);
  int64_t last_ms = forward.issued_utc_ms + (int64_t)RL_END_LATEST_MS;
  report = export_of(last_ms - 1, last_ms);
  cr_expect_eq(report.counts[RL_EXPORT_END], 1);
  cr_expect_eq(report.counts[RL_EXPORT_TRANSACTION], 1);
}

Test(export, changed_byte_is_seen_wherever_it_is)
{
  size_t size;
  rl_export_report report;
  (void)export_of(0, some_of_each());
  char *bytes = read_file(&size);
  for (size_t i = 0; i < size; i += 1 + size / 400) {
    bytes[i] ^= 1;
    write_file(bytes, size);
    cr_expect_eq(check(&report), RL_INVALID, "byte %zu of %zu", i, size);
    bytes[i] ^= 1;
  }
  write_file(bytes, size);
  cr_expect_eq(check(&report), RL_OK);
  free(bytes);
}

Test(export, cut_or_longer_file_is_seen)
{
  size_t size;
  rl_export_report report;
  (void)export_of(0, some_of_each());
  char *bytes = read_file(&size);
  for (size_t length = 0; length < size; length += 1 + size / 200) {
    write_file(bytes, length);
    cr_expect_eq(check(&report), RL_INVALID, "%zu of %zu bytes", length, size);
  }
  write_file(bytes, size - 1);
  cr_expect_eq(check(&report), RL_INVALID, "without its last newline");
  bytes[size - 1] = '\n';
  char *longer = realloc(bytes, size + 1);
  cr_assert(longer);
  longer[size] = '\n';
  write_file(longer, size + 1);
  cr_expect_eq(check(&report), RL_INVALID);
  free(longer);
}

Test(export, file_that_is_not_there_is_told)
{
  rl_export_report report;
  cr_expect_eq(check(&report), RL_NOT_FOUND);
}

/* --- one quote --- */

static rl_status find(rl_quote_id id, rl_export_quote *out)
{
  rl_error error = {0};
  *out = (rl_export_quote){.id = id};
  return rl_export_find(path, out, &error);
}

static void expect_found(const rl_quote *quote)
{
  uint8_t wanted[RL_RECORD_MAX], found[RL_RECORD_MAX];
  rl_export_quote out;
  size_t size = rl_quote_encode(quote, wanted);
  cr_assert_eq(find(quote->id, &out), RL_OK);
  cr_assert_eq(rl_quote_encode(&out.quote, found), size);
  cr_expect_arr_eq(found, wanted, size);
  cr_expect_null(out.tariff, "the store has none");
}

/* Two quotes; the first one's key is the other's id. */
static void two_quotes(rl_quote quotes[2])
{
  quotes[0] = harness_quote(&harness);
  pass_ms(1);
  quotes[1] = harness_quote(&harness);
  rl_quote_id_format(quotes[1].id, quotes[0].key);
  uint8_t record[RL_RECORD_MAX];
  (void)rl_quote_encode_issued(&quotes[0], record); /* its checksum is of the new key */
  for (size_t i = 0; i < 2; i++)
    cr_assert_eq(harness_record(&harness, &quotes[i]), RL_OK);
  rl_job look = harness_job(&harness, RL_JOB_SHOW, &quotes[1], "");
  harness_run(&harness, &look);
  pass_ms(1);
  (void)export_of(0, harness_now(&harness).utc.ms);
}

Test(export, quote_is_found_by_its_id_and_not_by_who_names_it)
{
  rl_quote quotes[2];
  rl_export_quote out;
  two_quotes(quotes);
  expect_found(&quotes[0]);
  expect_found(&quotes[1]);
  cr_expect_eq(find(harness_quote(&harness).id, &out), RL_NOT_FOUND);
}

Test(export, changed_byte_of_a_quotes_line_is_seen_and_one_of_another_is_no_matter)
{
  rl_quote quotes[2];
  rl_export_quote out;
  size_t size;
  two_quotes(quotes);
  char *bytes = read_file(&size);
  char *first = strchr(bytes, '\n') + 1, *second = strchr(first, '\n') + 1;
  char *end = strchr(second, '\n');
  for (char *at = second; at < end; at += 1 + (end - second) / 200) {
    *at ^= 1;
    write_file(bytes, size);
    rl_status status = find(quotes[1].id, &out);
    cr_expect(status == RL_INVALID || status == RL_NOT_FOUND, "byte %td", at - second);
    expect_found(&quotes[0]);
    *at ^= 1;
  }
  free(bytes);
}
