/* Looks every second whether the sealing keys' file changed. On a thread of its own, because a disk
 * may keep it waiting, and neither expiry nor a listener may wait with it. */
#include "server/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rl_key_watch {
  rl_ticker ticker;
  rl_service *service;
  char said[1024]; /* the trouble last told of: told once, not every second */
};

static void look(void *context)
{
  rl_key_watch *watch = context;
  rl_error error = {0};
  bool changed = false;
  char trouble[sizeof watch->said] = "";
  if (rl_service_refresh_keys(watch->service, &changed, &error) != RL_OK)
    rl_error_format(&error, trouble, sizeof trouble);
  if (trouble[0] && strcmp(trouble, watch->said) != 0)
    fprintf(stderr, "ratelockd: the sealing keys in memory stay: %s\n", trouble);
  if (changed)
    fprintf(stderr, "ratelockd: sealing keys read anew\n");
  memcpy(watch->said, trouble, sizeof trouble);
}

rl_status rl_key_watch_start(rl_service *service, rl_key_watch **out)
{
  rl_key_watch *watch = calloc(1, sizeof *watch);
  if (!watch)
    return RL_NO_MEMORY;
  watch->service = service;
  if (rl_ticker_start(&watch->ticker, RL_KEY_WATCH_MS, look, watch) != RL_OK) {
    free(watch);
    return RL_NO_MEMORY;
  }
  *out = watch;
  return RL_OK;
}

void rl_key_watch_stop(rl_key_watch *watch)
{
  rl_ticker_stop(&watch->ticker);
  free(watch);
}
