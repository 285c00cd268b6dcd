/* The server: sockets around the service. The only room of the engine that names nng, besides the
 * client.
 *
 *   threads                      what they do
 *   nng's own (one a core)       receive requests, run rl_exchange_handle, send replies; take
 *                                feed messages, one at a time
 *   the store's writer           finishes accepts and cancels, sends their replies
 *   housekeeper                  expiry every 50 ms; events and changed composites every 250 ms
 *   watchdog                     sees that every listener still answers, else listens anew
 *   publisher, where asked for   tells a NATS server what the composites are, every 20 ms
 *   key watch                    reads the sealing keys anew when their file changed
 *   tape's writer                writes what was recorded every 50 ms
 *
 * Bounds (W4): message size, connections a socket, contexts, a time-out on each reply's send. */
#pragma once

#include "service/service.h"
#include "status/error.h"

typedef struct rl_server rl_server;

/* Names the clients by the user id of the process at the other end of an ipc connection (W5). */
typedef struct rl_client_name {
  uint64_t uid;
  char name[RL_CLIENT_NAME_MAX + 1];
} rl_client_name;

#define RL_CLIENT_NAMES_MAX 64
#define RL_OPERATORS_MAX 10
#define RL_LISTEN_MAX 4

typedef struct rl_server_options {
  const char *quotes_urls[RL_LISTEN_MAX]; /* REQ/REP; ipc:// or tcp:// */
  unsigned quotes_url_count;              /* at least 1 */
  const char *feed_url;                   /* PUSH/PULL */
  const char *events_url;                 /* PUB/SUB */
  const char *publish_url;                /* NATS servers (nats/bus.h); NULL: none is told */
  char publish_name[RL_SOURCE_NAME_MAX + 1]; /* one word of a subject */
  unsigned socket_mode;                   /* permission bits of the ipc sockets, such as 0600 */
  rl_client_name client_names[RL_CLIENT_NAMES_MAX]; /* others are named "uid-N" */
  unsigned client_name_count;
  uint64_t operators[RL_OPERATORS_MAX]; /* user ids on ipc that may change what the engine does */
  unsigned operator_count;
} rl_server_options;

/* Starts to serve. RL_BUSY when another process serves at one of the addresses; nothing of it is
 * disturbed. On failure nothing is left behind. */
RL_MUST_USE rl_status rl_server_start(rl_service *service, rl_market *market, rl_clock clock,
                                      const rl_server_options *options, rl_server **out,
                                      rl_error *error);
/* Stops taking requests, lets what is in flight finish, frees. */
void rl_server_stop(rl_server *server);
