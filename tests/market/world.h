/* A market in a test's hands: its universe, its clock, and a way to let sources speak in a word.
 * Prices are in units of the pair's scale, sequences count themselves. */
#pragma once

#include "market/market.h"

typedef struct rl_world {
  rl_universe *universe;
  rl_market *market;
  rl_now now;
  uint64_t sequence; /* of the next update, of any source */
} rl_world;

/* A market of this universe, at some instant far from zero. */
rl_world world_of(const char *universe_text);
void world_end(rl_world *world);

void world_wait_ns(rl_world *world, int64_t ns);

rl_currency world_currency(const char *code);
rl_pair world_pair(const rl_world *world, const char *name);
rl_source world_live(rl_world *world, const char *name);
rl_source world_reference(rl_world *world, const char *name);

/* The source says this of the pair, now. */
rl_verdict world_say(rl_world *world, rl_source source, const char *pair, uint32_t bid,
                     uint32_t ask);
/* The same, with the time that the source claims. */
rl_verdict world_say_at(rl_world *world, rl_source source, const char *pair, uint32_t bid,
                        uint32_t ask, int64_t source_utc_ms);
/* The source takes back what it said of the pair. */
rl_verdict world_withdraw(rl_world *world, rl_source source, const char *pair);

rl_composite world_composite(const rl_world *world, const char *pair);
rl_refusal world_refusal(const rl_world *world, const char *pair);
/* The composite's bid is twice `bid`, its ask twice `ask`: both in whole units. */
void world_expect(const rl_world *world, const char *pair, uint32_t bid, uint32_t ask);
rl_refusal world_snapshot(const rl_world *world, const char *from, const char *to,
                          rl_snapshot *out);
rl_source_pair_stats world_stats(const rl_world *world, rl_source source, const char *pair);
