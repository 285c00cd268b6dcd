/* A NATS server of the test's own, on a port that was free, with its files in a temporary
 * directory. It goes when the test program does; a program has one at a time.
 *
 * A step that fails ends the test program with a message. One thread. */
#pragma once

#include <sys/types.h>

typedef struct test_nats {
  char directory[64];
  char url[64]; /* nats://127.0.0.1:PORT; the same after a new start */
  unsigned port;
  pid_t pid;    /* 0: it does not run */
} test_nats;

/* Starts it; returns when it takes connections. */
void nats_make(test_nats *server);
/* Starts it again at the same port, after nats_kill. */
void nats_start(test_nats *server);
/* At once, as by a crash. */
void nats_kill(test_nats *server);
/* Stands still and goes on: connections stay open meanwhile. */
void nats_freeze(const test_nats *server);
void nats_thaw(const test_nats *server);
/* Kills it and removes the directory. */
void nats_remove(test_nats *server);
