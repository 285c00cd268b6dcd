/* `ratelock ledger`: the postings and balances of a store, or the proof that they hold. Reads the
 * data directory directly; an engine may run there meanwhile and is not disturbed. */
#include "cli.h"

#include "balances.h"
#include "table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A transaction of fourteen postings. */
#define TRANSACTION_MAX 8192

typedef struct ledger_arguments {
  rl_cli *cli;
  const char *quote_text;
  const char *account;  /* NULL: all; "customer" matches "customer:shop" too */
  const char *currency_text;
  bool balances_only;
  rl_quote_id quote;    /* of quote_text */
  rl_currency currency; /* of currency_text */
} ledger_arguments;

typedef struct ledger_view {
  const ledger_arguments *arguments;
  rl_balances balances;
  uint64_t transactions; /* shown so far */
} ledger_view;

static error_t parse(int option, char *value, struct argp_state *state)
{
  ledger_arguments *arguments = state->input;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'q': arguments->quote_text = value; return 0;
  case 'a': arguments->account = value; return 0;
  case 'c': arguments->currency_text = value; return 0;
  case 'b': arguments->balances_only = true; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"quote", 'q', "QUOTE", 0, "Only the postings of this quote", 1},
  {"account", 'a', "NAME", 0, "Only this account: customer:shop, fee, position, revenue …", 1},
  {"currency", 'c', "CODE", 0, "Only this currency", 1},
  {"balances", 'b', NULL, 0, "The balances alone", 1},
  {0},
};

static const struct argp argp = {
  options, parse, "[verify]",
  "Shows the postings of accepted quotes, oldest first, and what they sum to by account and "
  "currency (+ is the holder's gain). `verify` proves the whole store instead: every checksum, "
  "every transaction's balance, one transaction for each accepted quote and equal to it."
  "\vExamples:\n"
  "  ratelock ledger --balances\n"
  "  ratelock ledger --account position --currency EUR\n"
  "  ratelock ledger --quote 01J9Z0K7W5QX3V8B2N4M6R1T0Y\n"
  "  ratelock ledger verify\n",
  rl_cli_children, NULL, NULL,
};

/* --- which postings --- */

static bool account_matches(const char *wanted, const char *account)
{
  size_t length = strlen(wanted);
  return strncmp(account, wanted, length) == 0 &&
         (account[length] == '\0' || account[length] == ':');
}

static bool is_wanted(const ledger_arguments *arguments, const rl_posting *posting)
{
  char account[RL_ACCOUNT_TEXT_SIZE];
  rl_account_format(posting, account);
  return (!arguments->account || account_matches(arguments->account, account)) &&
         (!arguments->currency_text ||
          rl_currency_equal(arguments->currency, posting->amount.currency));
}

/* --- as a table --- */

static void print_posting(const rl_transaction *transaction, const rl_posting *posting, bool first)
{
  char time[RL_UTC_TEXT_SIZE] = "", quote[RL_QUOTE_ID_TEXT_SIZE] = "";
  char account[RL_ACCOUNT_TEXT_SIZE], amount[RL_AMOUNT_TEXT_SIZE];
  if (first) {
    rl_utc_format((rl_utc){transaction->posted_utc_ms}, time);
    rl_quote_id_format(transaction->quote, quote);
  }
  rl_account_format(posting, account);
  rl_amount_format(posting->amount, amount);
  printf("%-24s  %-26s  %-28s  %22s %s\n", time, quote, account, amount,
         rl_currency_code(posting->amount.currency));
}

static void print_titles(void)
{
  char line[128];
  snprintf(line, sizeof line, "%-24s  %-26s  %-28s  %22s\n", "posted", "quote", "account",
           "amount");
  rl_print_styled(stdout, RL_STYLE_FAINT, line);
}

/* --- as JSON --- */

static void put_amount(rl_writer *writer, const char *account, const char *amount,
                       rl_currency currency)
{
  rl_pack_text(writer, "account");
  rl_pack_text(writer, account);
  rl_pack_text(writer, "currency");
  rl_pack_text(writer, rl_currency_code(currency));
  rl_pack_text(writer, "value");
  rl_pack_text(writer, amount);
}

static void put_posting(rl_writer *writer, const rl_posting *posting)
{
  char account[RL_ACCOUNT_TEXT_SIZE], amount[RL_AMOUNT_TEXT_SIZE];
  rl_account_format(posting, account);
  rl_amount_format(posting->amount, amount);
  rl_pack_map(writer, 4);
  put_amount(writer, account, amount, posting->amount.currency);
  rl_pack_text(writer, "amount");
  rl_pack_i64(writer, posting->amount.minor);
}

static void print_transaction_json(uint64_t number, const rl_transaction *transaction,
                                   const rl_posting *const *postings, unsigned count, bool first)
{
  uint8_t bytes[TRANSACTION_MAX];
  char quote[RL_QUOTE_ID_TEXT_SIZE];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_quote_id_format(transaction->quote, quote);
  rl_pack_map(&writer, 4);
  rl_pack_text(&writer, "number");
  rl_pack_u64(&writer, number);
  rl_pack_text(&writer, "quote");
  rl_pack_text(&writer, quote);
  rl_pack_text(&writer, "posted_at");
  rl_pack_i64(&writer, transaction->posted_utc_ms);
  rl_pack_text(&writer, "postings");
  rl_pack_array(&writer, count);
  for (unsigned i = 0; i < count; i++)
    put_posting(&writer, postings[i]);
  rl_cli_print_item(&writer, first);
}

/* --- the walk --- */

static bool visit(uint64_t number, const rl_transaction *transaction, void *context)
{
  ledger_view *view = context;
  const ledger_arguments *arguments = view->arguments;
  const rl_posting *wanted[RL_POSTINGS_MAX];
  unsigned count = 0;
  if (arguments->quote_text && !rl_quote_id_equal(arguments->quote, transaction->quote))
    return true;
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    if (is_wanted(arguments, &transaction->postings[i]))
      wanted[count++] = &transaction->postings[i];
  }
  for (unsigned i = 0; i < count; i++)
    rl_balances_add(&view->balances, wanted[i]);
  if (count == 0 || arguments->balances_only)
    return true;
  if (arguments->cli->json)
    print_transaction_json(number, transaction, wanted, count, view->transactions == 0);
  else
    for (unsigned i = 0; i < count; i++)
      print_posting(transaction, wanted[i], i == 0);
  view->transactions++;
  return !ferror(stdout);
}

static void balance_row(const rl_balance *balance, void *context)
{
  char sum[RL_SUM_TEXT_SIZE];
  rl_sum_format(balance->minor, balance->currency, sum);
  rl_table_cell(context, RL_STYLE_PLAIN, "%s", balance->account);
  rl_table_cell(context, RL_STYLE_STRONG, "%s", sum);
  rl_table_cell(context, RL_STYLE_PLAIN, "%s", rl_currency_code(balance->currency));
  rl_table_cell(context, RL_STYLE_FAINT, "%" PRIu64, balance->postings);
}

static void balance_line(const rl_balance *balance, void *context)
{
  bool *first = context;
  uint8_t bytes[512];
  char sum[RL_SUM_TEXT_SIZE];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_sum_format(balance->minor, balance->currency, sum);
  rl_pack_map(&writer, 4);
  put_amount(&writer, balance->account, sum, balance->currency);
  rl_pack_text(&writer, "postings");
  rl_pack_u64(&writer, balance->postings);
  rl_cli_print_item(&writer, *first);
  *first = false;
}

static void print_balances(const ledger_view *view)
{
  static const rl_column columns[] = {{"balance of", RL_ALIGN_LEFT}, {"", RL_ALIGN_POINT},
                                      {"", RL_ALIGN_LEFT}, {"postings", RL_ALIGN_RIGHT}};
  rl_table table = rl_table_of(columns, 4);
  rl_balances_each(&view->balances, balance_row, &table);
  if (table.cell_count == 0)
    printf("no postings\n");
  else
    rl_table_print(&table, stdout, 0);
}

static rl_exit fail_walk(rl_status status, const rl_error *error)
{
  char text[1024];
  rl_error_format(error, text, sizeof text);
  return rl_cli_fail(RL_EXIT_REFUSED, "%s", text[0] ? text : rl_status_text(status));
}

static rl_exit show_ledger(const ledger_arguments *arguments, rl_store *store)
{
  ledger_view view = {.arguments = arguments};
  rl_error error = {0};
  bool json = arguments->cli->json, first = true;
  if (json)
    printf("{\"transactions\": [");
  else if (!arguments->balances_only)
    print_titles();
  rl_status status = rl_store_each_transaction(store, 1, visit, &view, &error);
  if (json) {
    printf("%s],\n \"balances\": [", view.transactions ? "\n " : "");
    rl_balances_each(&view.balances, balance_line, &first);
    printf("%s],\n \"ok\": %s}\n", first ? "" : "\n ", status == RL_OK ? "true" : "false");
  } else {
    if (view.transactions > 0)
      printf("\n");
    print_balances(&view);
  }
  rl_balances_free(&view.balances);
  return status == RL_OK ? RL_EXIT_DONE : fail_walk(status, &error);
}

static void print_verified_json(const rl_verify_report *report)
{
  printf("{\"ok\": true, \"quotes\": %" PRIu64 ", \"ends\": %" PRIu64 ", \"consumed\": %" PRIu64
         ", \"transactions\": %" PRIu64 ", \"postings\": %" PRIu64 "}\n",
         report->quotes, report->ends, report->consumed, report->transactions, report->postings);
}

static void print_report(const rl_verify_report *report)
{
  static const rl_column columns[] = {{"", RL_ALIGN_LEFT}, {"", RL_ALIGN_RIGHT}};
  const struct {
    const char *label;
    uint64_t count;
  } lines[] = {{"quotes recorded", report->quotes}, {"ended", report->ends},
               {"of these accepted", report->consumed}, {"transactions", report->transactions},
               {"postings", report->postings}};
  rl_table table = rl_table_of(columns, 2);
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", lines[i].label);
    rl_table_cell(&table, RL_STYLE_STRONG, "%" PRIu64, lines[i].count);
  }
  rl_table_print(&table, stdout, 2);
}

static rl_exit verify_ledger(const rl_cli *cli, rl_store *store)
{
  rl_verify_report report;
  rl_error error = {0};
  rl_status status = rl_store_verify(store, &report, &error);
  if (status != RL_OK) {
    if (cli->json)
      printf("{\"ok\": false}\n");
    return fail_walk(status, &error);
  }
  if (cli->json) {
    print_verified_json(&report);
    return RL_EXIT_DONE;
  }
  rl_print_styled(stdout, RL_STYLE_GOOD, "proved");
  printf(": every checksum holds, every currency of every transaction sums to zero,\n"
         "each accepted quote has one transaction, equal to it, and nothing else has one\n\n");
  print_report(&report);
  return RL_EXIT_DONE;
}

static bool take_filters(ledger_arguments *arguments)
{
  if (arguments->currency_text &&
      !rl_cli_take_currency(arguments->currency_text, &arguments->currency))
    return false;
  if (!arguments->quote_text ||
      rl_quote_id_parse(arguments->quote_text, strlen(arguments->quote_text),
                        &arguments->quote) == RL_OK)
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "--quote %s: expected the 26 characters of an id",
              arguments->quote_text);
  return false;
}

rl_exit rl_command_ledger(rl_cli *cli, int argc, char **argv)
{
  ledger_arguments arguments = {.cli = cli};
  cli->word_max = 1;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  bool verify = cli->word_count == 1 && strcmp(cli->words[0], "verify") == 0;
  if (cli->word_count == 1 && !verify)
    return rl_cli_fail(RL_EXIT_USAGE, "%s: expected `verify` or nothing", cli->words[0]);
  if (!take_filters(&arguments))
    return RL_EXIT_USAGE;
  rl_store *store;
  rl_exit code = rl_cli_open_store(cli, &store);
  if (code != RL_EXIT_DONE)
    return code;
  code = verify ? verify_ledger(cli, store) : show_ledger(&arguments, store);
  rl_store_close(store);
  return code;
}
