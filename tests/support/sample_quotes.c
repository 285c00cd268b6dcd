#include "support/quotes.h"

#include <stdio.h>
#include <string.h>

/* USD 1,000.00 to EUR at 1.1252 with 40 bps, a flat fee of 1.50 and one of 35 bps on top. */
static void typical_terms(rl_terms *terms)
{
  terms->source_currency = rl_test_currency("USD");
  terms->target_currency = rl_test_currency("EUR");
  terms->side = RL_BUY_BASE;
  terms->fixed = RL_FIXED_SOURCE;
  terms->total_cost_minor = 902;
  terms->disclosure_decimals = 4;
  snprintf(terms->method, sizeof terms->method, "card");
  terms->source_minor = 100000;
  terms->target_minor = 88385;
  terms->residue_minor = 0;
  terms->position_minor = 88739;
  terms->mid_rate = (rl_rate){11251, 4};
  terms->core_rate = (rl_rate){11252, 4};
  terms->client_rate = (rl_rate){11297008, 7};
  terms->effective_rate = (rl_rate){8807673144, 10};
  terms->markup_count = 1;
  terms->markups[0] = (rl_markup_line){.name = "standard", .e8 = 400000};
  terms->lock_premium_e8 = 0;
  terms->fee_count = 2;
  terms->fees[0] = (rl_fee_line){"service", RL_FEE_SOURCE, RL_FEE_DEDUCTED, 150, ""};
  terms->fees[1] = (rl_fee_line){"transfer", RL_FEE_SOURCE, RL_FEE_ON_TOP, 350, ""};
  snprintf(terms->tier, sizeof terms->tier, "standard");
  terms->reference = (rl_reference){
    .known = true, .rate = {11248, 4}, .date_utc_ms = 1746799200000, .provider = "ecb"};
  terms->reference_margin_e6 = 4356;
}

static void typical_leg(rl_quote *quote)
{
  static const char *const sources[] = {"alpha", "bravo", "carol", "delta"};
  rl_leg *leg = &quote->snapshot.legs[0];
  quote->snapshot.leg_count = 1;
  leg->base = quote->terms.target_currency;
  leg->quote = quote->terms.source_currency;
  leg->inverted = true;
  leg->composite = (rl_composite){
    .pair.index = UINT16_MAX,
    .scale = 6,
    .pip_scale = 4,
    .min_sources = 2,
    .max_age_ms = 5000,
    .volatility_ppm = 5200,
    .tick_count = 4,
    .version = 123456,
    .bid_half = 2250000,
    .mid_half = 2250200,
    .ask_half = 2250400,
    .made_mono_ns = quote->issued_mono_ns - 7000000,
    .fresh_until_mono_ns = quote->issued_mono_ns + 4900000000,
  };
  quote->source_count = 4;
  for (unsigned i = 0; i < 4; i++) {
    snprintf(quote->sources[i], sizeof quote->sources[i], "%s", sources[i]);
    leg->composite.ticks[i] = (rl_composite_tick){
      .sequence = 1000000 + i,
      .source_utc_ms = quote->issued_utc_ms - 20 - i,
      .arrival_mono_ns = quote->issued_mono_ns - 7000000 * (i + 1),
      .bid = 1125000 + i,
      .ask = 1125200 + i,
      .source.index = (uint8_t)i,
    };
  }
}

void rl_typical_quote(rl_random *random, rl_quote *out)
{
  uint8_t entropy[10];
  for (size_t i = 0; i < sizeof entropy; i++)
    entropy[i] = (uint8_t)rl_random_next(random);
  rl_quote_plan plan = {
    .id = rl_quote_id_make((rl_utc){1767225600000}, entropy),
    .client = "shop",
    .boot_id = rl_random_next(random),
    .issued_mono_ns = 86400000000000,
    .ttl_ms = 30000,
  };
  rl_planned_quote(random, &plan, out);
  typical_terms(&out->terms);
  typical_leg(out);
  out->snapshot.conditions =
    (rl_conditions){.fewest_sources = 4, .age_percent = 1, .volatility_ppm = 5200};
  out->value_date = (rl_value_date){true, {20457}, 1767304800000};
  out->request = (rl_price_request){.amount_minor = 100000};
  out->notional_minor = 100000;
  snprintf(out->key, sizeof out->key, "5c3a4f70-9d1e-4a61-8a58-0b9f6b7c1d2e");
  rl_complete_quote(out);
}
static void largest_terms(rl_terms *terms)
{
  const rl_rate rate = {RL_CLIENT_MANTISSA_MAX, RL_RATE_SCALE_MAX};
  terms->mid_rate = terms->core_rate = terms->client_rate = terms->effective_rate = rate;
  terms->source_minor = RL_AMOUNT_MAX;
  terms->target_minor = RL_AMOUNT_MAX / 2;
  terms->residue_minor = RL_AMOUNT_MAX;
  terms->position_minor = INT64_MAX;
  terms->lock_premium_e8 = RL_RATIO_E8_MAX;
  terms->markup_count = RL_MARKUPS_MAX;
  for (unsigned i = 0; i < RL_MARKUPS_MAX; i++)
    terms->markups[i] = (rl_markup_line){"fifteen letters", -RL_RATIO_E8_MAX, RL_POINTS_E1_MAX};
  terms->fee_count = RL_FEES_MAX;
  for (unsigned i = 0; i < RL_FEES_MAX; i++) {
    rl_fee_side side = i < RL_FEES_MAX / 2 ? RL_FEE_SOURCE : RL_FEE_TARGET;
    bool waived = i % 2;
    terms->fees[i] = (rl_fee_line){"fifteen letters", side, RL_FEE_DEDUCTED,
                                   waived ? 0 : RL_AMOUNT_MAX / 9, ""};
    if (waived)
      snprintf(terms->fees[i].waived_by, sizeof terms->fees[i].waived_by, "fifteen letters");
  }
  snprintf(terms->tier, sizeof terms->tier, "fifteen letters");
  snprintf(terms->method, sizeof terms->method, "fifteen letters");
  terms->total_cost_minor = INT64_MIN;
  terms->disclosure_decimals = 4;
  terms->reference = (rl_reference){
    .known = true, .rate = rate, .date_utc_ms = INT64_MIN, .provider = "fifteen letters"};
  terms->reference_margin_e6 = INT32_MIN;
}

static void largest_composite(rl_quote *quote, unsigned leg)
{
  rl_composite *composite = &quote->snapshot.legs[leg].composite;
  composite->pip_scale = 12;
  composite->policy = RL_POLICY_PRIMARY;
  composite->depth_units = RL_DEPTH_UNITS_MAX;
  composite->min_sources = RL_SOURCES_PER_PAIR_MAX;
  composite->min_half_spread = composite->max_age_ms = UINT32_MAX;
  composite->volatility_ppm = RL_VOLATILITY_UNKNOWN - 1;
  composite->version = UINT64_MAX;
  composite->mid_half = RL_SOURCE_MANTISSA_MAX;
  composite->bid_half = 1;
  composite->ask_half = 2 * RL_SOURCE_MANTISSA_MAX;
  composite->made_mono_ns = composite->fresh_until_mono_ns = INT64_MIN;
  composite->tick_count = RL_SOURCES_PER_PAIR_MAX;
  for (unsigned i = 0; i < RL_SOURCES_PER_PAIR_MAX; i++) {
    composite->ticks[i] = (rl_composite_tick){
      .sequence = UINT64_MAX,
      .source_utc_ms = INT64_MIN,
      .arrival_mono_ns = INT64_MIN,
      .bid = UINT32_MAX,
      .ask = UINT32_MAX,
      .source.index = (uint8_t)(leg * RL_SOURCES_PER_PAIR_MAX + i),
    };
  }
}

void rl_largest_quote(rl_quote *out)
{
  rl_random random = rl_random_from(1);
  rl_quote_plan plan = {
    .client = "a client with a 31-byte name...",
    .boot_id = UINT64_MAX,
    .issued_mono_ns = INT64_MAX / 2,
    .ttl_ms = RL_TTL_MAX_MS,
  };
  memset(plan.id.bytes, 0xff, sizeof plan.id.bytes);
  do
    rl_planned_quote(&random, &plan, out);
  while (out->snapshot.leg_count < RL_LEGS_MAX);
  largest_terms(&out->terms);
  for (unsigned i = 0; i < RL_LEGS_MAX; i++)
    largest_composite(out, i);
  out->snapshot.conditions = (rl_conditions){true, true, UINT8_MAX, 100,
                                               RL_VOLATILITY_UNKNOWN - 1};
  out->value_date = (rl_value_date){true, {INT32_MAX}, INT64_MAX};
  out->source_count = RL_QUOTE_SOURCES_MAX;
  for (unsigned i = 0; i < RL_QUOTE_SOURCES_MAX; i++)
    snprintf(out->sources[i], sizeof out->sources[i], "source-number%02u", i);
  out->request.amount_minor = RL_AMOUNT_MAX;
  out->notional_minor = RL_NOTIONAL_MAX;
  out->request.ttl_ms = RL_TTL_MAX_MS;
  snprintf(out->request.tier, sizeof out->request.tier, "fifteen letters");
  memset(out->key, 'k', RL_KEY_MAX);
  out->key[RL_KEY_MAX] = '\0';
  rl_complete_quote(out);
}
