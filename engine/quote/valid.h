/* What makes a quote complete: one judge for what is written and for what was read. */
#pragma once

#include "quote/quote.h"

/* Half of what fits: a deadline does not overflow. 146 years since the machine started. */
#define RL_ISSUED_MONO_MAX_NS (INT64_MAX / 2)

/* Everything that a token carries: numbers in their ranges, the quote in agreement with itself. */
bool rl_quote_terms_valid(const rl_quote *quote);
/* What a record adds to it. */
bool rl_quote_evidence_valid(const rl_quote *quote);

/* What follows from the other fields, which are within their ranges. */
typedef struct rl_derived {
  int64_t charge_minor;
  int64_t net_minor;
  int64_t gross_minor;
  int64_t spread_minor;
  int64_t expires_utc_ms;
  int64_t deadline_mono_ns;
  rl_rate disclosure_rate;
} rl_derived;
rl_derived rl_quote_derive(const rl_quote *quote);
