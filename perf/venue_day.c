#include "venue_day.h"

#include "bench.h"
#include "wire/feed_message.h"

#include <stdlib.h>
#include <string.h>

typedef struct playing {
  rl_test_engine *engine;
  const char *pair_name;
  rl_pair pair;
  venue_day *day;
  uint64_t sequence;
} playing;

/* --- what stands at an instant --- */

static bool is_outside(const rl_composite *composite)
{
  uint32_t low = UINT32_MAX, high = 0;
  for (unsigned i = 0; i < composite->tick_count; i++) {
    const rl_composite_tick *tick = &composite->ticks[i];
    low = tick->bid < low ? tick->bid : low;
    high = tick->ask > high ? tick->ask : high;
  }
  uint32_t floor = composite->min_half_spread;
  return composite->bid_half + floor < 2 * low || composite->ask_half > 2 * high + floor;
}

static bool is_too_old(const rl_composite *composite, rl_mono now)
{
  return now.ns - rl_composite_newest_arrival_ns(composite) >=
         composite->max_age_ms * RL_NS_PER_MS;
}

static void weigh(venue_day *day, const rl_composite *composite, rl_mono now, int64_t lasts_ns)
{
  if (composite->refusal != RL_REFUSAL_NONE) {
    day->refused_ns[composite->refusal] += lasts_ns;
    return;
  }
  uint32_t spread = composite->ask_half - composite->bid_half;
  day->priced_ns += lasts_ns;
  day->crossed_ns += composite->bid_half > composite->ask_half ? lasts_ns : 0;
  day->outside_ns += is_outside(composite) ? lasts_ns : 0;
  day->too_old_ns += is_too_old(composite, now) ? lasts_ns : 0;
  day->wide_ns[spread < SPREADS ? spread : SPREADS - 1] += lasts_ns;
}

/* The stretch from `from_ns` to `until_ns`, cut where time alone changes the price. */
static void look_through(const playing *it, int64_t from_ns, int64_t until_ns)
{
  while (from_ns < until_ns) {
    rl_composite composite;
    rl_market_composite(it->engine->market, it->pair, (rl_mono){from_ns}, &composite);
    int64_t change_ns = composite.fresh_until_mono_ns;
    int64_t end_ns = change_ns > from_ns && change_ns < until_ns ? change_ns : until_ns;
    weigh(it->day, &composite, (rl_mono){from_ns}, end_ns - from_ns);
    from_ns = end_ns;
  }
}

static void digest(venue_day *day, uint64_t value)
{
  day->digest = (day->digest ^ value) * 0x9e3779b97f4a7c15u;
  day->digest ^= day->digest >> 29;
}

static void note_composite(const playing *it, rl_mono now)
{
  rl_composite composite;
  rl_market_composite(it->engine->market, it->pair, now, &composite);
  venue_day *day = it->day;
  day->composites++;
  day->refused += composite.refusal != RL_REFUSAL_NONE;
  digest(day, composite.bid_half | (uint64_t)composite.ask_half << 32);
  digest(day, composite.mid_half | (uint64_t)composite.refusal << 32);
  digest(day, composite.version);
  digest(day, composite.volatility_ppm);
  for (unsigned i = 0; i < composite.tick_count; i++)
    digest(day, composite.ticks[i].sequence);
}

/* --- playing --- */

static size_t write_message(const playing *it, const venue *from, const venue_tick *tick,
                            uint8_t *message, size_t room)
{
  rl_writer writer = rl_writer_over(message, room);
  rl_feed_header header = {.class = RL_SOURCE_LIVE, .tick_count = 1};
  rl_feed_tick update = {
    .bid = tick->bid, .ask = tick->ask, .scale = tick->scale, .sequence = it->sequence,
    .source_utc_ms = tick->stated_utc_ms,
  };
  memcpy(header.source, from->name, sizeof header.source);
  memcpy(update.pair, it->pair_name, 7);
  rl_feed_encode_head(&writer, &header);
  rl_feed_encode_tick(&writer, &update);
  RL_ASSERT(!writer.failed);
  return writer.used;
}

static void play_tick(playing *it, const venue *venues, const venue_tick *tick)
{
  uint8_t message[256];
  it->sequence++;
  size_t size = write_message(it, &venues[tick->venue], tick, message, sizeof message);
  uint64_t start_ns = bench_now_ns();
  rl_service_take_feed(it->engine->service, message, size);
  it->day->played_ns += bench_now_ns() - start_ns;
}

void venue_day_play(rl_test_engine *engine, const char *pair, const venue *venues,
                    const venue_ticks *ticks, bool look, venue_day *out)
{
  playing it = {.engine = engine, .pair_name = pair, .day = out};
  rl_status status = rl_universe_find_name(engine->universe, pair, 6, &it.pair);
  RL_ASSERT(status == RL_OK && ticks->count > 0);
  *out = (venue_day){.wide_ns = calloc(SPREADS, sizeof *out->wide_ns)};
  RL_ASSERT(out->wide_ns);
  int64_t started_ns = rl_clock_read(&engine->clock).mono.ns, now_ns = started_ns;
  for (size_t i = 0; i < ticks->count; i++) {
    const venue_tick *tick = &ticks->all[i];
    int64_t due_ns =
      started_ns + (tick->arrival_utc_ms - ticks->all[0].arrival_utc_ms) * RL_NS_PER_MS;
    if (look)
      look_through(&it, now_ns, due_ns);
    now_ns = due_ns;
    engine->manual.mono_ns = now_ns;
    engine->manual.utc_ms = tick->arrival_utc_ms;
    play_tick(&it, venues, tick);
    if (look)
      note_composite(&it, (rl_mono){now_ns});
  }
  out->span_ns = now_ns - started_ns;
}

unsigned venue_day_spread(const venue_day *day, unsigned permille)
{
  int64_t seen_ns = 0;
  for (unsigned i = 0; i < SPREADS; i++) {
    seen_ns += day->wide_ns[i];
    if (seen_ns > 0 && seen_ns >= day->priced_ns / 1000 * permille)
      return i;
  }
  return 0;
}
