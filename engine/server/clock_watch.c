/* Looks every second whether a source's clock went wrong, and tells an operator: a venue whose
 * clock is hours off sends rates that look fresh, or none that is taken, and nobody may be asking
 * for `sources` just then. Told when it changes, not every second. */
#include "server/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LOOK_EVERY_MS 1000

struct rl_clock_watch {
  rl_ticker ticker;
  const rl_market *market;
  rl_source_clock said[RL_SOURCES_MAX]; /* by source; RL_CLOCK_UNKNOWN at first */
};

static void tell(const char *source, rl_source_clock clock, int64_t offset_ms)
{
  if (clock == RL_CLOCK_AHEAD)
    fprintf(stderr, "ratelockd: source %s: its clock is %" PRId64 " s ahead of ours: its updates "
            "are refused for it\n", source, offset_ms / 1000);
  else if (clock == RL_CLOCK_BEHIND)
    fprintf(stderr, "ratelockd: source %s: its clock is %" PRId64 " s behind ours, or all it "
            "sends comes so late\n", source, -offset_ms / 1000);
  else
    fprintf(stderr, "ratelockd: source %s: its clock agrees with ours again\n", source);
}

static void look(void *context)
{
  rl_clock_watch *watch = context;
  for (unsigned i = 0; i < rl_market_source_count(watch->market); i++) {
    rl_source source = {(uint8_t)i};
    int64_t offset_ms;
    rl_source_clock clock = rl_market_source_clock(watch->market, source, &offset_ms);
    bool is_first_good = clock == RL_CLOCK_GOOD && watch->said[i] == RL_CLOCK_UNKNOWN;
    if (clock != watch->said[i] && clock != RL_CLOCK_UNKNOWN && !is_first_good)
      tell(rl_market_source_name(watch->market, source), clock, offset_ms);
    watch->said[i] = clock;
  }
}

rl_status rl_clock_watch_start(const rl_market *market, rl_clock_watch **out)
{
  rl_clock_watch *watch = calloc(1, sizeof *watch);
  if (!watch)
    return RL_NO_MEMORY;
  watch->market = market;
  if (rl_ticker_start(&watch->ticker, LOOK_EVERY_MS, look, watch) != RL_OK) {
    free(watch);
    return RL_NO_MEMORY;
  }
  *out = watch;
  return RL_OK;
}

void rl_clock_watch_stop(rl_clock_watch *watch)
{
  rl_ticker_stop(&watch->ticker);
  free(watch);
}
