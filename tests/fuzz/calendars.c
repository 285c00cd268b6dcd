/* Any bytes are calendars or an error with its place; calendars given hold to themselves. */
#include "calendar/calendar.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(const rl_calendars *calendars)
{
  unsigned count = rl_calendars_count(calendars);
  RL_ASSERT(count >= 1 && count <= RL_CALENDARS_MAX);
  for (unsigned i = 0; i < count; i++) {
    rl_calendar found = {UINT8_MAX};
    const char *name = rl_calendar_name(calendars, (rl_calendar){(uint8_t)i});
    RL_ASSERT(rl_calendar_find(calendars, name, strlen(name), &found) == RL_OK);
    RL_ASSERT(found.index == i && name[0] != '\0');
  }
}

/* Two years, by steps of some hours. */
static void check_pair(const rl_calendars *calendars, rl_currency base, rl_currency quote)
{
  rl_value_date before = {.known = false};
  for (int64_t ms = 1767225600000; ms < 1830297600000; ms += 9 * 3600000 + 1) {
    rl_value_date value = rl_value_date_of(calendars, base, quote, (rl_utc){ms});
    if (!value.known)
      continue;
    RL_ASSERT(value.cutoff_utc_ms > ms);
    RL_ASSERT(rl_utc_of_date(value.date).ms > ms - 2 * 86400000);
    RL_ASSERT(!before.known || (before.date.day <= value.date.day &&
                                before.cutoff_utc_ms <= value.cutoff_utc_ms));
    before = value;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rl_calendars *calendars = NULL;
  rl_error error = {.text = ""};
  rl_status status = rl_calendars_parse((const char *)data, size, "fuzz", &calendars, &error);
  if (status != RL_OK) {
    RL_ASSERT(calendars == NULL && error.text[0] && strcmp(error.file, "fuzz") == 0);
    return 0;
  }
  check_names(calendars);
  static const char codes[] = "USDEURCADMXN";
  rl_currency currencies[4];
  for (unsigned i = 0; i < 4; i++) {
    status = rl_currency_find(codes + 3 * i, 3, &currencies[i]);
    RL_ASSERT(status == RL_OK);
  }
  for (unsigned i = 0; i < 16; i++)
    check_pair(calendars, currencies[i / 4], currencies[i % 4]);
  rl_calendars_destroy(calendars);
  return 0;
}
