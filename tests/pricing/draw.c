#include "pricing/draw.h"

#include <stdio.h>
#include <string.h>

static rl_currency draw_currency(rl_random *random)
{
  static const char *const codes[] = {"EUR", "USD", "GBP", "JPY", "KRW", "VND",
                                      "KWD", "TND", "BHD", "UYW", "INR", "ISK"};
  rl_currency currency;
  const char *code = codes[rl_random_below(random, sizeof codes / sizeof codes[0])];
  RL_ASSERT(rl_currency_find(code, 3, &currency) == RL_OK);
  return currency;
}

/* --- what all prices have --- */

static void draw_locks(rl_random *random, oracle_tariff *tariff)
{
  bool by_volatility = draw_chance(random, 40);
  int32_t premium_e8 = draw_chance(random, 50) ? 0 : draw_ratio_e8(random, 3000000);
  uint32_t ttl_ms = 0;
  tariff->lock_count = 1 + (unsigned)rl_random_below(random, 4);
  for (unsigned i = 0; i < tariff->lock_count; i++) {
    ttl_ms += 1000 * (uint32_t)rl_random_magnitude(random, RL_TTL_MAX_MS / 4000);
    tariff->locks[i] =
      (rl_lock_class){.ttl_ms = ttl_ms, .premium_e8 = by_volatility ? 0 : premium_e8};
    premium_e8 += draw_ratio_e8(random, 3000000);
  }
  tariff->default_lock = (unsigned)rl_random_below(random, tariff->lock_count);
  if (!by_volatility)
    return;
  tariff->premium = (rl_lock_premium){
    .by_volatility = true,
    .multiple_e2 = (int32_t)rl_random_magnitude(random, 1000),
    .floor_e8 = draw_chance(random, 50) ? 0 : draw_ratio_e8(random, 500000)};
  tariff->premium.cap_e8 = tariff->premium.floor_e8 + draw_ratio_e8(random, 10000000);
}

static void draw_surcharges(rl_random *random, rl_surcharge surcharges[RL_SURCHARGE_WHENS])
{
  for (rl_surcharge_when when = 0; when < RL_SURCHARGE_WHENS; when++) {
    rl_surcharge *surcharge = &surcharges[when];
    if (draw_chance(random, 40))
      continue;
    snprintf(surcharge->name, sizeof surcharge->name, "extra%u", (unsigned)when);
    surcharge->e8 = draw_ratio_e8(random, 2000000);
    if (when == RL_WHEN_SOURCES_BELOW)
      surcharge->bound = (unsigned)rl_random_between(random, 2, RL_SOURCES_PER_PAIR_MAX);
    if (when == RL_WHEN_AGE_ABOVE)
      surcharge->bound = (unsigned)rl_random_between(random, 1, 99);
  }
}

static bool has_increment(const oracle_tariff *tariff, rl_currency currency)
{
  for (unsigned i = 0; i < tariff->increment_count; i++)
    if (rl_currency_equal(tariff->increments[i].currency, currency))
      return true;
  return false;
}

static void draw_increments(rl_random *random, oracle_tariff *tariff)
{
  static const int64_t usual[] = {2, 5, 7, 10, 25, 100, 1000, 12345};
  unsigned wanted = (unsigned)rl_random_below(random, ORACLE_INCREMENTS_MAX + 1);
  for (unsigned i = 0; i < wanted; i++) {
    rl_currency currency = draw_currency(random);
    if (has_increment(tariff, currency))
      continue;
    tariff->increments[tariff->increment_count].currency = currency;
    tariff->increments[tariff->increment_count++].minor =
      usual[rl_random_below(random, sizeof usual / sizeof usual[0])];
  }
}

/* --- who and what a rule is for --- */

static void name_one_of(rl_random *random, const char *one, const char *other, char *out)
{
  const char *name = draw_chance(random, 50) ? one : other;
  memcpy(out, name, strlen(name) + 1);
}

static void name_tier(unsigned corridor, char out[RL_NAME_MAX + 1])
{
  snprintf(out, RL_NAME_MAX + 1, "tier%u", corridor);
}

static void draw_geography(rl_random *random, const drawn_tariff *drawn, unsigned corridor,
                           rl_scope *scope)
{
  bool forth = draw_chance(random, 50);
  rl_currency from = forth ? drawn->from[corridor] : drawn->to[corridor];
  rl_currency to = forth ? drawn->to[corridor] : drawn->from[corridor];
  switch (rl_random_below(random, 6)) {
  case 0:
    scope->pair_base = from;
    scope->pair_quote = to;
    break;
  case 1: scope->from = from; break;
  case 2: scope->to = to; break;
  case 3: break;
  default:
    scope->from = from;
    scope->to = to;
    break;
  }
}

static void draw_scope(rl_random *random, const drawn_tariff *drawn, unsigned corridor,
                       rl_scope *scope)
{
  *scope = (rl_scope){.amount_below_minor = RL_AMOUNT_MAX + 1};
  if (draw_chance(random, 30))
    name_one_of(random, "shop", "desk", scope->client);
  if (draw_chance(random, 75))
    name_tier(corridor, scope->tier);
  if (draw_chance(random, 30))
    name_one_of(random, "card", "wire", scope->method);
  draw_geography(random, drawn, corridor, scope);
}

static bool same_names(const rl_scope *one, const rl_scope *other)
{
  return strcmp(one->client, other->client) == 0 && strcmp(one->tier, other->tier) == 0 &&
         strcmp(one->method, other->method) == 0;
}

static bool same_pair(rl_currency one, rl_currency other, rl_currency base, rl_currency quote)
{
  return (rl_currency_equal(one, base) && rl_currency_equal(other, quote)) ||
         (rl_currency_equal(one, quote) && rl_currency_equal(other, base));
}

/* A second set of rules for the same requests, or one that hides another, is refused at load. */
static bool clashes(const drawn_tariff *drawn, const rl_scope *scope)
{
  bool pair = scope->pair_base.index != 0;
  unsigned directions = 0, pairs = 0;
  for (unsigned i = 0; i < drawn->told.rule_count; i++) {
    const rl_scope *other = &drawn->rules[i].scope;
    if (!same_names(scope, other))
      continue;
    if (rl_currency_equal(scope->from, other->from) && rl_currency_equal(scope->to, other->to) &&
        !pair && !other->pair_base.index)
      return true;
    rl_currency one = pair ? scope->pair_base : scope->from;
    rl_currency two = pair ? scope->pair_quote : scope->to;
    pairs += same_pair(one, two, other->pair_base, other->pair_quote);
    directions += other->amount_from_minor == 0 && other->from.index && other->to.index &&
                  same_pair(one, two, other->from, other->to);
  }
  return pair ? pairs > 0 || directions == 2 : pairs > 0 && directions > 0;
}

/* --- rules --- */

typedef struct total {
  int32_t cheapest_e8, dearest_e8; /* all but the rule's own markup */
} total;

static total total_of(const oracle_tariff *tariff)
{
  total sum = {tariff->locks[0].premium_e8, tariff->locks[tariff->lock_count - 1].premium_e8};
  if (tariff->premium.by_volatility)
    sum = (total){tariff->premium.floor_e8, tariff->premium.cap_e8};
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++)
    sum.dearest_e8 += tariff->surcharges[i].e8;
  return sum;
}

static void add_rule(rl_random *random, drawn_tariff *drawn, const rl_scope *scope, bool costless)
{
  rl_rule *rule = &drawn->rules[drawn->told.rule_count];
  total sum = total_of(&drawn->told);
  *rule = (rl_rule){.scope = *scope};
  snprintf(rule->name, sizeof rule->name, "rule%u", drawn->told.rule_count++);
  if (!costless)
    draw_costs(random, sum.cheapest_e8, sum.dearest_e8, rule);
}

/* Where neither way costs anything, nothing but the direction of its roundings keeps the house
 * from losing. */
static void add_rules(rl_random *random, drawn_tariff *drawn, rl_scope scope, bool costless)
{
  unsigned bands = 1;
  if (scope.from.index && draw_chance(random, 40))
    bands += (unsigned)rl_random_below(random, 3);
  if (clashes(drawn, &scope) || drawn->told.rule_count + bands > DRAWN_RULES_MAX)
    return;
  for (unsigned i = 0; i < bands; i++) {
    scope.amount_below_minor =
      scope.amount_from_minor + (int64_t)rl_random_magnitude(random, 1000000);
    if (i + 1 == bands)
      scope.amount_below_minor = RL_AMOUNT_MAX + 1;
    add_rule(random, drawn, &scope, costless);
    scope.amount_from_minor = scope.amount_below_minor;
  }
}

static void draw_corridor(rl_random *random, drawn_tariff *drawn, unsigned corridor)
{
  rl_currency from = draw_currency(random);
  rl_currency to = draw_currency(random);
  while (rl_currency_equal(from, to))
    to = draw_currency(random);
  drawn->from[corridor] = from;
  drawn->to[corridor] = to;
  rl_scope forth = {.from = from, .to = to, .amount_below_minor = RL_AMOUNT_MAX + 1};
  rl_scope back = {.from = to, .to = from, .amount_below_minor = RL_AMOUNT_MAX + 1};
  name_tier(corridor, forth.tier);
  name_tier(corridor, back.tier);
  bool costless = draw_chance(random, 15);
  add_rules(random, drawn, forth, costless);
  add_rules(random, drawn, back, costless);
  unsigned more = (unsigned)rl_random_below(random, 6);
  for (unsigned i = 0; i < more && !costless; i++) {
    rl_scope scope;
    draw_scope(random, drawn, corridor, &scope);
    add_rules(random, drawn, scope, false);
  }
}

/* A scope that shares some request with another: what it names the other names, too, and their
 * bands overlap. */
static void draw_wider_scope(rl_random *random, const rl_scope *inner, rl_scope *out)
{
  *out = *inner;
  if (draw_chance(random, 50))
    out->client[0] = '\0';
  if (draw_chance(random, 50))
    out->tier[0] = '\0';
  if (draw_chance(random, 50))
    out->method[0] = '\0';
  if (draw_chance(random, 40))
    out->to = RL_CURRENCY_NONE;
  out->amount_from_minor = 0;
  out->amount_below_minor = RL_AMOUNT_MAX + 1;
  if (!out->from.index)
    return;
  int64_t highest_minor = inner->amount_below_minor < 1000000 ? inner->amount_below_minor : 1000000;
  if (draw_chance(random, 60))
    out->amount_from_minor = (int64_t)rl_random_magnitude(random, (uint64_t)highest_minor) - 1;
  int64_t lowest_minor = out->amount_from_minor > inner->amount_from_minor
                           ? out->amount_from_minor : inner->amount_from_minor;
  if (draw_chance(random, 60))
    out->amount_below_minor = lowest_minor + (int64_t)rl_random_magnitude(random, 1000000);
}

static void draw_waivers(rl_random *random, drawn_tariff *drawn)
{
  unsigned wanted = (unsigned)rl_random_below(random, DRAWN_WAIVERS_MAX + 1);
  for (unsigned i = 0; i < wanted; i++) {
    const rl_rule *rule = &drawn->rules[rl_random_below(random, drawn->told.rule_count)];
    if (rule->fee_count == 0)
      continue;
    rl_waiver *waiver = &drawn->waivers[drawn->told.waiver_count];
    snprintf(waiver->name, sizeof waiver->name, "waiver%u", drawn->told.waiver_count++);
    memcpy(waiver->fee, rule->fees[rl_random_below(random, rule->fee_count)].name,
           sizeof waiver->fee);
    draw_wider_scope(random, &rule->scope, &waiver->scope);
  }
}

void draw_tariff(rl_random *random, drawn_tariff *out)
{
  memset(out, 0, sizeof *out);
  oracle_tariff *told = &out->told;
  told->rules = out->rules;
  told->waivers = out->waivers;
  told->rate_digits = draw_chance(random, 40) ? 10 : (unsigned)rl_random_between(random, 4, 10);
  name_tier(0, told->default_tier);
  draw_locks(random, told);
  draw_surcharges(random, told->surcharges);
  draw_increments(random, told);
  for (unsigned i = 0; i < DRAWN_CORRIDORS; i++)
    draw_corridor(random, out, i);
  draw_waivers(random, out);
}

void draw_request(rl_random *random, const drawn_tariff *drawn, unsigned corridor,
                  rl_price_request *out)
{
  *out = (rl_price_request){.fixed = draw_chance(random, 50) ? RL_FIXED_SOURCE : RL_FIXED_TARGET};
  if (draw_chance(random, 50))
    name_one_of(random, "shop", "desk", out->client);
  if (draw_chance(random, 50))
    name_one_of(random, "card", "wire", out->method);
  if (draw_chance(random, 90))
    name_tier(corridor, out->tier);
  const rl_lock_class *lock = &drawn->told.locks[rl_random_below(random, drawn->told.lock_count)];
  out->ttl_ms = draw_chance(random, 20) ? 0 : lock->ttl_ms - (uint32_t)rl_random_below(random, 2);
  if (draw_chance(random, 2))
    out->ttl_ms = drawn->told.locks[drawn->told.lock_count - 1].ttl_ms + 1;
}
