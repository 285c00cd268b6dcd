#include "clock/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  uint64_t ms;
} units[] = {{"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
#define UNIT_COUNT (sizeof units / sizeof units[0])

/* Nine digits of hours stay below 2^62. */
#define DIGITS_MAX 9

rl_status rl_duration_parse(const char *text, size_t length, uint64_t *out_ms)
{
  uint64_t number = 0;
  size_t digits = 0;
  for (; digits < length && text[digits] >= '0' && text[digits] <= '9'; digits++) {
    if (digits == DIGITS_MAX)
      return RL_INVALID;
    number = 10 * number + (uint64_t)(text[digits] - '0');
  }
  for (size_t i = 0; digits > 0 && i < UNIT_COUNT; i++) {
    if (strlen(units[i].name) == length - digits &&
        memcmp(units[i].name, text + digits, length - digits) == 0) {
      *out_ms = number * units[i].ms;
      return RL_OK;
    }
  }
  return RL_INVALID;
}

void rl_duration_format(uint64_t ms, char out[RL_DURATION_TEXT_SIZE])
{
  size_t i = ms == 0 ? UNIT_COUNT - 1 : 0;
  while (ms % units[i].ms != 0)
    i++;
  snprintf(out, RL_DURATION_TEXT_SIZE, "%" PRIu64 "%s", ms / units[i].ms, units[i].name);
}
