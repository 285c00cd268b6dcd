#include "pricing/draw.h"

#include <stdio.h>

bool draw_chance(rl_random *random, unsigned percent)
{
  return rl_random_below(random, 100) < percent;
}

/* --- amounts and ratios --- */

int64_t draw_amount(rl_random *random)
{
  switch (rl_random_below(random, 8)) {
  case 0: return rl_random_between(random, 1, 300);
  case 1: return RL_AMOUNT_MAX - (int64_t)rl_random_magnitude(random, 1000) + 1;
  case 2: return (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX);
  case 3: return 100 * rl_random_between(random, 1, 10000);
  default: return (int64_t)rl_random_magnitude(random, 100000000);
  }
}

/* Whole bps make ties, single units make long tails, a half is the limit. */
int32_t draw_ratio_e8(rl_random *random, int32_t max_e8)
{
  uint64_t drawn = 0;
  switch (rl_random_below(random, 6)) {
  case 0: drawn = rl_random_magnitude(random, RL_RATIO_E8_MAX); break;
  case 1: drawn = RL_RATIO_E8_MAX; break;
  case 2: drawn = 1000000 * rl_random_below(random, 40); break;
  case 3: drawn = 0; break;
  default: drawn = 10000 * rl_random_below(random, 300); break;
  }
  return drawn > (uint64_t)max_e8 ? max_e8 : (int32_t)drawn;
}

static int64_t draw_fee_amount(rl_random *random)
{
  if (draw_chance(random, 2))
    return (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX);
  return (int64_t)rl_random_magnitude(random, draw_chance(random, 80) ? 500 : 1000000);
}

/* --- one fee --- */

/* What a rule may still take: source ratios sum to at most a half, one target item may round
 * (M5). */
typedef struct room {
  int32_t source_e8;
  bool target_rounding;
} room;

/* Rising, from 0. Steps are often small, so that one source lies near several. */
static void draw_tiers(rl_random *random, rl_fee *fee)
{
  fee->part_count = 1 + (unsigned)rl_random_below(random, draw_chance(random, 20) ? 8 : 4);
  int64_t from = 0;
  for (unsigned i = 0; i < fee->part_count; i++) {
    fee->parts[i].from_minor = from;
    from += (int64_t)rl_random_magnitude(random, draw_chance(random, 70) ? 3000 : 10000000);
  }
}

static void draw_part(rl_random *random, bool flat, int32_t most_e8, rl_fee_part *part)
{
  if (flat)
    part->flat_minor = draw_fee_amount(random);
  else
    part->ratio_e8 = draw_chance(random, 40) ? most_e8 : draw_ratio_e8(random, most_e8);
}

/* No part takes more than most_e8. */
static void draw_parts(rl_random *random, int32_t most_e8, rl_fee *fee)
{
  fee->part_count = 1;
  switch (fee->kind) {
  case RL_FEE_FLAT: draw_part(random, true, most_e8, &fee->parts[0]); break;
  case RL_FEE_BPS: draw_part(random, false, most_e8, &fee->parts[0]); break;
  case RL_FEE_GRADUATED:
    draw_tiers(random, fee);
    for (unsigned i = 0; i < fee->part_count; i++)
      draw_part(random, false, most_e8, &fee->parts[i]);
    break;
  case RL_FEE_SLAB:
    draw_tiers(random, fee);
    for (unsigned i = 0; i < fee->part_count; i++)
      draw_part(random, draw_chance(random, 40), most_e8, &fee->parts[i]);
    break;
  case RL_FEE_GREATER_OF:
    fee->part_count = 2 + (unsigned)rl_random_below(random, 3);
    for (unsigned i = 0; i < fee->part_count; i++)
      draw_part(random, draw_chance(random, 50), most_e8, &fee->parts[i]);
    break;
  }
}

static void draw_bounds(rl_random *random, rl_fee *fee)
{
  if (draw_chance(random, 35))
    fee->min_minor = draw_fee_amount(random);
  if (draw_chance(random, 35))
    fee->max_minor = fee->min_minor + draw_fee_amount(random) - 1;
  if (fee->max_minor < 1)
    fee->max_minor = 1;
  if (fee->max_minor > RL_AMOUNT_MAX)
    fee->max_minor = RL_AMOUNT_MAX;
}

static rl_fee_kind draw_kind(rl_random *random, rl_fee_side side, bool may_round)
{
  if (!may_round || draw_chance(random, 25))
    return RL_FEE_FLAT;
  static const rl_fee_kind rounding[] = {RL_FEE_BPS, RL_FEE_BPS, RL_FEE_GRADUATED,
                                         RL_FEE_GREATER_OF, RL_FEE_SLAB, RL_FEE_SLAB};
  return rounding[rl_random_below(random, side == RL_FEE_SOURCE ? 6 : 4)];
}

/* Amounts are in a currency that the rule names; without one, a fee is a ratio. */
static rl_fee draw_fee(rl_random *random, const rl_scope *scope, unsigned index, room *left)
{
  rl_fee fee = {.side = draw_chance(random, 70) ? RL_FEE_SOURCE : RL_FEE_TARGET,
                .max_minor = RL_AMOUNT_MAX};
  snprintf(fee.name, sizeof fee.name, "fee%u", index);
  if (fee.side == RL_FEE_TARGET && !left->target_rounding &&
      rl_currency_equal(scope->to, RL_CURRENCY_NONE))
    fee.side = RL_FEE_SOURCE;
  bool source = fee.side == RL_FEE_SOURCE;
  bool amounts = !rl_currency_equal(source ? scope->from : scope->to, RL_CURRENCY_NONE);
  fee.mode = source && draw_chance(random, 40) ? RL_FEE_ON_TOP : RL_FEE_DEDUCTED;
  fee.kind = amounts ? draw_kind(random, fee.side, source || left->target_rounding) : RL_FEE_BPS;
  int32_t most_e8 = draw_ratio_e8(random, source ? left->source_e8 : RL_RATIO_E8_MAX);
  draw_parts(random, most_e8, &fee);
  if (source)
    left->source_e8 -= most_e8;
  else if (fee.kind != RL_FEE_FLAT)
    left->target_rounding = false;
  if (amounts && fee.kind != RL_FEE_FLAT)
    draw_bounds(random, &fee);
  return fee;
}

/* --- a rule --- */

bool scope_names_pair(const rl_scope *scope)
{
  return !rl_currency_equal(scope->pair_base, RL_CURRENCY_NONE) ||
         (!rl_currency_equal(scope->from, RL_CURRENCY_NONE) &&
          !rl_currency_equal(scope->to, RL_CURRENCY_NONE));
}

static rl_markup draw_markup(rl_random *random, const rl_rule *rule, int32_t cheapest_e8,
                             int32_t dearest_e8, bool points)
{
  rl_markup markup = {.e8 = draw_ratio_e8(random, RL_RATIO_E8_MAX - dearest_e8)};
  if (draw_chance(random, 20))
    markup.e8 = 0;
  if (draw_chance(random, 15))
    markup.e8 = -draw_ratio_e8(random, cheapest_e8);
  if (points && scope_names_pair(&rule->scope))
    markup.points_e1 = (int32_t)rl_random_magnitude(
      random, draw_chance(random, 90) ? 500 : RL_POINTS_E1_MAX);
  return markup;
}

void draw_costs(rl_random *random, int32_t cheapest_e8, int32_t dearest_e8, rl_rule *rule)
{
  bool points = draw_chance(random, 25);
  rule->markups[0] = draw_markup(random, rule, cheapest_e8, dearest_e8, points);
  rule->markups[1] = rule->markups[0];
  if (draw_chance(random, 40))
    rule->markups[1] = draw_markup(random, rule, cheapest_e8, dearest_e8, points);
  if (draw_chance(random, 40))
    rule->disclosure_decimals = (uint8_t)rl_random_between(random, 2, 4);
  unsigned fees_max = draw_chance(random, 20) ? RL_FEES_MAX : 3;
  rule->fee_count = (unsigned)rl_random_below(random, fees_max + 1);
  room left = {.source_e8 = RL_RATIO_E8_MAX, .target_rounding = true};
  for (unsigned i = 0; i < rule->fee_count; i++)
    rule->fees[i] = draw_fee(random, &rule->scope, i, &left);
}

/* --- amounts where something changes --- */

static int64_t fee_threshold(rl_random *random, const rl_fee *fee)
{
  const rl_fee_part *part = &fee->parts[rl_random_below(random, fee->part_count)];
  if (part->from_minor > 0 && draw_chance(random, 80))
    return part->from_minor;
  int64_t bound = draw_chance(random, 50) ? fee->min_minor : fee->max_minor;
  if (part->ratio_e8 == 0 || bound == 0 || bound > RL_AMOUNT_MAX / 1000)
    return draw_amount(random);
  return (int64_t)((rl_u128)bound * RL_UNIT_E8 / (rl_u128)part->ratio_e8 % RL_AMOUNT_MAX) + 1;
}

/* A fee of the rule, rather a slab: only they make targets that no source gives. */
static const rl_fee *pick_fee(rl_random *random, const rl_rule *rule)
{
  for (unsigned i = 0; i < rule->fee_count && draw_chance(random, 90); i++)
    if (rule->fees[i].kind == RL_FEE_SLAB && rule->fees[i].part_count > 1)
      return &rule->fees[i];
  return &rule->fees[rl_random_below(random, rule->fee_count)];
}

/* An end of a band, if it has one. */
static int64_t band_threshold(rl_random *random, const rl_scope *scope)
{
  bool ends = scope->amount_below_minor <= RL_AMOUNT_MAX;
  return ends && draw_chance(random, 50) ? scope->amount_below_minor : scope->amount_from_minor;
}

int64_t draw_threshold(rl_random *random, const drawn_tariff *drawn, const rl_rule *rule)
{
  int64_t amount;
  if (drawn->told.waiver_count > 0 && draw_chance(random, 20))
    amount = band_threshold(
      random, &drawn->waivers[rl_random_below(random, drawn->told.waiver_count)].scope);
  else if (rule->fee_count == 0 || draw_chance(random, 30))
    amount = band_threshold(random, &rule->scope);
  else
    amount = fee_threshold(random, pick_fee(random, rule));
  amount += rl_random_between(random, -1, 1);
  return amount < 1 ? 1 : amount > RL_AMOUNT_MAX ? RL_AMOUNT_MAX : amount;
}
