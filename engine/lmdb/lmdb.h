/* The tables in one file of LMDB: the embedded member of tables/tables.h, for one engine. The only
 * room that names LMDB.
 *
 * Ids lead with the time of issue and numbers only rise, so that every insert touches the last
 * pages of its table: random keys cost a quarter to two thirds of the throughput. For the same
 * reason the keys of accepts and cancels are in memory (keys.h).
 *
 * LMDB's flags are its defaults, but for readers that are not tied to threads: NOMETASYNC can undo
 * an answered commit, and WRITEMAP gained nothing. */
#pragma once

#include "tables/tables.h"

typedef struct rl_lmdb_options {
  const char *path;  /* of the file; beside it lies PATH-lock, of LMDB's readers */
  size_t map_bytes;  /* upper bound of the file, which grows only as it is used */
  size_t ahead_bytes; /* reserved beyond the last page: more than a transaction writes (room.h) */
  size_t keys_max;   /* keys of ends in memory */
  bool read_only;    /* makes and changes nothing */
  bool every_page;   /* looks at all of them before any is trusted (pages.h): a GB a second */
} rl_lmdb_options;

/* Opens the file, or makes it (make.h) unless it is only to be read. Within a process a file may be
 * open once (LMDB), across processes by one that writes. RL_NOT_FOUND, RL_DENIED, RL_NO_SPACE,
 * RL_NO_MEMORY, RL_IO; RL_FOREIGN for a file of something else; RL_CORRUPT for one that is empty or
 * cut short, or whose pages cannot be trusted, with the page named. */
RL_MUST_USE rl_status rl_lmdb_open(const rl_lmdb_options *options, rl_tables **out,
                                   rl_error *error);
