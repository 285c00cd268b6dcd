#include "feeds/tick_reader.h"

#include <string.h>

void rl_tick_reader_init(rl_tick_reader *reader, rl_byte_stream stream,
                         const rl_tick_layout *layout)
{
  reader->stream = stream;
  reader->layout = layout;
  reader->line = 0;
  reader->fault = RL_LINE_GOOD;
  reader->begin = reader->end = 0;
  reader->at_end = false;
}

/* Moves what is left to the front and reads behind it. */
static rl_status refill(rl_tick_reader *reader, rl_error *error)
{
  size_t left = reader->end - reader->begin;
  size_t got;
  memmove(reader->buffer, reader->buffer + reader->begin, left);
  reader->begin = 0;
  reader->end = left;
  rl_status status = reader->stream.read(reader->stream.context, reader->buffer + left,
                                         sizeof reader->buffer - left, &got, error);
  if (status != RL_OK)
    return status;
  reader->at_end = got == 0;
  reader->end += got;
  return RL_OK;
}

/* The next line without its end, as a span of the buffer. What is longer than a line may be is
 * passed over in pieces, and given as its last piece with the fault set. */
static rl_tick_event next_line(rl_tick_reader *reader, const char **line, size_t *length,
                               rl_error *error)
{
  reader->fault = RL_LINE_GOOD;
  for (;;) {
    const char *start = reader->buffer + reader->begin;
    size_t left = reader->end - reader->begin;
    const char *feed = memchr(start, '\n', left);
    if (feed) {
      *line = start;
      *length = (size_t)(feed - start);
      reader->begin += *length + 1;
      reader->line++;
      if (*length > 0 && feed[-1] == '\r')
        --*length;
      return RL_TICK_READ;
    }
    if (left > RL_TICK_LINE_MAX + 1) {
      reader->fault = RL_LINE_TOO_LONG;
      reader->begin = reader->end;
    }
    if (reader->at_end)
      break;
    if (refill(reader, error) != RL_OK)
      return RL_TICK_FAILED;
  }
  if (reader->begin == reader->end && reader->fault == RL_LINE_GOOD)
    return RL_TICK_END;
  reader->begin = reader->end;
  reader->fault = RL_LINE_CUT;
  reader->line++;
  return RL_TICK_MALFORMED;
}

rl_tick_event rl_tick_reader_skip(rl_tick_reader *reader, rl_error *error)
{
  const char *line;
  size_t length;
  return next_line(reader, &line, &length, error);
}

rl_tick_event rl_tick_reader_next(rl_tick_reader *reader, rl_tick_row *out, rl_error *error)
{
  const char *line;
  size_t length;
  rl_tick_event event = next_line(reader, &line, &length, error);
  if (event != RL_TICK_READ)
    return event;
  if (reader->fault == RL_LINE_GOOD)
    reader->fault = rl_tick_line_parse(reader->layout, line, length, out);
  return reader->fault == RL_LINE_GOOD ? RL_TICK_READ : RL_TICK_MALFORMED;
}
