/* The layout in the database and the statements over it.
 *
 *   ratelock.layout    version integer: one row
 *   ratelock.turn      no rows: its lock is the turn to write
 *   ratelock.meta, …   key bytea primary key, value bytea: one for each rl_table
 *   ratelock.end_keys  key, value (the quote), used_at_ms bigint with an index
 *   ratelock.decided   raises 40001 unless as many rows were written as were sent */
#pragma once

#include "postgres/link.h"
#include "postgres/memory.h"

#define RL_POSTGRES_LAYOUT 1

/* Prepared statements, one of each for a slot; parameters in brackets. */
typedef enum rl_call {
  RL_CALL_GET,       /* [keys] -> key, value */
  RL_CALL_ADD,       /* [keys, values], of end_keys [keys, values, used_at_ms] */
  RL_CALL_KEEP,      /* [keys, values]; not of end_keys, nor are those that follow */
  RL_CALL_SET,       /* [keys, values] */
  RL_CALL_REMOVE,    /* [keys] */
  RL_CALL_FORWARDS,  /* [from, limit] -> key, value: at or after */
  RL_CALL_BACKWARDS, /* [from, limit] -> key, value: before */
  RL_CALL_COUNT,
} rl_call;

#define RL_STATEMENT_NAME_MAX 32
/* The statement's name, of the session. */
void rl_statement_name(unsigned slot, rl_call call, char out[RL_STATEMENT_NAME_MAX]);
/* The one that forgets keys of ends: [before used_at_ms]. */
#define RL_STATEMENT_RETIRE "retire"

/* Collects the preparing of all statements. */
void rl_schema_prepare(rl_link *link);

/* Makes the layout where there is none, in one transaction. RL_FOREIGN where something else has
 * the names. */
RL_MUST_USE rl_status rl_schema_make(rl_link *link);
/* RL_NOT_FOUND where there is none, RL_FOREIGN for another version than this one. */
RL_MUST_USE rl_status rl_schema_check(rl_link *link, int *version);
