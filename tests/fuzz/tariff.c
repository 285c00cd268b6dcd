/* Any bytes give a tariff within its limits, or a refusal that says why. */
#include "tariff/tariff.h"

#include <string.h>

#define HOLDS(condition) \
  do {                   \
    if (!(condition))    \
      __builtin_trap();  \
  } while (0)

static bool within(int64_t value, int64_t low, int64_t high)
{
  return value >= low && value <= high;
}

/* --- fees --- */

/* Each part is a ratio or an amount, and tiers rise from 0. Returns the largest ratio. */
static int32_t check_parts(const rl_fee *fee)
{
  bool tiers = fee->kind == RL_FEE_GRADUATED || fee->kind == RL_FEE_SLAB;
  bool many = tiers || fee->kind == RL_FEE_GREATER_OF;
  int32_t largest_e8 = 0;
  HOLDS(within(fee->part_count, 1, many ? RL_FEE_PARTS_MAX : 1));
  for (unsigned i = 0; i < fee->part_count; i++) {
    const rl_fee_part *part = &fee->parts[i];
    HOLDS(within(part->flat_minor, 0, RL_AMOUNT_MAX));
    HOLDS(within(part->ratio_e8, 0, RL_RATIO_E8_MAX));
    HOLDS(part->flat_minor == 0 || part->ratio_e8 == 0);
    HOLDS(i > 0 && tiers ? within(part->from_minor, part[-1].from_minor + 1, RL_AMOUNT_MAX)
                         : part->from_minor == 0);
    HOLDS(fee->kind != RL_FEE_GRADUATED || part->flat_minor == 0);
    largest_e8 = part->ratio_e8 > largest_e8 ? part->ratio_e8 : largest_e8;
  }
  return largest_e8;
}

static void check_fees(const rl_rule *rule)
{
  int64_t source_e8 = 0;
  unsigned target_items = 0;
  HOLDS(rule->fee_count <= RL_FEES_MAX);
  for (unsigned i = 0; i < rule->fee_count; i++) {
    const rl_fee *fee = &rule->fees[i];
    bool on_source = fee->side == RL_FEE_SOURCE;
    int32_t ratio_e8 = check_parts(fee);
    HOLDS(on_source || (fee->mode == RL_FEE_DEDUCTED && fee->kind != RL_FEE_SLAB));
    HOLDS(within(fee->min_minor, 0, fee->max_minor) && fee->max_minor <= RL_AMOUNT_MAX);
    if (fee->kind == RL_FEE_FLAT)
      HOLDS((on_source ? rule->scope.from : rule->scope.to).index && fee->parts[0].flat_minor > 0);
    source_e8 += on_source ? ratio_e8 : 0;
    target_items += !on_source && ratio_e8 > 0;
  }
  HOLDS(source_e8 <= RL_RATIO_E8_MAX && target_items <= 1);
}

/* --- rules --- */

static void check_scope(const rl_scope *scope)
{
  HOLDS((scope->pair_base.index != 0) == (scope->pair_quote.index != 0));
  HOLDS(!scope->pair_base.index || (!scope->from.index && !scope->to.index));
  HOLDS(!scope->pair_base.index || !rl_currency_equal(scope->pair_base, scope->pair_quote));
  HOLDS(!scope->from.index || !rl_currency_equal(scope->from, scope->to));
  HOLDS(within(scope->amount_from_minor, 0, scope->amount_below_minor - 1));
  HOLDS(scope->amount_below_minor <= RL_AMOUNT_MAX + 1);
  bool all = scope->amount_from_minor == 0 && scope->amount_below_minor == RL_AMOUNT_MAX + 1;
  HOLDS(all || scope->from.index);
}

/* Nothing goes before a rule that names all there is to name: it answers at both ends of its
 * band. */
static void check_corridor(const rl_tariff *tariff, const rl_rule *rule)
{
  const rl_scope *scope = &rule->scope;
  if (!scope->from.index || !scope->to.index || !scope->client[0] || !scope->tier[0]
      || !scope->method[0])
    return;
  rl_tariff_query query = {scope->client, scope->tier, scope->method, scope->from, scope->to,
                           scope->amount_from_minor};
  HOLDS(rl_tariff_match(tariff, &query) == rule);
  query.amount_minor = scope->amount_below_minor - 1;
  HOLDS(rl_tariff_match(tariff, &query) == rule);
}

static void check_markups(const rl_tariff *tariff, const rl_rule *rule)
{
  const rl_lock_premium *premium = rl_tariff_lock_premium(tariff);
  int64_t least_e8 = rl_tariff_lock(tariff, 0)->premium_e8;
  int64_t most_e8 = rl_tariff_lock(tariff, rl_tariff_lock_count(tariff) - 1)->premium_e8;
  if (premium->by_volatility) {
    HOLDS(within(premium->multiple_e2, 1, 1000) && most_e8 == 0);
    HOLDS(within(premium->floor_e8, 0, premium->cap_e8) && premium->cap_e8 <= RL_RATIO_E8_MAX);
    least_e8 = premium->floor_e8;
    most_e8 = premium->cap_e8;
  }
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++)
    most_e8 += rl_tariff_surcharge(tariff, (rl_surcharge_when)i)->e8;
  for (unsigned i = 0; i < 2; i++) {
    const rl_markup *markup = &rule->markups[i];
    HOLDS(within(markup->e8, -least_e8, RL_RATIO_E8_MAX - most_e8));
    HOLDS(within(markup->points_e1, 0, RL_POINTS_E1_MAX));
    HOLDS(markup->points_e1 == 0 || rule->scope.pair_base.index
          || (rule->scope.from.index && rule->scope.to.index));
  }
}

static void check_rules(const rl_tariff *tariff)
{
  unsigned count = rl_tariff_rule_count(tariff);
  HOLDS(within(count, 1, RL_RULES_MAX));
  for (unsigned i = 0; i < count; i++) {
    const rl_rule *rule = rl_tariff_rule(tariff, i);
    HOLDS(rule->line > 0);
    HOLDS(rule->disclosure_decimals == 0 || within(rule->disclosure_decimals, 2, 4));
    check_scope(&rule->scope);
    check_markups(tariff, rule);
    check_fees(rule);
    check_corridor(tariff, rule);
  }
  HOLDS(rl_tariff_waiver_count(tariff) <= RL_WAIVERS_MAX);
  for (unsigned i = 0; i < rl_tariff_waiver_count(tariff); i++)
    check_scope(&rl_tariff_waiver(tariff, i)->scope);
}

/* --- the rest --- */

static void check_locks(const rl_tariff *tariff)
{
  rl_lock_class lock = {.ttl_ms = 0};
  uint32_t shorter_ms = 999;
  unsigned count = rl_tariff_lock_count(tariff);
  HOLDS(within(count, 1, RL_TTL_CLASSES_MAX));
  for (unsigned i = 0; i < count; i++) {
    uint32_t ttl_ms = rl_tariff_lock(tariff, i)->ttl_ms;
    HOLDS(within(ttl_ms, (int64_t)shorter_ms + 1, RL_TTL_MAX_MS));
    HOLDS(rl_tariff_lock_for(tariff, ttl_ms, &lock) && lock.ttl_ms == ttl_ms);
    shorter_ms = ttl_ms;
  }
  HOLDS(rl_tariff_lock_for(tariff, 0, &lock));
  HOLDS(!rl_tariff_lock_for(tariff, shorter_ms + 1, &lock));
}

static void check_head(const rl_tariff *tariff)
{
  static const struct { int64_t low, high; } bounds[RL_SURCHARGE_WHENS] = {
    {0, 0}, {2, RL_SOURCES_PER_PAIR_MAX}, {1, 99}, {0, 0}};
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++) {
    const rl_surcharge *surcharge = rl_tariff_surcharge(tariff, (rl_surcharge_when)i);
    HOLDS(within(surcharge->e8, 0, RL_RATIO_E8_MAX));
    if (surcharge->name[0])
      HOLDS(within(surcharge->bound, bounds[i].low, bounds[i].high));
  }
  for (unsigned i = 1; i <= rl_currency_count(); i++)
    HOLDS(within(rl_tariff_payout_increment(tariff, (rl_currency){(uint8_t)i}), 1, RL_AMOUNT_MAX));
  const char *file = rl_tariff_trial_file(tariff);
  HOLDS(within(rl_tariff_trial_percent(tariff), file ? 1 : 0, file ? 100 : 0));
  HOLDS(!file || (file[0] != '/' && !strstr(file, "/../") && strncmp(file, "../", 3) != 0));
}

/* What a price is made of must be priceable. */
static void check_examples(const rl_tariff *tariff)
{
  HOLDS(rl_tariff_example_count(tariff) <= RL_EXAMPLES_MAX);
  for (unsigned i = 0; i < rl_tariff_example_count(tariff); i++) {
    const rl_example *example = rl_tariff_example(tariff, i);
    const rl_snapshot *snapshot = &example->snapshot;
    HOLDS(within(snapshot->leg_count, 1, RL_LEGS_MAX));
    for (unsigned leg = 0; leg < snapshot->leg_count; leg++) {
      const rl_composite *composite = &snapshot->legs[leg].composite;
      HOLDS(within(composite->bid_half, 2, composite->mid_half));
      HOLDS(within(composite->ask_half, composite->mid_half, 2ll * RL_SOURCE_MANTISSA_MAX));
      HOLDS(composite->scale <= 12 && composite->pip_scale <= 12);
    }
    rl_ratio mid = rl_snapshot_mid(snapshot);
    HOLDS(rl_snapshot_core(snapshot).numerator > 0);
    HOLDS(rl_tariff_banded_amount(snapshot, mid, example->fixed, example->amount_minor) >= 0);
    HOLDS(within(example->amount_minor, 1, RL_AMOUNT_MAX) && example->fee_count <= RL_FEES_MAX);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rl_error error = {.text = ""};
  rl_tariff *tariff = NULL;
  if (rl_tariff_parse((const char *)data, size, "fuzz", &tariff, &error) != RL_OK) {
    HOLDS(tariff == NULL && error.text[0] != '\0');
    return 0;
  }
  size_t length;
  const char *text = rl_tariff_text(tariff, &length);
  HOLDS(length == size && memcmp(text, data, size) == 0);
  check_locks(tariff);
  check_head(tariff);
  check_rules(tariff);
  check_examples(tariff);
  rl_tariff_destroy(tariff);
  return 0;
}
