#include "source_remarks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* An honest source of a nervous pair is the outlier now and then; nine in ten is no chance. */
#define NEARLY_ALWAYS_PPM 900000

static char *next_text(rl_source_remarks *remarks)
{
  return remarks->texts[remarks->count++];
}

#define TEXT_SIZE sizeof((rl_source_remarks *)0)->texts[0]

/* As long as a person would say it is: 12s, 3min, 5h, 5h 30min, 812d. */
static void say_length(int64_t ms, char *out, size_t size)
{
  int64_t seconds = (ms + 500) / 1000, minutes = (ms + 30000) / 60000;
  if (seconds < 120)
    snprintf(out, size, "%" PRId64 "s", seconds);
  else if (minutes < 60)
    snprintf(out, size, "%" PRId64 "min", minutes);
  else if (minutes >= 48 * 60)
    snprintf(out, size, "%" PRId64 "d", (minutes + 12 * 60) / (24 * 60));
  else if (minutes % 60 == 0)
    snprintf(out, size, "%" PRId64 "h", minutes / 60);
  else
    snprintf(out, size, "%" PRId64 "h %" PRId64 "min", minutes / 60, minutes % 60);
}

void rl_source_lag_format(int64_t ms, char out[RL_SOURCE_LAG_TEXT_SIZE])
{
  bool ahead = ms < 0;
  if (ms > -10000 && ms < 10000) {
    snprintf(out, RL_SOURCE_LAG_TEXT_SIZE, "%" PRId64 " ms", ms);
    return;
  }
  out[0] = '-';
  say_length(ahead ? -ms : ms, out + ahead, RL_SOURCE_LAG_TEXT_SIZE - (size_t)ahead);
}

static void remark_clock(rl_view row, rl_source_remarks *remarks)
{
  int64_t offset_ms = rl_view_i64(rl_view_get(row, "clock_offset_ms"));
  rl_view_string clock = rl_view_text(rl_view_get(row, "clock"));
  char length[32];
  if (strcmp(clock.text, "ahead") == 0) {
    say_length(offset_ms, length, sizeof length);
    snprintf(next_text(remarks), TEXT_SIZE, "clock %s ahead: its updates are refused for it",
             length);
  } else if (strcmp(clock.text, "behind") == 0) {
    say_length(-offset_ms, length, sizeof length);
    snprintf(next_text(remarks), TEXT_SIZE, "clock %s behind, or all it sends comes so late",
             length);
  }
}

static void remark_outlier(rl_view row, rl_source_remarks *remarks)
{
  int64_t ppm = rl_view_i64(rl_view_get(row, "outlier_ppm"));
  rl_view_string pair = rl_view_text(rl_view_get(row, "outlier_pair"));
  if (ppm >= NEARLY_ALWAYS_PPM)
    snprintf(next_text(remarks), TEXT_SIZE, "outlier in %" PRId64 " %% of%s%.7s composites",
             ppm / 10000, pair.text[0] ? " " : "", pair.text);
}

static bool is_refusal(const char *counter)
{
  return strncmp(counter, "malformed", 9) == 0 || strcmp(counter, "duplicate") == 0 ||
         strcmp(counter, "no_room") == 0;
}

static void remark_refusals(rl_view row, rl_source_remarks *remarks)
{
  rl_view counters = rl_view_get(row, "counters");
  rl_view_string key;
  char *text = NULL;
  size_t used = 0;
  for (rl_view rest = counters, value; rl_view_next_entry(counters, &rest, &key, &value);) {
    int64_t count = rl_view_i64(value);
    if (!is_refusal(key.text) || count == 0 || used >= TEXT_SIZE)
      continue;
    if (!text)
      text = next_text(remarks);
    used += (size_t)snprintf(text + used, TEXT_SIZE - used, "%s %" PRId64 " %.24s",
                             used ? "," : "refused:", count, key.text);
  }
}

rl_source_remarks rl_source_remarks_of(rl_view row)
{
  rl_source_remarks remarks = {0};
  remark_clock(row, &remarks);
  remark_outlier(row, &remarks);
  remark_refusals(row, &remarks);
  return remarks;
}

int64_t rl_source_refused(rl_view row)
{
  int64_t refused = 0;
  rl_view counters = rl_view_get(row, "counters");
  rl_view_string key;
  for (rl_view rest = counters, value; rl_view_next_entry(counters, &rest, &key, &value);) {
    if (is_refusal(key.text))
      refused += rl_view_i64(value);
  }
  return refused;
}
