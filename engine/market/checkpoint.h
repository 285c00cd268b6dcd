/* What a record of the market needs of it: a pair's composite as it last was made, and the whole of
 * what the intake keeps of a pair, as bytes, so that a market can be rebuilt from the middle of a
 * record as exactly as from its start. Intake thread only. */
#pragma once

#include "bytes/bytes.h"
#include "market/market.h"

/* A pair's composite without its ticks, as the intake last made it; time is not looked at. */
typedef struct rl_market_face {
  uint64_t version;    /* 0: no live source has spoken of the pair */
  rl_refusal refusal;
  uint8_t tick_count;
  uint32_t bid_half;   /* half units of the pair's scale */
  uint32_t mid_half;
  uint32_t ask_half;
  uint32_t volatility_ppm;
  uint64_t resumes;    /* by hand, that the intake has taken notice of since the market's start */
} rl_market_face;

void rl_market_face_read(const rl_market *market, rl_pair pair, rl_market_face *out);

/* Whether any source ever spoke of the pair: without one its state is that of a new market. */
bool rl_market_pair_is_touched(const rl_market *market, rl_pair pair);

/* The pairs that are halted by hand, 64 to a word by their index. They are no pair's state: whoever
 * halts is another thread than the intake. */
#define RL_HALTED_WORDS(pair_count) (((pair_count) + 63) / 64)
uint64_t rl_market_halted_word(const rl_market *market, unsigned place);
void rl_market_load_halted(rl_market *market, unsigned place, uint64_t word);

/* Bytes of a pair's state, at most: every source that a pair may have, each with a full book. */
#define RL_PAIR_STATE_MAX 16384u

/* Writes the pair's state: all that what the intake makes of the next update depends on, and what
 * readers are shown meanwhile; not the counters. The same state gives the same bytes. */
void rl_market_save_pair(const rl_market *market, rl_pair pair, rl_writer *out);
/* Puts it in the place of the pair's own. The market has the sources it names under the same
 * indexes, and no other thread knows it. RL_CORRUPT for bytes that are no such state, or of a
 * market with other sources; RL_NO_MEMORY; the pair is then as in a new market. */
RL_MUST_USE rl_status rl_market_load_pair(rl_market *market, rl_pair pair, const void *state,
                                          size_t size);
