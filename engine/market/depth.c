#include "market/depth.h"

#include "market/composite.h"

#include <stdlib.h>

/* --- votes --- */

/* One side of a book, the best first. */
typedef struct side {
  rl_level best;
  const rl_level *levels;
  unsigned count;
} side;

/* Below 2^32 x 2^36: more than the book holds is not asked of a level. */
static rl_u128 take(const rl_level *level, uint64_t *left)
{
  uint64_t size = level->size < *left ? level->size : *left;
  *left -= size;
  return (rl_u128)level->price * size;
}

/* What `units` cost on that side, each at one whole unit of base. */
static bool walk(const side *of, uint64_t units, rl_u128 *cost)
{
  uint64_t left = units;
  *cost = take(&of->best, &left);
  for (unsigned i = 0; left > 0 && i < of->count; i++)
    *cost += take(&of->levels[i], &left);
  return left == 0;
}

bool rl_book_vote(const rl_book *book, uint64_t units, rl_composite_tick *tick)
{
  RL_ASSERT(units >= 1 && units <= RL_DEPTH_UNITS_MAX);
  const rl_depth *depth = &book->depth;
  if (book->bid_size == 0 && book->ask_size == 0)
    return true;
  const side bids = {{tick->bid, book->bid_size}, depth->bids, depth->bid_count};
  const side asks = {{tick->ask, book->ask_size}, depth->asks, depth->ask_count};
  rl_u128 earned, paid;
  if (!walk(&bids, units, &earned) || !walk(&asks, units, &paid))
    return false;
  tick->bid = (uint32_t)rl_wide_div(earned, units, RL_ROUND_DOWN);
  tick->ask = (uint32_t)rl_wide_div(paid, units, RL_ROUND_UP);
  return true;
}

bool rl_tick_vote(const rl_pair_spec *spec, const rl_tick *tick, rl_now now, uint64_t units,
                  rl_composite_tick *out)
{
  rl_update update;
  if ((units > 0 && !spec->by_depth) ||
      rl_update_read(spec, (rl_source){0}, tick, now, &update) != RL_TICK_GOOD ||
      update.withdrawn || (units > 0 && !rl_book_vote(&update.book, units, &update.tick)))
    return false;
  *out = update.tick;
  return true;
}

/* Who votes on an amount that not all hold: of a list each in its turn, else those who make the
 * price of best prices. */
static uint32_t trusted(const rl_composite *best)
{
  return best->policy == RL_POLICY_PRIMARY ? UINT32_MAX : rl_composite_work(best).kept;
}

rl_refusal rl_composite_deepen(const rl_book *books, uint64_t units, rl_composite *composite)
{
  unsigned asked = composite->tick_count, kept = 0;
  rl_composite_tick votes[RL_SOURCES_PER_PAIR_MAX];
  uint32_t able = 0, all = (1u << asked) - 1;
  for (unsigned i = 0; i < asked; i++) {
    votes[i] = composite->ticks[i];
    able |= (uint32_t)rl_book_vote(&books[i], units, &votes[i]) << i;
  }
  if (able != all)
    able &= trusted(composite);
  for (unsigned i = 0; i < asked; i++) {
    if (able >> i & 1)
      composite->ticks[kept++] = votes[i];
  }
  composite->tick_count = (uint8_t)kept;
  composite->depth_units = units;
  rl_composite_price(composite);
  if (kept < asked && (kept == 0 || kept < composite->min_sources))
    composite->refusal = RL_REFUSAL_DEPTH_EXCEEDED;
  return composite->refusal;
}

/* --- the amount along the walk --- */

static uint64_t to_units(rl_ratio ratio, rl_amount amount)
{
  int64_t units;
  int shift = -(int)rl_currency_exponent(amount.currency);
  rl_status status = rl_ratio_amount_ceil(ratio, amount.minor, shift, &units);
  if (status != RL_OK || (uint64_t)units > RL_DEPTH_UNITS_MAX)
    return RL_DEPTH_UNITS_MAX;
  return units > 1 ? (uint64_t)units : 1;
}

void rl_snapshot_measure(const rl_snapshot *snapshot, rl_amount amount,
                         uint64_t units[RL_LEGS_MAX])
{
  bool forward = rl_currency_equal(amount.currency, snapshot->from);
  rl_ratio ratio = rl_ratio_one(); /* of the currency arrived at, for one of the amount's */
  for (unsigned n = 0; n < snapshot->leg_count; n++) {
    unsigned i = forward ? n : snapshot->leg_count - 1 - n;
    const rl_leg *leg = &snapshot->legs[i];
    const rl_composite *composite = &leg->composite;
    bool from_base = leg->inverted != forward;
    rl_ratio beyond = from_base
                        ? rl_ratio_times(ratio, composite->mid_half, composite->scale, 2)
                        : rl_ratio_over(ratio, composite->mid_half, composite->scale, 2);
    units[i] = to_units(from_base ? ratio : beyond, amount);
    ratio = beyond;
  }
}

/* --- books beside a board: the intake writes, under the board's lock --- */

rl_status rl_books_create(rl_market *market)
{
  for (unsigned i = 0; i < market->pair_count; i++) {
    if (!rl_universe_pair_spec(market->universe, (rl_pair){(uint16_t)i})->by_depth)
      continue;
    if (!market->books)
      market->books = calloc(market->pair_count, sizeof *market->books);
    if (market->books)
      market->books[i] = calloc(1, sizeof **market->books);
    if (!market->books || !market->books[i])
      return RL_NO_MEMORY;
  }
  return RL_OK;
}

void rl_books_free(rl_market *market)
{
  for (unsigned i = 0; market->books && i < market->pair_count; i++)
    free(market->books[i]);
  free(market->books);
}

static void store_levels(rl_word *words, const rl_level *levels, unsigned count)
{
  for (unsigned i = 0; i < count; i++)
    rl_seqlock_store(&words[i], levels[i].price | (uint64_t)levels[i].size << 32);
}

void rl_book_store(rl_book_words *words, uint32_t bid_size, uint32_t ask_size,
                   const rl_depth *depth)
{
  rl_seqlock_store(&words->sizes, bid_size | (uint64_t)ask_size << 32);
  rl_seqlock_store(&words->counts, depth->bid_count | (uint64_t)depth->ask_count << 8);
  store_levels(words->bids, depth->bids, depth->bid_count);
  store_levels(words->asks, depth->asks, depth->ask_count);
}

/* --- reading them: any thread --- */

/* A torn count is brought within its array; what it says is then not used. */
static uint8_t load_levels(const rl_word *words, uint64_t count, rl_level *out)
{
  uint8_t bounded = (uint8_t)(count < RL_LEVELS_MAX ? count : 0);
  for (unsigned i = 0; i < bounded; i++) {
    uint64_t level = rl_seqlock_load(&words[i]);
    out[i] = (rl_level){(uint32_t)level, (uint32_t)(level >> 32)};
  }
  return bounded;
}

static void load_book(const rl_book_words *words, rl_book *out)
{
  uint64_t sizes = rl_seqlock_load(&words->sizes);
  uint64_t counts = rl_seqlock_load(&words->counts);
  out->bid_size = (uint32_t)sizes;
  out->ask_size = (uint32_t)(sizes >> 32);
  out->depth.bid_count = load_levels(words->bids, counts & 0xff, out->depth.bids);
  out->depth.ask_count = load_levels(words->asks, counts >> 8 & 0xff, out->depth.asks);
}

/* The books of the composite's ticks, which are those on its board but for some whose time is
 * over. False when the board is no more the one that the composite was read from. */
static bool load_books(const rl_board *board, const rl_books *books,
                       const rl_composite *composite, rl_book *out)
{
  unsigned count = (unsigned)(rl_seqlock_load(&board->head) >> 32) & 0xff;
  unsigned found = 0;
  for (unsigned i = 0; i < count && i < RL_SOURCES_PER_PAIR_MAX && found < composite->tick_count;
       i++) {
    rl_composite_tick tick;
    rl_tick_words_load(&board->voters[i].tick, &tick);
    if (tick.source.index == composite->ticks[found].source.index)
      load_book(&books->voters[i], &out[found++]);
  }
  return found == composite->tick_count &&
         rl_seqlock_read_valid(&board->lock, 2 * composite->version);
}

rl_refusal rl_leg_deepen(const rl_market *market, uint64_t units, rl_leg *leg)
{
  rl_composite *composite = &leg->composite;
  const rl_books *words = market->books[composite->pair.index];
  rl_book books[RL_SOURCES_PER_PAIR_MAX];
  if (!words)
    return RL_REFUSAL_NONE;
  if (!load_books(&rl_pair_state_of(market, composite->pair)->board, words, composite, books))
    return RL_REFUSAL_MARKET_BUSY;
  return rl_composite_deepen(books, units, composite);
}
