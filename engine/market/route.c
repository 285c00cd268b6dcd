/* The way of a price through the market (design K5), and the consistent read of it (K6).
 *
 * A pair with a market of its own has one way. Any other goes through the fewest pivots that are
 * configured to connect it, one or two, whatever the market says at the moment; of the ways of
 * that length the tightest fresh one is taken, by the sum of its legs' relative spreads.
 *
 * A snapshot is read in three steps: choose a way by a glance at prices; read its legs whole; ask
 * each leg's lock again, after the last leg was read. While all say that nothing was written, the
 * legs stood together at the instant of the first of these questions (sync/seqlock.h). Otherwise
 * start again, counted: each torn or overtaken read takes one of RL_SEQLOCK_TRIES_MAX tries. */
#include "market/depth.h"
#include "market/way.h"

/* --- ways --- */

bool rl_way_through(const rl_universe *universe, const rl_currency *stops, unsigned stop_count,
                    rl_way *out)
{
  RL_ASSERT(stop_count >= 2 && stop_count <= RL_LEGS_MAX + 1);
  for (unsigned i = 0; i + 1 < stop_count; i++) {
    if (!rl_step_find(universe, stops[i], stops[i + 1], &out->steps[i]))
      return false;
  }
  out->count = stop_count - 1;
  return true;
}

static unsigned ways_by_one(const rl_universe *universe, rl_currency from, rl_currency to,
                            rl_way ways[RL_WAYS_MAX])
{
  unsigned count = 0;
  for (unsigned i = 0; i < universe->pivot_count; i++) {
    rl_currency stops[] = {from, universe->pivots[i], to};
    if (rl_way_through(universe, stops, 3, &ways[count]))
      count++;
  }
  return count;
}

static unsigned ways_by_two(const rl_universe *universe, rl_currency from, rl_currency to,
                            rl_way ways[RL_WAYS_MAX])
{
  unsigned pivots = universe->pivot_count, count = 0;
  for (unsigned i = 0; i < pivots; i++) {
    for (unsigned j = 0; j < pivots; j++) {
      rl_currency stops[] = {from, universe->pivots[i], universe->pivots[j], to};
      if (rl_way_through(universe, stops, 4, &ways[count]))
        count++;
    }
  }
  return count;
}

/* All ways of the fewest legs, in pivot order. A step from a currency to itself has no market, so
 * no way stops at one currency twice. */
static unsigned find_ways(const rl_universe *universe, rl_currency from, rl_currency to,
                          rl_way ways[RL_WAYS_MAX])
{
  if (rl_way_through(universe, (rl_currency[]){from, to}, 2, &ways[0]))
    return 1;
  unsigned count = ways_by_one(universe, from, to, ways);
  return count > 0 ? count : ways_by_two(universe, from, to, ways);
}

/* --- choosing --- */

/* Of two legs' refusals the one that stands for both: the first in refusal.h. */
static rl_refusal first_of(rl_refusal left, rl_refusal right)
{
  if (left == RL_REFUSAL_NONE || right == RL_REFUSAL_NONE)
    return left == RL_REFUSAL_NONE ? right : left;
  return left < right ? left : right;
}

/* How a way looks at a glance. */
typedef struct glance {
  rl_refusal refusal;
  uint64_t spread_e9; /* sum of (ask - bid) / mid, in 10^-9 */
} glance;

static glance glance_at(const rl_market *market, const rl_way *way, rl_mono now, unsigned *tries)
{
  glance seen = {RL_REFUSAL_NONE, 0};
  for (unsigned i = 0; i < way->count; i++) {
    rl_price price = rl_board_peek(market, way->steps[i].pair, now, tries);
    seen.refusal = first_of(seen.refusal, price.refusal);
    if (price.refusal == RL_REFUSAL_NONE)
      seen.spread_e9 += (price.ask_half - price.bid_half) * 1000000000ull / price.mid_half;
  }
  return seen;
}

/* The tightest of the ways that have a price, else the first way's refusal. */
static rl_refusal choose(const rl_market *market, const rl_way *ways, unsigned count, rl_mono now,
                         unsigned *tries, const rl_way **out)
{
  rl_refusal refusal = RL_REFUSAL_NONE;
  uint64_t tightest = UINT64_MAX;
  *out = NULL;
  for (unsigned i = 0; i < count; i++) {
    glance seen = glance_at(market, &ways[i], now, tries);
    if (i == 0)
      refusal = seen.refusal;
    if (seen.refusal == RL_REFUSAL_NONE && seen.spread_e9 < tightest) {
      tightest = seen.spread_e9;
      *out = &ways[i];
    }
  }
  return *out ? RL_REFUSAL_NONE : refusal;
}

/* --- reading --- */

static rl_refusal read_legs(const rl_market *market, const rl_way *way, rl_mono now,
                            unsigned *tries, rl_snapshot *out, rl_witnesses *witnesses)
{
  rl_refusal refusal = RL_REFUSAL_NONE;
  out->leg_count = way->count;
  for (unsigned i = 0; i < way->count; i++) {
    rl_leg *leg = &out->legs[i];
    rl_pair pair = way->steps[i].pair;
    const rl_pair_spec *spec = rl_universe_pair_spec(market->universe, pair);
    leg->base = spec->base;
    leg->quote = spec->quote;
    leg->inverted = way->steps[i].inverted;
    refusal = first_of(refusal, rl_board_read(market, pair, now, tries, &leg->composite));
    witnesses->seen[witnesses->count++] =
      (rl_witness){&market->pairs[pair.index].board.lock, 2 * leg->composite.version};
  }
  return refusal;
}

/* Makes legs of best prices those of the amount; NULL is none. */
static rl_refusal deepen_legs(const rl_market *market, const rl_amount *amount, rl_snapshot *out)
{
  rl_refusal refusal = RL_REFUSAL_NONE;
  if (!amount || !market->books)
    return RL_REFUSAL_NONE;
  uint64_t units[RL_LEGS_MAX];
  rl_snapshot_measure(out, *amount, units);
  for (unsigned i = 0; i < out->leg_count; i++)
    refusal = first_of(refusal, rl_leg_deepen(market, units[i], &out->legs[i]));
  return refusal;
}

static bool is_closed(const rl_universe *universe, const rl_snapshot *snapshot, rl_utc at)
{
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    if (!rl_universe_is_open(universe, snapshot->legs[i].composite.pair, at))
      return true;
  }
  return false;
}

static rl_refusal firm_refusal(const rl_market *market, const rl_snapshot *snapshot, rl_mono now)
{
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    if (rl_triangles_earn(market, snapshot->legs[i].composite.pair, now))
      return RL_REFUSAL_TRIANGLE_EARNS;
  }
  return RL_REFUSAL_NONE;
}

static bool all_stand(const rl_witnesses *witnesses)
{
  for (unsigned i = 0; i < witnesses->count; i++) {
    if (!rl_seqlock_read_valid(witnesses->seen[i].lock, witnesses->seen[i].version))
      return false;
  }
  return true;
}

static rl_refusal read_way(const rl_market *market, const rl_way *ways, unsigned count,
                           const rl_amount *amount, rl_mono now, unsigned *tries,
                           rl_snapshot *out)
{
  for (; *tries > 0; *tries -= *tries > 0) {
    rl_witnesses witnesses = {.count = 0};
    const rl_way *way = &ways[0];
    rl_refusal refusal =
      count > 1 ? choose(market, ways, count, now, tries, &way) : RL_REFUSAL_NONE;
    if (refusal != RL_REFUSAL_NONE)
      return refusal;
    refusal = read_legs(market, way, now, tries, out, &witnesses);
    if (refusal != RL_REFUSAL_NONE && count == 1)
      return refusal;
    if (refusal != RL_REFUSAL_NONE) /* the way had a price a moment ago: choose anew */
      continue;
    refusal = deepen_legs(market, amount, out);
    if (refusal == RL_REFUSAL_MARKET_BUSY)
      continue;
    if (refusal != RL_REFUSAL_NONE)
      return refusal;
    rl_reference_read(market, tries, out, &witnesses);
    if (*tries > 0 && all_stand(&witnesses))
      return RL_REFUSAL_NONE;
  }
  return RL_REFUSAL_MARKET_BUSY;
}

/* --- the last mid --- */

/* False where a pair on the way never had a price. */
static bool walk_last_mids(const rl_market *market, const rl_way *way, rl_ratio *out)
{
  rl_ratio ratio = rl_ratio_one();
  for (unsigned i = 0; i < way->count; i++) {
    const rl_step *step = &way->steps[i];
    uint64_t mid_half = rl_word_load(&rl_pair_state_of(market, step->pair)->last_mid_half);
    unsigned scale = rl_universe_pair_spec(market->universe, step->pair)->scale;
    if (mid_half == 0)
      return false;
    ratio = step->inverted ? rl_ratio_over(ratio, mid_half, scale, 2)
                           : rl_ratio_times(ratio, mid_half, scale, 2);
  }
  *out = ratio;
  return true;
}

rl_refusal rl_market_last_mid(const rl_market *market, rl_currency from, rl_currency to,
                              rl_ratio *out)
{
  rl_way ways[RL_WAYS_MAX];
  unsigned count = find_ways(market->universe, from, to, ways);
  for (unsigned i = 0; i < count; i++) {
    if (walk_last_mids(market, &ways[i], out))
      return RL_REFUSAL_NONE;
  }
  return count > 0 ? RL_REFUSAL_NO_RATE : RL_REFUSAL_UNKNOWN_PAIR;
}

/* --- the snapshot --- */

/* All legs at once, rather than one when the one before is read. */
static void fetch_legs(const rl_market *market, const rl_way *way)
{
  for (unsigned i = 0; i < way->count; i++) {
    rl_pair pair = way->steps[i].pair;
    __builtin_prefetch(rl_universe_pair_spec(market->universe, pair));
    rl_board_fetch(&rl_pair_state_of(market, pair)->board);
  }
}

static void name_pair(const rl_universe *universe, rl_currency from, rl_currency to,
                      rl_snapshot *out)
{
  bool from_base = rl_universe_is_base(universe, from, to);
  out->from = from;
  out->to = to;
  out->base = from_base ? from : to;
  out->quote = from_base ? to : from;
}

rl_refusal rl_market_snapshot(const rl_market *market, rl_currency from, rl_currency to,
                              rl_now now, rl_snapshot *out)
{
  return rl_market_snapshot_for(market, from, to, NULL, now, out);
}

rl_refusal rl_market_snapshot_for(const rl_market *market, rl_currency from, rl_currency to,
                                  const rl_amount *amount, rl_now now, rl_snapshot *out)
{
  if (rl_currency_equal(from, to))
    return RL_REFUSAL_SAME_CURRENCY;
  rl_way ways[RL_WAYS_MAX];
  unsigned count = find_ways(market->universe, from, to, ways);
  if (count == 0)
    return RL_REFUSAL_UNKNOWN_PAIR;
  fetch_legs(market, &ways[0]);
  name_pair(market->universe, from, to, out);
  unsigned tries = RL_SEQLOCK_TRIES_MAX;
  rl_refusal refusal = read_way(market, ways, count, amount, now.mono, &tries, out);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;
  out->conditions =
    rl_snapshot_conditions(out, now.mono, is_closed(market->universe, out, now.utc));
  out->firm_refusal = firm_refusal(market, out, now.mono);
  return RL_REFUSAL_NONE;
}

static bool is_halted(const rl_market *market, const rl_snapshot *snapshot)
{
  rl_pair_halt halt;
  bool any = false;
  for (unsigned i = 0; i < snapshot->leg_count; i++)
    any |= rl_market_pair_halt(market, snapshot->legs[i].composite.pair, &halt);
  return any;
}

/* Of several legs' refusals rl_market_snapshot tells the first, NO_RATE say. A fixing is not to
 * pass over another leg whose sources disagree, are too few, or cross: that one's refusal, of the
 * way that was told of. */
static rl_refusal find_contested(const rl_market *market, rl_currency from, rl_currency to,
                                 rl_mono now)
{
  rl_way ways[RL_WAYS_MAX];
  unsigned tries = RL_SEQLOCK_TRIES_MAX;
  if (find_ways(market->universe, from, to, ways) == 0)
    return RL_REFUSAL_NONE;
  for (unsigned i = 0; i < ways[0].count; i++) {
    rl_refusal refusal = rl_board_peek(market, ways[0].steps[i].pair, now, &tries).refusal;
    if (refusal != RL_REFUSAL_NONE && refusal != RL_REFUSAL_NO_RATE &&
        refusal != RL_REFUSAL_STALE_RATE)
      return refusal;
  }
  return RL_REFUSAL_NONE;
}

rl_refusal rl_market_snapshot_by_reference(const rl_market *market, rl_currency from,
                                           rl_currency to, rl_now now, rl_snapshot *out)
{
  if (rl_currency_equal(from, to))
    return RL_REFUSAL_SAME_CURRENCY;
  rl_refusal contested = find_contested(market, from, to, now.mono);
  if (contested != RL_REFUSAL_NONE)
    return contested;
  name_pair(market->universe, from, to, out);
  for (unsigned tries = RL_SEQLOCK_TRIES_MAX; tries > 0; tries -= tries > 0) {
    rl_witnesses witnesses = {.count = 0};
    bool priced = rl_reference_price(market, now, &tries, out, &witnesses);
    if (tries == 0 || !all_stand(&witnesses))
      continue;
    if (!priced)
      return RL_REFUSAL_NO_RATE;
    if (is_halted(market, out))
      return RL_REFUSAL_PAIR_HALTED;
    out->conditions =
      rl_snapshot_conditions(out, now.mono, is_closed(market->universe, out, now.utc));
    out->firm_refusal = RL_REFUSAL_NO_RATE;
    return RL_REFUSAL_NONE;
  }
  return RL_REFUSAL_MARKET_BUSY;
}
