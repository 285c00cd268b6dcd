/* The TCP connection to a venue, and the pauses between attempts at it. Nothing blocks but the
 * look-up of the host's name. One thread. */
#pragma once

#include "clock/clock.h"
#include "status/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes that wait for the venue to read: some hundred of our messages. */
#define RL_FIX_UNSENT_MAX (256u << 10)

typedef struct rl_fix_line {
  int fd;          /* -1: there is none */
  bool connecting; /* not yet known whether it stands */
  size_t unsent;
  char out[RL_FIX_UNSENT_MAX];
} rl_fix_line;

#define RL_FIX_LINE_CLOSED ((rl_fix_line){.fd = -1})

/* Begins to connect; it stands or is lost by a later rl_fix_line_settle. RL_UNREACHABLE with the
 * reason when there is no such host, or it refuses at once. */
RL_MUST_USE rl_status rl_fix_line_open(rl_fix_line *line, const char *host, const char *port,
                                       rl_error *error);
void rl_fix_line_close(rl_fix_line *line);

/* Waits at most `timeout_ms` (or until a signal) for something to read, and sends what waits. True
 * when there is something to read, or to learn by reading. */
bool rl_fix_line_wait(rl_fix_line *line, int timeout_ms);
/* After a wait that was true, while connecting: RL_OK once it stands, RL_AGAIN until then,
 * RL_UNREACHABLE with the reason when it will not. */
RL_MUST_USE rl_status rl_fix_line_settle(rl_fix_line *line, rl_error *error);

/* What is there to read, at most `size` bytes: RL_OK with their number (0: nothing just now),
 * RL_CLOSED when the venue has gone. */
RL_MUST_USE rl_status rl_fix_line_read(rl_fix_line *line, char *bytes, size_t size, size_t *got);
/* Sends, or keeps for when the venue reads. False when it has not read for too long. */
bool rl_fix_line_send(rl_fix_line *line, const char *bytes, size_t size);

/* The pause before attempt `failures` + 1: `first_ms` doubled for each failure, at most `most_ms`;
 * of that the upper half or less, as `random` says, so that many handlers do not come back to a
 * venue in step. */
uint32_t rl_fix_pause_ms(unsigned failures, uint32_t first_ms, uint32_t most_ms, uint64_t random);
