/* All currencies there are, for benchmarks that need many pairs. */
#pragma once

#include "market/universe.h"

/* Static; *count of them, in alphabetic order. */
const rl_currency *bench_currencies(unsigned *count);

/* Pairs of the first so many currencies with all others, up to so many pairs, with a session. */
rl_universe *bench_universe(unsigned pairs, unsigned bases);
