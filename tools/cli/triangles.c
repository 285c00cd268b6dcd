/* `ratelock triangles`: what trips round three markets earn, by the prices of now. */
#include "cli.h"

#include "table.h"

#include <inttypes.h>
#include <string.h>

static const struct argp argp = {
  NULL, NULL, "",
  "Shows every triangle of three markets that is watched: what a trip round it earns in millionths "
  "(ppm) of the money, there and back, at the sides that a client trades on; negative is what it "
  "costs. Beyond the limit no firm price is given through any of its three pairs."
  "\vExamples:\n"
  "  ratelock triangles\n"
  "  ratelock triangles --json\n",
  rl_cli_children, NULL, NULL,
};

static void add_pairs(rl_table *table, rl_view pairs)
{
  for (rl_view rest = pairs, pair; rl_view_next(pairs, &rest, &pair);)
    rl_table_cell(table, RL_STYLE_STRONG, "%s", rl_view_text(pair).text);
}

static void add_ppm(rl_table *table, rl_view row, const char *key)
{
  rl_view ppm = rl_view_get(row, key);
  if (rl_view_given(ppm))
    rl_table_cell(table, rl_view_i64(ppm) > 0 ? RL_STYLE_BAD : RL_STYLE_PLAIN, "%+" PRId64,
                  rl_view_i64(ppm));
  else
    rl_table_cell(table, RL_STYLE_FAINT, "-");
}

static void add_row(rl_table *table, rl_view row)
{
  rl_view_string status = rl_view_text(rl_view_get(row, "status"));
  add_pairs(table, rl_view_get(row, "pairs"));
  add_ppm(table, row, "there_ppm");
  add_ppm(table, row, "back_ppm");
  rl_table_cell(table, RL_STYLE_PLAIN, "%" PRId64, rl_view_i64(rl_view_get(row, "limit_ppm")));
  rl_table_cell(table, strcmp(status.text, "ok") == 0 ? RL_STYLE_GOOD : RL_STYLE_BAD, "%s",
                status.text);
}

rl_exit rl_command_triangles(rl_cli *cli, int argc, char **argv)
{
  static const rl_column columns[] = {
    {"sell", RL_ALIGN_LEFT},   {"sell", RL_ALIGN_LEFT},   {"buy", RL_ALIGN_LEFT},
    {"there", RL_ALIGN_RIGHT}, {"back", RL_ALIGN_RIGHT},  {"limit ppm", RL_ALIGN_RIGHT},
    {"status", RL_ALIGN_LEFT},
  };
  argp_parse(&argp, argc, argv, 0, NULL, cli);
  rl_view answer;
  rl_exit code = rl_cli_ask(cli, &(rl_request){.kind = RL_REQUEST_TRIANGLES}, &answer);
  if (code != RL_EXIT_DONE || cli->json)
    return code;
  rl_view rows = rl_view_get(answer, "triangles");
  if (rl_view_count(rows) == 0) {
    printf("no three pairs of three currencies have a triangle_ppm in the universe\n");
    return code;
  }
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (rl_view rest = rows, row; rl_view_next(rows, &rest, &row);)
    add_row(&table, row);
  rl_table_print(&table, stdout, 0);
  return code;
}
