/* What `explain` found, as one msgpack map: the names are those of the protocol. */
#include "explain.h"

static void put_half(rl_writer *writer, const char *key, uint32_t half_units, unsigned scale)
{
  char text[RL_RATE_TEXT_SIZE];
  rl_half_format(half_units, scale, text);
  rl_pack_text(writer, key);
  rl_pack_text(writer, text);
}

static void put_rate(rl_writer *writer, const char *key, uint32_t units, unsigned scale)
{
  char text[RL_RATE_TEXT_SIZE];
  rl_rate_format((rl_rate){units, (uint8_t)scale}, text);
  rl_pack_text(writer, key);
  rl_pack_text(writer, text);
}

static void put_i64(rl_writer *writer, const char *key, int64_t value)
{
  rl_pack_text(writer, key);
  rl_pack_i64(writer, value);
}

static void put_tick(rl_writer *writer, const rl_quote *quote, const rl_composite *composite,
                     const rl_composite_tick *tick)
{
  rl_pack_map(writer, 6);
  rl_pack_text(writer, "source");
  rl_pack_text(writer, quote->sources[tick->source.index]);
  put_rate(writer, "bid", tick->bid, composite->scale);
  put_rate(writer, "ask", tick->ask, composite->scale);
  put_i64(writer, "sequence", (int64_t)tick->sequence);
  put_i64(writer, "source_time", tick->source_utc_ms);
  put_i64(writer, "age_ns", quote->issued_mono_ns - tick->arrival_mono_ns);
}

static void put_leg(rl_writer *writer, const rl_quote *quote, const rl_leg *leg)
{
  const rl_composite *composite = &leg->composite;
  char pair[8];
  snprintf(pair, sizeof pair, "%s%s", rl_currency_code(leg->base), rl_currency_code(leg->quote));
  rl_pack_map(writer, 7);
  rl_pack_text(writer, "pair");
  rl_pack_text(writer, pair);
  rl_pack_text(writer, "inverted");
  rl_pack_bool(writer, leg->inverted);
  rl_pack_text(writer, "refusal");
  rl_pack_text(writer, rl_refusal_name(composite->refusal));
  put_half(writer, "bid", composite->bid_half, composite->scale);
  put_half(writer, "mid", composite->mid_half, composite->scale);
  put_half(writer, "ask", composite->ask_half, composite->scale);
  rl_pack_text(writer, "ticks");
  rl_pack_array(writer, composite->tick_count);
  for (unsigned i = 0; i < composite->tick_count; i++)
    put_tick(writer, quote, composite, &composite->ticks[i]);
}

static void put_facts(rl_writer *writer, const rl_facts *facts)
{
  rl_pack_map(writer, facts->count);
  for (unsigned i = 0; i < facts->count; i++) {
    rl_pack_text(writer, facts->items[i].name);
    rl_pack_text(writer, facts->items[i].value);
  }
}

static void put_differences(rl_writer *writer, const rl_explained *it)
{
  rl_pack_array(writer, it->difference_count);
  for (unsigned i = 0; i < it->difference_count; i++) {
    const rl_difference *difference = &it->differences[i];
    rl_pack_map(writer, 3);
    rl_pack_text(writer, "name");
    rl_pack_text(writer, difference->name);
    rl_pack_text(writer, "recorded");
    rl_pack_text(writer, difference->recorded);
    rl_pack_text(writer, "recomputed");
    rl_pack_text(writer, difference->recomputed);
  }
}

rl_status rl_explain_encode(const rl_explained *it, rl_writer *writer)
{
  char id[RL_QUOTE_ID_TEXT_SIZE];
  rl_quote_id_format(it->quote.id, id);
  rl_pack_map(writer, 9);
  rl_pack_text(writer, "ok");
  rl_pack_bool(writer, it->difference_count == 0);
  rl_pack_text(writer, "quote");
  rl_pack_text(writer, id);
  rl_pack_text(writer, "from_token");
  rl_pack_bool(writer, it->from_token);
  rl_pack_text(writer, "rule");
  rl_pack_text(writer, it->rule ? it->rule->name : "");
  rl_pack_text(writer, "refusal");
  rl_pack_text(writer, rl_refusal_name(it->refusal));
  rl_pack_text(writer, "legs");
  rl_pack_array(writer, it->snapshot.leg_count);
  for (unsigned i = 0; i < it->snapshot.leg_count; i++)
    put_leg(writer, &it->quote, &it->snapshot.legs[i]);
  rl_pack_text(writer, "recorded");
  put_facts(writer, &it->recorded);
  rl_pack_text(writer, "recomputed");
  put_facts(writer, &it->recomputed);
  rl_pack_text(writer, "differences");
  put_differences(writer, it);
  return writer->failed ? RL_FULL : RL_OK;
}
