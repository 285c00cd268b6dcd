/* Profit and loss: what the accounts that are our own come to, by currency and by pair, and what
 * that is worth in one currency.
 *
 *   revenue    fees, spread and rounding, as sales posted them (refunds with the other sign):
 *              realised
 *   position   of sales, refunds and hedges: valued at mid, so revaluation
 *
 * Of each currency these two balances are valued, each once; every total is a sum of such figures.
 * A pair's revenue and position are valued likewise, and as there are more of them their roundings
 * come to something else: by a few minor units at most, which `rounding` says. Sums have 128 bits.
 * One thread. */
#pragma once

#include "ledger/ledger.h"
#include "market/universe.h"

typedef struct rl_own {
  rl_i128 fees;     /* minor units, all of them */
  rl_i128 spread;
  rl_i128 rounding;
  rl_i128 position;
} rl_own;

rl_i128 rl_own_revenue(const rl_own *own);

typedef struct rl_pair_profit {
  rl_currency base;  /* by market convention */
  rl_currency quote;
  uint64_t sales;
  uint64_t refunds;
  uint64_t hedges;
  rl_own in_base;
  rl_own in_quote;
} rl_pair_profit;

typedef struct rl_profit {
  const rl_universe *universe;      /* says which of two currencies is the base */
  uint64_t transactions;            /* all, settlements too */
  bool seen[RL_CURRENCY_COUNT];     /* an own account has a posting in it */
  rl_own own[RL_CURRENCY_COUNT];    /* by currency */
  rl_pair_profit *pairs;            /* in order of first use */
  size_t pair_count;
  size_t pair_room;
  bool has_carried;
  rl_own carried[RL_CURRENCY_COUNT]; /* of the above, what was let go: its pairs are not known */
} rl_profit;

/* Out of memory ends the program. */
void rl_profit_add(rl_profit *profit, const rl_transaction *transaction);
/* A sum of what was let go; those of accounts that are not our own do not count. */
void rl_profit_carry(rl_profit *profit, const rl_posting *of, rl_i128 minor);
void rl_profit_free(rl_profit *profit);

/* What one unit of a currency is worth in the reporting currency. */
#define RL_MID_PAIR_SIZE 8
typedef struct rl_mid_leg {
  char pair[RL_MID_PAIR_SIZE]; /* "EURUSD" */
  rl_rate rate;                /* exact */
  bool inverted;
  int64_t age_ms;              /* -1 where a person gave it */
} rl_mid_leg;

typedef struct rl_mid {
  rl_currency from;
  unsigned leg_count;          /* 0: there is no mid, unless it is the reporting currency itself */
  rl_mid_leg legs[RL_LEGS_MAX];
  char missing[32];            /* why there is none: a refusal's code, or "" */
} rl_mid;

typedef struct rl_mids {
  rl_currency to;               /* the reporting currency, 1 of itself */
  int64_t at_utc_ms;            /* when they were so; 0 if people gave them */
  rl_mid of[RL_CURRENCY_COUNT]; /* by currency */
} rl_mids;

/* False where there is no mid for the currency, or the worth is beyond 127 bits; nothing is worth
 * nothing without one. */
bool rl_mids_worth(const rl_mids *mids, rl_currency currency, rl_i128 minor, rl_i128 *out);

/* Two figures in the reporting currency; what is not valued is left out of them. */
typedef struct rl_worth {
  rl_i128 revenue;
  rl_i128 position;
  bool complete;   /* all was valued */
} rl_worth;

rl_worth rl_profit_worth_of_currency(const rl_profit *profit, const rl_mids *mids,
                                     rl_currency currency);
rl_worth rl_profit_worth_of_pair(const rl_pair_profit *pair, const rl_mids *mids);
/* The sum over the currencies. */
rl_worth rl_profit_worth(const rl_profit *profit, const rl_mids *mids);
/* The sum over what was let go, by currency. */
rl_worth rl_profit_worth_of_carried(const rl_profit *profit, const rl_mids *mids);
/* The whole less that and the sum over the pairs: of roundings alone, where all is valued. */
rl_worth rl_profit_rounding(const rl_profit *profit, const rl_mids *mids);
