/* What one locked quote costs without a transport: decode, key, market, price, record, lock, seal
 * and encode, as rl_exchange_handle does them, for messages of 1, 32 and 256 quotes. The store's
 * writer runs beside it and makes the records durable, as in the daemon; its share shows where
 * there are few cores. The reply is made, and only its first bytes are looked at. */
#include "bench.h"
#include "support/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_LARGEST 256

typedef struct workload {
  rl_test_engine *engine;
  rl_exchange *exchange;
  unsigned batch;
} workload;

static const rl_caller bench_caller = {.name = "bench"};
static uint64_t refused;

static void on_done(rl_exchange *exchange, void *context)
{
  (void)exchange;
  (void)context;
}

/* Keys of their own: every quote is a new one. */
static size_t write_message(uint8_t *message, size_t room, unsigned batch)
{
  static uint64_t keys;
  rl_writer writer = rl_writer_over(message, room);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "");
  if (batch > 1)
    rl_pack_array(&writer, batch);
  for (unsigned i = 0; i < batch; i++) {
    snprintf(request.key, sizeof request.key, "order-%llu", (unsigned long long)keys++);
    rl_request_encode(&writer, &request);
  }
  RL_ASSERT(!writer.failed);
  return writer.used;
}

/* The writing of the messages is in the figure: about a tenth of it. */
static uint64_t quote_in_batches(void *context, uint64_t count)
{
  workload *it = context;
  static uint8_t message[BATCH_LARGEST * 160];
  uint64_t digest = 0;
  for (uint64_t done = 0; done < count; done += it->batch) {
    size_t size = write_message(message, sizeof message, it->batch), reply_size;
    rl_exchange_handle(it->exchange, &bench_caller, message, size);
    const uint8_t *reply = rl_exchange_reply(it->exchange, &reply_size);
    digest += reply_size;
    refused += it->batch == 1 && !rl_reply_bool(reply, reply_size, "ok");
  }
  /* Ten minutes pass: the keys retire, so that the book never fills. */
  rl_manual_clock_advance_ns(&it->engine->manual, RL_CREATE_KEY_MIN_MS * RL_NS_PER_MS);
  while (rl_service_sweep(it->engine->service) > 0)
    continue;
  rl_test_engine_tick(it->engine);
  return digest;
}

int main(int argument_count, char **arguments)
{
  bench_plan plan =
    bench_plan_from(argument_count, arguments, (bench_plan){.rounds = 11, .count = 2560});
  static rl_test_engine engine;
  rl_test_engine_start(&engine);
  rl_test_engine_tick(&engine);
  static const unsigned batches[] = {1, 32, BATCH_LARGEST, BATCH_LARGEST};
  static const char *const names[] = {"1 a message", "32 a message", "256 a message",
                                      "256 a message, again (A/A)"};
  workload workloads[4];
  bench_case cases[4];
  for (unsigned i = 0; i < 4; i++) {
    workloads[i] = (workload){.engine = &engine, .batch = batches[i]};
    if (rl_exchange_create(engine.service, on_done, NULL, &workloads[i].exchange) != RL_OK)
      return 1;
    cases[i] = (bench_case){names[i], quote_in_batches, &workloads[i]};
  }
  bench_run("one locked quote, sealed and recorded, without a transport", cases, 4, plan);
  for (unsigned i = 0; i < 4; i++)
    rl_exchange_destroy(workloads[i].exchange);
  rl_test_engine_stop(&engine);
  printf("%llu quotes of single messages were refused\n", (unsigned long long)refused);
  return refused == 0 ? 0 : 1;
}
