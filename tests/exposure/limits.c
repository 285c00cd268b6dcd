#include "exposure/limits.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static rl_limits *parsed(const char *text)
{
  rl_limits *limits = NULL;
  rl_error error = {.text = ""};
  rl_status status = rl_limits_parse(text, strlen(text), "limits", &limits, &error);
  cr_assert_eq(status, RL_OK, "%u: %s: %s", error.line, error.field, error.text);
  return limits;
}

static void expect_refused(const char *text, rl_status expected, unsigned line, const char *field,
                           const char *says)
{
  rl_limits *limits = (rl_limits *)text;
  rl_error error = {.text = ""};
  cr_expect_eq(rl_limits_parse(text, strlen(text), "limits", &limits, &error), expected, "%s",
               text);
  cr_expect(limits == (rl_limits *)text, "the output of a failure is untouched");
  cr_expect_str_eq(error.file, "limits");
  cr_expect_eq(error.line, line, "%s: line %u", text, error.line);
  cr_expect_str_eq(error.field, field);
  cr_expect(strstr(error.text, says), "%s: %s", text, error.text);
}

static rl_pair_number pair(const char *left, const char *right)
{
  rl_currency a = RL_CURRENCY_NONE, b = RL_CURRENCY_NONE;
  cr_assert(rl_currency_find(left, 3, &a) == RL_OK && rl_currency_find(right, 3, &b) == RL_OK);
  return rl_pair_number_of(a, b);
}

static void expect_cap(rl_cap cap, uint32_t locks, int64_t notional_minor)
{
  cr_expect_eq(cap.locks, locks, "%u locks", cap.locks);
  cr_expect_eq(cap.notional_minor, notional_minor, "%ld", (long)cap.notional_minor);
}

Test(limits, nothing_said_is_dollars_and_no_cap)
{
  const char *const texts[] = {"", "\n\n", "# a comment\n  \t\r\n"};
  for (unsigned i = 0; i < 3; i++) {
    rl_limits *limits = parsed(texts[i]);
    cr_expect_str_eq(rl_currency_code(rl_limits_reporting(limits)), "USD");
    cr_expect_eq(rl_limits_reporting_line(limits), 0);
    cr_expect_eq(rl_limits_ticket(limits), RL_NOTIONAL_UNCAPPED);
    expect_cap(rl_limits_client(limits, "shop"), RL_LOCKS_UNCAPPED, RL_NOTIONAL_UNCAPPED);
    expect_cap(rl_limits_pair(limits, pair("EUR", "USD")), RL_LOCKS_UNCAPPED,
               RL_NOTIONAL_UNCAPPED);
    rl_limits_destroy(limits);
  }
}

Test(limits, each_line_says_its_cap)
{
  rl_limits *limits = parsed("# ours\n"
                             "reporting EUR\n"
                             "ticket 5000000.00\n"
                             "client shop locks=20 notional=250.01 # the checkout\n"
                             "client desk notional=7\n"
                             "client * locks=5\n"
                             "pair USDEUR locks=0\n"
                             "pair GBP/JPY notional=0.01\n"
                             "pair * notional=10000000000000.00");
  cr_expect_str_eq(rl_currency_code(rl_limits_reporting(limits)), "EUR");
  cr_expect_eq(rl_limits_reporting_line(limits), 2);
  cr_expect_eq(rl_limits_ticket(limits), 500000000);
  expect_cap(rl_limits_client(limits, "shop"), 20, 25001);
  expect_cap(rl_limits_client(limits, "desk"), RL_LOCKS_UNCAPPED, 700);
  expect_cap(rl_limits_client(limits, "shopp"), 5, RL_NOTIONAL_UNCAPPED);
  expect_cap(rl_limits_client(limits, "*"), 5, RL_NOTIONAL_UNCAPPED);
  expect_cap(rl_limits_pair(limits, pair("EUR", "USD")), 0, RL_NOTIONAL_UNCAPPED);
  expect_cap(rl_limits_pair(limits, pair("USD", "EUR")), 0, RL_NOTIONAL_UNCAPPED);
  expect_cap(rl_limits_pair(limits, pair("JPY", "GBP")), RL_LOCKS_UNCAPPED, 1);
  expect_cap(rl_limits_pair(limits, pair("JPY", "USD")), RL_LOCKS_UNCAPPED, RL_AMOUNT_MAX);
  rl_limits_destroy(limits);
}

Test(limits, those_named_are_listed_in_order)
{
  rl_limits *limits = parsed("client b locks=1\nclient c locks=1\nclient a locks=1\n"
                             "pair USDJPY locks=1\npair EURUSD locks=1\n");
  cr_assert_eq(rl_limits_client_count(limits), 3);
  cr_expect_str_eq(rl_limits_client_name(limits, 0), "a");
  cr_expect_str_eq(rl_limits_client_name(limits, 1), "b");
  cr_expect_str_eq(rl_limits_client_name(limits, 2), "c");
  cr_assert_eq(rl_limits_pair_count(limits), 2);
  cr_expect_lt(rl_limits_pair_at(limits, 0).index, rl_limits_pair_at(limits, 1).index);
  rl_limits_destroy(limits);
}

Test(limits, amounts_have_the_decimals_of_the_reporting_currency)
{
  rl_limits *limits = parsed("reporting KWD\nticket 0.001\n");
  cr_expect_eq(rl_limits_ticket(limits), 1);
  rl_limits_destroy(limits);
  limits = parsed("reporting JPY\nticket 7\n");
  cr_expect_eq(rl_limits_ticket(limits), 7);
  rl_limits_destroy(limits);
  limits = parsed("reporting CLF\nticket 1.0001\n");
  cr_expect_eq(rl_limits_ticket(limits), 10001);
  rl_limits_destroy(limits);
  expect_refused("reporting JPY\nticket 7.0\n", RL_OUT_OF_RANGE, 2, "ticket", "0 decimals");
  expect_refused("ticket 0.001\n", RL_OUT_OF_RANGE, 1, "ticket", "2 decimals");
}

Test(limits, amounts_and_numbers_stay_within_their_bounds)
{
  rl_limits *limits = parsed("ticket 0.01\nclient a locks=999999999 notional=10000000000000.00\n");
  expect_cap(rl_limits_client(limits, "a"), RL_CAP_LOCKS_MAX, RL_AMOUNT_MAX);
  rl_limits_destroy(limits);
  expect_refused("ticket 0\n", RL_OUT_OF_RANGE, 1, "ticket", "0 is not within 1");
  expect_refused("client a notional=10000000000000.01\n", RL_OUT_OF_RANGE, 1, "notional",
                 "10^15");
  expect_refused("client a locks=1000000000\n", RL_OUT_OF_RANGE, 1, "locks", "999999999");
  expect_refused("client a locks=99999999999999999999999\n", RL_OUT_OF_RANGE, 1, "locks", "above");
}

Test(limits, faults_are_named_with_line_and_field)
{
  expect_refused("\nlimit 5\n", RL_INVALID, 2, "limit", "a line starts with");
  expect_refused("reporting\n", RL_INVALID, 1, "reporting", "missing");
  expect_refused("reporting XAU\n", RL_INVALID, 1, "reporting", "XAU");
  expect_refused("reporting EUR USD\n", RL_INVALID, 1, "USD", "one word too many");
  expect_refused("reporting EUR\nreporting EUR\n", RL_INVALID, 2, "reporting", "twice");
  expect_refused("ticket 5\nreporting EUR\n", RL_INVALID, 2, "reporting", "before the first");
  expect_refused("ticket\n", RL_INVALID, 1, "ticket", "missing");
  expect_refused("ticket 1,000\n", RL_INVALID, 1, "ticket", "1,000 is not an amount");
  expect_refused("ticket 5\nticket 5\n", RL_INVALID, 2, "ticket", "twice");
  expect_refused("client\n", RL_INVALID, 1, "client", "missing");
  expect_refused("client a\n", RL_INVALID, 1, "client", "locks=");
  expect_refused("client a locks\n", RL_INVALID, 1, "client", "key=value");
  expect_refused("client a lock=5\n", RL_INVALID, 1, "client", "neither");
  expect_refused("client a locks=\n", RL_INVALID, 1, "locks", "missing");
  expect_refused("client a locks=-1\n", RL_INVALID, 1, "locks", "-1");
  expect_refused("client a locks=1 locks=1\n", RL_INVALID, 1, "locks", "twice");
  expect_refused("client a notional=1 notional=1\n", RL_INVALID, 1, "notional", "twice");
  expect_refused("client a notional=-5\n", RL_INVALID, 1, "notional", "-5");
  expect_refused("client a locks=1\nclient b locks=1\nclient a locks=1\n", RL_INVALID, 3,
                 "client", "a is there already");
  expect_refused("client * locks=1\nclient * locks=1\n", RL_INVALID, 2, "client", "already");
  expect_refused("client a-name-that-is-longer-than-any-has locks=1\n", RL_OUT_OF_RANGE, 1,
                 "client", "31");
  expect_refused("client caf\xc3\xa9 locks=1\n", RL_INVALID, 1, "client", "printable");
  expect_refused("pair EURUS locks=1\n", RL_INVALID, 1, "pair", "like EURUSD");
  expect_refused("pair EUR-USD locks=1\n", RL_INVALID, 1, "pair", "like EURUSD");
  expect_refused("pair EURXAU locks=1\n", RL_INVALID, 1, "pair", "ISO 4217");
  expect_refused("pair EUREUR locks=1\n", RL_INVALID, 1, "pair", "itself");
  expect_refused("pair EURUSD locks=1\npair USD/EUR locks=1\n", RL_INVALID, 2, "pair", "already");
}

Test(limits, bytes_that_are_no_text_are_shown_as_such)
{
  const char text[] = "client a\0b locks=1\n";
  rl_limits *limits = NULL;
  rl_error error = {.text = ""};
  cr_expect_eq(rl_limits_parse(text, sizeof text - 1, "limits", &limits, &error), RL_INVALID);
  cr_expect(strstr(error.text, "a?b"), "%s", error.text);
}

static char *many(unsigned count)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  for (unsigned i = 0; i < count; i++)
    fprintf(out, "client c%u locks=%u\n", i * 7919 % 104729, i);
  fclose(out);
  return text;
}

Test(limits, so_many_may_be_named_and_not_one_more)
{
  char *text = many(RL_LIMITS_NAMED_MAX);
  rl_limits *limits = parsed(text);
  cr_expect_eq(rl_limits_client_count(limits), RL_LIMITS_NAMED_MAX);
  expect_cap(rl_limits_client(limits, "c7919"), 1, RL_NOTIONAL_UNCAPPED);
  rl_limits_destroy(limits);
  free(text);
  text = many(RL_LIMITS_NAMED_MAX + 1);
  expect_refused(text, RL_OUT_OF_RANGE, RL_LIMITS_NAMED_MAX + 1, "client", "1024");
  free(text);
}

Test(limits, a_file_is_read_and_a_missing_one_is_said)
{
  char path[] = "/tmp/ratelock-limits-XXXXXX";
  int file = mkstemp(path);
  rl_limits *limits = NULL;
  rl_error error = {.text = ""};
  cr_assert(file >= 0 && write(file, "ticket 5\nticket 5\n", 18) == 18);
  cr_expect_eq(rl_limits_load(path, &limits, &error), RL_INVALID);
  cr_expect_str_eq(error.file, path);
  cr_expect_eq(error.line, 2);
  cr_assert_eq(ftruncate(file, 9), 0);
  cr_assert_eq(rl_limits_load(path, &limits, &error), RL_OK);
  cr_expect_eq(rl_limits_ticket(limits), 500);
  rl_limits_destroy(limits);
  close(file);
  unlink(path);
  cr_expect_eq(rl_limits_load(path, &limits, &error), RL_IO);
  cr_expect(strstr(error.text, "No such file"), "%s", error.text);
}

Test(limits, a_pair_has_one_number_and_it_splits_into_both)
{
  rl_pair_number number = pair("USD", "EUR");
  rl_currency first, second;
  cr_expect_eq(number.index, pair("EUR", "USD").index);
  rl_pair_number_split(number, &first, &second);
  cr_expect_str_eq(rl_currency_code(first), "EUR");
  cr_expect_str_eq(rl_currency_code(second), "USD");
}
