/* Fees: what an item takes of an amount, and which amount leaves a given rest.
 *
 * The search (rl_fees_solve). Let D(s) be the sum of the deducted items on s and f(s) = s - D(s)
 * what is left. Between two thresholds of the slab items (a segment) no item takes less of a larger
 * amount, so there D never falls and f(s + d) <= f(s) + d. Let s* be the smallest s of the segment
 * with f(s) >= n. For any s of the segment below s*:
 *
 *     n - f(s) <= f(s*) - f(s) <= s* - s      so      s + (n - f(s)) <= s*
 *
 * and f(s) < n, so the step is at least one: the walk never passes s*, and ends on it or leaves the
 * segment. Starting from s = n (f takes nothing negative) and going on at the next threshold, it
 * meets the segments from below, so that the first s it finds is the smallest of all. With rates
 * that sum to at most a half the distance halves at each step at worst; with usual fees three or
 * four steps do.
 *
 * Not a bisection: f is not monotone. Two items of 50 bps both round up between 99 and 100, so
 * f(99) = 99, f(100) = 98, and a bisection for 99 can miss the 99. And where a slab item falls at a
 * threshold, f jumps: what lies in the jump is left of no amount at all. */
#include "pricing/pricing.h"

static int64_t part_on(const rl_fee_part *part, int64_t base_minor)
{
  return part->flat_minor + rl_share_e8(base_minor, part->ratio_e8, RL_ROUND_HALF_UP);
}

/* The sum over the tiers is at most 10^15 x 5 x 10^7: beyond 64 bits. */
static int64_t graduated_on(const rl_fee *fee, int64_t base_minor)
{
  rl_u128 sum_e8 = 0;
  for (unsigned i = 0; i < fee->part_count && fee->parts[i].from_minor < base_minor; i++) {
    bool last = i + 1 == fee->part_count || fee->parts[i + 1].from_minor >= base_minor;
    int64_t end_minor = last ? base_minor : fee->parts[i + 1].from_minor;
    int64_t inside_minor = end_minor - fee->parts[i].from_minor;
    sum_e8 += rl_wide_mul((uint64_t)inside_minor, (uint64_t)fee->parts[i].ratio_e8);
  }
  return (int64_t)rl_wide_div(sum_e8, RL_UNIT_E8, RL_ROUND_HALF_UP);
}

static int64_t slab_on(const rl_fee *fee, int64_t base_minor)
{
  unsigned tier = fee->part_count - 1;
  while (tier > 0 && fee->parts[tier].from_minor > base_minor)
    tier--;
  return part_on(&fee->parts[tier], base_minor);
}

static int64_t greatest_on(const rl_fee *fee, int64_t base_minor)
{
  int64_t greatest = 0;
  for (unsigned i = 0; i < fee->part_count; i++) {
    int64_t amount = part_on(&fee->parts[i], base_minor);
    if (amount > greatest)
      greatest = amount;
  }
  return greatest;
}

static int64_t rounded_on(const rl_fee *fee, int64_t base_minor)
{
  switch (fee->kind) {
  case RL_FEE_FLAT:
  case RL_FEE_BPS: return part_on(&fee->parts[0], base_minor);
  case RL_FEE_GRADUATED: return graduated_on(fee, base_minor);
  case RL_FEE_SLAB: return slab_on(fee, base_minor);
  case RL_FEE_GREATER_OF: return greatest_on(fee, base_minor);
  }
  RL_ASSERT(false);
  return 0;
}

int64_t rl_fee_on(const rl_fee *fee, int64_t base_minor)
{
  int64_t amount = rounded_on(fee, base_minor);
  if (amount < fee->min_minor)
    return fee->min_minor;
  return amount > fee->max_minor ? fee->max_minor : amount;
}

/* Whether item i is one of these that is taken, and which. */
static const rl_fee *item_of(rl_fee_set fees, unsigned i, rl_fee_side side, rl_fee_mode mode)
{
  const rl_fee *fee = &fees.rule->fees[i];
  bool taken = !(fees.waived >> i & 1);
  return taken && fee->side == side && fee->mode == mode ? fee : NULL;
}

int64_t rl_fees_on(rl_fee_set fees, rl_fee_side side, rl_fee_mode mode, int64_t base_minor)
{
  int64_t sum = 0;
  for (unsigned i = 0; i < fees.rule->fee_count; i++) {
    const rl_fee *fee = item_of(fees, i, side, mode);
    if (fee)
      sum += rl_fee_on(fee, base_minor);
  }
  return sum;
}

/* The first amount above this one at which a slab item changes its tier. */
static int64_t segment_end(rl_fee_set fees, rl_fee_side side, int64_t amount_minor)
{
  int64_t end_minor = INT64_MAX;
  for (unsigned i = 0; i < fees.rule->fee_count; i++) {
    const rl_fee *fee = item_of(fees, i, side, RL_FEE_DEDUCTED);
    if (!fee || fee->kind != RL_FEE_SLAB)
      continue;
    for (unsigned k = 0; k < fee->part_count; k++) {
      int64_t from_minor = fee->parts[k].from_minor;
      if (from_minor > amount_minor && from_minor < end_minor)
        end_minor = from_minor;
    }
  }
  return end_minor;
}

rl_status rl_fees_solve(rl_fee_set fees, rl_fee_side side, int64_t left_minor,
                        int64_t *amount_minor)
{
  int64_t amount = left_minor;
  int64_t end = segment_end(fees, side, amount);
  while (amount <= RL_AMOUNT_MAX) {
    int64_t left = amount - rl_fees_on(fees, side, RL_FEE_DEDUCTED, amount);
    if (left >= left_minor) {
      *amount_minor = amount;
      return RL_OK;
    }
    amount += left_minor - left;
    if (amount >= end) {
      amount = end;
      end = segment_end(fees, side, amount);
    }
  }
  return RL_OUT_OF_RANGE;
}
