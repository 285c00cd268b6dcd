/* What is published of a market, by a manual clock: when, with which numbers, and what never. */
#include "server/publication.h"

#include "market/world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MS RL_NS_PER_MS
#define ORIGIN "00112233445566ff"

typedef struct sent {
  char subject[64];
  rl_feed_header head;
  rl_feed_tick tick; /* the first of the message */
} sent;

static rl_world world;
static rl_source a, b;
static rl_publication *publication;
static sent log_of[64];
static unsigned log_count;
static bool refuse;

static bool note(void *context, const char *subject, const uint8_t *bytes, size_t size)
{
  (void)context;
  sent *one = &log_of[log_count];
  rl_unpacker ticks;
  rl_fault fault;
  if (refuse)
    return false;
  cr_assert_lt(log_count, sizeof log_of / sizeof *log_of);
  snprintf(one->subject, sizeof one->subject, "%s", subject);
  cr_assert(rl_feed_open(bytes, size, &ticks, &one->head, &fault), "%s", fault.detail);
  if (one->head.tick_count > 0)
    cr_assert(rl_feed_next(&ticks, &one->tick, &fault), "%s", fault.detail);
  log_count++;
  return true;
}

static const rl_publication_sink sink = {note, NULL};

static void publish_from(rl_utc start)
{
  rl_publication_options options = {.market = world.market, .name = "tokyo", .origin = ORIGIN,
                                    .start = start};
  cr_assert_eq(rl_publication_create(&options, &publication), RL_OK);
}

static void set_up(void)
{
  world = world_of("order EUR GBP USD JPY\n"
                   "pair EUR USD scale=5 max_age_ms=5000\n"
                   "pair GBP USD scale=5 max_age_ms=5000 min_sources=2\n"
                   "pair USD JPY scale=9 pip=2 max_age_ms=5000\n");
  a = world_live(&world, "a");
  b = world_live(&world, "b");
  publish_from(world.now.utc);
}

static void tear_down(void)
{
  rl_publication_destroy(publication);
  world_end(&world);
}

TestSuite(publication, .init = set_up, .fini = tear_down);

/* What one look sends. */
static unsigned look(uint64_t bridged)
{
  log_count = 0;
  rl_publication_look(publication, world.now, bridged, sink);
  return log_count;
}

Test(publication, a_pair_that_nobody_spoke_of_is_not_published)
{
  cr_expect_eq(look(0), 0);
  world_wait_ns(&world, 2000 * MS);
  cr_expect_eq(look(0), 0);
}

Test(publication, a_composite_is_a_feed_message_of_one_update)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  cr_assert_eq(look(0), 1);
  cr_expect_str_eq(log_of[0].subject, "ratelock.tokyo.composite.EURUSD");
  cr_expect_str_eq(log_of[0].head.source, "tokyo");
  cr_expect_str_eq(log_of[0].head.origin, ORIGIN);
  cr_expect_eq(log_of[0].head.class, RL_SOURCE_LIVE);
  cr_expect_eq(log_of[0].head.tick_count, 1);
  cr_expect_str_eq(log_of[0].tick.pair, "EURUSD");
  cr_expect(log_of[0].tick.bid == 112520 && log_of[0].tick.ask == 112530);
  cr_expect(log_of[0].tick.scale == 5 && !log_of[0].tick.withdrawn);
  cr_expect_eq(log_of[0].tick.source_utc_ms, world.now.utc.ms);
}

Test(publication, only_the_last_of_several_changes_is_said)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  world_say(&world, a, "EURUSD", 112521, 112531);
  world_say(&world, a, "EURUSD", 112522, 112532);
  cr_assert_eq(look(0), 1);
  cr_expect_eq(log_of[0].tick.bid, 112522);
  uint64_t first = log_of[0].tick.sequence;
  world_say(&world, a, "EURUSD", 112523, 112533);
  cr_assert_eq(look(0), 1);
  cr_expect_eq(log_of[0].tick.sequence, first + 1);
}

Test(publication, an_unchanged_price_is_said_again_after_a_second)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  cr_assert_eq(look(0), 1);
  uint64_t first = log_of[0].tick.sequence;
  world_say(&world, a, "EURUSD", 112520, 112530);
  cr_expect_eq(look(0), 0, "the same price is no news");
  world_wait_ns(&world, RL_PUBLICATION_REPEAT_MS * MS - 1);
  cr_expect_eq(look(0), 0);
  world_wait_ns(&world, 1);
  cr_assert_eq(look(0), 1);
  cr_expect_eq(log_of[0].tick.bid, 112520);
  cr_expect_eq(log_of[0].tick.sequence, first + 1);
  cr_expect_eq(look(0), 0);
}

Test(publication, a_price_is_taken_back_in_the_instant_in_which_it_is_stale)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  cr_assert_eq(look(0), 1);
  uint64_t first = log_of[0].tick.sequence;
  world_wait_ns(&world, 5000 * MS - 1);
  cr_assert_eq(look(0), 1);
  cr_expect_not(log_of[0].tick.withdrawn);
  world_wait_ns(&world, 1);
  cr_assert_eq(look(0), 1);
  cr_expect(log_of[0].tick.withdrawn && log_of[0].tick.bid == 0);
  cr_expect_eq(log_of[0].tick.sequence, first + 2);
  world_wait_ns(&world, RL_PUBLICATION_REPEAT_MS * MS);
  cr_assert_eq(look(0), 1, "who missed it hears it again");
  cr_expect(log_of[0].tick.withdrawn);
  world_say(&world, a, "EURUSD", 112520, 112530);
  cr_assert_eq(look(0), 1);
  cr_expect_eq(log_of[0].tick.bid, 112520);
}

Test(publication, an_engine_that_stops_takes_back_what_it_said)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  cr_assert_eq(look(0), 1);
  uint64_t first = log_of[0].tick.sequence;
  log_count = 0;
  cr_expect_eq(rl_publication_end(publication, world.now, sink), 0);
  cr_assert_eq(log_count, 1);
  cr_expect_str_eq(log_of[0].tick.pair, "EURUSD");
  cr_expect(log_of[0].tick.withdrawn);
  cr_expect_eq(log_of[0].tick.sequence, first + 1);
  log_count = 0;
  cr_expect_eq(rl_publication_end(publication, world.now, sink), 0);
  cr_expect_eq(log_count, 0, "what has no price is said already");
}

Test(publication, sources_that_disagree_take_a_price_back)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  cr_assert_eq(look(0), 1);
  world_say(&world, b, "EURUSD", 113520, 113530);
  cr_assert_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_SOURCES_DISAGREE);
  cr_assert_eq(look(0), 1);
  cr_expect(log_of[0].tick.withdrawn);
}

/* What is said of a pair in a market of its own. */
static unsigned look_at(const char *universe_text, const char *pair, uint32_t bid, uint32_t ask)
{
  rl_publication_destroy(publication);
  world_end(&world);
  world = world_of(universe_text);
  world_say(&world, world_live(&world, "a"), pair, bid, ask);
  publish_from(world.now.utc);
  return look(0);
}

Test(publication, a_halted_pair_is_taken_back_with_or_without_a_bridge)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  world_say(&world, b, "EURUSD", 112522, 112532);
  cr_assert_eq(look(1ull << b.index), 1);
  rl_market_halt(world.market, world_pair(&world, "EURUSD"));
  cr_assert_eq(look(1ull << b.index), 1);
  cr_expect(log_of[0].tick.withdrawn);
  rl_market_resume(world.market, world_pair(&world, "EURUSD"));
  cr_assert_eq(look(0), 1);
  cr_expect_not(log_of[0].tick.withdrawn);
  rl_market_halt(world.market, world_pair(&world, "EURUSD"));
  cr_assert_eq(look(0), 1);
  cr_expect(log_of[0].tick.withdrawn);
}

Test(publication, half_units_are_rounded_away_from_the_mid)
{
  cr_assert_eq(look_at("pair EUR USD scale=5 min_half_spread=7\n", "EURUSD", 100000, 100000), 1);
  rl_composite composite = world_composite(&world, "EURUSD");
  cr_assert(composite.bid_half == 200000 - 7 && composite.ask_half == 200000 + 7);
  cr_expect(log_of[0].tick.bid == 99996 && log_of[0].tick.ask == 100004);
}

Test(publication, the_widest_prices_are_still_those_of_a_source)
{
  const char *const wide = "pair EUR USD scale=5 min_half_spread=399\n";
  cr_assert_eq(look_at(wide, "EURUSD", 1, 1), 1);
  cr_expect_eq(log_of[0].tick.bid, 1);
  cr_assert_eq(look_at(wide, "EURUSD", RL_SOURCE_MANTISSA_MAX, RL_SOURCE_MANTISSA_MAX), 1);
  cr_expect_eq(log_of[0].tick.ask, RL_SOURCE_MANTISSA_MAX);
}

Test(publication, what_another_engine_made_is_left_out_of_the_vote)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  world_say(&world, b, "EURUSD", 112522, 112532);
  cr_assert_eq(look(1ull << b.index), 1);
  cr_expect(log_of[0].tick.bid == 112520 && log_of[0].tick.ask == 112530);
  world_say(&world, b, "USDJPY", 145200000, 145210000);
  cr_expect_eq(look(1ull << b.index), 0, "of this pair nobody spoke but the bridge");
}

Test(publication, engines_that_take_each_others_prices_do_not_keep_them_alive)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  cr_assert_eq(look(1ull << b.index), 1);
  for (unsigned second = 0; second < 5; second++) {
    world_say(&world, b, "EURUSD", 112520, 112530); /* our own, as the other gives it back */
    world_wait_ns(&world, 1000 * MS);
    look(1ull << b.index);
  }
  cr_assert_eq(log_count, 1);
  cr_expect(log_of[0].tick.withdrawn, "the first-hand price is 5 s old");
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_NONE, "though this market has one");
}

Test(publication, a_pair_too_thin_without_the_bridge_is_taken_back)
{
  world_say(&world, a, "GBPUSD", 132840, 132850);
  world_say(&world, b, "GBPUSD", 132840, 132850);
  cr_assert_eq(look(0), 1);
  cr_assert_eq(look(1ull << b.index), 1);
  cr_expect(log_of[0].tick.withdrawn);
}

Test(publication, what_could_not_be_sent_takes_no_number_and_is_said_as_it_is_then)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  cr_assert_eq(look(0), 1);
  uint64_t first = log_of[0].tick.sequence;
  refuse = true;
  world_say(&world, a, "EURUSD", 112521, 112531);
  cr_expect_eq(rl_publication_look(publication, world.now, 0, sink), 1);
  world_say(&world, a, "EURUSD", 112522, 112532);
  cr_expect_eq(rl_publication_look(publication, world.now, 0, sink), 1);
  refuse = false;
  cr_assert_eq(look(0), 1);
  cr_expect(log_of[0].tick.sequence == first + 1 && log_of[0].tick.bid == 112522);
}

Test(publication, a_new_connection_hears_everything_again)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  world_say(&world, a, "USDJPY", 145200000, 145210000);
  cr_assert_eq(look(0), 2);
  rl_publication_repeat(publication);
  refuse = true;
  cr_expect_eq(rl_publication_look(publication, world.now, 0, sink), 2);
  refuse = false;
  cr_expect_eq(look(0), 2);
  cr_expect_eq(look(0), 0);
}

Test(publication, a_snapshot_repeats_the_last_words_with_their_numbers)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  cr_assert_eq(look(0), 1);
  uint64_t first = log_of[0].tick.sequence;
  world_say(&world, a, "EURUSD", 112529, 112539);
  log_count = 0;
  cr_expect(rl_publication_snapshot(publication, world.now, "_INBOX.x", sink));
  cr_assert_eq(log_count, 1);
  cr_expect_str_eq(log_of[0].subject, "_INBOX.x");
  cr_expect_eq(log_of[0].head.tick_count, 1);
  cr_expect(log_of[0].tick.sequence == first && log_of[0].tick.bid == 112520,
            "what is not said yet is not in it");
  cr_assert_eq(look(0), 1);
  cr_expect_eq(log_of[0].tick.sequence, first + 1, "a snapshot takes no number");
}

Test(publication, a_snapshot_has_what_was_taken_back_too)
{
  world_say(&world, a, "EURUSD", 112520, 112530);
  look(0);
  world_wait_ns(&world, 5000 * MS);
  look(0);
  log_count = 0;
  cr_expect(rl_publication_snapshot(publication, world.now, "x", sink));
  cr_expect(log_count == 1 && log_of[0].tick.withdrawn);
}

Test(publication, a_snapshot_of_nothing_is_one_empty_message)
{
  cr_expect(rl_publication_snapshot(publication, world.now, "x", sink));
  cr_assert_eq(log_count, 1);
  cr_expect_eq(log_of[0].head.tick_count, 0);
  cr_expect_str_eq(log_of[0].head.origin, ORIGIN);
}

/* A market of so many pairs, each with a price. */
static unsigned snapshot_messages(unsigned pairs, uint32_t *ticks)
{
  static char text[RL_PUBLICATION_BATCH * 32 + 64];
  size_t used = 0;
  for (unsigned i = 0; i < pairs; i++) {
    static const char *const codes[] = {
      "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "BDT", "BGN", "BHD", "BOB", "BRL", "BWP",
      "CAD", "CHF", "CLP", "CNY", "COP", "CRC", "CZK", "DKK", "DOP", "DZD", "EGP", "ETB", "EUR",
      "GBP", "GEL", "GHS", "HKD", "HUF", "IDR", "ILS", "INR"};
    enum { CODES = sizeof codes / sizeof *codes };
    unsigned left = 0, right = i;
    while (right >= CODES - 1 - left)
      right -= CODES - 1 - left++;
    used += (size_t)snprintf(text + used, sizeof text - used, "pair %s %s scale=5\n", codes[left],
                             codes[left + 1 + right]);
  }
  rl_world large = world_of(text);
  rl_source source = world_live(&large, "a");
  rl_publication_options options = {.market = large.market, .name = "n", .origin = ORIGIN,
                                    .start = large.now.utc};
  rl_publication *own;
  cr_assert_eq(rl_publication_create(&options, &own), RL_OK);
  for (unsigned i = 0; i < pairs; i++) {
    log_count = 0;
    world_say(&large, source, rl_universe_pair_name(large.universe, (rl_pair){(uint16_t)i}), 100,
              102);
    rl_publication_look(own, large.now, 0, sink);
  }
  log_count = 0;
  *ticks = 0;
  cr_expect(rl_publication_snapshot(own, large.now, "x", sink));
  for (unsigned i = 0; i < log_count; i++)
    *ticks += log_of[i].head.tick_count;
  rl_publication_destroy(own);
  world_end(&large);
  return log_count;
}

Test(publication, a_large_snapshot_comes_in_several_messages)
{
  uint32_t ticks;
  cr_expect_eq(snapshot_messages(RL_PUBLICATION_BATCH - 1, &ticks), 1);
  cr_expect_eq(ticks, RL_PUBLICATION_BATCH - 1);
  cr_expect_eq(snapshot_messages(RL_PUBLICATION_BATCH + 1, &ticks), 2);
  cr_expect_eq(ticks, RL_PUBLICATION_BATCH + 1);
}

Test(publication, a_new_start_goes_on_above_what_was_reached)
{
  uint64_t reached = 0;
  for (uint32_t i = 0; i < 100; i++) {
    world_say(&world, a, "EURUSD", 112520 + i % 2, 112530);
    cr_assert_eq(look(0), 1);
    cr_expect(log_of[0].tick.sequence > reached && log_of[0].tick.sequence <= RL_SEQUENCE_MAX);
    reached = log_of[0].tick.sequence;
  }
  world_wait_ns(&world, MS);
  rl_publication_destroy(publication);
  publish_from(world.now.utc);
  cr_assert_eq(look(0), 1);
  cr_expect_gt(log_of[0].tick.sequence, reached);
}
