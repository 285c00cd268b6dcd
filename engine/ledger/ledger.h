/* The ledger: what an accepted quote, and all that follows from it, does to the accounts, in
 * double entry (S4). Each currency of a transaction sums to zero; + means that the holder of the
 * account gains.
 * Pure: no clock, no file.
 *
 *   SALE        an accepted quote, written by the store with its acceptance:
 *               source currency   customer -C, each source fee +f, position +N
 *               target currency   position -P, customer +T, each target fee +e,
 *                                 revenue:spread +(P - floor(N x rho)), revenue:rounding +residue
 *               A cross posts no pivot: the position is in the two currencies that were traded.
 *   REFUND      the sale of one quote taken back whole: each of its postings with the other sign
 *   SETTLEMENT  money moved: `amount` into our bank account from a customer or counterparty (below
 *               zero: out of it). The one who paid has been charged before and is even again:
 *               customer or counterparty +amount, settlement:ACCOUNT -amount. So what the bank
 *               holds for us is the balance of settlement:ACCOUNT with the other sign.
 *   HEDGE       a deal with a counterparty, by which a position can come back to zero:
 *               position +bought and -sold, counterparty -bought and +sold
 *
 * The first is written by the store from the quote. The others are movements that an operator
 * posts, each under an idempotency key, once. */
#pragma once

#include "quote/quote.h"

typedef enum rl_account_kind {
  RL_ACCOUNT_CUSTOMER = 1,     /* by client */
  RL_ACCOUNT_FEE = 2,          /* by fee */
  RL_ACCOUNT_POSITION = 3,     /* its balance in a currency is the open position, + long */
  RL_ACCOUNT_SPREAD = 4,
  RL_ACCOUNT_ROUNDING = 5,
  RL_ACCOUNT_COUNTERPARTY = 6, /* by counterparty of hedges */
  RL_ACCOUNT_SETTLEMENT = 7,   /* by bank account */
} rl_account_kind;

typedef struct rl_posting {
  rl_account_kind account;
  char name[RL_CLIENT_NAME_MAX + 1]; /* of the accounts that are "by" something, else "" */
  rl_amount amount;                  /* signed minor units */
} rl_posting;

/* customer, fees, position, and on the target side position, customer, spread, rounding */
#define RL_POSTINGS_MAX (RL_FEES_MAX + 6)

typedef enum rl_transaction_kind {
  RL_TRANSACTION_SALE = 1,
  RL_TRANSACTION_REFUND = 2,
  RL_TRANSACTION_SETTLEMENT = 3,
  RL_TRANSACTION_HEDGE = 4,
} rl_transaction_kind;

/* No value date: a sale's and a refund's is their quote's. */
#define RL_NO_VALUE_DAY INT32_MIN

typedef struct rl_transaction {
  rl_transaction_kind kind;
  rl_quote_id quote;                   /* of a sale or refund, else zero */
  int64_t posted_utc_ms;
  int32_t value_day;                   /* days since 1970-01-01, or RL_NO_VALUE_DAY */
  char by[RL_CLIENT_NAME_MAX + 1];     /* who posted it; "" for a sale */
  char key[RL_KEY_MAX + 1];            /* under which; "" for a sale */
  char reference[RL_REFERENCE_MAX + 1]; /* the bank's or counterparty's, or "" */
  unsigned posting_count;
  rl_posting postings[RL_POSTINGS_MAX];
} rl_transaction;

/* "customer:shop", "fee:service", "position", "revenue:spread", "revenue:rounding",
 * "counterparty:bank", "settlement:main". */
#define RL_ACCOUNT_TEXT_SIZE 48
void rl_account_format(const rl_posting *posting, char out[RL_ACCOUNT_TEXT_SIZE]);
/* "sale", "refund", "settlement", "hedge". Static. */
const char *rl_transaction_kind_name(rl_transaction_kind kind);

/* The postings of an accepted quote; those of zero are left out. Asserts that they balance. */
void rl_ledger_post(const rl_quote *quote, int64_t posted_utc_ms, rl_transaction *out);

/* What an operator posts. Fields that its kind has no use for are zero. */
typedef struct rl_movement {
  rl_transaction_kind kind;             /* any but a sale */
  int32_t value_day;                    /* of a settlement or hedge: days since 1970-01-01 */
  char reference[RL_REFERENCE_MAX + 1]; /* printable ASCII, or "" */
  rl_quote_id quote;                    /* of a refund: whose sale is taken back */
  rl_account_kind party;                /* of a settlement: customer or counterparty; of a hedge:
                                           counterparty */
  char party_name[RL_CLIENT_NAME_MAX + 1]; /* of a settlement or hedge; printable ASCII */
  char bank[RL_CLIENT_NAME_MAX + 1];    /* of a settlement: our account; printable ASCII */
  rl_amount amount; /* of a settlement: into our account, not zero; of a hedge: bought, above 0 */
  rl_amount sold;   /* of a hedge: above 0, of another currency */
} rl_movement;

/* The transaction of a movement, posted by `by` under `key`. `sale` is that of the quote, for a
 * refund; else NULL. RL_INVALID for a movement that is not of its kind's form (rl_movement_fault
 * says in what), and for a sale that is none or does not balance; otherwise it balances. */
RL_MUST_USE rl_status rl_ledger_move(const rl_movement *movement, const rl_transaction *sale,
                                     const char *by, const char *key, int64_t posted_utc_ms,
                                     rl_transaction *out);
/* Why a movement is not of its form, for people, and *field which of its fields, as the wire names
 * it; NULL when it is. Total; static. */
const char *rl_movement_fault(const rl_movement *movement, const char **field);
/* Of all its fields: same key, same body (L4). */
rl_fingerprint rl_movement_body(const rl_movement *movement);

/* True when each currency sums to zero (in 128 bits). */
bool rl_transaction_balances(const rl_transaction *transaction);

/* Bytes that end with their checksum: at most RL_TRANSACTION_MAX, with fourteen postings and two
 * of them to a client with the longest name (layout: codec.c). Decoding is total: RL_CORRUPT for
 * anything else; whether it balances is for the caller to ask. */
#define RL_TRANSACTION_MAX 768
size_t rl_transaction_encode(const rl_transaction *transaction, uint8_t out[RL_TRANSACTION_MAX]);
RL_MUST_USE rl_status rl_transaction_decode(const void *bytes, size_t size, rl_transaction *out);
