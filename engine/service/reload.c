/* The live change of the tariff, and of the limits with it.
 *
 * A reload reads files and waits for the disk, so no message is ever handled behind one: what a
 * message asks for is done by the reloader's thread, which finishes that message as the store's
 * thread finishes an accept. New tariffs are put in force in this order, each step only when the
 * one before is done:
 *
 *   read, parsed and proved      a bad file, of either kind, changes nothing
 *   kept in the store, durable   a quote can be explained as soon as it can be issued
 *   put in place                 messages that begin now are priced by them
 *   the old ones destroyed       when no message holds them (sync/epoch.h) */
#include "service/service_internal.h"

#include "pricing/loading.h"

#include <stdatomic.h>

static rl_status keep(rl_store *store, const rl_tariff *tariff, rl_error *error)
{
  rl_status status = rl_store_keep_tariff(store, tariff);
  return status == RL_OK ? RL_OK
                         : rl_fail(error, status, "", 0, "", "cannot keep tariff %s: %s",
                                   rl_tariff_name(tariff), rl_status_text(status));
}

rl_status rl_keep_tariffs(rl_store *store, const rl_tariffs *tariffs, rl_error *error)
{
  const rl_tariff *trial = rl_tariffs_trial(tariffs);
  rl_status status = keep(store, rl_tariffs_main(tariffs), error);
  return status == RL_OK && trial ? keep(store, trial, error) : status;
}

/* What the files say; NULL limits where no file has any. */
typedef struct loaded {
  rl_tariffs *tariffs;
  rl_limits *limits;
} loaded;

static rl_status load_limits(const rl_service *service, rl_limits **out, rl_error *error)
{
  const char *path = service->parts.limits_file;
  rl_limits *limits;
  if (!path)
    return RL_OK;
  rl_status status = rl_limits_load(path, &limits, error);
  if (status != RL_OK)
    return status;
  status = rl_exposure_admits(service->parts.exposure, limits, path, error);
  if (status == RL_OK)
    *out = limits;
  else
    rl_limits_destroy(limits);
  return status;
}

static rl_refusal load(const rl_service *service, loaded *out, rl_error *error)
{
  const rl_universe *universe = rl_market_universe(service->parts.market);
  if (rl_tariffs_load(service->parts.tariff_file, universe, &out->tariffs, error) != RL_OK)
    return RL_REFUSAL_TARIFF_REFUSED;
  if (load_limits(service, &out->limits, error) != RL_OK)
    return RL_REFUSAL_LIMITS_REFUSED;
  return rl_keep_tariffs(service->parts.store, out->tariffs, error) == RL_OK
           ? RL_REFUSAL_NONE
           : rl_refusal_of_store(service->parts.store);
}

static void put_in_force(rl_service *service, const loaded *fresh)
{
  if (fresh->limits)
    rl_exposure_limit(service->parts.exposure, fresh->limits);
  rl_tariffs_destroy(rl_epoch_replace(&service->tariffs, fresh->tariffs));
}

rl_refusal rl_service_reload(rl_service *service, rl_in_force *out, rl_error *error)
{
  loaded fresh = {0};
  pthread_mutex_lock(&service->reload.turn);
  rl_refusal refusal = load(service, &fresh, error);
  if (refusal == RL_REFUSAL_NONE) {
    *out = rl_tariffs_in_force(fresh.tariffs);
    put_in_force(service, &fresh);
    service->counters.tariff_reloads++;
  } else {
    rl_tariffs_destroy(fresh.tariffs);
    rl_limits_destroy(fresh.limits);
    service->counters.tariff_reloads_refused++;
  }
  pthread_mutex_unlock(&service->reload.turn);
  return refusal;
}

/* --- the reloader --- */

/* The exchange whose message asks for a reload; NULL when it is time to end. */
static rl_exchange *next_asking(rl_service *service)
{
  pthread_mutex_lock(&service->reload.mutex);
  while (!service->reload.waiting && !service->reload.stopping)
    pthread_cond_wait(&service->reload.wake, &service->reload.mutex);
  rl_exchange *exchange = service->reload.waiting;
  service->reload.waiting = NULL;
  pthread_mutex_unlock(&service->reload.mutex);
  return exchange;
}

static void *run(void *context)
{
  rl_service *service = context;
  for (rl_exchange *exchange; (exchange = next_asking(service));) {
    rl_reload *reload = &exchange->reload;
    reload->refusal = rl_service_reload(service, &reload->in_force, &reload->error);
    if (reload->refusal != RL_REFUSAL_NONE)
      service->counters.refusals++;
    rl_exchange_release(exchange);
  }
  return NULL;
}

rl_status rl_reloader_start(rl_service *service)
{
  pthread_mutex_init(&service->reload.turn, NULL);
  pthread_mutex_init(&service->reload.mutex, NULL);
  pthread_cond_init(&service->reload.wake, NULL);
  if (pthread_create(&service->reload.thread, NULL, run, service) == 0)
    return RL_OK;
  pthread_cond_destroy(&service->reload.wake);
  pthread_mutex_destroy(&service->reload.mutex);
  pthread_mutex_destroy(&service->reload.turn);
  return RL_NO_MEMORY;
}

void rl_reloader_stop(rl_service *service)
{
  pthread_mutex_lock(&service->reload.mutex);
  service->reload.stopping = true;
  pthread_cond_signal(&service->reload.wake);
  pthread_mutex_unlock(&service->reload.mutex);
  pthread_join(service->reload.thread, NULL);
  pthread_cond_destroy(&service->reload.wake);
  pthread_mutex_destroy(&service->reload.mutex);
  pthread_mutex_destroy(&service->reload.turn);
}

/* One that waits is enough: it reads what the file says when its turn comes. */
static bool ask_reloader(rl_exchange *exchange)
{
  rl_service *service = exchange->service;
  pthread_mutex_lock(&service->reload.mutex);
  bool room = !service->reload.waiting;
  if (room) {
    atomic_fetch_add(&exchange->pending, 1);
    service->reload.waiting = exchange;
    pthread_cond_signal(&service->reload.wake);
  }
  pthread_mutex_unlock(&service->reload.mutex);
  return room;
}

/* A message reloads once: more of them in one batch are given the one outcome. */
void rl_answer_reload(rl_exchange *exchange, rl_item *item)
{
  rl_part *part = &item->parts[0];
  if (!exchange->is_operator) {
    rl_part_refuse(exchange, part, RL_REFUSAL_FORBIDDEN, NULL, NULL);
    return;
  }
  if (!exchange->reload.asked && !ask_reloader(exchange)) {
    rl_part_refuse(exchange, part, RL_REFUSAL_OVERLOADED, NULL, "another reload waits already");
    return;
  }
  exchange->reload.asked = true;
  part->deferred = NULL;
  part->reload = true;
}

void rl_write_reload(const rl_reload *reload, rl_writer *writer)
{
  if (reload->refusal == RL_REFUSAL_NONE) {
    rl_reply_reload(writer, &reload->in_force);
    return;
  }
  char text[sizeof(rl_error) + 32];
  rl_error_format(&reload->error, text, sizeof text);
  rl_reply_refusal(writer, reload->refusal, NULL, text);
}
