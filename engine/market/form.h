/* The form of an update (design K1): is it one at all, and what is it in its pair's units? It knows
 * nothing of what the source said before; that is the intake's. */
#pragma once

#include "market/market.h"

/* The sizes and levels that came with an update, at its pair's scale. */
typedef struct rl_book {
  uint32_t bid_size; /* of the best bid, base currency, whole units; what is larger counts as so
                        much; 0 if unknown */
  uint32_t ask_size;
  rl_depth depth;    /* behind the best: strictly worse one by one, no size 0, and none behind a
                        best of unknown size */
} rl_book;

/* An update in the pair's units, with the engine's stamp. */
typedef struct rl_update {
  rl_composite_tick tick; /* bid and ask are 0 where `withdrawn` */
  bool withdrawn;
  rl_book book;           /* set only where the pair's by_depth, and nothing is withdrawn */
} rl_update;

/* Intake thread. RL_TICK_GOOD, or the verdict that the update is malformed, and *out then holds
 * nothing of use. Levels are looked at only where the pair's by_depth: nobody else reads them. */
rl_verdict rl_update_read(const rl_pair_spec *spec, rl_source source, const rl_tick *tick,
                          rl_now now, rl_update *out);
