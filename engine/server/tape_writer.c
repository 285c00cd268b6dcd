/* The tape's writer: a thread of its own, because a disk may keep it waiting. Tells an operator
 * when recording stops and why, when it goes on, and when updates were lost. */
#include "server/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TELL_LOST_EVERY = 60000 / RL_TAPE_WRITE_MS };

struct rl_tape_writer {
  rl_ticker ticker;
  rl_recorder *recorder;
  bool said_stopped;
  uint64_t said_lost; /* updates that were told of */
  unsigned quiet;     /* ticks for which no further losses are told of */
};

static void tell(rl_tape_writer *writer)
{
  rl_recorder_state state;
  rl_recorder_state_read(writer->recorder, &state);
  if (state.stopped && !writer->said_stopped)
    fprintf(stderr, "ratelockd: the tape stopped and is tried again each minute: %s\n",
            state.trouble);
  if (!state.stopped && writer->said_stopped)
    fprintf(stderr, "ratelockd: the tape is tried again\n");
  writer->said_stopped = state.stopped;
  if (writer->quiet > 0)
    writer->quiet--;
  if (writer->quiet > 0 || state.lost == writer->said_lost)
    return;
  fprintf(stderr, "ratelockd: the tape lacks %" PRIu64 " updates%s\n",
          state.lost - writer->said_lost, state.stopped ? "" : ": its disk is too slow");
  writer->said_lost = state.lost;
  writer->quiet = TELL_LOST_EVERY;
}

static void work(void *context)
{
  rl_tape_writer *writer = context;
  rl_recorder_write(writer->recorder);
  tell(writer);
}

rl_status rl_tape_writer_start(rl_recorder *recorder, rl_tape_writer **out)
{
  rl_tape_writer *writer = calloc(1, sizeof *writer);
  if (!writer)
    return RL_NO_MEMORY;
  writer->recorder = recorder;
  if (rl_ticker_start(&writer->ticker, RL_TAPE_WRITE_MS, work, writer) != RL_OK) {
    free(writer);
    return RL_NO_MEMORY;
  }
  *out = writer;
  return RL_OK;
}

void rl_tape_writer_stop(rl_tape_writer *writer)
{
  rl_ticker_stop(&writer->ticker);
  writer->quiet = 0; /* what was lost since the last word would never be told */
  tell(writer);
  free(writer);
}
