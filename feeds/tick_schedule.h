/* When a recorded tick is played, and which time it then states. Pure, any thread.
 *
 * A recording has a zero, an instant of its own that is played at `start`. Rebased, each tick
 * states the instant at which it is due, so that a day of 2014 plays as if it were now and at any
 * speed never states a time that is still to come. */
#pragma once

#include "clock/clock.h"

#include <stdbool.h>

typedef struct rl_tick_schedule {
  rl_now start;         /* when playing began */
  rl_utc zero;          /* the instant of the recording that is played then */
  uint32_t speed_milli; /* 1000: as fast as it was; 2000: twice as fast; 0: without any pause */
  bool rebase;
} rl_tick_schedule;

/* When a tick of that time is due; never before the start, and at most a year after it. */
rl_mono rl_schedule_due(const rl_tick_schedule *schedule, rl_utc when);
/* The time that the tick states when it is pushed at `now`. */
rl_utc rl_schedule_stamp(const rl_tick_schedule *schedule, rl_utc when, rl_utc now);
