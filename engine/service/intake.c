/* The intake: one feed message into the market. One thread at a time (design K6: one writer). */
#include "service/service_internal.h"
#include "wire/feed_message.h"

#include <string.h>

#define SEQUENCE_END (1ull << 56)

static uint32_t at_most_u32(uint64_t value)
{
  return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

/* Prices and scales beyond an integer's width become its largest value, which the market refuses
 * as malformed and counts. */
static rl_tick market_tick(const rl_feed_tick *tick, rl_pair pair)
{
  return (rl_tick){
    .pair = pair,
    .sequence = tick->sequence,
    .source_utc_ms = tick->source_utc_ms,
    .bid = at_most_u32(tick->bid),
    .ask = at_most_u32(tick->ask),
    .scale = tick->scale < UINT8_MAX ? (uint8_t)tick->scale : UINT8_MAX,
    .bid_size = tick->bid_size,
    .ask_size = tick->ask_size,
    .depth = tick->depth.bid_count || tick->depth.ask_count ? &tick->depth : NULL,
    .withdrawn = tick->withdrawn,
  };
}

static bool take_tick(rl_service *service, rl_source source, const rl_feed_tick *tick, rl_now now)
{
  rl_market *market = service->parts.market;
  rl_pair pair;
  if (tick->sequence >= SEQUENCE_END)
    return false;
  if (rl_universe_find_name(rl_market_universe(market), tick->pair, 6, &pair) != RL_OK) {
    service->counters.ticks_of_unknown_pairs++;
    return true;
  }
  rl_tick market_form = market_tick(tick, pair);
  if (service->parts.recorder)
    rl_recorder_apply(service->parts.recorder, source, &market_form, now);
  else
    rl_market_apply(market, source, &market_form, now);
  service->counters.ticks++;
  return true;
}

/* The message's source, with what its origin says of it noted; false where none may be had. An
 * engine's own prices would confirm themselves. */
static bool admit(rl_service *service, const rl_feed_header *header, rl_source *source)
{
  if (strcmp(header->origin, service->origin) == 0) {
    service->counters.feed_messages_own++;
    return false;
  }
  if (rl_market_register(service->parts.market, header->source, header->class, source) != RL_OK)
    return false;
  if (header->origin[0])
    service->bridged_sources |= 1ull << source->index;
  return true;
}

void rl_service_take_feed(rl_service *service, const void *message, size_t size)
{
  rl_unpacker ticks;
  rl_feed_header header;
  rl_fault fault;
  rl_source source;
  service->counters.feed_messages++;
  if (!rl_feed_open(message, size, &ticks, &header, &fault)
      || !admit(service, &header, &source)) {
    service->counters.feed_messages_refused++;
    return;
  }
  rl_now now = rl_clock_read(&service->parts.clock);
  for (uint32_t i = 0; i < header.tick_count; i++) {
    rl_feed_tick tick;
    if (!rl_feed_next(&ticks, &tick, &fault) || !take_tick(service, source, &tick, now)) {
      service->counters.feed_messages_refused++;
      return;
    }
  }
}

uint64_t rl_service_bridged_sources(const rl_service *service)
{
  return service->bridged_sources;
}

uint64_t rl_service_own_returned(const rl_service *service)
{
  return service->counters.feed_messages_own;
}

const char *rl_service_origin(const rl_service *service)
{
  return service->origin;
}
