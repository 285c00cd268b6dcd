/* ratelock-feed-sim: several made-up venues that quote around real rates, each as a source. */
#include "feeds/program.h"
#include "feeds/sim.h"

#include "paths/paths.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNIVERSE_TEXT_MAX (1u << 20)
/* The pause between two rounds: short against what a checkout notices, long against a wake-up. */
#define ROUND_NS RL_NS_PER_MS
/* Behind by more than this, the market goes on from now instead of catching up in a burst. */
#define SLIP_NS (1000 * RL_NS_PER_MS)
#define PROGRESS_EVERY_NS (500 * RL_NS_PER_MS)

enum { OPTION_AROUND = 0x100, OPTION_SEED, OPTION_RATE, OPTION_DURATION, OPTION_VENUES,
       OPTION_UNIVERSE };

typedef struct sim_options {
  rl_engine_options engine;
  const char *around;
  const char *universe; /* NULL: the one compiled in */
  uint64_t seed;
  uint32_t rate;        /* steps a second */
  int64_t duration_ms;  /* 0: without end */
  bool quiet;
  unsigned venue_count;
  char venues[RL_SIM_VENUES_MAX][RL_SOURCE_NAME_MAX + 1];
} sim_options;

static const struct argp_option options_table[] = {
  {0, 0, 0, 0, "The market:", 1},
  {"around", OPTION_AROUND, "FILE", 0,
   "The ECB's daily XML, such as ratelock-feed-ecb --save writes (required)", 0},
  {"venues", OPTION_VENUES, "NAMES", 0, "Up to eight sources (default alpha,bravo,carol)", 0},
  {"seed", OPTION_SEED, "N", 0, "The same seed gives the same prices (default 1)", 0},
  {"rate", OPTION_RATE, "N", 0, "Ticks a second of all venues together (default 500)", 0},
  {"duration", OPTION_DURATION, "DURATION", 0, "Stop after so long (default: never)", 0},
  {"universe", OPTION_UNIVERSE, "FILE", 0, "The pairs (default: those compiled in)", 0},
  {"quiet", 'q', 0, 0, "Say nothing but errors", 0},
  {0},
};

static const char doc[] =
  "Simulates several venues around one day's real rates and pushes their prices into a ratelock "
  "engine: different spreads, crossed and locked books, outages."
  "\v"
  "Examples:\n"
  "  ratelock-feed-sim --around today.xml\n"
  "  ratelock-feed-sim --around today.xml --seed 7 --rate 20000 --duration 30s\n"
  "\n"
  "Exit: 0 stopped or done, 1 failed, 2 usage, 3 no engine.";

static void take_venues(const struct argp_state *state, sim_options *options, const char *text)
{
  options->venue_count = 0;
  for (const char *name = text;; name++) {
    size_t length = strcspn(name, ",");
    if (options->venue_count == RL_SIM_VENUES_MAX || length == 0 || length > RL_SOURCE_NAME_MAX)
      argp_error(state, "--venues %s: expected one to %d names of at most %d bytes, such as "
                 "alpha,bravo", text, RL_SIM_VENUES_MAX, RL_SOURCE_NAME_MAX);
    snprintf(options->venues[options->venue_count++], RL_SOURCE_NAME_MAX + 1, "%.*s", (int)length,
             name);
    name += length;
    if (*name == '\0')
      return;
  }
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
  sim_options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->engine;
    return 0;
  case 'q': options->quiet = true; return 0;
  case OPTION_AROUND: options->around = value; return 0;
  case OPTION_UNIVERSE: options->universe = value; return 0;
  case OPTION_VENUES: take_venues(state, options, value); return 0;
  case OPTION_SEED:
    options->seed = rl_option_number(state, "seed", value, 0, UINT64_MAX);
    return 0;
  case OPTION_RATE:
    options->rate = (uint32_t)rl_option_number(state, "rate", value, 1, 1000000);
    return 0;
  case OPTION_DURATION:
    options->duration_ms = rl_option_duration(state, "duration", value, 1, 366 * 86400000ll);
    return 0;
  case ARGP_KEY_ARG:
    argp_error(state, "%s: nothing is expected beside options; the rates are given by --around",
               value);
    return 0;
  case ARGP_KEY_END:
    if (!options->around)
      argp_error(state, "--around FILE: the rates to start from, such as ratelock-feed-ecb --save "
                 "writes");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static rl_status load_universe(const sim_options *options, rl_universe **out, rl_error *error)
{
  if (!options->universe) {
    const char *text = rl_universe_builtin_text();
    return rl_universe_parse(text, strlen(text), "built-in universe", out, error);
  }
  char *text;
  size_t size;
  rl_status status = rl_file_read(options->universe, UNIVERSE_TEXT_MAX, &text, &size, error);
  if (status != RL_OK)
    return status;
  status = rl_universe_parse(text, size, options->universe, out, error);
  free(text);
  return status;
}

static rl_status load_fixing(const sim_options *options, rl_ecb_fixing *out, rl_error *error)
{
  char *xml;
  size_t size;
  rl_status status = rl_file_read(options->around, RL_ECB_XML_MAX, &xml, &size, error);
  if (status != RL_OK)
    return status;
  status = rl_ecb_parse(xml, size, options->around, out, error);
  free(xml);
  return status;
}

/* The running simulation. */
typedef struct sim_exchange {
  const sim_options *options;
  rl_universe *universe;
  rl_sim *sim;
  rl_feed *feeds[RL_SIM_VENUES_MAX]; /* options->venue_count of them */
  rl_clock clock;
  rl_mono start;     /* when step 0 is due; later than it was after a slip */
  rl_mono finish;    /* what is due later is not pushed; INT64_MAX without an end */
  rl_sim_tick next;  /* drawn, not yet pushed */
  bool away;         /* the engine takes nothing: its batches wait, ticks are dropped */
  uint64_t sent;
  uint64_t dropped;
} sim_exchange;

static rl_mono due_at(const sim_exchange *exchange, uint64_t step)
{
  uint64_t rate = exchange->options->rate;
  uint64_t ns = step / rate * 1000000000 + step % rate * 1000000000 / rate;
  return (rl_mono){exchange->start.ns + (int64_t)ns};
}

static bool is_over(const sim_exchange *exchange)
{
  return rl_program_stopped() || due_at(exchange, exchange->next.step).ns > exchange->finish.ns;
}

/* An engine that restarts is normal while a market runs: said, and waited for. */
static rl_status note_engine(sim_exchange *exchange, rl_status status)
{
  bool away = status == RL_TIMEOUT;
  if (away != exchange->away)
    rl_program_say(away ? "%s: the engine takes no ticks: waiting for it"
                        : "%s: the engine takes ticks again", exchange->options->engine.url);
  exchange->away = away;
  return away ? RL_OK : status;
}

static rl_status push_tick(sim_exchange *exchange, rl_utc now)
{
  const rl_sim_tick *tick = &exchange->next;
  if (exchange->away) {
    exchange->dropped++;
    return RL_OK;
  }
  const char *pair = rl_universe_pair_name(exchange->universe, tick->pair);
  rl_status status = rl_feed_push_sized(exchange->feeds[tick->venue], pair, tick->bid, tick->ask,
                                        now, tick->bid_size, tick->ask_size);
  if (status == RL_OK) {
    exchange->sent++;
    return RL_OK;
  }
  exchange->dropped++;
  return note_engine(exchange, status);
}

static rl_status flush_all(sim_exchange *exchange)
{
  rl_status status = RL_OK;
  for (unsigned i = 0; i < exchange->options->venue_count && status == RL_OK; i++)
    status = rl_feed_flush(exchange->feeds[i]);
  return note_engine(exchange, status);
}

/* All ticks that are due, then a pause. */
static rl_status play_round(sim_exchange *exchange)
{
  rl_now now = rl_clock_read(&exchange->clock);
  int64_t behind_ns = now.mono.ns - due_at(exchange, exchange->next.step).ns;
  if (behind_ns > SLIP_NS)
    exchange->start.ns += behind_ns;
  rl_status status = RL_OK;
  while (status == RL_OK && !is_over(exchange) &&
         due_at(exchange, exchange->next.step).ns <= now.mono.ns) {
    status = push_tick(exchange, now.utc);
    rl_sim_next(exchange->sim, &exchange->next);
  }
  if (status == RL_OK)
    status = flush_all(exchange);
  int64_t due_ns = due_at(exchange, exchange->next.step).ns;
  int64_t pause_ns = now.mono.ns + ROUND_NS;
  if (status == RL_OK && !is_over(exchange))
    rl_program_sleep_until((rl_mono){due_ns > pause_ns ? due_ns : pause_ns});
  return status;
}

static int play(sim_exchange *exchange)
{
  bool progress = !exchange->options->quiet && isatty(STDERR_FILENO);
  int64_t shown_ns = 0;
  rl_status status = RL_OK;
  int64_t duration_ns = exchange->options->duration_ms * RL_NS_PER_MS;
  exchange->start = rl_clock_read(&exchange->clock).mono;
  exchange->finish.ns = duration_ns > 0 ? exchange->start.ns + duration_ns : INT64_MAX;
  rl_sim_next(exchange->sim, &exchange->next);
  while (status == RL_OK && !is_over(exchange)) {
    status = play_round(exchange);
    int64_t now_ns = rl_clock_read(&exchange->clock).mono.ns;
    if (progress && now_ns - shown_ns >= PROGRESS_EVERY_NS) {
      fprintf(stderr, "\r%" PRIu64 " ticks ", exchange->sent);
      shown_ns = now_ns;
    }
  }
  if (progress)
    fprintf(stderr, "\n");
  if (!exchange->options->quiet)
    printf("%" PRIu64 " ticks sent, %" PRIu64 " dropped while the engine took none\n",
           exchange->sent, exchange->dropped);
  return status == RL_OK ? RL_EXIT_DONE
                         : rl_program_fail_push(status, exchange->options->engine.url);
}

static void announce(const sim_exchange *exchange)
{
  const sim_options *options = exchange->options;
  if (options->quiet)
    return;
  printf("%u venues, %u pairs, %u ticks/s in all, seed %" PRIu64 ", to %s\n",
         options->venue_count, rl_sim_pair_count(exchange->sim), options->rate, options->seed,
         options->engine.url);
  fflush(stdout);
}

static void disconnect(sim_exchange *exchange)
{
  for (unsigned i = 0; i < exchange->options->venue_count && exchange->feeds[i]; i++)
    rl_feed_close(exchange->feeds[i]);
}

static int connect_and_play(sim_exchange *exchange)
{
  const sim_options *options = exchange->options;
  for (unsigned i = 0; i < options->venue_count; i++) {
    rl_error error;
    rl_feed_options feed = {.url = options->engine.url, .source = options->venues[i],
                            .class = RL_SOURCE_LIVE, .timeout_ms = options->engine.timeout_ms};
    rl_status status = rl_feed_connect(&feed, &exchange->feeds[i], &error);
    if (status != RL_OK)
      return rl_program_fail_feed(status, &error);
  }
  announce(exchange);
  return play(exchange);
}

static rl_status prepare(sim_exchange *exchange, rl_error *error)
{
  const sim_options *options = exchange->options;
  rl_ecb_fixing fixing;
  rl_status status = load_universe(options, &exchange->universe, error);
  if (status == RL_OK)
    status = load_fixing(options, &fixing, error);
  if (status != RL_OK)
    return status;
  rl_sim_options sim = {.universe = exchange->universe, .fixing = &fixing, .seed = options->seed,
                        .venues = options->venue_count, .steps_per_second = options->rate};
  return rl_sim_create(&sim, &exchange->sim, error);
}

int main(int argc, char **argv)
{
  const struct argp_child children[] = {{.argp = &rl_engine_argp, .group = 10}, {0}};
  const struct argp argp = {.options = options_table, .parser = parse_option, .doc = doc,
                            .children = children};
  sim_options options = {.engine = RL_ENGINE_OPTIONS_DEFAULT, .seed = 1, .rate = 500,
                         .venue_count = 3, .venues = {"alpha", "bravo", "carol"}};
  rl_program_begin("ratelock-feed-sim");
  argp_parse(&argp, argc, argv, 0, NULL, &options);
  sim_exchange exchange = {.options = &options, .clock = rl_clock_system()};
  rl_error error;
  int code = prepare(&exchange, &error) == RL_OK ? connect_and_play(&exchange)
                                                 : rl_program_fail(&error);
  disconnect(&exchange);
  if (exchange.sim)
    rl_sim_destroy(exchange.sim);
  if (exchange.universe)
    rl_universe_destroy(exchange.universe);
  return code;
}
