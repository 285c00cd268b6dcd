/* perf_echo: what bounds an engine on this transport. Answers each message with so many bytes and
 * does nothing else, from as many contexts as an engine has.
 *
 *   perf_echo URL REPLY_BYTES [FEED_URL]
 *
 * At FEED_URL it takes what a feed pushes, and drops it: an engine has that beside its quotes. */
#include "status/limits.h"
#include "status/status.h"

#include <nng/nng.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/reqrep0/rep.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXTS 1024 /* as many as an engine's server has */

typedef struct answerer {
  nng_ctx context;
  nng_aio *aio;
  bool sending;
} answerer;

static size_t reply_bytes;
static answerer answerers[CONTEXTS];

static void on_step(void *context)
{
  answerer *it = context;
  if (nng_aio_result(it->aio) != 0)
    return;
  if (it->sending) {
    it->sending = false;
    nng_ctx_recv(it->context, it->aio);
    return;
  }
  nng_msg_free(nng_aio_get_msg(it->aio));
  nng_msg *reply;
  int failed = nng_msg_alloc(&reply, reply_bytes);
  RL_ASSERT(failed == 0);
  memset(nng_msg_body(reply), 'e', reply_bytes); /* an engine writes its bytes, too */
  it->sending = true;
  nng_aio_set_msg(it->aio, reply);
  nng_ctx_send(it->context, it->aio);
}

static nng_socket feed;
static nng_aio *feed_aio;

static void on_feed(void *context)
{
  (void)context;
  if (nng_aio_result(feed_aio) != 0)
    return;
  nng_msg_free(nng_aio_get_msg(feed_aio));
  nng_recv_aio(feed, feed_aio);
}

static bool take_feed(const char *url)
{
  if (nng_pull0_open(&feed) != 0 || nng_aio_alloc(&feed_aio, on_feed, NULL) != 0 ||
      nng_listen(feed, url, NULL, 0) != 0)
    return false;
  nng_recv_aio(feed, feed_aio);
  return true;
}

int main(int argc, char **argv)
{
  nng_socket socket;
  sigset_t signals;
  int signal;
  if (argc != 3 && argc != 4) {
    fprintf(stderr, "usage: perf_echo URL REPLY_BYTES [FEED_URL]\n");
    return 2;
  }
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, NULL); /* before nng's threads, which inherit it */
  reply_bytes = strtoul(argv[2], NULL, 10);
  int failed = nng_rep0_open(&socket);
  RL_ASSERT(failed == 0);
  failed = nng_listen(socket, argv[1], NULL, 0);
  if (failed != 0) {
    fprintf(stderr, "perf_echo: %s: %s\n", argv[1], nng_strerror(failed));
    return 1;
  }
  if (argc == 4 && !take_feed(argv[3])) {
    fprintf(stderr, "perf_echo: %s: cannot be listened at\n", argv[3]);
    return 1;
  }
  for (unsigned i = 0; i < CONTEXTS; i++) {
    failed = nng_ctx_open(&answerers[i].context, socket) != 0 ||
             nng_aio_alloc(&answerers[i].aio, on_step, &answerers[i]) != 0;
    RL_ASSERT(!failed);
    nng_ctx_recv(answerers[i].context, answerers[i].aio);
  }
  sigwait(&signals, &signal);
  return 0;
}
