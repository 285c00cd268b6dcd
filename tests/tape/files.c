/* The tape's files: damaged, cut, let go, too slow, too large. */
#include "tape/stand.h"
#include "tape/segment.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct contents {
  uint8_t *bytes;
  size_t size;
} contents;

static contents load(const char *path)
{
  FILE *file = fopen(path, "rb");
  contents out = {malloc(1 << 20), 0};
  cr_assert(file && out.bytes);
  out.size = fread(out.bytes, 1, 1 << 20, file);
  fclose(file);
  return out;
}

static uint64_t file_size(const char *path)
{
  struct stat found;
  cr_assert_eq(stat(path, &found), 0);
  return (uint64_t)found.st_size;
}

static void store(const char *path, const uint8_t *bytes, size_t size)
{
  FILE *file = fopen(path, "wb");
  cr_assert(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

/* Records up to the end, and how the file ends. */
static unsigned read_to_end(const char *path, rl_status *ended, rl_error *error)
{
  rl_segment *segment;
  rl_tape_record record;
  unsigned count = 0;
  *ended = rl_segment_open(path, &segment, error);
  if (*ended != RL_OK)
    return 0;
  while ((*ended = rl_segment_next(segment, &record, error)) == RL_OK)
    count++;
  cr_assert_eq(rl_segment_next(segment, &record, error), *ended);
  rl_segment_close(segment);
  return count;
}

/* A file of three frames. */
static void open_small(stand *it, char path[512])
{
  stand_open(it, 5);
  for (unsigned i = 0; i < 3; i++) {
    for (unsigned k = 0; k < 4; k++)
      stand_tick(it, 30000000);
    rl_recorder_write_all(it->recorder);
  }
  cr_assert(stand_file(it, 0, path));
}

Test(tape_files, every_flipped_bit_is_noticed_and_what_is_before_it_is_read)
{
  stand it;
  char path[512];
  rl_status ended;
  rl_error error;
  open_small(&it, path);
  contents whole = load(path);
  unsigned all = read_to_end(path, &ended, &error);
  cr_assert_eq(ended, RL_NOT_FOUND);
  cr_assert_gt(all, 15);
  for (size_t bit = 0; bit < 8 * whole.size; bit++) {
    whole.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    store(path, whole.bytes, whole.size);
    whole.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    unsigned count = read_to_end(path, &ended, &error);
    cr_assert_neq(ended, RL_NOT_FOUND, "bit %zu", bit);
    cr_assert_neq(ended, RL_OK);
    cr_assert_lt(count, all);
    cr_assert_str_eq(error.file, path);
    cr_assert(strncmp(error.field, "byte ", 5) == 0, "%s", error.field);
  }
  free(whole.bytes);
  stand_close(&it);
}

Test(tape_files, a_file_cut_at_any_byte_gives_what_is_whole_of_it)
{
  stand it;
  char path[512];
  rl_status ended;
  rl_error error;
  open_small(&it, path);
  contents whole = load(path);
  unsigned last = 0, whole_ends = 0;
  for (size_t size = 0; size <= whole.size; size++) {
    store(path, whole.bytes, size);
    unsigned count = read_to_end(path, &ended, &error);
    cr_assert_geq(count, last);
    last = count;
    cr_assert(ended == RL_NOT_FOUND || ended == RL_CLOSED, "%d at %zu", (int)ended, size);
    whole_ends += ended == RL_NOT_FOUND;
  }
  cr_assert_eq(whole_ends, 4, "behind the head and behind each frame: %u", whole_ends);
  free(whole.bytes);
  stand_close(&it);
}

Test(tape_files, a_damaged_segment_is_told_and_the_next_one_is_read)
{
  stand it;
  char path[512];
  stand_open(&it, rl_test_seed("damaged"));
  for (unsigned part = 0; part < 3; part++) {
    stand_run(&it, 1000, 30000000);
    rl_recorder_write_all(it.recorder);
    rl_manual_clock_advance_ns(&it.manual, RL_TAPE_SEGMENT_MS * RL_NS_PER_MS);
  }
  cr_assert(stand_file(&it, 1, path));
  contents whole = load(path);
  whole.bytes[whole.size / 2] ^= 0x10;
  store(path, whole.bytes, whole.size);
  rl_tape_replay_counts counts = stand_replay(&it, (rl_utc){0}, (rl_utc){RL_INSTANT_MAX_MS});
  cr_assert_eq(counts.troubles, 1);
  cr_assert_eq(counts.mismatches, 0);
  cr_assert_eq(counts.gaps, 1);
  cr_assert_eq(counts.segments, 3);
  cr_assert(counts.updates >= 2000 && counts.updates < 3000);
  free(whole.bytes);
  stand_close(&it);
}

Test(tape_files, segments_older_than_asked_are_let_go)
{
  stand it;
  stand_open(&it, 6);
  it.keep_ms = 6 * 3600000;
  stand_restart(&it);
  for (unsigned hour = 0; hour < 18; hour++) {
    stand_run(&it, 10, 1000000);
    rl_recorder_write_all(it.recorder);
    rl_manual_clock_advance_ns(&it.manual, 3600000 * RL_NS_PER_MS);
  }
  /* One for each hour that is kept, and the one whose last record may be younger than that. */
  cr_assert_eq(stand_file_count(&it), 7, "%u", stand_file_count(&it));
  rl_tape_replay_counts counts = stand_replay(&it, (rl_utc){0}, (rl_utc){RL_INSTANT_MAX_MS});
  cr_assert_eq(counts.updates, 70);
  cr_assert_eq(counts.mismatches, 0);
  cr_assert_eq(counts.gaps, 0);
  stand_close(&it);
}

Test(tape_files, the_oldest_segments_are_let_go_while_there_is_more_than_asked)
{
  char path[512];
  stand it;
  stand_open(&it, 7);
  for (unsigned segment = 0; segment < 6; segment++) {
    stand_run(&it, 50, 1000000);
    rl_recorder_write_all(it.recorder);
    rl_manual_clock_advance_ns(&it.manual, RL_TAPE_SEGMENT_MS * RL_NS_PER_MS);
  }
  cr_assert_eq(stand_file_count(&it), 6);
  uint64_t newest_three = 0;
  for (unsigned i = 3; i < 6 && stand_file(&it, i, path); i++)
    newest_three += file_size(path);
  it.keep_bytes = newest_three; /* the next one is larger by its head alone than what it is now */
  stand_restart(&it);
  stand_run(&it, 50, 1000000);
  rl_recorder_write_all(it.recorder);
  cr_assert_eq(stand_file_count(&it), 3, "%u", stand_file_count(&it));
  cr_assert_eq(stand_replay(&it, (rl_utc){0}, (rl_utc){RL_INSTANT_MAX_MS}).mismatches, 0);
  stand_close(&it);
}

/* The wall clock alone is set, by so much. */
static void set_wall(stand *it, int64_t by_ms)
{
  rl_now now = rl_clock_read(&it->clock);
  now.utc.ms += by_ms;
  rl_manual_clock_init(&it->manual, now);
}

static unsigned walk_count(const stand *it, rl_utc from, rl_utc to)
{
  rl_tape_walk *walk;
  rl_tape_composite composite;
  unsigned count = 0;
  cr_assert_eq(rl_tape_walk_open(it->directory, "EURUSD", from, to, (rl_tape_report){0}, &walk,
                                 NULL), RL_OK);
  while (rl_tape_walk_next(walk, &composite))
    count++;
  rl_tape_walk_close(walk);
  return count;
}

Test(tape_files, what_came_under_a_wall_clock_that_was_set_is_found_by_its_instants)
{
  static const int64_t steps_ms[] = {-7200000, 7200000, 86400000, -86400000};
  for (unsigned i = 0; i < sizeof steps_ms / sizeof *steps_ms; i++) {
    stand it;
    stand_open(&it, 40 + i);
    stand_run(&it, 200, 1000000);
    rl_utc set_from = rl_clock_read(&it.clock).utc;
    set_wall(&it, steps_ms[i]);
    rl_utc from = rl_clock_read(&it.clock).utc;
    stand_run(&it, 200, 1000000);
    rl_utc to = {rl_clock_read(&it.clock).utc.ms + 1};
    set_wall(&it, -steps_ms[i]);
    stand_run(&it, 200, 1000000);
    rl_manual_clock_advance_ns(&it.manual, RL_TAPE_SEGMENT_MS * RL_NS_PER_MS);
    stand_run(&it, 200, 1000000);
    rl_recorder_write_all(it.recorder);
    unsigned there = walk_count(&it, from, to);
    cr_expect_gt(there, 20, "%u set by %lld ms", there, (long long)steps_ms[i]);
    cr_expect_gt(walk_count(&it, (rl_utc){set_from.ms - 50}, (rl_utc){set_from.ms + 50}), 20);
    cr_expect_eq(stand_replay(&it, (rl_utc){0}, (rl_utc){RL_INSTANT_MAX_MS}).mismatches, 0);
    cr_expect_eq(stand_replay(&it, (rl_utc){0}, (rl_utc){RL_INSTANT_MAX_MS}).gaps, 0);
    cr_expect_eq(stand_replay(&it, from, to).mismatches, 0);
    cr_expect_gt(stand_replay(&it, from, to).updates, 150);
    stand_close(&it);
  }
}

Test(tape_files, a_wall_clock_that_is_set_ahead_lets_nothing_go_at_once)
{
  stand it;
  stand_open(&it, 62);
  it.keep_ms = 6 * 3600000;
  stand_restart(&it);
  for (unsigned hour = 0; hour < 4; hour++) {
    stand_run(&it, 10, 1000000);
    rl_recorder_write_all(it.recorder);
    rl_manual_clock_advance_ns(&it.manual, 3600000 * RL_NS_PER_MS);
  }
  for (unsigned time = 0; time < 2; time++) {
    set_wall(&it, time == 0 ? 365 * 86400000ll : -365 * 86400000ll);
    stand_run(&it, 10, 1000000);
    rl_recorder_write_all(it.recorder);
    cr_expect_eq(stand_file_count(&it), 5 + time, "%u", stand_file_count(&it));
  }
  stand_close(&it);
}

Test(tape_files, a_wall_clock_that_was_ahead_for_a_while_keeps_no_old_segments)
{
  stand it;
  stand_open(&it, 61);
  it.keep_ms = 6 * 3600000;
  stand_restart(&it);
  for (unsigned hour = 0; hour < 30; hour++) {
    if (hour == 3)
      set_wall(&it, 365 * 86400000ll);
    if (hour == 4)
      set_wall(&it, -365 * 86400000ll);
    stand_run(&it, 10, 1000000);
    rl_recorder_write_all(it.recorder);
    rl_manual_clock_advance_ns(&it.manual, 3600000 * RL_NS_PER_MS);
  }
  cr_expect_leq(stand_file_count(&it), 9, "%u", stand_file_count(&it));
  stand_close(&it);
}

Test(tape_files, a_disk_too_slow_loses_updates_and_says_so)
{
  stand it;
  stand_open(&it, rl_test_seed("slow"));
  uint64_t updates = 0;
  rl_recorder_state state;
  do {
    stand_tick(&it, 1000000);
    updates++;
    rl_recorder_state_read(it.recorder, &state);
  } while (state.lost < 1000);
  cr_assert_eq(state.updates, updates - 1000);
  cr_assert_not(state.stopped);
  rl_recorder_write_all(it.recorder);
  stand_run(&it, 5000, 1000000);
  rl_recorder_write_all(it.recorder);
  rl_tape_replay_counts counts = stand_replay(&it, (rl_utc){0}, (rl_utc){RL_INSTANT_MAX_MS});
  cr_assert_eq(counts.updates, updates - 1000 + 5000);
  cr_assert_eq(counts.lost, 1000);
  cr_assert_eq(counts.gaps, 1);
  cr_assert_eq(counts.mismatches, 0);
  cr_assert_eq(counts.troubles, 0);
  stand_close(&it);
}

static void limit_files(rlim_t size)
{
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit limit = {size, RLIM_INFINITY};
  cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(tape_files, a_full_disk_stops_the_tape_until_it_has_room_and_never_the_market)
{
  stand it;
  stand_open(&it, rl_test_seed("full"));
  limit_files(20000);
  rl_recorder_state state;
  uint64_t before = 0;
  do {
    stand_run(&it, 100, 1000000);
    before += 100;
    rl_recorder_write_all(it.recorder);
    rl_recorder_state_read(it.recorder, &state);
  } while (!state.stopped);
  cr_assert(strstr(state.trouble, strerror(EFBIG)), "%s", state.trouble);
  uint64_t lost = state.lost; /* what came in the last hundred behind the stop */
  stand_run(&it, 500, 1000000);
  limit_files(RLIM_INFINITY);
  stand_run(&it, 500, 1000000);
  rl_recorder_state_read(it.recorder, &state);
  cr_assert(state.stopped, "it is tried again a minute later");
  cr_assert_eq(state.lost, lost + 1000);
  rl_manual_clock_advance_ns(&it.manual, RL_TAPE_RETRY_MS * RL_NS_PER_MS);
  rl_recorder_write(it.recorder);
  stand_run(&it, 700, 1000000);
  rl_recorder_write_all(it.recorder);
  rl_recorder_state_read(it.recorder, &state);
  cr_assert_not(state.stopped);
  cr_assert_eq(stand_file_count(&it), 2);
  rl_tape_replay_counts counts = stand_replay(&it, (rl_utc){0}, (rl_utc){RL_INSTANT_MAX_MS});
  cr_assert_eq(counts.mismatches, 0);
  cr_assert_eq(counts.troubles, 0);
  cr_assert_eq(counts.gaps, 1);
  cr_assert_eq(counts.lost, lost + 1000);
  cr_assert(counts.updates > 700 && counts.updates < before + 700);
  stand_close(&it);
}

Test(tape_files, a_disk_that_stays_full_leaves_no_file_for_each_try)
{
  stand it;
  stand_open(&it, 71);
  limit_files(100);
  for (unsigned minute = 0; minute < 5; minute++) {
    stand_run(&it, 100, 1000000);
    rl_recorder_write_all(it.recorder);
    rl_manual_clock_advance_ns(&it.manual, RL_TAPE_RETRY_MS * RL_NS_PER_MS);
    rl_recorder_write(it.recorder);
  }
  cr_expect_eq(stand_file_count(&it), 0, "%u", stand_file_count(&it));
  limit_files(RLIM_INFINITY);
  stand_run(&it, 100, 1000000);
  rl_recorder_write_all(it.recorder);
  rl_tape_replay_counts counts = stand_replay(&it, (rl_utc){0}, (rl_utc){RL_INSTANT_MAX_MS});
  cr_expect_eq(counts.troubles, 0);
  cr_expect_eq(counts.updates, 100);
  stand_close(&it);
}

/* --- the walk --- */

static void count_trouble(void *context, const rl_error *trouble)
{
  (void)trouble;
  ++*(unsigned *)context;
}

Test(tape_files, a_walk_gives_each_composite_of_its_pair_in_turn)
{
  stand it;
  stand_open(&it, rl_test_seed("walk"));
  uint64_t expected = 0, version = 0;
  for (unsigned i = 0; i < 3000; i++) {
    stand_tick(&it, 2000000000);
    rl_composite made = stand_read(&it, 0);
    expected += made.version != version;
    version = made.version;
    rl_recorder_write(it.recorder);
  }
  rl_recorder_write_all(it.recorder);
  unsigned troubles = 0;
  rl_tape_walk *walk;
  rl_tape_composite composite;
  rl_error error;
  cr_assert_eq(rl_tape_walk_open(it.directory, "EUR/USD", (rl_utc){0}, (rl_utc){INT64_MAX},
                                 (rl_tape_report){count_trouble, &troubles}, &walk, &error),
               RL_OK, "%s", error.text);
  uint64_t count = 0;
  while (rl_tape_walk_next(walk, &composite)) {
    cr_assert_eq(composite.version, ++count);
    cr_assert_eq(composite.follows_gap, count == 1);
    cr_assert_eq(composite.scale, 6);
    cr_assert_eq(composite.max_age_ms, 5000);
    cr_assert(composite.bid_half <= composite.mid_half && composite.mid_half <= composite.ask_half);
  }
  cr_assert_eq(count, expected);
  cr_assert_eq(troubles, 0);
  rl_tape_walk_close(walk);
  stand_close(&it);
}

Test(tape_files, a_directory_without_a_tape_is_told)
{
  rl_tape_walk *walk;
  rl_error error;
  cr_assert_eq(rl_tape_walk_open("/nonexistent/tape", "EURUSD", (rl_utc){0}, (rl_utc){1},
                                 (rl_tape_report){0}, &walk, &error), RL_NOT_FOUND);
  const rl_tape_replay_options options = {.directory = "/nonexistent/tape", .to = {1}};
  rl_tape_replay *replay;
  cr_assert_eq(rl_tape_replay_open(&options, &replay, &error), RL_NOT_FOUND);
}
