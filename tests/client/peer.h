/* An engine's stand-in: one REP socket that answers each request with the bytes it was given, and
 * keeps the last request for the test to read. */
#pragma once

#include <nng/nng.h>
#include <nng/supplemental/util/platform.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PEER_BYTES_MAX 4096

typedef struct rl_peer {
  nng_socket socket;
  nng_thread *thread;
  bool mute;                       /* takes requests, never answers */
  uint8_t answer[PEER_BYTES_MAX];  /* set before the call that it answers */
  size_t answer_size;
  uint8_t request[PEER_BYTES_MAX]; /* valid once an answer came back */
  size_t request_size;
} rl_peer;

/* An address in a fresh directory under /tmp; the buffer lasts as long as the process. */
const char *peer_new_url(void);
void peer_start(rl_peer *peer, const char *url);
void peer_stop(rl_peer *peer);
