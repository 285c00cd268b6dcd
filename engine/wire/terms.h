/* A quote's terms as entries of a reply's map: shared by the quote itself and by a look at it. */
#pragma once

#include "quote/quote.h"
#include "wire/entry.h"

/* How many entries rl_pack_terms writes. */
#define RL_TERMS_ENTRIES 36
/* "firm", "quote", "from", … "legs": everything agreed, and what it was made of (M6, K7). */
void rl_pack_terms(rl_writer *writer, const rl_quote *quote);

#define RL_INDICATION_ENTRIES 35
/* The same of a price that nothing holds: no id and no expiry, but the instant of the price. */
void rl_pack_indication(rl_writer *writer, const rl_quote *quote);

const char *rl_side_name(rl_side side);
