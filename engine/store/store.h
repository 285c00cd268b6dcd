/* The store: what must outlive the process, and the one judge of "once".
 *
 * One writer thread drains a bounded inbox, puts all that waits there into one transaction,
 * commits, and answers after the sync (S1, S2). Because every accept and cancel passes through
 * that one thread in order, and a quote has room for one terminal row, exactly one of them wins;
 * the lock book in memory is never asked.
 *
 * An accept is decided in the order of L3: the stored outcome of its key; KEY_REUSED; the
 * terminal row; expiry, judged at the accept's arrival stamp; the insert. A repeat of a key in
 * flight stands behind the first in the same inbox, so it meets that outcome.
 *
 * Trouble (S3): a failed sync ends all deciding for good (RL_STORE_FAILED; the sync is never
 * repeated); no space makes it read-only until space is there again, keeping what waits; a
 * record whose checksum does not hold refuses the start and is named. */
#pragma once

#include "ledger/ledger.h"

typedef struct rl_store rl_store;

typedef enum rl_store_state {
  RL_STORE_OPEN,
  RL_STORE_READ_ONLY, /* no space: issue nothing, accept nothing, keep serving reads */
  RL_STORE_FAILED,    /* a sync failed: nothing is durable from here on */
} rl_store_state;

/* How a quote ended. */
typedef enum rl_end_kind {
  RL_END_CONSUMED = 1,
  RL_END_CANCELLED = 2,
  RL_END_REVOKED = 3,
} rl_end_kind;

/* The terminal row. */
typedef struct rl_end {
  rl_quote_id quote;
  rl_end_kind kind;
  char client[RL_CLIENT_NAME_MAX + 1];
  char key[RL_KEY_MAX + 1]; /* idempotency key of the accept or cancel */
  rl_fingerprint body;      /* of the request's decoded fields */
  int64_t arrived_utc_ms;   /* the stamp at which expiry was judged */
  int64_t arrived_mono_ns;
  uint64_t transaction;     /* number in the ledger; 0 unless consumed */
} rl_end;

typedef enum rl_job_kind { RL_JOB_ACCEPT, RL_JOB_CANCEL, RL_JOB_SHOW, RL_JOB_REPLAY } rl_job_kind;

/* One thing asked of the writer. Owned by the caller, must stay put until done() is called. */
typedef struct rl_job {
  /* in */
  rl_job_kind kind;
  rl_quote_id quote_id;
  char client[RL_CLIENT_NAME_MAX + 1]; /* who asks: another client's quote is unknown (L3) */
  char key[RL_KEY_MAX + 1];            /* RL_JOB_ACCEPT, RL_JOB_CANCEL */
  rl_fingerprint body;                 /* RL_JOB_ACCEPT, RL_JOB_CANCEL */
  rl_now arrived;                      /* the one stamp at which expiry is judged (L1) */
  const rl_quote *from_token;          /* terms of a verified token, or NULL */
  void (*done)(struct rl_job *job);    /* called once, on the writer thread, after the sync */
  void *context;                       /* the caller's */
  /* out */
  rl_refusal refusal;
  rl_quote quote;                      /* valid when the quote was found */
  bool quote_found;
  rl_end end;                          /* valid when `ended` */
  bool ended;                          /* this job's end, or the one that stood in its way */
  bool repeated;                       /* this key's end was there before: nothing was done now */
} rl_job;

typedef struct rl_store_options {
  const char *directory;   /* data directory; made with mode 0700 when missing */
  rl_clock clock;
  size_t inbox_bytes;      /* room for waiting records and jobs; 0: 16 MiB */
  size_t map_bytes;        /* upper bound of the file; 0: 64 GiB (sparse) */
  size_t end_keys_max;     /* accept and cancel keys held in memory; 0: RL_END_KEYS_MAX */
  uint64_t boot_id;        /* of the clock; 0: this machine's (clock.h) */
  bool read_only;          /* for the command line: no lock, no writer, no change */
} rl_store_options;

/* Opens or makes the store, checks its format and its newest records, starts the writer.
 * RL_BUSY when another engine holds the directory, or this process has the store open already;
 * RL_FOREIGN for a newer format or a directory of something else, RL_CORRUPT with the record
 * named, RL_NO_SPACE, RL_DENIED; RL_NOT_FOUND when there is none to be read only. */
RL_MUST_USE rl_status rl_store_open(const rl_store_options *options, rl_store **out,
                                    rl_error *error);
/* Commits what waits, answers it, stops the writer, closes. */
void rl_store_close(rl_store *store);

rl_store_id rl_store_identity(const rl_store *store);
/* True when the files were found to be a copy or a restored backup, and got a new identity: no
 * token of the original is honoured, and quotes that the copy still knows open are WRONG_STORE. */
bool rl_store_was_copied(const rl_store *store);
rl_store_state rl_store_state_now(const rl_store *store); /* any thread */
/* The latest wall time that the store ever committed, ms UTC (L8). Any thread. */
int64_t rl_store_high_water(const rl_store *store);

/* Any thread. Queues a quote's record (quote/quote.h). RL_FULL when the inbox is full: the quote
 * must then not be issued. RL_CLOSED unless the state is RL_STORE_OPEN. */
RL_MUST_USE rl_status rl_store_record(rl_store *store, const uint8_t *record, size_t size);
/* Any thread. Queues a job: RL_FULL beyond RL_PENDING_ENDS_MAX or when the inbox is full; done()
 * is not called then. */
RL_MUST_USE rl_status rl_store_submit(rl_store *store, rl_job *job);
/* Any thread. Keeps a tariff's text under its hash, durable before return. */
RL_MUST_USE rl_status rl_store_keep_tariff(rl_store *store, const rl_tariff *tariff);

typedef struct rl_store_stats {
  uint64_t quotes;       /* records written since start */
  uint64_t accepted;     /* since start */
  uint64_t cancelled;    /* since start */
  uint64_t commits;      /* since start */
  uint64_t waiting_jobs; /* now */
  uint64_t inbox_bytes;  /* now */
} rl_store_stats;
void rl_store_stats_read(const rl_store *store, rl_store_stats *out); /* any thread */

/* --- reading, also from another process, while an engine runs (S1) --- */

/* Each reader call is one short read transaction, or several; never one that lasts while a visitor
 * is called, so a slow one costs the engine nothing. RL_NOT_FOUND where there is none. */
RL_MUST_USE rl_status rl_store_find_quote(rl_store *store, rl_quote_id id, rl_quote *out);
RL_MUST_USE rl_status rl_store_find_end(rl_store *store, rl_quote_id id, rl_end *out);
/* The text is copied; the caller frees it. */
RL_MUST_USE rl_status rl_store_find_tariff(rl_store *store, rl_digest digest, char **text,
                                           size_t *length);

/* Walks in order; the visitor returns false to stop. */
typedef bool (*rl_visit_quote)(const rl_quote *quote, void *context);
typedef bool (*rl_visit_end)(const rl_end *end, void *context);
typedef bool (*rl_visit_transaction)(uint64_t number, const rl_transaction *transaction,
                                     void *context);
/* Quotes with an id at or after `from`, by id. */
RL_MUST_USE rl_status rl_store_each_quote(rl_store *store, rl_quote_id from, rl_visit_quote visit,
                                          void *context, rl_error *error);
RL_MUST_USE rl_status rl_store_each_end(rl_store *store, rl_quote_id from, rl_visit_end visit,
                                        void *context, rl_error *error);
/* Transactions from `first` on, by number (1, 2, 3, …). */
RL_MUST_USE rl_status rl_store_each_transaction(rl_store *store, uint64_t first,
                                                rl_visit_transaction visit, void *context,
                                                rl_error *error);

typedef struct rl_verify_report {
  uint64_t quotes;       /* records read */
  uint64_t ends;
  uint64_t consumed;     /* of the ends */
  uint64_t transactions;
  uint64_t postings;
} rl_verify_report;
/* Proves the whole store (S4): every checksum holds; every transaction balances; each consumed
 * quote has exactly one transaction and it equals rl_ledger_post of the recorded quote; nothing
 * else has one. RL_CORRUPT with the first fault named in *error. */
RL_MUST_USE rl_status rl_store_verify(rl_store *store, rl_verify_report *out, rl_error *error);
