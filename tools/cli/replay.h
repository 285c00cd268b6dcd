/* What another tariff would have made of recorded quotes: each is priced again from the market and
 * the request in its record, and the figures are summed side by side.
 *
 * Sums are of the quotes that have a price under both, so that old and new speak of the same
 * business; those that the new tariff refuses stand apart, with the revenue they brought. One
 * thread; a replay is large (some megabytes) and belongs on the heap. */
#pragma once

#include "quote/quote.h"
#include "tariff/tariff.h"

#define RL_REPLAY_SHOWN 10   /* quotes named one by one */
#define RL_REPLAY_CODES 64   /* refusals' numbers stay below */

/* Minor units of one currency, signed. */
typedef struct rl_old_new {
  rl_i128 old;
  rl_i128 new;
} rl_old_new;

typedef struct rl_replay_corridor {
  uint64_t quotes;
  rl_old_new charge; /* source currency */
  rl_old_new target; /* target currency */
} rl_replay_corridor;

/* By currency. */
typedef struct rl_replay_currency {
  rl_old_new fees;    /* of both sides */
  rl_old_new spread;
  rl_old_new residue;
  rl_old_new revenue; /* of quotes whose source this is: all of it, at each quote's own mid */
  rl_i128 lost;       /* the same of quotes that are refused now */
} rl_replay_currency;

typedef struct rl_replay_quote {
  rl_quote_id id;
  bool accepted;
  rl_terms old;
  rl_terms new;       /* says nothing where refused */
  rl_refusal refused; /* or NONE */
  int64_t change_e8;  /* of the total cost, in 10^-8 of what was charged, without its sign */
} rl_replay_quote;

typedef struct rl_replay {
  const rl_tariff *tariff;
  uint64_t quotes;    /* replayed */
  uint64_t accepted;  /* of these */
  uint64_t skipped;   /* known by their token alone: without the request as it was asked */
  uint64_t same;      /* every figure as recorded */
  uint64_t refused;
  uint64_t unvalued;  /* whose revenue cannot be told at mid: left out of that sum */
  uint64_t refused_by[RL_REPLAY_CODES];
  uint64_t refused_accepted[RL_REPLAY_CODES];
  unsigned refused_shown; /* the first that were refused */
  rl_replay_quote refusals[RL_REPLAY_SHOWN];
  unsigned largest_count; /* falling by change_e8, then rising by id */
  rl_replay_quote largest[RL_REPLAY_SHOWN];
  rl_replay_currency currencies[RL_CURRENCY_COUNT];
  rl_replay_corridor corridors[RL_CURRENCY_COUNT][RL_CURRENCY_COUNT]; /* from, to */
} rl_replay;

/* The caller frees it. */
rl_replay *rl_replay_create(const rl_tariff *tariff);
void rl_replay_add(rl_replay *replay, const rl_quote *quote, bool accepted);

/* Those that have quotes, by currency. */
void rl_replay_each_corridor(const rl_replay *replay,
                             void (*visit)(rl_currency from, rl_currency to,
                                           const rl_replay_corridor *corridor, void *context),
                             void *context);
