/* The levels of an update (K1): taken only where they are a ladder, and at the pair's scale. */
#include "market/form.h"
#include "market/world.h"

#include <criterion/criterion.h>
#include <string.h>

static rl_world world;
static rl_source a;

static void open_world(void)
{
  world = world_of("pair EUR USD scale=6 depth=vwap\npair EUR GBP scale=6\n");
  a = world_live(&world, "a");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_depth, .init = open_world, .fini = close_world);

/* Of scale 5: 1.12520 1.12519 1.12517 / 1.12530 1.12531 1.12540. */
static rl_depth usual_depth(void)
{
  return (rl_depth){.bid_count = 2,
                    .ask_count = 2,
                    .bids = {{112519, 2}, {112517, 3}},
                    .asks = {{112531, 5}, {112540, 6}}};
}

static rl_tick tick_with(const rl_depth *depth)
{
  return (rl_tick){.pair = world_pair(&world, "EURUSD"), .sequence = world.sequence++,
                   .bid = 112520, .ask = 112530, .scale = 5, .bid_size = 1, .ask_size = 4,
                   .depth = depth};
}

static rl_verdict apply(const rl_tick *tick)
{
  return rl_market_apply(world.market, a, tick, world.now);
}

static rl_verdict apply_depth(rl_depth depth)
{
  rl_tick tick = tick_with(&depth);
  return apply(&tick);
}

static rl_verdict read(const rl_tick *tick, rl_update *out)
{
  const rl_pair_spec *spec = rl_universe_pair_spec(world.universe, tick->pair);
  return rl_update_read(spec, a, tick, world.now, out);
}

Test(market_depth, levels_are_converted_to_the_pairs_scale)
{
  rl_depth depth = usual_depth();
  rl_tick tick = tick_with(&depth);
  rl_update update;
  cr_assert_eq(read(&tick, &update), RL_TICK_GOOD);
  cr_expect_eq(update.book.bid_size, 1);
  cr_expect_eq(update.book.ask_size, 4);
  cr_assert_eq(update.book.depth.bid_count, 2);
  cr_assert_eq(update.book.depth.ask_count, 2);
  for (unsigned i = 0; i < 2; i++) {
    cr_expect_eq(update.book.depth.bids[i].price, 10 * depth.bids[i].price);
    cr_expect_eq(update.book.depth.bids[i].size, depth.bids[i].size);
    cr_expect_eq(update.book.depth.asks[i].price, 10 * depth.asks[i].price);
    cr_expect_eq(update.book.depth.asks[i].size, depth.asks[i].size);
  }
}

Test(market_depth, update_without_levels_has_its_sizes_alone)
{
  rl_tick tick = tick_with(NULL);
  tick.bid_size = UINT32_MAX;
  tick.ask_size = UINT32_MAX + 1ull;
  rl_update update;
  memset(&update, 0xff, sizeof update);
  cr_assert_eq(read(&tick, &update), RL_TICK_GOOD);
  cr_expect_eq(update.book.bid_size, UINT32_MAX);
  cr_expect_eq(update.book.ask_size, UINT32_MAX);
  cr_expect_eq(update.book.depth.bid_count, 0);
  cr_expect_eq(update.book.depth.ask_count, 0);
}

Test(market_depth, one_side_may_have_levels_alone)
{
  rl_depth depth = usual_depth();
  depth.ask_count = 0;
  rl_tick tick = tick_with(&depth);
  tick.ask_size = 0;
  rl_update update;
  cr_assert_eq(read(&tick, &update), RL_TICK_GOOD);
  cr_expect_eq(update.book.depth.bid_count, 2);
  cr_expect_eq(update.book.depth.ask_count, 0);
}

Test(market_depth, levels_must_get_worse_one_by_one)
{
  cr_expect_eq(apply_depth(usual_depth()), RL_TICK_GOOD);
  rl_depth depth = usual_depth();
  depth.bids[0].price = 112520;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH, "as good as the best bid");
  depth = usual_depth();
  depth.asks[0].price = 112530;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH, "as good as the best ask");
  depth = usual_depth();
  depth.bids[1].price = depth.bids[0].price;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
  depth = usual_depth();
  depth.asks[1].price = depth.asks[0].price;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
  depth = usual_depth();
  depth.asks[1].price = 112529;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
  depth = usual_depth();
  depth.bids[1].price = 112521;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
}

Test(market_depth, level_without_size_or_price_is_malformed)
{
  rl_depth depth = usual_depth();
  depth.bids[1].size = 0;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
  depth = usual_depth();
  depth.asks[0].size = 0;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
  depth = usual_depth();
  depth.bids[1].price = 0;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
}

Test(market_depth, level_beyond_nine_digits_of_the_pairs_scale_is_malformed)
{
  rl_depth depth = usual_depth();
  depth.asks[1].price = 99999999;
  cr_expect_eq(apply_depth(depth), RL_TICK_GOOD);
  depth.asks[1].price = 100000000;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
  depth.asks[1].price = UINT32_MAX;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
}

Test(market_depth, level_with_more_decimals_than_the_pair_holds_is_malformed)
{
  rl_depth depth = {.bid_count = 1, .bids = {{11251000, 1}}};
  rl_tick tick = tick_with(&depth);
  tick.bid = 11252000;
  tick.ask = 11253000;
  tick.scale = 7;
  cr_expect_eq(apply(&tick), RL_TICK_GOOD);
  tick.sequence = world.sequence++;
  depth.bids[0].price = 11251001;
  cr_expect_eq(apply(&tick), RL_TICK_MALFORMED_DEPTH);
}

Test(market_depth, levels_behind_a_best_of_unknown_size_are_malformed)
{
  rl_depth depth = usual_depth();
  rl_tick tick = tick_with(&depth);
  tick.bid_size = 0;
  cr_expect_eq(apply(&tick), RL_TICK_MALFORMED_DEPTH);
  tick.bid_size = 1;
  tick.ask_size = 0;
  cr_expect_eq(apply(&tick), RL_TICK_MALFORMED_DEPTH);
  tick.ask_size = 1;
  cr_expect_eq(apply(&tick), RL_TICK_GOOD);
}

Test(market_depth, side_has_at_most_nine_levels_behind_its_best)
{
  rl_depth depth = {.bid_count = RL_LEVELS_MAX - 1};
  for (unsigned i = 0; i < RL_LEVELS_MAX - 1; i++)
    depth.bids[i] = (rl_level){112519 - i, 1};
  cr_expect_eq(apply_depth(depth), RL_TICK_GOOD);
  depth.bid_count = RL_LEVELS_MAX;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
}

Test(market_depth, malformed_levels_leave_the_last_good_rate)
{
  world_say(&world, a, "EURUSD", 1125100, 1125200);
  rl_depth depth = usual_depth();
  depth.bids[1].size = 0;
  cr_expect_eq(apply_depth(depth), RL_TICK_MALFORMED_DEPTH);
  world_expect(&world, "EURUSD", 1125100, 1125200);
  cr_expect_eq(world_stats(&world, a, "EURUSD").verdicts[RL_TICK_MALFORMED_DEPTH], 1);
}

Test(market_depth, nobody_looks_at_levels_of_a_pair_that_is_priced_by_its_top)
{
  rl_depth depth = usual_depth();
  depth.bids[1].size = 0;
  rl_tick tick = tick_with(&depth);
  tick.pair = world_pair(&world, "EURGBP");
  cr_expect_eq(apply(&tick), RL_TICK_GOOD);
}
