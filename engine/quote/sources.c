#include "quote/quote.h"

#include <stdio.h>

void rl_quote_name_sources(rl_quote *quote, const rl_market *market)
{
  int place[RL_SOURCES_MAX];
  for (unsigned i = 0; i < RL_SOURCES_MAX; i++)
    place[i] = -1;
  quote->source_count = 0;
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++) {
    rl_composite *composite = &quote->snapshot.legs[i].composite;
    for (unsigned k = 0; k < composite->tick_count; k++) {
      rl_source *source = &composite->ticks[k].source;
      if (place[source->index] < 0) {
        place[source->index] = (int)quote->source_count;
        snprintf(quote->sources[quote->source_count++], sizeof quote->sources[0], "%s",
                 rl_market_source_name(market, *source));
      }
      source->index = (uint8_t)place[source->index];
    }
  }
}
