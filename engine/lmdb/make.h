/* A new file with its tables, made whole or not at all: under another name first, then synced, and
 * only then renamed, so that under its own name there is never a part of one. A file without bytes
 * or without tables is therefore none of ours. */
#pragma once

#include "lmdb/room.h"
#include "tables/tables.h"

/* Its owner alone. */
enum { RL_LMDB_FILE_MODE = 0600 };

extern const char *const rl_lmdb_table_names[RL_TABLE_COUNT];

/* One of LMDB's return values. What an earlier try left behind is removed. The caller sees to it
 * that nobody else makes it at the same time. */
int rl_lmdb_make(const char *path, const rl_room *room);
