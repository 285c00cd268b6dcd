#include "tariff/model.h"

#include "status/status.h"

#include <stdio.h>
#include <string.h>

const char *const model_clients[MODEL_NAMES] = {"shop", "uid-1000", "s",
                                                "a-client-of-thirty-one-letters."};
const char *const model_tiers[MODEL_NAMES] = {"standard", "vip", "v", "fifteen-letters"};
/* One is a tier's name, too. */
const char *const model_methods[MODEL_NAMES] = {"card", "vip", "bank", "instant_payment"};
static const char *const codes[MODEL_CURRENCIES] = {"USD", "EUR", "JPY", "KWD", "CLF", "INR"};

rl_currency model_currency(unsigned index)
{
  rl_currency currency = RL_CURRENCY_NONE;
  rl_status status = rl_currency_find(codes[index], 3, &currency);
  RL_ASSERT(status == RL_OK);
  return currency;
}

static bool coin(rl_random *random)
{
  return rl_random_below(random, 2) == 0;
}

/* --- scopes --- */

static rl_currency a_currency(rl_random *random)
{
  return model_currency((unsigned)rl_random_below(random, MODEL_CURRENCIES));
}

static rl_scope make_scope(rl_random *random)
{
  rl_scope scope = {.amount_below_minor = RL_AMOUNT_MAX + 1};
  if (rl_random_below(random, 3) == 0)
    snprintf(scope.client, sizeof scope.client, "%s",
             model_clients[rl_random_below(random, MODEL_NAMES)]);
  if (coin(random))
    snprintf(scope.tier, sizeof scope.tier, "%s",
             model_tiers[rl_random_below(random, MODEL_NAMES)]);
  if (rl_random_below(random, 3) == 0)
    snprintf(scope.method, sizeof scope.method, "%s",
             model_methods[rl_random_below(random, MODEL_NAMES)]);
  bool of_pair = rl_random_below(random, 5) == 0;
  rl_currency *from = of_pair ? &scope.pair_base : &scope.from;
  rl_currency *to = of_pair ? &scope.pair_quote : &scope.to;
  if (of_pair || coin(random))
    *from = a_currency(random);
  if (of_pair || coin(random))
    *to = a_currency(random);
  while (from->index && rl_currency_equal(*from, *to))
    *to = a_currency(random);
  return scope;
}

static bool same_names(const rl_scope *left, const rl_scope *right)
{
  return strcmp(left->client, right->client) == 0 && strcmp(left->tier, right->tier) == 0
         && strcmp(left->method, right->method) == 0;
}

static bool same_two(rl_currency a, rl_currency b, rl_currency c, rl_currency d)
{
  return rl_currency_equal(a, c) && rl_currency_equal(b, d);
}

static bool same_keys(const rl_scope *left, const rl_scope *right)
{
  return same_names(left, right) && same_two(left->from, left->to, right->from, right->to)
         && (same_two(left->pair_base, left->pair_quote, right->pair_base, right->pair_quote)
             || same_two(left->pair_base, left->pair_quote, right->pair_quote, right->pair_base));
}

/* Whether some rule with these names is for just this corridor. */
static bool has_corridor(const model *made, const rl_scope *names, rl_currency from,
                         rl_currency to)
{
  for (unsigned i = 0; i < made->rule_count; i++)
    if (same_names(&made->rules[i].scope, names)
        && same_two(made->rules[i].scope.from, made->rules[i].scope.to, from, to))
      return true;
  return false;
}

/* A pair of which both directions have rules of their own would be out of reach. */
static bool hides_or_is_hidden(const model *made, const rl_scope *scope)
{
  if (scope->pair_base.index)
    return has_corridor(made, scope, scope->pair_base, scope->pair_quote)
           && has_corridor(made, scope, scope->pair_quote, scope->pair_base);
  if (!scope->from.index || !scope->to.index
      || !has_corridor(made, scope, scope->to, scope->from))
    return false;
  rl_scope pair = *scope;
  pair.pair_base = scope->from;
  pair.pair_quote = scope->to;
  pair.from = pair.to = RL_CURRENCY_NONE;
  for (unsigned i = 0; i < made->rule_count; i++)
    if (same_keys(&made->rules[i].scope, &pair))
      return true;
  return false;
}

static bool is_possible(const model *made, const rl_scope *scope)
{
  for (unsigned i = 0; i < made->rule_count; i++)
    if (same_keys(&made->rules[i].scope, scope))
      return false;
  return !hides_or_is_hidden(made, scope);
}

/* --- fees --- */

/* What a rule's fees may still be. */
typedef struct room {
  int32_t source_e8;   /* what is left of a half */
  bool target_ratio;   /* one item with a ratio may stand on the target side */
} room;

static int64_t an_amount(rl_random *random)
{
  return (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX);
}

static int32_t take_ratio(rl_random *random, room *left, rl_fee_side side)
{
  if (side == RL_FEE_TARGET) {
    left->target_ratio = false;
    return (int32_t)rl_random_below(random, RL_RATIO_E8_MAX + 1);
  }
  int32_t ratio_e8 = (int32_t)rl_random_below(random, (uint64_t)left->source_e8 / 2 + 1);
  left->source_e8 -= ratio_e8;
  return ratio_e8;
}

static void make_tiers(rl_random *random, rl_fee *fee, int32_t largest_e8)
{
  int64_t from_minor = 0;
  fee->part_count = (unsigned)rl_random_between(random, 1, RL_FEE_PARTS_MAX);
  for (unsigned i = 0; i < fee->part_count; i++) {
    rl_fee_part *part = &fee->parts[i];
    part->from_minor = from_minor;
    from_minor += (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX / RL_FEE_PARTS_MAX);
    part->ratio_e8 = (int32_t)rl_random_below(random, (uint64_t)largest_e8 + 1);
    if (fee->kind == RL_FEE_SLAB && coin(random))
      *part = (rl_fee_part){.from_minor = part->from_minor, .flat_minor = an_amount(random)};
  }
}

static void make_alternatives(rl_random *random, rl_fee *fee, int32_t largest_e8)
{
  fee->part_count = (unsigned)rl_random_between(random, 2, RL_FEE_PARTS_MAX);
  for (unsigned i = 0; i < fee->part_count; i++) {
    if (largest_e8 > 0 && coin(random))
      fee->parts[i].ratio_e8 = (int32_t)rl_random_below(random, (uint64_t)largest_e8 + 1);
    else
      fee->parts[i].flat_minor = an_amount(random);
  }
}

static void make_bounds(rl_random *random, rl_fee *fee)
{
  if (coin(random))
    fee->max_minor = an_amount(random);
  if (coin(random))
    fee->min_minor = rl_random_between(random, 1, fee->max_minor);
}

/* Kinds in money stand only where the rule names the side's currency. */
static rl_fee_kind make_kind(rl_random *random, bool has_money, rl_fee_side side, bool has_ratio)
{
  for (;;) {
    rl_fee_kind kind = (rl_fee_kind)rl_random_below(random, 5);
    bool must_have_ratio = kind == RL_FEE_BPS || kind == RL_FEE_GRADUATED;
    if ((has_money || kind == RL_FEE_BPS) && (has_ratio || !must_have_ratio)
        && (side == RL_FEE_SOURCE || kind != RL_FEE_SLAB))
      return kind;
  }
}

static rl_fee make_fee(rl_random *random, const rl_scope *scope, room *left)
{
  rl_fee fee = {.max_minor = RL_AMOUNT_MAX, .part_count = 1};
  bool has_source = scope->from.index, has_target = scope->to.index;
  if (coin(random) && (has_target || left->target_ratio))
    fee.side = RL_FEE_TARGET;
  bool has_money = fee.side == RL_FEE_SOURCE ? has_source : has_target;
  bool has_ratio = fee.side == RL_FEE_SOURCE || left->target_ratio;
  fee.kind = make_kind(random, has_money, fee.side, has_ratio);
  int32_t largest_e8 =
    fee.kind != RL_FEE_FLAT && has_ratio ? take_ratio(random, left, fee.side) : 0;
  if (fee.kind == RL_FEE_FLAT)
    fee.parts[0].flat_minor = an_amount(random);
  else if (fee.kind == RL_FEE_BPS)
    fee.parts[0].ratio_e8 = largest_e8;
  else if (fee.kind == RL_FEE_GREATER_OF)
    make_alternatives(random, &fee, largest_e8);
  else
    make_tiers(random, &fee, largest_e8);
  if (has_money && fee.kind != RL_FEE_FLAT)
    make_bounds(random, &fee);
  if (fee.side == RL_FEE_SOURCE && coin(random))
    fee.mode = RL_FEE_ON_TOP;
  return fee;
}

/* --- rules --- */

/* The rule's own markup and its premium stay between nothing and a half, whatever comes on top. */
static void make_markups(rl_random *random, const model *made, rl_rule *rule)
{
  int32_t low_e8 = made->locks[0].premium_e8;
  int32_t high_e8 = made->locks[made->lock_count - 1].premium_e8;
  if (made->lock_premium.by_volatility) {
    low_e8 = made->lock_premium.floor_e8;
    high_e8 = made->lock_premium.cap_e8;
  }
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++)
    high_e8 += made->surcharges[i].e8;
  bool of_pair = rule->scope.pair_base.index || (rule->scope.from.index && rule->scope.to.index);
  for (unsigned i = 0; i < 2; i++) {
    rule->markups[i].e8 = (int32_t)rl_random_between(random, -low_e8, RL_RATIO_E8_MAX - high_e8);
    if (of_pair && coin(random))
      rule->markups[i].points_e1 = (int32_t)rl_random_between(random, 0, RL_POINTS_E1_MAX);
  }
  if (coin(random))
    rule->markups[RL_BUY_BASE] = rule->markups[RL_SELL_BASE];
}

static void add_rule(model *made, rl_random *random, const rl_scope *scope)
{
  rl_rule rule = {.scope = *scope};
  room left = {.source_e8 = RL_RATIO_E8_MAX, .target_ratio = true};
  snprintf(rule.name, sizeof rule.name, "rule-%u", made->rule_count);
  make_markups(random, made, &rule);
  if (rl_random_below(random, 4) == 0)
    rule.disclosure_decimals = (uint8_t)rl_random_between(random, 2, 4);
  rule.fee_count = (unsigned)rl_random_below(random, RL_FEES_MAX + 1);
  for (unsigned i = 0; i < rule.fee_count; i++) {
    rule.fees[i] = make_fee(random, scope, &left);
    unsigned number = i + RL_FEES_MAX * (unsigned)rl_random_below(random, 12);
    snprintf(rule.fees[i].name, sizeof rule.fees[i].name, "fee%u", number);
  }
  made->rules[made->rule_count++] = rule;
}

/* The amounts in one to four bands, of which some begin and end at the edges of all amounts. */
static void add_bands(model *made, rl_random *random, rl_scope scope)
{
  unsigned more = scope.from.index ? (unsigned)rl_random_below(random, 4) : 0;
  for (; more > 0 && made->rule_count + 1 < MODEL_RULES_MAX; more--) {
    int64_t low_minor = scope.amount_from_minor + 1;
    if (low_minor > RL_AMOUNT_MAX)
      break;
    scope.amount_below_minor =
      coin(random) ? low_minor + (int64_t)rl_random_magnitude(random, 1000) - 1
                   : rl_random_between(random, low_minor, RL_AMOUNT_MAX);
    if (scope.amount_below_minor > RL_AMOUNT_MAX)
      scope.amount_below_minor = RL_AMOUNT_MAX;
    add_rule(made, random, &scope);
    scope.amount_from_minor = scope.amount_below_minor;
  }
  scope.amount_below_minor = RL_AMOUNT_MAX + 1;
  add_rule(made, random, &scope);
}

static void shuffle(model *made, rl_random *random)
{
  for (unsigned i = made->rule_count; i > 1; i--) {
    unsigned other = (unsigned)rl_random_below(random, i);
    rl_rule moved = made->rules[i - 1];
    made->rules[i - 1] = made->rules[other];
    made->rules[other] = moved;
  }
}

static void make_rules(model *made, rl_random *random)
{
  unsigned wanted = (unsigned)rl_random_between(random, 1, MODEL_RULES_MAX);
  for (unsigned tries = 0; tries < 4 * wanted && made->rule_count < wanted; tries++) {
    rl_scope scope = make_scope(random);
    if (made->rule_count == 0)
      scope.tier[0] = '\0'; /* somebody must be there for the default tier */
    if (is_possible(made, &scope))
      add_bands(made, random, scope);
  }
  shuffle(made, random);
}

/* For all requests of the other and some more. */
static rl_scope widened(rl_random *random, rl_scope scope)
{
  if (coin(random))
    scope.client[0] = '\0';
  if (coin(random))
    scope.tier[0] = '\0';
  if (coin(random))
    scope.method[0] = '\0';
  if (coin(random))
    scope.to = RL_CURRENCY_NONE;
  return scope;
}

static void make_waivers(model *made, rl_random *random)
{
  for (unsigned i = 0; i < MODEL_WAIVERS_MAX; i++) {
    const rl_rule *rule = &made->rules[rl_random_below(random, made->rule_count)];
    if (rule->fee_count == 0)
      continue;
    rl_waiver *waiver = &made->waivers[made->waiver_count++];
    waiver->scope = widened(random, rule->scope);
    snprintf(waiver->name, sizeof waiver->name, "waiver-%u", i);
    memcpy(waiver->fee, rule->fees[rl_random_below(random, rule->fee_count)].name,
           sizeof waiver->fee);
  }
}

/* --- the head --- */

static void make_locks(model *made, rl_random *random)
{
  int32_t premium_e8 = 0;
  bool by_volatility = coin(random);
  made->lock_count = (unsigned)rl_random_between(random, 1, 4);
  for (unsigned i = 0; i < made->lock_count; i++) {
    premium_e8 += by_volatility ? 0 : (int32_t)rl_random_below(random, 2000000);
    made->locks[i] = (rl_lock_class){.ttl_ms = 60000 * (i + 1), .premium_e8 = premium_e8};
  }
  if (!by_volatility)
    return;
  made->lock_premium.by_volatility = true;
  made->lock_premium.multiple_e2 = (int32_t)rl_random_between(random, 1, 1000);
  made->lock_premium.cap_e8 = (int32_t)rl_random_below(random, 8000000);
  made->lock_premium.floor_e8 =
    (int32_t)rl_random_below(random, (uint64_t)made->lock_premium.cap_e8 + 1);
}

static void make_surcharges(model *made, rl_random *random)
{
  static const struct { int64_t low, high; } bounds[] = {
    {0, 0}, {2, RL_SOURCES_PER_PAIR_MAX}, {1, 99}, {0, 0}};
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++)
    if (coin(random)) {
      rl_surcharge *surcharge = &made->surcharges[i];
      snprintf(surcharge->name, sizeof surcharge->name, "extra-%u", i);
      surcharge->bound = (unsigned)rl_random_between(random, bounds[i].low, bounds[i].high);
      surcharge->e8 = (int32_t)rl_random_below(random, 5000000);
    }
}

void model_make(model *made, rl_random *random)
{
  memset(made, 0, sizeof *made);
  make_locks(made, random);
  make_surcharges(made, random);
  for (unsigned i = 0; i < MODEL_CURRENCIES; i++)
    made->increments[i] = coin(random) ? an_amount(random) : 1;
  made->trial_percent = coin(random) ? (unsigned)rl_random_between(random, 1, 100) : 0;
  make_rules(made, random);
  make_waivers(made, random);
}
