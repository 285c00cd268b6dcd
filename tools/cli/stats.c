/* `ratelock stats`: what the engine has done since it started, and what it holds now. */
#include "cli.h"

#include "table.h"

#include <inttypes.h>
#include <string.h>

static const struct argp argp = {
  NULL, NULL, "",
  "Shows the engine's counters and levels."
  "\vExamples:\n"
  "  ratelock stats\n"
  "  ratelock stats --json | jq .quotes_issued\n",
  rl_cli_children, NULL, NULL,
};

rl_exit rl_command_stats(rl_cli *cli, int argc, char **argv)
{
  static const rl_column columns[] = {{"", RL_ALIGN_LEFT}, {"", RL_ALIGN_RIGHT}};
  argp_parse(&argp, argc, argv, 0, NULL, cli);
  rl_request request = {.kind = RL_REQUEST_STATS};
  rl_view answer;
  rl_exit code = rl_cli_ask(cli, &request, &answer);
  if (code != RL_EXIT_DONE || cli->json)
    return code;
  rl_table table = rl_table_of(columns, 2);
  rl_view_string key;
  for (rl_view rest = answer, value; rl_view_next_entry(answer, &rest, &key, &value);) {
    if (strcmp(key.text, "ok") == 0)
      continue;
    for (char *at = key.text; *at; at++)
      *at = *at == '_' ? ' ' : *at;
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", key.text);
    rl_table_cell(&table, RL_STYLE_STRONG, "%" PRId64, rl_view_i64(value));
  }
  rl_table_print(&table, stdout, 0);
  return code;
}
