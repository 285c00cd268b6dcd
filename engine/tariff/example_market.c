/* The market of one worked example: legs as a person writes them, made into the snapshot that a
 * price is made of. There are no ticks behind it, so the conditions are stated, not found. */
#include "tariff/reader.h"

#define SCALE_MAX 12 /* decimals of a rate in the engine (universe.h) */

/* A price in units of 10^-scale. */
static rl_status rescale(const rl_place *place, const char *key, rl_rate price, uint8_t scale,
                         uint32_t *out)
{
  uint64_t units = price.mantissa;
  for (unsigned i = price.scale; i < scale && units <= RL_SOURCE_MANTISSA_MAX; i++)
    units *= 10;
  if (units > RL_SOURCE_MANTISSA_MAX || scale > SCALE_MAX)
    return rl_place_fail(place, RL_OUT_OF_RANGE, key,
                         "bid and ask have at most 9 digits and %d decimals, counted on the same "
                         "decimals", SCALE_MAX);
  *out = (uint32_t)units;
  return RL_OK;
}

/* Half units on the fewest decimals that hold both prices. */
static rl_status read_prices(const rl_place *place, const rl_raw_leg *raw, rl_composite *out)
{
  rl_rate bid, ask;
  uint32_t bid_units = 0, ask_units = 0;
  rl_status status = rl_read_rate(place, "bid", raw->bid, &bid);
  if (status == RL_OK)
    status = rl_read_rate(place, "ask", raw->ask, &ask);
  if (status != RL_OK)
    return status;
  bid = rl_rate_trim(bid);
  ask = rl_rate_trim(ask);
  out->scale = bid.scale > ask.scale ? bid.scale : ask.scale;
  status = rescale(place, "bid", bid, out->scale, &bid_units);
  if (status == RL_OK)
    status = rescale(place, "ask", ask, out->scale, &ask_units);
  if (status != RL_OK)
    return status;
  if (bid_units > ask_units)
    return rl_place_fail(place, RL_INVALID, "bid", "%.40s is above ask %.40s; exchange them",
                         raw->bid, raw->ask);
  out->bid_half = 2 * bid_units;
  out->ask_half = 2 * ask_units;
  out->mid_half = bid_units + ask_units;
  return RL_OK;
}

/* One step of the walk; *at is where it stands. */
static rl_status read_leg(const rl_place *place, const rl_raw_leg *raw, rl_currency *at,
                          rl_leg *leg)
{
  rl_status status = rl_read_pair(place, "pair", raw->pair, &leg->base, &leg->quote);
  if (status != RL_OK)
    return status;
  leg->inverted = rl_currency_equal(leg->quote, *at);
  if (!leg->inverted && !rl_currency_equal(leg->base, *at))
    return rl_place_fail(place, RL_INVALID, "pair",
                         "\"%.7s\" does not go on from %s; list the legs in order, from source to "
                         "target", raw->pair, rl_currency_code(*at));
  *at = leg->inverted ? leg->base : leg->quote;
  return read_prices(place, raw, &leg->composite);
}

static rl_status read_legs(const rl_place *place, const rl_raw_example *raw, rl_snapshot *out)
{
  rl_currency at = out->from;
  rl_status status = rl_check_count(place, "market", raw->market_count, 1, RL_LEGS_MAX);
  for (unsigned i = 0; status == RL_OK && i < raw->market_count; i++) {
    rl_place leg = rl_place_entry(place, "market", i);
    status = read_leg(&leg, &raw->market[i], &at, &out->legs[i]);
    out->leg_count = i + 1;
  }
  if (status == RL_OK && !rl_currency_equal(at, out->to))
    status = rl_place_fail(place, RL_INVALID, "market",
                           "the legs end in %s, not in %s; add one or change `to`",
                           rl_currency_code(at), rl_currency_code(out->to));
  return status;
}

/* Which of the two currencies is the base: the leg's, or as stated where there are several. */
static rl_status read_base(const rl_place *place, const rl_raw_example *raw, rl_snapshot *out)
{
  rl_currency base = out->legs[0].base;
  bool single = out->leg_count == 1;
  if (!raw->base && !single)
    return rl_place_fail(place, RL_INVALID, "base",
                         "missing; with several legs, name the base of the pair of from and to");
  if (raw->base) {
    rl_status status = rl_read_currency(place, "base", raw->base, &base);
    if (status != RL_OK)
      return status;
  }
  bool is_from = rl_currency_equal(base, out->from), is_to = rl_currency_equal(base, out->to);
  if ((!is_from && !is_to) || (single && !rl_currency_equal(base, out->legs[0].base)))
    return rl_place_fail(place, RL_INVALID, "base", "%s is not the base of the pair; use %s",
                         rl_currency_code(base),
                         single ? rl_currency_code(out->legs[0].base) : "from or to");
  out->base = base;
  out->quote = is_from ? out->to : out->from;
  return RL_OK;
}

static rl_status read_stated_count(const rl_place *place, const char *key, const char *text,
                                   unsigned high, unsigned *value)
{
  return text ? rl_read_count(place, key, text, 0, high, value) : RL_OK;
}

static rl_status read_conditions(const rl_place *place, const rl_raw_example *raw,
                                 rl_snapshot *out)
{
  static const char *const words[] = {"no", "yes"};
  unsigned closed = 0, by_reference = 0, sources = UINT8_MAX, age_percent = 0;
  unsigned volatility_ppm = RL_VOLATILITY_UNKNOWN;
  rl_status status = RL_OK;
  if (raw->closed)
    status = rl_read_word(place, "closed", raw->closed, words, 2, &closed);
  if (status == RL_OK && raw->reference)
    status = rl_read_word(place, "reference", raw->reference, words, 2, &by_reference);
  if (status == RL_OK)
    status = read_stated_count(place, "sources", raw->sources, RL_SOURCES_PER_PAIR_MAX, &sources);
  if (status == RL_OK)
    status = read_stated_count(place, "age_percent", raw->age_percent, 100, &age_percent);
  if (status == RL_OK)
    status = read_stated_count(place, "volatility_ppm", raw->volatility_ppm,
                               RL_VOLATILITY_MAX_PPM, &volatility_ppm);
  out->conditions = (rl_conditions){.by_reference = by_reference,
                                    .closed = closed,
                                    .fewest_sources = (uint8_t)sources,
                                    .age_percent = (uint8_t)age_percent,
                                    .volatility_ppm = volatility_ppm};
  return status;
}

rl_status rl_read_example_market(const rl_place *place, const rl_raw_example *raw,
                                 rl_snapshot *out)
{
  unsigned pip_scale = 4;
  rl_status status = read_legs(place, raw, out);
  if (status == RL_OK)
    status = read_base(place, raw, out);
  if (status == RL_OK)
    status = read_stated_count(place, "pip", raw->pip, SCALE_MAX, &pip_scale);
  for (unsigned i = 0; i < out->leg_count; i++)
    out->legs[i].composite.pip_scale = (uint8_t)pip_scale;
  return status == RL_OK ? read_conditions(place, raw, out) : status;
}
