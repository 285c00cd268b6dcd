/* Prices for an amount through the books of those who give sizes (K2, depth=vwap): worked examples
 * and edges. depth_property.c has the books at random, depth.c the form of levels. */
#include "market/checkpoint.h"
#include "market/composite.h"
#include "market/world.h"

#include <criterion/criterion.h>
#include <string.h>

#define MS RL_NS_PER_MS

static const char universe_text[] =
  "order EUR GBP USD JPY\n"
  "pivot USD\n"
  "pair EUR USD scale=5 max_age_ms=1000 depth=vwap\n"
  "pair EUR JPY scale=3 max_age_ms=1000 depth=vwap min_sources=2\n"
  "pair USD JPY scale=3 max_age_ms=1000 depth=vwap\n"
  "pair GBP USD scale=5 max_age_ms=1000\n"
  "pair EUR GBP scale=5 max_age_ms=1000 depth=vwap policy=primary primary=small,large\n";

static rl_world world;
static rl_source a, b;

static void start(void)
{
  world = world_of(universe_text);
  a = world_live(&world, "a");
  b = world_live(&world, "b");
}

static void stop(void)
{
  world_end(&world);
}

TestSuite(market_vwap, .init = start, .fini = stop);

/* --- words --- */

/* One level behind the best of either side; a size of 0: none. */
typedef struct said_book {
  rl_level bid, behind_bid;
  rl_level ask, behind_ask;
} said_book;

static void say_book(rl_source source, const char *pair, said_book said)
{
  rl_depth depth = {
    .bid_count = said.behind_bid.size > 0,
    .ask_count = said.behind_ask.size > 0,
    .bids = {said.behind_bid},
    .asks = {said.behind_ask},
  };
  rl_tick tick = {
    .pair = world_pair(&world, pair),
    .sequence = world.sequence++,
    .bid = said.bid.price,
    .ask = said.ask.price,
    .bid_size = said.bid.size,
    .ask_size = said.ask.size,
    .depth = &depth,
  };
  tick.scale = rl_universe_pair_spec(world.universe, tick.pair)->scale;
  cr_assert_eq(rl_market_apply(world.market, source, &tick, world.now), RL_TICK_GOOD);
}

/* 1,000,000 at 1.12500 / 1.12510, and 2,000,000 behind at 1.12490 / 1.12530. */
static const said_book usual = {
  {112500, 1000000}, {112490, 2000000}, {112510, 1000000}, {112530, 2000000}};

static rl_snapshot seen;

static rl_refusal ask_for(const char *from, const char *to, const char *fixed, int64_t minor)
{
  rl_amount amount = {minor, world_currency(fixed)};
  memset(&seen, 0, sizeof seen);
  return rl_market_snapshot_for(world.market, world_currency(from), world_currency(to), &amount,
                                world.now, &seen);
}

#define EXPECT_LEG(number, units, bid, ask)                                                   \
  do {                                                                                        \
    const rl_composite *leg_ = &seen.legs[number].composite;                                  \
    cr_expect_eq(leg_->depth_units, units, "%lu units", (unsigned long)leg_->depth_units);    \
    cr_expect_eq(leg_->bid_half, 2 * (bid), "bid %u/2", leg_->bid_half);                      \
    cr_expect_eq(leg_->ask_half, 2 * (ask), "ask %u/2", leg_->ask_half);                      \
  } while (0)

/* --- one leg --- */

Test(market_vwap, amount_within_the_best_sizes_has_the_best_prices)
{
  say_book(a, "EURUSD", usual);
  rl_snapshot best;
  cr_assert_eq(world_snapshot(&world, "EUR", "USD", &best), RL_REFUSAL_NONE);
  cr_expect_eq(best.legs[0].composite.depth_units, 0);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 100000000), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1000000, 112500, 112510);
  cr_expect_eq(seen.legs[0].composite.ticks[0].bid, best.legs[0].composite.ticks[0].bid);
  cr_expect_eq(seen.legs[0].composite.ticks[0].ask, best.legs[0].composite.ticks[0].ask);
  cr_expect_eq(seen.legs[0].composite.mid_half, best.legs[0].composite.mid_half);
}

Test(market_vwap, amount_beyond_them_is_weighted_by_volume_and_rounded_against_the_client)
{
  say_book(a, "EURUSD", usual);
  /* bid (1,000,000 x 112500 + 500,000 x 112490) / 1,500,000 = 112496.66…;
   * ask (1,000,000 x 112510 + 500,000 x 112530) / 1,500,000 = 112516.66… */
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 150000000), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1500000, 112496, 112517);
  /* of 2,000,000 exactly the middle */
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 200000000), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 2000000, 112495, 112520);
}

Test(market_vwap, one_unit_more_than_the_best_size_is_one_from_the_next_level)
{
  say_book(a, "EURUSD", usual);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 100000001), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1000001, 112499, 112511);
}

Test(market_vwap, amount_is_rounded_up_to_whole_units)
{
  say_book(a, "EURUSD", usual);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 1), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1, 112500, 112510);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 10001), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 101, 112500, 112510);
}

Test(market_vwap, amount_of_the_other_currency_is_converted_at_mid)
{
  say_book(a, "EURUSD", usual);
  /* mid 1.12505: 1,125,050.00 USD are 1,000,000 EUR, one cent more is one EUR more */
  cr_assert_eq(ask_for("EUR", "USD", "USD", 112505000), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1000000, 112500, 112510);
  cr_assert_eq(ask_for("USD", "EUR", "USD", 112505001), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1000001, 112499, 112511);
  cr_assert_eq(ask_for("USD", "EUR", "EUR", 200000000), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 2000000, 112495, 112520);
}

Test(market_vwap, composite_is_made_again_from_its_votes)
{
  say_book(a, "EURUSD", usual);
  world_say(&world, b, "EURUSD", 112501, 112509);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 150000000), RL_REFUSAL_NONE);
  rl_composite again = seen.legs[0].composite;
  again.bid_half = again.mid_half = again.ask_half = 0;
  rl_composite_price(&again);
  cr_expect_eq(memcmp(&again, &seen.legs[0].composite, sizeof again), 0);
  cr_expect_eq(seen.conditions.fewest_sources, 2);
}

/* --- who votes --- */

Test(market_vwap, source_without_sizes_votes_with_its_best_prices)
{
  world_say(&world, a, "EURUSD", 112500, 112510);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", RL_AMOUNT_MAX), RL_REFUSAL_NONE);
  EXPECT_LEG(0, RL_DEPTH_UNITS_MAX, 112500, 112510); /* ten times as much, counted as that */
}

Test(market_vwap, book_that_is_too_small_does_not_vote)
{
  say_book(a, "EURUSD", usual);
  world_say(&world, b, "EURUSD", 112480, 112540);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 300000000), RL_REFUSAL_NONE);
  cr_expect_eq(seen.legs[0].composite.tick_count, 2);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 300000001), RL_REFUSAL_NONE);
  cr_expect_eq(seen.legs[0].composite.tick_count, 1);
  cr_expect_eq(seen.conditions.fewest_sources, 1);
  EXPECT_LEG(0, 3000001, 112480, 112540);
}

Test(market_vwap, amount_that_no_book_holds_is_refused_for_good)
{
  say_book(a, "EURUSD", usual);
  cr_expect_eq(ask_for("EUR", "USD", "EUR", 300000000), RL_REFUSAL_NONE);
  cr_expect_eq(ask_for("EUR", "USD", "EUR", 300000001), RL_REFUSAL_DEPTH_EXCEEDED);
  cr_expect_eq(rl_refusal_retry(RL_REFUSAL_DEPTH_EXCEEDED), RL_RETRY_NEVER);
  cr_expect_eq(world_refusal(&world, "EURUSD"), RL_REFUSAL_NONE, "its best prices stand");
}

Test(market_vwap, books_must_hold_it_at_the_least_number_of_sources)
{
  said_book one = {{163370, 100}, {163300, 100}, {163390, 100}, {0, 0}};
  said_book two = {{163371, 200}, {0, 0}, {163391, 150}, {0, 0}};
  say_book(a, "EURJPY", one);
  cr_expect_eq(ask_for("EUR", "JPY", "EUR", 10100), RL_REFUSAL_TOO_FEW_SOURCES);
  say_book(b, "EURJPY", two);
  cr_expect_eq(ask_for("EUR", "JPY", "EUR", 10000), RL_REFUSAL_NONE);
  cr_expect_eq(ask_for("EUR", "JPY", "EUR", 10001), RL_REFUSAL_DEPTH_EXCEEDED);
}

Test(market_vwap, next_of_a_list_is_the_price_where_the_first_is_too_small)
{
  rl_source large = world_live(&world, "large");
  rl_source small = world_live(&world, "small");
  say_book(large, "EURGBP", (said_book){{86000, 5000}, {0, 0}, {86020, 5000}, {0, 0}});
  say_book(small, "EURGBP", (said_book){{86005, 1000}, {0, 0}, {86010, 1000}, {0, 0}});
  cr_assert_eq(ask_for("EUR", "GBP", "EUR", 100000), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1000, 86005, 86010);
  cr_assert_eq(ask_for("EUR", "GBP", "EUR", 100100), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1001, 86000, 86020);
}

Test(market_vwap, book_of_a_source_that_grew_old_is_nobodys)
{
  say_book(a, "EURUSD", usual);
  world_wait_ns(&world, 500 * MS);
  say_book(b, "EURUSD", (said_book){{112502, 50}, {112480, 950}, {112508, 1000}, {0, 0}});
  world_wait_ns(&world, 500 * MS);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 100000), RL_REFUSAL_NONE);
  cr_expect_eq(seen.legs[0].composite.ticks[0].source.index, b.index);
  EXPECT_LEG(0, 1000, 112481, 112508); /* (50 x 112502 + 950 x 112480) / 1000 = 112481.1 */
  cr_expect_eq(ask_for("EUR", "USD", "EUR", 100001), RL_REFUSAL_DEPTH_EXCEEDED);
}

/* --- whom the others outvote --- */

/* Two that agree, with a thousand a side, and one that is far above them, with so much. */
static void say_outlier(uint32_t its_size)
{
  rl_source c = world_live(&world, "c");
  say_book(a, "EURUSD", (said_book){{112500, 1000}, {0, 0}, {112510, 1000}, {0, 0}});
  say_book(b, "EURUSD", (said_book){{112501, 1000}, {0, 0}, {112511, 1000}, {0, 0}});
  say_book(c, "EURUSD", (said_book){{113500, its_size}, {0, 0}, {113510, its_size}, {0, 0}});
}

Test(market_vwap, outlier_does_not_make_the_price_because_it_has_the_deepest_book)
{
  say_outlier(5000000);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 100000), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1000, 112501, 112510);
  cr_expect_eq(seen.legs[0].composite.tick_count, 3);
  cr_expect_eq(ask_for("EUR", "USD", "EUR", 100100), RL_REFUSAL_DEPTH_EXCEEDED);
}

Test(market_vwap, outlier_with_a_thin_book_takes_nobodys_vote)
{
  say_outlier(999);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 100000), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1000, 112501, 112510);
  cr_expect_eq(seen.legs[0].composite.tick_count, 2);
}

/* A record may be of a time at which the pair was by depth. */
Test(market_vwap, update_of_a_pair_without_books_votes_on_no_amount)
{
  rl_depth depth = {.bid_count = 1, .ask_count = 1, .bids = {{1, 1}}, .asks = {{3, 1}}};
  rl_tick tick = {.bid = 2, .ask = 2, .scale = 5, .bid_size = 1, .ask_size = 1, .depth = &depth};
  rl_pair_spec spec = *rl_universe_pair_spec(world.universe, world_pair(&world, "GBPUSD"));
  rl_composite_tick vote;
  cr_expect_not(rl_tick_vote(&spec, &tick, world.now, 1, &vote));
  cr_expect(rl_tick_vote(&spec, &tick, world.now, 0, &vote));
  spec.by_depth = true;
  cr_expect(rl_tick_vote(&spec, &tick, world.now, 1, &vote));
}

/* --- several legs --- */

Test(market_vwap, each_leg_carries_what_the_amount_comes_to_there)
{
  world_say(&world, a, "GBPUSD", 130000, 130020);
  say_book(a, "USDJPY", (said_book){{145000, 1300000}, {144900, 9000000},
                                    {145020, 1300000}, {145100, 9000000}});
  /* 1,000,000 GBP at 1.3001 are 1,300,100 USD: a hundred from the second level */
  cr_assert_eq(ask_for("GBP", "JPY", "GBP", 100000000), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 0, 130000, 130020);
  EXPECT_LEG(1, 1300100, 144999, 145021);
  /* 188,513,000 JPY at 145.010 are 1,300,000 USD */
  cr_assert_eq(ask_for("GBP", "JPY", "JPY", 188513000), RL_REFUSAL_NONE);
  EXPECT_LEG(1, 1300000, 145000, 145020);
  cr_assert_eq(ask_for("JPY", "GBP", "JPY", 188513001), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1300001, 144999, 145021);
  cr_expect_eq(ask_for("GBP", "JPY", "GBP", 800000000), RL_REFUSAL_DEPTH_EXCEEDED);
}

Test(market_vwap, books_come_back_with_a_pairs_state)
{
  static uint8_t bytes[RL_PAIR_STATE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  say_book(a, "EURUSD", usual);
  rl_market_save_pair(world.market, world_pair(&world, "EURUSD"), &writer);
  say_book(a, "EURUSD", (said_book){{112500, 7}, {0, 0}, {112510, 7}, {0, 0}});
  cr_expect_eq(ask_for("EUR", "USD", "EUR", 150000000), RL_REFUSAL_DEPTH_EXCEEDED);
  cr_assert_eq(rl_market_load_pair(world.market, world_pair(&world, "EURUSD"), bytes, writer.used),
               RL_OK);
  cr_assert_eq(ask_for("EUR", "USD", "EUR", 150000000), RL_REFUSAL_NONE);
  EXPECT_LEG(0, 1500000, 112496, 112517);
}
