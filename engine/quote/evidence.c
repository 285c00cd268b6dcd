#include "quote/fields.h"
#include "quote/valid.h"

#include <string.h>

/* Differences wrap around: any two instants have one, and it leads back. */
static void put_before(rl_writer *writer, int64_t issued, int64_t instant)
{
  rl_put_signed(writer, (int64_t)((uint64_t)issued - (uint64_t)instant));
}

static int64_t get_before(rl_reader *reader, int64_t issued)
{
  return (int64_t)((uint64_t)issued - (uint64_t)rl_get_signed(reader));
}

static void put_ticks(rl_writer *writer, const rl_quote *quote, const rl_composite *composite)
{
  rl_put_u8(writer, composite->policy);
  rl_put_varint(writer, composite->depth_units);
  rl_put_u8(writer, composite->min_sources);
  rl_put_varint(writer, composite->min_half_spread);
  rl_put_varint(writer, composite->max_age_ms);
  rl_quote_put_volatility(writer, composite->volatility_ppm);
  rl_put_u8(writer, composite->tick_count);
  put_before(writer, quote->issued_mono_ns, composite->made_mono_ns);
  put_before(writer, quote->issued_mono_ns, composite->fresh_until_mono_ns);
  for (unsigned i = 0; i < composite->tick_count; i++) {
    const rl_composite_tick *tick = &composite->ticks[i];
    rl_put_u8(writer, tick->source.index);
    rl_put_varint(writer, tick->sequence);
    put_before(writer, quote->issued_utc_ms, tick->source_utc_ms);
    put_before(writer, quote->issued_mono_ns, tick->arrival_mono_ns);
    rl_put_varint(writer, tick->bid);
    rl_put_varint(writer, tick->ask);
  }
}

static void get_ticks(rl_reader *reader, const rl_quote *quote, rl_composite *composite)
{
  composite->policy = rl_get_u8_at_most(reader, RL_POLICY_REFERENCE);
  composite->depth_units = rl_get_at_most(reader, RL_DEPTH_UNITS_MAX);
  composite->min_sources = rl_get_u8_at_most(reader, RL_SOURCES_PER_PAIR_MAX);
  composite->min_half_spread = (uint32_t)rl_get_at_most(reader, UINT32_MAX);
  composite->max_age_ms = (uint32_t)rl_get_at_most(reader, UINT32_MAX);
  composite->volatility_ppm = rl_quote_get_volatility(reader);
  composite->tick_count = rl_get_u8_at_most(reader, RL_SOURCES_PER_PAIR_MAX);
  composite->made_mono_ns = get_before(reader, quote->issued_mono_ns);
  composite->fresh_until_mono_ns = get_before(reader, quote->issued_mono_ns);
  for (unsigned i = 0; i < composite->tick_count; i++) {
    rl_composite_tick *tick = &composite->ticks[i];
    tick->source.index = rl_get_u8(reader);
    tick->sequence = rl_get_varint(reader);
    tick->source_utc_ms = get_before(reader, quote->issued_utc_ms);
    tick->arrival_mono_ns = get_before(reader, quote->issued_mono_ns);
    tick->bid = (uint32_t)rl_get_at_most(reader, UINT32_MAX);
    tick->ask = (uint32_t)rl_get_at_most(reader, UINT32_MAX);
  }
}

void rl_quote_put_evidence(rl_writer *writer, const rl_quote *quote)
{
  RL_ASSERT(rl_quote_evidence_valid(quote));
  rl_put_u8(writer, (uint8_t)quote->operation);
  rl_put_text(writer, quote->key);
  rl_put_u64(writer, quote->body.words[0]);
  rl_put_u64(writer, quote->body.words[1]);
  rl_put_varint(writer, (uint64_t)quote->request.amount_minor);
  rl_put_varint(writer, quote->request.ttl_ms);
  rl_put_text(writer, quote->request.tier);
  rl_put_currency(writer, quote->reporting);
  rl_put_varint(writer, (uint64_t)quote->notional_minor);
  rl_put_bytes(writer, quote->engine.bytes, sizeof quote->engine.bytes);
  rl_put_u8(writer, (uint8_t)quote->source_count);
  for (unsigned i = 0; i < quote->source_count; i++)
    rl_put_text(writer, quote->sources[i]);
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++)
    put_ticks(writer, quote, &quote->snapshot.legs[i].composite);
}

bool rl_quote_get_evidence(const void *bytes, size_t size, rl_quote *quote)
{
  rl_reader reader = rl_reader_over(bytes, size);
  quote->has_evidence = true;
  quote->operation = (rl_operation)rl_get_u8(&reader);
  rl_get_text(&reader, quote->key, sizeof quote->key);
  quote->body.words[0] = rl_get_u64(&reader);
  quote->body.words[1] = rl_get_u64(&reader);
  quote->request.fixed = quote->terms.fixed;
  quote->request.amount_minor = rl_get_amount_minor(&reader);
  quote->request.ttl_ms = (uint32_t)rl_get_at_most(&reader, RL_TTL_MAX_MS);
  rl_get_text(&reader, quote->request.tier, sizeof quote->request.tier);
  quote->reporting = rl_get_currency(&reader);
  quote->notional_minor = (int64_t)rl_get_at_most(&reader, RL_NOTIONAL_MAX);
  rl_get_bytes(&reader, quote->engine.bytes, sizeof quote->engine.bytes);
  memcpy(quote->request.method, quote->terms.method, sizeof quote->request.method);
  memcpy(quote->request.client, quote->client, sizeof quote->request.client);
  quote->source_count = rl_get_u8_at_most(&reader, RL_QUOTE_SOURCES_MAX);
  for (unsigned i = 0; i < quote->source_count; i++)
    rl_get_text(&reader, quote->sources[i], sizeof quote->sources[i]);
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++)
    get_ticks(&reader, quote, &quote->snapshot.legs[i].composite);
  return rl_reader_done(&reader) && rl_quote_evidence_valid(quote)
         && rl_checksum(bytes, size) == quote->evidence_checksum;
}
