#include "pull.h"

#include <criterion/criterion.h>
#include <nng/protocol/pipeline0/pull.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENCE_MS 5000
#define QUIET_MS 20

void rl_pull_prepare(rl_pull *pull)
{
  *pull = (rl_pull){.folder = "/tmp/ratelock-test-XXXXXX"};
  cr_assert_not_null(mkdtemp(pull->folder));
  snprintf(pull->url, sizeof pull->url, "ipc://%s/feed.ipc", pull->folder);
}

void rl_pull_listen(rl_pull *pull)
{
  cr_assert_eq(nng_pull0_open(&pull->socket), 0);
  cr_assert_eq(nng_listen(pull->socket, pull->url, NULL, 0), 0);
}

/* nng 1.5.2 now and then waits for ever in nng_close while a connection is busy: what is under way
 * is taken first. */
static void close_quiet(nng_socket socket)
{
  nng_msg *message;
  nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, QUIET_MS);
  while (nng_recvmsg(socket, &message, 0) == 0)
    nng_msg_free(message);
  nng_close(socket);
}

void rl_pull_deafen(rl_pull *pull)
{
  close_quiet(pull->socket);
  pull->socket = (nng_socket)NNG_SOCKET_INITIALIZER;
}

void rl_pull_close(rl_pull *pull)
{
  if (nng_socket_id(pull->socket) > 0)
    close_quiet(pull->socket);
  nng_msg_free(pull->message);
  unlink(pull->url + sizeof "ipc://" - 1);
  rmdir(pull->folder);
}

bool rl_pull_message(rl_pull *pull, int timeout_ms)
{
  rl_fault fault = {0};
  nng_msg_free(pull->message);
  pull->message = NULL;
  pull->taken = 0;
  pull->header.tick_count = 0;
  nng_socket_set_ms(pull->socket, NNG_OPT_RECVTIMEO, timeout_ms);
  if (nng_recvmsg(pull->socket, &pull->message, 0) != 0)
    return false;
  cr_assert(rl_feed_open(nng_msg_body(pull->message), nng_msg_len(pull->message), &pull->ticks,
                         &pull->header, &fault), "%s: %s", fault.path, fault.detail);
  return true;
}

bool rl_pull_tick(rl_pull *pull, rl_feed_tick *out)
{
  rl_fault fault = {0};
  while (pull->taken == pull->header.tick_count) {
    if (!rl_pull_message(pull, PATIENCE_MS))
      return false;
  }
  cr_assert(rl_feed_next(&pull->ticks, out, &fault), "%s: %s", fault.path, fault.detail);
  pull->taken++;
  return true;
}
