/* The engine's side of a feed, for tests: a PULL socket that decodes what comes. */
#pragma once

#include "wire/feed_message.h"

#include <nng/nng.h>

typedef struct rl_pull {
  char folder[64]; /* a new one, removed by rl_pull_close */
  char url[128];   /* ipc://FOLDER/feed.ipc */
  nng_socket socket;
  /* The last message, and how far it was taken. */
  rl_feed_header header;
  rl_unpacker ticks;
  uint32_t taken;
  nng_msg *message;
} rl_pull;

/* A folder and a socket name; nobody listens yet. */
void rl_pull_prepare(rl_pull *pull);
void rl_pull_listen(rl_pull *pull);
/* Stops listening; rl_pull_listen starts again. Whoever pushes must be quiet meanwhile, for what is
 * under way is taken and dropped until nothing more comes. */
void rl_pull_deafen(rl_pull *pull);
void rl_pull_close(rl_pull *pull);

/* The next message within `timeout_ms`; false when none came. Fails the test if it cannot be
 * read. */
bool rl_pull_message(rl_pull *pull, int timeout_ms);
/* The next tick, of this message or, within five seconds, of the next; false when none came. */
bool rl_pull_tick(rl_pull *pull, rl_feed_tick *out);
