/* Which postings are meant. */
#include "ledger.h"

#include <stdio.h>
#include <string.h>

static bool take_quote(rl_ledger_arguments *arguments)
{
  const char *text = arguments->quote_text;
  if (!text || rl_quote_id_parse(text, strlen(text), &arguments->quote) == RL_OK)
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "--quote %s: expected the 26 characters of an id", text);
  return false;
}

static bool take_kind(rl_ledger_arguments *arguments)
{
  const char *text = arguments->kind_text;
  if (!text)
    return true;
  for (rl_transaction_kind kind = RL_TRANSACTION_SALE; kind <= RL_TRANSACTION_HEDGE; kind++) {
    if (strcmp(text, rl_transaction_kind_name(kind)) == 0)
      arguments->kind = kind;
  }
  if (arguments->kind == 0)
    rl_cli_fail(RL_EXIT_USAGE, "--kind %s: expected sale, refund, settlement or hedge", text);
  return arguments->kind != 0;
}

/* *is_date tells that a whole day was named. */
static bool take_instant(const char *option, const char *text, int64_t *out_ms, bool *is_date)
{
  rl_utc at;
  if (rl_utc_parse(text, strlen(text), &at) != RL_OK) {
    rl_cli_fail(RL_EXIT_USAGE, "--%s %s: expected a date such as 2026-11-24, or an instant such as "
                "2026-11-24T09:30Z", option, text);
    return false;
  }
  *out_ms = at.ms;
  *is_date = strlen(text) == RL_DATE_TEXT_SIZE - 1;
  return true;
}

static bool take_period(rl_ledger_arguments *arguments)
{
  const int64_t day_ms = 24ll * 3600 * 1000;
  bool is_date;
  arguments->from_ms = INT64_MIN;
  arguments->before_ms = INT64_MAX;
  if (arguments->from_text
      && !take_instant("from", arguments->from_text, &arguments->from_ms, &is_date))
    return false;
  if (!arguments->to_text)
    return true;
  if (!take_instant("to", arguments->to_text, &arguments->before_ms, &is_date))
    return false;
  arguments->before_ms += is_date ? day_ms : 0;
  if (arguments->before_ms > arguments->from_ms)
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "--to %s: ends before --from begins", arguments->to_text);
  return false;
}

bool rl_ledger_take_filters(rl_ledger_arguments *arguments)
{
  return (!arguments->currency_text
          || rl_cli_take_currency(arguments->currency_text, &arguments->currency))
         && take_quote(arguments) && take_kind(arguments) && take_period(arguments);
}

bool rl_ledger_wants(const rl_ledger_arguments *arguments, const rl_transaction *transaction)
{
  return transaction->posted_utc_ms >= arguments->from_ms
         && transaction->posted_utc_ms < arguments->before_ms
         && (!arguments->quote_text || rl_quote_id_equal(arguments->quote, transaction->quote))
         && (!arguments->kind_text || arguments->kind == transaction->kind);
}

rl_exit rl_ledger_check_period(const rl_ledger_arguments *arguments, rl_store *store)
{
  char since[RL_UTC_TEXT_SIZE];
  int64_t kept_ms = rl_store_kept_from(store);
  bool begins = arguments->from_text && arguments->from_ms < kept_ms;
  bool ends = arguments->to_text && arguments->before_ms < kept_ms;
  if (!begins && !ends)
    return RL_EXIT_DONE;
  rl_utc_format((rl_utc){kept_ms}, since);
  return rl_cli_fail(RL_EXIT_REFUSED, "--%s %s: what was posted before %s has been let go, and "
                     "only its sums are kept", begins ? "from" : "to",
                     begins ? arguments->from_text : arguments->to_text, since);
}

rl_exit rl_ledger_walk(const rl_ledger_arguments *arguments, rl_store *store,
                       rl_visit_carried carried, rl_visit_transaction visit, void *context)
{
  rl_error error = {0};
  bool whole = !arguments->from_text && !arguments->quote_text && !arguments->kind_text;
  rl_status status = whole && carried
                       ? rl_store_each_balance(store, carried, visit, context, &error)
                       : rl_store_each_transaction(store, 1, visit, context, &error);
  if (status == RL_AGAIN)
    return rl_cli_fail(RL_EXIT_REFUSED,
                       "old transactions were let go meanwhile: run this again");
  return status == RL_OK ? RL_EXIT_DONE : rl_ledger_fail_walk(status, &error);
}

static bool account_matches(const char *wanted, const char *account)
{
  size_t length = strlen(wanted);
  return strncmp(account, wanted, length) == 0
         && (account[length] == '\0' || account[length] == ':');
}

bool rl_ledger_wants_posting(const rl_ledger_arguments *arguments, const rl_posting *posting)
{
  char account[RL_ACCOUNT_TEXT_SIZE];
  rl_account_format(posting, account);
  return (!arguments->account || account_matches(arguments->account, account))
         && (!arguments->currency_text
             || rl_currency_equal(arguments->currency, posting->amount.currency));
}

void rl_ledger_format_period(const rl_ledger_arguments *arguments, char out[RL_PERIOD_TEXT_SIZE])
{
  char from[RL_UTC_TEXT_SIZE], before[RL_UTC_TEXT_SIZE];
  bool has_from = arguments->from_text, has_to = arguments->to_text;
  rl_utc_format((rl_utc){arguments->from_ms}, from);
  rl_utc_format((rl_utc){arguments->before_ms}, before);
  if (!has_from && !has_to)
    snprintf(out, RL_PERIOD_TEXT_SIZE, "all that was posted");
  else
    snprintf(out, RL_PERIOD_TEXT_SIZE, "posted%s%s%s%s", has_from ? " from " : "",
             has_from ? from : "", has_to ? " to before " : "", has_to ? before : "");
}
