/* `ratelock history`: what the price of a pair did, from the tape in the data directory. An engine
 * may record there meanwhile, and is not disturbed.
 *
 * The tape has a pair's composites as updates made them. That one of several sources grew too old
 * between two updates, and what the price was without it, would take a replay of the market
 * (`ratelock spreads --at`): here the price stands until the next update, or for its max_age_ms,
 * and the sums say for how long that was at most. */
#include "cli.h"

#include "chart.h"
#include "history/svg.h"
#include "history_print.h"
#include "paths/paths.h"
#include "tape/tape.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bars where no length is given, at most, and where no beginning is: they fit 80 columns. */
#define BARS_DEFAULT 60
#define BAR_DEFAULT_MS 60000
#define DAY_MS 86400000ll

typedef struct history_arguments {
  rl_cli *cli;
  const char *from_text;
  const char *to_text;
  const char *bars_text;
  const char *svg;
  const char *tape; /* NULL: in the data directory */
  bool csv;
  bool table;
  rl_utc from;
  rl_utc to;
  rl_utc now;
  int64_t bar_ms;
} history_arguments;

enum {
  OPTION_FROM = 256,
  OPTION_TO,
  OPTION_BARS,
  OPTION_CSV,
  OPTION_SVG,
  OPTION_TABLE,
  OPTION_TAPE,
};

static error_t parse(int key, char *value, struct argp_state *state)
{
  history_arguments *arguments = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case OPTION_FROM: arguments->from_text = value; return 0;
  case OPTION_TO: arguments->to_text = value; return 0;
  case OPTION_BARS: arguments->bars_text = value; return 0;
  case OPTION_CSV: arguments->csv = true; return 0;
  case OPTION_SVG: arguments->svg = value; return 0;
  case OPTION_TABLE: arguments->table = true; return 0;
  case OPTION_TAPE: arguments->tape = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"from", OPTION_FROM, "TIME", 0, "From then on: a date, an instant such as 2026-11-22T10:00Z, or "
   "a time ago such as -4h (else 60 bars)", 1},
  {"to", OPTION_TO, "TIME", 0, "Until then, and a date's whole day (else now)", 1},
  {"bars", OPTION_BARS, "LENGTH", 0, "1s, 5s, 10s, 15s, 30s, 1m, 5m, 10m, 15m, 30m, 1h, 2h, 4h, "
   "6h, 12h or 1d, from midnight UTC (else 1m, or what makes at most 60 bars of --from)", 1},
  {"table", OPTION_TABLE, NULL, 0, "The bars' figures instead of a chart", 1},
  {"csv", OPTION_CSV, NULL, 0, "The same as CSV", 1},
  {"tape", OPTION_TAPE, "DIR", 0, "The tape's directory (else `tape` in the data directory)", 1},
  {"svg", OPTION_SVG, "FILE", 0, "Draw candles and spreads into FILE instead, for a browser", 1},
  {0},
};

static const struct argp argp = {
  options, parse, "PAIR",
  "Shows what the price of a pair did: open, high, low and close of its mid, its spread, and for "
  "how long there was a price at all, by bars of equal length. Reads the tape in the data "
  "directory; no engine need run."
  "\vExamples:\n"
  "  ratelock history EURUSD\n"
  "  ratelock history EUR/USD --from -4h --bars 5m\n"
  "  ratelock history EURUSD --from 2026-11-22 --to 2026-11-22 --svg eurusd.svg\n"
  "  ratelock history EURUSD --from -1h --csv | column -ts,\n\n"
  "A bar opens with the price that stood at its start. A price stands until the next one, and no "
  "longer than its pair's max_age_ms. A bar without a price is shown as one. Below a chart's "
  "candles are the bars that closed higher (▴), lower (▾) and where they opened (─).\n",
  rl_cli_children, NULL, NULL,
};

/* --- what is asked --- */

/* "eurusd" and "EUR/USD" are EURUSD. */
static bool take_pair(const char *text, char out[7])
{
  size_t length = strlen(text);
  bool slash = length == 7 && text[3] == '/';
  if (!slash && length != 6) {
    rl_cli_fail(RL_EXIT_USAGE, "%s is not a pair, such as EURUSD or EUR/USD", text);
    return false;
  }
  char base_text[4] = "", quote_text[4] = "";
  rl_currency base, quote;
  memcpy(base_text, text, 3);
  memcpy(quote_text, text + (slash ? 4 : 3), 3);
  if (!rl_cli_take_currency(base_text, &base) || !rl_cli_take_currency(quote_text, &quote))
    return false;
  snprintf(out, 7, "%s%s", rl_currency_code(base), rl_currency_code(quote));
  return true;
}

static bool take_length(history_arguments *arguments)
{
  rl_status status =
    arguments->bars_text ? rl_bar_length_parse(arguments->bars_text, &arguments->bar_ms) : RL_OK;
  if (status == RL_OK)
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "--bars %s: expected 1s, 5s, 10s, 15s, 30s, 1m, 5m, 10m, 15m, 30m, "
              "1h, 2h, 4h, 6h, 12h or 1d", arguments->bars_text);
  return false;
}

static bool take_times(history_arguments *arguments)
{
  rl_clock clock = rl_clock_system();
  arguments->now = rl_clock_read(&clock).utc;
  arguments->to = arguments->now;
  const char *from = arguments->from_text, *to = arguments->to_text;
  if (to && !rl_cli_take_instant("--to", to, arguments->now, &arguments->to))
    return false;
  rl_date date;
  if (to && rl_date_parse(to, strlen(to), &date) == RL_OK)
    arguments->to.ms += DAY_MS;
  if (from && !rl_cli_take_instant("--from", from, arguments->now, &arguments->from))
    return false;
  if (!from) {
    int64_t bar_ms = arguments->bar_ms ? arguments->bar_ms : BAR_DEFAULT_MS;
    int64_t span_ms = BARS_DEFAULT * bar_ms;
    arguments->from.ms = arguments->to.ms > span_ms ? arguments->to.ms - span_ms : 0;
  }
  if (arguments->from.ms < arguments->to.ms)
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "--from %s is not before %s%s: change one of them",
              from ? from : "1970-01-01", to ? "--to " : "now", to ? to : "");
  return false;
}

static bool take_arguments(history_arguments *arguments, char pair[7])
{
  unsigned forms = arguments->csv + arguments->cli->json + arguments->table;
  if (forms > 1) {
    rl_cli_fail(RL_EXIT_USAGE, "--table, --csv and --json are three forms of the same: name one");
    return false;
  }
  if (!take_pair(arguments->cli->words[0], pair) || !take_length(arguments) ||
      !take_times(arguments))
    return false;
  if (arguments->bar_ms == 0 && !arguments->from_text)
    arguments->bar_ms = BAR_DEFAULT_MS;
  if (arguments->bar_ms == 0)
    arguments->bar_ms = rl_bar_length_for(arguments->from, arguments->to, BARS_DEFAULT, 1);
  return true;
}

/* --- reading the tape --- */

static void on_damage(void *context, const rl_error *trouble)
{
  rl_history *history = context;
  history->damages++;
  rl_cli_tell_trouble(NULL, trouble);
}

static rl_exit open_walk(const char *directory, const char *pair, rl_utc from, rl_utc to,
                         rl_tape_report report, rl_tape_walk **out)
{
  rl_error error = {0};
  rl_status status = rl_tape_walk_open(directory, pair, from, to, report, out, &error);
  return status == RL_OK ? RL_EXIT_DONE : rl_cli_fail_tape(directory, status, &error);
}

/* How long before `from` to begin, so that the price that stands there is known: some seconds will
 * do where updates are frequent, and no price lasts for more than a day. */
static rl_exit find_lead(const char *directory, const char *pair, rl_utc from, int64_t *out_ms)
{
  static const int64_t leads_ms[] = {60000, 3600000, DAY_MS};
  *out_ms = 0;
  for (unsigned i = 0; i < 3 && *out_ms == 0; i++) {
    rl_tape_walk *walk;
    rl_tape_composite composite;
    rl_utc start = {from.ms > leads_ms[i] ? from.ms - leads_ms[i] : 0};
    /* What is damaged there is told when it is read for good. */
    rl_exit code = open_walk(directory, pair, start, from, (rl_tape_report){0}, &walk);
    if (code != RL_EXIT_DONE)
      return code;
    if (rl_tape_walk_next(walk, &composite))
      *out_ms = from.ms - start.ms;
    rl_tape_walk_close(walk);
  }
  return RL_EXIT_DONE;
}

static rl_made made_of(const rl_tape_composite *composite)
{
  return (rl_made){
    .utc_ms = composite->utc_ms,
    .has_price = composite->refusal == RL_REFUSAL_NONE,
    .follows_gap = composite->follows_gap,
    .scale = composite->scale,
    .pip_scale = composite->pip_scale,
    .sources = composite->tick_count,
    .max_age_ms = composite->max_age_ms,
    .bid_half = composite->bid_half,
    .mid_half = composite->mid_half,
    .ask_half = composite->ask_half,
  };
}

static rl_exit read_walk(rl_tape_walk *walk, rl_history *history)
{
  rl_tape_composite composite;
  while (rl_tape_walk_next(walk, &composite)) {
    rl_made made = made_of(&composite);
    history->any_record = true;
    if (rl_bars_add(&history->bars, &made) != RL_OK)
      return rl_cli_fail(RL_EXIT_REFUSED, "the pair's scale changed so much that its prices have "
                         "no common one: ask for the time before or after");
  }
  rl_bars_end(&history->bars);
  return RL_EXIT_DONE;
}

static rl_exit read_tape(const history_arguments *arguments, rl_history *history)
{
  char own[RL_DIRECTORY_MAX + sizeof "/" RL_TAPE_DIRECTORY];
  const char *directory = arguments->tape ? arguments->tape : own;
  const rl_bars *bars = &history->bars;
  rl_utc from = {bars->bars[0].start_ms};
  rl_utc to = {from.ms + (int64_t)bars->count * bars->bar_ms};
  rl_tape_walk *walk;
  int64_t lead_ms;
  rl_exit code = rl_cli_tape_path(arguments->cli, own, sizeof own);
  if (code == RL_EXIT_DONE)
    code = find_lead(directory, history->pair, from, &lead_ms);
  if (code != RL_EXIT_DONE)
    return code;
  code = open_walk(directory, history->pair, (rl_utc){from.ms - lead_ms}, to,
                   (rl_tape_report){on_damage, history}, &walk);
  if (code != RL_EXIT_DONE)
    return code;
  code = read_walk(walk, history);
  rl_tape_walk_close(walk);
  return code;
}

/* --- showing it --- */

static rl_exit fail_svg(const char *path)
{
  return rl_cli_fail(RL_EXIT_REFUSED, "%s: %s", path, strerror(errno));
}

/* Whole or not at all: a browser may look at the old one meanwhile. */
static rl_exit write_svg(const rl_history *history, const char *path)
{
  char temporary[4096];
  if ((size_t)snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= sizeof temporary)
    return rl_cli_fail(RL_EXIT_USAGE, "--svg: the path is too long");
  int fd = mkstemp(temporary);
  FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!file)
    return fail_svg(temporary);
  mode_t mask = umask(0); /* as any file that is made, and not as a secret */
  umask(mask);
  rl_status status = rl_svg_write(&history->bars, history->pair, file);
  bool good = status == RL_OK && fflush(file) == 0 && !ferror(file) &&
              fchmod(fd, 0666 & ~mask) == 0;
  good = fclose(file) == 0 && good;
  if (good && rename(temporary, path) == 0)
    return RL_EXIT_DONE;
  rl_exit code = status == RL_OK ? fail_svg(path)
                                 : rl_cli_fail(RL_EXIT_REFUSED, "%s", rl_status_text(status));
  unlink(temporary);
  return code;
}

static rl_exit print_chart(const rl_history *history)
{
  rl_chart_look look = rl_chart_look_of_stdout();
  rl_status status = rl_chart_print(&history->bars, &look, stdout);
  return status == RL_OK ? RL_EXIT_DONE
                         : rl_cli_fail(RL_EXIT_REFUSED, "%s", rl_status_text(status));
}

static rl_exit show(const history_arguments *arguments, const rl_history *history)
{
  rl_exit code = arguments->svg ? write_svg(history, arguments->svg) : RL_EXIT_DONE;
  if (code != RL_EXIT_DONE)
    return code;
  if (arguments->cli->json) {
    rl_history_print_json(history);
    return code;
  }
  if (arguments->csv) {
    rl_history_print_csv(history);
    return code;
  }
  rl_history_print_head(history);
  if (arguments->table)
    rl_history_print_table(history);
  else if (!arguments->svg && rl_bars_total(&history->bars).has_price)
    code = print_chart(history);
  rl_history_print_sums(history);
  return code;
}

static rl_exit fail_empty(const history_arguments *arguments, const char *pair)
{
  char from[RL_UTC_TEXT_SIZE], to[RL_UTC_TEXT_SIZE];
  rl_utc_format(arguments->from, from);
  rl_utc_format(arguments->to, to);
  return rl_cli_fail(RL_EXIT_REFUSED, "nothing of %s on the tape from %s to %s: only pairs with a "
                     "market of their own are on it, base before quote (`ratelock spreads` lists "
                     "them), for as long as it is kept", pair, from, to);
}

static rl_exit fail_count(const history_arguments *arguments, rl_status status)
{
  if (status != RL_OUT_OF_RANGE)
    return rl_cli_fail(RL_EXIT_REFUSED, "%s", rl_status_text(status));
  char length[RL_DURATION_TEXT_SIZE], longer[RL_DURATION_TEXT_SIZE];
  rl_bar_length_format(arguments->bar_ms, length);
  rl_bar_length_format(rl_bar_length_for(arguments->from, arguments->to, RL_BARS_MAX, 1), longer);
  return rl_cli_fail(RL_EXIT_USAGE, "that would be more than %u bars of %s: ask for longer ones, "
                     "such as --bars %s, or for less time", RL_BARS_MAX, length, longer);
}

rl_exit rl_command_history(rl_cli *cli, int argc, char **argv)
{
  history_arguments arguments = {.cli = cli};
  rl_history history = {0};
  cli->word_min = cli->word_max = 1;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  if (!take_arguments(&arguments, history.pair))
    return RL_EXIT_USAGE;
  rl_status status = rl_bars_create(&history.bars, arguments.from, arguments.to, arguments.now,
                                    arguments.bar_ms);
  if (status != RL_OK)
    return fail_count(&arguments, status);
  rl_exit code = read_tape(&arguments, &history);
  if (code == RL_EXIT_DONE)
    code = history.any_record ? show(&arguments, &history)
                              : fail_empty(&arguments, history.pair);
  rl_bars_free(&history.bars);
  return code;
}
