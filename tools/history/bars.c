#include "history/bars.h"

#include <stdlib.h>

static int64_t floor_to(int64_t ms, int64_t step_ms)
{
  return ms - ms % step_ms;
}

static int64_t ceil_to(int64_t ms, int64_t step_ms)
{
  return floor_to(ms + step_ms - 1, step_ms);
}

rl_status rl_bars_create(rl_bars *bars, rl_utc from, rl_utc to, rl_utc known_until, int64_t bar_ms)
{
  RL_ASSERT(from.ms >= 0 && from.ms < to.ms && bar_ms >= 1);
  int64_t first_ms = floor_to(from.ms, bar_ms), end_ms = ceil_to(to.ms, bar_ms);
  uint64_t count = (uint64_t)((end_ms - first_ms) / bar_ms);
  if (count > RL_BARS_MAX)
    return RL_OUT_OF_RANGE;
  rl_bar *made = calloc(count, sizeof *made);
  if (!made)
    return RL_NO_MEMORY;
  for (size_t i = 0; i < count; i++)
    made[i].start_ms = first_ms + (int64_t)i * bar_ms;
  *bars = (rl_bars){.bar_ms = bar_ms, .bars = made, .count = count};
  bars->known_until_ms = known_until.ms < end_ms ? known_until.ms : end_ms;
  return RL_OK;
}

void rl_bars_free(rl_bars *bars)
{
  free(bars->bars);
  *bars = (rl_bars){.bar_ms = bars->bar_ms};
}

static int64_t end_of(const rl_bars *bars)
{
  return bars->bars[0].start_ms + (int64_t)bars->count * bars->bar_ms;
}

/* The bar of an instant, or NULL outside all. */
static rl_bar *bar_at(rl_bars *bars, int64_t ms)
{
  int64_t first_ms = bars->bars[0].start_ms;
  return ms < first_ms || ms >= end_of(bars) ? NULL : &bars->bars[(ms - first_ms) / bars->bar_ms];
}

/* --- one bar --- */

static void touch(rl_bar *bar, uint64_t mid, uint64_t spread)
{
  if (!bar->has_price)
    bar->open = bar->high = bar->low = mid;
  bar->has_price = true;
  bar->high = mid > bar->high ? mid : bar->high;
  bar->low = mid < bar->low ? mid : bar->low;
  bar->close = mid;
  bar->spread_max = spread > bar->spread_max ? spread : bar->spread_max;
}

/* Appends what came behind `bar`. */
static void append(rl_bar *bar, const rl_bar *next)
{
  bar->priced_ms += next->priced_ms;
  bar->changes += next->changes;
  bar->spread_ms += next->spread_ms;
  if (!next->has_price)
    return;
  touch(bar, next->open, next->spread_max);
  touch(bar, next->high, next->spread_max);
  touch(bar, next->low, next->spread_max);
  touch(bar, next->close, next->spread_max);
}

/* --- the price that stands --- */

static void settle(rl_bars *bars, int64_t until_ms)
{
  int64_t at_ms = bars->standing.since_ms, first_ms = bars->bars[0].start_ms;
  if (!bars->standing.any)
    return;
  if (until_ms > bars->standing.until_ms)
    until_ms = bars->standing.until_ms;
  if (until_ms > bars->known_until_ms)
    until_ms = bars->known_until_ms;
  if (at_ms < first_ms)
    at_ms = first_ms;
  if (bars->standing.of_several && until_ms - at_ms > bars->unwatched_ms)
    bars->unwatched_ms = until_ms - at_ms;
  while (at_ms < until_ms) {
    rl_bar *bar = bar_at(bars, at_ms);
    int64_t end_ms = bar->start_ms + bars->bar_ms;
    int64_t ms = (end_ms < until_ms ? end_ms : until_ms) - at_ms;
    touch(bar, bars->standing.mid, bars->standing.spread);
    bar->priced_ms += ms;
    bar->spread_ms += (rl_u128)bars->standing.spread * (uint64_t)ms;
    at_ms += ms;
  }
}

/* --- scales --- */

static rl_status power_of_ten(unsigned exponent, uint64_t *out)
{
  uint64_t power = 1;
  for (unsigned i = 0; i < exponent; i++) {
    if (power > UINT64_MAX / 10)
      return RL_OUT_OF_RANGE;
    power *= 10;
  }
  *out = power;
  return RL_OK;
}

/* The largest figure that can be multiplied so and still be written with a decimal more. */
static bool fits(uint64_t figure, uint64_t power)
{
  return figure <= UINT64_MAX / 1000 / power;
}

static bool all_fit(const rl_bars *bars, uint64_t power)
{
  bool good = !bars->standing.any || (fits(bars->standing.mid, power) &&
                                      fits(bars->standing.spread, power));
  for (size_t i = 0; i < bars->count && good; i++)
    good = fits(bars->bars[i].high, power) && fits(bars->bars[i].spread_max, power);
  return good;
}

static rl_status refine(rl_bars *bars, uint8_t scale)
{
  uint64_t power;
  if (power_of_ten(scale - bars->scale, &power) != RL_OK || !all_fit(bars, power))
    return RL_OUT_OF_RANGE;
  for (size_t i = 0; i < bars->count; i++) {
    rl_bar *bar = &bars->bars[i];
    bar->open *= power;
    bar->high *= power;
    bar->low *= power;
    bar->close *= power;
    bar->spread_max *= power;
    bar->spread_ms *= power;
  }
  bars->standing.mid *= power;
  bars->standing.spread *= power;
  bars->scale = scale;
  return RL_OK;
}

/* --- prices --- */

/* Its mid and spread on the bars' scale, which becomes finer where it is. */
static rl_status take_figures(rl_bars *bars, const rl_made *made, uint64_t *mid, uint64_t *spread)
{
  uint64_t power;
  if (made->scale > bars->scale && refine(bars, made->scale) != RL_OK)
    return RL_OUT_OF_RANGE;
  if (power_of_ten(bars->scale - made->scale, &power) != RL_OK || !fits(made->mid_half, power) ||
      !fits(made->ask_half, power))
    return RL_OUT_OF_RANGE;
  *mid = made->mid_half * power;
  *spread = made->ask_half > made->bid_half ? (made->ask_half - made->bid_half) * power : 0;
  return RL_OK;
}

rl_status rl_bars_add(rl_bars *bars, const rl_made *made)
{
  uint64_t mid = 0, spread = 0;
  if (made->has_price && take_figures(bars, made, &mid, &spread) != RL_OK)
    return RL_OUT_OF_RANGE;
  int64_t at_ms = made->utc_ms, last_ms = bars->standing.since_ms;
  if (at_ms < last_ms) {
    at_ms = last_ms;
    bars->set_back++;
  }
  bars->gaps += made->follows_gap && bars->changes > 0;
  if (!made->follows_gap)
    settle(bars, at_ms);
  bars->standing.any = made->has_price;
  bars->standing.of_several = made->sources > 1;
  bars->standing.since_ms = at_ms;
  bars->standing.until_ms = at_ms + made->max_age_ms;
  bars->standing.mid = mid;
  bars->standing.spread = spread;
  bars->pip_scale = made->pip_scale;
  rl_bar *bar = bar_at(bars, at_ms);
  if (!bar)
    return RL_OK;
  bars->changes++;
  bar->changes++;
  if (made->has_price)
    touch(bar, mid, spread);
  return RL_OK;
}

void rl_bars_end(rl_bars *bars)
{
  settle(bars, end_of(bars));
  bars->standing.any = false;
}

rl_status rl_bars_lengthen(const rl_bars *bars, int64_t bar_ms, rl_bars *out)
{
  RL_ASSERT(bar_ms % bars->bar_ms == 0);
  rl_bars made;
  rl_status status = rl_bars_create(&made, (rl_utc){bars->bars[0].start_ms},
                                    (rl_utc){end_of(bars)}, (rl_utc){bars->known_until_ms}, bar_ms);
  if (status != RL_OK)
    return status;
  for (size_t i = 0; i < bars->count; i++)
    append(bar_at(&made, bars->bars[i].start_ms), &bars->bars[i]);
  made.scale = bars->scale;
  made.pip_scale = bars->pip_scale;
  made.changes = bars->changes;
  made.gaps = bars->gaps;
  made.set_back = bars->set_back;
  made.unwatched_ms = bars->unwatched_ms;
  *out = made;
  return RL_OK;
}

int64_t rl_bar_passed_ms(const rl_bars *bars, const rl_bar *bar)
{
  int64_t passed_ms = bars->known_until_ms - bar->start_ms;
  return passed_ms < 0 ? 0 : passed_ms > bars->bar_ms ? bars->bar_ms : passed_ms;
}

rl_bar rl_bars_total(const rl_bars *bars)
{
  rl_bar total = {.start_ms = bars->bars[0].start_ms};
  for (size_t i = 0; i < bars->count; i++)
    append(&total, &bars->bars[i]);
  return total;
}

/* --- figures as text --- */

void rl_bars_write_mid(const rl_bars *bars, uint64_t mid, char out[RL_RATE_TEXT_SIZE])
{
  rl_rate_format((rl_rate){mid * 5, (uint8_t)(bars->scale + 1)}, out);
}

unsigned rl_bars_pip_decimals(const rl_bars *bars)
{
  unsigned decimals = bars->scale + 2u;
  return bars->pip_scale < decimals ? decimals - bars->pip_scale : 0;
}

/* 10^-(scale + 2) of the price as pips: others where a pip is finer than that. */
static uint64_t as_pips(const rl_bars *bars, uint64_t figure_e2)
{
  uint64_t power = 1;
  unsigned decimals = bars->scale + 2u;
  if (bars->pip_scale > decimals && power_of_ten(bars->pip_scale - decimals, &power) != RL_OK)
    return 0;
  return figure_e2 * power;
}

uint64_t rl_bar_widest(const rl_bars *bars, const rl_bar *bar)
{
  return as_pips(bars, bar->spread_max * 50);
}

uint64_t rl_bar_mean(const rl_bars *bars, const rl_bar *bar)
{
  rl_u128 time = (rl_u128)(uint64_t)bar->priced_ms;
  return time == 0 ? 0 : as_pips(bars, (uint64_t)((bar->spread_ms * 100 + time) / (2 * time)));
}

void rl_bars_write_pips(const rl_bars *bars, uint64_t pips, char out[RL_RATE_TEXT_SIZE])
{
  rl_rate_format((rl_rate){pips, (uint8_t)rl_bars_pip_decimals(bars)}, out);
}
