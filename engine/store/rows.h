/* The store's own rows as bytes. All end with their checksum; decoding is total. Quotes and
 * transactions have codecs of their own rooms.
 *
 * END:         1 layout, 16 quote id, 1 kind, text client, text key, 16 body, s arrived_utc_ms,
 *              s arrived_mono_ns, v transaction, text reason
 * META:        1 layout of the store, 16 store id, 24 place, s high_water_utc_ms,
 *              v last_transaction, v first_transaction, v last_revocation, s exported_before_ms,
 *              s kept_from_ms, v last_halt
 * RECEIPT:     1 layout, 16 body, v transaction, revocation or halt
 * REVOCATION:  1 layout, v number, s at_utc_ms, s at_mono_ns, 8 boot id, text by, text key,
 *              text reason, 1 flags (1 pair, 2 tariff), [code code], s issued_from_ms,
 *              s issued_before_ms, [16 tariff], text client
 * HALT:        1 layout, v number, s at_utc_ms, 1 halts (1) or lets go (0), code base, code quote,
 *              text by, text key, text reason
 * CARRIED:     1 layout, 1 account kind, text name, code, s high and 8 low half of the sum in 128
 *              bits, v postings
 *
 * ("s" and "v" are varints, "text" a length byte and so many bytes: bytes/bytes.h; "code" the three
 * letters of a currency) */
#pragma once

#include "store/store.h"
#include "tables/tables.h"

#define RL_END_ROW_MAX 320
size_t rl_end_encode(const rl_end *end, uint8_t out[RL_END_ROW_MAX]);
RL_MUST_USE rl_status rl_end_decode(const void *bytes, size_t size, rl_end *out);

/* What there is one of in a store. */
typedef struct rl_meta {
  rl_store_id identity;
  rl_place place;             /* where the rows lay when the identity was given (tables.h) */
  int64_t high_water_utc_ms;  /* latest wall time of any commit (L8) */
  uint64_t last_transaction;  /* number; 0 for none yet */
  uint64_t first_transaction; /* number of the first that was not let go, from 1 */
  uint64_t last_revocation;   /* number; 0 for none yet */
  uint64_t last_halt;         /* number of the last halt or resume; 0 for none yet */
  int64_t exported_before_ms; /* UTC: all of an earlier instant was exported */
  int64_t kept_from_ms;       /* UTC: all that was let go is of an earlier instant */
} rl_meta;

/* The store's own layout: an engine reads no other. It rises with that of the quotes' records
 * (quote/fields.h), which it holds. */
#define RL_STORE_LAYOUT 4
#define RL_META_ROW_MAX 128
size_t rl_meta_encode(const rl_meta *meta, uint8_t out[RL_META_ROW_MAX]);
/* RL_FOREIGN for a layout that this program does not know. */
RL_MUST_USE rl_status rl_meta_decode(const void *bytes, size_t size, rl_meta *out);

/* What an operator's idempotency key did. */
typedef struct rl_receipt {
  rl_fingerprint body; /* of what was asked */
  uint64_t number;     /* of the transaction, revocation or halt */
} rl_receipt;

#define RL_RECEIPT_ROW_MAX 48
size_t rl_receipt_encode(const rl_receipt *receipt, uint8_t out[RL_RECEIPT_ROW_MAX]);
RL_MUST_USE rl_status rl_receipt_decode(const void *bytes, size_t size, rl_receipt *out);

#define RL_REVOCATION_ROW_MAX 448
size_t rl_revocation_encode(const rl_revocation *revocation, uint8_t out[RL_REVOCATION_ROW_MAX]);
RL_MUST_USE rl_status rl_revocation_decode(const void *bytes, size_t size, rl_revocation *out);

#define RL_HALT_ROW_MAX 320
size_t rl_halt_encode(const rl_halt *halt, uint8_t out[RL_HALT_ROW_MAX]);
RL_MUST_USE rl_status rl_halt_decode(const void *bytes, size_t size, rl_halt *out);

#define RL_CARRIED_ROW_MAX 96
size_t rl_carried_encode(const rl_carried *carried, uint8_t out[RL_CARRIED_ROW_MAX]);
RL_MUST_USE rl_status rl_carried_decode(const void *bytes, size_t size, rl_carried *out);
