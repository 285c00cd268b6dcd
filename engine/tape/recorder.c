/* The intake's half. The writer's is recorder_write.c. */
#include "tape/recorder_ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Pairs looked at, with each update, for one that has something to state. */
#define PAIRS_A_LOOK 64
#define PAIRS_A_WORD 64 /* of those halted by hand */
#define SOURCES_ROOM ((size_t)RL_SOURCES_MAX * (3 + 1 + RL_SOURCE_NAME_MAX))
#define PAIR_ROOM (RL_PAIR_STATE_MAX + 16u)
_Static_assert(RL_TAPE_RECORD_MAX + SOURCES_ROOM + 2 * PAIR_ROOM + 128 <= RL_TAPE_BLOCK_SIZE,
               "an empty block has room for all that one update may bring");

/* --- opening and closing --- */

static rl_status make_directory(const char *directory, rl_error *error)
{
  if (mkdir(directory, 0700) == 0 || errno == EEXIST)
    return RL_OK;
  return rl_fail(error, RL_IO, directory, 0, "", "%s", strerror(errno));
}

static rl_status find_number(rl_recorder *recorder, rl_error *error)
{
  rl_segment_list list;
  rl_status status = rl_segment_list_read(recorder->directory, &list, error);
  if (status != RL_OK)
    return status;
  recorder->writer.number = list.count > 0 ? list.names[list.count - 1].number : 0;
  rl_segment_list_free(&list);
  return RL_OK;
}

static rl_status allocate(rl_recorder *recorder, const rl_recorder_options *options)
{
  unsigned pairs = rl_universe_pair_count(rl_market_universe(options->market));
  recorder->blocks = calloc(RL_TAPE_BLOCKS, sizeof *recorder->blocks);
  recorder->intake.stated = calloc(pairs, sizeof *recorder->intake.stated);
  recorder->universe = malloc(options->universe_length + 1);
  if (!recorder->blocks || !recorder->intake.stated || !recorder->universe)
    return RL_NO_MEMORY;
  memcpy(recorder->universe, options->universe, options->universe_length);
  recorder->universe[options->universe_length] = '\0';
  recorder->universe_length = options->universe_length;
  recorder->universe_hash = rl_checksum(options->universe, options->universe_length);
  recorder->pair_count = pairs;
  return rl_tape_context_create(&recorder->intake.context);
}

static void destroy(rl_recorder *recorder)
{
  rl_tape_context_destroy(recorder->intake.context);
  pthread_mutex_destroy(&recorder->trouble_mutex);
  free(recorder->intake.stated);
  free(recorder->blocks);
  free(recorder->universe);
  free(recorder);
}

rl_status rl_recorder_open(const rl_recorder_options *options, rl_recorder **out, rl_error *error)
{
  if (strlen(options->directory) >= RL_SEGMENT_PATH_MAX)
    return rl_fail(error, RL_OUT_OF_RANGE, options->directory, 0, "", "too long a path");
  rl_recorder *recorder = calloc(1, sizeof *recorder);
  if (!recorder)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the tape");
  pthread_mutex_init(&recorder->trouble_mutex, NULL);
  strncpy(recorder->directory, options->directory, sizeof recorder->directory - 1);
  recorder->market = options->market;
  recorder->clock = options->clock;
  recorder->boot_id = options->boot_id;
  recorder->run_ns = rl_clock_read(&options->clock).mono.ns;
  recorder->keep_ms = options->keep_ms;
  recorder->keep_bytes = options->keep_bytes;
  recorder->writer.file = -1;
  rl_status status = allocate(recorder, options);
  if (status != RL_OK)
    rl_fail(error, status, "", 0, "", "no memory for the tape");
  else if ((status = make_directory(recorder->directory, error)) == RL_OK)
    status = find_number(recorder, error);
  if (status != RL_OK) {
    destroy(recorder);
    return status;
  }
  *out = recorder;
  return RL_OK;
}

void rl_recorder_close(rl_recorder *recorder)
{
  if (!recorder)
    return;
  rl_recorder_write_all(recorder);
  bool durable = rl_recorder_close_file(recorder);
  (void)durable; /* whoever reads a segment is told where it ends in the middle */
  destroy(recorder);
}

/* --- blocks --- */

static rl_block *block_in_hand(rl_recorder *recorder)
{
  uint64_t begun = rl_word_load(&recorder->begun);
  return begun > 0 ? &recorder->blocks[(begun - 1) % RL_TAPE_BLOCKS] : NULL;
}

/* All that was said of sources and pairs is said again from here on. */
static void begin_stretch(rl_recorder *recorder)
{
  recorder->intake.stretch++;
  recorder->intake.sources_stated = 0;
  recorder->intake.cursor = 0;
  recorder->intake.whole = false;
  memset(recorder->intake.halted, 0, sizeof recorder->intake.halted);
}

/* A segment is found by the instants that its name and length tell of: one in which the wall clock
 * was set would hold others. */
static bool segment_is_due(const rl_recorder *recorder, rl_now now)
{
  return recorder->intake.stretch == 0 || recorder->intake.broken ||
         recorder->intake.segment_bytes >= RL_TAPE_SEGMENT_BYTES ||
         now.mono.ns - recorder->intake.segment_start.mono.ns >=
           RL_TAPE_SEGMENT_MS * RL_NS_PER_MS ||
         rl_wall_was_set(recorder->intake.segment_start, now);
}

static void begin_segment(rl_recorder *recorder, rl_block *block, rl_now now)
{
  block->begins_segment = true;
  block->continues = recorder->intake.stretch > 0 && recorder->intake.lost == 0 &&
                     !recorder->intake.broken;
  recorder->intake.broken = false;
  recorder->intake.segment_bytes = 0;
  recorder->intake.segment_start = now;
  begin_stretch(recorder);
}

/* Takes the next block of the ring; false when it is not free yet. */
static bool begin_block(rl_recorder *recorder, rl_now now)
{
  uint64_t begun = rl_word_load(&recorder->begun);
  /* The writer's partner release: its last look at a block is over when the block is done. */
  if (begun - rl_word_load_acquire(&recorder->done) >= RL_TAPE_BLOCKS)
    return false;
  rl_block *last = block_in_hand(recorder);
  if (last)
    recorder->intake.segment_bytes += rl_word_load(&last->used);
  rl_block *block = &recorder->blocks[begun % RL_TAPE_BLOCKS];
  block->start = now;
  block->begins_segment = false;
  if (segment_is_due(recorder, now))
    begin_segment(recorder, block, now);
  rl_writer out = rl_writer_over(block->bytes, sizeof block->bytes);
  rl_tape_record_put_reset(recorder->intake.context, now, &out);
  if (recorder->intake.lost > 0) {
    rl_tape_record_put_gap(recorder->intake.lost, &out);
    if (!block->begins_segment)
      begin_stretch(recorder);
    recorder->intake.lost = 0;
  }
  rl_word_store(&block->used, out.used);
  rl_word_store_release(&recorder->begun, begun + 1); /* partner: the acquire of the writer */
  return true;
}

/* What the update may need of a block at most. */
static size_t room_needed(const rl_recorder *recorder, rl_pair pair)
{
  size_t size = RL_TAPE_RECORD_MAX;
  if (recorder->intake.sources_stated < rl_market_source_count(recorder->market))
    size += SOURCES_ROOM;
  if (recorder->intake.stated[pair.index] != recorder->intake.stretch)
    size += PAIR_ROOM;
  if (!recorder->intake.whole)
    size += PAIR_ROOM;
  return size;
}

/* The block to append to. NULL when none has room. */
static rl_block *block_with_room(rl_recorder *recorder, rl_pair pair, rl_now now)
{
  rl_block *block = block_in_hand(recorder);
  if (block && recorder->intake.lost == 0 && !segment_is_due(recorder, now) &&
      rl_word_load(&block->used) + room_needed(recorder, pair) <= sizeof block->bytes)
    return block;
  return begin_block(recorder, now) ? block_in_hand(recorder) : NULL;
}

/* --- what is stated beside an update --- */

static void state_sources(rl_recorder *recorder, rl_writer *out)
{
  unsigned count = rl_market_source_count(recorder->market);
  while (recorder->intake.sources_stated < count) {
    rl_source source = {(uint8_t)recorder->intake.sources_stated++};
    rl_tape_record_put_source(source, rl_market_source_class(recorder->market, source),
                         rl_market_source_name(recorder->market, source), out);
  }
}

static void state_pair(rl_recorder *recorder, rl_pair pair, rl_writer *out)
{
  rl_writer state = rl_writer_over(recorder->intake.state, sizeof recorder->intake.state);
  rl_market_save_pair(recorder->market, pair, &state);
  RL_ASSERT(!state.failed);
  rl_tape_record_put_pair(pair, recorder->intake.state, state.used, out);
  recorder->intake.stated[pair.index] = recorder->intake.stretch;
}

static void state_halted(rl_recorder *recorder, unsigned place, rl_writer *out)
{
  uint64_t halted = rl_market_halted_word(recorder->market, place);
  if (halted == recorder->intake.halted[place])
    return;
  rl_tape_record_put_halted(place, halted, out);
  recorder->intake.halted[place] = halted;
}

/* One more pair that has something to state and has not in this stretch. */
static void state_another(rl_recorder *recorder, rl_writer *out)
{
  unsigned end = recorder->intake.cursor + PAIRS_A_LOOK;
  while (recorder->intake.cursor < recorder->pair_count) {
    if (recorder->intake.cursor == end)
      return;
    rl_pair pair = {(uint16_t)recorder->intake.cursor++};
    if (pair.index % PAIRS_A_WORD == 0)
      state_halted(recorder, pair.index / PAIRS_A_WORD, out);
    if (recorder->intake.stated[pair.index] != recorder->intake.stretch &&
        rl_market_pair_is_touched(recorder->market, pair)) {
      state_pair(recorder, pair, out);
      return;
    }
  }
  rl_tape_record_put_whole(out);
  recorder->intake.whole = true;
}

static void state_before(rl_recorder *recorder, rl_pair pair, rl_writer *out)
{
  state_sources(recorder, out);
  if (recorder->intake.stated[pair.index] != recorder->intake.stretch)
    state_pair(recorder, pair, out);
}

/* What bears no instant of its own stands behind the update at whose instant it was so. */
static void state_behind(rl_recorder *recorder, rl_pair pair, rl_writer *out)
{
  if (!recorder->intake.whole)
    state_another(recorder, out);
  state_halted(recorder, pair.index / PAIRS_A_WORD, out);
}

/* --- an update --- */

static rl_verdict apply_and_put(rl_recorder *recorder, rl_source source, const rl_tick *tick,
                                rl_now now, rl_writer *out)
{
  rl_market_face before, behind;
  rl_market_face_read(recorder->market, tick->pair, &before);
  rl_verdict verdict = rl_market_apply(recorder->market, source, tick, now);
  rl_market_face_read(recorder->market, tick->pair, &behind);
  bool published = behind.version != before.version;
  const rl_tape_update update = {
    .source = source,
    .tick = tick,
    .verdict = verdict,
    .now = now,
    .resumed = behind.resumes != before.resumes,
    .face = published ? &behind : NULL,
  };
  rl_tape_record_put_update(recorder->intake.context, &update, out);
  return verdict;
}

static rl_verdict apply_unrecorded(rl_recorder *recorder, rl_source source, const rl_tick *tick,
                                   rl_now now)
{
  recorder->intake.lost++;
  rl_word_store(&recorder->lost, rl_word_load(&recorder->lost) + 1);
  return rl_market_apply(recorder->market, source, tick, now);
}

rl_verdict rl_recorder_apply(rl_recorder *recorder, rl_source source, const rl_tick *tick,
                             rl_now now)
{
  uint64_t turn = rl_word_load_acquire(&recorder->turn);
  if (turn != recorder->intake.turn) {
    recorder->intake.turn = turn;
    recorder->intake.broken = true;
  }
  bool stopped = turn % 2 != 0;
  rl_block *block = stopped ? NULL : block_with_room(recorder, tick->pair, now);
  if (!block)
    return apply_unrecorded(recorder, source, tick, now);
  rl_writer out = rl_writer_over(block->bytes, sizeof block->bytes);
  out.used = rl_word_load(&block->used);
  state_before(recorder, tick->pair, &out);
  rl_verdict verdict = apply_and_put(recorder, source, tick, now, &out);
  state_behind(recorder, tick->pair, &out);
  RL_ASSERT(!out.failed);
  rl_word_store_release(&block->used, out.used); /* partner: the acquire of the writer */
  rl_word_store(&recorder->updates, rl_word_load(&recorder->updates) + 1);
  return verdict;
}
