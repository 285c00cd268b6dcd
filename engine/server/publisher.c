/* The publisher: a thread that says to a NATS server what the composites are (publication.h), and
 * answers those who join with a snapshot. Nothing of the engine waits for it: it reads the market
 * as any reader does, and what a slow server does not take is not sent. */
#include "server/internal.h"
#include "server/publication.h"

#include "nats/bus.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A change waits at most so long; a look costs some hundred ns a pair. */
#define LOOK_MS 20
/* Between two words of one kind to the operator. */
#define TELL_MS 10000
/* Between two connections where the server turned the first away. */
#define RETRY_MS 5000
/* Snapshots in one look: whoever asks in a loop must not hold the prices up. */
#define SNAPSHOTS_AT_ONCE 16

struct rl_publisher {
  const rl_service *service;
  rl_clock clock;
  const char *url;
  rl_publication *publication;
  rl_bus *bus;                   /* NULL until it could be opened */
  rl_bus_subscription *requests; /* of snapshots */
  rl_ticker ticker;
  bool ticking;
  uint64_t connection;   /* rl_bus_connection at the last look */
  bool told_lost;
  int64_t retry_ns;      /* not before, boot clock */
  uint64_t unsent;       /* messages that the connection did not take */
  uint64_t own_returned; /* of the service, when it was last told */
  int64_t told_ns;       /* boot clock: the last word of what is counted */
  uint64_t told_unsent;
  char request_subject[RL_PUBLICATION_SUBJECT_SIZE];
};

/* --- connecting --- */

static bool open_bus(rl_publisher *publisher, rl_now now)
{
  rl_error error = {0};
  rl_bus_options options = {.urls = publisher->url, .name = "ratelockd"};
  if (now.mono.ns < publisher->retry_ns)
    return false;
  publisher->retry_ns = now.mono.ns + RETRY_MS * RL_NS_PER_MS;
  if (rl_bus_open(&options, &publisher->bus, &error) != RL_OK) {
    fprintf(stderr, "ratelockd: --publish: %s\n", error.text);
    return false;
  }
  if (rl_bus_subscribe(publisher->bus, publisher->request_subject, &publisher->requests) == RL_OK)
    return true;
  rl_bus_close(publisher->bus);
  publisher->bus = NULL;
  return false;
}

/* A server that does not let us in is told of and asked again later. */
static void give_up(rl_publisher *publisher)
{
  fprintf(stderr, "ratelockd: the NATS server %s turned this engine away: %s\n",
          rl_bus_place(publisher->bus), rl_bus_trouble(publisher->bus));
  rl_bus_close(publisher->bus);
  publisher->bus = NULL;
  publisher->connection = 0;
}

static void note_connection(rl_publisher *publisher)
{
  uint64_t connection = rl_bus_connection(publisher->bus);
  if (connection != 0 && connection != publisher->connection) {
    rl_publication_repeat(publisher->publication);
    if (publisher->told_lost || publisher->connection != 0)
      fprintf(stderr, "ratelockd: the NATS server %s is there: composites are published\n",
              rl_bus_place(publisher->bus));
    publisher->told_lost = false;
  }
  publisher->connection = connection;
  if (connection == 0 && !publisher->told_lost) {
    fprintf(stderr, "ratelockd: the NATS server %s is not there: composites are not published "
            "until it is\n", rl_bus_place(publisher->bus));
    publisher->told_lost = true;
  }
}

static bool is_connected(rl_publisher *publisher, rl_now now)
{
  if (!publisher->bus && !open_bus(publisher, now))
    return false;
  if (rl_bus_is_closed(publisher->bus)) {
    give_up(publisher);
    return false;
  }
  note_connection(publisher);
  return publisher->connection != 0;
}

/* --- saying --- */

static bool send_message(void *context, const char *subject, const uint8_t *bytes, size_t size)
{
  rl_publisher *publisher = context;
  return rl_bus_publish(publisher->bus, subject, NULL, bytes, size) == RL_OK;
}

/* Behind a look, so that no snapshot holds a price that has none any more. */
static void answer_requests(rl_publisher *publisher, rl_now now)
{
  rl_publication_sink sink = {send_message, publisher};
  rl_bus_message request;
  for (unsigned i = 0; i < SNAPSHOTS_AT_ONCE && rl_bus_take(publisher->requests, 0, &request);
       i++) {
    if (request.reply &&
        !rl_publication_snapshot(publisher->publication, now, request.reply, sink))
      publisher->unsent++;
    rl_bus_release(&request);
  }
}

static void tell_counts(rl_publisher *publisher, rl_now now)
{
  uint64_t returned = rl_service_own_returned(publisher->service);
  if (now.mono.ns - publisher->told_ns < TELL_MS * RL_NS_PER_MS)
    return;
  if (publisher->unsent != publisher->told_unsent)
    fprintf(stderr, "ratelockd: the NATS server %s is slow: %" PRIu64 " messages not sent so "
            "far\n", rl_bus_place(publisher->bus), publisher->unsent);
  if (returned != publisher->own_returned)
    fprintf(stderr, "ratelockd: a feed brings this engine's own composites back to it: refused, "
            "%" PRIu64 " messages so far\n", returned);
  if (publisher->unsent != publisher->told_unsent || returned != publisher->own_returned)
    publisher->told_ns = now.mono.ns;
  publisher->told_unsent = publisher->unsent;
  publisher->own_returned = returned;
}

static void publish(void *context)
{
  rl_publisher *publisher = context;
  rl_now now = rl_clock_read(&publisher->clock);
  if (!is_connected(publisher, now))
    return;
  uint64_t bridged = rl_service_bridged_sources(publisher->service);
  publisher->unsent += rl_publication_look(publisher->publication, now, bridged,
                                           (rl_publication_sink){send_message, publisher});
  answer_requests(publisher, now);
  tell_counts(publisher, now);
}

/* --- its life --- */

static rl_status start(rl_publisher *publisher, const rl_market *market,
                       const rl_server_options *options)
{
  rl_publication_options publication = {
    .market = market,
    .name = options->publish_name,
    .origin = rl_service_origin(publisher->service),
    .start = rl_clock_read(&publisher->clock).utc,
  };
  snprintf(publisher->request_subject, sizeof publisher->request_subject, "ratelock.%s.snapshot",
           options->publish_name);
  rl_status status = rl_publication_create(&publication, &publisher->publication);
  if (status == RL_OK)
    status = rl_ticker_start(&publisher->ticker, LOOK_MS, publish, publisher);
  publisher->ticking = status == RL_OK;
  return status;
}

rl_status rl_publisher_start(const rl_service *service, const rl_market *market, rl_clock clock,
                             const rl_server_options *options, rl_publisher **out)
{
  rl_publisher *publisher = calloc(1, sizeof *publisher);
  if (!publisher)
    return RL_NO_MEMORY;
  publisher->service = service;
  publisher->clock = clock;
  publisher->url = options->publish_url;
  publisher->told_ns = rl_clock_read(&clock).mono.ns - TELL_MS * RL_NS_PER_MS;
  rl_status status = start(publisher, market, options);
  if (status != RL_OK) {
    rl_publisher_stop(publisher);
    return status;
  }
  *out = publisher;
  return RL_OK;
}

/* Whoever follows would hold the last prices for some seconds more. What is not sent is taken back
 * by their patience. */
static void take_back(rl_publisher *publisher)
{
  rl_publication_end(publisher->publication, rl_clock_read(&publisher->clock),
                     (rl_publication_sink){send_message, publisher});
}

void rl_publisher_stop(rl_publisher *publisher)
{
  if (publisher->ticking)
    rl_ticker_stop(&publisher->ticker);
  if (publisher->bus) {
    take_back(publisher);
    rl_bus_close(publisher->bus);
  }
  if (publisher->publication)
    rl_publication_destroy(publisher->publication);
  free(publisher);
}
