#include "ledger/posting.h"

#include <stdio.h>

void rl_account_format(const rl_posting *posting, char out[RL_ACCOUNT_TEXT_SIZE])
{
  const char *text = "";
  switch (posting->account) {
  case RL_ACCOUNT_CUSTOMER: text = "customer:"; break;
  case RL_ACCOUNT_FEE: text = "fee:"; break;
  case RL_ACCOUNT_POSITION: text = "position"; break;
  case RL_ACCOUNT_SPREAD: text = "revenue:spread"; break;
  case RL_ACCOUNT_ROUNDING: text = "revenue:rounding"; break;
  case RL_ACCOUNT_COUNTERPARTY: text = "counterparty:"; break;
  case RL_ACCOUNT_SETTLEMENT: text = "settlement:"; break;
  }
  snprintf(out, RL_ACCOUNT_TEXT_SIZE, "%s%s", text, posting->name);
}

const char *rl_transaction_kind_name(rl_transaction_kind kind)
{
  switch (kind) {
  case RL_TRANSACTION_SALE: return "sale";
  case RL_TRANSACTION_REFUND: return "refund";
  case RL_TRANSACTION_SETTLEMENT: return "settlement";
  case RL_TRANSACTION_HEDGE: return "hedge";
  }
  return "unknown";
}

void rl_transaction_add(rl_transaction *transaction, rl_account_kind account, const char *name,
                        rl_currency currency, int64_t minor)
{
  if (minor == 0)
    return;
  RL_ASSERT(transaction->posting_count < RL_POSTINGS_MAX);
  rl_posting *posting = &transaction->postings[transaction->posting_count++];
  posting->account = account;
  snprintf(posting->name, sizeof posting->name, "%s", name);
  posting->amount = (rl_amount){.minor = minor, .currency = currency};
}

static void post_fees(rl_transaction *transaction, const rl_terms *terms, rl_fee_side side,
                      rl_currency currency)
{
  for (unsigned i = 0; i < terms->fee_count; i++) {
    const rl_fee_line *fee = &terms->fees[i];
    if (fee->side == side)
      rl_transaction_add(transaction, RL_ACCOUNT_FEE, fee->name, currency, fee->amount_minor);
  }
}

void rl_ledger_post(const rl_quote *quote, int64_t posted_utc_ms, rl_transaction *out)
{
  const rl_terms *terms = &quote->terms;
  rl_currency source = terms->source_currency, target = terms->target_currency;
  *out = (rl_transaction){
    .kind = RL_TRANSACTION_SALE,
    .quote = quote->id,
    .posted_utc_ms = posted_utc_ms,
    .value_day = RL_NO_VALUE_DAY,
  };
  rl_transaction_add(out, RL_ACCOUNT_CUSTOMER, quote->client, source, -terms->charge_minor);
  post_fees(out, terms, RL_FEE_SOURCE, source);
  rl_transaction_add(out, RL_ACCOUNT_POSITION, "", source, terms->net_minor);
  rl_transaction_add(out, RL_ACCOUNT_POSITION, "", target, -terms->position_minor);
  rl_transaction_add(out, RL_ACCOUNT_CUSTOMER, quote->client, target, terms->target_minor);
  post_fees(out, terms, RL_FEE_TARGET, target);
  rl_transaction_add(out, RL_ACCOUNT_SPREAD, "", target, terms->spread_minor);
  rl_transaction_add(out, RL_ACCOUNT_ROUNDING, "", target, terms->residue_minor);
  RL_ASSERT(rl_transaction_balances(out));
}

bool rl_transaction_balances(const rl_transaction *transaction)
{
  rl_i128 sums[RL_CURRENCY_COUNT] = {0};
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    rl_amount amount = transaction->postings[i].amount;
    sums[amount.currency.index] += amount.minor;
  }
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    if (sums[transaction->postings[i].amount.currency.index] != 0)
      return false;
  }
  return true;
}
