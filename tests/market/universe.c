#include "market/world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_universe *parsed(const char *text)
{
  rl_universe *universe = NULL;
  rl_error error = {.text = ""};
  cr_assert_eq(rl_universe_parse(text, strlen(text), "u.txt", &universe, &error), RL_OK,
               "%u: %s: %s", error.line, error.field, error.text);
  return universe;
}

/* The text is refused with this status, at this line and field, and nothing is handed out. */
static void expect_error(const char *text, size_t length, rl_status status, unsigned line,
                         const char *field)
{
  rl_universe *untouched = (rl_universe *)&status, *universe = untouched;
  rl_error error = {.text = ""};
  cr_expect_eq(rl_universe_parse(text, length, "u.txt", &universe, &error), status, "%s", text);
  cr_expect_eq(universe, untouched);
  cr_expect_str_eq(error.file, "u.txt");
  cr_expect_eq(error.line, line, "%s: line %u", text, error.line);
  cr_expect_str_eq(error.field, field, "%s", text);
  cr_expect_neq(error.text[0], '\0');
}

static void expect_refused(const char *text, rl_status status, unsigned line, const char *field)
{
  expect_error(text, strlen(text), status, line, field);
}

Test(market, universe_reads_every_setting_of_a_pair)
{
  rl_universe *universe = parsed(
    "order EUR USD # base before quote\n"
    "pair EUR USD scale=5 pip=3 max_age_ms=1500 jump_ppm=10000 min_sources=2 "
    "min_half_spread=7 crossed_hold_ms=100 policy=best depth=vwap breaker_ppm=0 "
    "breaker_window_ms=3600000 breaker_hold_ms=1 breaker_sources=16 reference_ppm=1000000 "
    "triangle_ppm=11\n");
  const rl_pair_spec *spec = rl_universe_pair_spec(universe, (rl_pair){0});
  cr_expect_str_eq(rl_currency_code(spec->base), "EUR");
  cr_expect_str_eq(rl_currency_code(spec->quote), "USD");
  cr_expect_eq(spec->scale, 5);
  cr_expect_eq(spec->pip_scale, 3);
  cr_expect_eq(spec->max_age_ms, 1500);
  cr_expect_eq(spec->jump_ppm, 10000);
  cr_expect_eq(spec->min_sources, 2);
  cr_expect_eq(spec->min_half_spread, 7);
  cr_expect_eq(spec->crossed_hold_ms, 100);
  cr_expect_eq(spec->policy, RL_POLICY_BEST);
  cr_expect(spec->by_depth);
  cr_expect_eq(spec->breaker_ppm, 0);
  cr_expect_eq(spec->breaker_window_ms, 3600000);
  cr_expect_eq(spec->breaker_hold_ms, 1);
  cr_expect_eq(spec->breaker_sources, 16);
  cr_expect_eq(spec->reference_ppm, 1000000);
  cr_expect_eq(spec->triangle_ppm, 11);
  rl_universe_destroy(universe);
}

Test(market, universe_has_a_default_for_every_setting)
{
  rl_universe *universe = parsed("pair CHF JPY");
  const rl_pair_spec *spec = rl_universe_pair_spec(universe, (rl_pair){0});
  cr_expect_eq(spec->scale, 6);
  cr_expect_eq(spec->pip_scale, 4);
  cr_expect_eq(spec->max_age_ms, 5000);
  cr_expect_eq(spec->jump_ppm, 20000);
  cr_expect_eq(spec->min_sources, 1);
  cr_expect_eq(spec->min_half_spread, 0);
  cr_expect_eq(spec->crossed_hold_ms, 250);
  cr_expect_eq(spec->policy, RL_POLICY_CONSENSUS);
  cr_expect_not(spec->by_depth);
  cr_expect_eq(spec->breaker_ppm, 50000);
  cr_expect_eq(spec->breaker_window_ms, 60000);
  cr_expect_eq(spec->breaker_hold_ms, 60000);
  cr_expect_eq(spec->breaker_sources, 2);
  cr_expect_eq(spec->reference_ppm, 0);
  cr_expect_eq(spec->triangle_ppm, 0);
  cr_expect_null(rl_universe_primary(universe, (rl_pair){0}, 0));
  rl_universe_destroy(universe);
}

Test(market, universe_lists_the_primary_sources_of_a_pair_in_order)
{
  rl_universe *universe = parsed("pair CHF JPY policy=primary primary=EBS,REUTERS-2\n"
                                 "pair CHF SEK policy=primary primary=EBS\n"
                                 "pair CHF NOK primary=EBS policy=primary\n");
  rl_pair first = {0}, third = {2};
  cr_expect_eq(rl_universe_pair_spec(universe, first)->policy, RL_POLICY_PRIMARY);
  cr_expect_str_eq(rl_universe_primary(universe, first, 0), "EBS");
  cr_expect_str_eq(rl_universe_primary(universe, first, 1), "REUTERS-2");
  cr_expect_null(rl_universe_primary(universe, first, 2));
  cr_expect_null(rl_universe_primary(universe, first, RL_PRIMARIES_MAX));
  cr_expect_str_eq(rl_universe_primary(universe, third, 0), "EBS");
  cr_expect_null(rl_universe_primary(universe, third, 1));
  cr_expect_eq(rl_universe_pair_spec(universe, (rl_pair){1})->primaries,
               rl_universe_pair_spec(universe, third)->primaries);
  rl_universe_destroy(universe);
}

Test(market, universe_holds_as_many_primary_sources_as_it_says_and_no_more)
{
  rl_universe *universe = parsed("pair CHF JPY policy=primary primary=a,b,c,d,e,f,g,h");
  cr_expect_str_eq(rl_universe_primary(universe, (rl_pair){0}, RL_PRIMARIES_MAX - 1), "h");
  cr_expect_null(rl_universe_primary(universe, (rl_pair){0}, RL_PRIMARIES_MAX));
  rl_universe_destroy(universe);
  expect_refused("pair CHF JPY policy=primary primary=a,b,c,d,e,f,g,h,i", RL_OUT_OF_RANGE, 1,
                 "primary");
}

Test(market, universe_refuses_a_policy_that_cannot_be)
{
  expect_refused("pair CHF JPY policy=median", RL_INVALID, 1, "policy");
  expect_refused("pair CHF JPY policy=", RL_INVALID, 1, "policy");
  expect_refused("pair CHF JPY policy=primary", RL_INVALID, 1, "primary");
  expect_refused("pair CHF JPY primary=EBS", RL_INVALID, 1, "primary");
  expect_refused("pair CHF JPY policy=primary primary=", RL_INVALID, 1, "primary");
  expect_refused("pair CHF JPY policy=primary primary=a,,b", RL_INVALID, 1, "primary");
  expect_refused("pair CHF JPY policy=primary primary=a,b,", RL_INVALID, 1, "primary");
  expect_refused("pair CHF JPY policy=primary primary=a,b,a", RL_INVALID, 1, "primary");
  expect_refused("pair CHF JPY policy=primary primary=sixteen-letters-", RL_INVALID, 1, "primary");
  expect_refused("pair CHF JPY depth=deep", RL_INVALID, 1, "depth");
  expect_refused("pair CHF JPY breaker_sources=0", RL_OUT_OF_RANGE, 1, "breaker_sources");
  expect_refused("pair CHF JPY breaker_ppm=1000001", RL_OUT_OF_RANGE, 1, "breaker_ppm");
}

Test(market, universe_finds_a_pair_from_either_side)
{
  rl_universe *universe = parsed("order EUR USD\npair EUR USD\npair EUR JPY\npair USD JPY\n");
  cr_expect_eq(rl_universe_pair_count(universe), 3);
  rl_pair pair = {9};
  bool inverted = true;
  cr_expect(rl_universe_find(universe, world_currency("EUR"), world_currency("JPY"), &pair,
                             &inverted));
  cr_expect_eq(pair.index, 1);
  cr_expect_not(inverted);
  cr_expect(rl_universe_find(universe, world_currency("JPY"), world_currency("USD"), &pair,
                             &inverted));
  cr_expect_eq(pair.index, 2);
  cr_expect(inverted);
  cr_expect_not(rl_universe_find(universe, world_currency("EUR"), world_currency("GBP"), &pair,
                                 &inverted));
  cr_expect_not(rl_universe_find(universe, world_currency("EUR"), world_currency("EUR"), &pair,
                                 &inverted));
  cr_expect_not(rl_universe_find(universe, RL_CURRENCY_NONE, world_currency("EUR"), &pair,
                                 &inverted));
  cr_expect_eq(pair.index, 2, "left alone where nothing is found");
  rl_universe_destroy(universe);
}

Test(market, universe_finds_a_name_in_market_convention_only)
{
  rl_universe *universe = parsed("order EUR USD\npair EUR USD\n");
  rl_pair pair = {9};
  cr_expect_eq(rl_universe_find_name(universe, "EURUSD", 6, &pair), RL_OK);
  cr_expect_eq(pair.index, 0);
  cr_expect_eq(rl_universe_find_name(universe, "EUR/USD", 7, &pair), RL_OK);
  cr_expect_str_eq(rl_universe_pair_name(universe, pair), "EURUSD");
  static const char *const wrong[] = {"USDEUR", "EURGBP", "EURUS", "EURUSDX", "EUR-USD",
                                      "eurusd", "EUR/US", "", "EURXYZ", "XYZUSD"};
  for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    cr_expect_eq(rl_universe_find_name(universe, wrong[i], strlen(wrong[i]), &pair), RL_NOT_FOUND,
                 "%s", wrong[i]);
  }
  rl_universe_destroy(universe);
}

Test(market, unnamed_currencies_follow_the_named_in_alphabetic_order)
{
  rl_universe *universe = parsed("order USD CHF\npair USD CHF\n");
  static const char *const rising[] = {"USD", "CHF", "AED", "BRL", "ZAR"};
  for (unsigned i = 0; i < 5; i++) {
    for (unsigned j = 0; j < 5; j++) {
      cr_expect_eq(rl_universe_is_base(universe, world_currency(rising[i]),
                                       world_currency(rising[j])), i < j);
    }
  }
  rl_universe_destroy(universe);
}

Test(market, universe_keeps_pivots_in_order_of_preference)
{
  rl_universe *universe = parsed("pivot USD EUR\npivot GBP CHF\npair CHF EUR\n");
  static const char *const pivots[] = {"USD", "EUR", "GBP", "CHF"};
  cr_assert_eq(rl_universe_pivot_count(universe), 4);
  for (unsigned i = 0; i < 4; i++)
    cr_expect_str_eq(rl_currency_code(rl_universe_pivot(universe, i)), pivots[i]);
  rl_universe_destroy(universe);
}

Test(market, universe_takes_blank_lines_comments_and_foreign_line_ends)
{
  rl_universe *universe = parsed("\r\n\t # nothing\r\n\r\npair\tEUR  USD\tscale=4\r\n#");
  cr_expect_eq(rl_universe_pair_count(universe), 1);
  rl_universe_destroy(universe);
}

Test(market, universe_without_a_pair_is_refused)
{
  expect_refused("", RL_INVALID, 0, "pair");
  expect_refused("# only words\npivot USD\n", RL_INVALID, 0, "pair");
}

Test(market, universe_names_line_and_field_of_a_wrong_word)
{
  expect_refused("pair EUR USD\npari EUR GBP\n", RL_INVALID, 2, "pari");
  expect_refused("order EUR ZZZ\n", RL_INVALID, 1, "order");
  expect_refused("order EUR USD EUR\n", RL_INVALID, 1, "order");
  expect_refused("pair EUR USD\n\norder EUR\n", RL_INVALID, 3, "order");
  expect_refused("pivot USD USD\n", RL_INVALID, 1, "pivot");
  expect_refused("pivot USD EUR GBP CHF JPY\n", RL_OUT_OF_RANGE, 1, "pivot");
  expect_refused("pivot USD eur\n", RL_INVALID, 1, "pivot");
}

Test(market, universe_names_line_and_field_of_a_wrong_pair)
{
  expect_refused("pair\n", RL_INVALID, 1, "pair");
  expect_refused("pair EUR\n", RL_INVALID, 1, "pair");
  expect_refused("pair EUR EUR\n", RL_INVALID, 1, "pair");
  expect_refused("pair EURUSD\n", RL_INVALID, 1, "pair");
  expect_refused("order EUR USD\npair USD EUR\n", RL_INVALID, 2, "pair");
  expect_refused("pair EUR USD\npair EUR USD\n", RL_INVALID, 2, "pair");
  expect_refused("pair EUR USD scale\n", RL_INVALID, 1, "pair");
  expect_refused("pair EUR USD colour=3\n", RL_INVALID, 1, "pair");
  expect_refused("pair EUR USD =3\n", RL_INVALID, 1, "pair");
  expect_refused("pair EUR USD scale=6 scale=6\n", RL_INVALID, 1, "scale");
  expect_refused("pair EUR USD scale=\n", RL_INVALID, 1, "scale");
  expect_refused("pair EUR USD scale=-1\n", RL_INVALID, 1, "scale");
  expect_refused("pair EUR USD scale=6.0\n", RL_INVALID, 1, "scale");
}

/* Each setting: its least and greatest value are taken, the next ones are refused. */
Test(market, universe_holds_every_setting_to_its_range)
{
  static const struct {
    const char *name;
    uint64_t low, high;
  } ranges[] = {
    {"scale", 0, 12}, {"pip", 0, 12}, {"max_age_ms", 1, 86400000}, {"jump_ppm", 1, 1000000},
    {"min_sources", 1, 16}, {"min_half_spread", 0, 999999999}, {"crossed_hold_ms", 0, 86400000},
  };
  for (unsigned i = 0; i < sizeof ranges / sizeof *ranges; i++) {
    const uint64_t values[] = {ranges[i].low, ranges[i].high, ranges[i].high + 1,
                               18446744073709551615u, ranges[i].low - 1};
    for (unsigned j = 0; j < (ranges[i].low ? 5 : 4); j++) {
      char text[80];
      snprintf(text, sizeof text, "pair EUR USD %s=%llu", ranges[i].name,
               (unsigned long long)values[j]);
      if (j < 2)
        rl_universe_destroy(parsed(text));
      else
        expect_refused(text, RL_OUT_OF_RANGE, 1, ranges[i].name);
    }
  }
}

Test(market, universe_shows_no_control_bytes_in_an_error)
{
  const char text[] = "pair EUR USD\n\x1b[2J\0x\n";
  expect_error(text, sizeof text - 1, RL_INVALID, 2, "?[2J?x");
}

Test(market, universe_has_room_for_every_pair_there_is)
{
  enum { CODES = RL_CURRENCY_COUNT };
  static char codes[CODES][4];
  unsigned count = 0;
  for (char a = 'A'; a <= 'Z'; a++) {
    for (char b = 'A'; b <= 'Z'; b++) {
      for (char c = 'A'; c <= 'Z' && count < CODES; c++) {
        rl_currency found;
        snprintf(codes[count], 4, "%c%c%c", a, b, c);
        count += rl_currency_find(codes[count], 3, &found) == RL_OK;
      }
    }
  }
  /* alphabetic order: every earlier code is base to every later one */
  char *text = malloc(CODES * CODES * 13 / 2 + 1), *end = text;
  for (unsigned i = 0; i < count; i++) {
    for (unsigned j = i + 1; j < count; j++)
      end += snprintf(end, 14, "pair %s %s\n", codes[i], codes[j]);
  }
  unsigned pairs = count * (count - 1) / 2;
  cr_assert(count < CODES && pairs <= RL_PAIRS_MAX);
  rl_universe *universe = parsed(text);
  cr_expect_eq(rl_universe_pair_count(universe), pairs);
  for (unsigned i = 0; i < pairs; i++) {
    rl_pair pair = {(uint16_t)i}, found = {0};
    const char *name = rl_universe_pair_name(universe, pair);
    cr_expect_eq(rl_universe_find_name(universe, name, 6, &found), RL_OK);
    cr_expect_eq(found.index, i);
  }
  rl_universe_destroy(universe);
  free(text);
}

/* --- the universe compiled in --- */

static bool has_pair(const rl_universe *universe, const char *name)
{
  rl_pair pair;
  return rl_universe_find_name(universe, name, 6, &pair) == RL_OK;
}

Test(market, builtin_universe_has_the_euro_reference_pairs_and_the_dollars)
{
  rl_universe *universe = parsed(rl_universe_builtin_text());
  static const char *const names[] = {
    "EURUSD", "EURJPY", "EURBGN", "EURCZK", "EURDKK", "EURGBP", "EURHUF", "EURPLN", "EURRON",
    "EURSEK", "EURCHF", "EURISK", "EURNOK", "EURTRY", "EURAUD", "EURBRL", "EURCAD", "EURCNY",
    "EURHKD", "EURIDR", "EURILS", "EURINR", "EURKRW", "EURMXN", "EURMYR", "EURNZD", "EURPHP",
    "EURSGD", "EURTHB", "EURZAR", "GBPUSD", "AUDUSD", "NZDUSD", "USDCAD", "USDCHF", "USDJPY",
  };
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
    cr_expect(has_pair(universe, names[i]), "%s", names[i]);
  cr_expect_eq(rl_universe_pair_count(universe), sizeof names / sizeof *names);
  cr_expect_eq(rl_universe_pivot_count(universe), 2);
  rl_universe_destroy(universe);
}

/* Rates of one real day: ten times as much still fits nine digits, and the
 * scale holds the decimals that are published. */
Test(market, builtin_scales_leave_room_on_both_sides)
{
  static const struct {
    const char *name;
    const char *rate;
  } day[] = {
    {"EURUSD", "1.1252"}, {"EURJPY", "163.36"}, {"EURGBP", "0.84770"}, {"EURHUF", "404.90"},
    {"EURISK", "146.90"}, {"EURTRY", "43.5999"}, {"EURIDR", "18606.59"}, {"EURINR", "96.0755"},
    {"EURKRW", "1575.72"}, {"EURTHB", "37.132"}, {"EURNOK", "11.6725"}, {"USDJPY", "145.183"},
  };
  rl_universe *universe = parsed(rl_universe_builtin_text());
  for (unsigned i = 0; i < sizeof day / sizeof *day; i++) {
    rl_pair pair;
    rl_rate rate;
    cr_assert_eq(rl_universe_find_name(universe, day[i].name, 6, &pair), RL_OK);
    cr_assert_eq(rl_rate_parse(day[i].rate, strlen(day[i].rate), &rate), RL_OK);
    unsigned scale = rl_universe_pair_spec(universe, pair)->scale;
    cr_expect_geq(scale, rate.scale, "%s", day[i].name);
    uint64_t units = rate.mantissa;
    for (unsigned s = rate.scale; s < scale; s++)
      units *= 10;
    cr_expect_leq(units * 10, RL_SOURCE_MANTISSA_MAX, "%s", day[i].name);
    cr_expect_geq(units, 500000, "%s", day[i].name);
  }
  rl_universe_destroy(universe);
}
