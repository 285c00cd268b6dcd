/* The stream of a FIX line, cut into messages.
 *
 *   8=FIX.4.4|9=LENGTH|…body, LENGTH bytes…|10=SUM|     ('|' is the byte 1)
 *
 * Total: any bytes give messages and the faults below, the same however they are cut into pieces.
 * What is no message is passed over up to the next "8=FIX". FIX asks for just that: a garbled
 * message is as if it had never come, and the gap in the numbers brings it back. A length that
 * lies is seen by the next message's start inside of it, so that it cannot swallow others.
 * Pure; one thread. */
#pragma once

#include "status/limits.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum rl_fix_frame {
  RL_FIX_FRAME_NONE,         /* nothing whole is left: read more */
  RL_FIX_FRAME_GOOD,
  RL_FIX_FRAME_GARBAGE,      /* bytes between messages */
  RL_FIX_FRAME_BAD_LENGTH,   /* no length, too large a one, or no end where it says */
  RL_FIX_FRAME_BAD_CHECKSUM,
} rl_fix_frame;

/* "8=", a version of at most 16 bytes, "9=" and seven digits, "10=nnn", and their ends. */
#define RL_FIX_FRAME_EXTRA 64

typedef struct rl_fix_framer {
  size_t begin;  /* of what is not judged yet */
  size_t end;    /* of what was read */
  bool lost;     /* passing over bytes that have been named */
  char bytes[RL_FIX_MESSAGE_MAX + RL_FIX_FRAME_EXTRA];
} rl_fix_framer;

/* Forgets everything: a new line. */
void rl_fix_framer_reset(rl_fix_framer *framer);
/* Where to read to, and how many bytes at most: at least one after RL_FIX_FRAME_NONE. What
 * rl_fix_framer_next gave before is no longer there. */
char *rl_fix_framer_room(rl_fix_framer *framer, size_t *size);
/* So many bytes have been read there. */
void rl_fix_framer_filled(rl_fix_framer *framer, size_t size);
/* The next message or fault. Sets *message and *size for a good one only: all of it, from "8=". */
rl_fix_frame rl_fix_framer_next(rl_fix_framer *framer, const char **message, size_t *size);
