#include "reader.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A document of one version around its statements. */
#define DOCUMENT(version, statements)                                                        \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                             \
  "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001." version "\"><BkToCstmrStmt>" \
  "<GrpHdr><MsgId>M1</MsgId></GrpHdr>\n" statements "</BkToCstmrStmt></Document>\n"
#define ACCOUNT "<Acct><Id><IBAN>DE02 1203 0000 0000 2020 51</IBAN></Id><Ccy>EUR</Ccy></Acct>\n"
#define BALANCE_IN(code, sign, amount, date, currency)                                          \
  "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"" currency "\">" amount     \
  "</Amt><CdtDbtInd>" sign "</CdtDbtInd><Dt><Dt>" date "</Dt></Dt></Bal>\n"
#define BALANCE(code, sign, amount, date) BALANCE_IN(code, sign, amount, date, "EUR")
#define DATES(booked, value) \
  "<BookgDt><Dt>" booked "</Dt></BookgDt><ValDt><Dt>" value "</Dt></ValDt>"
#define ENTRY(amount, sign, more)                                              \
  "<Ntry><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>" sign "</CdtDbtInd>"     \
  "<Sts>BOOK</Sts>" DATES("2024-03-12", "2024-03-13") more "</Ntry>\n"
#define STATEMENT(opening, entries, closing)                                     \
  "<Stmt><Id>S</Id>\n" ACCOUNT BALANCE("OPBD", "CRDT", opening, "2024-03-11")    \
  BALANCE("CLBD", "CRDT", closing, "2024-03-12") entries "</Stmt>\n"
#define ONE(entries, closing) DOCUMENT("02", STATEMENT("100.00", entries, closing))

static void expect(const char *xml, const char *wanted)
{
  reader_expect(xml, RL_FORMAT_UNKNOWN, NULL, wanted);
  cr_assert_eq(reader_statements.format, RL_FORMAT_CAMT053);
}

static void expect_refused(const char *xml, rl_status status, unsigned line, const char *field)
{
  reader_expect_refused(xml, RL_FORMAT_CAMT053, NULL, status, line, field);
}

Test(camt, entry_is_a_movement_with_its_dates_and_references)
{
  expect(ONE(ENTRY("8.85", "CRDT",
                   "<NtryRef>N1</NtryRef><AcctSvcrRef>BANK/1</AcctSvcrRef><NtryDtls><TxDtls><Refs>"
                   "<EndToEndId>INV-7</EndToEndId></Refs></TxDtls></NtryDtls>"), "108.85"),
         "7 2024-03-13/2024-03-12 8.85 EUR N1 BANK/1 INV-7\n");
  const rl_statement *statement = &reader_statements.statements[0];
  cr_assert_str_eq(statement->account, "DE02120300000000202051");
  cr_assert(statement->balanced);
  cr_assert_eq(statement->opening_minor, 10000);
  cr_assert_eq(statement->closing_minor, 10885);
  cr_assert_eq(statement->from.day, statement->to.day);
}

Test(camt, versions_differ_in_what_is_read_alike)
{
  expect(DOCUMENT("08", "<Stmt><Acct><Id><Othr><Id>12-34</Id></Othr></Id></Acct>\n"
                  BALANCE("OPBD", "DBIT", "1.00", "2024-03-11")
                  BALANCE("CLBD", "CRDT", "1.50", "2024-03-12")
                  "<Ntry><Amt Ccy='EUR'>2.5</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
                  "<Sts><Cd>BOOK</Cd></Sts>"
                  "<BookgDt><DtTm>2024-03-12T23:59:00+01:00</DtTm></BookgDt></Ntry></Stmt>"),
         "6 2024-03-12/2024-03-12 2.50 EUR\n");
  cr_assert_str_eq(reader_statements.statements[0].account, "12-34");
  expect(DOCUMENT("13", STATEMENT("1.00", "", "1.00")), "");
  expect("<p:Document xmlns:p='urn:iso:std:iso:20022:tech:xsd:camt.053.001.04'><p:BkToCstmrStmt>"
         "<p:Stmt><p:Bal><p:Tp><p:CdOrPrtry><p:Cd>PRCD</p:Cd></p:CdOrPrtry></p:Tp>"
         "<p:Amt Ccy='JPY'>7</p:Amt><p:CdtDbtInd>CRDT</p:CdtDbtInd><p:Dt><p:Dt>2024-03-11</p:Dt>"
         "</p:Dt></p:Bal><p:Bal><p:Tp><p:CdOrPrtry><p:Cd>CLBD</p:Cd></p:CdOrPrtry></p:Tp>"
         "<p:Amt Ccy='JPY'>7</p:Amt><p:CdtDbtInd>CRDT</p:CdtDbtInd><p:Dt><p:Dt>2024-03-12</p:Dt>"
         "</p:Dt></p:Bal></p:Stmt></p:BkToCstmrStmt></p:Document>", "");
}

Test(camt, several_statements_are_read_in_order)
{
  expect(DOCUMENT("02", STATEMENT("100.00", ENTRY("1.00", "CRDT", ""), "101.00")
                  STATEMENT("101.00", ENTRY("2.00", "DBIT", ""), "99.00")),
         "7 2024-03-13/2024-03-12 1.00 EUR\n13 2024-03-13/2024-03-12 -2.00 EUR\n");
  cr_assert_eq(reader_statements.count, 2);
  cr_assert_eq(reader_statements.items.items[1].statement, 1);
}

Test(camt, batch_is_one_movement_with_all_its_references)
{
  expect(ONE(ENTRY("30.00", "DBIT",
                   "<NtryDtls><Btch><PmtInfId>PAY-1</PmtInfId></Btch>"
                   "<TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy='EUR'>10.00</Amt>"
                   "<CdtDbtInd>DBIT</CdtDbtInd></TxDtls>"
                   "<TxDtls><Refs><EndToEndId>E2</EndToEndId><InstrId>E2</InstrId></Refs>"
                   "<AmtDtls><TxAmt><Amt Ccy='USD'>20.00</Amt></TxAmt></AmtDtls></TxDtls>"
                   "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls>"
                   "</NtryDtls>"), "70.00"),
         "7 2024-03-13/2024-03-12 -30.00 EUR PAY-1 E1 E2\n");
}

Test(camt, reversal_goes_the_way_it_says)
{
  expect(ONE(ENTRY("5.00", "CRDT", "<RvslInd>true</RvslInd>"), "105.00"),
         "7 2024-03-13/2024-03-12 5.00 EUR\n");
}

Test(camt, what_is_not_booked_is_pending_or_left_out)
{
  expect(ONE("<Ntry><Amt Ccy='EUR'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts>"
             DATES("2024-03-14", "2024-03-14") "</Ntry>\n"
             "<Ntry><Amt Ccy='EUR'>6</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
             "<Sts><Cd>INFO</Cd></Sts></Ntry>\n"
             ENTRY("0.00", "CRDT", "<NtryRef>Z</NtryRef>"), "100.00"),
         "7 2024-03-14/2024-03-14 5.00 EUR pending\n");
  cr_assert_eq(reader_statements.zeros, 1);
  cr_assert_eq(reader_statements.statements[0].to.day, 19794); /* 2024-03-12 */
}

Test(camt, balances_that_do_not_hold_are_refused_with_both_figures)
{
  expect_refused(ONE(ENTRY("8.85", "CRDT", ""), "108.84"), RL_INVALID, 8, "closing balance");
  cr_assert(strstr(reader_error.text, "108.85"));
  cr_assert(strstr(reader_error.text, "108.84"));
  expect_refused(ONE("", "108.84"), RL_INVALID, 7, "closing balance");
}

Test(camt, balances_in_two_currencies_are_refused)
{
  expect_refused(DOCUMENT("02", "<Stmt>" BALANCE("OPBD", "CRDT", "1.00", "2024-03-11")
                          BALANCE_IN("CLBD", "CRDT", "1.00", "2024-03-12", "SEK") "</Stmt>"),
                 RL_INVALID, 5, "closing balance");
  expect_refused(ONE("<Ntry><Amt Ccy='USD'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
                     DATES("2024-03-12", "2024-03-12") "</Ntry>\n", "105.00"),
                 RL_INVALID, 8, "an entry");
  expect_refused(ONE(ENTRY("1.00", "CRDT", "")
                     "<Ntry><Amt Ccy='USD'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
                     DATES("2024-03-12", "2024-03-12") "</Ntry>\n", "106.00"),
                 RL_INVALID, 9, "an entry");
}

Test(camt, balances_that_are_missing_are_refused)
{
  expect_refused(DOCUMENT("02", "<Stmt>\n" BALANCE("CLBD", "CRDT", "1.00", "2024-03-11") "</Stmt>"),
                 RL_INVALID, 5, "opening balance");
  expect_refused(DOCUMENT("02", "<Stmt>\n" BALANCE("OPBD", "CRDT", "1.00", "2024-03-11")
                          BALANCE("CLAV", "CRDT", "1.00", "2024-03-11") "</Stmt>"),
                 RL_INVALID, 6, "closing balance");
}

Test(camt, interim_balances_stand_for_those_of_pages)
{
  expect(DOCUMENT("02", "<Stmt>" BALANCE("ITBD", "CRDT", "1.00", "2024-03-11")
                  BALANCE("ITBD", "CRDT", "3.00", "2024-03-12") ENTRY("2", "CRDT", "") "</Stmt>"),
         "5 2024-03-13/2024-03-12 2.00 EUR\n");
}

#define REFUSED_ENTRY(line, field, xml) \
  expect_refused(ONE(xml "\n", "100.00"), RL_INVALID, line, field)

Test(camt, entries_without_a_part_are_refused)
{
  REFUSED_ENTRY(7, "Sts", "<Ntry></Ntry>");
  REFUSED_ENTRY(7, "Sts", "<Ntry><Sts>BOOKED</Sts></Ntry>");
  REFUSED_ENTRY(7, "Ntry", "<Ntry><Sts>BOOK</Sts></Ntry>");
  REFUSED_ENTRY(7, "Ntry", "<Ntry><Amt Ccy='EUR'>1</Amt><Sts>BOOK</Sts></Ntry>");
  REFUSED_ENTRY(7, "Ntry", "<Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>DBIT</CdtDbtInd>"
                "<Sts>BOOK</Sts></Ntry>");
  REFUSED_ENTRY(7, "CdtDbtInd", "<Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>debit</CdtDbtInd></Ntry>");
  REFUSED_ENTRY(7, "Amt", "<Ntry><Amt>1</Amt></Ntry>");
  REFUSED_ENTRY(7, "Amt", "<Ntry><Amt Ccy='XAU'>1</Amt></Ntry>");
  REFUSED_ENTRY(7, "Amt", "<Ntry><Amt Ccy='EUR'>1,00</Amt></Ntry>");
  REFUSED_ENTRY(7, "Amt", "<Ntry><Amt Ccy='EUR'>-1.00</Amt></Ntry>");
  REFUSED_ENTRY(7, "Amt", "<Ntry><Amt Ccy='EUR'>1</Amt><Amt Ccy='EUR'>1</Amt></Ntry>");
  REFUSED_ENTRY(7, "Dt", "<Ntry><ValDt><Dt>12.03.2024</Dt></ValDt></Ntry>");
  REFUSED_ENTRY(7, "DtTm", "<Ntry><ValDt><DtTm>2024-02-30T10:00:00</DtTm></ValDt></Ntry>");
  expect_refused(ONE("<Ntry><Amt Ccy='EUR'>1.005</Amt></Ntry>", "100.00"), RL_OUT_OF_RANGE, 7,
                 "Amt");
}

Test(camt, what_is_no_statement_is_refused)
{
  expect_refused("", RL_INVALID, 1, "");
  expect_refused("<html/>", RL_INVALID, 1, "");
  expect_refused("<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.052.001.02'/>", RL_INVALID,
                 1, "");
  expect_refused(DOCUMENT("02", ""), RL_INVALID, 4, "");
  expect_refused("<!DOCTYPE Document><Document/>", RL_INVALID, 1, "DOCTYPE");
}
