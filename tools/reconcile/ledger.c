#include "reconcile/ledger.h"

#include <string.h>

static void note_account(rl_ledger_side *side, const char *name)
{
  for (uint32_t i = 0; i < side->account_count && i < RL_LEDGER_ACCOUNTS_MAX; i++) {
    if (strcmp(side->accounts[i], name) == 0)
      return;
  }
  if (side->account_count < RL_LEDGER_ACCOUNTS_MAX)
    memcpy(side->accounts[side->account_count], name, strlen(name) + 1);
  side->account_count++;
}

static rl_date date_of(const rl_transaction *transaction)
{
  if (transaction->value_day == RL_NO_VALUE_DAY)
    return rl_date_of_utc((rl_utc){transaction->posted_utc_ms});
  return (rl_date){transaction->value_day};
}

static rl_status take_posting(rl_ledger_side *side, uint64_t number,
                              const rl_transaction *transaction, rl_amount amount)
{
  rl_date date = date_of(transaction);
  rl_item item = {
    .amount = {-amount.minor, amount.currency}, .value_date = date, .booked = date,
    .place = number,
  };
  side->account_found = true;
  if (date.day < side->from.day || date.day > side->to.day || amount.minor == 0)
    return RL_OK;
  rl_status status = rl_items_add(&side->items, &item);
  if (status == RL_OK)
    status = rl_items_refer(&side->items, transaction->reference, strlen(transaction->reference));
  if (status == RL_OK)
    status = rl_items_refer(&side->items, transaction->key, strlen(transaction->key));
  return status;
}

rl_status rl_ledger_side_take(rl_ledger_side *side, uint64_t number,
                              const rl_transaction *transaction)
{
  rl_status status = RL_OK;
  for (unsigned i = 0; i < transaction->posting_count && status == RL_OK; i++) {
    const rl_posting *posting = &transaction->postings[i];
    if (posting->account != RL_ACCOUNT_SETTLEMENT)
      continue;
    note_account(side, posting->name);
    if (strcmp(posting->name, side->account) == 0)
      status = take_posting(side, number, transaction, posting->amount);
  }
  return status;
}
