/* A PostgreSQL server of the test's own: a fresh cluster in a temporary directory, on a Unix socket
 * there, with fsync on. It never touches one that the system runs. As root the server runs as the
 * user `postgres`, for it refuses to be root. It goes when the test program does, and a program
 * has one.
 *
 * A step that fails ends the test program with a message. One thread. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

typedef struct test_postgres {
  char directory[64]; /* of the cluster, the socket and the log */
  char url[192];      /* of its database "postgres", for the superuser "ratelock" */
  pid_t pid;          /* of the postmaster; 0: it does not run */
} test_postgres;

/* Makes the cluster and starts it. */
void postgres_make(test_postgres *server);
/* Returns when it takes connections. `setting` is one more ("fsync=off") or NULL. */
void postgres_start(test_postgres *server, const char *setting);
/* SIGKILL to the postmaster and all its processes, at once: what they were doing stays undone. */
void postgres_kill(test_postgres *server);
/* Ends it by the signal: SIGINT in order, SIGQUIT at once and without a checkpoint. */
void postgres_end(test_postgres *server, int signal);
/* Puts a copy of the cluster's files in their place, while it does not run. */
void postgres_copy(const test_postgres *server);
/* Kills it and removes the directory. */
void postgres_remove(test_postgres *server);
/* Runs one statement as the superuser, in a session of its own. */
void postgres_run(const test_postgres *server, const char *sql);
/* The same, until it gives "t"; ends the test program if that takes a minute. */
void postgres_await(const test_postgres *server, const char *sql);
