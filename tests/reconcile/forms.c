#include "reconcile/forms.h"

#include <criterion/criterion.h>
#include <string.h>

static rl_currency currency(const char *code)
{
  rl_currency found;
  cr_assert_eq(rl_currency_find(code, 3, &found), RL_OK);
  return found;
}

static void expect_minor(const char *text, char point, const char *code, int64_t wanted)
{
  int64_t minor = -1;
  cr_assert_eq(rl_minor_parse(text, strlen(text), point, currency(code), &minor), RL_OK, "%s",
               text);
  cr_assert_eq(minor, wanted, "%s", text);
}

static void expect_no_minor(const char *text, char point, const char *code, rl_status status)
{
  int64_t minor = -1;
  cr_assert_eq(rl_minor_parse(text, strlen(text), point, currency(code), &minor), status, "%s",
               text);
  cr_assert_eq(minor, -1);
}

Test(forms, amounts_have_as_many_decimals_as_they_like)
{
  expect_minor("9,", ',', "EUR", 900);
  expect_minor("9", ',', "EUR", 900);
  expect_minor("9,5", ',', "EUR", 950);
  expect_minor("1234,56", ',', "EUR", 123456);
  expect_minor("1234.56000", '.', "EUR", 123456);
  expect_minor("0,00", ',', "EUR", 0);
  expect_minor("007,", ',', "JPY", 7);
  expect_minor("7,00", ',', "JPY", 7);
  expect_minor("7.125", '.', "KWD", 7125);
  expect_minor("7.1255", '.', "CLF", 71255);
}

Test(forms, decimals_that_the_currency_has_not_are_refused)
{
  expect_no_minor("1.005", '.', "EUR", RL_OUT_OF_RANGE);
  expect_no_minor("7.5", '.', "JPY", RL_OUT_OF_RANGE);
  expect_no_minor("7.1255", '.', "KWD", RL_OUT_OF_RANGE);
}

Test(forms, amounts_end_at_their_limit)
{
  expect_minor("10000000000000.00", '.', "EUR", RL_AMOUNT_MAX);
  expect_no_minor("10000000000000.01", '.', "EUR", RL_OUT_OF_RANGE);
  expect_minor("1000000000000000", '.', "JPY", RL_AMOUNT_MAX);
  expect_no_minor("1000000000000001", '.', "JPY", RL_OUT_OF_RANGE);
  expect_no_minor("99999999999999999999999999999999", '.', "JPY", RL_OUT_OF_RANGE);
}

Test(forms, other_forms_of_amounts_are_refused)
{
  static const char *const texts[] = {"", ",", ".", ",5", "1,2,3", "1.5", "-1", "+1", " 1", "1 000",
                                      "1e3", "0x1", "1,5 "};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    expect_no_minor(texts[i], ',', "EUR", RL_INVALID);
}

static void expect_date(const char *text, const char *form, const char *wanted)
{
  rl_date date;
  char shown[RL_DATE_TEXT_SIZE];
  cr_assert(rl_date_form_is_valid(form));
  cr_assert_eq(rl_date_read(text, strlen(text), form, &date), RL_OK, "%s", text);
  rl_date_format(date, shown);
  cr_assert_str_eq(shown, wanted);
}

static void expect_no_date(const char *text, const char *form, rl_status status)
{
  rl_date date = {77};
  cr_assert_eq(rl_date_read(text, strlen(text), form, &date), status, "%s", text);
  cr_assert_eq(date.day, 77);
}

Test(forms, dates_are_of_the_declared_form)
{
  expect_date("2024-03-12", "YYYY-MM-DD", "2024-03-12");
  expect_date("12.03.2024", "DD.MM.YYYY", "2024-03-12");
  expect_date("03/12/24", "MM/DD/YY", "2024-03-12");
  expect_date("20240229", "YYYYMMDD", "2024-02-29");
  expect_date("790101", "YYMMDD", "2079-01-01");
  expect_date("800101", "YYMMDD", "1980-01-01");
  expect_date("991231", "YYMMDD", "1999-12-31");
  expect_no_date("2024-3-12", "YYYY-MM-DD", RL_INVALID);
  expect_no_date("2024-03-12 ", "YYYY-MM-DD", RL_INVALID);
  expect_no_date("2024/03/12", "YYYY-MM-DD", RL_INVALID);
  expect_no_date("", "YYYY-MM-DD", RL_INVALID);
  expect_no_date("2023-02-29", "YYYY-MM-DD", RL_OUT_OF_RANGE);
  expect_no_date("2024-13-01", "YYYY-MM-DD", RL_OUT_OF_RANGE);
  expect_no_date("0000-01-01", "YYYY-MM-DD", RL_OUT_OF_RANGE);
}

Test(forms, date_forms_name_year_month_and_day_once)
{
  static const char *const bad[] = {"", "YYYY-MM", "YYYY-MM-DD-DD", "YYYY-M-D", "YYY-MM-DD",
                                    "YYYYMMDDYY", "YYYY-MMM-DD", "yyyy-mm-dd"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    cr_assert_not(rl_date_form_is_valid(bad[i]), "%s", bad[i]);
}
