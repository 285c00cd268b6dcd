/* The daemon's command line. */
#pragma once

#include "paths/paths.h"
#include "server/server.h"

typedef struct rl_daemon_options {
  char directory[RL_DIRECTORY_MAX + 1];
  const char *universe_file; /* NULL: built in */
  const char *tariff_file;   /* NULL: built in */
  const char *calendar_file; /* NULL: built in */
  const char *key_file;      /* NULL: in the data directory, made when missing */
  const char *limits_file;   /* NULL: no caps */
  size_t locks;              /* slots of the lock book */
  const char *store_url;     /* of a database that engines share; NULL: a file of this one's own */
  size_t map_bytes;          /* bound of the store's file; 0: the store's default */
  int64_t keep_ms;           /* what is older may be let go; 0: nothing */
  bool no_tape;              /* the market is not recorded */
  int64_t tape_keep_ms;      /* segments of the tape that are older are let go; 0: none */
  uint64_t tape_bytes;       /* and the oldest of them while there are more; 0: however many */
  const char *cpus;          /* list such as "0,2-3"; NULL: any */
  rl_server_options server;
  char quotes_url[RL_URL_MAX];
  char feed_url[RL_URL_MAX];
  char events_url[RL_URL_MAX];
} rl_daemon_options;

/* Fills *out, or prints what is wrong and ends the program with 2. */
void rl_daemon_options_parse(int argc, char **argv, rl_daemon_options *out);
