#include "peer.h"

#include <criterion/criterion.h>
#include <nng/protocol/reqrep0/rep.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of the test in this process. */
enum { ADDRESSES_MAX = 16 };
static char addresses[ADDRESSES_MAX][64];
static unsigned address_count;

static void remove_directories(void)
{
  for (unsigned i = 0; i < address_count; i++) {
    char *path = addresses[i] + strlen("ipc://");
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
  }
}

const char *peer_new_url(void)
{
  char directory[] = "/tmp/ratelock-client-XXXXXX";
  cr_assert_lt(address_count, ADDRESSES_MAX);
  cr_assert_not_null(mkdtemp(directory));
  if (address_count == 0)
    cr_assert_eq(atexit(remove_directories), 0);
  char *address = addresses[address_count++];
  snprintf(address, sizeof addresses[0], "ipc://%s/q", directory);
  return address;
}

static void serve(void *context)
{
  rl_peer *peer = context;
  nng_msg *message;
  while (nng_recvmsg(peer->socket, &message, 0) == 0) {
    peer->request_size = nng_msg_len(message);
    cr_assert_leq(peer->request_size, sizeof peer->request);
    memcpy(peer->request, nng_msg_body(message), peer->request_size);
    nng_msg_clear(message);
    nng_msg_append(message, peer->answer, peer->answer_size);
    if (peer->mute || nng_sendmsg(peer->socket, message, 0) != 0)
      nng_msg_free(message);
  }
}

void peer_start(rl_peer *peer, const char *url)
{
  cr_assert_eq(nng_rep0_open(&peer->socket), 0);
  cr_assert_eq(nng_listen(peer->socket, url, NULL, 0), 0);
  cr_assert_eq(nng_thread_create(&peer->thread, serve, peer), 0);
}

void peer_stop(rl_peer *peer)
{
  nng_close(peer->socket);
  nng_thread_destroy(peer->thread);
}
