/* What a desk should know of a source and might not see in a table of its figures: remarks on one
 * row of the answer to `sources`, of a source or of a source's pair. Pure. */
#pragma once

#include "view.h"

#define RL_SOURCE_REMARKS_MAX 3

typedef struct rl_source_remarks {
  unsigned count;
  char texts[RL_SOURCE_REMARKS_MAX][320];
} rl_source_remarks;

/* A clock that is wrong, a rate that nearly always is the outlier, and why updates were refused. */
rl_source_remarks rl_source_remarks_of(rl_view row);

/* A lag of either sign: in ms below 10 s, then as long as a person would say it is: 12s, 5h. */
#define RL_SOURCE_LAG_TEXT_SIZE 32
void rl_source_lag_format(int64_t ms, char out[RL_SOURCE_LAG_TEXT_SIZE]);

/* All the ways in which an update is refused, as one figure. */
int64_t rl_source_refused(rl_view row);
