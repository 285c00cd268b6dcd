/* Looks every second what state the store is in: an operator is told when it stops taking anything
 * and why, as far as its database said, and when it does again. */
#include "server/internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { LOOK_MS = 1000 };

struct rl_store_watch {
  rl_ticker ticker;
  const rl_store *store;
  rl_store_state said;
};

static const char *words_of(rl_store_state state)
{
  switch (state) {
  case RL_STORE_OPEN: return "takes quotes and accepts again";
  case RL_STORE_READ_ONLY: return "has no space: nothing is issued or accepted until it has";
  case RL_STORE_UNREACHABLE: return "cannot be reached: nothing is issued or accepted until it can";
  case RL_STORE_FAILED: break;
  }
  return "failed: nothing is issued or accepted until this engine is started again";
}

static void look(void *context)
{
  rl_store_watch *watch = context;
  rl_store_state state = rl_store_state_now(watch->store);
  char trouble[RL_TROUBLE_MAX] = "";
  if (state == watch->said)
    return;
  watch->said = state;
  if (state != RL_STORE_OPEN)
    rl_store_trouble(watch->store, trouble);
  fprintf(stderr, "ratelockd: the store %s%s%s\n", words_of(state), trouble[0] ? ": " : "",
          trouble);
}

rl_status rl_store_watch_start(const rl_store *store, rl_store_watch **out)
{
  rl_store_watch *watch = calloc(1, sizeof *watch);
  if (!watch)
    return RL_NO_MEMORY;
  watch->store = store;
  watch->said = RL_STORE_OPEN;
  if (rl_ticker_start(&watch->ticker, LOOK_MS, look, watch) != RL_OK) {
    free(watch);
    return RL_NO_MEMORY;
  }
  *out = watch;
  return RL_OK;
}

void rl_store_watch_stop(rl_store_watch *watch)
{
  rl_ticker_stop(&watch->ticker);
  free(watch);
}
