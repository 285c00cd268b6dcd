/* Whole books and withdrawals, as a handler pushes them. */
#include "feeds/feed.h"

#include "pull.h"

#include <criterion/criterion.h>
#include <string.h>

static const rl_utc noon = {1700000000123};

static rl_pull engine;
static rl_feed_tick tick;

static void set_up(void)
{
  rl_pull_prepare(&engine);
  rl_pull_listen(&engine);
}

static void tear_down(void)
{
  rl_pull_close(&engine);
}

TestSuite(feed_book, .init = set_up, .fini = tear_down);

static rl_rate rate(const char *text)
{
  rl_rate parsed;
  cr_assert_eq(rl_rate_parse(text, strlen(text), &parsed), RL_OK, "%s", text);
  return parsed;
}

static rl_feed *connect_with_batch(unsigned batch)
{
  rl_feed *feed = NULL;
  rl_error error;
  rl_feed_options options = {.url = engine.url, .source = "venue", .batch = batch};
  cr_assert_eq(rl_feed_connect(&options, &feed, &error), RL_OK, "%s", error.text);
  return feed;
}

/* Of bids or asks: each level `step` further, of scale 5, from 1.12520. */
static void fill_side(rl_feed_level *levels, unsigned count, int step)
{
  for (unsigned i = 0; i < count; i++)
    levels[i] = (rl_feed_level){{.mantissa = (uint64_t)(112520 + step * (int)i), .scale = 5},
                                i + 1};
}

Test(feed_book, a_book_arrives_as_it_was_pushed)
{
  rl_feed *feed = connect_with_batch(1);
  rl_feed_level bids[] = {{rate("1.125"), 10}, {rate("1.1249"), 20}, {rate("1.12"), 30}};
  rl_feed_level asks[] = {{rate("1.12510"), 40}, {rate("1.12523"), UINT64_MAX}};
  cr_assert_eq(rl_feed_push_book(feed, "EURUSD", bids, 3, asks, 2, noon), RL_OK);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(tick.scale, 5, "the smallest that holds every level");
  cr_assert(tick.bid == 112500 && tick.ask == 112510 && tick.bid_size == 10);
  cr_assert(tick.ask_size == 40 && tick.source_utc_ms == noon.ms && !tick.withdrawn);
  cr_assert(tick.depth.bid_count == 2 && tick.depth.ask_count == 1);
  cr_assert(tick.depth.bids[0].price == 112490 && tick.depth.bids[0].size == 20);
  cr_assert(tick.depth.bids[1].price == 112000 && tick.depth.bids[1].size == 30);
  cr_assert(tick.depth.asks[0].price == 112523 && tick.depth.asks[0].size == UINT32_MAX);
  rl_feed_close(feed);
}

Test(feed_book, a_book_is_cut_behind_its_tenth_level)
{
  rl_feed *feed = connect_with_batch(1);
  rl_feed_level bids[RL_LEVELS_MAX + 2], asks[RL_LEVELS_MAX + 2];
  fill_side(bids, RL_LEVELS_MAX + 2, -1);
  fill_side(asks, RL_LEVELS_MAX + 2, 1);
  /* What is cut off need not even be a rate. */
  bids[RL_LEVELS_MAX].rate = (rl_rate){.mantissa = 1, .scale = RL_RATE_SCALE_MAX + 1};
  asks[RL_LEVELS_MAX].rate = (rl_rate){.mantissa = 0};
  cr_assert_eq(rl_feed_push_book(feed, "EURUSD", bids, RL_LEVELS_MAX, asks, RL_LEVELS_MAX - 1,
                                 noon), RL_OK);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(tick.depth.bid_count, RL_LEVELS_MAX - 1);
  cr_assert_eq(tick.depth.ask_count, RL_LEVELS_MAX - 2);
  cr_assert_eq(rl_feed_push_book(feed, "EURUSD", bids, RL_LEVELS_MAX + 2, asks, RL_LEVELS_MAX + 1,
                                 noon), RL_OK);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(tick.scale, 5);
  cr_assert_eq(tick.depth.bid_count, RL_LEVELS_MAX - 1);
  cr_assert_eq(tick.depth.ask_count, RL_LEVELS_MAX - 1);
  cr_assert_eq(tick.depth.bids[RL_LEVELS_MAX - 2].size, RL_LEVELS_MAX);
  rl_feed_close(feed);
}

Test(feed_book, a_book_that_no_source_can_have_is_refused)
{
  rl_feed *feed = connect_with_batch(1);
  rl_feed_level good[] = {{rate("1.1"), 1}, {rate("1.2"), 1}};
  rl_feed_level zero[] = {{rate("1.1"), 1}, {{.mantissa = 0}, 1}};
  rl_feed_level fine[] = {{rate("1.1"), 1}, {{.mantissa = 3, .scale = 19}, 1}};
  rl_feed_level longer[] = {{rate("1.1"), 1}, {{.mantissa = 1234567891, .scale = 9}, 1}};
  rl_feed_level small[] = {{rate("10"), 1}, {rate("0.00000001"), 1}};
  const rl_feed_level *const wrong[] = {zero, fine, longer, small};
  cr_assert_eq(rl_feed_push_book(feed, "EURUS", good, 2, good, 2, noon), RL_INVALID);
  cr_assert_eq(rl_feed_push_book(feed, "EURUSD", good, 0, good, 2, noon), RL_INVALID);
  cr_assert_eq(rl_feed_push_book(feed, "EURUSD", good, 2, good, 0, noon), RL_INVALID);
  for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    cr_assert_eq(rl_feed_push_book(feed, "EURUSD", wrong[i], 2, good, 2, noon), RL_INVALID);
    cr_assert_eq(rl_feed_push_book(feed, "EURUSD", good, 2, wrong[i], 2, noon), RL_INVALID);
    cr_assert_eq(rl_feed_push_book(feed, "EURUSD", wrong[i] + 1, 1, good, 1, noon),
                 wrong[i] == small ? RL_OK : RL_INVALID);
  }
  rl_feed_close(feed);
}

Test(feed_book, a_withdrawal_takes_its_turn_among_the_updates_of_its_pair)
{
  rl_feed *feed = connect_with_batch(0);
  cr_assert_eq(rl_feed_push(feed, "EURUSD", rate("1.1"), rate("1.2"), noon), RL_OK);
  cr_assert_eq(rl_feed_withdraw(feed, "EURUSD", noon), RL_OK);
  cr_assert_eq(rl_feed_withdraw(feed, "EURusd", noon), RL_INVALID);
  cr_assert_eq(rl_feed_push(feed, "EURUSD", rate("1.1"), rate("1.2"), noon), RL_OK);
  rl_feed_close(feed);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_not(tick.withdrawn);
  uint64_t first = tick.sequence;
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert(tick.withdrawn && tick.sequence == first + 1 && tick.source_utc_ms == noon.ms);
  cr_assert_str_eq(tick.pair, "EURUSD");
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert(!tick.withdrawn && tick.sequence == first + 2);
}

Test(feed_book, a_full_batch_of_the_longest_updates_has_room)
{
  rl_feed *feed = connect_with_batch(256);
  rl_feed_level bids[RL_LEVELS_MAX], asks[RL_LEVELS_MAX];
  for (unsigned i = 0; i < RL_LEVELS_MAX; i++) {
    bids[i] = (rl_feed_level){{.mantissa = 999999988 - i}, UINT64_MAX};
    asks[i] = (rl_feed_level){{.mantissa = 999999989 + i}, UINT64_MAX};
  }
  for (unsigned i = 0; i < 256; i++)
    cr_assert_eq(rl_feed_push_book(feed, "EURUSD", bids, RL_LEVELS_MAX, asks, RL_LEVELS_MAX,
                                   (rl_utc){INT64_MAX}), RL_OK);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(engine.header.tick_count, 256);
  rl_feed_close(feed);
}
