/* ratelock-feed-ecb: pushes the European Central Bank's daily reference rates into an engine, as a
 * reference source that checks others and backs indicative prices. */
#include "feeds/ecb.h"
#include "feeds/ecb_fetch.h"
#include "feeds/program.h"

#include "paths/paths.h"

#include <stdio.h>
#include <stdlib.h>

#define FETCH_TIMEOUT_MS 15000
/* As a source it bears its provider's name: quotes show it with the reference rate. */
#define SOURCE_NAME "ECB"

enum { OPTION_FALLBACK = 0x100, OPTION_SAVE, OPTION_ONCE, OPTION_EVERY };

typedef struct ecb_options {
  rl_engine_options engine;
  const char *url;
  const char *file;     /* NULL: fetch from url */
  const char *fallback; /* NULL: none */
  const char *save;     /* NULL: nowhere */
  int64_t every_ms;     /* 0: once */
} ecb_options;

static const struct argp_option options_table[] = {
  {0, 0, 0, 0, "Where the rates come from:", 1},
  {"url", 'u', "URL", 0, "Fetch this address (default: the ECB's daily file)", 0},
  {"file", 'f', "FILE", 0, "Read this file instead of the network", 0},
  {"fallback", OPTION_FALLBACK, "FILE", 0, "Read this file when the network fails", 0},
  {"save", OPTION_SAVE, "FILE", 0, "Write the XML that was used, for ratelock-feed-sim", 0},
  {0, 0, 0, 0, "How often:", 2},
  {"once", OPTION_ONCE, 0, 0, "Push once and end (default)", 0},
  {"every", OPTION_EVERY, "DURATION", 0, "Go on: fetch and push anew each DURATION", 0},
  {0},
};

static const char doc[] =
  "Pushes the European Central Bank's daily euro reference rates into a ratelock engine."
  "\v"
  "The rates are a reference: they check other sources and back indicative prices. Each states "
  "midnight UTC of its day, for the ECB gives a day and no time.\n"
  "\n"
  "Examples:\n"
  "  ratelock-feed-ecb\n"
  "  ratelock-feed-ecb --fallback ecb-daily.xml --save today.xml\n"
  "  ratelock-feed-ecb --every 1h\n"
  "\n"
  "Exit: 0 pushed, 1 no rates to be had, 2 usage, 3 no engine.";

static error_t parse_option(int key, char *value, struct argp_state *state)
{
  ecb_options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->engine;
    return 0;
  case 'u': options->url = value; return 0;
  case 'f': options->file = value; return 0;
  case OPTION_FALLBACK: options->fallback = value; return 0;
  case OPTION_SAVE: options->save = value; return 0;
  case OPTION_ONCE: options->every_ms = 0; return 0;
  case OPTION_EVERY:
    options->every_ms = rl_option_duration(state, "every", value, 1000, 7 * 86400000ll);
    return 0;
  case ARGP_KEY_ARG:
    argp_error(state, "%s: nothing is expected beside options; a file is given by --file", value);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

/* The XML and what it says. */
typedef struct ecb_rates {
  char *xml; /* owned */
  size_t size;
  rl_ecb_fixing fixing;
} ecb_rates;

static rl_status check_day(const ecb_rates *rates, const char *from, rl_error *error)
{
  rl_clock clock = rl_clock_system();
  if (rates->fixing.date.ms <= rl_clock_read(&clock).utc.ms)
    return RL_OK;
  return rl_fail(error, RL_INVALID, from, 0, "time",
                 "a day that is still to come: is this machine's clock right?");
}

/* On success the caller frees out->xml. */
static rl_status load(const char *from, bool fetch, ecb_rates *out, rl_error *error)
{
  ecb_rates rates = {0};
  rl_status status =
    fetch ? rl_ecb_fetch(from, RL_ECB_XML_MAX, FETCH_TIMEOUT_MS, rl_program_stopped, &rates.xml,
                         &rates.size, error)
          : rl_file_read(from, RL_ECB_XML_MAX, &rates.xml, &rates.size, error);
  if (status == RL_OK)
    status = rl_ecb_parse(rates.xml, rates.size, from, &rates.fixing, error);
  if (status == RL_OK)
    status = check_day(&rates, from, error);
  if (status == RL_OK)
    *out = rates;
  else
    free(rates.xml);
  return status;
}

static rl_status obtain(const ecb_options *options, ecb_rates *out, rl_error *error)
{
  if (options->file)
    return load(options->file, false, out, error);
  rl_status status = load(options->url, true, out, error);
  if (status == RL_OK || !options->fallback || rl_program_stopped())
    return status;
  rl_program_fail(error);
  rl_program_say("using the rates of %s instead", options->fallback);
  return load(options->fallback, false, out, error);
}

static rl_status push_rates(rl_feed *feed, const rl_ecb_fixing *fixing)
{
  for (unsigned i = 0; i < fixing->count; i++) {
    const rl_ecb_rate *rate = &fixing->rates[i];
    char pair[7];
    snprintf(pair, sizeof pair, "EUR%s", rl_currency_code(rate->currency));
    rl_status status = rl_feed_push(feed, pair, rate->rate, rate->rate, fixing->date);
    if (status != RL_OK)
      return status;
  }
  return rl_feed_flush(feed);
}

static void report(const ecb_options *options, const rl_ecb_fixing *fixing)
{
  char day[RL_UTC_TEXT_SIZE];
  rl_utc_format(fixing->date, day);
  printf("%u rates of %.10s pushed to %s", fixing->count, day, options->engine.url);
  if (fixing->left_out)
    printf(", %u currencies left out", fixing->left_out);
  printf("\n");
  fflush(stdout);
}

/* One round: get, save, push. Returns the exit code. */
static int push_once(const ecb_options *options, rl_feed *feed)
{
  rl_error error;
  ecb_rates rates;
  if (obtain(options, &rates, &error) != RL_OK)
    return rl_program_fail(&error);
  int code = RL_EXIT_DONE;
  if (options->save && rl_file_write(options->save, rates.xml, rates.size, &error) != RL_OK)
    code = rl_program_fail(&error);
  free(rates.xml);
  rl_status status = push_rates(feed, &rates.fixing);
  if (status != RL_OK)
    return rl_program_fail_push(status, options->engine.url);
  report(options, &rates.fixing);
  return code;
}

/* A round that fails is said and the next one tried; only the first decides about giving up. */
static int push_repeatedly(const ecb_options *options, rl_feed *feed)
{
  rl_clock clock = rl_clock_system();
  int code = push_once(options, feed);
  while (code == RL_EXIT_DONE && options->every_ms > 0 && !rl_program_stopped()) {
    int64_t now_ns = rl_clock_read(&clock).mono.ns;
    rl_program_sleep_until((rl_mono){now_ns + options->every_ms * RL_NS_PER_MS});
    if (!rl_program_stopped())
      (void)push_once(options, feed);
  }
  return code;
}

int main(int argc, char **argv)
{
  const struct argp_child children[] = {{.argp = &rl_engine_argp, .group = 10}, {0}};
  const struct argp argp = {.options = options_table, .parser = parse_option, .doc = doc,
                            .children = children};
  ecb_options options = {.engine = RL_ENGINE_OPTIONS_DEFAULT, .url = RL_ECB_URL};
  rl_program_begin("ratelock-feed-ecb");
  argp_parse(&argp, argc, argv, 0, NULL, &options);
  rl_feed_options feed_options = {.url = options.engine.url, .source = SOURCE_NAME,
                                  .class = RL_SOURCE_REFERENCE,
                                  .timeout_ms = options.engine.timeout_ms};
  rl_feed *feed;
  rl_error error;
  rl_status status = rl_feed_connect(&feed_options, &feed, &error);
  if (status != RL_OK)
    return rl_program_fail_feed(status, &error);
  int code = push_repeatedly(&options, feed);
  rl_feed_close(feed);
  return code;
}
