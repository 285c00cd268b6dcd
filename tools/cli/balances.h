/* Sums of postings by account and currency, in 128 bits. One thread. */
#pragma once

#include "ledger/ledger.h"

typedef struct rl_balance {
  char account[RL_ACCOUNT_TEXT_SIZE];
  rl_account_kind kind;
  char name[RL_CLIENT_NAME_MAX + 1];
  rl_currency currency;
  rl_i128 minor;     /* signed minor units */
  uint64_t postings;
} rl_balance;

typedef struct rl_balances {
  void *tree; /* of rl_balance, by account and currency; see tsearch */
} rl_balances;

void rl_balances_add(rl_balances *balances, const rl_posting *posting);
/* The same for many postings that were summed up before; the amount of `of` says nothing. */
void rl_balances_add_sum(rl_balances *balances, const rl_posting *of, rl_i128 minor,
                         uint64_t postings);
/* In order of account, then currency. */
void rl_balances_each(const rl_balances *balances,
                      void (*visit)(const rl_balance *balance, void *context), void *context);
void rl_balances_free(rl_balances *balances);

/* A sum with the currency's decimals: "-1000.00". */
#define RL_SUM_TEXT_SIZE 48
void rl_sum_format(rl_i128 minor, rl_currency currency, char out[RL_SUM_TEXT_SIZE]);
