/* A market to compare tariffs on: one bid, mid and ask for each pair, and the ways between
 * currencies that the engine itself would take.
 *
 * The rates are of an engine's board or of a table of typical ones. Ages, sources and opening hours
 * are left out of them: who prices says which conditions to assume. One thread. */
#pragma once

#include "market/market.h"
#include "view.h"

typedef struct rl_rates rl_rates;

/* No rates yet. Takes the universe; the caller destroys the rates. Out of memory ends the program,
 * here and below. */
rl_rates *rl_rates_create(rl_universe *universe);
void rl_rates_destroy(rl_rates *rates);

/* The built-in universe and some pairs that only the table of typical rates has. */
rl_universe *rl_rates_usual_universe(void);

/* Takes "rate BASE QUOTE BID ASK VOLATILITY_PPM" lines and the "day" they are of; pairs that the
 * universe does not have are passed over. RL_INVALID with the line for anything else. */
RL_MUST_USE rl_status rl_rates_take_table(rl_rates *rates, const char *text, const char *file,
                                          rl_error *error);
/* The table of typical rates. */
const char *rl_rates_typical_text(void);
/* Takes an answer to a request for spreads; pairs without a price, unknown to the universe or of
 * more decimals than it gives them are passed over. */
void rl_rates_take_board(rl_rates *rates, rl_view answer);

/* Pairs that have a rate. */
unsigned rl_rates_count(const rl_rates *rates);
/* The day of the table, "" if none was taken. */
const char *rl_rates_day(const rl_rates *rates);

/* As rl_market_snapshot, in calm conditions: open, plenty of sources, fresh. */
rl_refusal rl_rates_snapshot(const rl_rates *rates, rl_currency from, rl_currency to,
                             rl_snapshot *out);
