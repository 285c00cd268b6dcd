/* Any bytes give a tariff within its limits, or a refusal that says why. */
#include "tariff/tariff.h"

#include <string.h>

#define HOLDS(condition) \
  do {                   \
    if (!(condition))    \
      __builtin_trap();  \
  } while (0)

static void check_fees(const rl_rule *rule)
{
  int64_t source_e8 = 0;
  unsigned target_bps = 0;
  HOLDS(rule->fee_count <= RL_FEES_MAX);
  for (unsigned i = 0; i < rule->fee_count; i++) {
    const rl_fee *fee = &rule->fees[i];
    bool on_source = fee->side == RL_FEE_SOURCE;
    rl_currency currency = on_source ? rule->scope.from : rule->scope.to;
    HOLDS(fee->parts[0].ratio_e8 >= 0 && fee->parts[0].ratio_e8 <= RL_RATIO_E8_MAX);
    HOLDS(on_source || fee->mode == RL_FEE_DEDUCTED);
    if (fee->kind == RL_FEE_FLAT)
      HOLDS(currency.index && fee->parts[0].flat_minor > 0
            && fee->parts[0].flat_minor <= RL_AMOUNT_MAX);
    else
      HOLDS(fee->min_minor >= 0 && fee->min_minor <= fee->max_minor &&
            fee->max_minor <= RL_AMOUNT_MAX);
    source_e8 += on_source ? fee->parts[0].ratio_e8 : 0;
    target_bps += !on_source && fee->kind == RL_FEE_BPS;
  }
  HOLDS(source_e8 <= RL_RATIO_E8_MAX && target_bps <= 1);
}

static void check_rules(const rl_tariff *tariff)
{
  int32_t premium_e8 = rl_tariff_lock(tariff, rl_tariff_lock_count(tariff) - 1)->premium_e8;
  unsigned count = rl_tariff_rule_count(tariff);
  HOLDS(count >= 1 && count <= RL_RULES_MAX);
  for (unsigned i = 0; i < count; i++) {
    const rl_rule *rule = rl_tariff_rule(tariff, i);
    HOLDS(rule->markups[0].e8 >= -RL_RATIO_E8_MAX);
    HOLDS(rule->markups[0].e8 + premium_e8 <= RL_RATIO_E8_MAX);
    HOLDS(rule->line > 0);
    check_fees(rule);
    if (rule->scope.tier[0] && rule->scope.from.index && rule->scope.to.index)
      HOLDS(rl_tariff_match(tariff,
          &(rl_tariff_query){"", rule->scope.tier, "", rule->scope.from, rule->scope.to, 0})
            == rule);
  }
}

static void check_locks(const rl_tariff *tariff)
{
  rl_lock_class lock = {.ttl_ms = 0};
  uint32_t shorter_ms = 999;
  unsigned count = rl_tariff_lock_count(tariff);
  HOLDS(count >= 1 && count <= RL_TTL_CLASSES_MAX);
  for (unsigned i = 0; i < count; i++) {
    uint32_t ttl_ms = rl_tariff_lock(tariff, i)->ttl_ms;
    HOLDS(ttl_ms > shorter_ms && ttl_ms <= RL_TTL_MAX_MS);
    HOLDS(rl_tariff_lock_for(tariff, ttl_ms, &lock) && lock.ttl_ms == ttl_ms);
    shorter_ms = ttl_ms;
  }
  HOLDS(rl_tariff_lock_for(tariff, 0, &lock));
  HOLDS(!rl_tariff_lock_for(tariff, shorter_ms + 1, &lock));
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
  check_rules(tariff);
  rl_tariff_destroy(tariff);
  return 0;
}
