/* One engine's life, in a process of its own: threads that ask at random, all on the same group at
 * a time, and write down what they asked and were told. */
#pragma once

#include "linear/history.h"
#include "support/engine.h"
#include "support/random.h"

#include <stdatomic.h>

enum {
  LIN_THREADS = 4,
  LIN_MESSAGES = 5,  /* of each thread for a group, in one visit */
  LIN_BATCH = 4,     /* items of a message at most */
  LIN_MOVES = 16384, /* of the clock, kept for printing */
};

/* The clock went forward, or the lock book was swept. */
typedef struct lin_move {
  uint64_t began;
  uint64_t ended;
  int64_t to_ns;
  bool swept;
} lin_move;

/* What the lives of one engine share with the test: in memory of both processes. */
typedef struct lin_world {
  _Atomic uint64_t stamps;  /* the counter */
  _Atomic int64_t clock_ns; /* the one clock; only goes forward */
  _Atomic unsigned move_count;
  lin_move moves[LIN_MOVES];
  unsigned group_count;
  lin_group groups[];
} lin_world;

typedef struct lin_plan {
  lin_world *world;
  const char *directory;
  uint64_t seed;        /* of this life */
  unsigned number;      /* of this life, among those of its engine */
  uint32_t boot;
  int64_t boot_ns;      /* the clock when this boot began */
  unsigned first_group;
  unsigned end_group;   /* groups first … end - 1 are visited, one after the other */
  bool killed;          /* in the middle of the last group, by itself, with no warning */
  bool stalled;         /* and before that the store writes nothing more: what is created is told
                           to the client, and forgotten */
} lin_plan;

/* Runs a whole life and ends the process. */
_Noreturn void lin_live(const lin_plan *plan);
