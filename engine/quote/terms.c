#include "quote/fields.h"
#include "quote/valid.h"

enum {
  FLAG_BUY_BASE = 1,
  FLAG_FIXED_TARGET = 2,
  FLAG_REFERENCE = 4,
  FLAG_CLOSED = 8,
  FLAG_VALUE_DATE = 16,
  FLAG_BY_REFERENCE = 32,
  FLAGS_KNOWN = 63,
};
enum { FEE_TARGET = 1, FEE_ON_TOP = 2, FEE_WAIVED = 4, FEE_FLAGS_KNOWN = 7 };

static int32_t get_i32(rl_reader *reader)
{
  int64_t value = rl_get_signed(reader);
  if (value >= INT32_MIN && value <= INT32_MAX)
    return (int32_t)value;
  reader->failed = true;
  return 0;
}

static void put_rate(rl_writer *writer, rl_rate rate)
{
  rl_put_varint(writer, rate.mantissa);
  rl_put_u8(writer, rate.scale);
}

static rl_rate get_rate(rl_reader *reader)
{
  uint64_t mantissa = rl_get_varint(reader);
  return (rl_rate){.mantissa = mantissa, .scale = rl_get_u8(reader)};
}

static void put_head(rl_writer *writer, const rl_quote *quote)
{
  rl_put_u8(writer, RL_TERMS_LAYOUT);
  rl_put_bytes(writer, quote->id.bytes, sizeof quote->id.bytes);
  rl_put_bytes(writer, quote->store.bytes, sizeof quote->store.bytes);
  rl_put_text(writer, quote->client);
  rl_put_u64(writer, quote->boot_id);
  rl_put_varint(writer, (uint64_t)quote->issued_mono_ns);
  rl_put_varint(writer, quote->terms.ttl_ms);
}

static void get_head(rl_reader *reader, rl_quote *quote)
{
  if (rl_get_u8(reader) != RL_TERMS_LAYOUT)
    reader->failed = true;
  rl_get_bytes(reader, quote->id.bytes, sizeof quote->id.bytes);
  rl_get_bytes(reader, quote->store.bytes, sizeof quote->store.bytes);
  rl_get_text(reader, quote->client, sizeof quote->client);
  quote->boot_id = rl_get_u64(reader);
  quote->issued_utc_ms = rl_quote_id_time(quote->id).ms;
  quote->issued_mono_ns = (int64_t)rl_get_at_most(reader, RL_ISSUED_MONO_MAX_NS);
  quote->terms.ttl_ms = (uint32_t)rl_get_at_most(reader, RL_TTL_MAX_MS);
}

static void put_flags(rl_writer *writer, const rl_quote *quote)
{
  const rl_terms *terms = &quote->terms;
  rl_put_u8(writer, (uint8_t)((terms->side == RL_BUY_BASE ? FLAG_BUY_BASE : 0)
                              | (terms->fixed == RL_FIXED_TARGET ? FLAG_FIXED_TARGET : 0)
                              | (terms->reference.known ? FLAG_REFERENCE : 0)
                              | (quote->snapshot.conditions.closed ? FLAG_CLOSED : 0)
                              | (quote->snapshot.conditions.by_reference ? FLAG_BY_REFERENCE : 0)
                              | (quote->value_date.known ? FLAG_VALUE_DATE : 0)));
}

static void get_flags(rl_reader *reader, rl_quote *quote)
{
  rl_terms *terms = &quote->terms;
  uint8_t flags = rl_get_u8_at_most(reader, FLAGS_KNOWN);
  terms->side = flags & FLAG_BUY_BASE ? RL_BUY_BASE : RL_SELL_BASE;
  terms->fixed = flags & FLAG_FIXED_TARGET ? RL_FIXED_TARGET : RL_FIXED_SOURCE;
  terms->reference.known = flags & FLAG_REFERENCE;
  quote->snapshot.conditions.closed = flags & FLAG_CLOSED;
  quote->snapshot.conditions.by_reference = flags & FLAG_BY_REFERENCE;
  quote->value_date.known = flags & FLAG_VALUE_DATE;
}

static void put_amounts(rl_writer *writer, const rl_terms *terms)
{
  rl_put_currency(writer, terms->source_currency);
  rl_put_currency(writer, terms->target_currency);
  rl_put_varint(writer, (uint64_t)terms->source_minor);
  rl_put_varint(writer, (uint64_t)terms->target_minor);
  rl_put_varint(writer, (uint64_t)terms->residue_minor);
  rl_put_varint(writer, (uint64_t)terms->position_minor);
  rl_put_signed(writer, terms->total_cost_minor);
  put_rate(writer, terms->mid_rate);
  put_rate(writer, terms->core_rate);
  put_rate(writer, terms->client_rate);
  put_rate(writer, terms->effective_rate);
  rl_put_u8(writer, terms->disclosure_decimals);
}

static void get_amounts(rl_reader *reader, rl_terms *terms)
{
  terms->source_currency = rl_get_currency(reader);
  terms->target_currency = rl_get_currency(reader);
  terms->base = terms->side == RL_SELL_BASE ? terms->source_currency : terms->target_currency;
  terms->quote = terms->side == RL_SELL_BASE ? terms->target_currency : terms->source_currency;
  terms->source_minor = rl_get_amount_minor(reader);
  terms->target_minor = rl_get_amount_minor(reader);
  terms->residue_minor = rl_get_amount_minor(reader);
  terms->position_minor = (int64_t)rl_get_at_most(reader, INT64_MAX);
  terms->total_cost_minor = rl_get_signed(reader);
  terms->mid_rate = get_rate(reader);
  terms->core_rate = get_rate(reader);
  terms->client_rate = get_rate(reader);
  terms->effective_rate = get_rate(reader);
  terms->disclosure_decimals = rl_get_u8(reader);
}

static void put_fee(rl_writer *writer, const rl_fee_line *fee)
{
  bool waived = fee->waived_by[0] != '\0';
  rl_put_text(writer, fee->name);
  rl_put_u8(writer, (uint8_t)((fee->side == RL_FEE_TARGET ? FEE_TARGET : 0)
                              | (fee->mode == RL_FEE_ON_TOP ? FEE_ON_TOP : 0)
                              | (waived ? FEE_WAIVED : 0)));
  if (waived)
    rl_put_text(writer, fee->waived_by);
  else
    rl_put_varint(writer, (uint64_t)fee->amount_minor);
}

static void get_fee(rl_reader *reader, rl_fee_line *fee)
{
  rl_get_text(reader, fee->name, sizeof fee->name);
  uint8_t flags = rl_get_u8_at_most(reader, FEE_FLAGS_KNOWN);
  fee->side = flags & FEE_TARGET ? RL_FEE_TARGET : RL_FEE_SOURCE;
  fee->mode = flags & FEE_ON_TOP ? RL_FEE_ON_TOP : RL_FEE_DEDUCTED;
  if (!(flags & FEE_WAIVED)) {
    fee->amount_minor = rl_get_amount_minor(reader);
    return;
  }
  rl_get_text(reader, fee->waived_by, sizeof fee->waived_by);
  if (fee->waived_by[0] == '\0')
    reader->failed = true;
}

static void put_lines(rl_writer *writer, const rl_terms *terms)
{
  rl_put_u8(writer, (uint8_t)terms->markup_count);
  for (unsigned i = 0; i < terms->markup_count; i++) {
    rl_put_text(writer, terms->markups[i].name);
    rl_put_signed(writer, terms->markups[i].e8);
    rl_put_varint(writer, (uint64_t)terms->markups[i].points_e1);
  }
  rl_put_signed(writer, terms->lock_premium_e8);
  rl_put_u8(writer, (uint8_t)terms->fee_count);
  for (unsigned i = 0; i < terms->fee_count; i++)
    put_fee(writer, &terms->fees[i]);
  rl_put_text(writer, terms->tier);
  rl_put_text(writer, terms->method);
}

static void get_lines(rl_reader *reader, rl_terms *terms)
{
  terms->markup_count = rl_get_u8_at_most(reader, RL_MARKUPS_MAX);
  for (unsigned i = 0; i < terms->markup_count; i++) {
    rl_get_text(reader, terms->markups[i].name, sizeof terms->markups[i].name);
    terms->markups[i].e8 = get_i32(reader);
    terms->markups[i].points_e1 = (int32_t)rl_get_at_most(reader, RL_POINTS_E1_MAX);
  }
  terms->lock_premium_e8 = get_i32(reader);
  terms->fee_count = rl_get_u8_at_most(reader, RL_FEES_MAX);
  for (unsigned i = 0; i < terms->fee_count; i++)
    get_fee(reader, &terms->fees[i]);
  rl_get_text(reader, terms->tier, sizeof terms->tier);
  rl_get_text(reader, terms->method, sizeof terms->method);
}

static void put_reference(rl_writer *writer, const rl_terms *terms)
{
  if (!terms->reference.known)
    return;
  put_rate(writer, terms->reference.rate);
  rl_put_signed(writer, terms->reference.date_utc_ms);
  rl_put_text(writer, terms->reference.provider);
  rl_put_signed(writer, terms->reference_margin_e6);
}

static void get_reference(rl_reader *reader, rl_terms *terms)
{
  if (!terms->reference.known)
    return;
  terms->reference.rate = get_rate(reader);
  terms->reference.date_utc_ms = rl_get_signed(reader);
  rl_get_text(reader, terms->reference.provider, sizeof terms->reference.provider);
  terms->reference_margin_e6 = get_i32(reader);
}

static void put_conditions(rl_writer *writer, const rl_conditions *conditions)
{
  rl_put_u8(writer, conditions->fewest_sources);
  rl_put_u8(writer, conditions->age_percent);
  rl_quote_put_volatility(writer, conditions->volatility_ppm);
}

static void get_conditions(rl_reader *reader, rl_conditions *conditions)
{
  conditions->fewest_sources = rl_get_u8(reader);
  conditions->age_percent = rl_get_u8_at_most(reader, 100);
  conditions->volatility_ppm = rl_quote_get_volatility(reader);
}

static void put_value_date(rl_writer *writer, const rl_quote *quote)
{
  if (!quote->value_date.known)
    return;
  rl_put_signed(writer, quote->value_date.date.day);
  rl_put_signed(writer, quote->value_date.cutoff_utc_ms - quote->issued_utc_ms);
}

static void get_value_date(rl_reader *reader, rl_quote *quote)
{
  if (!quote->value_date.known)
    return;
  quote->value_date.date.day = get_i32(reader);
  /* Unsigned, since any bytes may stand here: what overflows is refused by valid.c. */
  quote->value_date.cutoff_utc_ms =
    (int64_t)((uint64_t)quote->issued_utc_ms + (uint64_t)rl_get_signed(reader));
}

static void put_leg(rl_writer *writer, const rl_leg *leg)
{
  const rl_composite *composite = &leg->composite;
  rl_put_currency(writer, leg->base);
  rl_put_currency(writer, leg->quote);
  rl_put_u8(writer, leg->inverted);
  rl_put_u8(writer, composite->scale);
  rl_put_u8(writer, composite->pip_scale);
  rl_put_varint(writer, composite->version);
  rl_put_varint(writer, composite->mid_half);
  rl_put_varint(writer, composite->mid_half - composite->bid_half);
  rl_put_varint(writer, composite->ask_half - composite->mid_half);
}

static void get_leg(rl_reader *reader, rl_leg *leg)
{
  rl_composite *composite = &leg->composite;
  leg->base = rl_get_currency(reader);
  leg->quote = rl_get_currency(reader);
  leg->inverted = rl_get_u8_at_most(reader, 1);
  composite->pair.index = UINT16_MAX;
  composite->scale = rl_get_u8(reader);
  composite->pip_scale = rl_get_u8(reader);
  composite->version = rl_get_varint(reader);
  composite->mid_half = (uint32_t)rl_get_at_most(reader, UINT32_MAX);
  composite->bid_half = composite->mid_half - (uint32_t)rl_get_at_most(reader, composite->mid_half);
  composite->ask_half =
    composite->mid_half + (uint32_t)rl_get_at_most(reader, UINT32_MAX - composite->mid_half);
}

void rl_quote_put_terms(rl_writer *writer, const rl_quote *quote)
{
  const rl_terms *terms = &quote->terms;
  RL_ASSERT(rl_quote_terms_valid(quote));
  put_head(writer, quote);
  put_flags(writer, quote);
  put_amounts(writer, terms);
  put_lines(writer, terms);
  put_conditions(writer, &quote->snapshot.conditions);
  put_value_date(writer, quote);
  put_reference(writer, terms);
  rl_put_bytes(writer, terms->tariff.bytes, sizeof terms->tariff.bytes);
  rl_put_u64(writer, quote->evidence_checksum);
  rl_put_u8(writer, (uint8_t)quote->snapshot.leg_count);
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++)
    put_leg(writer, &quote->snapshot.legs[i]);
}

static void take_derived(rl_quote *quote)
{
  rl_derived derived = rl_quote_derive(quote);
  quote->terms.charge_minor = derived.charge_minor;
  quote->terms.net_minor = derived.net_minor;
  quote->terms.gross_minor = derived.gross_minor;
  quote->terms.spread_minor = derived.spread_minor;
  quote->terms.disclosure_rate = derived.disclosure_rate;
  quote->expires_utc_ms = derived.expires_utc_ms;
  quote->deadline_mono_ns = derived.deadline_mono_ns;
  quote->snapshot.from = quote->terms.source_currency;
  quote->snapshot.to = quote->terms.target_currency;
  quote->snapshot.base = quote->terms.base;
  quote->snapshot.quote = quote->terms.quote;
  quote->snapshot.reference = quote->terms.reference;
}

bool rl_quote_get_terms(const void *bytes, size_t size, rl_quote *quote)
{
  rl_reader reader = rl_reader_over(bytes, size);
  rl_terms *terms = &quote->terms;
  get_head(&reader, quote);
  get_flags(&reader, quote);
  get_amounts(&reader, terms);
  get_lines(&reader, terms);
  get_conditions(&reader, &quote->snapshot.conditions);
  get_value_date(&reader, quote);
  get_reference(&reader, terms);
  rl_get_bytes(&reader, terms->tariff.bytes, sizeof terms->tariff.bytes);
  quote->evidence_checksum = rl_get_u64(&reader);
  quote->snapshot.leg_count = rl_get_u8_at_most(&reader, RL_LEGS_MAX);
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++)
    get_leg(&reader, &quote->snapshot.legs[i]);
  if (!rl_reader_done(&reader))
    return false;
  take_derived(quote);
  return rl_quote_terms_valid(quote);
}

rl_status rl_quote_decode_terms(const void *bytes, size_t size, rl_quote *out)
{
  rl_quote quote = {0};
  if (!rl_quote_get_terms(bytes, size, &quote))
    return RL_CORRUPT;
  *out = quote;
  return RL_OK;
}
