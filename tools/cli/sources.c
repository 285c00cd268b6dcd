/* `ratelock sources`: the feeds, what became of their ticks, and what they last said of a pair. */
#include "cli.h"

#include "clock/clock.h"
#include "table.h"

#include <inttypes.h>
#include <string.h>

static const struct argp argp = {
  NULL, NULL, "[PAIR…]",
  "Shows every feed and what became of its ticks; with pairs, what each feed last said of them and "
  "whether it votes."
  "\vExamples:\n"
  "  ratelock sources\n"
  "  ratelock sources EURUSD\n",
  rl_cli_children, NULL, NULL,
};

static void text_cell(rl_table *table, rl_style style, rl_view row, const char *key)
{
  rl_table_cell(table, style, "%s", rl_view_text(rl_view_get(row, key)).text);
}

static void number_cell(rl_table *table, rl_view row, const char *key)
{
  int64_t number = rl_view_i64(rl_view_get(row, key));
  rl_table_cell(table, number ? RL_STYLE_PLAIN : RL_STYLE_FAINT, "%" PRId64, number);
}

static void age_cell(rl_table *table, rl_view row)
{
  rl_view age = rl_view_get(row, "age_ms");
  if (rl_view_given(age))
    rl_table_cell(table, RL_STYLE_PLAIN, "%" PRId64 " ms", rl_view_i64(age));
  else
    rl_table_cell(table, RL_STYLE_FAINT, "never");
}

/* All the ways in which a tick is refused, as one figure. */
static void refused_cell(rl_table *table, rl_view counters)
{
  int64_t refused = 0;
  rl_view_string key;
  for (rl_view rest = counters, value; rl_view_next_entry(counters, &rest, &key, &value);) {
    if (strncmp(key.text, "malformed", 9) == 0 || strcmp(key.text, "duplicate") == 0 ||
        strcmp(key.text, "no_room") == 0)
      refused += rl_view_i64(value);
  }
  rl_table_cell(table, refused ? RL_STYLE_BAD : RL_STYLE_FAINT, "%" PRId64, refused);
}

static void add_counters(rl_table *table, rl_view row)
{
  rl_view counters = rl_view_get(row, "counters");
  number_cell(table, counters, "good");
  number_cell(table, counters, "locked");
  number_cell(table, counters, "crossed");
  number_cell(table, counters, "jump");
  refused_cell(table, counters);
  number_cell(table, row, "gaps");
}

#define COUNTER_COLUMNS                                                                     \
  {"good", RL_ALIGN_RIGHT}, {"locked", RL_ALIGN_RIGHT}, {"crossed", RL_ALIGN_RIGHT},        \
  {"jumps", RL_ALIGN_RIGHT}, {"refused", RL_ALIGN_RIGHT}, {"gaps", RL_ALIGN_RIGHT}

static void print_sources(rl_view rows)
{
  static const rl_column columns[] = {
    {"source", RL_ALIGN_LEFT}, {"class", RL_ALIGN_LEFT}, {"ticks", RL_ALIGN_RIGHT},
    COUNTER_COLUMNS, {"last", RL_ALIGN_RIGHT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (rl_view rest = rows, row; rl_view_next(rows, &rest, &row);) {
    text_cell(&table, RL_STYLE_STRONG, row, "source");
    text_cell(&table, RL_STYLE_PLAIN, row, "class");
    number_cell(&table, row, "ticks");
    add_counters(&table, row);
    age_cell(&table, row);
  }
  rl_table_print(&table, stdout, 0);
}

static void print_pair_sources(rl_view rows)
{
  static const rl_column columns[] = {
    {"pair", RL_ALIGN_LEFT}, {"source", RL_ALIGN_LEFT}, {"votes", RL_ALIGN_LEFT},
    {"bid", RL_ALIGN_POINT}, {"ask", RL_ALIGN_POINT}, {"sequence", RL_ALIGN_RIGHT},
    COUNTER_COLUMNS, {"last", RL_ALIGN_RIGHT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (rl_view rest = rows, row; rl_view_next(rows, &rest, &row);) {
    bool votes = rl_view_true(rl_view_get(row, "votes"));
    text_cell(&table, RL_STYLE_PLAIN, row, "pair");
    text_cell(&table, RL_STYLE_STRONG, row, "source");
    rl_table_cell(&table, votes ? RL_STYLE_GOOD : RL_STYLE_FAINT, "%s", votes ? "yes" : "no");
    text_cell(&table, RL_STYLE_PLAIN, row, "bid");
    text_cell(&table, RL_STYLE_PLAIN, row, "ask");
    number_cell(&table, row, "sequence");
    add_counters(&table, row);
    age_cell(&table, row);
  }
  rl_table_print(&table, stdout, 0);
}

rl_exit rl_command_sources(rl_cli *cli, int argc, char **argv)
{
  cli->word_max = RL_REQUEST_PAIRS_MAX;
  argp_parse(&argp, argc, argv, 0, NULL, cli);
  rl_request request = {.kind = RL_REQUEST_SOURCES};
  if (!rl_cli_take_pairs(cli, &request))
    return RL_EXIT_USAGE;
  rl_view answer;
  rl_exit code = rl_cli_ask(cli, &request, &answer);
  if (code != RL_EXIT_DONE || cli->json)
    return code;
  rl_view rows = rl_view_get(answer, "sources");
  if (rl_view_count(rows) == 0)
    printf("no source has spoken%s\n", cli->word_count ? " of this" : " yet: start a feed");
  else if (cli->word_count == 0)
    print_sources(rows);
  else
    print_pair_sources(rows);
  return code;
}
