/* ratelock-feed-ticks: plays a file of recorded ticks into an engine. */
#include "feeds/tick_reader.h"
#include "feeds/tick_schedule.h"
#include "feeds/tick_source.h"
#include "feeds/ticks_options.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* So many malformed lines are named; the others are counted. A wrong --columns must not fill the
 * screen with a million lines. */
#define NAMED_MAX 20
#define PROGRESS_EVERY_NS (200 * RL_NS_PER_MS)

typedef struct tick_player {
  const rl_ticks_options *options;
  rl_feed *feed;
  rl_clock clock;
  rl_tick_schedule schedule;
  bool started;
  bool progress; /* stderr is a terminal */
  int64_t progress_mono_ns;
  uint64_t sent;
  uint64_t malformed;
  uint64_t before; /* ticks before --rebase-from */
  rl_error error;
} tick_player;

static void show_progress(tick_player *player, rl_utc when, rl_now now)
{
  if (!player->progress || now.mono.ns - player->progress_mono_ns < PROGRESS_EVERY_NS)
    return;
  char instant[RL_UTC_TEXT_SIZE];
  rl_utc_format(when, instant);
  player->progress_mono_ns = now.mono.ns;
  fprintf(stderr, "\r%s  %" PRIu64 " ticks  %" PRIu64 " malformed ", instant, player->sent,
          player->malformed);
}

static void end_progress(const tick_player *player)
{
  if (player->progress && player->progress_mono_ns > 0)
    fprintf(stderr, "\n");
}

static void start_with(tick_player *player, rl_utc first)
{
  const rl_ticks_options *options = player->options;
  player->schedule = (rl_tick_schedule){
    .start = rl_clock_read(&player->clock),
    .zero = options->has_rebase_from ? options->rebase_from : first,
    .speed_milli = options->speed_milli,
    .rebase = options->rebase,
  };
  player->started = true;
}

/* Waits until the tick is due, with what came before it already sent. */
static rl_status wait_until_due(tick_player *player, rl_utc when)
{
  rl_mono due = rl_schedule_due(&player->schedule, when);
  if (due.ns <= rl_clock_read(&player->clock).mono.ns)
    return RL_OK;
  rl_status status = rl_feed_flush(player->feed);
  if (status == RL_OK)
    rl_program_sleep_until(due);
  return status;
}

static rl_status play_row(tick_player *player, const rl_tick_row *row)
{
  if (!player->started)
    start_with(player, row->when);
  if (player->options->has_rebase_from && row->when.ms < player->schedule.zero.ms) {
    player->before++;
    return RL_OK;
  }
  rl_status status = wait_until_due(player, row->when);
  if (status != RL_OK || rl_program_stopped())
    return status;
  rl_now now = rl_clock_read(&player->clock);
  rl_utc stamp = rl_schedule_stamp(&player->schedule, row->when, now.utc);
  status = rl_feed_push_sized(player->feed, player->options->pair, row->bid, row->ask, stamp,
                              row->bid_size, row->ask_size);
  if (status == RL_OK) {
    player->sent++;
    show_progress(player, row->when, now);
  }
  return status;
}

static void name_malformed(tick_player *player, uint64_t line, const char *text)
{
  player->malformed++;
  if (player->malformed > NAMED_MAX)
    return;
  end_progress(player);
  rl_program_say("%s:%" PRIu64 ": %s", player->options->file, line, text);
  if (player->malformed == NAMED_MAX)
    rl_program_say("%s: from here on malformed lines are counted, not named",
                   player->options->file);
}

/* One line. RL_EXIT_DONE to go on; *ended at the end of the file. */
static int play_line(tick_player *player, rl_tick_reader *reader, bool *ended)
{
  rl_tick_row row;
  rl_status status = RL_OK;
  const char *malformed = NULL;
  switch (rl_tick_reader_next(reader, &row, &player->error)) {
  case RL_TICK_READ:
    status = play_row(player, &row);
    if (status == RL_INVALID)
      malformed = "bid and ask on one scale have more than nine digits";
    else if (status != RL_OK)
      return rl_program_fail_push(status, player->options->engine.url);
    break;
  case RL_TICK_MALFORMED:
    malformed = rl_tick_fault_text(reader->fault);
    break;
  case RL_TICK_END:
    *ended = true;
    break;
  case RL_TICK_FAILED:
    return rl_program_fail(&player->error);
  }
  if (malformed)
    name_malformed(player, reader->line, malformed);
  return malformed && player->options->strict ? RL_EXIT_FAILED : RL_EXIT_DONE;
}

/* Lines until the end, the limit, a signal or trouble. Returns the exit code. */
static int play(tick_player *player, rl_tick_reader *reader)
{
  bool ended = false;
  int code = RL_EXIT_DONE;
  if (player->options->header && rl_tick_reader_skip(reader, &player->error) == RL_TICK_FAILED)
    return rl_program_fail(&player->error);
  while (code == RL_EXIT_DONE && !ended && player->sent < player->options->limit &&
         !rl_program_stopped())
    code = play_line(player, reader, &ended);
  rl_status status = rl_feed_flush(player->feed);
  end_progress(player);
  if (status != RL_OK && code == RL_EXIT_DONE)
    code = rl_program_fail_push(status, player->options->engine.url);
  return code;
}

static void print_summary(const tick_player *player, int64_t took_ns)
{
  const rl_ticks_options *options = player->options;
  uint64_t took_ms = (uint64_t)(took_ns / RL_NS_PER_MS);
  uint64_t per_second = player->sent * 1000 / (took_ms ? took_ms : 1);
  if (options->json)
    printf("{\"pair\":\"%s\",\"ticks\":%" PRIu64 ",\"malformed\":%" PRIu64
           ",\"before_zero\":%" PRIu64 ",\"ms\":%" PRIu64 ",\"ticks_per_second\":%" PRIu64 "}\n",
           options->pair, player->sent, player->malformed, player->before, took_ms, per_second);
  else
    printf("%s from %s: %" PRIu64 " ticks sent, %" PRIu64 " malformed, %" PRIu64
           " before the zero, in %" PRIu64 ".%03" PRIu64 " s (%" PRIu64 " ticks/s)\n",
           options->pair, options->source, player->sent, player->malformed, player->before,
           took_ms / 1000, took_ms % 1000, per_second);
}

static rl_status read_source(void *context, char *bytes, size_t size, size_t *got,
                             rl_error *error)
{
  return rl_tick_source_read(context, bytes, size, got, error);
}

/* Connects and plays; the time-keeping includes the last message's way out. */
static int connect_and_play(const rl_ticks_options *options, rl_tick_source *source)
{
  static rl_tick_reader reader;
  tick_player player = {.options = options, .clock = rl_clock_system(),
                   .progress = isatty(STDERR_FILENO) && !options->json};
  rl_feed_options feed = {.url = options->engine.url, .source = options->source,
                          .class = RL_SOURCE_LIVE, .batch = 256,
                          .timeout_ms = options->engine.timeout_ms};
  rl_status status = rl_feed_connect(&feed, &player.feed, &player.error);
  if (status != RL_OK)
    return rl_program_fail_feed(status, &player.error);
  rl_tick_reader_init(&reader, (rl_byte_stream){read_source, source}, &options->layout);
  int64_t began_ns = rl_clock_read(&player.clock).mono.ns;
  int code = play(&player, &reader);
  rl_feed_close(player.feed);
  print_summary(&player, rl_clock_read(&player.clock).mono.ns - began_ns);
  return code;
}

int main(int argc, char **argv)
{
  rl_program_begin("ratelock-feed-ticks");
  rl_ticks_options options;
  rl_ticks_options_parse(argc, argv, &options);
  rl_tick_source *source;
  rl_error error;
  if (rl_tick_source_open(options.file, &source, &error) != RL_OK)
    return rl_program_fail(&error);
  int code = connect_and_play(&options, source);
  rl_tick_source_close(source);
  return code;
}
