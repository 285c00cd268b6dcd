#include "grid_axes.h"

#include <stdlib.h>
#include <string.h>

/* --- every scope of both tariffs --- */

typedef void (*visit_scope)(rl_grid_axes *axes, const rl_scope *scope);

static void each_scope_of(const rl_tariff *tariff, visit_scope visit, rl_grid_axes *axes)
{
  for (unsigned i = 0; i < rl_tariff_rule_count(tariff); i++)
    visit(axes, &rl_tariff_rule(tariff, i)->scope);
  for (unsigned i = 0; i < rl_tariff_waiver_count(tariff); i++)
    visit(axes, &rl_tariff_waiver(tariff, i)->scope);
}

/* --- who and what for --- */

static void add_party(rl_grid_axes *axes, const rl_scope *scope)
{
  rl_grid_party party;
  memcpy(party.client, scope->client, sizeof party.client);
  memcpy(party.tier, scope->tier, sizeof party.tier);
  memcpy(party.method, scope->method, sizeof party.method);
  for (unsigned i = 0; i < axes->party_count; i++) {
    const rl_grid_party *other = &axes->parties[i];
    if (strcmp(other->client, party.client) == 0 && strcmp(other->tier, party.tier) == 0
        && strcmp(other->method, party.method) == 0)
      return;
  }
  axes->parties[axes->party_count++] = party;
}

static void add_corridor(rl_grid_axes *axes, rl_currency from, rl_currency to)
{
  bool known = rl_currency_equal(from, to);
  for (unsigned i = 0; i < axes->corridor_count && !known; i++)
    known = rl_currency_equal(axes->corridors[i].from, from)
            && rl_currency_equal(axes->corridors[i].to, to);
  if (!known)
    axes->corridors[axes->corridor_count++] = (rl_grid_corridor){from, to};
}

static rl_currency currency_of(const char *code)
{
  rl_currency currency;
  rl_status status = rl_currency_find(code, 3, &currency);
  RL_ASSERT(status == RL_OK);
  return currency;
}

/* Some of each kind: both sides of a pair, a cross, no decimals, three. */
static const char *const usual_corridors[][2] = {
  {"USD", "EUR"}, {"EUR", "USD"}, {"EUR", "GBP"}, {"GBP", "EUR"},
  {"EUR", "JPY"}, {"USD", "JPY"}, {"GBP", "JPY"}, {"EUR", "KWD"},
};
#define USUAL_COUNT (sizeof usual_corridors / sizeof usual_corridors[0])
/* The other end of a corridor of which a rule names one. */
static const char *const usual_ends[] = {"USD", "EUR", "JPY"};
#define ENDS_COUNT (sizeof usual_ends / sizeof usual_ends[0])
#define CORRIDORS_OF_ONE_MAX USUAL_COUNT

static void add_corridors(rl_grid_axes *axes, const rl_scope *scope)
{
  if (scope->pair_base.index) {
    add_corridor(axes, scope->pair_base, scope->pair_quote);
    add_corridor(axes, scope->pair_quote, scope->pair_base);
  } else if (scope->from.index && scope->to.index) {
    add_corridor(axes, scope->from, scope->to);
  } else if (scope->from.index) {
    for (size_t i = 0; i < ENDS_COUNT; i++)
      add_corridor(axes, scope->from, currency_of(usual_ends[i]));
  } else if (scope->to.index) {
    for (size_t i = 0; i < ENDS_COUNT; i++)
      add_corridor(axes, currency_of(usual_ends[i]), scope->to);
  } else {
    for (size_t i = 0; i < USUAL_COUNT; i++)
      add_corridor(axes, currency_of(usual_corridors[i][0]), currency_of(usual_corridors[i][1]));
  }
}

/* The default tier of both asks for what nobody in particular asks for. */
static void drop_default_tier(const rl_tariff *old, const rl_tariff *new, rl_grid_axes *axes)
{
  unsigned kept = 0;
  for (unsigned i = 0; i < axes->party_count; i++) {
    const rl_grid_party *party = &axes->parties[i];
    bool asked_for = party->client[0] == '\0' && party->method[0] == '\0'
                     && strcmp(party->tier, rl_tariff_default_tier(old)) == 0
                     && strcmp(party->tier, rl_tariff_default_tier(new)) == 0;
    if (!asked_for)
      axes->parties[kept++] = *party;
  }
  axes->party_count = kept;
}

/* --- for how long, and when --- */

static bool offers(const rl_tariff *tariff, uint32_t ttl_ms, int32_t *premium_e8)
{
  for (unsigned i = 0; i < rl_tariff_lock_count(tariff); i++) {
    if (rl_tariff_lock(tariff, i)->ttl_ms != ttl_ms)
      continue;
    *premium_e8 = rl_tariff_lock(tariff, i)->premium_e8;
    return true;
  }
  return false;
}

static void add_ttl(rl_grid_axes *axes, uint32_t ttl_ms)
{
  for (unsigned i = 0; i < axes->ttl_count; i++) {
    if (axes->ttls_ms[i] == ttl_ms)
      return;
  }
  axes->ttls_ms[axes->ttl_count++] = ttl_ms;
}

static bool is_default(const rl_tariff *tariff, uint32_t ttl_ms)
{
  rl_lock_class lock;
  return rl_tariff_lock_for(tariff, 0, &lock) && lock.ttl_ms == ttl_ms;
}

/* The longest lock of `tariff`, and those that `other` has not or at another premium. */
static void add_ttls(rl_grid_axes *axes, const rl_tariff *tariff, const rl_tariff *other)
{
  unsigned count = rl_tariff_lock_count(tariff);
  for (unsigned i = 0; i < count; i++) {
    const rl_lock_class *lock = rl_tariff_lock(tariff, i);
    int32_t premium_e8;
    bool alike = offers(other, lock->ttl_ms, &premium_e8) && premium_e8 == lock->premium_e8;
    bool asked_for = is_default(tariff, lock->ttl_ms) && is_default(other, lock->ttl_ms);
    if (!asked_for && (i + 1 == count || !alike))
      add_ttl(axes, lock->ttl_ms);
  }
}

static bool surcharge_equal(const rl_surcharge *left, const rl_surcharge *right)
{
  return strcmp(left->name, right->name) == 0 && left->bound == right->bound
         && left->e8 == right->e8;
}

static void add_conditions(rl_grid_axes *axes, const rl_tariff *old, const rl_tariff *new)
{
  static const rl_grid_condition all[] = {
    [RL_WHEN_CLOSED] = {"closed", {.closed = true, .fewest_sources = UINT8_MAX}},
    [RL_WHEN_SOURCES_BELOW] = {"few sources", {.fewest_sources = 1}},
    [RL_WHEN_AGE_ABOVE] = {"old rates", {.fewest_sources = UINT8_MAX, .age_percent = 100}},
    [RL_WHEN_REFERENCE] = {"a fixing", {.by_reference = true, .fewest_sources = 1}},
  };
  axes->conditions[axes->condition_count++] =
    (rl_grid_condition){"", {.fewest_sources = UINT8_MAX}};
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++) {
    rl_surcharge_when when = (rl_surcharge_when)i;
    if (!surcharge_equal(rl_tariff_surcharge(old, when), rl_tariff_surcharge(new, when)))
      axes->conditions[axes->condition_count++] = all[i];
  }
}

void rl_grid_axes_init(const rl_tariff *old, const rl_tariff *new, rl_grid_axes *out)
{
  unsigned scopes = rl_tariff_rule_count(old) + rl_tariff_waiver_count(old)
                    + rl_tariff_rule_count(new) + rl_tariff_waiver_count(new);
  *out = (rl_grid_axes){0};
  out->parties = calloc(scopes + 1, sizeof *out->parties);
  out->corridors = calloc((size_t)scopes * CORRIDORS_OF_ONE_MAX, sizeof *out->corridors);
  RL_ASSERT(out->parties && out->corridors);
  add_party(out, &(rl_scope){0});
  each_scope_of(old, add_party, out);
  each_scope_of(new, add_party, out);
  drop_default_tier(old, new, out);
  each_scope_of(old, add_corridors, out);
  each_scope_of(new, add_corridors, out);
  out->ttls_ms[out->ttl_count++] = 0;
  add_ttls(out, old, new);
  add_ttls(out, new, old);
  add_conditions(out, old, new);
}

void rl_grid_axes_fini(rl_grid_axes *axes)
{
  free(axes->parties);
  free(axes->corridors);
}
