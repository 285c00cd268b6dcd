#include "beancount.h"

#include "clock/date.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* --- accounts --- */

static const char *parent_of(rl_account_kind kind)
{
  switch (kind) {
  case RL_ACCOUNT_CUSTOMER: return "Assets:Receivable:Customer:";
  case RL_ACCOUNT_COUNTERPARTY: return "Assets:Receivable:Counterparty:";
  case RL_ACCOUNT_SETTLEMENT: return "Assets:Bank:";
  case RL_ACCOUNT_FEE: return "Income:Fees:";
  case RL_ACCOUNT_SPREAD: return "Income:Spread";
  case RL_ACCOUNT_ROUNDING: return "Income:Rounding";
  case RL_ACCOUNT_POSITION: return "Equity:Position";
  }
  return "Equity:Unknown";
}

static bool is_letter_or_digit(char letter)
{
  return isalnum((unsigned char)letter) && (unsigned char)letter < 0x80;
}

static size_t put_letter(char letter, char *out, size_t room)
{
  if (is_letter_or_digit(letter))
    return (size_t)snprintf(out, room, "%c", letter);
  if (letter == '-')
    return (size_t)snprintf(out, room, "--");
  return (size_t)snprintf(out, room, "-%02X", (unsigned)(unsigned char)letter);
}

void rl_beancount_account(rl_account_kind kind, const char *name,
                          char out[RL_BEANCOUNT_ACCOUNT_SIZE])
{
  bool plain = is_letter_or_digit(name[0]) && !isupper((unsigned char)name[0]);
  size_t used = (size_t)snprintf(out, RL_BEANCOUNT_ACCOUNT_SIZE, "%s%s", parent_of(kind),
                                 name[0] && !plain ? "X-00" : "");
  size_t first = used;
  for (const char *at = name; *at; at++)
    used += put_letter(*at, out + used, RL_BEANCOUNT_ACCOUNT_SIZE - used);
  if (plain)
    out[first] = (char)toupper((unsigned char)out[first]);
}

/* --- what is to be written --- */

static rl_date day_of(const rl_transaction *transaction)
{
  return rl_date_of_utc((rl_utc){transaction->posted_utc_ms});
}

static void note_day(rl_beancount *book, int32_t day)
{
  bool first = !book->balances.tree;
  if (first || day < book->first_day)
    book->first_day = day;
  if (first || day > book->last_day)
    book->last_day = day;
}

void rl_beancount_note_carried(rl_beancount *book, rl_date kept_from, const rl_carried *carried)
{
  note_day(book, kept_from.day);
  rl_balances_add_sum(&book->balances, &carried->account, carried->minor, carried->postings);
  rl_balances_add_sum(&book->carried, &carried->account, carried->minor, carried->postings);
}

void rl_beancount_note(rl_beancount *book, const rl_transaction *transaction)
{
  note_day(book, day_of(transaction).day);
  for (unsigned i = 0; i < transaction->posting_count; i++)
    rl_balances_add(&book->balances, &transaction->postings[i]);
}

/* A text of printable characters, as people and banks write them. */
static void put_text(FILE *file, const char *key, const char *text)
{
  if (text[0] == '\0')
    return;
  fprintf(file, "  %s: \"", key);
  for (; *text; text++) {
    if (*text == '"' || *text == '\\')
      fputc('\\', file);
    fputc(*text, file);
  }
  fprintf(file, "\"\n");
}

typedef struct listing {
  FILE *file;
  char date[RL_DATE_TEXT_SIZE];
  char before[RL_ACCOUNT_TEXT_SIZE]; /* our account of the balance before this one */
} listing;

static void put_open(const rl_balance *balance, void *context)
{
  listing *list = context;
  char account[RL_BEANCOUNT_ACCOUNT_SIZE];
  if (strcmp(balance->account, list->before) == 0)
    return; /* in another currency */
  memcpy(list->before, balance->account, sizeof list->before);
  rl_beancount_account(balance->kind, balance->name, account);
  fprintf(list->file, "%s open %s\n", list->date, account);
  put_text(list->file, "account", balance->account);
}

static void put_line(FILE *file, rl_account_kind kind, const char *name, rl_i128 minor,
                     rl_currency currency)
{
  char account[RL_BEANCOUNT_ACCOUNT_SIZE], amount[RL_SUM_TEXT_SIZE];
  rl_beancount_account(kind, name, account);
  rl_sum_format(-minor, currency, amount);
  fprintf(file, "  %-44s %22s %s\n", account, amount, rl_currency_code(currency));
}

static void put_carried(const rl_balance *balance, void *context)
{
  const listing *list = context;
  put_line(list->file, balance->kind, balance->name, balance->minor, balance->currency);
}

void rl_beancount_open(FILE *file, const rl_beancount *book, const char *period)
{
  listing list = {.file = file};
  rl_date_format((rl_date){book->first_day}, list.date);
  fprintf(file,
          ";; The ledger of a ratelock engine: %s (UTC).\n"
          ";; In it + is the gain of an account's holder; here the signs are turned round, so\n"
          ";; that assets are + and income is - as usual. Assets:Receivable is what others owe us\n"
          ";; (- what we owe them), Equity:Position the other side of the deals in foreign\n"
          ";; currency (- where we are long). The metadata `account` is the name in the ledger.\n\n"
          "option \"title\" \"ratelock ledger\"\n\n",
          period);
  rl_balances_each(&book->balances, put_open, &list);
  if (!book->carried.tree)
    return;
  fprintf(file, "\n%s * \"carried\" \"what was posted before, and has been let go\"\n", list.date);
  rl_balances_each(&book->carried, put_carried, &list);
}

/* --- transactions --- */

static void put_posting(FILE *file, const rl_posting *posting)
{
  put_line(file, posting->account, posting->name, posting->amount.minor, posting->amount.currency);
}

/* A quote's id is the link between its sale and its refund. */
void rl_beancount_put(FILE *file, uint64_t number, const rl_transaction *transaction)
{
  char date[RL_DATE_TEXT_SIZE], time[RL_UTC_TEXT_SIZE], quote[RL_QUOTE_ID_TEXT_SIZE];
  const char *kind = rl_transaction_kind_name(transaction->kind);
  bool of_quote = transaction->kind == RL_TRANSACTION_SALE
                  || transaction->kind == RL_TRANSACTION_REFUND;
  rl_date_format(day_of(transaction), date);
  rl_utc_format((rl_utc){transaction->posted_utc_ms}, time);
  rl_quote_id_format(transaction->quote, quote);
  fprintf(file, "\n%s * \"%s\"%s%s\n  number: %" PRIu64 "\n  posted: \"%s\"\n", date, kind,
          of_quote ? " ^" : "", of_quote ? quote : "", number, time);
  if (transaction->value_day != RL_NO_VALUE_DAY) {
    rl_date_format((rl_date){transaction->value_day}, date);
    fprintf(file, "  value-date: %s\n", date);
  }
  put_text(file, "by", transaction->by);
  put_text(file, "key", transaction->key);
  put_text(file, "reference", transaction->reference);
  for (unsigned i = 0; i < transaction->posting_count; i++)
    put_posting(file, &transaction->postings[i]);
}

/* --- assertions --- */

static void put_balance(const rl_balance *balance, void *context)
{
  const listing *list = context;
  char account[RL_BEANCOUNT_ACCOUNT_SIZE], sum[RL_SUM_TEXT_SIZE], zero[RL_SUM_TEXT_SIZE];
  rl_beancount_account(balance->kind, balance->name, account);
  rl_sum_format(-balance->minor, balance->currency, sum);
  rl_sum_format(0, balance->currency, zero);
  fprintf(list->file, "%s balance %-44s %22s ~ %s %s\n", list->date, account, sum, zero,
          rl_currency_code(balance->currency));
}

/* An assertion is of the beginning of its day. */
void rl_beancount_close(FILE *file, const rl_beancount *book)
{
  listing list = {.file = file};
  if (!book->balances.tree)
    return;
  rl_date_format((rl_date){book->last_day + 1}, list.date);
  fprintf(file, "\n;; What all of the above sums to.\n");
  rl_balances_each(&book->balances, put_balance, &list);
}

void rl_beancount_free(rl_beancount *book)
{
  rl_balances_free(&book->balances);
  rl_balances_free(&book->carried);
}
