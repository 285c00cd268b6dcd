#include "quote/valid.h"

#include <string.h>

/* A source has at most nine digits, and a composite counts in half units (M1). */
#define RL_HALF_UNITS_MAX (2u * (RL_SOURCE_MANTISSA_MAX + 1u))
/* Decimals of a pair's rates (market/universe.h). */
#define RL_PAIR_SCALE_MAX 12

static bool amount_valid(int64_t minor)
{
  return minor >= 1 && minor <= RL_AMOUNT_MAX;
}

static bool rate_valid(rl_rate rate)
{
  return rate.mantissa >= 1 && rate.mantissa <= RL_CLIENT_MANTISSA_MAX
         && rate.scale <= RL_RATE_SCALE_MAX;
}

static bool ratio_valid(int32_t e8)
{
  return e8 >= -RL_RATIO_E8_MAX && e8 <= RL_RATIO_E8_MAX;
}

static bool text_within(const char *text, size_t least, size_t most)
{
  size_t length = strnlen(text, most + 1);
  return length >= least && length <= most;
}

static bool currency_known(rl_currency currency)
{
  return !rl_currency_equal(currency, RL_CURRENCY_NONE);
}

static bool pair_valid(const rl_terms *terms)
{
  bool sells = terms->side == RL_SELL_BASE;
  rl_currency base = sells ? terms->source_currency : terms->target_currency;
  rl_currency quote = sells ? terms->target_currency : terms->source_currency;
  return (sells || terms->side == RL_BUY_BASE)
         && (terms->fixed == RL_FIXED_SOURCE || terms->fixed == RL_FIXED_TARGET)
         && currency_known(base) && currency_known(quote) && !rl_currency_equal(base, quote)
         && rl_currency_equal(terms->base, base) && rl_currency_equal(terms->quote, quote);
}

static bool rates_valid(const rl_terms *terms)
{
  return rate_valid(terms->mid_rate) && rate_valid(terms->core_rate)
         && rate_valid(terms->client_rate) && rate_valid(terms->effective_rate);
}

static bool markup_valid(const rl_markup_line *line)
{
  return ratio_valid(line->e8) && line->points_e1 >= 0 && line->points_e1 <= RL_POINTS_E1_MAX
         && text_within(line->name, 0, RL_NAME_MAX);
}

static bool markups_valid(const rl_terms *terms)
{
  if (terms->markup_count < 1 || terms->markup_count > RL_MARKUPS_MAX)
    return false;
  for (unsigned i = 0; i < terms->markup_count; i++) {
    if (!markup_valid(&terms->markups[i]))
      return false;
  }
  return ratio_valid(terms->lock_premium_e8);
}

static bool fee_valid(const rl_fee_line *fee)
{
  bool deducted = fee->mode == RL_FEE_DEDUCTED;
  bool on_source = fee->side == RL_FEE_SOURCE;
  if (!deducted && !(fee->mode == RL_FEE_ON_TOP && on_source))
    return false;
  if (!on_source && fee->side != RL_FEE_TARGET)
    return false;
  if (fee->waived_by[0] != '\0' && fee->amount_minor != 0)
    return false;
  return fee->amount_minor >= 0 && fee->amount_minor <= RL_AMOUNT_MAX
         && text_within(fee->name, 0, RL_NAME_MAX) && text_within(fee->waived_by, 0, RL_NAME_MAX);
}

static bool fees_valid(const rl_terms *terms)
{
  if (terms->fee_count > RL_FEES_MAX)
    return false;
  for (unsigned i = 0; i < terms->fee_count; i++) {
    if (!fee_valid(&terms->fees[i]))
      return false;
  }
  return true;
}

static bool rates_equal(rl_rate left, rl_rate right)
{
  return left.mantissa == right.mantissa && left.scale == right.scale;
}

static rl_rate disclosed(const rl_terms *terms)
{
  if (terms->disclosure_decimals == 0 || !rate_valid(terms->client_rate))
    return (rl_rate){0};
  return rl_rate_to_decimals(terms->client_rate, terms->disclosure_decimals);
}

static bool disclosure_valid(const rl_terms *terms)
{
  unsigned decimals = terms->disclosure_decimals;
  return (decimals == 0 || (decimals >= 2 && decimals <= 4))
         && rates_equal(terms->disclosure_rate, disclosed(terms));
}

rl_derived rl_quote_derive(const rl_quote *quote)
{
  const rl_terms *terms = &quote->terms;
  rl_derived derived = {
    .charge_minor = terms->source_minor,
    .net_minor = terms->source_minor,
    .gross_minor = terms->target_minor,
    .expires_utc_ms = quote->issued_utc_ms + terms->ttl_ms,
    .deadline_mono_ns = quote->issued_mono_ns + terms->ttl_ms * RL_NS_PER_MS,
    .disclosure_rate = disclosed(terms),
  };
  for (unsigned i = 0; i < terms->fee_count; i++) {
    const rl_fee_line *fee = &terms->fees[i];
    if (fee->side == RL_FEE_TARGET)
      derived.gross_minor += fee->amount_minor;
    else if (fee->mode == RL_FEE_ON_TOP)
      derived.charge_minor += fee->amount_minor;
    else
      derived.net_minor -= fee->amount_minor;
  }
  derived.spread_minor = terms->position_minor - (derived.gross_minor + terms->residue_minor);
  return derived;
}

static bool amounts_valid(const rl_terms *terms)
{
  return amount_valid(terms->source_minor) && amount_valid(terms->target_minor)
         && terms->residue_minor >= 0 && terms->residue_minor <= RL_AMOUNT_MAX
         && terms->position_minor >= 0 && fees_valid(terms);
}

/* The date's own range is the calendar's; here, that the cut-off is not before the lock's end. */
static bool value_date_valid(const rl_quote *quote)
{
  const rl_value_date *value_date = &quote->value_date;
  if (!value_date->known)
    return value_date->date.day == 0 && value_date->cutoff_utc_ms == 0;
  return value_date->cutoff_utc_ms > quote->expires_utc_ms;
}

static bool conditions_valid(const rl_conditions *conditions)
{
  return conditions->age_percent <= 100;
}

static bool times_valid(const rl_quote *quote)
{
  return quote->issued_utc_ms == rl_quote_id_time(quote->id).ms && quote->issued_mono_ns >= 0
         && quote->issued_mono_ns <= RL_ISSUED_MONO_MAX_NS && quote->terms.ttl_ms >= 1
         && quote->terms.ttl_ms <= RL_TTL_MAX_MS;
}

static bool derived_valid(const rl_quote *quote)
{
  const rl_terms *terms = &quote->terms;
  rl_derived derived = rl_quote_derive(quote);
  return amount_valid(derived.charge_minor) && amount_valid(derived.net_minor)
         && amount_valid(derived.gross_minor) && terms->charge_minor == derived.charge_minor
         && terms->net_minor == derived.net_minor && terms->gross_minor == derived.gross_minor
         && terms->spread_minor == derived.spread_minor
         && quote->expires_utc_ms == derived.expires_utc_ms
         && quote->deadline_mono_ns == derived.deadline_mono_ns;
}

static bool reference_valid(const rl_quote *quote)
{
  const rl_reference *priced = &quote->terms.reference, *read = &quote->snapshot.reference;
  if (priced->known != read->known)
    return false;
  if (!priced->known)
    return quote->terms.reference_margin_e6 == 0;
  return rate_valid(priced->rate) && priced->rate.mantissa == read->rate.mantissa
         && priced->rate.scale == read->rate.scale && priced->date_utc_ms == read->date_utc_ms
         && text_within(priced->provider, 0, RL_SOURCE_NAME_MAX)
         && strcmp(priced->provider, read->provider) == 0;
}

static bool composite_valid(const rl_composite *composite)
{
  return composite->refusal == RL_REFUSAL_NONE && composite->scale <= RL_PAIR_SCALE_MAX
         && composite->pip_scale <= RL_PAIR_SCALE_MAX
         && composite->bid_half >= 1 && composite->bid_half <= composite->mid_half
         && composite->mid_half <= composite->ask_half && composite->ask_half <= RL_HALF_UNITS_MAX;
}

/* The legs lead from source to target, each taken up where the one before it ends. */
static bool legs_valid(const rl_quote *quote)
{
  const rl_snapshot *snapshot = &quote->snapshot;
  if (snapshot->leg_count < 1 || snapshot->leg_count > RL_LEGS_MAX)
    return false;
  rl_currency at = quote->terms.source_currency;
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const rl_leg *leg = &snapshot->legs[i];
    if (!currency_known(leg->base) || !currency_known(leg->quote)
        || !rl_currency_equal(at, leg->inverted ? leg->quote : leg->base)
        || !composite_valid(&leg->composite))
      return false;
    at = leg->inverted ? leg->base : leg->quote;
  }
  return rl_currency_equal(at, quote->terms.target_currency);
}

static bool snapshot_valid(const rl_quote *quote)
{
  const rl_terms *terms = &quote->terms;
  const rl_snapshot *snapshot = &quote->snapshot;
  return rl_currency_equal(snapshot->from, terms->source_currency)
         && rl_currency_equal(snapshot->to, terms->target_currency)
         && rl_currency_equal(snapshot->base, terms->base)
         && rl_currency_equal(snapshot->quote, terms->quote) && legs_valid(quote)
         && conditions_valid(&snapshot->conditions)
         && reference_valid(quote);
}

bool rl_quote_terms_valid(const rl_quote *quote)
{
  const rl_terms *terms = &quote->terms;
  return text_within(quote->client, 1, RL_CLIENT_NAME_MAX)
         && text_within(terms->tier, 0, RL_NAME_MAX) && text_within(terms->method, 0, RL_NAME_MAX)
         && pair_valid(terms) && rates_valid(terms) && markups_valid(terms) && amounts_valid(terms)
         && times_valid(quote) && value_date_valid(quote) && disclosure_valid(terms)
         && derived_valid(quote) && snapshot_valid(quote);
}

static bool ticks_valid(const rl_quote *quote)
{
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++) {
    const rl_composite *composite = &quote->snapshot.legs[i].composite;
    if (composite->tick_count > RL_SOURCES_PER_PAIR_MAX
        || composite->min_sources > RL_SOURCES_PER_PAIR_MAX
        || composite->policy > RL_POLICY_REFERENCE || composite->depth_units > RL_DEPTH_UNITS_MAX)
      return false;
    for (unsigned k = 0; k < composite->tick_count; k++) {
      if (composite->ticks[k].source.index >= quote->source_count)
        return false;
    }
  }
  return true;
}

bool rl_quote_evidence_valid(const rl_quote *quote)
{
  const rl_price_request *request = &quote->request;
  if (quote->source_count > RL_QUOTE_SOURCES_MAX)
    return false;
  for (unsigned i = 0; i < quote->source_count; i++) {
    if (!text_within(quote->sources[i], 1, RL_SOURCE_NAME_MAX))
      return false;
  }
  return request->fixed == quote->terms.fixed && amount_valid(request->amount_minor)
         && request->ttl_ms <= RL_TTL_MAX_MS && text_within(request->tier, 0, RL_NAME_MAX)
         && strcmp(request->method, quote->terms.method) == 0
         && strcmp(request->client, quote->client) == 0
         && quote->operation >= RL_OP_QUOTE && quote->operation <= RL_OP_TWO_WAY_BUY
         && text_within(quote->key, 1, RL_KEY_MAX) && currency_known(quote->reporting)
         && quote->notional_minor >= 0 && quote->notional_minor <= RL_NOTIONAL_MAX
         && ticks_valid(quote);
}
