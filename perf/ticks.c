/* From a tick to a published composite: what rl_market_apply costs with all of its checks, for four
 * sources that tick in turn around a price that walks, over one pair (all in cache), 36 pairs and
 * 10,000 (each tick misses it), and for sixteen sources of one pair.
 *
 * The clock moves a microsecond a tick; nothing is decoded, that is perf_wire's. */
#include "bench.h"
#include "currencies.h"
#include "market/market.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAWN 65536 /* a power of two: the drawn moves are walked round and round */

typedef struct move {
  uint16_t pair;
  int8_t by;      /* units */
  uint8_t width;  /* units */
} move;

typedef struct workload {
  rl_universe *universe;
  rl_market *market;
  rl_now now;
  unsigned sources;
  rl_source source[RL_SOURCES_PER_PAIR_MAX];
  uint32_t *bids; /* by pair */
  uint64_t sequence;
  move moves[DRAWN];
} workload;

static rl_universe *make_universe(unsigned pairs)
{
  static char text[1 << 20];
  unsigned currencies, made = 0;
  const rl_currency *listed = bench_currencies(&currencies);
  int used = snprintf(text, sizeof text, "pivot %s\n", rl_currency_code(listed[0]));
  for (unsigned i = 0; i < currencies; i++)
    for (unsigned j = i + 1; j < currencies && made < pairs; j++, made++)
      used += snprintf(text + used, sizeof text - (size_t)used, "pair %s %s\n",
                       rl_currency_code(listed[i]), rl_currency_code(listed[j]));
  rl_universe *universe = NULL;
  rl_error error;
  rl_status status = rl_universe_parse(text, (size_t)used, "perf", &universe, &error);
  RL_ASSERT(status == RL_OK);
  return universe;
}

static workload *make(unsigned pairs, unsigned sources)
{
  workload *load = calloc(1, sizeof *load);
  RL_ASSERT(load);
  load->now = (rl_now){.mono.ns = 1000000000, .utc.ms = 1750000000000};
  load->sources = sources;
  load->universe = make_universe(pairs);
  load->bids = malloc(pairs * sizeof *load->bids);
  rl_status status = rl_market_create(load->universe, &load->market);
  RL_ASSERT(status == RL_OK && load->bids);
  for (unsigned i = 0; i < sources; i++) {
    char name[8];
    snprintf(name, sizeof name, "venue%u", i);
    status = rl_market_register(load->market, name, RL_SOURCE_LIVE, &load->source[i]);
    RL_ASSERT(status == RL_OK);
  }
  for (unsigned i = 0; i < pairs; i++)
    load->bids[i] = 1000000;
  rl_random random = rl_random_from(pairs);
  for (unsigned i = 0; i < DRAWN; i++)
    load->moves[i] = (move){.pair = (uint16_t)rl_random_below(&random, pairs),
                            .by = (int8_t)rl_random_between(&random, -5, 5),
                            .width = (uint8_t)rl_random_between(&random, 0, 20)};
  return load;
}

static void destroy(workload *load)
{
  rl_market_destroy(load->market);
  rl_universe_destroy(load->universe);
  free(load->bids);
  free(load);
}

/* The price is drawn back to its start, so that it never wanders to a bound. */
static uint32_t step(workload *load, const move *by)
{
  uint32_t *bid = &load->bids[by->pair];
  *bid = (uint32_t)((int64_t)*bid + by->by + (1000000 - (int64_t)*bid) / 256);
  return *bid;
}

static uint64_t apply(void *context, uint64_t count)
{
  workload *load = context;
  uint64_t digest = 0;
  for (uint64_t i = 0; i < count; i++) {
    const move *by = &load->moves[i % DRAWN];
    uint32_t bid = step(load, by);
    load->now.mono.ns += 1000;
    rl_tick tick = {.pair.index = by->pair, .sequence = ++load->sequence, .scale = 6, .bid = bid,
                    .ask = bid + by->width, .source_utc_ms = load->now.utc.ms};
    digest = digest * 31 + rl_market_apply(load->market, load->source[i % load->sources], &tick,
                                           load->now);
  }
  return digest;
}

int main(int argument_count, char **arguments)
{
  bench_plan plan = bench_plan_from(argument_count, arguments,
                                    (bench_plan){.rounds = 15, .count = 200000});
  workload *one = make(1, 4), *some = make(36, 4), *many = make(10000, 4), *wide = make(1, 16);
  const bench_case cases[] = {
    {"4 sources, 1 pair", apply, one},
    {"4 sources, 1 pair, again", apply, one},
    {"4 sources, 36 pairs", apply, some},
    {"4 sources, 10,000 pairs", apply, many},
    {"16 sources, 1 pair", apply, wide},
  };
  bench_run("A tick until its composite is published", cases, sizeof cases / sizeof *cases, plan);
  destroy(one);
  destroy(some);
  destroy(many);
  destroy(wide);
}
