/* The ledger as plain-text accounting for beancount (beancount.github.io).
 *
 * Our + is the holder's gain; beancount's assets are + where we have them. So every sign is turned
 * round, and income and debts come out below zero, as is usual there.
 *
 *   customer:NAME      Assets:Receivable:Customer:NAME   what a customer owes us; - we owe him
 *   counterparty:NAME  Assets:Receivable:Counterparty:NAME
 *   settlement:NAME    Assets:Bank:NAME
 *   fee:NAME           Income:Fees:NAME
 *   revenue:spread     Income:Spread
 *   revenue:rounding   Income:Rounding
 *   position           Equity:Position                   the other side of both currencies of a
 *                                                        deal: - where we are long
 *
 * An account's name there is letters, digits and hyphens, led by a capital or a digit; ours may be
 * any text, and two of ours are never one there (rl_beancount_account has the spelling). Each
 * account is opened at the first day of the file, and closed off with an assertion of its balance
 * in each currency, to the unit, so that bean-check proves the sums too. One thread. */
#pragma once

#include "balances.h"
#include "store/store.h"

#include <stdio.h>

typedef struct rl_beancount {
  rl_balances balances; /* what the assertions say, with our signs */
  rl_balances carried;  /* of these, what was let go; the file begins with it */
  int32_t first_day;    /* UTC, of what was noted; days since 1970-01-01 */
  int32_t last_day;
} rl_beancount;

/* "Assets:Receivable:Customer:Shop". A name that begins with a small letter gets a capital, one
 * that begins with a digit stays; before another stands "X-00". A hyphen is written twice, and
 * what is neither letter nor digit as a hyphen and two hexadecimal digits for each byte. */
#define RL_BEANCOUNT_ACCOUNT_SIZE 160
void rl_beancount_account(rl_account_kind kind, const char *name,
                          char out[RL_BEANCOUNT_ACCOUNT_SIZE]);

/* First all that is to be written, */
void rl_beancount_note(rl_beancount *book, const rl_transaction *transaction);
void rl_beancount_note_carried(rl_beancount *book, rl_date kept_from, const rl_carried *carried);
/* then the head with the accounts and what is carried, the transactions, and the assertions. */
void rl_beancount_open(FILE *file, const rl_beancount *book, const char *period);
void rl_beancount_put(FILE *file, uint64_t number, const rl_transaction *transaction);
void rl_beancount_close(FILE *file, const rl_beancount *book);
void rl_beancount_free(rl_beancount *book);
