#include "server/internal.h"

#include <stdlib.h>

struct rl_server {
  rl_server_options options;
  rl_replies *replies;
  rl_feed_socket *feed;
  rl_events_socket *events;
  rl_watchdog *watchdog;
  rl_key_watch *keys;
  rl_clock_watch *clocks;
  rl_store_watch *store;
  rl_publisher *publisher;
  rl_tape_writer *tape;
};

static rl_status start_watching(rl_server *server, rl_service *service, const rl_market *market,
                                rl_error *error)
{
  rl_listener *listeners[RL_LISTENERS_MAX];
  unsigned count = 0;
  for (rl_listener *one; (one = rl_replies_listener(server->replies, count));)
    listeners[count++] = one;
  listeners[count++] = rl_feed_socket_listener(server->feed);
  listeners[count++] = rl_events_socket_listener(server->events);
  rl_status status = rl_watchdog_start(listeners, count, &server->watchdog);
  if (status == RL_OK)
    status = rl_key_watch_start(service, &server->keys);
  if (status == RL_OK)
    status = rl_clock_watch_start(market, &server->clocks);
  if (status == RL_OK)
    status = rl_store_watch_start(service, &server->store);
  if (status == RL_OK && rl_service_recorder(service))
    status = rl_tape_writer_start(rl_service_recorder(service), &server->tape);
  return status == RL_OK ? RL_OK : rl_fail(error, status, "", 0, "", "cannot start a thread");
}

static rl_status start_publishing(rl_server *server, const rl_service *service,
                                  const rl_market *market, rl_clock clock, rl_error *error)
{
  if (!server->options.publish_url)
    return RL_OK;
  rl_status status = rl_publisher_start(service, market, clock, &server->options,
                                        &server->publisher);
  return status == RL_OK ? RL_OK : rl_fail(error, status, "", 0, "", "cannot start a thread");
}

rl_status rl_server_start(rl_service *service, rl_market *market, rl_clock clock,
                          const rl_server_options *options, rl_server **out, rl_error *error)
{
  rl_server *server = calloc(1, sizeof *server);
  if (!server)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the server");
  server->options = *options;
  rl_status status = rl_feed_socket_start(service, &server->options, &server->feed, error);
  if (status == RL_OK)
    status = rl_events_socket_start(service, market, clock, &server->options, &server->events,
                                    error);
  if (status == RL_OK)
    status = rl_replies_start(service, &server->options, &server->replies, error);
  if (status == RL_OK)
    status = start_watching(server, service, market, error);
  if (status == RL_OK)
    status = start_publishing(server, service, market, clock, error);
  if (status != RL_OK) {
    rl_server_stop(server);
    return status;
  }
  *out = server;
  return RL_OK;
}

void rl_server_stop(rl_server *server)
{
  if (server->publisher)
    rl_publisher_stop(server->publisher);
  if (server->store)
    rl_store_watch_stop(server->store);
  if (server->keys)
    rl_key_watch_stop(server->keys);
  if (server->clocks)
    rl_clock_watch_stop(server->clocks);
  if (server->watchdog)
    rl_watchdog_stop(server->watchdog);
  if (server->replies)
    rl_replies_stop(server->replies);
  if (server->feed)
    rl_feed_socket_stop(server->feed);
  if (server->tape)
    rl_tape_writer_stop(server->tape);
  if (server->events)
    rl_events_socket_stop(server->events);
  free(server);
}
