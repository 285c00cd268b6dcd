/* `ratelock reconcile` over files of the test's own and a ledger in memory. */
#include "ledger_in_memory.h"

#include "cli.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MT940                                                                       \
  ":20:A\n:25:DE02 1203\n:60F:C240311EUR100,\n"                                     \
  ":61:2403120312C50,NTRFINV1\n:61:2403120312C20,NTRFINV2\n"                         \
  ":61:2403120312D5,NTRFFEE\n"                                                       \
  ":62F:C240312EUR165,\n"

static char folder[] = "/tmp/reconcile-command-XXXXXX";
static char file[64];
static char said[65536];

static void begin(void)
{
  cr_assert(mkdtemp(folder));
  snprintf(file, sizeof file, "%s/bank", folder);
  ledger_clear();
}

static void end(void)
{
  unlink(file);
  rmdir(folder);
}

/* Runs it on a file with the text, with more words parted by blanks; what it prints is in
 * `said`. */
static rl_exit run(const char *text, const char *words)
{
  static char room[512];
  char *argv[32] = {(char[]){"ratelock reconcile"}, file};
  int argc = 2;
  FILE *out = fopen(file, "w");
  fputs(text, out);
  fclose(out);
  snprintf(room, sizeof room, "%s", words);
  for (char *rest = room, *word; (word = strsep(&rest, " "));) {
    if (word[0])
      argv[argc++] = word;
  }
  ledger_complaint[0] = '\0';
  FILE *usual = stdout;
  stdout = fmemopen(said, sizeof said, "w");
  rl_cli cli = {0};
  rl_exit code = rl_command_reconcile(&cli, argc, argv);
  fputc('\0', stdout);
  fclose(stdout);
  stdout = usual;
  return code;
}

static void expect(rl_exit wanted, const char *text, const char *words, const char *saying)
{
  rl_exit code = run(text, words);
  cr_assert_eq(code, wanted, "%s: %d: %s\n%s", words, code, ledger_complaint, said);
  cr_assert(strstr(code <= RL_EXIT_REFUSED && !ledger_complaint[0] ? said : ledger_complaint,
                   saying), "%s: no \"%s\" in:\n%s%s", words, saying, ledger_complaint, said);
}

TestSuite(command, .init = begin, .fini = end);

static void settle_all(const char *account)
{
  ledger_settle(account, "2024-03-12", 5000, "EUR", "INV1");
  ledger_hedge("2024-03-12");
  ledger_settle(account, "2024-03-12", 2000, "EUR", "");
  ledger_settle(account, "2024-03-12", -500, "EUR", "");
  ledger_settle("other", "2024-03-12", 777, "EUR", "INV1");
}

Test(command, all_that_matches_ends_with_0)
{
  settle_all("DE021203");
  expect(RL_EXIT_DONE, MT940, "", "nothing open, 3 matched\n");
  cr_assert(strstr(said, "100.00 to 165.00 EUR, 3 booked"));
  cr_assert_not(strstr(said, "INV1"));
  expect(RL_EXIT_DONE, MT940, "--all", "INV1");
}

Test(command, whatever_is_open_ends_with_1)
{
  ledger_settle("main", "2024-03-12", 5001, "EUR", "INV1");
  ledger_settle("main", "2024-03-14", 2000, "EUR", "INV2");
  expect(RL_EXIT_REFUSED, MT940, "--account main", "3 open, 0 matched\n");
  cr_assert(strstr(said, "amount break"));
  cr_assert(strstr(said, "date break"));
  cr_assert(strstr(said, "missing here"));
  expect(RL_EXIT_REFUSED, MT940, "--account main --tolerance-minor 1 --tolerance-days 2",
         "1 open, 2 matched\n");
  ledger_settle("main", "2024-03-12", -500, "EUR", "");
  expect(RL_EXIT_DONE, MT940, "--account main --tolerance-minor 1 --tolerance-days 2",
         "nothing open, 3 matched\n");
}

Test(command, totals_add_up_on_the_page)
{
  settle_all("main");
  ledger_settle("main", "2024-03-12", 100, "EUR", "INV9");
  run(MT940, "--account main");
  static const char *const rows[] = {
    "matched        3      65.00  3   65.00        0.00  EUR\n",
    "missing there  0       0.00  1    1.00       -1.00  EUR\n",
    "all            3      65.00  4   66.00       -1.00  EUR\n",
  };
  for (size_t i = 0; i < 3; i++)
    cr_assert(strstr(said, rows[i]), "no \"%s\" in:\n%s", rows[i], said);
}

Test(command, account_is_the_statements_or_must_be_named)
{
  expect(RL_EXIT_USAGE, MT940, "", "no settlement has been posted");
  settle_all("main");
  expect(RL_EXIT_USAGE, MT940, "",
         "no account settlement:DE021203 in the ledger, which has main, other: choose with");
  expect(RL_EXIT_USAGE, MT940, "--account mian", "which has main, other");
  expect(RL_EXIT_DONE, MT940, "--account main", "nothing open");
}

Test(command, accounts_of_one_file_are_told_apart)
{
  static const char other[] = ":20:B\n:25:2\n:60F:C240312EUR0,\n:62F:C240312EUR0,\n";
  char both[sizeof MT940 + sizeof other];
  snprintf(both, sizeof both, "%s%s", MT940, other);
  settle_all("main");
  expect(RL_EXIT_USAGE, both, "--account main", "several accounts, DE021203 and 2");
  expect(RL_EXIT_USAGE, both, "--account main --of 3", "no statement of this account");
  expect(RL_EXIT_DONE, both, "--account main --of DE021203", "nothing open");
}

Test(command, period_is_the_statements_or_as_given)
{
  settle_all("main");
  ledger_settle("main", "2024-03-11", 900, "EUR", "");
  ledger_settle("main", "2024-03-13", 900, "EUR", "");
  ledger_settle("main", "2024-01-01", 900, "EUR", "");
  expect(RL_EXIT_DONE, MT940, "--account main", "2 movements outside the period left out");
  expect(RL_EXIT_REFUSED, MT940, "--account main --from 2024-03-11", "1 open, 3 matched");
  expect(RL_EXIT_REFUSED, MT940, "--account main --to 2024-03-13", "1 open, 3 matched");
  expect(RL_EXIT_USAGE, MT940, "--account main --to 2024-03-11", "ends before it begins");
}

Test(command, csv_is_read_as_declared)
{
  static const char csv[] = "Tag;Betrag\n12.03.2024;50,00\n12.03.2024;20,00\n12.03.2024;-5,00\n";
  settle_all("main");
  expect(RL_EXIT_DONE, csv, "--account main --columns date=Tag,amount=Betrag --currency EUR "
         "--separator ; --decimal , --date-format DD.MM.YYYY", "nothing open, 3 matched");
  expect(RL_EXIT_DONE, csv, "--account main --columns date=1,amount=2 --currency EUR "
         "--separator ; --decimal , --date-format DD.MM.YYYY --skip 1", "nothing open, 3 matched");
  expect(RL_EXIT_REFUSED, csv, "--account main", "columns must be declared");
  expect(RL_EXIT_REFUSED, csv, "--account main --columns date=1,amount=2 --currency EUR", ":1: ");
  expect(RL_EXIT_USAGE, csv, "--columns date=1,amount=2", "currency");
  expect(RL_EXIT_USAGE, csv, "--format csv", "--columns");
  expect(RL_EXIT_USAGE, csv, "--format mt940 --columns date=1", "--columns");
}

Test(command, what_is_no_statement_is_refused_with_its_place)
{
  settle_all("main");
  expect(RL_EXIT_REFUSED, ":20:A\n:61:x\n", "--account main", "/bank:2: 61: ");
  expect(RL_EXIT_REFUSED, "<a/>", "", "/bank:1: not a camt.053");
  expect(RL_EXIT_REFUSED, "hello", "", "neither camt.053");
  expect(RL_EXIT_REFUSED, MT940, "--format camt053", "/bank:1: ");
}

Test(command, without_a_store_it_ends_with_3)
{
  ledger_is_there = false;
  expect(RL_EXIT_NO_ENGINE, MT940, "", "no store");
}

Test(command, json_has_findings_and_totals)
{
  settle_all("main");
  ledger_settle("main", "2024-03-12", 100, "EUR", "INV\"9\"");
  ledger_settle("main", "2024-03-12", 100, "EUR", "INV\"9\"");
  cr_assert_eq(run(MT940, "--account main --json"), RL_EXIT_REFUSED);
  static const char *const parts[] = {
    "\"finding\":\"missing there\",\"by_reference\":false,\"statement\":[],\"ledger\":[{",
    "\"finding\":\"duplicate\",\"by_reference\":true,\"of\":6,",
    "\"references\":[\"INV\\\"9\\\"\",\"k6\"]",
    "\"all\":{\"statement\":{\"count\":3,\"value\":\"65.00\"},",
    "\"ledger\":{\"count\":5,\"value\":\"67.00\"}},\"matched\":",
    "\"ok\": false}\n",
  };
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    cr_assert(strstr(said, parts[i]), "no %s in:\n%s", parts[i], said);
  cr_assert_not(strstr(said, "\"finding\":\"matched\""));
}
