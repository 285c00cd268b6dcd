/* Bars made by hand or at random, for the tests of what draws them. */
#pragma once

#include "history/bars.h"
#include "support/random.h"

/* Bars of a minute from 2026-11-24T09:00Z on, each with the four mids of `mids` (half units of
 * 10^-5), a minute's price with a spread of 0.2 pips and one change; a row of zeros is none. */
rl_bars rl_sample_bars(const uint32_t (*mids)[4], size_t count);
/* Up to `most` bars of any length, times and prices, some without. */
rl_bars rl_sample_random(rl_random *random, size_t most);
