/* The ladder: from the exact core to the client rate as shown.
 *
 * All lines are summed first and applied once (M3): points move the core, then one minus or plus
 * the sum of the ratios multiplies it, then it is rounded once. So the order of the lines is
 * display and never arithmetic. */
#include "pricing/steps.h"

#include <string.h>

/* --- the lock premium --- */

/* The smallest r with r x r >= x, for x < 2^100. */
static int64_t square_root_up(rl_u128 x)
{
  rl_u128 root = 0;
  for (int bit = 49; bit >= 0; bit--) {
    rl_u128 tried = root | (rl_u128)1 << bit;
    if (tried * tried <= x)
      root = tried;
  }
  return (int64_t)root + (root * root < x);
}

/* k x sigma x sqrt(ttl / day): hundredths of k times ppm of sigma are units of 10^-8. Before the
 * division the product under the root is below (10^3 x 2^32)^2 x 10^8 < 2^111, after it below
 * 2^84. */
int64_t rl_volatility_premium_e8(const rl_lock_premium *premium, uint32_t ttl_ms,
                                 uint32_t volatility_ppm)
{
  const uint32_t day_ms = 86400000u;
  rl_u128 scaled = rl_wide_mul((uint64_t)premium->multiple_e2, volatility_ppm);
  rl_u128 squared = rl_wide_mul(rl_wide_mul(scaled, scaled), ttl_ms);
  return square_root_up(rl_wide_div(squared, day_ms, RL_ROUND_UP));
}

static int32_t premium_by_volatility(const rl_lock_premium *premium, uint32_t ttl_ms,
                                     uint32_t volatility_ppm)
{
  if (volatility_ppm == RL_VOLATILITY_UNKNOWN)
    return premium->cap_e8;
  int64_t e8 = rl_volatility_premium_e8(premium, ttl_ms, volatility_ppm);
  if (e8 < premium->floor_e8)
    return premium->floor_e8;
  return e8 > premium->cap_e8 ? premium->cap_e8 : (int32_t)e8;
}

int32_t rl_lock_premium_of(const rl_tariff *tariff, const rl_lock_class *lock,
                           uint32_t volatility_ppm)
{
  const rl_lock_premium *premium = rl_tariff_lock_premium(tariff);
  if (!premium->by_volatility)
    return lock->premium_e8;
  return premium_by_volatility(premium, lock->ttl_ms, volatility_ppm);
}

/* --- the lines --- */

bool rl_surcharge_applies(rl_surcharge_when when, const rl_surcharge *surcharge,
                          const rl_conditions *conditions)
{
  bool by_reference = conditions->by_reference;
  if (surcharge->name[0] == '\0')
    return false;
  switch (when) {
  case RL_WHEN_CLOSED: return conditions->closed;
  case RL_WHEN_SOURCES_BELOW:
    return !by_reference && conditions->fewest_sources < surcharge->bound;
  case RL_WHEN_AGE_ABOVE: return !by_reference && conditions->age_percent > surcharge->bound;
  case RL_WHEN_REFERENCE: return by_reference;
  }
  return false;
}

bool rl_price_of_reference_is_firm(const rl_tariff *tariff)
{
  return rl_tariff_surcharge(tariff, RL_WHEN_REFERENCE)->name[0] != '\0';
}

static void add_surcharges(rl_pricing *it)
{
  rl_terms *terms = &it->terms;
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++) {
    rl_surcharge_when when = (rl_surcharge_when)i;
    const rl_surcharge *surcharge = rl_tariff_surcharge(it->tariff, when);
    if (!rl_surcharge_applies(when, surcharge, &it->snapshot->conditions))
      continue;
    rl_markup_line *line = &terms->markups[terms->markup_count++];
    memcpy(line->name, surcharge->name, sizeof line->name);
    line->e8 = surcharge->e8;
  }
}

static void fill_lines(rl_pricing *it)
{
  rl_terms *terms = &it->terms;
  const rl_markup *markup = &it->rule->markups[terms->side];
  terms->markup_count = 1;
  memcpy(terms->markups[0].name, it->rule->name, sizeof it->rule->name);
  terms->markups[0].e8 = markup->e8;
  terms->markups[0].points_e1 = markup->points_e1;
  add_surcharges(it);
  terms->lock_premium_e8 =
    rl_lock_premium_of(it->tariff, &it->lock, it->snapshot->conditions.volatility_ppm);
}

static rl_markup_sum sum_of(const rl_pricing *it)
{
  const rl_terms *terms = &it->terms;
  rl_markup_sum sum = {
    .e8 = terms->lock_premium_e8,
    .pip_scale = it->snapshot->legs[0].composite.pip_scale,
  };
  for (unsigned i = 0; i < terms->markup_count; i++) {
    sum.e8 += terms->markups[i].e8;
    sum.points_e1 += terms->markups[i].points_e1;
  }
  return sum;
}

/* --- rates --- */

/* core -+ points on a common power of ten; false beyond a half of it, which is what all ratios
 * together may be, too: only the market can tell whether points are. A single leg has at most 10^9
 * half units and 12 decimals, a pip at most 12: below 10^25. */
static bool move_by_points(rl_ratio core, rl_side side, rl_markup_sum sum, rl_ratio *out)
{
  int scale = sum.pip_scale + 1;
  int common = -core.exponent > scale ? -core.exponent : scale;
  rl_u128 price = rl_wide_mul(core.numerator, rl_pow10((unsigned)(common + core.exponent)));
  rl_u128 points = rl_wide_mul(rl_wide_mul(core.denominator, (uint64_t)sum.points_e1),
                               rl_pow10((unsigned)(common - scale)));
  if (2 * points > price)
    return false;
  *out = (rl_ratio){
    .numerator = side == RL_SELL_BASE ? price - points : price + points,
    .denominator = core.denominator,
    .exponent = -common,
  };
  return true;
}

rl_refusal rl_client_rate_exact(rl_ratio core, rl_side side, rl_markup_sum sum, rl_ratio *out)
{
  rl_ratio moved = core;
  if (sum.points_e1 > 0 && !move_by_points(core, side, sum, &moved))
    return RL_REFUSAL_RATE_OUT_OF_RANGE;
  *out = rl_ratio_marked_up(moved, side == RL_SELL_BASE ? -sum.e8 : sum.e8);
  return RL_REFUSAL_NONE;
}

/* Rounding to nearest moves a rate by at most r = 0.5 x 10^(1 - digits) of it, so no rate of a
 * markup of m gets past the core where m >= 1.5 r: (1 - m)(1 + r) <= 1, and (1 + m)(1 - r) >= 1
 * for m up to a half. Points only add to the distance. */
static bool is_beyond_rounding(rl_markup_sum sum, unsigned digits)
{
  return 4 * sum.e8 * (int64_t)rl_pow10(digits - 1) >= 3 * (int64_t)RL_UNIT_E8;
}

rl_refusal rl_client_rate(rl_ratio core, rl_side side, rl_markup_sum sum, unsigned digits,
                          rl_rate *out)
{
  bool sells = side == RL_SELL_BASE;
  rl_ratio exact;
  rl_rate rate;
  rl_refusal refusal = rl_client_rate_exact(core, side, sum, &exact);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;
  if (rl_ratio_round(exact, digits, RL_ROUND_HALF_EVEN, &rate, NULL) != RL_OK)
    return RL_REFUSAL_RATE_OUT_OF_RANGE;
  int above_core = is_beyond_rounding(sum, digits) ? 0 : rl_rate_compare_ratio(rate, core);
  bool better_for_client = sells ? above_core > 0 : above_core < 0;
  if (sum.e8 >= 0 && better_for_client) {
    /* The exact rate is no better than the core, so rounding to our side is one digit back. */
    rl_rounding ours = sells ? RL_ROUND_DOWN : RL_ROUND_UP;
    if (rl_ratio_round(exact, digits, ours, &rate, NULL) != RL_OK)
      return RL_REFUSAL_RATE_OUT_OF_RANGE;
  }
  *out = rate;
  return RL_REFUSAL_NONE;
}

/* A rate that rounds to nothing at so few decimals is not disclosed. */
static void fill_disclosure(rl_terms *terms, unsigned decimals)
{
  if (decimals == 0)
    return;
  rl_rate rate = terms->client_rate;
  terms->disclosure_decimals = (uint8_t)decimals;
  terms->disclosure_rate = rl_rate_to_decimals(rate, decimals);
}

rl_refusal rl_pricing_rates(rl_pricing *it)
{
  rl_terms *terms = &it->terms;
  const rl_snapshot *snapshot = it->snapshot;
  unsigned digits = rl_tariff_rate_digits(it->tariff);
  fill_lines(it);
  rl_markup_sum sum = sum_of(it);
  if (sum.points_e1 > 0 && snapshot->leg_count > 1)
    return RL_REFUSAL_NO_TARIFF; /* points are of a pair with a market of its own */
  if (snapshot->conditions.closed
      && rl_tariff_surcharge(it->tariff, RL_WHEN_CLOSED)->name[0] == '\0')
    return RL_REFUSAL_MARKET_CLOSED;
  if (rl_ratio_round(it->mid, digits, RL_ROUND_HALF_EVEN, &terms->mid_rate, NULL) != RL_OK
      || rl_ratio_round(it->core, digits, RL_ROUND_HALF_EVEN, &terms->core_rate, NULL) != RL_OK)
    return RL_REFUSAL_RATE_OUT_OF_RANGE;
  rl_refusal refusal = rl_client_rate(it->core, terms->side, sum, digits, &terms->client_rate);
  if (refusal == RL_REFUSAL_NONE)
    fill_disclosure(terms, it->rule->disclosure_decimals);
  return refusal;
}
