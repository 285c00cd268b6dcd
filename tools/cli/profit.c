#include "profit.h"

#include <stdlib.h>

rl_i128 rl_own_revenue(const rl_own *own)
{
  return own->fees + own->spread + own->rounding;
}

/* The figure of an account of our own; NULL for the accounts of others, and of the bank. */
static rl_i128 *figure_of(rl_own *own, rl_account_kind account)
{
  switch (account) {
  case RL_ACCOUNT_FEE: return &own->fees;
  case RL_ACCOUNT_SPREAD: return &own->spread;
  case RL_ACCOUNT_ROUNDING: return &own->rounding;
  case RL_ACCOUNT_POSITION: return &own->position;
  case RL_ACCOUNT_CUSTOMER:
  case RL_ACCOUNT_COUNTERPARTY:
  case RL_ACCOUNT_SETTLEMENT: break;
  }
  return NULL;
}

/* A sale, refund or hedge is of two currencies. */
static bool currencies_of(const rl_transaction *transaction, rl_currency *first,
                          rl_currency *second)
{
  *first = *second = RL_CURRENCY_NONE;
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    rl_currency currency = transaction->postings[i].amount.currency;
    if (i == 0)
      *first = currency;
    else if (!rl_currency_equal(currency, *first))
      *second = currency;
  }
  return !rl_currency_equal(*second, RL_CURRENCY_NONE);
}

static rl_pair_profit *pair_of(rl_profit *profit, rl_currency left, rl_currency right)
{
  bool in_order = rl_universe_is_base(profit->universe, left, right);
  rl_currency base = in_order ? left : right, quote = in_order ? right : left;
  for (size_t i = 0; i < profit->pair_count; i++) {
    if (rl_currency_equal(profit->pairs[i].base, base)
        && rl_currency_equal(profit->pairs[i].quote, quote))
      return &profit->pairs[i];
  }
  if (profit->pair_count == profit->pair_room) {
    profit->pair_room = profit->pair_room ? 2 * profit->pair_room : 16;
    profit->pairs = realloc(profit->pairs, profit->pair_room * sizeof *profit->pairs);
    RL_ASSERT(profit->pairs);
  }
  rl_pair_profit *added = &profit->pairs[profit->pair_count++];
  *added = (rl_pair_profit){.base = base, .quote = quote};
  return added;
}

static void count(rl_pair_profit *pair, rl_transaction_kind kind)
{
  pair->sales += kind == RL_TRANSACTION_SALE;
  pair->refunds += kind == RL_TRANSACTION_REFUND;
  pair->hedges += kind == RL_TRANSACTION_HEDGE;
}

static void add_posting(rl_profit *profit, rl_pair_profit *pair, const rl_posting *posting)
{
  rl_currency currency = posting->amount.currency;
  rl_i128 *all = figure_of(&profit->own[currency.index], posting->account);
  if (!all)
    return;
  *all += posting->amount.minor;
  profit->seen[currency.index] = true;
  bool of_base = rl_currency_equal(currency, pair->base);
  *figure_of(of_base ? &pair->in_base : &pair->in_quote, posting->account) +=
    posting->amount.minor;
}

void rl_profit_add(rl_profit *profit, const rl_transaction *transaction)
{
  rl_currency first, second;
  profit->transactions++;
  if (transaction->kind == RL_TRANSACTION_SETTLEMENT
      || !currencies_of(transaction, &first, &second))
    return;
  rl_pair_profit *pair = pair_of(profit, first, second);
  count(pair, transaction->kind);
  for (unsigned i = 0; i < transaction->posting_count; i++)
    add_posting(profit, pair, &transaction->postings[i]);
}

void rl_profit_carry(rl_profit *profit, const rl_posting *of, rl_i128 minor)
{
  unsigned currency = of->amount.currency.index;
  rl_i128 *all = figure_of(&profit->own[currency], of->account);
  if (!all)
    return;
  *all += minor;
  *figure_of(&profit->carried[currency], of->account) += minor;
  profit->seen[currency] = true;
  profit->has_carried = true;
}

void rl_profit_free(rl_profit *profit)
{
  free(profit->pairs);
  *profit = (rl_profit){0};
}

/* --- what it is worth --- */

bool rl_mids_worth(const rl_mids *mids, rl_currency currency, rl_i128 minor, rl_i128 *out)
{
  const rl_mid *mid = &mids->of[currency.index];
  rl_ratio ratio = rl_ratio_one();
  if (minor == 0 || rl_currency_equal(currency, mids->to)) {
    *out = minor;
    return true;
  }
  for (unsigned i = 0; i < mid->leg_count; i++) {
    const rl_rate *rate = &mid->legs[i].rate;
    ratio = mid->legs[i].inverted ? rl_ratio_over(ratio, rate->mantissa, rate->scale, 1)
                                  : rl_ratio_times(ratio, rate->mantissa, rate->scale, 1);
  }
  int shift = (int)rl_currency_exponent(mids->to) - (int)rl_currency_exponent(currency);
  return mid->leg_count > 0 && rl_ratio_worth(ratio, minor, shift, out) == RL_OK;
}

static void add_worth(const rl_mids *mids, rl_currency currency, const rl_own *own, rl_worth *out)
{
  rl_i128 revenue, position;
  if (!rl_mids_worth(mids, currency, rl_own_revenue(own), &revenue)
      || !rl_mids_worth(mids, currency, own->position, &position)) {
    out->complete = false;
    return;
  }
  out->revenue += revenue;
  out->position += position;
}

rl_worth rl_profit_worth_of_currency(const rl_profit *profit, const rl_mids *mids,
                                     rl_currency currency)
{
  rl_worth out = {.complete = true};
  add_worth(mids, currency, &profit->own[currency.index], &out);
  return out;
}

rl_worth rl_profit_worth_of_pair(const rl_pair_profit *pair, const rl_mids *mids)
{
  rl_worth out = {.complete = true};
  add_worth(mids, pair->base, &pair->in_base, &out);
  add_worth(mids, pair->quote, &pair->in_quote, &out);
  return out;
}

static rl_worth worth_of_all(const rl_profit *profit, const rl_own *own, const rl_mids *mids)
{
  rl_worth out = {.complete = true};
  for (unsigned i = 1; i < RL_CURRENCY_COUNT; i++) {
    if (profit->seen[i])
      add_worth(mids, (rl_currency){(uint8_t)i}, &own[i], &out);
  }
  return out;
}

rl_worth rl_profit_worth(const rl_profit *profit, const rl_mids *mids)
{
  return worth_of_all(profit, profit->own, mids);
}

rl_worth rl_profit_worth_of_carried(const rl_profit *profit, const rl_mids *mids)
{
  return worth_of_all(profit, profit->carried, mids);
}

rl_worth rl_profit_rounding(const rl_profit *profit, const rl_mids *mids)
{
  rl_worth out = rl_profit_worth(profit, mids);
  rl_worth carried = rl_profit_worth_of_carried(profit, mids);
  out.revenue -= carried.revenue;
  out.position -= carried.position;
  for (size_t i = 0; i < profit->pair_count; i++) {
    rl_worth pair = rl_profit_worth_of_pair(&profit->pairs[i], mids);
    out.revenue -= pair.revenue;
    out.position -= pair.position;
  }
  return out;
}
