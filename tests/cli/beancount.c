/* Accounts and transactions as beancount has them. What bean-check says of whole files is in
 * ledger.sh. */
#include "beancount.h"

#include "support/movements.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void expect_account(rl_account_kind kind, const char *name, const char *wanted)
{
  char account[RL_BEANCOUNT_ACCOUNT_SIZE];
  rl_beancount_account(kind, name, account);
  cr_expect_str_eq(account, wanted);
}

Test(beancount, accounts_have_their_places)
{
  expect_account(RL_ACCOUNT_CUSTOMER, "shop", "Assets:Receivable:Customer:Shop");
  expect_account(RL_ACCOUNT_COUNTERPARTY, "lp", "Assets:Receivable:Counterparty:Lp");
  expect_account(RL_ACCOUNT_SETTLEMENT, "main", "Assets:Bank:Main");
  expect_account(RL_ACCOUNT_FEE, "service", "Income:Fees:Service");
  expect_account(RL_ACCOUNT_SPREAD, "", "Income:Spread");
  expect_account(RL_ACCOUNT_ROUNDING, "", "Income:Rounding");
  expect_account(RL_ACCOUNT_POSITION, "", "Equity:Position");
}

Test(beancount, names_that_beancount_would_refuse_are_spelt_out)
{
  expect_account(RL_ACCOUNT_SETTLEMENT, "uid-1000", "Assets:Bank:Uid--1000");
  expect_account(RL_ACCOUNT_SETTLEMENT, "2nd account", "Assets:Bank:2nd-20account");
  expect_account(RL_ACCOUNT_SETTLEMENT, "Main", "Assets:Bank:X-00Main");
  expect_account(RL_ACCOUNT_SETTLEMENT, "_a:b", "Assets:Bank:X-00-5Fa-3Ab");
  expect_account(RL_ACCOUNT_SETTLEMENT, "caf\xc3\xa9", "Assets:Bank:Caf-C3-A9");
}

/* What beancount's lexer takes for one part of a name. */
static bool is_legal(const char *part)
{
  if (!isupper((unsigned char)part[0]) && !isdigit((unsigned char)part[0]))
    return false;
  return strspn(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")
         == strlen(part);
}

/* From a few letters that matter, so that names come near each other. */
static void random_name(rl_random *random, char out[RL_CLIENT_NAME_MAX + 1])
{
  static const char letters[] = "aAxX05-_ F";
  unsigned length = 1 + (unsigned)rl_random_below(random, 6);
  for (unsigned i = 0; i < length; i++)
    out[i] = letters[rl_random_below(random, sizeof letters - 1)];
  out[length] = '\0';
}

typedef struct named {
  char name[RL_CLIENT_NAME_MAX + 1];
  char account[RL_BEANCOUNT_ACCOUNT_SIZE];
} named;

static int compare(const void *left, const void *right)
{
  return strcmp(((const named *)left)->account, ((const named *)right)->account);
}

Test(beancount, two_names_are_never_one_account)
{
  enum { NAMES = 20000 };
  rl_random random = rl_random_from(rl_test_seed("beancount names"));
  named *all = calloc(NAMES, sizeof *all);
  for (unsigned i = 0; i < NAMES; i++) {
    random_name(&random, all[i].name);
    rl_beancount_account(RL_ACCOUNT_SETTLEMENT, all[i].name, all[i].account);
    cr_assert(is_legal(all[i].account + strlen("Assets:Bank:")), "%s", all[i].account);
  }
  qsort(all, NAMES, sizeof *all, compare);
  for (unsigned i = 1; i < NAMES; i++) {
    if (strcmp(all[i].account, all[i - 1].account) == 0)
      cr_assert_str_eq(all[i].name, all[i - 1].name);
  }
  free(all);
}

Test(beancount, longest_name_fits)
{
  char name[RL_CLIENT_NAME_MAX + 1] = "", account[RL_BEANCOUNT_ACCOUNT_SIZE];
  memset(name, '_', RL_CLIENT_NAME_MAX);
  rl_beancount_account(RL_ACCOUNT_COUNTERPARTY, name, account);
  cr_expect_eq(strlen(account), strlen("Assets:Receivable:Counterparty:X-00") + 3 * 31);
}

static char *written(const rl_transaction *transaction)
{
  char *text = NULL;
  size_t size;
  FILE *file = open_memstream(&text, &size);
  rl_beancount_put(file, 7, transaction);
  fclose(file);
  return text;
}

Test(beancount, transaction_has_the_other_signs_and_says_where_it_is_from)
{
  rl_movement movement = a_settlement();
  rl_transaction made;
  memcpy(movement.reference, "say \"a\\b\"", 10);
  cr_assert_eq(rl_ledger_move(&movement, NULL, "desk", "k-1", 1795372586131, &made), RL_OK);
  char *text = written(&made);
  cr_expect_str_eq(text,
                   "\n2026-11-22 * \"settlement\"\n"
                   "  number: 7\n"
                   "  posted: \"2026-11-22T18:36:26.131Z\"\n"
                   "  value-date: 2026-11-24\n"
                   "  by: \"desk\"\n"
                   "  key: \"k-1\"\n"
                   "  reference: \"say \\\"a\\\\b\\\"\"\n"
                   "  Assets:Receivable:Customer:Shop                             -100.00 EUR\n"
                   "  Assets:Bank:Main                                             100.00 EUR\n");
  free(text);
}

Test(beancount, file_begins_with_what_is_carried)
{
  rl_beancount book = {0};
  char *text = NULL;
  size_t size;
  rl_carried half = {.account = {.account = RL_ACCOUNT_FEE, .name = "a\"b"},
                     .minor = (rl_i128)RL_AMOUNT_MAX * 100000, .postings = 9};
  half.account.amount.currency = rl_test_currency("KWD");
  rl_beancount_note_carried(&book, (rl_date){20781}, &half);
  FILE *file = open_memstream(&text, &size);
  rl_beancount_open(file, &book, "all");
  rl_beancount_close(file, &book);
  fclose(file);
  cr_expect_not_null(strstr(text, "2026-11-24 open Income:Fees:A-22b\n"
                                  "  account: \"fee:a\\\"b\"\n"));
  cr_expect_not_null(strstr(text, "2026-11-24 * \"carried\" "));
  cr_expect_not_null(strstr(text, " -100000000000000000.000 KWD\n"));
  cr_expect_not_null(strstr(text, " -100000000000000000.000 ~ 0.000 KWD\n"));
  rl_beancount_free(&book);
  free(text);
}

Test(beancount, file_opens_what_it_uses_and_asserts_what_it_sums_to)
{
  rl_movement movement = a_settlement();
  rl_transaction made;
  rl_beancount book = {0};
  char *text = NULL;
  size_t size;
  cr_assert_eq(rl_ledger_move(&movement, NULL, "desk", "k", 1795372586131, &made), RL_OK);
  rl_beancount_note(&book, &made);
  made.posted_utc_ms += 24ll * 3600 * 1000;
  rl_beancount_note(&book, &made);
  FILE *file = open_memstream(&text, &size);
  rl_beancount_open(file, &book, "all");
  rl_beancount_close(file, &book);
  fclose(file);
  cr_expect_not_null(strstr(text, "2026-11-22 open Assets:Bank:Main\n"));
  cr_expect_not_null(strstr(text, "2026-11-24 balance Assets:Bank:Main "));
  cr_expect_not_null(strstr(text, " 200.00 ~ 0.00 EUR\n"));
  cr_expect_not_null(strstr(text, " -200.00 ~ 0.00 EUR\n"));
  rl_beancount_free(&book);
  free(text);
}
