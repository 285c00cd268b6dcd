/* `ratelock spreads`: the board. */
#include "spreads.h"

#include "table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct spreads_arguments {
  rl_cli *cli;
  unsigned watch_s; /* 0: once */
  const char *at;   /* as typed; NULL: now */
} spreads_arguments;

static error_t parse(int option, char *value, struct argp_state *state)
{
  spreads_arguments *arguments = state->input;
  char *end = value;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'w':
    arguments->watch_s = value ? (unsigned)strtoul(value, &end, 10) : 1;
    if (value && (*end != '\0' || arguments->watch_s < 1 || arguments->watch_s > 3600))
      argp_error(state, "--watch=%s: expected 1 to 3600 seconds", value);
    return 0;
  case 'a': arguments->at = value; return 0;
  case ARGP_KEY_END:
    if (arguments->at && arguments->watch_s > 0)
      argp_error(state, "--at and --watch: what was does not change");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"watch", 'w', "SECONDS", OPTION_ARG_OPTIONAL, "Again every so many seconds (1), until stopped",
   1},
  {"at", 'a', "TIME", 0, "As it was at this instant, of what the engine recorded", 1},
  {0},
};

static const struct argp argp = {
  options, parse, "[PAIR…]",
  "Shows the price of every pair, or of those named: bid, mid, ask, the spread in pips, how many "
  "sources voted, the age of the newest of them, the market's hours, and the realised volatility "
  "in percent per square root of a day."
  "\vExamples:\n"
  "  ratelock spreads\n"
  "  ratelock spreads EURUSD USD/JPY --watch\n"
  "  ratelock spreads EURUSD --json\n"
  "  ratelock spreads --at 2026-11-22T10:00:00Z\n"
  "  ratelock spreads EURUSD --at -5m\n",
  rl_cli_children, NULL, NULL,
};

static void add_volatility(rl_table *table, rl_view ppm)
{
  int64_t percent_e2 = rl_view_given(ppm) ? rl_view_i64(ppm) / 100 : 0;
  if (rl_view_given(ppm))
    rl_table_cell(table, RL_STYLE_PLAIN, "%" PRId64 ".%02d %%", percent_e2 / 100,
                  (int)(percent_e2 % 100));
  else
    rl_table_cell(table, RL_STYLE_FAINT, "unknown");
}

static void add_row(rl_table *table, rl_view row)
{
  static const char *const keys[] = {"pair", "bid", "mid", "ask", "spread_pips"};
  rl_view_string status = rl_view_text(rl_view_get(row, "status"));
  bool priced = strcmp(status.text, "ok") == 0;
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    rl_table_cell(table, i == 2 ? RL_STYLE_STRONG : RL_STYLE_PLAIN, "%s",
                  rl_view_text(rl_view_get(row, keys[i])).text);
  rl_table_cell(table, RL_STYLE_PLAIN, "%" PRId64, rl_view_i64(rl_view_get(row, "sources")));
  rl_view age = rl_view_get(row, "age_ms");
  if (rl_view_given(age))
    rl_table_cell(table, RL_STYLE_PLAIN, "%" PRId64 " ms", rl_view_i64(age));
  else
    rl_table_cell(table, RL_STYLE_FAINT, strcmp(status.text, "NO_RATE") == 0 ? "never" : "-");
  rl_view_string session = rl_view_text(rl_view_get(row, "session"));
  rl_table_cell(table, strcmp(session.text, "open") == 0 ? RL_STYLE_PLAIN : RL_STYLE_FAINT, "%s",
                session.text);
  add_volatility(table, rl_view_get(row, "volatility_ppm"));
  rl_table_cell(table, priced ? RL_STYLE_GOOD : RL_STYLE_BAD, "%s", status.text);
}

/* Below the board: who halted what, and why. */
static void print_halted(rl_view rows)
{
  for (rl_view rest = rows, row; rl_view_next(rows, &rest, &row);) {
    rl_view halted = rl_view_get(row, "halted"), by = rl_view_get(halted, "operator");
    char since[RL_UTC_TEXT_SIZE];
    if (!rl_view_given(halted))
      continue;
    rl_utc_format((rl_utc){rl_view_i64(rl_view_get(halted, "since"))}, since);
    printf("%s is halted since %s by %s: %s\n", rl_view_text(rl_view_get(row, "pair")).text, since,
           rl_view_given(by) ? rl_view_text(by).text : "its breaker",
           rl_view_text(rl_view_get(halted, "reason")).text);
  }
}

void rl_spreads_print(rl_view answer)
{
  static const rl_column columns[] = {
    {"pair", RL_ALIGN_LEFT},    {"bid", RL_ALIGN_POINT},     {"mid", RL_ALIGN_POINT},
    {"ask", RL_ALIGN_POINT},    {"pips", RL_ALIGN_POINT},    {"sources", RL_ALIGN_RIGHT},
    {"newest", RL_ALIGN_RIGHT}, {"session", RL_ALIGN_LEFT},  {"volatility", RL_ALIGN_RIGHT},
    {"status", RL_ALIGN_LEFT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  rl_view rows = rl_view_get(answer, "spreads");
  for (rl_view rest = rows, row; rl_view_next(rows, &rest, &row);)
    add_row(&table, row);
  rl_table_print(&table, stdout, 0);
  print_halted(rows);
}

static rl_exit show_board(rl_cli *cli, const rl_request *request, bool clear)
{
  rl_view answer;
  rl_exit code = rl_cli_ask(cli, request, &answer);
  if (code != RL_EXIT_DONE || cli->json)
    return code;
  if (clear)
    printf("\033[H\033[J");
  rl_spreads_print(answer);
  return code;
}

rl_exit rl_command_spreads(rl_cli *cli, int argc, char **argv)
{
  spreads_arguments arguments = {.cli = cli};
  cli->word_max = RL_REQUEST_PAIRS_MAX;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  rl_request request = {.kind = RL_REQUEST_SPREADS};
  if (!rl_cli_take_pairs(cli, &request))
    return RL_EXIT_USAGE;
  if (arguments.at)
    return rl_spreads_at(cli, &request, arguments.at);
  bool clear = arguments.watch_s > 0 && isatty(STDOUT_FILENO);
  rl_exit code = show_board(cli, &request, clear);
  while (arguments.watch_s > 0 && code == RL_EXIT_DONE && !ferror(stdout)) {
    fflush(stdout);
    nanosleep(&(struct timespec){.tv_sec = arguments.watch_s}, NULL);
    code = show_board(cli, &request, clear);
  }
  return code;
}
