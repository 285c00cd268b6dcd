/* What a NATS message says of rates, in msgpack or JSON, told apart by the first byte.
 *
 * msgpack is the feed message of engine/PROTOCOL.md. JSON is the same fields as an object, with
 * prices as decimals instead of integers and a scale,
 *
 *   {"source": "lmax", "class": "live", "origin": "…",
 *    "ticks": [["EURUSD", "1.12520", "1.12530", SEQUENCE, TIME, BID_SIZE, ASK_SIZE], …]}
 *
 * where the sizes may be left out and of the head all but the ticks, or one update as an object,
 *
 *   {"pair": "EURUSD", "bid": "1.12520", "ask": "1.12530", "time": TIME, "sequence": SEQUENCE,
 *    "bid_size": SIZE, "ask_size": SIZE}
 *
 * of which pair, bid and ask must be there. Null for bid and for ask takes the rate back. A price
 * may be a string or a number: either is read digit by digit as it was written, never through a
 * float, and an exponent is refused; other numbers are whole, and may be strings too. Unknown keys
 * are passed over.
 *
 * A message is taken whole or not at all: opening reads all of it. Total and pure; nothing is
 * allocated. */
#pragma once

#include "feeds/feed.h"
#include "feeds/json.h"
#include "wire/feed_message.h"

typedef struct rl_nats_update {
  char pair[8];
  bool withdrawn;      /* no levels then */
  uint64_t sequence;   /* rises by one a message and pair; 0: not told */
  rl_utc when;         /* 0: not told */
  unsigned bid_count;  /* at least 1 of either */
  unsigned ask_count;
  rl_feed_level bids[RL_LEVELS_MAX]; /* the best first */
  rl_feed_level asks[RL_LEVELS_MAX];
} rl_nats_update;

typedef struct rl_nats_message {
  rl_source_class class;
  char origin[RL_ORIGIN_SIZE]; /* "" where no engine made the prices */
  uint32_t update_count;
  /* How the updates are read: */
  enum { RL_NATS_PACKED, RL_NATS_ROWS, RL_NATS_SINGLE } form;
  rl_unpacker packed;
  rl_fault why;                /* what was wrong with msgpack */
  rl_json rows;                /* behind "ticks" */
  bool first;
  rl_nats_update single;
} rl_nats_message;

/* False with *fault, a sentence for people, valid as long as *out. */
bool rl_nats_message_open(const void *bytes, size_t size, rl_nats_message *out,
                          const char **fault);
/* The next of update_count updates, which opening has seen to be readable. */
void rl_nats_message_next(rl_nats_message *message, rl_nats_update *out);
