/* The ledger: what an accepted quote does to the accounts, in double entry (S4).
 *
 * Each currency of a transaction sums to zero; + means the holder gains. For one quote:
 *
 *   source currency   customer -C, each source fee +f, position +N
 *   target currency   position -P, customer +T, each target fee +e,
 *                     revenue:spread +(P - floor(N x rho)), revenue:rounding +residue
 *
 * A cross posts no pivot: the position is in the two currencies that were traded. Pure. */
#pragma once

#include "quote/quote.h"

typedef enum rl_account_kind {
  RL_ACCOUNT_CUSTOMER = 1,
  RL_ACCOUNT_FEE = 2,
  RL_ACCOUNT_POSITION = 3,
  RL_ACCOUNT_SPREAD = 4,
  RL_ACCOUNT_ROUNDING = 5,
} rl_account_kind;

typedef struct rl_posting {
  rl_account_kind account;
  char name[RL_CLIENT_NAME_MAX + 1]; /* client of a customer account, fee of a fee account */
  rl_amount amount;                  /* signed minor units */
} rl_posting;

/* customer, fees, position, and on the target side position, customer, spread, rounding */
#define RL_POSTINGS_MAX (RL_FEES_MAX + 6)

typedef struct rl_transaction {
  rl_quote_id quote;
  int64_t posted_utc_ms;
  unsigned posting_count;
  rl_posting postings[RL_POSTINGS_MAX];
} rl_transaction;

/* "customer:shop", "fee:service", "position", "revenue:spread", "revenue:rounding". */
#define RL_ACCOUNT_TEXT_SIZE 48
void rl_account_format(const rl_posting *posting, char out[RL_ACCOUNT_TEXT_SIZE]);

/* The postings of an accepted quote; those of zero are left out. Asserts that they balance. */
void rl_ledger_post(const rl_quote *quote, int64_t posted_utc_ms, rl_transaction *out);

/* True when each currency sums to zero (in 128 bits). */
bool rl_transaction_balances(const rl_transaction *transaction);

/* Bytes that end with their checksum: at most RL_TRANSACTION_MAX, with fourteen postings and two
 * of them to a client with the longest name (layout: codec.c). Decoding is total: RL_CORRUPT for
 * anything else; whether it balances is for the caller to ask. */
#define RL_TRANSACTION_MAX 512
size_t rl_transaction_encode(const rl_transaction *transaction, uint8_t out[RL_TRANSACTION_MAX]);
RL_MUST_USE rl_status rl_transaction_decode(const void *bytes, size_t size, rl_transaction *out);
