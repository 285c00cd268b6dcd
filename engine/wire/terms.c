#include "wire/terms.h"

const char *rl_side_name(rl_side side)
{
  return side == RL_SELL_BASE ? "sell_base" : "buy_base";
}

static void pack_parties(rl_writer *writer, const rl_terms *terms)
{
  RL_ENTRY(writer, "from", rl_pack_currency, terms->source_currency);
  RL_ENTRY(writer, "to", rl_pack_currency, terms->target_currency);
  RL_KEY(writer, "pair");
  rl_pack_pair(writer, terms->base, terms->quote);
  RL_ENTRY(writer, "side", rl_pack_text, rl_side_name(terms->side));
  RL_ENTRY(writer, "fix", rl_pack_text, terms->fixed == RL_FIXED_SOURCE ? "source" : "target");
}

static void pack_amounts(rl_writer *writer, const rl_terms *terms)
{
  RL_ENTRY(writer, "charge", rl_pack_i64, terms->charge_minor);
  RL_ENTRY(writer, "source", rl_pack_i64, terms->source_minor);
  RL_ENTRY(writer, "net", rl_pack_i64, terms->net_minor);
  RL_ENTRY(writer, "gross", rl_pack_i64, terms->gross_minor);
  RL_ENTRY(writer, "target", rl_pack_i64, terms->target_minor);
  RL_ENTRY(writer, "residue", rl_pack_i64, terms->residue_minor);
  RL_ENTRY(writer, "total_cost", rl_pack_i64, terms->total_cost_minor);
}

static void pack_fee(rl_writer *writer, const rl_terms *terms, const rl_fee_line *fee)
{
  bool source_side = fee->side == RL_FEE_SOURCE;
  rl_pack_map(writer, 6);
  RL_ENTRY(writer, "name", rl_pack_text, fee->name);
  RL_ENTRY(writer, "side", rl_pack_text, source_side ? "source" : "target");
  RL_ENTRY(writer, "mode", rl_pack_text, fee->mode == RL_FEE_ON_TOP ? "on_top" : "deducted");
  RL_ENTRY(writer, "currency", rl_pack_currency,
           source_side ? terms->source_currency : terms->target_currency);
  RL_ENTRY(writer, "amount", rl_pack_i64, fee->amount_minor);
  RL_ENTRY(writer, "waived_by", rl_pack_name, fee->waived_by);
}

static void pack_fees(rl_writer *writer, const rl_terms *terms)
{
  int64_t totals[2] = {0, 0}; /* by rl_fee_side */
  RL_ENTRY(writer, "fees", rl_pack_array, terms->fee_count);
  for (unsigned i = 0; i < terms->fee_count; i++) {
    pack_fee(writer, terms, &terms->fees[i]);
    totals[terms->fees[i].side] += terms->fees[i].amount_minor;
  }
  RL_ENTRY(writer, "fee_total_source", rl_pack_i64, totals[RL_FEE_SOURCE]);
  RL_ENTRY(writer, "fee_total_target", rl_pack_i64, totals[RL_FEE_TARGET]);
}

static void pack_markups(rl_writer *writer, const rl_terms *terms)
{
  RL_ENTRY(writer, "markups", rl_pack_array, terms->markup_count);
  for (unsigned i = 0; i < terms->markup_count; i++) {
    rl_pack_map(writer, 3);
    RL_ENTRY(writer, "name", rl_pack_text, terms->markups[i].name);
    RL_ENTRY(writer, "bps", rl_pack_bps, terms->markups[i].e8);
    RL_ENTRY(writer, "points", rl_pack_points, terms->markups[i].points_e1);
  }
}

/* nil where none is asked for, and where so few decimals would show nothing. */
static void pack_disclosure(rl_writer *writer, const rl_terms *terms)
{
  RL_KEY(writer, "disclosure_rate");
  if (terms->disclosure_rate.mantissa == 0)
    rl_pack_nil(writer);
  else
    rl_pack_rate(writer, terms->disclosure_rate);
}

/* From the mid to what the customer gets, line by line (M6). */
static void pack_ladder(rl_writer *writer, const rl_terms *terms)
{
  RL_ENTRY(writer, "mid_rate", rl_pack_rate, terms->mid_rate);
  RL_ENTRY(writer, "core_rate", rl_pack_rate, terms->core_rate);
  pack_markups(writer, terms);
  RL_ENTRY(writer, "lock_premium_bps", rl_pack_bps, terms->lock_premium_e8);
  RL_ENTRY(writer, "client_rate", rl_pack_rate, terms->client_rate);
  RL_ENTRY(writer, "effective_rate", rl_pack_rate, terms->effective_rate);
  pack_disclosure(writer, terms);
}

static void pack_reference(rl_writer *writer, const rl_terms *terms)
{
  const rl_reference *reference = &terms->reference;
  RL_KEY(writer, "reference");
  if (!reference->known) {
    rl_pack_nil(writer);
    return;
  }
  rl_pack_map(writer, 4);
  RL_ENTRY(writer, "rate", rl_pack_rate, reference->rate);
  RL_ENTRY(writer, "provider", rl_pack_text, reference->provider);
  RL_ENTRY(writer, "date", rl_pack_date, rl_date_of_utc((rl_utc){reference->date_utc_ms}));
  /* Millionths as percent and units of 10^-8 as basis points are the same digits. */
  RL_ENTRY(writer, "margin_percent", rl_pack_bps, terms->reference_margin_e6);
}

static void pack_basis(rl_writer *writer, const rl_conditions *conditions)
{
  RL_ENTRY(writer, "basis", rl_pack_text, conditions->by_reference ? "reference" : "live");
}

static void pack_price(rl_writer *writer, const rl_terms *terms)
{
  pack_parties(writer, terms);
  pack_amounts(writer, terms);
  pack_fees(writer, terms);
  pack_ladder(writer, terms);
  pack_reference(writer, terms);
  RL_ENTRY(writer, "tier", rl_pack_text, terms->tier);
  RL_ENTRY(writer, "method", rl_pack_name, terms->method);
  RL_ENTRY(writer, "tariff", rl_pack_digest, terms->tariff);
  RL_ENTRY(writer, "ttl_ms", rl_pack_u64, terms->ttl_ms);
}

static void pack_value_date(rl_writer *writer, const rl_value_date *value_date)
{
  RL_KEY(writer, "value_date");
  if (value_date->known)
    rl_pack_date(writer, value_date->date);
  else
    rl_pack_nil(writer);
  RL_KEY(writer, "value_date_cutoff");
  if (value_date->known)
    rl_pack_i64(writer, value_date->cutoff_utc_ms);
  else
    rl_pack_nil(writer);
}

static void pack_conditions(rl_writer *writer, const rl_conditions *conditions)
{
  RL_ENTRY(writer, "conditions", rl_pack_map, 4);
  RL_ENTRY(writer, "closed", rl_pack_bool, conditions->closed);
  RL_ENTRY(writer, "fewest_sources", rl_pack_u64, conditions->fewest_sources);
  RL_ENTRY(writer, "age_percent", rl_pack_u64, conditions->age_percent);
  RL_KEY(writer, "volatility_ppm");
  if (conditions->volatility_ppm == RL_VOLATILITY_UNKNOWN)
    rl_pack_nil(writer);
  else
    rl_pack_u64(writer, conditions->volatility_ppm);
}

/* How many sources stood behind it is evidence, which a token does not carry. */
static void pack_leg(rl_writer *writer, const rl_leg *leg, bool has_evidence)
{
  const rl_composite *composite = &leg->composite;
  rl_pack_map(writer, 7);
  RL_KEY(writer, "pair");
  rl_pack_pair(writer, leg->base, leg->quote);
  RL_ENTRY(writer, "inverted", rl_pack_bool, leg->inverted);
  RL_KEY(writer, "bid");
  rl_pack_half_units(writer, composite->bid_half, composite->scale);
  RL_KEY(writer, "mid");
  rl_pack_half_units(writer, composite->mid_half, composite->scale);
  RL_KEY(writer, "ask");
  rl_pack_half_units(writer, composite->ask_half, composite->scale);
  RL_ENTRY(writer, "version", rl_pack_u64, composite->version);
  RL_KEY(writer, "sources");
  if (has_evidence)
    rl_pack_u64(writer, composite->tick_count);
  else
    rl_pack_nil(writer);
}

/* When it would be due, and what it was made of. */
static void pack_circumstances(rl_writer *writer, const rl_quote *quote)
{
  pack_value_date(writer, &quote->value_date);
  pack_basis(writer, &quote->snapshot.conditions);
  pack_conditions(writer, &quote->snapshot.conditions);
  RL_ENTRY(writer, "legs", rl_pack_array, quote->snapshot.leg_count);
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++)
    pack_leg(writer, &quote->snapshot.legs[i], quote->has_evidence);
}

void rl_pack_terms(rl_writer *writer, const rl_quote *quote)
{
  RL_ENTRY(writer, "firm", rl_pack_bool, true);
  RL_ENTRY(writer, "quote", rl_pack_quote_id, quote->id);
  pack_price(writer, &quote->terms);
  RL_ENTRY(writer, "issued_at", rl_pack_i64, quote->issued_utc_ms);
  RL_ENTRY(writer, "expires_at", rl_pack_i64, quote->expires_utc_ms);
  pack_circumstances(writer, quote);
}

void rl_pack_indication(rl_writer *writer, const rl_quote *quote)
{
  rl_refusal refusal = quote->snapshot.firm_refusal;
  RL_ENTRY(writer, "firm", rl_pack_bool, false);
  RL_ENTRY(writer, "firm_refusal", rl_pack_name,
           refusal == RL_REFUSAL_NONE ? "" : rl_refusal_name(refusal));
  pack_price(writer, &quote->terms);
  RL_ENTRY(writer, "at", rl_pack_i64, quote->issued_utc_ms);
  pack_circumstances(writer, quote);
}
