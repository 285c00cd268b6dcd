/* One REQ connection to an engine: found fast, or found missing fast.
 *
 * It is not the protocol: it carries bytes. It dials inside the first call that needs it, and
 * again when the engine has gone, always waiting for the outcome, because a dial in the
 * background cannot tell a missing engine from a slow one. nng then keeps a lost connection up
 * by itself. Who calls in a tight loop dials no more than once in RL_REDIAL_MS: nng gives back what
 * a dial took behind its back, and would fall behind by hundreds of descriptors. A request is never
 * sent again within the time-out of a call; if it were, its idempotency key would make that
 * harmless.
 *
 * One thread at a time. nng is not to be used after fork. */
#pragma once

#include "client/ratelock.h"

#include <nng/nng.h>
#include <nng/supplemental/util/platform.h>
#include <stdatomic.h>

/* A batch of 1,024 quotes with their tokens is below 3 MiB; more is not an engine's answer. */
#define RL_ANSWER_MAX (16u * 1024u * 1024u)
#define RL_CONNECTION_URL_MAX 256
/* Between a dial that failed and the next: well below what a person or a time-out notices. */
#define RL_REDIAL_MS 10

typedef struct rl_connection {
  nng_socket socket;
  nng_dialer dialer;     /* id 0: none */
  nng_time failed_at;    /* when a dial failed last, by nng's clock; 0: the last one did not */
  _Atomic int pipes;     /* live connections, counted by nng's pipe events */
  char url[RL_CONNECTION_URL_MAX];
  char error[320];       /* why the last call failed; "" when it did not */
} rl_connection;

/* RL_CALL_BAD_ARGUMENT with `error` for an address that nng does not understand; the connection
 * must then not be closed. Does not dial. The address of *connection must not change. */
rl_call rl_connection_open(rl_connection *connection, const char *url);
void rl_connection_close(rl_connection *connection);

/* Sends and waits, both within timeout_ms. On RL_CALL_ANSWERED *answer is the caller's to free. */
rl_call rl_connection_exchange(rl_connection *connection, uint32_t timeout_ms, const void *request,
                               size_t request_size, nng_msg **answer);
