/* The way of a price through all currencies of ISO 4217 (K5), against a search over all ways.
 *
 * Every currency but the four pivots has markets with some of them, one at least; some have markets
 * among themselves. The oracle knows nothing of tables and glances: a breadth-first search through
 * the pivots says how many legs a price may have; of all walks of that length it takes the first,
 * in the order of their pivots, of those whose legs are all fresh and whose relative spreads sum up
 * to least, in GMP's rationals.
 *
 * First every ordered pair is asked while all markets are fresh; then sources come and go, and
 * pairs are asked at random. Spreads are few whole parts of one middle, so that ties are many and
 * the engine's own sums, which are cut to 10^-9 a leg, are exact.
 *
 *   route_model [--rounds N] */
#include "market/market.h"
#include "support/random.h"

#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIVOTS = RL_PIVOTS_MAX, MIDDLE = 100000, AGE_MS = 1000, SOURCES = 3, STOPS_MAX = 4 };

static const char *const pivot_codes[PIVOTS] = {"USD", "EUR", "GBP", "CHF"};

typedef struct model {
  rl_random dice;
  rl_universe *universe;
  rl_market *market;
  rl_source sources[SOURCES];
  rl_now now;
  uint64_t sequence;
  rl_currency pivots[PIVOTS];
} model;

#define EXPECT(it, condition, from, to)                                                    \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      fprintf(stderr, "update %lu, %s to %s: %s\n", (unsigned long)(it)->sequence,         \
              rl_currency_code(from), rl_currency_code(to), #condition);                   \
      exit(1);                                                                             \
    }                                                                                      \
  } while (0)

/* --- the world --- */

static bool is_pivot(const model *it, rl_currency currency)
{
  for (unsigned i = 0; i < PIVOTS; i++) {
    if (rl_currency_equal(it->pivots[i], currency))
      return true;
  }
  return false;
}

static rl_currency currency_at(unsigned index)
{
  return (rl_currency){.index = (uint8_t)index};
}

static int add_pair(char *text, size_t room, int used, rl_currency left, rl_currency right)
{
  const char *one = rl_currency_code(left), *other = rl_currency_code(right);
  bool ordered = strcmp(one, other) < 0;
  return used + snprintf(text + used, room - (size_t)used, "pair %s %s scale=5 max_age_ms=%d\n",
                         ordered ? one : other, ordered ? other : one, AGE_MS);
}

/* Pivots all meet; each other currency meets some of them, and few of the others. */
static void make_universe(model *it)
{
  static char text[1 << 17];
  int used = snprintf(text, sizeof text, "pivot USD EUR GBP CHF\n");
  for (unsigned i = 0; i < PIVOTS; i++) {
    for (unsigned j = 0; j < i; j++)
      used = add_pair(text, sizeof text, used, it->pivots[i], it->pivots[j]);
  }
  for (unsigned i = 1; i <= rl_currency_count(); i++) {
    unsigned markets = 1 + (unsigned)rl_random_below(&it->dice, (1 << PIVOTS) - 1);
    if (rl_random_below(&it->dice, 2)) /* half of them have one market only */
      markets = 1u << rl_random_below(&it->dice, PIVOTS);
    for (unsigned j = 0; j < PIVOTS && !is_pivot(it, currency_at(i)); j++) {
      if (markets >> j & 1)
        used = add_pair(text, sizeof text, used, currency_at(i), it->pivots[j]);
    }
    for (unsigned j = 1; j < i && !is_pivot(it, currency_at(i)); j++) {
      if (!is_pivot(it, currency_at(j)) && rl_random_below(&it->dice, 60) == 0)
        used = add_pair(text, sizeof text, used, currency_at(i), currency_at(j));
    }
  }
  rl_error error;
  rl_status status = rl_universe_parse(text, (size_t)used, "model", &it->universe, &error);
  RL_ASSERT(status == RL_OK);
}

static void speak(model *it, rl_pair pair, rl_source source)
{
  uint32_t half_spread = (uint32_t)rl_random_below(&it->dice, 4);
  rl_tick tick = {.pair = pair, .sequence = ++it->sequence, .scale = 5,
                  .bid = MIDDLE - half_spread, .ask = MIDDLE + half_spread};
  rl_verdict verdict = rl_market_apply(it->market, source, &tick, it->now);
  RL_ASSERT(verdict == RL_TICK_GOOD || verdict == RL_TICK_LOCKED);
}

static void start(model *it)
{
  static const char *const names[SOURCES] = {"a", "b", "c"};
  for (unsigned i = 0; i < PIVOTS; i++) {
    rl_status found = rl_currency_find(pivot_codes[i], 3, &it->pivots[i]);
    RL_ASSERT(found == RL_OK);
  }
  make_universe(it);
  rl_status status = rl_market_create(it->universe, &it->market);
  RL_ASSERT(status == RL_OK);
  for (unsigned i = 0; i < SOURCES; i++) {
    status = rl_market_register(it->market, names[i], RL_SOURCE_LIVE, &it->sources[i]);
    RL_ASSERT(status == RL_OK);
  }
}

/* --- the oracle --- */

static bool meet(const model *it, rl_currency left, rl_currency right)
{
  rl_pair pair;
  bool inverted;
  return rl_universe_find(it->universe, left, right, &pair, &inverted);
}

/* Breadth first through the pivots; 0 where there is no way of at most RL_LEGS_MAX. */
static unsigned fewest_legs(const model *it, rl_currency from, rl_currency to)
{
  bool seen[RL_CURRENCY_COUNT] = {false};
  rl_currency reached[RL_CURRENCY_COUNT];
  unsigned ends[RL_LEGS_MAX + 1] = {1};
  unsigned count = 1, first = 0;
  reached[0] = from;
  seen[from.index] = true;
  for (unsigned legs = 1; legs <= RL_LEGS_MAX; legs++) {
    for (; first < ends[legs - 1]; first++) {
      if (first > 0 && !is_pivot(it, reached[first]))
        continue;
      for (unsigned i = 1; i <= rl_currency_count(); i++) {
        if (seen[i] || !meet(it, reached[first], currency_at(i)))
          continue;
        seen[i] = true;
        reached[count++] = currency_at(i);
      }
    }
    ends[legs] = count;
    if (seen[to.index])
      return legs;
  }
  return 0;
}

/* A walk with its pivots in the order of the universe's list. */
typedef struct search {
  const model *it;
  rl_currency to;
  unsigned legs;
  rl_currency stops[STOPS_MAX];
  unsigned found;      /* walks of that length, fresh or not */
  rl_refusal first;    /* of the first of them */
  bool priced;
  mpq_t least;         /* of the best so far, if priced */
  rl_currency best[STOPS_MAX];
} search;

/* The sum of relative spreads, or the refusal that stands for the walk. */
static rl_refusal measure(const search *of, mpq_t sum)
{
  rl_refusal worst = RL_REFUSAL_NONE;
  mpq_t spread;
  mpq_init(spread);
  mpq_set_ui(sum, 0, 1);
  for (unsigned i = 0; i < of->legs; i++) {
    rl_pair pair = {0};
    bool inverted;
    bool found = rl_universe_find(of->it->universe, of->stops[i], of->stops[i + 1], &pair,
                                  &inverted);
    RL_ASSERT(found);
    rl_composite composite;
    rl_refusal refusal =
      rl_market_composite(of->it->market, pair, of->it->now.mono, &composite);
    if (refusal != RL_REFUSAL_NONE && (worst == RL_REFUSAL_NONE || refusal < worst))
      worst = refusal;
    if (refusal != RL_REFUSAL_NONE)
      continue;
    mpq_set_ui(spread, composite.ask_half - composite.bid_half, composite.mid_half);
    mpq_canonicalize(spread);
    mpq_add(sum, sum, spread);
  }
  mpq_clear(spread);
  return worst;
}

static void judge(search *of)
{
  mpq_t sum;
  mpq_init(sum);
  rl_refusal refusal = measure(of, sum);
  if (of->found++ == 0)
    of->first = refusal;
  if (refusal == RL_REFUSAL_NONE && (!of->priced || mpq_cmp(sum, of->least) < 0)) {
    of->priced = true;
    mpq_set(of->least, sum);
    memcpy(of->best, of->stops, sizeof of->best);
  }
  mpq_clear(sum);
}

static void search_on(search *of, unsigned at)
{
  RL_ASSERT(at + 1 < STOPS_MAX && of->legs < STOPS_MAX);
  if (at + 1 == of->legs) {
    of->stops[of->legs] = of->to;
    if (meet(of->it, of->stops[at], of->to))
      judge(of);
    return;
  }
  for (unsigned i = 0; i < PIVOTS; i++) {
    of->stops[at + 1] = of->it->pivots[i];
    if (meet(of->it, of->stops[at], of->it->pivots[i]))
      search_on(of, at + 1);
  }
}

/* --- asking --- */

typedef struct tally {
  unsigned long by_legs[RL_LEGS_MAX + 1], refused, chosen;
} tally;

static void compare(const model *it, rl_currency from, rl_currency to, unsigned legs, tally *seen)
{
  search of = {.it = it, .to = to, .legs = legs, .stops = {from}};
  mpq_init(of.least);
  search_on(&of, 0);
  static rl_snapshot snapshot;
  rl_refusal refusal = rl_market_snapshot(it->market, from, to, it->now, &snapshot);
  EXPECT(it, of.found > 0, from, to);
  EXPECT(it, refusal == (of.priced ? RL_REFUSAL_NONE : of.first), from, to);
  if (of.priced) {
    EXPECT(it, snapshot.leg_count == legs, from, to);
    for (unsigned i = 0; i < legs; i++) {
      const rl_leg *leg = &snapshot.legs[i];
      EXPECT(it, rl_currency_equal(leg->inverted ? leg->quote : leg->base, of.best[i]), from, to);
      EXPECT(it, rl_currency_equal(leg->inverted ? leg->base : leg->quote, of.best[i + 1]), from,
             to);
    }
    seen->by_legs[legs]++;
    seen->chosen += of.found > 1;
  }
  seen->refused += !of.priced;
  mpq_clear(of.least);
}

static void ask_all(const model *it, tally *seen)
{
  for (unsigned i = 1; i <= rl_currency_count(); i++) {
    for (unsigned j = 1; j <= rl_currency_count(); j++) {
      rl_currency from = currency_at(i), to = currency_at(j);
      if (i == j)
        continue;
      unsigned legs = fewest_legs(it, from, to);
      EXPECT(it, legs > 0, from, to);
      EXPECT(it, (legs == 1) == meet(it, from, to), from, to);
      compare(it, from, to, legs, seen);
    }
  }
}

static rl_currency draw_currency(model *it)
{
  return currency_at(1 + (unsigned)rl_random_below(&it->dice, rl_currency_count()));
}

/* A while in which some pairs are spoken of and others fall silent; then questions. */
static void live_on(model *it, unsigned long rounds, tally *seen)
{
  unsigned pairs = rl_universe_pair_count(it->universe);
  for (unsigned long round = 0; round < rounds; round++) {
    it->now.mono.ns += (int64_t)rl_random_below(&it->dice, 40 * RL_NS_PER_MS);
    for (unsigned i = 0; i < pairs / 20; i++)
      speak(it, (rl_pair){(uint16_t)rl_random_below(&it->dice, pairs)},
            it->sources[rl_random_below(&it->dice, SOURCES)]);
    for (unsigned i = 0; i < 50; i++) {
      rl_currency from = draw_currency(it), to = draw_currency(it);
      if (!rl_currency_equal(from, to))
        compare(it, from, to, fewest_legs(it, from, to), seen);
    }
  }
}

static void print_tally(const char *when, const tally *seen)
{
  printf("%s: %lu of one leg, %lu of two, %lu of three, %lu refused; %lu had more ways than one\n",
         when, seen->by_legs[1], seen->by_legs[2], seen->by_legs[3], seen->refused, seen->chosen);
}

int main(int argc, char **argv)
{
  unsigned long rounds = argc == 3 && strcmp(argv[1], "--rounds") == 0
                           ? strtoul(argv[2], NULL, 10) : 1000;
  static model it;
  it = (model){.dice = rl_random_from(rl_test_seed("route model")),
               .now = {.mono.ns = 7000000000000ll, .utc.ms = 1750000000000}};
  start(&it);
  for (unsigned i = 0; i < rl_universe_pair_count(it.universe); i++)
    speak(&it, (rl_pair){(uint16_t)i}, it.sources[0]);
  tally all = {0}, later = {0};
  ask_all(&it, &all);
  live_on(&it, rounds, &later);
  print_tally("all fresh", &all);
  print_tally("coming and going", &later);
  rl_market_destroy(it.market);
  rl_universe_destroy(it.universe);
  return all.refused > 0 || (rounds > 100 && (later.refused == 0 || later.by_legs[3] == 0));
}
