/* `ratelock tariff`: its sub-commands, and the tariff in force. */
#include "tariff_commands.h"

#include <string.h>

typedef struct tariff_arguments {
  rl_cli *cli;
  rl_tariff_options options;
} tariff_arguments;

static error_t parse(int option, char *value, struct argp_state *state)
{
  tariff_arguments *arguments = state->input;
  rl_tariff_options *options = &arguments->options;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'o': options->offline = true; return 0;
  case 'U': options->universe_file = value; return 0;
  case 'T': options->tariff_file = value; return 0;
  case 'f': options->from = value; return 0;
  case 't': options->to = value; return 0;
  case 'a': options->accepted = true; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"offline", 'o', NULL, 0, "diff: price at a table of typical rates, and ask no engine", 1},
  {"universe", 'U', "FILE", 0, "check, diff: the pairs that the engine runs with "
   "(default: built in)", 1},
  {"tariff", 'T', "FILE", 0, "replay: the tariff to price by", 2},
  {"from", 'f', "TIME", 0, "replay: only quotes issued at or after, such as 2026-11-22, "
   "2026-11-22T10:00:00Z (UTC) or -1h (ago)", 2},
  {"to", 't', "TIME", 0, "replay: only quotes issued before", 2},
  {"accepted", 'a', NULL, 0, "replay: only quotes that were accepted", 2},
  {0},
};

static const struct argp argp = {
  options, parse, "show [trial]\ncheck FILE\ndiff OLD NEW\nreplay --tariff FILE\nreload",
  "Shows the tariff that the engine prices by, or the one tried beside it; checks a file: what the "
  "engine would refuse is named with its line and field; tells what a file changes of another, in "
  "words and in the prices of typical requests, or would have made of the quotes in the store; or "
  "has the engine read its file anew and price by it, which only an operator of the engine may."
  "\vExamples:\n"
  "  ratelock tariff show > mine.yaml\n"
  "  ratelock tariff check mine.yaml && ratelockd --tariff mine.yaml\n"
  "  ratelock tariff diff mine.yaml new.yaml --offline\n"
  "  ratelock tariff replay --tariff new.yaml --from -24h --accepted\n"
  "  ratelock tariff check mine.yaml && ratelock tariff reload\n",
  rl_cli_children, NULL, NULL,
};

static void print_text(rl_view answer, const char *name, const char *hash, const char *text)
{
  size_t length;
  const char *bytes = rl_view_text_span(rl_view_get(answer, text), &length);
  printf("# tariff %s, hash %s\n", rl_view_text(rl_view_get(answer, name)).text,
         rl_view_text(rl_view_get(answer, hash)).text);
  if (rl_view_given(rl_view_get(answer, "trial")))
    printf("# %s is tried by %lld percent of the clients\n",
           rl_view_text(rl_view_get(answer, "trial")).text,
           (long long)rl_view_i64(rl_view_get(answer, "percent")));
  fwrite(bytes, 1, length, stdout);
}

static rl_exit show_tariff(rl_cli *cli, bool trial)
{
  rl_request request = {.kind = RL_REQUEST_TARIFF};
  rl_view answer;
  rl_exit code = rl_cli_ask(cli, &request, &answer);
  if (code != RL_EXIT_DONE || cli->json)
    return code;
  if (!trial)
    print_text(answer, "name", "hash", "text");
  else if (rl_view_given(rl_view_get(answer, "trial")))
    print_text(answer, "trial", "trial_hash", "trial_text");
  else
    return rl_cli_fail(RL_EXIT_REFUSED, "no tariff is tried beside the one in force");
  return code;
}

static bool is_command(const rl_cli *cli, const char *name, unsigned words)
{
  return cli->word_count == words && strcmp(cli->words[0], name) == 0;
}

/* An option of another sub-command would be taken for obeyed. */
static bool options_fit(const rl_cli *cli, const rl_tariff_options *given)
{
  const char *name = cli->word_count > 0 ? cli->words[0] : "show";
  if ((given->offline || given->universe_file) && strcmp(name, "diff") != 0) {
    rl_cli_fail(RL_EXIT_USAGE, "--offline and --universe are for `ratelock tariff diff`");
    return false;
  }
  bool replay = given->tariff_file || given->from || given->to || given->accepted;
  if (replay && strcmp(name, "replay") != 0) {
    rl_cli_fail(RL_EXIT_USAGE, "--tariff, --from, --to and --accepted are for "
                "`ratelock tariff replay`");
    return false;
  }
  return true;
}

rl_exit rl_command_tariff(rl_cli *cli, int argc, char **argv)
{
  tariff_arguments arguments = {.cli = cli};
  cli->word_max = 3;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  if (!options_fit(cli, &arguments.options))
    return RL_EXIT_USAGE;
  if (cli->word_count == 0 || is_command(cli, "show", 1))
    return show_tariff(cli, false);
  if (is_command(cli, "show", 2) && strcmp(cli->words[1], "trial") == 0)
    return show_tariff(cli, true);
  if (is_command(cli, "check", 2))
    return rl_tariff_check(cli, &arguments.options);
  if (is_command(cli, "diff", 3))
    return rl_tariff_diff(cli, &arguments.options);
  if (is_command(cli, "replay", 1) && arguments.options.tariff_file)
    return rl_tariff_replay(cli, &arguments.options);
  if (is_command(cli, "reload", 1))
    return rl_tariff_reload(cli);
  return rl_cli_fail(RL_EXIT_USAGE, "`ratelock tariff show`, `ratelock tariff check FILE`, "
                     "`ratelock tariff diff OLD NEW`, `ratelock tariff replay --tariff FILE` or "
                     "`ratelock tariff reload`");
}
