#include "tape/find.h"

#include "tape/segment.h"

#include <string.h>

/* A segment that is searched. */
typedef struct search {
  rl_utc from;
  rl_utc to;
  rl_tape_wanted *wanted;
  unsigned count;
  bool covered;
  const rl_universe *universe; /* of the segment in hand */
  char names[RL_SOURCES_MAX][RL_SOURCE_NAME_MAX + 1]; /* of the segment's sources */
} search;

/* value x 10^-scale against other x 10^-other_scale, which has at least as many decimals. */
static bool same_price(uint64_t value, unsigned scale, uint64_t other, unsigned other_scale)
{
  for (; scale < other_scale && value <= UINT32_MAX; scale++)
    value *= 10;
  for (; other_scale < scale && other <= UINT32_MAX; other_scale++)
    other *= 10;
  return value == other;
}

static bool is_wanted(const search *it, const rl_tape_record *record, const rl_tape_wanted *wanted)
{
  rl_composite_tick vote;
  const rl_pair_spec *spec = rl_universe_pair_spec(it->universe, record->pair);
  return wanted->tick.arrival_mono_ns == record->now.mono.ns &&
         wanted->tick.sequence == record->tick.sequence &&
         strcmp(it->names[record->source.index], wanted->source) == 0 &&
         strcmp(rl_universe_pair_name(it->universe, record->pair), wanted->pair) == 0 &&
         rl_tick_vote(spec, &record->tick, record->now, wanted->units, &vote) &&
         same_price(vote.bid, spec->scale, wanted->tick.bid, wanted->scale) &&
         same_price(vote.ask, spec->scale, wanted->tick.ask, wanted->scale);
}

static void look_at(search *it, const rl_tape_record *record)
{
  if (record->kind == RL_TAPE_RECORD_SOURCE)
    memcpy(it->names[record->source.index], record->name, sizeof record->name);
  if (record->kind != RL_TAPE_RECORD_UPDATE || record->now.utc.ms < it->from.ms ||
      record->now.utc.ms >= it->to.ms ||
      record->pair.index >= rl_universe_pair_count(it->universe))
    return;
  it->covered = true;
  for (unsigned i = 0; i < it->count; i++)
    it->wanted[i].found |= is_wanted(it, record, &it->wanted[i]);
}

static rl_status search_segment(search *it, const char *path, rl_error *error)
{
  rl_segment *segment;
  rl_universe *universe;
  rl_tape_record record;
  rl_status status = rl_segment_open(path, &segment, error);
  if (status != RL_OK)
    return status;
  const rl_segment_head *head = rl_segment_head_of(segment);
  status = rl_universe_parse(head->universe, head->universe_length, path, &universe, error);
  if (status == RL_OK) {
    it->universe = universe;
    memset(it->names, 0, sizeof it->names);
    while (rl_segment_next(segment, &record, NULL) == RL_OK)
      look_at(it, &record);
    rl_universe_destroy(universe);
  }
  rl_segment_close(segment);
  return status;
}

rl_status rl_tape_find(const char *directory, rl_utc from, rl_utc to, rl_tape_wanted *wanted,
                       unsigned count, bool *covered, rl_error *error)
{
  search it = {.from = from, .to = to, .wanted = wanted, .count = count};
  rl_segment_list list;
  rl_status status = rl_segment_list_read(directory, &list, error);
  if (status != RL_OK)
    return status;
  for (size_t i = 0; i < list.count && status == RL_OK; i++) {
    char path[RL_SEGMENT_PATH_MAX];
    if (!rl_segment_may_hold(&list, i, from, to))
      continue;
    status = rl_segment_path(directory, list.names[i], path);
    if (status == RL_OK)
      status = search_segment(&it, path, error);
  }
  rl_segment_list_free(&list);
  *covered = it.covered;
  return status;
}
