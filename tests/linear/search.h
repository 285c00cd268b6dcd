/* Is there an order? A depth-first search over the orders that time allows (Wing and Gong, Testing
 * and Verifying Concurrent Objects, 1993), which never looks twice at the same set of operations
 * done with the same state left (Lowe, Testing for Linearizability, 2017).
 *
 * An operation may come next if no other that is not done ended before it began, and if those
 * before it of the same thread are done: a batch's items take effect in their order. One that was
 * never answered may also be left out. The search is exact: it says yes if and only if an order
 * exists. */
#pragma once

#include "linear/model.h"

typedef enum lin_verdict {
  LIN_ORDERED,
  LIN_NO_ORDER,
  LIN_TOO_TANGLED, /* more branches than LIN_VISITED_MAX; nothing is known */
} lin_verdict;

#define LIN_VISITED_MAX (1u << 19)

/* *longest is how many operations the best prefix holds, *stuck the first that it leaves out. Not
 * thread-safe. */
lin_verdict lin_search(const lin_history *history, unsigned *longest, unsigned *stuck);
