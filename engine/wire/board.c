/* Replies for those who look: rows of the board and of the sources, figures, tariff, ping. */
#include "wire/reply.h"

#include "wire/entry.h"

void rl_reply_open_rows(rl_writer *writer, const char *name, uint32_t count)
{
  rl_pack_ok(writer, 1);
  rl_pack_text(writer, name);
  rl_pack_array(writer, count);
}

static void pack_nil_if_refused(rl_writer *writer, const rl_composite *composite,
                                uint32_t half_units)
{
  if (composite->refusal == RL_REFUSAL_NONE)
    rl_pack_half_units(writer, half_units, composite->scale);
  else
    rl_pack_nil(writer);
}

/* Half units of 10^-scale are a whole number of 10^-(scale + 1); the point moves by the pip's
 * decimals, and a pip finer than that adds zeros. */
static void pack_pips(rl_writer *writer, uint32_t half_units, unsigned scale, unsigned pip_scale)
{
  char text[RL_RATE_TEXT_SIZE];
  unsigned decimals = scale + 1 > pip_scale ? scale + 1 - pip_scale : 0;
  rl_rate pips = {.mantissa = 5ull * half_units, .scale = (uint8_t)decimals};
  size_t length = rl_rate_format(rl_rate_trim(pips), text);
  for (unsigned i = scale + 1; i < pip_scale && half_units > 0; i++)
    text[length++] = '0';
  rl_append_short_text(writer, text, length);
}

void rl_reply_spread_row(rl_writer *writer, const rl_universe *universe,
                         const rl_composite *composite, const rl_halted *halted, rl_now now)
{
  bool priced = composite->refusal == RL_REFUSAL_NONE;
  const rl_pair_spec *spec = rl_universe_pair_spec(universe, composite->pair);
  rl_pack_map(writer, halted ? 12 : 11);
  RL_ENTRY(writer, "pair", rl_pack_text, rl_universe_pair_name(universe, composite->pair));
  RL_ENTRY(writer, "status", rl_pack_text, priced ? "ok" : rl_refusal_name(composite->refusal));
  RL_KEY(writer, "bid");
  pack_nil_if_refused(writer, composite, composite->bid_half);
  RL_KEY(writer, "mid");
  pack_nil_if_refused(writer, composite, composite->mid_half);
  RL_KEY(writer, "ask");
  pack_nil_if_refused(writer, composite, composite->ask_half);
  RL_KEY(writer, "spread_pips");
  if (priced)
    pack_pips(writer, composite->ask_half - composite->bid_half, composite->scale,
              spec->pip_scale);
  else
    rl_pack_nil(writer);
  RL_ENTRY(writer, "sources", rl_pack_u64, composite->tick_count);
  RL_KEY(writer, "age_ms");
  rl_pack_age_ms(writer, rl_composite_newest_arrival_ns(composite), now.mono);
  RL_ENTRY(writer, "version", rl_pack_u64, composite->version);
  RL_ENTRY(writer, "session", rl_pack_text,
           rl_universe_is_open(universe, composite->pair, now.utc) ? "open" : "closed");
  RL_KEY(writer, "volatility_ppm");
  if (composite->volatility_ppm == RL_VOLATILITY_UNKNOWN)
    rl_pack_nil(writer);
  else
    rl_pack_u64(writer, composite->volatility_ppm);
  if (!halted)
    return;
  RL_KEY(writer, "halted");
  rl_pack_halted(writer, halted);
}

static void pack_ppm(rl_writer *writer, const rl_triangle_info *info, int64_t ppm)
{
  if (info->refusal == RL_REFUSAL_NONE)
    rl_pack_i64(writer, ppm);
  else
    rl_pack_nil(writer);
}

static const char *triangle_status(const rl_triangle_info *info)
{
  int64_t limit = info->triangle.limit_ppm;
  if (info->refusal != RL_REFUSAL_NONE)
    return rl_refusal_name(info->refusal);
  return info->there_ppm > limit || info->back_ppm > limit ? "earns" : "ok";
}

void rl_reply_triangle_row(rl_writer *writer, const rl_universe *universe,
                           const rl_triangle_info *info)
{
  rl_pack_map(writer, 5);
  RL_ENTRY(writer, "pairs", rl_pack_array, 3);
  for (unsigned i = 0; i < 3; i++)
    rl_pack_text(writer, rl_universe_pair_name(universe, info->triangle.pairs[i]));
  RL_ENTRY(writer, "status", rl_pack_text, triangle_status(info));
  RL_KEY(writer, "there_ppm");
  pack_ppm(writer, info, info->there_ppm);
  RL_KEY(writer, "back_ppm");
  pack_ppm(writer, info, info->back_ppm);
  RL_ENTRY(writer, "limit_ppm", rl_pack_u64, info->triangle.limit_ppm);
}

static void pack_counters(rl_writer *writer, const uint64_t verdicts[RL_VERDICT_COUNT])
{
  RL_KEY(writer, "counters");
  rl_pack_map(writer, RL_VERDICT_COUNT);
  for (unsigned i = 0; i < RL_VERDICT_COUNT; i++) {
    rl_pack_text(writer, rl_verdict_name((rl_verdict)i));
    rl_pack_u64(writer, verdicts[i]);
  }
}

static void pack_clock(rl_writer *writer, const rl_source_info *info)
{
  bool known = info->clock != RL_CLOCK_UNKNOWN;
  RL_ENTRY(writer, "clock", rl_pack_text, rl_source_clock_name(info->clock));
  RL_KEY(writer, "clock_offset_ms");
  if (known)
    rl_pack_i64(writer, info->clock_offset_ms);
  else
    rl_pack_nil(writer);
  RL_KEY(writer, "lag_ms");
  if (known)
    rl_pack_i64(writer, info->lag_ms);
  else
    rl_pack_nil(writer);
}

static void pack_outlier(rl_writer *writer, const rl_universe *universe, const rl_source_info *info)
{
  RL_KEY(writer, "outlier_pair");
  if (info->outlier_ppm > 0)
    rl_pack_text(writer, rl_universe_pair_name(universe, info->outlier_pair));
  else
    rl_pack_nil(writer);
  RL_ENTRY(writer, "outlier_ppm", rl_pack_u64, info->outlier_ppm);
}

void rl_reply_source_row(rl_writer *writer, const rl_universe *universe,
                         const rl_source_info *info, rl_mono now)
{
  rl_pack_map(writer, 12);
  RL_ENTRY(writer, "source", rl_pack_text, info->name);
  RL_ENTRY(writer, "class", rl_pack_text,
           info->class == RL_SOURCE_REFERENCE ? "reference" : "live");
  RL_ENTRY(writer, "ticks", rl_pack_u64, info->ticks);
  pack_counters(writer, info->verdicts);
  RL_ENTRY(writer, "gaps", rl_pack_u64, info->gaps);
  RL_ENTRY(writer, "repeats", rl_pack_u64, info->repeats);
  pack_clock(writer, info);
  pack_outlier(writer, universe, info);
  RL_KEY(writer, "age_ms");
  rl_pack_age_ms(writer, info->last_mono_ns, now);
}

static void pack_last_price(rl_writer *writer, const rl_source_pair_stats *stats, uint32_t units,
                            uint8_t scale)
{
  if (stats->sequence == 0 || units == 0)
    rl_pack_nil(writer);
  else
    rl_pack_rate(writer, (rl_rate){.mantissa = units, .scale = scale});
}

void rl_reply_source_pair_row(rl_writer *writer, const rl_universe *universe, rl_pair pair,
                              const char *source_name, const rl_source_pair_stats *stats,
                              rl_mono now)
{
  uint8_t scale = rl_universe_pair_spec(universe, pair)->scale;
  rl_pack_map(writer, 14);
  RL_ENTRY(writer, "source", rl_pack_text, source_name);
  RL_ENTRY(writer, "pair", rl_pack_text, rl_universe_pair_name(universe, pair));
  RL_ENTRY(writer, "votes", rl_pack_bool, stats->votes);
  RL_KEY(writer, "bid");
  pack_last_price(writer, stats, stats->bid, scale);
  RL_KEY(writer, "ask");
  pack_last_price(writer, stats, stats->ask, scale);
  RL_ENTRY(writer, "sequence", rl_pack_u64, stats->sequence);
  RL_ENTRY(writer, "source_time", rl_pack_i64, stats->source_utc_ms);
  RL_KEY(writer, "age_ms");
  rl_pack_age_ms(writer, stats->arrival_mono_ns, now);
  pack_counters(writer, stats->verdicts);
  RL_ENTRY(writer, "gaps", rl_pack_u64, stats->gaps);
  RL_ENTRY(writer, "repeats", rl_pack_u64, stats->repeats);
  RL_ENTRY(writer, "composites", rl_pack_u64, stats->composites);
  RL_ENTRY(writer, "outliers", rl_pack_u64, stats->outliers);
  RL_KEY(writer, "outlier_ppm");
  if (stats->composites > 0)
    rl_pack_u64(writer, stats->outlier_ppm);
  else
    rl_pack_nil(writer);
}

void rl_reply_stats(rl_writer *writer, const rl_figure *figures, size_t count)
{
  rl_pack_ok(writer, (uint32_t)count);
  for (size_t i = 0; i < count; i++) {
    rl_pack_text(writer, figures[i].name);
    rl_pack_u64(writer, figures[i].value);
  }
}

static void pack_tariff_text(rl_writer *writer, const rl_tariff *tariff)
{
  size_t length;
  const char *text = rl_tariff_text(tariff, &length);
  rl_pack_text_span(writer, text, length);
}

static void pack_trial(rl_writer *writer, const rl_in_force *in_force)
{
  RL_KEY(writer, "trial");
  if (in_force->has_trial)
    rl_pack_text(writer, in_force->trial);
  else
    rl_pack_nil(writer);
  RL_KEY(writer, "trial_hash");
  if (in_force->has_trial)
    rl_pack_digest(writer, in_force->trial_hash);
  else
    rl_pack_nil(writer);
  RL_ENTRY(writer, "percent", rl_pack_u64, in_force->percent);
}

void rl_reply_tariff(rl_writer *writer, const rl_tariffs *tariffs)
{
  const rl_tariff *main = rl_tariffs_main(tariffs), *trial = rl_tariffs_trial(tariffs);
  rl_in_force in_force = rl_tariffs_in_force(tariffs);
  rl_pack_ok(writer, 7);
  RL_ENTRY(writer, "name", rl_pack_text, in_force.tariff);
  RL_ENTRY(writer, "hash", rl_pack_digest, in_force.hash);
  RL_ENTRY(writer, "text", pack_tariff_text, main);
  pack_trial(writer, &in_force);
  RL_KEY(writer, "trial_text");
  if (trial)
    pack_tariff_text(writer, trial);
  else
    rl_pack_nil(writer);
}

void rl_reply_reload(rl_writer *writer, const rl_in_force *in_force)
{
  rl_pack_ok(writer, 5);
  RL_ENTRY(writer, "tariff", rl_pack_text, in_force->tariff);
  RL_ENTRY(writer, "hash", rl_pack_digest, in_force->hash);
  pack_trial(writer, in_force);
}

void rl_reply_ping(rl_writer *writer, const rl_store_id *store, rl_engine_id engine, bool ready,
                   unsigned pairs_priced, const char *tape, rl_utc now)
{
  char engine_id[2 * sizeof engine.bytes + 1];
  rl_hex_encode(engine.bytes, sizeof engine.bytes, engine_id, sizeof engine_id);
  rl_digest id;
  _Static_assert(sizeof id.bytes == sizeof store->bytes, "both are 32 digits");
  memcpy(id.bytes, store->bytes, sizeof id.bytes);
  rl_pack_ok(writer, 8);
  RL_ENTRY(writer, "engine", rl_pack_text, "ratelock");
  RL_ENTRY(writer, "engine_id", rl_pack_text, engine_id);
  RL_ENTRY(writer, "version", rl_pack_text, RL_VERSION);
  RL_ENTRY(writer, "store", rl_pack_digest, id);
  RL_ENTRY(writer, "ready", rl_pack_bool, ready);
  RL_ENTRY(writer, "pairs_priced", rl_pack_u64, pairs_priced);
  RL_ENTRY(writer, "tape", rl_pack_text, tape);
  RL_ENTRY(writer, "now", rl_pack_i64, now.ms);
}
