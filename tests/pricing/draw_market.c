#include "pricing/draw.h"

#include <stdio.h>
#include <string.h>

/* A market as a venue shows it: five to seven digits, a spread of a few units. */
static void draw_likely(rl_random *random, rl_composite *composite)
{
  composite->scale = (uint8_t)rl_random_below(random, 8);
  composite->bid_half = (uint32_t)rl_random_between(random, 20000, 20000000);
  uint32_t spread = draw_chance(random, 30) ? 0 : (uint32_t)rl_random_magnitude(random, 200);
  composite->mid_half = composite->bid_half + spread / 2;
  composite->ask_half = composite->bid_half + spread;
}

/* Anything that the limits allow. */
static void draw_absurd(rl_random *random, rl_composite *composite)
{
  const uint32_t max = 2 * RL_SOURCE_MANTISSA_MAX;
  composite->scale = (uint8_t)rl_random_below(random, 13);
  composite->bid_half = (uint32_t)rl_random_magnitude(random, max);
  uint32_t room = max - composite->bid_half;
  uint32_t spread = draw_chance(random, 50) ? 0 : (uint32_t)rl_random_below(random, room + 1ull);
  if (draw_chance(random, 50))
    spread >>= rl_random_below(random, 32);
  composite->ask_half = composite->bid_half + spread;
  composite->mid_half = composite->bid_half + (uint32_t)rl_random_below(random, spread + 1ull);
}

/* Very round rates: products and quotients that come out even, or on a tie. */
static void draw_round(rl_random *random, rl_composite *composite)
{
  composite->scale = (uint8_t)rl_random_below(random, 4);
  composite->bid_half = (uint32_t)rl_random_between(random, 1, 40);
  composite->mid_half = composite->bid_half + (uint32_t)rl_random_below(random, 2);
  composite->ask_half = composite->mid_half + (uint32_t)rl_random_below(random, 2);
}

/* One of some for a million and a bit of others. */
static void draw_inflated(rl_random *random, rl_composite *composite)
{
  composite->scale = (uint8_t)rl_random_below(random, 3);
  composite->bid_half = (uint32_t)rl_random_between(random, 2000000, 8000000);
  for (unsigned i = 0; i < composite->scale; i++)
    composite->bid_half *= 10;
  composite->mid_half = composite->bid_half + (uint32_t)rl_random_magnitude(random, 1000);
  composite->ask_half = composite->mid_half + (uint32_t)rl_random_magnitude(random, 1000);
}

void draw_leg(rl_random *random, rl_leg *leg)
{
  switch (rl_random_below(random, 8)) {
  case 0: draw_absurd(random, &leg->composite); break;
  case 1: draw_round(random, &leg->composite); break;
  case 2: draw_inflated(random, &leg->composite); break;
  default: draw_likely(random, &leg->composite); break;
  }
  static const uint8_t pip_scales[] = {4, 4, 2, 0, 6, 12};
  leg->composite.pip_scale = pip_scales[rl_random_below(random, sizeof pip_scales)];
}

static void draw_reference(rl_random *random, rl_reference *reference)
{
  memset(reference, 0, sizeof *reference);
  reference->known = draw_chance(random, 60);
  if (!reference->known)
    return;
  reference->rate.mantissa = rl_random_magnitude(random, RL_CLIENT_MANTISSA_MAX);
  reference->rate.scale = (uint8_t)rl_random_below(random, 10);
  while (reference->rate.mantissa >= 1000000000 && reference->rate.scale == 0)
    reference->rate.mantissa /= 10;
  reference->date_utc_ms = (int64_t)rl_random_below(random, 4000000000000);
  snprintf(reference->provider, sizeof reference->provider, "fixing");
}

/* Often near the bounds that surcharges have. */
static void draw_conditions(rl_random *random, rl_conditions *conditions)
{
  conditions->by_reference = draw_chance(random, 10);
  conditions->closed = draw_chance(random, 10);
  conditions->fewest_sources = (uint8_t)rl_random_between(random, 1, RL_SOURCES_PER_PAIR_MAX);
  conditions->age_percent = (uint8_t)rl_random_below(random, 101);
  switch (rl_random_below(random, 4)) {
  case 0: conditions->volatility_ppm = RL_VOLATILITY_UNKNOWN; break;
  case 1:
    conditions->volatility_ppm =
      (uint32_t)rl_random_magnitude(random, RL_LEGS_MAX * (uint64_t)RL_VOLATILITY_MAX_PPM);
    break;
  default: conditions->volatility_ppm = (uint32_t)rl_random_below(random, 20000); break;
  }
}

/* Points are for pairs with a market of their own, which are never crossed. */
static bool takes_points(const drawn_tariff *drawn, rl_currency from, rl_currency to)
{
  for (unsigned i = 0; i < drawn->told.rule_count; i++) {
    const rl_rule *rule = &drawn->rules[i];
    const rl_scope *scope = &rule->scope;
    bool pair = scope->pair_base.index != 0;
    rl_currency one = pair ? scope->pair_base : scope->from;
    rl_currency other = pair ? scope->pair_quote : scope->to;
    if ((rule->markups[0].points_e1 > 0 || rule->markups[1].points_e1 > 0) &&
        ((rl_currency_equal(one, from) && rl_currency_equal(other, to)) ||
         (rl_currency_equal(one, to) && rl_currency_equal(other, from))))
      return true;
  }
  return false;
}

void draw_snapshot(rl_random *random, const drawn_tariff *drawn, rl_currency from, rl_currency to,
                   rl_snapshot *out)
{
  bool sells_base = draw_chance(random, 50);
  out->from = from;
  out->to = to;
  out->base = sells_base ? from : to;
  out->quote = sells_base ? to : from;
  out->leg_count = 1;
  if (draw_chance(random, 50) && !takes_points(drawn, from, to))
    out->leg_count += (unsigned)rl_random_below(random, RL_LEGS_MAX);
  for (unsigned i = 0; i < out->leg_count; i++) {
    draw_leg(random, &out->legs[i]);
    out->legs[i].inverted = out->leg_count == 1 ? !sells_base : draw_chance(random, 50);
  }
  draw_conditions(random, &out->conditions);
  draw_reference(random, &out->reference);
}

void snapshot_reverse(const rl_snapshot *snapshot, rl_snapshot *out)
{
  *out = *snapshot;
  out->from = snapshot->to;
  out->to = snapshot->from;
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    out->legs[i] = snapshot->legs[snapshot->leg_count - 1 - i];
    out->legs[i].inverted = !out->legs[i].inverted;
  }
}
