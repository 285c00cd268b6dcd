/* Any bytes as a tick file, under the layout that the first bytes choose. Read in small pieces
 * they must give the same lines as in one, and every tick must be one that a feed can push. */
#include "feeds/tick_reader.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD_SIZE 4

typedef struct piece {
  const uint8_t *bytes;
  size_t size;
  size_t chunk;
} piece;

typedef struct line_tally {
  uint64_t ticks;
  uint64_t lines;
  uint64_t faults[RL_LINE_SIZE + 1];
  uint64_t sum; /* of all that the ticks say */
} line_tally;

static rl_status read_piece(void *context, char *bytes, size_t size, size_t *got, rl_error *error)
{
  (void)error;
  piece *left = context;
  *got = left->size < size ? left->size : size;
  *got = left->chunk < *got ? left->chunk : *got;
  if (*got > 0)
    memcpy(bytes, left->bytes, *got);
  left->bytes += *got;
  left->size -= *got;
  return RL_OK;
}

static void count_tick(line_tally *tally, const rl_tick_row *row)
{
  RL_ASSERT(row->bid.mantissa >= 1 && row->bid.mantissa <= RL_SOURCE_MANTISSA_MAX);
  RL_ASSERT(row->ask.mantissa >= 1 && row->ask.mantissa <= RL_SOURCE_MANTISSA_MAX);
  RL_ASSERT(row->bid.scale <= RL_RATE_SCALE_MAX && row->ask.scale <= RL_RATE_SCALE_MAX);
  tally->ticks++;
  tally->sum = tally->sum * 31 + (uint64_t)row->when.ms + row->bid.mantissa * 3 +
               row->ask.mantissa * 5 + row->bid_size * 7 + row->ask_size * 11;
}

static line_tally read_all(const rl_tick_layout *layout, piece bytes)
{
  static rl_tick_reader reader;
  line_tally counted = {0};
  rl_tick_row row;
  rl_error error;
  rl_tick_reader_init(&reader, (rl_byte_stream){read_piece, &bytes}, layout);
  for (;;) {
    rl_tick_event event = rl_tick_reader_next(&reader, &row, &error);
    if (event == RL_TICK_END)
      break;
    RL_ASSERT(event == RL_TICK_READ || event == RL_TICK_MALFORMED);
    if (event == RL_TICK_READ)
      count_tick(&counted, &row);
    counted.faults[reader.fault]++;
    counted.lines = reader.line;
  }
  return counted;
}

static rl_tick_layout choose_layout(const uint8_t head[HEAD_SIZE])
{
  static const char *const columns[] = {"time,bid,ask", "time,bid,ask,bid_size,ask_size",
                                        "_,ask,bid,time", "bid_size,time,_,bid,ask"};
  rl_tick_layout layout = {.time = (rl_tick_time)(head[1] % 3), .date = {1398988800000},
                           .offset_ms = (head[1] - 128) * 60000, .price_scale = head[2] % 10,
                           .size_decades = head[2] / 10 % 10};
  rl_status status = rl_tick_columns_parse(columns[head[0] % 4], &layout, NULL);
  RL_ASSERT(status == RL_OK);
  return layout;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size < HEAD_SIZE)
    return 0;
  rl_tick_layout layout = choose_layout(data);
  piece whole = {.bytes = data + HEAD_SIZE, .size = size - HEAD_SIZE, .chunk = SIZE_MAX};
  piece parts = whole;
  parts.chunk = 1u + data[3];
  line_tally once = read_all(&layout, whole);
  line_tally again = read_all(&layout, parts);
  int difference = memcmp(&once, &again, sizeof once);
  RL_ASSERT(difference == 0);
  RL_ASSERT(once.ticks == once.faults[RL_LINE_GOOD]);
  return 0;
}
