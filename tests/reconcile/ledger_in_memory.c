#include "ledger_in_memory.h"

#include "cli.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TRANSACTIONS_MAX 64

bool ledger_is_there = true;
char ledger_complaint[1024];
static rl_transaction transactions[TRANSACTIONS_MAX];
static unsigned transaction_count;

static rl_currency currency_of(const char *code)
{
  rl_currency currency;
  cr_assert_eq(rl_currency_find(code, 3, &currency), RL_OK);
  return currency;
}

static void post(rl_movement *movement, const char *date)
{
  char key[16];
  rl_date day;
  cr_assert_eq(rl_date_parse(date, strlen(date), &day), RL_OK);
  movement->value_day = day.day;
  snprintf(key, sizeof key, "k%u", transaction_count + 1);
  cr_assert_lt(transaction_count, TRANSACTIONS_MAX);
  cr_assert_eq(rl_ledger_move(movement, NULL, "operator", key, 0,
                              &transactions[transaction_count++]), RL_OK);
}

void ledger_settle(const char *account, const char *date, int64_t minor, const char *currency,
                   const char *reference)
{
  rl_movement movement = {
    .kind = RL_TRANSACTION_SETTLEMENT, .party = RL_ACCOUNT_CUSTOMER, .party_name = "shop",
    .amount = {minor, currency_of(currency)},
  };
  snprintf(movement.bank, sizeof movement.bank, "%s", account);
  snprintf(movement.reference, sizeof movement.reference, "%s", reference);
  post(&movement, date);
}

void ledger_hedge(const char *date)
{
  rl_movement movement = {
    .kind = RL_TRANSACTION_HEDGE, .party = RL_ACCOUNT_COUNTERPARTY, .party_name = "bank",
    .amount = {100, currency_of("EUR")}, .sold = {110, currency_of("USD")},
  };
  post(&movement, date);
}

void ledger_clear(void)
{
  transaction_count = 0;
  ledger_is_there = true;
}

/* --- what the command calls --- */

rl_exit rl_cli_fail(rl_exit code, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(ledger_complaint, sizeof ledger_complaint, format, arguments);
  va_end(arguments);
  return code;
}

bool rl_cli_take_currency(const char *text, rl_currency *out)
{
  return rl_currency_find(text, strlen(text), out) == RL_OK;
}

rl_exit rl_cli_open_store(const rl_cli *cli, rl_store **out)
{
  (void)cli;
  *out = NULL;
  return ledger_is_there ? RL_EXIT_DONE : rl_cli_fail(RL_EXIT_NO_ENGINE, "no store");
}

void rl_store_close(rl_store *store)
{
  (void)store;
}

rl_status rl_store_each_transaction(rl_store *store, uint64_t first, rl_visit_transaction visit,
                                    void *context, rl_error *error)
{
  (void)store, (void)error;
  for (uint64_t i = first; i <= transaction_count; i++) {
    if (!visit(i, &transactions[i - 1], context))
      break;
  }
  return RL_OK;
}
