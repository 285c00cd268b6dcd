/* What writing and reading records share: the bits, and what was last. record.h has the layout.
 * Private to this room. */
#pragma once

#include "tape/record.h"

enum {
  KIND_UPDATE = 0,
  KIND_OTHER = 1,
  KIND_MASK = 3,
  OTHER_SHIFT = 2,

  SAME_INSTANT = 1 << 2,
  SAME_SOURCE = 1 << 3,
  SAME_PAIR = 1 << 4,
  NEXT_SEQUENCE = 1 << 5,
  SAME_LAG = 1 << 6,
  SELDOM = 1 << 7,

  VERDICT_MASK = 0xf,
  PUBLISHED = 1 << 4,
  SAME_PRICES = 1 << 5,
  UNEXPECTED = 1 << 6,
  WALL_OFF = 1 << 7,

  OTHER_SCALE = 1 << 0,
  OTHER_SIZES = 1 << 1,
  HAS_DEPTH = 1 << 2,
  WITHDRAWN = 1 << 3,
  RESUMED = 1 << 4,
  SELDOM_MASK = OTHER_SCALE | OTHER_SIZES | HAS_DEPTH | WITHDRAWN | RESUMED,
};
_Static_assert(RL_VERDICT_COUNT <= VERDICT_MASK + 1, "a verdict has four bits");
_Static_assert(RL_TAPE_RECORD_MAX >= 16 * RL_VARINT_MAX + 4 * (RL_LEVELS_MAX - 1) * RL_VARINT_MAX,
               "an update fits");

/* 4096 contexts of 64 bytes: those in use stay in a core's cache. */
#define RL_TAPE_FEED_BITS 12
#define RL_TAPE_PAIRS 2048

/* What a source last said of a pair. */
typedef struct rl_tape_feed {
  uint32_t key;  /* source and pair */
  uint32_t turn; /* of the reset that it belongs to; 0: none */
  uint64_t sequence;
  int64_t lag_ms; /* the source's time less ours; whatever comes of it where it has none */
  uint64_t bid_size;
  uint64_t ask_size;
  uint32_t bid;
  uint32_t ask;
  uint8_t scale;
} rl_tape_feed;

typedef struct rl_tape_pair {
  uint32_t key;  /* the pair's index */
  uint32_t turn;
  rl_market_face face; /* its last */
} rl_tape_pair;

struct rl_tape_context {
  uint32_t turn;    /* rises with each reset */
  rl_now now;       /* of the last update or reset */
  int64_t phase_ns; /* wall clock in ns, as far as whole ms tell, less boot clock */
  uint8_t source;   /* of the last update */
  uint16_t pair;
  rl_tape_feed feeds[1 << RL_TAPE_FEED_BITS];
  rl_tape_pair pairs[RL_TAPE_PAIRS];
};

/* Differences wrap round, so that any value of 64 bits comes back exactly. */
static inline int64_t rl_tape_difference(uint64_t from, uint64_t to)
{
  return (int64_t)(to - from);
}

rl_tape_feed *rl_tape_feed_of(rl_tape_context *context, rl_source source, rl_pair pair);
/* What the source said is its last from here on. */
void rl_tape_feed_note(rl_tape_feed *last, const rl_tick *tick, int64_t lag_ms);
rl_market_face *rl_tape_face_of(rl_tape_context *context, rl_pair pair);
void rl_tape_context_reset(rl_tape_context *context, rl_now now);
/* Where the wall clock is expected when the boot clock shows this. */
int64_t rl_tape_expected_utc_ms(const rl_tape_context *context, int64_t mono_ns);
/* Takes the phase to the nearest with which this instant would have been expected: what a whole
 * millisecond hides of it is found after a few. */
void rl_tape_learn_phase(rl_tape_context *context, rl_now now, int64_t expected_ms);
