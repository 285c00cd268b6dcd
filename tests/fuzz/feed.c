/* Any bytes as a feed message: what is taken reads the same after being written again. */
#include "wire/feed_message.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The ticks as far as they can be taken. */
static uint32_t take_ticks(rl_unpacker *ticks, uint32_t count, rl_feed_tick *out)
{
  rl_fault fault;
  uint32_t taken = 0;
  while (taken < count && rl_feed_next(ticks, &out[taken], &fault))
    taken++;
  return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static rl_feed_tick first[RL_TICKS_PER_MESSAGE_MAX], again[RL_TICKS_PER_MESSAGE_MAX];
  static uint8_t bytes[RL_TICKS_PER_MESSAGE_MAX * 300 + 64];
  rl_unpacker ticks;
  rl_feed_header header, read;
  rl_fault fault;
  if (!rl_feed_open(data, size, &ticks, &header, &fault))
    return 0;
  RL_ASSERT(header.tick_count <= RL_TICKS_PER_MESSAGE_MAX);
  header.tick_count = take_ticks(&ticks, header.tick_count, first);
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_feed_encode_head(&writer, &header);
  for (uint32_t i = 0; i < header.tick_count; i++)
    rl_feed_encode_tick(&writer, &first[i]);
  RL_ASSERT(!writer.failed);
  bool opened = rl_feed_open(bytes, writer.used, &ticks, &read, &fault);
  RL_ASSERT(opened && memcmp(&read, &header, sizeof read) == 0);
  uint32_t taken = take_ticks(&ticks, read.tick_count, again);
  RL_ASSERT(taken == read.tick_count && memcmp(first, again, taken * sizeof *first) == 0);
  return 0;
}
