/* Feed messages: a source's updates in a batch, as pushed by feeds/ and taken by the intake.
 *
 *   {"source": "ecb", "class": "reference", "origin": "…",
 *    "ticks": [[PAIR, BID, ASK, SCALE, SEQ, TIME_MS, BID_SIZE, ASK_SIZE, BIDS, ASKS], …]}
 *
 * "origin" is the id of the engine whose composites these are, and is left out for all others: an
 * engine takes back nothing of its own, and publishes nothing that another one made. PAIR is
 * "EURUSD"; BID and ASK are integers of 10^-SCALE, or both nil: the source takes its rate
 * back; TIME_MS is the source's UTC time, 0 if it has none. The two sizes, in whole units of base
 * currency, may be left out, and with them or alone the last two: the levels behind the best, the
 * better first, as [PRICE, SIZE, PRICE, SIZE, …] of at most RL_LEVELS_MAX - 1 levels. At most
 * RL_TICKS_PER_MESSAGE_MAX ticks. Decoding is total. */
#pragma once

#include "market/market.h"
#include "wire/request.h"

/* An engine's id as text: 16 hexadecimal digits, lower case. */
#define RL_ORIGIN_SIZE (2 * sizeof(rl_engine_id) + 1)

typedef struct rl_feed_header {
  char source[RL_SOURCE_NAME_MAX + 1];
  char origin[RL_ORIGIN_SIZE]; /* "" where no engine made the prices */
  rl_source_class class;
  uint32_t tick_count;
} rl_feed_header;

typedef struct rl_feed_tick {
  char pair[8];          /* "EURUSD" and a NUL */
  uint64_t bid;          /* units of 10^-scale; may be anything: the market judges it */
  uint64_t ask;
  uint64_t scale;
  uint64_t sequence;
  int64_t source_utc_ms;
  uint64_t bid_size;     /* base currency, whole units; 0 if unknown */
  uint64_t ask_size;
  bool withdrawn;        /* bid and ask were nil, and are 0 here */
  rl_depth depth;        /* prices and sizes beyond their fields take the field's largest value */
} rl_feed_tick;

/* Opens a message: header->tick_count ticks follow. The keys may stand in any order, "ticks"
 * last or not; unknown keys are ignored. */
bool rl_feed_open(const void *bytes, size_t size, rl_unpacker *ticks, rl_feed_header *header,
                  rl_fault *fault);
/* Takes the next tick. False with *fault: the rest of the message cannot be read. */
bool rl_feed_next(rl_unpacker *ticks, rl_feed_tick *out, rl_fault *fault);

/* Whether the text is an engine's id. */
bool rl_origin_is_valid(const char *text, size_t length);
/* Writing: the head, then exactly `tick_count` ticks. */
void rl_feed_encode_head(rl_writer *writer, const rl_feed_header *header);
void rl_feed_encode_tick(rl_writer *writer, const rl_feed_tick *tick);
