/* `ratelock tariff`: its sub-commands, and the tariff in force. */
#include "tariff_commands.h"

#include <string.h>

static const struct argp argp = {
  NULL, NULL, "show [trial]\ncheck FILE\nreload",
  "Shows the tariff that the engine prices by, or the one tried beside it; checks a file: what the "
  "engine would refuse is named with its line and field; or has the engine read its file anew and "
  "price by it, which only an operator of the engine may."
  "\vExamples:\n"
  "  ratelock tariff show > mine.yaml\n"
  "  ratelock tariff check mine.yaml && ratelockd --tariff mine.yaml\n"
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

rl_exit rl_command_tariff(rl_cli *cli, int argc, char **argv)
{
  cli->word_max = 2;
  argp_parse(&argp, argc, argv, 0, NULL, cli);
  const char *what = cli->word_count > 0 ? cli->words[0] : "show";
  if (strcmp(what, "show") == 0 && cli->word_count < 2)
    return show_tariff(cli, false);
  if (strcmp(what, "check") == 0 && cli->word_count == 2)
    return rl_tariff_check(cli, cli->words[1]);
  if (strcmp(what, "show") == 0 && strcmp(cli->words[1], "trial") == 0)
    return show_tariff(cli, true);
  if (strcmp(what, "reload") == 0 && cli->word_count == 1)
    return rl_tariff_reload(cli);
  return rl_cli_fail(RL_EXIT_USAGE, "`ratelock tariff show`, `ratelock tariff check FILE` or "
                     "`ratelock tariff reload`");
}
