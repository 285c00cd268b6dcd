/* A real engine in a process of its own, with rates that never grow old, in a fresh directory that
 * is removed at the end. One at a time; one thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Paths of the programs. */
typedef struct daemon_programs {
  const char *ratelockd;
  const char *ratelock;
  const char *push_ticks;
  const char *intercept; /* the library libintercept.so */
} daemon_programs;

/* What goes wrong with the engine's file calls (tests/faults/intercept.h). */
typedef struct daemon_fault {
  const char *kind;
  const char *on; /* NULL: any class of calls */
  unsigned at;    /* counted from daemon_arm() on, or from its start if `at_start` */
  bool at_start;
} daemon_fault;

/* Ends the test program with a message when it cannot. */
void daemon_prepare(const daemon_programs *programs);
/* Starts the engine, with a fault or NULL. Returns true when it can quote USD to EUR, false when
 * the fault killed it before. */
bool daemon_start(const daemon_fault *fault);
/* From now on the fault's calls are counted. */
void daemon_arm(void);
/* Sends SIGTERM or SIGKILL and waits: true when the engine ended by it, with 0 on SIGTERM. */
bool daemon_end(int signal);
/* Sends SIGTERM and waits: true when it ended with 0 or was killed meanwhile. */
bool daemon_end_or_be_killed(void);
/* Waits until it ends by SIGKILL, that somebody else sends; at most so many ms, then false. */
bool daemon_await_kill(unsigned timeout_ms);
/* What `ratelock ledger verify` counts. */
typedef struct daemon_ledger {
  uint64_t quotes;
  uint64_t ends;
  uint64_t consumed; /* of the ends */
} daemon_ledger;
/* False if the ledger is not proved. */
bool daemon_prove_ledger(daemon_ledger *out);

/* What `ratelock exposure` says of all open quotes. */
typedef struct daemon_exposure {
  uint64_t locks;
  uint64_t notional_minor;
} daemon_exposure;
bool daemon_ask_exposure(daemon_exposure *out);

const char *daemon_url(void);
void daemon_remove(void);
