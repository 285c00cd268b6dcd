/* Lanes: requests in flight to an engine, or to an echo, each on an nng context of its own.
 *
 * Closed loop: a lane sends its next request when its answer has come, so there are always as many
 * in flight as there are lanes. Open loop: requests are due at a fixed rate whatever the answers
 * do, and a latency counts from the instant at which its request was due: a stall of the engine is
 * in the latency of every request that had to wait for it (no coordinated omission). Where all
 * lanes are busy when one is due it waits for the first that is free, and that waiting counts. */
#pragma once

#include "histogram.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum load_kind { LOAD_QUOTE, LOAD_ACCEPT, LOAD_SHOW, LOAD_SPREADS, LOAD_KINDS } load_kind;

typedef struct load_plan {
  const char *url;
  unsigned lanes;         /* requests in flight; of an open loop, the most of them */
  unsigned sockets;       /* connections that the lanes share */
  unsigned batch;         /* quotes, or accepts, in one message; 1 where the mix is mixed */
  unsigned rate;          /* messages a second; 0: closed loop */
  unsigned mix[LOAD_KINDS]; /* parts; an accept or show with no quote of its lane is a quote */
  unsigned accepts;       /* if not 0: so many quotes are asked for beforehand, and then accepted
                             and nothing else, until none is left or the time is over */
  uint64_t warm_up_ns;
  uint64_t measured_ns;
} load_plan;

typedef struct load_result {
  histogram latency;      /* of messages */
  uint64_t measured_ns;   /* from the end of the warm-up to the end, or to the last answer where
                             there was nothing left to send */
  uint64_t last_ns;       /* when the last answer that counts came, on bench_now_ns's clock */
  uint64_t messages;      /* answered in that time */
  uint64_t items;         /* answered yes */
  uint64_t refused;       /* answered no */
  uint64_t failed;        /* not answered */
  uint64_t request_bytes; /* of the last message, and of its answer */
  uint64_t reply_bytes;
} load_result;

/* Runs the plan and fills *out. False, with a line on stderr, if there is no connection. */
bool load_run(const load_plan *plan, load_result *out);
