#include "clock/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static rl_now read_system(void *context)
{
  (void)context;
  struct timespec boot, wall;
  clock_gettime(CLOCK_BOOTTIME, &boot);
  clock_gettime(CLOCK_REALTIME, &wall);
  return (rl_now){
    .mono.ns = boot.tv_sec * 1000000000ll + boot.tv_nsec,
    .utc.ms = wall.tv_sec * 1000ll + wall.tv_nsec / RL_NS_PER_MS,
  };
}

rl_clock rl_clock_system(void)
{
  return (rl_clock){.read = read_system};
}

rl_status rl_clock_boot_id(uint64_t *out)
{
  char text[40] = "";
  FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
  if (!file)
    return RL_IO;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  char digits[17] = "";
  size_t kept = 0;
  for (size_t i = 0; i < length && kept < 16; i++) {
    if (text[i] != '-')
      digits[kept++] = text[i];
  }
  char *end;
  uint64_t id = strtoull(digits, &end, 16);
  if (kept < 16 || *end != '\0')
    return RL_IO;
  *out = id;
  return RL_OK;
}

static rl_now read_manual(void *context)
{
  rl_manual_clock *manual = context;
  return (rl_now){.mono.ns = manual->mono_ns, .utc.ms = manual->utc_ms};
}

void rl_manual_clock_init(rl_manual_clock *manual, rl_now start)
{
  manual->mono_ns = start.mono.ns;
  manual->utc_ms = start.utc.ms;
}

void rl_manual_clock_advance_ns(rl_manual_clock *manual, int64_t ns)
{
  int64_t before_ms = manual->mono_ns / RL_NS_PER_MS;
  manual->mono_ns += ns;
  manual->utc_ms += manual->mono_ns / RL_NS_PER_MS - before_ms;
}

rl_clock rl_clock_manual(rl_manual_clock *manual)
{
  return (rl_clock){.read = read_manual, .context = manual};
}
