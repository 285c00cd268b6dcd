#include "feeds/fix_message.h"

#include "fix_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char bytes[4096];

static rl_fix_fault read_text(const char *fields, rl_fix_message *out)
{
  return rl_fix_message_read(bytes, rl_fix_text(fields, bytes, sizeof bytes), out);
}

static void expect_price(const char *text, rl_fix_number kind, const char *rate)
{
  rl_rate expected, read = {77, 1};
  cr_assert_eq(rl_fix_price_parse(text, strlen(text), &read), kind, "%s", text);
  if (kind != RL_FIX_PRESENT) {
    cr_assert_eq(read.mantissa, 77, "%s", text);
    return;
  }
  cr_assert_eq(rl_rate_parse(rate, strlen(rate), &expected), RL_OK);
  cr_assert_eq(rl_rate_compare(read, expected), 0, "%s", text);
}

Test(feed_fix, prices_are_the_decimals_that_fix_allows)
{
  expect_price("1.1250", RL_FIX_PRESENT, "1.125");
  expect_price("0023.2300", RL_FIX_PRESENT, "23.23");
  expect_price("23.", RL_FIX_PRESENT, "23");
  expect_price(".5", RL_FIX_PRESENT, "0.5");
  expect_price("1.12345678000000", RL_FIX_PRESENT, "1.12345678");
  expect_price("0.00000000000000000001", RL_FIX_BAD, NULL);
  expect_price("999999999", RL_FIX_PRESENT, "999999999");
  expect_price("1000000000", RL_FIX_BAD, NULL);
  expect_price("1.123456789", RL_FIX_BAD, NULL);
  expect_price("12345678901234567890123456789012345678901", RL_FIX_BAD, NULL);
  expect_price("0", RL_FIX_ZERO, NULL);
  expect_price("000.000", RL_FIX_ZERO, NULL);
  for (const char *const *bad = (const char *const[]){"", ".", "-1.1", "+1.1", "1.1x", "1,1", "1e3",
       "1.1.1", " 1.1", "NaN", NULL}; *bad; bad++)
    expect_price(*bad, RL_FIX_BAD, NULL);
}

Test(feed_fix, sizes_are_cut_to_whole_units)
{
  uint64_t size = 0;
  cr_assert_eq(rl_fix_size_parse("1000000.99", 10, &size), RL_FIX_PRESENT);
  cr_assert_eq(size, 1000000);
  cr_assert_eq(rl_fix_size_parse("0.99", 4, &size), RL_FIX_ZERO);
  cr_assert_eq(rl_fix_size_parse("1000000000000000", 16, &size), RL_FIX_PRESENT);
  cr_assert_eq(rl_fix_size_parse("1000000000000001", 16, &size), RL_FIX_BAD);
  cr_assert_eq(rl_fix_size_parse("1M", 2, &size), RL_FIX_BAD);
  cr_assert_eq(size, 1000000000000000);
}

Test(feed_fix, times_are_utc_and_cut_to_milliseconds)
{
  rl_utc when = {5};
  cr_assert_eq(rl_fix_time_parse("20140502-07:00:00.1239", 22, &when), RL_OK);
  cr_assert_eq(when.ms, 1399014000123);
  cr_assert_eq(rl_fix_time_parse("20140502-07:00:00", 17, &when), RL_OK);
  cr_assert_eq(when.ms, 1399014000000);
  for (const char *const *bad = (const char *const[]){"", "20140502", "20140532-07:00:00",
       "20140502-24:00:00", "20140502 07:00:00", "2014050207:00:00x", "20140502-07:00:00Z",
       "20140502-07:00:00.1234567891", NULL}; *bad; bad++)
    cr_assert_neq(rl_fix_time_parse(*bad, strlen(*bad), &when), RL_OK, "%s", *bad);
  cr_assert_eq(when.ms, 1399014000000);
}

Test(feed_fix, an_entry_begins_with_the_field_after_the_count_whatever_it_is)
{
  rl_fix_message message;
  rl_fix_entry entry;
  cr_assert_eq(read_text("35=X|34=7|43=Y|52=20140502-07:00:00|262=r|268=2|279=0|269=0|278=a|"
                         "55=EUR/USD|270=1.5|271=3|5001=venue's own|279=2|280=b|278=c", &message),
               RL_FIX_READABLE);
  cr_assert(message.kind == RL_FIX_INCREMENTAL && message.possible_duplicate);
  cr_assert_eq(message.sent.ms, 1399014000000);
  cr_assert(rl_fix_entry_next(&message, &entry));
  cr_assert(entry.action == RL_FIX_NEW && entry.type == '0' && entry.size == 3);
  cr_assert(rl_fix_span_is(entry.id, "a") && rl_fix_span_is(entry.symbol, "EUR/USD"));
  cr_assert(rl_fix_entry_next(&message, &entry));
  cr_assert(entry.action == RL_FIX_DELETE && entry.type == 0 && entry.priced == RL_FIX_ABSENT);
  cr_assert(rl_fix_span_is(entry.ref_id, "b") && rl_fix_span_is(entry.id, "c"));
  cr_assert_not(rl_fix_entry_next(&message, &entry));
}

Test(feed_fix, an_entrys_own_time_needs_both_its_date_and_its_time)
{
  rl_fix_message message;
  rl_fix_entry entry;
  cr_assert_eq(read_text("35=W|55=E|268=3|269=0|270=1|272=20140502|273=07:00:00.5|"
                         "269=1|270=1|273=07:00:00|269=1|272=20140502|273=7 o'clock", &message),
               RL_FIX_READABLE);
  cr_assert(rl_fix_entry_next(&message, &entry) && entry.when.ms == 1399014000500);
  cr_assert(rl_fix_entry_next(&message, &entry) && entry.when.ms == 0);
  cr_assert(rl_fix_entry_next(&message, &entry) && entry.when.ms == 0);
}

Test(feed_fix, rejects_carry_their_reason_and_what_they_are_about)
{
  rl_fix_message message;
  cr_assert_eq(read_text("35=Y|262=r1|281=0|58=no", &message), RL_FIX_READABLE);
  cr_assert(message.kind == RL_FIX_REQUEST_REJECT && rl_fix_span_is(message.request_id, "r1") &&
            rl_fix_span_is(message.reason, "0") && rl_fix_span_is(message.text, "no"));
  cr_assert_eq(read_text("35=j|45=2|372=V|379=r1|380=4", &message), RL_FIX_READABLE);
  cr_assert(message.kind == RL_FIX_BUSINESS_REJECT && rl_fix_span_is(message.refused_id, "r1"));
  cr_assert_eq(read_text("35=3|45=2|373=5", &message), RL_FIX_READABLE);
  cr_assert(message.kind == RL_FIX_SESSION_REJECT && rl_fix_span_is(message.reason, "5"));
  cr_assert_eq(read_text("35=4|36=9|123=Y", &message), RL_FIX_READABLE);
  cr_assert_eq(message.kind, RL_FIX_SEQUENCE_RESET);
  cr_assert_eq(read_text("35=5", &message), RL_FIX_READABLE);
  cr_assert_eq(message.kind, RL_FIX_LOGOUT);
  cr_assert_eq(read_text("35=XX", &message), RL_FIX_READABLE);
  cr_assert_eq(message.kind, RL_FIX_OTHER);
}

Test(feed_fix, a_message_that_cannot_be_read_leaves_its_output_alone)
{
  rl_fix_message message = {.sent = {77}};
  cr_assert_eq(read_text("35=X|no field", &message), RL_FIX_NO_FIELDS);
  cr_assert_eq(read_text("35=X|12x=1", &message), RL_FIX_NO_FIELDS);
  cr_assert_eq(read_text("35=X|268=1|279=0|=", &message), RL_FIX_NO_FIELDS);
  cr_assert_eq(read_text("34=5", &message), RL_FIX_NO_TYPE);
  cr_assert_eq(read_text("35=X", &message), RL_FIX_ENTRY_COUNT);
  cr_assert_eq(read_text("35=X|268=x|279=0", &message), RL_FIX_ENTRY_COUNT);
  cr_assert_eq(read_text("35=X|268=2|279=0|269=0", &message), RL_FIX_ENTRY_COUNT);
  cr_assert_eq(read_text("35=X|268=1|279=0|279=0", &message), RL_FIX_ENTRY_COUNT);
  cr_assert_eq(rl_fix_message_read("35=0", 4, &message), RL_FIX_NO_FIELDS);
  cr_assert_eq(rl_fix_message_read("", 0, &message), RL_FIX_NO_TYPE);
  cr_assert_eq(message.sent.ms, 77);
}

Test(feed_fix, a_snapshot_of_nothing_has_no_entries)
{
  rl_fix_message message;
  rl_fix_entry entry;
  cr_assert_eq(read_text("35=W|55=E|268=0", &message), RL_FIX_READABLE);
  cr_assert_not(rl_fix_entry_next(&message, &entry));
}
