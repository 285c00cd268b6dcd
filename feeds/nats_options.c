#include "feeds/nats_options.h"

#include <stdlib.h>
#include <string.h>

#define NATS_DEFAULT "nats://127.0.0.1:4222"
#define PATIENCE_DEFAULT_MS 3000

enum { OPTION_NATS = 0x100, OPTION_SUBJECT, OPTION_CLASS, OPTION_WITHDRAW, OPTION_JSON };

static const struct argp_option options_table[] = {
  {0, 0, 0, 0, "What is taken:", 1},
  {"subject", OPTION_SUBJECT, "SUBJECT", 0,
   "The subject that has the rates, * and > as wildcards: ratelock.NAME.composite.> for what "
   "`ratelockd --publish-as NAME` publishes (required)", 0},
  {"source", 's', "NAME", 0, "The source's name in the engine (required)", 0},
  {"class", OPTION_CLASS, "CLASS", 0,
   "live (default) or reference; messages of the other class are refused", 0},
  {"nats", OPTION_NATS, "URL", 0,
   "The server, nats://HOST:PORT, several with commas between (default: $RATELOCK_NATS, which no "
   "list of processes shows, or " NATS_DEFAULT ")", 0},
  {"withdraw-after", OPTION_WITHDRAW, "DURATION", 0,
   "Take back all rates after so long without a connection, and a publication's rate after so "
   "long without a word of it, at least 1500ms (default 3s)", 0},
  {0, 0, 0, 0, "Output:", 4},
  {"json", OPTION_JSON, 0, 0, "The summary as one JSON object", 0},
  {0},
};

static const char doc[] =
  "Takes rates from a NATS subject, in the feed's msgpack or as JSON, and pushes them into a "
  "ratelock engine. Takes also what another engine publishes, with its snapshots."
  "\v"
  "Examples:\n"
  "  Another engine's composites:\n"
  "    ratelock-feed-nats --nats nats://hub:4222 --source tokyo \\\n"
  "      --subject 'ratelock.tokyo.composite.>'\n"
  "  A venue's JSON, {\"pair\":\"EURUSD\",\"bid\":\"1.12520\",\"ask\":\"1.12530\"}:\n"
  "    ratelock-feed-nats --source lmax --subject 'rates.lmax.*'\n"
  "\n"
  "Malformed messages are named, counted and passed over; lost ones are counted. A server that "
  "goes away is looked for until it is there again.\n"
  "Exit: 0 stopped, 1 failed, 2 usage, 3 no engine.";

/* "ratelock.NAME.composite.WORD": where its snapshots are asked for, and which pair it is of. */
static void see_publication(rl_nats_options *options)
{
  static const char first[] = "ratelock.", middle[] = ".composite.";
  const char *name = options->subject + sizeof first - 1;
  if (strncmp(options->subject, first, sizeof first - 1) != 0)
    return;
  size_t length = strcspn(name, ".");
  const char *word = name + length + sizeof middle - 1;
  if (strncmp(name + length, middle, sizeof middle - 1) != 0 || memchr(name, '*', length))
    return;
  snprintf(options->snapshots, sizeof options->snapshots, "ratelock.%.*s.snapshot", (int)length,
           name);
  if (strcmp(word, ">") != 0 && strcmp(word, "*") != 0)
    snprintf(options->pair, sizeof options->pair, "%.6s", word);
}

static rl_source_class class_of(const struct argp_state *state, const char *text)
{
  if (strcmp(text, "reference") == 0)
    return RL_SOURCE_REFERENCE;
  if (strcmp(text, "live") != 0)
    argp_error(state, "--class %s: expected live or reference", text);
  return RL_SOURCE_LIVE;
}

static void check_whole(const struct argp_state *state, rl_nats_options *options)
{
  rl_error error;
  if (!options->subject || !options->subject[0] || strlen(options->subject) > RL_BUS_SUBJECT_MAX)
    argp_error(state, "--subject SUBJECT: which?");
  if (!options->source)
    argp_error(state, "--source NAME: give the source a name, such as its venue's");
  if (rl_bus_check_urls(options->urls, &error) != RL_OK)
    argp_error(state, "--nats: %s", error.text);
  see_publication(options);
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
  rl_nats_options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->engine;
    return 0;
  case 's': options->source = value; return 0;
  case OPTION_SUBJECT: options->subject = value; return 0;
  case OPTION_NATS: options->urls = value; return 0;
  case OPTION_CLASS: options->class = class_of(state, value); return 0;
  case OPTION_JSON: options->json = true; return 0;
  case OPTION_WITHDRAW:
    options->patience_ms = rl_option_duration(state, "withdraw-after", value, 1500, 3600000);
    return 0;
  case ARGP_KEY_END:
    check_whole(state, options);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

void rl_nats_options_parse(int argc, char **argv, rl_nats_options *options)
{
  const struct argp_child children[] = {{.argp = &rl_engine_argp, .group = 10}, {0}};
  const struct argp argp = {.options = options_table, .parser = parse_option, .doc = doc,
                            .children = children};
  const char *urls = getenv("RATELOCK_NATS");
  *options = (rl_nats_options){
    .engine = RL_ENGINE_OPTIONS_DEFAULT,
    .urls = urls && urls[0] ? urls : NATS_DEFAULT,
    .class = RL_SOURCE_LIVE,
    .patience_ms = PATIENCE_DEFAULT_MS,
  };
  argp_parse(&argp, argc, argv, 0, NULL, options);
}
