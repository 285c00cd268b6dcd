/* Any bytes as a NATS message: what opens can be read to its end, and names only pairs. */
#include "feeds/nats_message.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const rl_nats_update *update)
{
  RL_ASSERT(strlen(update->pair) == 6 && update->pair[7] == '\0');
  RL_ASSERT(update->withdrawn == (update->bid_count == 0));
  RL_ASSERT(update->withdrawn == (update->ask_count == 0));
  RL_ASSERT(update->bid_count <= RL_LEVELS_MAX && update->ask_count <= RL_LEVELS_MAX);
  for (unsigned i = 0; i < update->bid_count; i++)
    RL_ASSERT(update->bids[i].rate.scale <= RL_RATE_SCALE_MAX);
  for (unsigned i = 0; i < update->ask_count; i++)
    RL_ASSERT(update->asks[i].rate.scale <= RL_RATE_SCALE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static rl_nats_message message;
  rl_nats_update update;
  const char *fault = NULL;
  if (!rl_nats_message_open(data, size, &message, &fault)) {
    RL_ASSERT(fault);
    return 0;
  }
  RL_ASSERT(message.update_count <= RL_TICKS_PER_MESSAGE_MAX);
  for (uint32_t i = 0; i < message.update_count; i++) {
    rl_nats_message_next(&message, &update);
    look_at(&update);
  }
  return 0;
}
