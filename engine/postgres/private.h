/* What the files of this room share: the member, and a transaction of it. */
#pragma once

#include "postgres/array.h"
#include "postgres/session.h"

#include <pthread.h>

typedef struct rl_postgres {
  rl_tables tables; /* first: what is handed out */
  char *url;        /* with the password, if it has one: never printed */
  bool read_only;
  rl_place place; /* at the open; unless read_only */

  /* The thread that writes. */
  rl_link writer;
  bool writing;
  bool careful; /* the last commit was RL_AGAIN: ask about each row before it is added */
  rl_array arrays[3];

  pthread_mutex_t mutex; /* what follows */
  pthread_cond_t freed;
  rl_link readers[RL_POSTGRES_READERS]; /* a taken one is its taker's */
  bool taken[RL_POSTGRES_READERS];
  char trouble[RL_TROUBLE_MAX];
} rl_postgres;

/* Nothing is sent before the first question; the turn comes with it. */
struct rl_rows {
  rl_postgres *postgres;
  rl_link *link;
  bool writes;
  bool begun;       /* the server has begun it, and given the turn */
  rl_status broken; /* the first failure: all that follows fails alike */
  rl_memory memory;
  int64_t retire_before_ms; /* keys of ends used before it may go; 0: none */
};

rl_status rl_postgres_begin(rl_tables *tables, bool writes, rl_rows **out);
rl_status rl_postgres_commit(rl_rows *rows);
void rl_postgres_abort(rl_rows *rows);

/* Remembers the failure and its words; returns it. */
rl_status rl_rows_break(rl_rows *rows, rl_status status);
/* Begins the transaction if that is to be done, and fetches what is wanted, in one round trip. */
RL_MUST_USE rl_status rl_rows_fetch(rl_rows *rows);

rl_status rl_rows_expect(rl_rows *rows, rl_table table, rl_blob key);
rl_status rl_rows_get(rl_rows *rows, rl_table table, rl_blob key, rl_blob *row);
rl_status rl_rows_add(rl_rows *rows, rl_table table, rl_blob key, rl_blob row);
rl_status rl_rows_keep(rl_rows *rows, rl_table table, rl_blob key, rl_blob row);
rl_status rl_rows_set(rl_rows *rows, rl_table table, rl_blob key, rl_blob row);
rl_status rl_rows_remove(rl_rows *rows, rl_table table, rl_blob key);
rl_status rl_rows_scan(rl_rows *rows, rl_table table, rl_blob from, rl_direction direction,
                       rl_row_visit visit, void *context);
rl_status rl_rows_expect_key(rl_rows *rows, const uint8_t key[16]);
rl_status rl_rows_find_key(rl_rows *rows, const uint8_t key[16], uint8_t quote[16]);
rl_status rl_rows_add_key(rl_rows *rows, const uint8_t key[16], const uint8_t quote[16],
                          rl_now now);
rl_status rl_rows_retire_keys(rl_rows *rows, rl_now now);
