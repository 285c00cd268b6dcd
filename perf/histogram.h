/* Counts of latencies by size: 64 steps to each doubling, so that a figure read back is at most
 * 1.6 % above what was counted. From 1 ns to 18 minutes in 16 KiB; adding takes no lock: one
 * writer, readers when he is done. */
#pragma once

#include <stdint.h>

#define HISTOGRAM_STEPS 64 /* to a doubling */
#define HISTOGRAM_DOUBLINGS 40

typedef struct histogram {
  uint64_t total;
  uint64_t most_ns;
  uint64_t counts[HISTOGRAM_DOUBLINGS * HISTOGRAM_STEPS];
} histogram;

void histogram_add(histogram *to, uint64_t ns);
void histogram_merge(histogram *to, const histogram *from);
/* The smallest latency that so many of 10,000 did not exceed, rounded up to its step; 0 if there
 * are none. 5000 is the median, 9999 p99.99. */
uint64_t histogram_at(const histogram *of, unsigned per_10000);
