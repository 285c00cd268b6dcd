/* Records: any update comes back as it was put, in a bounded number of bytes. */
#include "support/random.h"
#include "tape/record.h"

#include <criterion/criterion.h>
#include <string.h>

enum { UPDATES = 20000, ROOM = UPDATES * RL_TAPE_RECORD_MAX };

/* Mostly small, at times the largest there is. */
static uint64_t any(rl_random *random, uint64_t max)
{
  switch (rl_random_below(random, 4)) {
  case 0: return 0;
  case 1: return max;
  case 2: return max < 5 ? max : 5;
  default: return rl_random_magnitude(random, max);
  }
}

static void fill_levels(rl_random *random, uint8_t *count, rl_level *levels)
{
  *count = (uint8_t)rl_random_below(random, RL_LEVELS_MAX);
  for (unsigned i = 0; i < *count; i++)
    levels[i] = (rl_level){(uint32_t)any(random, UINT32_MAX), (uint32_t)any(random, UINT32_MAX)};
}

typedef struct said {
  rl_tape_update update;
  rl_tick tick;
  rl_depth depth;
  rl_market_face face;
  bool published;
} said;

static void make(rl_random *random, rl_now *now, said *out)
{
  memset(out, 0, sizeof *out);
  if (rl_random_below(random, 3) > 0) {
    now->mono.ns += (int64_t)rl_random_magnitude(random, 10000000000);
    now->utc.ms = (int64_t)(1700000000000 + (uint64_t)now->mono.ns / 999999);
  }
  if (rl_random_below(random, 50) == 0)
    now->utc.ms = (int64_t)any(random, RL_INSTANT_MAX_MS);
  fill_levels(random, &out->depth.bid_count, out->depth.bids);
  fill_levels(random, &out->depth.ask_count, out->depth.asks);
  out->tick = (rl_tick){
    .pair.index = (uint16_t)any(random, RL_PAIRS_MAX - 1),
    .sequence = any(random, UINT64_MAX),
    .source_utc_ms = (int64_t)any(random, INT64_MAX) * (rl_random_below(random, 2) ? 1 : -1),
    .bid = (uint32_t)any(random, UINT32_MAX),
    .ask = (uint32_t)any(random, UINT32_MAX),
    .scale = (uint8_t)any(random, UINT8_MAX),
    .bid_size = any(random, UINT64_MAX),
    .ask_size = any(random, UINT64_MAX),
    .depth = rl_random_below(random, 3) ? NULL : &out->depth,
    .withdrawn = rl_random_below(random, 9) == 0,
  };
  out->face = (rl_market_face){
    .version = any(random, UINT64_MAX),
    .refusal = rl_random_below(random, 2) ? RL_REFUSAL_NONE : RL_REFUSAL_STALE_RATE,
    .tick_count = (uint8_t)any(random, RL_SOURCES_PER_PAIR_MAX),
    .bid_half = (uint32_t)any(random, UINT32_MAX),
    .mid_half = (uint32_t)any(random, UINT32_MAX),
    .ask_half = (uint32_t)any(random, UINT32_MAX),
    .volatility_ppm = (uint32_t)any(random, UINT32_MAX),
  };
  out->published = rl_random_below(random, 4) > 0;
  out->update = (rl_tape_update){
    .source.index = (uint8_t)any(random, RL_SOURCES_MAX - 1),
    .tick = &out->tick,
    .verdict = (rl_verdict)any(random, RL_VERDICT_COUNT - 1),
    .now = *now,
    .resumed = rl_random_below(random, 9) == 0,
    .face = out->published ? &out->face : NULL,
  };
}

static bool same_levels(const rl_level *left, const rl_level *right, unsigned count)
{
  bool same = true;
  for (unsigned i = 0; i < count; i++)
    same = same && left[i].price == right[i].price && left[i].size == right[i].size;
  return same;
}

static void expect_tick(const rl_tick *got, const rl_tick *put)
{
  cr_assert_eq(got->pair.index, put->pair.index);
  cr_assert_eq(got->sequence, put->sequence);
  cr_assert_eq(got->source_utc_ms, put->source_utc_ms);
  cr_assert(got->bid == put->bid && got->ask == put->ask && got->scale == put->scale);
  cr_assert(got->bid_size == put->bid_size && got->ask_size == put->ask_size);
  cr_assert_eq(got->withdrawn, put->withdrawn);
  cr_assert_eq(got->depth == NULL, put->depth == NULL);
  if (!put->depth)
    return;
  cr_assert_eq(got->depth->bid_count, put->depth->bid_count);
  cr_assert_eq(got->depth->ask_count, put->depth->ask_count);
  cr_assert(same_levels(got->depth->bids, put->depth->bids, put->depth->bid_count));
  cr_assert(same_levels(got->depth->asks, put->depth->asks, put->depth->ask_count));
}

static void expect_update(const rl_tape_record *got, const said *put)
{
  cr_assert_eq(got->kind, RL_TAPE_RECORD_UPDATE);
  cr_assert_eq(got->source.index, put->update.source.index);
  cr_assert_eq(got->verdict, put->update.verdict);
  cr_assert_eq(got->now.mono.ns, put->update.now.mono.ns);
  cr_assert_eq(got->now.utc.ms, put->update.now.utc.ms);
  cr_assert_eq(got->resumed, put->update.resumed);
  cr_assert_eq(got->published, put->published);
  expect_tick(&got->tick, &put->tick);
  if (put->published)
    cr_assert(memcmp(&got->face, &put->face, sizeof put->face) == 0 ||
              (got->face.version == put->face.version && got->face.refusal == put->face.refusal &&
               got->face.tick_count == put->face.tick_count &&
               got->face.bid_half == put->face.bid_half &&
               got->face.mid_half == put->face.mid_half &&
               got->face.ask_half == put->face.ask_half &&
               got->face.volatility_ppm == put->face.volatility_ppm));
}

Test(tape_record, any_update_comes_back_as_it_was_put)
{
  static uint8_t bytes[ROOM];
  static said all[1000];
  rl_random random = rl_random_from(rl_test_seed("records"));
  rl_tape_context *putting, *getting;
  cr_assert_eq(rl_tape_context_create(&putting), RL_OK);
  cr_assert_eq(rl_tape_context_create(&getting), RL_OK);
  for (unsigned round = 0; round < 20; round++) {
    rl_now now = {{1000000000}, {1750000000000}};
    rl_writer out = rl_writer_over(bytes, sizeof bytes);
    rl_tape_record_put_reset(putting, now, &out);
    for (unsigned i = 0; i < 1000; i++) {
      size_t before = out.used;
      make(&random, &now, &all[i]);
      rl_tape_record_put_update(putting, &all[i].update, &out);
      cr_assert_leq(out.used - before, RL_TAPE_RECORD_MAX);
    }
    rl_reader in = rl_reader_over(bytes, out.used);
    rl_tape_record record;
    cr_assert(rl_tape_record_get(getting, &in, &record));
    for (unsigned i = 0; i < 1000; i++) {
      cr_assert(rl_tape_record_get(getting, &in, &record), "%u", i);
      expect_update(&record, &all[i]);
    }
    cr_assert(rl_reader_done(&in));
  }
  rl_tape_context_destroy(putting);
  rl_tape_context_destroy(getting);
}
