/* Random tariffs are read back as they were meant. */
#include "tariff/expect.h"
#include "tariff/model.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MODELS 100

static void compare_fee(const rl_fee *read, const rl_fee *meant)
{
  cr_assert_str_eq(read->name, meant->name);
  cr_assert_eq(read->kind, meant->kind);
  cr_assert_eq(read->side, meant->side);
  cr_assert_eq(read->mode, meant->mode);
  cr_assert_eq(read->min_minor, meant->min_minor);
  cr_assert_eq(read->max_minor, meant->max_minor);
  cr_assert_eq(read->part_count, meant->part_count);
  for (unsigned i = 0; i < meant->part_count; i++) {
    cr_assert_eq(read->parts[i].from_minor, meant->parts[i].from_minor);
    cr_assert_eq(read->parts[i].flat_minor, meant->parts[i].flat_minor);
    cr_assert_eq(read->parts[i].ratio_e8, meant->parts[i].ratio_e8);
  }
}

static void compare_scope(const rl_scope *read, const rl_scope *meant)
{
  cr_assert_str_eq(read->client, meant->client);
  cr_assert_str_eq(read->tier, meant->tier);
  cr_assert_str_eq(read->method, meant->method);
  cr_assert(rl_currency_equal(read->from, meant->from));
  cr_assert(rl_currency_equal(read->to, meant->to));
  cr_assert(rl_currency_equal(read->pair_base, meant->pair_base));
  cr_assert(rl_currency_equal(read->pair_quote, meant->pair_quote));
  cr_assert_eq(read->amount_from_minor, meant->amount_from_minor);
  cr_assert_eq(read->amount_below_minor, meant->amount_below_minor);
}

static void compare_rule(const rl_rule *read, const rl_rule *meant)
{
  cr_assert_str_eq(read->name, meant->name);
  compare_scope(&read->scope, &meant->scope);
  for (unsigned i = 0; i < 2; i++) {
    cr_assert_eq(read->markups[i].e8, meant->markups[i].e8);
    cr_assert_eq(read->markups[i].points_e1, meant->markups[i].points_e1);
  }
  cr_assert_eq(read->disclosure_decimals, meant->disclosure_decimals);
  cr_assert_eq(read->line, meant->line, "%s on line %u, not %u", meant->name, read->line,
               meant->line);
  cr_assert_eq(read->fee_count, meant->fee_count);
  for (unsigned i = 0; i < meant->fee_count; i++)
    compare_fee(&read->fees[i], &meant->fees[i]);
}

static void compare_waiver(const rl_waiver *read, const rl_waiver *meant)
{
  cr_assert_str_eq(read->name, meant->name);
  cr_assert_str_eq(read->fee, meant->fee);
  cr_assert_eq(read->line, meant->line);
  compare_scope(&read->scope, &meant->scope);
}

static void compare_locks(const rl_tariff *tariff, const model *made)
{
  const rl_lock_premium *premium = rl_tariff_lock_premium(tariff);
  cr_assert_eq(rl_tariff_lock_count(tariff), made->lock_count);
  for (unsigned i = 0; i < made->lock_count; i++) {
    cr_assert_eq(rl_tariff_lock(tariff, i)->ttl_ms, made->locks[i].ttl_ms);
    cr_assert_eq(rl_tariff_lock(tariff, i)->premium_e8, made->locks[i].premium_e8);
  }
  cr_assert_eq(premium->by_volatility, made->lock_premium.by_volatility);
  cr_assert_eq(premium->multiple_e2, made->lock_premium.multiple_e2);
  cr_assert_eq(premium->floor_e8, made->lock_premium.floor_e8);
  cr_assert_eq(premium->cap_e8, made->lock_premium.cap_e8);
}

static void compare_head(const rl_tariff *tariff, const model *made)
{
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++) {
    const rl_surcharge *surcharge = rl_tariff_surcharge(tariff, (rl_surcharge_when)i);
    cr_assert_str_eq(surcharge->name, made->surcharges[i].name);
    cr_assert_eq(surcharge->bound, made->surcharges[i].bound);
    cr_assert_eq(surcharge->e8, made->surcharges[i].e8);
  }
  for (unsigned i = 0; i < MODEL_CURRENCIES; i++)
    cr_assert_eq(rl_tariff_payout_increment(tariff, model_currency(i)), made->increments[i]);
  cr_assert_eq(rl_tariff_trial_percent(tariff), made->trial_percent);
  if (made->trial_percent)
    cr_assert_str_eq(rl_tariff_trial_file(tariff), "trials/next.yaml");
  else
    cr_assert_null(rl_tariff_trial_file(tariff));
}

Test(tariff_round_trip, random_tariffs_are_read_as_they_were_meant)
{
  static model made;
  rl_random random = rl_random_from(rl_test_seed("tariff_values"));
  for (unsigned i = 0; i < MODELS; i++) {
    model_make(&made, &random);
    model_write(&made, &random, MODEL_RULES_MAX);
    rl_tariff *tariff = expect_taken(made.text);
    compare_locks(tariff, &made);
    compare_head(tariff, &made);
    cr_assert_eq(rl_tariff_rule_count(tariff), made.rule_count);
    for (unsigned rule = 0; rule < made.rule_count; rule++)
      compare_rule(rl_tariff_rule(tariff, rule), &made.rules[rule]);
    cr_assert_eq(rl_tariff_waiver_count(tariff), made.waiver_count);
    for (unsigned waiver = 0; waiver < made.waiver_count; waiver++)
      compare_waiver(rl_tariff_waiver(tariff, waiver), &made.waivers[waiver]);
    rl_tariff_destroy(tariff);
  }
}

static unsigned line_of(const char *text, const char *place)
{
  unsigned line = 1;
  for (; text < place; text++)
    line += *text == '\n';
  return line;
}

Test(tariff_round_trip, a_broken_field_anywhere_is_named_with_its_line)
{
  static model made;
  rl_random random = rl_random_from(rl_test_seed("tariff_lines"));
  for (unsigned i = 0; i < MODELS; i++) {
    model_make(&made, &random);
    unsigned broken = (unsigned)rl_random_below(&random, made.rule_count);
    model_write(&made, &random, broken);
    char field[64];
    snprintf(field, sizeof field, "rules[%u].markup_bps", broken);
    expect_refused(made.text, RL_INVALID, line_of(made.text, strstr(made.text, "cheap")), field,
                   "\"cheap\" is not a number");
  }
}
