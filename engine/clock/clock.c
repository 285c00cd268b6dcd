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

#define MS_PER_DAY 86400000ll
#define LAST_MS 253402300799999ll /* of the year 9999 */

static void put_number(char *out, unsigned value, unsigned digits)
{
  for (; digits > 0; value /= 10)
    out[--digits] = (char)('0' + value % 10);
}

/* Years are counted from 1 March, so that the leap day ends them, in eras of 400 years that all
 * have 146,097 days (day 0 is 0000-03-01); month m of these starts on day (153m + 2) / 5. */
static void put_date(char *out, unsigned days_since_1970)
{
  unsigned days = days_since_1970 + 719468;
  unsigned day_of_era = days % 146097;
  unsigned leap_days = day_of_era / 1460 - day_of_era / 36524 + day_of_era / 146096;
  unsigned year_of_era = (day_of_era - leap_days) / 365;
  unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  unsigned month = (5 * day_of_year + 2) / 153;
  unsigned year = year_of_era + days / 146097 * 400 + (month >= 10);
  put_number(out, year, 4);
  put_number(out + 5, month < 10 ? month + 3 : month - 9, 2);
  put_number(out + 8, day_of_year - (153 * month + 2) / 5 + 1, 2);
}

/* By hand, for each quote shows a date: strftime and snprintf take thirty times as long. */
void rl_utc_format(rl_utc utc, char out[RL_UTC_TEXT_SIZE])
{
  int64_t ms = utc.ms < 0 ? 0 : utc.ms > LAST_MS ? LAST_MS : utc.ms;
  unsigned of_day = (unsigned)(ms % MS_PER_DAY);
  memcpy(out, "0000-00-00T00:00:00.000Z", RL_UTC_TEXT_SIZE);
  put_date(out, (unsigned)(ms / MS_PER_DAY));
  put_number(out + 11, of_day / 3600000, 2);
  put_number(out + 14, of_day / 60000 % 60, 2);
  put_number(out + 17, of_day / 1000 % 60, 2);
  put_number(out + 20, of_day % 1000, 3);
}
