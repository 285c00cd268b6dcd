#include "reader.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD ":20:REF\n:25:10020030/1234567\n:28C:1/1\n:60F:C240311EUR100,\n"
#define TAIL(closing) ":62F:C240312EUR" closing "\n"
#define ENTRY_LINE 5 /* of the first line behind HEAD */

static void expect(const char *text, const char *wanted)
{
  reader_expect(text, RL_FORMAT_UNKNOWN, NULL, wanted);
  cr_assert_eq(reader_statements.format, RL_FORMAT_MT940);
}

static void expect_refused(const char *text, rl_status status, unsigned line, const char *field)
{
  reader_expect_refused(text, RL_FORMAT_MT940, NULL, status, line, field);
}

Test(mt940, line_is_a_movement_with_its_references)
{
  expect(HEAD ":61:2403130312C8,85NTRFINV-7//BANK1\nsupplementary details\n" TAIL("108,85") "-\n",
         "5 2024-03-13/2024-03-12 8.85 EUR INV-7 BANK1\n");
  const rl_statement *statement = &reader_statements.statements[0];
  cr_assert_str_eq(statement->account, "10020030/1234567");
  cr_assert_eq(statement->opening_minor, 10000);
  cr_assert_eq(statement->closing_minor, 10885);
  cr_assert(statement->balanced);
}

Test(mt940, lines_come_in_many_dialects)
{
  expect(HEAD ":61:240312C1,NMSCNONREF\n"     /* no entry date, no decimals, no reference */
         ":61:240312    DD2,5NMSCX//\n"       /* blanks for the entry date, and a funds code */
         ":61:2403120312CR3,00N426NONREF\n"   /* a funds code R is no reversal */
         ":61:2403120312RC4,NTRFA\n"          /* a credit reversed, and a debit */
         ":61:2403120312RD5,NTRFB\n"
         ":61:2403120312RDR6,FTRFC\n"
         ":61:2403120312EC7,NTRFD\n"          /* expected, not booked */
         ":61:2403120312C0,00NTRFE\n" TAIL("108,5"),
         "5 2024-03-12/2024-03-12 1.00 EUR\n"
         "6 2024-03-12/2024-03-12 -2.50 EUR X\n"
         "7 2024-03-12/2024-03-12 3.00 EUR\n"
         "8 2024-03-12/2024-03-12 -4.00 EUR A\n"
         "9 2024-03-12/2024-03-12 5.00 EUR B\n"
         "10 2024-03-12/2024-03-12 6.00 EUR C\n"
         "11 2024-03-12/2024-03-12 7.00 EUR D pending\n");
  cr_assert_eq(reader_statements.zeros, 1);
}

Test(mt940, entry_date_is_in_the_year_nearest_the_value_date)
{
  expect(":20:R\n:25:1\n:60F:C231229EUR0,\n:61:2401021229C1,NTRFA\n:61:2312290102C1,NTRFB\n"
         ":61:2403010229C1,NTRFC\n:62F:C240102EUR3,\n",
         "4 2024-01-02/2023-12-29 1.00 EUR A\n"
         "5 2023-12-29/2024-01-02 1.00 EUR B\n"
         "6 2024-03-01/2024-02-29 1.00 EUR C\n");
}

Test(mt940, several_messages_with_and_without_headers_are_read)
{
  expect("ABNANL2A\r\n940\r\nABNANL2A\r\n:20:A\r\n:25:1\r\n:28C:1\r\n:60M:D240311JPY5,\r\n"
         ":61:240312C7,NTRFA\r\n:86:text\r\n\r\nmore\r\n:62M:C240312JPY2,\r\n"
         ":64:C240312JPY2,\r\n-\r\n"
         "{1:F01BANKDEFFAXXX0000000000}{2:O9400000000000}{4:\r\n:20:B\r\n:25:2\r\n"
         ":60F:C240312KWD1,125\r\n:61:240312D0,005NTRFB\r\n:62F:C240312KWD1,12\r\n-}{5:{CHK:1}}\r\n"
         "{1:F01}{4::20:C\r\n:60F:C240312EUR0,\r\n:62F:C240312EUR0,\r\n-}",
         "8 2024-03-12/2024-03-12 7 JPY A\n"
         "19 2024-03-12/2024-03-12 -0.005 KWD B\n");
  cr_assert_eq(reader_statements.count, 3);
  cr_assert_str_eq(reader_statements.statements[1].account, "2");
}

Test(mt940, information_names_references_in_three_ways)
{
  expect(HEAD ":61:240312C1,NTRFNONREF\n:86:166?00CREDIT?20EREF+INV-2024-\n0001?21-X?22KREF+K1\n"
         "?23SVWZ+text EREF+S?30BIC\n"
         ":61:240312C1,NTRFNONREF\n:86:/TRTP/SEPA/EREF/INV8/REMI/text/\n"
         ":61:240312C1,NTRFNONREF\n:86:EREF+INV9 SVWZ+KREF+\n" TAIL("103,"),
         "5 2024-03-12/2024-03-12 1.00 EUR INV-2024-0001-X K1 S\n"
         "9 2024-03-12/2024-03-12 1.00 EUR INV8\n"
         "11 2024-03-12/2024-03-12 1.00 EUR INV9\n");
}

Test(mt940, information_of_the_statement_belongs_to_no_entry)
{
  expect(HEAD ":61:240312C1,NTRFA\n" TAIL("101,") ":86:EREF+X\n",
         "5 2024-03-12/2024-03-12 1.00 EUR A\n");
  expect(HEAD ":61:240312C1,NTRFA\n:86:EREF+Y\n:86:EREF+X\n" TAIL("101,"),
         "5 2024-03-12/2024-03-12 1.00 EUR A Y\n");
}

Test(mt940, balances_that_do_not_hold_are_refused_with_both_figures)
{
  expect_refused(HEAD ":61:240312C1,NTRFA\n" TAIL("101,01"), RL_INVALID, 6, "closing balance");
  cr_assert(strstr(reader_error.text, "101.00"));
  cr_assert(strstr(reader_error.text, "101.01"));
  expect_refused(HEAD ":61:240312C1,NTRFA\n", RL_INVALID, 5, "closing balance");
  expect_refused(":20:A\n:25:1\n:62F:C240312EUR1,\n-\n", RL_INVALID, 4, "opening balance");
  expect_refused(HEAD ":62F:C240312USD100,\n", RL_INVALID, 5, "closing balance");
}

Test(mt940, period_is_from_the_first_booking_or_the_day_after_the_opening)
{
  expect(HEAD ":61:2403050312C1,NTRFA\n" TAIL("101,"), "5 2024-03-05/2024-03-12 1.00 EUR A\n");
  cr_assert_eq(reader_statements.statements[0].from.day, 19794); /* 2024-03-12 */
  cr_assert_eq(reader_statements.statements[0].to.day, 19794);
  expect(HEAD ":61:2403110311C1,NTRFA\n:61:2403130313C1,NTRFA\n" TAIL("102,"),
         "5 2024-03-11/2024-03-11 1.00 EUR A\n6 2024-03-13/2024-03-13 1.00 EUR A\n");
  cr_assert_eq(reader_statements.statements[0].from.day, 19793);
  cr_assert_eq(reader_statements.statements[0].to.day, 19795);
  expect(":20:A\n:60F:C240312EUR1,\n:62F:C240312EUR1,\n", "");
  cr_assert_eq(reader_statements.statements[0].from.day, 19794);
}

#define REFUSED_LINE(status, field, line) \
  expect_refused(HEAD ":61:" line "\n" TAIL("100,"), status, ENTRY_LINE, field)

Test(mt940, lines_of_another_form_are_refused)
{
  REFUSED_LINE(RL_INVALID, "61 date", "");
  REFUSED_LINE(RL_INVALID, "61 date", "2403");
  REFUSED_LINE(RL_INVALID, "61 date", "24O312C1,NTRFA");
  REFUSED_LINE(RL_OUT_OF_RANGE, "61 date", "240230C1,NTRFA");
  REFUSED_LINE(RL_OUT_OF_RANGE, "61 date", "2403121332C1,NTRFA");
  REFUSED_LINE(RL_INVALID, "61 mark", "240312");
  REFUSED_LINE(RL_INVALID, "61 mark", "240312X1,NTRFA");
  REFUSED_LINE(RL_INVALID, "61 mark", "240312R1,NTRFA");
  REFUSED_LINE(RL_INVALID, "61 amount", "240312C");
  REFUSED_LINE(RL_INVALID, "61 amount", "240312C,5NTRFA");
  REFUSED_LINE(RL_OUT_OF_RANGE, "61 amount", "240312C1,005NTRFA");
  REFUSED_LINE(RL_INVALID, "61 type", "240312C1.00NTRFA");
  REFUSED_LINE(RL_INVALID, "61 type", "240312C1,00");
  REFUSED_LINE(RL_INVALID, "61 type", "240312C1,00NTR");
}

Test(mt940, balances_of_another_form_are_refused)
{
  static const char *const bad[] = {"", "C240311EUR", "X240311EUR1,", "C24031EUR1,", "C240311EU1,",
                                    "C240311eur1,", "C240311EUR1.00", "C240311EUR-1,",
                                    "C240311XAU1,"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    char text[64];
    snprintf(text, sizeof text, ":20:A\n:60F:%s\n", bad[i]);
    expect_refused(text, RL_INVALID, 2, "balance");
  }
  expect_refused(":20:A\n:60F:C240230EUR1,\n", RL_OUT_OF_RANGE, 2, "balance");
}

Test(mt940, fields_out_of_place_are_refused)
{
  expect_refused(":20:A\n:61:240312C1,NTRFA\n", RL_INVALID, 2, "61");
  expect_refused(":25:A\n", RL_INVALID, 1, "");
  expect_refused("no statement\n", RL_INVALID, 1, "");
  expect_refused("", RL_INVALID, 0, "");
  expect_refused(":20:A\n:25:1\t2\n", RL_INVALID, 2, "account");
}

static char *information_of(size_t bytes)
{
  char *text = malloc(bytes + 256);
  int used = snprintf(text, 256, "%s", HEAD ":61:240312C1,NTRFA\n:86:");
  memset(text + used, 'x', bytes);
  snprintf(text + used + bytes, 64, "\n" TAIL("101,"));
  return text;
}

Test(mt940, information_ends_at_its_limit)
{
  char *text = information_of(4096);
  cr_assert_eq(reader_read(text, RL_FORMAT_MT940, NULL), RL_OK);
  free(text);
  text = information_of(4097);
  expect_refused(text, RL_OUT_OF_RANGE, 6, "86");
  free(text);
}
