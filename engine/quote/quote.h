/* A quote: terms, the market they were made of, and the instants between which they bind.
 *
 * This room owns the quote's byte layout, in two parts. The TERMS part is everything that was
 * agreed, the composite legs and a checksum of the evidence; it is what a token seals. The
 * EVIDENCE part is the ticks inside each leg, the idempotency key, what was reserved and by which
 * engine: what an audit and a new start need beside the terms. A record in the store is both.
 * Layouts are at the head of codec.c.
 *
 * Decoding is total: any bytes give a quote or RL_CORRUPT. */
#pragma once

#include "bytes/bytes.h"
#include "calendar/calendar.h"
#include "pricing/pricing.h"

/* Leads with the time, so that ids sort by issue and a store appends: 48 bits of UTC
 * milliseconds, then 80 bits that no stranger can guess. */
typedef struct rl_quote_id {
  uint8_t bytes[16];
} rl_quote_id;

/* 26 characters of Crockford's base 32 (the form known as ULID) and a NUL. Reading takes either
 * case; RL_INVALID for anything else. */
#define RL_QUOTE_ID_TEXT_SIZE 27
void rl_quote_id_format(rl_quote_id id, char out[RL_QUOTE_ID_TEXT_SIZE]);
RL_MUST_USE rl_status rl_quote_id_parse(const char *text, size_t length, rl_quote_id *out);
bool rl_quote_id_equal(rl_quote_id left, rl_quote_id right);
int rl_quote_id_compare(rl_quote_id left, rl_quote_id right);
rl_quote_id rl_quote_id_make(rl_utc issued, const uint8_t random[10]);
/* The first of all ids that lead with that UTC instant or a later one: where a walk starts. Of an
 * instant before 1970 the first id of all. */
rl_quote_id rl_quote_id_first_at(int64_t utc_ms);
/* The UTC instant that the id leads with. */
rl_utc rl_quote_id_time(rl_quote_id id);

typedef struct rl_store_id {
  uint8_t bytes[16];
} rl_store_id;

/* One engine of those that share a store: of its data directory, through all its starts. */
typedef struct rl_engine_id {
  uint8_t bytes[8];
} rl_engine_id;
bool rl_engine_id_equal(rl_engine_id left, rl_engine_id right);

/* Operations whose idempotency keys are scoped apart (L4). */
typedef enum rl_operation {
  RL_OP_QUOTE = 1,
  RL_OP_TWO_WAY_SELL = 2, /* the two halves of a two-way quote share one key */
  RL_OP_TWO_WAY_BUY = 3,
  RL_OP_ACCEPT = 4,
  RL_OP_CANCEL = 5,
  RL_OP_REVOKE = 6, /* of operators */
  RL_OP_POST = 7,   /* of operators */
  RL_OP_HALT = 8,   /* of operators */
  RL_OP_RESUME = 9, /* of operators */
} rl_operation;

/* Distinct sources in the ticks of one quote. */
#define RL_QUOTE_SOURCES_MAX (RL_LEGS_MAX * RL_SOURCES_PER_PAIR_MAX)

/* A complete quote (what may be written) agrees with itself: the snapshot's currencies and
 * reference are those of the terms, its legs lead from source to target, C, N, G and the spread
 * follow from S, T, the fees, the residue and P (M4, S4), the disclosed rate from the client rate,
 * and both ends of the lock from its start and ttl. So the layout leaves those out and a record
 * cannot contradict itself. */
typedef struct rl_quote {
  rl_quote_id id;              /* leads with issued_utc_ms */
  rl_store_id store;
  char client[RL_CLIENT_NAME_MAX + 1];
  uint64_t boot_id;            /* of the boot whose clock deadline_mono_ns is on */
  int64_t issued_utc_ms;
  int64_t issued_mono_ns;
  int64_t expires_utc_ms;      /* issued_utc_ms + ttl: the lock is [issued, expires) */
  int64_t deadline_mono_ns;    /* issued_mono_ns + ttl: the same instant on the boot clock */
  rl_terms terms;
  rl_value_date value_date;    /* of a deal struck at expires_utc_ms */
  rl_snapshot snapshot;        /* from a token alone: legs without their ticks; from bytes:
                                  composite.pair.index is UINT16_MAX */
  bool has_evidence;           /* ticks, key and request below are present */
  uint64_t evidence_checksum;  /* of the evidence part's bytes */
  /* evidence */
  unsigned source_count;
  char sources[RL_QUOTE_SOURCES_MAX][RL_SOURCE_NAME_MAX + 1]; /* indexed by ticks[].source */
  rl_price_request request;    /* as asked; side fixed and method as in the terms, client as here */
  rl_operation operation;
  char key[RL_KEY_MAX + 1];    /* the create key */
  rl_fingerprint body;         /* of the request's decoded fields: same key, same body (L4) */
  rl_currency reporting;       /* what the lock was counted in (L5), and what it came to: minor */
  int64_t notional_minor;      /* units, 1 … RL_NOTIONAL_MAX, or 0 where no rate said it */
  rl_engine_id engine;         /* which issued it, and holds that reservation */
} rl_quote;

/* Turns the sources of the snapshot's ticks, indexes of `market`, into indexes of the quote's own
 * table of names. Once per quote, before its evidence is written. */
void rl_quote_name_sources(rl_quote *quote, const rl_market *market);

/* Whether the lock still holds at `now`, a stamp taken on the boot named by `boot_id`. On the
 * quote's own boot: the boot clock, to the nanosecond. On another: the wall clock, taken as no
 * earlier than `high_water_utc_ms`, with RL_WALL_SKEW_MS in the client's favour (L8). */
bool rl_quote_alive(const rl_quote *quote, uint64_t boot_id, rl_now now,
                    int64_t high_water_utc_ms);

/* Appends the terms part, at most RL_TERMS_MAX bytes. Asserts that the quote is complete. */
#define RL_TERMS_MAX 832
void rl_quote_put_terms(rl_writer *writer, const rl_quote *quote);
/* A whole record, which ends with its checksum; evidence is left out where the quote has none. At
 * most RL_RECORD_MAX bytes: three legs of sixteen ticks each, all from sources of their own. */
#define RL_RECORD_MAX 3840
size_t rl_quote_encode(const rl_quote *quote, uint8_t out[RL_RECORD_MAX]);
/* The first record of a quote, complete but for evidence_checksum, which is filled on the way. */
size_t rl_quote_encode_issued(rl_quote *quote, uint8_t out[RL_RECORD_MAX]);
/* The id and the terms part inside a record that these two wrote. */
rl_quote_id rl_quote_record_id(const uint8_t *record);
/* Whether that record has its evidence. */
bool rl_quote_record_complete(const uint8_t *record);
const uint8_t *rl_quote_record_terms(const uint8_t *record, size_t *size);
/* The id inside a terms part that was written here. */
rl_quote_id rl_quote_terms_id(const uint8_t *terms);

/* Currencies unknown to this build, numbers outside their ranges, bytes left over or missing and
 * a wrong checksum are RL_CORRUPT. */
RL_MUST_USE rl_status rl_quote_decode_terms(const void *bytes, size_t size, rl_quote *out);
RL_MUST_USE rl_status rl_quote_decode(const void *bytes, size_t size, rl_quote *out);

/* Fingerprint of (client, operation, key): names an idempotency key in tables in memory. `seed`
 * is the process's own random number, so that no client can choose a collision with another's
 * key; it is never stored. */
rl_fingerprint rl_key_fingerprint(uint64_t seed, const char *client, rl_operation operation,
                                  const char *key);
