/* Fees not taken: reading which, and finding those of a request. Few, and most tariffs have none,
 * so they are looked through one by one. */
#include "tariff/reader.h"

#include <stdlib.h>
#include <string.h>

/* --- whether a request can be both the rule's and the waiver's --- */

static bool names_meet(const char *left, const char *right)
{
  return !left[0] || !right[0] || strcmp(left, right) == 0;
}

static bool currency_matches(rl_currency named, rl_currency asked)
{
  return !named.index || rl_currency_equal(named, asked);
}

static bool pair_matches(const rl_scope *scope, rl_currency from, rl_currency to)
{
  return !scope->pair_base.index
         || (rl_currency_equal(scope->pair_base, from) && rl_currency_equal(scope->pair_quote, to))
         || (rl_currency_equal(scope->pair_base, to) && rl_currency_equal(scope->pair_quote, from));
}

static bool is_for(const rl_scope *scope, rl_currency from, rl_currency to)
{
  return currency_matches(scope->from, from) && currency_matches(scope->to, to)
         && pair_matches(scope, from, to);
}

/* Both are for some two currencies: those of a pair, either way, or what the two name of them. */
static bool corridors_meet(const rl_scope *left, const rl_scope *right)
{
  const rl_scope *paired = left->pair_base.index ? left : right;
  if (paired->pair_base.index) {
    const rl_scope *other = paired == left ? right : left;
    return is_for(other, paired->pair_base, paired->pair_quote)
           || is_for(other, paired->pair_quote, paired->pair_base);
  }
  rl_currency from = left->from.index ? left->from : right->from;
  rl_currency to = left->to.index ? left->to : right->to;
  return currency_matches(right->from, from) && currency_matches(right->to, to)
         && !(from.index && rl_currency_equal(from, to));
}

static bool scopes_meet(const rl_scope *left, const rl_scope *right)
{
  return names_meet(left->client, right->client) && names_meet(left->tier, right->tier)
         && names_meet(left->method, right->method) && corridors_meet(left, right)
         && left->amount_from_minor < right->amount_below_minor
         && right->amount_from_minor < left->amount_below_minor;
}

static bool has_fee(const rl_rule *rule, const char *fee)
{
  for (unsigned k = 0; k < rule->fee_count; k++)
    if (strcmp(rule->fees[k].name, fee) == 0)
      return true;
  return false;
}

/* --- reading --- */

static rl_status check_reach(const rl_place *place, const rl_tariff *tariff,
                             const rl_waiver *waiver)
{
  const rl_rule *having = NULL;
  for (unsigned i = 0; i < tariff->rule_count; i++) {
    const rl_rule *rule = &tariff->rules[i];
    if (!has_fee(rule, waiver->fee))
      continue;
    having = rule;
    if (scopes_meet(&rule->scope, &waiver->scope))
      return RL_OK;
  }
  if (!having)
    return rl_place_fail(place, RL_NOT_FOUND, "fee",
                         "no rule has a fee \"%s\"; use the name of a fee", waiver->fee);
  return rl_place_fail(place, RL_INVALID, "",
                       "never applies: no request is both for it and for a rule with the fee "
                       "\"%s\", such as \"%s\" on line %u; widen one of them",
                       waiver->fee, having->name, having->line);
}

static rl_status read_waiver(const rl_place *place, const rl_raw_waiver *raw,
                             const rl_tariff *tariff, rl_waiver *waiver)
{
  waiver->line = rl_document_line(place->document, place->path);
  rl_status status = rl_read_name(place, "name", raw->name, waiver->name);
  if (status == RL_OK)
    status = rl_read_name(place, "fee", raw->fee, waiver->fee);
  if (status == RL_OK)
    status = rl_read_scope(place, &raw->scope, &waiver->scope);
  return status == RL_OK ? check_reach(place, tariff, waiver) : status;
}

rl_status rl_tariff_read_waivers(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
{
  rl_status status = rl_check_count(top, "waivers", raw->waivers_count, 0, RL_WAIVERS_MAX);
  if (status != RL_OK || raw->waivers_count == 0)
    return status;
  tariff->waivers = calloc(raw->waivers_count, sizeof *tariff->waivers);
  if (!tariff->waivers)
    return rl_place_fail(top, RL_NO_MEMORY, "waivers", "out of memory");
  for (unsigned i = 0; status == RL_OK && i < raw->waivers_count; i++) {
    rl_place place = rl_place_entry(top, "waivers", i);
    status = read_waiver(&place, &raw->waivers[i], tariff, &tariff->waivers[i]);
    tariff->waiver_count = i + 1;
  }
  return status;
}

/* --- the search --- */

static bool name_matches(const char *named, const char *asked)
{
  return !named[0] || strcmp(named, asked) == 0;
}

static bool scope_matches(const rl_scope *scope, const rl_tariff_query *query, const char *tier)
{
  return is_for(scope, query->from, query->to)
         && query->amount_minor >= scope->amount_from_minor
         && query->amount_minor < scope->amount_below_minor
         && name_matches(scope->client, query->client) && name_matches(scope->tier, tier)
         && name_matches(scope->method, query->method);
}

void rl_tariff_waive(const rl_tariff *tariff, const rl_tariff_query *query, const rl_rule *rule,
                     const rl_waiver *out[RL_FEES_MAX])
{
  memset(out, 0, RL_FEES_MAX * sizeof out[0]);
  const char *tier = query->tier[0] ? query->tier : tariff->default_tier;
  for (unsigned i = 0; i < tariff->waiver_count; i++) {
    const rl_waiver *waiver = &tariff->waivers[i];
    if (!scope_matches(&waiver->scope, query, tier))
      continue;
    for (unsigned k = 0; k < rule->fee_count; k++)
      if (!out[k] && strcmp(rule->fees[k].name, waiver->fee) == 0)
        out[k] = waiver;
  }
}
