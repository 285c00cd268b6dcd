/* A market rebuilt of the tape is the one that was recorded. */
#include "tape/stand.h"

#include <criterion/criterion.h>

static const rl_utc always_from = {0};
static const rl_utc always_to = {RL_INSTANT_MAX_MS};

static void expect_whole(rl_tape_replay_counts counts, uint64_t updates)
{
  cr_assert_eq(counts.updates, updates, "%lu updates", (unsigned long)counts.updates);
  cr_assert_eq(counts.mismatches, 0, "%lu mismatches", (unsigned long)counts.mismatches);
  cr_assert_eq(counts.gaps, 0);
  cr_assert_eq(counts.troubles, 0);
  cr_assert_gt(counts.composites, updates / 2);
}

Test(tape, replay_makes_every_composite_again)
{
  stand it;
  stand_open(&it, rl_test_seed("replay"));
  stand_run(&it, 20000, 30000000);
  rl_recorder_write_all(it.recorder);
  expect_whole(stand_replay(&it, always_from, always_to), 20000);
  stand_close(&it);
}

Test(tape, replay_goes_on_over_segments_and_begins_anew_with_a_run)
{
  stand it;
  stand_open(&it, rl_test_seed("segments"));
  for (unsigned run = 0; run < 3; run++) {
    for (unsigned part = 0; part < 3; part++) {
      stand_run(&it, 2000, 30000000);
      rl_manual_clock_advance_ns(&it.manual, RL_TAPE_SEGMENT_MS * RL_NS_PER_MS);
    }
    stand_restart(&it);
  }
  cr_assert_eq(stand_file_count(&it), 9);
  rl_tape_replay_counts counts = stand_replay(&it, always_from, always_to);
  expect_whole(counts, 18000);
  cr_assert_eq(counts.segments, 9);
  stand_close(&it);
}

Test(tape, the_same_tape_gives_the_same_hash_and_another_another)
{
  rl_tape_replay_counts counts[3];
  for (unsigned i = 0; i < 3; i++) {
    stand it;
    stand_open(&it, i == 2 ? 12 : 11);
    stand_run(&it, 3000, 30000000);
    rl_recorder_write_all(it.recorder);
    counts[i] = stand_replay(&it, always_from, always_to);
    cr_assert_eq(counts[i].hash, stand_replay(&it, always_from, always_to).hash);
    stand_close(&it);
  }
  cr_assert_eq(counts[0].hash, counts[1].hash);
  cr_assert_neq(counts[0].hash, counts[2].hash);
}

typedef struct sight {
  rl_now at;
  rl_composite pairs[STAND_PAIRS];
} sight;

/* The market at this instant, as the tape has it; prices behind the last update, too. */
static void expect_sight(const stand *it, const sight *seen)
{
  const rl_tape_replay_options options = {
    .directory = it->directory,
    .from = seen->at.utc,
    .to = {seen->at.utc.ms + 1},
    .whole = true,
  };
  rl_tape_replay *replay;
  rl_tape_replay_step step;
  rl_error error;
  cr_assert_eq(rl_tape_replay_open(&options, &replay, &error), RL_OK, "%s", error.text);
  while (rl_tape_replay_next(replay, &step))
    cr_assert(step.matches);
  const rl_market *market = rl_tape_replay_market(replay);
  /* A wall clock tells whole milliseconds, and the manual one loses what is less at each move. */
  int64_t off_ns = rl_tape_replay_instant(replay, seen->at.utc).mono.ns - seen->at.mono.ns;
  cr_assert(off_ns > -3 * RL_NS_PER_MS && off_ns < 3 * RL_NS_PER_MS, "%ld", (long)off_ns);
  for (unsigned i = 0; i < STAND_PAIRS; i++) {
    rl_pair pair;
    rl_composite composite;
    cr_assert_eq(rl_universe_find_name(rl_market_universe(market), stand_pairs[i], 6, &pair),
                 RL_OK);
    rl_market_composite(market, pair, seen->at.mono, &composite);
    const rl_composite *shown = &seen->pairs[i];
    cr_assert(stand_same(&composite, shown), "%s: %d %u %u %u %lu %ld against %d %u %u %u %lu %ld",
              stand_pairs[i], (int)composite.refusal, composite.mid_half, composite.tick_count,
              composite.volatility_ppm, (unsigned long)composite.version,
              (long)composite.fresh_until_mono_ns, (int)shown->refusal, shown->mid_half,
              shown->tick_count, shown->volatility_ppm, (unsigned long)shown->version,
              (long)shown->fresh_until_mono_ns);
  }
  rl_tape_replay_close(replay);
}

/* Both clocks at a whole millisecond, behind all updates of it. */
static sight look(stand *it)
{
  int64_t rest = RL_NS_PER_MS - rl_clock_read(&it->clock).mono.ns % RL_NS_PER_MS;
  rl_manual_clock_advance_ns(&it->manual, rest);
  sight seen = {.at = rl_clock_read(&it->clock)};
  for (unsigned i = 0; i < STAND_PAIRS; i++)
    seen.pairs[i] = stand_read(it, i);
  rl_manual_clock_advance_ns(&it->manual, RL_NS_PER_MS);
  return seen;
}

Test(tape, the_board_of_any_instant_is_the_one_that_was_shown)
{
  enum { SIGHTS = 60 };
  static sight sights[SIGHTS];
  stand it;
  stand_open(&it, rl_test_seed("sights"));
  for (unsigned i = 0; i < SIGHTS; i++) {
    stand_run(&it, 1 + (unsigned)rl_random_below(&it.random, 300), 40000000);
    rl_manual_clock_advance_ns(&it.manual,
                               (int64_t)rl_random_magnitude(&it.random, 1200000000000));
    sights[i] = look(&it);
    if (i % 20 == 19)
      stand_restart(&it);
  }
  rl_recorder_write_all(it.recorder);
  cr_assert_geq(stand_file_count(&it), 3);
  for (unsigned i = 0; i < SIGHTS; i++)
    expect_sight(&it, &sights[i]);
  stand_close(&it);
}

Test(tape, an_instant_however_far_ahead_has_no_price_any_more)
{
  stand it;
  stand_open(&it, 8);
  stand_run(&it, 500, 1000000);
  rl_recorder_write_all(it.recorder);
  const rl_tape_replay_options options = {
    .directory = it.directory, .from = {0}, .to = {RL_INSTANT_MAX_MS}};
  rl_tape_replay *replay;
  rl_tape_replay_step step;
  cr_assert_eq(rl_tape_replay_open(&options, &replay, NULL), RL_OK);
  while (rl_tape_replay_next(replay, &step)) {
  }
  static const int64_t years[] = {1, 30, 250, 300, 7000};
  for (unsigned i = 0; i < sizeof years / sizeof *years; i++) {
    rl_composite composite;
    rl_utc at = {it.now.utc.ms + years[i] * 365 * 86400000};
    rl_market_composite(rl_tape_replay_market(replay), it.tick.pair,
                        rl_tape_replay_instant(replay, at).mono, &composite);
    cr_expect_eq(composite.refusal, RL_REFUSAL_STALE_RATE, "%lld years", (long long)years[i]);
  }
  rl_tape_replay_close(replay);
  stand_close(&it);
}

Test(tape, a_replay_counts_within_its_interval_only)
{
  stand it;
  stand_open(&it, rl_test_seed("interval"));
  stand_run(&it, 500, 30000000);
  rl_utc from = look(&it).at.utc;
  stand_run(&it, 700, 30000000);
  rl_utc to = look(&it).at.utc;
  stand_run(&it, 300, 30000000);
  rl_recorder_write_all(it.recorder);
  cr_assert_eq(stand_replay(&it, from, to).updates, 700);
  stand_close(&it);
}
