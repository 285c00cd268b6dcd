/* How often a source's rate of a pair was the outlier: fresh, and too far from the others to make
 * the price (composite.h, step 1). Once in a while anybody is; who nearly always is quotes
 * something else, or quotes it wrongly.
 *
 * Counted are composites that have a price and were made of RL_OUTLIER_SOURCES_MIN or more fresh
 * sources: of two that disagree nobody knows which is off, and there is no price. The share is that
 * of the source's first RL_OUTLIER_WINDOW composites exactly, and fades from then on: each
 * composite moves it by one part in RL_OUTLIER_WINDOW of its distance to 0 or 1. */
#pragma once

#include "sync/word.h"

#include <stdbool.h>

#define RL_OUTLIER_SOURCES_MIN 3
#define RL_OUTLIER_WINDOW 1024

typedef struct rl_outliers {
  rl_word composites; /* counted, since the market began */
  rl_word dropped;    /* of them, those in which it was the outlier */
  rl_word share_e30;  /* faded share of these, in 2^-30 */
} rl_outliers;

/* Intake thread. One composite more in which the source was fresh. */
void rl_outliers_note(rl_outliers *outliers, bool dropped);

/* Any thread. The faded share in 10^-6; 0 before the first composite. */
uint32_t rl_outliers_ppm(const rl_outliers *outliers);
