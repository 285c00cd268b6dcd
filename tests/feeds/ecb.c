#include "feeds/ecb.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD                                                              \
  "<?xml version='1.0'?>\n"                                               \
  "<gesmes:Envelope xmlns:gesmes='http://www.gesmes.org/xml/2002-08-01'"  \
  " xmlns='http://www.ecb.int/vocabulary/2002-08-01/eurofxref'><Cube>\n"
#define DAY "<Cube time='2025-05-09'>\n"
#define TAIL "</Cube></Cube></gesmes:Envelope>\n"
#define USD "<Cube currency='USD' rate='1.1252'/>\n"
#define RATE(code, rate) "<Cube currency='" code "' rate='" rate "'/>\n"

static rl_ecb_fixing fixing;
static rl_error error;

static rl_status parse(const char *xml)
{
  fixing = (rl_ecb_fixing){.count = 99};
  error = (rl_error){0};
  return rl_ecb_parse(xml, strlen(xml), "daily.xml", &fixing, &error);
}

/* Refused with that status, on that line, naming that field; the output as it was. */
static void expect_refused(const char *xml, rl_status status, unsigned line, const char *field)
{
  cr_assert_eq(parse(xml), status, "%s: %s", xml, error.text);
  cr_assert_eq(error.line, line, "line %u, expected %u: %s", error.line, line, xml);
  cr_assert_str_eq(error.field, field, "%s", xml);
  cr_assert_str_eq(error.file, "daily.xml");
  cr_assert_neq(error.text[0], '\0');
  cr_assert_eq(fixing.count, 99);
}

static rl_rate rate_of(const char *code)
{
  rl_currency currency;
  rl_rate rate = {0};
  cr_assert_eq(rl_currency_find(code, 3, &currency), RL_OK);
  rl_ecb_find(&fixing, currency, &rate);
  return rate;
}

static void expect_rate(const char *code, const char *text)
{
  rl_rate expected;
  cr_assert_eq(rl_rate_parse(text, strlen(text), &expected), RL_OK);
  cr_assert_eq(rl_rate_compare(rate_of(code), expected), 0, "%s", code);
}

Test(feed_ecb, fixture_gives_the_thirty_rates_of_its_day)
{
  static char xml[16384];
  FILE *file = fopen(ECB_FIXTURE, "rb");
  cr_assert_not_null(file);
  size_t size = fread(xml, 1, sizeof xml, file);
  fclose(file);
  cr_assert_eq(rl_ecb_parse(xml, size, ECB_FIXTURE, &fixing, &error), RL_OK, "%s", error.text);
  cr_assert_eq(fixing.count, 30);
  cr_assert_eq(fixing.left_out, 0);
  cr_assert_eq(fixing.date.ms, 1746748800000);
  expect_rate("USD", "1.1252");
  expect_rate("GBP", "0.84770");
  expect_rate("JPY", "163.36");
  expect_rate("IDR", "18606.59");
  expect_rate("EUR", "1");
}

Test(feed_ecb, currency_without_a_rate_or_unknown_is_left_out_and_counted)
{
  cr_assert_eq(parse(HEAD DAY USD RATE("RUB", "N/A") RATE("QQQ", "3.5") TAIL), RL_OK);
  cr_assert_eq(fixing.count, 1);
  cr_assert_eq(fixing.left_out, 2);
  cr_assert_eq(rate_of("RUB").mantissa, 0);
  expect_rate("USD", "1.1252");
}

Test(feed_ecb, rate_that_is_no_positive_decimal_refuses_the_whole_file)
{
  static const struct {
    const char *xml;
    rl_status status;
  } wrong[] = {
    {HEAD DAY USD RATE("GBP", "0") TAIL, RL_OUT_OF_RANGE},
    {HEAD DAY USD RATE("GBP", "0.000") TAIL, RL_OUT_OF_RANGE},
    {HEAD DAY USD RATE("GBP", "-0.8477") TAIL, RL_INVALID},
    {HEAD DAY USD RATE("GBP", "0,8477") TAIL, RL_INVALID},
    {HEAD DAY USD RATE("GBP", "abc") TAIL, RL_INVALID},
    {HEAD DAY USD RATE("GBP", "") TAIL, RL_INVALID},
    {HEAD DAY USD RATE("GBP", "nan") TAIL, RL_INVALID},
    {HEAD DAY USD RATE("GBP", "8.4e-1") TAIL, RL_INVALID},
    {HEAD DAY USD RATE("GBP", "1000000000") TAIL, RL_OUT_OF_RANGE},
    {HEAD DAY USD RATE("GBP", "1.234567891") TAIL, RL_OUT_OF_RANGE},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    expect_refused(wrong[i].xml, wrong[i].status, 5, "GBP");
}

Test(feed_ecb, rate_of_nine_digits_is_taken)
{
  cr_assert_eq(parse(HEAD DAY RATE("GBP", "1.23456789") TAIL), RL_OK);
  expect_rate("GBP", "1.23456789");
  cr_assert_eq(parse(HEAD DAY RATE("GBP", "1.234567890") TAIL), RL_OK);
}

Test(feed_ecb, currency_that_is_no_code_is_refused)
{
  expect_refused(HEAD DAY RATE("us$", "1.1") TAIL, RL_INVALID, 4, "currency");
  expect_refused(HEAD DAY RATE("USDT", "1.1") TAIL, RL_INVALID, 4, "currency");
  expect_refused(HEAD DAY RATE("", "1.1") TAIL, RL_INVALID, 4, "currency");
  expect_refused(HEAD DAY RATE("EUR", "1.1") TAIL, RL_INVALID, 4, "currency");
}

Test(feed_ecb, currency_that_stands_there_twice_is_refused)
{
  expect_refused(HEAD DAY USD USD TAIL, RL_INVALID, 5, "USD");
}

Test(feed_ecb, half_an_entry_is_refused)
{
  expect_refused(HEAD DAY "<Cube currency='USD'/>" TAIL, RL_INVALID, 4, "Cube");
  expect_refused(HEAD DAY "<Cube rate='1.1'/>" TAIL, RL_INVALID, 4, "Cube");
}

Test(feed_ecb, file_without_a_date_is_refused)
{
  expect_refused(HEAD "<Cube>\n" USD TAIL, RL_INVALID, 4, "USD");
  expect_refused(HEAD "<Cube>" TAIL, RL_INVALID, 4, "time");
  expect_refused(HEAD "<Cube time='2025-02-30'>" TAIL, RL_INVALID, 3, "time");
  expect_refused(HEAD "<Cube time='yesterday'>" TAIL, RL_INVALID, 3, "time");
}

Test(feed_ecb, file_of_two_days_is_refused)
{
  expect_refused(HEAD DAY USD "</Cube><Cube time='2025-05-08'>" TAIL, RL_INVALID, 5, "time");
}

Test(feed_ecb, file_without_any_rate_is_refused)
{
  expect_refused(HEAD DAY TAIL, RL_INVALID, 5, "rate");
  expect_refused(HEAD DAY RATE("RUB", "N/A") TAIL, RL_INVALID, 6, "rate");
}

Test(feed_ecb, truncation_at_any_byte_is_refused)
{
  static const char whole[] = HEAD DAY USD RATE("GBP", "0.8477") TAIL;
  size_t end = sizeof whole - 2; /* the last byte is a line feed after the root element */
  for (size_t size = 0; size < end; size++) {
    char *exact = malloc(size + 1);
    memcpy(exact, whole, size);
    cr_assert_eq(rl_ecb_parse(exact, size, "f", &fixing, &error), RL_INVALID, "%zu bytes", size);
    free(exact);
  }
  cr_assert_eq(rl_ecb_parse(whole, end, "f", &fixing, &error), RL_OK);
}

Test(feed_ecb, document_type_is_refused_before_anything_expands)
{
  expect_refused("<?xml version='1.0'?>\n<!DOCTYPE lol [<!ENTITY a 'ha'>"
                 "<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>\n<lol>&b;</lol>",
                 RL_INVALID, 2, "DOCTYPE");
  expect_refused("<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>", RL_INVALID, 1, "DOCTYPE");
}

Test(feed_ecb, another_document_is_refused_by_its_first_element)
{
  expect_refused("<html><body>Please sign in to this network</body></html>", RL_INVALID, 1, "");
  expect_refused("not XML", RL_INVALID, 1, "");
  expect_refused("", RL_INVALID, 1, "");
  expect_refused("<Envelope xmlns='elsewhere'><Cube/></Envelope>", RL_INVALID, 1, "");
}

Test(feed_ecb, more_currencies_than_the_bound_are_refused)
{
  static char xml[65536];
  size_t used = (size_t)snprintf(xml, sizeof xml, "%s%s", HEAD, DAY);
  unsigned written = 0;
  for (uint32_t i = 0; i < 17576 && written < RL_ECB_RATES_MAX + 1; i++) {
    char code[4] = {(char)('A' + i / 676), (char)('A' + i / 26 % 26), (char)('A' + i % 26), 0};
    rl_currency currency;
    if (rl_currency_find(code, 3, &currency) != RL_OK || strcmp(code, "EUR") == 0)
      continue;
    if (written == RL_ECB_RATES_MAX) {
      size_t full = used;
      snprintf(xml + full, sizeof xml - full, "%s", TAIL);
      cr_assert_eq(parse(xml), RL_OK);
      cr_assert_eq(fixing.count, RL_ECB_RATES_MAX);
    }
    used += (size_t)snprintf(xml + used, sizeof xml - used,
                             "<Cube currency='%s' rate='2'/>\n", code);
    written++;
  }
  snprintf(xml + used, sizeof xml - used, "%s", TAIL);
  cr_assert_eq(parse(xml), RL_OUT_OF_RANGE);
}

Test(feed_ecb, file_is_read_up_to_its_size_bound_and_not_above)
{
  static char xml[RL_ECB_XML_MAX + 2];
  static const char document[] = HEAD DAY USD TAIL;
  memset(xml, ' ', sizeof xml);
  memcpy(xml, document, sizeof document - 1);
  cr_assert_eq(rl_ecb_parse(xml, RL_ECB_XML_MAX, "f", &fixing, &error), RL_OK);
  cr_assert_eq(rl_ecb_parse(xml, RL_ECB_XML_MAX + 1, "f", &fixing, &error), RL_OUT_OF_RANGE);
}

Test(feed_ecb, errors_may_be_left_unasked)
{
  static const char wrong[] = HEAD;
  cr_assert_eq(rl_ecb_parse(wrong, sizeof wrong - 1, "f", &fixing, NULL), RL_INVALID);
}
