#include "feeds/sim.h"

#include "bytes/bytes.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE(code, rate) "<Cube currency='" code "' rate='" rate "'/>"
static const char xml[] =
  "<gesmes:Envelope xmlns:gesmes='http://www.gesmes.org/xml/2002-08-01'"
  " xmlns='http://www.ecb.int/vocabulary/2002-08-01/eurofxref'><Cube><Cube time='2025-05-09'>"
  RATE("USD", "1.1252") RATE("JPY", "163.36") RATE("GBP", "0.84770") RATE("IDR", "18606.59")
  RATE("SEK", "10.9200") "</Cube></Cube></gesmes:Envelope>";
static const char universe_text[] =
  "order EUR GBP USD JPY\npivot USD EUR\n"
  "pair EUR USD scale=6\npair EUR JPY scale=4\npair USD JPY scale=4\npair GBP USD scale=6\n"
  "pair EUR IDR scale=3\npair EUR SEK scale=5\npair USD KWD scale=6\n";
#define PAIRS 6u /* the fixing has no KWD */
#define VENUES 3u
#define STEPS_PER_SECOND 100u

static rl_universe *universe;
static rl_ecb_fixing fixing;
static rl_sim *sim;
static rl_sim_tick tick;
static rl_error error;

static rl_sim *new_sim(uint64_t seed)
{
  rl_sim_options options = {.universe = universe, .fixing = &fixing, .seed = seed,
                            .venues = VENUES, .steps_per_second = STEPS_PER_SECOND};
  rl_sim *made = NULL;
  cr_assert_eq(rl_sim_create(&options, &made, &error), RL_OK, "%s", error.text);
  return made;
}

static void set_up(void)
{
  cr_assert_eq(rl_universe_parse(universe_text, strlen(universe_text), "u", &universe, &error),
               RL_OK, "%s", error.text);
  cr_assert_eq(rl_ecb_parse(xml, strlen(xml), "x", &fixing, &error), RL_OK, "%s", error.text);
  sim = new_sim(1);
}

static void tear_down(void)
{
  rl_sim_destroy(sim);
  rl_universe_destroy(universe);
}

TestSuite(feed_sim, .init = set_up, .fini = tear_down);

static double number(rl_rate rate)
{
  return (double)rate.mantissa / pow(10, rate.scale);
}

static double tick_mid(void)
{
  return (number(tick.bid) + number(tick.ask)) / 2;
}

/* What the fixing says of the tick's pair, by floating point: good enough to tell what is near. */
static double fixed_rate(void)
{
  const rl_pair_spec *spec = rl_universe_pair_spec(universe, tick.pair);
  rl_rate base, quote;
  cr_assert(rl_ecb_find(&fixing, spec->base, &base) && rl_ecb_find(&fixing, spec->quote, &quote));
  return number(quote) / number(base);
}

static bool same_tick(const rl_sim_tick *left, const rl_sim_tick *right)
{
  return left->step == right->step && left->venue == right->venue &&
         left->pair.index == right->pair.index && left->bid.mantissa == right->bid.mantissa &&
         left->ask.mantissa == right->ask.mantissa && left->bid_size == right->bid_size &&
         left->ask_size == right->ask_size;
}

Test(feed_sim, the_same_seed_gives_the_same_ticks)
{
  rl_sim *again = new_sim(1), *other = new_sim(2);
  rl_sim_tick twin, stranger;
  unsigned differing = 0;
  for (int i = 0; i < 20000; i++) {
    rl_sim_next(sim, &tick);
    rl_sim_next(again, &twin);
    rl_sim_next(other, &stranger);
    cr_assert(same_tick(&tick, &twin), "tick %d", i);
    differing += !same_tick(&tick, &stranger);
  }
  cr_assert_gt(differing, 19000);
  rl_sim_destroy(again);
  rl_sim_destroy(other);
}

Test(feed_sim, the_ticks_of_a_seed_never_change)
{
  uint8_t bytes[64 * 1000];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  for (int i = 0; i < 1000; i++) {
    rl_sim_next(sim, &tick);
    rl_put_u64(&writer, tick.step);
    rl_put_u64(&writer, tick.venue);
    rl_put_u64(&writer, tick.pair.index);
    rl_put_u64(&writer, tick.bid.mantissa);
    rl_put_u64(&writer, tick.ask.mantissa);
  }
  /* Recordings and measurements name a seed: a change of this number changes all of them. */
  cr_assert_eq(rl_checksum(bytes, writer.used), 0xc2add3a845b20ee5, "0x%llx",
               (unsigned long long)rl_checksum(bytes, writer.used));
}

Test(feed_sim, the_market_opens_with_every_pair_at_every_venue)
{
  cr_assert_eq(rl_sim_pair_count(sim), PAIRS);
  unsigned seen[16][VENUES] = {{0}};
  for (unsigned i = 0; i < PAIRS * VENUES; i++) {
    rl_sim_next(sim, &tick);
    cr_assert_eq(tick.step, 0);
    seen[tick.pair.index][tick.venue]++;
  }
  for (unsigned i = 0; i < PAIRS * VENUES; i++)
    cr_assert_eq(seen[i / VENUES][i % VENUES], 1);
  rl_sim_next(sim, &tick);
  cr_assert_eq(tick.step, 1);
}

Test(feed_sim, prices_stay_near_the_fixing_and_fit_a_source)
{
  /* Two currencies' walks, a skew and a spread. */
  double reach = (2 * RL_SIM_WALK_PPM + 1000) / 1e6;
  for (int i = 0; i < 300000; i++) {
    rl_sim_next(sim, &tick);
    cr_assert_lt(fabs(tick_mid() / fixed_rate() - 1), reach);
    cr_assert(tick.bid.mantissa >= 1 && tick.bid.mantissa <= RL_SOURCE_MANTISSA_MAX);
    cr_assert(tick.ask.mantissa >= 1 && tick.ask.mantissa <= RL_SOURCE_MANTISSA_MAX);
    cr_assert_leq(tick.bid.scale, rl_universe_pair_spec(universe, tick.pair)->scale);
    cr_assert_eq(tick.bid.scale, tick.ask.scale);
    cr_assert(tick.bid_size > 0 && tick.ask_size > 0);
  }
}

Test(feed_sim, opening_prices_are_those_of_the_fixing)
{
  for (unsigned i = 0; i < PAIRS * VENUES; i++) {
    rl_sim_next(sim, &tick);
    cr_assert_lt(fabs(tick_mid() / fixed_rate() - 1), 150e-6);
  }
}

Test(feed_sim, the_market_moves_within_its_border)
{
  double lowest = 1, highest = 1;
  for (int i = 0; i < 300000; i++) {
    rl_sim_next(sim, &tick);
    double ratio = tick_mid() / fixed_rate();
    lowest = fmin(lowest, ratio);
    highest = fmax(highest, ratio);
  }
  cr_assert_gt(highest - lowest, 500e-6);
}

Test(feed_sim, a_walk_turns_back_at_its_border)
{
  static const char text[] = "order EUR USD\npivot USD\npair EUR USD scale=6\n";
  rl_universe *pair;
  cr_assert_eq(rl_universe_parse(text, strlen(text), "u", &pair, &error), RL_OK);
  /* A seed under which the dollar reaches the border soon. */
  rl_sim_options options = {.universe = pair, .fixing = &fixing, .seed = 378, .venues = 1,
                            .steps_per_second = STEPS_PER_SECOND};
  rl_sim *walker = NULL;
  cr_assert_eq(rl_sim_create(&options, &walker, &error), RL_OK);
  double farthest = 0;
  for (int i = 0; i < 1300000; i++) {
    rl_sim_next(walker, &tick);
    if (tick.bid.mantissa < tick.ask.mantissa)
      farthest = fmax(farthest, fabs(tick_mid() / 1.1252 - 1));
  }
  double border = RL_SIM_WALK_PPM / 1e6, skew = 6e-6;
  cr_assert(farthest > border - skew && farthest < border + skew, "%.6f", farthest);
  rl_sim_destroy(walker);
  rl_universe_destroy(pair);
}

Test(feed_sim, every_venue_crosses_and_locks_at_times_and_seldom)
{
  unsigned ticks[VENUES] = {0}, crossed[VENUES] = {0}, locked[VENUES] = {0};
  for (int i = 0; i < 100000; i++) {
    rl_sim_next(sim, &tick);
    ticks[tick.venue]++;
    crossed[tick.venue] += tick.bid.mantissa > tick.ask.mantissa;
    locked[tick.venue] += tick.bid.mantissa == tick.ask.mantissa;
  }
  for (unsigned venue = 0; venue < VENUES; venue++) {
    cr_assert(crossed[venue] > 0 && crossed[venue] < ticks[venue] / 10);
    cr_assert(locked[venue] > 0 && locked[venue] < ticks[venue] / 10);
  }
}

Test(feed_sim, every_venue_has_its_own_spread)
{
  double spread[VENUES] = {0};
  unsigned ticks[VENUES] = {0};
  for (int i = 0; i < 100000; i++) {
    rl_sim_next(sim, &tick);
    if (tick.pair.index != 0 || tick.bid.mantissa >= tick.ask.mantissa)
      continue;
    spread[tick.venue] += number(tick.ask) - number(tick.bid);
    ticks[tick.venue]++;
  }
  for (unsigned venue = 0; venue < VENUES; venue++)
    spread[venue] /= ticks[venue];
  cr_assert(spread[0] * 1.2 < spread[1] && spread[1] * 1.2 < spread[2]);
}

Test(feed_sim, every_venue_falls_silent_for_seconds_while_others_go_on)
{
  uint64_t last[VENUES] = {0};
  unsigned outages[VENUES] = {0};
  uint64_t previous = 0;
  for (int i = 0; i < 200000; i++) {
    rl_sim_next(sim, &tick);
    cr_assert(i < (int)(PAIRS * VENUES) || tick.step > previous);
    previous = tick.step;
    /* By chance alone a venue of three misses a hundred turns once in 10^17 times. */
    uint64_t quiet = tick.step - last[tick.venue];
    outages[tick.venue] += quiet > STEPS_PER_SECOND;
    cr_assert_lt(quiet, 14 * STEPS_PER_SECOND);
    last[tick.venue] = tick.step;
  }
  for (unsigned venue = 0; venue < VENUES; venue++)
    cr_assert(outages[venue] >= 5 && outages[venue] <= 100, "%u", outages[venue]);
}

Test(feed_sim, no_triangle_of_pairs_earns)
{
  double mids[PAIRS] = {0}; /* EURUSD, EURJPY, USDJPY are the first three */
  for (int i = 0; i < 200000; i++) {
    rl_sim_next(sim, &tick);
    mids[tick.pair.index] = tick_mid();
    if (mids[0] > 0 && mids[1] > 0 && mids[2] > 0)
      cr_assert_lt(fabs(mids[0] * mids[2] / mids[1] - 1), 1000e-6);
  }
}

Test(feed_sim, a_fixing_that_gives_no_pair_is_refused)
{
  rl_universe *strange;
  static const char text[] = "order EUR USD\npivot USD\npair USD KWD\n";
  cr_assert_eq(rl_universe_parse(text, strlen(text), "u", &strange, &error), RL_OK);
  rl_sim_options options = {.universe = strange, .fixing = &fixing, .venues = 1,
                            .steps_per_second = 1};
  rl_sim *none = NULL;
  cr_assert_eq(rl_sim_create(&options, &none, &error), RL_NOT_FOUND);
  cr_assert_null(none);
  rl_universe_destroy(strange);
}

Test(feed_sim, every_pair_of_the_built_in_universe_is_quoted)
{
  const char *text = rl_universe_builtin_text();
  rl_universe *builtin;
  cr_assert_eq(rl_universe_parse(text, strlen(text), "built-in", &builtin, &error), RL_OK);
  rl_ecb_fixing all = {.count = 0};
  for (unsigned i = 0; i < rl_universe_pair_count(builtin); i++) {
    const rl_pair_spec *spec = rl_universe_pair_spec(builtin, (rl_pair){(uint16_t)i});
    if (strcmp(rl_currency_code(spec->base), "EUR") == 0)
      all.rates[all.count++] = (rl_ecb_rate){spec->quote, {.mantissa = 2}};
  }
  rl_sim_options options = {.universe = builtin, .fixing = &all, .venues = 1,
                            .steps_per_second = 1};
  rl_sim *whole;
  cr_assert_eq(rl_sim_create(&options, &whole, &error), RL_OK);
  cr_assert_eq(rl_sim_pair_count(whole), rl_universe_pair_count(builtin));
  rl_sim_destroy(whole);
  rl_universe_destroy(builtin);
}
