/* The universe's memory, private to this room: universe_parse.c fills it once, everybody else only
 * reads; but for what a session keeps of its last answer. */
#pragma once

#include "market/session.h"
#include "market/universe.h"

/* A way from one currency to another, as a cell of the table: 0 is none, else the pair's index
 * plus one, with the top bit set where the walk is from the quote to the base. */
#define RL_CELL_INVERTED 0x8000u
_Static_assert(RL_PAIRS_MAX < RL_CELL_INVERTED, "a pair's index plus one leaves the top bit free");

/* Rank of a currency that `order` does not name. */
#define RL_RANK_UNNAMED UINT8_MAX
_Static_assert(RL_CURRENCY_COUNT <= RL_RANK_UNNAMED, "every currency can have a rank of its own");

typedef char rl_pair_text[8]; /* "EURUSD" and a NUL */

/* A pair's list of primary sources, the preferred one first; "" behind the last. */
typedef struct rl_primaries {
  char names[RL_PRIMARIES_MAX][RL_SOURCE_NAME_MAX + 1];
} rl_primaries;

struct rl_universe {
  unsigned pair_count;
  unsigned pair_room; /* allocated in specs and names */
  rl_pair_spec *specs;
  rl_pair_text *names;
  unsigned session_count;
  rl_session *sessions;
  unsigned primaries_count;
  rl_primaries *primaries; /* at most one a pair, and one list for all pairs that have the same */
  unsigned triangle_count;
  rl_triangle *triangles;
  /* Where the triangles of a pair begin in triangle_lists, and after the last pair their end; NULL
   * where there are none. */
  uint32_t *triangle_starts;
  uint32_t *triangle_lists; /* three entries a triangle: its index, once for each of its pairs */
  unsigned pivot_count;
  rl_currency pivots[RL_PIVOTS_MAX];
  uint8_t ranks[RL_CURRENCY_COUNT]; /* place in `order`, or RL_RANK_UNNAMED */
  /* One look-up finds a direct pair: a quote does it for each leg it considers. */
  uint16_t cells[RL_CURRENCY_COUNT][RL_CURRENCY_COUNT];
};

/* A pair, and whether it is walked from its quote to its base. */
typedef struct rl_step {
  rl_pair pair;
  bool inverted;
} rl_step;

static inline bool rl_step_find(const rl_universe *universe, rl_currency from, rl_currency to,
                                rl_step *out)
{
  RL_ASSERT(from.index < RL_CURRENCY_COUNT && to.index < RL_CURRENCY_COUNT);
  unsigned cell = universe->cells[from.index][to.index];
  out->pair.index = (uint16_t)((cell & ~RL_CELL_INVERTED) - 1);
  out->inverted = (cell & RL_CELL_INVERTED) != 0;
  return cell != 0;
}

/* Finds the triangles of a universe whose pairs are all there. RL_FULL when they are too many,
 * RL_OUT_OF_RANGE with *crowded when those of that pair are, RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_universe_find_triangles(rl_universe *universe, rl_pair *crowded);
