/* The publishing socket and the housekeeper behind it: expiry in slices, life-cycle events, and
 * what changed on the board since the last time, each pair's last value only. */
#include "server/internal.h"

#include <nng/protocol/pubsub0/pub.h>
#include <stdlib.h>
#include <string.h>

#define SWEEP_INTERVAL_MS 50
#define SWEEPS_PER_PUBLICATION 5 /* 250 ms (W3) */
#define SWEEP_MANY 4096          /* a slice that did this much is followed by another at once */
#define EVENTS_AT_ONCE 256

/* What was last published of a pair. */
typedef struct published {
  uint64_t version;
  rl_refusal refusal;
  uint32_t bid_half; /* a source that grows too old moves the price of the others, as no update */
  uint32_t ask_half;
  uint8_t tick_count;
  bool any;
  bool halted;
} published;

struct rl_events_socket {
  rl_service *service;
  rl_market *market;
  rl_clock clock;
  nng_socket socket;
  rl_pipe_count pipes;
  rl_listener listener;
  bool listening;
  rl_ticker ticker;
  bool ticking;
  unsigned sweeps;
  published *last; /* by pair */
};

static void publish(rl_events_socket *events, const rl_writer *writer)
{
  RL_ASSERT(!writer->failed);
  /* A publisher's send never waits: a subscriber that does not read loses messages, alone. */
  int result = nng_send(events->socket, writer->bytes, writer->used, NNG_FLAG_NONBLOCK);
  (void)result;
}

/* What began or ended since the last look: what did both meanwhile is no news. */
static void publish_halt(rl_events_socket *events, const char *pair, bool was_halted,
                         const rl_halted *halted, rl_now now)
{
  uint8_t bytes[RL_EVENT_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  if (was_halted == (halted != NULL))
    return;
  if (halted)
    rl_event_encode_halted(&writer, halted);
  else
    rl_event_encode_resumed(&writer, pair, now.utc);
  publish(events, &writer);
}

static bool is_news(const published *last, const rl_composite *now)
{
  return !last->any || last->version != now->version || last->refusal != now->refusal ||
         last->bid_half != now->bid_half || last->ask_half != now->ask_half ||
         last->tick_count != now->tick_count;
}

static void publish_change(rl_events_socket *events, rl_pair pair, rl_now now)
{
  const rl_universe *universe = rl_market_universe(events->market);
  published *last = &events->last[pair.index];
  rl_composite composite;
  rl_halted how;
  rl_market_composite(events->market, pair, now.mono, &composite);
  if (composite.refusal == RL_REFUSAL_MARKET_BUSY)
    return; /* unknown, and neither gone nor resumed: the next look is near */
  if (!last->any && composite.refusal == RL_REFUSAL_NO_RATE)
    return; /* never heard of */
  if (!is_news(last, &composite))
    return;
  bool halted = composite.refusal == RL_REFUSAL_PAIR_HALTED
                && rl_service_halted(events->service, pair, now, &how);
  publish_halt(events, rl_universe_pair_name(universe, pair), last->halted, halted ? &how : NULL,
               now);
  *last = (published){
    .version = composite.version,
    .refusal = composite.refusal,
    .bid_half = composite.bid_half,
    .ask_half = composite.ask_half,
    .tick_count = composite.tick_count,
    .any = true,
    .halted = halted,
  };
  uint8_t bytes[RL_EVENT_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_event_encode_composite(&writer, universe, &composite, halted ? &how : NULL, now);
  publish(events, &writer);
}

static void publish_changes(rl_events_socket *events)
{
  rl_now now = rl_clock_read(&events->clock);
  for (unsigned i = 0; i < rl_universe_pair_count(rl_market_universe(events->market)); i++)
    publish_change(events, (rl_pair){(uint16_t)i}, now);
}

static void publish_lives(rl_events_socket *events)
{
  rl_event waiting[EVENTS_AT_ONCE];
  uint64_t dropped;
  size_t count;
  do {
    count = rl_service_take_events(events->service, waiting, EVENTS_AT_ONCE, &dropped);
    for (size_t i = 0; i < count; i++) {
      const rl_event *event = &waiting[i];
      uint8_t bytes[RL_EVENT_MAX];
      rl_writer writer = rl_writer_over(bytes, sizeof bytes);
      rl_event_encode_life(&writer, event->life, event->quote, event->client, event->from,
                           event->to, (rl_utc){event->at_utc_ms});
      publish(events, &writer);
    }
  } while (count == EVENTS_AT_ONCE);
}

static void keep_house(void *context)
{
  rl_events_socket *events = context;
  while (rl_service_sweep(events->service) >= SWEEP_MANY)
    continue;
  rl_service_retain(events->service);
  if (++events->sweeps % SWEEPS_PER_PUBLICATION != 0)
    return;
  publish_changes(events);
  publish_lives(events);
}

static rl_status open_all(rl_events_socket *events, const rl_server_options *options,
                          rl_error *error)
{
  size_t pairs = rl_universe_pair_count(rl_market_universe(events->market));
  events->last = calloc(pairs + 1, sizeof *events->last);
  if (!events->last || nng_pub0_open(&events->socket) != 0)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the events socket");
  rl_pipe_count_watch(&events->pipes, events->socket);
  rl_status status = rl_listener_open(&events->listener, events->socket, options->events_url,
                                      options->socket_mode, error);
  if (status != RL_OK)
    return status;
  events->listening = true;
  if (rl_ticker_start(&events->ticker, SWEEP_INTERVAL_MS, keep_house, events) != RL_OK)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "cannot start a thread");
  events->ticking = true;
  return RL_OK;
}

rl_status rl_events_socket_start(rl_service *service, rl_market *market, rl_clock clock,
                                 const rl_server_options *options, rl_events_socket **out,
                                 rl_error *error)
{
  rl_events_socket *events = calloc(1, sizeof *events);
  if (!events)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the events socket");
  events->service = service;
  events->market = market;
  events->clock = clock;
  rl_status status = open_all(events, options, error);
  if (status != RL_OK) {
    rl_events_socket_stop(events);
    return status;
  }
  *out = events;
  return RL_OK;
}

void rl_events_socket_stop(rl_events_socket *events)
{
  if (events->ticking)
    rl_ticker_stop(&events->ticker);
  if (events->listening)
    rl_listener_close(&events->listener);
  free(events->last);
  if (rl_socket_close(events->socket))
    free(events);
}

rl_listener *rl_events_socket_listener(rl_events_socket *events)
{
  return &events->listener;
}
