#include "feeds/fix_options.h"

#include <stdlib.h>
#include <string.h>

enum {
  OPTION_HOST = 0x100,
  OPTION_PORT,
  OPTION_SENDER,
  OPTION_TARGET,
  OPTION_SENDER_SUB,
  OPTION_TARGET_SUB,
  OPTION_USER,
  OPTION_PASSWORD,
  OPTION_HEARTBEAT,
  OPTION_STORE,
  OPTION_NO_RESET,
  OPTION_PAIRS,
  OPTION_SYMBOLS,
  OPTION_DEPTH,
  OPTION_UPDATES,
  OPTION_TIME,
  OPTION_REPEAT,
  OPTION_RETRY,
  OPTION_RETRY_MAX,
  OPTION_JSON,
};

static const struct argp_option options_table[] = {
  {0, 0, 0, 0, "The session:", 1},
  {"host", OPTION_HOST, "NAME", 0, "The venue's host (required)", 0},
  {"port", OPTION_PORT, "PORT", 0, "And its port (required)", 0},
  {"sender", OPTION_SENDER, "ID", 0, "SenderCompID: ours (required)", 0},
  {"target", OPTION_TARGET, "ID", 0, "TargetCompID: the venue's (required)", 0},
  {"sender-sub", OPTION_SENDER_SUB, "ID", 0, "SenderSubID (default: none)", 0},
  {"target-sub", OPTION_TARGET_SUB, "ID", 0, "TargetSubID (default: none)", 0},
  {"user", OPTION_USER, "NAME", 0, "Of the logon (default: $RATELOCK_FIX_USER, or none)", 0},
  {"password", OPTION_PASSWORD, "WORD", 0,
   "Of the logon. Others can read a command line: $RATELOCK_FIX_PASSWORD is better", 0},
  {"heartbeat", OPTION_HEARTBEAT, "DURATION", 0,
   "Asked of the venue, whole seconds (default 10s)", 0},
  {"store", OPTION_STORE, "FOLDER", 0,
   "Keeps the sequence numbers over restarts (default: memory does)", 0},
  {"no-reset", OPTION_NO_RESET, 0, 0,
   "Go on with the numbers at a logon (default: both sides begin at 1)", 0},
  {"retry", OPTION_RETRY, "DURATION", 0,
   "The first pause before a new attempt; each is twice the one before (default 1s)", 0},
  {"retry-max", OPTION_RETRY_MAX, "DURATION", 0, "The longest pause (default 60s)", 0},
  {0, 0, 0, 0, "What is asked for:", 2},
  {"source", 's', "NAME", 0, "The source's name in the engine (required)", 0},
  {"pairs", OPTION_PAIRS, "LIST", 0,
   "Such as EURUSD,GBPUSD, each as PAIR=SYMBOL where the venue spells it in a way of its own "
   "(required)", 0},
  {"symbols", OPTION_SYMBOLS, "FORM", 0, "slash: EUR/USD (default); plain: EURUSD", 0},
  {"depth", OPTION_DEPTH, "N", 0,
   "Levels of the book a side, 0 for all the venue has (default 1); the best ten go to the "
   "engine", 0},
  {"updates", OPTION_UPDATES, "KIND", 0, "incremental (default) or full", 0},
  {"time", OPTION_TIME, "FIELD", 0,
   "A rate's time: sending (SendingTime, default), or entry (MDEntryDate and MDEntryTime where "
   "they are given)", 0},
  {"repeat", OPTION_REPEAT, "DURATION", 0,
   "Push unchanged books again so often while the venue is heard (default 1s; 0s: never)", 0},
  {0, 0, 0, 0, "Output:", 4},
  {"verbose", 'v', 0, 0, "Tell the session's own log too", 0},
  {"quiet", 'q', 0, 0, "Say nothing but trouble", 0},
  {"json", OPTION_JSON, 0, 0, "The counters at the end as one JSON object", 0},
  {0},
};

static const char doc[] =
  "Takes rates from a venue by FIX 4.4 market data and pushes them into a ratelock engine."
  "\v"
  "Examples:\n"
  "  The best rates of two pairs:\n"
  "    RATELOCK_FIX_PASSWORD=… ratelock-feed-fix --source venue \\\n"
  "      --host fix.venue.example --port 9876 --sender DESK --target VENUE \\\n"
  "      --user desk --pairs EURUSD,GBPUSD\n"
  "  Five levels of one, which the venue calls by a name of its own:\n"
  "    ratelock-feed-fix --source venue --host 10.1.2.3 --port 9876 \\\n"
  "      --sender DESK --target VENUE --depth 5 --pairs EURUSD=EURUSD.SPOT\n"
  "\n"
  "A line that is lost is made again after a pause; the engine's rates are withdrawn at once.\n"
  "SIGUSR1 prints the counters. Exit: 0 stopped, 1 failed, 2 usage, 3 no engine.";

static const char *field_value(const struct argp_state *state, const char *name, const char *value)
{
  for (const char *at = value; *at; at++) {
    if (*at < ' ' || *at > '~')
      argp_error(state, "--%s: expected printable characters", name);
  }
  if (!*value)
    argp_error(state, "--%s: expected something", name);
  return value;
}

static int heartbeat_s(const struct argp_state *state, const char *value)
{
  int64_t ms = rl_option_duration(state, "heartbeat", value, 1000, 300000);
  if (ms % 1000 != 0)
    argp_error(state, "--heartbeat %s: expected whole seconds", value);
  return (int)(ms / 1000);
}

/* True for the second word, false for the first. */
static bool second_of(const struct argp_state *state, const char *name, const char *value,
                      const char *first, const char *second)
{
  if (strcmp(value, first) != 0 && strcmp(value, second) != 0)
    argp_error(state, "--%s %s: expected %s or %s", name, value, first, second);
  return strcmp(value, second) == 0;
}

static error_t parse_session_option(int key, char *value, const struct argp_state *state,
                                    rl_fix_options *options)
{
  switch (key) {
  case OPTION_HOST: options->host = value; return 0;
  case OPTION_PORT:
    rl_option_number(state, "port", value, 1, 65535);
    options->port = value;
    return 0;
  case OPTION_SENDER: options->sender = field_value(state, "sender", value); return 0;
  case OPTION_TARGET: options->target = field_value(state, "target", value); return 0;
  case OPTION_SENDER_SUB: options->sender_sub = field_value(state, "sender-sub", value); return 0;
  case OPTION_TARGET_SUB: options->target_sub = field_value(state, "target-sub", value); return 0;
  case OPTION_USER: options->user = field_value(state, "user", value); return 0;
  case OPTION_PASSWORD: options->password = field_value(state, "password", value); return 0;
  case OPTION_HEARTBEAT: options->heartbeat_s = heartbeat_s(state, value); return 0;
  case OPTION_STORE: options->store = value; return 0;
  case OPTION_NO_RESET: options->keep_numbers = true; return 0;
  case OPTION_RETRY:
    options->retry_ms = (uint32_t)rl_option_duration(state, "retry", value, 1, 3600000);
    return 0;
  case OPTION_RETRY_MAX:
    options->retry_max_ms = (uint32_t)rl_option_duration(state, "retry-max", value, 1, 3600000);
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static error_t parse_market_option(int key, char *value, const struct argp_state *state,
                                   rl_fix_options *options)
{
  switch (key) {
  case 's': options->source = value; return 0;
  case 'v': options->verbose = true; return 0;
  case 'q': options->quiet = true; return 0;
  case OPTION_JSON: options->json = true; return 0;
  case OPTION_PAIRS: options->pairs = value; return 0;
  case OPTION_SYMBOLS:
    options->plain = second_of(state, "symbols", value, "slash", "plain");
    return 0;
  case OPTION_DEPTH:
    options->depth = (unsigned)rl_option_number(state, "depth", value, 0, 1000);
    return 0;
  case OPTION_UPDATES:
    options->full = second_of(state, "updates", value, "incremental", "full");
    return 0;
  case OPTION_TIME:
    options->entry_time = second_of(state, "time", value, "sending", "entry");
    return 0;
  case OPTION_REPEAT:
    options->repeat_ms = (uint32_t)rl_option_duration(state, "repeat", value, 0, 60000);
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static void check_whole(const struct argp_state *state, const rl_fix_options *options)
{
  if (!options->host || !options->port)
    argp_error(state, "--host NAME and --port PORT: where is the venue?");
  if (!options->sender || !options->target)
    argp_error(state, "--sender ID and --target ID: the session's two names, as agreed with the "
               "venue");
  if (!options->source)
    argp_error(state, "--source NAME: give the source a name, such as its venue's");
  if (!options->pairs)
    argp_error(state, "--pairs LIST: which pairs, such as EURUSD,GBPUSD?");
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
  rl_fix_options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->engine;
    return 0;
  case ARGP_KEY_ARG:
    argp_error(state, "%s: nothing is expected beside options", value);
    return 0;
  case ARGP_KEY_END:
    check_whole(state, options);
    return 0;
  default:
    if (parse_session_option(key, value, state, options) == 0)
      return 0;
    return parse_market_option(key, value, state, options);
  }
}

static const char *from_environment(const char *name)
{
  const char *value = getenv(name);
  return value && value[0] ? value : NULL;
}

void rl_fix_options_parse(int argc, char **argv, rl_fix_options *options)
{
  const struct argp_child children[] = {{.argp = &rl_engine_argp, .group = 10}, {0}};
  const struct argp argp = {.options = options_table, .parser = parse_option, .doc = doc,
                            .children = children};
  *options = (rl_fix_options){
    .engine = RL_ENGINE_OPTIONS_DEFAULT,
    .user = from_environment("RATELOCK_FIX_USER"),
    .password = from_environment("RATELOCK_FIX_PASSWORD"),
    .depth = 1,
    .heartbeat_s = 10,
    .repeat_ms = 1000,
    .retry_ms = 1000,
    .retry_max_ms = 60000,
  };
  argp_parse(&argp, argc, argv, 0, NULL, options);
}
