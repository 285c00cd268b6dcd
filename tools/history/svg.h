/* Bars as a drawing: candles of the mid, below them the spread, as an SVG of its own without fonts,
 * scripts or anything to be fetched. What a bar was stands in its title, which viewers show beside
 * the pointer. Integers throughout: a tenth of a pixel is the unit. */
#pragma once

#include "history/bars.h"

#include <stdio.h>

/* More bars than that are drawn as fewer, longer ones: each candle has a pixel. */
#define RL_SVG_BARS_MAX 800u

/* `pair` of letters. RL_NO_MEMORY; whether the file took it all is the caller's to ask. */
RL_MUST_USE rl_status rl_svg_write(const rl_bars *bars, const char *pair, FILE *file);
