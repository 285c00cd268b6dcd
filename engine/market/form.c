#include "market/form.h"

/* value x 10^-scale in the pair's units: exactly, or a verdict that says why not. */
static rl_verdict convert(uint64_t value, unsigned scale, unsigned pair_scale, uint32_t *out)
{
  if (value == 0)
    return RL_TICK_MALFORMED_PRICE;
  for (; scale > pair_scale; scale--) {
    if (value % 10 != 0)
      return RL_TICK_MALFORMED_SCALE;
    value /= 10;
  }
  for (; scale < pair_scale && value <= RL_SOURCE_MANTISSA_MAX; scale++)
    value *= 10;
  if (value > RL_SOURCE_MANTISSA_MAX)
    return RL_TICK_MALFORMED_PRICE;
  *out = (uint32_t)value;
  return RL_TICK_GOOD;
}

/* --- levels --- */

/* The best of one side, which its levels stand behind. */
typedef struct ladder {
  uint32_t best;
  uint32_t best_size;
  bool falls; /* of bids, where a lower price is a worse one */
} ladder;


static bool read_levels(unsigned scale, unsigned pair_scale, const ladder *side,
                        const rl_level *levels, unsigned count, rl_level *out)
{
  if (count > RL_LEVELS_MAX - 1 || (count > 0 && side->best_size == 0))
    return false;
  uint32_t better = side->best;
  for (unsigned i = 0; i < count; i++) {
    uint32_t price;
    if (levels[i].size == 0 || convert(levels[i].price, scale, pair_scale, &price) != RL_TICK_GOOD)
      return false;
    if (side->falls ? price >= better : price <= better)
      return false;
    out[i] = (rl_level){price, levels[i].size};
    better = price;
  }
  return true;
}

static uint32_t at_most_u32(uint64_t value)
{
  return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

/* Of an update whose best prices are read. */
static rl_verdict read_book(const rl_tick *tick, unsigned pair_scale, rl_update *out)
{
  rl_book *book = &out->book;
  const rl_depth *from = tick->depth;
  book->bid_size = at_most_u32(tick->bid_size);
  book->ask_size = at_most_u32(tick->ask_size);
  book->depth.bid_count = book->depth.ask_count = 0;
  if (!from)
    return RL_TICK_GOOD;
  ladder bid = {out->tick.bid, book->bid_size, true};
  ladder ask = {out->tick.ask, book->ask_size, false};
  if (!read_levels(tick->scale, pair_scale, &bid, from->bids, from->bid_count,
                   book->depth.bids) ||
      !read_levels(tick->scale, pair_scale, &ask, from->asks, from->ask_count,
                   book->depth.asks))
    return RL_TICK_MALFORMED_DEPTH;
  book->depth.bid_count = from->bid_count;
  book->depth.ask_count = from->ask_count;
  return RL_TICK_GOOD;
}

/* --- the update --- */

static rl_verdict read_prices(const rl_pair_spec *spec, const rl_tick *tick, rl_update *out)
{
  rl_verdict verdict = convert(tick->bid, tick->scale, spec->scale, &out->tick.bid);
  if (verdict == RL_TICK_GOOD)
    verdict = convert(tick->ask, tick->scale, spec->scale, &out->tick.ask);
  if (verdict == RL_TICK_GOOD && spec->by_depth)
    verdict = read_book(tick, spec->scale, out);
  return verdict;
}

rl_verdict rl_update_read(const rl_pair_spec *spec, rl_source source, const rl_tick *tick,
                          rl_now now, rl_update *out)
{
  out->withdrawn = tick->withdrawn;
  out->tick = (rl_composite_tick){
    .sequence = tick->sequence,
    .source_utc_ms = tick->source_utc_ms > 0 ? tick->source_utc_ms : 0,
    .arrival_mono_ns = now.mono.ns,
    .source = source,
  };
  rl_verdict verdict = tick->withdrawn ? RL_TICK_GOOD : read_prices(spec, tick, out);
  if (verdict == RL_TICK_GOOD && tick->source_utc_ms > now.utc.ms + RL_SOURCE_FUTURE_MS)
    return RL_TICK_MALFORMED_FUTURE;
  return verdict;
}
