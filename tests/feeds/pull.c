#include "pull.h"

#include <criterion/criterion.h>
#include <nng/protocol/pipeline0/pull.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENCE_MS 5000

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

void rl_pull_deafen(rl_pull *pull)
{
  nng_close(pull->socket);
  pull->socket = (nng_socket)NNG_SOCKET_INITIALIZER;
}

void rl_pull_close(rl_pull *pull)
{
  if (nng_socket_id(pull->socket) > 0)
    nng_close(pull->socket);
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
