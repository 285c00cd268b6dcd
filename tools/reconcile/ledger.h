/* The ledger's side of a reconciliation: the settlements of one of our bank accounts.
 *
 * A settlement of 100.00 into the account is a posting of -100.00 on settlement:ACCOUNT, for there
 * the outside gave it (ledger/ledger.h); here it is +100.00, as on the bank's statement. Its date
 * is the value date, its references are the transaction's reference and the key under which it was
 * posted. Pure; one thread. */
#pragma once

#include "ledger/ledger.h"
#include "reconcile/items.h"

/* So many days around the period belong to it, to see what was booked late or early. */
#define RL_LEDGER_MARGIN_DAYS 31
/* Accounts that are named in an error; more are counted. */
#define RL_LEDGER_ACCOUNTS_MAX 32u

typedef struct rl_ledger_side {
  const char *account; /* wanted, without "settlement:" */
  rl_date from;        /* value dates, inclusive */
  rl_date to;
  rl_items items;      /* place: number of the transaction */
  bool account_found;  /* some transaction settles there, at whatever date */
  char accounts[RL_LEDGER_ACCOUNTS_MAX][RL_CLIENT_NAME_MAX + 1]; /* those there are */
  uint32_t account_count;
} rl_ledger_side;

/* Takes what the transaction moves. RL_OUT_OF_RANGE beyond the limits of items.h, RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_ledger_side_take(rl_ledger_side *side, uint64_t number,
                                          const rl_transaction *transaction);
