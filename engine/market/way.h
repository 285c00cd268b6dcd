/* Ways from one currency to another (design K5). Private to this room. */
#pragma once

#include "market/state.h"
#include "market/universe_table.h"

typedef struct rl_way {
  unsigned count; /* 1 … RL_LEGS_MAX */
  rl_step steps[RL_LEGS_MAX];
} rl_way;

/* Through one pivot, or through two different ones in either order. */
#define RL_WAYS_MAX (RL_PIVOTS_MAX * (RL_PIVOTS_MAX - 1))

/* The way through these currencies in turn; false when a step has no market. */
bool rl_way_through(const rl_universe *universe, const rl_currency *stops, unsigned stop_count,
                    rl_way *out);

/* Words read under a seqlock, to be asked about once more when all is read. */
typedef struct rl_witness {
  const rl_seqlock *lock;
  uint64_t version;
} rl_witness;

typedef struct rl_witnesses {
  unsigned count;
  rl_witness seen[RL_LEGS_MAX + 2]; /* the legs, and a reference of two legs */
} rl_witnesses;

/* Makes the legs of the snapshot's price of the newest fixings, if they are young enough at `now`,
 * and its reference; adds what it read to *witnesses. */
bool rl_reference_price(const rl_market *market, rl_now now, unsigned *tries,
                        rl_snapshot *snapshot, rl_witnesses *witnesses);

/* The reference for the snapshot's pair; adds what it read to *witnesses. *tries counts down with
 * each torn read; at 0 a fixing could not be read, and the snapshot is not to be used. */
void rl_reference_read(const rl_market *market, unsigned *tries, rl_snapshot *snapshot,
                       rl_witnesses *witnesses);
