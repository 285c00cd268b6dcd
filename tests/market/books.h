/* Composites of books written by hand: in whole units, the prices made of them in half units. */
#pragma once

#include "market/composite.h"

#include <criterion/criterion.h>

typedef struct two_sides {
  uint32_t bid;
  uint32_t ask;
} book;

/* By the rules of a pair; sources are numbered as they come. */
static inline rl_composite composite_of(const rl_pair_spec *spec, const book *books, unsigned count)
{
  rl_composite composite = {.tick_count = (uint8_t)count};
  for (unsigned i = 0; i < count; i++) {
    composite.ticks[i] =
      (rl_composite_tick){.bid = books[i].bid, .ask = books[i].ask, .source.index = (uint8_t)i};
  }
  rl_composite_bind(spec, &composite);
  rl_composite_price(&composite);
  return composite;
}

#define COMPOSITE_OF(spec, ...)                                 \
  composite_of(spec, (book[]){__VA_ARGS__},                     \
               sizeof((book[]){__VA_ARGS__}) / sizeof(book))

#define EXPECT_PRICES(composite, bid, mid, ask)                                             \
  do {                                                                                      \
    rl_composite seen_ = (composite);                                                       \
    cr_expect_eq(seen_.refusal, RL_REFUSAL_NONE, "%s", rl_refusal_name(seen_.refusal));     \
    cr_expect_eq(seen_.bid_half, bid, "bid %u", seen_.bid_half);                            \
    cr_expect_eq(seen_.mid_half, mid, "mid %u", seen_.mid_half);                            \
    cr_expect_eq(seen_.ask_half, ask, "ask %u", seen_.ask_half);                            \
  } while (0)
