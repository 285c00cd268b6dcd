#include "feeds/tick_schedule.h"

#define LATEST_MS (366ll * 86400000)

/* From the start until the tick is due; negative for a tick before the zero. */
static int64_t delay_ms(const rl_tick_schedule *schedule, rl_utc when)
{
  int64_t since_ms = when.ms - schedule->zero.ms;
  return since_ms * 1000 / schedule->speed_milli;
}

rl_mono rl_schedule_due(const rl_tick_schedule *schedule, rl_utc when)
{
  if (schedule->speed_milli == 0)
    return schedule->start.mono;
  int64_t delay = delay_ms(schedule, when);
  delay = delay < 0 ? 0 : delay < LATEST_MS ? delay : LATEST_MS;
  return (rl_mono){schedule->start.mono.ns + delay * RL_NS_PER_MS};
}

rl_utc rl_schedule_stamp(const rl_tick_schedule *schedule, rl_utc when, rl_utc now)
{
  if (!schedule->rebase)
    return when;
  if (schedule->speed_milli == 0)
    return now;
  return (rl_utc){schedule->start.utc.ms + delay_ms(schedule, when)};
}
