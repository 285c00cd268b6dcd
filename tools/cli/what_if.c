#include "what_if.h"

#include "market/checkpoint.h"
#include "table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void fail_memory(void)
{
  exit(rl_cli_fail(RL_EXIT_REFUSED, "no memory for a second market"));
}

/* Nothing was said yet: a new run, or updates are missing. */
static void renew(what_if *it)
{
  rl_market_destroy(it->market);
  if (rl_market_create(it->universe, &it->market) != RL_OK)
    fail_memory();
}

bool what_if_open(what_if *it, const char *file, rl_exit *code)
{
  *it = (what_if){0};
  *code = rl_cli_load_universe(file, &it->universe);
  if (*code != RL_EXIT_DONE)
    return false;
  it->pairs = calloc(rl_universe_pair_count(it->universe), sizeof *it->pairs);
  if (!it->pairs)
    fail_memory();
  renew(it);
  return true;
}

void what_if_close(what_if *it)
{
  rl_market_destroy(it->market);
  rl_universe_destroy(it->universe);
  free(it->pairs);
}

/* In the replay's order, so that a source has one index in both. */
static void know_sources(what_if *it, const rl_market *recorded)
{
  unsigned count = rl_market_source_count(recorded);
  for (unsigned i = rl_market_source_count(it->market); i < count; i++) {
    rl_source source = {(uint8_t)i};
    if (rl_market_register(it->market, rl_market_source_name(recorded, source),
                           rl_market_source_class(recorded, source), &source) != RL_OK)
      fail_memory();
  }
}

/* Two decimals of whatever scales. */
static bool same_value(uint32_t left, unsigned left_scale, uint32_t right, unsigned right_scale)
{
  unsigned __int128 a = left, b = right;
  for (; left_scale < right_scale; left_scale++)
    a *= 10;
  for (; right_scale < left_scale; right_scale++)
    b *= 10;
  return a == b;
}

static bool same_face(const rl_market_face *left, unsigned left_scale,
                      const rl_market_face *right, unsigned right_scale)
{
  return left->refusal == right->refusal &&
         same_value(left->bid_half, left_scale, right->bid_half, right_scale) &&
         same_value(left->mid_half, left_scale, right->mid_half, right_scale) &&
         same_value(left->ask_half, left_scale, right->ask_half, right_scale);
}

void what_if_take(what_if *it, const rl_tape_replay *replay, const rl_tape_replay_step *step)
{
  const rl_tape_record *record = step->record;
  rl_tick tick = record->tick;
  if (step->renewed)
    renew(it);
  know_sources(it, rl_tape_replay_market(replay));
  if (rl_universe_find_name(it->universe, rl_universe_pair_name(step->universe, record->pair), 6,
                            &tick.pair) != RL_OK) {
    it->unknown += step->counted;
    return;
  }
  if (record->resumed)
    rl_market_resume(it->market, tick.pair);
  rl_market_apply(it->market, record->source, &tick, record->now);
  if (!step->counted)
    return;
  rl_market_face recorded, other;
  rl_market_face_read(rl_tape_replay_market(replay), record->pair, &recorded);
  rl_market_face_read(it->market, tick.pair, &other);
  what_if_pair *pair = &it->pairs[tick.pair.index];
  pair->updates++;
  pair->unpriced += recorded.refusal != RL_REFUSAL_NONE || recorded.version == 0;
  pair->unpriced_now += other.refusal != RL_REFUSAL_NONE || other.version == 0;
  pair->different += !same_face(&recorded,
                                rl_universe_pair_spec(step->universe, record->pair)->scale, &other,
                                rl_universe_pair_spec(it->universe, tick.pair)->scale);
}

void what_if_print(const what_if *it)
{
  static const rl_column columns[] = {
    {"pair", RL_ALIGN_LEFT},
    {"updates", RL_ALIGN_RIGHT},
    {"different behind", RL_ALIGN_RIGHT},
    {"no price behind, recorded", RL_ALIGN_RIGHT},
    {"under the other", RL_ALIGN_RIGHT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (unsigned i = 0; i < rl_universe_pair_count(it->universe); i++) {
    const what_if_pair *pair = &it->pairs[i];
    if (pair->updates == 0)
      continue;
    rl_table_cell(&table, RL_STYLE_STRONG, "%s",
                  rl_universe_pair_name(it->universe, (rl_pair){(uint16_t)i}));
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, pair->updates);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, pair->different);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, pair->unpriced);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, pair->unpriced_now);
  }
  printf("\nUnder the other universe:\n\n");
  rl_table_print(&table, stdout, 2);
  if (it->unknown > 0)
    printf("\nupdates of pairs that are not in it: %" PRIu64 "\n", it->unknown);
}

void what_if_print_json(const what_if *it)
{
  const char *comma = "";
  printf(", \"unknown_pairs\": %" PRIu64 ", \"pairs\": [", it->unknown);
  for (unsigned i = 0; i < rl_universe_pair_count(it->universe); i++) {
    const what_if_pair *pair = &it->pairs[i];
    if (pair->updates == 0)
      continue;
    printf("%s{\"pair\": \"%s\", \"updates\": %" PRIu64 ", \"different\": %" PRIu64
           ", \"unpriced\": %" PRIu64 ", \"unpriced_now\": %" PRIu64 "}", comma,
           rl_universe_pair_name(it->universe, (rl_pair){(uint16_t)i}), pair->updates,
           pair->different, pair->unpriced, pair->unpriced_now);
    comma = ", ";
  }
  printf("]");
}
