#include "pricing/oracle.h"

#include <string.h>

static bool rate_is(rl_rate rate, rl_rate expected)
{
  return rate.mantissa == expected.mantissa && rate.scale == expected.scale;
}

/* By value: a rate of so many decimals may end in zeros. */
static bool disclosure_is(const rl_terms *terms, const oracle_quote *expected)
{
  if (terms->disclosure_decimals != expected->rule->disclosure_decimals ||
      terms->disclosure_rate.scale > terms->disclosure_decimals)
    return false;
  if (expected->disclosure_rate.mantissa == 0)
    return terms->disclosure_rate.mantissa == 0;
  return terms->disclosure_rate.mantissa > 0 &&
         rl_rate_compare(terms->disclosure_rate, expected->disclosure_rate) == 0;
}

static const char *rates_mismatch(const rl_terms *terms, const oracle_quote *expected)
{
  if (terms->side != expected->side)
    return "side";
  if (!rate_is(terms->mid_rate, expected->mid_rate))
    return "mid_rate";
  if (!rate_is(terms->core_rate, expected->core_rate))
    return "core_rate";
  if (!rate_is(terms->client_rate, expected->client_rate))
    return "client_rate";
  if (!rate_is(terms->effective_rate, expected->effective_rate))
    return "effective_rate";
  if (!disclosure_is(terms, expected))
    return "disclosure_rate";
  if (terms->reference_margin_e6 != expected->reference_margin_e6)
    return "reference_margin_e6";
  return NULL;
}

static const char *amounts_mismatch(const rl_terms *terms, const oracle_quote *expected)
{
  const struct {
    const char *name;
    int64_t got, expected;
  } fields[] = {
    {"charge", terms->charge_minor, expected->charge_minor},
    {"source", terms->source_minor, expected->source_minor},
    {"net", terms->net_minor, expected->net_minor},
    {"gross", terms->gross_minor, expected->gross_minor},
    {"target", terms->target_minor, expected->target_minor},
    {"residue", terms->residue_minor, expected->residue_minor},
    {"position", terms->position_minor, expected->position_minor},
    {"spread", terms->spread_minor, expected->spread_minor},
    {"total_cost", terms->total_cost_minor, expected->total_cost_minor},
  };
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
    if (fields[i].got != fields[i].expected)
      return fields[i].name;
  return NULL;
}

static const char *fees_mismatch(const rl_terms *terms, const oracle_quote *expected)
{
  const rl_rule *rule = expected->rule;
  if (terms->fee_count != rule->fee_count)
    return "fee_count";
  for (unsigned i = 0; i < rule->fee_count; i++) {
    const rl_fee_line *line = &terms->fees[i];
    const rl_fee *fee = &rule->fees[i];
    if (strcmp(line->name, fee->name) != 0 || line->side != fee->side || line->mode != fee->mode)
      return "fee line";
    if (strcmp(line->waived_by, expected->waivers[i] ? expected->waivers[i]->name : "") != 0)
      return "waiver";
    if (line->amount_minor != expected->fees_minor[i])
      return "fee amount";
  }
  return NULL;
}

static const char *markups_mismatch(const rl_terms *terms, const oracle_quote *expected)
{
  if (terms->markup_count != expected->markup_count)
    return "markup_count";
  for (unsigned i = 0; i < expected->markup_count; i++) {
    const rl_markup_line *line = &terms->markups[i];
    if (strcmp(line->name, expected->markups[i].name) != 0)
      return "markup name";
    if (line->e8 != expected->markups[i].e8 || line->points_e1 != expected->markups[i].points_e1)
      return "markup";
  }
  return terms->lock_premium_e8 == expected->premium_e8 ? NULL : "lock_premium";
}

static bool reference_is(const rl_reference *reference, const rl_reference *expected)
{
  if (!expected->known)
    return !reference->known;
  return reference->known && rate_is(reference->rate, expected->rate) &&
         reference->date_utc_ms == expected->date_utc_ms &&
         strcmp(reference->provider, expected->provider) == 0;
}

static const char *copies_mismatch(const oracle_case *asked, const rl_terms *terms,
                                   const oracle_quote *expected)
{
  const rl_snapshot *snapshot = asked->snapshot;
  if (!rl_currency_equal(terms->source_currency, snapshot->from) ||
      !rl_currency_equal(terms->target_currency, snapshot->to) ||
      !rl_currency_equal(terms->base, snapshot->base) ||
      !rl_currency_equal(terms->quote, snapshot->quote))
    return "currencies";
  if (terms->fixed != asked->request->fixed)
    return "fixed";
  if (!reference_is(&terms->reference, &snapshot->reference))
    return "reference";
  if (strcmp(terms->method, asked->request->method) != 0)
    return "method";
  if (strcmp(terms->tier, expected->tier) != 0)
    return "tier";
  return terms->ttl_ms == expected->ttl_ms ? NULL : "ttl";
}

const char *oracle_mismatch(const oracle_case *asked, const rl_terms *terms,
                            const oracle_quote *expected)
{
  const char *mismatch = copies_mismatch(asked, terms, expected);
  if (!mismatch)
    mismatch = markups_mismatch(terms, expected);
  if (!mismatch)
    mismatch = rates_mismatch(terms, expected);
  if (!mismatch)
    mismatch = amounts_mismatch(terms, expected);
  if (!mismatch)
    mismatch = fees_mismatch(terms, expected);
  return mismatch;
}
