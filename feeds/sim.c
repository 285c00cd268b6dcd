#include "feeds/sim.h"

#include "bytes/bytes.h"

#include <stdlib.h>
#include <string.h>

#define PPM 1000000
/* Prices have so many units at most: a walk and a spread stay below RL_SOURCE_MANTISSA_MAX. */
#define UNITS_MAX 500000000u
/* And at least so many: fewer could not show a spread. */
#define UNITS_MIN 100u

/* A pair that can be derived, with its mid at the fixing. */
typedef struct sim_pair {
  rl_pair pair;
  rl_currency base;
  rl_currency quote;
  uint64_t units; /* of 10^-scale */
  uint8_t scale;
  uint32_t half_spread_ppm;
} sim_pair;

/* How a venue behaves. */
typedef struct sim_manner {
  uint32_t spread_percent; /* of the pair's own */
  uint32_t skew_ppm;       /* its mid lies so far from the market's at most */
  uint32_t crossed_e3;     /* ticks in a thousand with bid above ask */
  uint32_t locked_e3;      /* ticks in a thousand with bid equal to ask */
  uint32_t outage_s;       /* a silence lasts a second and at most this much more */
} sim_manner;

static const sim_manner manners[] = {
  {.spread_percent = 100, .skew_ppm = 4, .crossed_e3 = 15, .locked_e3 = 30, .outage_s = 6},
  {.spread_percent = 140, .skew_ppm = 8, .crossed_e3 = 40, .locked_e3 = 20, .outage_s = 4},
  {.spread_percent = 200, .skew_ppm = 15, .crossed_e3 = 2, .locked_e3 = 5, .outage_s = 12},
};
#define MANNERS (sizeof manners / sizeof manners[0])
/* A venue goes silent about once in so many seconds. */
#define OUTAGE_EVERY_S 60u

struct rl_sim {
  uint64_t seed;
  uint64_t draws; /* random numbers drawn so far */
  uint64_t turn;  /* of the next tick, or silence: first one of each pair and venue, then steps */
  uint32_t steps_per_second;
  unsigned venues;
  uint64_t silent_until[RL_SIM_VENUES_MAX]; /* the first turn at which the venue speaks again */
  int32_t walk_ppm[RL_CURRENCY_COUNT];      /* of each currency against the euro */
  unsigned pair_count;
  sim_pair pairs[];
};

/* A number in [0, bound): the hash of how many were drawn, so that the seed alone decides. The
 * modulo's bias is of no concern to a made-up market. */
static uint64_t draw(rl_sim *sim, uint64_t bound)
{
  uint8_t bytes[8];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_u64(&writer, sim->draws++);
  return rl_fingerprint_of(bytes, sizeof bytes, sim->seed).words[0] % bound;
}

static int64_t draw_between(rl_sim *sim, int64_t low, int64_t high)
{
  return low + (int64_t)draw(sim, (uint64_t)(high - low) + 1);
}

static uint64_t part_ppm(uint64_t units, uint64_t ppm)
{
  return (uint64_t)rl_wide_div(rl_wide_mul(units, ppm), PPM, RL_ROUND_HALF_EVEN);
}

static bool is_major(rl_currency currency)
{
  static const char majors[] = "USD EUR JPY GBP CHF AUD CAD NZD";
  return strstr(majors, rl_currency_code(currency)) != NULL;
}

static uint64_t units_at(rl_rate rate, unsigned scale)
{
  if (scale >= rate.scale)
    return (uint64_t)rl_wide_mul(rate.mantissa, rl_pow10(scale - rate.scale));
  return (uint64_t)rl_wide_div(rate.mantissa, rl_pow10(rate.scale - scale), RL_ROUND_HALF_EVEN);
}

/* False when the fixing has no rate for it, or none that the engine's scale can show. */
static bool derive_pair(const rl_sim_options *options, rl_pair pair, sim_pair *out)
{
  const rl_pair_spec *spec = rl_universe_pair_spec(options->universe, pair);
  rl_rate base, quote, mid;
  if (!rl_ecb_find(options->fixing, spec->base, &base) ||
      !rl_ecb_find(options->fixing, spec->quote, &quote))
    return false;
  rl_ratio ratio = rl_ratio_times(rl_ratio_one(), quote.mantissa, quote.scale, 1);
  ratio = rl_ratio_over(ratio, base.mantissa, base.scale, 1);
  if (rl_ratio_round(ratio, 9, RL_ROUND_HALF_EVEN, &mid, NULL) != RL_OK)
    return false;
  unsigned scale = spec->scale;
  while (scale > 0 && units_at(mid, scale) > UNITS_MAX)
    scale--;
  *out = (sim_pair){
    .pair = pair, .base = spec->base, .quote = spec->quote, .scale = (uint8_t)scale,
    .units = units_at(mid, scale),
    .half_spread_ppm = is_major(spec->base) && is_major(spec->quote) ? 25 : 120,
  };
  return out->units >= UNITS_MIN && out->units <= UNITS_MAX;
}

rl_status rl_sim_create(const rl_sim_options *options, rl_sim **out, rl_error *error)
{
  RL_ASSERT(options->venues >= 1 && options->venues <= RL_SIM_VENUES_MAX);
  RL_ASSERT(options->steps_per_second >= 1 && options->steps_per_second <= 1000000);
  unsigned count = rl_universe_pair_count(options->universe);
  rl_sim *sim = calloc(1, sizeof *sim + count * sizeof sim->pairs[0]);
  if (!sim)
    return rl_fail(error, RL_NO_MEMORY, NULL, 0, NULL, "not enough memory for a simulator");
  sim->seed = options->seed;
  sim->venues = options->venues;
  sim->steps_per_second = options->steps_per_second;
  for (unsigned i = 0; i < count; i++) {
    rl_pair pair = {.index = (uint16_t)i};
    sim->pair_count += derive_pair(options, pair, &sim->pairs[sim->pair_count]);
  }
  if (sim->pair_count == 0) {
    rl_sim_destroy(sim);
    return rl_fail(error, RL_NOT_FOUND, NULL, 0, NULL,
                   "no pair of the universe can be derived from the fixing");
  }
  *out = sim;
  return RL_OK;
}

void rl_sim_destroy(rl_sim *sim)
{
  free(sim);
}

unsigned rl_sim_pair_count(const rl_sim *sim)
{
  return sim->pair_count;
}

/* A small step of one currency, turned back at the border. The euro stands still: it is what the
 * others are measured in. */
static void walk(rl_sim *sim, rl_currency currency)
{
  int32_t step = (int32_t)draw_between(sim, -2, 2);
  int32_t *ppm = &sim->walk_ppm[currency.index];
  if (strcmp(rl_currency_code(currency), "EUR") == 0)
    return;
  if (*ppm + step > RL_SIM_WALK_PPM || *ppm + step < -RL_SIM_WALK_PPM)
    step = -step;
  *ppm += step;
}

/* The pair's mid now, in units. */
static uint64_t market_mid(const rl_sim *sim, const sim_pair *pair)
{
  uint64_t quote_ppm = (uint64_t)(PPM + sim->walk_ppm[pair->quote.index]);
  uint64_t base_ppm = (uint64_t)(PPM + sim->walk_ppm[pair->base.index]);
  return (uint64_t)rl_wide_div(rl_wide_mul(pair->units, quote_ppm), base_ppm, RL_ROUND_HALF_EVEN);
}

static uint64_t at_least_one(uint64_t units)
{
  return units ? units : 1;
}

static void quote_pair(rl_sim *sim, const sim_pair *pair, unsigned venue, rl_sim_tick *out)
{
  const sim_manner *manner = &manners[venue % MANNERS];
  walk(sim, pair->base);
  walk(sim, pair->quote);
  uint64_t mid = market_mid(sim, pair);
  uint64_t half = at_least_one(
    part_ppm(mid, (uint64_t)pair->half_spread_ppm * manner->spread_percent / 100));
  uint64_t skew = draw(sim, part_ppm(mid, manner->skew_ppm) + 1);
  mid = draw(sim, 2) ? mid + skew : mid - skew;
  uint64_t bid = mid - half, ask = mid + half;
  uint64_t chance = draw(sim, 1000);
  if (chance < manner->crossed_e3) {
    bid = mid + 1 + draw(sim, half);
    ask = mid;
  } else if (chance < manner->crossed_e3 + manner->locked_e3) {
    bid = ask = mid;
  }
  out->bid = (rl_rate){.mantissa = bid, .scale = pair->scale};
  out->ask = (rl_rate){.mantissa = ask, .scale = pair->scale};
  out->bid_size = 1000000 * (1 + draw(sim, 10));
  out->ask_size = 1000000 * (1 + draw(sim, 10));
}

/* The venue says nothing at this turn; at times that is how a longer silence begins. */
static bool is_silent(rl_sim *sim, unsigned venue, uint64_t turn)
{
  if (turn < sim->silent_until[venue])
    return true;
  uint64_t between = OUTAGE_EVERY_S * (uint64_t)sim->steps_per_second / sim->venues;
  if (draw(sim, at_least_one(between)) != 0)
    return false;
  uint64_t longest_s = manners[venue % MANNERS].outage_s;
  uint64_t most = longest_s * sim->steps_per_second;
  sim->silent_until[venue] = turn + sim->steps_per_second + draw(sim, most);
  return true;
}

void rl_sim_next(rl_sim *sim, rl_sim_tick *out)
{
  uint64_t opening = (uint64_t)sim->pair_count * sim->venues;
  for (;;) {
    uint64_t turn = sim->turn++;
    bool open = turn >= opening;
    unsigned venue = (unsigned)(open ? draw(sim, sim->venues) : turn % sim->venues);
    uint64_t index = open ? draw(sim, sim->pair_count) : turn / sim->venues;
    if (open && is_silent(sim, venue, turn))
      continue;
    *out = (rl_sim_tick){.step = open ? turn - opening + 1 : 0, .venue = venue,
                         .pair = sim->pairs[index].pair};
    quote_pair(sim, &sim->pairs[index], venue, out);
    return;
  }
}
