/* What must be true of any reconciliation, judged by trying everything: for few items only. */
#pragma once

#include "sides.h"

/* Every item in one finding or outside; every finding what its kind says, by its definition; the
 * totals those of the items. Any size. */
void oracle_judge_findings(const two_sides *sides);
/* Nothing that is missing could be tied: no pair, no sum, no date or currency break. Up to some
 * dozen items a side. */
void oracle_judge_missing(const two_sides *sides);
/* The most pairs within the tolerances, with a common reference or with any: up to ten items of
 * the statement. */
unsigned oracle_most_pairs(const two_sides *sides, bool by_reference);
