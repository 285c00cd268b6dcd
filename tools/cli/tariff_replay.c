/* `ratelock tariff replay`: what the recorded quotes would have been under another tariff. Reads
 * the data directory directly; an engine may run there meanwhile and is not disturbed. */
#include "tariff_commands.h"

#include "replay_print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_QUOTES 8192

static bool take_span(const rl_tariff_options *options, rl_replay_span *out)
{
  rl_clock clock = rl_clock_system();
  rl_utc now = rl_clock_read(&clock).utc;
  *out = (rl_replay_span){.to = {INT64_MAX}, .accepted = options->accepted};
  if (options->from && !rl_cli_take_instant("--from", options->from, now, &out->from))
    return false;
  if (options->to && !rl_cli_take_instant("--to", options->to, now, &out->to))
    return false;
  if (out->from.ms < out->to.ms)
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "--from %s is not before --to %s", options->from ? options->from : "",
              options->to);
  return false;
}

typedef struct walk {
  rl_store *store;
  const rl_replay_span *span;
  rl_replay *replay;
  bool shows_progress;
  uint64_t seen;
} walk;

static bool was_accepted(rl_store *store, rl_quote_id id)
{
  rl_end end;
  return rl_store_find_end(store, id, &end) == RL_OK && end.kind == RL_END_CONSUMED;
}

static void show_progress(const walk *it)
{
  if (it->shows_progress && it->seen % PROGRESS_QUOTES == 0)
    fprintf(stderr, "\r%" PRIu64 " quotes …", it->seen);
}

static bool visit(const rl_quote *quote, void *context)
{
  walk *it = context;
  if (quote->issued_utc_ms >= it->span->to.ms)
    return false;
  bool accepted = was_accepted(it->store, quote->id);
  it->seen++;
  show_progress(it);
  if (accepted || !it->span->accepted)
    rl_replay_add(it->replay, quote, accepted);
  return true;
}

static rl_exit walk_store(const rl_cli *cli, rl_store *store, const rl_replay_span *span,
                          rl_replay *replay)
{
  walk it = {.store = store, .span = span, .replay = replay};
  it.shows_progress = !cli->json && isatty(STDERR_FILENO);
  rl_error error = {0};
  rl_status status =
    rl_store_each_quote(store, rl_quote_id_first_at(span->from.ms), visit, &it, &error);
  if (it.shows_progress && it.seen >= PROGRESS_QUOTES)
    fprintf(stderr, "\r\033[K");
  return status == RL_OK ? RL_EXIT_DONE : rl_cli_fail_store(status, &error);
}

static rl_exit replay_store(const rl_cli *cli, rl_store *store, const rl_replay_span *span,
                            const rl_tariff *tariff)
{
  rl_replay *replay = rl_replay_create(tariff);
  rl_exit code = walk_store(cli, store, span, replay);
  if (code == RL_EXIT_DONE && cli->json)
    rl_replay_print_json(replay, span);
  else if (code == RL_EXIT_DONE)
    rl_replay_print(replay, span);
  free(replay);
  return code;
}

rl_exit rl_tariff_replay(const rl_cli *cli, const rl_tariff_options *options)
{
  rl_replay_span span;
  rl_tariff *tariff;
  rl_store *store;
  if (!take_span(options, &span))
    return RL_EXIT_USAGE;
  rl_exit code = rl_tariff_load(cli, options->tariff_file, &tariff);
  if (code != RL_EXIT_DONE)
    return code;
  code = rl_cli_open_store(cli, &store);
  if (code == RL_EXIT_DONE) {
    code = replay_store(cli, store, &span, tariff);
    rl_store_close(store);
  }
  rl_tariff_destroy(tariff);
  return code;
}
