/* Fees not taken: reading which, and finding those of a request. Few, and most tariffs have none,
 * so they are looked through one by one. */
#include "tariff/reader.h"

#include <stdlib.h>
#include <string.h>

static bool some_rule_has(const rl_tariff *tariff, const char *fee)
{
  for (unsigned i = 0; i < tariff->rule_count; i++)
    for (unsigned k = 0; k < tariff->rules[i].fee_count; k++)
      if (strcmp(tariff->rules[i].fees[k].name, fee) == 0)
        return true;
  return false;
}

static rl_status read_waiver(const rl_place *place, const rl_raw_waiver *raw,
                             const rl_tariff *tariff, rl_waiver *waiver)
{
  waiver->line = rl_document_line(place->document, place->path);
  rl_status status = rl_read_name(place, "name", raw->name, waiver->name);
  if (status == RL_OK)
    status = rl_read_name(place, "fee", raw->fee, waiver->fee);
  if (status == RL_OK && !some_rule_has(tariff, waiver->fee))
    status = rl_place_fail(place, RL_NOT_FOUND, "fee",
                           "no rule has a fee \"%s\"; use the name of a fee", waiver->fee);
  return status == RL_OK ? rl_read_scope(place, &raw->scope, &waiver->scope) : status;
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

static bool scope_matches(const rl_scope *scope, const rl_tariff_query *query, const char *tier)
{
  return currency_matches(scope->from, query->from) && currency_matches(scope->to, query->to)
         && pair_matches(scope, query->from, query->to)
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
