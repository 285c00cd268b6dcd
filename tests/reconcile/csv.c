#include "reader.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_csv_form form_of(const char *columns)
{
  rl_csv_form form = rl_csv_form_default();
  rl_error error = {0};
  cr_assert_eq(rl_csv_columns_parse(columns, &form, &error), RL_OK, "%s", error.text);
  return form;
}

static void expect(const char *columns, const char *text, const char *wanted)
{
  rl_csv_form form = form_of(columns);
  reader_expect(text, RL_FORMAT_UNKNOWN, &form, wanted);
  cr_assert_eq(reader_statements.format, RL_FORMAT_CSV);
}

static void expect_refused(const char *columns, const char *text, rl_status status, unsigned line,
                           const char *field)
{
  rl_csv_form form = form_of(columns);
  reader_expect_refused(text, RL_FORMAT_CSV, &form, status, line, field);
}

#define BY_NUMBER "date=1,amount=2,currency=3,reference=4"
#define BY_TITLE "date=Date,amount=Sum,currency=Cur,reference=Text"

Test(csv, columns_are_found_by_number)
{
  expect(BY_NUMBER, "2024-03-12,-8.85,EUR,INV-7\n2024-03-13,+5,JPY,\n",
         "1 2024-03-12/2024-03-12 -8.85 EUR INV-7\n2 2024-03-13/2024-03-13 5 JPY\n");
  cr_assert_not(reader_statements.statements[0].balanced);
  cr_assert_eq(reader_statements.statements[0].to.day - reader_statements.statements[0].from.day,
               1);
}

Test(csv, columns_are_found_by_title_behind_skipped_lines)
{
  rl_csv_form form = form_of(BY_TITLE);
  form.skipped = 2;
  reader_expect("\xef\xbb\xbf" "Account,\"\nof,us\n\nText,Cur,Sum,Date\nA,EUR,1,2024-03-12\n",
                RL_FORMAT_CSV, &form, "5 2024-03-12/2024-03-12 1.00 EUR A\n");
}

Test(csv, numbers_dates_and_separators_are_as_declared)
{
  rl_csv_form form = form_of("date=1,booked=2,debit=3,credit=4");
  form.separator = ';';
  form.point = ',';
  cr_assert_eq(rl_currency_find("EUR", 3, &form.currency), RL_OK);
  snprintf(form.date_form, sizeof form.date_form, "DD.MM.YYYY");
  reader_expect("12.03.2024;11.03.2024;8,85;\r\n12.03.2024;12.03.2024;;1,5\r\n\r\n"
                "12.03.2024;12.03.2024;0,00;2\r\n12.03.2024;12.03.2024;0;0\r\n",
                RL_FORMAT_CSV, &form,
                "1 2024-03-12/2024-03-11 -8.85 EUR\n2 2024-03-12/2024-03-12 1.50 EUR\n"
                "4 2024-03-12/2024-03-12 2.00 EUR\n");
  cr_assert_eq(reader_statements.zeros, 1);
}

Test(csv, quoted_fields_hold_separators_quotes_and_lines)
{
  expect(BY_NUMBER, "\"2024-03-12\",1,\"EUR\",\"A, \"\"B\"\"\nC\"\n2024-03-12,2,EUR,D\"E\n"
         "2024-03-12,3,EUR,\"\"\n2024-03-12 , 4 ,EUR, F",
         "1 2024-03-12/2024-03-12 1.00 EUR A, \"B\"\nC\n3 2024-03-12/2024-03-12 2.00 EUR D\"E\n"
         "4 2024-03-12/2024-03-12 3.00 EUR\n5 2024-03-12/2024-03-12 4.00 EUR F\n");
}

Test(csv, file_may_end_within_an_empty_field)
{
  expect(BY_NUMBER, "2024-03-12,1,EUR,", "1 2024-03-12/2024-03-12 1.00 EUR\n");
}

Test(csv, rows_of_another_form_are_refused)
{
  expect_refused(BY_NUMBER, "2024-03-12,1,EUR\n", RL_INVALID, 1, "");
  expect_refused(BY_NUMBER, "2024-03-12,1,EUR,A\nTotal,1,EUR,\n", RL_INVALID, 2, "date");
  expect_refused(BY_NUMBER, "2024-02-30,1,EUR,\n", RL_OUT_OF_RANGE, 1, "date");
  expect_refused(BY_NUMBER, "2024-03-12,1.005,EUR,\n", RL_OUT_OF_RANGE, 1, "amount");
  expect_refused(BY_NUMBER, "2024-03-12,\"1,000.00\",EUR,\n", RL_INVALID, 1, "amount");
  expect_refused(BY_NUMBER, "2024-03-12,--1,EUR,\n", RL_INVALID, 1, "amount");
  expect_refused(BY_NUMBER, "2024-03-12,,EUR,\n", RL_INVALID, 1, "amount");
  expect_refused(BY_NUMBER, "2024-03-12,1,Euro,\n", RL_INVALID, 1, "currency");
  expect_refused(BY_NUMBER, "2024-03-12,1,EUR,\"A\n\n", RL_INVALID, 1, "");
  expect_refused(BY_NUMBER, "2024-03-12,1,EUR,\"A\"B\n", RL_INVALID, 1, "");
  expect_refused(BY_NUMBER, "", RL_INVALID, 1, "");
  expect_refused("date=1,debit=2,credit=3,currency=4", "2024-03-12,1,2,EUR\n", RL_INVALID, 1,
                 "amount");
  expect_refused("date=1,debit=2,credit=3,currency=4", "2024-03-12,,,EUR\n", RL_INVALID, 1,
                 "amount");
  expect_refused("date=1,debit=2,credit=3,currency=4", "2024-03-12,-1,,EUR\n", RL_INVALID, 1,
                 "debit");
}

Test(csv, titles_must_be_there_once)
{
  expect_refused(BY_TITLE, "Date,Sum,Currency,Text\n", RL_INVALID, 1, "Cur");
  expect_refused(BY_TITLE, "Date,Sum,Cur,Text,Sum\n", RL_INVALID, 1, "Sum");
  expect_refused(BY_TITLE, "Date,Sum,Cur,Text\n", RL_INVALID, 2, "");
}

static void expect_bad_columns(const char *columns)
{
  rl_csv_form form = rl_csv_form_default();
  rl_error error = {0};
  cr_assert_eq(rl_csv_columns_parse(columns, &form, &error), RL_INVALID, "%s", columns);
  cr_assert_neq(error.text[0], '\0');
  cr_assert_eq(form.columns[RL_CSV_DATE].number, 0);
}

Test(csv, columns_are_declared_by_name_and_place)
{
  expect_bad_columns("");
  expect_bad_columns("date");
  expect_bad_columns("date=");
  expect_bad_columns("date=1,");
  expect_bad_columns("date=1,amonut=2");
  expect_bad_columns("date=1,date=2");
  expect_bad_columns("date=0");
  expect_bad_columns("date=257");
  expect_bad_columns("date=99999999999999999999");
  cr_assert_eq(form_of("date=256").columns[RL_CSV_DATE].number, 256);
  cr_assert_str_eq(form_of("date=Value date").columns[RL_CSV_DATE].title, "Value date");
}

static rl_status check(const char *columns, const char *currency, char separator, char point)
{
  rl_csv_form form = form_of(columns);
  rl_error error = {0};
  form.separator = separator;
  form.point = point;
  if (currency)
    cr_assert_eq(rl_currency_find(currency, 3, &form.currency), RL_OK);
  rl_status status = rl_csv_form_check(&form, &error);
  cr_assert_eq(status == RL_OK, error.text[0] == '\0');
  return status;
}

Test(csv, declaration_must_be_whole)
{
  cr_assert_eq(check("date=1,amount=2,currency=3", NULL, ',', '.'), RL_OK);
  cr_assert_eq(check("date=1,amount=2", "EUR", ',', '.'), RL_OK);
  cr_assert_eq(check("date=1,debit=2,credit=3", "EUR", ';', ','), RL_OK);
  cr_assert_eq(check("amount=2", "EUR", ',', '.'), RL_INVALID);
  cr_assert_eq(check("date=1,amount=2", NULL, ',', '.'), RL_INVALID);
  cr_assert_eq(check("date=1,amount=2,currency=3", "EUR", ',', '.'), RL_INVALID);
  cr_assert_eq(check("date=1,debit=2", "EUR", ',', '.'), RL_INVALID);
  cr_assert_eq(check("date=1,debit=2,credit=3,amount=4", "EUR", ',', '.'), RL_INVALID);
  cr_assert_eq(check("date=1,amount=2", "EUR", ',', ','), RL_INVALID);
  cr_assert_eq(check("date=1,amount=2", "EUR", '"', '.'), RL_INVALID);
  cr_assert_eq(check("date=1,amount=2", "EUR", '\n', '.'), RL_INVALID);
  cr_assert_eq(check("date=1,amount=2", "EUR", ',', '5'), RL_INVALID);
}

Test(csv, rows_end_at_their_limits)
{
  static char text[70000];
  rl_csv_form form = form_of("date=1,amount=2,currency=3,reference=4");
  int used = snprintf(text, sizeof text, "2024-03-12,1,EUR,");
  size_t most = 65536 - strlen("2024-03-121EUR");
  memset(text + used, 'x', most);
  cr_assert_eq(reader_read(text, RL_FORMAT_CSV, &form), RL_OK, "%s", reader_error.text);
  text[used + (int)most] = 'x';
  reader_expect_refused(text, RL_FORMAT_CSV, &form, RL_OUT_OF_RANGE, 1, "");
}
