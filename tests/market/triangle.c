/* Triangles (K5): what a trip round three markets earns, against GMP's rationals, and which prices
 * are for showing only while one earns. */
#include "market/triangle.h"
#include "market/world.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS RL_NS_PER_MS

static rl_world world;
static rl_source a;

static void open_world(void)
{
  world = world_of("order EUR GBP USD\n"
                   "pivot USD EUR\n"
                   "pair EUR USD scale=4 triangle_ppm=2000 max_age_ms=1000\n"
                   "pair USD JPY scale=2 triangle_ppm=1000 max_age_ms=1000\n"
                   "pair EUR JPY scale=2 triangle_ppm=3000 max_age_ms=1000\n"
                   "pair GBP USD scale=4 max_age_ms=1000\n"
                   "pair GBP JPY scale=2 triangle_ppm=1 max_age_ms=1000\n"
                   "pair USD SEK scale=4 max_age_ms=1000\n");
  a = world_live(&world, "a");
}

static void close_world(void)
{
  world_end(&world);
}

TestSuite(market_triangle, .init = open_world, .fini = close_world);

/* 1.2 x 150 is 180 without a gap. */
static void say_fair(void)
{
  world_say(&world, a, "EURUSD", 12000, 12000);
  world_say(&world, a, "USDJPY", 15000, 15000);
  world_say(&world, a, "EURJPY", 18000, 18000);
}

static rl_refusal firm(const char *from, const char *to)
{
  rl_snapshot snapshot;
  cr_assert_eq(world_snapshot(&world, from, to, &snapshot), RL_REFUSAL_NONE);
  return snapshot.firm_refusal;
}

static rl_triangle_info info_of(unsigned index)
{
  rl_triangle_info info;
  rl_market_triangle(world.market, index, world.now.mono, &info);
  return info;
}

/* --- which are watched --- */

Test(market_triangle, three_pairs_with_a_limit_are_watched_and_the_least_limit_counts)
{
  cr_assert_eq(rl_universe_triangle_count(world.universe), 1, "GBPUSD has no limit");
  rl_triangle found = rl_universe_triangle(world.universe, 0);
  cr_expect_eq(found.limit_ppm, 1000);
  static const char *const pairs[] = {"EURUSD", "USDJPY", "EURJPY"};
  for (unsigned i = 0; i < 3; i++)
    cr_expect_str_eq(rl_universe_pair_name(world.universe, found.pairs[i]), pairs[i]);
}

/* EURUSD and so many other currencies against both. */
static rl_status parse_crowded(unsigned others, rl_error *error)
{
  char text[4096];
  int used = snprintf(text, sizeof text, "order EUR USD\npair EUR USD triangle_ppm=1\n");
  rl_currency eur = world_currency("EUR"), usd = world_currency("USD");
  for (unsigned i = 1, made = 0; made < others; i++) {
    rl_currency other = {.index = (uint8_t)i};
    if (rl_currency_equal(other, eur) || rl_currency_equal(other, usd))
      continue;
    made++;
    used += snprintf(text + used, sizeof text - (size_t)used,
                     "pair EUR %s triangle_ppm=1\npair USD %s triangle_ppm=1\n",
                     rl_currency_code(other), rl_currency_code(other));
  }
  rl_universe *universe = NULL;
  rl_status status = rl_universe_parse(text, (size_t)used, "test", &universe, error);
  if (status == RL_OK)
    cr_expect_eq(rl_universe_triangle_count(universe), others);
  rl_universe_destroy(universe);
  return status;
}

Test(market_triangle, pair_in_too_many_triangles_is_refused_with_the_universe)
{
  rl_error error;
  cr_expect_eq(parse_crowded(RL_TRIANGLES_PER_PAIR_MAX, &error), RL_OK);
  cr_expect_eq(parse_crowded(RL_TRIANGLES_PER_PAIR_MAX + 1, &error), RL_OUT_OF_RANGE);
  cr_expect_str_eq(error.field, "triangle_ppm");
  cr_expect_not_null(strstr(error.text, "EURUSD"), "%s", error.text);
}

/* Any two of the first so many currencies are a pair of their own. */
static rl_status parse_all_pairs(unsigned currencies, rl_error *error)
{
  static char text[1 << 16];
  int used = 0;
  for (unsigned i = 1; i <= currencies; i++) {
    for (unsigned j = 1; j <= currencies; j++) {
      const char *left = rl_currency_code((rl_currency){(uint8_t)i});
      const char *right = rl_currency_code((rl_currency){(uint8_t)j});
      if (strcmp(left, right) < 0)
        used += snprintf(text + used, sizeof text - (size_t)used, "pair %s %s triangle_ppm=9\n",
                         left, right);
    }
  }
  rl_universe *universe = NULL;
  rl_status status = rl_universe_parse(text, (size_t)used, "test", &universe, error);
  rl_universe_destroy(universe);
  return status;
}

Test(market_triangle, too_many_triangles_are_refused_with_the_universe)
{
  rl_error error;
  cr_expect_eq(parse_all_pairs(18, &error), RL_OK, "16 of each pair, 816 in all");
  cr_expect_eq(parse_all_pairs(19, &error), RL_OUT_OF_RANGE);
  cr_expect_eq(parse_all_pairs(30, &error), RL_OUT_OF_RANGE, "4060");
  cr_expect_not_null(strstr(error.text, "is in more than 16"), "%s", error.text);
  cr_expect_eq(parse_all_pairs(31, &error), RL_OUT_OF_RANGE, "4495");
  cr_expect_not_null(strstr(error.text, "more than 4096 triangles"), "%s", error.text);
}

/* --- what is refused --- */

Test(market_triangle, trip_at_the_limit_is_firm_and_one_unit_beyond_is_not)
{
  say_fair();
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_NONE);
  cr_expect_eq(info_of(0).there_ppm, 0);
  world_say(&world, a, "EURUSD", 12012, 12012); /* there earns exactly 1000 ppm */
  cr_expect_eq(info_of(0).there_ppm, 1000);
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_NONE);
  world_say(&world, a, "EURUSD", 12013, 12013);
  cr_expect_eq(info_of(0).there_ppm, 1084, "1083.3 rounded up");
  cr_expect_eq(info_of(0).back_ppm, -1082, "1082.1 lost");
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_TRIANGLE_EARNS);
}

Test(market_triangle, trip_back_earns_as_well)
{
  say_fair();
  world_say(&world, a, "EURJPY", 18018, 18018);
  cr_expect_eq(info_of(0).back_ppm, 1000);
  cr_expect_eq(firm("JPY", "EUR"), RL_REFUSAL_NONE);
  world_say(&world, a, "EURJPY", 18019, 18019);
  cr_expect_eq(firm("JPY", "EUR"), RL_REFUSAL_TRIANGLE_EARNS);
}

Test(market_triangle, all_three_pairs_and_crosses_through_them_are_for_showing_only)
{
  say_fair();
  world_say(&world, a, "GBPUSD", 13000, 13002);
  world_say(&world, a, "GBPJPY", 25000, 25000); /* in no triangle: GBPUSD has no limit */
  world_say(&world, a, "USDSEK", 97000, 97010);
  world_say(&world, a, "EURJPY", 18200, 18200);
  static const char *const stopped[][2] = {{"EUR", "USD"}, {"USD", "EUR"}, {"USD", "JPY"},
                                           {"EUR", "JPY"}, {"SEK", "JPY"}, {"SEK", "EUR"}};
  for (unsigned i = 0; i < sizeof stopped / sizeof stopped[0]; i++)
    cr_expect_eq(firm(stopped[i][0], stopped[i][1]), RL_REFUSAL_TRIANGLE_EARNS, "%s%s",
                 stopped[i][0], stopped[i][1]);
  cr_expect_eq(firm("GBP", "USD"), RL_REFUSAL_NONE);
  cr_expect_eq(firm("GBP", "JPY"), RL_REFUSAL_NONE);
  cr_expect_eq(firm("GBP", "SEK"), RL_REFUSAL_NONE);
  world_say(&world, a, "EURJPY", 18000, 18000);
  cr_expect_eq(firm("SEK", "JPY"), RL_REFUSAL_NONE, "it is over with the next price");
}

Test(market_triangle, spread_pays_for_the_gap)
{
  say_fair();
  world_say(&world, a, "EURUSD", 12012, 12050);
  world_say(&world, a, "EURJPY", 17900, 18000);
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_NONE, "bid x bid / ask, not the mids");
  cr_expect_eq(info_of(0).there_ppm, 1000);
}

Test(market_triangle, earning_is_known_until_the_first_price_is_stale)
{
  world_say(&world, a, "EURUSD", 12000, 12000);
  world_wait_ns(&world, 400 * MS);
  world_say(&world, a, "USDJPY", 15000, 15000);
  world_say(&world, a, "EURJPY", 19000, 19000);
  world_wait_ns(&world, 600 * MS - 1);
  cr_expect_eq(firm("USD", "JPY"), RL_REFUSAL_TRIANGLE_EARNS);
  world_wait_ns(&world, 1);
  cr_expect_eq(firm("USD", "JPY"), RL_REFUSAL_NONE, "two prices alone are no triangle");
  cr_expect_eq(info_of(0).refusal, RL_REFUSAL_STALE_RATE);
  world_say(&world, a, "USDJPY", 15000, 15000);
  cr_expect_eq(firm("USD", "JPY"), RL_REFUSAL_NONE);
  world_say(&world, a, "EURUSD", 12000, 12000);
  cr_expect_eq(firm("USD", "JPY"), RL_REFUSAL_TRIANGLE_EARNS);
}

/* Two sources on EURJPY: when the honest one falls silent, what is left earns, and the next update
 * of any of the three tells. */
Test(market_triangle, price_that_time_changed_is_measured_with_the_next_update)
{
  rl_source b = world_live(&world, "b");
  world_say(&world, a, "EURJPY", 17990, 18010);
  world_wait_ns(&world, 500 * MS);
  world_say(&world, a, "EURUSD", 12000, 12000);
  world_say(&world, a, "USDJPY", 15000, 15000);
  world_say(&world, b, "EURJPY", 18020, 18040);
  world_expect(&world, "EURJPY", 18000, 18030);
  cr_expect_eq(firm("EUR", "JPY"), RL_REFUSAL_NONE);
  world_wait_ns(&world, 500 * MS);
  world_expect(&world, "EURJPY", 18020, 18040);
  cr_expect_eq(firm("EUR", "JPY"), RL_REFUSAL_NONE, "nothing was measured since");
  world_say(&world, a, "USDJPY", 15000, 15000);
  cr_expect_eq(firm("EUR", "JPY"), RL_REFUSAL_TRIANGLE_EARNS);
}

/* The price is b's alone once a is silent, and earns as before. */
Test(market_triangle, earning_outlasts_a_vote_where_the_price_does)
{
  rl_source b = world_live(&world, "b");
  world_say(&world, a, "EURJPY", 18200, 18200);
  world_wait_ns(&world, 500 * MS);
  world_say(&world, b, "EURJPY", 18200, 18200);
  world_say(&world, a, "EURUSD", 12000, 12000);
  world_say(&world, a, "USDJPY", 15000, 15000);
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_TRIANGLE_EARNS);
  world_wait_ns(&world, 500 * MS);
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_TRIANGLE_EARNS, "nobody updated anything");
  cr_expect_eq(firm("EUR", "JPY"), RL_REFUSAL_TRIANGLE_EARNS);
}

Test(market_triangle, pair_halted_by_hand_lets_the_other_two_go)
{
  rl_pair wrong = world_pair(&world, "EURJPY");
  say_fair();
  world_say(&world, a, "EURJPY", 18200, 18200);
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_TRIANGLE_EARNS);
  rl_market_halt(world.market, wrong);
  world_say(&world, a, "EURJPY", 18200, 18200);
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_NONE, "the desk said which is wrong");
  world_say(&world, a, "USDJPY", 15000, 15000);
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_NONE);
  rl_market_resume(world.market, wrong);
  world_say(&world, a, "USDJPY", 15000, 15000);
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_TRIANGLE_EARNS);
}

Test(market_triangle, pair_without_a_rate_cannot_be_measured)
{
  world_say(&world, a, "EURUSD", 12000, 12000);
  world_say(&world, a, "EURJPY", 19000, 19000);
  rl_triangle_info info = info_of(0);
  cr_expect_eq(info.refusal, RL_REFUSAL_NO_RATE);
  cr_expect_eq(firm("EUR", "USD"), RL_REFUSAL_NONE);
}

/* --- the figures, against rationals --- */

static void set_price(mpq_t out, uint32_t half, unsigned scale)
{
  mpz_set_ui(mpq_numref(out), half);
  mpz_ui_pow_ui(mpq_denref(out), 10, scale);
  mpz_mul_ui(mpq_denref(out), mpq_denref(out), 2);
  mpq_canonicalize(out);
}

/* The money in hand after a trip with one unit, in millionths above one, rounded up. */
static int64_t trip_ppm(const uint8_t scales[3], const rl_triangle_side sides[3], bool there)
{
  mpq_t money, price;
  mpz_t ppm;
  mpq_inits(money, price, NULL);
  mpz_init(ppm);
  mpq_set_ui(money, 1000000, 1);
  for (unsigned i = 0; i < 3; i++) {
    bool sells = there == (i < 2);
    set_price(price, sells ? sides[i].bid_half : sides[i].ask_half, scales[i]);
    if (sells)
      mpq_mul(money, money, price);
    else
      mpq_div(money, money, price);
  }
  mpz_cdiv_q(ppm, mpq_numref(money), mpq_denref(money));
  mpz_sub_ui(ppm, ppm, 1000000);
  int64_t value = mpz_cmp_ui(ppm, RL_TRIANGLE_PPM_MAX) > 0 ? RL_TRIANGLE_PPM_MAX : mpz_get_si(ppm);
  mpq_clears(money, price, NULL);
  mpz_clear(ppm);
  return value;
}

static uint32_t nudged(rl_random *dice, double value)
{
  double units = value + (double)rl_random_between(dice, -3, 3);
  return units < 1 ? 1 : units > 4e9 ? 4000000000u : (uint32_t)units;
}

static void draw_sides(rl_random *dice, const uint8_t scales[3], rl_triangle_side sides[3])
{
  double power = 0.5;
  for (unsigned i = 0; i < 3; i++)
    sides[i].bid_half = (uint32_t)rl_random_magnitude(dice, UINT32_MAX - 1) + 1;
  for (int e = scales[2] - scales[0] - scales[1]; e != 0; e += e < 0 ? 1 : -1)
    power = e < 0 ? power / 10 : power * 10;
  if (rl_random_below(dice, 4) > 0) /* about fair, so that the limit is near */
    sides[2].bid_half = nudged(dice, power * sides[0].bid_half * sides[1].bid_half);
  for (unsigned i = 0; i < 3; i++) {
    uint32_t spread = (uint32_t)rl_random_below(dice, 3);
    sides[i].ask_half = sides[i].bid_half > UINT32_MAX - spread ? UINT32_MAX
                                                                : sides[i].bid_half + spread;
  }
}

Test(market_triangle_figures, are_what_the_trips_give_exactly)
{
  rl_random dice = rl_random_from(rl_test_seed("market triangle"));
  unsigned near = 0, beyond = 0;
  for (unsigned round = 0; round < 100000; round++) {
    rl_triangle_side sides[3];
    uint8_t scales[3];
    for (unsigned i = 0; i < 3; i++)
      scales[i] = (uint8_t)rl_random_below(&dice, 13);
    draw_sides(&dice, scales, sides);
    int64_t there = trip_ppm(scales, sides, true), back = trip_ppm(scales, sides, false);
    cr_assert_eq(rl_triangle_there_ppm(scales, sides), there);
    cr_assert_eq(rl_triangle_back_ppm(scales, sides), back);
    int64_t best = there > back ? there : back;
    int64_t limit = best + rl_random_between(&dice, -1, 1);
    limit = limit < 1 ? 1 : limit > 1000000 ? 1000000 : limit;
    rl_triangle_bounds bounds = rl_triangle_bounds_of(scales, (uint32_t)limit);
    cr_assert_eq(rl_triangle_earns(&bounds, sides), best > limit);
    near += best - limit >= -1 && best - limit <= 1;
    beyond += best > limit;
  }
  cr_expect_gt(near, 10000, "%u near their limit", near);
  cr_expect_gt(beyond, 10000, "%u beyond it", beyond);
}

/* --- random streams against a measure at every update --- */

static rl_refusal measured_anew(const char *pair)
{
  rl_pair index = world_pair(&world, pair);
  for (unsigned i = 0; i < rl_universe_triangle_count(world.universe); i++) {
    rl_triangle_info info = info_of(i);
    bool in = false;
    for (unsigned j = 0; j < 3; j++)
      in |= info.triangle.pairs[j].index == index.index;
    int64_t limit = info.triangle.limit_ppm;
    if (in && (info.there_ppm > limit || info.back_ppm > limit))
      return RL_REFUSAL_TRIANGLE_EARNS;
  }
  return RL_REFUSAL_NONE;
}

Test(market_triangle_stream, a_pair_is_firm_just_while_none_of_its_triangles_earns)
{
  static const char *const pairs[] = {"EURUSD", "USDJPY", "EURJPY", "GBPUSD", "EURGBP", "GBPJPY"};
  static const uint32_t fair[] = {12000, 15000, 18000, 15000, 8000, 22500};
  rl_random dice = rl_random_from(rl_test_seed("market triangle stream"));
  world = world_of("order EUR GBP USD JPY\n"
                   "pair EUR USD scale=4 triangle_ppm=200 max_age_ms=50\n"
                   "pair USD JPY scale=2 triangle_ppm=300 max_age_ms=50\n"
                   "pair EUR JPY scale=2 triangle_ppm=400 max_age_ms=50\n"
                   "pair GBP USD scale=4 triangle_ppm=100 max_age_ms=50\n"
                   "pair EUR GBP scale=4 triangle_ppm=500 max_age_ms=50\n"
                   "pair GBP JPY scale=2 triangle_ppm=250 max_age_ms=50\n");
  cr_assert_eq(rl_universe_triangle_count(world.universe), 4);
  rl_source sources[] = {world_live(&world, "a"), world_live(&world, "b"),
                         world_live(&world, "c")};
  unsigned refused = 0, priced = 0;
  for (unsigned round = 0; round < 50000; round++) {
    unsigned said = (unsigned)rl_random_below(&dice, 6);
    uint32_t bid = fair[said] + (uint32_t)rl_random_below(&dice, 8);
    world_wait_ns(&world, (int64_t)rl_random_below(&dice, 8 * MS));
    world_say(&world, sources[rl_random_below(&dice, 3)], pairs[said], bid,
              bid + (uint32_t)rl_random_below(&dice, 4));
    rl_snapshot snapshot;
    char from[4] = "", to[4] = "";
    memcpy(from, pairs[said], 3);
    memcpy(to, pairs[said] + 3, 3);
    if (world_snapshot(&world, from, to, &snapshot) != RL_REFUSAL_NONE)
      continue;
    rl_refusal expected = measured_anew(pairs[said]);
    cr_assert_eq(snapshot.firm_refusal, expected, "round %u %s", round, pairs[said]);
    refused += expected != RL_REFUSAL_NONE;
    priced++;
  }
  cr_expect(refused > 1000 && priced - refused > 1000, "%u of %u", refused, priced);
  world_end(&world);
}
