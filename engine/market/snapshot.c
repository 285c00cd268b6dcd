/* The algebra of a snapshot: pure, and the same for one just read and one out of a record. So no
 * field is trusted to be within its range. */
#include "market/market.h"

/* Which of a composite's three prices a walk along the leg is priced at. */
typedef enum price_kind { AT_CLIENT_SIDE, AT_MID } price_kind;

/* Selling a leg's base earns its bid; walking it the other way, one pays its ask for each base. */
static uint32_t price_of(const rl_leg *leg, price_kind kind)
{
  if (kind == AT_MID)
    return leg->composite.mid_half;
  return leg->inverted ? leg->composite.ask_half : leg->composite.bid_half;
}

static rl_ratio step(rl_ratio ratio, const rl_leg *leg, price_kind kind)
{
  uint32_t price = price_of(leg, kind);
  return leg->inverted ? rl_ratio_over(ratio, price, leg->composite.scale, 2)
                       : rl_ratio_times(ratio, price, leg->composite.scale, 2);
}

/* quote per base: the walk gives `to` per `from`, which is the inverse when `to` is the base. */
static rl_ratio walk(const rl_snapshot *snapshot, price_kind kind)
{
  rl_ratio ratio = rl_ratio_one();
  for (unsigned i = 0; i < snapshot->leg_count; i++)
    ratio = step(ratio, &snapshot->legs[i], kind);
  return rl_snapshot_side(snapshot) == RL_BUY_BASE ? rl_ratio_inverse(ratio) : ratio;
}

rl_ratio rl_snapshot_core(const rl_snapshot *snapshot)
{
  return walk(snapshot, AT_CLIENT_SIDE);
}

rl_ratio rl_snapshot_mid(const rl_snapshot *snapshot)
{
  return walk(snapshot, AT_MID);
}

bool rl_snapshot_mid_until(const rl_snapshot *snapshot, rl_currency currency, rl_ratio *out)
{
  rl_ratio ratio = rl_ratio_one();
  bool met = rl_currency_equal(snapshot->from, currency);
  for (unsigned i = 0; i < snapshot->leg_count && !met; i++) {
    const rl_leg *leg = &snapshot->legs[i];
    ratio = step(ratio, leg, AT_MID);
    met = rl_currency_equal(leg->inverted ? leg->base : leg->quote, currency);
  }
  if (met)
    *out = ratio;
  return met;
}

rl_side rl_snapshot_side(const rl_snapshot *snapshot)
{
  return rl_currency_equal(snapshot->from, snapshot->base) ? RL_SELL_BASE : RL_BUY_BASE;
}

rl_status rl_snapshot_worth_at_mid(const rl_snapshot *snapshot, rl_ratio mid, int64_t to_minor,
                                   int64_t *from_minor)
{
  bool sells = rl_snapshot_side(snapshot) == RL_SELL_BASE;
  int shift = (int)rl_currency_exponent(snapshot->from) - (int)rl_currency_exponent(snapshot->to);
  return rl_ratio_amount_floor(sells ? rl_ratio_inverse(mid) : mid, to_minor, shift, from_minor);
}

/* --- conditions --- */

int64_t rl_composite_newest_arrival_ns(const rl_composite *composite)
{
  int64_t newest = 0;
  for (unsigned i = 0; i < composite->tick_count; i++) {
    if (composite->ticks[i].arrival_mono_ns > newest)
      newest = composite->ticks[i].arrival_mono_ns;
  }
  return newest;
}

static uint8_t age_percent(const rl_composite *composite, rl_mono now)
{
  if (composite->tick_count == 0)
    return 100;
  int64_t arrival_ns = rl_composite_newest_arrival_ns(composite);
  if (arrival_ns >= now.ns) /* it may come between the reader's glance at the clock and its read */
    return 0;
  uint64_t age_ns = (uint64_t)now.ns - (uint64_t)arrival_ns;
  uint64_t bound_ns = (uint64_t)composite->max_age_ms * RL_NS_PER_MS;
  return (uint8_t)(age_ns >= bound_ns ? 100 : (age_ns * 100 + bound_ns - 1) / bound_ns);
}

static uint32_t add_volatility(uint32_t left, uint32_t right)
{
  uint64_t sum = (uint64_t)left + right;
  return sum < RL_VOLATILITY_UNKNOWN ? (uint32_t)sum : RL_VOLATILITY_UNKNOWN;
}

rl_conditions rl_snapshot_conditions(const rl_snapshot *snapshot, rl_mono now, bool closed)
{
  rl_conditions all = {.closed = closed, .fewest_sources = UINT8_MAX};
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const rl_composite *composite = &snapshot->legs[i].composite;
    all.by_reference |= composite->policy == RL_POLICY_REFERENCE;
    uint8_t age = age_percent(composite, now);
    if (composite->tick_count < all.fewest_sources)
      all.fewest_sources = composite->tick_count;
    if (age > all.age_percent)
      all.age_percent = age;
    all.volatility_ppm = add_volatility(all.volatility_ppm, composite->volatility_ppm);
  }
  return all;
}
