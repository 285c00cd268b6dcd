#include "tape/replay.h"

#include "tape/segment.h"

#include <stdlib.h>
#include <string.h>

struct rl_tape_replay {
  char directory[RL_SEGMENT_PATH_MAX];
  rl_tape_replay_options options;
  rl_segment_list list;
  size_t place;          /* of the list: the next segment to open */
  size_t last_place;     /* that begins before options.to */
  rl_segment *segment;   /* in hand; NULL between two */
  rl_segment_head last;  /* of the segment in hand or before; its universe's text is not used */
  bool unbroken;         /* the segment before was read to its end, or this is the first */
  rl_universe *universe; /* the market's */
  rl_market *market;     /* NULL before the first segment, and where the tape has a hole */
  rl_pair only;          /* with options.pair; RL_PAIRS_MAX where the universe has it not */
  bool *known;           /* of each pair: its state is there */
  bool renewed;          /* since the last step */
  bool ended;
  rl_now now;            /* of the last step */
  rl_tape_replay_counts counts;
  rl_tape_record record;
  uint8_t state[RL_PAIR_STATE_MAX];
};

static void tell(rl_tape_replay *replay, const rl_error *trouble)
{
  replay->counts.troubles++;
  if (replay->options.report.tell)
    replay->options.report.tell(replay->options.report.context, trouble);
}

/* --- where to begin --- */

static rl_status open_place(const rl_tape_replay *replay, size_t place, rl_segment **out,
                            rl_error *error)
{
  char path[RL_SEGMENT_PATH_MAX];
  rl_status status = rl_segment_path(replay->directory, replay->list.names[place], path);
  return status == RL_OK ? rl_segment_open(path, out, error) : status;
}

/* Whether all of the market is told in this segment before the instant, or whether none of it is
 * told in any before. */
static bool tells_all(rl_segment *segment, rl_utc before, rl_tape_record *record)
{
  if (!rl_segment_head_of(segment)->continues)
    return true;
  while (rl_segment_next(segment, record, NULL) == RL_OK && record->now.utc.ms <= before.ms) {
    if (record->kind == RL_TAPE_RECORD_WHOLE || record->kind == RL_TAPE_RECORD_GAP)
      return true;
  }
  return false;
}

/* Back from a place to the first one from where on all is told at `from`. */
static size_t look_back(rl_tape_replay *replay, size_t place)
{
  for (; place > 0; place--) {
    rl_segment *segment;
    if (open_place(replay, place, &segment, NULL) != RL_OK)
      return place;
    bool all = tells_all(segment, replay->options.from, &replay->record);
    rl_segment_close(segment);
    if (all)
      return place;
  }
  return place;
}

/* The segment that begins closest before `from`, or with it, for what stood there; or one before it
 * in the list, where the wall clock was set, that may hold anything of the interval. */
static size_t find_place(const rl_tape_replay *replay)
{
  const rl_segment_list *list = &replay->list;
  rl_utc from = replay->options.from;
  size_t closest = 0, first = 0;
  for (size_t i = 0; i < list->count; i++) {
    int64_t start_ms = list->names[i].start_utc_ms, best_ms = list->names[closest].start_utc_ms;
    if (start_ms <= from.ms && (start_ms >= best_ms || best_ms > from.ms))
      closest = i;
  }
  while (first < closest && !rl_segment_may_hold(list, first, from, replay->options.to))
    first++;
  return first;
}

/* False where no segment begins before `to`. */
static bool find_last_place(rl_tape_replay *replay)
{
  bool found = false;
  for (size_t i = 0; i < replay->list.count; i++) {
    if (replay->list.names[i].start_utc_ms < replay->options.to.ms) {
      replay->last_place = i;
      found = true;
    }
  }
  return found;
}

rl_status rl_tape_replay_open(const rl_tape_replay_options *options, rl_tape_replay **out,
                              rl_error *error)
{
  if (strlen(options->directory) >= RL_SEGMENT_PATH_MAX)
    return rl_fail(error, RL_INVALID, options->directory, 0, "", "too long a path");
  rl_tape_replay *replay = calloc(1, sizeof *replay);
  if (!replay)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the replay");
  strncpy(replay->directory, options->directory, sizeof replay->directory - 1);
  replay->options = *options;
  replay->unbroken = true;
  rl_status status = rl_segment_list_read(replay->directory, &replay->list, error);
  if (status == RL_OK && !find_last_place(replay))
    status = rl_fail(error, RL_NOT_FOUND, options->directory, 0, "",
                     "nothing of that time is on this tape");
  if (status != RL_OK) {
    rl_tape_replay_close(replay);
    return status;
  }
  replay->place = find_place(replay);
  if (options->whole)
    replay->place = look_back(replay, replay->place);
  *out = replay;
  return RL_OK;
}

/* --- the market --- */

static void drop_market(rl_tape_replay *replay)
{
  rl_market_destroy(replay->market);
  rl_universe_destroy(replay->universe);
  free(replay->known);
  replay->market = NULL;
  replay->universe = NULL;
  replay->known = NULL;
}

void rl_tape_replay_close(rl_tape_replay *replay)
{
  if (!replay)
    return;
  rl_segment_close(replay->segment);
  drop_market(replay);
  rl_segment_list_free(&replay->list);
  free(replay);
}

/* A market of which nothing is known, of the universe of the segment in hand. */
static rl_status renew_market(rl_tape_replay *replay, rl_error *error)
{
  const rl_segment_head *head = rl_segment_head_of(replay->segment);
  drop_market(replay);
  replay->renewed = true;
  rl_status status = rl_universe_parse(head->universe, head->universe_length,
                                       "the segment's universe", &replay->universe, error);
  if (status != RL_OK)
    return status;
  const char *pair = replay->options.pair;
  if (pair && rl_universe_find_name(replay->universe, pair, strlen(pair), &replay->only) != RL_OK)
    replay->only.index = RL_PAIRS_MAX;
  replay->known = calloc(rl_universe_pair_count(replay->universe), sizeof *replay->known);
  if (!replay->known || rl_market_create(replay->universe, &replay->market) != RL_OK)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for a market");
  return RL_OK;
}

/* --- segments --- */

static void leave_segment(rl_tape_replay *replay, bool unbroken)
{
  rl_segment_close(replay->segment);
  replay->segment = NULL;
  replay->unbroken = unbroken;
}

/* In each stretch the pairs halted by hand are told anew, and none is nothing to tell. */
static void forget_halted(rl_tape_replay *replay)
{
  unsigned words = RL_HALTED_WORDS(rl_universe_pair_count(replay->universe));
  for (unsigned i = 0; i < words; i++)
    rl_market_load_halted(replay->market, i, 0);
}

/* False, and the reason told, where the segment is of no use. */
static bool enter_segment(rl_tape_replay *replay, size_t place)
{
  rl_error trouble = {0};
  rl_status status = open_place(replay, place, &replay->segment, &trouble);
  if (status == RL_OK) {
    const rl_segment_head *head = rl_segment_head_of(replay->segment);
    bool follows = replay->market && replay->unbroken && head->continues &&
                   head->number == replay->last.number + 1 &&
                   rl_segment_same_run(head, &replay->last) &&
                   head->universe_hash == replay->last.universe_hash;
    if (replay->counts.segments > 0 && !follows && rl_segment_same_run(head, &replay->last))
      replay->counts.gaps++;
    replay->counts.segments++;
    replay->last = *head;
    if (follows)
      forget_halted(replay);
    else
      status = renew_market(replay, &trouble);
  }
  if (status == RL_OK)
    return true;
  tell(replay, &trouble);
  leave_segment(replay, false);
  return false;
}

static bool next_segment(rl_tape_replay *replay)
{
  while (replay->place <= replay->last_place) {
    if (enter_segment(replay, replay->place++))
      return true;
  }
  return false;
}

/* --- records --- */

static rl_status take_source(rl_tape_replay *replay, rl_error *error)
{
  rl_source source;
  rl_status status = rl_market_register(replay->market, replay->record.name, replay->record.class,
                                        &source);
  if (status == RL_OK && source.index == replay->record.source.index)
    return RL_OK;
  return rl_fail(error, RL_CORRUPT, replay->directory, 0, "",
                 "segment %llu names its sources in an order that is none",
                 (unsigned long long)replay->last.number);
}

/* A pair's recorded state: the one reached, or the one to go on from. */
static rl_status take_pair(rl_tape_replay *replay, rl_error *error)
{
  const rl_tape_record *record = &replay->record;
  unsigned index = record->pair.index;
  rl_status status = RL_CORRUPT;
  if (index < rl_universe_pair_count(replay->universe)) {
    rl_writer reached = rl_writer_over(replay->state, sizeof replay->state);
    if (replay->known[index])
      rl_market_save_pair(replay->market, record->pair, &reached);
    if (replay->known[index] &&
        (reached.failed || reached.used != record->state_size ||
         memcmp(replay->state, record->state, reached.used) != 0))
      replay->counts.mismatches++;
    status = rl_market_load_pair(replay->market, record->pair, record->state, record->state_size);
    replay->known[index] = status == RL_OK;
  }
  if (status == RL_OK)
    return RL_OK;
  return rl_fail(error, status, replay->directory, 0, "",
                 "segment %llu, recorded by version %s, has a state of a pair that this version, "
                 "%s, does not know", (unsigned long long)replay->last.number,
                 replay->last.version, RL_VERSION);
}

static bool same_face(const rl_market_face *left, const rl_market_face *right)
{
  return left->version == right->version && left->refusal == right->refusal &&
         left->tick_count == right->tick_count && left->bid_half == right->bid_half &&
         left->mid_half == right->mid_half && left->ask_half == right->ask_half &&
         left->volatility_ppm == right->volatility_ppm;
}

static uint64_t add_to_hash(uint64_t hash, const rl_tape_replay *replay, const rl_market_face *face)
{
  uint8_t bytes[96];
  rl_writer out = rl_writer_over(bytes, sizeof bytes);
  rl_put_u64(&out, hash);
  rl_put_text(&out, rl_universe_pair_name(replay->universe, replay->record.pair));
  rl_put_i64(&out, replay->record.now.mono.ns);
  rl_put_i64(&out, replay->record.now.utc.ms);
  rl_put_u64(&out, face->version);
  rl_put_u32(&out, (uint32_t)face->refusal);
  rl_put_u32(&out, face->tick_count);
  rl_put_u32(&out, face->bid_half);
  rl_put_u32(&out, face->mid_half);
  rl_put_u32(&out, face->ask_half);
  rl_put_u32(&out, face->volatility_ppm);
  RL_ASSERT(!out.failed);
  return rl_checksum(bytes, out.used);
}

static void count(rl_tape_replay *replay, const rl_tape_replay_step *step,
                  const rl_market_face *made)
{
  if (!step->counted)
    return;
  replay->counts.updates++;
  replay->counts.mismatches += !step->matches;
  if (!made)
    return;
  replay->counts.composites++;
  replay->counts.hash = add_to_hash(replay->counts.hash, replay, made);
}

static void resume(rl_tape_replay *replay)
{
  unsigned place = replay->record.pair.index / 64;
  uint64_t halted = rl_market_halted_word(replay->market, place);
  rl_market_resume(replay->market, replay->record.pair);
  rl_market_load_halted(replay->market, place, halted);
}

static rl_status take_halted(rl_tape_replay *replay, rl_error *error)
{
  unsigned pairs = rl_universe_pair_count(replay->universe);
  if (replay->record.halted_place >= RL_HALTED_WORDS(pairs))
    return rl_fail(error, RL_CORRUPT, replay->directory, 0, "",
                   "segment %llu has a halt of pairs that are not in its universe",
                   (unsigned long long)replay->last.number);
  rl_market_load_halted(replay->market, replay->record.halted_place, replay->record.halted);
  return RL_OK;
}

static rl_status take_update(rl_tape_replay *replay, rl_tape_replay_step *out, rl_error *error)
{
  const rl_tape_record *record = &replay->record;
  if (record->pair.index >= rl_universe_pair_count(replay->universe) ||
      !replay->known[record->pair.index] ||
      record->source.index >= rl_market_source_count(replay->market))
    return rl_fail(error, RL_CORRUPT, replay->directory, 0, "",
                   "segment %llu has an update of a pair or source that it did not name before",
                   (unsigned long long)replay->last.number);
  rl_market_face before, behind;
  if (record->resumed) /* what else it does, to who is halted by hand, has a record of its own */
    resume(replay);
  rl_market_face_read(replay->market, record->pair, &before);
  rl_verdict verdict = rl_market_apply(replay->market, record->source, &record->tick,
                                       record->now);
  rl_market_face_read(replay->market, record->pair, &behind);
  bool published = behind.version != before.version;
  *out = (rl_tape_replay_step){
    .record = record,
    .universe = replay->universe,
    .renewed = replay->renewed,
    .counted = record->now.utc.ms >= replay->options.from.ms &&
               record->now.utc.ms < replay->options.to.ms,
    .matches = verdict == record->verdict && published == record->published &&
               (!published || same_face(&behind, &record->face)),
  };
  replay->renewed = false;
  replay->now = record->now;
  count(replay, out, published ? &behind : NULL);
  return RL_OK;
}

/* Updates are missing here: nothing is known until it is stated anew. */
static rl_status take_gap(rl_tape_replay *replay, rl_error *error)
{
  replay->counts.lost += replay->record.lost;
  if (replay->renewed) /* the segment begins behind it, and was counted as one */
    return RL_OK;
  replay->counts.gaps++;
  return renew_market(replay, error);
}

static bool is_asked_for(const rl_tape_replay *replay)
{
  return !replay->options.pair || replay->record.pair.index == replay->only.index;
}

/* The record in hand. *updated where it was an update. */
static rl_status take_record(rl_tape_replay *replay, rl_tape_replay_step *out, bool *updated,
                             rl_error *error)
{
  switch (replay->record.kind) {
  case RL_TAPE_RECORD_SOURCE: return take_source(replay, error);
  case RL_TAPE_RECORD_PAIR: return is_asked_for(replay) ? take_pair(replay, error) : RL_OK;
  case RL_TAPE_RECORD_GAP: return take_gap(replay, error);
  case RL_TAPE_RECORD_HALTED: return take_halted(replay, error);
  case RL_TAPE_RECORD_UPDATE:
    *updated = is_asked_for(replay);
    return *updated ? take_update(replay, out, error) : RL_OK;
  case RL_TAPE_RECORD_RESET:
  case RL_TAPE_RECORD_WHOLE: break;
  }
  return RL_OK;
}

/* Up to the next update of the segment in hand; false at its end, or at the replay's. */
static bool next_in_segment(rl_tape_replay *replay, rl_tape_replay_step *out)
{
  rl_error trouble = {0};
  rl_status status;
  while ((status = rl_segment_next(replay->segment, &replay->record, &trouble)) == RL_OK) {
    bool updated = false;
    if (replay->place > replay->last_place &&
        replay->record.now.utc.ms >= replay->options.to.ms) {
      replay->ended = true;
      return false;
    }
    status = take_record(replay, out, &updated, &trouble);
    if (status != RL_OK)
      break;
    if (updated)
      return true;
  }
  if (status != RL_NOT_FOUND)
    tell(replay, &trouble);
  leave_segment(replay, status == RL_NOT_FOUND);
  return false;
}

bool rl_tape_replay_next(rl_tape_replay *replay, rl_tape_replay_step *out)
{
  while (!replay->ended && (replay->segment || next_segment(replay))) {
    if (next_in_segment(replay, out))
      return true;
  }
  return false;
}

/* --- what is there --- */

rl_tape_replay_counts rl_tape_replay_counts_now(const rl_tape_replay *replay)
{
  return replay->counts;
}

const rl_market *rl_tape_replay_market(const rl_tape_replay *replay)
{
  return replay->market;
}

rl_now rl_tape_replay_instant(const rl_tape_replay *replay, rl_utc at)
{
  int64_t elapsed_ms = at.ms - replay->now.utc.ms, mono_ns;
  if (__builtin_mul_overflow(elapsed_ms, RL_NS_PER_MS, &mono_ns) ||
      __builtin_add_overflow(mono_ns, replay->now.mono.ns, &mono_ns))
    mono_ns = elapsed_ms > 0 ? INT64_MAX / 2 : 0; /* no tick is from then */
  return (rl_now){{mono_ns}, at};
}

const char *rl_tape_replay_version(const rl_tape_replay *replay)
{
  return replay->last.version;
}
