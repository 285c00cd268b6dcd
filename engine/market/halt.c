/* Halts of pairs (K4): what breakers say, shown to everybody, and what is halted by hand.
 *
 * Who writes what: the intake the breaker, its words and the board; whoever halts and resumes by
 * hand, one at a time, the pair's bit of `halted` and its count of `resumes`. The intake finds at a
 * pair's next update that the count rose, and arms the breaker: so each word has one writer, and
 * nobody waits. A reader asks the board and the bit. */
#include "market/way.h"

/* --- the breaker: intake --- */

/* Of all providers' the one of the latest date, and of one date the latest heard. */
static rl_fixing newest_fixing(const rl_pair_state *state)
{
  const rl_composite_tick *newest = NULL;
  for (unsigned i = 0; i < rl_slots_count(&state->references); i++) {
    const rl_standing *standing = &rl_slots_at(&state->references, i)->standing;
    const rl_composite_tick *tick = &standing->level;
    if (!standing->quoted)
      continue;
    if (!newest || tick->source_utc_ms > newest->source_utc_ms ||
        (tick->source_utc_ms == newest->source_utc_ms &&
         tick->arrival_mono_ns > newest->arrival_mono_ns))
      newest = tick;
  }
  return newest ? (rl_fixing){newest->bid + newest->ask, newest->source_utc_ms} : (rl_fixing){0};
}

void rl_trip_show(rl_trip_words *words, const rl_trip *trip)
{
  rl_seqlock_write_begin(&words->lock);
  rl_seqlock_store(&words->why, (uint64_t)trip->why);
  rl_seqlock_store(&words->levels, trip->from_half | (uint64_t)trip->to_half << 32);
  rl_seqlock_store(&words->since_ns, (uint64_t)trip->since_mono_ns);
  rl_seqlock_store(&words->until_ns, (uint64_t)trip->until_mono_ns);
  rl_seqlock_write_end(&words->lock);
}

bool rl_trip_judge(rl_market *market, rl_pair pair, const rl_composite *composite, rl_mono now,
                   uint64_t *band)
{
  rl_pair_state *state = &market->pairs[pair.index];
  const rl_pair_spec *spec = rl_universe_pair_spec(market->universe, pair);
  rl_breaker *breaker = &state->breaker;
  rl_trip_reason before = breaker->trip.why;
  int64_t until_ns = breaker->trip.until_mono_ns;
  uint64_t resumes = rl_word_load_acquire(&state->resumes);
  if (resumes != state->resumes_taken) {
    state->resumes_taken = resumes;
    rl_breaker_resume(breaker);
  }
  rl_fixing fixing = spec->reference_ppm > 0 ? newest_fixing(state) : (rl_fixing){0};
  bool halted = rl_breaker_judge(breaker, spec, composite, fixing, now);
  if (breaker->trip.why != before || breaker->trip.until_mono_ns != until_ns)
    rl_trip_show(&state->trip, &breaker->trip);
  *band = rl_breaker_band(breaker, spec, fixing);
  return halted;
}

/* --- by hand --- */

void rl_market_halt(rl_market *market, rl_pair pair)
{
  rl_word *word = &market->halted[pair.index / 64];
  RL_ASSERT(pair.index < market->pair_count);
  rl_word_store(word, rl_word_load(word) | 1ull << pair.index % 64);
}

void rl_market_resume(rl_market *market, rl_pair pair)
{
  rl_word *word = &market->halted[pair.index / 64];
  rl_word *resumes = &market->pairs[pair.index].resumes;
  RL_ASSERT(pair.index < market->pair_count);
  rl_word_store(word, rl_word_load(word) & ~(1ull << pair.index % 64));
  rl_word_store_release(resumes, rl_word_load(resumes) + 1);
}

/* --- asking: any thread --- */

const char *rl_trip_reason_name(rl_trip_reason why)
{
  switch (why) {
  case RL_TRIP_NONE: return "none";
  case RL_TRIP_MOVE: return "move";
  case RL_TRIP_REFERENCE: return "reference";
  }
  return "unknown";
}

static bool load(const rl_trip_words *words, rl_trip *out)
{
  uint64_t version;
  if (!rl_seqlock_read_begin(&words->lock, &version))
    return false;
  uint64_t levels = rl_seqlock_load(&words->levels);
  out->why = (rl_trip_reason)rl_seqlock_load(&words->why);
  out->from_half = (uint32_t)levels;
  out->to_half = (uint32_t)(levels >> 32);
  out->since_mono_ns = (int64_t)rl_seqlock_load(&words->since_ns);
  out->until_mono_ns = (int64_t)rl_seqlock_load(&words->until_ns);
  return rl_seqlock_read_valid(&words->lock, version);
}

bool rl_market_pair_halt(const rl_market *market, rl_pair pair, rl_pair_halt *out)
{
  const rl_trip_words *words = &rl_pair_state_of(market, pair)->trip;
  rl_pair_halt halt = {.by_hand = rl_pair_is_halted(market, pair)};
  bool whole = load(words, &halt.trip);
  for (unsigned tries = RL_SEQLOCK_TRIES_MAX; !whole && tries > 0; tries--) {
    rl_pause();
    whole = load(words, &halt.trip);
  }
  if (!whole)
    halt.trip = (rl_trip){.why = RL_TRIP_NONE};
  *out = halt;
  return halt.by_hand || halt.trip.why != RL_TRIP_NONE;
}

static bool find_on(const rl_market *market, const rl_currency *stops, unsigned count,
                    rl_pair *out)
{
  rl_way way;
  rl_pair_halt halt;
  if (!rl_way_through(market->universe, stops, count, &way))
    return false;
  for (unsigned i = 0; i < way.count; i++) {
    if (rl_market_pair_halt(market, way.steps[i].pair, &halt)) {
      *out = way.steps[i].pair;
      return true;
    }
  }
  return false;
}

bool rl_market_find_halted(const rl_market *market, rl_currency from, rl_currency to,
                           rl_pair *out)
{
  const rl_universe *universe = market->universe;
  if (find_on(market, (rl_currency[]){from, to}, 2, out))
    return true;
  for (unsigned i = 0; i < universe->pivot_count; i++) {
    if (find_on(market, (rl_currency[]){from, universe->pivots[i], to}, 3, out))
      return true;
  }
  for (unsigned i = 0; i < universe->pivot_count; i++) {
    for (unsigned j = 0; j < universe->pivot_count; j++) {
      rl_currency stops[] = {from, universe->pivots[i], universe->pivots[j], to};
      if (find_on(market, stops, 4, out))
        return true;
    }
  }
  return false;
}
