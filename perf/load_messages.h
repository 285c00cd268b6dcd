/* What a load is made of: the messages that are sent, and what is read of their answers. Any lane
 * asks at any time; keys are never used twice. */
#pragma once

#include "lanes.h"
#include "quote/quote.h"

#include <nng/nng.h>
#include <stdatomic.h>

#define LOAD_KEY_DIGITS 16

/* An encoded message of quotes whose keys' digits are written anew for each use. */
typedef struct load_template {
  uint8_t *bytes;
  size_t size;
  unsigned keys;
  size_t key_at[RL_BATCH_MAX]; /* of the first digit */
} load_template;

typedef char load_quote_id[RL_QUOTE_ID_TEXT_SIZE];

typedef struct load_messages {
  unsigned batch;          /* quotes or accepts of a message */
  load_template quotes;
  unsigned accepts;        /* ids that were asked for beforehand */
  load_quote_id *ids;
  _Atomic uint64_t taken;  /* of those ids */
  _Atomic uint64_t keys;
} load_messages;

/* `keys` begins above all that were used before. */
void load_messages_init(load_messages *messages, unsigned batch, uint64_t keys);
void load_messages_fini(load_messages *messages);

/* Asks over the socket for so many quotes, to be accepted. Ends the program where the engine
 * gives none. */
void load_ask_for_quotes(load_messages *messages, nng_socket socket, unsigned count);

nng_msg *load_quotes(load_messages *messages);
/* The next accepts of those quotes; NULL when too few are left for a message. */
nng_msg *load_accepts(load_messages *messages);
/* An accept or a show of that quote, or the board. */
nng_msg *load_other(load_messages *messages, load_kind kind, const char *quote);

/* How many items of an answer say yes. */
unsigned load_count_good(const uint8_t *bytes, size_t size);
/* The first quote's id in an answer; false if there is none. */
bool load_find_quote(const uint8_t *bytes, size_t size, load_quote_id out);
