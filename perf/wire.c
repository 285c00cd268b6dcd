/* What reading costs: one quote's request as the engine decodes it, with every check and the
 * body's fingerprint, beside msgpack-c's own unpacking of the same bytes into its objects, which is
 * where another program's checks would begin; and one feed message of 64 updates. */
#include "bench.h"
#include "support/engine.h"
#include "wire/feed_message.h"

#include <msgpack.h>
#include <stdio.h>
#include <string.h>

#define TICKS 64

typedef struct message {
  uint8_t bytes[8192];
  size_t size;
} message;

static void write_request(message *out)
{
  rl_writer writer = rl_writer_over(out->bytes, sizeof out->bytes);
  rl_request request =
    rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "order-2026-11-23-0001");
  rl_request_encode(&writer, &request);
  RL_ASSERT(!writer.failed);
  out->size = writer.used;
}

static void write_feed(message *out)
{
  rl_writer writer = rl_writer_over(out->bytes, sizeof out->bytes);
  rl_feed_header header = {.source = "venue", .class = RL_SOURCE_LIVE, .tick_count = TICKS};
  rl_feed_encode_head(&writer, &header);
  for (unsigned i = 0; i < TICKS; i++)
    rl_feed_encode_tick(&writer, &(rl_feed_tick){
      .pair = "EURUSD", .bid = 112500 + i, .ask = 112510 + i, .scale = 5,
      .sequence = (UINT64_C(1) << 53) + i, .source_utc_ms = 1750000000000 + i,
    });
  RL_ASSERT(!writer.failed);
  out->size = writer.used;
}

static uint64_t decode_request(void *context, uint64_t count)
{
  const message *of = context;
  uint64_t digest = 0;
  for (uint64_t i = 0; i < count; i++) {
    rl_unpacker unpacker;
    rl_request request;
    rl_fault fault;
    uint32_t items;
    bool batch;
    bool good = rl_requests_open(of->bytes, of->size, &unpacker, &items, &batch, &fault) &&
                rl_request_next(&unpacker, &request, &fault) &&
                rl_requests_close(&unpacker, &fault);
    RL_ASSERT(good);
    digest += (uint64_t)request.price.amount_minor;
  }
  return digest;
}

static uint64_t unpack_request(void *context, uint64_t count)
{
  const message *of = context;
  uint64_t digest = 0;
  msgpack_unpacked unpacked;
  msgpack_unpacked_init(&unpacked);
  for (uint64_t i = 0; i < count; i++) {
    size_t used = 0;
    msgpack_unpack_return got =
      msgpack_unpack_next(&unpacked, (const char *)of->bytes, of->size, &used);
    RL_ASSERT(got == MSGPACK_UNPACK_SUCCESS);
    digest += unpacked.data.via.map.size;
  }
  msgpack_unpacked_destroy(&unpacked);
  return digest;
}

/* An operation is one update, not the message. */
static uint64_t decode_feed(void *context, uint64_t count)
{
  const message *of = context;
  uint64_t digest = 0;
  for (uint64_t done = 0; done < count; done += TICKS) {
    rl_unpacker ticks;
    rl_feed_header header;
    rl_fault fault;
    rl_feed_tick tick;
    bool good = rl_feed_open(of->bytes, of->size, &ticks, &header, &fault);
    RL_ASSERT(good);
    for (unsigned i = 0; i < header.tick_count && rl_feed_next(&ticks, &tick, &fault); i++)
      digest += tick.bid;
  }
  return digest;
}

int main(int argument_count, char **arguments)
{
  static message request, feed;
  bench_plan plan = bench_plan_from(argument_count, arguments,
                                    (bench_plan){.rounds = 15, .count = 200000});
  write_request(&request);
  write_feed(&feed);
  const bench_case cases[] = {
    {"decode a request", decode_request, &request},
    {"decode a request, again", decode_request, &request},
    {"msgpack-c unpacks it", unpack_request, &request},
    {"decode an update of 64", decode_feed, &feed},
  };
  bench_run("What reading a message costs", cases, sizeof cases / sizeof *cases, plan);
}
