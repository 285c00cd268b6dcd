/* The side algebra (K5) as money sees it, against GMP's rationals.
 *
 * A chain of one to three markets of random prices, never crossed, each written in a random
 * direction. The oracle trades: it holds an amount and exchanges it market by market at the worse
 * side, and knows no other price. Held against it are the prices of all stretches of the chain, as
 * snapshots in both directions and both conventions:
 *
 *   the price of a stretch is what its markets give one after the other, exactly;
 *   a stretch walked back has the inverse sides: (bid, ask) becomes (1/ask, 1/bid);
 *   bid <= mid <= ask, and the mid is one, from whichever side it is asked;
 *   no walk that ends where it began has more in hand than at first, whatever mix of single
 *   markets and crosses over them it takes.
 *
 *   algebra_property [--cases N] */
#include "market/market.h"
#include "support/exact.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STOPS = RL_LEGS_MAX + 1, HOPS = 12 };

typedef struct chain {
  unsigned leg_count;
  rl_currency stops[STOPS];
  rl_leg legs[RL_LEGS_MAX]; /* walked from the first stop to the last */
} chain;

static unsigned long current;

#define EXPECT(condition)                                                          \
  do {                                                                             \
    if (!(condition)) {                                                            \
      fprintf(stderr, "case %lu, line %d: %s\n", current, __LINE__, #condition);   \
      exit(1);                                                                     \
    }                                                                              \
  } while (0)

/* --- chains --- */

static int compare_prices(const void *left, const void *right)
{
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

/* Three prices in order: far apart, close together or equal. */
static void draw_prices(rl_random *dice, rl_composite *out)
{
  uint32_t top = 2 * RL_SOURCE_MANTISSA_MAX, prices[3];
  prices[0] = (uint32_t)rl_random_magnitude(dice, top);
  for (unsigned i = 1; i < 3; i++) {
    uint64_t near = prices[0] + rl_random_below(dice, 3);
    prices[i] = rl_random_below(dice, 2) ? (uint32_t)rl_random_magnitude(dice, top)
                                         : (uint32_t)(near < top ? near : top);
  }
  qsort(prices, 3, sizeof prices[0], compare_prices);
  out->bid_half = prices[0];
  out->mid_half = prices[1];
  out->ask_half = prices[2];
  out->scale = (uint8_t)rl_random_below(dice, 13);
}

static chain draw_chain(rl_random *dice)
{
  static const char *const codes[STOPS] = {"EUR", "USD", "JPY", "KWD"};
  chain out = {.leg_count = 1 + (unsigned)rl_random_below(dice, RL_LEGS_MAX)};
  for (unsigned i = 0; i <= out.leg_count; i++)
    EXPECT(rl_currency_find(codes[i], 3, &out.stops[i]) == RL_OK);
  for (unsigned i = 0; i < out.leg_count; i++) {
    rl_leg *leg = &out.legs[i];
    leg->inverted = rl_random_below(dice, 2);
    leg->base = out.stops[leg->inverted ? i + 1 : i];
    leg->quote = out.stops[leg->inverted ? i : i + 1];
    draw_prices(dice, &leg->composite);
  }
  return out;
}

/* The price between two different stops as the market would give it. */
static rl_snapshot stretch(const chain *of, unsigned from, unsigned to, bool from_is_base)
{
  bool back = from > to;
  rl_snapshot out = {.from = of->stops[from], .to = of->stops[to]};
  out.base = from_is_base ? out.from : out.to;
  out.quote = from_is_base ? out.to : out.from;
  out.leg_count = back ? from - to : to - from;
  for (unsigned i = 0; i < out.leg_count; i++) {
    out.legs[i] = of->legs[back ? from - 1 - i : from + i];
    out.legs[i].inverted ^= back;
  }
  return out;
}

/* --- the oracle --- */

typedef enum price_kind { BID, MID, ASK } price_kind;

static void price_of(mpq_t out, const rl_leg *leg, price_kind kind)
{
  const rl_composite *c = &leg->composite;
  exact_decimal(out, kind == BID ? c->bid_half : kind == MID ? c->mid_half : c->ask_half,
                c->scale, 2);
}

/* Exchanges what is in hand at one stop for what its neighbour gives. */
static void exchange(mpq_t hand, const chain *in, unsigned at, unsigned next, bool mid)
{
  const rl_leg *leg = &in->legs[at < next ? at : next];
  bool sells_base = rl_currency_equal(in->stops[at], leg->base);
  mpq_t price;
  mpq_init(price);
  price_of(price, leg, mid ? MID : sells_base ? BID : ASK);
  if (sells_base)
    mpq_mul(hand, hand, price);
  else
    mpq_div(hand, hand, price);
  mpq_clear(price);
}

static void walk(mpq_t hand, const chain *in, unsigned from, unsigned to, bool mid)
{
  for (unsigned at = from; at != to; at = at < to ? at + 1 : at - 1)
    exchange(hand, in, at, at < to ? at + 1 : at - 1, mid);
}

/* --- what must hold --- */

/* `to` for one `from`, of a rate in either convention. */
static void given(mpq_t out, const rl_snapshot *snapshot, rl_ratio rate)
{
  exact_ratio(out, rate);
  if (rl_snapshot_side(snapshot) == RL_BUY_BASE)
    mpq_inv(out, out);
}

static void check_stretch(const chain *of, unsigned from, unsigned to)
{
  mpq_t core, mid, back_core, walked;
  mpq_inits(core, mid, back_core, walked, NULL);
  for (unsigned from_is_base = 0; from_is_base < 2; from_is_base++) {
    rl_snapshot there = stretch(of, from, to, from_is_base);
    rl_snapshot back = stretch(of, to, from, !from_is_base);
    given(core, &there, rl_snapshot_core(&there));
    mpq_set_ui(walked, 1, 1);
    walk(walked, of, from, to, false);
    EXPECT(mpq_equal(core, walked));
    given(mid, &there, rl_snapshot_mid(&there));
    mpq_set_ui(walked, 1, 1);
    walk(walked, of, from, to, true);
    EXPECT(mpq_equal(mid, walked));
    /* In the pair's convention: the one sells the base at the bid, the other buys it at the ask. */
    EXPECT(rl_snapshot_side(&there) != rl_snapshot_side(&back));
    rl_snapshot *sells = rl_snapshot_side(&there) == RL_SELL_BASE ? &there : &back;
    rl_snapshot *buys = sells == &there ? &back : &there;
    exact_ratio(core, rl_snapshot_core(sells));
    exact_ratio(mid, rl_snapshot_mid(sells));
    exact_ratio(back_core, rl_snapshot_core(buys));
    exact_ratio(walked, rl_snapshot_mid(buys));
    EXPECT(mpq_equal(mid, walked));
    EXPECT(mpq_cmp(core, mid) <= 0 && mpq_cmp(mid, back_core) <= 0);
  }
  mpq_clears(core, mid, back_core, walked, NULL);
}

/* A market walked against its convention: (1/ask, 1/bid). */
static void check_inverse(const chain *of, unsigned leg)
{
  bool inverted = of->legs[leg].inverted;
  unsigned quote_end = inverted ? leg : leg + 1, base_end = inverted ? leg + 1 : leg;
  mpq_t got, price;
  mpq_inits(got, price, NULL);
  rl_snapshot sells = stretch(of, quote_end, base_end, true); /* the quote as a base: its bid */
  exact_ratio(got, rl_snapshot_core(&sells));
  price_of(price, &of->legs[leg], ASK);
  mpq_inv(price, price);
  EXPECT(mpq_equal(got, price));
  rl_snapshot buys = stretch(of, base_end, quote_end, false);
  exact_ratio(got, rl_snapshot_core(&buys));
  price_of(price, &of->legs[leg], BID);
  mpq_inv(price, price);
  EXPECT(mpq_equal(got, price));
  mpq_clears(got, price, NULL);
}

/* Stops at random, each reached from the last by one price over all markets between them. */
static void check_round_trip(rl_random *dice, const chain *of)
{
  unsigned start = (unsigned)rl_random_below(dice, of->leg_count + 1), at = start;
  mpq_t hand, rate;
  mpq_inits(hand, rate, NULL);
  mpq_set_ui(hand, 1, 1);
  for (unsigned hop = 0; hop < HOPS; hop++) {
    unsigned next = hop + 1 < HOPS ? (unsigned)rl_random_below(dice, of->leg_count + 1) : start;
    if (next == at)
      continue;
    rl_snapshot price = stretch(of, at, next, rl_random_below(dice, 2));
    given(rate, &price, rl_snapshot_core(&price));
    mpq_mul(hand, hand, rate);
    at = next;
    EXPECT(at != start || mpq_cmp_ui(hand, 1, 1) <= 0);
  }
  EXPECT(at == start && mpq_cmp_ui(hand, 1, 1) <= 0);
  mpq_clears(hand, rate, NULL);
}

int main(int argc, char **argv)
{
  unsigned long cases = argc == 3 && strcmp(argv[1], "--cases") == 0
                          ? strtoul(argv[2], NULL, 10) : 20000;
  rl_random dice = rl_random_from(rl_test_seed("algebra property"));
  for (current = 0; current < cases; current++) {
    chain drawn = draw_chain(&dice);
    for (unsigned from = 0; from <= drawn.leg_count; from++) {
      for (unsigned to = 0; to <= drawn.leg_count; to++) {
        if (from != to)
          check_stretch(&drawn, from, to);
      }
    }
    for (unsigned leg = 0; leg < drawn.leg_count; leg++)
      check_inverse(&drawn, leg);
    check_round_trip(&dice, &drawn);
  }
  printf("%lu chains: exact, inverse sides, no trip earns\n", cases);
  return 0;
}
