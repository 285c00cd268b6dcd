/* Events, as published for those who subscribe (W3): a topic in plain bytes, which subscribers
 * filter by, and then one msgpack map.
 *
 *   "composite.EURUSD " + a row of the board, for each change, conflated by the server
 *   "quote.issued "     + {"quote": id, "client": …, "from": …, "to": …, "at": ms UTC}
 *   "quote.consumed ", "quote.cancelled ", "quote.revoked ", "quote.expired " likewise
 *
 *   "pair.halted "      + how the pair is halted, when that begins; conflated likewise
 *   "pair.resumed "     + {"pair": …, "at": ms UTC}, when it has ended
 *
 * The blank ends the topic, so that no name is the beginning of another. Pure. */
#pragma once

#include "wire/reply.h"

/* No event is longer. */
#define RL_EVENT_MAX 1024 /* bytes */

typedef enum rl_life {
  RL_LIFE_ISSUED,
  RL_LIFE_CONSUMED,
  RL_LIFE_CANCELLED,
  RL_LIFE_REVOKED,
  RL_LIFE_EXPIRED,
} rl_life;

/* `client` may be NULL or empty, and the currencies none, where they are not known: nil then. */
void rl_event_encode_life(rl_writer *writer, rl_life life, rl_quote_id quote, const char *client,
                          rl_currency from, rl_currency to, rl_utc at);
void rl_event_encode_composite(rl_writer *writer, const rl_universe *universe,
                               const rl_composite *composite, const rl_halted *halted, rl_now now);
void rl_event_encode_halted(rl_writer *writer, const rl_halted *halted);
void rl_event_encode_resumed(rl_writer *writer, const char *pair, rl_utc at);
