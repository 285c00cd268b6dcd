#include "tape/stand.h"

#include "tape/segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const stand_pairs[STAND_PAIRS] = {"EURUSD", "USDJPY", "GBPUSD", "EURCHF"};

static const char universe_text[] =
  "order EUR GBP USD CHF JPY\n"
  "pivot USD\n"
  "pair EUR USD scale=6 max_age_ms=5000 jump_ppm=20000 min_half_spread=5\n"
  "pair USD JPY scale=4 pip=2 max_age_ms=3000 jump_ppm=20000 min_sources=2\n"
  "pair GBP USD scale=6 max_age_ms=60000 policy=best\n"
  "pair EUR CHF scale=6 max_age_ms=5000 depth=vwap\n";

static const int64_t starts[STAND_PAIRS] = {1125200, 1452050, 1328450, 930120};

static void give_up(const char *what)
{
  fprintf(stderr, "stand: %s failed\n", what);
  abort();
}

static void open_engine(stand *it)
{
  if (rl_market_create(it->universe, &it->market) != RL_OK)
    give_up("market");
  const rl_recorder_options options = {
    .directory = it->directory,
    .market = it->market,
    .universe = universe_text,
    .universe_length = sizeof universe_text - 1,
    .clock = it->clock,
    .boot_id = 7,
    .keep_ms = it->keep_ms,
    .keep_bytes = it->keep_bytes,
  };
  rl_error error;
  if (rl_recorder_open(&options, &it->recorder, &error) != RL_OK)
    give_up(error.text);
  it->source_count = 0;
}

void stand_open(stand *it, uint64_t seed)
{
  memset(it, 0, sizeof *it);
  it->random = rl_random_from(seed);
  strncpy(it->directory, "/tmp/rl-tape-XXXXXX", sizeof it->directory - 1);
  rl_manual_clock_init(&it->manual, (rl_now){{86400000000000}, {1767225600123}});
  it->clock = rl_clock_manual(&it->manual);
  memcpy(it->levels, starts, sizeof starts);
  rl_error error;
  if (!mkdtemp(it->directory) ||
      rl_universe_parse(universe_text, sizeof universe_text - 1, "test", &it->universe, &error) !=
        RL_OK)
    give_up("universe");
  open_engine(it);
}

static void close_engine(stand *it)
{
  rl_recorder_close(it->recorder);
  rl_market_destroy(it->market);
}

void stand_restart(stand *it)
{
  close_engine(it);
  rl_manual_clock_advance_ns(&it->manual, 2000000000);
  open_engine(it);
}

void stand_close(stand *it)
{
  char path[512];
  close_engine(it);
  while (stand_file(it, 0, path))
    unlink(path);
  rmdir(it->directory);
  rl_universe_destroy(it->universe);
}

/* --- updates --- */

/* Sources come one after another; the last is a fixing. */
static rl_source any_source(stand *it, unsigned *number)
{
  if (it->source_count < STAND_SOURCES && rl_random_below(&it->random, 20) == 0) {
    char name[RL_SOURCE_NAME_MAX + 1];
    snprintf(name, sizeof name, "SOURCE%u", it->source_count);
    bool fixing = it->source_count == STAND_SOURCES - 1;
    if (rl_market_register(it->market, name, fixing ? RL_SOURCE_REFERENCE : RL_SOURCE_LIVE,
                           &it->sources[it->source_count]) != RL_OK)
      give_up("source");
    it->source_count++;
  }
  if (it->source_count == 0)
    return any_source(it, number);
  *number = (unsigned)rl_random_below(&it->random, it->source_count);
  return it->sources[*number];
}

static void add_depth(stand *it, rl_tick *tick, rl_depth *depth)
{
  depth->bid_count = depth->ask_count = (uint8_t)rl_random_below(&it->random, RL_LEVELS_MAX);
  for (unsigned i = 0; i < depth->bid_count; i++) {
    depth->bids[i] = (rl_level){tick->bid - 1 - i, 1000000 * (i + 1)};
    depth->asks[i] = (rl_level){tick->ask + 1 + i, 2000000 * (i + 1)};
  }
  tick->depth = depth;
  tick->bid_size = tick->ask_size = 500000;
}

/* What real and broken feeds send at times. */
static void spoil(stand *it, uint64_t *sequence, rl_tick *tick)
{
  switch (rl_random_below(&it->random, 10)) {
  case 0: tick->bid = tick->ask + 3; break;
  case 1: tick->bid = tick->ask; break;
  case 2: tick->bid += tick->bid / 20; tick->ask += tick->ask / 20; break;
  case 3: tick->bid = 0; break;
  case 4: tick->ask = UINT32_MAX; break;
  case 5: tick->sequence -= rl_random_below(&it->random, 3); break;
  case 6: tick->sequence = *sequence += rl_random_below(&it->random, 1000); break;
  case 7: tick->source_utc_ms += 5000; break;
  case 8: tick->scale = (uint8_t)rl_random_below(&it->random, 9); break;
  default: tick->withdrawn = true; tick->bid = tick->ask = 0; break;
  }
}

rl_verdict stand_tick(stand *it, int64_t step_ns)
{
  rl_random *random = &it->random;
  if (rl_random_below(random, 4) > 0) /* else in one message with the one before */
    rl_manual_clock_advance_ns(&it->manual, (int64_t)rl_random_below(random, (uint64_t)step_ns));
  rl_now now = rl_clock_read(&it->clock);
  unsigned number;
  rl_source source = any_source(it, &number);
  unsigned pair = (unsigned)rl_random_below(random, STAND_PAIRS);
  it->levels[pair] += rl_random_between(random, -20, 20);
  uint32_t half = (uint32_t)rl_random_between(random, 1, 30);
  rl_tick tick = {
    .sequence = ++it->sequences[number][pair],
    .source_utc_ms = rl_random_below(random, 8) ? now.utc.ms - 40 : 0,
    .bid = (uint32_t)it->levels[pair] - half,
    .ask = (uint32_t)it->levels[pair] + half,
    .scale = pair == 1 ? 4 : 6,
    .bid_size = rl_random_below(random, 2) * 1000000,
  };
  rl_depth depth = {0};
  if (rl_universe_find_name(it->universe, stand_pairs[pair], 6, &tick.pair) != RL_OK)
    give_up("pair");
  if (rl_random_below(random, 4) == 0)
    add_depth(it, &tick, &depth);
  if (rl_random_below(random, 12) == 0)
    spoil(it, &it->sequences[number][pair], &tick);
  if (rl_random_below(random, 300) == 0)
    rl_market_halt(it->market, tick.pair);
  if (rl_random_below(random, 150) == 0)
    rl_market_resume(it->market, tick.pair);
  it->source = source;
  it->tick = tick;
  it->depth = depth;
  it->now = now;
  if (tick.depth)
    it->tick.depth = &it->depth;
  return rl_recorder_apply(it->recorder, source, &tick, now);
}

void stand_run(stand *it, unsigned updates, int64_t step_ns)
{
  for (unsigned i = 0; i < updates; i++) {
    stand_tick(it, step_ns);
    if (rl_random_below(&it->random, 10) == 0)
      rl_recorder_write(it->recorder);
  }
}

/* --- reading --- */

rl_composite stand_read(const stand *it, unsigned pair)
{
  rl_composite composite;
  rl_pair at;
  if (rl_universe_find_name(it->universe, stand_pairs[pair], 6, &at) != RL_OK)
    give_up("pair");
  rl_market_composite(it->market, at, rl_clock_read(&it->clock).mono, &composite);
  return composite;
}

static bool same_tick(const rl_composite_tick *left, const rl_composite_tick *right)
{
  return left->sequence == right->sequence && left->source_utc_ms == right->source_utc_ms &&
         left->arrival_mono_ns == right->arrival_mono_ns && left->bid == right->bid &&
         left->ask == right->ask && left->source.index == right->source.index;
}

bool stand_same(const rl_composite *left, const rl_composite *right)
{
  bool same = left->refusal == right->refusal && left->version == right->version &&
              left->bid_half == right->bid_half && left->mid_half == right->mid_half &&
              left->ask_half == right->ask_half && left->tick_count == right->tick_count &&
              left->volatility_ppm == right->volatility_ppm &&
              left->made_mono_ns == right->made_mono_ns &&
              left->fresh_until_mono_ns == right->fresh_until_mono_ns;
  for (unsigned i = 0; same && i < left->tick_count; i++)
    same = same_tick(&left->ticks[i], &right->ticks[i]);
  return same;
}

rl_tape_replay_counts stand_replay(const stand *it, rl_utc from, rl_utc to)
{
  const rl_tape_replay_options options = {.directory = it->directory, .from = from, .to = to};
  rl_tape_replay *replay;
  rl_tape_replay_step step;
  rl_error error;
  if (rl_tape_replay_open(&options, &replay, &error) != RL_OK)
    give_up(error.text);
  while (rl_tape_replay_next(replay, &step)) {
  }
  rl_tape_replay_counts counts = rl_tape_replay_counts_now(replay);
  rl_tape_replay_close(replay);
  return counts;
}

bool stand_file(const stand *it, unsigned place, char out[512])
{
  rl_segment_list list;
  if (rl_segment_list_read(it->directory, &list, NULL) != RL_OK)
    give_up("list");
  bool there = place < list.count;
  if (there && rl_segment_path(it->directory, list.names[place], out) != RL_OK)
    give_up("path");
  rl_segment_list_free(&list);
  return there;
}

unsigned stand_file_count(const stand *it)
{
  char path[512];
  unsigned count = 0;
  while (stand_file(it, count, path))
    count++;
  return count;
}
