/* Where a drawing's ticks stand: at round figures and round times. Pure. */
#pragma once

#include "clock/clock.h"
#include "money/rate.h"

/* Multiples of a step of 1, 2 or 5 x 10^n that lie within an axis. */
typedef struct rl_axis {
  uint64_t first;
  uint64_t step;
  unsigned count;    /* 1 or more if low and high are the same */
  unsigned decimals; /* of the figures */
  unsigned dropped;  /* decimals that are 0 at every tick, and not written */
} rl_axis;

/* Of low … high, figures x 10^-decimals below 10^18, with at most so many ticks; most >= 2. */
rl_axis rl_axis_of(uint64_t low, uint64_t high, unsigned decimals, unsigned most);
static inline uint64_t rl_axis_tick(const rl_axis *axis, unsigned index)
{
  return axis->first + index * axis->step;
}
void rl_axis_write(const rl_axis *axis, unsigned index, char out[RL_RATE_TEXT_SIZE]);

/* "09:30", "09:30:05" where ticks are less than a minute apart, "11-24" at midnight. UTC. */
#define RL_AXIS_TIME_SIZE 9
void rl_axis_write_time(rl_utc at, int64_t step_ms, char out[RL_AXIS_TIME_SIZE]);
