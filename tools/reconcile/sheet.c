#include "reconcile/sheet.h"

#include <stdlib.h>
#include <string.h>

rl_status rl_sheet_open(rl_sheet *sheet)
{
  rl_statements *out = sheet->out;
  if (out->count == RL_STATEMENTS_MAX)
    return RL_SHEET_FAIL(sheet, RL_OUT_OF_RANGE, NULL,
                         "more than %u statements in one file: split it", RL_STATEMENTS_MAX);
  if (out->count == out->room) {
    uint32_t room = out->room ? 2 * out->room : 8;
    rl_statement *grown = reallocarray(out->statements, room, sizeof *grown);
    if (!grown)
      return RL_SHEET_FAIL(sheet, RL_NO_MEMORY, NULL, "not enough memory to read it");
    out->statements = grown;
    out->room = room;
  }
  sheet->statement = &out->statements[out->count++];
  *sheet->statement = (rl_statement){.line = sheet->line};
  sheet->open = true;
  sheet->opening = sheet->closing = (rl_sheet_balance){0};
  sheet->booked_minor = 0;
  sheet->any_booked = sheet->mixed = false;
  return RL_OK;
}

rl_status rl_sheet_name_account(rl_sheet *sheet, const char *text, size_t length)
{
  char *account = sheet->statement->account;
  size_t used = 0;
  for (size_t i = 0; i < length; i++) {
    if (text[i] == ' ')
      continue;
    if (used == RL_STATEMENT_ACCOUNT_MAX || (unsigned char)text[i] < ' ' || text[i] == 0x7f) {
      account[0] = '\0';
      return RL_SHEET_FAIL(sheet, RL_INVALID, "account",
                           "expected the account's number, of at most %d printable characters",
                           RL_STATEMENT_ACCOUNT_MAX);
    }
    account[used++] = text[i];
  }
  account[used] = '\0';
  return RL_OK;
}

static void note_booking(rl_sheet *sheet, const rl_item *item)
{
  if (!sheet->any_booked || item->booked.day < sheet->first.day)
    sheet->first = item->booked;
  if (!sheet->any_booked || item->booked.day > sheet->last.day)
    sheet->last = item->booked;
  if (!sheet->any_booked)
    sheet->currency = item->amount.currency;
  if (!rl_currency_equal(sheet->currency, item->amount.currency)) {
    sheet->mixed = true;
    sheet->other = item->amount.currency;
  }
  sheet->any_booked = true;
  sheet->booked_minor += item->amount.minor;
  sheet->statement->entries++;
}

rl_status rl_sheet_book(rl_sheet *sheet, const rl_item *item, bool *added)
{
  *added = false;
  if (!item->pending)
    note_booking(sheet, item);
  if (item->amount.minor == 0) {
    sheet->out->zeros++;
    return RL_OK;
  }
  rl_item placed = *item;
  placed.statement = sheet->out->count - 1;
  rl_status status = rl_items_add(&sheet->out->items, &placed);
  if (status == RL_OUT_OF_RANGE)
    return RL_SHEET_FAIL(sheet, status, NULL, "more than %u entries: split the file", RL_ITEMS_MAX);
  if (status != RL_OK)
    return RL_SHEET_FAIL(sheet, status, NULL, "not enough memory to read it");
  *added = true;
  return RL_OK;
}

rl_status rl_sheet_refer(rl_sheet *sheet, const char *text, size_t length)
{
  rl_status status = rl_items_refer(&sheet->out->items, text, length);
  if (status == RL_OUT_OF_RANGE)
    return RL_SHEET_FAIL(sheet, status, "reference", "more than %u bytes of references: split the "
                         "file", RL_REFERENCE_BYTES_MAX);
  if (status != RL_OK)
    return RL_SHEET_FAIL(sheet, status, "reference", "not enough memory to read it");
  return RL_OK;
}

static void format_amount(rl_i128 minor, rl_currency currency, char out[RL_AMOUNT_TEXT_SIZE])
{
  /* At most 2^18 entries of 10^15 minor units pass 64 bits: such a sum is shown as the bound. */
  int64_t shown = minor > INT64_MAX ? INT64_MAX : minor < INT64_MIN ? INT64_MIN : (int64_t)minor;
  rl_amount_format((rl_amount){shown, currency}, out);
}

static rl_status refuse_sum(rl_sheet *sheet)
{
  char opening[RL_AMOUNT_TEXT_SIZE], booked[RL_AMOUNT_TEXT_SIZE], sum[RL_AMOUNT_TEXT_SIZE];
  char closing[RL_AMOUNT_TEXT_SIZE];
  rl_currency currency = sheet->opening.amount.currency;
  format_amount(sheet->opening.amount.minor, currency, opening);
  format_amount(sheet->booked_minor, currency, booked);
  format_amount(sheet->opening.amount.minor + sheet->booked_minor, currency, sum);
  format_amount(sheet->closing.amount.minor, currency, closing);
  return RL_SHEET_FAIL(sheet, RL_INVALID, "closing balance",
                       "the opening balance %s and the entries, %s, make %s, but the closing "
                       "balance is %s %s: entries are missing or too many; ask the bank for the "
                       "whole statement", opening, booked, sum, closing,
                       rl_currency_code(currency));
}

static rl_status refuse_currency(rl_sheet *sheet, const char *what, rl_currency currency)
{
  return RL_SHEET_FAIL(sheet, RL_INVALID, what,
                       "is in %s, but the opening balance is in %s: they cannot be summed",
                       rl_currency_code(currency),
                       rl_currency_code(sheet->opening.amount.currency));
}

static rl_status judge_balances(rl_sheet *sheet)
{
  rl_amount opening = sheet->opening.amount, closing = sheet->closing.amount;
  if (!sheet->opening.stated || !sheet->closing.stated)
    return RL_SHEET_FAIL(sheet, RL_INVALID,
                         sheet->opening.stated ? "closing balance" : "opening balance",
                         "is not stated, so whether the statement is whole cannot be told");
  if (!rl_currency_equal(opening.currency, closing.currency))
    return refuse_currency(sheet, "closing balance", closing.currency);
  if (sheet->any_booked && !rl_currency_equal(opening.currency, sheet->currency))
    return refuse_currency(sheet, "an entry", sheet->currency);
  if (sheet->mixed)
    return refuse_currency(sheet, "an entry", sheet->other);
  if (opening.minor + sheet->booked_minor != closing.minor)
    return refuse_sum(sheet);
  sheet->statement->balanced = true;
  sheet->statement->currency = opening.currency;
  sheet->statement->opening_minor = opening.minor;
  sheet->statement->closing_minor = closing.minor;
  return RL_OK;
}

/* The opening balance is mostly dated the day before. */
static void find_period(rl_sheet *sheet, bool has_balances)
{
  rl_statement *statement = sheet->statement;
  rl_date from = sheet->first, to = sheet->last;
  if (has_balances) {
    to = sheet->closing.date;
    from.day = sheet->opening.date.day + 1;
    if (sheet->any_booked && sheet->first.day < from.day)
      from = sheet->first;
    if (sheet->any_booked && sheet->last.day > to.day)
      to = sheet->last;
    if (from.day > to.day)
      from = to;
  }
  statement->from = from;
  statement->to = to;
}

rl_status rl_sheet_close(rl_sheet *sheet, bool has_balances)
{
  sheet->open = false;
  rl_status status = has_balances ? judge_balances(sheet) : RL_OK;
  if (status == RL_OK)
    find_period(sheet, has_balances);
  return status;
}
