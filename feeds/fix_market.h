/* The pairs of one FIX session: their subscriptions, their books, and what every message made of
 * them. Knows neither the session nor the engine: messages go in, changed books come out, and all
 * that was odd is counted by name.
 *
 * A message counts for a book only when it belongs to the subscription that stands: its request id
 * is the one asked for last, or it has none and is not a repeat of an earlier time. So what a venue
 * sends again after a line broke cannot put entries of the old book into the new one.
 *
 * One thread. */
#pragma once

#include "feeds/fix_book.h"

/* What is counted: its name (as in JSON) and words. Those before BAD_LENGTH are the normal run, the
 * others are odd. */
#define RL_FIX_COUNTS(X)                                                                   \
  X(MESSAGES, "messages", "messages of the venue")                                         \
  X(SNAPSHOTS, "snapshots", "full refreshes")                                              \
  X(INCREMENTALS, "incrementals", "incremental refreshes")                                 \
  X(ENTRIES, "entries", "entries")                                                         \
  X(PUSHED, "pushed", "books pushed")                                                      \
  X(REPEATED, "repeated", "of them repeated unchanged")                                    \
  X(WITHDRAWN, "withdrawn", "books withdrawn")                                             \
  X(LOGONS, "logons", "logons")                                                            \
  X(LINES_LOST, "lines_lost", "lines lost or not made")                                    \
  X(GAP_FILLS, "gap_fills", "gaps that the venue filled with nothing")                     \
  X(BAD_LENGTH, "bad_length", "message with a bad body length")                            \
  X(BAD_CHECKSUM, "bad_checksum", "message with a bad checksum")                           \
  X(GARBAGE, "garbage", "bytes that are no message")                                       \
  X(UNREADABLE, "unreadable", "message that is no list of fields")                         \
  X(BAD_COUNT, "bad_count", "message with another number of entries than it states")       \
  X(OLD_REQUEST, "old_request", "message for a request that does not stand")               \
  X(UNKNOWN_SYMBOL, "unknown_symbol", "symbol that was not asked for")                     \
  X(UNKNOWN_TYPE, "unknown_type", "entry that is neither bid nor offer")                   \
  X(UNKNOWN_ACTION, "unknown_action", "entry with an unknown action")                      \
  X(NO_KEY, "no_key", "entry with neither id nor price to know it by, or too long an id")  \
  X(NO_PRICE, "no_price", "new entry without a price")                                     \
  X(BAD_PRICE, "bad_price", "price that is no rate of at most nine digits")                \
  X(ZERO_PRICE, "zero_price", "price of zero")                                             \
  X(BAD_SIZE, "bad_size", "size that is no decimal, or too large")                         \
  X(DUPLICATE, "duplicate_entry", "new entry that is there already")                       \
  X(UNKNOWN_CHANGE, "unknown_change", "change of an entry that is not there")              \
  X(UNKNOWN_DELETE, "unknown_delete", "delete of an entry that is not there")              \
  X(BOOK_FULL, "book_full", "entry beyond what a book holds")                              \
  X(UNFIT, "unfit", "book whose rates do not fit nine digits of one scale")                \
  X(REQUEST_REJECTS, "request_rejects", "request for market data rejected")                \
  X(BUSINESS_REJECTS, "business_rejects", "message rejected by the venue's application")   \
  X(SESSION_REJECTS, "session_rejects", "message rejected by the venue's session")

typedef enum rl_fix_count {
#define RL_FIX_COUNT_NAME(name, json, text) RL_FIX_##name##_COUNT,
  RL_FIX_COUNTS(RL_FIX_COUNT_NAME)
#undef RL_FIX_COUNT_NAME
  RL_FIX_COUNT_KINDS,
} rl_fix_count;

const char *rl_fix_count_name(rl_fix_count count); /* "bad_checksum" */
const char *rl_fix_count_text(rl_fix_count count); /* "message with a bad checksum" */

#define RL_FIX_REQUEST_ID_SIZE 40

typedef struct rl_fix_instrument {
  char pair[7];
  char symbol[RL_FIX_SYMBOL_MAX + 1];
  char request_id[RL_FIX_REQUEST_ID_SIZE]; /* of the subscription that stands; "" if none does */
  bool changed;   /* since the caller last cleared this */
  bool standing;  /* the caller's: the engine has a book of it, or may have one */
  bool told;      /* the caller's: it was told of one at some time */
  rl_utc when;    /* the venue's time of the last change; 0 if it has none */
  rl_fix_book *book; /* apart, so that a search among pairs stays in the cache */
} rl_fix_instrument;

typedef struct rl_fix_market {
  bool entry_time; /* take MDEntryDate and MDEntryTime, where given, rather than SendingTime */
  /* Called for each odd thing, counted already: `about` names the symbol or the request, or is
   * empty; `detail` is the venue's own words, or empty. */
  void (*odd)(void *context, rl_fix_count count, rl_fix_span about, rl_fix_span detail);
  void *context;
  uint64_t counts[RL_FIX_COUNT_KINDS];
  uint64_t first_id;   /* in every request id: tells this process from an earlier one */
  unsigned generation; /* of subscriptions */
  unsigned count;
  rl_fix_instrument *instruments;
  rl_fix_book *books;
} rl_fix_market;

/* Reads "EURUSD,USDJPY=JPY/USD.SPOT": pairs, and their symbols where they are not the pair's name,
 * with a slash in its middle if `slash`. RL_INVALID with a reason; nothing to free then. */
RL_MUST_USE rl_status rl_fix_market_init(rl_fix_market *market, const char *pairs, bool slash,
                                         rl_error *error);
void rl_fix_market_fini(rl_fix_market *market);

/* A new subscription of all pairs: empties the books, makes new request ids. */
void rl_fix_market_renew(rl_fix_market *market);
/* There is no session: no subscription stands, all books are empty. */
void rl_fix_market_end(rl_fix_market *market);

/* Counts one, and calls odd() where that kind is odd. */
void rl_fix_market_count(rl_fix_market *market, rl_fix_count count, rl_fix_span about,
                         rl_fix_span detail);

/* Takes a message: market data into the books, rejects of a request into its pair. */
void rl_fix_market_take(rl_fix_market *market, rl_fix_message message);
