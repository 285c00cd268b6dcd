/* The intake: what becomes of one update (design K1). Only the intake thread comes here.
 *
 * Malformed updates (form.h: no price, too many decimals, levels that are no ladder, a time that
 * leads ours by more than RL_SOURCE_FUTURE_MS; and a sequence that does not rise) are counted and
 * change nothing: the source's last good rate stays, and ages. A sequence equal to the last is a
 * duplicate, a lower one is out of order. Every other update is accepted. It takes back what the
 * source said (withdrawn), or a book is crossed (bid above ask), or it states a level: its mid.
 * What a source's accepted updates do to its vote on the pair:
 *
 *             level, first or within reach of the last good one
 *                 +-----------+        +---- a level ----+
 *                 v           |        v                 |
 *              +------------------------+   crossed   +------------------------------------+
 *   (nothing)->|          VOTES         |------------>| HELD: votes with its last level,   |
 *    level     +------------------------+             | until crossed_hold_ms have passed  |
 *                 |                  ^                +------------------------------------+
 *     level beyond jump_ppm of       | back within reach of the last good level, or
 *     the last good one              | confirmed, or repeated while alone
 *                 v                  |
 *              +------------------------+
 *              | SUSPENDED: no vote     |  (a crossed book changes nothing here)
 *              +------------------------+
 *
 * Any vote ends when its level is max_age_ms old; intervals are half-open, so at the very instant
 * of either bound the vote is over.
 *
 * A withdrawal, in any state, is silence that has lasted already: the level is gone, for the vote
 * and for the others who compare theirs with it, and so is a crossed book. The state stays, and
 * with it what the source's next level is compared with, as if it had said nothing: its last good
 * level while that is younger than max_age_ms, or, suspended, for ever. Otherwise a liar would take
 * his jump back and state it anew, as a first level. A crossed book brings back nothing that was
 * withdrawn.
 *
 * A jump is a level whose mid differs by more than jump_ppm from the mid of the source's last good
 * level. If that is max_age_ms old there is nothing to compare with and the level is good; but a
 * source that is suspended already does not wait its suspension out: it comes back only when
 *   (a) a level is again within jump_ppm of its last good one, however old that is; or
 *   (b) its level is confirmed: another live source's newest level, voting or itself suspended,
 *       or a fixing, agrees with it (differs by at most jump_ppm of the lower of the two), at
 *       whichever of the two updates comes later; two suspended sources that agree are both good;
 *   (c) it is the pair's only live source (no other has a level that is young enough, not
 *       withdrawn, and not crossed for too long) and repeats the jump: JUMP_REPEATS levels in a row
 *       after the first, each within jump_ppm of that first one. A crossed book or a withdrawal
 *       between them starts the count anew.
 * Then its newest level is good, and votes as long as it is young.
 *
 * Nobody votes while more of the pair's live sources have a level and are suspended than vote: of
 * three at 1.2010, when two jump to 1.05 and 0.95, the third is no majority, and with a min_sources
 * of 1 its price would still be firm. This is judged at each update that publishes, for then and
 * for each end of a vote after it: at the first of these instants at which the majority is lost the
 * votes of all are over. A suspended level that ages gives it back at the pair's next update only,
 * so that time alone only ever takes votes away (board.c).
 *
 * A fixing (a source of class reference) only has a newest level; it never votes, is never
 * suspended and does not age. A withdrawn one says nothing until its next. */
#include "market/state.h"

#define JUMP_REPEATS 3

/* One update on its way. */
typedef struct arrival {
  rl_market *market;
  rl_pair pair;
  const rl_pair_spec *spec;
  rl_pair_state *state;
  rl_now now;
} arrival;

/* --- order --- */

/* GOOD when the sequence goes on. */
static rl_verdict judge_order(const rl_standing *standing, uint64_t sequence)
{
  if (sequence > RL_SEQUENCE_MAX)
    return RL_TICK_MALFORMED_ORDER;
  if (!standing->heard || sequence > standing->sequence)
    return RL_TICK_GOOD;
  return sequence == standing->sequence ? RL_TICK_DUPLICATE : RL_TICK_MALFORMED_ORDER;
}

/* --- levels --- */

/* In half units, where the mid of two whole units is their sum. */
static int64_t mid_of(const rl_composite_tick *tick)
{
  return (int64_t)tick->bid + tick->ask;
}

static bool is_beyond(int64_t from, int64_t to, uint32_t ppm)
{
  int64_t move = to > from ? to - from : from - to;
  return move * 1000000 > from * ppm;
}

static bool agree(const arrival *at, int64_t left, int64_t right)
{
  return left < right ? !is_beyond(left, right, at->spec->jump_ppm)
                      : !is_beyond(right, left, at->spec->jump_ppm);
}

static int64_t stale_at(const rl_pair_spec *spec, int64_t arrival_ns)
{
  return arrival_ns + spec->max_age_ms * RL_NS_PER_MS;
}

/* The first instant at which a source's level counts no more. */
static int64_t level_until(const rl_pair_spec *spec, const rl_standing *standing)
{
  int64_t until = stale_at(spec, standing->level.arrival_mono_ns);
  int64_t hold = standing->crossed_since_ns + spec->crossed_hold_ms * RL_NS_PER_MS;
  return standing->crossed && hold < until ? hold : until;
}

static bool has_level(const arrival *at, const rl_standing *standing)
{
  return standing->quoted && at->now.mono.ns < level_until(at->spec, standing);
}

/* --- jumps --- */

static bool is_jump(const arrival *at, const rl_standing *standing, int64_t mid)
{
  if (standing->good_mid == 0)
    return false;
  int64_t stale = stale_at(at->spec, standing->level.arrival_mono_ns);
  if (!standing->suspended && at->now.mono.ns >= stale)
    return false;
  return is_beyond(standing->good_mid, mid, at->spec->jump_ppm);
}

/* The other live sources that have a level: the next from *index on, or NULL. */
static rl_standing *next_other(const arrival *at, const rl_slot *self, unsigned *index)
{
  const rl_slots *live = &at->state->live;
  while (*index < rl_slots_count(live)) {
    rl_slot *other = rl_slots_at(live, (*index)++);
    if (other != self && has_level(at, &other->standing))
      return &other->standing;
  }
  return NULL;
}

static bool is_alone(const arrival *at, const rl_slot *self)
{
  unsigned index = 0;
  return next_other(at, self, &index) == NULL;
}

static bool is_confirmed(const arrival *at, const rl_slot *self, int64_t mid)
{
  unsigned index = 0;
  for (rl_standing *other; (other = next_other(at, self, &index));) {
    if (agree(at, mid, mid_of(&other->level)))
      return true;
  }
  const rl_slots *references = &at->state->references;
  for (unsigned i = 0; i < rl_slots_count(references); i++) {
    const rl_standing *fixing = &rl_slots_at(references, i)->standing;
    if (fixing->quoted && agree(at, mid, mid_of(&fixing->level)))
      return true;
  }
  return false;
}

/* Counts how often the jump was repeated, the update at hand included. */
static void note_jump(const arrival *at, rl_standing *standing, int64_t mid)
{
  bool repeated = standing->suspended && standing->jumped_mid != 0 &&
                  !is_beyond(standing->jumped_mid, mid, at->spec->jump_ppm);
  if (!repeated) {
    standing->jumped_mid = mid;
    standing->repeats = 0;
  } else if (standing->repeats < JUMP_REPEATS) {
    standing->repeats++;
  }
}

static void settle(rl_standing *standing)
{
  standing->suspended = false;
  standing->good_mid = mid_of(&standing->level);
}

/* A level that counts, of a live source or a fixing, brings back who is suspended and agrees. */
static bool bring_back(const arrival *at, const rl_slot *self, int64_t mid)
{
  bool any = false;
  unsigned index = 0;
  for (rl_standing *other; (other = next_other(at, self, &index));) {
    if (other->suspended && agree(at, mid, mid_of(&other->level))) {
      settle(other);
      any = true;
    }
  }
  return any;
}

/* --- the standing of one source --- */

static rl_verdict accept_crossed(rl_standing *standing, const arrival *at)
{
  if (!standing->crossed)
    standing->crossed_since_ns = at->now.mono.ns;
  standing->crossed = true;
  standing->jumped_mid = 0;
  return RL_TICK_CROSSED;
}

static rl_verdict accept_withdrawal(rl_standing *standing)
{
  standing->quoted = false;
  standing->jumped_mid = 0;
  return RL_TICK_WITHDRAWN;
}

static rl_verdict accept_level(const arrival *at, rl_slot *slot, const rl_update *update)
{
  const rl_composite_tick *tick = &update->tick;
  rl_standing *standing = &slot->standing;
  int64_t mid = mid_of(tick);
  bool jump = is_jump(at, standing, mid) && !is_confirmed(at, slot, mid);
  if (jump) {
    note_jump(at, standing, mid);
    jump = standing->repeats < JUMP_REPEATS || !is_alone(at, slot);
  }
  standing->level = *tick;
  if (at->spec->by_depth)
    standing->book = update->book;
  standing->quoted = true;
  standing->crossed = false;
  standing->suspended = jump;
  if (jump)
    return RL_TICK_JUMP;
  settle(standing);
  bring_back(at, slot, mid);
  return tick->bid == tick->ask ? RL_TICK_LOCKED : RL_TICK_GOOD;
}

static rl_voter voter_of(const rl_pair_spec *spec, rl_slot *slot)
{
  const rl_standing *standing = &slot->standing;
  const rl_book *book = &standing->book;
  return (rl_voter){
    .tick = standing->level,
    .votes_until_ns = level_until(spec, standing),
    .depth = spec->by_depth ? &book->depth : NULL,
    .bid_size = book->bid_size,
    .ask_size = book->ask_size,
    .outliers = &slot->outliers,
  };
}

/* --- the majority --- */

/* The sources that have a level: who may vote, and until when the others are suspended. */
typedef struct poll {
  rl_voter voters[RL_SOURCES_PER_PAIR_MAX];
  unsigned count;
  int64_t suspended_until_ns[RL_SOURCES_PER_PAIR_MAX];
  unsigned suspended;
  uint64_t suspended_sources; /* a bit by index */
  int64_t heard_ns;           /* arrival of the newest update */
} poll;

static void take_poll(const arrival *at, poll *out)
{
  const rl_slots *live = &at->state->live;
  out->count = out->suspended = 0;
  out->suspended_sources = 0;
  out->heard_ns = INT64_MIN;
  for (unsigned i = 0; i < rl_slots_count(live); i++) {
    rl_slot *slot = rl_slots_at(live, i);
    const rl_standing *standing = &slot->standing;
    if (standing->heard && standing->heard_ns > out->heard_ns)
      out->heard_ns = standing->heard_ns;
    if (!has_level(at, standing))
      continue;
    if (standing->suspended) {
      out->suspended_until_ns[out->suspended++] = level_until(at->spec, standing);
      out->suspended_sources |= 1ull << slot->source.index;
    } else {
      out->voters[out->count++] = voter_of(at->spec, slot);
    }
  }
}

static bool is_outnumbered(const poll *of, int64_t instant_ns)
{
  unsigned voting = 0, suspended = 0;
  for (unsigned i = 0; i < of->count; i++)
    voting += instant_ns < of->voters[i].votes_until_ns;
  for (unsigned i = 0; i < of->suspended; i++)
    suspended += instant_ns < of->suspended_until_ns[i];
  return suspended > voting;
}

/* The first instant at which more are suspended than vote: now, or at the end of a vote. */
static int64_t majority_until(const poll *of, rl_mono now)
{
  int64_t until = is_outnumbered(of, now.ns) ? now.ns : INT64_MAX;
  for (unsigned i = 0; i < of->count; i++) {
    int64_t end = of->voters[i].votes_until_ns;
    if (end < until && is_outnumbered(of, end))
      until = end;
  }
  return until;
}

/* Ends the votes of all where the majority is lost. True if that is now, and there were any. */
static bool end_votes(poll *of, rl_mono now)
{
  int64_t until = majority_until(of, now);
  bool outnumbered = until == now.ns && of->count > 0;
  for (unsigned i = 0; i < of->count; i++) {
    if (of->voters[i].votes_until_ns > until)
      of->voters[i].votes_until_ns = until;
  }
  if (outnumbered)
    of->count = 0;
  return outnumbered;
}

static void publish_board(const arrival *at)
{
  poll all;
  take_poll(at, &all);
  bool outnumbered = all.suspended > 0 && end_votes(&all, at->now.mono);
  rl_election election = {
    .voters = all.voters,
    .count = all.count,
    .suspended = all.suspended_sources,
    .outnumbered = outnumbered,
    .heard_until_ns = stale_at(at->spec, all.heard_ns),
  };
  rl_board_publish(at->market, at->pair, &election, at->now.mono);
}

static rl_verdict judge_live(const arrival *at, rl_slot *slot, const rl_update *update)
{
  if (update->withdrawn)
    return accept_withdrawal(&slot->standing);
  if (update->tick.bid > update->tick.ask)
    return accept_crossed(&slot->standing, at);
  return accept_level(at, slot, update);
}

static rl_verdict accept_live(const arrival *at, rl_slot *slot, const rl_update *update)
{
  rl_verdict verdict = judge_live(at, slot, update);
  publish_board(at);
  return verdict;
}

static rl_verdict accept_fixing(const arrival *at, rl_slot *slot, const rl_update *update)
{
  const rl_composite_tick *tick = &update->tick;
  if (update->withdrawn)
    return accept_withdrawal(&slot->standing);
  if (tick->bid > tick->ask)
    return RL_TICK_CROSSED;
  slot->standing.level = *tick;
  slot->standing.quoted = true;
  rl_market_mark_fixed(at->market, at->pair);
  if (bring_back(at, slot, mid_of(tick)))
    publish_board(at);
  return tick->bid == tick->ask ? RL_TICK_LOCKED : RL_TICK_GOOD;
}

/* --- slots --- */

static void count_gap(const rl_standing *standing, uint64_t sequence, rl_tally *pair,
                      rl_tally *source)
{
  if (!standing->heard)
    return;
  uint64_t skipped = sequence - standing->sequence - 1;
  if (skipped >= RL_SEQUENCE_LEAP)
    skipped = 1;
  rl_word_count(&pair->gaps, skipped);
  rl_word_count(&source->gaps, skipped);
}

static bool is_repeat(const rl_slot *slot, const rl_update *update)
{
  rl_composite_tick last;
  rl_tick_words_load(&slot->newest, &last);
  return !update->withdrawn && update->tick.bid == last.bid && update->tick.ask == last.ask;
}

/* Notes an accepted update and shows it to the desk. */
static void note(rl_slot *slot, const rl_composite_tick *tick)
{
  slot->standing.heard = true;
  slot->standing.heard_ns = tick->arrival_mono_ns;
  slot->standing.sequence = tick->sequence;
  rl_seqlock_write_begin(&slot->lock);
  rl_tick_words_store(&slot->newest, tick);
  rl_seqlock_write_end(&slot->lock);
}

static rl_verdict take(const arrival *at, rl_source_state *from, rl_slot *slot,
                       const rl_tick *tick)
{
  rl_update update;
  rl_verdict verdict = rl_update_read(at->spec, slot->source, tick, at->now, &update);
  if (verdict != RL_TICK_GOOD)
    return verdict;
  verdict = judge_order(&slot->standing, tick->sequence);
  if (verdict != RL_TICK_GOOD)
    return verdict;
  count_gap(&slot->standing, tick->sequence, &slot->tally, &from->tally);
  if (is_repeat(slot, &update)) {
    rl_word_count(&slot->tally.repeats, 1);
    rl_word_count(&from->tally.repeats, 1);
  }
  note(slot, &update.tick);
  return from->class == RL_SOURCE_LIVE ? accept_live(at, slot, &update)
                                       : accept_fixing(at, slot, &update);
}

rl_verdict rl_market_apply(rl_market *market, rl_source source, const rl_tick *tick, rl_now now)
{
  RL_ASSERT(source.index < rl_market_source_count(market));
  RL_ASSERT(tick->pair.index < market->pair_count);
  rl_source_state *from = &market->sources[source.index];
  rl_pair_state *state = &market->pairs[tick->pair.index];
  arrival at = {market, tick->pair, rl_universe_pair_spec(market->universe, tick->pair), state,
                   now};
  rl_slots *slots = from->class == RL_SOURCE_LIVE ? &state->live : &state->references;
  rl_slot *slot = rl_slots_find(slots, source);
  if (!slot)
    slot = rl_slots_add(slots, source);
  rl_verdict verdict = slot ? take(&at, from, slot, tick) : RL_TICK_NO_ROOM;
  if (slot)
    rl_word_count(&slot->tally.verdicts[verdict], 1);
  rl_word_count(&from->tally.verdicts[verdict], 1);
  rl_word_count(&from->ticks, 1);
  rl_word_store(&from->last_ns, (uint64_t)now.mono.ns);
  if (tick->source_utc_ms > 0)
    rl_clock_offset_note(&from->clock, tick->source_utc_ms, now);
  return verdict;
}
