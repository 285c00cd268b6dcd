#include "pricing/exact_fees.h"

static void clamp(mpz_t value, int64_t low, int64_t high, int64_t unit)
{
  mpz_t bound;
  mpz_init_set_si(bound, low);
  mpz_mul_ui(bound, bound, (unsigned long)unit);
  if (mpz_cmp(value, bound) < 0)
    mpz_set(value, bound);
  mpz_set_si(bound, high);
  mpz_mul_ui(bound, bound, (unsigned long)unit);
  if (mpz_cmp(value, bound) > 0)
    mpz_set(value, bound);
  mpz_clear(bound);
}

/* M5: one half-up rounding, then min and max. */
void exact_fee(mpz_t out, const rl_fee *fee, const mpz_t base)
{
  if (fee->kind == RL_FEE_FLAT) {
    mpz_set_si(out, fee->parts[0].flat_minor);
    return;
  }
  mpz_mul_ui(out, base, (unsigned long)fee->parts[0].ratio_e8);
  mpz_add_ui(out, out, RL_UNIT_E8 / 2);
  mpz_fdiv_q_ui(out, out, RL_UNIT_E8);
  clamp(out, fee->min_minor, fee->max_minor, 1);
}

/* phi of M4, the fee without its rounding, in units of 10^-8 of a minor unit. */
static void fee_exact_e8(mpz_t out, const rl_fee *fee, const mpz_t base)
{
  if (fee->kind == RL_FEE_FLAT) {
    mpz_set_si(out, fee->parts[0].flat_minor);
    mpz_mul_ui(out, out, RL_UNIT_E8);
    return;
  }
  mpz_mul_ui(out, base, (unsigned long)fee->parts[0].ratio_e8);
  clamp(out, fee->min_minor, fee->max_minor, RL_UNIT_E8);
}

bool exact_takes(const rl_fee *fee, rl_fee_side side, rl_fee_mode mode)
{
  return fee->side == side && fee->mode == mode;
}

void exact_left(mpz_t out, const rl_rule *rule, rl_fee_side side, const mpz_t amount)
{
  mpz_t fee;
  mpz_init(fee);
  mpz_set(out, amount);
  for (unsigned i = 0; i < rule->fee_count; i++)
    if (exact_takes(&rule->fees[i], side, RL_FEE_DEDUCTED)) {
      exact_fee(fee, &rule->fees[i], amount);
      mpz_sub(out, out, fee);
    }
  mpz_clear(fee);
}

static void left_exact_e8(mpz_t out, const rl_rule *rule, rl_fee_side side, const mpz_t amount)
{
  mpz_t fee;
  mpz_init(fee);
  mpz_mul_ui(out, amount, RL_UNIT_E8);
  for (unsigned i = 0; i < rule->fee_count; i++)
    if (exact_takes(&rule->fees[i], side, RL_FEE_DEDUCTED)) {
      fee_exact_e8(fee, &rule->fees[i], amount);
      mpz_sub(out, out, fee);
    }
  mpz_clear(fee);
}

/* The smallest a with a - sum of rounded fees(a) >= wanted, by definition: walk up, stop at the
 * first. With k fee items, f(a) what is left and h(a) the same with unrounded fees:
 *
 *   |f - h| <= k/2, for a rounding moves by at most 1/2 and min and max, being integers, only
 *   bring two values closer together. So f(a) >= wanted needs h(a) >= wanted - k/2, and
 *   h(a) >= wanted + k/2 suffices.
 *   h rises by at least 1/2 with each unit of a, since the ratios sum to at most 1/2. It is
 *   monotone, so bisection finds the first a with h(a) >= wanted - k/2, and from there the answer
 *   is at most 2k + 1 further.
 *   h(a) <= a, so h(low) < wanted - k/2 for low = wanted - k - 1; and h(a) >= a/2 - (flats and
 *   minima) puts the upper end at twice the rest.
 *
 * f itself is not monotone and is never bisected. */
void exact_smallest_leaving(mpz_t out, const rl_rule *rule, rl_fee_side side, const mpz_t wanted)
{
  mpz_t low, high, middle, left, bound_e8;
  mpz_inits(low, high, middle, left, bound_e8, NULL);
  mpz_set(high, wanted);
  for (unsigned i = 0; i < rule->fee_count; i++) {
    const rl_fee *fee = &rule->fees[i];
    mpz_add_ui(high, high,
               (unsigned long)(fee->kind == RL_FEE_FLAT ? fee->parts[0].flat_minor
                                                         : fee->min_minor));
  }
  mpz_mul_ui(high, high, 2);
  mpz_sub_ui(low, wanted, rule->fee_count + 1);
  mpz_mul_ui(bound_e8, wanted, RL_UNIT_E8);
  mpz_sub_ui(bound_e8, bound_e8, rule->fee_count * (RL_UNIT_E8 / 2ul));
  for (;;) {
    mpz_add(middle, low, high);
    mpz_fdiv_q_2exp(middle, middle, 1);
    if (mpz_cmp(middle, low) == 0)
      break;
    left_exact_e8(left, rule, side, middle);
    mpz_set(mpz_cmp(left, bound_e8) >= 0 ? high : low, middle);
  }
  unsigned steps = 0;
  for (mpz_set(out, high);; mpz_add_ui(out, out, 1), steps++) {
    RL_ASSERT(steps <= 2 * rule->fee_count + 1);
    exact_left(left, rule, side, out);
    if (mpz_cmp(left, wanted) >= 0)
      break;
  }
  mpz_clears(low, high, middle, left, bound_e8, NULL);
}
