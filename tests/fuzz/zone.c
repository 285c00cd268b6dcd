/* Any bytes are a time zone's rule or refused; a zone that is given turns local time into an
 * instant that shows it, or shows it as much later as clocks skip. */
#include "clock/zone.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_minute(const rl_zone *zone, rl_date local, unsigned minute)
{
  int32_t skip_s = zone->summer_s - zone->standard_s;
  int64_t wanted_ms = rl_utc_of_date(local).ms + minute * 60000ll;
  rl_utc at = rl_zone_utc(zone, local, minute);
  int32_t offset_s = rl_zone_offset_s(zone, at);
  RL_ASSERT(offset_s == zone->standard_s || offset_s == zone->summer_s);
  int64_t later_ms = at.ms + offset_s * 1000ll - wanted_ms;
  RL_ASSERT(later_ms == 0 || later_ms == (skip_s > 0 ? skip_s : -skip_s) * 1000ll);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rl_zone zone = {.standard_s = INT32_MAX};
  rl_status status = rl_zone_parse((const char *)data, size, &zone);
  if (status != RL_OK) {
    RL_ASSERT(status == RL_INVALID || status == RL_OUT_OF_RANGE);
    RL_ASSERT(zone.standard_s == INT32_MAX);
    return 0;
  }
  RL_ASSERT(zone.standard_s > -90000 && zone.standard_s < 90000);
  RL_ASSERT(zone.summer_s > -93600 && zone.summer_s <= 93600);
  for (int32_t day = 20454; day < 20454 + 366; day += 3) {
    for (unsigned minute = 0; minute <= 1440; minute += 30)
      check_minute(&zone, (rl_date){day}, minute);
  }
  return 0;
}
