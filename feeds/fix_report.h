/* What ratelock-feed-fix says of a session: each kind of trouble when it first happens, then ever
 * more seldom, and all of them in numbers. Venues' words are cut and freed of what a terminal would
 * obey. */
#pragma once

#include "feeds/fix_market.h"

#include <stdio.h>

/* One more of a kind: said for the first (of rejects: the first hundred), then for the tenth, the
 * hundredth, … */
void rl_fix_report_odd(const rl_fix_market *market, rl_fix_count count, rl_fix_span about,
                       rl_fix_span detail);

/* All counters: as one JSON object, or as words, of which those that are zero are left out. */
void rl_fix_report_counts(const rl_fix_market *market, bool json, FILE *stream);

/* The venue's words as a line for people. */
#define RL_FIX_WORDS_SIZE 161
void rl_fix_words(rl_fix_span span, char out[RL_FIX_WORDS_SIZE]);
