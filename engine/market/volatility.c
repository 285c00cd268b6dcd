#include "market/volatility.h"

#include "money/wide.h"

#define SPACING_US 1000000ll
#define GAP_US 60000000ll
#define FORGET_US 600000000ll
#define NS_PER_US 1000

/* A half-life of 600 s: 600 s / ln 2. */
#define FADE_US 865617025ull
#define ENOUGH 60

#define RETURN_CAP_MIN_E9 50000ull      /* half a bp */
#define RETURN_CAP_MAX_E9 100000000ull /* 10 % */

/* 5^2 x pi / 2, rounded down: cap^2 per variance as the sums have it, which lack pi / 2. */
#define CAP_SQUARED 39
/* 86400 x pi / 2. From 10^-18 per microsecond to (10^-6)^2 per day: 86400 x 10^6 microseconds and
 * 10^12 over 10^18 make just 86400. */
#define DAY_TIMES_HALF_PI 135717

/* Products come at most once a SPACING, so a sum holds at most FADE / SPACING of them. */
_Static_assert(RETURN_CAP_MAX_E9 * RETURN_CAP_MAX_E9 <= INT64_MAX / (FADE_US / SPACING_US + 1),
               "the sum of products fits 63 bits");
_Static_assert((uint64_t)RL_VOLATILITY_MAX_PPM * RL_VOLATILITY_MAX_PPM >=
                 RETURN_CAP_MAX_E9 * RETURN_CAP_MAX_E9 / SPACING_US * DAY_TIMES_HALF_PI,
               "10 % each second is within the bound");

/* Floor of the square root: two bits of the value give one of the root. */
static uint64_t root(uint64_t value)
{
  uint64_t root = 0;
  for (uint64_t bit = 1ull << 62; bit > 0; bit >>= 2) {
    bool taken = value >= root + bit;
    if (taken)
      value -= root + bit;
    root = (root >> 1) + (taken ? bit : 0);
  }
  return root;
}

static uint64_t fade(uint64_t sum, uint64_t elapsed_us)
{
  return sum - (uint64_t)((rl_u128)sum * elapsed_us / FADE_US);
}

/* What a return over this time may count as. */
static uint64_t cap_e9(const rl_volatility *state, uint64_t lasted_us)
{
  if (state->time_us == 0)
    return RETURN_CAP_MIN_E9;
  rl_u128 squared = (rl_u128)state->products_e18 * CAP_SQUARED * lasted_us / state->time_us;
  if (squared >= RETURN_CAP_MAX_E9 * RETURN_CAP_MAX_E9)
    return RETURN_CAP_MAX_E9;
  uint64_t cap = root((uint64_t)squared);
  return cap > RETURN_CAP_MIN_E9 ? cap : RETURN_CAP_MIN_E9;
}

static uint64_t return_e9(const rl_volatility *state, uint32_t mid_half, uint64_t lasted_us)
{
  uint64_t from = state->mid_half;
  uint64_t move = mid_half > from ? mid_half - from : from - mid_half;
  uint64_t size = move * 1000000000 / from;
  uint64_t cap = cap_e9(state, lasted_us);
  return size < cap ? size : cap;
}

/* The return that ends with this price. */
static void add_return(rl_volatility *state, uint32_t mid_half, uint64_t lasted_us, rl_mono now)
{
  uint64_t size = return_e9(state, mid_half, lasted_us);
  state->products_e18 = fade(state->products_e18, lasted_us);
  state->time_us = fade(state->time_us, lasted_us);
  if (state->lasted_us > 0) {
    state->products_e18 += size * state->return_e9;
    state->time_us += root(lasted_us * state->lasted_us);
    state->count += state->count < ENOUGH;
    state->summed_ns = now.ns;
  }
  state->return_e9 = size;
  state->lasted_us = lasted_us;
}

void rl_volatility_note(rl_volatility *state, uint32_t mid_half, rl_mono now)
{
  int64_t elapsed_us = (now.ns - state->sampled_ns) / NS_PER_US;
  if (state->mid_half > 0 && elapsed_us < SPACING_US)
    return;
  if (now.ns - state->summed_ns >= FORGET_US * NS_PER_US)
    *state = (rl_volatility){.summed_ns = now.ns};
  if (state->mid_half > 0 && elapsed_us <= GAP_US)
    add_return(state, mid_half, (uint64_t)elapsed_us, now);
  else
    state->lasted_us = 0;
  state->mid_half = mid_half;
  state->sampled_ns = now.ns;
}

uint32_t rl_volatility_ppm(const rl_volatility *state, int64_t *until_ns)
{
  *until_ns = state->summed_ns + FORGET_US * NS_PER_US;
  if (state->count < ENOUGH)
    return RL_VOLATILITY_UNKNOWN;
  rl_u128 squared = (rl_u128)state->products_e18 * DAY_TIMES_HALF_PI / state->time_us;
  return (uint32_t)root((uint64_t)squared);
}

bool rl_volatility_is_sound(const rl_volatility *state)
{
  return state->count <= ENOUGH && (state->count == 0 || state->time_us > 0) &&
         state->return_e9 <= RETURN_CAP_MAX_E9 && state->lasted_us <= GAP_US &&
         state->products_e18 <= INT64_MAX && state->time_us <= FADE_US / SPACING_US * GAP_US;
}
