/* An item is computed twice: as it is taken, and without its rounding, which is what the search
 * needs.
 *
 * The search for the smallest a with a - sum of fees(a) >= wanted. Cut the amounts where some slab
 * changes its tier; within a segment each slab is a flat or a ratio. There, with k items, f(a)
 * what is left and h(a) the same of unrounded fees:
 *
 *   |f - h| <= k/2, for a rounding moves by at most 1/2, and the greater of several, min and
 *   max, being monotone and of integers, bring two values no further apart. So f(a) >= wanted
 *   needs h(a) >= wanted - k/2, and h(a) >= wanted + k/2 suffices.
 *   h rises by at least 1/2 with each unit of a, since the ratios sum to at most 1/2 whatever tier
 *   and alternative hold. It is monotone, so a bisection finds the first a of the segment with
 *   h(a) >= wanted - k/2, and from there the answer is at most 2k + 1 further, or in a later
 *   segment.
 *
 * Segments are taken upwards, so the first answer is the smallest. The last has no end; there
 * h(a) >= a/2 - (all flats and minima) puts the bisection's upper end. f itself is not monotone and
 * is never bisected. */
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

/* --- one item, in units of 10^-8 of a minor unit --- */

static void part_e8(mpz_t out, const rl_fee_part *part, const mpz_t base)
{
  mpz_t flat;
  mpz_init_set_si(flat, part->flat_minor);
  mpz_mul_ui(out, base, (unsigned long)part->ratio_e8);
  mpz_addmul_ui(out, flat, RL_UNIT_E8);
  mpz_clear(flat);
}

/* Of the base, what lies from each tier's beginning to the next one's, at the tier's ratio. */
static void graduated_e8(mpz_t out, const rl_fee *fee, const mpz_t base)
{
  mpz_t begin, end;
  mpz_inits(begin, end, NULL);
  mpz_set_ui(out, 0);
  for (unsigned i = 0; i < fee->part_count; i++) {
    mpz_set_si(begin, fee->parts[i].from_minor);
    mpz_set(end, base);
    if (i + 1 < fee->part_count && mpz_cmp_si(base, fee->parts[i + 1].from_minor) > 0)
      mpz_set_si(end, fee->parts[i + 1].from_minor);
    if (mpz_cmp(end, begin) <= 0)
      continue;
    mpz_sub(end, end, begin);
    mpz_addmul_ui(out, end, (unsigned long)fee->parts[i].ratio_e8);
  }
  mpz_clears(begin, end, NULL);
}

/* The last tier that begins at or below the base. */
static const rl_fee_part *slab_tier(const rl_fee *fee, const mpz_t base)
{
  const rl_fee_part *tier = &fee->parts[0];
  for (unsigned i = 1; i < fee->part_count; i++)
    if (mpz_cmp_si(base, fee->parts[i].from_minor) >= 0)
      tier = &fee->parts[i];
  return tier;
}

static void round_half_up_e8(mpz_t value)
{
  mpz_add_ui(value, value, RL_UNIT_E8 / 2);
  mpz_fdiv_q_ui(value, value, RL_UNIT_E8);
}

/* `rounded`: each part to whole minor units before the greatest is taken. */
static void greatest(mpz_t out, const rl_fee *fee, const mpz_t base, bool rounded)
{
  mpz_t part;
  mpz_init(part);
  mpz_set_ui(out, 0);
  for (unsigned i = 0; i < fee->part_count; i++) {
    part_e8(part, &fee->parts[i], base);
    if (rounded)
      round_half_up_e8(part);
    if (mpz_cmp(part, out) > 0)
      mpz_set(out, part);
  }
  mpz_clear(part);
}

static void unclamped_e8(mpz_t out, const rl_fee *fee, const mpz_t base)
{
  switch (fee->kind) {
  case RL_FEE_FLAT:
  case RL_FEE_BPS: part_e8(out, &fee->parts[0], base); break;
  case RL_FEE_GRADUATED: graduated_e8(out, fee, base); break;
  case RL_FEE_SLAB: part_e8(out, slab_tier(fee, base), base); break;
  case RL_FEE_GREATER_OF: greatest(out, fee, base, false); break;
  }
}

/* M5: one half-up rounding, of the greater of several each part's, then min and max. */
void exact_fee(mpz_t out, const rl_fee *fee, const mpz_t base)
{
  if (fee->kind == RL_FEE_GREATER_OF) {
    greatest(out, fee, base, true);
  } else {
    unclamped_e8(out, fee, base);
    round_half_up_e8(out);
  }
  clamp(out, fee->min_minor, fee->max_minor, 1);
}

/* phi of M4. */
static void unrounded_e8(mpz_t out, const rl_fee *fee, const mpz_t base)
{
  unclamped_e8(out, fee, base);
  clamp(out, fee->min_minor, fee->max_minor, RL_UNIT_E8);
}

/* --- all of a side --- */

bool exact_takes(const exact_items *items, unsigned index, rl_fee_side side, rl_fee_mode mode)
{
  const rl_fee *fee = &items->rule->fees[index];
  return !items->waivers[index] && fee->side == side && fee->mode == mode;
}

void exact_left(mpz_t out, const exact_items *items, rl_fee_side side, const mpz_t amount)
{
  mpz_t fee, left;
  mpz_init(fee);
  mpz_init_set(left, amount);
  for (unsigned i = 0; i < items->rule->fee_count; i++)
    if (exact_takes(items, i, side, RL_FEE_DEDUCTED)) {
      exact_fee(fee, &items->rule->fees[i], amount);
      mpz_sub(left, left, fee);
    }
  mpz_set(out, left);
  mpz_clears(fee, left, NULL);
}

/* One search: what is asked, and the segment under it. */
typedef struct search {
  const exact_items *items;
  rl_fee_side side;
  unsigned taken;  /* k */
  mpz_t wanted;
  mpz_t bound_e8;  /* wanted - k/2, in units of 10^-8 */
  mpz_t low, high; /* h(low) is below the bound, or low is before the segment; h(high) is not */
} search;

static bool in_reach(const search *s, const mpz_t amount)
{
  mpz_t fee, left;
  mpz_inits(fee, left, NULL);
  mpz_mul_ui(left, amount, RL_UNIT_E8);
  for (unsigned i = 0; i < s->items->rule->fee_count; i++)
    if (exact_takes(s->items, i, s->side, RL_FEE_DEDUCTED)) {
      unrounded_e8(fee, &s->items->rule->fees[i], amount);
      mpz_sub(left, left, fee);
    }
  bool result = mpz_cmp(left, s->bound_e8) >= 0;
  mpz_clears(fee, left, NULL);
  return result;
}

/* The first amount above `after` at which a slab changes its tier; 0 if none does. */
static int64_t next_threshold(const search *s, int64_t after)
{
  int64_t next = 0;
  for (unsigned i = 0; i < s->items->rule->fee_count; i++) {
    const rl_fee *fee = &s->items->rule->fees[i];
    if (!exact_takes(s->items, i, s->side, RL_FEE_DEDUCTED) || fee->kind != RL_FEE_SLAB)
      continue;
    for (unsigned tier = 1; tier < fee->part_count; tier++) {
      int64_t from = fee->parts[tier].from_minor;
      if (from > after && (next == 0 || from < next))
        next = from;
    }
  }
  return next;
}

/* From high on, at most 2k + 1 further and no further than `last` (NULL: no end). */
static bool scan(search *s, const mpz_t last, mpz_t out)
{
  mpz_t left;
  mpz_init(left);
  bool found = false;
  mpz_set(out, s->high);
  for (unsigned i = 0; i < 2 * s->taken + 2 && !found; i++) {
    if (last && mpz_cmp(out, last) > 0)
      break;
    exact_left(left, s->items, s->side, out);
    found = mpz_cmp(left, s->wanted) >= 0;
    if (!found)
      mpz_add_ui(out, out, 1);
  }
  mpz_clear(left);
  return found;
}

static void bisect(search *s)
{
  mpz_t middle;
  mpz_init(middle);
  for (;;) {
    mpz_add(middle, s->low, s->high);
    mpz_fdiv_q_2exp(middle, middle, 1);
    if (mpz_cmp(middle, s->low) == 0)
      break;
    mpz_set(in_reach(s, middle) ? s->high : s->low, middle);
  }
  mpz_clear(middle);
}

/* The amounts from `first` up to before `end`. */
static bool search_segment(search *s, int64_t first, int64_t end, mpz_t out)
{
  mpz_t last;
  mpz_init_set_si(last, end - 1);
  mpz_set(s->high, last);
  bool found = false;
  if (mpz_cmp(last, s->wanted) >= 0 && in_reach(s, last)) {
    mpz_set_si(s->low, first - 1);
    bisect(s);
    found = scan(s, last, out);
  }
  mpz_clear(last);
  return found;
}

static int64_t greatest_flat(const rl_fee *fee)
{
  int64_t greatest_minor = fee->min_minor;
  for (unsigned i = 0; i < fee->part_count; i++)
    if (fee->parts[i].flat_minor > greatest_minor)
      greatest_minor = fee->parts[i].flat_minor;
  return greatest_minor;
}

static void search_last(search *s, int64_t first, mpz_t out)
{
  mpz_set(s->high, s->wanted);
  for (unsigned i = 0; i < s->items->rule->fee_count; i++)
    mpz_add_ui(s->high, s->high, (unsigned long)greatest_flat(&s->items->rule->fees[i]));
  mpz_mul_ui(s->high, s->high, 2);
  mpz_add_ui(s->high, s->high, (unsigned long)first);
  mpz_set_si(s->low, first - 1);
  RL_ASSERT(in_reach(s, s->high));
  bisect(s);
  bool found = scan(s, NULL, out);
  RL_ASSERT(found);
}

void exact_smallest_leaving(mpz_t out, const exact_items *items, rl_fee_side side,
                            const mpz_t wanted)
{
  search s = {.items = items, .side = side};
  for (unsigned i = 0; i < items->rule->fee_count; i++)
    s.taken += exact_takes(items, i, side, RL_FEE_DEDUCTED);
  mpz_init_set(s.wanted, wanted);
  mpz_inits(s.bound_e8, s.low, s.high, NULL);
  mpz_mul_ui(s.bound_e8, wanted, RL_UNIT_E8);
  mpz_sub_ui(s.bound_e8, s.bound_e8, s.taken * (RL_UNIT_E8 / 2ul));
  int64_t first = 1;
  bool found = false;
  for (int64_t end; !found && (end = next_threshold(&s, first)) > 0; first = end)
    found = search_segment(&s, first, end, out);
  if (!found)
    search_last(&s, first, out);
  mpz_clears(s.wanted, s.bound_e8, s.low, s.high, NULL);
}
