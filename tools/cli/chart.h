/* Bars drawn with characters: candles, a row of their directions, a row of spreads, the time.
 *
 * A row of the picture is two steps high where the characters are Unicode's box drawings, one in
 * ASCII. Colour is left to rl_print_styled; direction shows without it. */
#pragma once

#include "history/bars.h"

#include <stdio.h>

typedef struct rl_chart_look {
  unsigned width; /* columns in all, RL_CHART_WIDTH_MIN or more */
  unsigned rows;  /* of the candles, 2 … RL_CHART_ROWS_MAX */
  bool utf8;
} rl_chart_look;

#define RL_CHART_WIDTH_MIN 40u
#define RL_CHART_WIDTH_MAX 400u /* wider than that, candles are lost in it */
#define RL_CHART_ROWS_MAX 60u

/* What stdout can show: a terminal's size, else $COLUMNS, else 80 by 24; the locale's
 * characters. */
rl_chart_look rl_chart_look_of_stdout(void);

/* Draws bars with a price among them. Where there are more than columns, longer ones are drawn, and
 * their length is said. RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_chart_print(const rl_bars *bars, const rl_chart_look *look, FILE *file);
