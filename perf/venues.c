/* A day as venues really send it, through a whole engine: a table of what each venue sent and what
 * became of it, of the price that was made of them, and how fast the engine takes such ticks.
 *
 *   perf_venues                                            two venues drawn from a seed
 *   perf_venues --pair EURUSD --date 2014-05-02 fxcm+300=FILE oanda=FILE
 *
 * A venue is NAME=FILE with the minutes that its clock is behind UTC; a second number of minutes is
 * by how much the times that it states are off (they are true otherwise). The files have lines
 * "milliseconds of the day,bid,ask", plain, gzip or zip. The day is played three times by a driven
 * clock: twice with a look at each composite (both must give one digest), once for speed alone. */
#include "bench.h"
#include "feeds/text.h"
#include "venue_day.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED 20140502
#define DRAWN_EACH 60000

typedef struct options {
  const char *pair;
  const char *date;
  unsigned venue_count;
  venue venues[VENUES_MAX];
  size_t drawn_each;
} options;

static void end_with_usage(const char *program)
{
  fprintf(stderr, "usage: %s [--smoke | --pair EURUSD --date 2014-05-02 NAME+MINUTES=FILE …]\n",
          program);
  exit(2);
}

static options options_from(int argc, char **argv)
{
  options given = {.pair = "EURUSD", .date = "", .drawn_each = DRAWN_EACH};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--smoke") == 0 && argc == 2)
      given.drawn_each = 300;
    else if (strcmp(argv[i], "--pair") == 0 && i + 1 < argc)
      given.pair = argv[++i];
    else if (strcmp(argv[i], "--date") == 0 && i + 1 < argc)
      given.date = argv[++i];
    else if (given.venue_count == VENUES_MAX ||
             venue_parse(argv[i], &given.venues[given.venue_count++]) != RL_OK)
      end_with_usage(argv[0]);
  }
  return given;
}

static venue_ticks take_ticks(options *given, const char *program)
{
  venue_ticks ticks;
  if (given->venue_count == 0) {
    venues_draw(given->venues, given->drawn_each, SEED, &ticks);
    given->venue_count = 2;
    return ticks;
  }
  rl_utc midnight = {0};
  rl_error error;
  char instant[32], text[512];
  snprintf(instant, sizeof instant, "%sT00:00:00Z", given->date);
  if (strlen(given->pair) != 6 || rl_instant_parse(instant, strlen(instant), &midnight) != RL_OK)
    end_with_usage(program);
  if (venues_read(given->venues, given->venue_count, midnight, &ticks, &error) != RL_OK) {
    rl_error_format(&error, text, sizeof text);
    fprintf(stderr, "%s: %s\n", program, text);
    exit(1);
  }
  return ticks;
}

/* --- the table --- */

static double percent(double part, double whole)
{
  return whole > 0 ? 100 * part / whole : 0;
}

/* What became of the ticks; where a source has nothing of a kind, nothing is said of it. */
static void print_source(const rl_source_info *info)
{
  printf("  %-16s %9" PRIu64, info->name, info->ticks);
  for (rl_verdict verdict = 0; verdict < RL_VERDICT_COUNT; verdict++) {
    if (info->verdicts[verdict] > 0)
      printf("  %.2f %% %s", percent((double)info->verdicts[verdict], (double)info->ticks),
             rl_verdict_name(verdict));
  }
  printf("\n  %-16s clock %s", "", rl_source_clock_name(info->clock));
  if (info->clock != RL_CLOCK_UNKNOWN)
    printf(", %.1f s off", (double)info->clock_offset_ms / 1e3);
  printf("\n");
}

static void print_sources(const rl_test_engine *engine)
{
  printf("\nwhat the venues sent\n");
  for (unsigned i = 0; i < rl_market_source_count(engine->market); i++) {
    rl_source_info info;
    rl_market_source_info(engine->market, (rl_source){(uint8_t)i}, &info);
    if (info.ticks > 0)
      print_source(&info);
  }
}

static void print_refusals(const venue_day *day)
{
  for (unsigned i = 0; i < sizeof day->refused_ns / sizeof *day->refused_ns; i++) {
    if (day->refused_ns[i] > 0)
      printf("  %-22s %8.3f %% of the time\n", rl_refusal_name((rl_refusal)i),
             percent((double)day->refused_ns[i], (double)day->span_ns));
  }
}

static void print_day(const rl_test_engine *engine, rl_pair pair, const venue_day *day)
{
  const rl_pair_spec *spec = rl_universe_pair_spec(engine->universe, pair);
  double pip = 2;
  for (unsigned scale = spec->pip_scale; scale < spec->scale; scale++)
    pip *= 10;
  printf("\nthe price over %.1f hours\n", (double)day->span_ns / 3.6e12);
  printf("  %-22s %8.3f %% of the time\n", "there is one",
         percent((double)day->priced_ns, (double)day->span_ns));
  print_refusals(day);
  printf("  %-22s %8.3f s\n", "crossed", (double)day->crossed_ns / 1e9);
  printf("  %-22s %8.3f s\n", "outside the venues", (double)day->outside_ns / 1e9);
  printf("  %-22s %8.3f s\n", "older than its bound", (double)day->too_old_ns / 1e9);
  printf("  %-22s %8.2f pip, 95 %% of the time within %.2f, 99.9 %% within %.2f\n",
         "median spread", venue_day_spread(day, 500) / pip, venue_day_spread(day, 950) / pip,
         venue_day_spread(day, 999) / pip);
  printf("  %-22s %8" PRIu64 " made, %" PRIu64 " of them a refusal\n", "composites",
         day->composites, day->refused);
  printf("  %-22s %016" PRIx64 "\n", "digest", day->digest);
}

/* One run of the day in an engine of its own. The digest. */
static uint64_t play(const options *given, const venue_ticks *ticks, bool look, bool print)
{
  rl_test_engine engine;
  venue_day day;
  rl_pair pair;
  rl_test_engine_start(&engine);
  if (rl_universe_find_name(engine.universe, given->pair, 6, &pair) != RL_OK) {
    fprintf(stderr, "%s is no pair of the built-in universe\n", given->pair);
    exit(2);
  }
  venue_day_play(&engine, given->pair, given->venues, ticks, look, &day);
  if (print) {
    print_sources(&engine);
    print_day(&engine, pair, &day);
  }
  if (!look)
    printf("  %-22s %8.2f million ticks/s, one feed message each\n", "speed",
           (double)ticks->count * 1e3 / (double)day.played_ns);
  free(day.wide_ns);
  rl_test_engine_stop(&engine);
  return day.digest;
}

int main(int argc, char **argv)
{
  options given = options_from(argc, argv);
  venue_ticks ticks = take_ticks(&given, argv[0]);
  char title[128];
  snprintf(title, sizeof title, "%s %s: %zu ticks of %u venues", given.pair, given.date,
           ticks.count, given.venue_count);
  bench_print_machine(title);
  uint64_t first = play(&given, &ticks, true, true);
  uint64_t second = play(&given, &ticks, true, false);
  play(&given, &ticks, false, false);
  free(ticks.all);
  if (first != second) {
    printf("  the second run's digest is another one: %016" PRIx64 "\n", second);
    return 1;
  }
}
