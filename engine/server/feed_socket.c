/* The feed socket: one receive at a time, so that the market has one writer. */
#include "server/internal.h"

#include <nng/protocol/pipeline0/pull.h>
#include <stdlib.h>

struct rl_feed_socket {
  rl_service *service;
  nng_socket socket;
  nng_aio *aio;
  rl_pipe_count pipes;
  rl_listener listener;
  bool listening;
};

static void on_message(void *context)
{
  rl_feed_socket *feed = context;
  int result = nng_aio_result(feed->aio);
  if (result == NNG_ECLOSED || result == NNG_ECANCELED)
    return;
  if (result == 0) {
    nng_msg *message = nng_aio_get_msg(feed->aio);
    rl_service_take_feed(feed->service, nng_msg_body(message), nng_msg_len(message));
    nng_msg_free(message);
  }
  nng_recv_aio(feed->socket, feed->aio);
}

rl_status rl_feed_socket_start(rl_service *service, const rl_server_options *options,
                               rl_feed_socket **out, rl_error *error)
{
  rl_feed_socket *feed = calloc(1, sizeof *feed);
  if (!feed)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the feed socket");
  feed->service = service;
  if (nng_pull0_open(&feed->socket) != 0
      || nng_socket_set_size(feed->socket, NNG_OPT_RECVMAXSZ, RL_MESSAGE_MAX) != 0
      || nng_aio_alloc(&feed->aio, on_message, feed) != 0) {
    rl_feed_socket_stop(feed);
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the feed socket");
  }
  rl_pipe_count_watch(&feed->pipes, feed->socket);
  rl_status status = rl_listener_open(&feed->listener, feed->socket, options->feed_url,
                                      options->socket_mode, error);
  if (status != RL_OK) {
    rl_feed_socket_stop(feed);
    return status;
  }
  feed->listening = true;
  nng_recv_aio(feed->socket, feed->aio);
  *out = feed;
  return RL_OK;
}

void rl_feed_socket_stop(rl_feed_socket *feed)
{
  if (feed->listening)
    rl_listener_close(&feed->listener);
  if (feed->aio) {
    nng_aio_stop(feed->aio);
    nng_aio_free(feed->aio);
  }
  if (rl_socket_close(feed->socket))
    free(feed);
}

rl_listener *rl_feed_socket_listener(rl_feed_socket *feed)
{
  return &feed->listener;
}
