/* One intake, several readers and a desk that halts and resumes, on one market.
 *
 *   market_torture [--updates N]
 *
 * The k-th update goes to GBPUSD when k is even and to USDJPY when it is odd, from one source
 * after another, and all that it says follows from k: so a reader recomputes every tick that it
 * finds from the tick's sequence. A cross from GBP to JPY reads both pairs; the newest updates in
 * its two legs must be neighbours, k and k - 1, or the legs never stood together. Every reader's
 * wall clock goes through the week by itself, so they overwrite what others found of a session. */
#include "market/composite.h"
#include "market/depth.h"
#include "support/random.h"
#include "sync/word.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READERS = 3, SOURCES = 3, STEP_NS = 1000, AMOUNT_MINOR = 10000 };

static const char universe_text[] =
  "order GBP USD JPY\npivot USD\n"
  "session some UTC Thursday 00:00 - Thursday 12:00, Saturday 12:00 - Sunday 12:00\n"
  "pair GBP USD scale=5 max_age_ms=2\n"
  "pair USD JPY scale=3 max_age_ms=2 session=some depth=vwap\n";

static rl_universe *universe;
static rl_market *market;
static rl_source sources[SOURCES];
static rl_source fixing;
static rl_manual_clock manual;
static rl_currency gbp, jpy;
static uint64_t updates = 200000;
static atomic_bool done;

/* --- what the k-th update says --- */

static rl_tick update(uint64_t k)
{
  rl_random random = rl_random_from(k);
  uint32_t bid = 140000 + (uint32_t)rl_random_below(&random, 64);
  return (rl_tick){
    .pair = {(uint16_t)(k % 2)},
    .sequence = k,
    .source_utc_ms = (int64_t)(rl_random_next(&random) >> 24),
    .bid = bid,
    .ask = bid + 16 + (uint32_t)rl_random_below(&random, 16),
    .scale = k % 2 ? 3 : 5,
  };
}

/* Of one to four levels; the amounts that are asked for go through all but the last. */
static rl_book book_of(uint64_t k)
{
  rl_random random = rl_random_from(~k);
  rl_tick tick = update(k);
  rl_book book = {.bid_size = 1 + (uint32_t)rl_random_below(&random, 100),
                  .ask_size = 1 + (uint32_t)rl_random_below(&random, 100)};
  unsigned behind = (unsigned)rl_random_below(&random, 4);
  for (unsigned i = 0; i < behind; i++) {
    book.depth.bids[i] = (rl_level){tick.bid - 1 - i, 1 + (uint32_t)rl_random_below(&random, 100)};
    book.depth.asks[i] = (rl_level){tick.ask + 1 + i, 1 + (uint32_t)rl_random_below(&random, 100)};
  }
  book.depth.bids[behind] = (rl_level){tick.bid - 50, UINT32_MAX};
  book.depth.asks[behind] = (rl_level){tick.ask + 50, UINT32_MAX};
  book.depth.bid_count = book.depth.ask_count = (uint8_t)(behind + 1);
  return book;
}

static rl_source speaker(uint64_t k)
{
  return sources[k / 2 % SOURCES];
}

static int64_t arrival(uint64_t k)
{
  return (int64_t)k * STEP_NS;
}

static void *feed(void *unused)
{
  (void)unused;
  for (uint64_t k = 1; k <= updates; k++) {
    rl_manual_clock_advance_ns(&manual, STEP_NS);
    rl_tick tick = update(k);
    rl_book book = book_of(k);
    tick.bid_size = book.bid_size;
    tick.ask_size = book.ask_size;
    tick.depth = &book.depth;
    rl_now now = {{arrival(k)}, {INT64_MAX / 2}};
    if (rl_market_apply(market, speaker(k), &tick, now) != RL_TICK_GOOD)
      abort();
    tick.bid = tick.ask;
    if (k % 16 < 2)
      rl_market_apply(market, fixing, &tick, now);
  }
  atomic_store(&done, true);
  return NULL;
}

/* The desk halts USDJPY now and then, and lets it go. */
static void *halt_and_resume(void *unused)
{
  (void)unused;
  const rl_pair pair = {1};
  for (uint64_t turns = 0; !atomic_load(&done); turns++) {
    rl_pair_halt halt;
    rl_market_halt(market, pair);
    if (!rl_market_pair_halt(market, pair, &halt) || !halt.by_hand)
      abort();
    rl_market_resume(market, pair);
    for (unsigned i = 0; i < 500 && !atomic_load(&done); i++)
      rl_pause();
  }
  return NULL;
}

/* --- readers --- */

typedef struct reader {
  bool at_desk; /* looks at composites and sources one by one, not at crosses */
  uint64_t whole;
  uint64_t refused;
  uint64_t busy;
  const char *fault;
} reader;

static const char *check_tick(const rl_composite_tick *tick, rl_pair pair, uint64_t depth_units,
                              rl_mono now)
{
  rl_tick said = update(tick->sequence);
  rl_composite_tick vote = {.bid = said.bid, .ask = said.ask};
  rl_book book = book_of(tick->sequence);
  if (depth_units > 0 && !rl_book_vote(&book, depth_units, &vote))
    return "a vote on what no book holds";
  if (said.pair.index != pair.index || vote.bid != tick->bid || vote.ask != tick->ask ||
      said.source_utc_ms != tick->source_utc_ms ||
      speaker(tick->sequence).index != tick->source.index ||
      arrival(tick->sequence) != tick->arrival_mono_ns)
    return "a torn tick";
  return now.ns - tick->arrival_mono_ns >= 2 * RL_NS_PER_MS ? "a stale tick" : NULL;
}

static const char *check_composite(const rl_composite *composite, rl_mono now)
{
  rl_composite again = *composite;
  rl_composite_price(&again);
  if (again.bid_half != composite->bid_half || again.mid_half != composite->mid_half ||
      again.ask_half != composite->ask_half)
    return "a composite that its ticks do not give";
  if (composite->bid_half > composite->mid_half || composite->mid_half > composite->ask_half)
    return "a crossed composite";
  for (unsigned i = 0; i < composite->tick_count; i++) {
    const char *fault = check_tick(&composite->ticks[i], composite->pair,
                                   composite->depth_units, now);
    if (fault)
      return fault;
  }
  return NULL;
}

static uint64_t newest(const rl_composite *composite)
{
  uint64_t sequence = 0;
  for (unsigned i = 0; i < composite->tick_count; i++) {
    if (composite->ticks[i].sequence > sequence)
      sequence = composite->ticks[i].sequence;
  }
  return sequence;
}

/* The wall clock shows one of the 14 half days from Thursday 1970-01-01 on. */
#define HALF_DAY_MS 43200000

static const char *check_snapshot(const rl_snapshot *snapshot, rl_now now, uint64_t *seen)
{
  int64_t half_day = now.utc.ms / HALF_DAY_MS;
  bool open = half_day == 0 || half_day == 5 || half_day == 6;
  uint64_t first = newest(&snapshot->legs[0].composite);
  uint64_t second = newest(&snapshot->legs[1].composite);
  if (first - second != 1 && second - first != 1)
    return "legs that never stood together";
  if (first + second < *seen)
    return "a snapshot older than the one before";
  *seen = first + second;
  if (snapshot->conditions.closed == open)
    return "another instant's session";
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const char *fault = check_composite(&snapshot->legs[i].composite, now.mono);
    if (fault)
      return fault;
  }
  return NULL;
}

/* What the desk sees: a composite by itself, and a source's last word. */
static const char *check_desk(rl_source source, rl_pair pair, rl_mono now)
{
  rl_composite composite;
  if (rl_market_composite(market, pair, now, &composite) == RL_REFUSAL_NONE) {
    const char *fault = check_composite(&composite, now);
    if (fault)
      return fault;
  }
  rl_pair_halt halt;
  if (rl_market_pair_halt(market, pair, &halt) &&
      (halt.trip.why != RL_TRIP_NONE || pair.index != 1))
    return "a halt that nobody made";
  rl_source_pair_stats stats;
  if (!rl_market_source_pair(market, source, pair, now, &stats) || stats.sequence == 0)
    return NULL;
  rl_tick said = update(stats.sequence);
  if ((source.index != fixing.index && stats.bid != said.bid) || stats.ask != said.ask ||
      stats.source_utc_ms != said.source_utc_ms || said.pair.index != pair.index)
    return "a torn word of a source";
  return NULL;
}

/* For no amount, or for one of GBP, 0 minor units being none. */
static void read_cross(reader *tally, uint64_t *seen, int64_t minor, rl_mono mono,
                       rl_snapshot *snapshot)
{
  rl_amount amount = {minor, gbp};
  rl_now now = {.mono = mono, .utc.ms = mono.ns / STEP_NS % 14 * HALF_DAY_MS};
  rl_refusal refusal = rl_market_snapshot_for(market, gbp, jpy, minor ? &amount : NULL,
                                              now, snapshot);
  tally->whole += refusal == RL_REFUSAL_NONE;
  tally->busy += refusal == RL_REFUSAL_MARKET_BUSY;
  tally->refused += refusal != RL_REFUSAL_NONE && refusal != RL_REFUSAL_MARKET_BUSY;
  if (refusal == RL_REFUSAL_NONE)
    tally->fault = check_snapshot(snapshot, now, seen);
}

static void read_desk(reader *tally, rl_mono now)
{
  for (unsigned i = 0; i < 2 * (SOURCES + 1) && !tally->fault; i++)
    tally->fault = check_desk((rl_source){(uint8_t)(i / 2)}, (rl_pair){(uint16_t)(i % 2)}, now);
  tally->whole++;
}

static void *read_all(void *argument)
{
  reader *tally = argument;
  rl_clock clock = rl_clock_manual(&manual);
  rl_random dice = rl_random_from((uint64_t)(uintptr_t)tally);
  rl_snapshot snapshot;
  uint64_t seen = 0;
  while (!atomic_load(&done) && !tally->fault) {
    rl_mono now = rl_clock_read(&clock).mono;
    if (rl_random_below(&dice, 4) == 0) /* as if a little later: some votes are over */
      now.ns += rl_random_between(&dice, 0, 3 * RL_NS_PER_MS);
    if (tally->at_desk)
      read_desk(tally, now);
    else
      read_cross(tally, &seen, (int64_t)rl_random_below(&dice, 2) * AMOUNT_MINOR, now, &snapshot);
  }
  return NULL;
}

static rl_status open_market(void)
{
  static const char *const names[SOURCES] = {"a", "b", "c"};
  rl_status status = rl_universe_parse(universe_text, strlen(universe_text), "test", &universe,
                                       NULL);
  if (status == RL_OK)
    status = rl_market_create(universe, &market);
  for (unsigned i = 0; i < SOURCES && status == RL_OK; i++)
    status = rl_market_register(market, names[i], RL_SOURCE_LIVE, &sources[i]);
  if (status == RL_OK)
    status = rl_market_register(market, "fixing", RL_SOURCE_REFERENCE, &fixing);
  if (status == RL_OK)
    status = rl_currency_find("GBP", 3, &gbp);
  return status == RL_OK ? rl_currency_find("JPY", 3, &jpy) : status;
}

int main(int argc, char **argv)
{
  if (argc == 3 && strcmp(argv[1], "--updates") == 0)
    updates = strtoull(argv[2], NULL, 10);
  if (open_market() != RL_OK)
    return 2;
  rl_manual_clock_init(&manual, (rl_now){{0}, {0}});
  pthread_t intake, desk, readers[READERS];
  reader tallies[READERS] = {{.at_desk = true}};
  for (unsigned i = 0; i < READERS; i++)
    pthread_create(&readers[i], NULL, read_all, &tallies[i]);
  pthread_create(&intake, NULL, feed, NULL);
  pthread_create(&desk, NULL, halt_and_resume, NULL);
  pthread_join(intake, NULL);
  pthread_join(desk, NULL);
  int failed = 0;
  for (unsigned i = 0; i < READERS; i++) {
    pthread_join(readers[i], NULL);
    printf("reader %u: %" PRIu64 " whole, %" PRIu64 " refused, %" PRIu64 " busy%s%s\n", i,
           tallies[i].whole, tallies[i].refused, tallies[i].busy,
           tallies[i].fault ? ": " : "", tallies[i].fault ? tallies[i].fault : "");
    failed |= tallies[i].fault != NULL || tallies[i].whole == 0;
  }
  rl_market_destroy(market);
  rl_universe_destroy(universe);
  return failed;
}
