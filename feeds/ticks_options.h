/* The command line of ratelock-feed-ticks. */
#pragma once

#include "feeds/program.h"
#include "feeds/tick_line.h"

typedef struct rl_ticks_options {
  rl_engine_options engine;
  const char *file; /* "-" is standard input */
  const char *pair; /* six capital letters */
  const char *source;
  rl_tick_layout layout;
  bool header;          /* the first line is none of ticks */
  bool rebase;
  bool has_rebase_from;
  rl_utc rebase_from;   /* on UTC, offset already applied */
  uint32_t speed_milli;
  uint64_t limit;       /* ticks to send; UINT64_MAX: all */
  bool strict;
  bool json;
} rl_ticks_options;

/* Fills *options, or ends the program: --help, --version, a wrong command line. */
void rl_ticks_options_parse(int argc, char **argv, rl_ticks_options *options);
