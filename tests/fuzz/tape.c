/* Any bytes as records of a tape: decoded to the end or refused, and whatever was decoded applied
 * to a market, as a replay does. */
#include "tape/record.h"

#include <stdlib.h>
#include <string.h>

static const char universe_text[] =
  "order EUR USD JPY\n"
  "pair EUR USD scale=6 depth=vwap reference_ppm=100000\n"
  "pair USD JPY scale=4 pip=2 min_sources=2 policy=best\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void take(rl_market *market, const rl_tape_record *record)
{
  unsigned pairs = rl_universe_pair_count(rl_market_universe(market));
  rl_source source;
  rl_composite composite;
  switch (record->kind) {
  case RL_TAPE_RECORD_SOURCE:
    if (rl_market_register(market, record->name, record->class, &source) != RL_OK)
      return;
    break;
  case RL_TAPE_RECORD_PAIR:
    if (record->pair.index >= pairs ||
        rl_market_load_pair(market, record->pair, record->state, record->state_size) != RL_OK)
      return;
    rl_market_composite(market, record->pair, record->now.mono, &composite);
    break;
  case RL_TAPE_RECORD_UPDATE:
    if (record->pair.index >= pairs || record->source.index >= rl_market_source_count(market))
      return;
    if (record->resumed)
      rl_market_resume(market, record->pair);
    rl_market_apply(market, record->source, &record->tick, record->now);
    rl_market_composite(market, record->pair, record->now.mono, &composite);
    break;
  case RL_TAPE_RECORD_RESET:
  case RL_TAPE_RECORD_WHOLE:
  case RL_TAPE_RECORD_GAP:
  case RL_TAPE_RECORD_HALTED: break;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
  static rl_universe *universe;
  rl_error error;
  rl_tape_context *context;
  rl_market *market;
  if (!universe && rl_universe_parse(universe_text, sizeof universe_text - 1, "", &universe,
                                     &error) != RL_OK)
    abort();
  if (rl_market_create(universe, &market) != RL_OK || rl_tape_context_create(&context) != RL_OK)
    abort();
  rl_reader in = rl_reader_over(bytes, size);
  rl_tape_record record;
  while (in.used < in.size && rl_tape_record_get(context, &in, &record))
    take(market, &record);
  rl_tape_context_destroy(context);
  rl_market_destroy(market);
  return 0;
}
