#include "market/composite.h"
#include "market/state.h"

#include <string.h>

static int64_t window_ns(const rl_pair_spec *spec)
{
  return (int64_t)spec->breaker_window_ms * RL_NS_PER_MS;
}

static uint32_t share(uint32_t mid, uint32_t ppm)
{
  return (uint32_t)((uint64_t)mid * ppm / 1000000);
}

/* --- history --- */

/* What may follow on the lowest and highest mid: rounded to the side of tripping, which is exact
 * for mids, since they are integers. */
static void bound(rl_breaker *breaker, const rl_pair_spec *spec)
{
  uint32_t rise = share(breaker->low, spec->breaker_ppm);
  breaker->ceiling = rise < UINT32_MAX - breaker->low ? breaker->low + rise : UINT32_MAX;
  breaker->floor = breaker->high - share(breaker->high, spec->breaker_ppm);
}

/* Lowest and highest of all that still counts. */
static void look(rl_breaker *breaker, const rl_pair_spec *spec, rl_mono now)
{
  breaker->low = UINT32_MAX;
  breaker->high = 0;
  for (unsigned i = 0; i <= RL_BREAKER_PARTS; i++) {
    const rl_breaker_span *span = &breaker->spans[i];
    if (span->high == 0 || now.ns - span->newest_ns >= window_ns(spec))
      continue;
    breaker->low = span->low < breaker->low ? span->low : breaker->low;
    breaker->high = span->high > breaker->high ? span->high : breaker->high;
  }
  if (breaker->high == 0)
    breaker->span_until_ns = 0;
  else
    bound(breaker, spec);
}

static void forget(rl_breaker *breaker)
{
  memset(breaker->spans, 0, sizeof breaker->spans);
  breaker->span_until_ns = 0;
}

/* The span that the instant belongs to, empty, in the place of one that counts no more: it is at
 * least a window older. */
static rl_breaker_span *next_span(rl_breaker *breaker, const rl_pair_spec *spec, rl_mono now)
{
  uint64_t width_ns = (uint64_t)window_ns(spec) / RL_BREAKER_PARTS;
  uint64_t number = (uint64_t)now.ns / width_ns;
  breaker->span = (unsigned)(number % (RL_BREAKER_PARTS + 1));
  breaker->span_until_ns = (int64_t)((number + 1) * width_ns);
  rl_breaker_span *span = &breaker->spans[breaker->span];
  *span = (rl_breaker_span){.low = UINT32_MAX};
  return span;
}

static void note(rl_breaker *breaker, const rl_pair_spec *spec, uint32_t mid, rl_mono now)
{
  bool same = now.ns < breaker->span_until_ns;
  rl_breaker_span *span = same ? &breaker->spans[breaker->span] : next_span(breaker, spec, now);
  span->newest_ns = now.ns;
  span->low = mid < span->low ? mid : span->low;
  span->high = mid > span->high ? mid : span->high;
  if (!same) {
    look(breaker, spec, now);
  } else if (mid < breaker->low || mid > breaker->high) {
    breaker->low = mid < breaker->low ? mid : breaker->low;
    breaker->high = mid > breaker->high ? mid : breaker->high;
    bound(breaker, spec);
  }
}

static void start_at(rl_breaker *breaker, const rl_pair_spec *spec, uint32_t mid, rl_mono now)
{
  forget(breaker);
  if (spec->breaker_ppm > 0)
    note(breaker, spec, mid, now);
}

static bool is_outside(const rl_breaker *breaker, uint32_t mid)
{
  return breaker->span_until_ns != 0 && (mid < breaker->floor || mid > breaker->ceiling);
}

/* *from is the mid that it moved away from. The bounds may be of mids that count no more: they are
 * looked up anew before they are believed. */
static bool has_moved(rl_breaker *breaker, const rl_pair_spec *spec, uint32_t mid, rl_mono now,
                      uint32_t *from)
{
  if (!is_outside(breaker, mid))
    return false;
  look(breaker, spec, now);
  *from = mid > breaker->ceiling ? breaker->low : breaker->high;
  return is_outside(breaker, mid);
}

/* --- the fixing --- */

static bool is_overruled(const rl_breaker *breaker, rl_fixing fixing)
{
  return breaker->overruled.mid_half == fixing.mid_half &&
         breaker->overruled.utc_ms == fixing.utc_ms;
}

static bool is_beyond(uint32_t from, uint32_t to, uint32_t ppm)
{
  return (to > from ? to - from : from - to) > share(from, ppm);
}

/* The level that a mid may not be too far from; 0 if there is none. */
static uint32_t reference_level(const rl_breaker *breaker, const rl_pair_spec *spec,
                                rl_fixing fixing)
{
  if (spec->reference_ppm == 0 || fixing.mid_half == 0)
    return 0;
  return is_overruled(breaker, fixing) ? breaker->accepted : fixing.mid_half;
}

/* *from is the level that it is too far from. */
static bool is_astray(const rl_breaker *breaker, const rl_pair_spec *spec, uint32_t mid,
                      rl_fixing fixing, uint32_t *from)
{
  *from = reference_level(breaker, spec, fixing);
  return *from != 0 && is_beyond(*from, mid, spec->reference_ppm);
}

static void overrule(rl_breaker *breaker, const rl_pair_spec *spec, uint32_t mid, rl_fixing fixing)
{
  uint32_t from;
  if (!is_astray(breaker, spec, mid, fixing, &from))
    return;
  breaker->overruled = fixing;
  breaker->accepted = mid;
}

/* --- states --- */

static void hold(rl_breaker *breaker, const rl_pair_spec *spec, uint32_t mid, rl_mono now)
{
  breaker->trip.to_half = mid;
  breaker->trip.until_mono_ns = now.ns + (int64_t)spec->breaker_hold_ms * RL_NS_PER_MS;
  start_at(breaker, spec, mid, now);
}

static void accept(rl_breaker *breaker, const rl_pair_spec *spec, uint32_t mid, rl_fixing fixing,
                   rl_mono now)
{
  breaker->trip = (rl_trip){.why = RL_TRIP_NONE};
  breaker->accepting = false;
  overrule(breaker, spec, mid, fixing);
  start_at(breaker, spec, mid, now);
}

static void watch(rl_breaker *breaker, const rl_pair_spec *spec, uint32_t mid, rl_fixing fixing,
                  rl_mono now)
{
  uint32_t from;
  rl_trip_reason why = has_moved(breaker, spec, mid, now, &from)             ? RL_TRIP_MOVE
                       : is_astray(breaker, spec, mid, fixing, &from) ? RL_TRIP_REFERENCE
                                                                             : RL_TRIP_NONE;
  if (why != RL_TRIP_NONE) {
    breaker->trip = (rl_trip){.why = why, .from_half = from, .since_mono_ns = now.ns};
    hold(breaker, spec, mid, now);
  } else if (spec->breaker_ppm > 0) {
    note(breaker, spec, mid, now);
  }
}

/* How many sources are of the composite's opinion, whatever its policy made the price of. */
static unsigned agreeing(const rl_composite *composite)
{
  rl_composite votes = *composite;
  votes.policy = RL_POLICY_CONSENSUS;
  rl_composite_steps steps = rl_composite_work(&votes);
  int64_t away = steps.mid - composite->mid_half;
  bool is_theirs = away <= steps.reach && -away <= steps.reach;
  return steps.agreed && is_theirs ? steps.kept_count : 0;
}

static void wait_for_level(rl_breaker *breaker, const rl_pair_spec *spec,
                           const rl_composite *composite, rl_fixing fixing, rl_mono now)
{
  uint32_t mid = composite->mid_half, from;
  if (has_moved(breaker, spec, mid, now, &from))
    hold(breaker, spec, mid, now);
  else if (now.ns >= breaker->trip.until_mono_ns &&
           agreeing(composite) >= spec->breaker_sources)
    accept(breaker, spec, mid, fixing, now);
  else if (spec->breaker_ppm > 0)
    note(breaker, spec, mid, now);
}

bool rl_breaker_judge(rl_breaker *breaker, const rl_pair_spec *spec, const rl_composite *composite,
                      rl_fixing fixing, rl_mono now)
{
  if (composite->refusal != RL_REFUSAL_NONE)
    return breaker->trip.why != RL_TRIP_NONE;
  if (breaker->accepting)
    accept(breaker, spec, composite->mid_half, fixing, now);
  else if (breaker->trip.why != RL_TRIP_NONE)
    wait_for_level(breaker, spec, composite, fixing, now);
  else
    watch(breaker, spec, composite->mid_half, fixing, now);
  return breaker->trip.why != RL_TRIP_NONE;
}

void rl_breaker_resume(rl_breaker *breaker)
{
  breaker->trip = (rl_trip){.why = RL_TRIP_NONE};
  breaker->accepting = true;
  forget(breaker);
}

/* A level is a mid, so its double is below 2^32. */
uint64_t rl_breaker_band(const rl_breaker *breaker, const rl_pair_spec *spec, rl_fixing fixing)
{
  uint32_t floor = 0, ceiling = UINT32_MAX;
  if (breaker->span_until_ns != 0) {
    floor = breaker->floor;
    ceiling = breaker->ceiling;
  }
  uint32_t level = breaker->accepting ? 0 : reference_level(breaker, spec, fixing);
  uint32_t reach = share(level, spec->reference_ppm);
  if (level != 0 && level - reach > floor)
    floor = level - reach;
  if (level != 0 && level + reach < ceiling)
    ceiling = level + reach;
  return floor | (uint64_t)ceiling << 32;
}
