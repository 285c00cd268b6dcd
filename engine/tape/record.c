/* What was last, as both ways keep it. */
#include "tape/record_context.h"

#include <stdlib.h>
#include <string.h>

rl_status rl_tape_context_create(rl_tape_context **out)
{
  rl_tape_context *context = calloc(1, sizeof *context);
  if (!context)
    return RL_NO_MEMORY;
  *out = context;
  return RL_OK;
}

void rl_tape_context_destroy(rl_tape_context *context)
{
  free(context);
}

rl_tape_feed *rl_tape_feed_of(rl_tape_context *context, rl_source source, rl_pair pair)
{
  uint32_t key = (uint32_t)pair.index << 8 | source.index;
  rl_tape_feed *found = &context->feeds[(key * 0x9e3779b1u) >> (32 - RL_TAPE_FEED_BITS)];
  if (found->turn != context->turn || found->key != key)
    *found = (rl_tape_feed){.key = key, .turn = context->turn};
  return found;
}
void rl_tape_feed_note(rl_tape_feed *last, const rl_tick *tick, int64_t lag_ms)
{
  last->sequence = tick->sequence;
  last->lag_ms = lag_ms;
  last->bid_size = tick->bid_size;
  last->ask_size = tick->ask_size;
  last->bid = tick->bid;
  last->ask = tick->ask;
  last->scale = tick->scale;
}

rl_market_face *rl_tape_face_of(rl_tape_context *context, rl_pair pair)
{
  rl_tape_pair *found = &context->pairs[pair.index % RL_TAPE_PAIRS];
  if (found->turn != context->turn || found->key != pair.index)
    *found = (rl_tape_pair){.key = pair.index, .turn = context->turn};
  return &found->face;
}

void rl_tape_context_reset(rl_tape_context *context, rl_now now)
{
  if (++context->turn == 0) {
    memset(context, 0, sizeof *context);
    context->turn = 1;
  }
  context->now = now;
  uint64_t utc_ns = (uint64_t)now.utc.ms * RL_NS_PER_MS;
  context->phase_ns = rl_tape_difference((uint64_t)now.mono.ns, utc_ns);
  context->source = 0;
  context->pair = 0;
}

int64_t rl_tape_expected_utc_ms(const rl_tape_context *context, int64_t mono_ns)
{
  int64_t ns = (int64_t)((uint64_t)mono_ns + (uint64_t)context->phase_ns);
  return ns / RL_NS_PER_MS - (ns % RL_NS_PER_MS < 0);
}

void rl_tape_learn_phase(rl_tape_context *context, rl_now now, int64_t expected_ms)
{
  uint64_t first = (uint64_t)now.utc.ms * RL_NS_PER_MS;
  uint64_t nearest = now.utc.ms > expected_ms ? first : first + (RL_NS_PER_MS - 1);
  context->phase_ns = rl_tape_difference((uint64_t)now.mono.ns, nearest);
}
