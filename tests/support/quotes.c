#include "support/quotes.h"

#include <stdio.h>
#include <string.h>

static const char *const codes[] = {
  "USD", "EUR", "GBP", "JPY", "KWD", "IDR", "VND", "CHF", "INR", "CLF", "KRW", "TND",
};
enum { CODES = sizeof codes / sizeof codes[0] };

rl_currency rl_test_currency(const char *code)
{
  rl_currency currency;
  rl_status found = rl_currency_find(code, 3, &currency);
  RL_ASSERT(found == RL_OK);
  return currency;
}

static void random_bytes(rl_random *random, uint8_t *out, size_t size)
{
  for (size_t i = 0; i < size; i++)
    out[i] = (uint8_t)rl_random_next(random);
}

/* `least` … `most` printable bytes. */
static void random_text(rl_random *random, char *out, int64_t least, int64_t most)
{
  int64_t length = rl_random_between(random, least, most);
  for (int64_t i = 0; i < length; i++)
    out[i] = (char)rl_random_between(random, '!', '~');
  out[length] = '\0';
}

static rl_rate random_rate(rl_random *random)
{
  return (rl_rate){
    .mantissa = rl_random_magnitude(random, RL_CLIENT_MANTISSA_MAX),
    .scale = (uint8_t)rl_random_below(random, RL_RATE_SCALE_MAX + 1),
  };
}

static int32_t random_e8(rl_random *random)
{
  return (int32_t)rl_random_between(random, -RL_RATIO_E8_MAX, RL_RATIO_E8_MAX);
}

/* A way of `count` legs through currencies that all differ. */
static void random_way(rl_random *random, rl_quote *quote, unsigned count)
{
  unsigned at = (unsigned)rl_random_below(random, CODES);
  quote->terms.source_currency = rl_test_currency(codes[at]);
  quote->snapshot.leg_count = count;
  for (unsigned i = 0; i < count; i++) {
    unsigned next = (at + 1 + (unsigned)rl_random_below(random, 3)) % CODES;
    rl_leg *leg = &quote->snapshot.legs[i];
    leg->inverted = rl_random_below(random, 2);
    leg->base = rl_test_currency(codes[leg->inverted ? next : at]);
    leg->quote = rl_test_currency(codes[leg->inverted ? at : next]);
    at = next;
  }
  quote->terms.target_currency = rl_test_currency(codes[at]);
  quote->terms.side = (rl_side)rl_random_below(random, 2);
}

static void random_tick(rl_random *random, const rl_quote *quote, rl_composite_tick *tick)
{
  tick->source.index = (uint8_t)rl_random_below(random, quote->source_count);
  tick->sequence = rl_random_magnitude(random, (1ull << 56) - 1);
  if (rl_random_below(random, 4) > 0)
    tick->source_utc_ms = quote->issued_utc_ms - rl_random_between(random, -2000, 5000);
  tick->arrival_mono_ns = quote->issued_mono_ns - rl_random_between(random, 0, 5000000000ll);
  tick->bid = (uint32_t)rl_random_magnitude(random, RL_SOURCE_MANTISSA_MAX);
  tick->ask = (uint32_t)rl_random_magnitude(random, RL_SOURCE_MANTISSA_MAX);
}

static uint32_t random_volatility(rl_random *random)
{
  return rl_random_below(random, 3) == 0 ? RL_VOLATILITY_UNKNOWN
                                         : (uint32_t)rl_random_below(random, 1u << 31);
}

static void random_conditions(rl_random *random, rl_conditions *conditions)
{
  conditions->by_reference = rl_random_below(random, 2);
  conditions->closed = rl_random_below(random, 2);
  conditions->fewest_sources = (uint8_t)rl_random_below(random, 256);
  conditions->age_percent = (uint8_t)rl_random_below(random, 101);
  conditions->volatility_ppm = random_volatility(random);
}

static void random_value_date(rl_random *random, rl_quote *quote)
{
  quote->value_date.known = rl_random_below(random, 2);
  if (!quote->value_date.known)
    return;
  quote->value_date.date.day = (int32_t)rl_random_below(random, 50000);
  quote->value_date.cutoff_utc_ms = quote->issued_utc_ms + quote->terms.ttl_ms
                                    + rl_random_between(random, 1, 86400000);
}

static void random_composite(rl_random *random, const rl_quote *quote, rl_composite *composite)
{
  composite->pair.index = UINT16_MAX;
  composite->scale = (uint8_t)rl_random_below(random, 13);
  composite->pip_scale = (uint8_t)rl_random_below(random, 13);
  composite->policy = (uint8_t)rl_random_below(random, RL_POLICY_REFERENCE + 1);
  composite->depth_units = rl_random_below(random, 2)
                             ? rl_random_magnitude(random, RL_DEPTH_UNITS_MAX) : 0;
  composite->min_sources = (uint8_t)rl_random_between(random, 1, RL_SOURCES_PER_PAIR_MAX);
  composite->min_half_spread = (uint32_t)rl_random_below(random, 1000);
  composite->max_age_ms = (uint32_t)rl_random_between(random, 1, 86400000);
  composite->volatility_ppm = random_volatility(random);
  composite->version = rl_random_magnitude(random, UINT64_MAX);
  composite->mid_half = (uint32_t)rl_random_magnitude(random, RL_SOURCE_MANTISSA_MAX);
  composite->bid_half =
    composite->mid_half - (uint32_t)rl_random_below(random, composite->mid_half);
  composite->ask_half = composite->mid_half
                        + (uint32_t)rl_random_magnitude(random, RL_SOURCE_MANTISSA_MAX);
  composite->made_mono_ns = quote->issued_mono_ns - rl_random_between(random, 0, 5000000000ll);
  composite->fresh_until_mono_ns = quote->issued_mono_ns + rl_random_between(random, 1, 5000000);
  composite->tick_count = (uint8_t)rl_random_between(random, 1, RL_SOURCES_PER_PAIR_MAX);
  for (unsigned i = 0; i < composite->tick_count; i++)
    random_tick(random, quote, &composite->ticks[i]);
}

static void random_fees(rl_random *random, rl_terms *terms)
{
  terms->fee_count = (unsigned)rl_random_below(random, RL_FEES_MAX + 1);
  for (unsigned i = 0; i < terms->fee_count; i++) {
    rl_fee_line *fee = &terms->fees[i];
    random_text(random, fee->name, 1, RL_NAME_MAX);
    fee->side = (rl_fee_side)rl_random_below(random, 2);
    fee->mode = fee->side == RL_FEE_SOURCE ? (rl_fee_mode)rl_random_below(random, 2)
                                           : RL_FEE_DEDUCTED;
    if (rl_random_below(random, 4) == 0)
      random_text(random, fee->waived_by, 1, RL_NAME_MAX);
    else
      fee->amount_minor = (int64_t)rl_random_magnitude(random, 1000000) - 1;
  }
}

/* Fees reach 8 x 10^6 in sum: they leave something of the source, and keep gross and charge
 * within the limit. */
static void random_amounts(rl_random *random, rl_terms *terms)
{
  const int64_t fees_max = RL_FEES_MAX * 1000000ll;
  terms->fixed = (rl_fixed)rl_random_below(random, 2);
  terms->source_minor =
    fees_max + (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX - 2 * fees_max);
  terms->target_minor = (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX - fees_max);
  terms->residue_minor = (int64_t)rl_random_magnitude(random, 1000) - 1;
  terms->position_minor = (int64_t)rl_random_magnitude(random, 2 * RL_AMOUNT_MAX) - 1;
  terms->total_cost_minor = (int64_t)rl_random_next(random);
  terms->mid_rate = random_rate(random);
  terms->core_rate = random_rate(random);
  terms->client_rate = random_rate(random);
  terms->effective_rate = random_rate(random);
  static const uint8_t decimals[] = {0, 2, 3, 4};
  terms->disclosure_decimals = decimals[rl_random_below(random, 4)];
}

static void random_terms(rl_random *random, rl_terms *terms)
{
  random_fees(random, terms);
  random_amounts(random, terms);
  terms->markup_count = (unsigned)rl_random_between(random, 1, RL_MARKUPS_MAX);
  for (unsigned i = 0; i < terms->markup_count; i++) {
    random_text(random, terms->markups[i].name, 1, RL_NAME_MAX);
    terms->markups[i].e8 = random_e8(random);
    terms->markups[i].points_e1 = (int32_t)rl_random_below(random, RL_POINTS_E1_MAX + 1);
  }
  terms->lock_premium_e8 = random_e8(random);
  random_text(random, terms->tier, 1, RL_NAME_MAX);
  random_text(random, terms->method, 0, RL_NAME_MAX);
  random_bytes(random, terms->tariff.bytes, sizeof terms->tariff.bytes);
  terms->reference.known = rl_random_below(random, 3) > 0;
  if (terms->reference.known) {
    terms->reference.rate = random_rate(random);
    terms->reference.date_utc_ms = rl_random_between(random, 0, 4000000000000);
    random_text(random, terms->reference.provider, 1, RL_SOURCE_NAME_MAX);
    terms->reference_margin_e6 = (int32_t)rl_random_between(random, INT32_MIN, INT32_MAX);
  }
}

static void random_request(rl_random *random, rl_quote *quote)
{
  quote->has_evidence = true;
  quote->request.amount_minor = (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX);
  quote->request.ttl_ms = (uint32_t)rl_random_below(random, quote->terms.ttl_ms + 1);
  random_text(random, quote->request.tier, 0, RL_NAME_MAX);
  quote->operation = (rl_operation)rl_random_between(random, RL_OP_QUOTE, RL_OP_TWO_WAY_BUY);
  random_text(random, quote->key, 1, RL_KEY_MAX);
  quote->body.words[0] = rl_random_next(random);
  quote->body.words[1] = rl_random_next(random);
  quote->reporting = rl_test_currency("USD");
  quote->notional_minor = (int64_t)rl_random_magnitude(random, RL_NOTIONAL_MAX);
  random_bytes(random, quote->engine.bytes, sizeof quote->engine.bytes);
}

/* The quote's heads and then, in an order that lets each part read those before it, the rest. */
void rl_planned_quote(rl_random *random, const rl_quote_plan *plan, rl_quote *out)
{
  unsigned legs = (unsigned)rl_random_between(random, 1, RL_LEGS_MAX);
  *out = (rl_quote){
    .id = plan->id,
    .store = plan->store,
    .boot_id = plan->boot_id,
    .issued_utc_ms = rl_quote_id_time(plan->id).ms,
    .issued_mono_ns = plan->issued_mono_ns,
    .source_count = (unsigned)rl_random_between(random, 1, RL_QUOTE_SOURCES_MAX),
    .terms.ttl_ms = plan->ttl_ms,
  };
  snprintf(out->client, sizeof out->client, "%s", plan->client);
  for (unsigned i = 0; i < out->source_count; i++)
    random_text(random, out->sources[i], 1, RL_SOURCE_NAME_MAX);
  random_terms(random, &out->terms);
  random_way(random, out, legs);
  for (unsigned i = 0; i < legs; i++)
    random_composite(random, out, &out->snapshot.legs[i].composite);
  random_conditions(random, &out->snapshot.conditions);
  random_value_date(random, out);
  random_request(random, out);
  rl_complete_quote(out);
}

void rl_random_quote(rl_random *random, rl_quote *out)
{
  char client[RL_CLIENT_NAME_MAX + 1];
  random_text(random, client, 1, RL_CLIENT_NAME_MAX);
  rl_quote_plan plan = {
    .client = client,
    .boot_id = rl_random_next(random),
    .issued_mono_ns = (int64_t)rl_random_magnitude(random, 1ull << 58),
    .ttl_ms = (uint32_t)rl_random_between(random, 1000, RL_TTL_MAX_MS),
  };
  random_bytes(random, plan.id.bytes, sizeof plan.id.bytes);
  random_bytes(random, plan.store.bytes, sizeof plan.store.bytes);
  rl_planned_quote(random, &plan, out);
}

static int64_t fees_of(const rl_terms *terms, rl_fee_side side, rl_fee_mode mode)
{
  int64_t sum = 0;
  for (unsigned i = 0; i < terms->fee_count; i++) {
    if (terms->fees[i].side == side && terms->fees[i].mode == mode)
      sum += terms->fees[i].amount_minor;
  }
  return sum;
}

void rl_complete_quote(rl_quote *quote)
{
  rl_terms *terms = &quote->terms;
  bool sells = terms->side == RL_SELL_BASE;
  terms->charge_minor = terms->source_minor + fees_of(terms, RL_FEE_SOURCE, RL_FEE_ON_TOP);
  terms->net_minor = terms->source_minor - fees_of(terms, RL_FEE_SOURCE, RL_FEE_DEDUCTED);
  terms->gross_minor = terms->target_minor + fees_of(terms, RL_FEE_TARGET, RL_FEE_DEDUCTED);
  terms->spread_minor = terms->position_minor - terms->gross_minor - terms->residue_minor;
  terms->base = sells ? terms->source_currency : terms->target_currency;
  terms->quote = sells ? terms->target_currency : terms->source_currency;
  quote->snapshot.from = terms->source_currency;
  quote->snapshot.to = terms->target_currency;
  quote->snapshot.base = terms->base;
  quote->snapshot.quote = terms->quote;
  quote->snapshot.reference = terms->reference;
  terms->disclosure_rate = (rl_rate){0};
  if (terms->disclosure_decimals > 0)
    terms->disclosure_rate = rl_rate_to_decimals(terms->client_rate, terms->disclosure_decimals);
  quote->request.fixed = terms->fixed;
  memcpy(quote->request.method, terms->method, sizeof quote->request.method);
  memcpy(quote->request.client, quote->client, sizeof quote->request.client);
  quote->expires_utc_ms = quote->issued_utc_ms + terms->ttl_ms;
  quote->deadline_mono_ns = quote->issued_mono_ns + terms->ttl_ms * RL_NS_PER_MS;
  uint8_t record[RL_RECORD_MAX];
  if (quote->has_evidence)
    (void)rl_quote_encode_issued(quote, record);
}

void rl_strip_evidence(rl_quote *quote)
{
  quote->has_evidence = false;
  quote->source_count = 0;
  memset(quote->sources, 0, sizeof quote->sources);
  quote->request = (rl_price_request){0};
  quote->operation = (rl_operation)0;
  memset(quote->key, 0, sizeof quote->key);
  quote->body = (rl_fingerprint){0};
  quote->reporting = RL_CURRENCY_NONE;
  quote->notional_minor = 0;
  quote->engine = (rl_engine_id){0};
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++) {
    rl_composite *composite = &quote->snapshot.legs[i].composite;
    composite->tick_count = 0;
    composite->policy = composite->min_sources = 0;
    composite->depth_units = 0;
    composite->min_half_spread = composite->max_age_ms = composite->volatility_ppm = 0;
    composite->made_mono_ns = composite->fresh_until_mono_ns = 0;
    memset(composite->ticks, 0, sizeof composite->ticks);
  }
}
