/* A connection, and how statements go over it: collected with the rl_link_… calls, sent and
 * answered together by rl_link_run, in libpq's pipeline mode.
 *
 * The socket does not block: a server that is silent for RL_POSTGRES_SILENCE_MS is given up, which
 * PQexec and its kin cannot do. One thread at a time. */
#pragma once

#include "postgres/postgres.h"

#include <libpq-fe.h>

typedef struct rl_link {
  PGconn *connection; /* NULL: none */
  bool unsendable;    /* a statement since the last run could not be queued */
  /* The last failure was the server's ERROR: it undid the transaction, and that is certain. */
  bool undone;
  char trouble[RL_TROUBLE_MAX]; /* the last failure in words */
} rl_link;

/* One attempt. `writes` asks for a server that takes writes, of several in the URL. */
RL_MUST_USE rl_status rl_link_connect(rl_link *link, const char *url, bool writes);
void rl_link_close(rl_link *link);
/* False when the other side is known to have gone. */
bool rl_link_alive(rl_link *link);

void rl_link_command(rl_link *link, const char *sql); /* without parameters; text comes back */
void rl_link_prepare(rl_link *link, const char *name, const char *sql);
/* A prepared statement with binary parameters; binary comes back. Parameters are copied. */
void rl_link_call(rl_link *link, const char *name, const rl_blob *parameters, int count);

/* Takes the result of the statement of that number, counted from 0; owns it. */
typedef void (*rl_link_take)(PGresult *result, unsigned number, void *context);
/* Sends what was collected and waits for all answers: the first failure, if any. RL_UNREACHABLE
 * closes the connection. The results before a failure are taken; `take` may be NULL. */
RL_MUST_USE rl_status rl_link_run(rl_link *link, rl_link_take take, void *context);
/* The same, and the last statement's result; the caller clears it. */
RL_MUST_USE rl_status rl_link_ask(rl_link *link, PGresult **out);

/* The status that a SQLSTATE (five characters) stands for. */
rl_status rl_sqlstate_status(const char *sqlstate);
