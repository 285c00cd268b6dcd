/* Inside the store. Who owns what:
 *
 *   any thread       inbox (its own lock), state, high water and counters (atomics), readers'
 *                    transactions of their own, live revocations (their own lock)
 *   writer thread    meta, every write transaction
 *   nobody           identity and what else is set before the writer starts
 *   rl_store_open    all of it, before the writer starts; rl_store_close after it has ended */
#pragma once

#include "store/access.h"
#include "store/inbox.h"

/* Revocations that may still meet an open quote; one is forgotten when the last of them has run
 * out. More at a time than this are refused (limits.h). */
typedef struct rl_live_revocations {
  pthread_mutex_t lock;
  uint64_t last;                                /* number of the newest that was read; writer's */
  unsigned count;                               /* under the lock */
  /* Oldest first. Twice as many as may be made: another machine's clock may hold one to be over
   * that this one's does not. */
  rl_revocation each[2 * RL_REVOCATIONS_LIVE_MAX];
} rl_live_revocations;

struct rl_store {
  rl_clock clock;
  uint64_t boot_id;
  rl_store_id identity;
  rl_engine_id engine; /* zero if read only */
  bool shared;         /* the tables are a database that several engines use */
  bool read_only;
  bool copied;
  bool is_new;
  bool writing; /* the writer thread runs */
  int lock_fd;  /* -1 if none */
  int64_t keep_ms;
  char directory[256];
  char path[256 + 16]; /* of the file, or the database's name: for errors */
  uint64_t device;             /* of the directory, with its inode: names it in this process */
  uint64_t inode;
  struct rl_store *next_open;  /* of this process (open.c) */
  rl_tables *tables;
  rl_meta meta;                /* as last committed or seen */
  rl_live_revocations revocations;
  rl_inbox inbox;
  pthread_t writer;
  _Atomic int state;           /* rl_store_state */
  _Atomic int64_t high_water_utc_ms;
  _Atomic int64_t kept_from_ms;
  _Atomic int64_t exported_before_ms;
  _Atomic bool retain;         /* a slice of retention was asked for */
  _Atomic uint64_t quotes;
  _Atomic uint64_t accepted;
  _Atomic uint64_t cancelled;
  _Atomic uint64_t revoked;
  _Atomic uint64_t posted;
  _Atomic bool has_old;        /* the last slice left some */
  _Atomic uint64_t let_go;
  _Atomic uint64_t retain_failures;
  _Atomic uint64_t commits;
  _Atomic uint64_t bytes;      /* rl_usage, when it was last measured */
  _Atomic uint64_t free_bytes;
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
  rl_access access;
  rl_now now;
  rl_meta meta;    /* as it will be */
  bool changed;    /* there is something to commit */
  bool once_more;  /* the same jobs were tried before, and what became of that is not known */
  uint64_t quotes;
  uint64_t accepted;
  uint64_t cancelled;
  uint64_t revoked;
  uint64_t posted;
  unsigned revocation_count; /* made in it */
} rl_batch;

/* Decides a job within the transaction: fills its outputs, writes what follows. What is returned
 * other than RL_OK is the tables', and ends the transaction. */
RL_MUST_USE rl_status rl_decide(rl_batch *batch, rl_job *job);
/* What RL_JOB_SHOW and RL_JOB_REPLAY ask, in any transaction. */
RL_MUST_USE rl_status rl_look_up(rl_store *store, const rl_access *access, rl_job *job);
/* Whether the outcome of the accept's or cancel's key stands already, in any transaction: then the
 * job is answered with it. */
RL_MUST_USE rl_status rl_find_outcome(const rl_access *access, rl_job *job, bool *found);
/* post.c, revoke.c, halt.c and retain.c: the operators' jobs. */
RL_MUST_USE rl_status rl_decide_post(rl_batch *batch, rl_job *job);
/* What an operator's key did before: job->repeated and *number, or the job refused as KEY_REUSED
 * where it was for something else. RL_NOT_FOUND for a new key. */
RL_MUST_USE rl_status rl_find_receipt(const rl_access *access, rl_job *job, rl_digest name,
                                      uint64_t *number);
RL_MUST_USE rl_status rl_decide_revoke(rl_batch *batch, rl_job *job);
RL_MUST_USE rl_status rl_decide_halt(rl_batch *batch, rl_job *job);
RL_MUST_USE rl_status rl_decide_exported(rl_batch *batch, rl_job *job);
/* Asks for what the job will read, all at once. */
RL_MUST_USE rl_status rl_expect_job(const rl_access *access, const rl_job *job);
/* Appends to the ledger. */
RL_MUST_USE rl_status rl_append(rl_batch *batch, const rl_transaction *transaction,
                                uint64_t *number);
/* Fills job->end with the row that the revocation gives the quote. */
void rl_end_of_revocation(const rl_revocation *revocation, rl_quote_id quote, rl_end *end);

/* The live revocations: those that the tables have and the list has not are read. */
RL_MUST_USE rl_status rl_revocations_catch_up(rl_store *store, const rl_access *access,
                                              const rl_meta *meta, rl_now now);
void rl_revocations_init(rl_store *store);
void rl_revocations_fini(rl_store *store);

/* One slice of retention, in a transaction of its own: RL_AGAIN and whatever else the tables say
 * of it. Writer thread. */
RL_MUST_USE rl_status rl_retain_slice(rl_store *store);
/* A row of that instant is written: what comes behind the mark of the exports was in none, so the
 * mark falls back to it. */
void rl_note_instant(rl_batch *batch, int64_t instant_ms);

/* The id of the engine whose data directory this is, which is held: read from its file, or made. On
 * failure *error names the file. */
#define RL_ENGINE_PATH_SIZE (256 + 16)
RL_MUST_USE rl_status rl_engine_id_take(const char *directory, rl_engine_id *out,
                                        rl_error *error);

void *rl_store_write(void *store); /* the writer thread */

/* The idempotency scope of an end; 0 for one that has none (revoked). */
rl_operation rl_end_operation(rl_end_kind kind);

static inline rl_operation rl_halt_operation(bool halts)
{
  return halts ? RL_OP_HALT : RL_OP_RESUME;
}

/* "quote 01ARZ…", the name of a record in an error. */
#define RL_RECORD_NAME_SIZE 64
void rl_name_of_quote(const char *what, rl_quote_id id, char out[RL_RECORD_NAME_SIZE]);

void rl_name_of_number(const char *what, uint64_t number, char out[RL_RECORD_NAME_SIZE]);

/* RL_CORRUPT, naming the record and what to do. */
rl_status rl_fail_corrupt(const rl_store *store, rl_error *error, const char *record,
                          const char *reason);

/* Walks a table in the order of its keys, from the first at or after `from` on (empty: the first
 * of all). Rows are copied out in chunks, so that no transaction lasts while `visit` is called;
 * it returns false to stop. */
RL_MUST_USE rl_status rl_walk(const rl_store *store, rl_table table, rl_blob from,
                              rl_row_visit visit, void *context);
