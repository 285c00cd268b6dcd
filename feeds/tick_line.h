/* One line of a tick file: columns parted by commas, in an order that the user states.
 *
 * Reading is total and guesses nothing: a line is a tick or one of the faults below. Pure, any
 * thread. */
#pragma once

#include "clock/clock.h"
#include "money/rate.h"
#include "status/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RL_TICK_COLUMNS_MAX 16
/* A tick's line has about 60 bytes; what is this long is no line of ticks. */
#define RL_TICK_LINE_MAX 512

typedef enum rl_tick_column {
  RL_COLUMN_SKIPPED, /* "_" */
  RL_COLUMN_TIME,
  RL_COLUMN_BID,
  RL_COLUMN_ASK,
  RL_COLUMN_BID_SIZE,
  RL_COLUMN_ASK_SIZE,
} rl_tick_column;
#define RL_TICK_COLUMN_KINDS 6

typedef enum rl_tick_time {
  RL_TIME_MS_OF_DAY, /* milliseconds since midnight of `date` */
  RL_TIME_ISO,       /* rl_instant_parse */
  RL_TIME_EPOCH_MS,  /* milliseconds since 1970-01-01 */
} rl_tick_time;

/* How the lines of a file are to be read. */
typedef struct rl_tick_layout {
  unsigned column_count;
  rl_tick_column columns[RL_TICK_COLUMNS_MAX];
  rl_tick_time time;
  rl_utc date;           /* RL_TIME_MS_OF_DAY: midnight of the file's day on the file's clock */
  int64_t offset_ms;     /* added to each time: UTC minus the file's clock */
  unsigned price_scale;  /* prices are multiples of 10^-price_scale, 0 … 9; 0: as written */
  unsigned size_decades; /* sizes are multiples of 10^size_decades base currency, 0 … 9 */
} rl_tick_layout;

typedef struct rl_tick_row {
  rl_utc when;
  rl_rate bid;
  rl_rate ask;
  uint64_t bid_size; /* whole units of base currency, cut; 0 if the file has none */
  uint64_t ask_size;
} rl_tick_row;

typedef enum rl_tick_fault {
  RL_LINE_GOOD = 0,
  RL_LINE_TOO_LONG,
  RL_LINE_CUT, /* the file ends before the line does */
  RL_LINE_COLUMNS,
  RL_LINE_TIME,
  RL_LINE_BID,
  RL_LINE_ASK,
  RL_LINE_SIZE,
} rl_tick_fault;
/* What was expected, for people; static. */
const char *rl_tick_fault_text(rl_tick_fault fault);

/* Reads "time,bid,ask,_,bid_size". RL_INVALID with an error that says what is wrong: an unknown
 * word, one twice, or one of time, bid and ask missing. */
RL_MUST_USE rl_status rl_tick_columns_parse(const char *text, rl_tick_layout *layout,
                                            rl_error *error);

/* Reads one line without its end. *out is untouched unless the line is good. */
RL_MUST_USE rl_tick_fault rl_tick_line_parse(const rl_tick_layout *layout, const char *line,
                                             size_t length, rl_tick_row *out);
