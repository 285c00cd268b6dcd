/* The ticks of several venues for one pair, merged into the order in which they arrived.
 *
 * From files of recorded ticks, whose clocks may be off by whole minutes, or drawn from a seed:
 * two venues around one random walk, one of which crosses and locks its book as real ones do. */
#pragma once

#include "clock/clock.h"
#include "status/error.h"
#include "status/limits.h"

#include <stddef.h>

#define VENUES_MAX 8

typedef struct venue_tick {
  int64_t arrival_utc_ms; /* true time: the file's, moved by the venue's `ahead` */
  int64_t stated_utc_ms;  /* what the venue says it is */
  uint32_t bid;           /* units of 10^-scale */
  uint32_t ask;
  uint8_t scale;
  uint8_t venue;          /* index */
  uint32_t place;         /* in the venue's file: what it sent in one millisecond stays in order */
} venue_tick;

typedef struct venue {
  char name[RL_SOURCE_NAME_MAX + 1];
  const char *file;       /* NULL: drawn */
  int64_t aligned_ms;     /* added to the file's times to have true ones */
  int64_t stated_ms;      /* and this to those, to have what the venue states */
  uint64_t malformed;     /* lines of the file that are no ticks */
} venue;

typedef struct venue_ticks {
  size_t count;
  venue_tick *all; /* in the order of arrival; at one instant in that of the venues */
} venue_ticks;

/* Reads "NAME=FILE", "NAME+300=FILE" (minutes), "NAME+300-300=FILE" (and minutes by which what it
 * states is off). RL_INVALID for anything else. */
RL_MUST_USE rl_status venue_parse(char *text, venue *out);

/* Reads every venue's file, of lines "milliseconds of the day,bid,ask". `midnight` is the day's.
 * The caller frees out->all. */
RL_MUST_USE rl_status venues_read(venue *venues, unsigned count, rl_utc midnight, venue_ticks *out,
                                  rl_error *error);
/* Two venues of so many ticks each, from one seed. */
void venues_draw(venue venues[2], size_t ticks_each, uint64_t seed, venue_ticks *out);
