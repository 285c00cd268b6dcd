/* Fees: what an item takes of an amount, and which amount leaves a given rest.
 *
 * The search (rl_fees_solve). Let D(s) be the sum of the deducted items on s and f(s) = s - D(s)
 * what is left. Every kind of item here takes no less of a larger amount, so D never falls and
 * f(s + d) <= f(s) + d. Let s* be the smallest s with f(s) >= n. For any s below s*:
 *
 *     n - f(s) <= f(s*) - f(s) <= s* - s      so      s + (n - f(s)) <= s*
 *
 * and f(s) < n, so the step is at least one: starting from s = n (f takes nothing negative), the
 * walk never passes s* and ends on it. It also gives f(s*) = n exactly, since f(s* - 1) < n and f
 * rises by at most one a step. With rates that sum to at most a half the distance halves at each
 * step at worst; with usual fees three or four steps do.
 *
 * Not a bisection: f is not monotone. Two items of 50 bps both round up between 99 and 100, so
 * f(99) = 99, f(100) = 98, and a bisection for 99 can miss the 99. */
#include "pricing/pricing.h"

int64_t rl_fee_on(const rl_fee *fee, int64_t base_minor)
{
  if (fee->kind == RL_FEE_FLAT)
    return fee->flat_minor;
  int64_t share = rl_share_e8(base_minor, fee->ratio_e8, RL_ROUND_HALF_UP);
  if (share < fee->min_minor)
    return fee->min_minor;
  return share > fee->max_minor ? fee->max_minor : share;
}

int64_t rl_fees_on(const rl_rule *rule, rl_fee_side side, rl_fee_mode mode, int64_t base_minor)
{
  int64_t sum = 0;
  for (unsigned i = 0; i < rule->fee_count; i++) {
    const rl_fee *fee = &rule->fees[i];
    if (fee->side == side && fee->mode == mode)
      sum += rl_fee_on(fee, base_minor);
  }
  return sum;
}

rl_status rl_fees_solve(const rl_rule *rule, rl_fee_side side, int64_t left_minor,
                        int64_t *amount_minor)
{
  int64_t amount = left_minor;
  while (amount <= RL_AMOUNT_MAX) {
    int64_t left = amount - rl_fees_on(rule, side, RL_FEE_DEDUCTED, amount);
    if (left >= left_minor) {
      *amount_minor = amount;
      return RL_OK;
    }
    amount += left_minor - left;
  }
  return RL_OUT_OF_RANGE;
}
