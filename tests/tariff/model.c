#include "tariff/model.h"

#include "status/status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const model_tiers[MODEL_TIERS] = {"standard", "vip", "v", "fifteen-letters"};
static const char *const codes[MODEL_CURRENCIES] = {"USD", "EUR", "JPY", "KWD", "CLF", "INR"};

rl_currency model_currency(unsigned index)
{
  rl_currency currency = RL_CURRENCY_NONE;
  rl_status status = rl_currency_find(codes[index], 3, &currency);
  RL_ASSERT(status == RL_OK);
  return currency;
}

/* --- values --- */

static rl_currency any_or_currency(rl_random *random)
{
  return rl_random_below(random, 2) ? RL_CURRENCY_NONE
                                    : model_currency((unsigned)rl_random_below(random,
                                                                               MODEL_CURRENCIES));
}

static bool same_keys(const rl_rule *left, const rl_rule *right)
{
  return strcmp(left->scope.tier, right->scope.tier) == 0 &&
         rl_currency_equal(left->scope.from, right->scope.from) &&
         rl_currency_equal(left->scope.to, right->scope.to);
}

static bool is_possible(const model *made, const rl_rule *rule)
{
  if (rule->scope.from.index && rl_currency_equal(rule->scope.from, rule->scope.to))
    return false;
  for (unsigned i = 0; i < made->rule_count; i++)
    if (same_keys(&made->rules[i], rule))
      return false;
  return true;
}

static bool names_side(const rl_rule *rule, rl_fee_side side)
{
  return (side == RL_FEE_SOURCE ? rule->scope.from : rule->scope.to).index != 0;
}

static rl_fee make_flat_fee(rl_random *random, rl_fee_side side)
{
  return (rl_fee){.kind = RL_FEE_FLAT,
                  .side = side,
                  .max_minor = RL_AMOUNT_MAX,
                  .parts[0].flat_minor = (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX)};
}

static rl_fee make_bps_fee(rl_random *random, rl_fee_side side, bool may_have_bounds)
{
  rl_fee fee = {.kind = RL_FEE_BPS, .side = side, .max_minor = RL_AMOUNT_MAX};
  fee.parts[0].ratio_e8 = (int32_t)rl_random_below(random, RL_RATIO_E8_MAX / RL_FEES_MAX);
  if (may_have_bounds && rl_random_below(random, 2))
    fee.max_minor = (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX);
  if (may_have_bounds && rl_random_below(random, 2))
    fee.min_minor = rl_random_between(random, 1, fee.max_minor);
  return fee;
}

static rl_fee make_fee(rl_random *random, const rl_rule *rule, bool has_target_bps)
{
  rl_fee_side side = rl_random_below(random, 2) ? RL_FEE_SOURCE : RL_FEE_TARGET;
  if (side == RL_FEE_TARGET && has_target_bps && !names_side(rule, side))
    side = RL_FEE_SOURCE; /* neither a second bps fee nor one in money could stand there */
  bool has_money = names_side(rule, side);
  bool must_be_flat = side == RL_FEE_TARGET && has_target_bps;
  rl_fee fee = must_be_flat || (has_money && rl_random_below(random, 2))
                 ? make_flat_fee(random, side)
                 : make_bps_fee(random, side, has_money);
  snprintf(fee.name, sizeof fee.name, "fee%u", (unsigned)rl_random_below(random, 100));
  if (side == RL_FEE_SOURCE && rl_random_below(random, 2))
    fee.mode = RL_FEE_ON_TOP;
  return fee;
}

static void make_fees(rl_random *random, rl_rule *rule)
{
  bool has_target_bps = false;
  rule->fee_count = (unsigned)rl_random_below(random, RL_FEES_MAX + 1);
  for (unsigned i = 0; i < rule->fee_count; i++) {
    rule->fees[i] = make_fee(random, rule, has_target_bps);
    has_target_bps |= rule->fees[i].kind == RL_FEE_BPS && rule->fees[i].side == RL_FEE_TARGET;
  }
}

void model_make(model *made, rl_random *random)
{
  unsigned wanted = (unsigned)rl_random_between(random, 1, MODEL_RULES_MAX);
  made->rule_count = 0;
  for (unsigned tries = 0; tries < 4 * wanted && made->rule_count < wanted; tries++) {
    rl_rule rule = {.scope = {.from = any_or_currency(random), .to = any_or_currency(random)}};
    /* The first rule is for any tier, and so for the default one. */
    if (made->rule_count > 0 && rl_random_below(random, 2))
      snprintf(rule.scope.tier, sizeof rule.scope.tier, "%s",
               model_tiers[rl_random_below(random, MODEL_TIERS)]);
    if (!is_possible(made, &rule))
      continue;
    snprintf(rule.name, sizeof rule.name, "rule-%u", made->rule_count);
    rule.markups[0].e8 = (int32_t)rl_random_between(random, 0, RL_RATIO_E8_MAX);
    make_fees(random, &rule);
    made->rules[made->rule_count++] = rule;
  }
}

/* --- text --- */

typedef struct page {
  char *text;
  size_t size;
  size_t used;
  unsigned line;
} page;

__attribute__((format(printf, 2, 3)))
static void print(page *out, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(out->text + out->used, out->size - out->used, format, arguments);
  va_end(arguments);
  RL_ASSERT(length >= 0 && (size_t)length < out->size - out->used);
  for (int i = 0; i < length; i++)
    out->line += out->text[out->used + (size_t)i] == '\n';
  out->used += (size_t)length;
}

/* Where the next field of a flow or block mapping goes. */
static void next_field(page *out, bool flow, unsigned indent)
{
  if (flow)
    print(out, ", ");
  else
    print(out, "\n%*s", (int)indent, "");
}

static void print_amount(page *out, const char *key, int64_t minor, rl_currency currency)
{
  unsigned exponent = rl_currency_exponent(currency);
  int64_t unit = 1;
  for (unsigned i = 0; i < exponent; i++)
    unit *= 10;
  print(out, "%s: %" PRId64, key, minor / unit);
  if (exponent > 0)
    print(out, ".%0*" PRId64, (int)exponent, minor % unit);
}

static void print_bps(page *out, const char *key, int32_t e8)
{
  int32_t size = e8 < 0 ? -e8 : e8;
  print(out, "%s: %s%" PRId32 ".%04" PRId32, key, e8 < 0 ? "-" : "", size / 10000, size % 10000);
}

static void print_fee(page *out, const rl_rule *rule, const rl_fee *fee, bool flow)
{
  rl_currency currency = fee->side == RL_FEE_SOURCE ? rule->scope.from : rule->scope.to;
  print(out, "\n      - %sname: %s", flow ? "{ " : "", fee->name);
  next_field(out, flow, 8);
  print(out, "side: %s", fee->side == RL_FEE_SOURCE ? "source" : "target");
  next_field(out, flow, 8);
  print(out, "mode: %s", fee->mode == RL_FEE_ON_TOP ? "on_top" : "deducted");
  next_field(out, flow, 8);
  print(out, "kind: %s", fee->kind == RL_FEE_FLAT ? "flat" : "bps");
  next_field(out, flow, 8);
  if (fee->kind == RL_FEE_FLAT)
    print_amount(out, "amount", fee->parts[0].flat_minor, currency);
  else
    print_bps(out, "bps", fee->parts[0].ratio_e8);
  if (fee->min_minor > 0) {
    next_field(out, flow, 8);
    print_amount(out, "min", fee->min_minor, currency);
  }
  if (fee->kind == RL_FEE_BPS && fee->max_minor < RL_AMOUNT_MAX) {
    next_field(out, flow, 8);
    print_amount(out, "max", fee->max_minor, currency);
  }
  print(out, "%s", flow ? " }" : "");
}

static void print_rule(page *out, rl_rule *rule, rl_random *random, bool broken)
{
  if (rl_random_below(random, 4) == 0)
    print(out, "\n# a line between\n");
  rule->line = out->line + 1;
  print(out, "\n  - name: %s", rule->name);
  if (rule->scope.tier[0])
    print(out, "\n    tier: %s", rule->scope.tier);
  if (rule->scope.from.index)
    print(out, "\n    from: %s", rl_currency_code(rule->scope.from));
  if (rule->scope.to.index)
    print(out, "\n    to: %s", rl_currency_code(rule->scope.to));
  print(out, "\n    ");
  if (broken)
    print(out, "markup_bps: cheap");
  else
    print_bps(out, "markup_bps", rule->markups[0].e8);
  print(out, "\n    fees:%s", rule->fee_count ? "" : " []");
  for (unsigned i = 0; i < rule->fee_count; i++)
    print_fee(out, rule, &rule->fees[i], rl_random_below(random, 2));
}

void model_write(model *made, rl_random *random, unsigned broken_rule)
{
  page out = {.text = made->text, .size = sizeof made->text, .line = 1};
  print(&out, "tariff: model\nlocks: [{ ttl: 30s }]\nrules:");
  for (unsigned i = 0; i < made->rule_count; i++)
    print_rule(&out, &made->rules[i], random, i == broken_rule);
  print(&out, "\n");
}
