/* Keys and quotes whose instants a test chooses. */
#pragma once

#include "seal/seal.h"
#include "support/quotes.h"

/* 2026-01-01T00:00:00Z, where the tests' days begin. */
#define DAY_ONE 1767225600000ll

/* Keys 1, 2, … that start at these instants, each of a secret of its own. */
rl_seal_keys keys_starting(unsigned count, const int64_t *starts_utc_ms);
/* A quote of the store of zeros, issued then. */
rl_quote quote_of(rl_random *numbers, int64_t issued_utc_ms);
