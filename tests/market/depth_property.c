/* Prices through books (K2, depth=vwap) on books at random, against exact rationals that know
 * nothing of walking: what an amount A costs is the sum over levels of price x (min(A, C) -
 * min(A, C')), where C and C' are all that a side holds with the level and before it.
 *
 *   depth_property [--worlds N]
 *
 * Checked of each source: its vote is the oracle's, floored for a bid and ceiled for an ask; it has
 * none exactly where its book is too small; it never gets better as the amount grows. Of a pair:
 * the price is that of the oracle's votes by the pair's policy; it is that of best prices where the
 * amount is within all of these; and a lone source's price never gets better. Of a walk: each leg
 * carries the exact worth at mid, rounded up. */
#include "market/composite.h"
#include "market/depth.h"
#include "support/exact.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_random dice;

typedef struct pair_books {
  rl_composite best; /* of the best prices */
  rl_book books[RL_SOURCES_PER_PAIR_MAX];
} pair_books;

/* --- books --- */

static uint32_t random_size(void)
{
  return (uint32_t)rl_random_magnitude(&dice, rl_random_below(&dice, 8) ? 50 : UINT32_MAX);
}

/* Each level is worse than the one before by a step that is mostly small. */
static uint8_t random_levels(uint32_t best, int direction, rl_level *levels)
{
  unsigned wanted = (unsigned)rl_random_below(&dice, RL_LEVELS_MAX);
  int64_t price = best;
  unsigned count = 0;
  for (; count < wanted; count++) {
    price += direction * (int64_t)rl_random_magnitude(&dice, 200);
    if (price < 1 || price > RL_SOURCE_MANTISSA_MAX)
      break;
    levels[count] = (rl_level){(uint32_t)price, random_size()};
  }
  return (uint8_t)count;
}

static void random_book(uint32_t centre, rl_composite_tick *tick, rl_book *book)
{
  *tick = (rl_composite_tick){.bid = centre - (uint32_t)rl_random_below(&dice, centre < 5 ? 1 : 5)};
  tick->ask = centre + (uint32_t)rl_random_below(&dice, 5);
  memset(book, 0, sizeof *book);
  if (rl_random_below(&dice, 6) == 0)
    return;
  book->bid_size = random_size();
  book->ask_size = rl_random_below(&dice, 20) ? random_size() : 0;
  book->depth.bid_count = random_levels(tick->bid, -1, book->depth.bids);
  if (book->ask_size > 0)
    book->depth.ask_count = random_levels(tick->ask, 1, book->depth.asks);
}

static pair_books random_pair(void)
{
  pair_books out = {.best = {.min_sources = 1}};
  uint32_t centre = (uint32_t)rl_random_magnitude(&dice, RL_SOURCE_MANTISSA_MAX - 5);
  out.best.tick_count = (uint8_t)rl_random_between(&dice, 1, 5);
  out.best.min_sources = (uint8_t)rl_random_between(&dice, 1, out.best.tick_count);
  out.best.policy = (uint8_t)rl_random_below(&dice, RL_POLICY_PRIMARY + 1);
  out.best.min_half_spread = (uint32_t)rl_random_below(&dice, 2) * 3;
  for (unsigned i = 0; i < out.best.tick_count; i++)
    random_book(centre, &out.best.ticks[i], &out.books[i]);
  rl_composite_price(&out.best);
  return out;
}

/* --- the oracle --- */

static unsigned levels_of(const rl_composite_tick *tick, const rl_book *book, bool bids,
                          rl_level out[RL_LEVELS_MAX])
{
  const rl_depth *depth = &book->depth;
  out[0] = bids ? (rl_level){tick->bid, book->bid_size} : (rl_level){tick->ask, book->ask_size};
  unsigned behind = bids ? depth->bid_count : depth->ask_count;
  memcpy(out + 1, bids ? depth->bids : depth->asks, behind * sizeof *out);
  return behind + 1;
}

static uint64_t lesser(uint64_t left, uint64_t right)
{
  return left < right ? left : right;
}

/* False where the side does not hold so much. */
static bool side_vote(const rl_composite_tick *tick, const rl_book *book, bool bids,
                      uint64_t units, uint32_t *vote)
{
  rl_level levels[RL_LEVELS_MAX];
  unsigned count = levels_of(tick, book, bids, levels);
  uint64_t held = 0;
  mpq_t sum, part;
  mpq_inits(sum, part, NULL);
  for (unsigned i = 0; i < count; i++) {
    uint64_t before = held;
    held += levels[i].size;
    mpq_set_ui(part, lesser(units, held) - lesser(units, before), 1);
    mpz_mul_ui(mpq_numref(part), mpq_numref(part), levels[i].price);
    mpq_add(sum, sum, part);
  }
  mpz_t rounded;
  mpz_init(rounded);
  mpq_set_ui(part, units, 1);
  mpq_div(sum, sum, part);
  exact_rounded(rounded, sum, bids ? RL_ROUND_DOWN : RL_ROUND_UP);
  *vote = (uint32_t)mpz_get_ui(rounded);
  mpz_clear(rounded);
  mpq_clears(sum, part, NULL);
  return held >= units;
}

static bool oracle_vote(const rl_composite_tick *best, const rl_book *book, uint64_t units,
                        rl_composite_tick *vote)
{
  *vote = *best;
  bool sizes = book->bid_size > 0 || book->ask_size > 0;
  if (!sizes)
    return true;
  bool bid = side_vote(best, book, true, units, &vote->bid);
  bool ask = side_vote(best, book, false, units, &vote->ask);
  return bid && ask;
}

/* --- amounts: any, and those at which something changes --- */

static uint64_t random_units(const pair_books *pair)
{
  unsigned source = (unsigned)rl_random_below(&dice, pair->best.tick_count);
  rl_level levels[RL_LEVELS_MAX];
  unsigned count = levels_of(&pair->best.ticks[source], &pair->books[source],
                             rl_random_below(&dice, 2), levels);
  if (rl_random_below(&dice, 3) == 0)
    return rl_random_magnitude(&dice, RL_DEPTH_UNITS_MAX);
  uint64_t edge = rl_random_below(&dice, 3);
  for (unsigned i = 0, last = (unsigned)rl_random_below(&dice, count); i <= last; i++)
    edge += levels[i].size;
  return edge > 1 ? edge - 1 : 1;
}

/* --- checks --- */

static bool is_better(const rl_composite_tick *left, const rl_composite_tick *right)
{
  return left->bid > right->bid || left->ask < right->ask;
}

static const char *vote_fault(const rl_composite_tick *best, const rl_book *book, uint64_t units)
{
  rl_composite_tick expected, vote = *best, more = *best;
  bool votes = oracle_vote(best, book, units, &expected);
  if (rl_book_vote(book, units, &vote) != votes)
    return "votes on what it does not hold, or not on what it holds";
  const rl_composite_tick *wanted = votes ? &expected : best;
  if (vote.bid != wanted->bid || vote.ask != wanted->ask)
    return "a vote is not the oracle's";
  if (votes && is_better(&vote, best))
    return "a vote is better than the best prices";
  uint64_t larger = lesser(units + rl_random_magnitude(&dice, units), RL_DEPTH_UNITS_MAX);
  if (rl_book_vote(book, larger, &more) && votes && is_better(&more, &vote))
    return "a larger amount has a better vote";
  return NULL;
}

static bool same_price(const rl_composite *left, const rl_composite *right)
{
  return left->refusal == right->refusal && left->bid_half == right->bid_half &&
         left->mid_half == right->mid_half && left->ask_half == right->ask_half;
}

static bool is_within_best(const pair_books *pair, uint64_t units)
{
  for (unsigned i = 0; i < pair->best.tick_count; i++) {
    const rl_book *book = &pair->books[i];
    bool sizes = book->bid_size > 0 || book->ask_size > 0;
    if (sizes && (units > book->bid_size || units > book->ask_size))
      return false;
  }
  return true;
}

static unsigned exceeded, within_best, deep, distrusted;

/* The votes on so many units: of all, or where not all have so much of those who make the best
 * price. Returns how many. */
static unsigned oracle_votes(const pair_books *pair, uint64_t units, rl_composite_tick *out)
{
  unsigned able = 0, kept = 0;
  uint32_t makers = pair->best.policy == RL_POLICY_PRIMARY ? UINT32_MAX
                                                           : rl_composite_work(&pair->best).kept;
  rl_composite_tick vote;
  for (unsigned i = 0; i < pair->best.tick_count; i++)
    able += oracle_vote(&pair->best.ticks[i], &pair->books[i], units, &vote);
  for (unsigned i = 0; i < pair->best.tick_count; i++) {
    if (!oracle_vote(&pair->best.ticks[i], &pair->books[i], units, &vote))
      continue;
    if (able == pair->best.tick_count || makers >> i & 1)
      out[kept++] = vote;
  }
  distrusted += kept < able;
  return kept;
}

static const char *pair_fault(const pair_books *pair, uint64_t units)
{
  rl_composite expected = pair->best, made = pair->best;
  unsigned asked = pair->best.tick_count, kept = oracle_votes(pair, units, expected.ticks);
  expected.tick_count = (uint8_t)kept;
  rl_composite_price(&expected);
  if (kept < asked && kept < expected.min_sources)
    expected.refusal = RL_REFUSAL_DEPTH_EXCEEDED;
  rl_refusal refusal = rl_composite_deepen(pair->books, units, &made);
  exceeded += refusal == RL_REFUSAL_DEPTH_EXCEEDED;
  deep += refusal == RL_REFUSAL_NONE && !same_price(&made, &pair->best);
  if (refusal != made.refusal || made.depth_units != units || made.tick_count != kept)
    return "the composite does not say what it is of";
  if (!same_price(&made, &expected))
    return "the price is not that of the votes";
  bool within = is_within_best(pair, units);
  within_best += within;
  if (within && !same_price(&made, &pair->best))
    return "within all best sizes, and another price";
  return NULL;
}

static const char *lone_fault(const pair_books *pair, uint64_t units)
{
  rl_composite less = pair->best;
  less.tick_count = less.min_sources = 1;
  less.min_half_spread = 0;
  rl_composite more = less;
  uint64_t larger = lesser(units + rl_random_magnitude(&dice, units), RL_DEPTH_UNITS_MAX);
  if (rl_composite_deepen(pair->books, units, &less) != RL_REFUSAL_NONE)
    return rl_composite_deepen(pair->books, larger, &more) == RL_REFUSAL_DEPTH_EXCEEDED
             ? NULL : "a larger amount has a price where a smaller has none";
  if (rl_composite_deepen(pair->books, larger, &more) != RL_REFUSAL_NONE)
    return NULL;
  return more.bid_half > less.bid_half || more.ask_half < less.ask_half
           ? "a larger amount has a better price" : NULL;
}

/* --- the walk --- */

static rl_currency random_currency(void)
{
  static const char *const codes[] = {"EUR", "JPY", "KWD", "CLF", "USD"};
  rl_currency out;
  rl_status status = rl_currency_find(codes[rl_random_below(&dice, 5)], 3, &out);
  RL_ASSERT(status == RL_OK);
  return out;
}

static rl_snapshot random_walk(void)
{
  rl_snapshot out = {.leg_count = (unsigned)rl_random_between(&dice, 1, RL_LEGS_MAX)};
  do {
    out.from = random_currency();
    out.to = random_currency();
  } while (rl_currency_equal(out.from, out.to));
  for (unsigned i = 0; i < out.leg_count; i++) {
    out.legs[i].inverted = rl_random_below(&dice, 2);
    out.legs[i].composite.scale = (uint8_t)rl_random_below(&dice, 13);
    out.legs[i].composite.mid_half =
      (uint32_t)rl_random_magnitude(&dice, 2 * RL_SOURCE_MANTISSA_MAX);
  }
  return out;
}

/* What one unit of the amount's currency is worth in the base of leg `at`, by the mids between. */
static void worth_in_base(const rl_snapshot *walk, unsigned at, bool from_start, mpq_t out)
{
  mpq_set_ui(out, 1, 1);
  mpq_t mid;
  mpq_init(mid);
  for (unsigned i = 0; i < walk->leg_count; i++) {
    const rl_leg *leg = &walk->legs[i];
    bool enters_at_base = leg->inverted != from_start;
    bool before = from_start ? i < at : i > at;
    exact_decimal(mid, leg->composite.mid_half, leg->composite.scale, 2);
    if (!before && (i != at || enters_at_base))
      continue;
    if (enters_at_base)
      mpq_mul(out, out, mid);
    else
      mpq_div(out, out, mid);
  }
  mpq_clear(mid);
}

static const char *walk_fault(const rl_snapshot *walk)
{
  const char *fault = NULL;
  bool from_start = rl_random_below(&dice, 2);
  rl_amount amount = {(int64_t)rl_random_magnitude(&dice, RL_AMOUNT_MAX),
                      from_start ? walk->from : walk->to};
  uint64_t units[RL_LEGS_MAX];
  rl_snapshot_measure(walk, amount, units);
  mpq_t worth, minor;
  mpz_t rounded;
  mpq_inits(worth, minor, NULL);
  mpz_init(rounded);
  exact_decimal(minor, (rl_u128)amount.minor, (int)rl_currency_exponent(amount.currency), 1);
  for (unsigned i = 0; i < walk->leg_count && !fault; i++) {
    worth_in_base(walk, i, from_start, worth);
    mpq_mul(worth, worth, minor);
    exact_rounded(rounded, worth, RL_ROUND_UP);
    uint64_t expected = mpz_cmp_ui(rounded, RL_DEPTH_UNITS_MAX) > 0 ? RL_DEPTH_UNITS_MAX
                                                                    : mpz_get_ui(rounded);
    if (units[i] != expected)
      fault = "a leg does not carry the amount's worth";
  }
  mpz_clear(rounded);
  mpq_clears(worth, minor, NULL);
  return fault;
}

static const char *fault_of_world(void)
{
  pair_books pair = random_pair();
  uint64_t units = random_units(&pair);
  const char *fault = NULL;
  for (unsigned i = 0; i < pair.best.tick_count && !fault; i++)
    fault = vote_fault(&pair.best.ticks[i], &pair.books[i], units);
  if (!fault && pair.best.refusal == RL_REFUSAL_NONE)
    fault = pair_fault(&pair, units);
  if (!fault)
    fault = lone_fault(&pair, units);
  rl_snapshot walk = random_walk();
  return fault ? fault : walk_fault(&walk);
}

int main(int argc, char **argv)
{
  unsigned worlds = argc == 3 && strcmp(argv[1], "--worlds") == 0
                      ? (unsigned)strtoul(argv[2], NULL, 10) : 60000;
  dice = rl_random_from(rl_test_seed("depth"));
  for (unsigned i = 0; i < worlds; i++) {
    const char *fault = fault_of_world();
    if (fault) {
      fprintf(stderr, "world %u: %s\n", i, fault);
      return 1;
    }
  }
  printf("%u worlds: %u amounts beyond the books, %u within the best, %u deeper\n", worlds,
         exceeded, within_best, deep);
  return exceeded > 0 && within_best > 0 && deep > 0 && distrusted > 0 ? 0 : 1;
}
