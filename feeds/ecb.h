/* The European Central Bank's daily euro reference rates, read from its XML.
 *
 *   <gesmes:Envelope xmlns:gesmes="…" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
 *     <Cube><Cube time="2025-05-09"><Cube currency="USD" rate="1.1252"/> …
 *
 * A rate is that currency per one euro. The reader is total: any bytes give a fixing or an error
 * with its line. Document types and entities are refused outright, so that nothing expands.
 * One day only: a file of many days is another file of the ECB's. Pure, any thread. */
#pragma once

#include "clock/clock.h"
#include "money/rate.h"
#include "status/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The real file has 2 KiB; what is a thousand times as large is something else. */
#define RL_ECB_XML_MAX (1u << 20)
/* The ECB has listed 30 to 41 currencies in a day. */
#define RL_ECB_RATES_MAX 64

typedef struct rl_ecb_rate {
  rl_currency currency; /* never EUR */
  rl_rate rate;         /* currency per 1 EUR, at most RL_SOURCE_MANTISSA_MAX */
} rl_ecb_rate;

typedef struct rl_ecb_fixing {
  rl_utc date;       /* midnight UTC of the day: it states no time, and midnight is never ahead */
  unsigned count;    /* of rates, at least 1 */
  unsigned left_out; /* currencies without a rate that day ("N/A") or unknown to the engine */
  rl_ecb_rate rates[RL_ECB_RATES_MAX];
} rl_ecb_fixing;

/* `file` names the bytes in errors. RL_INVALID for another form, a rate that is no positive
 * decimal, a currency twice, no date or two; RL_OUT_OF_RANGE beyond the limits above. One bad
 * rate refuses the whole file: a fixing is published whole or it is not the fixing. */
RL_MUST_USE rl_status rl_ecb_parse(const char *xml, size_t size, const char *file,
                                   rl_ecb_fixing *out, rl_error *error);

/* Currency per 1 EUR; EUR itself is 1. False when the fixing has none. */
bool rl_ecb_find(const rl_ecb_fixing *fixing, rl_currency currency, rl_rate *out);
