/* Life-cycle events wait here for the thread that publishes them. They are news, not money: when
 * nobody takes them the newest are dropped and counted, and the issuing of quotes never waits. */
#include "service/service_internal.h"

#include <stdlib.h>
#include <string.h>

rl_status rl_events_init(rl_service *service)
{
  service->events.waiting = malloc(RL_EVENTS_WAITING_MAX * sizeof *service->events.waiting);
  if (!service->events.waiting)
    return RL_NO_MEMORY;
  pthread_mutex_init(&service->events.mutex, NULL);
  return RL_OK;
}

void rl_events_fini(rl_service *service)
{
  pthread_mutex_destroy(&service->events.mutex);
  free(service->events.waiting);
}

void rl_event_put(rl_service *service, const rl_event *event)
{
  pthread_mutex_lock(&service->events.mutex);
  if (service->events.count == RL_EVENTS_WAITING_MAX) {
    service->events.dropped++;
  } else {
    size_t place = (service->events.first + service->events.count) % RL_EVENTS_WAITING_MAX;
    service->events.waiting[place] = *event;
    service->events.count++;
  }
  pthread_mutex_unlock(&service->events.mutex);
}

void rl_event_of_quote(rl_service *service, rl_life life, const rl_quote *quote,
                       int64_t at_utc_ms)
{
  rl_event event = {
    .life = life,
    .quote = quote->id,
    .from = quote->terms.source_currency,
    .to = quote->terms.target_currency,
    .at_utc_ms = at_utc_ms,
  };
  memcpy(event.client, quote->client, sizeof event.client);
  rl_event_put(service, &event);
}

size_t rl_service_take_events(rl_service *service, rl_event *out, size_t room, uint64_t *dropped)
{
  pthread_mutex_lock(&service->events.mutex);
  size_t taken = service->events.count < room ? service->events.count : room;
  for (size_t i = 0; i < taken; i++)
    out[i] = service->events.waiting[(service->events.first + i) % RL_EVENTS_WAITING_MAX];
  service->events.first = (service->events.first + taken) % RL_EVENTS_WAITING_MAX;
  service->events.count -= taken;
  *dropped = service->events.dropped;
  service->events.dropped = 0;
  pthread_mutex_unlock(&service->events.mutex);
  return taken;
}
