/* A way to a PostgreSQL server that is cut at a chosen instant: a Unix socket in a directory of its
 * own, and a thread for each connection that passes the bytes on. */
#pragma once

#include "support/postgres.h"

typedef enum cutter_mode {
  CUTTER_PASSES,
  CUTTER_CUTS,        /* whatever goes through it, and every new connection */
  CUTTER_CUTS_ANSWER, /* once: the connection on which the server says COMMIT, which is not passed
                         on; then it passes again */
} cutter_mode;

/* One in a program, in front of the server. Who connects now waits until it passes. */
void cutter_listen(const test_postgres *server);
/* Starts its threads: behind any fork, which the thread sanitizer allows to no other program. */
void cutter_start(void);
/* From any thread. A connection that was cut stays so. */
void cutter_set(cutter_mode mode);
/* CUTTER_CUTS_ANSWER, and returns when it is done: of programs that commit all the time. */
void cutter_cut_answer(void);
const char *cutter_url(void);
/* All connections through it have ended. */
void cutter_stop(void);
