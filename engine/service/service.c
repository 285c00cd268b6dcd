#include "service/service_internal.h"

#include <stdlib.h>

#define SWEEP_STEPS 4096 /* slots a slice: about a tenth of a millisecond */

rl_status rl_service_create(const rl_service_parts *parts, rl_service **out)
{
  rl_service *service = calloc(1, sizeof *service);
  if (!service)
    return RL_NO_MEMORY;
  service->parts = *parts;
  service->store_id = rl_store_identity(parts->store);
  parts->random_bytes(&service->key_seed, sizeof service->key_seed);
  if (rl_events_init(service) != RL_OK) {
    free(service);
    return RL_NO_MEMORY;
  }
  *out = service;
  return RL_OK;
}

void rl_service_destroy(rl_service *service)
{
  if (!service)
    return;
  rl_events_fini(service);
  free(service);
}

static void on_expired(rl_quote_id id, void *context)
{
  rl_service *service = context;
  service->counters.expired++;
  rl_event event = {
    .life = RL_LIFE_EXPIRED,
    .quote = id,
    .at_utc_ms = rl_clock_read(&service->parts.clock).utc.ms,
  };
  rl_event_put(service, &event);
}

size_t rl_service_sweep(rl_service *service)
{
  rl_mono now = rl_clock_read(&service->parts.clock).mono;
  return rl_book_sweep(service->parts.book, now, SWEEP_STEPS, on_expired, service);
}
