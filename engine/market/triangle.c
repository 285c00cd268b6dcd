/* Triangles: finding them in a universe, and measuring them as boards are published.
 *
 * A triangle keeps the three prices by itself, in one line of memory with its verdict, so that a
 * tick looks at no other pair's board; but for one whose freshness is over, which is made anew.
 *
 * The comparison. With half units, scales s and e = s(AC) - s(AB) - s(BC), a trip there is
 *
 *   bid(AB) x bid(BC) x 10^e / (2 x ask(AC)), and one back
 *   2 x bid(AC) / (10^e x ask(BC) x ask(AB)),
 *
 * and is beyond a limit of L millionths where 10^6 times it is above 10^6 + L. Both sides are
 * multiplied out; e is -24 to 12, and stays below -20 only where a factor of 10^20 decides already:
 * a product of two prices is below 2^64, which is 1.9 x 10^19. So nothing exceeds 10^38. */
#include "market/triangle.h"

#include "market/state.h"
#include "market/universe_table.h"

#include <stdlib.h>
#include <string.h>

#define MILLION 1000000u
enum { AB, BC, AC };

/* --- finding --- */

static bool is_watched(const rl_universe *universe, const rl_step *step)
{
  return universe->specs[step->pair.index].triangle_ppm > 0;
}

static void add_triangle(rl_universe *universe, const rl_pair pairs[3])
{
  rl_triangle *added = &universe->triangles[universe->triangle_count++];
  added->limit_ppm = UINT32_MAX;
  for (unsigned i = 0; i < 3; i++) {
    uint32_t limit_ppm = universe->specs[pairs[i].index].triangle_ppm;
    added->pairs[i] = pairs[i];
    if (limit_ppm < added->limit_ppm)
      added->limit_ppm = limit_ppm;
  }
}

/* Triangles of which the pair is the AC; counted, and added where there is memory for them. */
static unsigned find_over(rl_universe *universe, rl_pair pair, bool add)
{
  const rl_pair_spec *spec = &universe->specs[pair.index];
  unsigned found = 0;
  for (unsigned i = 0; i < RL_CURRENCY_COUNT && spec->triangle_ppm > 0; i++) {
    rl_currency middle = {.index = (uint8_t)i};
    rl_step first, second;
    if (!rl_step_find(universe, spec->base, middle, &first) || first.inverted ||
        !rl_step_find(universe, middle, spec->quote, &second) || second.inverted ||
        !is_watched(universe, &first) || !is_watched(universe, &second))
      continue;
    found++;
    if (add)
      add_triangle(universe, (rl_pair[]){first.pair, second.pair, pair});
  }
  return found;
}

/* Makes the lists of each pair's triangles: first their lengths, then where each begins. */
static rl_status list_by_pair(rl_universe *universe, rl_pair *crowded)
{
  uint32_t *starts = universe->triangle_starts;
  for (unsigned i = 0; i < universe->triangle_count; i++) {
    for (unsigned j = 0; j < 3; j++) {
      rl_pair pair = universe->triangles[i].pairs[j];
      if (++starts[pair.index] > RL_TRIANGLES_PER_PAIR_MAX) {
        *crowded = pair;
        return RL_OUT_OF_RANGE;
      }
    }
  }
  for (unsigned i = 1; i <= universe->pair_count; i++)
    starts[i] += starts[i - 1];
  /* Each start is the end of its list now, and moves down with each entry. */
  for (unsigned i = universe->triangle_count; i-- > 0;) {
    for (unsigned j = 0; j < 3; j++)
      universe->triangle_lists[--starts[universe->triangles[i].pairs[j].index]] = i;
  }
  return RL_OK;
}

rl_status rl_universe_find_triangles(rl_universe *universe, rl_pair *crowded)
{
  size_t count = 0;
  for (unsigned i = 0; i < universe->pair_count; i++)
    count += find_over(universe, (rl_pair){(uint16_t)i}, false);
  if (count == 0)
    return RL_OK;
  if (count > RL_TRIANGLES_MAX)
    return RL_FULL;
  universe->triangles = calloc(count, sizeof *universe->triangles);
  universe->triangle_starts = calloc(universe->pair_count + 1, sizeof(uint32_t));
  universe->triangle_lists = calloc(3 * count, sizeof(uint32_t));
  if (!universe->triangles || !universe->triangle_starts || !universe->triangle_lists)
    return RL_NO_MEMORY;
  for (unsigned i = 0; i < universe->pair_count; i++)
    find_over(universe, (rl_pair){(uint16_t)i}, true);
  return list_by_pair(universe, crowded);
}

/* --- measuring --- */

/* 1 for a negative exponent. */
static rl_u128 power_of_ten(int exponent)
{
  return rl_pow10(exponent > 0 ? (unsigned)exponent : 0);
}

static int least(int left, int right)
{
  return left < right ? left : right;
}

static int exponent_of(const uint8_t scales[3])
{
  return (int)scales[AC] - scales[AB] - scales[BC];
}

rl_triangle_bounds rl_triangle_bounds_of(const uint8_t scales[3], uint32_t limit_ppm)
{
  int e = exponent_of(scales);
  rl_u128 up = power_of_ten(e), down = power_of_ten(least(-e, 20));
  return (rl_triangle_bounds){
    .there = {.product_factor = (uint64_t)(MILLION * up),
              .single_factor = 2 * (rl_u128)(MILLION + limit_ppm) * down},
    .back = {.product_factor = (uint64_t)((MILLION + limit_ppm) * up),
             .single_factor = 2 * MILLION * down},
  };
}

static rl_u128 product_of(uint32_t left, uint32_t right, const rl_triangle_bound *bound)
{
  return (rl_u128)((uint64_t)left * right) * bound->product_factor;
}

bool rl_triangle_earns(const rl_triangle_bounds *bounds, const rl_triangle_side sides[3])
{
  if (sides[AB].bid_half == 0 || sides[BC].bid_half == 0 || sides[AC].bid_half == 0)
    return false;
  const rl_triangle_bound *there = &bounds->there, *back = &bounds->back;
  return product_of(sides[AB].bid_half, sides[BC].bid_half, there) >
           sides[AC].ask_half * there->single_factor ||
         sides[AC].bid_half * back->single_factor >
           product_of(sides[AB].ask_half, sides[BC].ask_half, back);
}

/* Of end / start in millionths: what it is above one, rounded up. */
static int64_t earned_ppm(rl_u128 millions_of_end, rl_u128 start)
{
  rl_u128 ppm = millions_of_end / start + (millions_of_end % start != 0);
  return ppm > RL_TRIANGLE_PPM_MAX + MILLION ? RL_TRIANGLE_PPM_MAX : (int64_t)ppm - MILLION;
}

int64_t rl_triangle_there_ppm(const uint8_t scales[3], const rl_triangle_side sides[3])
{
  int e = exponent_of(scales);
  rl_u128 product = (rl_u128)sides[AB].bid_half * sides[BC].bid_half;
  return earned_ppm(product * MILLION * power_of_ten(e),
                    2 * (rl_u128)sides[AC].ask_half * power_of_ten(-e));
}

int64_t rl_triangle_back_ppm(const uint8_t scales[3], const rl_triangle_side sides[3])
{
  int e = exponent_of(scales);
  rl_u128 product = (rl_u128)sides[AB].ask_half * sides[BC].ask_half;
  /* From 10^22 on it is beyond RL_TRIANGLE_PPM_MAX whatever the prices. */
  return earned_ppm(2 * (rl_u128)sides[AC].bid_half * MILLION * power_of_ten(least(-e, 22)),
                    product * power_of_ten(e));
}

/* --- the market's triangles --- */

static void scales_of(const rl_universe *universe, const rl_triangle *triangle, uint8_t scales[3])
{
  for (unsigned i = 0; i < 3; i++)
    scales[i] = rl_universe_pair_spec(universe, triangle->pairs[i])->scale;
}

rl_status rl_triangles_init(rl_triangles *triangles, const rl_universe *universe)
{
  unsigned count = universe->triangle_count;
  if (count == 0)
    return RL_OK;
  size_t size = count * sizeof *triangles->states;
  triangles->states = aligned_alloc(RL_CACHE_LINE, size);
  triangles->earns_until_ns = calloc(universe->pair_count, sizeof *triangles->earns_until_ns);
  if (!triangles->states || !triangles->earns_until_ns)
    return RL_NO_MEMORY;
  memset(triangles->states, 0, size);
  for (unsigned i = 0; i < count; i++) {
    uint8_t scales[3];
    scales_of(universe, &universe->triangles[i], scales);
    triangles->states[i].bounds = rl_triangle_bounds_of(scales, universe->triangles[i].limit_ppm);
  }
  return RL_OK;
}

void rl_triangles_fini(rl_triangles *triangles)
{
  free(triangles->states);
  free(triangles->earns_until_ns);
}

static rl_triangle_side side_of(const rl_composite *composite)
{
  bool priced = composite->refusal == RL_REFUSAL_NONE;
  return (rl_triangle_side){
    .bid_half = priced ? composite->bid_half : 0,
    .ask_half = priced ? composite->ask_half : 0,
    .fresh_until_ns = composite->fresh_until_mono_ns,
  };
}

/* Makes those prices anew that time has changed since they were noted. */
static void refresh(const rl_market *market, const rl_triangle *triangle, rl_triangle_state *state,
                    rl_mono now)
{
  for (unsigned i = 0; i < 3; i++) {
    if (now.ns < state->sides[i].fresh_until_ns)
      continue;
    rl_composite composite;
    rl_market_composite(market, triangle->pairs[i], now, &composite);
    state->sides[i] = side_of(&composite);
  }
}

static int64_t fresh_until(const rl_triangle_side sides[3])
{
  int64_t until = INT64_MAX;
  for (unsigned i = 0; i < 3; i++) {
    if (sides[i].fresh_until_ns < until)
      until = sides[i].fresh_until_ns;
  }
  return until;
}

/* Tells the readers of one pair until when one of its triangles earns. */
static void tell(rl_market *market, rl_pair pair)
{
  const rl_universe *universe = market->universe;
  rl_triangles *triangles = &market->triangles;
  int64_t until = 0;
  for (uint32_t i = universe->triangle_starts[pair.index];
       i < universe->triangle_starts[pair.index + 1]; i++) {
    int64_t one = triangles->states[universe->triangle_lists[i]].earns_until_ns;
    until = one > until ? one : until;
  }
  rl_word *word = &triangles->earns_until_ns[pair.index];
  uint64_t earning = rl_word_load(&triangles->earning);
  bool before = rl_word_load(word) != 0;
  rl_word_store(word, (uint64_t)until);
  rl_word_store(&triangles->earning, earning - before + (until != 0));
}

static bool is_halted(const rl_market *market, const rl_triangle *triangle)
{
  return rl_pair_is_halted(market, triangle->pairs[AB]) ||
         rl_pair_is_halted(market, triangle->pairs[BC]) ||
         rl_pair_is_halted(market, triangle->pairs[AC]);
}

static void measure(rl_market *market, unsigned index, rl_mono now)
{
  const rl_triangle *triangle = &market->universe->triangles[index];
  rl_triangle_state *state = &market->triangles.states[index];
  refresh(market, triangle, state, now);
  bool earns =
    rl_triangle_earns(&state->bounds, state->sides) && !is_halted(market, triangle);
  int64_t until = earns ? fresh_until(state->sides) : 0;
  if (until == state->earns_until_ns)
    return;
  state->earns_until_ns = until;
  for (unsigned i = 0; i < 3; i++)
    tell(market, triangle->pairs[i]);
}

void rl_triangles_note(rl_market *market, const rl_composite *composite, rl_mono now)
{
  const rl_universe *universe = market->universe;
  if (universe->triangle_count == 0)
    return;
  rl_triangle_side side = side_of(composite);
  uint32_t end = universe->triangle_starts[composite->pair.index + 1];
  for (uint32_t i = universe->triangle_starts[composite->pair.index]; i < end; i++) {
    unsigned index = universe->triangle_lists[i];
    const rl_triangle *triangle = &universe->triangles[index];
    for (unsigned j = 0; j < 3; j++) {
      if (triangle->pairs[j].index == composite->pair.index)
        market->triangles.states[index].sides[j] = side;
    }
    measure(market, index, now);
  }
}

/* --- reading: any thread --- */

/* The three prices at `now`; of a pair without one the refusal that is the first in refusal.h. */
static rl_refusal read_sides(const rl_market *market, const rl_triangle *triangle, rl_mono now,
                             rl_triangle_side sides[3])
{
  rl_refusal first = RL_REFUSAL_NONE;
  for (unsigned i = 0; i < 3; i++) {
    rl_composite composite;
    rl_refusal refusal = rl_market_composite(market, triangle->pairs[i], now, &composite);
    if (refusal != RL_REFUSAL_NONE && (first == RL_REFUSAL_NONE || refusal < first))
      first = refusal;
    sides[i] = side_of(&composite);
  }
  return first;
}

bool rl_triangles_earn_at(const rl_market *market, rl_pair pair, rl_mono now)
{
  const rl_universe *universe = market->universe;
  for (uint32_t i = universe->triangle_starts[pair.index];
       i < universe->triangle_starts[pair.index + 1]; i++) {
    uint32_t index = universe->triangle_lists[i];
    rl_triangle_side sides[3];
    rl_refusal refusal = read_sides(market, &universe->triangles[index], now, sides);
    if (refusal == RL_REFUSAL_MARKET_BUSY ||
        rl_triangle_earns(&market->triangles.states[index].bounds, sides))
      return true;
  }
  return false;
}

void rl_market_triangle(const rl_market *market, unsigned index, rl_mono now,
                        rl_triangle_info *out)
{
  *out = (rl_triangle_info){.triangle = rl_universe_triangle(market->universe, index)};
  rl_triangle_side sides[3];
  uint8_t scales[3];
  out->refusal = read_sides(market, &out->triangle, now, sides);
  if (out->refusal != RL_REFUSAL_NONE)
    return;
  scales_of(market->universe, &out->triangle, scales);
  out->there_ppm = rl_triangle_there_ppm(scales, sides);
  out->back_ppm = rl_triangle_back_ppm(scales, sides);
}
