/* The composite rule (design K2): pure functions on integers.
 *
 * The kernel is the vote as its first implementers publish it: each source votes bid, mid and
 * ask; of the n sorted votes, p25 = votes[n >> 2], p75 = votes[n - 1 - (n >> 2)], p50 the middle
 * one (floor of the average of the two middle ones when n is even).
 *
 * Policies `consensus` and `best` begin alike:
 *
 *   1. H = the median half-spread and M = the median mid of the fresh sources (the same floor for
 *      an even count); reach = 2H + M / 10000. A source with |mid - M| > reach is dropped.
 *   2. No majority left (more than half of the fresh sources): SOURCES_DISAGREE. Two sources that
 *      disagree lie equally far from their median, so neither, or not both, stay: no majority.
 *
 * and go on, `consensus`                          `best`
 *   3. The kernel on the survivors.               Their highest bid and their lowest ask; mid the
 *   4. bid no lower than M - reach, ask no        floor of the average of the two. A bid above the
 *      higher than M + reach.                     ask is COMPOSITE_CROSSED; equal is a price.
 *
 * Policy `primary` asks nobody else, but for what the intake keeps from the vote: the first of its
 * ticks, which the board has in the order of the pair's list, is the price. min_sources counts the
 * fresh sources of the list.
 *
 * Policy `reference` is no pair's: the middle of its one tick, a fixing, is all three prices.
 *
 *   5. Of the first three: the pair's min_half_spread on both sides of mid.
 *
 * What `consensus` promises, before step 5: bid <= mid <= ask; and while most of three or more
 * sources are honest, bid, mid and ask lie within reach of the honest sources' range. For M lies
 * between the mids of the honest (a minority cannot move a median past all of them), the
 * survivors' mids within reach of M, and p50 never below the lowest nor above the highest of these.
 *
 * `best` promises the same, without step 4: of two majorities one source is in both, so an honest
 * one survives; the highest bid is no lower than its bid, and no higher than the survivors' highest
 * mid.
 *
 * Why step 4: step 1 looks at mids alone. Of nine sources, four liars with fitting mids and huge
 * spreads and one honest source may survive while the other four honest ones are too far apart;
 * p25 is then a liar's bid. Honest books never feel it unless many of them are wider than twice
 * the median.
 *
 * No step remembers anything: after a change of regime the sources that agree on the new level are
 * the majority as soon as they are one, whatever was before. */
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

/* The most votes the kernel takes: an engine's pair has at most RL_SOURCES_PER_PAIR_MAX. */
#define RL_KERNEL_MAX 32

/* 1 <= count <= RL_KERNEL_MAX; any signed votes. Sorts a copy. */
rl_percentiles rl_kernel(const rl_vote *votes, unsigned count);

/* The figures on the way from the ticks to the prices, in half units: what the rule above names. */
typedef struct rl_composite_steps {
  int64_t half_spread;  /* H; this and the next two are 0 for `primary` */
  int64_t mid;          /* M */
  int64_t reach;        /* 2H + M / 10000 */
  unsigned kept_count;
  uint32_t kept;        /* bit i: ticks[i] is within reach; for `primary`, is the price */
  bool agreed;          /* those kept are a majority; always so for `primary` */
  rl_vote made;         /* of those kept, by step 3; zero unless they agreed. Of `consensus` the
                           kernel's p25, p50 and p75; of `best` it may be crossed */
} rl_composite_steps;

/* Of 1 … RL_SOURCES_PER_PAIR_MAX ticks. What rl_composite_price makes a price of, for whoever has
 * to show how it came about. */
rl_composite_steps rl_composite_work(const rl_composite *composite);

/* Copies what the pair's prices depend on beside its ticks: scales, policy, min_sources,
 * min_half_spread and max_age_ms; and that they are for no amount. */
void rl_composite_bind(const rl_pair_spec *spec, rl_composite *composite);

/* Makes a composite's prices of its ticks: fills refusal, bid_half, mid_half and ask_half from
 * policy, tick_count, ticks, min_sources and min_half_spread. The same of these give the same
 * prices, on any machine. No ticks are NO_RATE here; only the market knows when it was rather
 * STALE_RATE. Returns which ticks the price is made of, as rl_composite_steps.kept; 0 where they
 * were not looked at. */
uint32_t rl_composite_price(rl_composite *composite);
