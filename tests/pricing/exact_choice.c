#include "pricing/exact_choice.h"

#include <string.h>

const char *exact_tier(const oracle_case *asked)
{
  return asked->request->tier[0] ? asked->request->tier : asked->tariff->default_tier;
}

static bool named(rl_currency currency)
{
  return !rl_currency_equal(currency, RL_CURRENCY_NONE);
}

static bool name_matches(const char *wanted, const char *given)
{
  return wanted[0] == '\0' || strcmp(wanted, given) == 0;
}

static bool currency_matches(rl_currency wanted, rl_currency given)
{
  return !named(wanted) || rl_currency_equal(wanted, given);
}

static bool pair_matches(const rl_scope *scope, const rl_snapshot *snapshot)
{
  if (!named(scope->pair_base))
    return true;
  return (rl_currency_equal(scope->pair_base, snapshot->from) &&
          rl_currency_equal(scope->pair_quote, snapshot->to)) ||
         (rl_currency_equal(scope->pair_base, snapshot->to) &&
          rl_currency_equal(scope->pair_quote, snapshot->from));
}

static bool band_holds(const rl_scope *scope, const mpz_t amount)
{
  bool endless = scope->amount_below_minor > RL_AMOUNT_MAX;
  return mpz_cmp_si(amount, scope->amount_from_minor) >= 0 &&
         (endless || mpz_cmp_si(amount, scope->amount_below_minor) < 0);
}

static bool matches(const oracle_case *asked, const rl_scope *scope, const mpz_t amount)
{
  return name_matches(scope->client, asked->request->client) &&
         name_matches(scope->tier, exact_tier(asked)) &&
         name_matches(scope->method, asked->request->method) &&
         currency_matches(scope->from, asked->snapshot->from) &&
         currency_matches(scope->to, asked->snapshot->to) &&
         pair_matches(scope, asked->snapshot) && band_holds(scope, amount);
}

/* How specific a rule is: the keys in their order of precedence, as digits of a binary number. */
static unsigned precedence(const rl_scope *scope)
{
  const bool keys[] = {
    scope->client[0] != '\0',
    scope->tier[0] != '\0',
    scope->method[0] != '\0',
    named(scope->from) && named(scope->to),
    named(scope->pair_base),
    named(scope->from),
    named(scope->to),
  };
  unsigned digits = 0;
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    digits = 2 * digits + keys[i];
  return digits;
}

static const rl_waiver *waiver_of(const oracle_case *asked, const mpz_t amount, const rl_fee *fee)
{
  for (unsigned i = 0; i < asked->tariff->waiver_count; i++) {
    const rl_waiver *waiver = &asked->tariff->waivers[i];
    if (strcmp(waiver->fee, fee->name) == 0 && matches(asked, &waiver->scope, amount))
      return waiver;
  }
  return NULL;
}

bool exact_choose(const oracle_case *asked, const mpz_t amount, exact_items *out)
{
  *out = (exact_items){0};
  for (unsigned i = 0; i < asked->tariff->rule_count; i++) {
    const rl_rule *rule = &asked->tariff->rules[i];
    if (matches(asked, &rule->scope, amount) &&
        (!out->rule || precedence(&rule->scope) > precedence(&out->rule->scope)))
      out->rule = rule;
  }
  if (!out->rule)
    return false;
  for (unsigned i = 0; i < out->rule->fee_count; i++)
    out->waivers[i] = waiver_of(asked, amount, &out->rule->fees[i]);
  return true;
}

const rl_lock_class *exact_lock(const oracle_case *asked)
{
  const oracle_tariff *tariff = asked->tariff;
  if (asked->request->ttl_ms == 0)
    return &tariff->locks[tariff->default_lock];
  const rl_lock_class *shortest = NULL;
  for (unsigned i = 0; i < tariff->lock_count; i++) {
    const rl_lock_class *lock = &tariff->locks[i];
    if (lock->ttl_ms >= asked->request->ttl_ms &&
        (!shortest || lock->ttl_ms < shortest->ttl_ms))
      shortest = lock;
  }
  return shortest;
}

int64_t exact_increment(const oracle_case *asked)
{
  for (unsigned i = 0; i < asked->tariff->increment_count; i++)
    if (rl_currency_equal(asked->tariff->increments[i].currency, asked->snapshot->to))
      return asked->tariff->increments[i].minor;
  return 1;
}
