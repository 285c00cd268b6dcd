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

/* All the ways in which an update is refused, as one figure. */
int64_t rl_source_refused(rl_view row);
