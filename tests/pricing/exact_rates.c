#include "pricing/exact_rates.h"

#include "support/exact.h"

#define DAY_MS 86400000u

/* --- the market --- */

/* rate x leg, or rate / leg for a leg walked from its quote to its base. */
static void walk_leg(mpq_t rate, const rl_leg *leg, uint32_t half_units)
{
  mpq_t price;
  mpq_init(price);
  exact_decimal(price, half_units, leg->composite.scale, 2);
  if (leg->inverted)
    mpq_div(rate, rate, price);
  else
    mpq_mul(rate, rate, price);
  mpq_clear(price);
}

/* Who holds a leg's base sells it at the bid; who holds its quote buys the base at the ask. */
void exact_walk(mpq_t core, mpq_t mid, const rl_snapshot *snapshot)
{
  mpq_set_ui(core, 1, 1);
  mpq_set_ui(mid, 1, 1);
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const rl_leg *leg = &snapshot->legs[i];
    walk_leg(core, leg, leg->inverted ? leg->composite.ask_half : leg->composite.bid_half);
    walk_leg(mid, leg, leg->composite.mid_half);
  }
}

void exact_convention(mpq_t out, const mpq_t rate, rl_side side)
{
  if (side == RL_SELL_BASE)
    mpq_set(out, rate);
  else
    mpq_inv(out, rate);
}

/* --- the client rate --- */

/* The core moved against the client by the points, then by the ratios; 0 where the points are more
 * than a half of it. */
static void marked_up(mpq_t out, const mpq_t core, rl_side side, rl_markup_sum sum)
{
  mpq_t step;
  mpq_init(step);
  int sign = side == RL_SELL_BASE ? -1 : 1;
  exact_decimal(step, (rl_u128)sum.points_e1, sum.pip_scale + 1, 1);
  mpq_div_2exp(out, core, 1);
  if (mpq_cmp(step, out) > 0) {
    mpq_set_ui(out, 0, 1);
    mpq_clear(step);
    return;
  }
  if (sign < 0)
    mpq_neg(step, step);
  mpq_add(out, core, step);
  mpq_set_si(step, RL_UNIT_E8 + sign * sum.e8, RL_UNIT_E8);
  mpq_canonicalize(step);
  mpq_mul(out, out, step);
  mpq_clear(step);
}

/* M3. Where half-even went past the exact core towards the client, it is the same digits rounded
 * in the house's favour: one last digit back from there. */
void exact_client_rate(mpq_t out, const mpq_t core, rl_side side, rl_markup_sum sum,
                       unsigned digits)
{
  mpq_t exact;
  mpq_init(exact);
  marked_up(exact, core, side, sum);
  mpq_set_ui(out, 0, 1);
  if (mpq_sgn(exact) > 0) {
    exact_significant(out, exact, digits, RL_ROUND_HALF_EVEN);
    bool better = side == RL_SELL_BASE ? mpq_cmp(out, core) > 0 : mpq_cmp(out, core) < 0;
    if (sum.e8 >= 0 && better)
      exact_significant(out, exact, digits, side == RL_SELL_BASE ? RL_ROUND_DOWN : RL_ROUND_UP);
  }
  mpq_clear(exact);
}

bool exact_to_decimals(rl_rate *out, const mpq_t rate, unsigned decimals)
{
  mpq_t scaled, power;
  mpz_t units;
  mpq_inits(scaled, power, NULL);
  mpz_init(units);
  exact_pow10(power, (int)decimals);
  mpq_mul(scaled, rate, power);
  exact_rounded(units, scaled, RL_ROUND_HALF_EVEN);
  *out = (rl_rate){.mantissa = mpz_get_ui(units), .scale = (uint8_t)decimals};
  mpq_clears(scaled, power, NULL);
  mpz_clear(units);
  return out->mantissa > 0;
}

bool exact_shown(rl_rate *out, const mpq_t x)
{
  mpq_t scaled, ten, low, high;
  mpq_inits(scaled, ten, low, high, NULL);
  exact_pow10(low, -9);
  exact_pow10(high, 9);
  bool inside = mpq_cmp(x, low) >= 0 && mpq_cmp(x, high) < 0;
  if (inside) {
    rl_rate rate = {0};
    mpq_set(scaled, x);
    mpq_set_ui(ten, 10, 1);
    for (; mpz_cmp_ui(mpq_denref(scaled), 1) != 0; rate.scale++)
      mpq_mul(scaled, scaled, ten);
    rate.mantissa = mpz_get_ui(mpq_numref(scaled));
    *out = rate;
  }
  mpq_clears(scaled, ten, low, high, NULL);
  return inside;
}

/* --- the lock --- */

/* Whether p >= multiple x sigma x sqrt(ttl in days), by its square. A hundredth of the multiple
 * times a ppm is just a unit of 10^-8. */
static bool covers(const mpz_t p, const rl_lock_premium *premium, const rl_lock_class *lock,
                   uint32_t volatility_ppm)
{
  mpz_t square, bound;
  mpz_inits(square, bound, NULL);
  mpz_mul(square, p, p);
  mpz_mul_ui(square, square, DAY_MS);
  mpz_set_ui(bound, (unsigned long)premium->multiple_e2);
  mpz_mul_ui(bound, bound, volatility_ppm);
  mpz_mul(bound, bound, bound);
  mpz_mul_ui(bound, bound, lock->ttl_ms);
  bool result = mpz_cmp(square, bound) >= 0;
  mpz_clears(square, bound, NULL);
  return result;
}

/* The smallest number from floor on that covers it, but at most the cap: bisected. */
int32_t exact_premium(const rl_lock_premium *premium, const rl_lock_class *lock,
                      uint32_t volatility_ppm)
{
  if (!premium->by_volatility)
    return lock->premium_e8;
  if (volatility_ppm == RL_VOLATILITY_UNKNOWN)
    return premium->cap_e8;
  mpz_t middle;
  mpz_init(middle);
  int32_t low = premium->floor_e8;
  int32_t high = premium->cap_e8;
  while (low < high) {
    int32_t half = low + (high - low) / 2;
    mpz_set_si(middle, half);
    if (covers(middle, premium, lock, volatility_ppm))
      high = half;
    else
      low = half + 1;
  }
  mpz_clear(middle);
  return low;
}
