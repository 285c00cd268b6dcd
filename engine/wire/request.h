/* Requests: what a client may ask, decoded from and encoded to msgpack (PROTOCOL.md).
 *
 * A message is one map (one request) or an array of up to RL_BATCH_MAX maps (a batch). Unknown
 * keys are ignored; duplicate keys, NaN or any float, wrong types, missing fields and trailing
 * bytes are refused with the path to the field. A message that starts with a msgpack ext value
 * is an authenticated envelope (W5), which this version refuses as UNSUPPORTED. Values nest at most
 * RL_DEPTH_MAX levels, the request's own map counted, a batch's array not. */
#pragma once

#include "ledger/ledger.h"
#include "wire/msgpack.h"

/* The numbers are part of the body's fingerprint, which the store keeps: never changed. */
typedef enum rl_request_kind {
  RL_REQUEST_QUOTE = 1,   /* "quote": one way, locked */
  RL_REQUEST_TWO_WAY = 2, /* "two_way": both sides of a pair for one base amount, both locked */
  RL_REQUEST_ACCEPT = 3,  /* "accept" */
  RL_REQUEST_CANCEL = 4,  /* "cancel" */
  RL_REQUEST_SHOW = 5,    /* "show" */
  RL_REQUEST_SPREADS = 6, /* "spreads": the board */
  RL_REQUEST_SOURCES = 7, /* "sources" */
  RL_REQUEST_STATS = 8,   /* "stats" */
  RL_REQUEST_TARIFF = 9,  /* "tariff": name, hash and text in force */
  RL_REQUEST_PING = 10,   /* "ping": identity, version, readiness */
  RL_REQUEST_RELOAD = 11, /* "reload": reads the tariff file anew; for operators */
  RL_REQUEST_INDICATIVE = 12, /* "indicative": a price, one way, nothing locked */
  RL_REQUEST_MATRIX = 13, /* "matrix": what one target amount costs in many currencies, likewise */
  RL_REQUEST_EXPOSURE = 14, /* "exposure": what is open, and the caps on it */
  RL_REQUEST_POST = 15,   /* "post": a movement into the ledger; for operators */
  RL_REQUEST_MIDS = 16,   /* "mids": exact middles of the market, to value balances at */
  RL_REQUEST_REVOKE = 17, /* "revoke": takes open quotes back; for operators */
  RL_REQUEST_EXPORTED = 18, /* "exported": what was exported may be let go; for operators */
  RL_REQUEST_TRIANGLES = 19, /* "triangles": what trips round three markets earn */
  RL_REQUEST_HALT = 20,   /* "halt": refuses a pair from now on; for operators */
  RL_REQUEST_RESUME = 21, /* "resume": lets it go again; for operators */
  RL_REQUEST_HALTS = 22,  /* "halts": which pairs are halted, by whom and why */
} rl_request_kind;

/* At most this many pairs may be named in one spreads, sources or exposure request. */
#define RL_REQUEST_PAIRS_MAX 64
/* At most this many currencies in one matrix or mids: a checkout shows fewer. */
#define RL_REQUEST_CURRENCIES_MAX 64

/* Which quotes the desk takes back, besides the request's `client`, and why. A halt and a resume
 * state `pair` and `reason` alone. */
typedef struct rl_revoke_request {
  bool all;                 /* really all: nothing else says which */
  bool has_pair;
  rl_currency pair[2];      /* different; traded in either direction */
  bool has_tariff;
  rl_digest tariff;         /* priced by it */
  int64_t issued_from_ms;   /* UTC, issued at or after; INT64_MIN: however long ago */
  int64_t issued_before_ms; /* UTC, issued before; INT64_MAX: until the request arrives */
  char reason[RL_REASON_MAX + 1]; /* 1 … RL_REASON_MAX bytes of printable ASCII */
} rl_revoke_request;

typedef struct rl_request {
  rl_request_kind kind;
  /* quote, two_way, indicative, matrix. Of a two_way `from` is the base, `to` the quote currency,
   * the amount is of the base and `fixed` is source; a matrix fixes its target, and has
   * `currencies` instead of `from`. mids have `currencies` and `to` alone. */
  rl_currency from;
  rl_currency to;
  rl_price_request price;
  unsigned currency_count; /* of matrix and mids 1 … RL_REQUEST_CURRENCIES_MAX, all different */
  rl_currency currencies[RL_REQUEST_CURRENCIES_MAX];
  /* quote, two_way, accept, cancel, post, revoke, halt, resume: 1 … RL_KEY_MAX bytes of printable
   * ASCII */
  char key[RL_KEY_MAX + 1];
  /* accept, cancel, show: an id, a token, or both (then they must agree: the engine looks) */
  bool has_id;
  rl_quote_id id;
  const uint8_t *token; /* NULL if none; points into the message */
  size_t token_size;    /* bytes, at most RL_TOKEN_MAX */
  char client[RL_CLIENT_NAME_MAX + 1]; /* exposure, revoke: whose; "" if none is named */
  /* spreads, sources, exposure: names as written, none for all; point into the message */
  unsigned pair_count;
  struct {
    const char *text;
    size_t length;
  } pairs[RL_REQUEST_PAIRS_MAX];
  rl_movement movement; /* post: without a fault (ledger.h); of no other operation */
  rl_revoke_request revoke; /* revoke, halt, resume */
  int64_t since_ms;     /* exported: UTC, the interval, since <= before */
  int64_t before_ms;
  /* fingerprint of the decoded fields that matter for the operation, key left out: equal bodies
   * have equal fingerprints whatever the order of keys or the width of integers (L4); zero for an
   * operation without a key */
  rl_fingerprint body;
} rl_request;

/* Where and why decoding stopped. */
typedef struct rl_fault {
  rl_refusal refusal;
  char path[48];    /* within the item: "amount", "pairs[3]"; "" for the item or message itself */
  char detail[96];  /* for people: "expected an integer" */
} rl_fault;

/* Opens a message: *count requests follow, to be taken one by one; *batch tells whether they came
 * as an array (the reply then is one, too). False with *fault for a message as a whole. */
bool rl_requests_open(const void *bytes, size_t size, rl_unpacker *unpacker, uint32_t *count,
                      bool *batch, rl_fault *fault);
/* Takes the next request. False with *fault when this item is refused: if fault->refusal is
 * MALFORMED_REQUEST the rest of the message cannot be read and the whole message is refused;
 * otherwise the item alone is, and the unpacker stands at the next. Of several refusals the first
 * in the order of status/refusal.h is given. About 80 ns. */
bool rl_request_next(rl_unpacker *unpacker, rl_request *out, rl_fault *fault);
/* After the last item: false with *fault if bytes are left over. */
bool rl_requests_close(const rl_unpacker *unpacker, rl_fault *fault);

/* Writes one request; decoding it gives the same fields and fingerprint. */
void rl_request_encode(rl_writer *writer, const rl_request *request);
