/* Movements for tests. */
#pragma once

#include "ledger/ledger.h"
#include "support/quotes.h"

/* EUR to INR at 94.6135 with 60 bps, 50,000.00 INR fixed; a source fee of 45 bps, two target
 * fees, and a residue. */
rl_quote quote_with_fees_on_both_sides(void);
/* EUR 100.00 from the customer "shop" into our account "main". */
rl_movement a_settlement(void);
/* USD 1,000.00 bought for EUR 900.00 of "lp". */
rl_movement a_hedge(void);
/* Any of its kind that can be posted; a refund is of `quote`. */
rl_movement random_movement(rl_random *random, rl_transaction_kind kind, rl_quote_id quote);
