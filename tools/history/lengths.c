/* The lengths of bars: parts of a day, so that bars of any of them start at midnight UTC. */
#include "history/bars.h"

#include <stdio.h>
#include <string.h>

#define SECOND_MS 1000ll
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

const int64_t rl_bar_lengths_ms[] = {
  SECOND_MS,      5 * SECOND_MS,  10 * SECOND_MS, 15 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS,
  5 * MINUTE_MS,  10 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS,        2 * HOUR_MS,
  4 * HOUR_MS,    6 * HOUR_MS,    12 * HOUR_MS,   DAY_MS,
};
const unsigned rl_bar_length_count = sizeof rl_bar_lengths_ms / sizeof rl_bar_lengths_ms[0];

static bool is_offered(int64_t ms)
{
  bool found = false;
  for (unsigned i = 0; i < rl_bar_length_count; i++)
    found |= rl_bar_lengths_ms[i] == ms;
  return found;
}

rl_status rl_bar_length_parse(const char *text, int64_t *out_ms)
{
  uint64_t ms = (uint64_t)DAY_MS;
  if (strcmp(text, "1d") != 0 && rl_duration_parse(text, strlen(text), &ms) != RL_OK)
    return RL_INVALID;
  if (!is_offered((int64_t)ms))
    return RL_NOT_FOUND;
  *out_ms = (int64_t)ms;
  return RL_OK;
}

void rl_bar_length_format(int64_t ms, char out[RL_DURATION_TEXT_SIZE])
{
  if (ms % DAY_MS == 0)
    snprintf(out, RL_DURATION_TEXT_SIZE, "%lldd", (long long)(ms / DAY_MS));
  else
    rl_duration_format((uint64_t)ms, out);
}

static bool is_enough(rl_utc from, rl_utc to, uint64_t bars, int64_t ms)
{
  return (uint64_t)((to.ms - 1) / ms - from.ms / ms) < bars;
}

int64_t rl_bar_length_for(rl_utc from, rl_utc to, uint64_t bars, int64_t multiple_of_ms)
{
  RL_ASSERT(from.ms >= 0 && from.ms < to.ms && bars >= 2);
  for (unsigned i = 0; i < rl_bar_length_count; i++) {
    int64_t ms = rl_bar_lengths_ms[i];
    if (ms % multiple_of_ms == 0 && is_enough(from, to, bars, ms))
      return ms;
  }
  int64_t step_ms = multiple_of_ms > DAY_MS ? multiple_of_ms : DAY_MS, ms = step_ms;
  while (!is_enough(from, to, bars, ms))
    ms += step_ms;
  return ms;
}
