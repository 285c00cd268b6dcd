/* Exports: what a store has of an interval of time, as text that outlives it: one JSON map a line.
 *
 *   head         {"record":"head","format":1,"store":…,"layout":…,"from":…,"before":…}
 *   revocation   those that arrived in [from, before)
 *   quote        issued in it, with the evidence that made it
 *   end          terminal rows of that instant (rl_end_instant_ms)
 *   tariff       texts of the tariffs that priced those quotes, by their hashes
 *   transaction  of that instant (rl_transaction_instant_ms)
 *   opening      what the postings before the interval come to, by account and currency
 *   tail         {"record":"tail","counts":{…},"blake2b":…}: the hash, BLAKE2b of 128 bits, is of
 *                all bytes before this line (head -n -1 FILE | b2sum -l 128)
 *
 * Each line but the first and last carries, beside its fields for readers, "bytes": the record as
 * the store had it, in base64. The fields follow from them, so a check makes each line again from
 * its bytes, and whoever needs a quote later has it to the last tick. The same records give the
 * same text. Amounts and instants are as on the wire (PROTOCOL.md); sums of the opening are text,
 * since they may be beyond 64 bits. */
#pragma once

#include "store/store.h"

#include <stdio.h>

typedef enum rl_export_kind {
  RL_EXPORT_REVOCATION,
  RL_EXPORT_QUOTE,
  RL_EXPORT_END,
  RL_EXPORT_TARIFF,
  RL_EXPORT_TRANSACTION,
  RL_EXPORT_OPENING,
  RL_EXPORT_KINDS,
} rl_export_kind;

/* "revocation", …; static. */
const char *rl_export_kind_name(rl_export_kind kind);

/* Instants, ms UTC: at or after `from_ms`, before `before_ms`. */
typedef struct rl_export_interval {
  int64_t from_ms;
  int64_t before_ms;
} rl_export_interval;

typedef struct rl_export_report {
  rl_store_id store;
  rl_export_interval interval;
  uint64_t counts[RL_EXPORT_KINDS]; /* lines of each kind */
  rl_digest hash;
} rl_export_report;

/* Writes the export to `out`; an engine may run meanwhile. What is settled (RL_SETTLED_MS) gives
 * the same bytes for ever, until it is let go. A failed write is the file's own error, for the
 * caller to look at. RL_CORRUPT for a record that cannot be read, with it named; RL_AGAIN when old
 * transactions were let go all the while. */
RL_MUST_USE rl_status rl_export_write(rl_store *store, rl_export_interval interval, FILE *out,
                                      rl_export_report *report, rl_error *error);

/* Reads an export to its end and proves it: the hash and the counts hold, each line follows from
 * its bytes, each record is of the interval and there once, each transaction and the opening sum
 * to zero in each currency. RL_INVALID with the first line that is not so in *error. */
RL_MUST_USE rl_status rl_export_check(const char *path, rl_export_report *report,
                                      rl_error *error);

/* A quote out of an export, with what priced it. */
typedef struct rl_export_quote {
  rl_quote_id id; /* of the one that is wanted */
  rl_quote quote;
  char *tariff;   /* its text, the caller's to free; NULL where the export does not have it */
  size_t tariff_length;
} rl_export_quote;

/* Fills the rest of *quote, which is zero but for its id. Proves the head and the two lines that
 * are used, each from its own bytes, and no other: rl_export_check proves the file. RL_NOT_FOUND;
 * RL_INVALID with the line in *error. */
RL_MUST_USE rl_status rl_export_find(const char *path, rl_export_quote *quote, rl_error *error);
