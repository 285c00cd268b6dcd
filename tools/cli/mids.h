/* Where the mids to value a ledger at come from: the engine, or people. Each says on stderr what is
 * wrong. */
#pragma once

#include "ledger.h"
#include "profit.h"

/* Fills mids->of for all currencies seen in the profit, by the rates that the arguments name, or by
 * asking the engine where they name none. Without a mid for some currency it succeeds, too. */
rl_exit rl_mids_find(const rl_ledger_arguments *arguments, const rl_profit *profit, rl_mids *out);
