/* Adding to a transaction. Private to this room. */
#pragma once

#include "ledger/ledger.h"

/* A posting of nothing says nothing, so it is left out. Asserts that there is room. */
void rl_transaction_add(rl_transaction *transaction, rl_account_kind account, const char *name,
                        rl_currency currency, int64_t minor);
