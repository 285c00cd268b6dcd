/* The client's side of ratelock: ask for locked quotes, accept them, look at the market.
 *
 * A client is one connection to an engine. It is not thread-safe: give each thread its own. Every
 * call blocks until the answer or the time-out, and copies what it returns: nothing points into
 * the client. The protocol itself is in PROTOCOL.md; this header is enough for C programs.
 *
 * Exactly once: every call that changes something takes an idempotency key, 1 to 64 printable
 * characters. If a call ends with RL_TIMEOUT or RL_UNREACHABLE, the engine may or may not have
 * done it: repeat the very same call with the same key until an answer comes; it is done once and
 * the answer is the same, bytes and all. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default) /* all that the shared library exports */

typedef struct rl_client rl_client;

/* The environment variable that names the engine's address where a program does not. */
#define RL_DEFAULT_URL_ENV "RATELOCK_URL"

/* What a call came to, before any question of what the engine said. */
typedef enum rl_call {
  RL_CALL_ANSWERED = 0, /* the engine answered: look at `refused` */
  RL_CALL_UNREACHABLE,  /* nobody listens at the address */
  RL_CALL_TIMEOUT,      /* no answer in time: it may or may not have been done */
  RL_CALL_BAD_ARGUMENT, /* refused here, nothing was sent; the client's error text says why */
  RL_CALL_BAD_ANSWER,   /* the answer is not of the protocol */
  RL_CALL_NO_MEMORY,
} rl_call;

/* A refusal as the engine stated it. `number` is 0 when the request was not refused. */
typedef struct rl_client_refusal {
  int32_t number;          /* stable, see PROTOCOL.md */
  char code[32];           /* such as "STALE_RATE" */
  char message[160];       /* for people */
  char retry[12];          /* "never", "same_key", "new_quote", "later" */
  uint32_t retry_after_ms; /* pause before a same_key or later retry */
} rl_client_refusal;

/* Fixed side of a quote. */
typedef enum rl_client_fix { RL_CLIENT_FIX_SOURCE, RL_CLIENT_FIX_TARGET } rl_client_fix;

typedef struct rl_client_quote_request {
  const char *from;     /* ISO 4217 code of the source currency */
  const char *to;       /* ISO 4217 code of the target currency */
  rl_client_fix fix;    /* which side amount_minor is of */
  int64_t amount_minor; /* minor units of the fixed side's currency */
  uint32_t ttl_ms;      /* shortest lock wanted; 0: the tariff's default */
  const char *tier;     /* customer tier; NULL: the tariff's default */
  const char *method;   /* payment method, such as "card"; NULL: none named */
  const char *key;      /* idempotency key */
} rl_client_quote_request;

typedef struct rl_client_quote {
  rl_client_refusal refusal;
  char quote[27];           /* id, 26 characters */
  char from[4], to[4];
  int64_t charge_minor;     /* what the customer pays, source currency */
  int64_t source_minor;     /* source currency */
  int64_t fees_source_minor;/* sum of source-side fees, source currency */
  int64_t fees_target_minor;/* sum of target-side fees, target currency */
  int64_t target_minor;     /* what the payee gets, target currency */
  int64_t total_cost_minor; /* charge less the mid-market worth of the target, source currency: what
                               rate and fees cost the customer together; negative if he gains */
  char client_rate[32];     /* decimal, quote per base of the pair */
  char disclosure_rate[32]; /* the same rounded for show, never to compute with; "" where the tariff
                               asks for none */
  char pair[8];             /* market convention, such as "EURUSD" */
  int64_t issued_utc_ms;
  int64_t expires_utc_ms;   /* the quote holds before this instant */
  char value_date[11];      /* "2026-11-24": when both amounts are due, whenever the quote is taken;
                               "" where the engine has no calendar for a currency */
  uint8_t token[856];       /* the sealed quote: keep it, it binds the engine by itself */
  size_t token_size;        /* bytes */
} rl_client_quote;

/* The receipt of an accept or a cancel. */
typedef struct rl_client_receipt {
  rl_client_refusal refusal;
  char quote[27];
  char state[12];           /* "consumed" or "cancelled" */
  int64_t at_utc_ms;        /* when the engine received the accept or cancel */
  int64_t charge_minor;
  int64_t target_minor;
} rl_client_receipt;

/* Makes a client of the engine at `url` ("ipc:///…", "tcp://…"; NULL: $RATELOCK_URL, or the socket
 * in the default data directory). Every call ends within timeout_ms (0: 5,000). Succeeds without
 * an engine too: the first call then says RL_CALL_UNREACHABLE, at once where nobody listens.
 * RL_CALL_BAD_ARGUMENT for an address that is none. Not to be used after fork in the child. */
rl_call rl_client_open(const char *url, uint32_t timeout_ms, rl_client **out);
void rl_client_close(rl_client *client);
/* Why the last call did not end with RL_CALL_ANSWERED. Valid until the next call. */
const char *rl_client_error(const rl_client *client);
const char *rl_client_url(const rl_client *client);

rl_call rl_client_get_quote(rl_client *client, const rl_client_quote_request *request,
                            rl_client_quote *out);
/* By id, by token (NULL, 0 for none), or both. The token is needed only if the engine may never
 * have seen the quote (after a crash, or another engine of the same store). */
rl_call rl_client_accept(rl_client *client, const char *quote, const void *token,
                         size_t token_size, const char *key, rl_client_receipt *out);
rl_call rl_client_cancel(rl_client *client, const char *quote, const void *token,
                         size_t token_size, const char *key, rl_client_receipt *out);

/* Any message of the protocol: sends `request` (msgpack), returns the answer's bytes in memory
 * that the client owns, valid until its next call. */
rl_call rl_client_exchange(rl_client *client, const void *request, size_t request_size,
                           const void **answer, size_t *answer_size);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
