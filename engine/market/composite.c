#include "market/composite.h"

/* A source whose mid is off by this part of the median is off, however tight the books are. */
#define TOLERANCE_PARTS 10000

/* Insertion: the counts are small, and a source's three votes come in order. */
static void sort(int64_t *values, unsigned count)
{
  for (unsigned i = 1; i < count; i++) {
    int64_t value = values[i];
    unsigned place = i;
    for (; place > 0 && values[place - 1] > value; place--)
      values[place] = values[place - 1];
    values[place] = value;
  }
}

/* Of sorted values: the middle one, or the floor of the average of the two middle ones. */
static int64_t middle(const int64_t *sorted, unsigned count)
{
  int64_t low = sorted[(count - 1) / 2];
  int64_t high = sorted[count / 2];
  return low + ((high - low) >> 1);
}

static int64_t median(int64_t *values, unsigned count)
{
  sort(values, count);
  return middle(values, count);
}

static int64_t least(int64_t left, int64_t right)
{
  return left < right ? left : right;
}

static int64_t most(int64_t left, int64_t right)
{
  return left > right ? left : right;
}

rl_percentiles rl_kernel(const rl_vote *votes, unsigned count)
{
  RL_ASSERT(count >= 1 && count <= RL_KERNEL_MAX);
  int64_t sorted[3 * RL_KERNEL_MAX];
  unsigned n = 0;
  for (unsigned i = 0; i < count; i++) {
    sorted[n++] = votes[i].bid;
    sorted[n++] = votes[i].mid;
    sorted[n++] = votes[i].ask;
  }
  sort(sorted, n);
  unsigned quarter = n >> 2;
  return (rl_percentiles){
    .p25 = sorted[quarter],
    .p50 = middle(sorted, n),
    .p75 = sorted[n - 1 - quarter],
  };
}

/* The fresh ticks as votes, in half units: there a tick's mid is bid + ask of its whole units. */
static void cast_votes(const rl_composite *composite, rl_vote *votes)
{
  for (unsigned i = 0; i < composite->tick_count; i++) {
    int64_t bid = composite->ticks[i].bid, ask = composite->ticks[i].ask;
    votes[i] = (rl_vote){.bid = 2 * bid, .mid = bid + ask, .ask = 2 * ask};
  }
}

/* H, M and the reach of 2H + delta. */
static rl_composite_steps agree(const rl_vote *votes, unsigned count)
{
  int64_t mids[RL_SOURCES_PER_PAIR_MAX];
  int64_t half_spreads[RL_SOURCES_PER_PAIR_MAX];
  for (unsigned i = 0; i < count; i++) {
    mids[i] = votes[i].mid;
    half_spreads[i] = votes[i].ask - votes[i].mid;
  }
  int64_t mid = median(mids, count), half_spread = median(half_spreads, count);
  return (rl_composite_steps){
    .half_spread = half_spread,
    .mid = mid,
    .reach = 2 * half_spread + mid / TOLERANCE_PARTS,
  };
}

/* Keeps the votes that are within reach, in place. */
static void drop_outliers(rl_vote *votes, unsigned count, rl_composite_steps *steps)
{
  for (unsigned i = 0; i < count; i++) {
    int64_t off = votes[i].mid - steps->mid;
    if (off <= steps->reach && -off <= steps->reach) {
      votes[steps->kept_count++] = votes[i];
      steps->kept |= 1u << i;
    }
  }
}

/* --- the policies --- */

static rl_vote make_consensus(const rl_vote *votes, unsigned count)
{
  rl_percentiles of = rl_kernel(votes, count);
  return (rl_vote){of.p25, of.p50, of.p75};
}

static rl_vote make_best(const rl_vote *votes, unsigned count)
{
  rl_vote best = votes[0];
  for (unsigned i = 1; i < count; i++) {
    best.bid = most(best.bid, votes[i].bid);
    best.ask = least(best.ask, votes[i].ask);
  }
  best.mid = best.bid + ((best.ask - best.bid) >> 1);
  return best;
}

rl_composite_steps rl_composite_work(const rl_composite *composite)
{
  unsigned count = composite->tick_count;
  RL_ASSERT(count >= 1 && count <= RL_SOURCES_PER_PAIR_MAX);
  rl_vote votes[RL_SOURCES_PER_PAIR_MAX];
  cast_votes(composite, votes);
  if (composite->policy == RL_POLICY_REFERENCE)
    votes[0].bid = votes[0].ask = votes[0].mid;
  if (composite->policy == RL_POLICY_PRIMARY || composite->policy == RL_POLICY_REFERENCE)
    return (rl_composite_steps){.kept_count = 1, .kept = 1, .agreed = true, .made = votes[0]};
  rl_composite_steps steps = agree(votes, count);
  drop_outliers(votes, count, &steps);
  steps.agreed = 2 * steps.kept_count > count;
  if (steps.agreed)
    steps.made = composite->policy == RL_POLICY_BEST ? make_best(votes, steps.kept_count)
                                                     : make_consensus(votes, steps.kept_count);
  return steps;
}

/* Widened to the pair's least half-spread; a bid stays at least one unit, an ask at most what a
 * source may quote, so that every leg stays within the bounds of money/rate.h. */
static void set_prices(const rl_composite_steps *steps, rl_composite *composite)
{
  rl_vote made = steps->made;
  if (composite->policy == RL_POLICY_CONSENSUS) {
    made.bid = most(made.bid, steps->mid - steps->reach);
    made.ask = least(made.ask, steps->mid + steps->reach);
  }
  made.bid = least(made.bid, made.mid - composite->min_half_spread);
  made.ask = most(made.ask, made.mid + composite->min_half_spread);
  composite->bid_half = (uint32_t)most(made.bid, 2);
  composite->mid_half = (uint32_t)made.mid;
  composite->ask_half = (uint32_t)least(made.ask, 2ll * RL_SOURCE_MANTISSA_MAX);
}

static rl_refusal judge(rl_composite *composite, uint32_t *kept)
{
  unsigned count = composite->tick_count;
  RL_ASSERT(count <= RL_SOURCES_PER_PAIR_MAX);
  if (count == 0)
    return RL_REFUSAL_NO_RATE;
  if (count < composite->min_sources)
    return RL_REFUSAL_TOO_FEW_SOURCES;
  rl_composite_steps steps = rl_composite_work(composite);
  *kept = steps.kept;
  if (!steps.agreed)
    return RL_REFUSAL_SOURCES_DISAGREE;
  if (steps.made.bid > steps.made.ask)
    return RL_REFUSAL_COMPOSITE_CROSSED;
  set_prices(&steps, composite);
  return RL_REFUSAL_NONE;
}

void rl_composite_bind(const rl_pair_spec *spec, rl_composite *composite)
{
  composite->scale = spec->scale;
  composite->pip_scale = spec->pip_scale;
  composite->policy = spec->policy;
  composite->min_sources = spec->min_sources;
  composite->min_half_spread = spec->min_half_spread;
  composite->max_age_ms = spec->max_age_ms;
  composite->depth_units = 0;
}

uint32_t rl_composite_price(rl_composite *composite)
{
  uint32_t kept = 0;
  composite->bid_half = composite->mid_half = composite->ask_half = 0;
  composite->refusal = judge(composite, &kept);
  return kept;
}
