/* A real engine in a process of its own, with rates that never grow old, in a fresh directory that
 * is removed at the end. One at a time; one thread. */
#pragma once

#include <stdbool.h>

/* Paths of the programs. */
typedef struct daemon_programs {
  const char *ratelockd;
  const char *ratelock;
  const char *push_ticks;
} daemon_programs;

/* Ends the test program with a message when it cannot. */
void daemon_prepare(const daemon_programs *programs);
/* Starts the engine, returns when it can quote USD to EUR. */
void daemon_start(void);
/* Sends the signal and waits: true when the engine ended by it, or, on SIGTERM, with 0. */
bool daemon_end(int signal);
/* Runs `ratelock ledger verify`. */
bool daemon_ledger_is_proved(void);
const char *daemon_url(void);
void daemon_remove(void);
