/* A pair's state as bytes. One description serves both ways: a passage either writes a value or
 * reads it into its place, within its bounds, so that neither way can forget what the other knows.
 *
 * Whoever adds a field to one of these structs is stopped by the sizes below. What a price depends
 * on must pass here, with bounds that keep the arithmetic of the intake within its integers; then
 * adjust the size, and give LAYOUT its next number. */
#include "market/checkpoint.h"

#include "market/state.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(rl_standing) == 248, "pass_standing knows each field");
_Static_assert(sizeof(rl_board) == 768, "pass_board knows each field");
_Static_assert(sizeof(rl_volatility) == 56, "pass_volatility knows each field");
_Static_assert(sizeof(rl_breaker) == 360, "pass_breaker knows each field");
_Static_assert(sizeof(rl_pair_state) == 1536, "pass_pair knows each field");

enum { LAYOUT = 3 };

/* Boot-clock instants: none comes near it in a century, and an interval can be added to it. */
#define INSTANT_MAX (INT64_MAX / 2)
/* Twice the largest price in half units. */
#define MID_MAX (4ull * RL_SOURCE_MANTISSA_MAX)

/* Exactly one of the two is there. */
typedef struct passage {
  rl_writer *out;
  rl_reader *in;
} passage;

static void fail(const passage *at)
{
  if (at->in)
    at->in->failed = true;
}

static uint64_t pass(const passage *at, uint64_t value, uint64_t max)
{
  if (at->out) {
    rl_put_varint(at->out, value);
    return value;
  }
  value = rl_get_varint(at->in);
  if (value <= max)
    return value;
  at->in->failed = true;
  return 0;
}

static int64_t pass_any(const passage *at, int64_t value)
{
  if (!at->out)
    return rl_get_signed(at->in);
  rl_put_signed(at->out, value);
  return value;
}

static int64_t pass_instant(const passage *at, int64_t value)
{
  value = pass_any(at, value);
  if (value >= -INSTANT_MAX && value <= INSTANT_MAX)
    return value;
  fail(at);
  return 0;
}

static bool pass_bool(const passage *at, bool value)
{
  return pass(at, value, 1) != 0;
}

static uint32_t pass_u32(const passage *at, uint32_t value)
{
  return (uint32_t)pass(at, value, UINT32_MAX);
}

static uint8_t pass_u8(const passage *at, uint8_t value, uint8_t max)
{
  return (uint8_t)pass(at, value, max);
}

static uint32_t pass_price(const passage *at, uint32_t value)
{
  return (uint32_t)pass(at, value, RL_SOURCE_MANTISSA_MAX);
}

/* --- the parts --- */

static void pass_tick(const passage *at, rl_composite_tick *tick)
{
  tick->sequence = pass(at, tick->sequence, RL_SEQUENCE_MAX);
  tick->source_utc_ms = pass_any(at, tick->source_utc_ms);
  tick->arrival_mono_ns = pass_instant(at, tick->arrival_mono_ns);
  tick->bid = pass_price(at, tick->bid);
  tick->ask = pass_price(at, tick->ask);
  tick->source.index = pass_u8(at, tick->source.index, RL_SOURCES_MAX - 1);
}

static void pass_levels(const passage *at, uint8_t *count, rl_level *levels)
{
  *count = pass_u8(at, *count, RL_LEVELS_MAX - 1);
  for (unsigned i = 0; i < *count; i++) {
    levels[i].price = pass_price(at, levels[i].price);
    levels[i].size = pass_u32(at, levels[i].size);
  }
}

static void pass_book(const passage *at, rl_book *book)
{
  book->bid_size = pass_u32(at, book->bid_size);
  book->ask_size = pass_u32(at, book->ask_size);
  pass_levels(at, &book->depth.bid_count, book->depth.bids);
  pass_levels(at, &book->depth.ask_count, book->depth.asks);
}

static void pass_standing(const passage *at, rl_standing *standing)
{
  standing->heard = pass_bool(at, standing->heard);
  standing->quoted = pass_bool(at, standing->quoted);
  standing->suspended = pass_bool(at, standing->suspended);
  standing->crossed = pass_bool(at, standing->crossed);
  standing->repeats = pass_u8(at, standing->repeats, UINT8_MAX);
  standing->sequence = pass(at, standing->sequence, RL_SEQUENCE_MAX);
  standing->heard_ns = pass_instant(at, standing->heard_ns);
  standing->crossed_since_ns = pass_instant(at, standing->crossed_since_ns);
  pass_tick(at, &standing->level);
  standing->good_mid = (int64_t)pass(at, (uint64_t)standing->good_mid, MID_MAX);
  standing->jumped_mid = (int64_t)pass(at, (uint64_t)standing->jumped_mid, MID_MAX);
  pass_book(at, &standing->book);
}

static void pass_tick_words(const passage *at, rl_tick_words *words)
{
  rl_composite_tick tick;
  rl_tick_words_load(words, &tick);
  pass_tick(at, &tick);
  if (at->in)
    rl_tick_words_store(words, &tick);
}

static void pass_slot(const passage *at, rl_slot *slot)
{
  pass_tick_words(at, &slot->newest);
  pass_standing(at, &slot->standing);
}

static void pass_word(const passage *at, rl_word *word, uint64_t max)
{
  uint64_t value = pass(at, rl_word_load(word), max);
  if (at->in)
    rl_word_store(word, value);
}

static void pass_until(const passage *at, rl_word *word)
{
  int64_t value = pass_any(at, (int64_t)rl_word_load(word));
  if (at->in)
    rl_word_store(word, (uint64_t)value);
}

static unsigned voter_count(const rl_board *board)
{
  return (unsigned)(rl_word_load(&board->head) >> 32) & 0xff;
}

/* The version is even: nobody writes it meanwhile. */
static void pass_board(const passage *at, rl_board *board)
{
  uint64_t version = pass(at, rl_word_load(&board->lock.version) / 2, UINT64_MAX / 4);
  pass_word(at, &board->head, 1ull << 56);
  pass_word(at, &board->sides, UINT64_MAX);
  pass_until(at, &board->made_ns);
  pass_until(at, &board->fresh_until_ns);
  pass_until(at, &board->heard_until_ns);
  pass_word(at, &board->volatility_ppm, UINT32_MAX);
  pass_until(at, &board->volatility_until_ns);
  pass_word(at, &board->band, UINT64_MAX);
  pass_word(at, &board->suspended, UINT64_MAX);
  if (voter_count(board) > RL_SOURCES_PER_PAIR_MAX) {
    fail(at);
    return;
  }
  for (unsigned i = 0; i < voter_count(board); i++) {
    pass_tick_words(at, &board->voters[i].tick);
    pass_until(at, &board->voters[i].votes_until_ns);
  }
  if (at->in)
    rl_word_store(&board->lock.version, 2 * version);
}

static void pass_volatility(const passage *at, rl_volatility *state)
{
  state->mid_half = pass_u32(at, state->mid_half);
  state->count = pass_u32(at, state->count);
  state->sampled_ns = pass_instant(at, state->sampled_ns);
  state->summed_ns = pass_instant(at, state->summed_ns);
  state->return_e9 = pass(at, state->return_e9, UINT64_MAX);
  state->lasted_us = pass(at, state->lasted_us, UINT64_MAX);
  state->products_e18 = pass(at, state->products_e18, UINT64_MAX);
  state->time_us = pass(at, state->time_us, UINT64_MAX);
  if (!rl_volatility_is_sound(state))
    fail(at);
}

static void pass_fixing(const passage *at, rl_fixing *fixing)
{
  fixing->mid_half = pass_u32(at, fixing->mid_half);
  fixing->utc_ms = pass_any(at, fixing->utc_ms);
}

static void pass_trip(const passage *at, rl_trip *trip)
{
  trip->why = (rl_trip_reason)pass(at, (uint64_t)trip->why, RL_TRIP_REFERENCE);
  trip->from_half = pass_u32(at, trip->from_half);
  trip->to_half = pass_u32(at, trip->to_half);
  trip->since_mono_ns = pass_instant(at, trip->since_mono_ns);
  trip->until_mono_ns = pass_instant(at, trip->until_mono_ns);
}

static void pass_breaker(const passage *at, rl_breaker *breaker)
{
  for (unsigned i = 0; i <= RL_BREAKER_PARTS; i++) {
    breaker->spans[i].newest_ns = pass_instant(at, breaker->spans[i].newest_ns);
    breaker->spans[i].low = pass_u32(at, breaker->spans[i].low);
    breaker->spans[i].high = pass_u32(at, breaker->spans[i].high);
  }
  breaker->span = (unsigned)pass(at, breaker->span, RL_BREAKER_PARTS);
  breaker->span_until_ns = pass_instant(at, breaker->span_until_ns);
  breaker->low = pass_u32(at, breaker->low);
  breaker->high = pass_u32(at, breaker->high);
  breaker->floor = pass_u32(at, breaker->floor);
  breaker->ceiling = pass_u32(at, breaker->ceiling);
  pass_trip(at, &breaker->trip);
  pass_fixing(at, &breaker->overruled);
  breaker->accepted = pass_u32(at, breaker->accepted);
  breaker->accepting = pass_bool(at, breaker->accepting);
}

/* --- a whole pair --- */

static void save_slots(const rl_slots *slots, rl_writer *out)
{
  const passage at = {.out = out};
  unsigned count = rl_slots_count(slots);
  rl_put_u8(out, (uint8_t)count);
  for (unsigned i = 0; i < count; i++) {
    rl_put_u8(out, rl_slots_at(slots, i)->source.index);
    pass_slot(&at, rl_slots_at(slots, i));
  }
}

void rl_market_save_pair(const rl_market *market, rl_pair pair, rl_writer *out)
{
  const passage at = {.out = out};
  /* A passage that writes changes nothing of what it passes by. */
  rl_pair_state *state = (rl_pair_state *)rl_pair_state_of(market, pair);
  rl_put_u8(out, LAYOUT);
  save_slots(&state->live, out);
  save_slots(&state->references, out);
  pass_board(&at, &state->board);
  pass_word(&at, &state->last_mid_half, UINT32_MAX);
  pass_volatility(&at, &state->volatility);
  pass_breaker(&at, &state->breaker);
}

static void clear_slots(rl_slots *slots)
{
  rl_slots_free(slots);
  memset(slots, 0, sizeof *slots);
}

static void clear_pair(rl_market *market, rl_pair pair)
{
  rl_pair_state *state = &market->pairs[pair.index];
  clear_slots(&state->live);
  clear_slots(&state->references);
  memset(state, 0, sizeof *state);
  rl_word *fixed = &market->fixed[pair.index / 64];
  rl_word_store(fixed, rl_word_load(fixed) & ~(1ull << pair.index % 64));
}

static bool is_of_class(const rl_market *market, rl_source source, rl_source_class class)
{
  return source.index < rl_market_source_count(market) &&
         market->sources[source.index].class == class;
}

static rl_status load_slots(rl_market *market, rl_source_class class, rl_slots *slots,
                            rl_reader *in)
{
  const passage at = {.in = in};
  unsigned count = rl_get_u8(in);
  for (unsigned i = 0; i < count; i++) {
    rl_source source = {rl_get_u8(in)};
    if (in->failed || i == RL_SOURCES_PER_PAIR_MAX || !is_of_class(market, source, class) ||
        rl_slots_find(slots, source))
      return RL_CORRUPT;
    rl_slot *slot = rl_slots_add(slots, source);
    if (!slot)
      return RL_NO_MEMORY;
    pass_slot(&at, slot);
  }
  return in->failed ? RL_CORRUPT : RL_OK;
}

/* A board's books are not written: each is that of its voter's standing. */
static rl_status restore_books(const rl_market *market, rl_pair pair)
{
  const rl_pair_state *state = &market->pairs[pair.index];
  rl_books *books = market->books ? market->books[pair.index] : NULL;
  for (unsigned i = 0; books && i < voter_count(&state->board); i++) {
    rl_composite_tick tick;
    rl_tick_words_load(&state->board.voters[i].tick, &tick);
    const rl_slot *slot = rl_slots_find(&state->live, tick.source);
    if (!slot)
      return RL_CORRUPT;
    const rl_book *book = &slot->standing.book;
    rl_book_store(&books->voters[i], book->bid_size, book->ask_size, &book->depth);
  }
  return RL_OK;
}

static void mark_if_fixed(rl_market *market, rl_pair pair)
{
  const rl_slots *references = &market->pairs[pair.index].references;
  for (unsigned i = 0; i < rl_slots_count(references); i++) {
    if (rl_slots_at(references, i)->standing.quoted)
      rl_market_mark_fixed(market, pair);
  }
}

static rl_status load_pair(rl_market *market, rl_pair pair, rl_reader *in)
{
  const passage at = {.in = in};
  rl_pair_state *state = &market->pairs[pair.index];
  if (rl_get_u8(in) != LAYOUT)
    return RL_CORRUPT;
  rl_status status = load_slots(market, RL_SOURCE_LIVE, &state->live, in);
  if (status == RL_OK)
    status = load_slots(market, RL_SOURCE_REFERENCE, &state->references, in);
  if (status != RL_OK)
    return status;
  pass_board(&at, &state->board);
  pass_word(&at, &state->last_mid_half, UINT32_MAX);
  pass_volatility(&at, &state->volatility);
  pass_breaker(&at, &state->breaker);
  rl_trip_show(&state->trip, &state->breaker.trip);
  return rl_reader_done(in) ? restore_books(market, pair) : RL_CORRUPT;
}

rl_status rl_market_load_pair(rl_market *market, rl_pair pair, const void *state, size_t size)
{
  RL_ASSERT(pair.index < market->pair_count);
  clear_pair(market, pair);
  rl_reader in = rl_reader_over(state, size);
  rl_status status = load_pair(market, pair, &in);
  if (status == RL_OK)
    mark_if_fixed(market, pair);
  else
    clear_pair(market, pair);
  return status;
}

/* --- halts by hand --- */

uint64_t rl_market_halted_word(const rl_market *market, unsigned place)
{
  RL_ASSERT(place < RL_HALTED_WORDS(market->pair_count));
  return rl_word_load(&market->halted[place]);
}

void rl_market_load_halted(rl_market *market, unsigned place, uint64_t word)
{
  RL_ASSERT(place < RL_HALTED_WORDS(market->pair_count));
  rl_word_store(&market->halted[place], word);
}

/* --- a composite as it was made --- */

bool rl_market_pair_is_touched(const rl_market *market, rl_pair pair)
{
  const rl_pair_state *state = rl_pair_state_of(market, pair);
  return rl_slots_count(&state->live) > 0 || rl_slots_count(&state->references) > 0;
}

void rl_market_face_read(const rl_market *market, rl_pair pair, rl_market_face *out)
{
  const rl_board *board = &rl_pair_state_of(market, pair)->board;
  uint64_t head = rl_word_load(&board->head);
  uint64_t sides = rl_word_load(&board->sides);
  *out = (rl_market_face){
    .version = rl_word_load(&board->lock.version) / 2,
    .refusal = (rl_refusal)(head >> 40),
    .tick_count = (uint8_t)(head >> 32),
    .mid_half = (uint32_t)head,
    .bid_half = (uint32_t)sides,
    .ask_half = (uint32_t)(sides >> 32),
    .volatility_ppm = (uint32_t)rl_word_load(&board->volatility_ppm),
    .resumes = rl_pair_state_of(market, pair)->resumes_taken,
  };
}
