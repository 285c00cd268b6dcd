/* Quotes for tests: complete, agreeing with themselves, otherwise at random. Their amounts follow
 * from their fees but not from their rates: they were never priced. */
#pragma once

#include "quote/quote.h"
#include "support/random.h"

/* What a random quote must be; the rest of it is left to the generator. */
typedef struct rl_quote_plan {
  rl_quote_id id;
  rl_store_id store;
  const char *client;
  uint64_t boot_id;
  int64_t issued_mono_ns;
  uint32_t ttl_ms;
} rl_quote_plan;

/* Any quote with evidence: 1 … 3 legs, 1 … 4 markup lines, 0 … 8 fees, any amounts and names. */
void rl_random_quote(rl_random *random, rl_quote *out);
/* The same for the plan given. */
void rl_planned_quote(rl_random *random, const rl_quote_plan *plan, rl_quote *out);
/* USD to EUR for "shop", one leg of four ticks, one markup, two fees, a reference rate. */
void rl_typical_quote(rl_random *random, rl_quote *out);
/* Everything at its limit: no quote has more bytes. */
void rl_largest_quote(rl_quote *out);

/* Computes again what follows from other fields (amounts, instants, snapshot, checksum): call it
 * after changing a field by hand. */
void rl_complete_quote(rl_quote *quote);
/* Takes ticks, key and request away, as a token does. */
void rl_strip_evidence(rl_quote *quote);

/* Every field on a line of its own. The caller frees it. */
char *rl_quote_text(const rl_quote *quote);
/* Field by field; prints the first line that differs. */
bool rl_quotes_equal(const rl_quote *left, const rl_quote *right);

/* A currency that must exist. */
rl_currency rl_test_currency(const char *code);
