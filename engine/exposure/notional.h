/* What a lock counts for: its source amount at mid in the reporting currency, rounded up (L5). */
#pragma once

#include "exposure/limits.h"
#include "market/market.h"

/* Minor units of `reporting`, 1 … RL_NOTIONAL_MAX, or 0 where no rate says it. The mid is the
 * snapshot's own where its legs meet that currency, so that the price and its measure are of one
 * instant; else the last that the market had, however old: it is a measure of risk, not a price. */
int64_t rl_notional_of(const rl_market *market, const rl_snapshot *snapshot, int64_t source_minor,
                       rl_currency reporting);
