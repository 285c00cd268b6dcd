/* What the intake refuses, converts and counts (K1). */
#include "market/world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_world world;
static rl_source a;

static void open_world(void)
{
  world = world_of("pair EUR USD scale=6 depth=vwap\n"
                   "pair EUR IDR scale=0\n"
                   "pair EUR GBP scale=12\n");
  a = world_live(&world, "a");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_intake, .init = open_world, .fini = close_world);

static rl_tick tick_of(const char *pair, uint32_t bid, uint32_t ask, uint8_t scale)
{
  return (rl_tick){.pair = world_pair(&world, pair), .sequence = world.sequence++,
                   .bid = bid, .ask = ask, .scale = scale};
}

static rl_verdict apply(rl_tick tick)
{
  return rl_market_apply(world.market, a, &tick, world.now);
}

Test(market_intake, zero_price_is_malformed)
{
  cr_expect_eq(apply(tick_of("EURUSD", 0, 1, 6)), RL_TICK_MALFORMED_PRICE);
  cr_expect_eq(apply(tick_of("EURUSD", 1, 0, 6)), RL_TICK_MALFORMED_PRICE);
  cr_expect_eq(apply(tick_of("EURUSD", 1, 1, 6)), RL_TICK_LOCKED);
}

Test(market_intake, price_of_more_than_nine_digits_is_malformed)
{
  cr_expect_eq(apply(tick_of("EURUSD", 999999999, 999999999, 6)), RL_TICK_LOCKED);
  cr_expect_eq(apply(tick_of("EURUSD", 999999999, 1000000000, 6)), RL_TICK_MALFORMED_PRICE);
  cr_expect_eq(apply(tick_of("EURUSD", 1000000000, 1000000000, 6)), RL_TICK_MALFORMED_PRICE);
  cr_expect_eq(apply(tick_of("EURUSD", UINT32_MAX, UINT32_MAX, 6)), RL_TICK_MALFORMED_PRICE);
}

Test(market_intake, price_that_outgrows_the_pairs_scale_is_malformed)
{
  cr_expect_eq(apply(tick_of("EURUSD", 99999999, 99999999, 5)), RL_TICK_LOCKED);
  cr_expect_eq(apply(tick_of("EURUSD", 99999999, 100000000, 5)), RL_TICK_MALFORMED_PRICE);
  cr_expect_eq(apply(tick_of("EURUSD", 999999999, 999999999, 5)), RL_TICK_MALFORMED_PRICE);
  cr_expect_eq(apply(tick_of("EURGBP", 1, 1, 4)), RL_TICK_LOCKED);
  cr_expect_eq(apply(tick_of("EURGBP", 1, 1, 3)), RL_TICK_MALFORMED_PRICE);
  cr_expect_eq(apply(tick_of("EURGBP", UINT32_MAX, UINT32_MAX, 0)), RL_TICK_MALFORMED_PRICE);
}

Test(market_intake, fewer_decimals_are_filled_up)
{
  apply(tick_of("EURUSD", 11252, 11254, 4));
  world_expect(&world, "EURUSD", 1125200, 1125400);
}

Test(market_intake, more_decimals_are_taken_only_when_they_are_zeros)
{
  cr_expect_eq(apply(tick_of("EURUSD", 112520000, 112530000, 8)), RL_TICK_GOOD);
  world_expect(&world, "EURUSD", 1125200, 1125300);
  cr_expect_eq(apply(tick_of("EURUSD", 112520000, 112530001, 8)), RL_TICK_MALFORMED_SCALE);
  cr_expect_eq(apply(tick_of("EURUSD", 112520010, 112530000, 8)), RL_TICK_MALFORMED_SCALE);
  cr_expect_eq(apply(tick_of("EURIDR", 1000, 2000, 3)), RL_TICK_GOOD);
  cr_expect_eq(apply(tick_of("EURIDR", 1000, 2000, UINT8_MAX)), RL_TICK_MALFORMED_SCALE);
}

Test(market_intake, sequence_must_rise)
{
  rl_tick tick = tick_of("EURUSD", 1125200, 1125300, 6);
  tick.sequence = 10;
  cr_expect_eq(apply(tick), RL_TICK_GOOD);
  cr_expect_eq(apply(tick), RL_TICK_DUPLICATE, "the same again");
  tick.bid = 1125100;
  cr_expect_eq(apply(tick), RL_TICK_DUPLICATE, "whatever it says now");
  tick.sequence = 9;
  cr_expect_eq(apply(tick), RL_TICK_MALFORMED_ORDER);
  tick.sequence = 11;
  cr_expect_eq(apply(tick), RL_TICK_GOOD);
}

Test(market_intake, first_update_is_no_duplicate_of_nothing)
{
  rl_tick tick = tick_of("EURUSD", 1125200, 1125300, 6);
  tick.sequence = 0;
  cr_expect_eq(apply(tick), RL_TICK_GOOD);
  cr_expect_eq(apply(tick), RL_TICK_DUPLICATE);
}

Test(market_intake, sequence_starts_anywhere_and_ends_at_its_bound)
{
  rl_tick tick = tick_of("EURUSD", 1125200, 1125300, 6);
  tick.sequence = 0;
  cr_expect_eq(apply(tick), RL_TICK_GOOD);
  tick.sequence = RL_SEQUENCE_MAX;
  cr_expect_eq(apply(tick), RL_TICK_GOOD);
  cr_expect_eq(world_composite(&world, "EURUSD").ticks[0].sequence, RL_SEQUENCE_MAX);
  cr_expect_eq(world_composite(&world, "EURUSD").ticks[0].source.index, a.index);
  tick.sequence = RL_SEQUENCE_MAX + 1;
  cr_expect_eq(apply(tick), RL_TICK_MALFORMED_ORDER);
}

Test(market_intake, sequences_are_counted_per_pair)
{
  rl_tick euro = tick_of("EURUSD", 1125200, 1125300, 6);
  rl_tick rupiah = tick_of("EURIDR", 18606, 18607, 0);
  euro.sequence = 5;
  rupiah.sequence = 4;
  cr_expect_eq(apply(euro), RL_TICK_GOOD);
  cr_expect_eq(apply(rupiah), RL_TICK_GOOD);
}

Test(market_intake, refused_update_does_not_use_up_its_sequence)
{
  rl_tick tick = tick_of("EURUSD", 0, 0, 6);
  cr_expect_eq(apply(tick), RL_TICK_MALFORMED_PRICE);
  tick.bid = tick.ask = 1125200;
  cr_expect_eq(apply(tick), RL_TICK_LOCKED);
}

Test(market_intake, time_of_the_source_may_lead_ours_by_its_bound)
{
  int64_t now = world.now.utc.ms;
  cr_expect_eq(world_say_at(&world, a, "EURUSD", 1125200, 1125300, now + RL_SOURCE_FUTURE_MS),
               RL_TICK_GOOD);
  cr_expect_eq(world_say_at(&world, a, "EURUSD", 1125200, 1125300, now + RL_SOURCE_FUTURE_MS + 1),
               RL_TICK_MALFORMED_FUTURE);
  cr_expect_eq(world_say_at(&world, a, "EURUSD", 1125200, 1125300, INT64_MAX),
               RL_TICK_MALFORMED_FUTURE);
  cr_expect_eq(world_say_at(&world, a, "EURUSD", 1125200, 1125300, 1), RL_TICK_GOOD,
               "an old stamp is fine: age is by arrival");
}

Test(market_intake, time_before_the_epoch_is_no_time)
{
  cr_expect_eq(world_say_at(&world, a, "EURUSD", 1125200, 1125300, INT64_MIN), RL_TICK_GOOD);
  cr_expect_eq(world_composite(&world, "EURUSD").ticks[0].source_utc_ms, 0);
}

Test(market_intake, malformed_update_leaves_the_last_good_rate_as_it_is)
{
  world_say(&world, a, "EURUSD", 1125200, 1125300);
  rl_composite before = world_composite(&world, "EURUSD");
  world_wait_ns(&world, RL_NS_PER_MS);
  cr_expect_eq(world_say(&world, a, "EURUSD", 0, 1125300), RL_TICK_MALFORMED_PRICE);
  rl_composite after = world_composite(&world, "EURUSD");
  cr_expect_eq(after.version, before.version);
  cr_expect_eq(after.fresh_until_mono_ns, before.fresh_until_mono_ns);
  cr_expect_eq(memcmp(after.ticks, before.ticks, sizeof *after.ticks), 0);
}

Test(market_intake, composite_carries_what_made_it)
{
  world_say_at(&world, a, "EURUSD", 1125200, 1125300, 1746700000001ll);
  rl_composite composite = world_composite(&world, "EURUSD");
  rl_composite_tick tick = composite.ticks[0];
  cr_expect_eq(composite.pair.index, world_pair(&world, "EURUSD").index);
  cr_expect_eq(composite.scale, 6);
  cr_expect_eq(composite.tick_count, 1);
  cr_expect_eq(tick.sequence, world.sequence - 1);
  cr_expect_eq(tick.source_utc_ms, 1746700000001ll);
  cr_expect_eq(tick.arrival_mono_ns, world.now.mono.ns);
  cr_expect_eq(tick.bid, 1125200);
  cr_expect_eq(tick.ask, 1125300);
  cr_expect_eq(tick.source.index, a.index);
}

/* --- sources --- */

Test(market_intake, source_is_found_again_by_its_name)
{
  rl_source same = {99};
  cr_expect_eq(rl_market_register(world.market, "a", RL_SOURCE_LIVE, &same), RL_OK);
  cr_expect_eq(same.index, a.index);
  cr_expect_eq(rl_market_source_count(world.market), 1);
  cr_expect_eq(rl_market_register(world.market, "a", RL_SOURCE_REFERENCE, &same), RL_EXISTS);
  cr_expect_str_eq(rl_market_source_name(world.market, a), "a");
}

Test(market_intake, source_names_are_short_printable_words)
{
  rl_source source = {99};
  static const char *const wrong[] = {"", "a b", "tab\t", "\x7f", "\xc3\xa9", "sixteen-letters!"};
  for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
    cr_expect_eq(rl_market_register(world.market, wrong[i], RL_SOURCE_LIVE, &source), RL_INVALID);
  cr_expect_eq(source.index, 99);
  cr_expect_eq(rl_market_register(world.market, "fifteen-letters", RL_SOURCE_LIVE, &source),
               RL_OK);
  cr_expect_eq(rl_market_register(world.market, "~!#", RL_SOURCE_LIVE, &source), RL_OK);
}

static rl_source nth_source(unsigned n, rl_source_class class)
{
  char name[8];
  rl_source source = {0};
  snprintf(name, sizeof name, "n%u", n);
  cr_assert_eq(rl_market_register(world.market, name, class, &source), RL_OK);
  return source;
}

Test(market_intake, market_is_full_beyond_its_sources)
{
  for (unsigned i = 1; i < RL_SOURCES_MAX; i++)
    nth_source(i, RL_SOURCE_LIVE);
  rl_source source = {99};
  cr_expect_eq(rl_market_register(world.market, "more", RL_SOURCE_LIVE, &source), RL_FULL);
  cr_expect_eq(rl_market_register(world.market, "n7", RL_SOURCE_LIVE, &source), RL_OK);
}

Test(market_intake, pair_has_room_for_its_sources_of_each_class_and_no_more)
{
  for (unsigned i = 0; i < RL_SOURCES_PER_PAIR_MAX; i++) {
    world_say(&world, nth_source(i, RL_SOURCE_LIVE), "EURUSD", 1125200, 1125300);
    world_say(&world, nth_source(100 + i, RL_SOURCE_REFERENCE), "EURUSD", 1125200, 1125300);
  }
  cr_expect_eq(world_composite(&world, "EURUSD").tick_count, RL_SOURCES_PER_PAIR_MAX);
  cr_expect_eq(world_say(&world, a, "EURUSD", 1125200, 1125300), RL_TICK_NO_ROOM);
  rl_source last = nth_source(200, RL_SOURCE_REFERENCE);
  cr_expect_eq(world_say(&world, last, "EURUSD", 1125200, 1125300), RL_TICK_NO_ROOM);
  rl_source_pair_stats stats = {.sequence = 77};
  cr_expect_not(rl_market_source_pair(world.market, a, world_pair(&world, "EURUSD"),
                                      world.now.mono, &stats));
  cr_expect_eq(stats.sequence, 77);
  rl_source_info info;
  rl_market_source_info(world.market, a, &info);
  cr_expect_eq(info.ticks, 1);
  cr_expect_eq(info.verdicts[RL_TICK_NO_ROOM], 1);
  cr_expect_eq(world_say(&world, a, "EURIDR", 18606, 18607), RL_TICK_GOOD, "elsewhere it has");
}

/* --- counters --- */

Test(market_intake, every_verdict_is_counted_for_the_source_and_its_pair)
{
  world_say(&world, a, "EURUSD", 1125200, 1125300);
  world_say(&world, a, "EURUSD", 1125200, 1125200);
  world_say(&world, a, "EURUSD", 1125300, 1125200);
  world_say(&world, a, "EURUSD", 2125200, 2125300);
  world_say(&world, a, "EURUSD", 0, 1);
  apply(tick_of("EURUSD", 1, 1, 9));
  rl_tick deep = tick_of("EURUSD", 1125200, 1125300, 6);
  deep.depth = &(rl_depth){.bid_count = 1};
  apply(deep);
  rl_tick back = tick_of("EURUSD", 0, 0, 6);
  back.withdrawn = true;
  apply(back);
  apply(back);
  rl_tick again = tick_of("EURUSD", 1125200, 1125200, 6);
  again.sequence = 1;
  apply(again);
  world_say_at(&world, a, "EURUSD", 1125200, 1125200, INT64_MAX);
  world_say(&world, a, "EURIDR", 18606, 18607);
  rl_source_info info;
  rl_market_source_info(world.market, a, &info);
  rl_source_pair_stats euro = world_stats(&world, a, "EURUSD");
  rl_source_pair_stats rupiah = world_stats(&world, a, "EURIDR");
  cr_expect_eq(info.ticks, 12);
  for (unsigned verdict = 0; verdict < RL_TICK_NO_ROOM; verdict++) {
    cr_expect_eq(euro.verdicts[verdict], 1, "%s", rl_verdict_name(verdict));
    cr_expect_eq(rupiah.verdicts[verdict], verdict == RL_TICK_GOOD);
    cr_expect_eq(info.verdicts[verdict], euro.verdicts[verdict] + rupiah.verdicts[verdict]);
  }
  cr_expect_eq(info.last_mono_ns, world.now.mono.ns);
  cr_expect_eq(info.class, RL_SOURCE_LIVE);
  cr_expect_str_eq(info.name, "a");
}

Test(market_intake, skipped_sequence_numbers_are_gaps)
{
  static const uint64_t sequences[] = {7, 8, 10, 9, 15, 16};
  for (unsigned i = 0; i < 6; i++) {
    rl_tick tick = tick_of("EURUSD", 1125200, 1125300, 6);
    tick.sequence = sequences[i];
    apply(tick);
  }
  cr_expect_eq(world_stats(&world, a, "EURUSD").gaps, 1 + 4, "9, and 11 to 14");
  rl_source_info info;
  rl_market_source_info(world.market, a, &info);
  cr_expect_eq(info.gaps, 5);
}

Test(market_intake, leap_of_the_sequence_is_a_new_start_and_one_gap)
{
  uint64_t sequence = 7;
  static const uint64_t skipped[] = {RL_SEQUENCE_LEAP - 1, RL_SEQUENCE_LEAP, 1ull << 40};
  static const uint64_t gaps[] = {RL_SEQUENCE_LEAP - 1, RL_SEQUENCE_LEAP, RL_SEQUENCE_LEAP + 1};
  rl_tick tick = tick_of("EURUSD", 1125200, 1125300, 6);
  tick.sequence = sequence;
  apply(tick);
  for (unsigned i = 0; i < 3; i++) {
    tick.sequence = sequence += skipped[i] + 1;
    apply(tick);
    cr_expect_eq(world_stats(&world, a, "EURUSD").gaps, gaps[i]);
  }
}

Test(market_intake, accepted_update_with_the_prices_of_the_last_is_a_repeat)
{
  world_say(&world, a, "EURUSD", 1125200, 1125300);
  world_say(&world, a, "EURUSD", 1125200, 1125300);
  world_say(&world, a, "EURUSD", 1125200, 1125301);
  world_say(&world, a, "EURUSD", 0, 1125301);
  world_say(&world, a, "EURUSD", 1125200, 1125301);
  world_say(&world, a, "EURIDR", 18606, 18607);
  cr_expect_eq(world_stats(&world, a, "EURUSD").repeats, 2, "the second, and the last over a zero");
  cr_expect_eq(world_stats(&world, a, "EURIDR").repeats, 0);
  world_say(&world, a, "EURIDR", 18606, 18607);
  rl_source_info info;
  rl_market_source_info(world.market, a, &info);
  cr_expect_eq(info.repeats, 3);
}

Test(market_intake, withdrawal_repeats_nothing)
{
  world_withdraw(&world, a, "EURUSD");
  world_withdraw(&world, a, "EURUSD");
  world_say(&world, a, "EURUSD", 1125200, 1125300);
  world_withdraw(&world, a, "EURUSD");
  world_say(&world, a, "EURUSD", 1125200, 1125300);
  cr_expect_eq(world_stats(&world, a, "EURUSD").repeats, 0);
}

Test(market_intake, desk_sees_the_last_accepted_update_crossed_or_not)
{
  world_say(&world, a, "EURUSD", 1125200, 1125300);
  world_wait_ns(&world, RL_NS_PER_MS);
  world_say_at(&world, a, "EURUSD", 1125400, 1125300, 1746700000001ll);
  world_say(&world, a, "EURUSD", 0, 0);
  rl_source_pair_stats stats = world_stats(&world, a, "EURUSD");
  cr_expect(stats.seen);
  cr_expect(stats.votes, "with its last good rate");
  cr_expect_eq(stats.bid, 1125400);
  cr_expect_eq(stats.ask, 1125300);
  cr_expect_eq(stats.sequence, 2);
  cr_expect_eq(stats.source_utc_ms, 1746700000001ll);
  cr_expect_eq(stats.arrival_mono_ns, world.now.mono.ns);
}

Test(market_intake, source_that_only_sent_malformed_updates_is_seen_but_has_no_rate)
{
  world_say(&world, a, "EURUSD", 0, 0);
  rl_source_pair_stats stats = world_stats(&world, a, "EURUSD");
  cr_expect(stats.seen);
  cr_expect_not(stats.votes);
  cr_expect_eq(stats.bid, 0);
  cr_expect_eq(stats.verdicts[RL_TICK_MALFORMED_PRICE], 1);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_NO_RATE);
}

Test(market_intake, reference_source_never_votes)
{
  rl_source fixing = world_reference(&world, "fixing");
  cr_expect_eq(world_say(&world, fixing, "EURUSD", 1125200, 1125200), RL_TICK_LOCKED);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_NO_RATE);
  cr_expect_not(world_stats(&world, fixing, "EURUSD").votes);
}

Test(market_intake, every_verdict_has_a_name_of_its_own)
{
  for (unsigned i = 0; i < RL_VERDICT_COUNT; i++) {
    for (unsigned j = 0; j < i; j++)
      cr_expect_str_neq(rl_verdict_name(i), rl_verdict_name(j));
    cr_expect_str_neq(rl_verdict_name(i), "unknown");
  }
}
