/* The bars of `ratelock history` as text, CSV and JSON, on standard output. */
#pragma once

#include "history/bars.h"

#include <stdio.h>

typedef struct rl_history {
  char pair[7];    /* "EURUSD" */
  rl_bars bars;
  bool any_record; /* of the pair, in or just before the bars */
  unsigned damages; /* files of the tape that could not be read, or not to their end */
} rl_history;

/* What stands above a chart, and below it. */
void rl_history_print_head(const rl_history *history);
void rl_history_print_sums(const rl_history *history);
/* One row a bar. */
void rl_history_print_table(const rl_history *history);
void rl_history_print_csv(const rl_history *history);
void rl_history_print_json(const rl_history *history);
