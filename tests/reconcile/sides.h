/* Two two_sides made by hand, and what a reconciliation says of them as one line of text. */
#pragma once

#include "reconcile/reconcile.h"

typedef struct two_sides {
  rl_items items[RL_SIDES];
  rl_reconcile_options options; /* the whole calendar, no tolerance */
  rl_reconciliation result;
} two_sides;

two_sides sides_new(void);
/* A movement of `minor` on day `day` after 1970-01-01; references parted by blanks. Its place is
 * its number on its side, from 0. */
void sides_add(two_sides *sides, rl_side_of side, int day, int64_t minor, const char *currency,
               const char *references);
/* In EUR. */
void sides_statement(two_sides *sides, int day, int64_t minor, const char *references);
void sides_ledger(two_sides *sides, int day, int64_t minor, const char *references);
/* Reconciles and frees what was there before. */
void sides_reconcile(two_sides *sides);
/* Reconciles, and compares with findings such as "matched 0=0, amount break 1=1+2, missing here 2=,
 * duplicate 3=": items of the statement, '=', items of the ledger; a kind in capitals was tied by
 * reference. */
void sides_expect(two_sides *sides, const char *wanted);
void sides_free(two_sides *sides);
