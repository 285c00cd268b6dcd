#include "feeds/tick_line.h"
#include "feeds/text.h"

#include <string.h>

#define MS_PER_DAY 86400000ll
/* 9999-12-31T23:59:59.999Z */
#define EPOCH_MS_MAX 253402300799999ull
/* Nobody offers more than a quadrillion. */
#define SIZE_MAX_UNITS 1000000000000000ull

const char *rl_tick_fault_text(rl_tick_fault fault)
{
  switch (fault) {
  case RL_LINE_GOOD: return "nothing is wrong";
  case RL_LINE_TOO_LONG: return "longer than any line of ticks";
  case RL_LINE_CUT: return "the file ends in the middle of the line";
  case RL_LINE_COLUMNS: return "another number of columns than --columns names";
  case RL_LINE_TIME: return "the time is not of the form that --time-format names";
  case RL_LINE_BID: return "the bid is no rate above zero of at most nine digits";
  case RL_LINE_ASK: return "the ask is no rate above zero of at most nine digits";
  case RL_LINE_SIZE: return "a size is no decimal, or too large";
  }
  return "unknown fault";
}

static const char *const column_names[RL_TICK_COLUMN_KINDS] = {
  [RL_COLUMN_SKIPPED] = "_",          [RL_COLUMN_TIME] = "time",
  [RL_COLUMN_BID] = "bid",            [RL_COLUMN_ASK] = "ask",
  [RL_COLUMN_BID_SIZE] = "bid_size",  [RL_COLUMN_ASK_SIZE] = "ask_size",
};

static int find_column(const char *name, size_t length)
{
  for (int i = 0; i < RL_TICK_COLUMN_KINDS; i++) {
    if (strlen(column_names[i]) == length && memcmp(column_names[i], name, length) == 0)
      return i;
  }
  return -1;
}

rl_status rl_tick_columns_parse(const char *text, rl_tick_layout *layout, rl_error *error)
{
  rl_tick_layout parsed = *layout;
  bool seen[RL_TICK_COLUMN_KINDS] = {false};
  parsed.column_count = 0;
  for (;; text++) {
    size_t length = strcspn(text, ",");
    int column = find_column(text, length);
    if (column < 0)
      return rl_fail(error, RL_INVALID, NULL, 0, "columns",
                     "\"%.*s\" is none of time, bid, ask, bid_size, ask_size and _",
                     (int)(length < 32 ? length : 32), text);
    if (seen[column] && column != RL_COLUMN_SKIPPED)
      return rl_fail(error, RL_INVALID, NULL, 0, "columns", "\"%s\" stands there twice",
                     column_names[column]);
    if (parsed.column_count == RL_TICK_COLUMNS_MAX)
      return rl_fail(error, RL_INVALID, NULL, 0, "columns", "more than %d columns",
                     RL_TICK_COLUMNS_MAX);
    seen[column] = true;
    parsed.columns[parsed.column_count++] = (rl_tick_column)column;
    text += length;
    if (*text == '\0')
      break;
  }
  if (!seen[RL_COLUMN_TIME] || !seen[RL_COLUMN_BID] || !seen[RL_COLUMN_ASK])
    return rl_fail(error, RL_INVALID, NULL, 0, "columns", "time, bid and ask must be there");
  *layout = parsed;
  return RL_OK;
}

static bool take_time(const rl_tick_layout *layout, const char *text, size_t length, rl_utc *out)
{
  uint64_t number = 0;
  rl_status status = RL_OK;
  rl_utc when = {0};
  switch (layout->time) {
  case RL_TIME_MS_OF_DAY:
    status = rl_digits_parse(text, length, MS_PER_DAY - 1, &number);
    when.ms = layout->date.ms + (int64_t)number;
    break;
  case RL_TIME_ISO:
    status = rl_instant_parse(text, length, &when);
    break;
  case RL_TIME_EPOCH_MS:
    status = rl_digits_parse(text, length, EPOCH_MS_MAX, &number);
    when.ms = (int64_t)number;
    break;
  }
  out->ms = when.ms + layout->offset_ms;
  return status == RL_OK;
}

static bool take_rate(const rl_tick_layout *layout, const char *text, size_t length, rl_rate *out)
{
  rl_rate rate;
  if (rl_rate_parse(text, length, &rate) != RL_OK)
    return false;
  rate.scale = (uint8_t)(rate.scale + layout->price_scale);
  rate = rl_rate_trim(rate);
  *out = rate;
  return rate.mantissa <= RL_SOURCE_MANTISSA_MAX && rate.scale <= RL_RATE_SCALE_MAX;
}

/* "2.06" of 10^6: 2060000. Decimals beyond the unit are cut. */
static bool take_size(const rl_tick_layout *layout, const char *text, size_t length, uint64_t *out)
{
  const char *point = memchr(text, '.', length);
  size_t whole = point ? (size_t)(point - text) : length;
  size_t decimals = point ? length - whole - 1 : 0;
  uint64_t units, part = 0;
  if (rl_digits_parse(text, whole, SIZE_MAX_UNITS, &units) != RL_OK ||
      (point && rl_digits_parse(point + 1, decimals, UINT64_MAX / 10, &part) != RL_OK))
    return false;
  for (size_t i = decimals; i > layout->size_decades; i--)
    part /= 10;
  for (size_t i = decimals; i < layout->size_decades; i++)
    part *= 10;
  for (unsigned i = 0; i < layout->size_decades && units <= SIZE_MAX_UNITS; i++)
    units *= 10;
  *out = units + part;
  return *out <= SIZE_MAX_UNITS;
}

static rl_tick_fault take_column(const rl_tick_layout *layout, rl_tick_column column,
                                 const char *text, size_t length, rl_tick_row *row)
{
  switch (column) {
  case RL_COLUMN_SKIPPED:
    return RL_LINE_GOOD;
  case RL_COLUMN_TIME:
    return take_time(layout, text, length, &row->when) ? RL_LINE_GOOD : RL_LINE_TIME;
  case RL_COLUMN_BID:
    return take_rate(layout, text, length, &row->bid) ? RL_LINE_GOOD : RL_LINE_BID;
  case RL_COLUMN_ASK:
    return take_rate(layout, text, length, &row->ask) ? RL_LINE_GOOD : RL_LINE_ASK;
  case RL_COLUMN_BID_SIZE:
    return take_size(layout, text, length, &row->bid_size) ? RL_LINE_GOOD : RL_LINE_SIZE;
  case RL_COLUMN_ASK_SIZE:
    return take_size(layout, text, length, &row->ask_size) ? RL_LINE_GOOD : RL_LINE_SIZE;
  }
  return RL_LINE_COLUMNS;
}

rl_tick_fault rl_tick_line_parse(const rl_tick_layout *layout, const char *line, size_t length,
                                 rl_tick_row *out)
{
  rl_tick_row row = {0};
  const char *end = line + length;
  if (length > RL_TICK_LINE_MAX)
    return RL_LINE_TOO_LONG;
  for (unsigned i = 0; i < layout->column_count; i++) {
    bool last = i + 1 == layout->column_count;
    const char *comma = memchr(line, ',', (size_t)(end - line));
    if (last != !comma)
      return RL_LINE_COLUMNS;
    size_t width = (size_t)((comma ? comma : end) - line);
    rl_tick_fault fault = take_column(layout, layout->columns[i], line, width, &row);
    if (fault != RL_LINE_GOOD)
      return fault;
    line = comma ? comma + 1 : end;
  }
  *out = row;
  return RL_LINE_GOOD;
}
