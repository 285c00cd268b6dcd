/* Refusals: the normal ways in which the engine says no to a client.
 *
 * A refusal's number is on the wire: it is never changed and never reused. The list stands in
 * order of precedence: where several refusals apply to one request, the first of the list is
 * the answer (the shape of the request, then what it names, then whether it may, then the
 * market, then the amounts and limits, then the quote's life, then the engine's own state).
 *
 * Retry classes tell a client's program what to do:
 *   never      the same request will be refused again; a person or the program must change it
 *   same_key   repeat the very same request with the same idempotency key, after a pause
 *   new_quote  ask for a new quote
 *   later      nothing is wrong with the request; try again after retry_after_ms
 */
#pragma once

#include <stdint.h>

typedef enum rl_retry {
  RL_RETRY_NEVER,
  RL_RETRY_SAME_KEY,
  RL_RETRY_NEW_QUOTE,
  RL_RETRY_LATER,
} rl_retry;

/*  X(name, number, retry, sentence) */
#define RL_REFUSALS(X)                                                                           \
  X(MALFORMED_REQUEST, 1, NEVER, "the bytes are not a request")                                  \
  X(TOO_LARGE, 2, NEVER, "a length is beyond the stated limit")                                  \
  X(UNSUPPORTED, 3, NEVER, "the envelope or operation is not one this engine knows")             \
  X(MISSING_FIELD, 4, NEVER, "a required field is missing")                                      \
  X(INVALID_FIELD, 5, NEVER, "a field has the wrong type or value")                              \
  X(FORBIDDEN, 6, NEVER, "only an operator of this engine may ask for that")                    \
  X(UNKNOWN_CURRENCY, 10, NEVER, "no such currency, or it has no minor unit")                    \
  X(SAME_CURRENCY, 11, NEVER, "source and target currency are the same")                         \
  X(UNKNOWN_PAIR, 12, NEVER, "no market and no cross is configured for these currencies")        \
  X(AMOUNT_OUT_OF_RANGE, 13, NEVER, "an amount is beyond 1 to 10^15 minor units")                \
  X(NO_TARIFF, 20, NEVER, "no rule of the tariff matches the request")                           \
  X(TTL_NOT_OFFERED, 21, NEVER, "no lock of at least this length is offered")                    \
  X(PAIR_HALTED, 28, LATER, "a leg is halted, by its breaker or by the desk")                    \
  X(TARIFF_REFUSED, 29, NEVER, "the tariff file is refused, and the old tariff stays in force")  \
  X(LIMITS_REFUSED, 30, NEVER, "the limits file is refused, and the old limits stay in force")    \
  X(NO_RATE, 31, LATER, "no live rate has arrived for a leg")                                    \
  X(STALE_RATE, 32, LATER, "the newest rate of a leg is older than its bound")                   \
  X(TOO_FEW_SOURCES, 33, LATER, "fewer fresh sources than the pair asks for")                    \
  X(SOURCES_DISAGREE, 34, LATER, "no majority of the sources agrees on a price")                 \
  X(MARKET_BUSY, 35, LATER, "the rates changed faster than they could be read together")         \
  X(RATE_OUT_OF_RANGE, 36, NEVER, "a rate of the quote is beyond 10^-9 to 10^9")                 \
  X(MARKET_CLOSED, 37, LATER, "a leg's market is closed and the tariff has no price for it")      \
  X(NO_REPORTING_RATE, 38, LATER, "no rate says what the quote is worth against its limits")     \
  X(COMPOSITE_CROSSED, 39, LATER, "the best bid of a leg's sources is above their best offer")    \
  X(FEES_EXCEED_AMOUNT, 40, NEVER, "the fees leave nothing of the amount")                       \
  X(AMOUNT_TOO_SMALL, 41, NEVER, "the amount is worth less than the least that is paid out")     \
  X(AMOUNT_UNREACHABLE, 42, NEVER, "no source amount gives just this target amount")             \
  X(TICKET_TOO_LARGE, 43, NEVER, "the quote is worth more than the largest that is locked")      \
  X(CLIENT_LIMIT, 44, LATER, "the client's open quotes would be more than its limit")            \
  X(PAIR_LIMIT, 45, LATER, "the pair's open quotes would be more than its limit")                \
  X(TOO_MANY_REVOCATIONS, 46, LATER, "as many are in force as may be; each is for a day")        \
  X(TRIANGLE_EARNS, 47, LATER, "a round trip through a leg's market and two others earns")      \
  X(DEPTH_EXCEEDED, 48, NEVER, "the amount is more than the books of a leg's sources hold")       \
  X(KEY_REUSED, 50, NEVER, "the idempotency key was used with another request")                  \
  X(QUOTE_UNKNOWN, 51, NEVER, "no such quote for this client")                                   \
  X(TOKEN_INVALID, 52, NEVER, "the token is not one that this engine sealed")                    \
  X(WRONG_STORE, 53, NEVER, "the token belongs to another store")                                \
  X(QUOTE_CONSUMED, 54, NEVER, "the quote was accepted already")                                 \
  X(QUOTE_CANCELLED, 55, NEW_QUOTE, "the quote was cancelled")                                   \
  X(QUOTE_REVOKED, 56, NEW_QUOTE, "the desk revoked the quote")                                  \
  X(QUOTE_EXPIRED, 57, NEW_QUOTE, "the quote's time has run out")                                \
  X(QUOTE_NOT_CONSUMED, 58, NEVER, "the quote was not accepted, so there is nothing to refund")    \
  X(QUOTE_REFUNDED, 59, NEVER, "the quote was refunded already")                                 \
  X(OVERLOADED, 60, SAME_KEY, "a bounded queue is full")                                         \
  X(STORE_READ_ONLY, 61, SAME_KEY, "the store has no space")                                     \
  X(STORE_FAILED, 62, SAME_KEY, "the store could not make the answer durable")                   \
  X(STORE_UNREACHABLE, 63, SAME_KEY, "the store does not answer; the same key tells what was done")

typedef enum rl_refusal {
  RL_REFUSAL_NONE = 0,
#define RL_REFUSAL_ENUM(name, number, retry, sentence) RL_REFUSAL_##name = number,
  RL_REFUSALS(RL_REFUSAL_ENUM)
#undef RL_REFUSAL_ENUM
} rl_refusal;

/* The code as on the wire, such as "STALE_RATE"; "NONE" for 0. Static. */
const char *rl_refusal_name(rl_refusal refusal);

/* One sentence for people. Static. */
const char *rl_refusal_sentence(rl_refusal refusal);

/* What a client's program should do. RL_RETRY_NEVER for 0. */
rl_retry rl_refusal_retry(rl_refusal refusal);

/* "never", "same_key", "new_quote" or "later". Static. */
const char *rl_retry_name(rl_retry retry);

/* The pause to name with a same_key or later refusal, in ms; 0 for the other classes. */
uint32_t rl_refusal_retry_after_ms(rl_refusal refusal);
