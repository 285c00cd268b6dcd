/* A pair's board: its composite, published by the intake and read by everybody.
 *
 * Beside the prices stand the ticks that were in the vote when it was made, each with the first
 * instant at which it may vote no more. Time alone only ever takes a tick out of the vote; what
 * brings one in is an update, and each update that changes a vote publishes a new board. So the
 * ticks of the board whose time is not over at `now` are exactly the voters at `now`, and a reader
 * that comes after fresh_until needs nothing else to make the price that the intake would make.
 *
 * Invariants: fresh_until is the least votes_until of the ticks on the board (with none, the
 * instant at which the refusal turns to STALE_RATE, or never); heard_until is the arrival of the
 * newest update of any live source plus max_age. Version 0 is a pair of which no live source has
 * spoken.
 *
 * Halts (K4). What the breaker says is the refusal on the board, under the same lock as the price
 * that tripped it: nobody reads the one without the other, and it costs a reader nothing. A halt by
 * hand comes from another thread, which must not write here; it is a bit of its own, asked at each
 * read (state.h). */
#include "market/state.h"

#include "market/composite.h"

/* The board as one reader copied it. */
typedef struct copy {
  rl_composite *composite;
  int64_t votes_until_ns[RL_SOURCES_PER_PAIR_MAX];
  int64_t heard_until_ns;
  int64_t volatility_until_ns;
  uint64_t band;
  uint64_t suspended; /* as in rl_election */
  bool outnumbered;   /* likewise; false in a reader's */
} copy;

static void drop_expired(copy *board, rl_mono now)
{
  rl_composite *composite = board->composite;
  unsigned kept = 0;
  for (unsigned i = 0; i < composite->tick_count; i++) {
    if (now.ns < board->votes_until_ns[i]) {
      composite->ticks[kept] = composite->ticks[i];
      board->votes_until_ns[kept++] = board->votes_until_ns[i];
    }
  }
  composite->tick_count = (uint8_t)kept;
}

/* Why nobody votes. */
static rl_refusal silence(const copy *board, rl_mono now)
{
  if (board->composite->version == 0)
    return RL_REFUSAL_NO_RATE;
  if (now.ns >= board->heard_until_ns)
    return RL_REFUSAL_STALE_RATE;
  return board->outnumbered ? RL_REFUSAL_SOURCES_DISAGREE : RL_REFUSAL_TOO_FEW_SOURCES;
}

/* Makes price and freshness at `now` of the ticks whose time is not over. Returns which of these
 * the price is made of. */
static uint32_t make(copy *board, rl_mono now)
{
  rl_composite *composite = board->composite;
  drop_expired(board, now);
  uint32_t kept = rl_composite_price(composite);
  int64_t until = INT64_MAX;
  if (composite->tick_count == 0) {
    composite->refusal = silence(board, now);
    if (now.ns < board->heard_until_ns)
      until = board->heard_until_ns;
  }
  for (unsigned i = 0; i < composite->tick_count; i++) {
    if (board->votes_until_ns[i] < until)
      until = board->votes_until_ns[i];
  }
  composite->made_mono_ns = now.ns;
  composite->fresh_until_mono_ns = until;
  return kept;
}

static void refuse(rl_composite *composite, rl_refusal refusal)
{
  composite->refusal = refusal;
  composite->bid_half = composite->mid_half = composite->ask_half = 0;
}

/* --- writing: the intake --- */

static void store_books(rl_books *books, const rl_voter *voters, unsigned count)
{
  for (unsigned i = 0; i < count; i++)
    rl_book_store(&books->voters[i], voters[i].bid_size, voters[i].ask_size, voters[i].depth);
}

/* `books` are those of the ticks, NULL for a pair that is not by_depth. */
static void store(rl_board *words, rl_books *books, const copy *board, const rl_voter *voters)
{
  const rl_composite *made = board->composite;
  rl_seqlock_write_begin(&words->lock);
  rl_seqlock_store(&words->head, made->mid_half | (uint64_t)made->tick_count << 32 |
                                   (uint64_t)made->refusal << 40);
  rl_seqlock_store(&words->sides, made->bid_half | (uint64_t)made->ask_half << 32);
  rl_seqlock_store(&words->made_ns, (uint64_t)made->made_mono_ns);
  rl_seqlock_store(&words->fresh_until_ns, (uint64_t)made->fresh_until_mono_ns);
  rl_seqlock_store(&words->heard_until_ns, (uint64_t)board->heard_until_ns);
  rl_seqlock_store(&words->volatility_ppm, made->volatility_ppm);
  rl_seqlock_store(&words->volatility_until_ns, (uint64_t)board->volatility_until_ns);
  rl_seqlock_store(&words->band, board->band);
  rl_seqlock_store(&words->suspended, board->suspended);
  for (unsigned i = 0; i < made->tick_count; i++) {
    rl_tick_words_store(&words->voters[i].tick, &made->ticks[i]);
    rl_seqlock_store(&words->voters[i].votes_until_ns, (uint64_t)board->votes_until_ns[i]);
  }
  if (books)
    store_books(books, voters, made->tick_count);
  rl_seqlock_write_end(&words->lock);
}

/* A list of primaries knows no outliers. */
static void count_outliers(const rl_composite *composite, const rl_voter *voters, uint32_t kept)
{
  if (composite->refusal != RL_REFUSAL_NONE || composite->policy == RL_POLICY_PRIMARY ||
      composite->tick_count < RL_OUTLIER_SOURCES_MIN)
    return;
  for (unsigned i = 0; i < composite->tick_count; i++)
    rl_outliers_note(voters[i].outliers, !(kept >> i & 1));
}

void rl_board_publish(rl_market *market, rl_pair pair, const rl_election *election, rl_mono now)
{
  rl_pair_state *state = &market->pairs[pair.index];
  const rl_pair_spec *spec = rl_universe_pair_spec(market->universe, pair);
  const rl_voter *voters = election->voters;
  unsigned count = election->count;
  rl_voter listed[RL_PRIMARIES_MAX];
  if (spec->policy == RL_POLICY_PRIMARY) {
    count = rl_primaries_order(market, pair, voters, count, listed);
    voters = listed;
  }
  rl_composite composite = {
    .pair = pair,
    .version = rl_word_load(&state->board.lock.version) / 2 + 1,
    .tick_count = (uint8_t)count,
  };
  copy board = {.composite = &composite,
                .heard_until_ns = election->heard_until_ns,
                .suspended = election->suspended,
                .outnumbered = election->outnumbered};
  for (unsigned i = 0; i < count; i++) {
    composite.ticks[i] = voters[i].tick;
    board.votes_until_ns[i] = voters[i].votes_until_ns;
  }
  rl_composite_bind(spec, &composite);
  uint32_t kept = make(&board, now);
  count_outliers(&composite, voters, kept);
  if (rl_trip_judge(market, pair, &composite, now, &board.band))
    refuse(&composite, RL_REFUSAL_PAIR_HALTED);
  if (composite.refusal == RL_REFUSAL_NONE) {
    rl_volatility_note(&state->volatility, composite.mid_half, now);
    rl_word_store(&state->last_mid_half, composite.mid_half);
  }
  composite.volatility_ppm = rl_volatility_ppm(&state->volatility, &board.volatility_until_ns);
  RL_ASSERT(composite.tick_count == count); /* whoever votes is fresh: its book is at its place */
  store(&state->board, spec->by_depth ? market->books[pair.index] : NULL, &board, voters);
  rl_triangles_note(market, &composite, now);
}

/* --- reading: any thread --- */

static void load_head(const rl_board *words, rl_price *price, unsigned *count)
{
  uint64_t head = rl_seqlock_load(&words->head);
  uint64_t sides = rl_seqlock_load(&words->sides);
  *count = (unsigned)(head >> 32) & 0xff;
  price->refusal = (rl_refusal)(head >> 40);
  price->mid_half = (uint32_t)head;
  price->bid_half = (uint32_t)sides;
  price->ask_half = (uint32_t)(sides >> 32);
}

/* One try. False when the copy is torn: nothing in it may be used then. */
static bool load(const rl_board *words, copy *board)
{
  uint64_t version;
  if (!rl_seqlock_read_begin(&words->lock, &version))
    return false;
  rl_composite *composite = board->composite;
  rl_price price;
  unsigned count;
  load_head(words, &price, &count);
  if (count > RL_SOURCES_PER_PAIR_MAX) /* a torn head is not an index yet */
    return false;
  composite->made_mono_ns = (int64_t)rl_seqlock_load(&words->made_ns);
  composite->fresh_until_mono_ns = (int64_t)rl_seqlock_load(&words->fresh_until_ns);
  board->heard_until_ns = (int64_t)rl_seqlock_load(&words->heard_until_ns);
  composite->volatility_ppm = (uint32_t)rl_seqlock_load(&words->volatility_ppm);
  board->volatility_until_ns = (int64_t)rl_seqlock_load(&words->volatility_until_ns);
  board->band = rl_seqlock_load(&words->band);
  board->suspended = rl_seqlock_load(&words->suspended);
  for (unsigned i = 0; i < count; i++) {
    rl_tick_words_load(&words->voters[i].tick, &composite->ticks[i]);
    board->votes_until_ns[i] = (int64_t)rl_seqlock_load(&words->voters[i].votes_until_ns);
  }
  composite->tick_count = (uint8_t)count;
  composite->refusal = price.refusal;
  composite->bid_half = price.bid_half;
  composite->mid_half = price.mid_half;
  composite->ask_half = price.ask_half;
  composite->version = version / 2;
  return rl_seqlock_read_valid(&words->lock, version);
}

static rl_refusal give_up(rl_composite *out)
{
  out->tick_count = 0;
  out->bid_half = out->mid_half = out->ask_half = 0;
  out->version = 0;
  out->volatility_ppm = RL_VOLATILITY_UNKNOWN;
  out->made_mono_ns = out->fresh_until_mono_ns = 0;
  return out->refusal = RL_REFUSAL_MARKET_BUSY;
}

/* The board as it was published; false, with the composite refused, when it was busy. */
static bool read_copy(const rl_market *market, rl_pair pair, unsigned *tries, copy *board)
{
  const rl_board *words = &rl_pair_state_of(market, pair)->board;
  rl_composite *out = board->composite;
  out->pair = pair;
  rl_composite_bind(rl_universe_pair_spec(market->universe, pair), out);
  while (!load(words, board)) {
    if (*tries == 0 || --*tries == 0) {
      give_up(out);
      return false;
    }
    rl_pause();
  }
  return true;
}

/* What time alone did to the price, by taking votes out of it, may be a move, too: then there is no
 * price, until the next update has the breaker judge it. What was within the window when the board
 * was made counts no more when all of that is older than the window; a fixing counts as long as the
 * board, and with it the whole band. */
static bool leaves_band(const copy *board, const rl_pair_spec *spec, int64_t made_ns, rl_mono now)
{
  const rl_composite *composite = board->composite;
  bool counts = spec->reference_ppm > 0 ||
                now.ns - made_ns < (int64_t)spec->breaker_window_ms * RL_NS_PER_MS;
  return composite->refusal == RL_REFUSAL_NONE && counts &&
         (composite->mid_half < (uint32_t)board->band ||
          composite->mid_half > board->band >> 32);
}

/* Makes the price anew, for one who comes later or leaves somebody out. */
static void make_again(const rl_market *market, copy *board, rl_mono now)
{
  rl_composite *composite = board->composite;
  const rl_pair_spec *spec = rl_universe_pair_spec(market->universe, composite->pair);
  bool tripped = composite->refusal == RL_REFUSAL_PAIR_HALTED;
  int64_t made_ns = composite->made_mono_ns;
  make(board, now);
  if (tripped || leaves_band(board, spec, made_ns, now))
    refuse(composite, RL_REFUSAL_PAIR_HALTED);
}

/* What does not depend on who voted. */
static rl_refusal conclude(const rl_market *market, copy *board, rl_mono now)
{
  rl_composite *composite = board->composite;
  if (rl_pair_is_halted(market, composite->pair))
    refuse(composite, RL_REFUSAL_PAIR_HALTED);
  if (now.ns >= board->volatility_until_ns)
    composite->volatility_ppm = RL_VOLATILITY_UNKNOWN;
  return composite->refusal;
}

rl_refusal rl_board_read(const rl_market *market, rl_pair pair, rl_mono now, unsigned *tries,
                         rl_composite *out)
{
  copy board = {.composite = out};
  if (!read_copy(market, pair, tries, &board))
    return out->refusal;
  if (now.ns >= out->fresh_until_mono_ns)
    make_again(market, &board, now);
  return conclude(market, &board, now);
}

/* One try of what stands in the board's first line. */
static bool load_price(const rl_board *words, rl_price *price, int64_t *fresh_until_ns)
{
  uint64_t version;
  unsigned count;
  if (!rl_seqlock_read_begin(&words->lock, &version))
    return false;
  load_head(words, price, &count);
  *fresh_until_ns = (int64_t)rl_seqlock_load(&words->fresh_until_ns);
  return rl_seqlock_read_valid(&words->lock, version);
}

rl_price rl_board_peek(const rl_market *market, rl_pair pair, rl_mono now, unsigned *tries)
{
  rl_price price;
  int64_t fresh_until_ns;
  if (rl_pair_is_halted(market, pair))
    return (rl_price){.refusal = RL_REFUSAL_PAIR_HALTED};
  if (load_price(&rl_pair_state_of(market, pair)->board, &price, &fresh_until_ns) &&
      now.ns < fresh_until_ns)
    return price;
  rl_composite composite;
  rl_board_read(market, pair, now, tries, &composite);
  return (rl_price){composite.refusal, composite.bid_half, composite.mid_half,
                    composite.ask_half};
}

rl_refusal rl_market_composite(const rl_market *market, rl_pair pair, rl_mono now,
                               rl_composite *out)
{
  unsigned tries = RL_SEQLOCK_TRIES_MAX;
  return rl_board_read(market, pair, now, &tries, out);
}

/* To have no time left is to be out of the vote. */
static unsigned leave_out(copy *board, uint64_t sources)
{
  unsigned left = 0;
  for (unsigned i = 0; i < board->composite->tick_count; i++) {
    if (sources >> board->composite->ticks[i].source.index & 1) {
      board->votes_until_ns[i] = INT64_MIN;
      left++;
    }
  }
  return left;
}

/* Whether those who are left to vote are fewer than those, of the same sources, who were suspended
 * when the board was made: the intake counted the votes of all (intake.c). Of a list only those on
 * it are on the board: that errs to the side of refusing. */
static bool is_outnumbered(const copy *board, uint64_t left_out)
{
  unsigned suspended = (unsigned)__builtin_popcountll(board->suspended & ~left_out);
  return suspended > board->composite->tick_count;
}

rl_refusal rl_market_composite_without(const rl_market *market, rl_pair pair, rl_mono now,
                                       uint64_t left_out, rl_composite *out)
{
  unsigned tries = RL_SEQLOCK_TRIES_MAX;
  copy board = {.composite = out};
  if (!read_copy(market, pair, &tries, &board))
    return out->refusal;
  unsigned left = leave_out(&board, left_out);
  if (left > 0 || now.ns >= out->fresh_until_mono_ns)
    make_again(market, &board, now);
  if (left > 0 && out->refusal == RL_REFUSAL_NONE && is_outnumbered(&board, left_out))
    refuse(out, RL_REFUSAL_SOURCES_DISAGREE);
  return conclude(market, &board, now);
}

bool rl_market_ready(const rl_market *market, rl_mono now)
{
  for (unsigned i = 0; i < market->pair_count; i++) {
    unsigned tries = RL_SEQLOCK_TRIES_MAX;
    rl_pair pair = {.index = (uint16_t)i};
    if (rl_board_peek(market, pair, now, &tries).refusal == RL_REFUSAL_NONE)
      return true;
  }
  return false;
}
