/* The composite rule (K2) of each policy on worlds at random, against an oracle that sorts nothing:
 * an order statistic is found by counting how many values lie below.
 *
 *   consensus_property [--worlds N]
 *
 * Each world has a few honest sources and a minority that lies as it likes. Checked: prices and
 * refusal equal the oracle's; never crossed; the order of the ticks does not matter; and with three
 * or more sources no price lies further than reach outside the honest sources' range, whatever the
 * liars say and however far apart the honest ones are. `primary` believes its first, and only the
 * first two of these are asked of it. */
#include "market/composite.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_random dice;

typedef struct books {
  unsigned count;
  unsigned liars; /* the last ones */
  int64_t bid[RL_SOURCES_PER_PAIR_MAX]; /* whole units */
  int64_t ask[RL_SOURCES_PER_PAIR_MAX];
} books;

/* --- worlds --- */

static int64_t within_bounds(int64_t value)
{
  return value < 1 ? 1 : value > RL_SOURCE_MANTISSA_MAX ? RL_SOURCE_MANTISSA_MAX : value;
}

static void set_book(books *lab, unsigned index, int64_t mid, int64_t half_spread)
{
  lab->bid[index] = within_bounds(mid - half_spread);
  lab->ask[index] = within_bounds(mid + half_spread + (int64_t)rl_random_below(&dice, 2));
}

/* The worst case: as many liars as may be, all with a true mid and a huge spread, among honest
 * sources with tight books so far apart that only the one in their middle may survive. */
static void set_conspiracy(books *lab, int64_t truth, int64_t scatter)
{
  unsigned honest = lab->count - lab->liars;
  for (unsigned i = 0; i < honest; i++)
    set_book(lab, i, truth + ((int64_t)i - honest / 2) * scatter, 1);
  for (unsigned i = honest; i < lab->count; i++)
    set_book(lab, i, truth, (int64_t)rl_random_magnitude(&dice, (uint64_t)truth));
}

/* A liar says anything, or a true mid with a huge spread, or a little less than the truth. */
static void set_liar(books *lab, unsigned index, int64_t truth)
{
  int64_t anything = (int64_t)rl_random_magnitude(&dice, RL_SOURCE_MANTISSA_MAX);
  switch (rl_random_below(&dice, 3)) {
  case 0: set_book(lab, index, anything, (int64_t)rl_random_below(&dice, 1000)); break;
  case 1: set_book(lab, index, truth, anything); break;
  default: set_book(lab, index, truth - anything % 100, (int64_t)rl_random_below(&dice, 3)); break;
  }
}

static books random_books(void)
{
  books out = {.count = 1 + (unsigned)rl_random_below(&dice, RL_SOURCES_PER_PAIR_MAX)};
  if (out.count >= 3)
    out.liars = (unsigned)rl_random_below(&dice, (out.count + 1) / 2);
  int64_t truth = (int64_t)rl_random_magnitude(&dice, RL_SOURCE_MANTISSA_MAX);
  int64_t scatter = (int64_t)rl_random_magnitude(&dice, (uint64_t)(truth / 10 + 1));
  int64_t width = (int64_t)rl_random_magnitude(&dice, (uint64_t)(truth / 100 + 1));
  if (rl_random_below(&dice, 2))
    scatter = 1 + scatter % (2 * width);
  if (rl_random_below(&dice, 8) == 0) {
    out.liars = out.count >= 3 ? (out.count - 1) / 2 : 0;
    set_conspiracy(&out, truth, scatter);
    return out;
  }
  for (unsigned i = 0; i < out.count - out.liars; i++) {
    int64_t mid = truth + rl_random_between(&dice, -scatter, scatter);
    set_book(&out, i, mid, (int64_t)rl_random_below(&dice, (uint64_t)width));
  }
  for (unsigned i = out.count - out.liars; i < out.count; i++)
    set_liar(&out, i, truth);
  return out;
}

/* --- the oracle --- */

/* The k-th smallest (from 0): the value with at most k others below it and more than k at most. */
static int64_t ranked(const int64_t *values, unsigned count, unsigned k)
{
  for (unsigned i = 0; i < count; i++) {
    unsigned below = 0, up_to = 0;
    for (unsigned j = 0; j < count; j++) {
      below += values[j] < values[i];
      up_to += values[j] <= values[i];
    }
    if (below <= k && k < up_to)
      return values[i];
  }
  abort();
}

/* The floor of half a sum that is never negative here. */
static int64_t median_of(const int64_t *values, unsigned count)
{
  return (ranked(values, count, (count - 1) / 2) + ranked(values, count, count / 2)) / 2;
}

typedef struct verdict {
  bool priced;
  bool crossed; /* if not priced: they agree, but cross */
  int64_t bid, mid, ask; /* half units */
  int64_t reach;
} verdict;

static int64_t highest(const int64_t *values, unsigned count)
{
  return ranked(values, count, count - 1);
}

static verdict primary_oracle(const books *lab)
{
  return (verdict){.priced = true, .bid = 2 * lab->bid[0], .mid = lab->bid[0] + lab->ask[0],
                   .ask = 2 * lab->ask[0]};
}

/* Best bid and offer of n votes, three a source: those of a source whose place is the k-th. */
static void take_best(const int64_t *votes, unsigned kept, verdict *out)
{
  int64_t bids[RL_SOURCES_PER_PAIR_MAX], asks[RL_SOURCES_PER_PAIR_MAX];
  for (unsigned i = 0; i < kept; i++) {
    bids[i] = votes[3 * i];
    asks[i] = votes[3 * i + 2];
  }
  int64_t bid = highest(bids, kept), ask = ranked(asks, kept, 0);
  out->crossed = bid > ask;
  out->priced = !out->crossed;
  out->bid = bid;
  out->mid = (bid + ask) / 2;
  out->ask = ask;
}

static verdict oracle(const books *lab, rl_policy policy)
{
  if (policy == RL_POLICY_PRIMARY)
    return primary_oracle(lab);
  int64_t mids[RL_SOURCES_PER_PAIR_MAX], widths[RL_SOURCES_PER_PAIR_MAX];
  int64_t votes[3 * RL_SOURCES_PER_PAIR_MAX];
  unsigned kept = 0;
  for (unsigned i = 0; i < lab->count; i++) {
    mids[i] = lab->bid[i] + lab->ask[i];
    widths[i] = lab->ask[i] - lab->bid[i];
  }
  int64_t centre = median_of(mids, lab->count);
  int64_t reach = 2 * median_of(widths, lab->count) + centre / 10000;
  for (unsigned i = 0; i < lab->count; i++) {
    if (llabs(mids[i] - centre) > reach)
      continue;
    votes[3 * kept] = 2 * lab->bid[i];
    votes[3 * kept + 1] = mids[i];
    votes[3 * kept + 2] = 2 * lab->ask[i];
    kept++;
  }
  verdict out = {.priced = kept > lab->count - kept, .reach = reach};
  if (!out.priced)
    return out;
  if (policy == RL_POLICY_BEST) {
    take_best(votes, kept, &out);
    return out;
  }
  unsigned n = 3 * kept;
  out.bid = ranked(votes, n, n / 4);
  out.mid = median_of(votes, n);
  out.ask = ranked(votes, n, n - 1 - n / 4);
  if (out.bid < centre - reach)
    out.bid = centre - reach;
  if (out.ask > centre + reach)
    out.ask = centre + reach;
  return out;
}

/* --- checking --- */

/* `shift` turns the sources round, so that they come in another order. */
static rl_composite engine(const books *lab, rl_policy policy, unsigned shift)
{
  rl_composite out;
  out.policy = (uint8_t)policy;
  out.min_sources = 1;
  out.min_half_spread = 0;
  out.tick_count = (uint8_t)lab->count;
  for (unsigned i = 0; i < lab->count; i++) {
    unsigned source = (i + shift) % lab->count;
    out.ticks[i] =
      (rl_composite_tick){.bid = (uint32_t)lab->bid[source], .ask = (uint32_t)lab->ask[source]};
  }
  rl_composite_price(&out);
  return out;
}

static bool equals(const rl_composite *composite, const verdict *expected)
{
  rl_refusal why =
    expected->crossed ? RL_REFUSAL_COMPOSITE_CROSSED : RL_REFUSAL_SOURCES_DISAGREE;
  if (!expected->priced)
    return composite->refusal == why && composite->bid_half == 0 &&
           composite->mid_half == 0 && composite->ask_half == 0;
  return composite->refusal == RL_REFUSAL_NONE && composite->bid_half == expected->bid &&
         composite->mid_half == expected->mid && composite->ask_half == expected->ask;
}

static bool is_honest(const books *lab, const verdict *expected)
{
  int64_t low = INT64_MAX, high = 0;
  for (unsigned i = 0; i < lab->count - lab->liars; i++) {
    low = 2 * lab->bid[i] < low ? 2 * lab->bid[i] : low;
    high = 2 * lab->ask[i] > high ? 2 * lab->ask[i] : high;
  }
  return expected->bid >= low - expected->reach && expected->ask <= high + expected->reach;
}

static const char *fault_of(const books *lab, rl_policy policy)
{
  verdict expected = oracle(lab, policy);
  bool believes = policy == RL_POLICY_PRIMARY;
  rl_composite made = engine(lab, policy, 0);
  rl_composite turned = engine(lab, policy, (unsigned)rl_random_below(&dice, lab->count));
  if (!equals(&made, &expected))
    return "not what the oracle says";
  if (!believes && !equals(&turned, &expected))
    return "depends on the order of the sources";
  if (!expected.priced)
    return lab->count == 1 ? "a single source refused" : NULL;
  if (made.bid_half > made.mid_half || made.mid_half > made.ask_half || made.bid_half < 2)
    return "crossed";
  if (!believes && lab->count >= 3 && !is_honest(lab, &expected))
    return "outside the honest range";
  return NULL;
}

int main(int argc, char **argv)
{
  unsigned worlds = argc == 3 && strcmp(argv[1], "--worlds") == 0
                      ? (unsigned)strtoul(argv[2], NULL, 10) : 200000;
  dice = rl_random_from(rl_test_seed("consensus"));
  unsigned refused = 0, crossed = 0, with_liars = 0;
  for (unsigned i = 0; i < worlds; i++) {
    books lab = random_books();
    const char *fault = NULL;
    for (rl_policy policy = RL_POLICY_CONSENSUS; !fault && policy <= RL_POLICY_PRIMARY; policy++)
      fault = fault_of(&lab, policy);
    refused += !oracle(&lab, RL_POLICY_CONSENSUS).priced;
    crossed += oracle(&lab, RL_POLICY_BEST).crossed;
    with_liars += lab.liars > 0;
    if (!fault)
      continue;
    fprintf(stderr, "world %u: %s\n", i, fault);
    for (unsigned s = 0; s < lab.count; s++)
      fprintf(stderr, "  %s %lld %lld\n", s < lab.count - lab.liars ? "honest" : "liar",
              (long long)lab.bid[s], (long long)lab.ask[s]);
    return 1;
  }
  printf("%u worlds, %u with liars, %u refused, %u crossed at best\n", worlds, with_liars, refused,
         crossed);
  return worlds > 0 ? 0 : 1;
}
