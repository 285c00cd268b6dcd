/* The command line of ratelock-feed-fix. */
#pragma once

#include "feeds/program.h"

typedef struct rl_fix_options {
  rl_engine_options engine;
  const char *source;
  const char *host;
  const char *port;
  const char *sender;
  const char *target;
  const char *sender_sub; /* NULL: none */
  const char *target_sub;
  const char *user; /* --user or $RATELOCK_FIX_USER; NULL: none */
  const char *password;
  const char *store; /* folder; NULL: memory */
  const char *pairs;
  bool plain;        /* symbols without a slash */
  bool full;         /* full refreshes */
  bool keep_numbers; /* no reset at a logon */
  bool entry_time;
  bool verbose;
  bool quiet;
  bool json;
  unsigned depth;     /* 0: the whole book */
  int heartbeat_s;
  uint32_t repeat_ms; /* 0: never */
  uint32_t retry_ms;
  uint32_t retry_max_ms;
} rl_fix_options;

/* Fills *options, or ends the program: --help, --version, a wrong command line. */
void rl_fix_options_parse(int argc, char **argv, rl_fix_options *options);
