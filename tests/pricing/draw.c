#include "pricing/draw.h"

#include "pricing/fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool draw_chance(rl_random *random, unsigned percent)
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
static int32_t draw_ratio_e8(rl_random *random, int32_t max_e8)
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

/* --- tariffs --- */

static rl_currency draw_currency(rl_random *random)
{
  static const char *const codes[] = {"EUR", "USD", "GBP", "JPY", "KRW", "VND",
                                      "KWD", "TND", "BHD", "UYW", "INR", "ISK"};
  rl_currency currency;
  const char *code = codes[rl_random_below(random, sizeof codes / sizeof codes[0])];
  RL_ASSERT(rl_currency_find(code, 3, &currency) == RL_OK);
  return currency;
}

/* `source_e8` and `target_bps` are what the rule may still take: source ratios sum to at most a
 * half, and one target item may round (M5). */
static rl_fee draw_fee(rl_random *random, unsigned index, int32_t *source_e8, bool *target_bps)
{
  rl_fee fee = {.side = draw_chance(random, 70) ? RL_FEE_SOURCE : RL_FEE_TARGET,
                .max_minor = RL_AMOUNT_MAX};
  snprintf(fee.name, sizeof fee.name, "fee%u", index);
  bool source = fee.side == RL_FEE_SOURCE;
  fee.mode = source && draw_chance(random, 40) ? RL_FEE_ON_TOP : RL_FEE_DEDUCTED;
  fee.kind = draw_chance(random, 65) && (source || *target_bps) ? RL_FEE_BPS : RL_FEE_FLAT;
  if (fee.kind == RL_FEE_FLAT) {
    fee.parts[0].flat_minor = draw_fee_amount(random);
    fee.max_minor = 0;
    return fee;
  }
  fee.parts[0].ratio_e8 = draw_ratio_e8(random, source ? *source_e8 : RL_RATIO_E8_MAX);
  if (source)
    *source_e8 -= fee.parts[0].ratio_e8;
  else
    *target_bps = false;
  if (draw_chance(random, 40))
    fee.min_minor = draw_fee_amount(random);
  if (draw_chance(random, 40))
    fee.max_minor = fee.min_minor + draw_fee_amount(random) - 1;
  if (fee.max_minor < 1)
    fee.max_minor = 1;
  if (fee.max_minor > RL_AMOUNT_MAX)
    fee.max_minor = RL_AMOUNT_MAX;
  return fee;
}

typedef struct premiums {
  int32_t cheapest_e8;
  int32_t dearest_e8;
} premiums;

/* The markup and the dearest premium are at most a half together, and with the cheapest not
 * below zero. */
static void draw_costs(rl_random *random, premiums locks, rl_rule *rule)
{
  rule->markups[0].e8 = draw_ratio_e8(random, RL_RATIO_E8_MAX - locks.dearest_e8);
  if (draw_chance(random, 15))
    rule->markups[0].e8 = -draw_ratio_e8(random, locks.cheapest_e8);
  if (draw_chance(random, 20))
    rule->markups[0].e8 = 0;
  unsigned fees_max = draw_chance(random, 30) ? RL_FEES_MAX : 3;
  rule->fee_count = (unsigned)rl_random_below(random, fees_max + 1);
  int32_t source_e8 = RL_RATIO_E8_MAX;
  bool target_bps = true;
  for (unsigned i = 0; i < rule->fee_count; i++)
    rule->fees[i] = draw_fee(random, i, &source_e8, &target_bps);
}

/* Both directions between two currencies. Where neither costs anything, nothing but the direction
 * of its roundings keeps the house from losing. */
static void draw_corridor(rl_random *random, unsigned index, premiums locks, rl_rule rules[2])
{
  rl_currency from = draw_currency(random);
  rl_currency to = draw_currency(random);
  while (rl_currency_equal(from, to))
    to = draw_currency(random);
  bool costless = draw_chance(random, 15);
  for (unsigned way = 0; way < 2; way++) {
    rl_rule *rule = &rules[way];
    snprintf(rule->name, sizeof rule->name, "rule%u", 2 * index + way);
    snprintf(rule->scope.tier, sizeof rule->scope.tier, "tier%u", index);
    rule->scope.from = way == 0 ? from : to;
    rule->scope.to = way == 0 ? to : from;
    if (!costless)
      draw_costs(random, locks, rule);
  }
}

void draw_tariff(rl_random *random, drawn_tariff *out)
{
  memset(out, 0, sizeof *out);
  out->rate_digits = draw_chance(random, 40) ? 10 : (unsigned)rl_random_between(random, 4, 10);
  out->lock_count = 1 + (unsigned)rl_random_below(random, DRAWN_LOCKS_MAX);
  int32_t premium_e8 = draw_chance(random, 50) ? draw_ratio_e8(random, 5000000) : 0;
  for (unsigned i = 0; i < out->lock_count; i++) {
    out->locks[i] = (rl_lock_class){.ttl_ms = (i + 1) * 30000, .premium_e8 = premium_e8};
    premium_e8 += draw_ratio_e8(random, 5000000);
  }
  premiums locks = {.cheapest_e8 = out->locks[0].premium_e8,
                    .dearest_e8 = out->locks[out->lock_count - 1].premium_e8};
  for (unsigned i = 0; i < DRAWN_CORRIDORS; i++)
    draw_corridor(random, i, locks, &out->rules[2 * i]);
}

/* --- as YAML --- */

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

static void print_bps(page *to, int32_t e8)
{
  print(to, "%s%d.%04d", e8 < 0 ? "-" : "", abs(e8) / 10000, abs(e8) % 10000);
}

static void print_amount(page *to, const char *name, int64_t minor, rl_currency currency)
{
  char amount[RL_AMOUNT_TEXT_SIZE];
  rl_amount_format((rl_amount){.minor = minor, .currency = currency}, amount);
  print(to, ", %s: %s", name, amount);
}

static void print_fee(page *to, const rl_rule *rule, const rl_fee *fee)
{
  rl_currency currency = fee->side == RL_FEE_SOURCE ? rule->scope.from : rule->scope.to;
  print(to, "{ name: %s, side: %s, mode: %s", fee->name,
        fee->side == RL_FEE_SOURCE ? "source" : "target",
        fee->mode == RL_FEE_ON_TOP ? "on_top" : "deducted");
  if (fee->kind == RL_FEE_FLAT) {
    print(to, ", kind: flat");
    print_amount(to, "amount", fee->parts[0].flat_minor, currency);
  } else {
    print(to, ", kind: bps, bps: ");
    print_bps(to, fee->parts[0].ratio_e8);
    if (fee->min_minor > 0)
      print_amount(to, "min", fee->min_minor, currency);
    if (fee->max_minor < RL_AMOUNT_MAX)
      print_amount(to, "max", fee->max_minor, currency);
  }
  print(to, " }");
}

static void print_rule(page *to, const rl_rule *rule)
{
  print(to, "  - { name: %s, tier: %s, from: %s, to: %s, markup_bps: ", rule->name,
        rule->scope.tier,
        rl_currency_code(rule->scope.from), rl_currency_code(rule->scope.to));
  print_bps(to, rule->markups[0].e8);
  print(to, "%s", rule->fee_count > 0 ? ", fees: [" : "");
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

rl_tariff *drawn_tariff_parse(const drawn_tariff *drawn)
{
  static char bytes[1 << 17];
  page to = {.bytes = bytes, .size = sizeof bytes};
  print(&to, "tariff: drawn\nrate_digits: %u\nlocks:\n", drawn->rate_digits);
  for (unsigned i = 0; i < drawn->lock_count; i++) {
    print(&to, "  - { ttl: %us, premium_bps: ", drawn->locks[i].ttl_ms / 1000);
    print_bps(&to, drawn->locks[i].premium_e8);
    print(&to, " }\n");
  }
  print(&to, "default_ttl: %us\ndefault_tier: tier0\nrules:\n", drawn->locks[0].ttl_ms / 1000);
  for (unsigned i = 0; i < DRAWN_RULES; i++)
    print_rule(&to, &drawn->rules[i]);
  return fixture_parse(bytes, to.used);
}

/* --- markets --- */

/* A market as a venue shows it: five to seven digits, a spread of a few units. */
static void draw_likely(rl_random *random, rl_composite *composite)
{
  composite->scale = (uint8_t)rl_random_below(random, 8);
  composite->bid_half = (uint32_t)rl_random_between(random, 20000, 20000000);
  uint32_t spread = draw_chance(random, 30) ? 0 : (uint32_t)rl_random_magnitude(random, 200);
  composite->mid_half = composite->bid_half + spread / 2;
  composite->ask_half = composite->bid_half + spread;
}

/* Anything that the limits allow. */
static void draw_absurd(rl_random *random, rl_composite *composite)
{
  const uint32_t max = 2 * RL_SOURCE_MANTISSA_MAX;
  composite->scale = (uint8_t)rl_random_below(random, 13);
  composite->bid_half = (uint32_t)rl_random_magnitude(random, max);
  uint32_t room = max - composite->bid_half;
  uint32_t spread = draw_chance(random, 50) ? 0 : (uint32_t)rl_random_below(random, room + 1ull);
  if (draw_chance(random, 50))
    spread >>= rl_random_below(random, 32);
  composite->ask_half = composite->bid_half + spread;
  composite->mid_half = composite->bid_half + (uint32_t)rl_random_below(random, spread + 1ull);
}

/* Very round rates: products and quotients that come out even, or on a tie. */
static void draw_round(rl_random *random, rl_composite *composite)
{
  composite->scale = (uint8_t)rl_random_below(random, 4);
  composite->bid_half = (uint32_t)rl_random_between(random, 1, 40);
  composite->mid_half = composite->bid_half + (uint32_t)rl_random_below(random, 2);
  composite->ask_half = composite->mid_half + (uint32_t)rl_random_below(random, 2);
}

static void draw_reference(rl_random *random, rl_reference *reference)
{
  memset(reference, 0, sizeof *reference);
  reference->known = draw_chance(random, 60);
  if (!reference->known)
    return;
  reference->rate.mantissa = rl_random_magnitude(random, RL_CLIENT_MANTISSA_MAX);
  reference->rate.scale = (uint8_t)rl_random_below(random, 10);
  while (reference->rate.mantissa >= 1000000000 && reference->rate.scale == 0)
    reference->rate.mantissa /= 10;
  snprintf(reference->provider, sizeof reference->provider, "fixing");
}

void draw_snapshot(rl_random *random, rl_currency from, rl_currency to, rl_snapshot *out)
{
  bool sells_base = draw_chance(random, 50);
  out->from = from;
  out->to = to;
  out->base = sells_base ? from : to;
  out->quote = sells_base ? to : from;
  out->leg_count = draw_chance(random, 50) ? 1 : 1 + (unsigned)rl_random_below(random, RL_LEGS_MAX);
  for (unsigned i = 0; i < out->leg_count; i++) {
    rl_leg *leg = &out->legs[i];
    leg->inverted = out->leg_count == 1 ? !sells_base : draw_chance(random, 50);
    switch (rl_random_below(random, 5)) {
    case 0: draw_absurd(random, &leg->composite); break;
    case 1: draw_round(random, &leg->composite); break;
    default: draw_likely(random, &leg->composite); break;
    }
  }
  draw_reference(random, &out->reference);
}

void snapshot_reverse(const rl_snapshot *snapshot, rl_snapshot *out)
{
  *out = *snapshot;
  out->from = snapshot->to;
  out->to = snapshot->from;
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    out->legs[i] = snapshot->legs[snapshot->leg_count - 1 - i];
    out->legs[i].inverted = !out->legs[i].inverted;
  }
}
