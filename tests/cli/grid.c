/* The grid's figures against figures made by hand, and which requests it is made of. */
#include "grid.h"

#include "grid_axes.h"
#include "support/random.h"
#include "tariffs.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static rl_currency currency(const char *code)
{
  rl_currency found;
  cr_assert_eq(rl_currency_find(code, 3, &found), RL_OK);
  return found;
}

static rl_rates *rates_in(rl_universe *universe, const char *table)
{
  rl_error error = {0};
  rl_rates *rates = rl_rates_create(universe);
  cr_assert_eq(rl_rates_take_table(rates, table, "test", &error), RL_OK, "%s", error.text);
  return rates;
}

static rl_rates *rates_of(const char *universe_text, const char *table)
{
  rl_universe *universe;
  rl_error error = {0};
  cr_assert_eq(rl_universe_parse(universe_text, strlen(universe_text), "test", &universe, &error),
               RL_OK, "%s", error.text);
  return rates_in(universe, table);
}

static const char euro_dollar[] = "order EUR USD\npivot USD\npair EUR USD scale=5\n";
static const char euro_dollar_rate[] = "rate EUR USD 1.1250 1.1252 4000\n";

/* The rows of a walk, and how often each source amount was asked for. */
typedef struct found {
  unsigned count;
  rl_grid_row rows[2048];
} found;

static void keep(const rl_grid_row *row, void *context)
{
  found *it = context;
  cr_assert_lt(it->count, 2048);
  it->rows[it->count++] = *row;
}

static rl_grid walk(const char *old_text, const char *new_text, const rl_rates *rates, found *out)
{
  rl_tariff *old = rl_tariff_of(old_text), *new = rl_tariff_of(new_text);
  rl_grid grid;
  out->count = 0;
  rl_grid_walk(old, new, rates, keep, out, &grid);
  rl_tariff_destroy(new);
  rl_tariff_destroy(old);
  cr_assert_eq(grid.differing, out->count);
  return grid;
}

static const rl_grid_row *row_of(const found *it, rl_fixed fixed, int64_t amount, uint32_t ttl_ms)
{
  for (unsigned i = 0; i < it->count; i++) {
    const rl_price_request *request = &it->rows[i].request;
    if (request->fixed == fixed && request->amount_minor == amount && request->ttl_ms == ttl_ms)
      return &it->rows[i];
  }
  return NULL;
}

#define HEAD "tariff: t\nlocks:\n  - { ttl: 30s }\n"
#define RULE "rules:\n  - name: r\n    from: USD\n    to: EUR\n    markup_bps: "
#define FEE "    fees: [ { name: f, kind: bps, bps: 50 } ]\n"

/* 500.00 less 2.50 is 497.50; over 1.1252 x 1.004 = 1.1297008 that is 440.38, over 1.1252 it is
 * 442.14; at mid, 1.1251, these are worth 495.47 and 497.45. */
Test(grid, prices_are_those_made_by_hand)
{
  rl_rates *rates = rates_of(euro_dollar, euro_dollar_rate);
  found *it = calloc(1, sizeof *it);
  rl_grid grid = walk(HEAD RULE "40\n" FEE, HEAD RULE "0\n" FEE, rates, it);
  cr_expect_eq(grid.requests, 10, "five amounts, two sides, one lock: %u", (unsigned)grid.requests);
  cr_expect_eq(grid.corridors, 1);
  const rl_grid_row *row = row_of(it, RL_FIXED_SOURCE, 50000, 0);
  cr_assert(row);
  cr_expect_eq(row->old.terms.client_rate.mantissa, 11297008);
  cr_expect_eq(row->new.terms.client_rate.mantissa, 11252);
  cr_expect_eq(row->old.terms.target_minor, 44038);
  cr_expect_eq(row->new.terms.target_minor, 44214);
  cr_expect_eq(row->old.terms.total_cost_minor, 453);
  cr_expect_eq(row->new.terms.total_cost_minor, 255);
  /* 500.00 is worth 444.40 at mid; 444.40 x 1.1252 = 500.04 (up), and 502.55 less 50 bps of it,
   * 2.51, is that. */
  row = row_of(it, RL_FIXED_TARGET, 44440, 0);
  cr_assert(row);
  cr_expect_eq(row->new.terms.net_minor, 50004);
  cr_expect_eq(row->new.terms.charge_minor, 50255);
  free(it);
  rl_rates_destroy(rates);
}

Test(grid, tariff_and_itself_do_not_differ)
{
  rl_rates *rates = rates_in(rl_rates_usual_universe(), rl_rates_typical_text());
  found *it = calloc(1, sizeof *it);
  cr_expect_eq(rl_rates_count(rates), 38);
  cr_expect_str_eq(rl_rates_day(rates), "2026-11-20");
  char *text = rl_text_with(rl_rich_tariff_text, "tariff: rich", "tariff: same");
  rl_grid grid = walk(rl_rich_tariff_text, text, rates, it);
  cr_expect_eq(grid.differing, 0);
  cr_expect_gt(grid.requests, 500);
  cr_expect_eq(grid.unrated, 0);
  free(text);
  free(it);
  rl_rates_destroy(rates);
}

Test(grid, edges_of_bands_are_asked_for_on_both_sides)
{
  rl_rates *rates = rates_of(euro_dollar, euro_dollar_rate);
  found *it = calloc(1, sizeof *it);
  const char *banded =
    HEAD "rules:\n  - { name: a, from: USD, to: EUR, amount_below: 1234.56, markup_bps: 1 }\n"
    "  - { name: b, from: USD, to: EUR, amount_from: 1234.56, markup_bps: 2 }\n";
  walk(HEAD RULE "40\n", banded, rates, it);
  const rl_grid_row *below = row_of(it, RL_FIXED_SOURCE, 123455, 0);
  const rl_grid_row *at = row_of(it, RL_FIXED_SOURCE, 123456, 0);
  cr_assert(below && at);
  cr_expect_eq(below->new.terms.markups[0].e8, 10000);
  cr_expect_eq(at->new.terms.markups[0].e8, 20000);
  /* 1234.56 / 1.1251 = 1097.288…: 1097.29 is the first target worth as much. */
  below = row_of(it, RL_FIXED_TARGET, 109728, 0);
  at = row_of(it, RL_FIXED_TARGET, 109729, 0);
  cr_assert(below && at);
  cr_expect_eq(below->new.terms.markups[0].e8, 10000);
  cr_expect_eq(at->new.terms.markups[0].e8, 20000);
  free(it);
  rl_rates_destroy(rates);
}

Test(grid, edges_of_tiers_are_asked_for)
{
  rl_tariff *tariff = rl_tariff_of(rl_rich_tariff_text);
  rl_rates *rates = rates_of(euro_dollar, euro_dollar_rate);
  rl_snapshot snapshot;
  rl_grid_amounts amounts[2] = {0};
  static const int64_t expected[] = {5000, 49999, 50000, 99999, 100000, 499999, 500000, 5000000,
                                     50000000};
  cr_assert_eq(rl_rates_snapshot(rates, currency("EUR"), currency("USD"), &snapshot),
               RL_REFUSAL_NONE);
  rl_grid_amounts_of(tariff, tariff, &snapshot, amounts);
  cr_assert_eq(amounts[0].count, sizeof expected / sizeof expected[0]);
  for (unsigned i = 0; i < amounts[0].count; i++)
    cr_expect_eq(amounts[0].minor[i], expected[i]);
  free(amounts[0].minor);
  free(amounts[1].minor);
  rl_rates_destroy(rates);
  rl_tariff_destroy(tariff);
}

Test(grid, parties_are_those_that_rules_name)
{
  rl_tariff *rich = rl_tariff_of(rl_rich_tariff_text);
  rl_tariff *named = rl_tariff_of(HEAD "rules:\n  - { name: s, tier: standard }\n"
                                  "  - { name: p, tier: plus, method: card }\n");
  rl_grid_axes axes;
  rl_grid_axes_init(rich, named, &axes);
  cr_assert_eq(axes.party_count, 4, "standard is what nobody in particular gets");
  cr_expect_str_eq(axes.parties[0].tier, "");
  cr_expect_str_eq(axes.parties[1].tier, "gold");
  cr_expect_str_eq(axes.parties[2].client, "shop");
  cr_expect_str_eq(axes.parties[2].method, "card");
  cr_expect_str_eq(axes.parties[3].tier, "plus");
  cr_expect_str_eq(axes.parties[3].method, "card");
  rl_grid_axes_fini(&axes);
  rl_tariff_destroy(named);
  rl_tariff_destroy(rich);
}

#define EXPECT_OTHER(member)                                   \
  do {                                                         \
    rl_priced other = sound;                                   \
    other.member++;                                            \
    cr_expect_not(rl_priced_alike(&sound, &other), #member);   \
  } while (0)

Test(grid, any_figure_makes_a_difference)
{
  rl_priced sound = {.terms.client_rate = {11252, 4}, .terms.fee_count = 1};
  cr_expect(rl_priced_alike(&sound, &sound));
  EXPECT_OTHER(terms.client_rate.mantissa);
  EXPECT_OTHER(terms.charge_minor);
  EXPECT_OTHER(terms.source_minor);
  EXPECT_OTHER(terms.net_minor);
  EXPECT_OTHER(terms.gross_minor);
  EXPECT_OTHER(terms.target_minor);
  EXPECT_OTHER(terms.residue_minor);
  EXPECT_OTHER(terms.ttl_ms);
  EXPECT_OTHER(terms.fee_count);
  EXPECT_OTHER(terms.fees[0].amount_minor);
  EXPECT_OTHER(terms.fees[0].side);
  EXPECT_OTHER(terms.fees[0].mode);
  EXPECT_OTHER(refusal);
}

Test(grid, lock_that_differs_is_asked_for_and_a_refusal_shown)
{
  rl_rates *rates = rates_of(euro_dollar, euro_dollar_rate);
  found *it = calloc(1, sizeof *it);
  const char *longer = HEAD "  - { ttl: 5m, premium_bps: 3 }\n" RULE "40\n";
  rl_grid grid = walk(HEAD RULE "40\n", longer, rates, it);
  cr_expect_eq(grid.requests, 20);
  cr_expect_eq(grid.differing, 10);
  const rl_grid_row *row = row_of(it, RL_FIXED_SOURCE, 50000, 300000);
  cr_assert(row);
  cr_expect_eq(row->old.refusal, RL_REFUSAL_TTL_NOT_OFFERED);
  cr_expect_eq(row->new.refusal, RL_REFUSAL_NONE);
  cr_expect_eq(row->new.terms.lock_premium_e8, 30000);
  free(it);
  rl_rates_destroy(rates);
}

Test(grid, lock_between_default_and_longest_is_asked_for_when_it_differs)
{
  rl_rates *rates = rates_of(euro_dollar, euro_dollar_rate);
  found *it = calloc(1, sizeof *it);
  rl_grid grid =
    walk(HEAD "  - { ttl: 5m, premium_bps: 3 }\n  - { ttl: 1h, premium_bps: 9 }\n" RULE "40\n",
         HEAD "  - { ttl: 5m, premium_bps: 4 }\n  - { ttl: 1h, premium_bps: 9 }\n" RULE "40\n",
         rates, it);
  cr_expect_eq(grid.requests, 30);
  cr_expect_eq(grid.differing, 10);
  cr_expect(row_of(it, RL_FIXED_SOURCE, 50000, 300000));
  free(it);
  rl_rates_destroy(rates);
}

Test(grid, surcharge_that_differs_is_asked_for)
{
  rl_rates *rates = rates_of(euro_dollar, euro_dollar_rate);
  found *it = calloc(1, sizeof *it);
  const char *thin = HEAD
    "surcharges: [ { name: thin, when: sources_below, bound: 2, markup_bps: 5 } ]\n" RULE "40\n";
  rl_grid grid = walk(HEAD RULE "40\n", thin, rates, it);
  cr_expect_eq(grid.requests, 20);
  cr_expect_eq(grid.differing, 10);
  for (unsigned i = 0; i < it->count; i++)
    cr_expect_str_eq(it->rows[i].when, "few sources");
  free(it);
  rl_rates_destroy(rates);
}

Test(grid, corridor_without_a_rate_is_counted)
{
  rl_rates *rates = rates_of(euro_dollar, euro_dollar_rate);
  found *it = calloc(1, sizeof *it);
  rl_grid grid = walk(HEAD "rules: [ { name: r, from: GBP, to: CHF } ]\n",
                      HEAD "rules: [ { name: r, from: EUR, to: USD } ]\n", rates, it);
  cr_expect_eq(grid.unrated, 1);
  cr_expect_eq(grid.corridors, 1);
  cr_expect_eq(grid.differing, grid.requests);
  cr_expect_eq(it->rows[0].old.refusal, RL_REFUSAL_NO_TARIFF);
  free(it);
  rl_rates_destroy(rates);
}

/* Half units and a mid that is not in the middle, as a composite may have them. */
Test(rates, board_is_taken_as_it_stands)
{
  rl_rates *rates = rates_of(euro_dollar, "");
  uint8_t bytes[256];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_pack_map(&writer, 1);
  rl_pack_text(&writer, "spreads");
  rl_pack_array(&writer, 2);
  for (unsigned i = 0; i < 2; i++) {
    static const char *const texts[][2] = {
      {"pair", "EURUSD"}, {"bid", "1.125005"}, {"mid", "1.12502"}, {"ask", "1.1252"}};
    rl_pack_map(&writer, 4);
    for (unsigned k = 0; k < 4; k++) {
      rl_pack_text(&writer, texts[k][0]);
      rl_pack_text(&writer, i == 0 && k == 0 ? "EURCHF" : texts[k][1]);
    }
  }
  rl_rates_take_board(rates, rl_view_over(bytes, writer.used));
  rl_snapshot snapshot;
  cr_assert_eq(rl_rates_count(rates), 1);
  cr_assert_eq(rl_rates_snapshot(rates, currency("USD"), currency("EUR"), &snapshot),
               RL_REFUSAL_NONE);
  cr_expect_eq(snapshot.legs[0].composite.bid_half, 225001);
  cr_expect_eq(snapshot.legs[0].composite.mid_half, 225004);
  cr_expect_eq(snapshot.legs[0].composite.ask_half, 225040);
  cr_expect_eq(snapshot.conditions.volatility_ppm, RL_VOLATILITY_UNKNOWN);
  cr_expect_eq(rl_rates_snapshot(rates, currency("GBP"), currency("EUR"), &snapshot),
               RL_REFUSAL_UNKNOWN_PAIR);
  rl_rates_destroy(rates);
}

Test(rates, table_of_another_form_is_refused)
{
  static const char *const tables[] = {
    "rate EUR USD 1.1250 1.1252\n", "rate EUR USD 1.1250 1.1252 1 2\n", "rate EUR EURO 1 1 1\n",
    "rate EUR USD 1.1250 x 1\n", "rate EUR USD 1 1 -1\n", "day today\n", "rates\n"};
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
    rl_rates *rates = rates_of(euro_dollar, "");
    rl_error error = {0};
    cr_expect_eq(rl_rates_take_table(rates, tables[i], "test", &error), RL_INVALID, "%s",
                 tables[i]);
    cr_expect_eq(error.line, 1);
    rl_rates_destroy(rates);
  }
}
