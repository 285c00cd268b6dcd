#include "history/axis.h"

#include "clock/date.h"

#include <string.h>

#define DAY_MS 86400000ll

static uint64_t ticks_within(uint64_t low, uint64_t high, uint64_t step)
{
  uint64_t first = (low + step - 1) / step, last = high / step;
  return first > last ? 0 : last - first + 1;
}

rl_axis rl_axis_of(uint64_t low, uint64_t high, unsigned decimals, unsigned most)
{
  static const uint64_t factors[] = {1, 2, 5};
  RL_ASSERT(low <= high && high < 1000000000000000000ull && most >= 2);
  uint64_t power = 1, step = 1;
  unsigned zeros = 0, at = 0;
  while (ticks_within(low, high, step) > most) {
    at = (at + 1) % 3;
    zeros += at == 0;
    power *= at == 0 ? 10 : 1;
    step = power * factors[at];
  }
  return (rl_axis){
    .first = (low + step - 1) / step * step,
    .step = step,
    .count = (unsigned)ticks_within(low, high, step),
    .decimals = decimals,
    .dropped = zeros < decimals ? zeros : decimals,
  };
}

void rl_axis_write(const rl_axis *axis, unsigned index, char out[RL_RATE_TEXT_SIZE])
{
  uint64_t figure = rl_axis_tick(axis, index);
  for (unsigned i = 0; i < axis->dropped; i++)
    figure /= 10;
  rl_rate_format((rl_rate){figure, (uint8_t)(axis->decimals - axis->dropped)}, out);
}

void rl_axis_write_time(rl_utc at, int64_t step_ms, char out[RL_AXIS_TIME_SIZE])
{
  char text[RL_UTC_TEXT_SIZE];
  rl_utc_format(at, text); /* 2026-11-24T09:30:05.123Z */
  bool midnight = at.ms % DAY_MS == 0, seconds = step_ms % 60000 != 0;
  size_t length = midnight || !seconds ? 5 : 8;
  memcpy(out, text + (midnight ? 5 : 11), length);
  out[length] = '\0';
}
