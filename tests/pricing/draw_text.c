/* A drawn tariff as a person would write it. */
#include "pricing/draw.h"
#include "pricing/fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct page {
  char *bytes;
  size_t size, used;
} page;

__attribute__((format(printf, 2, 3))) static void print(page *to, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(to->bytes + to->used, to->size - to->used, format, arguments);
  va_end(arguments);
  RL_ASSERT(length >= 0 && (size_t)length < to->size - to->used);
  to->used += (size_t)length;
}

static void print_bps(page *to, const char *name, int32_t e8)
{
  print(to, "%s: %s%d.%04d", name, e8 < 0 ? "-" : "", abs(e8) / 10000, abs(e8) % 10000);
}

static void print_amount(page *to, const char *name, int64_t minor, rl_currency currency)
{
  char amount[RL_AMOUNT_TEXT_SIZE];
  rl_amount_format((rl_amount){.minor = minor, .currency = currency}, amount);
  print(to, "%s: %s", name, amount);
}

static void print_name(page *to, const char *key, const char *name)
{
  if (name[0])
    print(to, ", %s: %s", key, name);
}

/* --- fees --- */

static void print_worth(page *to, const rl_fee_part *part, rl_currency currency)
{
  if (part->flat_minor > 0)
    print_amount(to, "amount", part->flat_minor, currency);
  else
    print_bps(to, "bps", part->ratio_e8);
}

static void print_parts(page *to, const rl_fee *fee, bool tiers, rl_currency currency)
{
  print(to, "%s: [", tiers ? "tiers" : "of");
  for (unsigned i = 0; i < fee->part_count; i++) {
    print(to, "%s{ ", i > 0 ? ", " : "");
    if (tiers) {
      print_amount(to, "from", fee->parts[i].from_minor, currency);
      print(to, ", ");
    }
    print_worth(to, &fee->parts[i], currency);
    print(to, " }");
  }
  print(to, "]");
}

static void print_fee(page *to, const rl_rule *rule, const rl_fee *fee)
{
  static const char *const kinds[] = {"flat", "bps", "graduated", "slab", "greater_of"};
  rl_currency currency = fee->side == RL_FEE_SOURCE ? rule->scope.from : rule->scope.to;
  print(to, "{ name: %s, side: %s, mode: %s, kind: %s, ", fee->name,
        fee->side == RL_FEE_SOURCE ? "source" : "target",
        fee->mode == RL_FEE_ON_TOP ? "on_top" : "deducted", kinds[fee->kind]);
  if (fee->kind == RL_FEE_FLAT || fee->kind == RL_FEE_BPS)
    print_worth(to, &fee->parts[0], currency);
  else
    print_parts(to, fee, fee->kind != RL_FEE_GREATER_OF, currency);
  if (fee->min_minor > 0) {
    print(to, ", ");
    print_amount(to, "min", fee->min_minor, currency);
  }
  if (fee->max_minor < RL_AMOUNT_MAX) {
    print(to, ", ");
    print_amount(to, "max", fee->max_minor, currency);
  }
  print(to, " }");
}

/* --- rules and waivers --- */

static void print_scope(page *to, const rl_scope *scope)
{
  print_name(to, "client", scope->client);
  print_name(to, "tier", scope->tier);
  print_name(to, "method", scope->method);
  if (scope->from.index)
    print_name(to, "from", rl_currency_code(scope->from));
  if (scope->to.index)
    print_name(to, "to", rl_currency_code(scope->to));
  if (scope->pair_base.index)
    print(to, ", pair: %s%s", rl_currency_code(scope->pair_base),
          rl_currency_code(scope->pair_quote));
  if (scope->amount_from_minor > 0) {
    print(to, ", ");
    print_amount(to, "amount_from", scope->amount_from_minor, scope->from);
  }
  if (scope->amount_below_minor <= RL_AMOUNT_MAX) {
    print(to, ", ");
    print_amount(to, "amount_below", scope->amount_below_minor, scope->from);
  }
}

static void print_points(page *to, const char *name, int32_t points_e1)
{
  print(to, ", %s: %d.%d", name, points_e1 / 10, points_e1 % 10);
}

static void print_markups(page *to, const rl_markup markups[2])
{
  print(to, ", ");
  if (markups[0].e8 == markups[1].e8) {
    print_bps(to, "markup_bps", markups[0].e8);
  } else {
    print_bps(to, "markup_bid_bps", markups[0].e8);
    print(to, ", ");
    print_bps(to, "markup_ask_bps", markups[1].e8);
  }
  if (markups[0].points_e1 != markups[1].points_e1) {
    print_points(to, "markup_bid_points", markups[0].points_e1);
    print_points(to, "markup_ask_points", markups[1].points_e1);
  } else if (markups[0].points_e1 > 0) {
    print_points(to, "markup_points", markups[0].points_e1);
  }
}

static void print_rule(page *to, const rl_rule *rule)
{
  print(to, "  - { name: %s", rule->name);
  print_scope(to, &rule->scope);
  print_markups(to, rule->markups);
  if (rule->disclosure_decimals > 0)
    print(to, ", disclosure_decimals: %u", rule->disclosure_decimals);
  if (rule->fee_count > 0)
    print(to, ", fees: [");
  for (unsigned i = 0; i < rule->fee_count; i++) {
    print(to, "%s", i > 0 ? ", " : "");
    print_fee(to, rule, &rule->fees[i]);
  }
  print(to, "%s }\n", rule->fee_count > 0 ? "]" : "");
}

size_t drawn_rule_print(const rl_rule *rule, char *out, size_t size)
{
  page to = {.bytes = out, .size = size};
  print_rule(&to, rule);
  return to.used;
}

static void print_waivers(page *to, const oracle_tariff *tariff)
{
  if (tariff->waiver_count > 0)
    print(to, "waivers:\n");
  for (unsigned i = 0; i < tariff->waiver_count; i++) {
    print(to, "  - { name: %s, fee: %s", tariff->waivers[i].name, tariff->waivers[i].fee);
    print_scope(to, &tariff->waivers[i].scope);
    print(to, " }\n");
  }
}

/* --- what all prices have --- */

static void print_locks(page *to, const oracle_tariff *tariff)
{
  print(to, "locks:\n");
  for (unsigned i = 0; i < tariff->lock_count; i++) {
    print(to, "  - { ttl: %us", tariff->locks[i].ttl_ms / 1000);
    if (!tariff->premium.by_volatility) {
      print(to, ", ");
      print_bps(to, "premium_bps", tariff->locks[i].premium_e8);
    }
    print(to, " }\n");
  }
  print(to, "default_ttl: %us\n", tariff->locks[tariff->default_lock].ttl_ms / 1000);
  if (!tariff->premium.by_volatility)
    return;
  print(to, "lock_premium: { volatility_multiple: %d.%02d, ", tariff->premium.multiple_e2 / 100,
        tariff->premium.multiple_e2 % 100);
  print_bps(to, "floor_bps", tariff->premium.floor_e8);
  print(to, ", ");
  print_bps(to, "cap_bps", tariff->premium.cap_e8);
  print(to, " }\n");
}

static void print_surcharges(page *to, const rl_surcharge surcharges[RL_SURCHARGE_WHENS])
{
  static const char *const words[] = {"closed", "sources_below", "age_above", "reference"};
  bool any = false;
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++) {
    if (!surcharges[i].name[0])
      continue;
    print(to, "%s  - { name: %s, when: %s, ", any ? "" : "surcharges:\n", surcharges[i].name,
          words[i]);
    if (surcharges[i].bound > 0)
      print(to, "bound: %u, ", surcharges[i].bound);
    print_bps(to, "markup_bps", surcharges[i].e8);
    print(to, " }\n");
    any = true;
  }
}

static void print_increments(page *to, const oracle_tariff *tariff)
{
  if (tariff->increment_count > 0)
    print(to, "payout_increments:\n");
  for (unsigned i = 0; i < tariff->increment_count; i++) {
    rl_currency currency = tariff->increments[i].currency;
    print(to, "  - { currency: %s, ", rl_currency_code(currency));
    print_amount(to, "increment", tariff->increments[i].minor, currency);
    print(to, " }\n");
  }
}

rl_tariff *drawn_tariff_parse(const drawn_tariff *drawn)
{
  static char bytes[1 << 19];
  page to = {.bytes = bytes, .size = sizeof bytes};
  const oracle_tariff *told = &drawn->told;
  print(&to, "tariff: drawn\nrate_digits: %u\ndefault_tier: %s\n", told->rate_digits,
        told->default_tier);
  print_locks(&to, told);
  print_surcharges(&to, told->surcharges);
  print_increments(&to, told);
  print(&to, "rules:\n");
  for (unsigned i = 0; i < told->rule_count; i++)
    print_rule(&to, &told->rules[i]);
  print_waivers(&to, told);
  return fixture_parse(bytes, to.used);
}
