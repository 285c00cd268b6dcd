#include "ledger/ledger.h"

#include <stdio.h>
#include <string.h>

/* --- what is well-formed --- */

static bool is_name(const char *text)
{
  return text[0] != '\0';
}

static bool is_within(int64_t minor)
{
  return minor >= -RL_AMOUNT_MAX && minor <= RL_AMOUNT_MAX;
}

static const char *fault(const char **field, const char *name, const char *reason)
{
  *field = name;
  return reason;
}

static const char *fault_of_settlement(const rl_movement *movement, const char **field)
{
  if (movement->party != RL_ACCOUNT_CUSTOMER && movement->party != RL_ACCOUNT_COUNTERPARTY)
    return fault(field, "party", "a settlement is with a customer or a counterparty");
  if (!is_name(movement->party_name))
    return fault(field, "party", "has no name");
  if (!is_name(movement->bank))
    return fault(field, "account", "names none of our accounts");
  if (movement->amount.minor == 0 || !is_within(movement->amount.minor))
    return fault(field, "amount", "a settlement moves 1 to 10^15 minor units, in or out");
  return NULL;
}

static const char *fault_of_hedge(const rl_movement *movement, const char **field)
{
  if (!is_name(movement->party_name))
    return fault(field, "party", "has no name");
  if (movement->amount.minor < 1 || !is_within(movement->amount.minor))
    return fault(field, "amount", "a hedge buys 1 to 10^15 minor units");
  if (movement->sold.minor < 1 || !is_within(movement->sold.minor))
    return fault(field, "sold", "a hedge sells 1 to 10^15 minor units");
  if (rl_currency_equal(movement->amount.currency, movement->sold.currency))
    return fault(field, "sold", "a hedge sells another currency than it buys");
  return NULL;
}

const char *rl_movement_fault(const rl_movement *movement, const char **field)
{
  switch (movement->kind) {
  case RL_TRANSACTION_REFUND: return NULL;
  case RL_TRANSACTION_SETTLEMENT: return fault_of_settlement(movement, field);
  case RL_TRANSACTION_HEDGE: return fault_of_hedge(movement, field);
  case RL_TRANSACTION_SALE: break;
  }
  return fault(field, "kind", "a refund, a settlement or a hedge can be posted");
}

/* --- what it posts --- */

static void post(rl_transaction *transaction, rl_account_kind account, const char *name,
                 rl_currency currency, int64_t minor)
{
  rl_posting *posting = &transaction->postings[transaction->posting_count++];
  posting->account = account;
  memcpy(posting->name, name, strlen(name) + 1);
  posting->amount = (rl_amount){.minor = minor, .currency = currency};
}

static void post_settlement(const rl_movement *movement, rl_transaction *out)
{
  rl_amount amount = movement->amount;
  post(out, movement->party, movement->party_name, amount.currency, amount.minor);
  post(out, RL_ACCOUNT_SETTLEMENT, movement->bank, amount.currency, -amount.minor);
}

static void post_hedge(const rl_movement *movement, rl_transaction *out)
{
  rl_amount bought = movement->amount, sold = movement->sold;
  post(out, RL_ACCOUNT_POSITION, "", bought.currency, bought.minor);
  post(out, RL_ACCOUNT_COUNTERPARTY, movement->party_name, bought.currency, -bought.minor);
  post(out, RL_ACCOUNT_POSITION, "", sold.currency, -sold.minor);
  post(out, RL_ACCOUNT_COUNTERPARTY, movement->party_name, sold.currency, sold.minor);
}

static void post_refund(const rl_transaction *sale, rl_transaction *out)
{
  out->quote = sale->quote;
  out->posting_count = sale->posting_count;
  memcpy(out->postings, sale->postings, sizeof out->postings);
  for (unsigned i = 0; i < out->posting_count; i++)
    out->postings[i].amount.minor = -out->postings[i].amount.minor;
}

rl_status rl_ledger_move(const rl_movement *movement, const rl_transaction *sale, const char *by,
                         const char *key, int64_t posted_utc_ms, rl_transaction *out)
{
  const char *field;
  bool is_refund = movement->kind == RL_TRANSACTION_REFUND;
  if (rl_movement_fault(movement, &field) || is_refund != (sale != NULL))
    return RL_INVALID;
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
