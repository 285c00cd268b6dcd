/* Bars by hand, and against an oracle that looks at every millisecond. */
#include "history/bars.h"

#include "support/random.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static rl_made price(int64_t utc_ms, uint32_t mid_half, uint32_t half_spread)
{
  return (rl_made){.utc_ms = utc_ms, .has_price = true, .scale = 5, .pip_scale = 4,
                   .max_age_ms = 1000, .bid_half = mid_half - half_spread, .mid_half = mid_half,
                   .ask_half = mid_half + half_spread};
}

static rl_made refusal(int64_t utc_ms)
{
  return (rl_made){.utc_ms = utc_ms, .scale = 5, .pip_scale = 4, .max_age_ms = 1000};
}

static rl_bars bars_of(int64_t from, int64_t to, int64_t known, int64_t length, const rl_made *made,
                       size_t count)
{
  rl_bars bars;
  cr_assert_eq(rl_bars_create(&bars, (rl_utc){from}, (rl_utc){to}, (rl_utc){known}, length), RL_OK);
  for (size_t i = 0; i < count; i++)
    cr_assert_eq(rl_bars_add(&bars, &made[i]), RL_OK);
  rl_bars_end(&bars);
  return bars;
}
#define BARS(from, to, known, length, ...)                                 \
  bars_of(from, to, known, length, (const rl_made[]){__VA_ARGS__},         \
          sizeof((const rl_made[]){__VA_ARGS__}) / sizeof(rl_made))

static void expect_prices(const rl_bar *bar, uint64_t open, uint64_t high, uint64_t low,
                          uint64_t close)
{
  cr_expect(bar->has_price);
  cr_expect_eq(bar->open, open);
  cr_expect_eq(bar->high, high);
  cr_expect_eq(bar->low, low);
  cr_expect_eq(bar->close, close);
}

Test(history, bar_opens_with_the_price_that_stands_at_its_start)
{
  rl_bars bars = BARS(100, 300, 300, 100, price(50, 2000, 1), price(150, 2010, 1),
                      price(170, 1990, 1));
  cr_assert_eq(bars.count, 2);
  expect_prices(&bars.bars[0], 2000, 2010, 1990, 1990);
  expect_prices(&bars.bars[1], 1990, 1990, 1990, 1990);
  cr_expect_eq(bars.bars[0].changes, 2);
  cr_expect_eq(bars.bars[1].changes, 0);
  cr_expect_eq(bars.changes, 2, "what was made before the first bar is not a change in it");
  rl_bars_free(&bars);
}

Test(history, price_made_as_a_bar_starts_is_its_open)
{
  rl_bars bars = BARS(0, 200, 200, 100, price(99, 2000, 1), price(100, 2010, 1));
  expect_prices(&bars.bars[0], 2000, 2000, 2000, 2000);
  expect_prices(&bars.bars[1], 2010, 2010, 2010, 2010);
  cr_expect_eq(bars.bars[0].priced_ms, 1);
  cr_expect_eq(bars.bars[1].priced_ms, 100);
  rl_bars_free(&bars);
}

Test(history, price_stands_no_longer_than_its_age)
{
  rl_bars bars = BARS(0, 4000, 4000, 1000, price(500, 2000, 1));
  cr_expect_eq(bars.bars[0].priced_ms, 500);
  cr_expect_eq(bars.bars[1].priced_ms, 500);
  cr_expect_not(bars.bars[2].has_price);
  cr_expect_eq(bars.bars[2].open, 0);
  cr_expect_eq(bars.bars[2].priced_ms, 0);
  rl_bars_free(&bars);
}

Test(history, age_that_ends_as_a_bar_starts_is_over_in_it)
{
  rl_bars bars = BARS(0, 3000, 3000, 1000, price(1000, 2000, 1));
  cr_expect_not(bars.bars[0].has_price);
  cr_expect_eq(bars.bars[1].priced_ms, 1000);
  cr_expect_not(bars.bars[2].has_price);
  rl_bars_free(&bars);
}

Test(history, refusal_ends_the_price_and_counts_as_a_change)
{
  rl_bars bars = BARS(0, 200, 200, 100, price(10, 2000, 1), refusal(30));
  cr_expect_eq(bars.bars[0].priced_ms, 20);
  cr_expect_eq(bars.bars[0].changes, 2);
  cr_expect_not(bars.bars[1].has_price);
  rl_bars_free(&bars);
}

Test(history, price_before_a_gap_is_known_at_its_own_instant_only)
{
  rl_made behind = price(180, 2020, 1);
  behind.follows_gap = true;
  rl_bars bars = BARS(0, 200, 200, 100, price(10, 2000, 3), behind);
  expect_prices(&bars.bars[0], 2000, 2000, 2000, 2000);
  cr_expect_eq(bars.bars[0].priced_ms, 0);
  cr_expect_eq(bars.bars[0].spread_max, 6);
  cr_expect_eq(bars.bars[1].priced_ms, 20);
  cr_expect_eq(bars.gaps, 1);
  rl_bars_free(&bars);
}

static rl_made of_sources(rl_made made, uint8_t sources)
{
  made.sources = sources;
  return made;
}

Test(history, the_longest_that_a_price_of_several_sources_stood_unwatched_is_told)
{
  rl_bars bars = BARS(100, 3000, 3000, 100, of_sources(price(50, 2000, 1), 2),
                      of_sources(price(170, 2000, 1), 1), of_sources(price(900, 2000, 1), 3));
  cr_expect_eq(bars.unwatched_ms, 1000, "until its age is over");
  rl_bars_free(&bars);
  bars = BARS(100, 3000, 3000, 100, of_sources(price(50, 2000, 1), 2),
              of_sources(price(170, 2000, 1), 1));
  cr_expect_eq(bars.unwatched_ms, 70, "what was before the bars does not count");
  rl_bars longer;
  cr_assert_eq(rl_bars_lengthen(&bars, 1000, &longer), RL_OK);
  cr_expect_eq(longer.unwatched_ms, 70);
  rl_bars_free(&longer);
  rl_bars_free(&bars);
  bars = BARS(100, 3000, 3000, 100, of_sources(price(150, 2000, 1), 1), refusal(800));
  cr_expect_eq(bars.unwatched_ms, 0, "one source's price grows old as a whole");
  rl_bars_free(&bars);
}

Test(history, nothing_stands_behind_what_is_known)
{
  rl_bars bars = BARS(0, 300, 150, 100, price(10, 2000, 1));
  cr_expect_eq(bars.bars[1].priced_ms, 50);
  cr_expect_eq(rl_bar_passed_ms(&bars, &bars.bars[0]), 100);
  cr_expect_eq(rl_bar_passed_ms(&bars, &bars.bars[1]), 50);
  cr_expect_eq(rl_bar_passed_ms(&bars, &bars.bars[2]), 0);
  cr_expect_not(bars.bars[2].has_price);
  rl_bars_free(&bars);
}

Test(history, prices_of_one_millisecond_all_count_but_weigh_nothing)
{
  rl_bars bars = BARS(0, 100, 100, 100, price(10, 2000, 50), price(10, 2100, 1), price(10, 1900, 1),
                      price(10, 2001, 2));
  expect_prices(&bars.bars[0], 2000, 2100, 1900, 2001);
  cr_expect_eq(bars.bars[0].spread_max, 100);
  cr_expect(bars.bars[0].spread_ms == 4 * 90);
  cr_expect_eq(bars.set_back, 0);
  rl_bars_free(&bars);
}

Test(history, wall_clock_that_was_set_back_is_counted_and_moves_nothing_back)
{
  rl_bars bars = BARS(0, 200, 200, 100, price(150, 2000, 1), price(20, 2010, 1));
  cr_expect_not(bars.bars[0].has_price);
  expect_prices(&bars.bars[1], 2000, 2010, 2000, 2010);
  cr_expect_eq(bars.set_back, 1);
  rl_bars_free(&bars);
}

Test(history, bars_lie_at_multiples_of_their_length)
{
  rl_bars bars = BARS(61001, 119999, 200000, 60000, price(0, 2000, 1));
  cr_assert_eq(bars.count, 1);
  cr_expect_eq(bars.bars[0].start_ms, 60000);
  rl_bars_free(&bars);
  bars = BARS(59999, 120001, 200000, 60000, price(0, 2000, 1));
  cr_assert_eq(bars.count, 3);
  cr_expect_eq(bars.bars[0].start_ms, 0);
  rl_bars_free(&bars);
}

Test(history, more_bars_than_the_limit_are_refused)
{
  rl_bars bars;
  rl_utc from = {0}, to = {RL_BARS_MAX * 10ll};
  cr_assert_eq(rl_bars_create(&bars, from, to, to, 10), RL_OK);
  rl_bars_free(&bars);
  to.ms++;
  cr_expect_eq(rl_bars_create(&bars, from, to, to, 10), RL_OUT_OF_RANGE);
}

Test(history, scales_that_differ_meet_on_the_finer_one)
{
  rl_made fine = price(20, 20013, 10);
  fine.scale = 6;
  rl_bars bars = BARS(0, 100, 100, 100, price(0, 2001, 2), price(10, 2000, 1), fine,
                      price(30, 2004, 1));
  cr_expect_eq(bars.scale, 6);
  expect_prices(&bars.bars[0], 20010, 20040, 20000, 20040);
  cr_expect(bars.bars[0].spread_ms == 40 * 10 + 20 * 10 + 20 * 10 + 20 * 70);
  rl_bars_free(&bars);
}

Test(history, scales_without_a_common_one_are_refused)
{
  rl_bars bars;
  cr_assert_eq(rl_bars_create(&bars, (rl_utc){0}, (rl_utc){100}, (rl_utc){100}, 100), RL_OK);
  rl_made coarse = price(10, 1999999998, 1), fine = price(20, 2000, 1);
  coarse.scale = 0;
  fine.scale = 12;
  cr_assert_eq(rl_bars_add(&bars, &coarse), RL_OK);
  cr_expect_eq(rl_bars_add(&bars, &fine), RL_OUT_OF_RANGE);
  rl_bars_end(&bars);
  expect_prices(&bars.bars[0], 1999999998, 1999999998, 1999999998, 1999999998);
  rl_bars_free(&bars);
}

Test(history, figures_are_written_exactly)
{
  char text[RL_RATE_TEXT_SIZE];
  rl_bars bars = BARS(0, 100, 100, 100, price(0, 216685, 5), price(75, 216690, 8));
  rl_bars_write_mid(&bars, bars.bars[0].open, text);
  cr_expect_str_eq(text, "1.083425");
  rl_bars_write_pips(&bars, rl_bar_widest(&bars, &bars.bars[0]), text);
  cr_expect_str_eq(text, "0.800");
  rl_bars_write_pips(&bars, rl_bar_mean(&bars, &bars.bars[0]), text);
  cr_expect_str_eq(text, "0.575", "75 ms of 0.5 pips and 25 ms of 0.8");
  rl_bars_free(&bars);
}

Test(history, mean_spread_is_rounded_half_up)
{
  rl_bars bars = {.scale = 5, .pip_scale = 4};
  rl_bar bar = {.priced_ms = 200, .spread_ms = 1};
  cr_expect_eq(rl_bar_mean(&bars, &bar), 0, "50 / 200");
  bar.spread_ms = 2;
  cr_expect_eq(rl_bar_mean(&bars, &bar), 1, "100 / 200");
  bar.priced_ms = 0;
  cr_expect_eq(rl_bar_mean(&bars, &bar), 0);
}

Test(history, pip_may_be_finer_or_coarser_than_the_rates)
{
  rl_bars bars = {.scale = 3, .pip_scale = 2};
  rl_bar bar = {.spread_max = 24};
  char text[RL_RATE_TEXT_SIZE];
  rl_bars_write_pips(&bars, rl_bar_widest(&bars, &bar), text);
  cr_expect_str_eq(text, "1.200", "0.012 of yen");
  bars = (rl_bars){.scale = 0, .pip_scale = 4};
  rl_bars_write_pips(&bars, rl_bar_widest(&bars, &bar), text);
  cr_expect_str_eq(text, "120000");
}

/* --- the oracle --- */

enum { SPAN_MS = 600, AGE_MS = 37, MADE_MAX = 120 };

/* What is there at each millisecond, and whatever was made. */
typedef struct world {
  rl_made made[MADE_MAX];
  size_t count;
  int64_t known_ms;
  const rl_made *stands[SPAN_MS];
} world;

static void make_world(world *of, rl_random *random)
{
  int64_t at = 0;
  *of = (world){.known_ms = rl_random_between(random, SPAN_MS / 2, SPAN_MS)};
  while (of->count < MADE_MAX && at < of->known_ms) {
    uint32_t mid = (uint32_t)rl_random_between(random, 2000, 2020);
    rl_made made = price(at, mid, (uint32_t)rl_random_below(random, 5));
    made.max_age_ms = AGE_MS;
    made.has_price = rl_random_below(random, 8) > 0;
    made.follows_gap = rl_random_below(random, 12) == 0;
    of->made[of->count++] = made;
    at += rl_random_below(random, 3) == 0 ? 0 : rl_random_between(random, 1, 60);
  }
  for (int64_t ms = 0; ms < of->known_ms; ms++) {
    const rl_made *last = NULL, *next = NULL;
    for (size_t i = 0; i < of->count; i++) {
      if (of->made[i].utc_ms <= ms)
        last = &of->made[i];
      else if (!next)
        next = &of->made[i];
    }
    if (last && last->has_price && ms < last->utc_ms + AGE_MS && !(next && next->follows_gap))
      of->stands[ms] = last;
  }
}

/* One figure of a bar, by looking at every millisecond and everything made in it. */
static rl_bar look(const world *of, int64_t start, int64_t length)
{
  rl_bar bar = {.start_ms = start, .low = UINT64_MAX};
  for (int64_t ms = start; ms < start + length && ms < SPAN_MS; ms++) {
    const rl_made *seen[MADE_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < of->count; i++) {
      if (of->made[i].utc_ms == ms)
        seen[count++] = &of->made[i];
    }
    bar.changes += count;
    if (of->stands[ms]) {
      bar.priced_ms++;
      bar.spread_ms += of->stands[ms]->ask_half - of->stands[ms]->bid_half;
      seen[count++] = of->stands[ms];
    }
    for (size_t i = 0; i < count; i++) {
      if (!seen[i]->has_price)
        continue;
      uint64_t mid = seen[i]->mid_half, spread = seen[i]->ask_half - seen[i]->bid_half;
      bar.open = bar.has_price ? bar.open : mid;
      bar.has_price = true;
      bar.high = mid > bar.high ? mid : bar.high;
      bar.low = mid < bar.low ? mid : bar.low;
      bar.close = mid;
      bar.spread_max = spread > bar.spread_max ? spread : bar.spread_max;
    }
  }
  bar.low = bar.has_price ? bar.low : 0;
  return bar;
}

static void expect_same(const rl_bar *bar, const rl_bar *wanted)
{
  cr_assert_eq(bar->start_ms, wanted->start_ms);
  cr_assert_eq(bar->priced_ms, wanted->priced_ms);
  cr_assert_eq(bar->changes, wanted->changes);
  cr_assert_eq(bar->has_price, wanted->has_price);
  cr_assert_eq(bar->open, wanted->open);
  cr_assert_eq(bar->high, wanted->high);
  cr_assert_eq(bar->low, wanted->low);
  cr_assert_eq(bar->close, wanted->close);
  cr_assert_eq(bar->spread_max, wanted->spread_max);
  cr_assert(bar->spread_ms == wanted->spread_ms);
}

Test(history, bars_are_what_every_millisecond_says)
{
  rl_random random = rl_random_from(rl_test_seed("bars"));
  world *seen = malloc(sizeof *seen);
  cr_assert(seen);
  for (unsigned round = 0; round < 400; round++) {
    make_world(seen, &random);
    int64_t length = rl_random_between(&random, 1, 90);
    rl_bars bars =
      bars_of(0, SPAN_MS, seen->known_ms, length, seen->made, seen->count);
    for (size_t i = 0; i < bars.count; i++) {
      rl_bar wanted = look(seen, bars.bars[i].start_ms, length);
      expect_same(&bars.bars[i], &wanted);
    }
    rl_bar wanted = look(seen, 0, SPAN_MS), total = rl_bars_total(&bars);
    expect_same(&total, &wanted);
    rl_bars_free(&bars);
  }
  free(seen);
}

Test(history, longer_bars_of_bars_are_those_of_the_prices)
{
  rl_random random = rl_random_from(rl_test_seed("longer bars"));
  world *seen = malloc(sizeof *seen);
  cr_assert(seen);
  for (unsigned round = 0; round < 400; round++) {
    make_world(seen, &random);
    int64_t length = rl_random_between(&random, 1, 20), by = rl_random_between(&random, 1, 9);
    rl_bars fine = bars_of(0, SPAN_MS, seen->known_ms, length, seen->made, seen->count);
    rl_bars direct = bars_of(0, SPAN_MS, seen->known_ms, by * length, seen->made, seen->count);
    rl_bars longer;
    cr_assert_eq(rl_bars_lengthen(&fine, by * length, &longer), RL_OK);
    cr_assert_eq(longer.count, direct.count);
    cr_assert_eq(longer.changes, direct.changes);
    for (size_t i = 0; i < direct.count; i++) {
      const rl_bar *bar = &longer.bars[i];
      expect_same(bar, &direct.bars[i]);
      cr_assert(bar->high >= bar->open && bar->high >= bar->close && bar->low <= bar->open &&
                bar->low <= bar->close);
    }
    rl_bars_free(&fine);
    rl_bars_free(&direct);
    rl_bars_free(&longer);
  }
  free(seen);
}

/* --- lengths --- */

Test(history, length_is_one_of_those_offered)
{
  int64_t ms = 7;
  cr_expect_eq(rl_bar_length_parse("1m", &ms), RL_OK);
  cr_expect_eq(ms, 60000);
  cr_expect_eq(rl_bar_length_parse("1d", &ms), RL_OK);
  cr_expect_eq(ms, 86400000);
  cr_expect_eq(rl_bar_length_parse("24h", &ms), RL_OK);
  cr_expect_eq(rl_bar_length_parse("60s", &ms), RL_OK);
  cr_expect_eq(ms, 60000);
  cr_expect_eq(rl_bar_length_parse("7m", &ms), RL_NOT_FOUND);
  cr_expect_eq(rl_bar_length_parse("0s", &ms), RL_NOT_FOUND);
  cr_expect_eq(rl_bar_length_parse("minute", &ms), RL_INVALID);
  cr_expect_eq(ms, 60000, "a failure leaves it as it was");
}

Test(history, lengths_are_parts_of_a_day_and_rise)
{
  int64_t last = 0, parsed;
  for (unsigned i = 0; i < rl_bar_length_count; i++) {
    char text[RL_DURATION_TEXT_SIZE];
    cr_expect_eq(86400000 % rl_bar_lengths_ms[i], 0);
    cr_expect_gt(rl_bar_lengths_ms[i], last);
    last = rl_bar_lengths_ms[i];
    rl_bar_length_format(last, text);
    cr_expect_eq(rl_bar_length_parse(text, &parsed), RL_OK);
    cr_expect_eq(parsed, last);
  }
}

Test(history, shortest_length_that_is_enough_is_chosen)
{
  rl_utc from = {0}, hour = {3600000}, year = {365 * 86400000ll};
  cr_expect_eq(rl_bar_length_for(from, hour, 60, 1), 60000);
  cr_expect_eq(rl_bar_length_for(from, hour, 59, 1), 300000);
  cr_expect_eq(rl_bar_length_for((rl_utc){1}, (rl_utc){3600001}, 60, 1), 300000, "61 minutes");
  cr_expect_eq(rl_bar_length_for(from, hour, 300, 10000), 30000, "of tens of seconds, not 15s");
  cr_expect_eq(rl_bar_length_for(from, year, 100, 1), 4 * 86400000ll);
}
