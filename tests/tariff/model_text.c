/* A model as YAML, each part now in flow and now in block style. */
#include "tariff/model.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

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
  char text[RL_AMOUNT_TEXT_SIZE];
  rl_amount_format((rl_amount){.minor = minor, .currency = currency}, text);
  print(out, "%s: %s", key, text);
}

static void print_bps(page *out, const char *key, int32_t e8)
{
  int32_t size = e8 < 0 ? -e8 : e8;
  print(out, "%s: %s%" PRId32 ".%04" PRId32, key, e8 < 0 ? "-" : "", size / 10000, size % 10000);
}

/* --- scopes --- */

static void print_scope(page *out, const rl_scope *scope, rl_random *random, bool flow)
{
  const struct { const char *key, *name; } names[] = {
    {"client", scope->client}, {"tier", scope->tier}, {"method", scope->method}};
  for (unsigned i = 0; i < 3; i++)
    if (names[i].name[0]) {
      next_field(out, flow, 4);
      print(out, "%s: %s", names[i].key, names[i].name);
    }
  const struct { const char *key; rl_currency currency; } ends[] = {
    {"from", scope->from}, {"to", scope->to}};
  for (unsigned i = 0; i < 2; i++)
    if (ends[i].currency.index) {
      next_field(out, flow, 4);
      print(out, "%s: %s", ends[i].key, rl_currency_code(ends[i].currency));
    }
  if (scope->pair_base.index) {
    next_field(out, flow, 4);
    print(out, "pair: %s%s%s", rl_currency_code(scope->pair_base),
          rl_random_below(random, 2) ? "/" : "", rl_currency_code(scope->pair_quote));
  }
  if (scope->amount_from_minor > 0) {
    next_field(out, flow, 4);
    print_amount(out, "amount_from", scope->amount_from_minor, scope->from);
  }
  if (scope->amount_below_minor <= RL_AMOUNT_MAX) {
    next_field(out, flow, 4);
    print_amount(out, "amount_below", scope->amount_below_minor, scope->from);
  }
}

/* --- fees --- */

static void print_part(page *out, const rl_fee *fee, const rl_fee_part *part,
                       rl_currency currency)
{
  bool tier = fee->kind == RL_FEE_GRADUATED || fee->kind == RL_FEE_SLAB;
  if (tier) {
    print_amount(out, "from", part->from_minor, currency);
    print(out, ", ");
  }
  if (part->flat_minor)
    print_amount(out, "amount", part->flat_minor, currency);
  else
    print_bps(out, "bps", part->ratio_e8);
}

static void print_parts(page *out, const rl_fee *fee, rl_currency currency, bool flow)
{
  if (fee->kind == RL_FEE_FLAT || fee->kind == RL_FEE_BPS) {
    if (fee->kind == RL_FEE_FLAT)
      print_amount(out, "amount", fee->parts[0].flat_minor, currency);
    else
      print_bps(out, "bps", fee->parts[0].ratio_e8);
    return;
  }
  print(out, "%s: [", fee->kind == RL_FEE_GREATER_OF ? "of" : "tiers");
  for (unsigned i = 0; i < fee->part_count; i++) {
    print(out, i ? "," : "");
    if (flow)
      print(out, " { ");
    else
      print(out, "\n          { ");
    print_part(out, fee, &fee->parts[i], currency);
    print(out, " }");
  }
  print(out, " ]");
}

static void print_fee(page *out, const rl_rule *rule, const rl_fee *fee, bool flow)
{
  static const char *const kinds[] = {"flat", "bps", "graduated", "slab", "greater_of"};
  rl_currency currency = fee->side == RL_FEE_SOURCE ? rule->scope.from : rule->scope.to;
  print(out, "\n      - %sname: %s", flow ? "{ " : "", fee->name);
  next_field(out, flow, 8);
  print(out, "side: %s", fee->side == RL_FEE_SOURCE ? "source" : "target");
  next_field(out, flow, 8);
  print(out, "mode: %s", fee->mode == RL_FEE_ON_TOP ? "on_top" : "deducted");
  next_field(out, flow, 8);
  print(out, "kind: %s", kinds[fee->kind]);
  next_field(out, flow, 8);
  print_parts(out, fee, currency, flow);
  if (fee->min_minor > 0) {
    next_field(out, flow, 8);
    print_amount(out, "min", fee->min_minor, currency);
  }
  if (fee->max_minor < RL_AMOUNT_MAX) {
    next_field(out, flow, 8);
    print_amount(out, "max", fee->max_minor, currency);
  }
  print(out, "%s", flow ? " }" : "");
}

/* --- rules and waivers --- */

static void print_points(page *out, const char *key, int32_t points_e1)
{
  print(out, "\n    %s: %d.%d", key, points_e1 / 10, points_e1 % 10);
}

static void print_markups(page *out, const rl_rule *rule, bool broken)
{
  const rl_markup *bid = &rule->markups[RL_SELL_BASE], *ask = &rule->markups[RL_BUY_BASE];
  print(out, "\n    ");
  if (broken) {
    print(out, "markup_bps: cheap");
  } else if (bid->e8 == ask->e8) {
    print_bps(out, "markup_bps", bid->e8);
  } else {
    print_bps(out, "markup_ask_bps", ask->e8);
    print(out, "\n    ");
    print_bps(out, "markup_bid_bps", bid->e8);
  }
  if (bid->points_e1 != ask->points_e1) {
    print_points(out, "markup_bid_points", bid->points_e1);
    print_points(out, "markup_ask_points", ask->points_e1);
  } else if (bid->points_e1) {
    print_points(out, "markup_points", bid->points_e1);
  }
}

static void print_rule(page *out, rl_rule *rule, rl_random *random, bool broken)
{
  if (rl_random_below(random, 4) == 0)
    print(out, "\n# a line between\n");
  rule->line = out->line + 1;
  print(out, "\n  - name: %s", rule->name);
  print_scope(out, &rule->scope, random, false);
  print_markups(out, rule, broken);
  if (rule->disclosure_decimals)
    print(out, "\n    disclosure_decimals: %u", rule->disclosure_decimals);
  print(out, "\n    fees:%s", rule->fee_count ? "" : " []");
  for (unsigned i = 0; i < rule->fee_count; i++)
    print_fee(out, rule, &rule->fees[i], rl_random_below(random, 2));
}

static void print_waivers(page *out, model *made, rl_random *random)
{
  print(out, "\nwaivers:%s", made->waiver_count ? "" : " []");
  for (unsigned i = 0; i < made->waiver_count; i++) {
    rl_waiver *waiver = &made->waivers[i];
    bool flow = rl_random_below(random, 2);
    waiver->line = out->line + 1;
    print(out, "\n  - %sname: %s", flow ? "{ " : "", waiver->name);
    next_field(out, flow, 4);
    print(out, "fee: %s", waiver->fee);
    print_scope(out, &waiver->scope, random, flow);
    print(out, "%s", flow ? " }" : "");
  }
}

/* --- the head --- */

static void print_locks(page *out, const model *made)
{
  const rl_lock_premium *premium = &made->lock_premium;
  print(out, "\nlocks:");
  for (unsigned i = 0; i < made->lock_count; i++) {
    print(out, "\n  - { ttl: %um", made->locks[i].ttl_ms / 60000);
    if (!premium->by_volatility)
      print_bps(out, ", premium_bps", made->locks[i].premium_e8);
    print(out, " }");
  }
  if (!premium->by_volatility)
    return;
  print(out, "\nlock_premium:\n  volatility_multiple: %d.%02d\n  ", premium->multiple_e2 / 100,
        premium->multiple_e2 % 100);
  print_bps(out, "floor_bps", premium->floor_e8);
  print(out, "\n  ");
  print_bps(out, "cap_bps", premium->cap_e8);
}

static void print_surcharges(page *out, const model *made)
{
  static const char *const whens[] = {"closed", "sources_below", "age_above", "reference"};
  print(out, "\nsurcharges: [");
  for (unsigned i = RL_SURCHARGE_WHENS; i-- > 0;) {
    const rl_surcharge *surcharge = &made->surcharges[i];
    if (!surcharge->name[0])
      continue;
    print(out, "\n  { name: %s, when: %s, ", surcharge->name, whens[i]);
    if (surcharge->bound)
      print(out, "bound: %u, ", surcharge->bound);
    print_bps(out, "markup_bps", surcharge->e8);
    print(out, " },");
  }
  print(out, " ]");
}

static void print_increments(page *out, const model *made)
{
  print(out, "\npayout_increments: [");
  for (unsigned i = 0; i < MODEL_CURRENCIES; i++) {
    rl_currency currency = model_currency(i);
    if (made->increments[i] == 1)
      continue;
    print(out, " { currency: %s, ", rl_currency_code(currency));
    print_amount(out, "increment", made->increments[i], currency);
    print(out, " },");
  }
  print(out, " ]");
}

void model_write(model *made, rl_random *random, unsigned broken_rule)
{
  page out = {.text = made->text, .size = sizeof made->text, .line = 1};
  print(&out, "tariff: model");
  print_locks(&out, made);
  print_surcharges(&out, made);
  print_increments(&out, made);
  if (made->trial_percent)
    print(&out, "\ntrial: { file: trials/next.yaml, percent: %u }", made->trial_percent);
  print(&out, "\nrules:");
  for (unsigned i = 0; i < made->rule_count; i++)
    print_rule(&out, &made->rules[i], random, i == broken_rule);
  print_waivers(&out, made, random);
  print(&out, "\n");
}
