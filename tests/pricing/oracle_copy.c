#include "pricing/oracle.h"

#include <string.h>

static void copy_locks(const rl_tariff *tariff, oracle_tariff *out)
{
  rl_lock_class usual;
  RL_ASSERT(rl_tariff_lock_for(tariff, 0, &usual));
  out->lock_count = rl_tariff_lock_count(tariff);
  for (unsigned i = 0; i < out->lock_count; i++) {
    out->locks[i] = *rl_tariff_lock(tariff, i);
    if (out->locks[i].ttl_ms == usual.ttl_ms)
      out->default_lock = i;
  }
  out->premium = *rl_tariff_lock_premium(tariff);
}

static void copy_increment(const rl_tariff *tariff, rl_currency currency, oracle_tariff *out)
{
  out->increments[out->increment_count].currency = currency;
  out->increments[out->increment_count++].minor = rl_tariff_payout_increment(tariff, currency);
}

void oracle_copy_tariff(const rl_tariff *tariff, rl_currency from, rl_currency to, oracle_copy *out)
{
  memset(out, 0, sizeof *out);
  oracle_tariff *copy = &out->tariff;
  copy->rate_digits = rl_tariff_rate_digits(tariff);
  memcpy(copy->default_tier, rl_tariff_default_tier(tariff),
         strlen(rl_tariff_default_tier(tariff)) + 1);
  copy_locks(tariff, copy);
  for (rl_surcharge_when when = 0; when < RL_SURCHARGE_WHENS; when++)
    copy->surcharges[when] = *rl_tariff_surcharge(tariff, when);
  copy_increment(tariff, from, copy);
  copy_increment(tariff, to, copy);
  copy->rule_count = rl_tariff_rule_count(tariff);
  copy->waiver_count = rl_tariff_waiver_count(tariff);
  RL_ASSERT(copy->rule_count <= ORACLE_RULES_MAX && copy->waiver_count <= ORACLE_RULES_MAX);
  for (unsigned i = 0; i < copy->rule_count; i++)
    out->rules[i] = *rl_tariff_rule(tariff, i);
  for (unsigned i = 0; i < copy->waiver_count; i++)
    out->waivers[i] = *rl_tariff_waiver(tariff, i);
  copy->rules = out->rules;
  copy->waivers = out->waivers;
}
