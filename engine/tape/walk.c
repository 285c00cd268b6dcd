#include "tape/segment.h"
#include "tape/tape.h"

#include <stdlib.h>
#include <string.h>

enum { PAIR_NAME_MAX = 7 };

struct rl_tape_walk {
  char directory[RL_SEGMENT_PATH_MAX];
  char pair_name[PAIR_NAME_MAX + 1];
  rl_utc from;
  rl_utc to;
  rl_tape_report report;
  rl_segment_list list;
  size_t place;           /* of the list: the next segment to open */
  uint64_t read_number;   /* of the segment read to its end last; 0: none, or not to its end */
  rl_segment *segment;    /* in hand; NULL between two */
  rl_universe *universe;  /* of the segment in hand, or of one before */
  uint64_t universe_hash;
  rl_pair pair;           /* there */
  bool gap;               /* behind the last composite of the pair */
  rl_tape_record record;
};

rl_status rl_tape_walk_open(const char *directory, const char *pair, rl_utc from, rl_utc to,
                            rl_tape_report report, rl_tape_walk **out, rl_error *error)
{
  if (strlen(directory) >= RL_SEGMENT_PATH_MAX || strlen(pair) > PAIR_NAME_MAX)
    return rl_fail(error, RL_INVALID, directory, 0, "", "too long a name of a directory or a pair");
  rl_tape_walk *walk = calloc(1, sizeof *walk);
  if (!walk)
    return rl_fail(error, RL_NO_MEMORY, directory, 0, "", "no memory to read it");
  strncpy(walk->directory, directory, sizeof walk->directory - 1);
  strncpy(walk->pair_name, pair, sizeof walk->pair_name - 1);
  walk->from = from;
  walk->to = to;
  walk->report = report;
  rl_status status = rl_segment_list_read(directory, &walk->list, error);
  if (status == RL_OK && walk->list.count == 0)
    status = rl_fail(error, RL_NOT_FOUND, directory, 0, "", "no segment of a tape in it");
  if (status != RL_OK) {
    rl_tape_walk_close(walk);
    return status;
  }
  *out = walk;
  return RL_OK;
}

void rl_tape_walk_close(rl_tape_walk *walk)
{
  rl_segment_close(walk->segment);
  rl_universe_destroy(walk->universe);
  rl_segment_list_free(&walk->list);
  free(walk);
}

static void tell(const rl_tape_walk *walk, const rl_error *trouble)
{
  if (walk->report.tell)
    walk->report.tell(walk->report.context, trouble);
}

/* The universe of the segment in hand; most have that of the one before. */
static rl_status take_universe(rl_tape_walk *walk, const rl_segment_head *head, rl_error *error)
{
  if (walk->universe && walk->universe_hash == head->universe_hash)
    return RL_OK;
  rl_universe_destroy(walk->universe);
  walk->universe = NULL;
  walk->universe_hash = head->universe_hash;
  return rl_universe_parse(head->universe, head->universe_length, "the segment's universe",
                           &walk->universe, error);
}

static void leave_segment(rl_tape_walk *walk, rl_status ended)
{
  walk->read_number = ended == RL_NOT_FOUND ? rl_segment_head_of(walk->segment)->number : 0;
  rl_segment_close(walk->segment);
  walk->segment = NULL;
}

/* Opens the segment of this name. False, with the reason told, if it is of no use. */
static bool open_segment(rl_tape_walk *walk, rl_segment_name name)
{
  char path[RL_SEGMENT_PATH_MAX];
  rl_error trouble = {0};
  bool had_one = walk->read_number > 0;
  uint64_t expected = walk->read_number + 1;
  walk->read_number = 0;
  rl_status status = rl_segment_path(walk->directory, name, path);
  if (status == RL_OK)
    status = rl_segment_open(path, &walk->segment, &trouble);
  if (status != RL_OK) {
    tell(walk, &trouble);
    walk->gap = true;
    return false;
  }
  const rl_segment_head *head = rl_segment_head_of(walk->segment);
  if (!head->continues || (had_one && head->number != expected))
    walk->gap = true;
  status = take_universe(walk, head, &trouble);
  if (status != RL_OK)
    tell(walk, &trouble);
  if (status == RL_OK && rl_universe_find_name(walk->universe, walk->pair_name,
                                               strlen(walk->pair_name), &walk->pair) == RL_OK)
    return true;
  leave_segment(walk, RL_CORRUPT);
  return false;
}

/* The next segment that may hold anything of the interval; false when there is none. */
static bool next_segment(rl_tape_walk *walk)
{
  while (walk->place < walk->list.count) {
    size_t place = walk->place++;
    if (rl_segment_may_hold(&walk->list, place, walk->from, walk->to) &&
        open_segment(walk, walk->list.names[place]))
      return true;
  }
  return false;
}

static rl_tape_composite composite_of(const rl_tape_walk *walk)
{
  const rl_tape_record *record = &walk->record;
  const rl_pair_spec *spec = rl_universe_pair_spec(walk->universe, walk->pair);
  return (rl_tape_composite){
    .utc_ms = record->now.utc.ms,
    .mono_ns = record->now.mono.ns,
    .boot_id = rl_segment_head_of(walk->segment)->boot_id,
    .version = record->face.version,
    .refusal = record->face.refusal,
    .scale = spec->scale,
    .pip_scale = spec->pip_scale,
    .tick_count = record->face.tick_count,
    .max_age_ms = spec->max_age_ms,
    .bid_half = record->face.bid_half,
    .mid_half = record->face.mid_half,
    .ask_half = record->face.ask_half,
    .volatility_ppm = record->face.volatility_ppm,
    .follows_gap = walk->gap,
  };
}

/* The pair's next composite of the segment in hand, whenever it was; false at the segment's end. */
static bool next_in_segment(rl_tape_walk *walk)
{
  rl_error trouble;
  rl_status status;
  while ((status = rl_segment_next(walk->segment, &walk->record, &trouble)) == RL_OK) {
    if (walk->record.kind == RL_TAPE_RECORD_GAP)
      walk->gap = true;
    if (walk->record.kind == RL_TAPE_RECORD_UPDATE && walk->record.published &&
        walk->record.pair.index == walk->pair.index)
      return true;
  }
  if (status != RL_NOT_FOUND) {
    tell(walk, &trouble);
    walk->gap = true;
  }
  leave_segment(walk, status);
  return false;
}

bool rl_tape_walk_next(rl_tape_walk *walk, rl_tape_composite *out)
{
  while (walk->segment || next_segment(walk)) {
    if (!next_in_segment(walk))
      continue;
    int64_t at_ms = walk->record.now.utc.ms;
    bool asked = at_ms >= walk->from.ms && at_ms < walk->to.ms;
    if (asked)
      *out = composite_of(walk);
    walk->gap = false;
    if (asked)
      return true;
  }
  return false;
}
