/* A store in a folder of its own, on a clock that the test drives, and jobs that wait for their
 * answer. */
#pragma once

#include "store/private.h"
#include "support/quotes.h"

enum { HARNESS_BOOT = 77, HARNESS_TTL_MS = 30000 };

typedef struct rl_harness {
  char directory[64];
  rl_store_options options; /* to be changed before harness_open */
  rl_manual_clock manual;
  rl_random random;
  uint32_t ttl_ms;          /* of its quotes */
  rl_store *store;
} rl_harness;

/* A new folder; nothing is opened yet. */
void harness_init(rl_harness *harness);
void harness_open(rl_harness *harness);
rl_status harness_try_open(rl_harness *harness, rl_error *error);
void harness_close(rl_harness *harness);
void harness_restart(rl_harness *harness);
/* Closes and removes the folder. */
void harness_fini(rl_harness *harness);
rl_now harness_now(const rl_harness *harness);

/* A quote of this store for "shop", issued now, with evidence. */
rl_quote harness_quote(rl_harness *harness);
/* The same, and recorded. */
rl_quote harness_recorded(rl_harness *harness);
rl_status harness_record(rl_harness *harness, const rl_quote *quote);

/* Writes a row behind the store's back. */
void harness_put_row(rl_harness *harness, rl_table table, rl_blob key, rl_blob row);

/* A job of the quote's client under `key`, arriving now; body as the key's first letter. */
rl_job harness_job(const rl_harness *harness, rl_job_kind kind, const rl_quote *quote,
                   const char *key);
/* Submits and waits for the answer. */
void harness_run(rl_harness *harness, rl_job *job);
/* The three in one: the refusal. */
rl_refusal harness_end(rl_harness *harness, rl_job_kind kind, const rl_quote *quote,
                       const char *key);

/* A new quote, recorded and accepted under that key. */
rl_quote harness_accepted(rl_harness *harness, const char *key);

/* What all postings ever made come to, whether they stand or are carried. */
typedef struct rl_harness_sums {
  rl_i128 minor[RL_CURRENCY_COUNT][RL_ACCOUNT_SETTLEMENT + 1];
} rl_harness_sums;
void harness_add(rl_harness_sums *sums, const rl_transaction *transaction);
rl_harness_sums harness_balances(rl_harness *harness);

/* Keeps the writer busy in done(), so that what is submitted meanwhile waits together. */
typedef struct rl_gate {
  rl_job job;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool reached;
  bool open;
} rl_gate;
void gate_close(rl_harness *harness, rl_gate *gate); /* returns with the writer stopped */
void gate_open(rl_gate *gate);

/* A job submitted without waiting, and then waited for. */
typedef struct rl_waiter {
  rl_job job;
  pthread_mutex_t lock;
  pthread_cond_t answered;
  unsigned answers;
} rl_waiter;
void waiter_init(rl_waiter *waiter, const rl_job *job);
/* The two in one. */
rl_status waiter_submit(rl_harness *harness, rl_waiter *waiter, const rl_job *job);
void waiter_wait(rl_waiter *waiter);
