/* The feed library: how a handler pushes rates into an engine.
 *
 *   rl_feed *feed;
 *   if (rl_feed_connect(&(rl_feed_options){.source = "venue"}, &feed, &error) != RL_OK) …
 *   rl_feed_push(feed, "EURUSD", bid, ask, when_utc_ms);
 *   rl_feed_flush(feed);
 *   rl_feed_close(feed);
 *
 * Updates gather in a batch that is sent when it is full, when rl_feed_flush is called, and
 * before closing. A send waits until the engine has room (back-pressure, no loss); an engine that
 * restarts is found again without a new connect. Sequence numbers are counted by the library, per
 * pair, and rise over the restarts of a handler, too (feed.c says how). Not thread-safe; a
 * process may have several feeds, each with a source of its own. See README.md. */
#pragma once

#include "clock/clock.h"
#include "market/market.h"
#include "status/error.h"

typedef struct rl_feed rl_feed;

typedef struct rl_feed_options {
  const char *url;        /* the engine's feed socket; NULL: rl_feed_default_url() */
  const char *source;     /* name of this source, 1 … RL_SOURCE_NAME_MAX bytes */
  rl_source_class class;  /* live or reference */
  unsigned batch;         /* updates per message, 1 … 256; 0: 64 */
  uint32_t timeout_ms;    /* of one send, and of waiting for the engine; 0: 2000 */
} rl_feed_options;

/* The engine's default feed address: $RATELOCK_FEED_URL, else feed.ipc in the data directory. NULL
 * when that directory's path is too long for a socket. Static buffer per process. */
const char *rl_feed_default_url(void);

/* Waits for the engine until the time-out: RL_UNREACHABLE when none listens by then. RL_INVALID or
 * RL_OUT_OF_RANGE for an option that cannot be, with its name in *error. */
RL_MUST_USE rl_status rl_feed_connect(const rl_feed_options *options, rl_feed **out,
                                      rl_error *error);

/* Adds one update; sends when the batch is full. Whatever it returns but RL_OK, this update was
 * not taken and the batch is as it was: push it again, or let it go.
 *   RL_INVALID  the pair's name is not six capital letters, or a rate cannot be a source's: zero,
 *               or bid and ask do not both fit nine digits of one scale
 *   RL_FULL     more pairs than an engine can have
 *   RL_TIMEOUT  the engine takes nothing; the next call tries again
 * `when` is the source's own time; 0 if it has none. */
RL_MUST_USE rl_status rl_feed_push(rl_feed *feed, const char *pair, rl_rate bid, rl_rate ask,
                                   rl_utc when);
/* With sizes, in whole units of base currency; 0 if unknown. */
RL_MUST_USE rl_status rl_feed_push_sized(rl_feed *feed, const char *pair, rl_rate bid, rl_rate ask,
                                         rl_utc when, uint64_t bid_size, uint64_t ask_size);
/* One level of a book. */
typedef struct rl_feed_level {
  rl_rate rate;  /* quote currency for 1 of the base */
  uint64_t size; /* base currency, whole units */
} rl_feed_level;
/* A book: either side's levels, the best first, at least one of each; those behind the tenth are
 * left out. RL_INVALID when a side is empty, a rate cannot be a source's, or the rates of all
 * levels do not fit nine digits of one scale. */
RL_MUST_USE rl_status rl_feed_push_book(rl_feed *feed, const char *pair, const rl_feed_level *bids,
                                        unsigned bid_count, const rl_feed_level *asks,
                                        unsigned ask_count, rl_utc when);
/* Takes back what this source said of the pair: it has no rate until the next push. For a venue
 * that closes its book or cannot be reached, so that its last rate does not live on. */
RL_MUST_USE rl_status rl_feed_withdraw(rl_feed *feed, const char *pair, rl_utc when);
/* Says that so many updates of the pair were lost before they came here: the engine counts them as
 * a gap with the next one. Less than RL_SEQUENCE_LEAP. RL_INVALID and RL_FULL as with a push. */
RL_MUST_USE rl_status rl_feed_skip(rl_feed *feed, const char *pair, uint64_t updates);
/* For a bridge: what is pushed from now on was made by the engine of this id, 16 hexadecimal digits
 * (wire/feed_message.h); "" if by none. What waits is sent first; RL_INVALID for no id, or what
 * rl_feed_flush says, and nothing is changed. */
RL_MUST_USE rl_status rl_feed_set_origin(rl_feed *feed, const char *origin);
/* Lets go of what waits to be sent: rates that are too old by the time the engine takes any. It
 * counts them as a gap. Returns how many. */
unsigned rl_feed_discard(rl_feed *feed);
/* Sends what has gathered. RL_TIMEOUT when the engine takes nothing: the batch is kept. */
RL_MUST_USE rl_status rl_feed_flush(rl_feed *feed);
/* Sends what is left, waits at most the time-out until it has left the process, frees. What the
 * engine does not take by then is lost: flush first to know. */
void rl_feed_close(rl_feed *feed);
