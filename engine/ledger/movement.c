#include "clock/date.h"
#include "ledger/posting.h"

#include <stdio.h>
#include <string.h>

/* --- what is well-formed --- */

/* NUL-terminated within its room, and nothing that a page, a terminal or a bank could not show. */
static bool is_printable(const char *text, size_t room)
{
  size_t length = strnlen(text, room);
  for (size_t i = 0; i < length; i++) {
    if (text[i] < ' ' || text[i] > '~')
      return false;
  }
  return length < room;
}

static bool is_name(const char text[RL_CLIENT_NAME_MAX + 1])
{
  return text[0] != '\0' && is_printable(text, RL_CLIENT_NAME_MAX + 1);
}

static bool is_money(rl_amount amount)
{
  return amount.currency.index >= 1 && amount.currency.index <= rl_currency_count()
         && amount.minor >= 1 && amount.minor <= RL_AMOUNT_MAX;
}

static const char *fault(const char **field, const char *name, const char *reason)
{
  *field = name;
  return reason;
}

static const char *fault_of_day(int32_t day, const char **field)
{
  if (day < RL_DATE_MIN.day || day > RL_DATE_MAX.day)
    return fault(field, "value_date", "no day of the years 1 to 9999");
  return NULL;
}

static const char *fault_of_settlement(const rl_movement *movement, const char **field)
{
  rl_amount amount = movement->amount;
  if (amount.minor < 0 && amount.minor >= -RL_AMOUNT_MAX)
    amount.minor = -amount.minor;
  if (movement->party != RL_ACCOUNT_CUSTOMER && movement->party != RL_ACCOUNT_COUNTERPARTY)
    return fault(field, "party", "a settlement is with a customer or a counterparty");
  if (!is_name(movement->party_name))
    return fault(field, "party", "a name has 1 to 31 printable characters");
  if (!is_name(movement->bank))
    return fault(field, "account", "a name has 1 to 31 printable characters");
  if (!is_money(amount))
    return fault(field, "amount", "a settlement moves 1 to 10^15 minor units, in or out");
  return fault_of_day(movement->value_day, field);
}

static const char *fault_of_hedge(const rl_movement *movement, const char **field)
{
  if (movement->party != RL_ACCOUNT_COUNTERPARTY)
    return fault(field, "party", "a hedge is with a counterparty");
  if (!is_name(movement->party_name))
    return fault(field, "party", "a name has 1 to 31 printable characters");
  if (!is_money(movement->amount))
    return fault(field, "bought", "a hedge buys 1 to 10^15 minor units");
  if (!is_money(movement->sold))
    return fault(field, "sold", "a hedge sells 1 to 10^15 minor units");
  if (rl_currency_equal(movement->amount.currency, movement->sold.currency))
    return fault(field, "sold", "a hedge sells another currency than it buys");
  return fault_of_day(movement->value_day, field);
}

const char *rl_movement_fault(const rl_movement *movement, const char **field)
{
  if (!is_printable(movement->reference, sizeof movement->reference))
    return fault(field, "reference", "at most 63 printable characters");
  switch (movement->kind) {
  case RL_TRANSACTION_REFUND: return NULL;
  case RL_TRANSACTION_SETTLEMENT: return fault_of_settlement(movement, field);
  case RL_TRANSACTION_HEDGE: return fault_of_hedge(movement, field);
  case RL_TRANSACTION_SALE: break;
  }
  return fault(field, "kind", "a settlement, a hedge or a refund can be posted");
}

/* --- what it posts --- */

static void post_settlement(const rl_movement *movement, rl_transaction *out)
{
  rl_currency currency = movement->amount.currency;
  int64_t minor = movement->amount.minor;
  rl_transaction_add(out, movement->party, movement->party_name, currency, minor);
  rl_transaction_add(out, RL_ACCOUNT_SETTLEMENT, movement->bank, currency, -minor);
}

static void post_hedge(const rl_movement *movement, rl_transaction *out)
{
  rl_amount bought = movement->amount, sold = movement->sold;
  const char *party = movement->party_name;
  rl_transaction_add(out, RL_ACCOUNT_POSITION, "", bought.currency, bought.minor);
  rl_transaction_add(out, RL_ACCOUNT_COUNTERPARTY, party, bought.currency, -bought.minor);
  rl_transaction_add(out, RL_ACCOUNT_POSITION, "", sold.currency, -sold.minor);
  rl_transaction_add(out, RL_ACCOUNT_COUNTERPARTY, party, sold.currency, sold.minor);
}

/* A sale is from outside: of a record whose numbers were never looked at. */
static bool can_be_refunded(const rl_transaction *sale)
{
  if (sale->kind != RL_TRANSACTION_SALE || sale->posting_count > RL_POSTINGS_MAX)
    return false;
  for (unsigned i = 0; i < sale->posting_count; i++) {
    if (sale->postings[i].amount.minor == INT64_MIN)
      return false;
  }
  return rl_transaction_balances(sale);
}

static void post_refund(const rl_transaction *sale, rl_transaction *out)
{
  out->quote = sale->quote;
  for (unsigned i = 0; i < sale->posting_count; i++) {
    const rl_posting *posting = &sale->postings[i];
    rl_transaction_add(out, posting->account, posting->name, posting->amount.currency,
                       -posting->amount.minor);
  }
}

static bool is_postable(const rl_movement *movement, const rl_transaction *sale)
{
  const char *field;
  if (rl_movement_fault(movement, &field))
    return false;
  return movement->kind == RL_TRANSACTION_REFUND ? sale && can_be_refunded(sale) : !sale;
}

rl_status rl_ledger_move(const rl_movement *movement, const rl_transaction *sale, const char *by,
                         const char *key, int64_t posted_utc_ms, rl_transaction *out)
{
  if (!is_postable(movement, sale))
    return RL_INVALID;
  bool is_refund = movement->kind == RL_TRANSACTION_REFUND;
  rl_transaction made = {
    .kind = movement->kind,
    .posted_utc_ms = posted_utc_ms,
    .value_day = is_refund ? RL_NO_VALUE_DAY : movement->value_day,
  };
  snprintf(made.by, sizeof made.by, "%s", by);
  snprintf(made.key, sizeof made.key, "%s", key);
  memcpy(made.reference, movement->reference, sizeof made.reference);
  if (is_refund)
    post_refund(sale, &made);
  else if (movement->kind == RL_TRANSACTION_SETTLEMENT)
    post_settlement(movement, &made);
  else
    post_hedge(movement, &made);
  RL_ASSERT(rl_transaction_balances(&made));
  *out = made;
  return RL_OK;
}

/* --- same key, same body --- */

static void put_amount(rl_writer *writer, rl_amount amount)
{
  rl_put_text(writer, amount.minor == 0 ? "" : rl_currency_code(amount.currency));
  rl_put_i64(writer, amount.minor);
}

/* Kept in the store beside the key: a change here makes honest repeats KEY_REUSED. */
rl_fingerprint rl_movement_body(const rl_movement *movement)
{
  uint8_t bytes[512];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_u8(&writer, (uint8_t)movement->kind);
  rl_put_i64(&writer, movement->value_day);
  rl_put_text(&writer, movement->reference);
  rl_put_bytes(&writer, movement->quote.bytes, sizeof movement->quote.bytes);
  rl_put_u8(&writer, (uint8_t)movement->party);
  rl_put_text(&writer, movement->party_name);
  rl_put_text(&writer, movement->bank);
  put_amount(&writer, movement->amount);
  put_amount(&writer, movement->sold);
  RL_ASSERT(!writer.failed);
  return rl_fingerprint_of(bytes, writer.used, 0);
}
