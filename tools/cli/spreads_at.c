/* `ratelock spreads --at TIME`: the board as it was, made of the tape alone. */
#include "spreads.h"

#include "tape/replay.h"
#include "wire/reply.h"

#include <stdlib.h>
#include <string.h>

#define PATH_ROOM 512

/* The rows of the pairs named, or of all, as an engine would have answered them. */
static rl_exit write_rows(const rl_market *market, const rl_request *request, rl_now at,
                          rl_writer *out)
{
  const rl_universe *universe = rl_market_universe(market);
  bool all = request->pair_count == 0;
  unsigned count = all ? rl_universe_pair_count(universe) : request->pair_count;
  rl_reply_open_rows(out, "spreads", count);
  for (unsigned i = 0; i < count; i++) {
    rl_pair pair = {(uint16_t)i};
    if (!all && rl_universe_find_name(universe, request->pairs[i].text, request->pairs[i].length,
                                      &pair) != RL_OK)
      return rl_cli_fail(RL_EXIT_REFUSED, "%.*s was no pair with a market of its own then",
                         (int)request->pairs[i].length, request->pairs[i].text);
    rl_composite composite;
    rl_market_composite(market, pair, at.mono, &composite);
    rl_reply_spread_row(out, universe, &composite, NULL, at);
  }
  return RL_EXIT_DONE;
}

static rl_exit show(const rl_cli *cli, const rl_market *market, const rl_request *request,
                    rl_now at)
{
  size_t rows = request->pair_count ? request->pair_count
                                    : rl_universe_pair_count(rl_market_universe(market));
  size_t room = 64 + rows * RL_REPLY_ROW_MAX;
  uint8_t *bytes = malloc(room);
  if (!bytes)
    return rl_cli_fail(RL_EXIT_REFUSED, "no memory for the board");
  rl_writer out = rl_writer_over(bytes, room);
  rl_exit code = write_rows(market, request, at, &out);
  if (code == RL_EXIT_DONE && cli->json)
    rl_cli_print_json(rl_view_over(bytes, out.used));
  else if (code == RL_EXIT_DONE)
    rl_spreads_print(rl_view_over(bytes, out.used));
  free(bytes);
  return code;
}

static rl_exit rebuild_and_show(const rl_cli *cli, const rl_request *request, rl_utc at,
                                rl_tape_replay *replay)
{
  rl_tape_replay_step step;
  while (rl_tape_replay_next(replay, &step)) {
  }
  const rl_market *market = rl_tape_replay_market(replay);
  if (!market)
    return rl_cli_fail(RL_EXIT_REFUSED, "the tape cannot be read there");
  if (rl_tape_replay_counts_now(replay).mismatches > 0)
    rl_cli_fail(RL_EXIT_REFUSED, "this version, %s, makes other prices than version %s did of the "
                "same updates: what follows is not what was shown then", RL_VERSION,
                rl_tape_replay_version(replay));
  return show(cli, market, request, rl_tape_replay_instant(replay, at));
}

rl_exit rl_spreads_at(const rl_cli *cli, const rl_request *request, const char *when)
{
  char directory[PATH_ROOM];
  rl_clock clock = rl_clock_system();
  rl_utc at, now = rl_clock_read(&clock).utc;
  if (!rl_cli_take_instant("--at", when, now, &at))
    return RL_EXIT_USAGE;
  if (at.ms > now.ms)
    return rl_cli_fail(RL_EXIT_USAGE, "--at %s: is still to come", when);
  rl_exit code = rl_cli_tape_path(cli, directory, sizeof directory);
  if (code != RL_EXIT_DONE)
    return code;
  const rl_tape_replay_options options = {
    .directory = directory,
    .from = at,
    .to = {at.ms + 1},
    .whole = true,
    .report = {rl_cli_tell_trouble, NULL},
  };
  rl_tape_replay *replay;
  rl_error error = {0};
  rl_status status = rl_tape_replay_open(&options, &replay, &error);
  if (status != RL_OK)
    return rl_cli_fail_tape(directory, status, &error);
  code = rebuild_and_show(cli, request, at, replay);
  rl_tape_replay_close(replay);
  return code;
}
