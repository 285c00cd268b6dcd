/* Looks every second what state the store is in: an operator is told when it stops taking anything
 * and why, as far as its database said, and when it does again. Asks a shared one which pairs other
 * engines halted meanwhile, and measures each minute how much room it takes: here, where nobody
 * waits for a database that is slow to say so. */
#include "server/internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { LOOK_MS = 1000, LOOKS_PER_MEASURE = 60 };

struct rl_store_watch {
  rl_ticker ticker;
  rl_service *service;
  rl_store *store; /* the service's */
  rl_store_state said;
  bool deaf;       /* it was told that halts cannot be read */
  unsigned looks;
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

static void tell(rl_store_watch *watch)
{
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

/* Said once, not every second; a store that is out of reach is told of when it is written to. */
static void take_in_halts(rl_store_watch *watch)
{
  rl_error error = {0};
  char text[sizeof(rl_error) + 32];
  rl_status status = rl_service_refresh_halts(watch->service, &error);
  if (status != RL_OK && !watch->deaf) {
    rl_error_format(&error, text, sizeof text);
    fprintf(stderr, "ratelockd: halts by other engines cannot be read: %s\n", text);
  }
  watch->deaf = status != RL_OK;
}

static void look(void *context)
{
  rl_store_watch *watch = context;
  tell(watch);
  take_in_halts(watch);
  if (++watch->looks % LOOKS_PER_MEASURE == 0 && watch->said == RL_STORE_OPEN)
    rl_store_measure(watch->store);
}

rl_status rl_store_watch_start(rl_service *service, rl_store_watch **out)
{
  rl_store_watch *watch = calloc(1, sizeof *watch);
  if (!watch)
    return RL_NO_MEMORY;
  watch->service = service;
  watch->store = rl_service_store(service);
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
