/* `ratelock replay`: the recorded market once more, update by update, and what came of it against
 * what the engine made. Reads the tape alone; an engine may write it meanwhile. */
#include "cli.h"

#include "crypto/crypto.h"
#include "table.h"
#include "tape/replay.h"
#include "what_if.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_UPDATES 262144
#define PATH_ROOM 512

typedef struct replay_arguments {
  rl_cli *cli;
  const char *from_text;
  const char *to_text;
  const char *pair;     /* as typed; NULL: all */
  const char *tape;     /* NULL: in the data directory */
  const char *universe; /* of a what-if; NULL: none */
  rl_utc from;
  rl_utc to;
} replay_arguments;

static error_t parse(int option, char *value, struct argp_state *state)
{
  replay_arguments *arguments = state->input;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'f': arguments->from_text = value; return 0;
  case 't': arguments->to_text = value; return 0;
  case 'p': arguments->pair = value; return 0;
  case 'T': arguments->tape = value; return 0;
  case 'U': arguments->universe = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"from", 'f', "TIME", 0, "Count from this instant on (default: the tape's begin)", 1},
  {"to", 't', "TIME", 0, "End before this instant (default: the tape's end)", 1},
  {"pair", 'p', "PAIR", 0, "This pair alone", 1},
  {"tape", 'T', "DIR", 0, "The tape's directory (default: `tape` in the data directory)", 1},
  {"universe", 'U', "FILE", 0, "Also make the market by this universe from the same updates, and "
   "say for each pair what would have been different", 1},
  {0},
};

static const struct argp argp = {
  options, parse, "",
  "Rebuilds the recorded market from its updates and compares every composite with the one that "
  "the engine made: on the version that recorded them all are the same to the bit, and the hash "
  "over them is the same every time. Ends with 1 when anything differs or a file is damaged."
  "\vTIME is an instant in UTC, such as 2026-11-22T10:00:00Z, or a time ago, such as -1h.\n"
  "Examples:\n"
  "  ratelock replay\n"
  "  ratelock replay --from -1h --json\n"
  "  ratelock replay --from 2026-11-22 --to 2026-11-23 --universe tighter.txt\n",
  rl_cli_children, NULL, NULL,
};

static bool take_interval(replay_arguments *arguments)
{
  rl_clock clock = rl_clock_system();
  rl_utc now = rl_clock_read(&clock).utc;
  arguments->from = (rl_utc){0};
  arguments->to = (rl_utc){RL_INSTANT_MAX_MS};
  if ((arguments->from_text &&
       !rl_cli_take_instant("--from", arguments->from_text, now, &arguments->from)) ||
      (arguments->to_text && !rl_cli_take_instant("--to", arguments->to_text, now, &arguments->to)))
    return false;
  if (arguments->from.ms < arguments->to.ms)
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "--to %s: ends before --from begins", arguments->to_text);
  return false;
}

static void print_json(const rl_tape_replay_counts *counts, bool same, const what_if *other)
{
  printf("{\"ok\": %s, \"segments\": %" PRIu64 ", \"updates\": %" PRIu64
         ", \"composites\": %" PRIu64 ", \"mismatches\": %" PRIu64 ", \"gaps\": %" PRIu64
         ", \"lost\": %" PRIu64 ", \"troubles\": %" PRIu64 ", \"hash\": \"%016" PRIx64 "\"",
         same ? "true" : "false", counts->segments, counts->updates, counts->composites,
         counts->mismatches, counts->gaps, counts->lost, counts->troubles, counts->hash);
  if (other)
    what_if_print_json(other);
  printf("}\n");
}

static void row(rl_table *table, const char *label, uint64_t number)
{
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", label);
  rl_table_cell(table, RL_STYLE_STRONG, "%" PRIu64, number);
}

static void print_text(const rl_tape_replay_counts *counts, bool same, const char *version)
{
  static const rl_column columns[] = {{"", RL_ALIGN_LEFT}, {"", RL_ALIGN_RIGHT}};
  rl_table table = rl_table_of(columns, 2);
  if (same)
    rl_print_styled(stdout, RL_STYLE_GOOD, "the same to the bit");
  else
    rl_print_styled(stdout, RL_STYLE_BAD, "not the same");
  printf(", recorded last by version %s, replayed by %s\n\n", version, RL_VERSION);
  row(&table, "segments", counts->segments);
  row(&table, "updates", counts->updates);
  row(&table, "composites", counts->composites);
  row(&table, "mismatches", counts->mismatches);
  row(&table, "gaps", counts->gaps);
  row(&table, "updates lost there", counts->lost);
  row(&table, "files damaged or cut", counts->troubles);
  rl_table_cell(&table, RL_STYLE_PLAIN, "hash");
  rl_table_cell(&table, RL_STYLE_STRONG, "%016" PRIx64, counts->hash);
  rl_table_print(&table, stdout, 2);
}

static void run(rl_tape_replay *replay, what_if *other, bool shows_progress)
{
  rl_tape_replay_step step;
  uint64_t seen = 0;
  while (rl_tape_replay_next(replay, &step)) {
    if (other)
      what_if_take(other, replay, &step);
    if (shows_progress && ++seen % PROGRESS_UPDATES == 0) {
      char now[RL_UTC_TEXT_SIZE];
      rl_utc_format(step.record->now.utc, now);
      fprintf(stderr, "\r%" PRIu64 " updates, up to %s", seen, now);
    }
  }
  if (seen >= PROGRESS_UPDATES)
    fprintf(stderr, "\r\033[K");
}

static rl_exit replay_all(const replay_arguments *arguments, rl_tape_replay *replay,
                          what_if *other)
{
  const rl_cli *cli = arguments->cli;
  run(replay, other, !cli->json && isatty(STDERR_FILENO));
  rl_tape_replay_counts counts = rl_tape_replay_counts_now(replay);
  bool same = counts.mismatches == 0 && counts.troubles == 0;
  if (same && counts.updates == 0)
    return rl_cli_fail(RL_EXIT_REFUSED, "no update%s%s was recorded in that time: there is nothing "
                       "to compare", arguments->pair ? " of " : "",
                       arguments->pair ? arguments->pair : "");
  if (cli->json) {
    print_json(&counts, same, other);
  } else {
    print_text(&counts, same, rl_tape_replay_version(replay));
    if (other)
      what_if_print(other);
  }
  return same ? RL_EXIT_DONE : RL_EXIT_REFUSED;
}

static rl_exit open_and_replay(const replay_arguments *arguments)
{
  char own[PATH_ROOM];
  rl_exit code = RL_EXIT_DONE;
  if (!arguments->tape)
    code = rl_cli_tape_path(arguments->cli, own, sizeof own);
  if (code != RL_EXIT_DONE)
    return code;
  const rl_tape_replay_options replay_options = {
    .directory = arguments->tape ? arguments->tape : own,
    .from = arguments->from,
    .to = arguments->to,
    .pair = arguments->pair,
    .report = {rl_cli_tell_trouble, NULL},
  };
  what_if other;
  if (arguments->universe && !what_if_open(&other, arguments->universe, &code))
    return code;
  rl_tape_replay *replay;
  rl_error error = {0};
  rl_status status = rl_tape_replay_open(&replay_options, &replay, &error);
  if (status != RL_OK) {
    code = rl_cli_fail_tape(replay_options.directory, status, &error);
  } else {
    code = replay_all(arguments, replay, arguments->universe ? &other : NULL);
    rl_tape_replay_close(replay);
  }
  if (arguments->universe)
    what_if_close(&other);
  return code;
}

rl_exit rl_command_replay(rl_cli *cli, int argc, char **argv)
{
  replay_arguments arguments = {.cli = cli};
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  return take_interval(&arguments) ? open_and_replay(&arguments) : RL_EXIT_USAGE;
}
