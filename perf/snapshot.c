/* What reading the market for one price costs: direct and cross, over 10 pairs (all in cache) and
 * over 10,000 (each read misses it), without fixings and with some that answer only for a few.
 *
 * Three sources speak of every pair; pairs are read in random order, the clock stands still. */
#include "bench.h"
#include "currencies.h"
#include "market/market.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORDERS 65536 /* a power of two: the drawn order is walked round and round */
#define SOURCES 3

typedef struct order {
  rl_currency from;
  rl_currency to;
} order;

typedef struct workload {
  rl_universe *universe;
  rl_market *market;
  rl_now now;
  order orders[ORDERS];
} workload;

static void speak(workload *load, const char *name, rl_source_class class, unsigned pairs)
{
  rl_source source;
  rl_status status = rl_market_register(load->market, name, class, &source);
  RL_ASSERT(status == RL_OK);
  for (unsigned i = 0; i < pairs; i++) {
    rl_tick tick = {.pair.index = (uint16_t)i, .sequence = 1, .scale = 6,
                    .bid = 1000000 + 7 * i, .ask = 1000020 + 7 * i};
    rl_verdict verdict = rl_market_apply(load->market, source, &tick, load->now);
    RL_ASSERT(verdict == RL_TICK_GOOD);
  }
}

/* From the base or the quote of a pair; a cross from one pair's quote to another's. */
static order draw(rl_random *random, const rl_universe *universe, bool cross)
{
  unsigned pairs = rl_universe_pair_count(universe);
  rl_pair one = {(uint16_t)rl_random_below(random, pairs)};
  rl_pair other = {(uint16_t)((one.index + 1 + rl_random_below(random, pairs - 1)) % pairs)};
  const rl_pair_spec *spec = rl_universe_pair_spec(universe, one);
  if (cross)
    return (order){spec->quote, rl_universe_pair_spec(universe, other)->quote};
  bool inverted = rl_random_below(random, 2);
  return inverted ? (order){spec->quote, spec->base} : (order){spec->base, spec->quote};
}

static workload *make(unsigned pairs, unsigned bases, bool cross, unsigned fixings)
{
  static const char *const names[SOURCES] = {"alpha", "bravo", "carol"};
  workload *load = calloc(1, sizeof *load);
  RL_ASSERT(load);
  load->now = (rl_now){.mono.ns = 1000000000, .utc.ms = 1750000000000};
  load->universe = bench_universe(pairs, bases);
  rl_status status = rl_market_create(load->universe, &load->market);
  RL_ASSERT(status == RL_OK);
  for (unsigned i = 0; i < SOURCES; i++)
    speak(load, names[i], RL_SOURCE_LIVE, rl_universe_pair_count(load->universe));
  if (fixings > 0)
    speak(load, "fixing", RL_SOURCE_REFERENCE, fixings);
  rl_random random = rl_random_from(pairs);
  for (unsigned i = 0; i < ORDERS; i++)
    load->orders[i] = draw(&random, load->universe, cross);
  return load;
}

static uint64_t read_market(void *context, uint64_t count)
{
  const workload *load = context;
  static rl_snapshot snapshot;
  uint64_t digest = 0;
  for (uint64_t i = 0; i < count; i++) {
    const order *one = &load->orders[i % ORDERS];
    rl_refusal refusal =
      rl_market_snapshot(load->market, one->from, one->to, load->now, &snapshot);
    RL_ASSERT(refusal == RL_REFUSAL_NONE);
    digest = digest * 31 + snapshot.legs[0].composite.bid_half + snapshot.conditions.age_percent;
  }
  return digest;
}

int main(int argument_count, char **arguments)
{
  bench_plan plan = bench_plan_from(argument_count, arguments,
                                    (bench_plan){.rounds = 15, .count = 100000});
  workload *few = make(10, 1, false, 0), *few_crosses = make(10, 1, true, 0);
  workload *many = make(10000, RL_CURRENCY_COUNT, false, 0);
  workload *many_fixings = make(10000, RL_CURRENCY_COUNT, false, 30);
  workload *fixed = make(10, 1, false, 10), *fixed_crosses = make(10, 1, true, 10);
  workload *crosses = make(10000, 1, true, 0);
  const bench_case cases[] = {
    {"direct, 10 pairs", read_market, few},
    {"direct, 10 pairs, again", read_market, few},
    {"cross, 10 pairs", read_market, few_crosses},
    {"direct, 10 pairs, 10 fixings", read_market, fixed},
    {"cross, 10 pairs, 10 fixings", read_market, fixed_crosses},
    {"direct, 10,000 pairs", read_market, many},
    {"direct, 10,000 pairs, again", read_market, many},
    {"direct, 10,000 pairs, 30 fixings", read_market, many_fixings},
    {"cross, one pivot to all", read_market, crosses},
  };
  bench_run("What reading the market for one price costs", cases,
            sizeof cases / sizeof *cases, plan);
  workload *all[] = {few, few_crosses, fixed, fixed_crosses, many, many_fixings, crosses};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    rl_market_destroy(all[i]->market);
    rl_universe_destroy(all[i]->universe);
    free(all[i]);
  }
}
