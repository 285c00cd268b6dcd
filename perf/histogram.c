#include "histogram.h"

/* Below two times the steps a latency is its own place; above, the leading bits are. */
static unsigned place_of(uint64_t ns)
{
  if (ns < 2 * HISTOGRAM_STEPS)
    return (unsigned)ns;
  unsigned doubling = 63 - (unsigned)__builtin_clzll(ns) - 6; /* 2^6 steps */
  unsigned place = doubling * HISTOGRAM_STEPS + (unsigned)(ns >> doubling);
  unsigned last = HISTOGRAM_DOUBLINGS * HISTOGRAM_STEPS - 1;
  return place < last ? place : last;
}

/* The largest latency that is counted there. */
static uint64_t largest_at(unsigned place)
{
  if (place < 2 * HISTOGRAM_STEPS)
    return place;
  unsigned doubling = place / HISTOGRAM_STEPS - 1;
  uint64_t step = place % HISTOGRAM_STEPS + HISTOGRAM_STEPS;
  return ((step + 1) << doubling) - 1;
}

void histogram_add(histogram *to, uint64_t ns)
{
  to->total++;
  to->most_ns = ns > to->most_ns ? ns : to->most_ns;
  to->counts[place_of(ns)]++;
}

void histogram_merge(histogram *to, const histogram *from)
{
  to->total += from->total;
  to->most_ns = from->most_ns > to->most_ns ? from->most_ns : to->most_ns;
  for (unsigned i = 0; i < HISTOGRAM_DOUBLINGS * HISTOGRAM_STEPS; i++)
    to->counts[i] += from->counts[i];
}

uint64_t histogram_at(const histogram *of, unsigned per_10000)
{
  uint64_t wanted = (of->total * per_10000 + 9999) / 10000, seen = 0;
  for (unsigned i = 0; i < HISTOGRAM_DOUBLINGS * HISTOGRAM_STEPS && wanted > 0; i++) {
    seen += of->counts[i];
    if (seen >= wanted)
      return largest_at(i) < of->most_ns ? largest_at(i) : of->most_ns;
  }
  return 0;
}
