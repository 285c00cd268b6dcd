/* A writer that is stopped in the middle of a write: readers give up after a bounded number of
 * tries and say so (K6). The write is begun by hand, through the room's private memory. */
#include "market/state.h"
#include "market/world.h"

#include <criterion/criterion.h>

static rl_world world;
static rl_source live, fixing;

static void open_world(void)
{
  world = world_of("order GBP USD CHF\npivot USD\npair GBP USD scale=4\npair USD CHF scale=4\n"
                   "pair USD JPY scale=2\n");
  live = world_live(&world, "live");
  fixing = world_reference(&world, "fixing");
  world_say(&world, live, "GBPUSD", 13284, 13286);
  world_say(&world, live, "USDCHF", 8312, 8314);
  world_say(&world, fixing, "GBPUSD", 13285, 13285);
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_busy, .init = open_world, .fini = close_world);

static rl_board *board_of(const char *pair)
{
  return &world.market->pairs[world_pair(&world, pair).index].board;
}

static rl_slot *slot_of(const char *pair, rl_source source)
{
  const rl_pair_state *state = rl_pair_state_of(world.market, world_pair(&world, pair));
  rl_slot *slot = rl_slots_find(&state->live, source);
  return slot ? slot : rl_slots_find(&state->references, source);
}

Test(market_busy, composite_under_a_write_is_busy_and_empty)
{
  rl_seqlock_write_begin(&board_of("GBPUSD")->lock);
  rl_composite composite = world_composite(&world, "GBPUSD");
  cr_expect_eq(composite.refusal, RL_REFUSAL_MARKET_BUSY);
  cr_expect_eq(composite.tick_count, 0);
  cr_expect_eq(composite.bid_half, 0);
  cr_expect_eq(composite.ask_half, 0);
  rl_seqlock_write_end(&board_of("GBPUSD")->lock);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_NONE);
}

Test(market_busy, snapshot_with_a_leg_under_a_write_is_busy)
{
  rl_snapshot out;
  rl_seqlock_write_begin(&board_of("USDCHF")->lock);
  cr_expect_eq(world_snapshot(&world, "USD", "CHF", &out), RL_REFUSAL_MARKET_BUSY);
  cr_expect_eq(world_snapshot(&world, "GBP", "CHF", &out), RL_REFUSAL_MARKET_BUSY);
  cr_expect_eq(world_snapshot(&world, "GBP", "USD", &out), RL_REFUSAL_NONE);
}

Test(market_busy, snapshot_whose_fixing_is_under_a_write_is_busy)
{
  rl_snapshot out;
  rl_seqlock_write_begin(&slot_of("GBPUSD", fixing)->lock);
  cr_expect_eq(world_snapshot(&world, "GBP", "USD", &out), RL_REFUSAL_MARKET_BUSY);
  rl_seqlock_write_end(&slot_of("GBPUSD", fixing)->lock);
  cr_assert_eq(world_snapshot(&world, "GBP", "USD", &out), RL_REFUSAL_NONE);
  cr_expect(out.reference.known);
}

Test(market_busy, source_under_a_write_is_not_shown)
{
  rl_source_pair_stats stats = {.sequence = 77};
  rl_seqlock_write_begin(&slot_of("GBPUSD", live)->lock);
  cr_expect_not(rl_market_source_pair(world.market, live, world_pair(&world, "GBPUSD"),
                                      world.now.mono, &stats));
  cr_expect_eq(stats.sequence, 77);
}

Test(market_busy, torn_head_is_no_index)
{
  rl_word_store(&board_of("GBPUSD")->head, UINT64_MAX);
  cr_expect_eq(world_refusal(&world, "GBPUSD"), RL_REFUSAL_MARKET_BUSY);
}

Test(market_busy, engine_with_one_pair_at_rest_is_ready)
{
  rl_seqlock_write_begin(&board_of("GBPUSD")->lock);
  cr_expect(rl_market_ready(world.market, world.now.mono));
  rl_seqlock_write_begin(&board_of("USDCHF")->lock);
  cr_expect_not(rl_market_ready(world.market, world.now.mono));
}
