#include "facts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 4)))
static void add(rl_facts *facts, const char *name, const char *format, ...)
{
  RL_ASSERT(facts->count < RL_FACTS_MAX);
  rl_fact *fact = &facts->items[facts->count++];
  snprintf(fact->name, sizeof fact->name, "%s", name);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(fact->value, sizeof fact->value, format, arguments);
  va_end(arguments);
}

static void add_i64(rl_facts *facts, const char *name, int64_t value)
{
  add(facts, name, "%" PRId64, value);
}

static void add_rate(rl_facts *facts, const char *name, rl_rate rate)
{
  char text[RL_RATE_TEXT_SIZE];
  rl_rate_format(rate, text);
  add(facts, name, "%s", text);
}

void rl_half_format(uint32_t half_units, unsigned scale, char out[RL_RATE_TEXT_SIZE])
{
  rl_rate rate = {.mantissa = 5ull * half_units, .scale = (uint8_t)(scale + 1)};
  rl_rate_format(half_units ? rl_rate_trim(rate) : (rl_rate){0, 0}, out);
}

static void add_half(rl_facts *facts, unsigned index, const char *name, const rl_composite *of,
                     uint32_t half_units)
{
  char path[40], text[RL_RATE_TEXT_SIZE];
  snprintf(path, sizeof path, "legs[%u].%s", index, name);
  rl_half_format(half_units, of->scale, text);
  add(facts, path, "%s", text);
}

void rl_facts_add_leg(rl_facts *facts, unsigned index, const rl_leg *leg)
{
  char path[40];
  snprintf(path, sizeof path, "legs[%u].refusal", index);
  add(facts, path, "%s", rl_refusal_name(leg->composite.refusal));
  snprintf(path, sizeof path, "legs[%u].ticks", index);
  add_i64(facts, path, leg->composite.tick_count);
  add_half(facts, index, "bid", &leg->composite, leg->composite.bid_half);
  add_half(facts, index, "mid", &leg->composite, leg->composite.mid_half);
  add_half(facts, index, "ask", &leg->composite, leg->composite.ask_half);
}

void rl_facts_add_conditions(rl_facts *facts, const rl_conditions *conditions)
{
  add(facts, "closed", "%s", conditions->closed ? "yes" : "no");
  add_i64(facts, "fewest_sources", conditions->fewest_sources);
  add_i64(facts, "age_percent", conditions->age_percent);
  if (conditions->volatility_ppm == RL_VOLATILITY_UNKNOWN)
    add(facts, "volatility_ppm", "unknown");
  else
    add_i64(facts, "volatility_ppm", conditions->volatility_ppm);
}

void rl_facts_add_value_date(rl_facts *facts, rl_value_date value_date)
{
  char date[RL_DATE_TEXT_SIZE];
  rl_date_format(value_date.date, date);
  add(facts, "value_date", "%s", value_date.known ? date : "unknown");
  add_i64(facts, "value_date_cutoff", value_date.known ? value_date.cutoff_utc_ms : 0);
}

void rl_facts_add_refusal(rl_facts *facts, rl_refusal refusal)
{
  add(facts, "refusal", "%s", rl_refusal_name(refusal));
}

static void add_markups(rl_facts *facts, const rl_terms *terms)
{
  for (unsigned i = 0; i < terms->markup_count; i++) {
    char path[40], bps[RL_BPS_TEXT_SIZE];
    snprintf(path, sizeof path, "markups[%u]", i);
    rl_bps_format(terms->markups[i].e8, bps);
    add(facts, path, "%s %s bps %d.%d points", terms->markups[i].name, bps,
        terms->markups[i].points_e1 / 10, terms->markups[i].points_e1 % 10);
  }
  char premium[RL_BPS_TEXT_SIZE];
  rl_bps_format(terms->lock_premium_e8, premium);
  add(facts, "lock_premium", "%s bps", premium);
}

static void add_fees(rl_facts *facts, const rl_terms *terms)
{
  for (unsigned i = 0; i < terms->fee_count; i++) {
    const rl_fee_line *fee = &terms->fees[i];
    char path[40];
    snprintf(path, sizeof path, "fees[%u]", i);
    add(facts, path, "%s %s %s %" PRId64 "%s%s", fee->name,
        fee->side == RL_FEE_SOURCE ? "source" : "target",
        fee->mode == RL_FEE_ON_TOP ? "on_top" : "deducted", fee->amount_minor,
        fee->waived_by[0] ? " waived by " : "", fee->waived_by);
  }
}

static void add_reference(rl_facts *facts, const rl_terms *terms)
{
  if (!terms->reference.known)
    return;
  add_rate(facts, "reference_rate", terms->reference.rate);
  add(facts, "reference_provider", "%s", terms->reference.provider);
  add_i64(facts, "reference_date", terms->reference.date_utc_ms);
  add_i64(facts, "reference_margin_e6", terms->reference_margin_e6);
}

void rl_facts_add_terms(rl_facts *facts, const rl_terms *terms)
{
  add(facts, "source_currency", "%s", rl_currency_code(terms->source_currency));
  add(facts, "target_currency", "%s", rl_currency_code(terms->target_currency));
  add(facts, "pair", "%s%s", rl_currency_code(terms->base), rl_currency_code(terms->quote));
  add(facts, "side", "%s", terms->side == RL_SELL_BASE ? "sell_base" : "buy_base");
  add(facts, "fixed", "%s", terms->fixed == RL_FIXED_SOURCE ? "source" : "target");
  add_rate(facts, "mid_rate", terms->mid_rate);
  add_rate(facts, "core_rate", terms->core_rate);
  add_markups(facts, terms);
  add_rate(facts, "client_rate", terms->client_rate);
  add_rate(facts, "effective_rate", terms->effective_rate);
  if (terms->disclosure_decimals) {
    add_i64(facts, "disclosure_decimals", terms->disclosure_decimals);
    add_rate(facts, "disclosure_rate", terms->disclosure_rate);
  }
  add_reference(facts, terms);
  add_i64(facts, "charge", terms->charge_minor);
  add_i64(facts, "source", terms->source_minor);
  add_fees(facts, terms);
  add_i64(facts, "net", terms->net_minor);
  add_i64(facts, "gross", terms->gross_minor);
  add_i64(facts, "target", terms->target_minor);
  add_i64(facts, "residue", terms->residue_minor);
  add_i64(facts, "position", terms->position_minor);
  add_i64(facts, "spread", terms->spread_minor);
  add_i64(facts, "total_cost", terms->total_cost_minor);
  add_i64(facts, "ttl_ms", terms->ttl_ms);
  add(facts, "tier", "%s", terms->tier);
  add(facts, "method", "%s", terms->method);
  char digest[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(terms->tariff, digest);
  add(facts, "tariff", "%s", digest);
}

static const char *value_of(const rl_facts *facts, const char *name)
{
  for (unsigned i = 0; i < facts->count; i++) {
    if (strcmp(facts->items[i].name, name) == 0)
      return facts->items[i].value;
  }
  return NULL;
}

unsigned rl_facts_compare(const rl_facts *recorded, const rl_facts *recomputed,
                          rl_difference out[2 * RL_FACTS_MAX])
{
  unsigned count = 0;
  for (unsigned i = 0; i < recorded->count; i++) {
    const rl_fact *fact = &recorded->items[i];
    const char *other = value_of(recomputed, fact->name);
    if (!other || strcmp(other, fact->value) != 0)
      out[count++] = (rl_difference){fact->name, fact->value, other ? other : ""};
  }
  for (unsigned i = 0; i < recomputed->count; i++) {
    const rl_fact *fact = &recomputed->items[i];
    if (!value_of(recorded, fact->name))
      out[count++] = (rl_difference){fact->name, "", fact->value};
  }
  return count;
}
