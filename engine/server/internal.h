/* What the files of this room share. */
#pragma once

#include "server/server.h"

#include <nng/nng.h>
#include <pthread.h>
#include <stdatomic.h>

/* --- listener.c: one address that is listened on, alone, and again when it went deaf --- */

typedef struct rl_listener {
  nng_socket socket;     /* owned by whoever opened it */
  nng_listener listener;
  char url[160];
  unsigned mode;         /* permission bits of an ipc socket */
  int lock_file;         /* held for as long as the address is ours; -1 on other transports */
} rl_listener;

/* Takes the address's lock file first, so that a second engine never touches the first one's
 * socket; RL_BUSY then. */
RL_MUST_USE rl_status rl_listener_open(rl_listener *listener, nng_socket socket, const char *url,
                                       unsigned mode, rl_error *error);
void rl_listener_close(rl_listener *listener);
/* Connects and sees what becomes of it: false when the listener did nothing within `timeout_ms`.
 * Always true for other transports than ipc. */
bool rl_listener_answers(const rl_listener *listener, int timeout_ms);
/* Closes and listens anew at the same address. */
RL_MUST_USE rl_status rl_listener_renew(rl_listener *listener);

/* Refuses connections beyond RL_PIPES_MAX. */
typedef struct rl_pipe_count {
  _Atomic unsigned open;
} rl_pipe_count;
void rl_pipe_count_watch(rl_pipe_count *count, nng_socket socket);

/* --- closing.c --- */

/* Closes the socket; false when nng did not end that in time: whatever its callbacks use must then
 * be left to the process's end. */
bool rl_socket_close(nng_socket socket);

/* --- clients.c --- */

/* Who is at the other end of a pipe; false when the connection is gone and nobody can say any more
 * whose it was. */
bool rl_caller_of(const rl_server_options *options, nng_pipe pipe, rl_caller *out);
/* The caller whose process runs as this user. */
void rl_caller_of_uid(const rl_server_options *options, uint64_t uid, rl_caller *out);

/* --- replies.c: the request/reply socket --- */

typedef struct rl_replies rl_replies;
RL_MUST_USE rl_status rl_replies_start(rl_service *service, const rl_server_options *options,
                                       rl_replies **out, rl_error *error);
void rl_replies_stop(rl_replies *replies);
rl_listener *rl_replies_listener(rl_replies *replies, unsigned index); /* NULL beyond the last */

/* --- feed_socket.c --- */

typedef struct rl_feed_socket rl_feed_socket;
RL_MUST_USE rl_status rl_feed_socket_start(rl_service *service, const rl_server_options *options,
                                           rl_feed_socket **out, rl_error *error);
void rl_feed_socket_stop(rl_feed_socket *feed);
rl_listener *rl_feed_socket_listener(rl_feed_socket *feed);

/* --- events_socket.c: the publishing socket and the housekeeper behind it --- */

typedef struct rl_events_socket rl_events_socket;
RL_MUST_USE rl_status rl_events_socket_start(rl_service *service, rl_market *market,
                                             rl_clock clock, const rl_server_options *options,
                                             rl_events_socket **out, rl_error *error);
void rl_events_socket_stop(rl_events_socket *events);
rl_listener *rl_events_socket_listener(rl_events_socket *events);

/* --- watchdog.c --- */

#define RL_LISTENERS_MAX (RL_LISTEN_MAX + 2)

typedef struct rl_watchdog rl_watchdog;
RL_MUST_USE rl_status rl_watchdog_start(rl_listener *const *listeners, unsigned count,
                                        rl_watchdog **out);
void rl_watchdog_stop(rl_watchdog *watchdog);

/* --- clock_watch.c: the sources' clocks, told of when one goes wrong --- */

typedef struct rl_clock_watch rl_clock_watch;
RL_MUST_USE rl_status rl_clock_watch_start(const rl_market *market, rl_clock_watch **out);
void rl_clock_watch_stop(rl_clock_watch *watch);

/* --- key_watch.c: the sealing keys, read anew when their file changed --- */

typedef struct rl_key_watch rl_key_watch;
RL_MUST_USE rl_status rl_key_watch_start(rl_service *service, rl_key_watch **out);
void rl_key_watch_stop(rl_key_watch *watch);

/* --- store_watch.c: tells when the store stops taking anything, and when it does again --- */

typedef struct rl_store_watch rl_store_watch;
RL_MUST_USE rl_status rl_store_watch_start(rl_service *service, rl_store_watch **out);
void rl_store_watch_stop(rl_store_watch *watch);

/* --- tape_writer.c: what the recorder keeps in memory, to its files --- */

typedef struct rl_tape_writer rl_tape_writer;
RL_MUST_USE rl_status rl_tape_writer_start(rl_recorder *recorder, rl_tape_writer **out);
void rl_tape_writer_stop(rl_tape_writer *writer);

/* --- publisher.c: composites, as told to a NATS server --- */

typedef struct rl_publisher rl_publisher;
/* options->publish_url is given. The server may be away: it is looked for in the background. */
RL_MUST_USE rl_status rl_publisher_start(const rl_service *service, const rl_market *market,
                                         rl_clock clock, const rl_server_options *options,
                                         rl_publisher **out);
void rl_publisher_stop(rl_publisher *publisher);

/* A condition variable whose time-outs are on the monotonic clock: a wall clock set back would make
 * them an hour longer. */
void rl_wake_init(pthread_cond_t *wake);

/* --- a thread that does something at intervals until it is told to stop --- */

typedef struct rl_ticker {
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  bool stopping;
  unsigned interval_ms;
  void (*work)(void *context);
  void *context;
} rl_ticker;

RL_MUST_USE rl_status rl_ticker_start(rl_ticker *ticker, unsigned interval_ms,
                                      void (*work)(void *context), void *context);
/* Waits for the work in hand. */
void rl_ticker_stop(rl_ticker *ticker);
