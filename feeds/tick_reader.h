/* Ticks out of a stream of bytes, line by line, in one buffer of fixed size.
 *
 * A line ends in a line feed, with or without a carriage return before it. The last line of a
 * file must have its end, too: without it nobody can tell 1.387 from the first half of 1.38727.
 * One thread at a time. */
#pragma once

#include "feeds/tick_line.h"

/* Where the bytes come from: rl_tick_source_read, or a test's memory. */
typedef struct rl_byte_stream {
  rl_status (*read)(void *context, char *bytes, size_t size, size_t *got, rl_error *error);
  void *context;
} rl_byte_stream;

typedef struct rl_tick_reader {
  rl_byte_stream stream;
  const rl_tick_layout *layout;
  uint64_t line;           /* number of the last line read, from 1 */
  rl_tick_fault fault;     /* why that line was malformed */
  size_t begin, end;       /* bytes in the buffer not yet read as lines */
  bool at_end;             /* the stream has no more */
  char buffer[64 * 1024];
} rl_tick_reader;

typedef enum rl_tick_event {
  RL_TICK_READ,      /* a tick */
  RL_TICK_MALFORMED, /* a line that is none: reader->line and reader->fault tell */
  RL_TICK_END,       /* no more lines */
  RL_TICK_FAILED,    /* the stream cannot be read further: *error tells */
} rl_tick_event;

/* `layout` must outlive the reader. */
void rl_tick_reader_init(rl_tick_reader *reader, rl_byte_stream stream,
                         const rl_tick_layout *layout);
/* Passes over the next line whatever it says: a header. RL_TICK_READ when there was one. */
rl_tick_event rl_tick_reader_skip(rl_tick_reader *reader, rl_error *error);
/* The next line. *out is set by RL_TICK_READ only. */
rl_tick_event rl_tick_reader_next(rl_tick_reader *reader, rl_tick_row *out, rl_error *error);
