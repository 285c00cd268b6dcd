#include "sample.h"

#define START_MS 1795510800000ll /* 2026-11-24T09:00Z */
#define MINUTE_MS 60000

static rl_bars empty_bars(int64_t from_ms, size_t count, int64_t bar_ms)
{
  rl_bars bars;
  rl_utc from = {from_ms}, to = {from_ms + (int64_t)count * bar_ms};
  rl_status status = rl_bars_create(&bars, from, to, to, bar_ms);
  RL_ASSERT(status == RL_OK);
  return bars;
}

static void add(rl_bars *bars, rl_made made)
{
  rl_status status = rl_bars_add(bars, &made);
  RL_ASSERT(status == RL_OK);
}

rl_bars rl_sample_bars(const uint32_t (*mids)[4], size_t count)
{
  rl_bars bars = empty_bars(START_MS, count, MINUTE_MS);
  for (size_t i = 0; i < count; i++) {
    for (unsigned k = 0; k < 4 && mids[i][0] > 0; k++)
      add(&bars, (rl_made){START_MS + (int64_t)i * MINUTE_MS, .has_price = true, .scale = 5,
                           .pip_scale = 4, .max_age_ms = MINUTE_MS, .bid_half = mids[i][k] - 2,
                           .mid_half = mids[i][k], .ask_half = mids[i][k] + 2});
  }
  rl_bars_end(&bars);
  return bars;
}

rl_bars rl_sample_random(rl_random *random, size_t most)
{
  int64_t bar_ms = rl_bar_lengths_ms[rl_random_below(random, rl_bar_length_count)];
  size_t count = 1 + rl_random_below(random, most);
  int64_t from_ms = bar_ms * rl_random_between(random, 0, START_MS / bar_ms), at_ms = from_ms;
  uint8_t scale = (uint8_t)rl_random_below(random, 13), pip = (uint8_t)rl_random_below(random, 7);
  rl_bars bars = empty_bars(from_ms, count, bar_ms);
  int64_t to_ms = from_ms + (int64_t)bars.count * bar_ms, step_ms = 1 + (to_ms - from_ms) / 50;
  while ((at_ms += rl_random_between(random, 0, step_ms)) < to_ms) {
    uint32_t mid = (uint32_t)rl_random_magnitude(random, 1999999000), half = mid / 1000;
    uint32_t max_age_ms = (uint32_t)rl_random_below(random, 86400000);
    add(&bars, (rl_made){at_ms, .has_price = rl_random_below(random, 5) > 0, .scale = scale,
                         .pip_scale = pip, .max_age_ms = max_age_ms, .bid_half = mid - half,
                         .mid_half = mid, .ask_half = mid + half});
  }
  rl_bars_end(&bars);
  return bars;
}
