/* The composite rule (design K2): pure functions on integers.
 *
 * The kernel is the vote as its first implementers publish it: each source votes bid, mid and
 * ask; of the n sorted votes, p25 = votes[n >> 2], p75 = votes[n - 1 - (n >> 2)], p50 the middle
 * one (floor of the average of the two middle ones when n is even). Before it stands the outlier
 * rule, after it the pair's minimum half-spread. */
#pragma once

#include "market/market.h"

typedef struct rl_vote {
  int64_t bid;
  int64_t mid;
  int64_t ask;
} rl_vote;

typedef struct rl_percentiles {
  int64_t p25;
  int64_t p50;
  int64_t p75;
} rl_percentiles;

/* 1 <= count <= 32. Sorts a copy. */
rl_percentiles rl_kernel(const rl_vote *votes, unsigned count);

/* Makes a composite's prices of its ticks: fills refusal, bid_half, mid_half and ask_half from
 * tick_count, ticks and scale. The same ticks give the same prices, on any machine. */
void rl_consensus(const rl_pair_spec *spec, rl_composite *composite);
