/* `ratelock ledger export`: the transactions for other programs, oldest first.
 *
 * The same ledger and period give the same bytes. An engine may post meanwhile: what came after
 * the walk began may be in it or not, but a transaction is in it whole. */
#include "beancount.h"
#include "ledger.h"

#include "wire/entry.h"
#include "wire/json.h"

#include <inttypes.h>
#include <string.h>

/* --- CSV as RFC 4180 has it: a line a posting --- */

/* In quotes where it must be. */
static void put_field(const char *text)
{
  if (!strpbrk(text, ",\"\r\n")) {
    fputs(text, stdout);
    return;
  }
  putchar('"');
  for (; *text; text++) {
    if (*text == '"')
      putchar('"');
    putchar(*text);
  }
  putchar('"');
}

static void put_fields(const char *const *fields, unsigned count)
{
  for (unsigned i = 0; i < count; i++) {
    if (i > 0)
      putchar(',');
    put_field(fields[i]);
  }
  fputs("\r\n", stdout);
}

static void put_csv_titles(void)
{
  static const char *const titles[] = {"number",  "kind",     "posted_at", "value_date",
                                       "quote",   "by",       "key",       "reference",
                                       "account", "currency", "amount",    "minor"};
  put_fields(titles, sizeof titles / sizeof titles[0]);
}

static void put_csv(uint64_t number, const rl_transaction *transaction)
{
  char lead[24], time[RL_UTC_TEXT_SIZE], day[RL_DATE_TEXT_SIZE] = "";
  char quote[RL_QUOTE_ID_TEXT_SIZE] = "", account[RL_ACCOUNT_TEXT_SIZE];
  char amount[RL_AMOUNT_TEXT_SIZE], minor[24];
  snprintf(lead, sizeof lead, "%" PRIu64, number);
  rl_utc_format((rl_utc){transaction->posted_utc_ms}, time);
  if (transaction->value_day != RL_NO_VALUE_DAY)
    rl_date_format((rl_date){transaction->value_day}, day);
  if (transaction->kind == RL_TRANSACTION_SALE || transaction->kind == RL_TRANSACTION_REFUND)
    rl_quote_id_format(transaction->quote, quote);
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    const rl_posting *posting = &transaction->postings[i];
    rl_account_format(posting, account);
    rl_amount_format(posting->amount, amount);
    snprintf(minor, sizeof minor, "%" PRId64, posting->amount.minor);
    const char *const fields[] = {lead, rl_transaction_kind_name(transaction->kind), time, day,
                                  quote, transaction->by, transaction->key,
                                  transaction->reference, account,
                                  rl_currency_code(posting->amount.currency), amount, minor};
    put_fields(fields, sizeof fields / sizeof fields[0]);
  }
}

/* --- JSON: a line a transaction --- */

static void put_json(uint64_t number, const rl_transaction *transaction)
{
  uint8_t bytes[RL_TRANSACTION_JSON_MAX];
  char text[RL_TRANSACTION_JSON_MAX];
  const rl_posting *postings[RL_POSTINGS_MAX];
  size_t length;
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  for (unsigned i = 0; i < transaction->posting_count; i++)
    postings[i] = &transaction->postings[i];
  rl_ledger_pack(&writer, number, transaction, postings, transaction->posting_count);
  rl_status status = rl_json_from_msgpack(bytes, writer.used, 0, text, sizeof text, &length);
  RL_ASSERT(!writer.failed && status == RL_OK);
  puts(text);
}

/* --- what was let go: its sums, as of the instant before which it was --- */

static void put_csv_carried(const rl_carried *carried, const char *since, const char *account,
                            const char *sum)
{
  const char *const fields[] = {"", "carried", since, "", "", "", "", "", account,
                                rl_currency_code(carried->account.amount.currency), sum, ""};
  put_fields(fields, sizeof fields / sizeof fields[0]);
}

static void put_json_carried(const rl_carried *carried, const char *since, const char *account,
                             const char *sum)
{
  uint8_t bytes[512];
  char text[1024];
  size_t length;
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_pack_map(&writer, 5);
  RL_ENTRY(&writer, "kind", rl_pack_text, "carried");
  RL_ENTRY(&writer, "before", rl_pack_text, since);
  RL_ENTRY(&writer, "account", rl_pack_text, account);
  RL_ENTRY(&writer, "currency", rl_pack_currency, carried->account.amount.currency);
  RL_ENTRY(&writer, "value", rl_pack_text, sum);
  rl_status status = rl_json_from_msgpack(bytes, writer.used, 0, text, sizeof text, &length);
  RL_ASSERT(!writer.failed && status == RL_OK);
  puts(text);
}

/* --- the walks --- */

typedef struct line_format {
  const char *name;
  void (*put)(uint64_t number, const rl_transaction *transaction);
  void (*put_carried)(const rl_carried *carried, const char *since, const char *account,
                      const char *sum);
} line_format;

static const line_format line_formats[] = {
  {"csv", put_csv, put_csv_carried},
  {"json", put_json, put_json_carried},
};

typedef struct export {
  const rl_ledger_arguments *arguments;
  const line_format *format; /* NULL for beancount */
  int64_t kept_ms;           /* UTC: what was posted before has been let go */
  rl_beancount book;         /* of beancount */
  uint64_t last;             /* number of the newest transaction of the first walk */
} export;

static bool put(uint64_t number, const rl_transaction *transaction, void *context)
{
  const export *to = context;
  if (rl_ledger_wants(to->arguments, transaction))
    to->format->put(number, transaction);
  return !ferror(stdout);
}

static bool put_carried(const rl_carried *carried, void *context)
{
  const export *to = context;
  char since[RL_UTC_TEXT_SIZE], account[RL_ACCOUNT_TEXT_SIZE], sum[RL_SUM_TEXT_SIZE];
  rl_utc_format((rl_utc){to->kept_ms}, since);
  rl_account_format(&carried->account, account);
  rl_sum_format(carried->minor, carried->account.amount.currency, sum);
  to->format->put_carried(carried, since, account, sum);
  return !ferror(stdout);
}

static bool note_carried(const rl_carried *carried, void *context)
{
  export *to = context;
  rl_beancount_note_carried(&to->book, rl_date_of_utc((rl_utc){to->kept_ms}), carried);
  return true;
}

static bool note(uint64_t number, const rl_transaction *transaction, void *context)
{
  export *to = context;
  to->last = number;
  if (rl_ledger_wants(to->arguments, transaction))
    rl_beancount_note(&to->book, transaction);
  return true;
}

/* What came since the first walk has accounts that it did not see. */
static bool put_noted(uint64_t number, const rl_transaction *transaction, void *context)
{
  const export *to = context;
  if (number > to->last)
    return false;
  if (rl_ledger_wants(to->arguments, transaction))
    rl_beancount_put(stdout, number, transaction);
  return !ferror(stdout);
}

static rl_exit walk_twice(export *to, rl_store *store)
{
  char period[RL_PERIOD_TEXT_SIZE];
  rl_exit code = rl_ledger_walk(to->arguments, store, note_carried, note, to);
  if (code == RL_EXIT_DONE) {
    rl_ledger_format_period(to->arguments, period);
    rl_beancount_open(stdout, &to->book, period);
    code = rl_ledger_walk(to->arguments, store, NULL, put_noted, to);
  }
  if (code == RL_EXIT_DONE)
    rl_beancount_close(stdout, &to->book);
  rl_beancount_free(&to->book);
  return code;
}

rl_exit rl_ledger_export(const rl_ledger_arguments *arguments, rl_store *store)
{
  const char *format = arguments->format_text ? arguments->format_text : "";
  export to = {.arguments = arguments, .kept_ms = rl_store_kept_from(store)};
  if (strcmp(format, "beancount") == 0)
    return walk_twice(&to, store);
  for (size_t i = 0; i < sizeof line_formats / sizeof line_formats[0]; i++) {
    if (strcmp(format, line_formats[i].name) == 0)
      to.format = &line_formats[i];
  }
  if (!to.format)
    return rl_cli_fail(RL_EXIT_USAGE, "--format %s: expected csv, json or beancount", format);
  if (to.format->put == put_csv)
    put_csv_titles();
  return rl_ledger_walk(arguments, store, put_carried, put, &to);
}
