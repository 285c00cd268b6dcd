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
#include "status/limits.h"

/* Where the rows are kept is a member of tables/tables.h: LMDB in the data directory, or a database
 * that several engines share, with one identity and one set of acceptances. The rules above are the
 * same for both, and written once. */
typedef struct rl_store rl_store;

typedef enum rl_store_state {
  RL_STORE_OPEN,
  RL_STORE_READ_ONLY, /* no space: issue nothing, accept nothing, keep serving reads */
  RL_STORE_UNREACHABLE, /* a shared store does not answer: as read-only, until it does again */
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
  char client[RL_CLIENT_NAME_MAX + 1]; /* who ended it: if revoked, the operator */
  char key[RL_KEY_MAX + 1]; /* idempotency key of the accept, cancel or revocation */
  rl_fingerprint body;      /* of the request's decoded fields; zero if revoked */
  int64_t arrived_utc_ms;   /* the stamp at which expiry was judged */
  int64_t arrived_mono_ns;
  uint64_t transaction;     /* number in the ledger; 0 unless consumed */
  char reason[RL_REASON_MAX + 1]; /* why it was revoked, as the operator said; else "" */
} rl_end;

/* Quotes that the desk takes back (K4): all that match each of the stated fields and were issued
 * before it arrived. It is durable itself, and so holds for a quote of which the store knows
 * nothing yet but meets the token; the terminal rows follow. */
typedef struct rl_revocation {
  bool has_pair;
  rl_currency pair[2];       /* traded in either direction */
  bool has_tariff;
  rl_digest tariff;          /* priced by it */
  char client[RL_CLIENT_NAME_MAX + 1]; /* of that client; "": of any */
  int64_t issued_from_ms;    /* UTC, issued at or after; INT64_MIN: however long ago */
  int64_t issued_before_ms;  /* UTC, issued before; INT64_MAX: until it arrived */
  char by[RL_CLIENT_NAME_MAX + 1];  /* the operator */
  char key[RL_KEY_MAX + 1];         /* under which it was asked for */
  char reason[RL_REASON_MAX + 1];   /* for people, not empty */
  /* filled by the store */
  uint64_t number;           /* from 1 */
  uint64_t boot_id;          /* of the boot on whose clock `at` is */
  rl_now at;                 /* when it arrived */
} rl_revocation;

/* Whether the revocation takes back that quote. */
bool rl_revocation_covers(const rl_revocation *revocation, const rl_quote *quote);

/* A pair that the desk halts, or lets go again (K4). Of each pair the newest says how it stands by
 * hand; all of them are kept for ever, as the record of who did what, and why. */
typedef struct rl_halt {
  bool halts;        /* false: lets it go */
  rl_currency base;  /* of the pair, in market convention */
  rl_currency quote;
  char by[RL_CLIENT_NAME_MAX + 1]; /* the operator */
  char key[RL_KEY_MAX + 1];        /* under which it was asked for */
  char reason[RL_REASON_MAX + 1];  /* for people, not empty */
  /* filled by the store */
  uint64_t number;   /* from 1, without gaps */
  int64_t at_utc_ms; /* when it arrived */
} rl_halt;

typedef enum rl_job_kind {
  RL_JOB_ACCEPT,
  RL_JOB_CANCEL,
  RL_JOB_SHOW,
  RL_JOB_REPLAY,
  RL_JOB_REVOKE,    /* takes quotes back from now on */
  RL_JOB_TAKE_BACK, /* writes one quote's terminal row, if a revocation covers it */
  RL_JOB_POST,      /* posts a movement */
  RL_JOB_HALT,      /* halts a pair, or lets it go */
  RL_JOB_EXPORTED,  /* all of an interval was exported, and may be let go when it is old */
} rl_job_kind;

/* One thing asked of the writer. Owned by the caller, must stay put until done() is called. */
typedef struct rl_job {
  /* in */
  rl_job_kind kind;
  rl_quote_id quote_id;
  char client[RL_CLIENT_NAME_MAX + 1]; /* who asks: another client's quote is unknown (L3) */
  char key[RL_KEY_MAX + 1];            /* of ACCEPT, CANCEL, REVOKE, POST, HALT */
  rl_fingerprint body;                 /* of ACCEPT, CANCEL, REVOKE, POST, HALT */
  rl_now arrived;                      /* the one stamp at which expiry is judged (L1) */
  const rl_quote *from_token;          /* terms of a verified token, or NULL */
  rl_revocation revocation;            /* REVOKE: filled when done */
  rl_halt halt;                        /* HALT: filled when done */
  rl_movement movement;                /* POST */
  int64_t exported_from_ms;            /* EXPORTED: UTC, the interval of instants: where the one */
  int64_t exported_before_ms;          /* before it ended, or earlier, and where this one ends */
  void (*done)(struct rl_job *job);    /* called once, on the writer thread, after the sync */
  void *context;                       /* the caller's */
  /* out */
  rl_refusal refusal;
  rl_quote quote;                      /* valid when the quote was found */
  bool quote_found;
  rl_end end;                          /* valid when `ended` */
  bool ended;                          /* this job's end, or the one that stood in its way */
  bool repeated;                       /* this key had done it before: nothing was done now */
  uint64_t number;                     /* POST: of the transaction */
  rl_transaction transaction;          /* POST: as it stands in the ledger */
  int64_t mark_ms;                     /* EXPORTED: UTC, before which all has been exported */
} rl_job;

typedef struct rl_store_options {
  const char *directory;   /* data directory; made with mode 0700 when missing. Not looked at where
                              a database is only read */
  const char *url;         /* of a database that engines share, "postgresql://…"; NULL: LMDB */
  rl_clock clock;
  size_t inbox_bytes;      /* room for waiting records and jobs; 0: 16 MiB */
  size_t map_bytes;        /* upper bound of the file; 0: 64 GiB (sparse) */
  size_t end_keys_max;     /* accept and cancel keys held in memory; 0: RL_END_KEYS_MAX */
  int64_t keep_ms;         /* what is older, and was exported, is let go; 0: everything is kept */
  uint64_t boot_id;        /* of the clock; 0: this machine's (clock.h) */
  bool read_only;          /* for the command line: no lock, no writer, no change */
  bool every_page;         /* read only, look at all pages of the file before any is trusted, as is
                              done at a start; without, a damaged one may end the program */
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
/* This engine's own id, of its data directory (store/engine_id.c); zero if read only. */
rl_engine_id rl_store_engine(const rl_store *store);
/* Whether the recorded quote is this engine's, to be held in its book: with a file all of them are,
 * with a database those that it issued. Any thread. */
bool rl_store_is_own(const rl_store *store, const rl_quote *quote);
/* True when the files were found to be a copy or a restored backup, and got a new identity: no
 * token of the original is honoured, and quotes that the copy still knows open are WRONG_STORE. */
bool rl_store_was_copied(const rl_store *store);
/* For people. */
typedef struct rl_store_description {
  const char *path;      /* the file, or words for the database; the store's */
  bool is_new;           /* nothing was there when it was opened, and it was made */
  uint64_t transactions; /* that stand in the ledger */
  int64_t newest_ms;     /* UTC: when the newest recorded quote was issued; 0 if there is none */
} rl_store_description;
RL_MUST_USE rl_status rl_store_describe(rl_store *store, rl_store_description *out);
rl_store_state rl_store_state_now(const rl_store *store); /* any thread */
/* What a database last said when something failed, for a log; "" where there is nothing to say. Any
 * thread. */
void rl_store_trouble(const rl_store *store, char out[RL_TROUBLE_MAX]);
/* The latest wall time that the store ever committed, ms UTC (L8). Any thread. */
int64_t rl_store_high_water(const rl_store *store);

/* Any thread. Queues a quote's record (quote/quote.h). RL_FULL when the inbox is full: the quote
 * must then not be issued. RL_CLOSED unless the state is RL_STORE_OPEN. */
RL_MUST_USE rl_status rl_store_record(rl_store *store, const uint8_t *record, size_t size);
/* Any thread. Queues a job: RL_FULL beyond RL_PENDING_ENDS_MAX or when the inbox is full; done()
 * is not called then. */
RL_MUST_USE rl_status rl_store_submit(rl_store *store, rl_job *job);
/* Any thread. Lets the writer let go of a slice of what is old (retention, store/retain.c), if any
 * is: it is not waited for. */
void rl_store_retain(rl_store *store);
/* Any thread. Whether the last slice left some that is old. */
bool rl_store_has_old(const rl_store *store);
/* Any thread. Whether several engines share the store: then there is news in it of others. */
bool rl_store_is_shared(const rl_store *store);
/* Any thread. Keeps a tariff's text under its hash, durable before return. */
RL_MUST_USE rl_status rl_store_keep_tariff(rl_store *store, const rl_tariff *tariff);

typedef struct rl_store_stats {
  uint64_t quotes;       /* records written since start */
  uint64_t accepted;     /* since start */
  uint64_t cancelled;    /* since start */
  uint64_t revoked;      /* terminal rows, since start */
  uint64_t posted;       /* movements, since start */
  uint64_t let_go;       /* quotes that retention removed, since start */
  uint64_t retain_failures; /* slices of it that failed: on a damaged row, or for want of space */
  uint64_t commits;      /* since start */
  uint64_t bytes;        /* that it took on its disk when it was last measured */
  uint64_t free_bytes;   /* of these, given back and not used again yet; 0 if it cannot be told */
  uint64_t waiting_jobs; /* now */
  uint64_t inbox_bytes;  /* now */
} rl_store_stats;
void rl_store_stats_read(const rl_store *store, rl_store_stats *out); /* any thread */
/* Any thread. Measures how much room the store takes; done at a start, too. A store that does not
 * answer stays as it was measured before. */
void rl_store_measure(rl_store *store);

/* --- reading, also from another process, while an engine runs (S1) --- */

/* Each reader call is one short read transaction, or several; never one that lasts while a visitor
 * is called, so a slow one costs the engine nothing. RL_NOT_FOUND where there is none. */
RL_MUST_USE rl_status rl_store_find_quote(rl_store *store, rl_quote_id id, rl_quote *out);
RL_MUST_USE rl_status rl_store_find_end(rl_store *store, rl_quote_id id, rl_end *out);
/* The text is copied; the caller frees it. */
RL_MUST_USE rl_status rl_store_find_tariff(rl_store *store, rl_digest digest, char **text,
                                           size_t *length);

/* The revocation in force that covers the quote, of those that may still meet an open one. Any
 * thread. */
RL_MUST_USE rl_status rl_store_find_revocation(rl_store *store, const rl_quote *quote,
                                               rl_revocation *out);

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
/* Transactions from `first` on, by number (1, 2, 3, …, but for those that were let go). */
RL_MUST_USE rl_status rl_store_each_transaction(rl_store *store, uint64_t first,
                                                rl_visit_transaction visit, void *context,
                                                rl_error *error);
/* Revocations, by number. */
typedef bool (*rl_visit_revocation)(const rl_revocation *revocation, void *context);
RL_MUST_USE rl_status rl_store_each_revocation(rl_store *store, rl_visit_revocation visit,
                                               void *context, rl_error *error);
/* Halts and resumes from `first` on, by number. */
typedef bool (*rl_visit_halt)(const rl_halt *halt, void *context);
RL_MUST_USE rl_status rl_store_each_halt(rl_store *store, uint64_t first, rl_visit_halt visit,
                                         void *context, rl_error *error);
/* What the transactions that were let go summed to, by account and currency. */
typedef struct rl_carried {
  rl_posting account; /* kind, name and currency; its amount says nothing */
  rl_i128 minor;      /* the sum, minor units */
  uint64_t postings;  /* how many it sums up */
} rl_carried;
typedef bool (*rl_visit_carried)(const rl_carried *carried, void *context);
/* All of one moment, in no order that means anything. */
RL_MUST_USE rl_status rl_store_each_carried(rl_store *store, rl_visit_carried visit,
                                            void *context, rl_error *error);
/* The carried sums and then each transaction that is in none of them, by number: together they are
 * the balances. RL_AGAIN when an engine let some go meanwhile that had not been visited: what was
 * seen is to be forgotten, and begun again. */
RL_MUST_USE rl_status rl_store_each_balance(rl_store *store, rl_visit_carried carried,
                                            rl_visit_transaction visit, void *context,
                                            rl_error *error);
/* UTC ms: whatever was let go was issued or posted before; 0 if nothing was. Any thread. */
int64_t rl_store_kept_from(const rl_store *store);
/* UTC ms: what was issued, ended or posted before has been exported; 0 if nothing was. Any
 * thread. */
int64_t rl_store_exported_before(const rl_store *store);

/* The instants by which ends and transactions belong to an interval, ms UTC: that of the arrival,
 * or of the posting; of an end or a sale within its quote's lock, wherever the wall clock was set
 * meanwhile. Quotes and revocations belong by their issue and arrival. */
int64_t rl_end_instant_ms(const rl_end *end);
int64_t rl_transaction_instant_ms(const rl_transaction *transaction);

typedef struct rl_verify_report {
  uint64_t quotes;       /* records read */
  uint64_t ends;
  uint64_t consumed;     /* of the ends */
  uint64_t transactions;
  uint64_t movements;    /* of the transactions: refunds, settlements, hedges */
  uint64_t postings;
  uint64_t carried;      /* sums of what was let go */
} rl_verify_report;
/* Proves the whole store (S4): every checksum holds; every transaction balances; each consumed
 * quote has exactly one sale and it equals rl_ledger_post of the recorded quote; a refund is the
 * opposite of its quote's sale, and the only one; what was carried balances. RL_CORRUPT with the
 * first fault named in *error. */
RL_MUST_USE rl_status rl_store_verify(rl_store *store, rl_verify_report *out, rl_error *error);
