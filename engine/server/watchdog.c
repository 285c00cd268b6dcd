/* The watchdog: a listener that went deaf (listener.c tells how) is found and mended here. Two
 * probes in a row must fail, so that one slow moment does not cut everybody off; clients connect
 * again by themselves, and their repeated requests are answered once (L4). */
#include "server/internal.h"

#include <stdio.h>
#include <stdlib.h>

#define PROBE_INTERVAL_MS 250
#define PROBE_TIMEOUT_MS 500
#define PROBES_FAILED_MAX 2

struct rl_watchdog {
  rl_ticker ticker;
  rl_listener *listeners[RL_LISTENERS_MAX];
  unsigned failed[RL_LISTENERS_MAX]; /* probes in a row */
  unsigned count;
};

static void probe_all(void *context)
{
  rl_watchdog *watchdog = context;
  for (unsigned i = 0; i < watchdog->count; i++) {
    rl_listener *listener = watchdog->listeners[i];
    if (rl_listener_answers(listener, PROBE_TIMEOUT_MS)) {
      watchdog->failed[i] = 0;
    } else if (++watchdog->failed[i] >= PROBES_FAILED_MAX) {
      rl_status status = rl_listener_renew(listener);
      fprintf(stderr, "ratelockd: %s no longer answered; listening anew: %s\n", listener->url,
              rl_status_text(status));
      watchdog->failed[i] = 0;
    }
  }
}

rl_status rl_watchdog_start(rl_listener *const *listeners, unsigned count, rl_watchdog **out)
{
  RL_ASSERT(count <= RL_LISTENERS_MAX);
  rl_watchdog *watchdog = calloc(1, sizeof *watchdog);
  if (!watchdog)
    return RL_NO_MEMORY;
  watchdog->count = count;
  for (unsigned i = 0; i < count; i++)
    watchdog->listeners[i] = listeners[i];
  if (rl_ticker_start(&watchdog->ticker, PROBE_INTERVAL_MS, probe_all, watchdog) != RL_OK) {
    free(watchdog);
    return RL_NO_MEMORY;
  }
  *out = watchdog;
  return RL_OK;
}

void rl_watchdog_stop(rl_watchdog *watchdog)
{
  rl_ticker_stop(&watchdog->ticker);
  free(watchdog);
}
