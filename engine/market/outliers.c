#include "market/outliers.h"

#define WHOLE_E30 (1ll << 30)

void rl_outliers_note(rl_outliers *outliers, bool dropped)
{
  uint64_t count = rl_word_load(&outliers->composites) + 1;
  int64_t share = (int64_t)rl_word_load(&outliers->share_e30);
  int64_t distance = (dropped ? WHOLE_E30 : 0) - share;
  rl_word_store(&outliers->composites, count);
  if (dropped)
    rl_word_store(&outliers->dropped, rl_word_load(&outliers->dropped) + 1);
  /* A division by a number that is not known beforehand would be dearer than all the rest. */
  share += count < RL_OUTLIER_WINDOW ? distance / (int64_t)count : distance / RL_OUTLIER_WINDOW;
  rl_word_store(&outliers->share_e30, (uint64_t)share);
}

uint32_t rl_outliers_ppm(const rl_outliers *outliers)
{
  uint64_t share = rl_word_load(&outliers->share_e30);
  return (uint32_t)((share * 1000000 + WHOLE_E30 / 2) / WHOLE_E30);
}
