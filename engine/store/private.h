/* Inside the store. Who owns what:
 *
 *   any thread       inbox (its own lock), state, high water and counters (atomics), readers'
 *                    transactions of their own
 *   writer thread    keys, meta, every write transaction
 *   nobody           identity and what else is set before the writer starts
 *   rl_store_open    all of it, before the writer starts; rl_store_close after it has ended */
#pragma once

#include "store/inbox.h"
#include "store/keys.h"
#include "store/tables.h"

struct rl_store {
  rl_clock clock;
  uint64_t boot_id;
  uint64_t key_seed; /* of this process (rl_key_fingerprint) */
  rl_store_id identity;
  bool read_only;
  bool copied;
  bool writing; /* the writer thread runs */
  int lock_fd;  /* -1 if none */
  char directory[256];
  char path[256 + 16]; /* of the file */
  uint64_t device;             /* of the directory, with its inode: names it in this process */
  uint64_t inode;
  struct rl_store *next_open;  /* of this process (open.c) */
  rl_tables tables;
  rl_meta meta;
  rl_keys keys;
  rl_inbox inbox;
  pthread_t writer;
  /* rl_tables_commit, but in tests of trouble. */
  int (*commit)(const rl_tables *tables, MDB_txn *txn);
  _Atomic int state;           /* rl_store_state */
  _Atomic int64_t high_water_utc_ms;
  _Atomic uint64_t quotes;
  _Atomic uint64_t accepted;
  _Atomic uint64_t cancelled;
  _Atomic uint64_t commits;
};

/* A tariff's text on its way, on the stack of the thread that waits for it. */
typedef struct rl_tariff_entry {
  rl_digest digest;
  const char *text;
  size_t length;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  bool answered;    /* under the lock */
  rl_status status; /* under the lock */
} rl_tariff_entry;

/* One transaction in the making. */
typedef struct rl_batch {
  rl_store *store;
  MDB_txn *txn;
  rl_now now;
  bool changed; /* there is something to commit */
  uint64_t quotes;
  uint64_t accepted;
  uint64_t cancelled;
} rl_batch;

/* Decides a job within the transaction: fills its outputs, writes what follows. What is returned
 * other than 0 is LMDB's, and ends the transaction. */
int rl_decide(rl_batch *batch, rl_job *job);
/* What RL_JOB_SHOW and RL_JOB_REPLAY ask, in any transaction. */
int rl_look_up(const rl_store *store, MDB_txn *txn, rl_job *job);

void *rl_store_write(void *store); /* the writer thread */

/* The idempotency scope of an end; 0 for one that has none (revoked). */
rl_operation rl_end_operation(rl_end_kind kind);

/* "quote 01ARZ…", the name of a record in an error. */
#define RL_RECORD_NAME_SIZE 64
void rl_name_of_quote(const char *what, rl_quote_id id, char out[RL_RECORD_NAME_SIZE]);

void rl_name_of_transaction(uint64_t number, char out[RL_RECORD_NAME_SIZE]);

/* RL_CORRUPT, naming the record and what to do. */
rl_status rl_fail_corrupt(const rl_store *store, rl_error *error, const char *record,
                          const char *reason);

/* Walks a table in the order of its keys, from the first at or after `from` on (NULL: the first of
 * all). Rows are copied out in chunks, so that no transaction lasts while `visit` is called;
 * it returns false to stop. */
typedef bool (*rl_visit_row)(MDB_val key, MDB_val value, void *context);
RL_MUST_USE rl_status rl_walk(const rl_store *store, MDB_dbi table, const MDB_val *from,
                              rl_visit_row visit, void *context);
