/* `ratelock sources`: the feeds, what became of their ticks, and what they last said of a pair. */
#include "cli.h"

#include "clock/clock.h"
#include "source_remarks.h"
#include "table.h"

#include <inttypes.h>
#include <string.h>

static const struct argp argp = {
  NULL, NULL, "[PAIR…]",
  "Shows every feed and what became of its updates; with pairs, what each feed last said of them "
  "and whether it votes. Below stands what to look after: a clock that is wrong, a rate that "
  "nearly always is the outlier, updates that were refused."
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

static void refused_cell(rl_table *table, rl_view row)
{
  int64_t refused = rl_source_refused(row);
  rl_table_cell(table, refused ? RL_STYLE_BAD : RL_STYLE_FAINT, "%" PRId64, refused);
}

/* A fixing's time says when it was fixed: there is no lag in it. */
static void lag_cell(rl_table *table, rl_view row)
{
  rl_view lag = rl_view_get(row, "lag_ms");
  bool live = strcmp(rl_view_text(rl_view_get(row, "class")).text, "live") == 0;
  if (!live || !rl_view_given(lag)) {
    rl_table_cell(table, RL_STYLE_FAINT, "-");
    return;
  }
  char text[RL_SOURCE_LAG_TEXT_SIZE];
  rl_source_lag_format(rl_view_i64(lag), text);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", text);
}

/* In per cent, with a decimal. */
static void outlier_cell(rl_table *table, rl_view row)
{
  rl_view share = rl_view_get(row, "outlier_ppm");
  int64_t permille = rl_view_i64(share) / 1000;
  if (rl_view_given(share))
    rl_table_cell(table, permille ? RL_STYLE_PLAIN : RL_STYLE_FAINT,
                  "%" PRId64 ".%" PRId64 " %%", permille / 10, permille % 10);
  else
    rl_table_cell(table, RL_STYLE_FAINT, "-");
}

static void add_counters(rl_table *table, rl_view row)
{
  rl_view counters = rl_view_get(row, "counters");
  number_cell(table, counters, "good");
  number_cell(table, counters, "locked");
  number_cell(table, counters, "crossed");
  number_cell(table, counters, "jump");
  number_cell(table, counters, "withdrawn");
  refused_cell(table, row);
  number_cell(table, row, "gaps");
  number_cell(table, row, "repeats");
}

#define COUNTER_COLUMNS                                                                     \
  {"good", RL_ALIGN_RIGHT}, {"locked", RL_ALIGN_RIGHT}, {"crossed", RL_ALIGN_RIGHT},        \
  {"jumps", RL_ALIGN_RIGHT}, {"withdrawn", RL_ALIGN_RIGHT}, {"refused", RL_ALIGN_RIGHT},    \
  {"gaps", RL_ALIGN_RIGHT}, {"repeats", RL_ALIGN_RIGHT}

static void print_sources(rl_view rows)
{
  static const rl_column columns[] = {
    {"source", RL_ALIGN_LEFT}, {"class", RL_ALIGN_LEFT}, {"ticks", RL_ALIGN_RIGHT},
    COUNTER_COLUMNS, {"lag", RL_ALIGN_RIGHT}, {"last", RL_ALIGN_RIGHT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (rl_view rest = rows, row; rl_view_next(rows, &rest, &row);) {
    text_cell(&table, RL_STYLE_STRONG, row, "source");
    text_cell(&table, RL_STYLE_PLAIN, row, "class");
    number_cell(&table, row, "ticks");
    add_counters(&table, row);
    lag_cell(&table, row);
    age_cell(&table, row);
  }
  rl_table_print(&table, stdout, 0);
}

static void print_pair_sources(rl_view rows)
{
  static const rl_column columns[] = {
    {"pair", RL_ALIGN_LEFT}, {"source", RL_ALIGN_LEFT}, {"votes", RL_ALIGN_LEFT},
    {"bid", RL_ALIGN_POINT}, {"ask", RL_ALIGN_POINT}, {"sequence", RL_ALIGN_RIGHT},
    COUNTER_COLUMNS, {"outlier", RL_ALIGN_RIGHT}, {"last", RL_ALIGN_RIGHT},
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
    outlier_cell(&table, row);
    age_cell(&table, row);
  }
  rl_table_print(&table, stdout, 0);
}

static void print_remarks(rl_view rows)
{
  static const rl_column columns[] = {
    {"", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (rl_view rest = rows, row; rl_view_next(rows, &rest, &row);) {
    rl_source_remarks remarks = rl_source_remarks_of(row);
    for (unsigned i = 0; i < remarks.count; i++) {
      text_cell(&table, RL_STYLE_STRONG, row, "source");
      text_cell(&table, RL_STYLE_PLAIN, row, "pair");
      rl_table_cell(&table, RL_STYLE_BAD, "%s", remarks.texts[i]);
    }
  }
  if (table.cell_count > 0)
    printf("\n");
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
  print_remarks(rows);
  return code;
}
