/* The feed library: how a handler pushes rates into an engine.
 *
 *   rl_feed *feed;
 *   if (rl_feed_connect(&(rl_feed_options){.source = "venue"}, &feed, &error) != RL_OK) …
 *   rl_feed_push(feed, "EURUSD", bid, ask, when_utc_ms);
 *   rl_feed_flush(feed);
 *   rl_feed_close(feed);
 *
 * Updates gather in a batch that is sent when it is full, when rl_feed_flush is called, and
 * before closing. Sequence numbers are counted by the library, per pair. Not thread-safe. */
#pragma once

#include "clock/clock.h"
#include "market/market.h"
#include "status/error.h"

typedef struct rl_feed rl_feed;

typedef struct rl_feed_options {
  const char *url;        /* the engine's feed socket; NULL: $RATELOCK_FEED_URL or the default */
  const char *source;     /* name of this source, 1 … RL_SOURCE_NAME_MAX bytes */
  rl_source_class class;  /* live or reference */
  unsigned batch;         /* updates per message, 1 … 256; 0: 64 */
  uint32_t timeout_ms;    /* of one send, and of waiting for the engine; 0: 2000 */
} rl_feed_options;

/* The engine's default feed address: <data directory>/feed.ipc. Static buffer per process. */
const char *rl_feed_default_url(void);

/* RL_UNREACHABLE when no engine listens there within the time-out. */
RL_MUST_USE rl_status rl_feed_connect(const rl_feed_options *options, rl_feed **out,
                                      rl_error *error);
/* Adds one update; sends when the batch is full. RL_INVALID for a pair name that is not six
 * letters or a rate that cannot be a source's (more than 9 digits). RL_TIMEOUT when the engine
 * takes nothing: the batch is kept and sent with the next call. */
RL_MUST_USE rl_status rl_feed_push(rl_feed *feed, const char *pair, rl_rate bid, rl_rate ask,
                                   rl_utc when);
/* With sizes, in whole units of base currency. */
RL_MUST_USE rl_status rl_feed_push_sized(rl_feed *feed, const char *pair, rl_rate bid, rl_rate ask,
                                         rl_utc when, uint64_t bid_size, uint64_t ask_size);
RL_MUST_USE rl_status rl_feed_flush(rl_feed *feed);
/* Sends what is left, waits until it has left the process, frees. */
void rl_feed_close(rl_feed *feed);
