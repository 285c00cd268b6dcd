/* A session: the hours of the week in which a market is open, in its own time zone. Private to
 * this room.
 *
 *   session fx America/New_York Sunday 17:00 - Friday 17:00
 *   session tokyo Asia/Tokyo Monday 09:00 - Monday 11:30, Monday 12:30 - Monday 15:00
 *
 * Openings are half-open: open at the first instant, closed at the second. An opening may run over
 * the week's end; 24:00 is the end of its day. Two openings may touch and not overlap. At a change
 * of clocks zone.h says what instant a local time is.
 *
 *   closed fx 12-25 01-01 2026-04-03
 *
 * Days off, of each year or of one, on a line behind the session's: closed from the midnight that
 * begins the day in the session's zone to the one that ends it, whatever the openings say.
 *
 * Asked for each leg of each quote, so the answer for a stretch of constant state is kept in one
 * word, stored whole by whichever thread found it: a value in itself, right whoever wrote it and
 * however old it is. It needs no order against other words and no year at which a table ends, and
 * a clock that jumps costs a search, not a wrong answer. */
#pragma once

#include "clock/zone.h"
#include "status/limits.h"
#include "status/words.h"
#include "sync/word.h"

/* Minutes of the local week, which begins with Sunday 00:00. */
typedef struct rl_opening {
  uint16_t opens;  /* 0 … 10079 */
  uint16_t closes; /* above `opens`, by less than a week; beyond 10080 it is in the next week */
} rl_opening;

/* 12-25, or 2026-04-03. */
typedef struct rl_day_off {
  int16_t year; /* 1 … 9999; 0: each, and for 02-29 each that has it */
  uint8_t month;
  uint8_t day;
} rl_day_off;

typedef struct rl_session {
  char name[RL_NAME_MAX + 1];
  rl_zone zone;
  unsigned opening_count; /* 1 … RL_OPENINGS_MAX */
  rl_opening openings[RL_OPENINGS_MAX];
  unsigned day_off_count; /* 0 … RL_DAYS_OFF_MAX */
  rl_day_off days_off[RL_DAYS_OFF_MAX];
  rl_word known; /* the stretch last found: its first second, its seconds, its state (session.c) */
} rl_session;

/* Reads the rest of a line that begins with `session`. On failure *out is of no use. */
RL_MUST_USE rl_status rl_session_parse(rl_words *words, rl_session *out);

/* Reads the rest of a line that begins with `closed` and the session's name: days, one at least. On
 * failure *session is of no use. */
RL_MUST_USE rl_status rl_session_parse_days_off(rl_words *words, rl_session *session);

/* Any thread. About 2 ns, and a few microseconds at the first question of a stretch. */
bool rl_session_is_open(rl_session *session, rl_utc at);
