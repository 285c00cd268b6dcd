/* The postings and balances of a ledger, as tables and as JSON. */
#include "ledger.h"

#include "table.h"
#include "wire/entry.h"

#include <inttypes.h>
#include <string.h>

typedef struct ledger_view {
  const rl_ledger_arguments *arguments;
  rl_balances balances;
  uint64_t transactions; /* shown so far */
} ledger_view;

/* --- as a table --- */

/* What names a transaction to people: its quote, or who it was with under which reference. */
static void print_posting(uint64_t number, const rl_transaction *transaction,
                          const rl_posting *posting, bool first)
{
  char time[RL_UTC_TEXT_SIZE] = "", name[RL_REFERENCE_MAX + 1] = "", lead[32] = "";
  char account[RL_ACCOUNT_TEXT_SIZE], amount[RL_AMOUNT_TEXT_SIZE];
  bool of_quote = transaction->kind == RL_TRANSACTION_SALE
                  || transaction->kind == RL_TRANSACTION_REFUND;
  if (first) {
    rl_utc_format((rl_utc){transaction->posted_utc_ms}, time);
    snprintf(lead, sizeof lead, "%" PRIu64, number);
    memcpy(name, transaction->reference, sizeof name);
  }
  if (first && of_quote)
    rl_quote_id_format(transaction->quote, name);
  rl_account_format(posting, account);
  rl_amount_format(posting->amount, amount);
  printf("%6s  %-24s  %-10s  %-26s  %-28s  %22s %s\n", lead, time,
         first ? rl_transaction_kind_name(transaction->kind) : "", name, account, amount,
         rl_currency_code(posting->amount.currency));
}

static void print_titles(void)
{
  char line[160];
  snprintf(line, sizeof line, "%6s  %-24s  %-10s  %-26s  %-28s  %22s\n", "number", "posted", "kind",
           "quote or reference", "account", "amount");
  rl_print_styled(stdout, RL_STYLE_FAINT, line);
}

/* --- as JSON --- */

static void put_amount(rl_writer *writer, const char *account, const char *amount,
                       rl_currency currency)
{
  RL_ENTRY(writer, "account", rl_pack_text, account);
  RL_ENTRY(writer, "currency", rl_pack_currency, currency);
  RL_ENTRY(writer, "value", rl_pack_text, amount);
}

static void put_posting(rl_writer *writer, const rl_posting *posting)
{
  char account[RL_ACCOUNT_TEXT_SIZE], amount[RL_AMOUNT_TEXT_SIZE];
  rl_account_format(posting, account);
  rl_amount_format(posting->amount, amount);
  rl_pack_map(writer, 4);
  put_amount(writer, account, amount, posting->amount.currency);
  RL_ENTRY(writer, "amount", rl_pack_i64, posting->amount.minor);
}

void rl_ledger_pack(rl_writer *writer, uint64_t number, const rl_transaction *transaction,
                    const rl_posting *const *postings, unsigned count)
{
  rl_pack_map(writer, 9);
  RL_ENTRY(writer, "number", rl_pack_u64, number);
  RL_ENTRY(writer, "kind", rl_pack_text, rl_transaction_kind_name(transaction->kind));
  RL_ENTRY(writer, "posted_at", rl_pack_i64, transaction->posted_utc_ms);
  RL_ENTRY(writer, "quote", rl_pack_quote_of, transaction);
  RL_ENTRY(writer, "value_date", rl_pack_value_day, transaction->value_day);
  RL_ENTRY(writer, "by", rl_pack_name, transaction->by);
  RL_ENTRY(writer, "key", rl_pack_name, transaction->key);
  RL_ENTRY(writer, "reference", rl_pack_name, transaction->reference);
  RL_ENTRY(writer, "postings", rl_pack_array, count);
  for (unsigned i = 0; i < count; i++)
    put_posting(writer, postings[i]);
}

/* --- the walk --- */

static void show(const ledger_view *view, uint64_t number, const rl_transaction *transaction,
                 const rl_posting *const *postings, unsigned count)
{
  uint8_t bytes[RL_TRANSACTION_JSON_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  if (!view->arguments->cli->json) {
    for (unsigned i = 0; i < count; i++)
      print_posting(number, transaction, postings[i], i == 0);
    return;
  }
  rl_ledger_pack(&writer, number, transaction, postings, count);
  rl_cli_print_item(&writer, view->transactions == 0);
}

static bool visit(uint64_t number, const rl_transaction *transaction, void *context)
{
  ledger_view *view = context;
  const rl_posting *wanted[RL_POSTINGS_MAX];
  unsigned count = 0;
  if (!rl_ledger_wants(view->arguments, transaction))
    return true;
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    if (rl_ledger_wants_posting(view->arguments, &transaction->postings[i]))
      wanted[count++] = &transaction->postings[i];
  }
  for (unsigned i = 0; i < count; i++)
    rl_balances_add(&view->balances, wanted[i]);
  if (count == 0 || view->arguments->balances_only)
    return true;
  show(view, number, transaction, wanted, count);
  view->transactions++;
  return !ferror(stdout);
}

static bool add_carried(const rl_carried *carried, void *context)
{
  ledger_view *view = context;
  if (rl_ledger_wants_posting(view->arguments, &carried->account))
    rl_balances_add_sum(&view->balances, &carried->account, carried->minor, carried->postings);
  return true;
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
  RL_ENTRY(&writer, "postings", rl_pack_u64, balance->postings);
  rl_cli_print_item(&writer, *first);
  *first = false;
}

/* Since some instant a sum is what moved, and no balance. */
static void print_balances(const ledger_view *view)
{
  static const rl_column balances[] = {{"balance of", RL_ALIGN_LEFT}, {"", RL_ALIGN_POINT},
                                       {"", RL_ALIGN_LEFT}, {"postings", RL_ALIGN_RIGHT}};
  static const rl_column sums[] = {{"moved on", RL_ALIGN_LEFT}, {"", RL_ALIGN_POINT},
                                   {"", RL_ALIGN_LEFT}, {"postings", RL_ALIGN_RIGHT}};
  rl_table table = rl_table_of(view->arguments->from_text ? sums : balances, 4);
  rl_balances_each(&view->balances, balance_row, &table);
  if (table.cell_count == 0)
    printf("no postings\n");
  else
    rl_table_print(&table, stdout, 0);
}

rl_exit rl_ledger_show(const rl_ledger_arguments *arguments, rl_store *store)
{
  ledger_view view = {.arguments = arguments};
  bool json = arguments->cli->json, first = true;
  if (json)
    printf("{\"transactions\": [");
  else if (!arguments->balances_only)
    print_titles();
  rl_exit code = rl_ledger_walk(arguments, store, add_carried, visit, &view);
  if (json) {
    printf("%s],\n \"balances\": [", view.transactions ? "\n " : "");
    rl_balances_each(&view.balances, balance_line, &first);
    printf("%s],\n \"ok\": %s}\n", first ? "" : "\n ", code == RL_EXIT_DONE ? "true" : "false");
  } else {
    if (view.transactions > 0)
      printf("\n");
    print_balances(&view);
  }
  rl_balances_free(&view.balances);
  return code;
}
