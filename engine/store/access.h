/* The tables with meaning: one function a row and a direction, within a transaction. What is read
 * is checked: RL_CORRUPT for a row whose checksum or form does not hold, or that is another key's;
 * RL_FOREIGN for one of another layout. Other statuses are the tables' own. */
#pragma once

#include "store/rows.h"

typedef struct rl_access {
  rl_tables *tables;
  rl_rows *rows; /* a transaction of theirs */
} rl_access;

RL_MUST_USE rl_status rl_access_begin(rl_tables *tables, bool writes, rl_access *out);
RL_MUST_USE rl_status rl_access_commit(const rl_access *access);
void rl_access_abort(const rl_access *access);

/* RL_NOT_FOUND for each of them where there is none. */
RL_MUST_USE rl_status rl_get_meta(const rl_access *access, rl_meta *out);
RL_MUST_USE rl_status rl_get_quote(const rl_access *access, rl_quote_id id, rl_quote *out);
RL_MUST_USE rl_status rl_get_end(const rl_access *access, rl_quote_id id, rl_end *out);
RL_MUST_USE rl_status rl_get_transaction(const rl_access *access, uint64_t number,
                                         rl_transaction *out);
RL_MUST_USE rl_status rl_get_revocation(const rl_access *access, uint64_t number,
                                        rl_revocation *out);
RL_MUST_USE rl_status rl_get_halt(const rl_access *access, uint64_t number, rl_halt *out);
/* The text is valid until the transaction ends. */
RL_MUST_USE rl_status rl_get_tariff(const rl_access *access, rl_digest digest, const char **text,
                                    size_t *length);
RL_MUST_USE rl_status rl_get_receipt(const rl_access *access, rl_digest name,
                                       rl_receipt *out);

RL_MUST_USE rl_status rl_set_meta(const rl_access *access, const rl_meta *meta);
/* A record, a tariff that is there already stays as it is; but where engines share the tables, a
 * record that was made of a token alone, since another engine met that before the record was
 * written, gives way to the one with evidence. */
RL_MUST_USE rl_status rl_keep_record(const rl_access *access, const uint8_t *record, size_t size);
/* Asks for what that will look at. */
RL_MUST_USE rl_status rl_expect_record(const rl_access *access, const uint8_t *record);
RL_MUST_USE rl_status rl_keep_tariff(const rl_access *access, rl_digest digest, const char *text,
                                     size_t length);
/* RL_EXISTS when the quote has ended. */
RL_MUST_USE rl_status rl_add_end(const rl_access *access, const rl_end *end);
RL_MUST_USE rl_status rl_add_transaction(const rl_access *access, uint64_t number,
                                         const rl_transaction *transaction);
RL_MUST_USE rl_status rl_add_receipt(const rl_access *access, rl_digest name,
                                       const rl_receipt *receipt);
RL_MUST_USE rl_status rl_add_revocation(const rl_access *access,
                                        const rl_revocation *revocation);
RL_MUST_USE rl_status rl_add_halt(const rl_access *access, const rl_halt *halt);

/* Names the carried sum of the posting's account and currency. */
rl_digest rl_name_of_carried(const rl_posting *posting);
/* Adds to the carried sum of that account and currency. */
RL_MUST_USE rl_status rl_carry(const rl_access *access, const rl_carried *more);

/* Names an idempotency key within its scope (L4): a hash that clients cannot steer. */
rl_digest rl_scoped_key(const char *client, rl_operation operation, const char *key);
/* Names the one refund that a quote may have, among the receipts. */
rl_digest rl_refund_of(rl_quote_id quote);

rl_blob rl_blob_of_id(const rl_quote_id *id);
rl_quote_id rl_id_of_blob(rl_blob key); /* zero if it is not an id's length */
