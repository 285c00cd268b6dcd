/* The sequential model: what each request may be answered when requests come one after another,
 * from the rules of locks alone (design L1, L3, L4, L6, L8).
 *
 * Two things leave more than one answer right, and are choices of the model:
 *   - a quote that was told to its client but not yet recorded may be forgotten by a kill; whether
 *     it was shows when somebody asks. Its token is honoured either way.
 *   - a create key whose time is over may be known until it is swept.
 * On another boot the lock also looks at the store's high-water mark, which lies somewhere between
 * the arrival and the answer on a clock that only goes forward. */
#pragma once

#include "linear/history.h"

/* A quote in the state that a prefix of the history left. */
typedef struct lin_quote {
  uint8_t known; /* model.c: whether and how the store knows it */
  uint8_t maker; /* operation + 1 that issued it */
  uint8_t end;   /* operation + 1 that ended it, 0 if none */
} lin_quote;

typedef struct lin_key {
  uint8_t quote; /* index + 1; 0 with a maker: issued, and nobody has been told yet */
  uint8_t maker; /* operation + 1; 0: the key is new */
} lin_key;

/* No padding: states are compared as bytes. */
typedef struct lin_state {
  lin_quote quotes[LIN_QUOTES];
  lin_key keys[LIN_CLIENTS][LIN_CREATE_KEYS];
} lin_state;
_Static_assert(sizeof(lin_state) == 3 * LIN_QUOTES + 2 * LIN_CLIENTS * LIN_CREATE_KEYS,
               "no padding");

enum { LIN_NEXT_MAX = 8 };

/* The states in which the operation may leave `state`, having given the answer that it gave (any,
 * if it was never answered). Returns their number: 0 if that answer is wrong here. */
unsigned lin_next(const lin_history *history, const lin_state *state, unsigned op,
                  lin_state next[LIN_NEXT_MAX]);
