/* From a tick to a published composite: what rl_market_apply costs with all of its checks, for four
 * sources that tick in turn around a price that walks, over one pair (all in cache), 36 pairs and
 * 10,000 (each tick misses it), and for sixteen sources of one pair.
 *
 * The clock moves a microsecond a tick; nothing is decoded, that is perf_wire's. Recorded: the same
 * with the tape, whose writer runs on a thread of its own; and what an update takes there where
 * they come some milliseconds apart. */
#include "bench.h"
#include "currencies.h"
#include "market/market.h"
#include "support/random.h"
#include "tape/recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

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
  bool apart;      /* ticks come up to 25 ms apart */
  rl_recorder *recorder; /* NULL: nothing is recorded */
  char directory[64];    /* its files' */
  pthread_t writer;
  _Atomic bool stopping;
  move moves[DRAWN];
} workload;

static workload *make(unsigned pairs, unsigned sources)
{
  workload *load = calloc(1, sizeof *load);
  RL_ASSERT(load);
  load->now = (rl_now){.mono.ns = 1000000000, .utc.ms = 1750000000000};
  load->sources = sources;
  load->universe = bench_universe(pairs, RL_CURRENCY_COUNT);
  load->bids = malloc(pairs * sizeof *load->bids);
  rl_status status = rl_market_create(load->universe, &load->market);
  RL_ASSERT(status == RL_OK && load->bids);
  for (unsigned i = 0; i < sources; i++) {
    char name[16];
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

static void *write_tape(void *context)
{
  workload *load = context;
  while (!load->stopping) {
    rl_recorder_write(load->recorder);
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
  return NULL;
}

static workload *make_recorded(unsigned pairs, unsigned sources, bool apart)
{
  workload *load = make(pairs, sources);
  load->apart = apart;
  rl_error error;
  strncpy(load->directory, "/tmp/rl-perf-tape-XXXXXX", sizeof load->directory - 1);
  const char *directory = mkdtemp(load->directory);
  const rl_recorder_options options = {
    .directory = directory,
    .market = load->market,
    .universe = "",
    .clock = rl_clock_system(),
  };
  rl_status status = rl_recorder_open(&options, &load->recorder, &error);
  RL_ASSERT(status == RL_OK);
  int started = pthread_create(&load->writer, NULL, write_tape, load);
  RL_ASSERT(started == 0);
  return load;
}

static void end_recording(workload *load)
{
  rl_recorder_close(load->recorder);
  DIR *folder = opendir(load->directory);
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", load->directory, entry->d_name);
    unlink(path);
  }
  if (folder)
    closedir(folder);
  rmdir(load->directory);
}

static void destroy(workload *load)
{
  if (load->recorder)
    end_recording(load);
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
    if (load->apart) {
      load->now.mono.ns += by->width * 1234567ll;
      load->now.utc.ms = 1750000000000 + load->now.mono.ns / RL_NS_PER_MS;
    } else {
      load->now.mono.ns += 1000;
    }
    rl_tick tick = {.pair.index = by->pair, .sequence = ++load->sequence, .scale = 6, .bid = bid,
                    .ask = bid + by->width, .source_utc_ms = load->now.utc.ms};
    rl_source source = load->source[i % load->sources];
    digest = digest * 31 +
             (load->recorder ? rl_recorder_apply(load->recorder, source, &tick, load->now)
                             : rl_market_apply(load->market, source, &tick, load->now));
  }
  return digest;
}

static void print_tape(const char *name, workload *load)
{
  rl_recorder_state state;
  load->stopping = true;
  pthread_join(load->writer, NULL);
  rl_recorder_write_all(load->recorder);
  rl_recorder_state_read(load->recorder, &state);
  printf("%-28s %.2f bytes an update, %.2f %% of them lost\n", name,
         (double)state.bytes / (double)(state.updates + (state.updates == 0)),
         100.0 * (double)state.lost / (double)(state.updates + state.lost + 1));
}

int main(int argument_count, char **arguments)
{
  bench_plan plan = bench_plan_from(argument_count, arguments,
                                    (bench_plan){.rounds = 15, .count = 200000});
  workload *one = make(1, 4), *some = make(36, 4), *many = make(10000, 4), *wide = make(1, 16);
  workload *recorded_one = make_recorded(1, 4, false), *recorded = make_recorded(36, 4, false);
  workload *apart = make(36, 4), *recorded_apart = make_recorded(36, 4, true);
  apart->apart = true;
  const bench_case cases[] = {
    {"4 sources, 1 pair", apply, one},
    {"4 sources, 1 pair, again", apply, one},
    {"4 sources, 36 pairs", apply, some},
    {"4 sources, 10,000 pairs", apply, many},
    {"16 sources, 1 pair", apply, wide},
    {"4 sources, 1 pair, recorded", apply, recorded_one},
    {"4 sources, 36 pairs, recorded", apply, recorded},
    {"36 pairs, some ms apart", apply, apart},
    {"the same, recorded", apply, recorded_apart},
  };
  bench_run("A tick until its composite is published", cases, sizeof cases / sizeof *cases, plan);
  print_tape("1 pair, recorded:", recorded_one);
  print_tape("36 pairs, recorded:", recorded);
  print_tape("some ms apart, recorded:", recorded_apart);
  destroy(recorded_one);
  destroy(recorded);
  destroy(apart);
  destroy(recorded_apart);
  destroy(one);
  destroy(some);
  destroy(many);
  destroy(wide);
}
