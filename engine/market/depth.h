/* The price of an amount through the books of those who give sizes (design K2, `depth=vwap`).
 *
 * Each source votes with what the whole amount goes for at it: level by level from the best on, the
 * volume-weighted price, the bid rounded down and the ask up to the pair's unit. One that gives no
 * sizes votes with its best prices whatever the amount; one whose book holds less than the amount,
 * on either side, does not vote on it. Then nobody does who was an outlier at best prices
 * (composite.h, step 1): where the books of those who outvoted it are thinner, a liar's would be
 * the price. The composite of these votes, by the pair's policy, is the price. So it is made of
 * the composite alone, as every other (composite.h), and a record of the votes makes it again.
 *
 * Where the amount is no more than every best size the votes are the best prices, and the price is
 * the composite's own. A source's vote never gets better as the amount grows, since levels only
 * get worse; nor does the price of a single source, unless it is min_half_spread that sets it: that
 * is measured from mid, which moves where one side of a book is thinner than the other.
 *
 * Pure but for the reading, which is any thread's. Private to this room. */
#pragma once

#include "market/form.h"
#include "market/state.h"

/* Makes of a tick's best prices what `units` (1 … RL_DEPTH_UNITS_MAX) go for in its book; false,
 * and the tick untouched, where the book holds less. */
RL_MUST_USE bool rl_book_vote(const rl_book *book, uint64_t units, rl_composite_tick *tick);

/* Makes of a composite of best prices, which has a price, that for so many units; books[i] is of
 * ticks[i]. Leaves out who does not vote on it. DEPTH_EXCEEDED when too few are left for that
 * reason, else the policy's refusal; also in composite->refusal. */
rl_refusal rl_composite_deepen(const rl_book *books, uint64_t units, rl_composite *composite);

/* Of a snapshot that has a price, and an amount of its `from` or `to`: what each leg has to carry,
 * in whole units of its base, converted at mid along the walk and rounded up; at least 1 and at
 * most RL_DEPTH_UNITS_MAX. */
void rl_snapshot_measure(const rl_snapshot *snapshot, rl_amount amount,
                         uint64_t units[RL_LEGS_MAX]);

/* Any thread; of a market with books. Makes of a leg that was read with its best prices one for so
 * many units, where its pair is by_depth. MARKET_BUSY when its board is no more the one that was
 * read. */
rl_refusal rl_leg_deepen(const rl_market *market, uint64_t units, rl_leg *leg);
