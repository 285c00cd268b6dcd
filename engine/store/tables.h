/* The store's tables in LMDB, one function a row and a direction. Only this folder names LMDB.
 *
 *   meta          "store"            -> META row
 *   quotes        quote id           -> record (quote/codec.c)
 *   ends          quote id           -> END row (rows.h): a quote has room for one, that is "once"
 *   transactions  1, 2, 3, …         -> transaction (ledger/codec.c)
 *   tariffs       hash of the text   -> the text, then its checksum
 *
 * Ids lead with the time of issue and transactions with nothing but their number, so that every
 * insert touches the last pages of its table: random keys cost a quarter to two thirds of the
 * throughput.
 *
 * LMDB's flags are its defaults, but for readers that are not tied to threads: NOMETASYNC can undo
 * an answered commit, and WRITEMAP gained nothing. Return values are LMDB's: 0, MDB_NOTFOUND, an
 * errno; MDB_CORRUPTED also for a row whose checksum or form does not hold. */
#pragma once

#include "store/rows.h"

#include <lmdb.h>

typedef struct rl_tables {
  MDB_env *env;
  MDB_dbi meta;
  MDB_dbi quotes;
  MDB_dbi ends;
  MDB_dbi transactions;
  MDB_dbi tariffs;
} rl_tables;

/* What an LMDB error means to a caller. */
rl_status rl_tables_status(int rc);
bool rl_tables_out_of_space(int rc);

/* Opens the file; read_only makes and changes nothing. On failure nothing is left open. */
int rl_tables_open(const char *path, size_t map_bytes, bool read_only, rl_tables *out);
void rl_tables_close(rl_tables *tables);

/* mdb_txn_commit, but a write that a full disk cut short is ENOSPC. LMDB reports it as EIO, as if
 * the disk had failed, and so an EIO with hardly any space left is taken for it. Trying again is
 * safe even where that is wrong: what was written is not reachable, and the next transaction
 * writes all of its pages anew before it syncs. */
int rl_tables_commit(const rl_tables *tables, MDB_txn *txn);

/* A short read transaction; end it with mdb_txn_abort. */
int rl_tables_read(const rl_tables *tables, MDB_txn **txn);

int rl_tables_get_meta(const rl_tables *tables, MDB_txn *txn, rl_meta *out);
int rl_tables_get_quote(const rl_tables *tables, MDB_txn *txn, rl_quote_id id, rl_quote *out);
int rl_tables_get_end(const rl_tables *tables, MDB_txn *txn, rl_quote_id id, rl_end *out);
int rl_tables_get_transaction(const rl_tables *tables, MDB_txn *txn, uint64_t number,
                              rl_transaction *out);
/* The text points into the file, valid until the transaction ends. */
int rl_tables_get_tariff(const rl_tables *tables, MDB_txn *txn, rl_digest digest,
                         const char **text, size_t *length);

int rl_tables_put_meta(const rl_tables *tables, MDB_txn *txn, const rl_meta *meta);
/* A record that is there already stays as it is. */
int rl_tables_put_record(const rl_tables *tables, MDB_txn *txn, const uint8_t *record,
                         size_t size);
/* MDB_KEYEXIST when the quote has ended. */
int rl_tables_put_end(const rl_tables *tables, MDB_txn *txn, const rl_end *end);
int rl_tables_append_transaction(const rl_tables *tables, MDB_txn *txn,
                                 const rl_transaction *transaction, uint64_t *number);
int rl_tables_put_tariff(const rl_tables *tables, MDB_txn *txn, rl_digest digest,
                         const char *text, size_t length);
