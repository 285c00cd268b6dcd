/* The request/reply socket: RL_CONTEXTS contexts, each a small machine of its own.
 *
 *     RECEIVING --message--> HANDLING --reply complete--> SENDING --sent, failed or timed out--+
 *         ^                                                                                    |
 *         +------------------------------------------------------------------------------------+
 *
 * HANDLING ends on the same thread for quotes, on the store's thread for accepts. A reply's send
 * is given RL_SEND_TIMEOUT_MS: a client that pipelines and never reads would otherwise hold every
 * context for ever and starve the others.
 *
 * At the end those in RECEIVING are called back, and the others send what they are at before they
 * end: who was handled is told, also of an accept that the store is still writing. Only then are
 * the connections closed. */
#include "server/internal.h"

#include <nng/protocol/reqrep0/rep.h>
#include <stdlib.h>
#include <string.h>

typedef enum replier_state { RECEIVING, HANDLING, SENDING } replier_state;

typedef struct replier {
  struct rl_replies *owner;
  nng_ctx context;
  nng_aio *aio;
  pthread_mutex_t mutex;
  replier_state state; /* under the mutex, so that only a receive is ever called back */
  rl_exchange *exchange;
  nng_msg *request; /* kept while it is handled: a token points into it */
  rl_caller caller;
} replier;

struct rl_replies {
  rl_service *service;
  const rl_server_options *options;
  nng_socket socket;
  rl_pipe_count pipes;
  rl_listener listeners[RL_LISTEN_MAX];
  unsigned listener_count;
  unsigned replier_count;
  replier repliers[RL_CONTEXTS];
  pthread_mutex_t mutex;
  pthread_cond_t idle;
  unsigned running; /* repliers that have not ended */
  _Atomic bool stopping;
};

static void retire(replier *it)
{
  rl_replies *owner = it->owner;
  pthread_mutex_lock(&owner->mutex);
  if (--owner->running == 0)
    pthread_cond_signal(&owner->idle);
  pthread_mutex_unlock(&owner->mutex);
}

static void enter(replier *it, replier_state state)
{
  pthread_mutex_lock(&it->mutex);
  it->state = state;
  pthread_mutex_unlock(&it->mutex);
}

static void receive(replier *it)
{
  pthread_mutex_lock(&it->mutex);
  bool stopping = it->owner->stopping;
  if (!stopping) {
    it->state = RECEIVING;
    nng_aio_set_timeout(it->aio, NNG_DURATION_INFINITE);
    nng_ctx_recv(it->context, it->aio);
  }
  pthread_mutex_unlock(&it->mutex);
  if (stopping)
    retire(it);
}

static void call_back(replier *it)
{
  pthread_mutex_lock(&it->mutex);
  if (it->state == RECEIVING)
    nng_aio_cancel(it->aio);
  pthread_mutex_unlock(&it->mutex);
}

static void on_reply(rl_exchange *exchange, void *context)
{
  replier *it = context;
  size_t size;
  const void *bytes = rl_exchange_reply(exchange, &size);
  nng_msg_free(it->request);
  it->request = NULL;
  nng_msg *reply;
  int result = nng_msg_alloc(&reply, size);
  RL_ASSERT(result == 0);
  memcpy(nng_msg_body(reply), bytes, size);
  rl_exchange_rest(exchange);
  enter(it, SENDING);
  nng_aio_set_msg(it->aio, reply);
  nng_aio_set_timeout(it->aio, RL_SEND_TIMEOUT_MS);
  nng_ctx_send(it->context, it->aio);
}

static void take_request(replier *it, nng_msg *request)
{
  if (!rl_caller_of(it->owner->options, nng_msg_get_pipe(request), &it->caller)) {
    nng_msg_free(request);
    receive(it);
    return;
  }
  it->request = request;
  rl_exchange_handle(it->exchange, &it->caller, nng_msg_body(request), nng_msg_len(request));
}

static void on_aio(void *context)
{
  replier *it = context;
  int result = nng_aio_result(it->aio);
  if (it->state == SENDING && result != 0)
    nng_msg_free(nng_aio_get_msg(it->aio)); /* a failed send leaves the message to us */
  if (result == NNG_ECLOSED || result == NNG_ECANCELED) {
    retire(it);
  } else if (it->state == SENDING || result != 0) {
    receive(it);
  } else {
    enter(it, HANDLING);
    take_request(it, nng_aio_get_msg(it->aio));
  }
}

static rl_status open_replier(rl_replies *owner)
{
  replier *it = &owner->repliers[owner->replier_count];
  it->owner = owner;
  if (rl_exchange_create(owner->service, on_reply, it, &it->exchange) != RL_OK)
    return RL_NO_MEMORY;
  if (nng_aio_alloc(&it->aio, on_aio, it) != 0) {
    rl_exchange_destroy(it->exchange);
    return RL_NO_MEMORY;
  }
  if (nng_ctx_open(&it->context, owner->socket) != 0) {
    nng_aio_free(it->aio);
    rl_exchange_destroy(it->exchange);
    return RL_NO_MEMORY;
  }
  pthread_mutex_init(&it->mutex, NULL);
  owner->replier_count++;
  return RL_OK;
}

static void close_replier(replier *it)
{
  nng_ctx_close(it->context);
  nng_aio_stop(it->aio);
  nng_aio_free(it->aio);
  rl_exchange_destroy(it->exchange);
  pthread_mutex_destroy(&it->mutex);
}

static rl_status open_socket(rl_replies *owner, rl_error *error)
{
  if (nng_rep0_open(&owner->socket) != 0
      || nng_socket_set_size(owner->socket, NNG_OPT_RECVMAXSZ, RL_MESSAGE_MAX) != 0)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the quote socket");
  rl_pipe_count_watch(&owner->pipes, owner->socket);
  for (unsigned i = 0; i < RL_CONTEXTS; i++) {
    if (open_replier(owner) != RL_OK)
      return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for %u contexts", RL_CONTEXTS);
  }
  for (unsigned i = 0; i < owner->options->quotes_url_count; i++) {
    rl_status status = rl_listener_open(&owner->listeners[i], owner->socket,
                                        owner->options->quotes_urls[i],
                                        owner->options->socket_mode, error);
    if (status != RL_OK)
      return status;
    owner->listener_count++;
  }
  return RL_OK;
}

rl_status rl_replies_start(rl_service *service, const rl_server_options *options,
                           rl_replies **out, rl_error *error)
{
  rl_replies *owner = calloc(1, sizeof *owner);
  if (!owner)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the quote socket");
  owner->service = service;
  owner->options = options;
  pthread_mutex_init(&owner->mutex, NULL);
  pthread_cond_init(&owner->idle, NULL);
  rl_status status = open_socket(owner, error);
  if (status != RL_OK) {
    rl_replies_stop(owner);
    return status;
  }
  owner->running = owner->replier_count;
  for (unsigned i = 0; i < owner->replier_count; i++)
    receive(&owner->repliers[i]);
  *out = owner;
  return RL_OK;
}

void rl_replies_stop(rl_replies *owner)
{
  owner->stopping = true;
  for (unsigned i = 0; i < owner->replier_count; i++)
    call_back(&owner->repliers[i]);
  pthread_mutex_lock(&owner->mutex);
  while (owner->running > 0)
    pthread_cond_wait(&owner->idle, &owner->mutex);
  pthread_mutex_unlock(&owner->mutex);
  for (unsigned i = 0; i < owner->listener_count; i++)
    rl_listener_close(&owner->listeners[i]);
  for (unsigned i = 0; i < owner->replier_count; i++)
    close_replier(&owner->repliers[i]);
  pthread_mutex_destroy(&owner->mutex);
  pthread_cond_destroy(&owner->idle);
  if (rl_socket_close(owner->socket))
    free(owner);
}

rl_listener *rl_replies_listener(rl_replies *owner, unsigned index)
{
  return index < owner->listener_count ? &owner->listeners[index] : NULL;
}
