/* All currencies there are, for benchmarks that need many pairs. */
#pragma once

#include "money/currency.h"

/* Static; *count of them, in alphabetic order. */
const rl_currency *bench_currencies(unsigned *count);
