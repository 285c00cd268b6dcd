#include "pricing/oracle.h"

#include <string.h>

static bool rate_is(rl_rate rate, rl_rate expected)
{
  return rate.mantissa == expected.mantissa && rate.scale == expected.scale;
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
  };
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
    if (fields[i].got != fields[i].expected)
      return fields[i].name;
  return NULL;
}

static const char *fees_mismatch(const rl_rule *rule, const rl_terms *terms,
                                 const oracle_quote *expected)
{
  if (terms->fee_count != rule->fee_count)
    return "fee_count";
  for (unsigned i = 0; i < rule->fee_count; i++) {
    const rl_fee_line *line = &terms->fees[i];
    const rl_fee *fee = &rule->fees[i];
    if (strcmp(line->name, fee->name) != 0 || line->side != fee->side || line->mode != fee->mode)
      return "fee line";
    if (line->amount_minor != expected->fees_minor[i])
      return "fee amount";
  }
  return NULL;
}

static const char *copies_mismatch(const oracle_case *asked, const rl_terms *terms)
{
  const rl_snapshot *snapshot = asked->snapshot;
  if (!rl_currency_equal(terms->source_currency, snapshot->from) ||
      !rl_currency_equal(terms->target_currency, snapshot->to) ||
      !rl_currency_equal(terms->base, snapshot->base) ||
      !rl_currency_equal(terms->quote, snapshot->quote))
    return "currencies";
  if (terms->fixed != asked->fixed)
    return "fixed";
  if (terms->lock_premium_e8 != asked->premium_e8)
    return "lock_premium";
  if (terms->markup_count != 1 || terms->markups[0].e8 != asked->rule->markups[0].e8 ||
      strcmp(terms->markups[0].name, asked->rule->name) != 0)
    return "markups";
  return NULL;
}

const char *oracle_mismatch(const oracle_case *asked, const rl_terms *terms,
                            const oracle_quote *expected)
{
  const char *mismatch = copies_mismatch(asked, terms);
  if (!mismatch)
    mismatch = rates_mismatch(terms, expected);
  if (!mismatch)
    mismatch = amounts_mismatch(terms, expected);
  if (!mismatch)
    mismatch = fees_mismatch(asked->rule, terms, expected);
  return mismatch;
}
