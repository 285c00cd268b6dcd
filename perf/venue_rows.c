#include "venue_rows.h"

#include "feeds/tick_reader.h"
#include "feeds/tick_source.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS_PER_MINUTE 60000

/* --- the list --- */

static void add(venue_ticks *ticks, venue_tick tick)
{
  if ((ticks->count & (ticks->count + 1)) == 0) {
    ticks->all = realloc(ticks->all, (2 * ticks->count + 2) * sizeof *ticks->all);
    RL_ASSERT(ticks->all);
  }
  ticks->all[ticks->count++] = tick;
}

static int compare_arrival(const void *left, const void *right)
{
  const venue_tick *l = left, *r = right;
  if (l->arrival_utc_ms != r->arrival_utc_ms)
    return l->arrival_utc_ms < r->arrival_utc_ms ? -1 : 1;
  if (l->venue != r->venue)
    return l->venue < r->venue ? -1 : 1;
  return l->place < r->place ? -1 : 1;
}

/* --- files --- */

rl_status venue_parse(char *text, venue *out)
{
  char *file = strchr(text, '=');
  size_t name = strcspn(text, "+-=");
  if (!file || name == 0 || name > RL_SOURCE_NAME_MAX)
    return RL_INVALID;
  *file++ = '\0';
  *out = (venue){.file = file};
  memcpy(out->name, text, name);
  char *rest = text + name;
  out->aligned_ms = strtol(rest, &rest, 10) * MS_PER_MINUTE;
  out->stated_ms = strtol(rest, &rest, 10) * MS_PER_MINUTE;
  return *rest == '\0' && *file ? RL_OK : RL_INVALID;
}

/* Both prices at the wider of their two scales. */
static void set_prices(venue_tick *tick, rl_rate bid, rl_rate ask)
{
  while (bid.scale < ask.scale)
    bid = (rl_rate){bid.mantissa * 10, bid.scale + 1};
  while (ask.scale < bid.scale)
    ask = (rl_rate){ask.mantissa * 10, ask.scale + 1};
  tick->bid = (uint32_t)bid.mantissa;
  tick->ask = (uint32_t)ask.mantissa;
  tick->scale = (uint8_t)bid.scale;
}

static rl_status read_stream(void *context, char *bytes, size_t size, size_t *got, rl_error *error)
{
  return rl_tick_source_read(context, bytes, size, got, error);
}

static rl_status read_rows(venue *from, unsigned index, const rl_tick_layout *layout,
                           rl_tick_source *source, venue_ticks *out, rl_error *error)
{
  static rl_tick_reader reader;
  rl_tick_reader_init(&reader, (rl_byte_stream){read_stream, source}, layout);
  for (;;) {
    rl_tick_row row;
    rl_tick_event event = rl_tick_reader_next(&reader, &row, error);
    if (event == RL_TICK_END)
      return RL_OK;
    if (event == RL_TICK_FAILED)
      return RL_IO;
    if (event == RL_TICK_MALFORMED) {
      from->malformed++;
      continue;
    }
    venue_tick tick = {.arrival_utc_ms = row.when.ms, .venue = (uint8_t)index,
                       .place = (uint32_t)out->count};
    tick.stated_utc_ms = tick.arrival_utc_ms + from->stated_ms;
    set_prices(&tick, row.bid, row.ask);
    add(out, tick);
  }
}

static rl_status read_file(venue *from, unsigned index, rl_utc midnight, venue_ticks *out,
                           rl_error *error)
{
  rl_tick_layout layout = {
    .time = RL_TIME_MS_OF_DAY, .date = midnight, .offset_ms = from->aligned_ms,
  };
  rl_tick_source *source;
  rl_status status = rl_tick_columns_parse("time,bid,ask", &layout, error);
  if (status == RL_OK)
    status = rl_tick_source_open(from->file, &source, error);
  if (status != RL_OK)
    return status;
  status = read_rows(from, index, &layout, source, out, error);
  rl_tick_source_close(source);
  return status;
}

rl_status venues_read(venue *venues, unsigned count, rl_utc midnight, venue_ticks *out,
                      rl_error *error)
{
  *out = (venue_ticks){0};
  for (unsigned i = 0; i < count; i++) {
    rl_status status = read_file(&venues[i], i, midnight, out, error);
    if (status != RL_OK) {
      free(out->all);
      return status;
    }
  }
  qsort(out->all, out->count, sizeof *out->all, compare_arrival);
  return RL_OK;
}

/* --- drawing --- */

/* Of a hundred ticks 11 cross by up to a pip and 13 lock, as on a real venue; or none do. */
static void draw_book(rl_random *random, int64_t mid, bool crosses, venue_tick *tick)
{
  int64_t width = rl_random_between(random, 1, 15);
  uint64_t kind = rl_random_below(random, 100);
  if (crosses && kind < 24)
    width = kind < 11 ? -rl_random_between(random, 1, 10) : 0;
  int64_t bid = mid - width / 2;
  tick->bid = (uint32_t)bid;
  tick->ask = (uint32_t)(bid + width);
  tick->scale = 5;
}

void venues_draw(venue venues[2], size_t ticks_each, uint64_t seed, venue_ticks *out)
{
  rl_random random = rl_random_from(seed);
  int64_t mid = 138600, now_ms = 1750000000000;
  venues[0] = (venue){.name = "alpha"};
  venues[1] = (venue){.name = "bravo"};
  *out = (venue_ticks){0};
  while (out->count < 2 * ticks_each) {
    unsigned who = (unsigned)rl_random_below(&random, 2);
    now_ms += (int64_t)rl_random_below(&random, 1200);
    mid += rl_random_between(&random, -2, 2);
    venue_tick tick = {.arrival_utc_ms = now_ms, .stated_utc_ms = now_ms, .venue = (uint8_t)who};
    draw_book(&random, mid, who == 0, &tick);
    add(out, tick);
  }
}
