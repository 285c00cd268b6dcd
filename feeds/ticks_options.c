#include "feeds/ticks_options.h"

#include <string.h>

enum {
  OPTION_COLUMNS = 0x100,
  OPTION_TIME_FORMAT,
  OPTION_DATE,
  OPTION_OFFSET,
  OPTION_HEADER,
  OPTION_PRICE_SCALE,
  OPTION_SIZE_SCALE,
  OPTION_SPEED,
  OPTION_REBASE,
  OPTION_REBASE_FROM,
  OPTION_LIMIT,
  OPTION_STRICT,
  OPTION_JSON,
};

static const struct argp_option options_table[] = {
  {0, 0, 0, 0, "What is played:", 1},
  {"pair", 'p', "PAIR", 0, "The pair of all ticks in the file, such as EURUSD (required)", 0},
  {"source", 's', "NAME", 0, "The source's name in the engine (required)", 0},
  {"limit", OPTION_LIMIT, "N", 0, "Stop after N ticks", 0},
  {0, 0, 0, 0, "How the lines are read:", 2},
  {"columns", OPTION_COLUMNS, "LIST", 0,
   "The columns by position: time, bid, ask, bid_size, ask_size, and _ for any other "
   "(default time,bid,ask)", 0},
  {"time-format", OPTION_TIME_FORMAT, "FORM", 0,
   "ms-of-day (default, needs --date), iso, or epoch-ms", 0},
  {"date", OPTION_DATE, "DATE", 0, "The file's day, such as 2014-05-02", 0},
  {"offset", OPTION_OFFSET, "DURATION", 0,
   "Added to each time: UTC minus the file's clock, such as +300m for UTC-05", 0},
  {"header", OPTION_HEADER, 0, 0, "The first line names the columns: pass over it", 0},
  {"price-scale", OPTION_PRICE_SCALE, "N", 0,
   "Prices are integers of 10^-N: with 5, 138727 is 1.38727", 0},
  {"size-scale", OPTION_SIZE_SCALE, "FACTOR", 0,
   "Base currency per unit of size, a power of ten: 1000000 for millions (default 1)", 0},
  {"strict", OPTION_STRICT, 0, 0, "Stop at the first malformed line", 0},
  {0, 0, 0, 0, "When it is played:", 3},
  {"speed", OPTION_SPEED, "FACTOR", 0,
   "1: as fast as it was (default); 60: a minute a second; 0: as fast as possible", 0},
  {"rebase", OPTION_REBASE, 0, 0, "Shift the times: the first tick is now", 0},
  {"rebase-from", OPTION_REBASE_FROM, "TIME", 0,
   "Shift the times: this UTC instant of the recording is now, what was before it is left out. "
   "Gives several files a common zero", 0},
  {0, 0, 0, 0, "Output:", 4},
  {"json", OPTION_JSON, 0, 0, "The summary as one JSON object", 0},
  {0},
};

static const char doc[] =
  "Plays a file of recorded ticks into a ratelock engine: CSV, gzip of CSV, or a zip of one CSV "
  "(told by its content). FILE - is standard input."
  "\v"
  "Examples:\n"
  "  A day of a venue whose clock is UTC-05, as if it were now:\n"
  "    ratelock-feed-ticks --pair EURUSD --source fxcm --rebase \\\n"
  "      --date 2014-05-02 --offset +300m 20140502_eurusd.zip\n"
  "  UTC times, a header, sizes in millions, as fast as possible:\n"
  "    ratelock-feed-ticks --pair EURUSD --source duka --speed 0 \\\n"
  "      --columns time,bid,ask,bid_size,ask_size --size-scale 1000000 \\\n"
  "      --time-format iso --header ticks.csv.gz\n"
  "\n"
  "Malformed lines are named, counted and passed over.\n"
  "Exit: 0 played, 1 failed or --strict, 2 usage, 3 no engine.";

static unsigned power_of_ten(const struct argp_state *state, const char *text)
{
  size_t zeros = strspn(text + (text[0] == '1'), "0");
  if (text[0] != '1' || text[1 + zeros] != '\0' || zeros > 9)
    argp_error(state, "--size-scale %s: expected 1, 10, 100 … 1000000000", text);
  return (unsigned)zeros;
}

static uint32_t speed_milli(const struct argp_state *state, const char *text)
{
  rl_rate speed = {0};
  if (strcmp(text, "0") == 0)
    return 0;
  rl_status status = rl_rate_parse(text, strlen(text), &speed);
  if (status == RL_OK)
    speed = rl_rate_trim(speed);
  uint64_t milli = speed.mantissa;
  for (unsigned i = speed.scale; i < 3; i++)
    milli *= 10;
  if (status != RL_OK || speed.scale > 3 || milli > 1000000000)
    argp_error(state, "--speed %s: expected 0, or a factor from 0.001 to 1000000", text);
  return (uint32_t)milli;
}

static rl_tick_time time_form(const struct argp_state *state, const char *text)
{
  if (strcmp(text, "iso") == 0)
    return RL_TIME_ISO;
  if (strcmp(text, "epoch-ms") == 0)
    return RL_TIME_EPOCH_MS;
  if (strcmp(text, "ms-of-day") != 0)
    argp_error(state, "--time-format %s: expected ms-of-day, iso or epoch-ms", text);
  return RL_TIME_MS_OF_DAY;
}

static void parse_layout_option(int key, char *value, struct argp_state *state,
                                rl_ticks_options *options)
{
  rl_tick_layout *layout = &options->layout;
  rl_error error;
  switch (key) {
  case OPTION_COLUMNS:
    if (rl_tick_columns_parse(value, layout, &error) != RL_OK)
      argp_error(state, "--columns %s: %s", value, error.text);
    break;
  case OPTION_TIME_FORMAT:
    layout->time = time_form(state, value);
    break;
  case OPTION_DATE:
    if (rl_midnight_parse(value, strlen(value), &layout->date) != RL_OK)
      argp_error(state, "--date %s: expected a day such as 2014-05-02", value);
    break;
  case OPTION_OFFSET:
    layout->offset_ms = rl_option_duration(state, "offset", value, -86400000, 86400000);
    break;
  case OPTION_PRICE_SCALE:
    layout->price_scale = (unsigned)rl_option_number(state, "price-scale", value, 0, 9);
    break;
  case OPTION_SIZE_SCALE:
    layout->size_decades = power_of_ten(state, value);
    break;
  default:
    break;
  }
}

static void set_rebase_from(const struct argp_state *state, rl_ticks_options *options,
                            const char *value)
{
  if (rl_instant_parse(value, strlen(value), &options->rebase_from) != RL_OK)
    argp_error(state, "--rebase-from %s: expected an instant such as 2014-05-02T07:00:00Z", value);
  options->rebase = options->has_rebase_from = true;
}

static void check_whole(const struct argp_state *state, const rl_ticks_options *options)
{
  if (!options->file)
    argp_error(state, "which FILE?");
  if (!options->pair || strlen(options->pair) != 6 ||
      strspn(options->pair, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 6)
    argp_error(state, "--pair PAIR: expected six capital letters, such as EURUSD");
  if (!options->source)
    argp_error(state, "--source NAME: give the source a name, such as its venue's");
  if (options->layout.time == RL_TIME_MS_OF_DAY && options->layout.date.ms < 0)
    argp_error(state, "--date DATE: times of day need the file's day (or give --time-format)");
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
  rl_ticks_options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->engine;
    return 0;
  case 'p': options->pair = value; return 0;
  case 's': options->source = value; return 0;
  case OPTION_HEADER: options->header = true; return 0;
  case OPTION_STRICT: options->strict = true; return 0;
  case OPTION_JSON: options->json = true; return 0;
  case OPTION_REBASE: options->rebase = true; return 0;
  case OPTION_REBASE_FROM: set_rebase_from(state, options, value); return 0;
  case OPTION_SPEED: options->speed_milli = speed_milli(state, value); return 0;
  case OPTION_LIMIT:
    options->limit = rl_option_number(state, "limit", value, 1, UINT64_MAX);
    return 0;
  case ARGP_KEY_ARG:
    if (options->file)
      argp_error(state, "one FILE a process: play several files with several processes and "
                 "--rebase-from");
    options->file = value;
    return 0;
  case ARGP_KEY_END:
    check_whole(state, options);
    return 0;
  case ARGP_KEY_NO_ARGS:
    return ARGP_ERR_UNKNOWN;
  default:
    if (key < OPTION_COLUMNS || key > OPTION_JSON)
      return ARGP_ERR_UNKNOWN;
    parse_layout_option(key, value, state, options);
    return 0;
  }
}

void rl_ticks_options_parse(int argc, char **argv, rl_ticks_options *options)
{
  const struct argp_child children[] = {{.argp = &rl_engine_argp, .group = 10}, {0}};
  const struct argp argp = {.options = options_table, .parser = parse_option, .doc = doc,
                            .args_doc = "FILE", .children = children};
  *options = (rl_ticks_options){
    .engine = RL_ENGINE_OPTIONS_DEFAULT,
    .layout = {.column_count = 3, .columns = {RL_COLUMN_TIME, RL_COLUMN_BID, RL_COLUMN_ASK},
               .date = {-1}},
    .speed_milli = 1000,
    .limit = UINT64_MAX,
  };
  argp_parse(&argp, argc, argv, 0, NULL, options);
}
