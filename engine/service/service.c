#include "service/service_internal.h"

#include "crypto/crypto.h"

#include <stdlib.h>

#define RETAIN_LOOK_MS 60000 /* what became old meanwhile waits */
#define SWEEP_STEPS 4096 /* slots a slice: about a tenth of a millisecond */

static rl_status fail_memory(rl_error *error)
{
  return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the service");
}

/* Threads last: what they use is there. */
static rl_status open_parts(rl_service *service, rl_error *error)
{
  if (rl_events_init(service) != RL_OK)
    return fail_memory(error);
  if (rl_halts_init(service) != RL_OK) {
    rl_events_fini(service);
    return fail_memory(error);
  }
  rl_epoch_init(&service->tariffs, service->parts.tariffs);
  rl_status status = rl_keep_tariffs(service->parts.store, service->parts.tariffs, error);
  if (status == RL_OK && rl_reloader_start(service) != RL_OK)
    status = fail_memory(error);
  if (status == RL_OK && rl_desk_start(service) != RL_OK) {
    rl_reloader_stop(service);
    status = fail_memory(error);
  }
  if (status != RL_OK) {
    rl_epoch_fini(&service->tariffs);
    rl_halts_fini(service);
    rl_events_fini(service);
  }
  return status;
}

rl_status rl_service_create(const rl_service_parts *parts, rl_service **out, rl_error *error)
{
  rl_service *service = calloc(1, sizeof *service);
  if (!service)
    return fail_memory(error);
  service->parts = *parts;
  service->store_id = rl_store_identity(parts->store);
  service->engine_id = rl_store_engine(parts->store);
  rl_hex_encode(service->engine_id.bytes, sizeof service->engine_id.bytes, service->origin,
                sizeof service->origin);
  parts->random_bytes(&service->key_seed, sizeof service->key_seed);
  rl_status status = open_parts(service, error);
  if (status == RL_OK)
    *out = service;
  else
    free(service);
  return status;
}

rl_recorder *rl_service_recorder(const rl_service *service)
{
  return service->parts.recorder;
}

rl_store *rl_service_store(const rl_service *service)
{
  return service->parts.store;
}

void rl_service_wind_up(rl_service *service)
{
  if (service)
    rl_desk_wind_up(service);
}

void rl_service_quiesce(rl_service *service)
{
  if (service)
    rl_desk_stop(service);
}

void rl_service_destroy(rl_service *service)
{
  if (!service)
    return;
  rl_desk_stop(service);
  rl_reloader_stop(service);
  rl_tariffs_destroy(rl_epoch_fini(&service->tariffs));
  rl_halts_fini(service);
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

rl_status rl_service_refresh_keys(rl_service *service, bool *changed, rl_error *error)
{
  return rl_seal_refresh(service->parts.seal, changed, error);
}

void rl_service_retain(rl_service *service)
{
  rl_store *store = service->parts.store;
  int64_t now_ns = rl_clock_read(&service->parts.clock).mono.ns;
  if (now_ns < service->retain_next_ns && !rl_store_has_old(store))
    return;
  service->retain_next_ns = now_ns + RETAIN_LOOK_MS * RL_NS_PER_MS;
  rl_store_retain(store);
}

size_t rl_service_sweep(rl_service *service)
{
  rl_mono now = rl_clock_read(&service->parts.clock).mono;
  rl_desk_look_after(service);
  return rl_book_sweep(service->parts.book, now, SWEEP_STEPS, on_expired, service);
}
